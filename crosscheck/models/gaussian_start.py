r"""The Gaussian state that a density matrix is, if it is one: thermal occupations and unitaries of a Preparation.

The elements with at most two quanta fix a Gaussian state, and truncation and normalisation leave their ratios alone:
with the Bargmann kernel K(z) = Σ ρ_mn ᾱᵐβⁿ/√(m! n!), z = (ᾱ, β),

    ln K/K(0) = b·z + ½ zᵀ𝒜z,      σ = U(X − 𝒜)⁻¹Uᵀ − ½,      ⟨r⟩ = U(X − 𝒜)⁻¹b,

where x = (ᾱ + β)/√2, p = i(ᾱ − β)/√2 is r = Uz and X pairs ᾱ with β. Moments of the truncated state are the other
way; whichever leads to the state that is nearer to the given one is taken. Then (Williamson, Bloch–Messiah)

    σ = P (O diag(ν) Oᵀ) P,      P² = σ # Ωᵀσ⁻¹Ω  (their geometric mean),

with P = exp(Ωg) a squeezing, O a passive network and ν = n̄ + ½.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import qutip
import scipy.linalg
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.errors import InvalidModel
from crosscheck.model import Preparation, displacing, p, x
from crosscheck.models.polynomial import NormalForm, normal_form
from crosscheck.models.qutip_model import Start
from gaussian.ladder import ladder, normal_ordered

Array = NDArray[Any]
# A ρ(0) further from a Gaussian state than this is not taken for one.
FAR = 1e-2
# What is smaller is rounding of a density matrix: of occupations, and of entries of generators.
ROUNDING = 1e-12
# Nearer than this no other reading is looked for.
EXACT = 1e-9


def gaussian_start(rho: qutip.Qobj, levels: tuple[int, ...]) -> Start:
    """Occupations and unitaries of a ket or density matrix, with the trace distance between the two.

    Of a state that is further than `FAR` from every Gaussian one that was found, those with the same moments.

    Raises:
        InvalidModel: it is no state of these modes.
    """
    rho = _state(rho, levels)
    same = _start(*fock.moments(rho))
    if same is None:
        raise InvalidModel(
            "The state rho0 must be a density matrix, but its covariance violates σ + iΩ/2 ≥ 0.",
            "Check that it is positive.",
        )
    low = _by_lowest_elements(rho)
    by_elements = None if low is None else _start(*low)
    off = math.inf if by_elements is None else _distance(rho, by_elements, levels)
    if by_elements is not None and off <= EXACT:
        return replace(by_elements, distance=off)
    off_by_moments = _distance(rho, same, levels)
    if by_elements is not None and off < off_by_moments and off <= FAR:
        return replace(by_elements, distance=off)
    return replace(same, distance=off_by_moments, gaussian=off_by_moments <= FAR)


def _state(rho: qutip.Qobj, levels: tuple[int, ...]) -> qutip.Qobj:
    if not isinstance(rho, qutip.Qobj) or tuple(rho.dims[0]) != levels or not (rho.isket or rho.isoper):
        given = rho.dims if isinstance(rho, qutip.Qobj) else type(rho).__name__
        raise InvalidModel(
            f"The state rho0 must be a ket or density matrix with the dims {list(levels)} of H, but is {given}.",
            "Make it with the cutoffs that H has.",
        )
    rho = qutip.ket2dm(rho) if rho.isket else rho
    trace = complex(rho.tr())
    if not abs(trace) > 0.5 or not np.isfinite(trace):
        raise InvalidModel(
            f"The state rho0 must have trace one, but has {trace:.3g}.",
            "Check how it was made, or divide it by its trace.",
        )
    return rho / trace


def _by_lowest_elements(rho: qutip.Qobj) -> tuple[Array, Array] | None:
    """(mean, σ) of the Gaussian state with the same low corner; None if there is none."""
    levels = tuple(rho.dims[0])
    n = len(levels)
    elements = rho.full()

    def ratio(*variables: int) -> complex:
        """The derivative of K by these variables at zero, over K(0): √(m! n!) of the element's ratio."""
        powers = [0] * (2 * n)
        for variable in variables:
            powers[variable] += 1
        row, column = (int(np.ravel_multi_index(k, levels)) for k in (powers[:n], powers[n:]))
        return complex(elements[row, column] / elements[0, 0] * (np.sqrt(2.0) if 2 in powers else 1.0))

    if not abs(elements[0, 0]) > np.finfo(float).tiny:
        return None
    first = np.array([ratio(i) for i in range(2 * n)])
    second = np.array([[ratio(i, j) for j in range(2 * n)] for i in range(2 * n)]) - np.outer(first, first)
    one, zero = np.eye(n), np.zeros((n, n))
    kernel = np.block([[zero, one], [one, zero]]) - second
    to_quadratures = np.zeros((2 * n, 2 * n), complex)
    for j in range(n):
        to_quadratures[2 * j, [j, n + j]] = np.sqrt(0.5)
        to_quadratures[2 * j + 1, [j, n + j]] = 1j * np.sqrt(0.5), -1j * np.sqrt(0.5)
    if not np.isfinite(kernel).all() or np.linalg.cond(kernel) > 1 / ROUNDING:
        return None
    inverse = np.linalg.inv(kernel)
    sigma = (to_quadratures @ inverse @ to_quadratures.T).real - 0.5 * np.eye(2 * n)
    return (to_quadratures @ inverse @ first).real, 0.5 * (sigma + sigma.T)


