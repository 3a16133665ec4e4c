"""Stability: the slowest motions with the modes they live on, and whether a unique steady state exists.

Existence is not decided here: it is what the certificates of `certify` prove or find (and for networks that do not fit
in Fock space, `gaussian.steady_state`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import gaussian
from crosscheck.certificates.generator.ladder import MOST_MODES
from crosscheck.certificates.names import STEADY
from crosscheck.diagnosis.model.finding import Finding, Level, Section
from crosscheck.diagnosis.model.master_equation import MasterEquation, spelled
from crosscheck.diagnosis.model.slow_modes import Motion, motions
from crosscheck.report.document import Interval
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict
from gaussian.ladder import spell

# Motions listed, and how many are named in one sentence.
MOST_ROWS, MOST_NAMED = 8, 3
# Noise below this share of ‖D‖ is rounding.
SILENT = 1e-10


def stability(
    equation: MasterEquation, moments: gaussian.MomentEquations, report: Report | None, model: Any
) -> Section:
    """Eigenvalues of the drift of a quadratic model (at t = 0) and what follows from them."""
    found = motions(moments.drift, float(np.max(moments.rounding)), MOST_ROWS)
    rows = tuple((Interval(m.rate, m.error), Interval(m.frequency, m.error), str(m.count), _lives_on(m)) for m in found)
    title = "Stability: the slowest motions of the moments"
    columns = ("decay rate", "frequency", "eigenvalues", "participation")
    if not equation.is_constant:
        note = Finding(
            name="time-dependent",
            level=Level.NOTE,
            sentence="The drift depends on time: its eigenvalues at t = 0 do not decide whether the motion is stable.",
            advice="Follow it with `gaussian.evolve`.",
        )
        return Section(title=f"{title}, at t = 0", columns=columns, rows=rows, findings=(note,))
    return Section(
        title=title,
        columns=columns,
        rows=rows,
        findings=(*_existence(equation, report, model), *_idle(equation, moments, found)),
    )


def _lives_on(motion: Motion) -> str:
    """`a 0.98, b 0.02`, the largest first."""
    return ", ".join(f"{name_of(m)} {motion.participation[m]:.2f}" for m in motion.modes[:6]) + (
        ", …" if len(motion.modes) > 6 else ""
    )


def name_of(mode: int) -> str:
    """a, b, c, … for mode numbers 0, 1, 2, …"""
    return spell((2 * mode,))


def _existence(equation: MasterEquation, report: Report | None, model: Any) -> list[Finding]:
    by_kind = {} if report is None else {c.kind: c for c in report.certificates}
    window, steady = by_kind.get("window"), by_kind.get("steady state")
    if window is not None and any(c.place == STEADY for c in window.comparisons):
        return [_exists("proved in intervals")]
    if report is None or equation.modes > MOST_MODES:
        try:
            gaussian.steady_state(model)
        except gaussian.NoSteadyState as reason:
            return [_none(reason, _short(reason), "in double precision, rounding counted")]
        return [_exists("shown by Lyapunov's theorem in double precision, rounding counted")]
    if steady is not None and steady.decided is Verdict.CERTIFIED:
        sure = "proved" if steady.theorem else "to working precision"
        try:
            gaussian.steady_state(model)
        except gaussian.NoSteadyState as reason:
            return [_none(reason, _short(reason), sure)]
    note = "" if steady is None else f" {steady.note}"
    sentence = f"Whether a unique steady state exists could not be decided.{note}"
    return [Finding(name="steady-state-undecided", level=Level.WARNING, sentence=sentence)]


def _exists(how: str) -> Finding:
    return Finding(name="steady-state", level=Level.FINE, sentence=f"A unique, attracting steady state exists ({how}).")


def _none(reason: gaussian.NoSteadyState, why: str, sure: str) -> Finding:
    unstable = isinstance(reason, gaussian.UnstableDrift)
    return Finding(
        name="unstable" if unstable else "no-steady-state",
        level=Level.WARNING if unstable else Level.NOTE,
        sentence=f"{why} ({sure}).",
        advice="Lower the gain, the driving or the anti-damping, or stay at finite times."
        if unstable
        else "Compare at finite times, or damp what is undamped.",
    )


def _short(reason: gaussian.NoSteadyState) -> str:
    if isinstance(reason, gaussian.UnstableDrift):
        return "No steady state: moments grow without bound"
    return "No unique steady state: part of the motion is not damped"


def _idle(equation: MasterEquation, moments: gaussian.MomentEquations, found: list[Motion]) -> list[Finding]:
    """Unstable and undamped motions by name; one sentence for a network that nothing damps."""
    undamped = [m for m in found if m.undamped]
    findings = [
        Finding(
            name="unstable-motion",
            level=Level.WARNING,
            sentence=f"Grows as e^({-m.rate:.3g} t)" + _at(m) + f", on {_modes(m)}.",
        )
        for m in found
        if m.unstable
    ]
    if undamped and len(undamped) == len(found):
        heats = any(m.noise(moments.diffusion) > SILENT * float(np.linalg.norm(moments.diffusion, 2)) for m in found)
        what = "noise accumulates" if heats and equation.jumps else "every mode remembers its start"
        sentence = f"No motion {'looked at ' if len(found) == MOST_ROWS else ''}is damped: {what}."
        return [*findings, Finding(name="undamped", level=Level.NOTE, sentence=sentence)]
    return findings + [_undamped(m, moments) for m in undamped[:MOST_NAMED]]


def _undamped(m: Motion, moments: gaussian.MomentEquations) -> Finding:
    size = float(np.linalg.norm(moments.diffusion, 2))
    heats = m.noise(moments.diffusion) > SILENT * max(size, 1e-300)
    what = "noise accumulates in it" if heats else "it is dark and remembers its start"
    who = " and ".join(spelled(w) for w in m.amplitudes) or f"a combination of quadratures of {_modes(m)}"
    mode = len(m.amplitudes) == 1 and not any(w[0] & 1 for w in m.amplitudes[0])
    basis = (
        f"The normal mode {who}" if mode else f"The combination {who}" if len(m.amplitudes) == 1 else f"Undamped: {who}"
    )
    return Finding(
        name="noisy-undamped-mode" if heats else "dark-mode",
        level=Level.NOTE,
        sentence=f"{basis}{_at(m)} is not damped to working precision (rate {Interval(m.rate, m.error)}): {what}.",
    )


def _at(m: Motion) -> str:
    return f" at frequency {m.frequency:.4g}" if m.frequency > m.error else ""


def _modes(m: Motion) -> str:
    names = [f"{name_of(k)} ({m.participation[k]:.2f})" for k in m.modes[:4]]
    return ", ".join(names) + (", …" if len(m.modes) > 4 else "")
