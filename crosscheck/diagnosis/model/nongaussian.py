"""Terms beyond second order by name, and how far from Gaussian they make the state."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np

import gaussian
from crosscheck.diagnosis.model.finding import ESTIMATE, Finding, Level, Section
from crosscheck.diagnosis.model.fock_run import Run
from crosscheck.diagnosis.model.master_equation import MasterEquation, spelled_number
from crosscheck.report.document import Interval
from gaussian.ladder import Polynomial, spell

# Terms listed.
MOST_ROWS = 12
# Relative entropies below this are no reason to look further: √(2δ) is below a twentieth.
SLIGHT = 1e-3


def terms_beyond_second_order(equation: MasterEquation) -> Section | None:
    """The words of H of degree > 2 and of jump operators of degree > 1; None if there are none."""
    rows = [
        ("H" if term.factor is None else "f(t) H", spell(w), spelled_number(c), str(len(w)))
        for term in equation.hamiltonian
        for w, c in term.words.items()
        if len(w) > 2
    ]
    for jump in equation.jumps:
        words = {w: c for side in (jump.left, jump.right) for w, c in side.items() if len(w) > 1}
        rate = "γ(t)" if callable(jump.rate) else spelled_number(jump.rate)
        rows += [(f"jump operator at rate {rate}", spell(w), spelled_number(c), str(len(w))) for w, c in words.items()]
    if not rows:
        return None
    names = list(dict.fromkeys(row[1] for row in rows))
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    beyond = f"{', '.join(names[:4])}{more} {'is' if len(names) == 1 else 'are'} beyond what Gaussian states allow"
    if rows[0][0].startswith("jump") and _closes(equation):
        sentence = f"First and second moments close, but the state does not stay Gaussian: {beyond}."
        advice = "Compare its moments with Fock space by `certify(model)`."
    else:
        sentence = f"Moments do not close: {beyond}, so there is no Gaussian certificate."
        advice = "Judge a linearised model against this one with `diagnose(linearised, full=model)`."
    finding = Finding(name="not-gaussian", level=Level.NOTE, sentence=sentence, advice=advice)
    columns = ("in", "term", "coefficient", "degree")
    return Section(
        title="Terms beyond second order", columns=columns, rows=tuple(rows[:MOST_ROWS]), findings=(finding,)
    )


def _closes(equation: MasterEquation) -> bool:
    """Whether first and second moments close beside the jump operators, as they do of dephasing."""
    jumps = [SimpleNamespace(rate=j.rate, left=Polynomial(j.left), right=Polynomial(j.right)) for j in equation.jumps]
    dissipative = SimpleNamespace(
        modes=equation.modes, hamiltonian=lambda *a: 0 * a[0].dag() * a[0], dissipators=lambda *a: jumps
    )
    try:
        return bool(gaussian.turns(dissipative, max(equation.times, default=0.0)))
    except gaussian.GaussianError:
        return False


def state_section(runs: list[Run], trouble: str = "") -> Section:
    """Relative entropy to the Gaussian state of equal moments, at each place."""
    title = "How non-Gaussian the state is: S(ρ_G) − S(ρ), in nats"
    columns = ("place", "relative entropy", "photons", "cutoffs", "weight at the edge")
    rows = tuple(
        (
            r.place,
            r.non_gaussianity,
            ", ".join(f"{x:.4g}" for x in r.photons),
            "×".join(map(str, r.cutoffs)),
            f"{r.edge_weight:.0e}",
        )
        for r in runs
    )
    findings = []
    if trouble:
        level = Level.NOTE if runs else Level.WARNING
        findings.append(Finding(name="no-steady-run" if runs else "no-fock-run", level=level, sentence=trouble))
    found = [(r.place, r.non_gaussianity) for r in runs if r.non_gaussianity and not r.edge_weight > SLIGHT**2]
    worst = max(found, key=lambda pair: pair[1].value, default=None)
    unsettled = [r for r in runs if r.stopped]
    if unsettled:
        findings.append(
            Finding(
                name="not-converged",
                level=Level.WARNING,
                sentence=f"The Fock run has not settled: {unsettled[0].stopped}",
                advice="Raise the budget, or lower the photon numbers; a weight that stays at the edge means that the "
                "state grows without bound.",
            )
        )
    if worst is not None and math.isfinite(worst[1].error):
        findings.append(_judged(*worst))
    findings += [_unique(r.gap) for r in runs if r.gap is not None and not r.stopped]
    return Section(title=title, basis=ESTIMATE, columns=columns, rows=rows, findings=tuple(findings))


def _unique(gap: float) -> Finding:
    return Finding(
        name="steady-state-found",
        level=Level.FINE,
        sentence="A steady state was found, and no second one: the smallest ‖𝓛(Z)‖/‖Z‖ of traceless Z that a search "
        f"met is {gap:.2g}, at the last cutoff.",
    )


def _judged(place: str, delta: Interval) -> Finding:
    upper = max(0.0, delta.value + delta.error)
    slight = upper < SLIGHT
    apart = f"{np.sqrt(2 * upper):.2g}"
    return Finding(
        name="nearly-gaussian" if slight else "non-gaussian-state",
        level=Level.FINE if slight else Level.NOTE,
        sentence=f"{'Nearly Gaussian' if slight else 'Non-Gaussian'} ({place}): relative entropy {delta}; no "
        f"observable between −1 and 1 tells it from the Gaussian state of equal moments by more than {apart}.",
    )
