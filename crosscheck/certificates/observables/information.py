r"""The certificates of the quantum Fisher information of fields of a model, carried by its steady state.

    F = ½ vec(∂σ)ᵀ(σ⊗σ − ¼Ω⊗Ω)⁻¹vec(∂σ) + ∂⟨r⟩ᵀσ⁻¹∂⟨r⟩ = 2 Σ_mn |⟨m|∂ρ|n⟩|²/(λ_m + λ_n)

`information` has the first form in balls, of the proved σ and of ∂σ from the differentiated Lyapunov equation. The
differences that give ∂A, ∂d and ∂D have an error of some 10⁻³⁰ that is an estimate, and so is the certificate.
`sensitivity` has the second form, of a truncated ρ and of ∂ρ from 𝓛∂ρ = −(∂𝓛)ρ, with an error from fewer levels.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import flint
import numpy as np

import fock
import gaussian
from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.asked import base, word
from crosscheck.certificates.budget import WITNESS
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.measures.enclosed import judged
from crosscheck.certificates.names import STEADY
from crosscheck.certificates.simulation.cutoffs import TooManyPhotons, starting_cutoffs
from crosscheck.certificates.skipped import not_proved, not_simulated
from crosscheck.certificates.window.own import rounded
from crosscheck.engine import Engine, NotReal, real_part
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison
from gaussian.enclosed import equations_slope, fisher_information, follow, moment_equations
from gaussian.enclosed.bounded import FEW_MODES
from gaussian.enclosed.precision import Undecided

NAME, KIND = "information", "sensitivity"
# Digits that are asked of the steady state, and bits of what follows from it.
DIGITS, BITS = 40, 320
# Of a truncated ρ and its derivative: enough to see a factor.
COARSE = 1e-2
# Of the state above its levels, and levels of each mode that are left out to see what levels do.
TAIL, FEWER = 1e-8, 2
# Of 1/θ²: so little tells θ from twice its value in 10¹² measurements at best, and is taken for rounding.
NONE = 1e-12
# One derivative takes about so many times a steady state, at both numbers of levels.
TIMES_STEADY = 8.0


def information_certificate(inquiry: Inquiry) -> Certificate | None:
    """F of each field that is asked for; None if none is, or no steady state is proved."""
    names, truth = _asked(inquiry), inquiry.truth
    if not names:
        return None
    if truth is None or not truth.steady:
        why = (
            f"there provably is none: {truth.why}" if truth is not None and truth.steady is False else "none is proved."
        )
        return not_proved(NAME, [], f"the Fisher information is compared in the steady state, and {why}")
    if inquiry.system.modes > FEW_MODES:  # as many unknowns as σ has entries, in balls: n⁶
        return not_proved(NAME, [], f"Fisher informations are proved up to {FEW_MODES} modes. Ask for fewer modes.")
    began = time.perf_counter()
    inquiry.progress("Fisher information")
    comparisons, notes = [], []
    for name in names:
        try:
            with flint.ctx.workprec(BITS):
                state = truth.known_to(STEADY, DIGITS)
                push, change = follow(moment_equations(truth.model), state, equations_slope(truth.model, word(name)))
                ball = fisher_information(state.covariance, change, push)
        except Undecided as reason:
            notes.append(f"{name} is left out: not decided is {reason.what}.")
            continue
        try:
            mine, error = _claimed(inquiry, word(name))
        except EngineFailed as reason:
            return no_answer(NAME, reason)
        except gaussian.GaussianError as reason:
            notes.append(f"{name} is left out: {reason}")
            continue
        unit = max(float(abs(ball).abs_upper()), _nothing(inquiry, word(name)))
        row = judged(name, STEADY, mine, error, ball, inquiry.tolerance, engine=inquiry.engine, unit=unit)
        comparisons.append(replace(row, theorem=False))
    if not comparisons:
        return not_proved(NAME, [], " ".join(notes))
    return Certificate(
        kind=NAME,
        basis=f"proved σ and the differentiated equations in balls, ∂A and ∂D by differences of {BITS} bits",
        comparisons=tuple(comparisons),
        note=" ".join(notes),
        seconds=time.perf_counter() - began,
    )


def sensitivity_certificate(inquiry: Inquiry, found: Sequence[Certificate] = ()) -> Certificate | None:
    """F from density matrices; None if none is asked for, or no steady state is proved."""
    names, truth = _asked(inquiry), inquiry.truth
    if not names or truth is None or not truth.steady:
        return None
    if inquiry.simulate is False:
        return not_simulated(KIND, (), "it was not asked for.")
    model, claimed = inquiry.system.model, rounded(truth.states[STEADY])
    try:
        cutoffs = tuple(n + FEWER for n in starting_cutoffs([(claimed.mean, claimed.covariance)], TAIL))
        steady = fock.predicted_steady_seconds(model, cutoffs, memory=inquiry.budget.memory)
    except (TooManyPhotons, fock.TooLarge) as reason:
        return not_simulated(KIND, (), str(reason))
    price = TIMES_STEADY * len(names) * steady
    if price > (inquiry.purse.left if inquiry.simulate else min(inquiry.purse.left, WITNESS)):
        return not_simulated(KIND, (), f"it would take about {price:.2g} s. Ask for it by `simulate=True`.")
    inquiry.purse.pay(price)
    inquiry.progress(f"{KIND}, Fisher information in Fock space")
    began, fewer, comparisons, notes = time.perf_counter(), tuple(n - FEWER for n in cutoffs), [], []
    for name in names:
        try:
            fine, coarse = (fock.fisher_of(fock.sensitivity(model, [word(name)], cutoff=n)) for n in (cutoffs, fewer))
        except fock.FockError as reason:
            notes.append(f"{name}: {reason}")
            continue
        try:
            mine, error = _claimed(inquiry, word(name))
        except EngineFailed as reason:
            return no_answer(KIND, reason)
        except gaussian.GaussianError as reason:
            notes.append(f"{name} is left out: {reason}")
            continue
        value = float(fine.matrix[0, 0])
        off = float(fine.error[0, 0]) + 2 * abs(value - float(coarse.matrix[0, 0]))
        comparisons.append(
            Comparison(
                quantity=name, place=STEADY, gaussian=mine, gaussian_error=error, fock=value, fock_error=off,
                tolerance=max(COARSE, inquiry.tolerance) * max(abs(value), _nothing(inquiry, word(name))),
            )
        )  # fmt: skip
    if not comparisons:
        return not_simulated(KIND, (), " ".join(notes))
    return Certificate(
        kind=KIND,
        basis=f"ρ and ∂ρ at cutoffs {'×'.join(map(str, fewer))} and {'×'.join(map(str, cutoffs))}, to {COARSE:g}",
        comparisons=tuple(comparisons),
        note=" ".join(notes),
        seconds=time.perf_counter() - began,
        cutoffs=(fewer, cutoffs),
    )


def _asked(inquiry: Inquiry) -> list[str]:
    offered = inquiry.system.gaussian and inquiry.engine.gives("fisher_information")
    return [name for name in inquiry.quantities if base(name) == "fisher_information"] if offered else []


def _nothing(inquiry: Inquiry, field: str) -> float:
    """F is in units of 1/θ² and known relatively; from here down it is none."""
    theta = float(getattr(inquiry.system.model, field))
    return NONE / (theta * theta or 1.0)


def _claimed(inquiry: Inquiry, field: str) -> tuple[float, float]:
    """The engine's F and its error, which another's is taken not to have. Raises EngineFailed, or our GaussianError."""
    engine, model = inquiry.engine, inquiry.system.model
    if engine.has_own("fisher_information"):
        known = gaussian.fisher_information.with_error(model, field)
        return float(known.value), float(known.error)
    return _number(engine, ask(engine, lambda: engine.fisher_information(model, field))), 0.0


def _number(engine: Engine, found: object) -> float:
    try:
        value = np.asarray(real_part(found), float)
    except (NotReal, TypeError, ValueError):
        value = np.full(2, np.nan)
    if value.size != 1 or not np.isfinite(value).all():
        raise EngineFailed(
            f"{engine.name} must return one finite number for the Fisher information, but returned {found!r}.",
            "Return F of the field that is named, as in fisher_information(model, field).",
        )
    return float(value.ravel()[0])
