"""Feedback of the record against its own kicks averaged in Fock space, closed forms, and the KTM equation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import flint
import numpy as np
import pytest
import qutip
from hypothesis import given
from hypothesis import strategies as st

import fock
import gaussian
from crosscheck import Dissipator, Measurement, Model, Verdict, certify, fed_back
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.model import p, x
from crosscheck.models import ClassicalGravity, ParametricOscillator
from crosscheck.models.measured import require_measurable
from gaussian import enclosed
from gaussian.enclosed.reading import AsComputed, read

# Room above the levels that a test state occupies, so that products of operators see no edge.
LEVELS, OCCUPIED = 14, 4


@dataclass(frozen=True)
class MeasuredMasses(Model):
    """Two uncoupled oscillators whose positions are measured at the strength k; g x̃₁ acts on x₂ and g x̃₂ on x₁, with
    x̃ = I/(2√k)."""

    g: float
    k: float
    modes = 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return (x(a) ** 2 + p(a) ** 2 + x(b) ** 2 + p(b) ** 2) / 2

    def dissipators(self, a: Any, b: Any) -> Iterator[Dissipator]:
        for c in (a, b):
            yield Dissipator(self.k, x(c))

    def measurements(self, a: Any, b: Any) -> Iterator[Measurement]:
        for c in (a, b):
            yield Measurement(self.k**0.5 * x(c))

    def feedback(self, a: Any, b: Any) -> Iterator[Any]:
        for other in (b, a):
            yield self.g / (2 * self.k**0.5) * x(other)

    @classmethod
    def example(cls) -> Self:
        return cls(g=0.2, k=0.1)


@dataclass(frozen=True)
class Watched(Model):
    """A parametric oscillator with a thermal port, of which one quadrature is detected."""

    efficiency: float = 1.0
    angle: float = 0.0
    nbar: float = 0.0
    gain: float = 0.1
    kappa: float = 1.0
    modes = 1

    def hamiltonian(self, a: Any) -> Any:
        return 0.2 * a.dag() * a + 0.5j * self.gain * (a.dag() ** 2 - a**2)

    def dissipators(self, a: Any) -> Iterator[Dissipator]:
        yield Dissipator(self.kappa * (self.nbar + 1), a)
        yield Dissipator(self.kappa * self.nbar, a.dag())

    def measurements(self, a: Any) -> Iterator[Measurement]:
        yield Measurement(self.kappa**0.5 * a, self.angle, self.efficiency, self.nbar)

    def feedback(self, a: Any) -> Iterator[Any]:
        yield 0.1 * x(a) - 0.2 * p(a)

    @classmethod
    def example(cls) -> Self:
        return cls()


@pytest.mark.parametrize(("g", "k"), [(0.2, 0.1), (0.3, 0.15), (0.7, 0.35)])
def test_ktm_follows_from_feedback_at_the_least_noise(g, k):
    """At k = g/2 drift and diffusion are those of `ClassicalGravity`: equal in balls of any precision."""
    models = read(fed_back(MeasuredMasses(g, k))), read(ClassicalGravity(g))
    assert not any(isinstance(m, AsComputed) for m in models)
    with flint.ctx.workprec(400):
        derived, printed = (enclosed.moment_equations(m) for m in models)
        for name in ("drift", "diffusion"):
            difference = getattr(derived, name) - getattr(printed, name)
            assert all(z.contains(0) and abs(z) < 1e-100 for z in difference.entries()), name


@given(st.floats(0.01, 0.99), st.floats(0.05, 20))
def test_the_noise_of_fed_back_gravity_is_least_at_half_the_coupling(g, ratio):
    """𝓓[x_j] has the rate k + g²/4k ≥ g, the paper's, with equality at k = g/2."""
    k = ratio * g / 2
    found = gaussian.moment_equations(fed_back(MeasuredMasses(g, k)))
    noise = k / g + g / (4 * k)
    expected = gaussian.moment_equations(ClassicalGravity(g, noise=noise))
    assert np.allclose(found.drift, expected.drift, rtol=0, atol=1e-14)
    assert np.allclose(found.diffusion, expected.diffusion, rtol=1e-13, atol=1e-14)
    assert found.diffusion[1, 1] >= g * (1 - 1e-14)


def test_fed_back_gravity_is_certified():
    """Generator and window take the pairs of dissipators, as theorems about exact parameters."""
    report = certify(fed_back(MeasuredMasses.example()), simulate=False)
    assert report.verdict is Verdict.CERTIFIED
    assert {"generator", "window", "conditional"} <= {c.kind for c in report.certificates}


def kicked(model: Watched, force: qutip.Qobj, rho: qutip.Qobj, dt: float) -> qutip.Qobj:
    """ρ after dt, averaged over the two records I dt = ±√dt: detection, then the unitary exp(−iF I dt)."""
    a = qutip.destroy(LEVELS)
    phase, eta = np.exp(-1j * model.angle), model.efficiency
    jump = phase * model.kappa**0.5 * a
    smooth = 1 - (1j * model.hamiltonian(a) + 0.5 * jump.dag() * jump) * dt
    after = 0 * rho
    for record in (dt**0.5, -(dt**0.5)):
        m, kick = smooth + eta**0.5 * record * jump, (-1j * record * force).expm()
        seen = m * rho * m.dag() + (1 - eta) * dt * jump * rho * jump.dag()
        after += 0.5 * kick * seen * kick.dag()
    return after


