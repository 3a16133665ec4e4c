r"""Wrong entropies and mutual informations: S = Σ g(ν), I = S_A + S_B − S_AB, in nats."""

from __future__ import annotations

from typing import Any

import numpy as np

import gaussian
from crosscheck.exam.bug import Bug, wrong_measure
from crosscheck.exam.entanglement import NATS_TO_BITS
from crosscheck.exam.models import BATHS, COLD_BEAMS, RESERVOIR
from crosscheck.exam.parts import Array, nu_of, scaled


def bugs() -> list[Bug]:
    """S or I is wrong; the moments are right."""
    entropies = [
        ("unsorted", "every second ν of an unsorted list", RESERVOIR, _unsorted_entropy),
        ("entropy-in-bits", "S in bits, not nats", BATHS, scaled(gaussian.entropy, NATS_TO_BITS)),
        ("vacuum-one-entropy", "g(ν) for vacuum 1 fed with vacuum ½", BATHS, _vacuum_one_entropy),
        ("renyi-entropy", "−ln tr ρ², the Rényi-2 entropy, in place of von Neumann's", BATHS, _renyi_entropy),
        ("wigner-entropy", "½ ln det(2πeσ), the entropy of the Wigner function", BATHS, _wigner_entropy),
        ("local-entropies", "g(n_j + ½) mode by mode: squeezing and correlations ignored", RESERVOIR, _local_entropies),
        ("zero-log-zero", "0 ln 0 comes out as NaN in pure states", COLD_BEAMS, _zero_log_zero),
    ]
    informations = [
        ("half-information", "S_AB at half its weight", RESERVOIR, _half_information),
        ("equal-halves", "2S_A − S_AB: both parties taken to be alike", BATHS, _equal_halves),
        (
            "information-in-bits",
            "I in bits, not nats",
            RESERVOIR,
            scaled(gaussian.mutual_information, NATS_TO_BITS),
        ),
        ("classical-information", "½ ln(det σ_A det σ_B / det σ), the classical formula", RESERVOIR, _classical),
    ]
    return [wrong_measure(name, text, model, "entropy", function) for name, text, model, function in entropies] + [
        wrong_measure(name, text, model, "mutual_information", function) for name, text, model, function in informations
    ]


def _g(nu: Array) -> float:
    return float(gaussian.entropy_of_mode(nu).sum())


def _unsorted_entropy(sigma: Any) -> float:
    # The list holds ν_1, ν_1, ν_2, ν_2 in the order of the eigensolver; here ν_1 is picked twice.
    nu = nu_of(sigma)
    return _g(np.repeat(nu[:1], len(nu)))


def _vacuum_one_entropy(sigma: Any) -> float:
    return _g(nu_of(sigma) / 2)


def _renyi_entropy(sigma: Any) -> float:
    return float(-np.log(gaussian.purity(sigma)))


def _wigner_entropy(sigma: Any) -> float:
    return float(0.5 * np.linalg.slogdet(2 * np.pi * np.e * np.asarray(sigma))[1])


def _local_entropies(sigma: Any) -> float:
    variances = np.diagonal(sigma)
    return _g(0.5 * (variances[0::2] + variances[1::2]))


def _zero_log_zero(sigma: Any) -> float:
    # Rounded, as printed numbers are: a pure state then has ν = ½ exactly.
    spectrum = np.linalg.eigvals(1j * gaussian.omega(len(sigma) // 2) @ sigma).real
    nu = np.maximum(np.sort(spectrum)[len(sigma) // 2 :].round(12), 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(((nu + 0.5) * np.log(nu + 0.5) - (nu - 0.5) * np.log(nu - 0.5)).sum())


def _half_information(sigma: Any, *, party: Any) -> float:
    return float(gaussian.mutual_information(sigma, party=party) + 0.5 * gaussian.entropy(sigma))


def _equal_halves(sigma: Any, *, party: Any) -> float:
    return float(2 * gaussian.entropy(gaussian.reduced(sigma, party)) - gaussian.entropy(sigma))


def _classical(sigma: Any, *, party: Any) -> float:
    other = [m for m in range(len(sigma) // 2) if m not in party]
    parts = [np.linalg.slogdet(gaussian.reduced(sigma, modes))[1] for modes in (party, other)]
    return float(0.5 * (sum(parts) - np.linalg.slogdet(sigma)[1]))
