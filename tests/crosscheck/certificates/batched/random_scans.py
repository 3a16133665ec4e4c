"""Scans of random quadratic models of two modes, stable, marginal within rounding, and unstable."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck.model import Dissipator, Model, p, x


@dataclass(frozen=True)
class RandomScan(Model):
    """H = ½ Σ h_jk {r_j, r_k} + v·r with j ≤ k, two jump operators over (a, a†, b, b†), and loss of both modes."""

    h: tuple[Any, ...]
    v: tuple[Any, ...]
    jumps: tuple[tuple[Any, ...], ...]
    loss: Any

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        r = [x(a), p(a), x(b), p(b)]
        pairs = [(j, k) for j in range(4) for k in range(j, 4)]
        quadratic = sum(0.5 * h * (r[j] * r[k] + r[k] * r[j]) for h, (j, k) in zip(self.h, pairs, strict=True))
        return quadratic + sum(v * q for v, q in zip(self.v, r, strict=True))

    def dissipators(self, a: Any, b: Any) -> Any:
        for row in self.jumps:
            yield Dissipator(1.0, sum(c * q for c, q in zip(row, (a, a.dag(), b, b.dag()), strict=True)))
        yield Dissipator(self.loss, a)
        yield Dissipator(self.loss, b)

    @classmethod
    def example(cls) -> "RandomScan":
        return random_scan(1, 0)


def random_scan(points: int, seed: int) -> RandomScan:
    """Some three quarters of the points are stable, from strongly damped to barely."""
    rng = np.random.default_rng(seed)

    def some(number: int, size: float) -> tuple[Any, ...]:
        return tuple(size * rng.normal(size=points) for _ in range(number))

    jumps = tuple(tuple(u + 1j * v for u, v in zip(some(4, 0.4), some(4, 0.4), strict=True)) for _ in range(2))
    return RandomScan(h=some(10, 1.0), v=some(4, 1.0), jumps=jumps, loss=10 ** rng.uniform(-2, 1, points))
