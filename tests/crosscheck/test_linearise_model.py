"""The displaced model of a linearisation, its quadratic part, and what is dropped."""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip

import fock
import gaussian
from crosscheck import Dissipator, certify, linearise
from crosscheck.model import Preparation, displacing
from tests.crosscheck.nonlinear_models import (
    Base,
    Dephased,
    Jumps,
    Kerr,
    Optomechanics,
    Scattering,
    VanDerPol,
)


def test_qutips_generator_agrees_that_amplitudes_stand_still():
    """Tr[a 𝓛(|α⟩⟨α|)] = 0 with constants, two photons and correlated rates in the jump operators."""
    found = linearise(Jumps())
    a, alpha = qutip.destroy(40), complex(found.root.amplitudes[0])
    h = 0.7 * a.dag() * a + (0.3 + 0.2j) * a.dag() + (0.3 - 0.2j) * a
    rho = qutip.coherent_dm(40, alpha, method="analytic")
    rate = -1j * qutip.commutator(h, rho)
    for gamma, left, right in [(d.rate, d.left, d.right) for d in Jumps().dissipators(a)]:
        loss = right.dag() * left
        rate += gamma * (left * rho * right.dag() - 0.5 * (loss * rho + rho * loss))
    assert abs((a * rate).tr()) < 1e-10
    assert abs(alpha) > 0.1, "at the origin little would be tested"


@pytest.mark.parametrize("model", [Jumps(), Kerr(drive=0.4)])
def test_the_displaced_model_is_the_model_itself(model):
    """In Fock space its steady state, moved by α, has the mean and the covariance of that of the model."""
    root = linearise(model).root
    moved = fock.steady_state(root.displaced, cutoff=18)
    whole = fock.steady_state(model, cutoff=18)
    shift = np.sqrt(2) * np.array([root.amplitudes[0].real, root.amplitudes[0].imag])
    assert moved.mean + shift == pytest.approx(whole.mean, abs=1e-8)
    assert moved.covariance == pytest.approx(whole.covariance, abs=1e-8)


def test_the_displaced_model_starts_where_the_model_does():
    """And the quadratic one with the same fluctuations, on the root."""

    @dataclass(frozen=True)
    class Started(Kerr):
        def preparation(self, a):
            return Preparation(occupations=[0.2], unitaries=[displacing(a, 0.5 - 0.25j)])

    root = linearise(Started(drive=0.4)).root
    moved = gaussian.initial_state(root.displaced)
    alpha = 0.5 - 0.25j - root.amplitudes[0]
    assert moved.mean == pytest.approx(np.sqrt(2) * np.array([alpha.real, alpha.imag]))
    for each in (moved, gaussian.initial_state(root.quadratic)):
        assert each.covariance == pytest.approx(0.7 * np.eye(2))
    assert gaussian.initial_state(root.quadratic).mean == pytest.approx(np.zeros(2))


def test_the_drift_is_the_jacobian_of_the_classical_equations():
    """Of dα/dt of the Kerr oscillator, by central differences in Re α and Im α."""
    m = Kerr()

    def velocity(z):
        return 1j * (m.delta - m.kerr * abs(z) ** 2) * z - m.kappa / 2 * z - 1j * m.drive

    for root in linearise(m).roots:
        (z,) = root.amplitudes
        slopes = [(velocity(z + h) - velocity(z - h)) / 2e-6 for h in (1e-6, 1e-6j)]
        assert root.drift == pytest.approx(np.array([[s.real for s in slopes], [s.imag for s in slopes]]), abs=1e-8)


def test_dephasing_damps_the_amplitude():
    """⟨a⟩ of the full model, which closes: α = ε/(Δ + i(κ + γ)/2); the drift has that damping as well."""
    m = Dephased()
    root = linearise(m).root
    assert root.amplitudes[0] == pytest.approx(m.drive / (m.delta + 0.5j * (m.kappa + m.gamma)))
    rate = -(m.kappa + m.gamma) / 2
    assert root.drift == pytest.approx(np.array([[rate, -m.delta], [m.delta, rate]]))
    whole = fock.steady_state(m, cutoff=20)
    assert whole.mean == pytest.approx(np.sqrt(2) * np.array([root.amplitudes[0].real, root.amplitudes[0].imag]))


