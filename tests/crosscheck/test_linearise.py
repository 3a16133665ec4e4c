"""Operating points against closed forms, QuTiP's generator and other solvers; what is dropped against Fock space."""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip
from scipy.optimize import fsolve

import fock
import gaussian
from crosscheck import Dissipator, InvalidParameter, Model, certify, linearise
from crosscheck.errors import InvalidModel
from crosscheck.model import Preparation, displacing, thermal_bath
from crosscheck.models import DampedThermalMode, real_roots, steady_amplitudes
from crosscheck.models.linearise import NoSingleRoot


@dataclass(frozen=True)
class Base(Model):
    @property
    def modes(self):
        return self.hamiltonian.__code__.co_argcount - 1

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Kerr(Base):
    """−Δa†a + (K/2)a†a†aa + ε(a + a†), loss κ."""

    delta: float = 3.0
    kerr: float = 1.0
    drive: float = 1.5
    kappa: float = 1.0

    def hamiltonian(self, a):
        kerr = self.kerr / 2 * a.dag() ** 2 * a**2
        return -self.delta * (a.dag() * a) + kerr + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)


@dataclass(frozen=True)
class Optomechanics(Base):
    """−Δa†a + Ωb†b − g a†a(b + b†) + ε(a + a†), cavity loss κ, mechanical damping γ at n̄."""

    delta: float = -1.0
    omega: float = 1.0
    g: float = 0.1
    drive: float = 0.4
    kappa: float = 0.3
    gamma: float = 0.01
    nbar: float = 0.5

    def hamiltonian(self, a, b):
        free = -self.delta * (a.dag() * a) + self.omega * (b.dag() * b)
        return free - self.g * (a.dag() * a) * (b + b.dag()) + self.drive * (a + a.dag())

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield from thermal_bath(b, self.gamma, self.nbar)


@dataclass(frozen=True)
class Parametric(Base):
    """i(g/2)(b a†² − b†a²) + iε(b† − b), losses κ: signal a, pump b."""

    g: float = 0.2
    drive: float = 2.0
    kappa: tuple[float, float] = (0.5, 1.0)

    def hamiltonian(self, a, b):
        mixing = b * a.dag() ** 2 - b.dag() * a**2
        return 0.5j * self.g * mixing + 1j * self.drive * (b.dag() - b)

    def dissipators(self, a, b):
        yield Dissipator(self.kappa[0], a)
        yield Dissipator(self.kappa[1], b)


@dataclass(frozen=True)
class TwinParametric(Base):
    """i g(c a†b† − c†ab) + iε(c† − c): the difference of the phases of a and b is free."""

    g: float = 0.2
    drive: float = 2.0
    kappa: tuple[float, float, float] = (0.5, 0.6, 1.0)

    def hamiltonian(self, a, b, c):
        mixing = c * a.dag() * b.dag() - c.dag() * a * b
        return 1j * self.g * mixing + 1j * self.drive * (c.dag() - c)

    def dissipators(self, a, b, c):
        for rate, mode in zip(self.kappa, (a, b, c), strict=True):
            yield Dissipator(rate, mode)


@dataclass(frozen=True)
class VanDerPol(Base):
    """γ₁𝓓[a†] + γ₂𝓓[a²]: dα/dt = (γ₁/2 − γ₂|α|²)α."""

    gain: float = 0.5
    loss: float = 0.1

    def hamiltonian(self, a):
        return 0 * a

    def dissipators(self, a):
        yield Dissipator(self.gain, a.dag())
        yield Dissipator(self.loss, a**2)


@dataclass(frozen=True)
class Jumps(Base):
    """A drive against jump operators with constants, of two photons, and correlated."""

    drive: complex = 0.3 + 0.2j

    def hamiltonian(self, a):
        return 0.7 * a.dag() * a + self.drive * a.dag() + np.conj(self.drive) * a

    def dissipators(self, a):
        yield Dissipator(0.4, a + 0.3j)
        yield Dissipator(0.1, a**2 + 0.5 * a - 0.2)
        yield Dissipator(0.05 + 0.02j, a**2, a)
        yield Dissipator(0.05 - 0.02j, a, a**2)


