"""Operating points against closed forms, QuTiP's generator and other solvers; what is dropped against Fock space."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import fsolve

import gaussian
from crosscheck import Dissipator, InvalidParameter, linearise
from crosscheck.errors import InvalidModel
from crosscheck.models import DampedThermalMode, real_roots, steady_amplitudes
from crosscheck.models.linearise import NoSingleRoot
from tests.crosscheck.nonlinear_models import (
    Base,
    Kerr,
    Optomechanics,
    Parametric,
    TwinParametric,
    VanDerPol,
)


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
