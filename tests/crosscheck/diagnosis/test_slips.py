"""Sixty slips of codes written by hand, alone and in pairs, and two hundred right codes in habits of others.

The codes share nothing with `gaussian`: A = Ωh − κ/2 with the matrix h of H = ½ rᵀhr, D by hand, Lyapunov by SciPy.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import scipy

import crosscheck
from crosscheck import Dissipator, Model, Preparation
from crosscheck.model import p, squeezing, thermal_bath, x
from crosscheck.report.verdict import Verdict

TIMES = (0.4, 1.1, 2.3)
# Of sixty slips so many must be named.
NAMED = 56


@dataclass(frozen=True)
class Three(Model):
    """Three modes with complex hopping, pairing of the first two, and a bath each."""

    w: tuple = (1.0, 1.3, 0.8)
    J: complex = 0.3 + 0.2j
    g: float = 0.15
    kappa: tuple = (0.5, 0.7, 0.9)
    nbar: tuple = (0.4, 1.2, 0.0)

    @property
    def modes(self):
        return 3

    def hamiltonian(self, a, b, c):
        h = self.w[0] * a.dag() * a + self.w[1] * b.dag() * b + self.w[2] * c.dag() * c
        h = h + self.J * b.dag() * c + np.conj(self.J) * c.dag() * b
        return h + self.g * (a * b + a.dag() * b.dag())

    def dissipators(self, *modes):
        for mode, kappa, n in zip(modes, self.kappa, self.nbar, strict=True):
            yield from thermal_bath(mode, kappa, n)

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Mirror(Model):
    """A cavity and a Brownian mirror, H = Δa†a + ω b†b − Gx_a x_b."""

    Delta: float = 0.7
    omega: float = 1.0
    G: float = 0.2
    kappa: float = 0.6
    gamma: float = 0.1
    nbar: float = 3.0

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        h = self.Delta * a.dag() * a + self.omega * b.dag() * b - self.G * x(a) * x(b)
        return h + self.gamma / 4 * (x(b) * p(b) + p(b) * x(b))

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield Dissipator(-0.5j * self.gamma, x(b), p(b))
        yield Dissipator(0.5j * self.gamma, p(b), x(b))
        yield Dissipator(self.gamma * (2 * self.nbar + 1), x(b))

    @classmethod
    def example(cls):
        return cls()


@dataclass(frozen=True)
class Light(Model):
    """One squeezed mode that is lost at κ into n̄ quanta."""

    omega: float = 0.9
    kappa: float = 0.5
    nbar: float = 0.3
    r: float = 0.4

    @property
    def modes(self):
        return 1

    def hamiltonian(self, a):
        return self.omega * a.dag() * a

    def dissipators(self, a):
        yield from thermal_bath(a, self.kappa, self.nbar)

    def preparation(self, a):
        return Preparation(unitaries=[squeezing(a, self.r)])

    @classmethod
    def example(cls):
        return cls()


THREE, MIRROR, LIGHT = Three(), Mirror(), Light()


def three(m=THREE, *, j=None, pair=(0, 1), half=0.5, damp=1.0):
    """A and D of Three, from ⟨ȧ⟩ = −i∂H/∂a†."""
    a = np.zeros((6, 6))
    j = m.J if j is None else j
    for k, w in enumerate(m.w):
        a[2 * k, 2 * k + 1], a[2 * k + 1, 2 * k] = w, -w
    for (k, i), z in (((1, 2), j), ((2, 1), np.conj(j))):  # ȧ_k = −iz a_i
        a[2 * k : 2 * k + 2, 2 * i : 2 * i + 2] += [[z.imag, z.real], [-z.real, z.imag]]
    for k, i in (pair, pair[::-1]):  # ȧ_k = −ig a_i†
        a[2 * k : 2 * k + 2, 2 * i : 2 * i + 2] += [[0, -m.g], [-m.g, 0]]
    kappa, n = np.repeat(m.kappa, 2), np.repeat(m.nbar, 2)
    return a - np.diag(damp * kappa / 2), np.diag(kappa * (n + half))


def mirror(m=MIRROR, *, rotating=False, coupling=1.0, back=1.0):
    """A and D of Mirror, by its Langevin equations."""
    a = np.array(
        [
            [-m.kappa / 2, m.Delta, 0, 0],
            [-m.Delta, -m.kappa / 2, coupling * m.G, 0],
            [0, 0, 0, m.omega],
            [coupling * back * m.G, 0, -m.omega, -m.gamma],
        ]
    )
    noise = m.gamma * (2 * m.nbar + 1)
    d = np.diag([m.kappa / 2, m.kappa / 2, 0, noise])
    if rotating:
        a[2, 2] = a[3, 3] = -m.gamma / 2
        d[2, 2] = d[3, 3] = noise / 2
    return a, d


def light(m=LIGHT, *, start=1.0, noise=1.0, flow=1.0):
    """σ(t) of Light, by its loss channel."""
    found = []
    for t in TIMES:
        power, angle = np.exp(-m.kappa * t), m.omega * t * flow
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        s0 = np.diag([np.exp(-2 * m.r * start), np.exp(2 * m.r * start)]) / 2
        found.append(power**flow * turn @ s0 @ turn.T + noise * (1 - power) * (m.nbar + 0.5) * np.eye(2))
    return np.array(found)


def steady(a, d):
    return scipy.linalg.solve_continuous_lyapunov(a, -d)


def equations(found):
    return {"A": found[0], "D": found[1]}


def solved(found):
    return {"V": steady(*found)}


def moved(sigmas):
    return {"times": TIMES, "covariances": sigmas}


def _kappa(k, value):
    return replace(THREE, kappa=tuple(value if i == k else v for i, v in enumerate(THREE.kappa)))


def _slips():
    """(name, model, claim, words of which one must be told)."""
    m = MIRROR
    fields = {"Delta": m.Delta, "omega": m.omega, "G": m.G, "kappa": m.kappa, "gamma": m.gamma, "nbar": m.nbar}
    for name, value in fields.items():
        for factor, said in ((2.0, f"2{name}"), (0.5, f"½ {name}"), (2**0.5, f"√2 {name}")):
            made = mirror(replace(m, **{name: factor * value}))
            yield f"mirror {said}", m, equations(made), (said, "times", "counted")
            if name in ("Delta", "kappa", "nbar"):
                yield f"mirror {said}, σ", m, solved(made), (said, "times", "counted")
    for name in ("Delta", "G", "kappa"):
        made = mirror(replace(m, **{name: fields[name] ** 2}))
        yield f"mirror {name}²", m, equations(made), (f"{name}²",)
    yield "mirror rotating", m, equations(mirror(rotating=True)), ("rotating-wave",)
    yield "mirror rotating σ", m, solved(mirror(rotating=True)), ("rotating-wave",)
    yield "mirror feels nothing", m, equations(mirror(back=0.0)), ("does not feel", "A[p2, x1]")
    made = mirror()
    made[1][3, 3] = m.gamma * (2 * 1.7 + 1)
    yield "mirror n̄ in one entry", m, equations(made), ("nbar is taken as",)
    yield "mirror Aᵀ", m, equations(made := mirror()) | {"V": steady(made[0].T, made[1])}, ("Aᵀ",)
    yield "mirror +D", m, equations(made) | {"V": -steady(*made)}, ("+D",)
    yield "mirror G and κ", m, equations(mirror(replace(m, G=2 * m.G, kappa=0.5 * m.kappa))), ("2G",)
    yield "mirror −Δ and 2n̄", m, equations(mirror(replace(m, Delta=-m.Delta, nbar=2 * m.nbar))), ("−Delta",)
    t = THREE
    yield "three J*", t, equations(three(j=np.conj(t.J))), ("conjugate",)
    yield "three J* σ", t, solved(three(j=np.conj(t.J))), ("conjugate",)
    yield "three pair of 1 and 3", t, equations(three(pair=(0, 2))), ("couples modes",)
    yield "three n̄ for n̄ + ½", t, equations(three(half=0.0)), ("vacuum noise is missing",)
    yield "three n̄ + 1 for n̄ + ½", t, equations(three(half=1.0)), ("vacuum noise is counted twice",)
    yield "three amplitudes", t, equations(three(damp=2.0)), ("damping of amplitudes",)
    yield "three g doubled", t, equations(three(replace(t, g=2 * t.g))), ("2g",)
    yield "three g doubled σ", t, solved(three(replace(t, g=2 * t.g))), ("2g",)
    yield "three w turned", t, equations(three(replace(t, w=(1.3, 0.8, 1.0)))), ("w is taken in the order",)
    yield "three κ exchanged", t, equations(three(replace(t, kappa=(0.7, 0.5, 0.9)))), ("exchanged", "instead")
    for k in range(3):
        made = three(_kappa(k, 2 * t.kappa[k]))
        yield f"three 2κ{k}", t, equations(made), (f"2kappa[{k}]", f"baths of mode {k + 1} counted 2", "counted 2")
        yield f"three 2κ{k} σ", t, solved(made), (f"2kappa[{k}]", f"baths of mode {k + 1} counted 2", "counted 2")
    s = LIGHT
    yield "light T for √T", s, moved(light(flow=2.0)), ("e^{2At}",)
    yield "light √T for T", s, moved(light(flow=0.5)), ("e^{At/2}",)
    yield "light no noise", s, moved(light(noise=0.0)), ("diffusion only", "missing")
    yield "light 2 noise", s, moved(light(noise=2.0)), ("all noise is twice",)
    yield "light −r", s, moved(light(start=-1.0)), ("other quadrature", "inverted")
    yield "light 2r", s, moved(light(start=2.0)), ("twice as strong", "2r")
    yield "light r/2, 2 noise", s, moved(light(start=0.5, noise=2.0)), ("half as strong", "½ r")
    yield "light late", s, moved(np.concatenate([[np.diag(np.exp([-0.8, 0.8])) / 2], light()[:-1]])), ("time before",)
    yield "light steady", s, moved([(s.nbar + 0.5) * np.eye(2)] * 3), ("at each instant", "missing")


SLIPS = list(_slips())


def _is_named(model, claim, words):
    found = crosscheck.diagnose(claim, model=model)
    told = " ".join(f"{c.text} {'; '.join(c.same)}" for c in found.causes)
    return found.verdict is not Verdict.CERTIFIED and any(word in told for word in words)


@pytest.mark.slow
def test_of_sixty_slips_nearly_all_are_named():
    """At least 56 in 60 of the slips are among the causes that are told."""
    missed = [name for name, model, claim, words in SLIPS if not _is_named(model, claim, words)]
    assert len(SLIPS) >= 60
    assert len(missed) * 60 <= (60 - NAMED) * len(SLIPS), missed


@pytest.mark.parametrize("slip", SLIPS[1::13], ids=lambda slip: slip[0])
def test_a_slip_is_named(slip):
    """A sample of them."""
    assert _is_named(*slip[1:])


def _habit(model, made, seed):
    """A and D, or σ, in habits of others: layout, vacuum, −p, the order of the modes, other units of x and p."""
    rng = np.random.default_rng(seed)
    n = model.modes
    order, sign, vacuum = rng.permutation(n), rng.choice([1, -1]), rng.choice([0.5, 1.0, 0.25])
    units = np.exp(rng.normal(size=n)) if rng.random() < 0.3 else np.ones(n)
    rows = [2 * k + q for k in order for q in (0, 1)]
    if rng.random() < 0.5:
        rows = rows[::2] + rows[1::2]
    scale = np.array([units[k // 2] if k % 2 == 0 else sign / units[k // 2] for k in rows])
    a = made[0][np.ix_(rows, rows)] * scale[:, None] / scale
    d = 2 * vacuum * made[1][np.ix_(rows, rows)] * np.outer(scale, scale)
    claim = {"A": a, "D": d}
    return claim | {"V": steady(a, d)} if rng.random() < 0.6 else claim


def _right(seed):
    model, make = ((THREE, three), (MIRROR, mirror))[seed % 2]
    return model, _habit(model, make(), seed)


@pytest.mark.slow
def test_two_hundred_right_codes_are_never_refuted():
    """Conventions are never called mistakes."""
    refuted = [
        k for k in range(200) if crosscheck.diagnose(_right(k)[1], model=_right(k)[0]).verdict is Verdict.REFUTED
    ]
    assert not refuted


@pytest.mark.parametrize("seed", range(4))
def test_a_right_code_in_another_habit_is_not_refuted(seed):
    """A sample of them."""
    model, claim = _right(seed)
    assert crosscheck.diagnose(claim, model=model).verdict is not Verdict.REFUTED
