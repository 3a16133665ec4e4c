"""Monitored states, spectra, correlations and output fields in `certify`: right is certified, wrong refuted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import crosscheck
import gaussian
import gaussian.fluctuations
from crosscheck.engine import Engine
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.report.verdict import Verdict

ALL = ("conditional", "spectrum", "correlation", "g2", "output_spectrum")


@dataclass(frozen=True)
class Watched(crosscheck.Model):
    """A squeezed, driven cavity beside a warm mode; the cavity's output is detected at two angles."""

    kappa: float = 0.8
    g: float = 0.2
    eta: float = 0.9
    nbar: float = 0.3
    drive: float = 0.3
    rate: float = 1.0

    modes = 2
    times = (0.7,)
    omegas = (-1.0, 0.4)

    def hamiltonian(self, a: Any, b: Any) -> Any:
        squeezed = 0.1j * (a.dag() * a.dag() - a * a) + self.drive * (a + a.dag())
        return a.dag() * a + 0.9 * b.dag() * b + self.g * (a * b.dag() + a.dag() * b) + squeezed

    def dissipators(self, a: Any, b: Any) -> Any:
        yield crosscheck.Dissipator(self.kappa, a)
        yield from crosscheck.thermal_bath(b, 0.4, self.nbar)

    def measurements(self, a: Any, b: Any) -> Any:
        out = np.sqrt(self.kappa * self.rate) * a
        yield from crosscheck.heterodyne(out, self.eta)

    @classmethod
    def example(cls) -> Any:
        return cls()


def certified(engine: Engine | None = None, **options: Any) -> Any:
    return crosscheck.certify(
        options.pop("model", Watched()), simulate=False, **({"engine": engine} if engine else {}), **options
    )


def test_everything_that_may_be_asked_is_certified():
    """Of a right engine; the certificates say what stands behind each number."""
    report = certified(quantities=ALL)
    assert report.verdict is Verdict.CERTIFIED
    assert report.certificate("conditional").grade == "theorem"
    assert {c.quantity for c in report.certificate("conditional measures").comparisons} >= {"log_negativity", "discord"}
    assert report.certificate("observables").grade == "enclosed"
    rows = [c for c in report.certificate("observables").comparisons if " S[" not in c.quantity]
    assert all(c.tolerance <= 1e-4 * max(1, abs(c.fock)) for c in rows)


@pytest.mark.slow
def test_one_path_of_the_noise_stands_beside_the_proof():
    """Covariances and filtered means, to the digits of an explicit scheme; a wrong trajectory contradicts both."""
    report = crosscheck.certify(Watched(), times=[0.3])
    path = report.certificate("one path")
    assert report.verdict is path.verdict is Verdict.CERTIFIED
    assert path.grade == "estimate"
    assert {c.quantity for c in path.comparisons} >= {"⟨x1⟩", "σ[x1, x1]"}
    assert max(c.fock_error for c in path.comparisons) < 5e-3
    off = crosscheck.certify(Watched(), times=[0.3], simulate=False)
    assert "not asked" in off.certificate("one path").note


@pytest.mark.slow
def test_spectra_from_truncated_generators_stand_beside_those_in_balls():
    """The resolvent agrees with the engine, and with what is proved; it sees a wrong sign of ω by itself."""
    report = crosscheck.certify(Watched(drive=0.0), times=[], quantities="spectrum", simulate=True)
    resolvent = report.certificate("resolvent")
    assert report.verdict is resolvent.verdict is Verdict.CERTIFIED
    assert not report.contradictions
    assert len(resolvent.comparisons) == 2 * 16


STATES = ("steering", "renyi2", "squeezing_db", "duan", "epr_variance", "negativities")


@pytest.mark.slow
def test_further_measures_of_a_state_are_certified_in_balls_and_simulated():
    """Each at every place, from σ in balls and from density matrices, which agree."""
    model = crosscheck.models.LossyTwinBeams.example()
    report = crosscheck.certify(model, times=[0.5], quantities=STATES, simulate=True)
    assert report.verdict is Verdict.CERTIFIED
    for kind in ("enclosed", "trajectory", "steady state"):
        names = {c.quantity.split(" of ")[0] for c in report.certificate(kind).comparisons}
        assert {*STATES, "steering, reversed"} <= names


@pytest.mark.parametrize("name", ["steering", "duan", "squeezing_db"])
def test_a_wrong_measure_is_refuted_unasked(name):
    """A function that is not the package's own is judged."""
    model = crosscheck.models.LossyTwinBeams.example()
    report = crosscheck.certify(model, times=[0.5], simulate=False, engine=shifted(name, lambda x: x + 0.01))
    assert report.verdict is Verdict.REFUTED


def test_a_monitored_model_is_judged_unasked_and_others_are_as_before():
    """The conditional state follows from `measurements`; spectra are compared when they are asked for."""
    kinds = {c.kind for c in certified().certificates}
    assert {"conditional", "conditional measures"} <= kinds
    assert "observables" not in kinds
    plain = crosscheck.certify(crosscheck.models.DampedThermalMode.example(), simulate=False)
    assert not {"conditional", "observables"} & {c.kind for c in plain.certificates}


