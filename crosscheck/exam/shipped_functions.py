r"""Bugs of single functions that shipped in public software: physicality, purity, random states, spectra, reductions.

Made again from their description in our conventions, and asked about covariances of which the answer is known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import scipy.linalg

import gaussian
from crosscheck.exam.bug import Bug
from crosscheck.exam.closed_forms import KIND, ClosedForms, Question
from crosscheck.exam.parts import Array

SEEDS = range(24)


def bugs() -> list[Bug]:
    """Each is refuted by closed forms."""

    def bug(name: str, description: str, where: str, trial: ClosedForms) -> Bug:
        return Bug(name=name, description=description, certificate=KIND, trial=trial).shipped(where)

    return [
        bug(
            "absolute-tolerance",
            "σ + iΩ/2 ≥ −1e-8 accepts diag(5e6, 4.5e-8), whose ν is 0.474",
            "XanaduAI/thewalrus/pull/14",
            _physicality(lambda sigma: gaussian.lowest_uncertainty_eigenvalue(sigma) >= -1e-8),
        ),
        bug(
            "uncertainty-without-hbar",
            "the uncertainty relation of ħ = 2 with covariances of ħ = 1: the vacuum is refused",
            "Budapest-Quantum-Computing-Group/piquasso/pull/22",
            _physicality(lambda sigma: gaussian.lowest_uncertainty_eigenvalue(np.asarray(sigma) / 2) >= -1e-8),
        ),
        bug(
            "purity-by-difference",
            "|det σ − (ħ/2)²ⁿ| below an absolute tolerance calls many mixed modes pure",
            "XanaduAI/strawberryfields/pull/747",
            ClosedForms(
                about="which of these states are pure",
                questions=_purity_questions(),
                suspect=lambda sigma: abs(np.linalg.det(sigma) - 0.5 ** len(sigma)) < 1e-10,
                right=lambda sigma: abs(gaussian.purity(sigma) - 1) < 1e-10,
            ),
        ),
        bug(
            "random-positive",
            "a random positive matrix taken for a covariance: positive, but not physical",
            "QuantumSavory/Gabs.jl/pull/9",
            ClosedForms(
                about="whether random states are physical",
                questions=[Question(f"physical, seed {seed}", seed, 1.0) for seed in SEEDS],
                suspect=lambda seed: _obeys_uncertainty(_random_positive(seed)),
                right=lambda seed: _obeys_uncertainty(_random_state(seed)[0]),
            ),
        ),
        bug(
            "random-spectrum-ordering",
            "diag(ν₁, ν₁, ν₂, ν₂), Williamson's form for (x₁, p₁, x₂, p₂), used for (x₁, x₂, p₁, p₂)",
            "QuantumSavory/Gabs.jl/pull/21",
            ClosedForms(
                about="the largest symplectic eigenvalue of a state made from its spectrum",
                questions=[
                    Question(f"ν, seed {seed}", seed, float(_random_state(seed)[1][-1]), 1e-9) for seed in SEEDS
                ],
                suspect=lambda seed: gaussian.symplectic_eigenvalues(_random_state(seed, mixed_up=True)[0])[-1],
                right=lambda seed: gaussian.symplectic_eigenvalues(_random_state(seed)[0])[-1],
            ),
        ),
        bug(
            "every-second-eigenvalue",
            "every second eigenvalue of |iΩσ| as it comes: one ν twice, another never",
            "XanaduAI/MrMustard/pull/390",
            ClosedForms(
                about="the sum of the symplectic eigenvalues",
                questions=[
                    Question(f"Σν, seed {seed}", sigma, float(nu.sum()), 1e-9)
                    for seed in SEEDS
                    for sigma, nu in [_random_state(seed)]
                ],
                suspect=lambda sigma: _every_second(sigma).sum(),
                right=lambda sigma: gaussian.symplectic_eigenvalues(sigma).sum(),
            ),
        ),
        bug(
            "strong-squeezing",
            "ν̃² from ½(Δ̃ − √(Δ̃² − 4 det σ)): cancellation leaves zero or a complex number",
            "IgorBrandao42/Quantum-Gaussian-Information-Toolbox/blob/0c9c32af7ab9/gaussian_state.py",
            ClosedForms(
                about="E_N = 2r of two-mode squeezed vacua",
                questions=[Question(f"E_N, r = {r}", _twin_beams(r), 2.0 * r, 1e-5) for r in (1, 2, 3, 4, 5, 6)],
                suspect=_invariant_negativity,
                right=lambda sigma: gaussian.log_negativity(sigma, party=[0]),
            ),
        ),
        bug(
            "trace-loses-correlations",
            "the partial trace keeps the blocks of the modes but not the correlations between them",
            "QuantumSavory/Gabs.jl/blob/1c2fedd68a17/CHANGELOG.md",
            _reduction(lambda sigma: gaussian.reduced(sigma, [0, 2]) * np.kron(np.eye(2), np.ones((2, 2)))),
        ),
        bug(
            "wrong-modes-traced",
            "the reduced state of modes 0 and 2 comes from others: the wrong subsystems are traced out",
            "XanaduAI/strawberryfields/issues/467",
            _reduction(lambda sigma: gaussian.reduced(sigma, [0, 1])),
        ),
    ]


def _physicality(suspect: Callable[[Any], Any]) -> ClosedForms:
    """diag(x, p) is physical iff xp ≥ ¼, on whatever scale x and p are."""
    variances = [
        (0.5, 0.5, True), (0.45, 0.5, False), (0.7, 0.7, True), (2.0, 0.13, True), (2.0, 0.12, False),
        (500.0, 5.1e-4, True), (500.0, 4.5e-4, False), (5e6, 5.1e-8, True), (5e6, 4.5e-8, False),
    ]  # fmt: skip
    return ClosedForms(
        about="which of these covariances are physical",
        questions=[
            Question(f"diag({x:g}, {p:g}) physical", np.diag([x, p]), float(physical)) for x, p, physical in variances
        ],
        suspect=suspect,
        # The lowest eigenvalue of σ + iΩ/2 drowns in ‖σ‖; symplectic eigenvalues have no scale but ½.
        right=lambda sigma: gaussian.symplectic_eigenvalues(sigma)[0] >= 0.5 * (1 - 1e-9),
    )


def _purity_questions() -> list[Question]:
    questions = []
    for n in (1, 4, 16):
        vacuum = 0.5 * np.eye(2 * n)
        warm = vacuum.copy()
        warm[:2, :2] *= 1.02  # n̄ = 0.01 in the first mode
        questions += [
            Question(f"vacuum of {n} modes pure", vacuum, 1.0),
            Question(f"n̄ = 0.01 in one of {n} modes pure", warm, 0.0),
        ]
    return questions


def _twin_beams(r: float) -> Array:
    c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1.0, -1.0])
    return np.block([[c, s], [s, c]])


def _reduction(suspect: Callable[[Any], Array]) -> ClosedForms:
    """Twin beams in modes 0 and 2, a thermal mode between them."""
    order = [0, 1, 4, 5, 2, 3]
    sigma = scipy.linalg.block_diag(_twin_beams(0.4), 0.8 * np.eye(2))[np.ix_(order, order)]
    entries = {(0, 0): np.cosh(0.8) / 2, (0, 2): np.sinh(0.8) / 2, (1, 3): -np.sinh(0.8) / 2, (3, 3): np.cosh(0.8) / 2}
    return ClosedForms(
        about="the reduced state of modes 0 and 2 of three",
        questions=[Question(f"σ[{j}, {k}]", (sigma, j, k), float(value), 1e-9) for (j, k), value in entries.items()],
        suspect=lambda given: suspect(given[0])[given[1], given[2]],
        right=lambda given: gaussian.reduced(given[0], [0, 2])[given[1], given[2]],
    )


def _obeys_uncertainty(sigma: Array) -> bool:
    return bool(np.linalg.eigvalsh(sigma + 0.5j * gaussian.omega(len(sigma) // 2))[0] > -1e-9)


def _random_positive(seed: int) -> Array:
    """MMᵀ ≥ 0, which the uncertainty relation does not know of."""
    m = 0.5 * np.random.default_rng(seed).normal(size=(4, 4))
    return np.asarray(m @ m.T)


@cache
def _random_state(seed: int, *, mixed_up: bool = False) -> tuple[Array, Array]:
    """σ = S diag(ν₁, ν₁, …) Sᵀ with a random symplectic S = exp(Ωh), and its ν; two modes or three."""
    rng = np.random.default_rng(seed)
    n = 2 + seed % 2
    nu = np.sort(0.5 + rng.exponential(size=n))
    h = 0.3 * rng.normal(size=(2 * n, 2 * n))
    symplectic = scipy.linalg.expm(gaussian.omega(n) @ (h + h.T))
    form = np.repeat(nu, 2)
    if mixed_up:
        form = form[_xpxp_from_xxpp(n)]
    return symplectic @ np.diag(form) @ symplectic.T, nu


def _xpxp_from_xxpp(n: int) -> list[int]:
    return [j + i * n for j in range(n) for i in (0, 1)]


def _every_second(sigma: Array) -> Array:
    n = len(sigma) // 2
    rows = [*range(0, 2 * n, 2), *range(1, 2 * n, 2)]
    omega = np.kron(np.array([[0, 1], [-1, 0]]), np.eye(n))
    return np.asarray(np.abs(np.linalg.eigvals(1j * omega @ sigma[np.ix_(rows, rows)])[::2]))


def _invariant_negativity(sigma: Array) -> float:
    a, b, c = sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]
    delta = np.linalg.det(a) + np.linalg.det(b) - 2 * np.linalg.det(c)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = 0.5 * (delta - np.sqrt(delta**2 - 4 * np.linalg.det(sigma)))
        return float(max(0.0, -np.log(2 * np.sqrt(square))))
