r"""The observables certificate: spectra, correlations and output fields of the steady state, in balls.

A, D and σ come from the Fock window; what follows from them, S(ω) = MW + (MW)†, is enclosed by `gaussian.enclosed`, by
another formula than the engine's own doubles use. Frequencies and delays are the model's `omegas` and `taus`; by
default 0 and the frequencies ± at which it moves, and the times it is asked about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.enclosed import judged
from crosscheck.certificates.names import STEADY, entry_name
from crosscheck.certificates.skipped import not_proved
from crosscheck.certificates.system import System
from crosscheck.certificates.window.certificate import AS_COMPUTED
from crosscheck.certificates.window.kernel import Window
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import Engine, NotReal, real_part
from crosscheck.errors import InvalidModel
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison
from gaussian.enclosed import Ball, two_time
from gaussian.enclosed.generator import EnclosedEquations
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.symplectic import to_doubles
from gaussian.forms import linear_form
from gaussian.ladder import ladder

# Bits of the closed forms; their intervals are those of A, D and σ.
BITS = 192
# Frequencies that are compared by default: zero, and those of the modes.
MOST_FREQUENCIES = 7
# Of everything at one frequency or delay, for a model of n modes: measured, 1 ms for two.
SECONDS_PER_POINT = 1e-3

# ⟨a†a⟩ below which doubles of σ do not tell a mode from an empty one: its g2 is not asked for.
DARK = 1e-9
# Of the largest entry: what a solver may leave between S and S†.
HERMITIAN = 1e-8

# Quantity, place, the claim and its error, the interval, and the unit that the tolerance is in.
Row = tuple[str, str, float, float, flint.arb, float]


def observables_certificate(inquiry: Inquiry) -> Certificate | None:
    """Every number asked for against its interval; None if nothing is asked, or there is no proved steady state."""
    wanted = [name for name in ROWS if name in inquiry.quantities]
    if wanted and not inquiry.system.gaussian:
        return not_proved("observables", [], f"{', '.join(wanted)} are compared for Gaussian models only.")
    asked = [name for name in wanted if inquiry.engine.gives(name)]
    truth = inquiry.truth
    if not asked or truth is None or not truth.steady:
        return _without_truth(inquiry, asked) if asked else None
    began = time.perf_counter()
    comparisons: list[Comparison] = []
    inquiry.progress("spectra and correlations")
    try:
        with flint.ctx.workprec(BITS):
            steady = _steady(inquiry, truth)
            for name in asked:
                for quantity, place, mine, error, ball, unit in ROWS[name](inquiry.engine, steady):
                    comparisons.append(
                        judged(quantity, place, mine, error, ball, inquiry.tolerance, engine=inquiry.engine, unit=unit)
                    )
    except EngineFailed as reason:
        return no_answer("observables", reason, theorem=True)
    except Undecided as reason:
        return not_proved("observables", [], f"this is not decided: {reason.what}.")
    if not comparisons:  # there is no light to count, or no channel: the report says so
        return None
    return Certificate(
        kind="observables",
        basis="A, D and σ proved in Fock space, what follows from them by the moment engine's own balls"
        + (AS_COMPUTED if truth.computed else ""),
        comparisons=tuple(comparisons),
        note=" ".join(steady.dark),
        seconds=time.perf_counter() - began,
        theorem=True,
    )


def _without_truth(inquiry: Inquiry, asked: list[str]) -> Certificate:
    truth = inquiry.truth
    if truth is not None and truth.steady is False:
        why = f"there provably is no steady state, of which they are: {truth.why}"
    else:
        why = "no steady state is proved. They are of one, of a model with constant coefficients."
    return not_proved("observables", [], f"{', '.join(asked)} cannot be compared: {why}")


def frequencies(inquiry: Inquiry, truth: Truth) -> list[float]:
    """Where spectra are compared."""
    with flint.ctx.workprec(BITS):
        return _steady(inquiry, truth).omegas


def _steady(inquiry: Inquiry, truth: Truth) -> _Steady:
    state = truth.states[STEADY]
    return _Steady(inquiry.system, Window(truth.model).equations(), state.covariance, state.mean)


class _Steady:
    """What the rows are made of: the system, and A, D, σ and ⟨r⟩ of its steady state in balls."""

    def __init__(
        self, system: System, equations: EnclosedEquations, covariance: flint.arb_mat, mean: flint.arb_mat
    ) -> None:
        self.system, self.equations, self.covariance, self.mean = system, equations, covariance, mean
        self.dark: list[str] = []

    @property
    def omegas(self) -> list[float]:
        """The model's own, or 0 and ± the frequencies of its modes."""
        given = _points(self.system.model, "omegas")
        if given is not None:
            return given
        values = np.linalg.eigvals(to_doubles(self.equations.drift))
        found = sorted({float(f"{abs(z.imag):.6g}") for z in values} - {0.0})
        return sorted({0.0, *[s * w for w in found[: MOST_FREQUENCIES // 2] for s in (-1, 1)]})

    @property
    def taus(self) -> list[float]:
        """The model's own, or the times that it is asked about."""
        given = _points(self.system.model, "taus")
        return [float(t) for t in self.system.times or (1.0,)] if given is None else given


def _points(model: Any, name: str) -> list[float] | None:
    """The model's own `omegas` or `taus`, in a row; None if it has none. Raises InvalidModel."""
    given = getattr(model, name, None)
    if given is None:
        return None
    try:
        if np.iscomplexobj(given):
            raise TypeError
        found = np.asarray(given, float).ravel()
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise InvalidModel(
            f"The {name} of {type(model).__name__} must be finite real numbers, but are {given!r}.",
            f"Write {name} = (0.0, 0.5), or leave it out.",
        )
    return [float(x) for x in found]


def _matrix_rows(
    name: str,
    letter: str,
    engine: Engine,
    steady: _Steady,
    points: list[tuple[str, float]],
    exact: Callable[[Any], Any],
) -> Iterator[Row]:
    m = 2 * steady.system.modes
    values, errors = _answer(engine, name, (len(points), m, m), steady.system.model, [x for _, x in points])
    if name == "spectrum":
        _require_hermitian(engine, values, errors)
    for (place, x), mine, error in zip(points, values, errors, strict=True):
        matrix = exact(flint.arb(x))
        # S is a time: its largest entry is what others are small in, whatever the model's unit of time.
        unit = max(float(abs(z).abs_upper()) for z in matrix.entries()) if name == "spectrum" else 1.0
        for j in range(m):
            for k in range(j, m) if name == "spectrum" else range(m):
                entry = f"{letter}[{entry_name(j)}, {entry_name(k)}]"
                yield f"Re {entry}", place, float(np.real(mine[j, k])), error, matrix[j, k].real, unit
                if j != k or name != "spectrum":
                    yield f"Im {entry}", place, float(np.imag(mine[j, k])), error, matrix[j, k].imag, unit


def _spectrum(engine: Engine, steady: _Steady) -> Iterator[Row]:
    points = [(f"ω = {w:g}", w) for w in steady.omegas]
    a, sigma = steady.equations.drift, steady.covariance
    yield from _matrix_rows("spectrum", "S", engine, steady, points, lambda w: two_time.spectrum(a, sigma, w))
    yield from _pair_rows("spectrum", "S", engine, steady, points, lambda w: two_time.spectrum(a, sigma, w))


def _correlation(engine: Engine, steady: _Steady) -> Iterator[Row]:
    points = [(f"τ = {t:g}", t) for t in steady.taus]
    a, sigma = steady.equations.drift, steady.covariance

    def exact(t: flint.arb) -> flint.acb_mat:
        later = two_time.correlation(a, sigma, abs(t))
        return later if t >= 0 else two_time.adjoint(later)

    yield from _matrix_rows("correlation", "C", engine, steady, points, exact)
    yield from _pair_rows("correlation", "C", engine, steady, points, exact)


def _pair_rows(
    name: str,
    letter: str,
    engine: Engine,
    steady: _Steady,
    points: list[tuple[str, float]],
    exact: Callable[[Any], Any],
) -> Iterator[Row]:
    """aᵀSb of each pair A = s + a·r, B = u + b·r that the model's method `pairs` yields, and ⟨A⟩⟨B⟩ + aᵀCb."""
    model, n = steady.system.model, steady.system.modes
    for k, pair in enumerate(_pairs(model, ladder(n))):
        forms = [linear_form(x, n, "operator of a pair") for x in pair]
        left, right = (_in_balls(row) for _, row in forms)
        # Only spectra are of fluctuations: the means would add a delta function.
        means = [
            flint.acb(*_parts(complex(s))) + (_in_balls(row).transpose() * flint.acb_mat(steady.mean))[0, 0]
            for s, row in forms
        ]
        constant = means[0] * means[1] if name == "correlation" else flint.acb(0)
        operators = [lambda *a, k=k, i=i: _pairs(model, a)[k][i] for i in (0, 1)]
        values, errors = _answer(engine, name, (len(points),), model, [x for _, x in points], *operators)
        found = [constant + (left.transpose() * exact(flint.arb(x)) * right)[0, 0] for _, x in points]
        unit = max((float(abs(z).abs_upper()) for z in found), default=0.0) if name == "spectrum" else 1.0
        for (place, _), mine, error, z in zip(points, values, errors, found, strict=True):
            yield f"Re {letter}_AB of pair {k + 1}", place, float(np.real(mine)), error, z.real, unit or 1.0
            yield f"Im {letter}_AB of pair {k + 1}", place, float(np.imag(mine)), error, z.imag, unit or 1.0


def _pairs(model: Any, a: Any) -> list[Any]:
    """Pairs of operators. Raises InvalidModel for what are none."""
    found = list(model.pairs(*a)) if callable(getattr(model, "pairs", None)) else []
    if not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in found):
        raise InvalidModel(
            f"The method pairs of {type(model).__name__} must yield pairs of operators, but yields {found!r}.",
            "Write `yield a.dag(), a` for ⟨a†(τ)a(0)⟩.",
        )
    return found


def _in_balls(c: NDArray[Any]) -> flint.acb_mat:
    return flint.acb_mat([[flint.acb(*_parts(z))] for z in c])


def _g2(engine: Engine, steady: _Steady) -> Iterator[Row]:
    """g⁽²⁾(τ) = ⟨a†a†(τ)a(τ)a⟩/⟨a†a⟩² of each mode that has quanta, by Wick's theorem from C(τ)."""
    for mode in range(steady.system.modes):
        rows = [2 * mode, 2 * mode + 1]
        a, sigma = steady.equations.drift, steady.covariance
        exact = [two_time.g2(a, sigma, steady.mean, rows, abs(flint.arb(t))) for t in steady.taus]
        if any(not ball.is_finite() for ball in exact) or _quanta(steady, rows) < DARK:
            steady.dark.append(f"g2 of mode {mode + 1} is left out: it has no quanta that doubles can count.")
            continue
        asked = (steady.system.model, steady.taus, lambda *a, k=mode: a[k])
        values, errors = _answer(engine, "g2", (len(steady.taus),), *asked)
        for t, ball, mine, error in zip(steady.taus, exact, _real(engine, "g2", values), errors, strict=True):
            yield f"g2 of mode {mode + 1}", f"τ = {t:g}", float(mine), error, ball, 1.0


def _quanta(steady: _Steady, rows: list[int]) -> float:
    """⟨a†a⟩ of the mode with these rows."""
    return sum(float(steady.covariance[j, j] + steady.mean[j, 0] ** 2) / 2 for j in rows) - 0.5


def _output(engine: Engine, steady: _Steady) -> Iterator[Row]:
    """S_out of each channel that the model measures, at its angle."""
    model, n = steady.system.model, steady.system.modes
    for k, m in enumerate(_channels(model, ladder(n))):
        c = linear_form(m.operator, n, "measured operator")[1]
        if not np.any(c):  # a rate of zero: nothing comes out
            continue
        balls = _in_balls(c)
        nbar = getattr(m, "nbar", 0.0)
        values, errors = _answer(
            engine, "output_spectrum", (len(steady.omegas),), model, steady.omegas,
            channel=lambda *a, k=k: _channels(model, a)[k].operator, angle=float(m.angle), nbar=float(nbar),
        )  # fmt: skip
        for w, mine, error in zip(steady.omegas, _real(engine, "output_spectrum", values), errors, strict=True):
            ball = two_time.output_spectrum(
                steady.equations.drift, steady.equations.diffusion, balls, flint.arb(w), Ball(m.angle).z.real,
                Ball(nbar).z.real,
            )  # fmt: skip
            yield f"S_out of channel {k + 1}", f"ω = {w:g}", float(mine), error, ball, 1.0


def _transfer(engine: Engine, steady: _Steady) -> Iterator[Row]:
    """T(ω) of what each channel that the model measures reflects."""
    model, n = steady.system.model, steady.system.modes
    for k, m in enumerate(_channels(model, ladder(n))):
        c = linear_form(m.operator, n, "measured operator")[1]
        if not np.any(c):
            continue
        balls = _in_balls(c)
        shape = (len(steady.omegas), 2, 2)
        given = (model, steady.omegas, lambda *a, k=k: _channels(model, a)[k].operator)
        values, errors = _answer(engine, "transfer", shape, *given)
        for w, mine, error in zip(steady.omegas, values, np.reshape(errors, (len(values), -1)).max(-1), strict=True):
            exact = two_time.transfer(steady.equations.drift, balls, flint.arb(w))
            for i, j in np.ndindex(2, 2):
                name, z = f"T[{'xp'[i]}, {'xp'[j]}] of channel {k + 1}", exact[i, j]
                yield f"Re {name}", f"ω = {w:g}", float(np.real(mine[i, j])), float(error), z.real, 1.0
                yield f"Im {name}", f"ω = {w:g}", float(np.imag(mine[i, j])), float(error), z.imag, 1.0


def _sidebands(engine: Engine, steady: _Steady) -> Iterator[Row]:
    """The noise of each mode b at −ω over that at +ω, at the frequencies above 0."""
    omegas = [w for w in steady.omegas if w > 0] or steady.omegas
    for mode in range(steady.system.modes):
        rows = [2 * mode, 2 * mode + 1]
        values, errors = _answer(engine, "sideband_asymmetry", (len(omegas),), steady.system.model, mode, omegas)
        for w, mine, error in zip(omegas, _real(engine, "sideband_asymmetry", values), errors, strict=True):
            ball = two_time.sideband_asymmetry(steady.equations.drift, steady.covariance, rows, flint.arb(w))
            yield f"sideband_asymmetry of mode {mode + 1}", f"ω = {w:g}", float(mine), error, ball, 1.0


def _channels(model: Any, a: Any) -> list[Any]:
    return list(model.measurements(*a)) if hasattr(model, "measurements") else []


def _parts(z: complex) -> tuple[flint.arb, flint.arb]:
    """As computed in doubles: to a unit of the last place."""
    real, imaginary = (flint.arb(x, float(np.spacing(abs(x)))) if x else flint.arb(0) for x in (z.real, z.imag))
    return real, imaginary


def _answer(
    engine: Engine, name: str, shape: tuple[int, ...], *given: Any, **options: Any
) -> tuple[NDArray[Any], list[float]]:
    """The engine's values, and how far each may be off: what it says itself, or `accuracy` of the largest."""
    function = getattr(engine, name)
    if engine.has_own(name):
        found = function.with_error(*given, **options)
        return found.value, [float(e) for e in np.ravel(found.error)]
    found = ask(engine, lambda: function(*given, **options))
    try:
        values = np.asarray(found, complex)
    except (TypeError, ValueError):
        values = np.full(shape, np.nan)
    if values.shape == () and shape == (1,):
        values = values.reshape(shape)
    if values.shape != shape:
        raise EngineFailed(
            f"{engine.name} returned {name} of shape {values.shape} in place of {shape}.",
            "Give a matrix (2n, 2n) for each point." if len(shape) == 3 else "Give one number for each point.",
        )
    if not np.isfinite(values).all():
        raise EngineFailed(
            f"{engine.name} returned {name} that is not finite, or no numbers.", "Look for a division by zero."
        )
    return values, [engine.accuracy * float(np.abs(values).max(initial=0.0))] * shape[0]


def _real(engine: Engine, name: str, values: NDArray[Any]) -> Any:
    """Without imaginary parts, which are zeros. Raises EngineFailed."""
    try:
        return real_part(values, name)
    except NotReal as error:
        raise EngineFailed(f"{engine.name} {error.what}", error.advice) from error


def _require_hermitian(engine: Engine, values: NDArray[Any], errors: list[float]) -> None:
    """S(ω) = S(ω)†: the rows below compare what is on and above the diagonal."""
    off = np.abs(values - np.swapaxes(values, -1, -2).conj()).max((-2, -1), initial=0.0)
    allowed = np.maximum(2 * np.array(errors), HERMITIAN * np.abs(values).max((-2, -1), initial=0.0))
    if not (off <= allowed).all():
        raise EngineFailed(
            f"{engine.name} returned a spectrum that is not Hermitian, by {float(off.max()):.3g}.",
            "Add the half of τ < 0, which is the Hermitian conjugate of that of τ > 0.",
        )


ROWS: dict[str, Callable[[Engine, _Steady], Iterator[Row]]] = {
    "correlation": _correlation,
    "spectrum": _spectrum,
    "g2": _g2,
    "output_spectrum": _output,
    "transfer": _transfer,
    "sideband_asymmetry": _sidebands,
}
