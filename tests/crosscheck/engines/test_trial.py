"""What an engine is judged on: its own offers, in certificates of models and in closed forms."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from crosscheck import certify
from crosscheck.engines import plugins, try_engines
from crosscheck.engines.adoption import NotANumber, adopt, real
from crosscheck.engines.questions import closed_forms
from crosscheck.engines.survey import HEADINGS, Survey, survey
from crosscheck.models import BathBeamSplitter, DampedThermalMode, HeatBathPair, LossyTwinBeams
from crosscheck.report.verdict import Verdict

BEAMS = LossyTwinBeams.example()
EQUATIONS = ("drift", "drive", "diffusion")
OURS = {
    "log_negativity": lambda sigma, party: gaussian.log_negativity(sigma, party=party),
    "entropy": gaussian.entropy,
    "moment_equations": lambda model: list(map(vars(gaussian.moment_equations(model)).get, EQUATIONS)),
    "evolve": lambda model, times: (gaussian.evolve(model, times).mean, gaussian.evolve(model, times).covariance),
    "steady_state": lambda model: (gaussian.steady_state(model).mean, gaussian.steady_state(model).covariance),
}


def engine(**functions):
    return adopt(SimpleNamespace(**functions), "theirs")


def offering(*names):
    return engine(**{name: OURS[name] for name in names})


@pytest.mark.parametrize(
    ("names", "kinds", "quantities"),
    [
        (["log_negativity"], {"measures"}, {"log_negativity"}),
        (["entropy"], {"measures"}, {"entropy"}),
        (["moment_equations"], {"generator"}, {"A", "d", "D"}),
        (["steady_state"], {"window"}, {"⟨", "σ"}),
        (["moment_equations", "log_negativity"], {"generator", "measures"}, {"A", "d", "D", "log_negativity"}),
    ],
)
def test_certificates_speak_of_what_is_offered_only(names, kinds, quantities):
    """No generator or window of an engine that has measures only, no measure of one that has moments only."""
    report = certify(BEAMS, engine=offering(*names))
    assert report.verdict is Verdict.CERTIFIED
    assert {c.kind for c in report.certificates} == kinds
    found = {c.quantity.split("[")[0] for kind in report.certificates for c in kind.comparisons}
    assert {"⟨" if q.startswith("⟨") else q for q in found} == quantities


def test_steady_states_alone_are_held_against_the_window_at_no_other_place():
    report = certify(BEAMS, engine=offering("steady_state"))
    assert {c.place for c in report.certificate("window").comparisons} == {"steady state"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("log_negativity", lambda sigma, party: gaussian.log_negativity(sigma, party=party) / math.log(2)),
        ("log_negativity", lambda sigma, party: complex(gaussian.log_negativity(sigma, party=party), 1e-9)),
        ("log_negativity", lambda sigma, party: math.nan),
        ("entropy", lambda sigma: 1 / 0),
        ("evolve", lambda model, times: (OURS["evolve"](model, times)[0], 1.001 * OURS["evolve"](model, times)[1])),
        ("moment_equations", lambda model: [x.T * 1.01 for x in OURS["moment_equations"](model)]),
    ],
)
def test_a_wrong_offer_is_refuted(name, wrong):
    """Bits for nats, a complex number, NaN, an exception, a thousandth of a covariance, a hundredth of a drift."""
    (trial,) = try_engines([engine(**{name: wrong})], [BEAMS])
    assert trial.verdict is Verdict.REFUTED
    (finding,) = trial.findings
    assert (finding.function, finding.verdict) == (name, Verdict.REFUTED)
    assert finding.wrong >= 1
    assert finding.evidence


def test_what_an_engine_says_that_it_cannot_do_is_noted_and_not_held_against_it():
    def two_only(sigma, party):
        if len(sigma) != 4:
            raise NotImplementedError("two modes only")
        return gaussian.log_negativity(sigma, party=party)

    def nothing(model, times):
        raise NotImplementedError("no dynamics today")

    modest = engine(log_negativity=two_only, evolve=nothing)
    (trial,) = try_engines([modest], [BEAMS, DampedThermalMode.example()])
    assert trial.verdict is Verdict.CERTIFIED
    assert trial.limits == (
        "theirs does not give log_negativity: two modes only.",
        "theirs does not give evolve: no dynamics today.",
    )
    assert not trial.reports[2].certificates, "one mode has no E_N, and there was nothing else to ask"


def test_no_partial_engine_is_asked_about_operators_that_are_no_states():
    """HeatBathPair loses positivity; E_N of what is no state is a question to complete engines only."""
    asked = []

    def log_negativity(sigma, party):
        asked.append(bool(gaussian.is_physical(sigma)))
        return gaussian.log_negativity(sigma, party=party)

    certify(HeatBathPair.example(), engine=engine(log_negativity=log_negativity))
    assert all(asked)


def test_closed_forms_are_asked_one_by_one():
    """One exception spoils one answer, not the certificate."""

    def fragile(sigma):
        if len(sigma) > 2:
            raise ValueError("too large")
        return gaussian.purity(sigma)

    (certificate,) = closed_forms(engine(purity=fragile)).certificates
    wrong = [c.quantity for c in certificate.comparisons if c.verdict is Verdict.REFUTED]
    assert 0 < len(wrong) < len(certificate.comparisons)
    assert "too large" in certificate.note


def test_real_numbers_only():
    """A vanishing imaginary part is none; any other is not dropped."""
    assert real(np.complex128(2.0)) == 2.0
    assert real(np.bool_(True)) == 1.0
    with pytest.raises(NotANumber, match=r"complex number 2\+1e-12j"):
        real(2 + 1e-12j)
    with pytest.raises(NotANumber):
        real(2 - 1e-12j)


def test_a_spectrum_has_as_many_values_as_modes():
    with pytest.raises(NotANumber, match="the 2 symplectic eigenvalues have the shape"):
        engine(symplectic_eigenvalues=lambda sigma: np.ones(4)).symplectic_eigenvalues(np.eye(4))


def test_a_survey_shows_every_engine_once_in_every_form():
    (plugin,) = plugins(["qutip-cv"])
    outcome = survey([plugin], [BathBeamSplitter.example()])
    assert isinstance(outcome, Survey)
    names = [e.name for e in plugin.engines]
    assert [row[0] for row in outcome.rows()] == names
    assert [e["engine"] for e in outcome.to_dict()["engines"]] == names
    for text in (str(outcome), outcome._repr_html_()):
        assert all(name in text for name in names)


def test_who_always_says_yes_is_refuted_on_what_is_not_physical_alone():
    (certificate,) = closed_forms(engine(is_physical=lambda sigma: True)).certificates
    wrong = [c for c in certificate.comparisons if c.verdict is Verdict.REFUTED]
    assert [c.fock for c in wrong] == [c.fock for c in certificate.comparisons if c.fock == 0]
    assert 0 < len(wrong) < len(certificate.comparisons)


def test_correlations_of_a_product_state_are_refuted():
    """A millinat where there is none."""
    (certificate,) = closed_forms(engine(mutual_information=lambda sigma, party: 1e-3)).certificates
    assert all(c.verdict is Verdict.REFUTED for c in certificate.comparisons)


def test_a_survey_is_as_good_as_its_worst_engine_and_tells_silence_from_absence():
    """What follows from refuted equations of motion is offered (·) and not asked; what is missing is –."""

    def doubled(model):
        a, d, noise = OURS["moment_equations"](model)
        return a, d, 2 * noise

    outcome = Survey(
        trials=try_engines(
            [offering("log_negativity"), engine(moment_equations=doubled, evolve=OURS["evolve"])], [BEAMS]
        )
    )
    assert outcome.verdict is Verdict.REFUTED
    cells = dict(zip(HEADINGS, outcome.rows()[1], strict=True))
    assert (cells["A, d, D"][0], cells["σ(t)"], cells["S"]) == ("✗", "·", "–")
