"""The start: mean and covariance of ρ(0) as an engine of another's gives them, against the prepared state.

The prepared state is that of the Fock window (`window.exact_moments`), so that it is known with coefficients that
depend on time, too. The package's own `initial_state` has no certificate: its states at all times stand on it.
"""

from __future__ import annotations

import time

from crosscheck.certificates.answers import EngineFailed, ask, moments, no_answer
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import label
from crosscheck.certificates.skipped import not_proved
from crosscheck.certificates.window.certificate import AS_COMPUTED, entries
from crosscheck.certificates.window.exact_moments import start_of
from crosscheck.certificates.window.truth import predicted_seconds
from crosscheck.report.certificate import Certificate
from gaussian.enclosed.reading import AsComputed


def start_certificate(inquiry: Inquiry) -> Certificate | None:
    """Every entry of the claimed mean and covariance at t = 0; None if the engine has no `initial_state` of its own."""
    system, engine = inquiry.system, inquiry.engine
    if not system.gaussian or not engine.gives("initial_state") or engine.has_own("initial_state"):
        return None
    inquiry.progress("start")
    began = time.perf_counter()
    if why := inquiry.purse.pay(predicted_seconds(system.modes, 1)):
        return not_proved("start", (), why)
    model = system.read
    exact = start_of(model)
    try:
        found = ask(engine, lambda: engine.initial_state(system.model))
        parts = ask(engine, lambda: (found.mean, found.covariance, found.error))
        claim = moments(parts, engine, range(system.modes), system.modes)
    except EngineFailed as reason:
        return no_answer("start", reason, theorem=True)
    return Certificate(
        kind="start",
        basis="the prepared state, no truncation" + (AS_COMPUTED if isinstance(model, AsComputed) else ""),
        comparisons=tuple(entries(label(0.0), claim, exact, inquiry.tolerance)),
        seconds=time.perf_counter() - began,
        theorem=True,
    )
