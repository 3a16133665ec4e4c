"""Quantum Fisher information from density matrices, against closed forms, differences and published values."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
import qutip

import fock
from crosscheck.model import Dissipator
from tests.fock.published import OPTOMECHANICS, PUBLISHED, Optomechanics, Oscillator


def known(model, *fields, cutoff):
    return fock.fisher_of(fock.sensitivity(model, fields, cutoff=cutoff))


def test_temperature_and_drive_of_a_thermal_mode():
    """F = 1/(n̄(n̄ + 1)) of n̄, and of a displacement α = −2i·drive/κ, 4|∂α|²/(2n̄ + 1); there is nothing between them.

    The drive is zero: the derivative of the state has the coherences that the state itself has not.
    """
    nbar, kappa = 0.3, 0.8
    found = known(Oscillator(nbar=nbar, kappa=kappa), "nbar", "drive", cutoff=30)
    expected = np.diag([1 / (nbar * (nbar + 1)), 4 * (2 / kappa) ** 2 / (2 * nbar + 1)])
    assert found.error.max() < 1e-6
    assert (np.abs(found.matrix - expected) <= found.error + 1e-8).all()


def test_drive_of_a_coherent_state():
    """4|∂α|² of a pure state, whose density matrix has one population that is not zero."""
    found = known(Oscillator(drive=0.3), "drive", cutoff=24)
    assert found.error[0, 0] < 1e-6
    assert abs(found.matrix[0, 0] - 16.0) <= found.error[0, 0] + 1e-8


@pytest.mark.parametrize(("name", "cutoff"), [("eps=0.3 ", 44), ("eps=0.35 ", 60)])
def test_published_information_of_a_parametric_oscillator(name, cutoff):
    """F of ε, within the error, which is small and takes the cutoff in."""
    (entry,) = (value for key, value in PUBLISHED["dpo"].items() if name in key)
    model = Oscillator(eps=0.3) if name == "eps=0.3 " else Oscillator(eps=0.35, nbar=0.2, detuning=0.4)
    found = fock.fisher_information.with_error(model, "eps", cutoff=cutoff, coarse=cutoff - 8)
    assert found.error < 1e-4
    assert abs(found.value - entry["QFI of eps in the steady state"]) <= found.error


def test_published_information_of_optomechanics():
    """F of g, within the error."""
    found = fock.fisher_information.with_error(Optomechanics(), "g", cutoff=(7, 13), coarse=(6, 10))
    assert found.error < 2e-2
    assert abs(found.value - OPTOMECHANICS["QFI of g"]) <= found.error


def test_information_in_time_is_that_of_the_moved_and_damped_state():
    """A coherent state α₀ = d of a vacuum loses e^{−κt/2}: F of the displacement is 4e^{−κt}, at t = 0 and later; that
    of κ is 4|∂α|² = (dt)²e^{−κt}, and there is nothing between them. Times in any order."""
    model = Displaced(d=0.7, kappa=0.8)
    times = np.array([2.0, 0.0, 0.5])
    found = fock.fisher_information.with_error(model, ["d", "kappa"], times, cutoff=16)
    gone = np.exp(-0.8 * times)
    exact = np.zeros((3, 2, 2))
    # α = d e^{−κt/2}: ∂_d α = e^{−κt/2} and ∂_κ α = −(t/2)α, both real.
    exact[:, 0, 0], exact[:, 1, 1] = 4 * gone, 0.7**2 * times**2 * gone
    exact[:, 0, 1] = exact[:, 1, 0] = -2 * 0.7 * times * gone
    assert found.error.max() < 1e-4
    assert (np.abs(found.value - exact) <= found.error).all()


def test_information_after_a_long_time_is_that_of_the_steady_state():
    """Of a Kerr oscillator, 60 lifetimes after the vacuum."""
    (late,) = fock.fisher_information(Kerr(), "drive", [60.0], cutoff=12)
    assert late == pytest.approx(float(fock.fisher_information(Kerr(), "drive", cutoff=12)), rel=1e-8)


@dataclass(frozen=True)
class Displaced:
    """A damped mode that starts as a coherent state."""

    d: float = 0.5
    kappa: float = 1.0
    modes = 1

    def hamiltonian(self, a):
        return 0 * a

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)

    def preparation(self, a):
        # e^{−iG} = e^{d(a† − a)} moves ⟨a⟩ to d.
        return SimpleNamespace(occupations=None, ground_of=None, unitaries=[1j * self.d * (a.dag() - a)])


@dataclass(frozen=True)
class Kerr:
    """A driven Kerr oscillator; its steady state is not Gaussian, and the generator is a root of the coupling."""

    u: float = 0.8
    drive: float = 0.4
    kappa: float = 1.0
    modes = 1

    def hamiltonian(self, a):
        return np.sqrt(self.u) * a.dag() ** 2 * a**2 + self.drive * (a + a.dag())

    def dissipators(self, a):
        yield Dissipator(self.kappa, a)


def test_information_is_the_curvature_of_the_fidelity():
    """F = lim 8(1 − √F(ρ, ρ'))/dθ², of a state that is not Gaussian and a field that is under a root."""
    model, step = Kerr(), 1e-3
    found = known(model, "u", "drive", cutoff=12)
    for k, name in enumerate(("u", "drive")):
        ahead, behind = (
            fock.steady_state(replace(model, **{name: getattr(model, name) + s * step}), cutoff=12) for s in (0.5, -0.5)
        )
        distance = 8 * (1 - np.sqrt(fock.fidelity(ahead, behind))) / step**2
        assert distance == pytest.approx(found.matrix[k, k], rel=1e-3)
    assert found.error.max() < 1e-6
    assert np.linalg.eigvalsh(found.matrix)[0] > 0
    assert fock.fisher_information(model, ["u", "drive"], cutoff=12) == pytest.approx(found.matrix)
    assert fock.fisher_information(model, "drive", cutoff=12) == pytest.approx(found.matrix[1, 1])


def test_displacement_of_one_photon():
    """4⟨(Δx)²⟩ = 4·3/2 of |1⟩ moved along p; the state is given with its derivative −i[x, ρ]."""
    x = (qutip.destroy(6) + qutip.create(6)) / np.sqrt(2)
    rho = qutip.basis(6, 1).proj()
    given = fock.Sensitivity(
        state=fock.FockState(rho=rho, cutoffs=(6,)),
        fields=("shift",),
        derivatives=(-1j * (x * rho - rho * x),),
        errors=(0.0,),
    )
    assert fock.fisher_of(given).matrix[0, 0] == pytest.approx(6.0, abs=1e-10)


def test_derivatives_are_traceless_and_those_of_the_steady_state():
    """∂ρ against the difference of two steady states, to its second order."""
    found = fock.sensitivity(Kerr(), ["kappa"], cutoff=10)
    (derivative,) = found.derivatives
    assert abs(derivative.tr()) < 1e-13
    ahead, behind = (fock.steady_state(Kerr(kappa=1 + s), cutoff=10).rho for s in (1e-4, -1e-4))
    np.testing.assert_allclose(derivative.full(), ((ahead - behind) / 2e-4).full(), atol=1e-6)
    assert found.errors[0] < 1e-9


def test_unit_of_time_does_not_matter():
    """F of n̄ at rates of 10⁻¹² is that at rates of one."""
    slow = fock.fisher_information(Oscillator(nbar=0.2, kappa=1e-12), "nbar", cutoff=14)
    assert slow == pytest.approx(fock.fisher_information(Oscillator(nbar=0.2), "nbar", cutoff=14), rel=1e-9)


def test_temperature_at_zero_diverges():
    """Whoever finds a quantum knows that n̄ > 0: F = 1/(n̄(n̄ + 1)) → ∞, also where the model refuses n̄ < 0."""

    @dataclass(frozen=True)
    class Careful(Oscillator):
        def __post_init__(self):
            if self.nbar < 0:
                raise ValueError("n̄ < 0")

    for model in (Oscillator(), Careful()):
        with pytest.raises(fock.Divergent, match=r"Fisher information of nbar must be finite, .* choose a"):
            fock.fisher_information(model, "nbar", cutoff=8)


def test_one_sided_differences_are_as_good():
    """The model does not exist below the value it has."""

    @dataclass(frozen=True)
    class Least(Oscillator):
        def __post_init__(self):
            if self.nbar < 0.3:
                raise ValueError("n̄ < 0.3")

    found = known(Least(nbar=0.3), "nbar", cutoff=24)
    assert abs(found.matrix[0, 0] - 1 / 0.39) <= found.error[0, 0] + 1e-8 < 1e-6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: fock.fisher_information(Oscillator(), "epsilon", cutoff=4),
            r"a field of Oscillator, .* eps, k",
        ),
        (lambda: fock.fisher_information(Oscillator(eps="x"), "eps", cutoff=4), r"field eps must be a finite real"),
        (lambda: fock.fisher_information(object(), "eps", cutoff=4), r"field of a dataclass, .* object\. Write"),
        (
            lambda: fock.fisher_information(Oscillator(), "eps", [-1.0], cutoff=4),
            r"times ≥ 0, but is .* Count",
        ),
        (lambda: fock.fisher_information(Oscillator(), [], cutoff=4), r"names, each once, .*\. Give"),
        (lambda: fock.fisher_information(Oscillator(), ["eps"] * 2, cutoff=4), r"names, each once, .*\. Give"),
        (lambda: fock.fisher_information(Only(), "drive", cutoff=4), r"near 0\.5, but there it fails: only 0\.5"),
    ],
)
def test_what_is_no_parameter_is_refused(call, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        call()


@dataclass(frozen=True)
class Only(Oscillator):
    """Has one value."""

    drive: float = 0.5

    def __post_init__(self):
        if self.drive != 0.5:
            raise ValueError("only 0.5")
