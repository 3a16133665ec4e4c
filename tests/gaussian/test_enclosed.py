"""Enclosed equations of motion hold the exact ones; what is not constant, quadratic and Hermitian is refused."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck.model import Dissipator, p, x
from crosscheck.models import ThermalNetwork
from gaussian import enclosed
from gaussian.enclosed import Ball
from tests.enclosures import COARSE, FINE, Oscillator, assert_contained, at, holds, midpoints, numbers
from tests.random_models import quadratic_models


def test_the_drift_of_a_decimal_rate_holds_the_rational():
    """𝓓[a] at rate 0.1 damps by exactly 1/20, which no double is."""
    drift = at(FINE, lambda: enclosed.moment_equations(Oscillator(loss=0.1)).drift)
    assert holds(drift[0, 0], Fraction(-1, 20))
    assert drift[0, 0].rad() < 1e-170
    assert not drift[0, 0].contains(flint.arb(gaussian.drift(Oscillator(loss=0.1))[0, 0]))


@pytest.mark.parametrize("tenth", [0.1, "0.1", Fraction(1, 10), Decimal("0.1")])
def test_parameters_may_be_floats_strings_fractions_and_decimals(tenth):
    """All read as one tenth."""
    drift = at(FINE, lambda: enclosed.moment_equations(Oscillator(loss=tenth)).drift)
    assert holds(drift[0, 0], Fraction(-1, 20))
    assert drift[0, 0].rad() < 1e-170


def test_single_precision_is_the_binary_number_that_it_is():
    """np.float32(0.1) is 0.100000001…, for the double-precision engine as well."""
    drift = at(FINE, lambda: enclosed.moment_equations(Oscillator(loss=np.float32(0.1))).drift)
    assert holds(drift[0, 0], -Fraction(float(np.float32(0.1))) / 2)


@given(quadratic_models())
def test_equations_of_motion_are_contained_and_agree_with_doubles(model):
    """A, d and D of random models; the double engine is within its own rounding."""
    assert_contained(lambda: enclosed.moment_equations(model))
    found, doubles = at(COARSE, enclosed.moment_equations, model), gaussian.generator.moment_equations(model)
    for name in ("drift", "drive", "diffusion"):
        expected = getattr(doubles, name).reshape(2 * model.modes, -1)
        assert np.abs(midpoints(getattr(found, name)) - expected).max() <= doubles.rounding + 1e-14


def exact_network():
    """(G¹, G²) of ThermalNetwork.example(): n̄ and the projectors of h from its 2×2 closed form."""
    q = flint.fmpq
    a, b, c = flint.arb(1), flint.arb(q(6, 5)), flint.acb(flint.arb(q(1, 5)), flint.arb(q(1, 5)))
    h = flint.acb_mat([[a, c], [c.conjugate(), b]])
    half_gap = ((a - b) ** 2 / 4 + abs(c) ** 2).sqrt()
    gain, loss = flint.acb_mat(2, 2), flint.acb_mat(2, 2)
    for sign in (1, -1):
        omega, other = (a + b) / 2 + sign * half_gap, (a + b) / 2 - sign * half_gap
        projector = (h - flint.acb_mat([[other, 0], [0, other]])) * (1 / (omega - other))
        for mode, temperature, kappa in ((0, q(2, 5), q(2, 5)), (1, q(9, 10), q(1, 5))):
            nbar = 1 / (omega / temperature).expm1()
            channel = flint.acb_mat(2, 2)
            channel[mode, mode] = 1
            gain += projector * channel * projector * (kappa * nbar)
            loss += projector.conjugate() * channel * projector.conjugate() * (kappa * (1 + nbar))
    return gain, loss


def test_a_model_with_numpy_inside_holds_its_exact_coefficients():
    """ThermalNetwork diagonalises in double precision; its drift holds the one of the closed form, to 1e-14."""
    gain, loss = at(FINE, exact_network)
    h = np.array([[1, 0.2 + 0.2j], [0.2 - 0.2j, 1.2]])
    drift = at(FINE, lambda: enclosed.moment_equations(ThermalNetwork.example()).drift)
    for j in range(2):
        for k in range(2):
            # d⟨a_j⟩/dt = Σ_k (½G¹_jk − ½G²_kj − ih_jk)⟨a_k⟩
            rate = at(FINE, lambda j=j, k=k: (gain[j, k] - loss[k, j]) / 2 - flint.acb(0, 1) * Ball(complex(h[j, k])).z)
            assert drift[2 * j, 2 * k].contains(rate.real.mid())
            assert drift[2 * j + 1, 2 * k].contains(rate.imag.mid())
    assert 0 < max(entry.rad() for entry in drift.entries()) < 1e-14


def test_a_model_with_numpy_inside_has_a_steady_state_and_evolves():
    """Its double-precision moments lie in the intervals, which are as wide as its coefficients are known."""
    model = ThermalNetwork.example()
    steady = enclosed.enclose(lambda: enclosed.steady_state(model), width=1e-25, strict=False)
    (later,) = enclosed.enclose(lambda: enclosed.evolve(model, [0.5]), width=1e-25, strict=False)
    for found, doubles in ((steady, gaussian.steady_state(model)), (later, gaussian.evolve(model, [0.5]))):
        radius = max(entry.rad() for entry in found.covariance.entries())
        assert 1e-17 < radius < 1e-12
        error = np.abs(midpoints(found.covariance) - doubles.covariance).max()
        assert error <= float(radius) + doubles.error.max()


@pytest.mark.parametrize("calculate", [enclosed.moment_equations, lambda m: enclosed.evolve(m, [1])])
def test_generators_that_are_not_constant_quadratic_and_hermitian_are_named(calculate):
    """Degree 4, an imaginary frequency however small, an unpaired rate, a coefficient f(t)."""
    with pytest.raises(gaussian.NotQuadratic, match="degree 4"):
        calculate(Oscillator(quartic="1e-25"))
    with pytest.raises(gaussian.NotHermitian, match="Hamiltonian must be Hermitian"):
        calculate(Oscillator(imaginary=Fraction(1, 10**25)))
    for unpaired in (Oscillator(loss=1j), Friction()):
        with pytest.raises(gaussian.NotHermitian, match="matrix of rates must be Hermitian"):
            calculate(unpaired)
    for moving in (Timed(), Timed(rate=np.cos)):
        with pytest.raises(gaussian.TimeDependent):
            calculate(moving)


class Friction(Oscillator):
    def dissipators(self, a):
        yield Dissipator(1, x(a), p(a))


def test_quadratures_have_exact_coefficients():
    """H = x and 𝓓[x]: d = (0, −1) and D = diag(0, 1), to all digits."""

    class Pushed(Oscillator):
        def hamiltonian(self, a):
            return x(a)

        def dissipators(self, a):
            yield Dissipator(1, x(a))

    equations = at(FINE, lambda: enclosed.moment_equations(Pushed()))
    for found, exact in zip(numbers(equations), [0, 0, 0, 0, 0, -1, 0, 0, 0, 1], strict=True):
        assert holds(found, exact)
        assert found.rad() < 1e-170


@dataclass(frozen=True)
class Timed:
    rate: Any = None
    modes: int = 1

    def hamiltonian(self, a):
        return a.dag() * a if self.rate else [[a.dag() * a, np.cos]]

    def dissipators(self, a):
        yield Dissipator(self.rate or 1.0, a)


def test_a_quartic_term_that_cancels_exactly_does_not_count():
    """(a†a)² − a†a†aa = a†a is quadratic, at any strength of both."""

    class Cancelling(Oscillator):
        def hamiltonian(self, a):
            return self.omega * (a.dag() * a * a.dag() * a) - self.omega * (a.dag() * a.dag() * a * a)

    drift = at(FINE, lambda: enclosed.moment_equations(Cancelling(omega="1/3")).drift)
    assert holds(drift[0, 1], Fraction(1, 3))
    assert drift[0, 1].rad() < 1e-170