def photons_of_kerr(m):
    """n((Δ − Kn)² + κ²/4) = ε², by NumPy."""
    cubic = [m.kerr**2, -2 * m.delta * m.kerr, m.delta**2 + m.kappa**2 / 4, -(m.drive**2)]
    roots = np.roots(cubic)
    return np.sort(roots[np.abs(roots.imag) < 1e-6].real)


@pytest.mark.parametrize("drive", [0.2, 0.9, 1.5, 2.5])
def test_amplitudes_of_a_driven_kerr_oscillator_solve_its_cubic(drive):
    """All of its real roots, one or three, and the middle one of three is unstable."""
    model = Kerr(drive=drive)
    found = linearise(model)
    expected = photons_of_kerr(model)
    assert [float(r.photons[0]) for r in found.roots] == pytest.approx(expected.tolist(), rel=1e-9)
    words = ["stable"] if len(expected) == 1 else ["stable", "unstable", "stable"]
    assert [r.stability for r in found.roots] == words
    assert found.complete
    assert found.multistable is (len(expected) == 3)


def test_the_root_is_chosen_only_where_one_is_stable():
    with pytest.raises(NoSingleRoot, match="but there are 2 among 3"):
        _ = linearise(Kerr()).quadratic
    assert linearise(Kerr(drive=0.2)).quadratic.is_quadratic


def test_the_drift_of_linearised_optomechanics_is_the_textbooks():
    """Detuning Δ + 2g Re β, coupling 2g|α| x x in the phase of α; α and β solve their equations."""
    m = Optomechanics()
    (root,) = linearise(m).roots
    alpha, beta = root.amplitudes
    detuning = m.delta + 2 * m.g * beta.real
    assert alpha == pytest.approx(m.drive / (detuning + 0.5j * m.kappa), abs=1e-14)
    assert beta == pytest.approx(1j * m.g * abs(alpha) ** 2 / (1j * m.omega + m.gamma / 2), abs=1e-14)
    u, v = 2 * m.g * alpha.real, 2 * m.g * alpha.imag
    expected = [
        [-m.kappa / 2, -detuning, -v, 0],
        [detuning, -m.kappa / 2, u, 0],
        [0, 0, -m.gamma / 2, m.omega],
        [u, v, -m.omega, -m.gamma / 2],
    ]
    assert root.drift == pytest.approx(np.array(expected), abs=1e-14)


def test_radiation_pressure_bistability_is_its_cubic():
    """n[(Δ + 2g²nΩ/(Ω² + γ²/4))² + κ²/4] = ε² in n = |α|²."""
    m = Optomechanics(delta=-1.5, g=0.3, drive=1.1)
    shift = 2 * m.g**2 * m.omega / (m.omega**2 + m.gamma**2 / 4)
    roots = np.roots([shift**2, 2 * m.delta * shift, m.delta**2 + m.kappa**2 / 4, -(m.drive**2)])
    found = linearise(m)
    assert np.abs(roots.imag).max() < 1e-9, "no bistability: three would not be asked for"
    assert sorted(float(r.photons[0]) for r in found.roots) == pytest.approx(np.sort(roots.real).tolist(), rel=1e-9)
    assert found.complete


def test_an_oscillator_above_threshold_has_two_signs_of_its_signal():
    """β = κ_a/2g and α = ±√(2(ε − κ_aκ_b/4g)/g), both stable; α = 0 is not."""
    m = Parametric()
    found = linearise(m)
    ka, kb = m.kappa
    alpha = np.sqrt(2 * (m.drive - ka * kb / (4 * m.g)) / m.g)
    assert [r.amplitudes[0] for r in found.stable] == pytest.approx([-alpha, alpha])
    assert [r.amplitudes[1] for r in found.stable] == pytest.approx([ka / (2 * m.g)] * 2)
    (off,) = (r for r in found.roots if not r.stable)
    assert off.amplitudes == pytest.approx([0, 2 * m.drive / kb])


def test_an_oscillator_below_threshold_is_squeezed_as_the_textbook_says():
    """⟨x²⟩ = (κ/2)/(κ − 2gβ) with the pump at β = 2ε/κ_b."""
    m = Parametric(drive=0.3)
    found = linearise(m)
    assert len(found.roots) == 1
    sigma = gaussian.steady_state(found.quadratic).covariance
    pump = m.g * 2 * m.drive / m.kappa[1]
    assert sigma[0, 0] == pytest.approx(0.5 * m.kappa[0] / (m.kappa[0] - 2 * pump))


