r"""Linearisation of a nonlinear model about every amplitude at which its classical equations stand still.

With a_j = α_j + δ_j the generator is a polynomial in δ. The mean of a coherent state stands still at a root α of

    dα_j/dt = ⟨α|𝓛†(a_j)|α⟩ = 0,      𝓛†(a_j) = i[H, a_j] + Σ_k γ_k(R_k†a_jL_k − ½{R_k†L_k, a_j}),

and around it the terms of degree two in δ are a Gaussian model, whose drift is the Jacobian of these equations. What
dissipators of higher degree do to mean and variances of the vacuum (𝓓[a†a] damps the amplitude) is part of it; the rest
of the terms of degree ≥ 3 is dropped. Conventions: ħ = 1, x = (a + a†)/√2, p = (a − a†)/(i√2).

>>> from crosscheck.models.written import Written
>>> kerr = Written(                                       # −Δa†a + (K/2)a†a†aa + ε(a + a†), loss at rate 1
...     names=("a",), energy=(((1, 0), -3.0), ((1, 1, 0, 0), 0.5), ((0,), 1.5), ((1,), 1.5)),
...     jumps=((1.0, (((0,), 1),), (((0,), 1),)),),
... )
>>> found = linearise(kerr)
>>> [(round(float(r.photons[0]), 4), r.stability) for r in found.roots], found.complete, found.multistable
([(0.298, 'stable'), (2.0912, 'unstable'), (3.6108, 'stable')], True, True)
>>> print(found.roots[0].dropped[0])
(0.53676+0.0993255i) a†aa in H: degree 3, 0.197
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

import gaussian
from crosscheck.errors import CrosscheckError
from crosscheck.model import described, displacing
from crosscheck.models.contractions import contracted
from crosscheck.models.dropped import DroppedMatters, DroppedTerm, dropped_matters, dropped_terms, quadratic_part
from crosscheck.models.exact_numbers import Rational
from crosscheck.models.mean_field import around, checked, fluctuations, velocity
from crosscheck.models.protocol import refuse_slips, require_hamiltonian, runs_to_its_end
from crosscheck.models.steady_amplitudes import Place, steady_amplitudes
from crosscheck.models.written import Terms, Written, spelled_number, terms_of
from gaussian.ladder import Polynomial, ladder, spell

Array = NDArray[Any]
# Eigenvalues are off by so many units of rounding, times their condition.
ROUNDING = 50 * np.finfo(float).eps
# Dropped terms that are printed of each root.
SHOWN = 3


class NoSingleRoot(CrosscheckError):
    """One stable root is needed, but there are none or several."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OperatingPoint:
    """A root α, and the model around it.

    `amplitudes` (n,) are within `error`; `drift` (2n, 2n) is A of the fluctuations, with its `eigenvalues`; in
    `free` directions other roots are next to it (phases that nothing fixes). `displaced` is the whole model in δ,
    `quadratic` the Gaussian model that is kept of it, which starts with the fluctuations of the model's start, centred
    on the root; `dropped` are the terms of degree ≥ 3.
    """

    amplitudes: Array
    error: float
    free: int
    drift: Array
    eigenvalues: Array
    stability: str
    displaced: Written = field(repr=False)
    quadratic: Written = field(repr=False)
    dropped: tuple[DroppedTerm, ...] = field(repr=False)

    @property
    def photons(self) -> Array:
        """|α_j|², shape (n,)."""
        return np.asarray(np.abs(self.amplitudes) ** 2)

    @property
    def stable(self) -> bool:
        """Whether fluctuations decay, but for those of a free phase."""
        return self.stability.startswith("stable")

    def terms(self, degree: int) -> Written:
        """The displaced model's terms of H, and of L_k with R_k†, of one degree in δ."""
        jumps = []
        for rate, left, right in self.displaced.jumps:
            for w, c in left:
                jumps += [(rate, ((w, c),), ((v, d),)) for v, d in right if len(w) + len(v) == degree]
        energy = tuple((w, c) for w, c in self.displaced.energy if len(w) == degree)
        return replace(self.displaced, energy=energy, jumps=tuple(jumps))

    def dropped_matters(self, *, cutoff: int | Sequence[int], times: Sequence[float] | None = None) -> DroppedMatters:
        """Moments of `displaced`, in Fock space at `cutoff`, beside those of `quadratic`.

        In the steady state, or at `times` from a start on the root. A model with several stable roots has one steady
        state, a mixture of all, which no linearisation describes: give times that are short against the switching.

        Raises:
            gaussian.NoSteadyState: the root is not stable, and no times are given.
            fock.FockError: the cutoff is too small, or too large.
        """
        return dropped_matters(self.displaced, self.quadratic, cutoff=cutoff, times=times)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Linearisation:
    """All roots found, in ascending Σ|α_j|², whether they are `complete`, and `how` that is known."""

    model: Any
    roots: tuple[OperatingPoint, ...]
    complete: bool
    how: str

    @property
    def stable(self) -> tuple[OperatingPoint, ...]:
        """The roots at which fluctuations decay."""
        return tuple(r for r in self.roots if r.stable)

    @property
    def multistable(self) -> bool:
        """Whether there is more than one stable root."""
        return len(self.stable) > 1

    @property
    def continuum(self) -> bool:
        """Whether roots lie on a circle, or another continuum."""
        return any(r.free for r in self.roots)

    @property
    def root(self) -> OperatingPoint:
        """The one stable root. Raises NoSingleRoot if there are none or several."""
        stable = self.stable
        if len(stable) != 1:
            raise NoSingleRoot(
                f"There must be one stable root to choose it unasked, but there are {len(stable) or 'none'} among "
                f"{len(self.roots)}.",
                "Choose one of `roots` by its number, and look at its stability.",
            )
        return stable[0]

    @property
    def quadratic(self) -> Written:
        """The Gaussian model about the one stable root."""
        return self.root.quadratic

    @property
    def displaced(self) -> Written:
        """The whole model about the one stable root."""
        return self.root.displaced

    def dropped_matters(self, *, cutoff: int | Sequence[int], times: Sequence[float] | None = None) -> DroppedMatters:
        """As `OperatingPoint.dropped_matters`, at the one stable root."""
        return self.root.dropped_matters(cutoff=cutoff, times=times)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        count = f"{len(self.roots)} root{'' if len(self.roots) == 1 else 's'}"
        lines = [f"Linearisation of {described(self.model)}", f"{count}: {self.how}."]
        if self.multistable:
            lines.append(f"Multistable: {len(self.stable)} of them are stable.")
        for k, r in enumerate(self.roots):
            alpha = ", ".join(spelled_number(z) for z in r.amplitudes)
            lines.append(f"[{k}] α = ({alpha}): {r.stability}, largest Re λ = {r.eigenvalues.real.max():.4g}")
            if r.free:
                lines.append(f"    One of a continuum: free in {r.free} direction{'' if r.free == 1 else 's'}.")
            lines += [f"    dropped: {term}" for term in r.dropped[:SHOWN]]
            if len(r.dropped) > SHOWN:
                lines.append(f"    dropped as well, and smaller: {len(r.dropped) - SHOWN} more")
        return "\n".join(lines)


