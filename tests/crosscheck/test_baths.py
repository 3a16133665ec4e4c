"""Baths by name against the moments that their equations have, and occupations against decimal arithmetic."""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

import numpy as np
import pytest

import fock
import gaussian
from crosscheck import brownian_bath, certify, dephasing, occupation, quick, sampled, squeezed_bath, thermal_bath
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.model import Model, p, squeezing, x
from crosscheck.models import Bath
from crosscheck.models.handed import require_well_formed

OMEGA, GAMMA, NBAR = 1.3, 0.2, 0.7


@dataclass(frozen=True)
class Mirror(Model):
    nbar: float = NBAR
    gamma: float = GAMMA
    completed: bool = False
    modes = 1

    def bath(self, b):
        return brownian_bath(b, self.gamma, self.nbar, completed=self.completed)

    def hamiltonian(self, b):
        return OMEGA * b.dag() * b + self.bath(b).hamiltonian

    def dissipators(self, b):
        yield from self.bath(b)

    @classmethod
    def example(cls):
        return cls()


@pytest.mark.parametrize("nbar", [0.0, 0.7, 1e5])
def test_a_brownian_bath_damps_the_momentum_alone(nbar):
    """ẋ = ωp, ṗ = −ωx − γp, D = diag(0, γ(2n̄ + 1)), and (n̄ + ½)·1 is steady."""
    model = Mirror(nbar=nbar)
    assert np.allclose(gaussian.drift(model), [[0, OMEGA], [-OMEGA, -GAMMA]], atol=1e-15 * (1 + nbar))
    assert np.allclose(gaussian.diffusion(model), np.diag([0, GAMMA * (2 * nbar + 1)]), rtol=1e-14)
    assert np.allclose(gaussian.steady_state(model).covariance, (nbar + 0.5) * np.eye(2), rtol=1e-9)


def test_a_brownian_bath_is_its_double_commutators():
    """−i(γ/2)[x, {p, ρ}] − γ(n̄+½)[x, [x, ρ]] on a random operator, where truncation does not reach."""
    gen = fock.generator(replace(Mirror()), (14,))
    ours = fock.liouvillian(gen)
    q, v = (op.full() for op in (fock.generator(quick(f), (14,)).hamiltonian[0][0] for f in (x, p)))
    h = OMEGA * np.diag(np.arange(14))
    rho = np.zeros((14, 14), complex)
    rho[:8, :8] = np.random.default_rng(3).normal(size=(8, 8))

    def commutator(a, b):
        return a @ b - b @ a

    wanted = -1j * commutator(h, rho) - 0.5j * GAMMA * commutator(q, v @ rho + rho @ v)
    wanted -= GAMMA * (NBAR + 0.5) * commutator(q, commutator(q, rho))
    found = (ours.full() @ rho.ravel(order="F")).reshape(14, 14, order="F")
    assert np.allclose(found, wanted, atol=1e-13)


@pytest.mark.parametrize("nbar", [0.0, 0.7, 20.0])
def test_the_rates_have_the_determinant_of_friction_and_completion_is_the_least_that_mends_it(nbar):
    assert np.linalg.det(gaussian.rate_matrix(Mirror(nbar=nbar))).real == pytest.approx(-(GAMMA**2) / 4)
    mended = gaussian.rate_matrix(Mirror(nbar=nbar, completed=True))
    assert np.linalg.eigvalsh(mended) == pytest.approx([0, np.trace(mended).real], abs=1e-15 * (1 + nbar))
    extra = gaussian.diffusion(Mirror(nbar=nbar, completed=True)) - gaussian.diffusion(Mirror(nbar=nbar))
    assert np.allclose(extra, np.diag([GAMMA / (4 * (2 * nbar + 1)), 0]), atol=1e-15 * (1 + nbar))


def test_a_mirror_in_a_brownian_bath_is_certified():
    assert str(certify(Mirror(completed=True), times=()).verdict) == "certified"


def test_a_brownian_bath_without_its_hamiltonian_is_refused():
    """Half of it would damp x and p alike: another bath."""

    class Half(Mirror):
        def hamiltonian(self, b):
            return OMEGA * b.dag() * b

    with pytest.raises(InvalidModel, match=r"has no \{x, p\} of mode a"):
        require_well_formed(Half())
    require_well_formed(Half(gamma=0.0))
    require_well_formed(Mirror())


