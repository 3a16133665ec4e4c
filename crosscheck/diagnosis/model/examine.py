r"""`examine`: everything that can be told about a model, as a short story with the tables behind it.

    generator, at the end the other certificates     `crosscheck.certify`
    complete positivity, symmetries, terms           from the text of the model, nothing truncated
    stability, magnitudes                            from drift and moments (quadratic models)
    non-Gaussianity, linearisation                   from Fock runs at growing cutoffs
    cost                                             counted, without a run

The verdict is that of the certificates, refuted if the model is no master equation, and inconclusive where moments do
not close; with `full=`, that of the linearisation counts too.

>>> from crosscheck.models import DampedThermalMode
>>> found = examine(DampedThermalMode.example())
>>> str(found.verdict), found.finding("steady-state").sentence
('certified', 'A unique, attracting steady state exists (proved in intervals).')
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from threadpoolctl import threadpool_limits

import fock
import gaussian
from crosscheck.certificates.budget import FLOOR, TOLERANCE, Budget
from crosscheck.certificates.inquiry import require_tolerance
from crosscheck.certificates.simulation.cutoffs import LARGEST, TooManyPhotons, starting_cutoffs
from crosscheck.certificates.system import in_doubles
from crosscheck.certify import certify
from crosscheck.diagnosis.model import cost, linearisation, magnitudes, symmetries
from crosscheck.diagnosis.model.finding import THEOREM, Finding, Level, Section
from crosscheck.diagnosis.model.fock_run import STEADY, Run, run
from crosscheck.diagnosis.model.master_equation import MasterEquation, Unreadable, asked, read
from crosscheck.diagnosis.model.nongaussian import state_section, terms_beyond_second_order
from crosscheck.diagnosis.model.positivity import positivity
from crosscheck.diagnosis.model.report import ModelDiagnosis
from crosscheck.diagnosis.model.stability import stability
from crosscheck.errors import CrosscheckError, InvalidModel, InvalidParameter
from crosscheck.model import parameters
from crosscheck.models.loading import failed_in_theirs, told
from crosscheck.models.on_tlist import on_tlist
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict, overall

Progress = Callable[[str], None]
UNDECIDED = "The certificates could not be made, which says nothing against the model: this program failed with"


def examine(
    model: Any,
    *,
    full: Any = None,
    tolerance: float = TOLERANCE,
    budget: Budget | float | None = None,
    progress: Progress = lambda text: None,
) -> ModelDiagnosis:
    """Examine a model, and judge it against a full, non-linear one if that is given.

    Args:
        model: modes, hamiltonian, dissipators, preparation; an instance, with parameters.
        full: the model that `model` linearises, with as many modes, in the same axes (its mean may differ).
        tolerance: as in `certify`; Fock runs here aim at the same.
        budget: seconds, or a `Budget`, that each simulation may spend.
        progress: called with a line of text now and then.

    Returns:
        A ModelDiagnosis: `.verdict`, `.story`, `.sections`, `.findings`, `.report`. What fails inside the model is a
        finding of it, never an exception.

    Raises:
        InvalidParameter: `model` or `full` is no instance of a model; a tolerance or budget that is not positive.
    """
    require_tolerance(tolerance, FLOOR)
    budget = budget if isinstance(budget, Budget) else Budget() if budget is None else Budget(seconds=budget)
    for name, given in (("model", model), ("full", full)):
        if isinstance(given, type) or not (hasattr(given, "hamiltonian") or given is full is None):
            raise InvalidParameter(
                name, "be a model, with parameters", given, "Give an instance: a class has no parameters."
            )
    began = time.perf_counter()
    with threadpool_limits(limits=1):  # as in `certify`
        return _Examination(model, tolerance, budget, progress).diagnosis(full, began)


class _Examination:
    """The steps, each of which turns what fails in it into a finding of its section."""

    def __init__(self, model: Any, tolerance: float, budget: Budget, progress: Progress) -> None:
        self.model, self.exact = model, model
        self.tolerance, self.budget, self.progress = tolerance, budget, progress
        self.is_ill_formed = False

    def diagnosis(self, full: Any, began: float) -> ModelDiagnosis:
        """All of it."""
        report: Report | None = None
        verdicts: list[Verdict] = []
        sections: list[Section] = []
        try:
            self.model = _as_floats(self.exact)
            equation = read(self.model)
        except Unreadable as reason:
            broken = Finding(name="no-master-equation", level=Level.WRONG, sentence=str(reason))
            sections, verdicts = [Section(title="The model", findings=(broken,))], [Verdict.REFUTED]
        else:
            if equation.is_quadratic:
                self.progress("certificates")
                report, trouble, verdict = self._certified()
                verdicts.append(verdict)
                # Of a model that is ill-formed nothing else can be said.
                sections += trouble if self.is_ill_formed else [*trouble, *self._quadratic(equation, report)]
            else:
                verdicts.append(Verdict.INCONCLUSIVE)
                sections += self._beyond(equation)
            if full is not None:
                found, judged = self._linearised(equation, full)
                sections.append(found)
                verdicts.append(judged)
        return ModelDiagnosis(
            model=_named(self.exact),
            name=type(self.exact).__name__,
            sections=tuple(sections),
            report=report,
            verdict=overall(verdicts),
            seconds=time.perf_counter() - began,
            parameters=_parameters(self.exact),
        )

    def _certified(self) -> tuple[Report | None, list[Section], Verdict]:
        """The report, or what went wrong in place of it; a start that is not Gaussian is no fault."""
        try:
            report = certify(self.exact, tolerance=self.tolerance, budget=self.budget, progress=self.progress)
        except gaussian.NotQuadratic as reason:
            level, sentence, verdict = Level.WARNING, str(reason), Verdict.INCONCLUSIVE
        except InvalidModel as reason:
            self.is_ill_formed = True
            level, sentence, verdict = Level.WRONG, str(reason), Verdict.REFUTED
        except (InvalidParameter, gaussian.InvalidArgument, gaussian.NotHermitian) as reason:
            level, sentence, verdict = Level.WRONG, str(reason), Verdict.REFUTED
        except (CrosscheckError, gaussian.GaussianError, fock.FockError) as reason:
            # What an engine refuses says nothing against the model: it lacks digits, memory or photons.
            level, sentence, verdict = Level.WARNING, str(reason), Verdict.INCONCLUSIVE
        except Exception as error:
            theirs = failed_in_theirs(error)
            level, verdict = (Level.WRONG, Verdict.REFUTED) if theirs else (Level.WARNING, Verdict.INCONCLUSIVE)
            sentence = told(error) if theirs else f"{UNDECIDED} {told(error)}"
        else:
            return report, [], report.verdict
        finding = Finding(name="no-certificates", level=level, sentence=sentence)
        return None, [Section(title="Certificates", findings=(finding,))], verdict

    def _quadratic(self, equation: MasterEquation, report: Report | None) -> list[Section]:
        occupied: list[magnitudes.Occupations] = []

        def sizes() -> Section:
            occupied.append(magnitudes.occupations(self.model, equation))
            return magnitudes.magnitudes(equation, occupied[0], self._cutoffs(occupied[0]))

        def price() -> Section | None:
            if not occupied:
                return None
            steady = occupied[0].steady is not None
            cutoffs = self._cutoffs(occupied[0])
            return cost.section(self.model, equation, cutoffs, occupied[0].most, self.budget, steady=steady)

        return [
            *([_generator(report)] if report else []),
            *self._guarded("Complete positivity", lambda: positivity(equation)),
            *self._guarded(
                "Stability", lambda: stability(equation, gaussian.moment_equations(self.model), report, self.model)
            ),
            *self._guarded("Magnitudes", sizes),
            *self._guarded("Symmetries", lambda: symmetries.section(equation)),
            *self._guarded("Cost of a Fock run", price),
        ]

    def _beyond(self, equation: MasterEquation) -> list[Section]:
        """Of a model whose moments do not close."""
        runs, trouble = self._runs(self.model, equation)
        cutoffs = runs[0].cutoffs if runs else None

        def sizes() -> Section:
            occupied = magnitudes.occupations_of_runs(self.model, runs) if runs else None
            return magnitudes.magnitudes(equation, occupied, cutoffs)

        def price() -> Section | None:
            if cutoffs is None or any(r.stopped for r in runs):
                return None  # a cutoff that is not enough says nothing about the one that is
            steady = any(r.place == STEADY for r in runs)
            return cost.section(self.model, equation, cutoffs, 0.0, self.budget, steady=steady)

        return [
            *self._guarded("Complete positivity", lambda: positivity(equation)),
            *self._guarded("Terms beyond second order", lambda: terms_beyond_second_order(equation)),
            *self._guarded("Non-Gaussianity", lambda: state_section(runs, trouble)),
            *self._guarded("Magnitudes", sizes),
            *self._guarded("Symmetries", lambda: symmetries.section(equation)),
            *self._guarded("Cost of a Fock run", price),
        ]

    def _linearised(self, equation: MasterEquation, full: Any) -> tuple[Section, Verdict]:
        """The model's moments against a Fock run of the full one."""
        found: list[linearisation.Difference] = []
        trouble = ""
        try:
            full = _as_floats(full)
            whole = read(full)
            if whole.modes != equation.modes:
                raise Unreadable(
                    f"The full model must have {equation.modes} modes, but has {whole.modes}.",
                    "Compare the same modes.",
                )
            if not equation.is_quadratic:
                raise Unreadable(
                    "The linearised model must be quadratic, but has terms beyond second order itself.",
                    "Give the linearised model first, and the full one as `full`.",
                )
            runs, trouble = self._runs(full, whole, times=equation.times)
            trouble = trouble if runs else f"{trouble} {linearisation.DISPLACED}"
            for r in runs:
                if r.place == STEADY:
                    state: gaussian.GaussianState = gaussian.steady_state(self.model)
                else:
                    at = gaussian.evolve(self.model, [float(r.place.removeprefix("t = "))])
                    state = gaussian.GaussianState(mean=at.mean[0], covariance=at.covariance[0], error=at.error[0])
                found.append(linearisation.compare(state, r, _party(self.model, equation.modes)))
        except (CrosscheckError, gaussian.GaussianError, fock.FockError) as reason:
            found, trouble = [], str(reason)
        except Exception as error:
            found, trouble = [], told(error)
        section = linearisation.section(found, trouble)
        return section, linearisation.verdict(found)

    def _runs(
        self, model: Any, equation: MasterEquation, times: tuple[float, ...] | None = None
    ) -> tuple[list[Run], str]:
        """Fock runs of the steady state if there is a unique one, else at the times; and why there are none."""
        times = equation.times if times is None else times
        unique = equation.is_constant and equation.jumps and not any(s.strong for s in symmetries.symmetries(equation))
        attempts: list[list[float | None]] = [[None]] if unique else []
        attempts += [list(times)] if times else []
        trouble = "" if attempts else "There are no times to run it to, and no unique steady state."
        for places in attempts:
            try:
                found = run(
                    model,
                    places,
                    party=_party(model, equation.modes),
                    tolerance=self.tolerance,
                    budget=self.budget,
                    progress=lambda text: self.progress(f"Fock run, {text}"),
                )
                return found, trouble
            except fock.FockError as reason:
                trouble = str(reason)
            except Exception as error:
                return [], told(error)
        return [], trouble

    def _cutoffs(self, found: magnitudes.Occupations) -> tuple[int, ...] | None:
        """The cutoffs whose tail is tolerance², as in `certify`; None beyond any."""
        if found.most > LARGEST:
            return None
        try:
            return starting_cutoffs(found.states, max(self.tolerance, 1e-6) ** 2)
        except TooManyPhotons:
            return None

    def _guarded(self, title: str, work: Callable[[], Section | None]) -> list[Section]:
        """The section, or one that says in a sentence what went wrong."""
        self.progress(title)
        try:
            found = work()
            return [] if found is None else [found]
        except (CrosscheckError, gaussian.GaussianError, fock.FockError, MemoryError) as reason:
            sentence = str(reason) or "The machine ran out of memory."
        except Exception as error:
            sentence = told(error)
        return [Section(title=title, findings=(Finding(name="failed", level=Level.WARNING, sentence=sentence),))]


