"""Slips in codes of optomechanics, electromechanics and gravity, that were planted without a look at the catalogue."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import solve_continuous_lyapunov

from crosscheck import Dissipator, Model, Preparation, brownian_bath, diagnose, thermal_bath
from crosscheck.model import x


@dataclass(frozen=True)
class Modulated(Model):
    """A mirror and a cavity whose coupling is G(1 + ε cos Wt); κ is the decay of amplitudes (Mari & Eisert 2009)."""

    om: float = 1.0
    delta: float = 1.0
    kappa: float = 0.2
    gamma: float = 0.01
    G: float = 0.12
    eps: float = 0.4
    W: float = 2.0
    nbar: float = 0.5
    modes = 2
    times = (1.0, 4.0, 10.0)

    def hamiltonian(self, b, a):
        energy = self.om * b.dag() @ b + self.delta * a.dag() @ a + brownian_bath(b, self.gamma, self.nbar).hamiltonian
        coupling = -self.G * x(a) * x(b)
        return [energy + coupling, [self.eps * coupling, lambda t: np.cos(self.W * t)]]

    def dissipators(self, b, a):
        yield from brownian_bath(b, self.gamma, self.nbar)
        yield Dissipator(2 * self.kappa, a)

    def preparation(self, b, a):
        return Preparation(occupations=[self.nbar, 0.0])

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Pumped(Model):
    """A drum whose spring is modulated, and that is driven."""

    w: float = 1.0
    chi: float = 0.3
    gamma: float = 0.2
    nbar: float = 0.8
    f: float = 0.5
    modes = 1
    times = (1.0, 3.0)

    def hamiltonian(self, b):
        spring = [0.5 * self.chi * x(b) * x(b), lambda t: np.cos(2 * self.w * t)]
        return [self.w * b.dag() @ b, spring, [-self.f * x(b), lambda t: np.cos(self.w * t)]]

    def dissipators(self, b):
        yield from thermal_bath(b, self.gamma, self.nbar)

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Transducer(Model):
    """Microwaves, light and a drum; says nothing of which modes are asked about."""

    gc: float = 0.3
    ga: float = 0.2
    kc: float = 1.0
    ka: float = 0.8
    gm: float = 0.05
    nm: float = 1.5
    nc: float = 0.2
    modes = 3

    def hamiltonian(self, c, a, b):
        return self.gc * (c.dag() @ b + c @ b.dag()) + self.ga * (a @ b + a.dag() @ b.dag())

    def dissipators(self, c, a, b):
        yield from thermal_bath(c, self.kc, self.nc)
        yield Dissipator(self.ka, a)
        yield from thermal_bath(b, self.gm, self.nm)

    @classmethod
    def example(cls):
        return cls()


def modulated(wave=np.cos, noise=2.0, **changed):
    """A(t) and D as a script has them."""
    m = replace(Modulated(), **changed)

    def drift(t):
        g = m.G * (1 + m.eps * wave(m.W * t))
        k = m.kappa
        return np.array([[0, m.om, 0, 0], [-m.om, -m.gamma, g, 0], [0, 0, -k, m.delta], [g, 0, -m.delta, -k]])

    return drift, np.diag([0, noise * m.gamma * (m.nbar + 0.5), m.kappa, m.kappa])


def pumped(damping=1.0, spring=2.0, wave=np.cos, **changed):
    m = replace(Pumped(), **changed)
    g = damping * m.gamma / 2

    def drift(t):
        return np.array([[-g, m.w], [-m.w - m.chi * np.cos(spring * m.w * t), -g]])

    return drift, m.gamma * (m.nbar + 0.5) * np.eye(2), lambda t: np.array([0, m.f * wave(m.w * t)])


def transduced(damping=1.0, **changed):
    m = replace(Transducer(), **changed)
    a = -np.diag([damping * m.kc] * 2 + [m.ka] * 2 + [m.gm] * 2) / 2
    a[0, 5], a[1, 4], a[4, 1], a[5, 0] = m.gc, -m.gc, m.gc, -m.gc
    a[2, 5] = a[3, 4] = a[4, 3] = a[5, 2] = -m.ga
    return a, np.diag([m.kc * (m.nc + 0.5)] * 2 + [m.ka / 2] * 2 + [m.gm * (m.nm + 0.5)] * 2)


def moved(drift, noise, start, times):
    def rate(t, y):
        flow = drift(t) @ y.reshape(noise.shape)
        return (flow + flow.T + noise).ravel()

    return solve_ivp(rate, (0, times[-1]), start.ravel(), t_eval=times, rtol=1e-9, atol=1e-12).y.T.reshape(
        -1, *noise.shape
    )


IN_TIME = {
    "sin for cos": (Modulated(), modulated(np.sin), ["has sin(2 t) for cos(2 t)"]),
    "sin for cos, and G doubled": (
        Modulated(), modulated(np.sin, G=0.24), ["has sin(2 t) for cos(2 t)", "G is taken as 2G"]),
    "at ω for 2ω, and χ doubled": (
        Pumped(), pumped(spring=1.0, chi=0.6), ["chi is taken as 2chi", "oscillates at 1, half the 2 of the model"]),
    "γ for γ/2 in A, and sin for cos in the drive": (
        Pumped(), pumped(damping=2.0, wave=np.sin), ["all damping is twice the model's", "−0.5·x1 has sin(1 t)"]),
}  # fmt: skip


def told(claim, model):
    found = diagnose(claim, model=model)
    return found, " ".join(found.story)


@pytest.mark.slow
@pytest.mark.parametrize("slip", IN_TIME)
def test_mistakes_in_time(slip):
    """One mistake, or two, in a model that depends on time are named."""
    model, (drift, noise, *drive), words = IN_TIME[slip]
    claim = {"A": drift, "D": noise, "times": np.array([0.0, 1.0, 2.5, 4.0])}
    found, story = told(claim | ({"d": drive[0]} if drive else {}), model)
    assert str(found.verdict) == "refuted"
    assert all(word in story for word in words), story


def test_what_follows_from_a_mistake_in_time_is_not_wrong_again():
    """σ(t) that is right for an A(t) whose mistake is known is said to follow from it."""
    drift, noise = modulated(np.sin)
    times = np.array([0.0, 1.0, 2.0])
    claim = {"A": drift, "D": noise, "times": times}
    found, story = told(claim | {"V": moved(drift, noise, np.diag([1.0, 1, 0.5, 0.5]), times)}, Modulated())
    assert "has sin(2 t) for cos(2 t)" in story
    assert [str(stage.verdict) for stage in found.stages] == ["certified", "refuted", "certified"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (transduced(kc=0.8), "kc is taken as ka: 0.8, not 1"),
        (transduced(damping=2.0, nm=0.25), "(n̄ where 2n̄ + 1 belongs)"),
    ],
)
def test_copied_names_and_occupations(claim, words):
    """A rate that is copied from its neighbour is told by its name, n̄ for 2n̄ + 1 beside another mistake as well."""
    assert words in told(dict(zip("AD", claim, strict=True)), Transducer())[1]


def test_zero_of_other_modes_is_not_refuted():
    """E_N = 0 of two modes that share none is not wrong because one of them and the others share some."""
    a, d = transduced()
    v = solve_continuous_lyapunov(a, -d)
    found, story = told({"A": a, "D": d, "V": v, "E_N": 0.0}, Transducer())
    assert str(found.verdict) == "inconclusive"
    assert "0 does not tell of which modes it is" in story


@pytest.mark.parametrize(("factor", "verdict"), [(2.0, "certified"), (1.0, "refuted")])
def test_a_function_of_two_modes_is_asked_of_two(factor, verdict):
    """E_N by the determinants of 2×2 blocks, which fails on three modes; and the same as for vacuum 1."""

    def entangled(sigma):
        a, b, c = sigma[:2, :2], sigma[2:, 2:], sigma[:2, 2:]
        total = np.linalg.det(a) + np.linalg.det(b) - 2 * np.linalg.det(c)
        nu = np.sqrt((total - np.sqrt(total**2 - 4 * np.linalg.det(sigma))) / 2)
        return max(0.0, -np.log(factor * nu))

    a, d = transduced()
    found, story = told({"A": a, "D": d, "E_N": entangled}, Transducer())
    assert str(found.verdict) == verdict
    assert "the function for E_N of two modes" in story

    def of_pair(V, i, j):
        rows = [2 * i, 2 * i + 1, 2 * j, 2 * j + 1]
        return entangled(V[np.ix_(rows, rows)])

    assert str(told({"A": a, "D": d, "E_N": of_pair}, Transducer())[0].verdict) == verdict