@pytest.mark.parametrize("phi", [0.0, 0.4, -2.0])
def test_a_squeezed_bath_damps_into_the_squeezed_thermal_state(phi):
    """Energy at its rate, the same in all directions; ⟨a†a⟩ and ⟨aa⟩ in closed form."""
    r, rate = 0.35, 0.5
    model = quick(lambda a: 0 * a.dag() * a, dissipators=lambda a: squeezed_bath(a, rate, NBAR, r, phi))
    assert np.allclose(gaussian.drift(model), -rate / 2 * np.eye(2), atol=1e-15)
    s = gaussian.steady_state(model).covariance
    n, m = (s[0, 0] + s[1, 1] - 1) / 2, (s[0, 0] - s[1, 1]) / 2 + 1j * s[0, 1]
    assert n == pytest.approx(NBAR * np.cosh(2 * r) + np.sinh(r) ** 2)
    assert m == pytest.approx(-(NBAR + 0.5) * np.sinh(2 * r) * np.exp(1j * phi))
    if not phi:
        made = quick(lambda a: a.dag() * a, rho0=lambda a: squeezing(a, r))
        assert np.allclose(s, (2 * NBAR + 1) * gaussian.initial_state(made).covariance)


def test_a_bath_that_is_not_squeezed_is_thermal():
    one, other = (
        quick(lambda a: a.dag() * a, dissipators=d)
        for d in (lambda a: squeezed_bath(a, 0.3, NBAR, 0.0), lambda a: thermal_bath(a, 0.3, NBAR))
    )
    assert np.array_equal(gaussian.diffusion(one), gaussian.diffusion(other))


def test_dephasing_keeps_photons_and_halves_its_rate_on_amplitudes():
    """|2⟩⟨1| decays at rate/2·(2 − 1)²."""
    model = quick(lambda a: 0 * a.dag() * a, dissipators=lambda a: dephasing(a, 0.3))
    rates = fock.liouvillian(fock.generator(model, (4,))).full().diagonal().reshape(4, 4).real
    k = np.arange(4)
    assert np.allclose(rates, -0.15 * (k[:, None] - k) ** 2)


@pytest.mark.parametrize(
    ("hertz", "kelvin"), [("1e6", "4"), ("5e9", "0.01"), ("1", "300"), ("2e14", "300"), ("1e-3", "1e3")]
)
def test_occupations_have_all_digits(hertz, kelvin):
    """1/(e^{hf/kT} − 1) in forty digits, from the exact constants of the SI: 1 MHz at 4 K holds 83345.976."""
    with localcontext(prec=40):
        h, k = Decimal("6.62607015e-34"), Decimal("1.380649e-23")
        exact = 1 / ((h * Decimal(hertz) / (k * Decimal(kelvin))).exp() - 1)
    assert occupation(2 * np.pi * float(hertz), float(kelvin)) == pytest.approx(float(exact), rel=2e-14)


def test_nothing_is_excited_at_zero_kelvin_and_arrays_are_taken():
    assert occupation(1.0, 0.0) == occupation(1e15, 1e-300) == 0.0
    assert np.array_equal(occupation([1e6, 2e6], 0), [0, 0])
    assert occupation(np.array([[1e9], [2e9]]), np.array([0.1, 0.2])).shape == (2, 2)
    for omega, kelvin in ((0.0, 1.0), (-1.0, 1.0), (1.0, -0.1)):
        with pytest.raises(InvalidParameter):
            occupation(omega, kelvin)


def test_a_bath_at_temperature_zero_is_the_limit_of_cold_ones():
    for options in ({}, {"statistics": "fermion", "chemical_potential": 0.5}):
        cold, zero = (Bath([0], T, kappa=0.1, **options) for T in (1e-3, 0.0))
        for eps in (0.2, 0.9):
            assert zero.occupation(eps) == pytest.approx(cold.occupation(eps), abs=1e-12)
    assert Bath([0], 0.0, "fermion", 0.5, kappa=0.1).occupation(0.5) == 0.5
    with pytest.raises(InvalidParameter, match="below every mode frequency"):
        Bath([0], 0.0, chemical_potential=1.0, kappa=0.1).occupation(0.9)


def test_samples_are_a_coefficient_with_breaks_at_its_ends():
    """Both engines see a short pulse, and it moves x by its area."""
    times = np.linspace(2.0, 2.05, 21)
    pulse = sampled(times, np.sin(np.pi * (times - 2.0) / 0.05) ** 2)
    model = quick(lambda a: [0 * a.dag() * a, [p(a), pulse]])
    assert model.breaks == (2.0, 2.05)
    assert gaussian.evolve(model, [8.0]).mean[0] == pytest.approx([0.025, 0], abs=1e-6)
    assert fock.moments(fock.evolve(model, [8.0], cutoff=6).states[0].rho)[0] == pytest.approx([0.025, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("times", "values"), [([1, 0], [1, 2]), ([0, 1], [1]), ([0], [1]), (["a", "b"], [1, 2]), ([0, 1], [1, np.nan])]
)
def test_samples_that_are_no_function_are_refused(times, values):
    with pytest.raises(InvalidParameter):
        sampled(times, values)


def test_samples_may_be_complex_and_are_constant_beyond_their_ends():
    f = sampled([0, 1, 2, 3], [0, 1j, 2j, 3j])
    assert f(1.5) == pytest.approx(1.5j)
    assert (f(-1), f(9)) == (0, 3j)
