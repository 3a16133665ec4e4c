r"""What is compared: each quantity from the moments (with an error from conditioning) and from the Fock state.

If σ is known to within δ in spectral norm, then (1 − η)σ ≤ σ' ≤ (1 + η)σ with η = δ/λ_min(σ), and symplectic
eigenvalues are monotone: each ν and each ν̃ is known to a relative η. Hence E_N is known to nη/(1 − η), and each
entropy to the difference between its values at the ends.

Whatever a sequence of cutoffs shows, a state that presses against its cutoff with weight w on the highest levels has
moments and entropies that err by up to N w, and a negativity that errs by up to the scale √w: with populations p_n of a
truncated mode it is bounded through 2 s_< s_> + s_>², s = Σ√p_n. A sequence that is stuck at zero, or held up by one
mode, cannot claim less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.certificates.names import entry_name
from crosscheck.engine import Engine

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean, covariance and its error (in spectral norm) at one place, as the moment engine claims them.

    `each` are the errors of the entries, (mean, covariance), where they are known one by one.
    """

    mean: Array
    covariance: Array
    error: float
    each: tuple[Array, Array] | None = None

    @property
    def errors(self) -> tuple[Array, Array]:
        """Of the entries of mean and covariance."""
        if self.each is not None:
            return self.each
        return np.full(self.mean.shape, _of_mean(self)), np.full(self.covariance.shape, self.error)

    @property
    def relative_error(self) -> float:
        """η: how far symplectic eigenvalues may be off, relatively."""
        lowest = float(np.linalg.eigvalsh(self.covariance)[0])
        highest = float(np.linalg.norm(self.covariance, 2))
        return (self.error + 4 * np.finfo(float).eps * highest) / lowest if lowest > 0 else np.inf

    @property
    def is_physical(self) -> bool:
        return bool(gaussian.is_physical(self.covariance))


def tail_error(edge_weight: float, cutoff: int) -> float:
    """N w: what weight w at the edge of N levels does to moments and entropies."""
    return cutoff * edge_weight


def negativity_tail_error(edge_weight: float, cutoff: int) -> float:
    """√w: what weight w at the edge does to a trace norm of the partial transpose."""
    return float(np.sqrt(edge_weight))


@dataclass(frozen=True)
class Quantity:
    """`name`; `of_moments(moments) -> (value, error)`; `of_state(state) -> value`.

    `tail_error(w, N)` is the error that weight w on the highest of N levels brings, whatever a cutoff study shows.
    """

    name: str
    of_moments: Callable[[Moments], tuple[float, float]]
    of_state: Callable[[fock.FockState], float]
    tail_error: Callable[[float, int], float] = tail_error


def quantities(
    engine: Engine, party: tuple[int, ...], modes: int, *, physical: bool, moments: bool = True
) -> Iterator[Quantity]:
    """What the engine offers of all that makes sense for a state of `modes` modes split at `party`.

    `moments` says whether mean and covariance are its own. Of an operator that is no state only a complete one is asked
    for measures.
    """
    if moments:
        yield from moments_of(modes)
    if physical or engine.complete:
        for quantity in _measures(engine, party, modes, physical=physical):
            if engine.complete or engine.gives(quantity.name):
                yield quantity


def _measures(engine: Engine, party: tuple[int, ...], modes: int, *, physical: bool) -> Iterator[Quantity]:
    if party:
        yield Quantity(
            "log_negativity",
            lambda m: (
                float(engine.log_negativity(m.covariance, party=party, require_physical_state=physical)),
                _of_logarithms(m, modes),
            ),
            lambda state: fock.log_negativity(state.rho, party=party),
            tail_error=negativity_tail_error,
        )
    if not physical:
        yield Quantity("trace_norm", _trace_norm, lambda state: fock.trace_norm(state.rho))
        if modes <= 2:
            yield Quantity("lowest_eigenvalue", _lowest_eigenvalue, lambda state: fock.lowest_eigenvalue(state.rho))
        return
    yield Quantity(
        "entropy",
        lambda m: (float(engine.entropy(m.covariance)), _of_entropy(m, [])),
        lambda state: fock.entropy(state.rho),
    )
    if party:
        parts = [list(party), [k for k in range(modes) if k not in party]]
        yield Quantity(
            "mutual_information",
            lambda m: (float(engine.mutual_information(m.covariance, party=party)), _of_entropy(m, parts)),
            lambda state: fock.mutual_information(state.rho, party=party),
        )
        if modes == 2:
            measured = parts[1]
            yield Quantity(
                "discord",
                # S(A|M) is the entropy of a Schur complement, monotone in σ too. Its slope may exceed that of S(A), but
                # the term S(AB) in the sum leaves room: no violation in thousands of random perturbations.
                lambda m: (float(engine.discord(m.covariance, measured=measured)), _of_entropy(m, parts)),
                lambda state: fock.discord(state.rho, measured=measured),
            )


def moments_of(modes: int) -> Iterator[Quantity]:
    """The entries of mean and covariance."""
    for j in range(2 * modes):
        yield _mean_entry(j)
    for j in range(2 * modes):
        for k in range(j, 2 * modes):
            yield _covariance_entry(j, k)


def _mean_entry(j: int) -> Quantity:
    name = f"⟨{entry_name(j)}⟩"
    return Quantity(name, lambda m: (float(m.mean[j]), float(m.errors[0][j])), lambda state: float(state.mean[j]))


def _covariance_entry(j: int, k: int) -> Quantity:
    name = f"σ[{entry_name(j)}, {entry_name(k)}]"
    return Quantity(
        name,
        lambda m: (float(m.covariance[j, k]), float(m.errors[1][j, k])),
        lambda state: float(state.covariance[j, k]),
    )


def _of_mean(m: Moments) -> float:
    """The mean is taken to be known as well, relatively, as the covariance."""
    return m.error * (1 + float(np.linalg.norm(m.mean) / np.linalg.norm(m.covariance, 2)))


def _of_logarithms(m: Moments, modes: int) -> float:
    eta = m.relative_error
    return modes * eta / (1 - eta) if eta < 1 else np.inf


def _of_entropy(m: Moments, parts: list[list[int]]) -> float:
    """Sum of the uncertainties of S(σ) and of S(σ_part) for each part."""
    eta = m.relative_error
    if not eta < 0.1:
        return np.inf
    g = gaussian.entropy_of_mode
    total = 0.0
    for part in (list(range(len(m.mean) // 2)), *parts):
        nu = gaussian.symplectic_eigenvalues(gaussian.reduced(m.covariance, part))
        total += float((g(nu * (1 + eta)) - g(nu * (1 - eta))).sum())  # g takes what falls below ½ as ½
    return total


def _trace_norm(m: Moments) -> tuple[float, float]:
    value = float(np.prod(np.maximum(1.0, 0.5 / gaussian.symplectic_eigenvalues(m.covariance))))
    return value, value * _of_logarithms(m, len(m.mean) // 2)


def _lowest_eigenvalue(m: Moments) -> tuple[float, float]:
    """Lowest of the eigenvalues Π_k (1 − x_k) x_k^{n_k}, x = (ν − ½)/(ν + ½), whose signs alternate for ν < ½."""
    nu = gaussian.symplectic_eigenvalues(m.covariance)
    x = (nu - 0.5) / (nu + 0.5)
    spectra = [[(1 - v) * v**n for n in (0, 1, 2)] for v in x]
    products = spectra[0] if len(spectra) == 1 else [a * b for a in spectra[0] for b in spectra[1]]
    value = min([0.0, *products])
    return value, 4 * _of_logarithms(m, len(nu))
