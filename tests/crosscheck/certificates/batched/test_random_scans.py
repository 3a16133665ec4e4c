"""Theorems about random points: what is certified lies within its error of what balls enclose."""

from types import SimpleNamespace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import gaussian
from crosscheck import PointVerdict, certify_points
from crosscheck.certificates.batched import symbol
from crosscheck.certificates.batched.scan import point_of
from crosscheck.certificates.window.kernel import Window
from gaussian import enclosed
from gaussian.enclosed.reading import AsComputed
from tests.crosscheck.certificates.batched.random_scans import random_scan
from tests.random_models import quadratic_models

MEASURES = {
    "log_negativity": lambda state: enclosed.log_negativity(state, party=[0]),
    "mutual_information": lambda state: enclosed.mutual_information(state, party=[0]),
    "entropy": enclosed.entropy,
}


def require_within(report, indices):
    """Every certified value at these points within its error of the enclosed one; and no more states than there are."""
    for (k,) in indices:
        point = point_of(report.model, report.shape, (int(k),))
        try:
            state = enclosed.enclose(lambda point=point: enclosed.steady_state(point), digits=12, strict=False)
        except gaussian.NoSteadyState:
            assert report.verdicts[k] == PointVerdict.NO_STEADY_STATE
            continue
        assert report.verdicts[k] == PointVerdict.CERTIFIED
        for name, measure in MEASURES.items():
            ball = enclosed.enclose(lambda state=state, measure=measure: measure(state), strict=False)
            found = report[name]
            assert abs(float(ball) - found.values[k]) <= found.errors[k] + float(ball.rad()), (name, k)


def decided(report):
    return np.argwhere(np.asarray(report.means) > 0)


def test_certified_values_are_within_their_errors_at_random_points():
    """300 points; of these the 12 with the largest errors and every 40th against balls."""
    report = certify_points(random_scan(300, seed=1), quantities=tuple(MEASURES), budget=1.0)
    assert report.count(PointVerdict.REFUTED) == 0
    assert report.count(PointVerdict.INCONCLUSIVE) <= 3
    assert min(report.count(PointVerdict.CERTIFIED), report.count(PointVerdict.NO_STEADY_STATE)) > 30
    errors = np.where(np.isfinite(report["entropy"].errors), report["entropy"].errors, 0)
    require_within(report, [*np.argsort(errors)[-12:, None], *decided(report)[::40]])


@pytest.mark.slow
def test_of_a_hundred_thousand_random_points_none_is_refuted_and_few_stay_open():
    """500 of them, among them the 100 with the largest errors, against balls."""
    report = certify_points(random_scan(100_000, seed=2), quantities=tuple(MEASURES), budget=30.0)
    assert report.count(PointVerdict.REFUTED) == 0
    assert report.count(PointVerdict.INCONCLUSIVE) < 1000
    errors = np.where(report.verdicts == PointVerdict.CERTIFIED, report["entropy"].errors, 0)
    require_within(report, [*np.argsort(errors)[-100:, None], *decided(report)[::250]])


@given(quadratic_models(st.integers(1, 2)))
@settings(max_examples=8)
def test_the_symbol_holds_the_generator_of_the_window_and_of_gaussian(model):
    """A, d and D, entry by entry: those of `gaussian`, and the Fock window in balls, within the radius."""
    found = symbol.equations(model)
    right = gaussian.moment_equations(model)
    balls = Window(AsComputed(model)).equations()
    for mine, theirs, exact in (
        (found.drift, right.drift, balls.drift),
        (found.drive, right.drive, balls.drive),
        (found.diffusion, right.diffusion, balls.diffusion),
    ):
        enclosed_ = np.array([[float(x) for x in row] for row in exact.tolist()]).reshape(mine.value.shape)
        assert (np.abs(mine.value - enclosed_) <= mine.radius).all()
        assert (np.abs(mine.value - theirs) <= mine.radius).all()
        assert mine.radius.max() < 1e-12


def test_words_that_cancel_are_no_reason_to_refuse():
    """(a†a)² − a†²a² is a†a."""
    plain = SimpleNamespace(modes=1, hamiltonian=lambda a: 0.7 * a.dag() * a)
    written = SimpleNamespace(modes=1, hamiltonian=lambda a: 0.7 * ((a.dag() * a) ** 2 - a.dag() ** 2 * a**2))
    assert np.allclose(symbol.equations(written).drift.value, symbol.equations(plain).drift.value, atol=1e-15)
    with pytest.raises(gaussian.NotQuadratic):
        symbol.equations(SimpleNamespace(modes=1, hamiltonian=lambda a: (a.dag() * a) ** 2))
