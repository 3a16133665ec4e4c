r"""What a linearisation drops: its terms by degree with their sizes, and a Fock run that says how much they matter.

A term c·w of H, or c·wρv† of the dissipators, of degree d = |w| (+ |v|) in the fluctuations δ is dropped if d ≥ 3. Its
size is the rate

    |c| Π_letters √(n_j + ½),      n_j = ⟨δ_j†δ_j⟩ of the quadratic part (0 where that has no steady state),

to be held against the damping. Sizes are a guide; `dropped_matters` solves both models.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.models.written import Written, spelled_number, spelled_word

Array = NDArray[Any]
# The highest degree that Gaussian moments keep.
KEPT = 2


@dataclass(frozen=True)
class DroppedTerm:
    """A term of degree ≥ 3 in the fluctuations: of `where`, "H" or "𝓓", with its coefficient and its size as a rate."""

    where: str
    term: str
    coefficient: complex
    degree: int
    size: float

    def __str__(self) -> str:
        return f"{spelled_number(self.coefficient)} {self.term} in {self.where}: degree {self.degree}, {self.size:.3g}"


def quadratic_part(model: Written) -> Written:
    """Words of H of degree 2 and of jump operators of degree 1; linear terms are balanced at a root, and go too."""
    jumps = []
    for rate, left, right in model.jumps:
        one, other = (tuple((w, c) for w, c in side if len(w) == 1) for side in (left, right))
        if one and other:
            jumps.append((rate, one, other))
    energy = tuple((w, c) for w, c in model.energy if len(w) == KEPT)
    return replace(model, energy=energy, jumps=tuple(jumps))


def dropped_terms(model: Written, photons: Array) -> tuple[DroppedTerm, ...]:
    """Terms of degree ≥ 3, largest first; `photons` are the n_j of the equation above."""
    spread = [float(np.sqrt(n + 0.5)) for n in photons]

    def term(where: str, spelling: str, c: complex, letters: Sequence[int]) -> DroppedTerm:
        return DroppedTerm(where, spelling, c, len(letters), abs(c) * prod(spread[x >> 1] for x in letters))

    found = [term("H", spelled_word(w, model.names), complex(c), w) for w, c in model.energy if len(w) > KEPT]
    for rate, left, right in model.jumps:
        for w, c in left:
            for v, d in right:
                if len(w) + len(v) > KEPT:
                    spelling = f"{spelled_word(w, model.names)} ρ ({spelled_word(v, model.names)})†"
                    found.append(term("𝓓", spelling, complex(rate * c * np.conj(d)), (*w, *v)))
    return tuple(sorted(found, key=lambda x: -x.size))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DroppedMatters:
    """Moments of the full displaced model in Fock space beside those of its quadratic part.

    At each of k places ("steady state", or a time): `mean` (k, 2n) and `covariance` (k, 2n, 2n) of δ in the full
    model, `linear` (k, 2n, 2n) the covariance in the quadratic one, whose mean is 0. `variances` (k,) is the largest
    |uᵀσ_linear u/uᵀσ_full u − 1| over quadratures u, `shift` (k,) the distance of the means in standard deviations of
    the full state, and `error` (k,) that of any moment of the Fock run, estimated from a second, smaller cutoff.
    """

    places: tuple[str, ...]
    cutoffs: tuple[int, ...]
    mean: Array
    covariance: Array
    linear: Array
    variances: Array
    shift: Array
    error: Array
    non_gaussianity: Array
    edge_weight: Array

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lines = [f"Full model at cutoff {'×'.join(map(str, self.cutoffs))} against its quadratic part:"]
        for k, place in enumerate(self.places):
            lines.append(
                f"  {place}: variances differ by up to {100 * self.variances[k]:.3g} %, means by {self.shift[k]:.3g} "
                f"standard deviations, relative entropy to a Gaussian {self.non_gaussianity[k]:.2g}; moments of the "
                f"Fock run are known to {self.error[k]:.1g}"
            )
        return "\n".join(lines)


def dropped_matters(
    full: Written, quadratic: Written, *, cutoff: int | Sequence[int], times: Sequence[float] | None = None
) -> DroppedMatters:
    """Steady states of both models, or their states at `times` from the start of the quadratic one.

    Raises:
        gaussian.NoSteadyState: the quadratic part is unstable, or marginal: give `times`.
        fock.FockError: the cutoff is too small for the start, or too large for memory.
    """
    cutoffs = fock.as_cutoffs(cutoff, full.modes)
    fewer = tuple(max(2, n - max(2, n // 5)) for n in cutoffs)
    full = replace(full, **{name: getattr(quadratic, name) for name in ("occupations", "ground", "unitaries")})
    if times is None:
        steady = gaussian.steady_state(quadratic)
        means, linear = steady.mean[None], steady.covariance[None]
        places: tuple[str, ...] = ("steady state",)
    else:
        path = gaussian.evolve(quadratic, times)
        means, linear, places = path.mean, path.covariance, tuple(f"t = {t:g}" for t in times)
    fine, coarse = (_states(full, n, times) for n in (cutoffs, fewer))
    found: dict[str, list[Any]] = {name: [] for name in ("mean", "covariance", "variances", "shift", "error")}
    for k, (state, other) in enumerate(zip(fine, coarse, strict=True)):
        mean, covariance = state.moments
        less_mean, less = other.moments
        values, vectors = np.linalg.eigh(covariance)
        root = (vectors / np.sqrt(np.maximum(values, 1e-300))) @ vectors.T
        found["mean"].append(mean)
        found["covariance"].append(covariance)
        found["variances"].append(float(np.abs(np.linalg.eigvalsh(root @ linear[k] @ root) - 1).max()))
        found["shift"].append(float(np.linalg.norm(root @ (mean - means[k]))))
        # Errors fall by more than half from one cutoff to the other where a cutoff has hold of the state.
        apart = max(float(np.abs(covariance - less).max()), float(np.abs(mean - less_mean).max()))
        found["error"].append(apart + state.solver_error + float(state.edge_weight.max()) * max(cutoffs))
    return DroppedMatters(
        places=places,
        cutoffs=cutoffs,
        linear=np.asarray(linear),
        non_gaussianity=np.array([fock.non_gaussianity(state.rho) for state in fine]),
        edge_weight=np.array([float(state.edge_weight.max()) for state in fine]),
        **{name: np.array(values) for name, values in found.items()},
    )


def _states(model: Written, cutoffs: tuple[int, ...], times: Sequence[float] | None) -> Sequence[Any]:
    if times is not None:
        return fock.evolve(model, times, cutoff=cutoffs).states
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fock.FellBack)  # its own error says how good it is
        return [fock.steady_state(model, cutoff=cutoffs)]
