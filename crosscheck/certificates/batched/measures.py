r"""Measures of every covariance of a scan, enclosed in doubles.

Symplectic eigenvalues ν are monotone in σ, and so are those of a part and of the partial transpose ΘσΘ: if
(1 − ε)Σ ≤ σ ≤ (1 + ε)Σ then each ν of σ is within a factor 1 ± ε of that of Σ. With L = V√w from computed eigenvectors
V and eigenvalues w > 0 of Σ,

    LLᵀ = Σ + F,   (1 − η)Σ ≤ LLᵀ ≤ (1 + η)Σ,   η = ‖F‖/λ_min(Σ),

and ±ν of LLᵀ are the eigenvalues of the hermitian matrix iLᵀΩL, with Ω replaced by ΘΩΘ for the transpose. Those are
found with their error e (`rounding.spectrum`): an absolute one, about u‖σ‖. Hence

    (1 − ε)/(1 + η) · (ν̂ − e)  ≤  ν  ≤  (1 + ε)/(1 − η) · (ν̂ + e).

E_N = Σ max(0, −ln 2ν̃) falls with ν̃, the entropy Σ g(ν) with g(ν) = (ν + ½) ln(ν + ½) − (ν − ½) ln(ν − ½) grows, the
purity Π 1/2ν falls: their values at the ends enclose them, widened by the rounding of the functions. g is taken at
ν ≥ ½ only, as for a state.

>>> c, s = np.cosh(1.0) / 2 * np.eye(2), np.sinh(1.0) / 2 * np.diag([1, -1])
>>> low, high = log_negativity(Known.exactly(np.block([[c, s], [s, c]])[None]), (0,))
>>> bool(low[0] <= 1 <= high[0] and high[0] - low[0] < 1e-11)
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from crosscheck.certificates.batched.rounding import (
    EPS,
    TINY,
    UP,
    Array,
    Rounded,
    Spectrum,
    norm,
    product,
    spectrum,
    transposed,
)
from gaussian.symplectic import omega, quadratures

# Of a function in doubles, in units of what it is summed of: a logarithm is good to 4 units of its last place.
FUNCTION = 16 * EPS


class Enclosed(NamedTuple):
    """What lies between two ends, at each point."""

    low: Any
    high: Any


@dataclass(frozen=True, eq=False)
class Known:
    """Covariances (N, 2n, 2n), each known to within a factor 1 ± `relative` (N,), with the spectrum of the centre."""

    covariance: Array
    relative: Array
    spectrum: Spectrum

    @classmethod
    def exactly(cls, covariance: Array) -> Self:
        """Without an error of their own."""
        return cls(covariance, np.zeros(len(covariance)), spectrum(Rounded(covariance)))

    def reduced(self, modes: Sequence[int]) -> Known:
        """Those of some modes, known as well."""
        if list(modes) == list(range(self.covariance.shape[-1] // 2)):
            return self
        rows = quadratures(list(modes))
        part = self.covariance[:, rows][:, :, rows]
        return Known(part, self.relative, spectrum(Rounded(part)))

    def within(self, relative: Array) -> Known:
        """The same centres with another error."""
        return Known(self.covariance, relative, self.spectrum)


def eigenvalues(known: Known, turned: Sequence[int] = ()) -> Enclosed:
    """Symplectic eigenvalues (N, n) from below and from above, with the momenta of the modes `turned` reversed.

    0 and ∞ where nothing is known.
    """
    m = known.covariance.shape[-1]
    theta = np.ones(m)
    theta[quadratures(list(turned))[1::2]] = -1
    form = omega(m // 2) * np.outer(theta, theta)
    w, lowest = known.spectrum.values, known.spectrum.lowest
    with np.errstate(all="ignore"):
        usable = (lowest > 0) & np.isfinite(known.covariance).all((-2, -1))
        lower = np.where(usable[:, None, None], known.spectrum.vectors * np.sqrt(np.abs(w))[:, None, :], np.eye(m))
        square = product(lower, transposed(lower))
        off = square.value - known.covariance
        f = norm(Rounded(off, square.radius + EPS * np.abs(off)))
        eta = np.where(usable, f / lowest * UP, np.inf)
        twisted = product(transposed(lower), form @ lower)
        found = spectrum(
            Rounded(0.5j * (twisted.value - transposed(twisted.value)), twisted.radius + EPS * np.abs(twisted.value))
        )
        nu, error = found.values[:, m // 2 :], found.errors[:, m // 2 :]
        below = (nu - error) * ((1 - known.relative) / (1 + eta) / UP)[:, None]
        above = (nu + error) * ((1 + known.relative) / (1 - eta) * UP)[:, None]
        fine = ((eta < 0.5) & (known.relative < 0.5))[:, None]
    low = np.where(fine & (below > 0), below, 0.0)
    return Enclosed(low, np.where(fine & np.isfinite(above), above, np.inf))


def log_negativity(known: Known, party: Sequence[int]) -> Enclosed:
    """E_N = Σ max(0, −ln 2ν̃)."""
    low, high = eigenvalues(known, party)
    return _summed(lambda nu: np.maximum(0.0, -np.log(2 * nu)), high, low)


def entropy(known: Known) -> Enclosed:
    """S = Σ g(ν) of a state."""
    low, high = eigenvalues(known)
    return _summed(_g, np.maximum(low, 0.5), np.maximum(high, 0.5))


def mutual_information(known: Known, party: Sequence[int]) -> Enclosed:
    """I = S_A + S_B − S_AB."""
    others = [k for k in range(known.covariance.shape[-1] // 2) if k not in party]
    (a, a_), (b, b_), (ab, ab_) = (entropy(part) for part in (known.reduced(party), known.reduced(others), known))
    with np.errstate(invalid="ignore"):
        low, high = a + b - ab_, a_ + b_ - ab
        slack = FUNCTION * (a_ + b_ + ab_)
        low, high = low - slack, high + slack
    return Enclosed(np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high))


def purity(known: Known) -> Enclosed:
    """tr ρ² = Π 1/2ν."""
    low, high = eigenvalues(known)
    with np.errstate(divide="ignore"):
        below, above = np.prod(0.5 / high, -1), np.prod(0.5 / low, -1)
    return Enclosed(below * (1 - FUNCTION), above * (1 + FUNCTION))


MEASURES: dict[str, Callable[[Known, Sequence[int]], Enclosed]] = {
    "entropy": lambda known, party: entropy(known),
    "log_negativity": log_negativity,
    "mutual_information": mutual_information,
    "purity": lambda known, party: purity(known),
}
# Those that need two parties.
OF_PARTIES = ("log_negativity", "mutual_information")


def _g(nu: Array) -> Array:
    up, down = nu + 0.5, nu - 0.5
    return np.asarray(up * np.log(up) - np.where(down > 0, down * np.log(np.where(down > 0, down, 1.0)), 0.0))


def _summed(f: Callable[[Array], Array], first: Array, last: Array) -> Enclosed:
    """Σ f between its values at two ends, from the one where f is smaller, with the rounding of what is summed.

    x ln x of a sum x = ν ± ½ that is rounded once errs by (|ln x| + 1)x units, besides those of the logarithm.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = []
        for nu, sign in ((first, -1), (last, 1)):
            size = (nu + 0.5) * (1 + np.abs(np.log(nu + 0.5))) + (nu < 0.5) * np.abs(np.log(2 * nu))
            found.append(f(nu).sum(-1) + sign * (FUNCTION * size.sum(-1) + TINY))
    low, high = (np.where(np.isnan(x), sign * np.inf, x) for x, sign in zip(found, (-1, 1), strict=True))
    return Enclosed(np.maximum(low, 0.0), high)
