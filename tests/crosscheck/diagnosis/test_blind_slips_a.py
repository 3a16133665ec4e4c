"""Slips of quantum-optics scripts, written by hand before the catalogue was read: squeezed baths, cascades, chains.

The codes share nothing with `gaussian`: each A is typed entry by entry, each D by the noise of its inputs.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import expm, solve_continuous_lyapunov

import gaussian
from crosscheck import Dissipator, Model, diagnose, squeezed_bath
from crosscheck.model import thermal_bath

TURN = np.array([[0.0, 1.0], [-1.0, 0.0]])


@dataclass(frozen=True)
class Pair(Model):
    """A beam splitter between a cavity with a squeezed bath and one with a thermal bath."""

    da: float = 0.2
    db: float = -0.15
    J: float = 0.5
    ka: float = 1.0
    kb: float = 0.4
    r: float = 0.6
    nb: float = 0.1
    modes = 2

    def hamiltonian(self, a, b):
        return self.da * a.dag() * a + self.db * b.dag() * b + self.J * (a.dag() * b + a * b.dag())

    def dissipators(self, a, b):
        yield from squeezed_bath(a, self.ka, 0.0, self.r)
        yield from thermal_bath(b, self.kb, self.nb)

    @classmethod
    def example(cls):
        return cls()


def pair(ka=1.0, kb=0.4, M=np.sinh(1.2) / 2, N=np.sinh(0.6) ** 2):
    A = np.zeros((4, 4))
    A[:2, :2], A[2:, 2:] = 0.2 * TURN - ka / 2 * np.eye(2), -0.15 * TURN - kb / 2 * np.eye(2)
    A[:2, 2:] = A[2:, :2] = 0.5 * TURN
    return A, np.diag([1.0 * (N + 0.5 - M), 1.0 * (N + 0.5 + M), 0.24, 0.24])


@dataclass(frozen=True)
class Trio(Model):
    """A pump between a and b, and a hopping between b and c."""

    g: float = 0.3
    J: float = 0.6
    wc: float = 0.4
    ka: float = 1.0
    kb: float = 0.8
    kc: float = 0.3
    nc: float = 0.25
    modes = 3

    def hamiltonian(self, a, b, c):
        pump = 1j * self.g * (a.dag() * b.dag() - a * b)
        return pump + self.J * (b.dag() * c + b * c.dag()) + self.wc * c.dag() * c

    def dissipators(self, a, b, c):
        yield from thermal_bath(a, self.ka, 0.0)
        yield from thermal_bath(b, self.kb, 0.0)
        yield from thermal_bath(c, self.kc, self.nc)

    @classmethod
    def example(cls):
        return cls()


def trio(kb=0.8, kc=0.3, half=0.5, between=(1, 2), sign=1.0):
    A = np.kron(np.diag([-0.5, -kb / 2, -kc / 2]), np.eye(2))
    A[:2, 2:4] = A[2:4, :2] = 0.3 * np.diag([1, -1])
    A[4:, 4:] += 0.4 * TURN
    one, two = (slice(2 * k, 2 * k + 2) for k in between)
    A[one, two], A[two, one] = 0.6 * TURN, sign * 0.6 * TURN
    return A, np.diag(np.repeat([0.5, kb / 2, kc * (0.25 + half)], 2))


@dataclass(frozen=True)
class Cascade(Model):
    """A squeezer a drives b one way, through a line of transmission eta."""

    eps: float = 0.3
    db: float = 0.2
    ka: float = 1.0
    kb: float = 0.6
    eta: float = 0.8
    modes = 2

    def hamiltonian(self, a, b):
        c = 0.5 * np.sqrt(self.eta * self.ka * self.kb)
        squeezer = 0.5j * self.eps * (a.dag() ** 2 - a**2) + self.db * b.dag() * b
        return squeezer - 1j * c * (b.dag() * a - a.dag() * b)

    def dissipators(self, a, b):
        yield Dissipator(1.0, np.sqrt(self.eta * self.ka) * a + np.sqrt(self.kb) * b)
        yield Dissipator((1 - self.eta) * self.ka, a)

    @classmethod
    def example(cls):
        return cls()


def cascade(c=np.sqrt(0.48), back=0.0, sign=-1.0, kept=1.0, shared=1.0, eps=0.3):
    A = np.diag([eps - kept / 2, -eps - kept / 2, -0.3, -0.3])
    A[2:, :2], A[:2, 2:] = sign * c * np.eye(2), -back * c * np.eye(2)
    A[2:, 2:] += 0.2 * TURN
    D = np.diag([0.5, 0.5, 0.3, 0.3])
    D[:2, 2:] = D[2:, :2] = shared * c / 2 * np.eye(2)
    return A, D


@dataclass(frozen=True)
class Chain(Model):
    """Four cavities in a row with complex hopping; the last has a bath more."""

    w1: float = 0.3
    w2: float = 0.1
    w3: float = -0.2
    w4: float = 0.4
    J: float = 0.5
    phi: float = 0.7
    k: float = 0.8
    gamma: float = 0.3
    n: float = 0.5
    modes = 4

    def hamiltonian(self, *a):
        H = sum(w * m.dag() * m for w, m in zip((self.w1, self.w2, self.w3, self.w4), a, strict=True))
        for u, v in pairwise(a):
            H = H + self.J * (np.exp(1j * self.phi) * u.dag() * v + np.exp(-1j * self.phi) * v.dag() * u)
        return H

    def dissipators(self, *a):
        for m in a:
            yield from thermal_bath(m, self.k, 0.0)
        yield from thermal_bath(a[3], self.gamma, self.n)

    @classmethod
    def example(cls):
        return cls()


def chain(w=(0.3, 0.1, -0.2, 0.4), phi=0.7, J=0.5, ring=False, own=0.8, hot=3):
    loss = np.array([0.8, 0.8, 0.8, own + 0.3])
    W = -1j * np.diag(w) - np.diag(loss) / 2
    for j in range(4 if ring else 3):
        W[j, (j + 1) % 4], W[(j + 1) % 4, j] = -1j * J * np.exp(1j * phi), -1j * J * np.exp(-1j * phi)
    noise = np.array([0.8, 0.8, 0.8, own]) / 2
    noise[hot] += 0.3
    return np.kron(W.real, np.eye(2)) - np.kron(W.imag, TURN), np.diag(np.repeat(noise, 2))


RIGHT = ((pair, Pair), (trio, Trio), (cascade, Cascade), (chain, Chain))
COUPLING = "the term 0.6·(b†c + bc†) of H"
LINE = "the one-way coupling from mode 1 to mode 2"
# The code, what it does, and what must be said of it, in any words that have the same effect.
SLIPS = [
    (Pair, pair(M=np.sinh(1.2)), ["M = ⟨aa⟩ of the bath of mode 1 is twice as large in D"]),
    (Pair, pair(N=0.0), ["the quanta N of the squeezed bath of mode 1 are missing in D"]),
    (Pair, pair(M=0.0, kb=0.8), ["M = ⟨aa⟩ of the bath of mode 1 is missing in D", "in the drift only"]),
    (Cascade, cascade(shared=0.0), ["noise lacks its correlations between modes"]),
    (Cascade, cascade(c=0.8 * np.sqrt(0.6)), ["eta is taken as eta²"]),
    (Cascade, cascade(back=1.0), [f"{LINE} acts both ways"]),
    (Cascade, cascade(sign=1.0, kept=0.8), [f"{LINE} has the opposite sign", "0.2·𝓓[a] missing, in the drift only"]),
    (Trio, trio(half=0.0, between=(0, 2)), [f"{COUPLING} couples modes 1 and 3 instead", "nc is taken as nc − ½"]),
    (Trio, trio(kb=0.3, kc=0.8, sign=-1.0), [f"{COUPLING} has the opposite sign in the equations of mode 3 alone",
                                             "kb and kc are exchanged"]),
    (Chain, chain(phi=-0.7), ["hopping is conjugated"]),
    (Chain, chain(ring=True), ["couples modes 4 and 1, too (a ring)"]),
    (Chain, chain(J=0.25, own=0.0), ["J is taken as ½ J", "the dissipator 0.8·𝓓[d] missing"]),
    (Chain, chain(w=(0.3, 0.3, 0.3, 0.3), hot=0), ["w2, w3, w4 are all taken as w1",
     "acts on mode 1, not on mode 4, in the diffusion only"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "model"), RIGHT)
def test_right_codes_are_certified(code, model):
    """A, D and the steady covariance typed by hand are those of the models."""
    A, D = code()
    assert diagnose({"A": A, "D": D, "V": solve_continuous_lyapunov(A, -D)}, model=model()).verdict == "certified"


@pytest.mark.slow
@pytest.mark.parametrize(("model", "code", "said"), SLIPS, ids=[f"{m.__name__}-{k}" for k, (m, *_) in enumerate(SLIPS)])
def test_slips_are_named(model, code, said):
    """Each slip is named by the best explanation, or in other words for the same numbers beside it."""
    A, D = code
    best = diagnose({"A": A, "D": D}, model=model()).first_wrong.causes[0]
    words = ["; ".join(best.defects), *best.same]
    assert any(all(part in text for part in said) for text in words), words


def test_a_start_of_vacuum_one_is_named():
    """V(t) that starts from 1 where the vacuum is ½·1; V_t and t are read as a trajectory."""
    A, D = trio()
    V, t = solve_continuous_lyapunov(A, -D), np.linspace(0, 4, 9)
    V_t = np.array([expm(A * s) @ (np.eye(6) - V) @ expm(A * s).T + V for s in t])
    found = diagnose({"A": A, "D": D, "V": V, "t": t, "V_t": V_t}, model=Trio()).first_wrong
    assert "the start is twice as large, as if the vacuum were 1" in found.causes[0].defects


@pytest.mark.slow
def test_rates_in_a_far_unit_are_right():
    """Rates of 2π·10⁶/s beside a model in units of κ: no mistake makes all of them so much larger."""
    A, D = pair()
    found = diagnose({"A": 2e6 * np.pi * A, "D": 2e6 * np.pi * D}, model=Pair())
    assert found.verdict == "certified"
    assert "rates are in units of 1.592e−07 of the model's" in " ".join(found.conventions)
    assert diagnose({"A": 2e6 * np.pi * A, "D": 3e6 * np.pi * D}, model=Pair()).verdict == "refuted"


@pytest.mark.slow
def test_mistakes_are_named_in_a_far_unit():
    """Rates in MHz, one of them wrong: the mistake, and the unit."""
    A, D = pair(ka=0.5)
    found = diagnose({"A": 1e6 * A, "D": 1e6 * D}, model=Pair())
    story = " ".join(found.story)
    assert found.verdict == "refuted"
    assert "ka is taken as ½ ka: 0.5, not 1, in the drift only" in story
    assert "rates are in units of 1e−06 of the model's" in story


def test_times_are_in_the_unit_of_the_rates():
    """Populations along the way, without covariances, with A and D in MHz and times in μs."""
    A, D = pair()
    times = np.array([0.5, 1.0, 2.0])
    start = np.eye(4) / 2
    settled = solve_continuous_lyapunov(A, -D)
    moved = [expm(A * t) @ (start - settled) @ expm(A * t).T + settled for t in times]
    entropy = [float(gaussian.entropy(sigma)) for sigma in moved]
    claim = {"A": 1e6 * A, "D": 1e6 * D, "times": 1e-6 * times, "entropy": entropy}
    assert diagnose(claim, model=Pair()).verdict == "certified"
    assert diagnose(claim | {"times": times}, model=Pair()).verdict == "refuted"
