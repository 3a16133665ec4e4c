"""`crosscheck certify`: models in the Fock basis and as moments, and planted bugs to check the check."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.commands.arguments import BUG, EXIT, Json, Laboratory, Names, Sets, every_model, example, usage
from crosscheck.commands.engines import EngineName, certify_engine
from crosscheck.commands.files import require_writable, write_json
from crosscheck.commands.terminal import console, progress
from crosscheck.report.described import Described
from crosscheck.report.document import Cell, Document, Line, Section, Table, Tone, columns
from crosscheck.report.report import Report, summary
from crosscheck.report.verdict import Verdict, overall

if TYPE_CHECKING:
    from crosscheck.model import Model


def certify_command(
    models: Names = None,
    settings: Sets = None,
    laboratory: Laboratory = False,
    tol: Annotated[
        float, typer.Option(help="Width that both error intervals together may have, relative to max(1, |value|).")
    ] = TOLERANCE,
    budget: Annotated[
        float, typer.Option(help="Seconds that all certificates of a model may take together, predicted beforehand.")
    ] = Budget().seconds,
    memory: Annotated[float, typer.Option(help="GiB that each of them may take.")] = Budget().memory / 2**30,
    simulate: Annotated[
        bool | None,
        typer.Option(
            "--simulate/--no-simulate",
            help="Simulate all that the budget allows, or nothing "
            "\\[default: what no theorem decides, and what takes a few seconds].",
        ),
    ] = None,
    quantities: Annotated[
        str,
        typer.Option(
            metavar="NAME,…",
            help="Compare these, too: spectrum, correlation, g2, output_spectrum, transfer, sideband_asymmetry; "
            "steering, residual_contangle, "
            "renyi2, squeezing_db, duan, epr_variance, negativities; fidelity:start, fidelity:vacuum, fidelity:target "
            "(a method of the model that returns a Preparation); fisher_information:FIELD in the steady state; "
            "periodic_state, periodic_average. "
            "Conditional states of a monitored model are compared unasked.",
        ),
    ] = "",
    json_path: Json = None,
    details: Annotated[bool, typer.Option(help="Print every comparison, not only one line a model.")] = False,
    planted: Annotated[
        bool | None,
        typer.Option("--planted/--no-planted", help="Put planted bugs on trial, too \\[default: if no MODEL]."),
    ] = None,
    engine: EngineName = None,
) -> None:
    """Run models in the Fock basis and as moments, and compare them quantity by quantity.

    Without arguments all models are certified, and then some deliberately wrong moment engines are put on trial: each
    must be refuted. `crosscheck exam` puts all of them on trial. With --engine it is another package's engine that is
    judged, on closed forms and on the models.

    Example: crosscheck certify ReservoirGravity --set nbar=0.5 --set r=0.3 --details
    """
    screen = console(json_path)
    require_writable(json_path)
    if (settings or laboratory) and not models:
        raise typer.BadParameter("--set and --laboratory are about one model, but none is named. Name it.")
    if not tol > 0 or not budget > 0 or not memory > 0:
        raise typer.BadParameter(
            f"--tol, --budget and --memory must be > 0, but are {tol}, {budget} and {memory}. "
            "Leave them out for the defaults."
        )
    if engine is not None and planted:
        raise typer.BadParameter(
            "--planted and --engine cannot be combined, for planted bugs are engines of their own. Leave one out."
        )
    limits = usage(lambda: Budget(budget, memory * 2**30))
    chosen = usage(lambda: [example(name, settings or [], laboratory=laboratory) for name in models or every_model()])
    for model in chosen:
        if isinstance(model, Described):  # one that was read from QuTiP objects says first what was read
            screen.print(model)
            screen.print()
    if engine is not None:
        certify_engine(engine, chosen, json_path, tol, limits, details=details)
    from crosscheck.certify import certify
    from crosscheck.exam import planted_sample

    bugs = planted_sample() if (planted if planted is not None else not models) else []
    reports, trials = [], []
    with progress(len(chosen) + len(bugs)) as advance:

        def certified(model: Model) -> Report:
            name = type(model).__name__
            return certify(
                model,
                tolerance=tol,
                budget=limits,
                simulate=simulate,
                quantities=tuple(filter(None, (name.strip() for name in quantities.split(",")))),
                progress=lambda text: advance(f"{name}: {text}", 0),
            )

        for model in chosen:
            about = f"{type(model).__name__}: " if len(chosen) > 1 else ""
            reports.append(usage(functools.partial(certified, model), about))
            advance(type(model).__name__, 1)
        for bug in bugs:
            advance(f"planted bug: {bug.name}", 0)
            trials.append(PlantedTrial(bug=bug.name, description=bug.description, report=bug.certify()))
            advance(f"planted bug: {bug.name}", 1)
    found = Certification(reports=tuple(reports), planted=tuple(trials), tolerance=tol)
    if details or len(reports) == 1:
        for report in reports:
            screen.print(report.renderable(details=details))
            screen.print()
    if len(reports) > 1 or trials:
        screen.print(found)
    write_json(json_path, found.to_dict())
    raise typer.Exit(BUG if found.is_ours else EXIT[Verdict.REFUTED if found.escaped else found.verdict])


@dataclass(frozen=True, kw_only=True, repr=False)
class Certification(Described):
    """Reports on several models, and on the engines with planted bugs that must be refuted."""

    reports: tuple[Report, ...]
    planted: tuple[PlantedTrial, ...]
    tolerance: float

    kind: ClassVar[str] = "certification"
    json_fields: ClassVar[tuple[str, ...]] = ("verdict", "tolerance", "models=reports", "planted")

    @property
    def verdict(self) -> Verdict:
        return overall(report.verdict for report in self.reports)

    @property
    def is_ours(self) -> bool:
        """Whether a simulation contradicts a theorem: a bug of this package, and no verdict."""
        return any(report.contradictions for report in self.reports)

    @property
    def escaped(self) -> list[str]:
        """Planted bugs that were not refuted."""
        return [trial.bug for trial in self.planted if trial.verdict is not Verdict.REFUTED]

    def document(self) -> Document:
        """One line a model, if there are several, and one a planted bug."""
        sections = [summary(self.reports)] if len(self.reports) > 1 else []
        if self.planted:
            rows: list[list[Cell]] = [[t.bug, t.description, t.found_in, t.verdict] for t in self.planted]
            lines: list[Line | str] = [
                f"{len(self.planted) - len(self.escaped)} of {len(self.planted)} planted bugs refuted."
            ]
            if self.escaped:
                said = "These planted bugs escaped, so the verdicts above cannot be trusted: "
                lines.append(Line(f"{said}{', '.join(self.escaped)}.", tone=Tone.BAD))
            table = Table(columns=columns("planted bug", "what is wrong", "found in", ""), rows=rows)
            sections.append(Section(tables=[table], lines=lines))
        return Document(sections=sections)


@dataclass(frozen=True, kw_only=True)
class PlantedTrial:
    """What became of one planted bug."""

    bug: str
    description: str
    report: Report

    json_fields: ClassVar[tuple[str, ...]] = ("bug", "description", "verdict", "report")

    @property
    def verdict(self) -> Verdict:
        return self.report.verdict

    @property
    def found_in(self) -> str | None:
        """The first certificate that refutes it."""
        return next((c.kind for c in self.report.certificates if c.verdict is Verdict.REFUTED), None)
