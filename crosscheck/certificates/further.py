r"""Measures of a state that are compared when they are asked for: steering, contangle, variances, Rényi's entropy.

Each is monotone in σ, or made of what is: if (1 − η)σ ≤ σ' ≤ (1 + η)σ then variances, Schur complements and symplectic
eigenvalues are known to a relative η, and so to η or a few of it what is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import fock
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.quantities import Moments, Quantity, negativity_tail_error, quantities
from crosscheck.certificates.system import System
from crosscheck.engine import Engine
from gaussian import enclosed
from gaussian.parties import bipartitions

# How many η's a value may be off by, in units of max(1, |value|): 10/ln 10 of decibels, and two variances, are less.
SLOPE = 6.0
BACK = "steering, reversed"


def asked_quantities(inquiry: Inquiry, *, physical: bool, moments: bool = True) -> Iterator[Quantity]:
    """Those of every inquiry, and the further measures of a state that this one asks for."""
    system, engine = inquiry.system, inquiry.engine
    yield from quantities(engine, system.party, system.observed, physical=physical, moments=moments)
    if physical:
        yield from _further(engine, inquiry.quantities, system)


def is_further(name: str) -> bool:
    """Whether a quantity is one of these."""
    return name.split(",")[0].split(" of ")[0] in {"steering", *PLAIN, "residual_contangle", "negativities"}


def enclosed_formula(name: str, system: System) -> Callable[[Any], Any]:
    """The same in balls, of σ of the observed modes."""
    if name in ("steering", BACK):
        return partial(enclosed.steering, party=_sides(system)[name == BACK])
    if name == "residual_contangle":
        return lambda sigma: enclosed.residual_contangle(sigma).minimum
    if name.startswith("negativities"):
        return lambda sigma: enclosed.negativities(sigma)[_party_of(name)]
    formula: Callable[[Any], Any] = getattr(enclosed, name)
    return formula


# Functions of σ alone, and how many modes they are of (0: any).
PLAIN = {"renyi2": 0, "squeezing_db": 0, "duan": 2, "epr_variance": 2}


def _further(engine: Engine, asked: Sequence[str], system: System) -> Iterator[Quantity]:
    modes = len(system.observed)
    names = [name for name in asked if engine.gives(name)]
    if "steering" in names and system.party:
        for name, party in zip(("steering", BACK), _sides(system), strict=True):
            yield _quantity(name, partial(engine.steering, party=party), partial(fock.steering, party=party))
    for name in PLAIN:
        if name in names and PLAIN[name] in (0, modes):
            yield _quantity(name, getattr(engine, name), getattr(fock, name))
    if "residual_contangle" in names and modes == 3:
        yield _quantity(
            "residual_contangle",
            lambda sigma: engine.residual_contangle(sigma)[0],
            lambda rho: fock.residual_contangle(rho)[0],
            tail_error=negativity_tail_error,
        )
    if "negativities" in names and modes > 1:
        for party in bipartitions(modes):
            yield _quantity(
                f"negativities of {','.join(str(k + 1) for k in party)}",
                partial(_entry, engine.negativities, party),
                partial(_entry, fock.negativities, party),
                tail_error=negativity_tail_error,
            )


def _entry(every: Callable[[Any], Any], party: tuple[int, ...], state: Any) -> float:
    return float(every(state)[party])


def _quantity(name: str, formula: Callable[[Any], Any], of_rho: Callable[[Any], Any], **options: Any) -> Quantity:
    def of_moments(m: Moments) -> tuple[float, float]:
        value, eta = float(formula(m.covariance)), m.relative_error
        return value, SLOPE * len(m.mean) * eta / (1 - eta) * max(1.0, abs(value)) if eta < 1 else float("inf")

    return Quantity(name, of_moments, lambda state: float(of_rho(state.rho)), **options)


def _sides(system: System) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The party, and the rest."""
    return system.party, tuple(k for k in range(len(system.observed)) if k not in system.party)


def _party_of(name: str) -> tuple[int, ...]:
    return tuple(int(k) - 1 for k in name.split(" of ")[1].split(","))