@pytest.mark.parametrize(
    ("model", "photons"),
    [(VanDerPol(), 0.5 / 0.2), (TwinParametric(), (2 - 0.5 * np.sqrt(0.3) / 0.4) / 0.2 * np.sqrt(0.6 / 0.5))],
)
def test_a_free_phase_is_a_circle_of_roots(model, photons):
    """|α|² = γ₁/2γ₂ of van der Pol; |αβ| = (ε − κ_c|γ|/2)/g and κ_a|α|² = κ_b|β|² of twin beams above threshold."""
    found = linearise(model)
    off, on = sorted(found.roots, key=lambda r: r.free)
    assert found.continuum
    assert found.complete
    assert (off.free, on.free) == (0, 1)
    assert on.photons[0] == pytest.approx(photons)
    assert (off.stability, on.stability) == ("unstable", "stable but for its phase")
    assert "One of a continuum" in str(found)


def test_a_linear_model_has_one_root_and_drops_nothing():
    model = DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.4, alpha=0.6)
    found = linearise(model)
    assert len(found.roots) == 1
    assert found.root.amplitudes == pytest.approx([0])
    assert found.root.dropped == ()
    for one, other in zip(
        vars(gaussian.moment_equations(found.quadratic)).values(),
        vars(gaussian.moment_equations(model)).values(),
        strict=True,
    ):
        assert one == pytest.approx(other)


def test_gain_without_saturation_has_unstable_roots_only():
    @dataclass(frozen=True)
    class Gain(Base):
        def hamiltonian(self, a):
            return 0.3 * (a + a.dag())

        def dissipators(self, a):
            yield Dissipator(0.5, a.dag())

    found = linearise(Gain())
    assert [r.stability for r in found.roots] == ["unstable"]
    assert found.roots[0].amplitudes == pytest.approx([0.3j / 0.25])
    with pytest.raises(NoSingleRoot, match="there are none among 1"):
        _ = found.root
    with pytest.raises(gaussian.UnstableDrift):
        found.roots[0].dropped_matters(cutoff=6)


def test_an_undamped_oscillator_is_marginal():
    @dataclass(frozen=True)
    class Closed(Base):
        def hamiltonian(self, a):
            return a.dag() * a + 0.1 * a.dag() ** 2 * a**2 + 0.3 * (a + a.dag())

    assert {r.stability for r in linearise(Closed()).roots} == {"marginal"}


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


@dataclass(frozen=True)
class Dephased(Base):
    """−Δa†a + ε(a + a†), loss κ, dephasing γ𝓓[a†a]."""

    delta: float = 0.7
    drive: float = 0.6
    kappa: float = 0.5
    gamma: float = 0.2

    def hamiltonian(self, a):
        return -self.delta * (a.dag() * a) + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)
        yield Dissipator(self.gamma, a.dag() * a)


def test_dephasing_damps_the_amplitude():
    """⟨a⟩ of the full model, which closes: α = ε/(Δ + i(κ + γ)/2); the drift has that damping as well."""
    m = Dephased()
    root = linearise(m).root
    assert root.amplitudes[0] == pytest.approx(m.drive / (m.delta + 0.5j * (m.kappa + m.gamma)))
    rate = -(m.kappa + m.gamma) / 2
    assert root.drift == pytest.approx(np.array([[rate, -m.delta], [m.delta, rate]]))
    whole = fock.steady_state(m, cutoff=20)
    assert whole.mean == pytest.approx(np.sqrt(2) * np.array([root.amplitudes[0].real, root.amplitudes[0].imag]))


@dataclass(frozen=True)
class Scattering(Base):
    """Two driven modes with jumps from one to the other, correlated dephasing, and Kerr and cross-Kerr terms."""

    def hamiltonian(self, a, b):
        kerr = 0.1 * a.dag() ** 2 * a**2 + 0.2 * (a.dag() * a) * (b.dag() * b)
        return kerr + 0.4 * (a + a.dag()) + 0.3j * (b.dag() - b) - 0.5 * a.dag() * a

    def dissipators(self, a, b):
        yield Dissipator(0.5, a)
        yield Dissipator(0.7, b)
        yield Dissipator(0.1, b.dag() * a)
        yield Dissipator(0.2, a.dag() * a - 0.5 * (b.dag() * b) + 0.3 * a)
        yield Dissipator(0.03j, a.dag() * a, b.dag() * b)
        yield Dissipator(-0.03j, b.dag() * b, a.dag() * a)


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


