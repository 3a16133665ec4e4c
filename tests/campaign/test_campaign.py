"""The campaign draws what it says, the same each time; its corruptions change answers, and its counts count."""

import contextlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import gaussian
from crosscheck.certificates.positivity import completely_positive
from crosscheck.certify import exact_truth
from crosscheck.engine import GAUSSIAN
from tests.campaign.corruptions import CORRUPTIONS, COUNTS, Exact, corrupted, deviation
from tests.campaign.kinds import KINDS, Trial
from tests.campaign.run import Outcome, Plan, attempt, run, saved
from tests.campaign.table import failures, markdown

ROUNDS = 4


def models(kind):
    """The first few of a kind, without coefficients that move."""
    index = list(KINDS).index(kind)
    return [replace(Trial(3, index + len(KINDS) * k).model, modulations=()) for k in range(ROUNDS)]


def damping(model):
    """Real parts of the eigenvalues of the drift, rising, and the scale on which they are zero."""
    a = gaussian.drift(model)
    return np.sort(np.linalg.eigvals(a).real), 1e-7 * max(1.0, float(np.linalg.norm(a)))


def test_every_kind_is_at_least_a_twentieth_of_the_mix():
    counts = Counter(Trial(0, number).kind for number in range(300))
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 0.05 * 300


def test_a_model_is_known_by_its_seed_and_number():
    assert Trial(7, 100).model == Trial(7, 100).model
    assert len({repr(Trial(seed, number).model) for seed in (7, 8) for number in (4, 4 + len(KINDS))}) == 4


def test_there_are_one_two_and_three_modes():
    assert {Trial(1, number).model.modes for number in range(64)} == {1, 2, 3}


def test_unstable_models_have_an_eigenvalue_above_zero():
    for model in models("unstable"):
        values, zero = damping(model)
        assert values[-1] > zero


@pytest.mark.parametrize("kind", ["marginal", "dark"])
def test_marginal_and_dark_models_have_an_eigenvalue_without_damping(kind):
    for model in models(kind):
        values, _ = damping(model)
        # Two equal eigenvalues may stand in a Jordan block, which rounding splits by its root.
        assert abs(values[-1]) < 1e-6


def test_dark_modes_are_decoherence_free():
    """D vanishes on a quadrature that the drift does not damp."""
    for model in models("dark"):
        values = np.linalg.eigvalsh(gaussian.diffusion(model))
        assert np.sum(values < 1e-12) >= 2


@pytest.mark.parametrize("kind", ["plain", "squeezed bath", "correlated bath", "driven", "exceptional point", "hot"])
def test_stable_kinds_are_stable(kind):
    for model in models(kind):
        values, zero = damping(model)
        assert values[-1] < -zero


def test_exceptional_points_have_a_jordan_block():
    """Eigenvectors are parallel to rounding, which moves a double eigenvalue by its square root."""
    for model in models("exceptional point"):
        _, vectors = np.linalg.eig(gaussian.drift(model))
        assert np.linalg.cond(vectors) > 1e6


def test_hot_and_stiff_and_laboratory_models_are_far_from_one():
    assert all(np.abs(gaussian.diffusion(m)).max() > 1 for m in models("hot"))
    for model in models("stiff"):
        rates = [abs(rate) for rate, _, _ in model.baths if rate] + [abs(model.number[0][0])]
        assert max(rates) / min(rates) > 1e8
    assert all(np.abs(gaussian.drift(m)).max() > 1e6 for m in models("SI units"))


def test_starts_and_drives_are_what_their_kinds_say():
    assert all(np.abs(gaussian.moment_equations(m).drive).max() > 0.1 for m in models("driven"))
    assert all(np.abs(gaussian.initial_state(m).mean).max() > 0.1 for m in models("displaced start"))
    assert all(np.linalg.eigvalsh(gaussian.initial_state(m).covariance)[0] < 0.5 for m in models("strong squeezing"))


def test_only_brownian_models_are_not_of_lindblad_form():
    for kind in KINDS:
        assert all(completely_positive(m) is (kind != "not Lindblad") for m in models(kind)), kind


