r"""Wrong logarithmic negativities: E_N = Σ max(0, −ln 2ν̃), ν̃ the symplectic eigenvalues of the partial transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

import gaussian
from crosscheck.exam.bug import Bug, wrong_measure
from crosscheck.exam.models import BATHS, RESERVOIR
from crosscheck.exam.parts import nu_of, scaled, transposed_nu_of

NATS_TO_BITS = 1 / float(np.log(2))


def bugs() -> list[Bug]:
    """E_N is wrong; the moments are right."""
    wrong = [
        ("log-base-2", "E_N in ebits, not nats", RESERVOIR, scaled(gaussian.log_negativity, NATS_TO_BITS)),
        ("counted-twice", "each ν̃ counted twice", RESERVOIR, scaled(gaussian.log_negativity, 2)),
        ("no-transpose", "partial transposition reverses x and p", RESERVOIR, _without_transposition),
        ("vacuum-one-negativity", "−ln ν̃, the formula for vacuum 1, with vacuum ½", RESERVOIR, _vacuum_one),
        ("negative-negativity", "−ln 2ν̃ without max(0, …): separable states come out negative", BATHS, _without_max),
        ("negativity-for-logarithm", "(‖ρ^Γ‖ − 1)/2 in place of ln ‖ρ^Γ‖", RESERVOIR, _plain_negativity),
        ("ordinary-eigenvalues", "eigenvalues of σ in place of symplectic ones of its transpose", RESERVOIR, _ordinary),
    ]
    return [wrong_measure(name, text, model, "log_negativity", function) for name, text, model, function in wrong]


def _without_transposition(sigma: Any, **options: Any) -> float:
    return float(np.maximum(0.0, -np.log(2 * nu_of(sigma))).sum())


def _vacuum_one(sigma: Any, *, party: Any, **options: Any) -> float:
    return float(np.maximum(0.0, -np.log(transposed_nu_of(sigma, party))).sum())


def _without_max(sigma: Any, *, party: Any, **options: Any) -> float:
    return float(-np.log(2 * transposed_nu_of(sigma, party)[0]))


def _plain_negativity(sigma: Any, *, party: Any, **options: Any) -> float:
    return float((np.exp(gaussian.log_negativity(sigma, party=party)) - 1) / 2)


def _ordinary(sigma: Any, **options: Any) -> float:
    return float(np.maximum(0.0, -np.log(2 * np.linalg.eigvalsh(sigma))).sum())
