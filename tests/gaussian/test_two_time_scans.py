"""Two-time correlations and spectra of scans, their errors, and what has none."""

from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from crosscheck.models import ParametricOscillator
from tests.gaussian.warm import KAPPA, OMEGA, annihilate, create, number, warm


def test_every_point_of_a_scan_has_its_own_spectrum():
    """Fields of shapes (3, 1) and (2,), frequencies of shape (4, 5): everything broadcasts, operators too."""
    epsilon, kappa = np.array([0.1, 0.2, 0.3])[:, None], np.array([1.0, 1.5])
    omegas = np.linspace(-2, 2, 20).reshape(4, 5)
    scan = ParametricOscillator(epsilon=epsilon, kappa=kappa)
    found = [
        gaussian.spectrum(scan, omegas),
        gaussian.spectrum(scan, omegas, number, number),
        gaussian.correlation(scan, omegas, number, annihilate),
        gaussian.correlation(scan, omegas),
        gaussian.g2(scan, omegas, annihilate),
    ]
    assert [f.shape for f in found] == [
        (3, 2, 4, 5, 2, 2),
        (3, 2, 4, 5),
        (3, 2, 4, 5),
        (3, 2, 4, 5, 2, 2),
        (3, 2, 4, 5),
    ]
    for j, k in np.ndindex(3, 2):
        one = ParametricOscillator(epsilon=epsilon[j, 0], kappa=kappa[k])
        alone = [
            gaussian.spectrum(one, omegas),
            gaussian.spectrum(one, omegas, number, number),
            gaussian.correlation(one, omegas, number, annihilate),
            gaussian.correlation(one, omegas),
            gaussian.g2(one, omegas, annihilate),
        ]
        assert all(np.allclose(f[j, k], a, atol=1e-13) for f, a in zip(found, alone, strict=True))


def test_points_without_a_steady_state_are_refused_or_nan():
    scan = ParametricOscillator(epsilon=np.array([0.1, 0.7, 0.5]), kappa=1.0)
    with pytest.raises(gaussian.UnstableDrift, match="2 of 3 points"):
        gaussian.spectrum(scan, [0.0])
    for call in (
        lambda m, **how: gaussian.spectrum.with_error(m, [0.0, 1.0], **how),
        lambda m, **how: gaussian.spectrum.with_error(m, [0.0, 1.0], number, number, **how),
        lambda m, **how: gaussian.correlation.with_error(m, [0.0, 1.0], **how),
        lambda m, **how: gaussian.correlation.with_error(m, [0.0, 1.0], number, annihilate, **how),
        lambda m, **how: gaussian.g2.with_error(m, [0.0, 1.0], annihilate, **how),
    ):
        found = call(scan, missing="nan")
        assert np.isnan(found.value[1:]).all()
        assert np.isposinf(found.error[1:]).all()
        assert np.allclose(found.value[0], call(ParametricOscillator(epsilon=0.1, kappa=1.0)).value)
        assert np.isfinite(found.error[0]).all()


def test_errors_grow_with_the_rounding_of_the_rates_and_hold():
    """At n̄ = 10⁶ the damping γ(n̄ + 1) − γn̄ has lost six digits, and so has the height of the resonance."""
    cold, hot = (gaussian.spectrum.with_error(warm(n), OMEGA, annihilate, create) for n in (1.0, 1e6))
    for found, n in ((cold, 1.0), (hot, 1e6)):
        assert abs(found.value - (n + 1) * 4 / KAPPA) <= found.error
    assert hot.error / abs(hot.value) > 1e4 * cold.error / abs(cold.value)
    assert hot.error < 1e-7 * abs(hot.value)


@pytest.mark.parametrize("call", [gaussian.spectrum, gaussian.correlation])
def test_what_has_no_stationary_spectrum_is_refused(call):
    with pytest.raises(gaussian.TimeDependent, match="stationary correlation or spectrum needs a constant generator"):
        call(SimpleNamespace(modes=1, hamiltonian=lambda a: [a.dag() * a, [a + a.dag(), np.cos]]), [0.0])
    with pytest.raises(gaussian.MarginalDrift):
        call(SimpleNamespace(modes=1, hamiltonian=lambda a: 0 * a), [0.0])
    with pytest.raises(gaussian.UnstableDrift):
        call(ParametricOscillator(0.6, 1.0), [0.0])
    with pytest.raises(gaussian.NotQuadratic, match=r"operator A must have degree ≤ 2 .* a†aa has degree 3"):
        call(warm(), [0.0], lambda a: a.dag() * a * a, annihilate)
    with pytest.raises(gaussian.InvalidArgument, match="A and B must be given together, but B is not given"):
        call(warm(), [0.0], annihilate)
    with pytest.raises(
        gaussian.InvalidArgument, match=r"B must be a function of 1 ladder operator, but takes \(a, b\)"
    ):
        call(warm(), [0.0], annihilate, lambda a, b: b)
    with pytest.raises(gaussian.InvalidArgument, match="A must be a function of the ladder operators, but is 3"):
        call(warm(), [0.0], 3, annihilate)
    with pytest.raises(gaussian.InvalidArgument, match="must be an array of real numbers"):
        call(warm(), [1j])
    with pytest.raises(gaussian.InvalidArgument, match="must be finite, but contains nan"):
        call(warm(), [0.0, np.nan])


def test_g2_is_of_linear_operators():
    with pytest.raises(gaussian.NotQuadratic, match=r"operator A must have degree ≤ 1 .* a†a has degree 2"):
        gaussian.g2(warm(), [0.0], number)