def test_correlated_baths_cross_modes_and_squeezed_ones_have_phases():
    for model in models("correlated bath"):
        assert any(
            sum(any(map(abs, (*left[2 * j : 2 * j + 2], *right[2 * j : 2 * j + 2]))) for j in range(model.modes)) > 1
            for _, left, right in model.baths
        )
    for model in models("squeezed bath"):
        d = gaussian.diffusion(model)
        assert any(np.ptp(np.linalg.eigvalsh(d[i : i + 2, i : i + 2])) > 0.01 for i in range(0, len(d), 2))


def test_time_dependent_models_depend_on_time():
    index = list(KINDS).index("time-dependent")
    assert all(gaussian.is_time_dependent(Trial(3, index + 16 * k).model) for k in range(ROUNDS))


def test_the_right_engine_deviates_by_nothing_and_corruptions_by_more_than_the_tolerance():
    trial = Trial(0, 1)
    truth = exact_truth(trial.model)
    assert deviation(GAUSSIAN, trial.model, Exact.of(trial.model, truth)) < 1e-6
    _, engine, moved = corrupted(trial.rng(1), trial.model, truth)
    assert moved > COUNTS
    assert moved == deviation(engine, trial.model, Exact.of(trial.model, truth))


@pytest.mark.slow
def test_each_corruption_changes_the_answers_for_some_model():
    """On seven models, the last of three modes that are all observed."""
    left = set(CORRUPTIONS)
    for number in (8, 24, 37, 7, 6, 0, 3):
        model = replace(Trial(0, number).model, seen=())
        exact = Exact.of(model, exact_truth(model))
        for name in sorted(left):
            with contextlib.suppress(gaussian.NoSteadyState):
                if deviation(CORRUPTIONS[name](np.random.default_rng(0), model), model, exact) > COUNTS:
                    left.remove(name)
    assert not left


def test_right_models_are_not_refuted_and_corrupted_ones_are(tmp_path):
    """A dozen small ones, theorems only; a second run finds them in the file."""
    trials = [t for t in (Trial(5, n) for n in range(60)) if t.model.size == 1 and t.kind != "time-dependent"][:12]
    found = run(trials, Plan(simulate=0), out=tmp_path / "all.jsonl")
    assert not {o.verdict for o in found} & {"refuted", "crashed"}
    assert sum(bool(o.corruption) for o in found) > 6
    assert not any(o.found == "certified" for o in found)
    assert saved(tmp_path / "all.jsonl") == found == run(trials, Plan(simulate=0), out=tmp_path / "all.jsonl")


def test_each_so_many_th_of_a_kind_is_simulated_and_corrupted():
    """Both counts are of models of the same kind; what depends on time is always simulated."""
    plan = Plan(simulate=10, corrupt=4)
    trials = [Trial(0, n) for n in range(16 * 20)]
    assert [t.round for t in trials if t.kind == "plain" and plan.simulates(t)] == [0, 10]
    assert sum(map(plan.corrupts, trials)) == len(trials) / 4
    assert all(plan.simulates(t) for t in trials if t.kind == "time-dependent")
    assert not any(Plan(simulate=0, corrupt=0).simulates(t) or Plan(corrupt=0).corrupts(t) for t in trials)


def test_what_is_raised_is_a_crash_with_its_place(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("a reason")

    monkeypatch.setattr("tests.campaign.run.exact_truth", broken)
    outcome = attempt(Trial(0, 0), Plan())
    assert outcome.verdict == "crashed"
    assert "ZeroDivisionError in test_campaign.py" in outcome.reasons[0]


def outcome(number, verdict="certified", found="refuted"):
    return Outcome(
        seed=0,
        number=number,
        kind="plain",
        modes=1,
        simulated=False,
        verdict=verdict,
        corruption="drift-sign",
        found=found,
    )


def test_a_campaign_fails_for_one_wrong_verdict():
    good = [outcome(n) for n in range(100)]
    assert failures(good) == []
    assert failures([*good, outcome(100, "inconclusive")]) == []
    assert failures([*good, outcome(100, "refuted")]) == ["1 right models are refuted"]
    assert failures([*good, outcome(100, found="certified")]) == ["1 corrupted engines are certified"]
    assert "3.8% of all are inconclusive" in failures([*good, *(outcome(n, "inconclusive") for n in range(4))])
    assert markdown(good).splitlines()[-1].startswith("| all | 100 | 100 | 0 | 0 | 0 |")
