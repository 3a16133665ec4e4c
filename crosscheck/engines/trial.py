"""An engine on trial: the closed forms and the models, and what came of each function that it offers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.certificates.names import STEADY
from crosscheck.certify import certify, exact_truth
from crosscheck.engine import Engine
from crosscheck.engines.protocol import FUNCTIONS
from crosscheck.engines.questions import closed_forms
from crosscheck.report.certificate import Certificate
from crosscheck.report.report import Report
from crosscheck.report.verdict import Comparison, Verdict, overall

# Of which functions a certificate without comparisons speaks.
OF_KIND = {
    "generator": ("moment_equations",),
    "window": ("evolve", "steady_state"),
    "measures": ("log_negativity", "mutual_information", "entropy"),
    "enclosed": ("log_negativity", "mutual_information", "entropy", "discord"),
    "trajectory": ("evolve",),
    "steady state": ("steady_state",),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came of one function: how many answers were compared and how many wrong, and the first of these in words."""

    function: str
    verdict: Verdict
    compared: int
    wrong: int = 0
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The reports on one engine; those without a certificate say why the engine could not be asked."""

    engine: Engine
    reports: tuple[Report, ...]

    json_fields: ClassVar[tuple[str, ...]] = (
        "engine=engine.name", "version=engine.version", "verdict", "findings", "lacks", "limits", "reports",
    )  # fmt: skip

    @property
    def verdict(self) -> Verdict:
        return overall(report.verdict for report in self.reports if report.certificates)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """One for each function on which something was compared, or which failed."""
        every = [(r, c) for r in self.reports for c in r.certificates]
        return tuple(
            found for f in FUNCTIONS if f in self.engine.offers for found in [_finding(f, every, self.engine)] if found
        )

    @property
    def limits(self) -> tuple[str, ...]:
        """What the engine said that it cannot do."""
        said = (note for r in self.reports for note in r.notes if note.startswith(f"{self.engine.name} does not give "))
        return tuple(dict.fromkeys(said))

    @property
    def lacks(self) -> tuple[str, ...]:
        """Functions that it does not offer."""
        return tuple(f for f in FUNCTIONS if f not in self.engine.offers)


def try_engines(
    engines: Sequence[Engine],
    models: Sequence[Any],
    *,
    tolerance: float = TOLERANCE,
    budget: Budget | None = None,
    progress: Callable[[str, int], None] = lambda text, steps: None,
) -> tuple[Trial, ...]:
    """The closed forms, and `certify` on each model, whose exact states are proved once for all; one step for each."""
    reports: list[list[Report]] = []
    for engine in engines:
        reports.append([closed_forms(engine)])
        progress(f"{engine.name}: closed forms", 1)
    for model in models:
        name = type(model).__name__
        progress(f"{name}: exact states", 0)
        truth = exact_truth(model)
        for engine, those in zip(engines, reports, strict=True):
            say = functools.partial(_say, progress, f"{engine.name}, {name}")
            those.append(certify(model, engine=engine, truth=truth, tolerance=tolerance, budget=budget, progress=say))
            progress(f"{engine.name}, {name}", 1)
    return tuple(Trial(engine=engine, reports=tuple(those)) for engine, those in zip(engines, reports, strict=True))


def _say(progress: Callable[[str, int], None], about: str, text: str) -> None:
    progress(f"{about}: {text}", 0)


def _finding(function: str, every: Sequence[tuple[Report, Certificate]], engine: Engine) -> Finding | None:
    verdicts, evidence, compared = [], "", 0
    for report, certificate in every:
        those = [c for c in report.told(certificate).comparisons if _function_of(certificate, c) == function]
        compared += len(those)
        verdicts += [c.verdict for c in those]
        failed = not certificate.comparisons and function in OF_KIND.get(certificate.kind, ())
        if failed and certificate.verdict is Verdict.REFUTED:
            verdicts.append(Verdict.REFUTED)
            evidence = evidence or f"{report.name}: {certificate.note}"
        wrong = next((c for c in those if c.verdict is Verdict.REFUTED), None)
        if wrong is not None and not evidence:
            evidence = _spell(report, certificate, wrong)
    if not verdicts:
        return None
    return Finding(
        function=function,
        verdict=overall(verdicts),
        compared=compared,
        wrong=verdicts.count(Verdict.REFUTED),
        evidence=evidence,
    )


def _function_of(certificate: Certificate, c: Comparison) -> str:
    """The function whose answer is compared: closed forms are sorted by it, entries of matrices are of the moments."""
    if certificate.kind in FUNCTIONS:
        return certificate.kind
    if c.quantity.startswith(("A[", "d[", "D[")):
        return "moment_equations"
    if c.quantity.startswith(("⟨", "σ[")):
        return "steady_state" if c.place == STEADY else "evolve"
    if c.quantity.startswith("ν"):
        return "symplectic_eigenvalues"
    return c.quantity.partition(",")[0]


def _spell(report: Report, certificate: Certificate, c: Comparison) -> str:
    """`two-mode squeezed vacuum, e^2r = 2^14: inf, but 9.70406`."""
    where = c.quantity if certificate.kind in FUNCTIONS else f"{report.name}, {c.place}, {c.quantity}"
    if certificate.kind == "is_physical" and c.gaussian == c.gaussian:
        return f"{where}: {'yes' if c.gaussian else 'no'}, but it is {'physical' if c.fock else 'not'}"
    said = f"{c.gaussian:.6g}"
    if c.gaussian != c.gaussian:  # NaN: what was raised is in the note
        said = next((part for part in certificate.note.split("; ") if part.startswith(f"{c.quantity}: ")), "NaN")
        said = said.removeprefix(f"{c.quantity}: ").partition(": ")[2] or said
    return f"{where}: {said}, but it is {c.fock:.6g}"
