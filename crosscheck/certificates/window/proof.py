r"""Whether a claimed steady state is the steady state, to every digit it is given with: a theorem either way.

The residual 𝓛(ρ) of the claim on the Fock window gives S = Aσ + σAᵀ + D and v = Aμ + d in balls (`window.kernel`).
The exact state differs from the claim by the only solution of

    AΔ + ΔAᵀ + S = 0,      Aδ + v = 0,

unique and attracting because the same solver proves A Hurwitz. So Δ is enclosed entry by entry, and with it σ, and E_N.

>>> from crosscheck.models import DampedThermalMode
>>> mode = DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4)
>>> str(prove_steady_state(mode, [["0.9", "0"], ["0", "0.9"]]).verdict)                # n̄ + ½
'certified'
>>> str(prove_steady_state(mode, [["0.900000000001", "0"], ["0", "0.9"]]).verdict)
'refuted'
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any, ClassVar

import flint
import numpy as np

from crosscheck.certificates.names import entry_name
from crosscheck.certificates.window.exact_moments import exact_steady_state
from crosscheck.certificates.window.kernel import Window
from crosscheck.errors import InvalidParameter
from crosscheck.model import described, parameters
from crosscheck.models.protocol import runs_to_its_end
from crosscheck.report.described import Described
from crosscheck.report.document import LEGEND, Cell, Document, Line, Section, Table, Tone, columns
from crosscheck.report.verdict import Verdict
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.eigenmodes import Eigenmodes
from gaussian.enclosed.lyapunov import identity, solve_lyapunov
from gaussian.enclosed.precision import Undecided, alone
from gaussian.enclosed.reading import AsComputed, read
from gaussian.enclosed.symplectic import lower_factor
from gaussian.errors import UnphysicalState
from gaussian.generator import as_number_of_modes

Claim = Sequence[Sequence[Any]]
# Exact minus claimed, the largest window element of the residual, E_N.
Deviations = tuple[list[flint.arb], flint.arb, flint.arb | None]
# Bits beyond those that the claim's last digit needs, and the most that are tried.
SPARE_BITS, LAST_BITS = 160, 8192
# Decimal places that a claim may have on either side of the point.
PLACES = 1000
# Half a unit of the last digit and a little: a number right in the middle between two may be rounded either way.
HALF = Fraction(1, 2) * (1 + Fraction(1, 10**12))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the claim: what it says, how far it may be off, and how far it provably is."""

    name: str
    claimed: str
    allowed: flint.arb
    deviation: flint.arb

    @property
    def verdict(self) -> Verdict:
        with flint.ctx.workprec(LAST_BITS):  # |Δ| is rounded to the working precision
            if abs(self.deviation) <= self.allowed:
                return Verdict.CERTIFIED
            return Verdict.REFUTED if abs(self.deviation) > self.allowed else Verdict.INCONCLUSIVE


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SteadyProof(Described):
    """The outcome: every entry, the residual's largest window element, and E_N of the exact state's observed modes.

    E_N is None where there is one party only, and where the exact covariance is not certainly positive definite.
    """

    model: str
    entries: tuple[Entry, ...]
    residual: flint.arb
    log_negativity: flint.arb | None
    bits: int
    seconds: float
    computed: bool = False
    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    kind: ClassVar[str] = "steady-state proof"
    json_fields: ClassVar[tuple[str, ...]] = (
        "model=name", "parameters", "grade", "verdict", "bits", "seconds",
        "residual=numbers.residual", "log_negativity=numbers.log_negativity", "entries=numbers.entries",
    )  # fmt: skip

    @property
    def grade(self) -> str:
        """What is proved: for exact parameters, or for the coefficients that the model's code leaves in doubles."""
        return "theorem for its coefficients as computed in doubles" if self.computed else "theorem"

    @cached_property
    def verdict(self) -> Verdict:
        found = {entry.verdict for entry in self.entries}
        if Verdict.REFUTED in found:
            return Verdict.REFUTED
        return Verdict.CERTIFIED if found == {Verdict.CERTIFIED} else Verdict.INCONCLUSIVE

    @property
    def refuted(self) -> list[Entry]:
        """The entries that are provably wrong."""
        return [entry for entry in self.entries if entry.verdict is Verdict.REFUTED]

    def document(self) -> Document:
        """Every entry with how far it is off, and what is proved besides."""
        rows: list[list[Cell]] = [
            [e.name, e.claimed, _short(e.deviation), _short(e.allowed), e.verdict] for e in self.entries
        ]
        heads = columns(
            "entry",
            "claimed",
            "exact minus claimed",
            "allowed",
            "",
            numeric=("claimed", "exact minus claimed", "allowed"),
        )
        said = [f"A unique steady state exists (proved). Largest window element of 𝓛(ρ): {_short(self.residual)}"]
        if self.log_negativity is not None:
            with flint.ctx.workprec(self.bits):
                said.append(f"E_N of the exact state: {self.log_negativity.str(20)}")
        return Document(
            title=self.model,
            sections=[Section(tables=[Table(columns=heads, rows=rows)], lines=[*said, Line(LEGEND, tone=Tone.QUIET)])],
            verdict=self.verdict,
            name=f"verdict ({self.grade})",
            seconds=self.seconds,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Intervals as text: the entries, the residual and E_N."""
        with flint.ctx.workprec(self.bits):
            return {
                "residual": self.residual.str(10),
                "log_negativity": None if self.log_negativity is None else self.log_negativity.str(30),
                "entries": [
                    {
                        "entry": e.name,
                        "claimed": e.claimed,
                        "deviation": e.deviation.str(10),
                        "allowed": e.allowed.str(5),
                        "verdict": e.verdict,
                    }
                    for e in self.entries
                ],
            }


@alone
@runs_to_its_end()
def prove_steady_state(
    model: Any, covariance: Claim, mean: Sequence[Any] | None = None, *, error: float | None = None
) -> SteadyProof:
    """Prove or refute that a Gaussian state is the steady state of a model, entry by entry.

    Args:
        model: constant coefficients; its parameters are read as exact decimals.
        covariance: rows of decimal strings (each right to half a unit of its last digit), or of floats, which are
            taken as the binary numbers they are. A plain 0 must be as right as the finest other entry.
        mean: likewise; zero by default.
        error: how far an entry may be off, in place of half a unit of the last digit. Floats need it.

    Raises:
        InvalidParameter: a claim of the wrong shape, not symmetric, not finite, or without error bars.
        gaussian.NoSteadyState: there provably is none.
        gaussian.enclosed.PrecisionExhausted: whether there is one cannot be decided by intervals, or the claim has
            an eigenvalue −½, where no kernel exists.
        gaussian.NotQuadratic, NotHermitian, TimeDependent: the generator is not one of the window's.
        InvalidModel: the model leaves the program.
    """
    began = time.perf_counter()
    m = 2 * as_number_of_modes(model)
    rows, centre = _shaped(covariance, mean, m)
    places = [(f"⟨{entry_name(j)}⟩", centre[j]) for j in range(m)]
    places += [(f"σ[{entry_name(j)}, {entry_name(k)}]", rows[j][k]) for j in range(m) for k in range(j, m)]
    allowed = _units([x for _, x in places], error)
    if error is not None and error >= max(abs(float(Fraction(x) if isinstance(x, str) else x)) for _, x in places):
        hint = "Lower it: the claim that every entry is 0 would be as good."
        raise InvalidParameter("error", "be smaller than the largest entry of the claim", error, hint)
    finest = min(allowed)

    def deviations() -> Deviations:
        sigma = enclosed.matrix([[_number(x) for x in row] for row in rows])
        mu = enclosed.matrix([[_number(x)] for x in centre])
        window = Window(model)
        residual = window.residual(mu, sigma)
        equations = window.equations()
        if m > 2 * FEW_MODES:
            shift, delta = Eigenmodes(equations).corrections(residual.mean, residual.covariance)
        else:
            a = equations.drift
            delta, response = solve_lyapunov(a, residual.covariance, identity(m))
            lower_factor(response)
            shift = -a.solve(residual.mean)
        largest = max((abs(x) for x in residual.elements), key=lambda x: x.abs_upper())
        flat = [shift[j, 0] for j in range(m)] + [delta[j, k] for j in range(m) for k in range(j, m)]
        return flat, largest, _negativity(model, EnclosedState(mean=mu + shift, covariance=sigma + delta))

    exact_steady_state(model)  # names what is wrong if there is none
    flat, largest, negativity, bits = _narrowed(deviations, finest)
    with flint.ctx.workprec(bits):
        entries = tuple(
            Entry(name=name, claimed=str(x), allowed=_ball(unit), deviation=deviation)
            for (name, x), unit, deviation in zip(places, allowed, flat, strict=True)
        )
    return SteadyProof(
        model=described(model),
        entries=entries,
        residual=largest,
        log_negativity=negativity,
        bits=bits,
        seconds=time.perf_counter() - began,
        computed=isinstance(read(model), AsComputed),
        name=type(model).__name__,
        parameters=parameters(model),
    )


def _narrowed(deviations: Callable[[], Deviations], finest: Fraction) -> tuple[list[Any], Any, Any, int]:
    """The deviations, narrow against the finest digit unless the model's own width forbids, and the bits it took."""
    bits = max(192, SPARE_BITS + finest.denominator.bit_length() - finest.numerator.bit_length())
    best: Deviations | None = None
    width, why = flint.arb("inf"), ""
    limit = max(LAST_BITS, bits)
    while bits <= limit:
        with flint.ctx.workprec(bits):
            try:
                found = deviations()
            except (Undecided, ZeroDivisionError) as reason:
                why = reason.what if isinstance(reason, Undecided) else str(reason)
            else:
                now = max(x.rad() for x in found[0])
                if now <= _ball(finest) / 1000 or now > width / 2:
                    return *found, bits
                best, width = found, now
        bits *= 2
    if best is None:
        raise enclosed.PrecisionExhausted(
            f"The claim cannot be judged by intervals: undecided is {why}.",
            "Check it for an eigenvalue of −½, which no state has, and give the parameters exactly.",
        )
    return *best, bits // 2


def _negativity(model: Any, exact: EnclosedState) -> flint.arb | None:
    """E_N of the observed modes, if they have two parties and a covariance that is proved positive."""
    observed = tuple(getattr(model, "observed", range(model.modes)))
    party = tuple(getattr(model, "party", (0,) if len(observed) > 1 else ()))
    if not 0 < len(party) < len(observed):
        return None
    try:
        return enclosed.log_negativity(exact.reduced(observed).covariance, party=party)
    except (UnphysicalState, Undecided):
        return None


@alone
def claim_of(model: Any, digits: int) -> tuple[list[list[str]], list[str]]:
    """(covariance, mean) of the exact steady state, rounded to so many significant digits each (at most 200).

    Where the model's coefficients are known to fewer digits, two of those that are known are left out.
    """
    # Entries far smaller than the largest want their digits, too; 10^−307 is the last double.
    state = exact_steady_state(model, digits=min(2 * digits + 10, 300))
    with flint.ctx.workprec(8 * digits + 64):
        m = state.covariance.nrows()
        sigma = [[_rounded(state.covariance[j, k], digits) for k in range(m)] for j in range(m)]
        return sigma, [_rounded(state.mean[j, 0], digits) for j in range(m)]


def spoiled(claim: Claim, row: int, column: int, digit: int) -> list[list[str]]:
    """The claim with one entry (and its mirror image) changed by one in the given significant digit."""
    rows, _ = _shaped(claim, None, len(claim))
    x = _decimal(rows[row][column])
    if not 1 <= digit <= PLACES:
        raise InvalidParameter("digit", f"be in 1 … {PLACES}", digit, "Choose the decimal place that is to be wrong.")
    with localcontext(prec=4 * PLACES):  # 28 digits by default
        wrong = x + Decimal(1).scaleb(x.adjusted() - digit + 1)
    changed = [[str(entry) for entry in line] for line in rows]
    changed[row][column] = changed[column][row] = str(wrong)
    return changed


def _rounded(ball: flint.arb, digits: int) -> str:
    if ball.contains(0):
        return "0"
    known = digits if ball.is_exact() else int(ball.rel_accuracy_bits() * math.log10(2)) - 2
    return str(ball.mid().str(max(1, min(digits, known)), radius=False))


def _shaped(covariance: Claim, mean: Sequence[Any] | None, m: int) -> tuple[list[list[Any]], list[Any]]:
    """The claim as lists of the right lengths, of finite numbers, symmetric."""
    try:
        rows = [list(row) for row in covariance]
        centre = [0] * m if mean is None else list(mean)
    except TypeError:
        raise InvalidParameter(
            "covariance",
            "be a list of rows, and mean a list",
            covariance,
            "Write it as [[…], […]], with two rows for each mode.",
        ) from None
    if len(rows) != m or any(len(row) != m for row in rows) or len(centre) != m:
        lengths = f"rows of {', '.join(str(len(row)) for row in rows) or 'nothing'} with a mean of {len(centre)}"
        raise InvalidParameter(
            "covariance",
            f"be {m} × {m}, with a mean of {m}",
            lengths,
            "Give each mode its two rows and columns, (x, p); the model says how many modes there are.",
        )
    for x in centre:
        _decimal(x)
    for k, j in combinations_with_replacement(range(m), 2):
        if _decimal(rows[k][j]) != _decimal(rows[j][k]):
            x, y = entry_name(k), entry_name(j)
            pair = f"σ[{x}, {y}] = {rows[k][j]} and σ[{y}, {x}] = {rows[j][k]}"
            raise InvalidParameter("covariance", "be symmetric", pair, "Write both triangles with the same digits.")
    return rows, centre


def _number(x: Any) -> Any:
    return float(x) if isinstance(x, (float, np.floating)) else str(_decimal(x))


def _ball(q: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(q.numerator, q.denominator))


def _units(numbers: list[Any], error: float | None) -> list[Fraction]:
    """How far each may be off: `error`, or half a unit of its last digit; a plain 0 as little as the finest of them."""
    if error is not None:
        if not isinstance(error, (int, float, np.floating)) or not 0 < error < math.inf:
            raise InvalidParameter(
                "error", "be a number > 0 and finite", error, "Give how far an entry may be off, such as 1e-12."
            )
        return [Fraction(float(error))] * len(numbers)
    if any(isinstance(x, (float, np.floating)) for x in numbers):
        raise InvalidParameter(
            "error",
            "be given for floats, which do not say how many digits are meant",
            None,
            "Give the rounding of your code, such as error=1e-12, or the numbers as text.",
        )
    decimals = [_decimal(x) for x in numbers]
    exact_zeros = [x == 0 and x.as_tuple().exponent == 0 for x in decimals]
    units = [HALF * Fraction(10) ** int(x.as_tuple().exponent) for x in decimals]
    finest = min((u for u, zero in zip(units, exact_zeros, strict=True) if not zero), default=HALF / 10**30)
    return [finest if zero else u for u, zero in zip(units, exact_zeros, strict=True)]


def _decimal(x: Any) -> Decimal:
    try:
        number = Decimal(str(x))
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise InvalidParameter(
            "covariance", "hold finite decimal numbers, and mean too", x, "Look for NaN, or for text that is no number."
        )
    if abs(int(number.as_tuple().exponent)) > PLACES or abs(number.adjusted()) > PLACES:
        raise InvalidParameter(
            "covariance",
            f"hold numbers within {PLACES} places of the point, and mean too",
            x,
            "Rescale it to units in which it is near 1.",
        )
    return number


def _short(x: flint.arb) -> str:
    """Its size with two digits, or `0 ± radius` where it may be zero."""
    return f"0 ± {float(x.abs_upper()):.1e}" if x.contains(0) and not x.is_zero() else f"{float(x):.2e}"
