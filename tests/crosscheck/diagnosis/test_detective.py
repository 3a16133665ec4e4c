"""The search: right codes are never blamed, and the smallest set of changes is found."""

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import gaussian
from crosscheck.diagnosis.code.change import OCCUPATIONS
from crosscheck.diagnosis.code.claim import TOLERANCE
from crosscheck.diagnosis.code.detective import Detective
from crosscheck.diagnosis.code.evidence import Evidence
from crosscheck.diagnosis.code.explanation import Explanation, WrongEntry
from crosscheck.diagnosis.code.factors import families, linear
from crosscheck.diagnosis.code.fields import with_fields
from crosscheck.diagnosis.code.frames import Frame, frames
from crosscheck.diagnosis.code.observables import Observable
from crosscheck.diagnosis.code.readings import Readings, named_factor
from crosscheck.models import DampedThermalMode, HeatBathPair, ReservoirGravity, ThermalNetwork
from tests.crosscheck.diagnosis.user_codes import MIRROR
from tests.random_models import quadratic_models

MODEL = ReservoirGravity.example()
RIGHT = gaussian.moment_equations(MODEL)


def explained(model, moving=False, **claims):
    observables = [Observable(name=name, claim=np.asarray(c, float), tolerance=1e-6) for name, c in claims.items()]
    return Detective(Evidence(Readings.of(model), observables, list(frames(model.modes, moving=moving)))).explanations()


def of_equations(model, frame=None):
    """A, d and D as a code with the conventions of a frame has them."""
    frame = frame or Frame(order=tuple(range(2 * model.modes)))
    found = gaussian.moment_equations(model)
    return {
        "drift": frame.theirs(found.drift),
        "drive": frame.theirs_vector(found.drive, frame.amplitude),
        "diffusion": frame.theirs(found.diffusion, 2 * frame.vacuum),
    }


@settings(max_examples=10)
@given(quadratic_models(modes=st.just(2)), st.data())
@pytest.mark.slow
def test_a_right_code_is_never_blamed_whatever_its_conventions(model, data):
    """The first explanation of a right code is its conventions, or fewer that do the same; no mistake comes before."""
    frame = data.draw(st.sampled_from(list(frames(2, moving=True))))
    first = explained(model, moving=True, **of_equations(model, frame))[0]
    assert first.is_convention
    assert len(first.conventions) <= len(frame.changes)


@settings(max_examples=6)
@given(quadratic_models(modes=st.just(2)), st.integers(0, 3), st.integers(0, 3), st.sampled_from([2.0, -1.0, 0.3]))
def test_one_wrong_entry_is_one_change(model, j, k, factor):
    """An entry of A that is off by a factor is explained by one change, and that entry is among what is shown."""
    claims = of_equations(model)
    assume(abs(claims["drift"][j, k]) > 1e-2)
    claims["drift"] = claims["drift"].copy()
    claims["drift"][j, k] *= factor
    found = explained(model, moving=True, **claims)
    assert all(e.size == 1 for e in found)
    entries = [e.entries[0] for e in found if e.entries]
    assert any(entry.row == (j, k) and np.isclose(entry.factor, factor) for entry in entries)


FACTORS = [(field, factor) for field in ("k_M", "gamma", "detuning", "Gamma") for factor in (0.0, -1.0, 2.0, 0.5)]


@pytest.mark.parametrize(("field", "factor"), [*FACTORS, ("k_M", 1.37), ("gamma", 1.37)])
@pytest.mark.slow
def test_one_wrong_parameter_is_named(field, factor):
    """Any factor on any parameter, named or not: its name comes first, or a convention that does the same does."""
    wrong = with_fields(MODEL, ((field, factor * getattr(MODEL, field)),))
    found = explained(MODEL, **of_equations(wrong))
    named = [e for e in found if not e.is_convention]
    words = named[0].defects[0] + "".join(named[0].same)
    assert field in words, words
    assert named_factor(factor) in words.replace("−", "−") or factor in (0.0, -1.0, 1.37)


def test_a_parameter_in_the_diffusion_only_is_told_from_one_in_both():
    """γ doubled in D, with A right, and γ doubled in both."""
    twice = replace(MODEL, gamma=2 * MODEL.gamma)
    both = explained(MODEL, drift=gaussian.drift(twice), diffusion=gaussian.diffusion(twice))
    only = explained(MODEL, drift=RIGHT.drift, diffusion=gaussian.diffusion(twice))
    assert [e.defects[0].endswith("in the diffusion only") for e in both] == [False]
    assert any(d.startswith("gamma") and d.endswith("in the diffusion only") for e in only for d in e.defects)


def test_two_mistakes_are_both_named():
    """A parameter with the wrong sign and another one doubled."""
    wrong = replace(MODEL, k_M=-MODEL.k_M, gamma=2 * MODEL.gamma)
    (first, *_) = explained(MODEL, **of_equations(wrong))
    assert {d.split()[0] for d in first.defects} == {"k_M", "gamma"}


def test_two_plausible_explanations_are_both_shown():
    """D twice as large is a vacuum of 1, or noise counted twice: numbers alone cannot tell."""
    convention, mistake = explained(MODEL, drift=RIGHT.drift, diffusion=2 * RIGHT.diffusion)
    assert "vacuum has the covariance 1" in convention.conventions[0]
    assert convention.is_convention
    assert "all noise is twice" in mistake.defects[0]


