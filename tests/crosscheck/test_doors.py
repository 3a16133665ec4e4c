"""One optomechanical pair through every door: entered differently, it is one model.

H = ω b†b + Δ a†a − g(a + a†)(b + b†),   κ𝓓[a] + γ(n̄+1)𝓓[b] + γn̄𝓓[b†],   b starts with n̄ quanta
"""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip
import sympy
from sympy.physics.quantum import Dagger
from sympy.physics.quantum.boson import BosonOp

import gaussian
from crosscheck import Model, Preparation, certify, from_qutip, from_sympy, quick, thermal_bath, to_qutip
from crosscheck.models import loading

OMEGA, DELTA, G, KAPPA, GAMMA, NBAR = 1.0, 0.9, 0.1, 0.5, 0.02, 0.25
TIMES = (0.5, 2.0)
MEGAHERTZ = 2 * np.pi * 1e6  # rad/s
DOORS = ("objects", "c_ops", "lambdas", "sympy", "si", "file")


@dataclass(frozen=True)
class Pair(Model):
    """The pair with its bath in `dissipators`, which all the others are held against."""

    omega: float = OMEGA
    delta: float = DELTA
    g: float = G
    kappa: float = KAPPA
    gamma: float = GAMMA
    nbar: float = NBAR
    unit: float = 1.0

    @property
    def modes(self):
        return 2

    @property
    def times(self):
        return tuple(t / self.unit for t in TIMES)

    def hamiltonian(self, a, b):
        free = self.omega * b.dag() * b + self.delta * a.dag() * a
        return free - self.g * (a + a.dag()) * (b + b.dag())

    def dissipators(self, a, b):
        yield from thermal_bath(a, self.kappa, 0)
        yield from thermal_bath(b, self.gamma, self.nbar)

    def preparation(self, a, b):
        return Preparation(occupations=[0, self.nbar])

    @classmethod
    def example(cls):
        return cls()


class WithCollapseOperators:
    """A class that inherits nothing, with √rate inside."""

    modes, times = 2, TIMES

    def hamiltonian(self, a, b):
        return OMEGA * b.dag() @ b + DELTA * a.dag() @ a - G * (a + a.dag()) @ (b + b.dag())

    def c_ops(self, a, b):
        return [np.sqrt(KAPPA) * a, np.sqrt(GAMMA * (NBAR + 1)) * b, np.sqrt(GAMMA * NBAR) * b.dag()]

    def preparation(self, a, b):
        return Preparation(occupations=[0, NBAR])


def of_objects():
    """QuTiP's H, c_ops and a truncated thermal state, whose tail beyond 24 levels is 1e-17."""
    n = (6, 24)
    a, b = qutip.tensor(qutip.destroy(n[0]), qutip.qeye(n[1])), qutip.tensor(qutip.qeye(n[0]), qutip.destroy(n[1]))
    H = OMEGA * b.dag() * b + DELTA * a.dag() * a - G * (a + a.dag()) * (b + b.dag())
    c_ops = [np.sqrt(KAPPA) * a, np.sqrt(GAMMA * (NBAR + 1)) * b, np.sqrt(GAMMA * NBAR) * b.dag()]
    geometric = (NBAR / (NBAR + 1)) ** np.arange(n[1])
    thermal = qutip.qdiags(geometric / geometric.sum(), 0)
    return from_qutip(H, c_ops, qutip.tensor(qutip.fock_dm(n[0], 0), thermal), tlist=[0, *TIMES])


def of_sympy():
    a, b = BosonOp("a"), BosonOp("b")
    omega, delta, g, kappa, gamma, nbar = symbols = sympy.symbols("omega Delta g kappa gamma nbar", positive=True)
    energy = omega * Dagger(b) * b + delta * Dagger(a) * a - g * (a + Dagger(a)) * (b + Dagger(b))
    jumps = [sympy.sqrt(kappa) * a, sympy.sqrt(gamma * (nbar + 1)) * b, sympy.sqrt(gamma * nbar) * Dagger(b)]
    values = dict(zip(symbols, (OMEGA, DELTA, G, KAPPA, GAMMA, NBAR), strict=True))
    return from_sympy(energy, jumps, values, occupations=[0, nbar])


def of_lambdas():
    written = WithCollapseOperators()
    return quick(lambda a, b: written.hamiltonian(a, b), lambda a, b: written.c_ops(a, b), rho0=[0, NBAR], times=TIMES)


def in_si_units():
    return Pair(*(MEGAHERTZ * rate for rate in (OMEGA, DELTA, G, KAPPA, GAMMA)), NBAR, unit=MEGAHERTZ)


def of_file(folder):
    """QuTiP objects → their source → a file → its class."""
    (folder / "read.py").write_text(of_objects().to_source("Read"), "utf-8")
    target = f"{folder / 'read.py'}:Read"
    return loading.model_of(loading.load(target), target)


@pytest.fixture(scope="module")
def entered(tmp_path_factory):
    """The model of each door with its unit of rates."""
    return {
        "objects": (of_objects(), 1.0),
        "c_ops": (WithCollapseOperators(), 1.0),
        "lambdas": (of_lambdas(), 1.0),
        "sympy": (of_sympy(), 1.0),
        "si": (in_si_units(), MEGAHERTZ),
        "file": (of_file(tmp_path_factory.mktemp("doors")), 1.0),
    }


def judged(model, unit):
    """What a report says: of each comparison its certificate, quantity, place in the order of times and verdict."""
    report = certify(model, times=[t / unit for t in TIMES], simulate=False)
    return report, {(kind.kind, c.quantity, str(c.verdict)) for kind in report.certificates for c in kind.comparisons}


@pytest.fixture(scope="module")
def of_the_class():
    return judged(Pair(), 1.0)


@pytest.mark.parametrize("door", DOORS)
def test_drift_diffusion_and_start_are_equal_after_the_unit(entered, door):
    model, unit = entered[door]
    here, there = gaussian.moment_equations(model), gaussian.moment_equations(Pair())
    assert np.abs(here.drift / unit - there.drift).max() < 1e-15
    assert np.abs(here.diffusion / unit - there.diffusion).max() < 1e-15
    start = gaussian.evolve(model, [0.0]).covariance
    assert np.abs(start - gaussian.evolve(Pair(), [0.0]).covariance).max() < 1e-12


@pytest.mark.parametrize("door", DOORS)
def test_dimensionless_measures_are_equal(entered, door):
    """E_N, entropies and discord, along the way and in the steady state."""
    model, unit = entered[door]

    def measures(model, unit):
        states = [gaussian.evolve(model, np.array(TIMES) / unit).covariance, gaussian.steady_state(model).covariance]
        return [
            measure
            for sigma in states
            for measure in (
                gaussian.log_negativity(sigma, party=[0]),
                gaussian.entropy(sigma),
                gaussian.mutual_information(sigma, party=[0]),
            )
        ]

    for mine, theirs in zip(measures(model, unit), measures(Pair(), 1.0), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-11)


@pytest.mark.parametrize("door", DOORS)
def test_verdicts_are_the_same(entered, of_the_class, door):
    """The same quantities are compared by the same certificates, with the same outcomes."""
    report, said = judged(*entered[door])
    assert str(report.verdict) == "certified"
    assert said == of_the_class[1]


def test_what_goes_back_to_qutip_is_what_came(entered):
    """`to_qutip` of the class has the generator of the script's own H and c_ops."""
    model, _ = entered["objects"]
    mine, theirs = (qutip.liouvillian(*to_qutip(m, [4, 4])) for m in (model, Pair()))
    assert (mine - theirs).norm("max") < 1e-14