def linearise(model: Any) -> Linearisation:
    """Every operating point of a model with constant coefficients, and the model around each.

    Args:
        model: modes, hamiltonian and dissipators, polynomials in the ladder operators of any degree. Its coefficients
            are taken as the decimals that they print as.

    Returns:
        A `Linearisation`. Its roots are complete where the equations could be eliminated; `how` says so, or that there
        may be others.

    Raises:
        InvalidModel: a coefficient depends on time, or is no finite number; a method of the model fails.
        gaussian.NotHermitian: H, or the matrix of correlated rates, is not Hermitian.
    """
    require_hamiltonian(model)
    refuse_slips(model)
    with runs_to_its_end():
        places = steady_amplitudes(velocity(checked(model)))
        roots = tuple(_around(model, place) for place in places.roots)
    return Linearisation(model=model, roots=roots, complete=places.complete, how=places.how)


def _around(model: Any, place: Place) -> OperatingPoint:
    names = tuple(spell((2 * j,)) for j in range(int(model.modes)))
    at = around(model, [Rational.binary(z) for z in place.amplitudes])
    whole = fluctuations(at, names)
    displaced = _starting(whole, model, -place.amplitudes)
    energy, jumps = contracted(at.jumps, at.modes)
    second = quadratic_part(whole)
    second = replace(second, energy=_added(second.energy, energy), jumps=second.jumps + jumps)
    quadratic = _starting(second, model, None)
    drift = gaussian.drift(quadratic)
    eigenvalues, stability = _stability(drift, place.free)
    photons = np.zeros(len(names))
    if stability == "stable":
        variances = np.diagonal(gaussian.steady_state(quadratic).covariance)
        photons = (variances[0::2] + variances[1::2] - 1) / 2
    return OperatingPoint(
        amplitudes=place.amplitudes,
        error=place.error,
        free=place.free,
        drift=drift,
        eigenvalues=eigenvalues,
        stability=stability,
        displaced=displaced,
        quadratic=quadratic,
        dropped=dropped_terms(displaced, photons),
    )


def _added(one: Terms, other: Terms) -> Terms:
    """The terms of a sum."""
    return terms_of(Polynomial(dict(one)) + Polynomial(dict(other)))


def _starting(written: Written, model: Any, shift: Array | None) -> Written:
    """With the model's ρ(0), displaced by `shift`, or to zero mean where that is None; and with its bipartition."""
    if not hasattr(model, "preparation"):
        start, unitaries = None, []
    else:
        start = model.preparation(*ladder(written.modes))
        unitaries = [terms_of(g) for g in start.unitaries]
    if shift is None:
        mean = gaussian.initial_state(model).mean if unitaries else np.zeros(2 * written.modes)
        shift = -(mean[0::2] + 1j * mean[1::2]) / np.sqrt(2)
    unitaries += [terms_of(displacing(a, z)) for a, z in zip(ladder(written.modes), shift, strict=True) if z]
    return replace(
        written,
        occupations=None if start is None or start.occupations is None else tuple(start.occupations),
        ground=None if start is None or start.ground_of is None else terms_of(start.ground_of),
        unitaries=tuple(unitaries),
        watched=getattr(model, "observed", None),
        side=getattr(model, "party", None),
    )


def _stability(drift: Array, free: int) -> tuple[Array, str]:
    """Eigenvalues of A, and the word for what they say; the error of each is the rounding times its condition."""
    balanced = scipy.linalg.matrix_balance(drift, permute=False)[0]
    values, left, right = scipy.linalg.eig(balanced, left=True)
    with np.errstate(divide="ignore"):
        condition = 1 / np.abs(np.sum(left.conj() * right, axis=0))
    tolerance = ROUNDING * np.linalg.norm(balanced) * condition
    above, open_ = values.real > tolerance, np.abs(values.real) <= tolerance
    if above.any():
        return values, "unstable"
    if not open_.any():
        return values, "stable"
    return values, "stable but for its phase" if 0 < open_.sum() == free else "marginal"
