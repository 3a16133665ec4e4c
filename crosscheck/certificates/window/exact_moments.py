r"""Moments as the Fock window gives them, enclosed: what any moment engine's claims are held against.

A, d and D come from matrix elements of 𝓛(ρ) on the lowest levels (`window.kernel`), preparing unitaries from those
of −i[G, ρ]. Moments of a quadratic generator obey a linear equation with these coefficients, solved in ball arithmetic:
nothing is truncated and every interval is a theorem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar

import flint

from crosscheck.certificates.window.existence import refuse_a_closed_network, refuse_without_proof
from crosscheck.certificates.window.kernel import Window
from gaussian.enclosed import Ball, EnclosedState, PrecisionExhausted, enclose
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.eigenmodes import Eigenmodes
from gaussian.enclosed.lyapunov import solve_steady
from gaussian.enclosed.precision import LAST_BITS as ENOUGH_BITS
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import READ, exact, read
from gaussian.enclosed.states import QuadraticForm, prepared, propagate

# Digits asked of the intervals: beyond those of double precision, so that a claim's own rounding is what is seen.
DIGITS = 20
# No precision is raised beyond this.
MOST_BITS = ENOUGH_BITS
# Covariances up to this size have a least eigenvalue that these digits reach; beyond it they are asked for more.
MODERATE = 1e2
# Bits of coefficients that are rounded to doubles in the end.
BITS = 128
States = TypeVar("States", EnclosedState, list[EnclosedState])
# Where so many bits do not separate a drift eigenvalue from the imaginary axis, it lies there.
LAST_BITS = 1536


def exact_trajectory(model: Any, times: Sequence[float], digits: float = DIGITS) -> list[EnclosedState]:
    """States of all modes at `times`, from the model's preparation.

    Raises:
        NotQuadratic: the model, or a unitary that prepares its state, has a term of higher degree.
        TimeDependent: the generator depends on time.
    """
    if not len(times):
        return []
    if int(model.modes) > FEW_MODES:
        return at_once(lambda: eigenmodes(model).evolved(exact_start(model), [Ball(exact(t)).z.real for t in times]))
    return to_the_least(
        lambda: propagate(Window(model).equations(), exact_start(model), list(times)), digits, bits=MOST_BITS
    )


def to_the_least(calculate: Callable[[], States], digits: float, *, bits: int) -> States:
    """States with so many digits of the least eigenvalue of σ, if the model's coefficients are known to as many.

    Negativities and entropies of squeezed states depend on it. Of a state λ_min ≥ 1/(4 λ_max), since σ ≥ ¼Ωᵀσ⁻¹Ω, and
    symplectic eigenvalues come as squares, ν² ≥ 1/(16 λ_max²), into which an error of σ goes with λ_max². Digits are
    counted from the largest entry: 5 lg λ_max more.
    """
    found = enclose(calculate, digits=digits, strict=False, bits=bits)
    states = found if isinstance(found, list) else [found]
    largest = max(float(abs(x).mid()) for state in states for x in state.covariance.entries())
    if not MODERATE < largest < math.inf:
        return found
    return enclose(calculate, digits=digits + 5 * math.log10(largest), strict=False, bits=bits)


def at_once(calculate: Callable[[], States]) -> States:
    """What is enclosed in doubles, from coefficients at `BITS`. Raises PrecisionExhausted where these do not decide."""
    with flint.ctx.workprec(BITS):
        try:
            return calculate()
        except (Undecided, ZeroDivisionError) as why:
            what = why.what if isinstance(why, Undecided) else str(why)
            raise PrecisionExhausted(
                f"Doubles with bounds, which enclose networks of more than {FEW_MODES} modes, do not decide {what}.",
                "Damp the slowest motion, move the parameters off an exceptional point, or shorten the times.",
            ) from None


def eigenmodes(model: Any) -> Eigenmodes:
    """The window's A, d and D in the basis of the drift's eigenvectors."""
    return Eigenmodes(Window(model).equations())


def exact_steady_state(model: Any, digits: float = DIGITS) -> EnclosedState:
    """The unique attracting state, its existence proved.

    Raises:
        NoSteadyState: it is proved not to exist.
        PrecisionExhausted: neither could be proved; what is to blame is named.
        NotQuadratic, TimeDependent: as `exact_trajectory`.
    """
    if int(model.modes) > FEW_MODES:
        try:
            return at_once(lambda: eigenmodes(model).steady())
        except PrecisionExhausted as why:
            refuse_a_closed_network(model)
            raise why from None
    try:
        return to_the_least(lambda: solve_steady(Window(model).equations()), digits, bits=LAST_BITS)
    except PrecisionExhausted:
        refuse_without_proof(model)


def start_of(model: Any) -> EnclosedState:
    """The prepared state, to the digits of the others."""
    if int(model.modes) > FEW_MODES:
        return at_once(lambda: exact_start(model))
    return to_the_least(lambda: exact_start(model), DIGITS, bits=MOST_BITS)


def exact_start(model: Any) -> EnclosedState:
    """The prepared state, at the working precision."""
    n = int(model.modes)
    if not hasattr(model, "preparation"):
        return prepared(n, None, None, [])
    known = read(model)
    counted = known.preparation(*[_Anything()] * n)
    ground = None if counted.ground_of is None else _form(known, lambda p: p.ground_of)
    unitaries = [_form(known, lambda p, k=k: p.unitaries[k]) for k in range(len(counted.unitaries))]
    return prepared(n, counted.occupations, ground, unitaries)


def _form(model: Any, part: Any) -> QuadraticForm:
    """(h, v) of a Hermitian form, from the flow A = Ωh, d = Ωv that it generates."""
    alone = SimpleNamespace(modes=model.modes, hamiltonian=lambda *a: part(model.preparation(*a)), **{READ: True})
    flow = Window(alone).equations()
    turned = []
    for part in (flow.drift, flow.drive):  # Ωᵀ takes row 2j + 1 to 2j, with its sign, and row 2j to 2j + 1
        lines = part.tolist()
        pairs = zip(lines[0::2], lines[1::2], strict=True)
        turned.append(flint.arb_mat([line for x, p in pairs for line in ([-c for c in p], x)]))
    return turned[0], turned[1]


class _Anything:
    """Stands in for a ladder operator where only the number of unitaries matters."""

    __array_ufunc__ = None

    def dag(self) -> _Anything:
        return self

    def __neg__(self) -> _Anything:
        return self

    def __add__(self, other: Any) -> _Anything:
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __truediv__ = __pow__ = __add__