def shifted(name: str, change: Any) -> Engine:
    """The package's engine with one function's answer changed."""
    own = getattr(gaussian, name)
    return Engine(name="theirs", **{name: lambda *given, **options: change(own(*given, **options))})


def scaled(state: Any) -> Any:
    """A covariance that is off by a thousandth."""
    return dataclasses.replace(state, covariance=1.001 * state.covariance)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("conditional_steady_state", scaled),
        ("conditional_evolve", scaled),
        ("spectrum", np.conj),
        ("spectrum", lambda s: s / (2 * np.pi)),
        ("correlation", np.conj),
        ("g2", lambda g: g - 1),
        ("output_spectrum", lambda s: 2 * s),
    ],
)
def test_what_is_wrong_is_refuted_unasked(name, change):
    """A function that is not the package's own is judged whatever is asked for, and none of it is ours."""
    report = certified(shifted(name, change))
    assert report.verdict is Verdict.REFUTED
    assert {c.kind for c in report.certificates if c.verdict is Verdict.REFUTED} <= {"conditional", "observables"}


@pytest.mark.parametrize("name", ["spectrum", "correlation", "g2", "output_spectrum", "conditional_steady_state"])
def test_the_same_numbers_of_another_are_certified(name):
    """In bare arrays, without errors of their own."""
    assert certified(shifted(name, lambda found: found)).verdict is Verdict.CERTIFIED


def test_an_engine_that_ignores_the_efficiency_is_refuted():
    """√η for η is what happens."""

    def blind(model: Any) -> Any:
        return gaussian.conditional_steady_state(dataclasses.replace(model, eta=model.eta**0.5))

    report = certified(Engine(name="theirs", conditional_steady_state=blind))
    assert report.certificate("conditional").verdict is Verdict.REFUTED


def test_a_model_that_measures_more_than_its_noise_is_refused():
    """Before anything is compared."""
    with pytest.raises(InvalidModel, match="exceed its dissipators"):
        certified(model=Watched(rate=1.1))


def test_unknown_quantities_are_refused_with_the_near_name():
    """And the conditional state of a model that measures nothing."""
    with pytest.raises(InvalidParameter, match="Did you mean spectrum"):
        certified(quantities=["spectra"])
    with pytest.raises(InvalidParameter, match="measurements"):
        crosscheck.certify(crosscheck.models.DampedThermalMode.example(), quantities="conditional")


def test_without_a_steady_state_spectra_are_said_to_be_undecided():
    """They are of a steady state; the reason is told."""

    class Free(crosscheck.models.DampedThermalMode):
        def dissipators(self, a: Any) -> Any:
            return ()

    report = crosscheck.certify(Free.example(), simulate=False, quantities="spectrum")
    assert "no steady state" in report.certificate("observables").note


def test_a_claim_of_no_conditional_steady_state_is_refuted_where_one_is_proved():
    """The proof is in the report's words."""

    def none(model: Any) -> Any:
        raise gaussian.NoSteadyState("No.")

    report = certified(Engine(name="theirs", conditional_steady_state=none))
    assert report.verdict is Verdict.REFUTED
    assert "there provably is one" in report.certificate("conditional").note


class Chosen(Watched):
    """With delays of both signs."""

    taus = (-0.7, 0.5)


def test_delays_may_be_negative():
    """C(−τ) = C(τ)† and g⁽²⁾(−τ) = g⁽²⁾(τ): a right engine is certified there, and one that continues e^{Aτ} is not."""
    asked = ("correlation", "g2")
    assert certified(model=Chosen(), quantities=asked).verdict is Verdict.CERTIFIED

    def continued(model: Any, taus: Any) -> Any:
        found = gaussian.fluctuations.fluctuations(model)
        flows = [scipy.linalg.expm(t * found.drift) for t in taus]
        return np.array([flow @ found.ordered.value for flow in flows])

    wrong = Engine(name="continued", correlation=continued)
    assert certified(wrong, model=Chosen(), quantities=asked).verdict is Verdict.REFUTED


def below(model: Any, omegas: Any) -> Any:
    """With entries below the diagonal twice what they are."""
    found = gaussian.spectrum(model, omegas)
    return found + np.tril(found, -1)


WRONG_IN_PART = {
    "below the diagonal": {"spectrum": below},
    "Im on the diagonal": {"spectrum": lambda m, w: gaussian.spectrum(m, w) + 0.1j * np.eye(4)},
    "complex g2": {"g2": lambda m, t, A: gaussian.g2(m, t, A) + 0.5j},
    "complex output": {"output_spectrum": lambda m, w, **o: gaussian.output_spectrum(m, w, **o) + 0.5j},
}


