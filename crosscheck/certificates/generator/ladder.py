r"""Drift, drive and diffusion read off the Fock ladder algebra, with no truncation error.

In the Heisenberg picture 𝓛†(O) = i[H, O] + Σγ(R†OL − ½{R†L, O}). For a quadratic generator

    𝓛†(r_j) = Σ_k A_jk r_k + d_j,
    𝓛†(½{r_j, r_k}) = Σ_l (A_jl ½{r_l, r_k} + A_kl ½{r_j, r_l}) + d_j r_k + d_k r_j + D_jk.

With ⟨0|x|1⟩ = 1/√2 and ⟨0|p|1⟩ = −i/√2 the elements between the vacuum and one quantum in mode k give

    A_{j,x_k} = √2 Re⟨0|𝓛†(r_j)|1_k⟩,   A_{j,p_k} = −√2 Im⟨0|𝓛†(r_j)|1_k⟩,   d_j = ⟨0|𝓛†(r_j)|0⟩,
    D_jk = ⟨0|𝓛†(½{r_j, r_k})|0⟩ − ½(A + Aᵀ)_jk.

More modes than `MOST_MODES` have their elements from the symbol of the generator (`window.symbol`): the same algebra of
words, without matrices.

Ladder operators have finite bandwidth. From one quantum at most back to the vacuum, by four factors r_j, L, R† or half
an H, a state passes two quanta at most. So matrices on the few states of `QUANTA` quanta in all modes together hold
these elements exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import qutip
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.certificates.window.symbol import Symbol
from gaussian.enclosed.reading import AsComputed

Array = NDArray[Any]
Vector = NDArray[np.complex128]

# Quanta in all modes together: one more than any path needs.
QUANTA = 3
# Modes of which QuTiP's matrices are made, and truncated dynamics simulated.
MOST_MODES = 8
# Bits of elements that are rounded to doubles in the end.
BITS = 128
# Each element is a sum of a few dozen terms; its rounding is this many units in the last place of their moduli.
ROUNDING_ULPS = 32


@dataclass(frozen=True, eq=False)
class LadderMoments:
    """A, d, D from the ladder algebra; `rounding` bounds any entry's error, `slowest` is the model's lowest rate.

    A rate that moves counts as what it is at its largest: a pulse that has passed is no slow process.
    """

    drift: Array
    drive: Array
    diffusion: Array
    rounding: float
    slowest: float


def ladder_moments(model: Any, t: float = 0.0, *, peaks: Sequence[float] = ()) -> LadderMoments:
    """A, d and D of a quadratic model at time t from matrix elements on the lowest Fock levels.

    Coefficients that depend on time are largest at `peaks`.
    """
    n = model.modes
    if n > MOST_MODES:
        return _from_symbol(model, t, peaks)
    space = (QUANTA + 1,) * n
    gen = fock.generator(model, space, quanta=QUANTA)
    energy = fock.hamiltonian(gen)
    h = _sparse(_at(energy, t))
    jumps = [
        (rate(t) if callable(rate) else rate, _sparse(left), _sparse(right)) for rate, left, right in gen.dissipators
    ]
    quadratures = [_sparse(q) for q in fock.compose(_quadratures, space, quanta=QUANTA)]
    # What creates one quantum in mode k picks out the vacuum and the states of one quantum.
    raising = [_sparse(q) for q in fock.compose(lambda *a: [c.dag() for c in a], space, quanta=QUANTA)]
    vacuum = _vacuum(
        _sparse(fock.compose(lambda *a: [sum((c.dag() * c for c in a), 0 * a[0])], space, quanta=QUANTA)[0])
    )
    quanta = [create @ vacuum for create in raising]

    # ⟨0|𝓛†(O)|ket⟩ sums O between ⟨0|, ⟨0|H, ⟨0|R†, ⟨0|R†L and |ket⟩, H|ket⟩, L|ket⟩, R†L|ket⟩, one column a term.
    factors, bras = [1j, -1j], [h @ vacuum, vacuum]
    for rate, left, right in jumps:
        factors += [rate, -0.5 * rate, -0.5 * rate]
        bras += [right @ vacuum, left.conj().T @ (right @ vacuum), vacuum]
    weighted = (np.array(bras).conj() * np.array(factors)[:, None]).T

    def kets(ket: Vector) -> Array:
        found = [ket, h @ ket]
        for _, left, right in jumps:
            found += [left @ ket, ket, right.conj().T @ (left @ ket)]
        return np.array(found).T

    at_vacuum, at_quanta = kets(vacuum), [kets(ket) for ket in quanta]

    def image(operators: tuple[Any, ...], at: Array) -> complex:
        """⟨0|𝓛†(O_1 O_2 …)|ket⟩, one column a term."""
        for operator in reversed(operators):
            at = operator @ at
        terms = (weighted * at).sum(axis=0)
        largest[0] = max(largest[0], float(np.abs(terms).sum()))
        return complex(sum(terms))

    largest = [0.0]
    drift = np.zeros((2 * n, 2 * n))
    drive = np.zeros(2 * n)
    second = np.zeros((2 * n, 2 * n))
    for j, r in enumerate(quadratures):
        drive[j] = image((r,), at_vacuum).real
        for k, at_quantum in enumerate(at_quanta):
            element = image((r,), at_quantum)
            drift[j, 2 * k], drift[j, 2 * k + 1] = np.sqrt(2) * element.real, -np.sqrt(2) * element.imag
        for k in range(j + 1):
            s = quadratures[k]
            second[j, k] = second[k, j] = 0.5 * (image((r, s), at_vacuum) + image((s, r), at_vacuum)).real
    times = (t, *peaks) if gen.is_time_dependent else (t,)
    loudest = [  # of dissipators that were summed the slowest counts
        max(abs(rate(s)) for s in times) if callable(rate) else least
        for (rate, _, _), least in zip(gen.dissipators, gen.least, strict=True)
    ]
    rates = [
        float(size * abs(left).max() * abs(right).max()) for size, (_, left, right) in zip(loudest, jumps, strict=True)
    ]
    scales = [max(float(abs(_sparse(_at(energy, s))).max()) for s in times), *rates]
    scales = [value for value in scales if value > 0]
    return LadderMoments(
        drift,
        drive,
        second - 0.5 * (drift + drift.T),
        ROUNDING_ULPS * float(np.finfo(float).eps) * max(largest[0], *scales, 1e-300),
        min(scales, default=1.0),
    )


def _from_symbol(model: Any, t: float, peaks: Sequence[float]) -> LadderMoments:
    """The same from words of ladder operators, with the coefficients that the model's code leaves in doubles."""
    computed, moving = AsComputed(model), gaussian.is_time_dependent(model)
    with flint.ctx.workprec(BITS):
        symbols = [Symbol.of(computed, s if moving else None) for s in ((t, *peaks) if moving else (t,))]
        equations = symbols[0].equations()
    drift, drive, noise = (
        np.array([float(x) for x in part.entries()]).reshape(part.nrows(), part.ncols())
        for part in (equations.drift, equations.drive, equations.diffusion)
    )
    energies = [max((abs(complex(c)) for w, c in s.energy.items() if w), default=0.0) for s in symbols]
    rates: dict[tuple[int, int], float] = {}
    for symbol in symbols:
        for place, c in symbol.rates.items():
            rates[place] = max(rates.get(place, 0.0), abs(complex(c)))
    scales = [value for value in (max(energies), *rates.values()) if value > 0]
    largest = max(float(np.abs(part).max(initial=0.0)) for part in (drift, drive, noise))
    rounding = ROUNDING_ULPS * float(np.finfo(float).eps) * max(largest, *scales, 1e-300)
    return LadderMoments(drift, drive[:, 0], noise, rounding, min(scales, default=1.0))


def _at(h: Any, t: float) -> qutip.Qobj:
    return h(t) if isinstance(h, qutip.QobjEvo) else h


def _sparse(x: qutip.Qobj) -> Any:
    return x.to("CSR").data_as("csr_matrix")


def _quadratures(*a: Any) -> list[Any]:
    return [q for c in a for q in ((c + c.dag()) / np.sqrt(2), (c - c.dag()) * (-1j / np.sqrt(2)))]


def _vacuum(number: Any) -> Vector:
    """The state without quanta."""
    return np.asarray(number.diagonal().real == 0, complex)