def test_many_starts_of_another_solver_find_no_root_that_is_not_listed():
    """Two coupled Kerr oscillators: 60 starts of MINPACK."""

    @dataclass(frozen=True)
    class Dimer(Base):
        def hamiltonian(self, a, b):
            local = sum(-1.6 * c.dag() * c + 0.25 * c.dag() ** 2 * c**2 for c in (a, b))
            return local + 0.4 * (a.dag() * b + b.dag() * a) + 0.9 * (a + a.dag())

        def dissipators(self, a, b):
            yield Dissipator(0.3, a)
            yield Dissipator(0.3, b)

    def velocity(x):
        a, b = x[0] + 1j * x[1], x[2] + 1j * x[3]
        da = (1.6j - 0.15 - 0.5j * abs(a) ** 2) * a - 0.4j * b - 0.9j
        db = (1.6j - 0.15 - 0.5j * abs(b) ** 2) * b - 0.4j * a
        return [da.real, da.imag, db.real, db.imag]

    found = linearise(Dimer())
    listed = np.array([r.amplitudes for r in found.roots])
    assert found.complete
    met = set()
    for start in np.random.default_rng(1).normal(size=(60, 4)) * 2:
        x, _, success, _ = fsolve(velocity, start, full_output=True, xtol=1e-12)
        if success == 1:
            distance = np.abs(listed - [x[0] + 1j * x[1], x[2] + 1j * x[3]]).max(axis=1)
            assert distance.min() < 1e-6
            met.add(int(distance.argmin()))
    assert len(met) == len(listed) > 1


def test_where_elimination_is_too_hard_there_may_be_others(monkeypatch):
    """Newton's method finds the same three, and the words say what is not known."""
    expected = [r.amplitudes for r in linearise(Kerr()).roots]
    monkeypatch.setattr(real_roots, "LIMITS", (1, 1, 1))
    found = linearise(Kerr())
    assert not found.complete
    assert "there may be others" in found.how
    assert np.array([r.amplitudes for r in found.roots]) == pytest.approx(np.array(expected), abs=1e-9)
    assert steady_amplitudes.TOO_HARD.split("{")[0] in str(found)


def test_a_line_of_roots_is_told():
    """H = x²/2 moves p alone: every α with x = 0 stands still, and no phase is free."""

    @dataclass(frozen=True)
    class Shear(Base):
        def hamiltonian(self, a):
            return 0.25 * (a + a.dag()) ** 2

    found = linearise(Shear())
    assert (found.complete, found.continuum) == (False, True)
    assert "infinitely many" in found.how


def test_coefficients_that_depend_on_time_are_refused():
    @dataclass(frozen=True)
    class Driven(Base):
        def hamiltonian(self, a):
            return [a.dag() * a, [a + a.dag(), lambda t: np.cos(t)]]

    with pytest.raises(InvalidModel, match="constant coefficients to be linearised, but Driven"):
        linearise(Driven())
    with pytest.raises(InvalidParameter, match="be a model, with parameters"):
        linearise(Driven)


def test_a_hamiltonian_that_is_not_hermitian_is_refused():
    @dataclass(frozen=True)
    class Half(Base):
        def hamiltonian(self, a):
            return a.dag() ** 2 * a

    with pytest.raises(gaussian.NotHermitian, match="The Hamiltonian must be Hermitian"):
        linearise(Half())


def test_si_units_change_no_root():
    """All rates in 2π·MHz and 2π·Hz: amplitudes and stability stay, the mechanical one at 10⁻⁹ of the fastest rate."""
    unit = 2 * np.pi * 1e6
    model = Optomechanics(gamma=1e-9)
    found = linearise(Optomechanics(-unit, unit, 0.1 * unit, 0.4 * unit, 0.3 * unit, 1e-9 * unit))
    assert found.root.amplitudes == pytest.approx(linearise(model).root.amplitudes, rel=1e-12)
    assert found.root.drift / unit == pytest.approx(linearise(model).root.drift, rel=1e-12)
