r"""Units and magnitudes: rates against frequencies, photon numbers against cutoffs, the fastest against the slowest.

Per mode, in the model's own units: the frequency is the coefficient of a†a in H, the energy damping κ = C_aa − C_a†a†
of the rate matrix (for a quadratic model minus the trace of its block of the drift), and the bath's occupation C_a†a†/κ
where a and a† are damped without interference (C_aa† = 0). Photon numbers are those of the start, of the times looked
at, and of the steady state if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.model.finding import Cell, Finding, Level, Section
from crosscheck.diagnosis.model.fock_run import STEADY, Run
from crosscheck.diagnosis.model.master_equation import LOOKS, MasterEquation
from crosscheck.diagnosis.model.stability import name_of
from crosscheck.report.document import Interval

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)
# Networks beyond this are looked at only at the times they ask for.
FEW_MODES = 16
MOST_ROWS = 12
# Coefficients this many times apart cost digits and steps.
STIFF = 1e6
# A damping rate above this share of the frequency deserves a word about the rotating-wave approximation.
STRONG = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Occupations:
    """Photon numbers (n,) with an error: at the start, the largest on the way, in the steady state (None: unknown).

    `states` are (mean, covariance) at each place, for the cutoffs they need.
    """

    start: Array
    largest: Array | None
    steady: Array | None
    error: float
    states: tuple[tuple[Array, Array], ...]

    @property
    def fullest(self) -> Array:
        """The largest known number of each mode."""
        return np.asarray(np.max([n for n in (self.start, self.largest, self.steady) if n is not None], axis=0))

    @property
    def most(self) -> float:
        """The largest of them."""
        return float(self.fullest.max())


def occupations(model: Any, equation: MasterEquation) -> Occupations:
    """Of a quadratic model, from its moments. Raises gaussian.GaussianError."""
    start = gaussian.initial_state(model)
    states = [(start.mean, start.covariance)]
    numbers, errors = [start.photon_numbers], [float(start.error)]
    if equation.times:
        between = np.linspace(0, equation.times[-1], LOOKS) if equation.modes <= FEW_MODES else ()
        path = gaussian.evolve(model, np.unique([*between, *equation.times]))
        states += list(zip(path.mean, path.covariance, strict=True))
        numbers += list(path.photon_numbers)
        errors.append(float(np.max(path.error)))
    steady = None
    if equation.is_constant:
        try:
            found = gaussian.steady_state(model)
        except gaussian.NoSteadyState:
            pass
        else:
            steady = found.photon_numbers
            states.append((found.mean, found.covariance))
            errors.append(float(found.error))
    return Occupations(
        start=numbers[0], largest=np.max(numbers, axis=0), steady=steady, error=max(errors), states=tuple(states)
    )


def occupations_of_runs(model: Any, runs: list[Run]) -> Occupations:
    """Of Fock runs, for a model whose moments do not close."""
    start = gaussian.initial_state(model)
    on_the_way = [r.photons for r in runs if r.place != STEADY]
    return Occupations(
        start=start.photon_numbers,
        largest=np.max([start.photon_numbers, *on_the_way], axis=0) if on_the_way else None,
        steady=next((r.photons for r in runs if r.place == STEADY), None),
        error=max([float(start.error), *(r.photon_error for r in runs)]),
        states=(),
    )


def magnitudes(equation: MasterEquation, found: Occupations | None, cutoffs: tuple[int, ...] | None) -> Section:
    """A row for each mode (the fullest dozen of them), and remarks."""
    energy, table = equation.energy(0.0), equation.rate_table(0.0)
    rows, findings = [], []
    order = range(equation.modes) if found is None else np.argsort(-found.fullest.round(9), kind="stable")
    shown = sorted(int(m) for m in list(order)[:MOST_ROWS])
    largest = max([abs(c) for c in energy.values()] + [abs(c) for c in table.values()], default=0.0)
    rounding = 8 * EPS * largest
    for m in shown:
        a, up = (2 * m,), (2 * m + 1,)
        frequency = energy.get((2 * m + 1, 2 * m), 0j).real
        down, heat = (table.get((w, w), 0j).real for w in (a, up))
        damping = down - heat
        alone = not table.get((a, up), 0) and damping > rounding
        ratio = damping / abs(frequency) if abs(frequency) > rounding else None
        rows.append(
            (
                name_of(m),
                Interval(frequency, rounding),
                Interval(damping, rounding),
                "–" if ratio is None else f"{ratio:.3g}",
                Interval(heat / damping, 2 * rounding * (1 + heat / damping) / damping) if alone else None,
                *_numbers(found, m),
                "–" if cutoffs is None else str(cutoffs[m]),
            )
        )
        if equation.is_quadratic and ratio is not None and alone and ratio > STRONG:
            findings.append(_rotating_wave(m, damping, frequency))
    if findings[2:]:
        findings = [*findings[:2], _more(len(findings) - 2)]
    findings += _spread(equation, energy, table)
    columns = ("mode", "frequency ω", "damping κ", "κ/ω", "bath n̄", "n at start", "largest n", "steady n", "cutoff")
    at = "" if equation.is_constant else ", coefficients at t = 0"
    left = f", the {len(shown)} fullest of {equation.modes} modes" if len(shown) < equation.modes else ""
    return Section(title=f"Magnitudes{left}{at}", columns=columns, rows=tuple(rows), findings=tuple(findings))


def _numbers(found: Occupations | None, m: int) -> tuple[Cell, Cell, Cell]:
    if found is None:
        return None, None, None
    start, largest, steady = (
        None if n is None else Interval(float(n[m]), found.error) for n in (found.start, found.largest, found.steady)
    )
    return start, largest, steady


def _rotating_wave(m: int, damping: float, frequency: float) -> Finding:
    return Finding(
        name="strong-damping",
        level=Level.NOTE,
        sentence=f"Mode {name_of(m)} is damped at {damping:.4g}, faster than its a†a term rotates "
        f"({abs(frequency):.4g}): damping by a alone is the rotating-wave form, which holds for κ ≪ ω.",
        advice="Where that is a detuning in a rotating frame, compare κ with the mode's own frequency instead.",
    )


def _more(count: int) -> Finding:
    return Finding(name="strong-damping", level=Level.NOTE, sentence=f"The same holds for {count} more modes.")


def _spread(equation: MasterEquation, energy: dict[Any, complex], table: dict[Any, complex]) -> list[Finding]:
    """The largest over the smallest coefficient, if that is stiff."""
    sizes = [abs(c) for w, c in energy.items() if w] + [abs(c) for (w, v), c in table.items() if w and v]
    if not sizes or max(sizes) < STIFF * min(sizes):
        return []
    return [
        Finding(
            name="stiff",
            level=Level.NOTE,
            sentence=f"Coefficients range from {min(sizes):.2g} to {max(sizes):.2g}.",
            advice="Simulations take many steps and double precision loses digits: prefer steady states, the window, "
            "or a rotating frame.",
        )
    ]
