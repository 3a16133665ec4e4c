"""What the kinds of random models are drawn from: numbers as people type them, baths, networks, starts."""

from dataclasses import replace
from math import pi

import numpy as np

import gaussian
from tests.campaign.model import Drawn, Matrix, Row

Rng = np.random.Generator


def real(rng: Rng, low: float, high: float) -> float:
    """Three decimals, as people type them."""
    return round(float(rng.uniform(low, high)), 3)


def phased(rng: Rng, low: float, high: float) -> complex:
    """A modulus between the two and any phase."""
    z = rng.uniform(low, high) * np.exp(2j * pi * rng.uniform())
    return complex(round(z.real, 3), round(z.imag, 3))


def decades(rng: Rng, low: float, high: float) -> float:
    """10 to a power between the two, in three digits."""
    return float(f"{10 ** rng.uniform(low, high):.3g}")


def modes(rng: Rng, *, least: int = 1, most: int = 3) -> int:
    """One, two or three modes; three are rarer, for what they cost."""
    weights = np.array([0.4, 0.45, 0.15])[least - 1 : most]
    return int(rng.choice(np.arange(least, most + 1), p=weights / weights.sum()))


def lowering(n: int, mode: int, *, raised: bool = False, factor: complex = 1.0) -> Row:
    """`factor` times a_mode, or its adjoint, over (a₁, a₁†, a₂, …)."""
    return tuple(factor if i == 2 * mode + raised else 0.0 for i in range(2 * n))


def thermal(n: int, mode: int, rate: float, nbar: float) -> tuple[tuple[complex, Row, Row], ...]:
    """rate (nbar + 1) 𝓓[a] + rate nbar 𝓓[a†]."""
    down, up = lowering(n, mode), lowering(n, mode, raised=True)
    return ((rate * (nbar + 1), down, down), *(((rate * nbar, up, up),) if nbar else ()))


def hopping(rng: Rng, n: int, size: float) -> Matrix:
    """A Hermitian matrix: frequencies up to 2, couplings up to `size`."""
    m = [[0j] * n for _ in range(n)]
    for j in range(n):
        m[j][j] = real(rng, -2, 2)
        for i in range(j):
            if rng.uniform() < 0.8:
                m[j][i] = phased(rng, 0.05, size)
                m[i][j] = m[j][i].conjugate()
    return tuple(map(tuple, m))


def network(rng: Rng, n: int, *, least_rate: float = 0.2) -> Drawn:
    """Coupled modes, each with a thermal bath of its own, thermal at first."""
    baths = tuple(b for j in range(n) for b in thermal(n, j, real(rng, least_rate, 1.5), real(rng, 0, 0.4)))
    return Drawn(
        size=n,
        number=hopping(rng, n, 0.6),
        baths=baths,
        occupations=tuple(real(rng, 0, 0.4) for _ in range(n)),
        when=(real(rng, 0.2, 2.5),),
    )


def slowest(model: Drawn) -> float:
    """The largest real part of the eigenvalues of the drift."""
    return float(np.linalg.eigvals(gaussian.drift(replace(model, modulations=()))).real.max())


def stabilised(model: Drawn, margin: float = 0.2) -> Drawn:
    """With as much loss on every mode as it takes: 𝓓[a] at rate κ takes κ/2 from the real part of each eigenvalue."""
    kappa = round(2 * max(0.0, slowest(model) + margin), 3)
    more = tuple(b for j in range(model.size) for b in thermal(model.size, j, kappa, 0.0))
    return replace(model, baths=model.baths + more) if kappa else model


def seasoned(rng: Rng, model: Drawn) -> Drawn:
    """Now and then with a drive, a displaced or squeezed start."""
    for change in (drive, displacement, squeeze):
        model = change(rng, model) if rng.uniform() < 0.25 else model
    return model


def drive(rng: Rng, model: Drawn, size: float = 0.5) -> Drawn:
    return replace(model, drive=tuple(phased(rng, 0.1, size) for _ in range(model.size)))


def displacement(rng: Rng, model: Drawn, size: float = 1.0) -> Drawn:
    return replace(model, displacements=tuple(phased(rng, 0.1, size) for _ in range(model.size)))


def squeeze(rng: Rng, model: Drawn, least: float = 0.1, most: float = 0.5) -> Drawn:
    n = model.size
    pairs = [(j, j + 1) for j in range(n - 1)]
    return replace(
        model,
        squeezes=tuple(real(rng, least, most) * int(rng.choice([-1, 1])) for _ in range(n)),
        twins=tuple((j, i, real(rng, least, most)) for j, i in pairs if rng.uniform() < 0.5),
        splitters=tuple((j, i, real(rng, -pi, pi)) for j, i in pairs if rng.uniform() < 0.5),
    )


def pairing(rng: Rng, n: int, size: float) -> Matrix:
    m = [[0j] * n for _ in range(n)]
    for j in range(n):
        for i in range(j + 1):
            m[j][i] = m[i][j] = phased(rng, 0.05, size)
    return tuple(map(tuple, m))