def _generator(report: Report) -> Section:
    """The first certificate, in a sentence."""
    certificate = report.certificates[0]
    certified = certificate.verdict is Verdict.CERTIFIED
    sentence = certificate.note or "Drift, drive and diffusion are those of the ladder algebra, entry by entry."
    level = {Verdict.CERTIFIED: Level.FINE, Verdict.REFUTED: Level.WRONG}.get(certificate.verdict, Level.WARNING)
    name = "generator" if certified else f"generator-{certificate.verdict}"
    basis = THEOREM if certificate.theorem else certificate.basis
    return Section(title="Generator", basis=basis, findings=(Finding(name=name, level=level, sentence=sentence),))


def _as_floats(model: Any) -> Any:
    return asked(model, "fields", lambda: in_doubles(on_tlist(model)))


def _party(model: Any, modes: int) -> tuple[int, ...]:
    """One side of all modes: the model's own party, if it observes them all."""
    if tuple(getattr(model, "observed", range(modes))) != tuple(range(modes)) or modes < 2:
        return ()
    return tuple(getattr(model, "party", (0,)))


def _parameters(model: Any) -> dict[str, Any]:
    try:
        return parameters(model)
    except Exception:  # what fails inside the model is a finding
        return {}


def _named(model: Any) -> str:
    try:
        return repr(model)
    except Exception:
        return type(model).__name__