def test_nothing_is_explained_that_is_not_a_misreading():
    """A random matrix has no explanation; what differs is listed."""
    noise = np.random.default_rng(3).normal(size=(4, 4))
    observables = [Observable(name="drift", claim=RIGHT.drift + noise, tolerance=1e-6)]
    detective = Detective(Evidence(Readings.of(MODEL), observables, list(frames(2))))
    assert detective.explanations() == []
    assert len(detective.nearest()[1]) > 8


@pytest.mark.parametrize("model", [HeatBathPair.example(), ThermalNetwork.example()], ids=lambda m: type(m).__name__)
def test_a_dropped_term_is_named(model):
    """Whatever the terms are (not of Lindblad form, correlated rates): leaving one out is one change, that term's."""
    readings = Readings.of(model)
    for term in readings.apart.terms[:3]:
        claims = {
            "drift": gaussian.drift(model) - term.unitary - term.damping,
            "diffusion": gaussian.diffusion(model) - term.noise,
        }
        found = [e for e in explained(model, **claims) if not e.is_convention]
        acting = {t.key for e in found for change in e.changes for t in readings.acting(change)}
        assert term.key in acting or any(e.entries for e in found), term.text


def test_small_sets_come_before_large_ones():
    """Order of explanations: size, then mistakes, then how natural they are."""
    ours, xxpp = (next(f for f in frames(2) if len(f.changes) == size) for size in (0, 1))
    change = Readings(MODEL).changes[0]
    assert Explanation(frame=ours).order < Explanation(frame=xxpp).order
    assert Explanation(frame=xxpp).order < Explanation(frame=ours, changes=(change,)).order


@pytest.mark.parametrize(
    "name", ["n", "N", "nbar", "n_m", "n_hot", "n_th_a", "n1", "nc", "nbar_2", "occupation", "start"]
)
def test_names_of_occupations(name):
    """What counts quanta may lack its ½; names of subscripts are free."""
    assert OCCUPATIONS.fullmatch(name)


@pytest.mark.parametrize("name", ["nu", "noise", "kappa", "omega_n", "gamma_th", "g"])
def test_names_of_no_occupations(name):
    """Rates and frequencies do not."""
    assert not OCCUPATIONS.fullmatch(name)


def test_terms_are_counted_before_their_sum_is_changed():
    """Cavity noise κ/2 doubled, then without its vacuum noise κ, is 0, in whatever order it is asked for."""
    readings = Readings(MIRROR)
    texts = ("𝓓[a] counted 2 times", "vacuum noise is missing: n̄ in D")
    chosen = [next(c for c in readings.changes if text in c.text and not c.scope) for text in texts]
    for changes in (chosen, chosen[::-1]):
        assert np.allclose(np.diag(readings.pieces(changes).noise)[:2], 0)


def test_vacuum_noise_may_be_missing_in_one_bath():
    """The mirror has γn̄ for γ(n̄ + ½), the cavity keeps κ/2."""
    readings = Readings(MIRROR)
    (missing,) = [c for c in readings.changes if c.text.startswith("vacuum noise of the baths of mode 2 is missing")]
    expected = [MIRROR.kappa / 2] * 2 + [MIRROR.gamma * MIRROR.nbar] * 2
    assert np.allclose(readings.pieces([missing]).noise, np.diag(expected))


def test_every_explanation_gives_the_numbers_it_explains():
    """Cavity noise of vacuum 1 and twice the mirror's on top: no set of factors is shown that gives other numbers."""
    noise = np.diag(np.repeat([MIRROR.kappa, 4 * MIRROR.gamma * (MIRROR.nbar + 0.5)], 2))
    observable = Observable(name="diffusion", claim=noise, tolerance=TOLERANCE)
    evidence = Evidence(Readings(MIRROR), [observable], list(frames(2)))
    found = Detective(evidence).explanations()
    assert found
    for e in found:
        assert e.entries or not evidence.wrong(evidence.predict([e.changes]), evidence.frames.index(e.frame)).any()


def test_two_free_factors_of_terms_that_overlap_are_found():
    """Loss 1.7 and heating 0.6 times what they are: both are in every entry of the damping and of D."""
    model = DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4)
    loss, heat = 1.7 * 0.5 * 1.4, 0.6 * 0.5 * 0.4
    drift = np.array([[(heat - loss) / 2, 1.0], [-1.0, (heat - loss) / 2]])
    claims = {"drift": drift, "diffusion": (loss + heat) / 2 * np.eye(2)}
    observables = [Observable(name=name, claim=c, tolerance=1e-6) for name, c in claims.items()]
    evidence = Evidence(Readings.of(model), observables, [Frame(order=(0, 1))])
    found = linear(evidence, families(evidence), 0, evidence.right[0], 2)
    assert {(0.6, 1.7)} <= {tuple(sorted(round(c.factor, 6) for c in changes)) for changes in found}


def test_an_entry_that_should_vanish_has_no_factor():
    """Rounding is no number to divide by: 2 in place of 1e-17 is not 2e17 times as large."""
    entry = WrongEntry(entry="σ[x1, p1]", index=(0, 1), claimed=2.0, right=1e-17)
    assert entry.factor is None
    assert "belongs to no term" in entry.text


def test_no_change_of_the_catalogue_fails_on_a_model_that_takes_any_number():
    """What a model refuses is passed over in the search, so a change that is itself broken would never be missed."""
    readings = Readings.of(MODEL)
    for change in readings.changes:
        pieces = readings.pieces([change])
        assert pieces.drift.shape == pieces.noise.shape == (4, 4), change.text
    assert len({change.text for change in readings.changes}) > 300