@pytest.mark.parametrize("model", [Dephased(), Jumps(), VanDerPol(), Scattering()])
def test_the_quadratic_part_moves_the_vacuum_as_the_whole_model_does(model):
    """d⟨r⟩/dt = 0 and dσ/dt = ½(A + Aᵀ) + D at the coherent state |α⟩, by QuTiP's superoperator."""
    root = linearise(model).roots[-1]
    equations = gaussian.moment_equations(root.quadratic)
    levels = (6,) * model.modes
    generator = fock.liouvillian(fock.generator(root.displaced, levels))
    start = qutip.tensor([qutip.fock_dm(n, 0) for n in levels])
    rate = qutip.vector_to_operator(generator * qutip.operator_to_vector(start))
    r = [o for a in fock.annihilators(levels) for o in ((a + a.dag()) / np.sqrt(2), (a - a.dag()) / (1j * np.sqrt(2)))]
    assert [complex((o * rate).tr()) for o in r] == pytest.approx([0] * len(r), abs=1e-12)
    found = [[((u * v + v * u) * rate).tr().real / 2 for v in r] for u in r]
    drift = equations.drift
    assert np.array(found) == pytest.approx((drift + drift.T) / 2 + equations.diffusion, abs=1e-12)


def test_two_photon_gain_amplifies_the_vacuum_too():
    """𝓛†(a) of γ𝓓[a†²] is γ(a†a² + 2a): the drift at α = 0 is 2γ − κ/2."""

    @dataclass(frozen=True)
    class Gain(Base):
        def hamiltonian(self, a):
            return 0 * a

        def dissipators(self, a):
            yield Dissipator(1.0, a)
            yield Dissipator(0.05, a.dag() ** 2)

    root = next(r for r in linearise(Gain()).roots if not r.free)
    assert root.drift == pytest.approx((2 * 0.05 - 0.5) * np.eye(2))


def test_the_bipartition_stays_that_of_the_model():
    @dataclass(frozen=True)
    class Watched(Optomechanics):
        @property
        def party(self):
            return (1,)

    assert linearise(Watched()).quadratic.party == (1,)
    assert linearise(Watched()).displaced.observed == (0, 1)


def test_the_quadratic_part_is_certified():
    """By the theorems on its generator and steady state."""
    report = certify(linearise(Kerr(drive=0.4)).quadratic, simulate=False)
    assert str(report.verdict) == "certified"


def test_terms_of_all_degrees_add_up():
    """Degrees 2 … 4 of the displaced model; nothing of degree 1 is left but rounding."""
    root = linearise(Kerr()).roots[0]
    assert max((abs(c) for _, c in root.terms(1).energy), default=0) < 1e-14
    energy = [term for degree in range(1, 5) for term in root.terms(degree).energy]
    assert sorted(energy, key=repr) == sorted(root.displaced.energy, key=repr)
    assert {t.degree for t in root.dropped} == {3, 4}
    alpha = root.amplitudes[0]
    cubic = {t.term: t.coefficient for t in root.dropped if t.degree == 3}
    assert cubic["a†a†a"] == pytest.approx(alpha)  # (K/2)·2α
    assert cubic["a†aa"] == pytest.approx(np.conj(alpha))


def test_what_is_dropped_matters_less_the_weaker_the_nonlinearity():
    """With K|α|² fixed the cubic terms are ∝ √K, and what they do to the moments ∝ K."""
    apart = []
    for k in (0.04, 0.01):
        scale = np.sqrt(0.04 / k)
        root = linearise(Kerr(delta=0.0, kerr=k, drive=1.5 * scale)).root
        found = root.dropped_matters(cutoff=18)
        assert found.error[0] < 1e-6, "budget too wide: the comparison would be vacuous"
        apart.append(float(found.variances[0]))
    assert apart[0] / apart[1] == pytest.approx(4, rel=0.1)
    assert apart[0] < 0.1


def test_what_is_dropped_is_seen_at_times_where_there_is_no_steady_state_to_compare():
    """Bistable: at t = 0 both models are the same coherent state, and later they part."""
    root = linearise(Kerr()).roots[0]
    found = root.dropped_matters(cutoff=14, times=[0.0, 0.5])
    assert found.places == ("t = 0", "t = 0.5")
    assert found.variances[0] < 1e-12
    assert found.variances[1] > 0.01 > found.error[1]
    assert "variances differ" in str(found)
