r"""Measures of a state that are compared when they are asked for: steering, contangle, variances, Rényi's entropy.

Each is monotone in σ, or made of what is: if (1 − η)σ ≤ σ' ≤ (1 + η)σ then variances, Schur complements and symplectic
eigenvalues are known to a relative η, and so to η or a few of it what is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import flint

import fock
import gaussian
from crosscheck.certificates.asked import FURTHER_QUANTITIES, base
from crosscheck.certificates.fidelities import enclosed_fidelity, fidelities
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.quantities import Moments, Quantity, negativity_tail_error, quantities
from crosscheck.certificates.system import System
from crosscheck.engine import Engine
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.parties import bipartitions

# How many η's a value may be off by, in units of max(1, |value|): 10/ln 10 of decibels, and two variances, are less.
SLOPE = 6.0
BACK = "steering, reversed"
# R_i of the mode i that is named, less the least of the three: zero if it is the right one.
EXCESS = "residual_contangle, excess of its mode"


def asked_quantities(inquiry: Inquiry, *, physical: bool, moments: bool = True) -> Iterator[Quantity]:
    """Those of every inquiry, and the further measures of a state that this one asks for."""
    system, engine = inquiry.system, inquiry.engine
    yield from quantities(engine, system.party, system.observed, physical=physical, moments=moments)
    if physical:
        yield from _further(engine, inquiry.quantities, system)
        yield from fidelities(engine, inquiry.quantities, system)


def is_further(name: str) -> bool:
    """Whether a quantity is one of these."""
    plain = base(name.split(",")[0].split(" of ")[0])
    return plain in {"steering", *PLAIN, "residual_contangle", "negativities", "fidelity"}


def enclosed_formula(name: str, system: System) -> Callable[[EnclosedState], Any]:
    """The same in balls, of the state of the observed modes."""
    if base(name) == "fidelity":
        return partial(enclosed_fidelity, name, system)
    formula = _formula_of_sigma(name, system)
    return lambda state: formula(state.covariance)


def _formula_of_sigma(name: str, system: System) -> Callable[[Any], Any]:
    if name in ("steering", BACK):
        return partial(enclosed.steering, party=_sides(system)[name == BACK])
    if name == EXCESS:
        return lambda sigma: flint.arb(0)
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
        yield _quantity(EXCESS, partial(_excess, engine), lambda rho: 0.0)
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


def _excess(engine: Engine, sigma: Any) -> float:
    """Of doubles of our own, as what is judged is which mode is named."""
    named = int(engine.residual_contangle(sigma)[1])

    def squared(modes: list[int]) -> float:
        return float(gaussian.log_negativity(gaussian.reduced(sigma, modes), party=[0])) ** 2

    pairs = {(i, j): squared([i, j]) for i, j in ((0, 1), (0, 2), (1, 2))}
    each = {
        i: squared([i, *(j for j in range(3) if j != i)]) - sum(value for both, value in pairs.items() if i in both)
        for i in range(3)
    }
    return each[named] - min(each.values())


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


def not_compared(asked: Sequence[str], inquiry: Inquiry, compared: Iterator[tuple[str, str]]) -> list[str]:
    """What was asked for and is among no `compared` (quantity, place), each with the reason."""
    found = {_name_of(quantity, place) for quantity, place in compared}
    found |= {base(name) for name in found}
    return [f"Not compared: {name}. {_why(name, inquiry)}" for name in dict.fromkeys(asked) if name not in found]


STARTS = {"Re S[": "spectrum", "Re C[": "correlation", "S_out": "output_spectrum", "Re T[": "transfer"}


def _name_of(quantity: str, place: str) -> str:
    for start, name in STARTS.items():
        if quantity.startswith(start):
            return name
    if place.startswith("periodic"):
        return "periodic_state"
    if place == "average":
        return "periodic_average"
    if place.startswith("conditional") and quantity.startswith("σ["):
        return "conditional"
    return quantity.split(",")[0].split(" of ")[0]


def _why(name: str, inquiry: Inquiry) -> str:
    name = base(name)
    modes = len(inquiry.system.observed)
    if not inquiry.system.gaussian:
        return "It is compared for Gaussian models only."
    if not inquiry.engine.gives(*FURTHER_QUANTITIES[name]):
        return f"{inquiry.engine.name} does not offer it."
    if name in ("output_spectrum", "transfer"):
        return "It is of channels that are measured, and the model measures none that couples. Write measurements."
    if name.startswith("periodic"):
        return "It is of models whose coefficients f(t) repeat, and is simulated."
    if name == "g2":
        return "No mode has quanta to count, or there is no delay."
    of = {"duan": 2, "epr_variance": 2, "residual_contangle": 3}.get(name, modes)
    if of != modes:
        return f"It is of {of} modes, and {modes} {'are' if modes > 1 else 'is'} observed."
    if name in ("steering", "negativities") and not inquiry.system.party:
        return "It is between two parties, and the model names none."
    return "There is no proved or simulated state, time or frequency to compare it at."