@pytest.mark.parametrize("efficiency", [1.0, 0.4])
@pytest.mark.parametrize("force", [lambda a: 0.3 * x(a) - 0.2 * p(a), lambda a: 0.1 * a.dag() * a + 0.2 * x(a)])
def test_the_master_equation_is_the_average_over_kicks(force, efficiency):
    """(ρ(dt) − ρ)/dt of the kicked evolution tends to the feedback generator with the step, for any F."""
    model = Watched(efficiency=efficiency, angle=0.7)
    a = qutip.destroy(LEVELS)
    rho = qutip.Qobj(np.pad(qutip.rand_dm(OCCUPIED, seed=3).full(), (0, LEVELS - OCCUPIED)))
    fed = fed_back(model, force)
    exact = qutip.vector_to_operator(fock.liouvillian(fock.generator(fed, (LEVELS,))) * qutip.operator_to_vector(rho))
    coarse, fine = (((kicked(model, force(a), rho, dt) - rho) / dt - exact).full() for dt in (2e-4, 1e-4))
    assert np.abs(fine).max() < 1e-3 < 0.1 * np.abs(exact.full()).max()
    assert np.abs(2 * fine - coarse).max() < 1e-2 * np.abs(fine).max()  # first order in the step


@given(st.floats(0.05, 1), st.floats(-3, 3), st.floats(0, 2))
def test_linear_feedback_leaves_the_conditional_covariance(efficiency, angle, nbar):
    """What is displaced by what is known is as uncertain as before; a thermal port too."""
    model = Watched(efficiency=efficiency, angle=angle, nbar=nbar)
    before, after = (gaussian.conditional_steady_state(m).covariance for m in (model, fed_back(model)))
    assert np.allclose(before, after, rtol=1e-9, atol=1e-10)


def test_feedback_moves_the_unconditional_covariance():
    """The average state is another one, and never narrower than what is known: σ ≥ σ_conditional."""
    model = Watched()
    fed = fed_back(model)
    known = gaussian.conditional_steady_state(fed).covariance
    average, without = (gaussian.steady_state(m).covariance for m in (fed, model))
    assert np.abs(average - without).max() > 0.01
    assert np.linalg.eigvalsh(average - known)[0] > -1e-12


def test_what_is_fed_back_can_still_be_measured():
    """At every efficiency and with a thermal port, M = √s O − iF selects noise that the fed-back model has."""
    for efficiency, nbar in ((1.0, 0.0), (0.3, 0.0), (1.0, 0.8), (0.3, 0.8)):
        require_measurable(fed_back(Watched(efficiency=efficiency, nbar=nbar, angle=0.4)))


def test_a_record_that_is_not_used_changes_nothing():
    """None stands for a channel without feedback: moments and measurement stay."""
    model = Watched(efficiency=0.5)
    fed = fed_back(model, None)
    equations = [gaussian.moment_equations(m) for m in (model, fed)]
    assert np.array_equal(equations[0].drift, equations[1].drift)
    assert np.array_equal(equations[0].diffusion, equations[1].diffusion)
    assert next(iter(fed.measurements(*gaussian.ladder.ladder(1)))).efficiency == 0.5


def test_functions_handed_over_are_taken_as_computed():
    """Parameters in a closure are where nobody can read them; those of a method are exact."""
    assert isinstance(read(fed_back(Watched(), lambda a: 0.1 * x(a))), AsComputed)
    assert not isinstance(read(fed_back(Watched(efficiency=0.3, nbar=0.2))), AsComputed)


@pytest.mark.slow
def test_a_fed_back_model_is_certified_in_both_engines():
    """Efficiency and thermal port, with the exact coefficients of the model's own method."""
    report = certify(fed_back(Watched(efficiency=0.6, nbar=0.1)))
    assert report.verdict is Verdict.CERTIFIED


def test_feedback_refuses_what_makes_no_sense():
    """Nothing measured, another number of operators, no function, no operator, and one that is not Hermitian."""
    for operators, error, message in (
        ((lambda a: x(a), None), InvalidModel, "1 are measured and 2 given"),
        ((0.3,), InvalidParameter, "must be functions or None"),
        ((lambda a: 0.3,), InvalidModel, "must be an operator, but is 0.3"),
        ((lambda a: 1j * x(a),), InvalidModel, "must be Hermitian"),
    ):
        with pytest.raises(error, match=message):
            fed_back(Watched(), *operators)
    with pytest.raises(InvalidModel, match="measures nothing"):
        fed_back(ClassicalGravity(0.2), lambda a, b: x(a))
    with pytest.raises(InvalidModel, match="no method feedback"):
        fed_back(_Seen(epsilon=0.1, kappa=1.0))
    with pytest.raises(InvalidModel, match="exceed"):
        fed_back(_Louder(kappa=1.0))


class _Seen(ParametricOscillator):
    def measurements(self, a: Any) -> Iterator[Measurement]:
        yield Measurement(self.kappa**0.5 * a)


class _Louder(Watched):
    def measurements(self, a: Any) -> Iterator[Measurement]:
        yield Measurement(2 * a)