def _start(mean: Array, sigma: Array) -> Start | None:
    """The preparation with these moments; None if they are those of no state."""
    n = len(mean) // 2
    if not np.isfinite(sigma).all() or np.linalg.eigvalsh(sigma)[0] <= 0:
        return None
    omega = gaussian.omega(n)
    root = _power(sigma, 0.5)
    inverse = _power(sigma, -0.5)
    middle = inverse @ omega.T @ np.linalg.inv(sigma) @ omega @ inverse
    squared = root @ _power(0.5 * (middle + middle.T), 0.5) @ root
    values, vectors = np.linalg.eigh(0.5 * (squared + squared.T))
    logarithm = (vectors * (0.5 * np.log(values))) @ vectors.T
    undo = scipy.linalg.expm(-logarithm)
    passive = undo @ sigma @ undo.T
    # Of a σ that no squeezing distinguishes, ⟨a_j†a_k⟩ + ½ is all there is.
    hermitian = 0.5 * (passive[0::2, 0::2] + passive[1::2, 1::2] + 1j * (passive[1::2, 0::2] - passive[0::2, 1::2]))
    if np.abs(hermitian - np.diag(hermitian.diagonal())).max() < ROUNDING * max(1.0, float(np.abs(sigma).max())):
        nu, network = hermitian.diagonal().real, np.zeros((n, n), complex)
    else:
        nu, mixing = np.linalg.eigh(hermitian)
        network = 1j * scipy.linalg.logm(mixing)  # exp(−i a†Na) takes a to exp(−iN)a
        network = 0.5 * (network + network.conj().T)
    if nu.min() < 0.5 - 1e-3:
        return None
    occupations = tuple(float(v) if v > ROUNDING else 0.0 for v in nu - 0.5)
    # P = exp(Ωg), so g = −Ω ln P.
    return Start(occupations, tuple(_generators(network, -omega @ logarithm, mean)))


def _power(matrix: Array, power: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * values.clip(np.finfo(float).tiny) ** power) @ vectors.T)


def _generators(network: Array, g: Array, mean: Array) -> Iterator[NormalForm]:
    """Of the passive network a†Na, of the squeezing ½ rᵀgr, and of the displacement, as far as there are any."""
    a = ladder(len(mean) // 2)
    r = [q for c in a for q in (x(c), p(c))]
    n = len(a)
    alpha = (mean[0::2] + 1j * mean[1::2]) / np.sqrt(2)
    yield from _generator([network[j, k] * a[j].dag() * a[k] for j in range(n) for k in range(n)], n)
    yield from _generator([0.5 * g[i, j] * r[i] * r[j] for i in range(2 * n) for j in range(2 * n)], n)
    yield from _generator([displacing(c, z) for c, z in zip(a, alpha, strict=True)], n)


def _generator(terms: Sequence[Any], modes: int) -> Iterator[NormalForm]:
    """Their sum without its constant and without rounding; nothing if nothing is left."""
    words = normal_ordered(sum(terms[1:], terms[0])).words
    kept: dict[Any, complex] = {}
    for word, c in words.items():
        if word and abs(c) > ROUNDING:
            powers = [[0] * modes, [0] * modes]
            for letter in word:
                powers[0 if letter & 1 else 1][letter >> 1] += 1
            c = complex(c)
            part = complex(*(v if abs(v) > ROUNDING * abs(c) else 0.0 for v in (c.real, c.imag)))
            kept[tuple(powers[0]), tuple(powers[1])] = part
    if kept:
        yield normal_form(kept)


class _Prepared:
    """Just enough of a model to prepare its state."""

    def __init__(self, start: Start, modes: int) -> None:
        self.start, self.modes = start, modes

    def preparation(self, *a: Any) -> Preparation:
        return Preparation(self.start.occupations, unitaries=[g(*a) for g in self.start.unitaries])


def _distance(rho: qutip.Qobj, start: Start, levels: tuple[int, ...]) -> float:
    """½‖ρ − ρᴳ‖₁ with ρᴳ cut to the levels of ρ and normalised; infinite if it does not fit there."""
    try:
        made = fock.prepare(_Prepared(start, len(levels)), levels)
    except fock.FockError:
        return float("inf")
    made = qutip.ket2dm(made) if made.isket else made
    return float(0.5 * np.abs(np.linalg.eigvalsh(rho.full() - made.full())).sum())
