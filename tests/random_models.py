"""Hypothesis strategies: random quadratic master equations, covariances and symplectic matrices."""

from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
import numpy as np
import scipy.linalg
from hypothesis.extra.numpy import arrays

import gaussian
from crosscheck.model import Dissipator, Model, Preparation, p, x


@dataclass(frozen=True, eq=False)
class RandomModel(Model):
    """H = ½ rᵀhr + v·r, jump operators u·r + c with complex u, c, correlated in pairs; started in a squeezed thermal
    state.
    """

    h: np.ndarray
    v: np.ndarray
    jumps: np.ndarray
    shifts: np.ndarray
    correlation: complex
    loss: float
    occupations: tuple
    squeeze: float

    @property
    def modes(self) -> int:
        return len(self.v) // 2

    def hamiltonian(self, *a: Any) -> Any:
        r = [q for c in a for q in (x(c), p(c))]
        quadratic = sum(0.5 * self.h[j, k] * (r[j] * r[k]) for j in range(len(r)) for k in range(len(r)))
        return quadratic + sum(v * q for v, q in zip(self.v, r, strict=True))

    def dissipators(self, *a: Any):
        r = [q for c in a for q in (x(c), p(c))]
        jumps = [
            sum(u * q for u, q in zip(row, r, strict=True)) + c for row, c in zip(self.jumps, self.shifts, strict=True)
        ]
        for jump in jumps:
            yield Dissipator(1.0, jump)
        if len(jumps) > 1:
            yield Dissipator(self.correlation, jumps[0], jumps[1])
            yield Dissipator(np.conj(self.correlation), jumps[1], jumps[0])
        for c in a:
            yield Dissipator(self.loss, c)

    def preparation(self, *a: Any) -> Preparation:
        first = a[0]
        return Preparation(
            self.occupations, unitaries=[0.5j * self.squeeze * (first * first - first.dag() * first.dag())]
        )

    @classmethod
    def example(cls):
        raise NotImplementedError


def reals(size: float):
    """Multiples of a thousandth: a rate of 1e-200 beside one of order one is not what these tests are about."""
    return st.integers(round(-1000 * size), round(1000 * size)).map(lambda n: n / 1000)


@st.composite
def quadratic_models(draw, modes=st.integers(1, 3), size: float = 1.0):
    """Completely positive models, stabilised by loss on every mode."""
    n = draw(modes)
    m = 2 * n
    h = draw(arrays(float, (m, m), elements=reals(size)))
    parts = draw(arrays(float, (2, 2, m), elements=reals(0.5)))
    shifts = draw(arrays(float, (2, 2), elements=reals(0.5)))
    model = RandomModel(
        h=h + h.T,
        v=draw(arrays(float, (m,), elements=reals(size))),
        jumps=parts[0] + 1j * parts[1],
        shifts=shifts[0] + 1j * shifts[1],
        correlation=0.9 * draw(reals(1.0)) * np.exp(1j * np.pi * draw(reals(1.0))),
        loss=0.0,
        occupations=tuple(draw(st.lists(st.floats(0, 2), min_size=n, max_size=n))),
        squeeze=draw(reals(0.7)),
    )
    slowest = np.linalg.eigvals(gaussian.drift(model)).real.max()
    # 𝓓[a] at rate κ adds −κ/2 to the drift on every mode.
    return RandomModel(**{**vars(model), "loss": max(0.0, 2 * slowest) + 0.4})


@st.composite
def symplectic_matrices(draw, n: int, size: float = 0.6):
    g = draw(arrays(float, (2 * n, 2 * n), elements=reals(size)))
    return scipy.linalg.expm(gaussian.omega(n) @ (g + g.T) / 2)


@st.composite
def covariances(draw, n: int, size: float = 0.6):
    """S diag(ν) Sᵀ with ν ≥ ½."""
    nu = np.array(draw(st.lists(st.floats(0.5, 3.0), min_size=n, max_size=n)))
    s = draw(symplectic_matrices(n, size))
    sigma = s @ np.diag(np.repeat(nu, 2)) @ s.T
    return 0.5 * (sigma + sigma.T)


def two_mode_squeezed(r: float) -> np.ndarray:
    c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1, -1])
    return np.block([[c, s], [s, c]])