@pytest.mark.parametrize("functions", WRONG_IN_PART.values(), ids=WRONG_IN_PART)
def test_no_part_of_an_answer_goes_unseen(functions):
    """Of a Hermitian matrix the other half is looked at, and of a real number the imaginary part."""
    report = certified(Engine(name="in part", **functions), quantities=tuple(functions))
    assert report.verdict is Verdict.REFUTED
    assert report.certificate("observables").note.startswith("in part returned")


MISSHAPEN = {
    "g2": {"g2": lambda m, t, A: np.ones(7)},
    "output": {"output_spectrum": lambda m, w, **o: np.ones(1)},
    "text": {"spectrum": lambda m, w: "S"},
    "conditional": {"conditional_evolve": lambda m, t: (np.zeros((0, 4)), np.zeros((0, 4, 4)))},
}


@pytest.mark.parametrize("functions", MISSHAPEN.values(), ids=MISSHAPEN)
def test_answers_of_another_shape_are_the_engines_failure(functions):
    """They refute it, and the certificate's note says what was returned."""
    report = certified(Engine(name="misshapen", **functions))
    assert report.verdict is Verdict.REFUTED
    assert any(c.note.startswith("misshapen returned") for c in report.certificates)


class Cold(Watched):
    """A mode at room temperature's optical occupation, and a detector that nothing reaches."""

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return a.dag() * a + 0.9 * b.dag() * b

    def dissipators(self, a: Any, b: Any) -> Any:
        yield from crosscheck.thermal_bath(a, self.kappa, 1e-17)
        yield crosscheck.Dissipator(0.4, b)

    def measurements(self, a: Any, b: Any) -> Any:
        yield crosscheck.Measurement(0.0 * a)


def test_what_is_asked_and_cannot_be_compared_is_told():
    """An empty mode has no g⁽²⁾, a channel of rate zero no output, two modes no contangle; nothing breaks down."""
    report = certified(model=Cold(), quantities=("g2", "output_spectrum", "residual_contangle", "spectrum"))
    assert report.verdict is Verdict.CERTIFIED
    told = [note.split(".")[0] for note in report.notes]
    assert told == [f"Not compared: {name}" for name in ("g2", "output_spectrum", "residual_contangle")]
    assert report.certificate("observables").note.startswith("g2 of mode 1 is left out")


@pytest.mark.slow
def test_frequencies_that_are_no_numbers_are_refused():
    """And so are delays; the attribute is named."""
    model = Watched()
    for name, value in (("omegas", (np.nan,)), ("omegas", (1j,)), ("taus", "soon")):
        wrong = type("Wrong", (Watched,), {name: value})()
        with pytest.raises(InvalidModel, match=f"The {name} of Wrong must be finite real numbers"):
            certified(model=wrong, quantities=("spectrum", "correlation"))
    assert certified(model=model, quantities="spectrum").notes == ()


class Chain(Watched):
    """Three modes, the outer two entangled by the one between."""

    modes = 3

    def hamiltonian(self, a: Any, b: Any, c: Any) -> Any:
        pairs = 0.3 * (a.dag() * b.dag() + a * b)
        return pairs + 0.2 * (b.dag() * c + c.dag() * b)

    def dissipators(self, a: Any, b: Any, c: Any) -> Any:
        for rate, mode in ((1.0, a), (0.8, b), (0.5, c)):
            yield crosscheck.Dissipator(rate, mode)

    def measurements(self, a: Any, b: Any, c: Any) -> Any:
        return ()


def test_the_mode_of_the_least_contangle_is_part_of_the_answer():
    """An engine with the right minimum that names another mode is refuted."""

    def another(sigma: Any) -> Any:
        value, mode = gaussian.residual_contangle(sigma)
        return value, (int(mode) + 1) % 3

    assert certified(model=Chain(), quantities="residual_contangle").verdict is Verdict.CERTIFIED
    wrong = certified(Engine(name="another", residual_contangle=another), model=Chain())
    assert {c.quantity for c in wrong.refuted} == {"residual_contangle, excess of its mode"}


@dataclass(frozen=True)
class InSeconds(Watched):
    """The same with rates in any unit."""

    unit: float = 1.0

    omegas = None

    @property
    def times(self) -> Any:
        return (0.7 / self.unit,)

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return self.unit * super().hamiltonian(a, b)

    def dissipators(self, a: Any, b: Any) -> Any:
        for found in super().dissipators(a, b):
            yield dataclasses.replace(found, rate=self.unit * found.rate)

    def measurements(self, a: Any, b: Any) -> Any:
        yield crosscheck.Measurement(np.sqrt(self.unit * self.kappa) * a)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_spectra_are_judged_alike_in_every_unit_of_time(unit):
    """S is a time, and small in SI units: a right one is certified, one that is off by a percent refuted."""
    assert certified(model=InSeconds(unit=unit), quantities="spectrum").verdict is Verdict.CERTIFIED
    wrong = Engine(name="off", spectrum=lambda m, w: 1.01 * gaussian.spectrum(m, w))
    assert certified(wrong, model=InSeconds(unit=unit)).verdict is Verdict.REFUTED
