"""Random density matrices, stacked along the first axis, and what is measured of them."""

import numpy as np

RNG_SEED = 20
# Error of a trace norm or of a spectrum's entropy as computed from eigvalsh at these dimensions.
SPECTRAL = 1e-12


def dagger(x):
    return np.swapaxes(x.conj(), -1, -2)


def random_states(rng, count, d, rank):
    g = rng.normal(size=(count, d, rank)) + 1j * rng.normal(size=(count, d, rank))
    rho = g @ dagger(g)
    return rho / np.trace(rho, axis1=1, axis2=2)[:, None, None]


def random_pairs(rng, count, d):
    """Pairs of every rank, half of them near each other, at distances over six decades."""
    for rank in (1, 2, d):
        rho, sigma = random_states(rng, count, d, rank), random_states(rng, count, d, int(rng.integers(1, d + 1)))
        yield rho, sigma
        t = 10 ** rng.uniform(-6, 0, (count, 1, 1))
        yield rho, (1 - t) * rho + t * sigma


def damped(rho, x, number):
    """√(xᴺ) ρ √(xᴺ), normalised: fewer photons, the same rank; x one number for each state."""
    filter_ = x[:, None] ** (number / 2)
    out = rho * filter_[:, :, None] * filter_[:, None, :]
    return out / np.trace(out, axis1=1, axis2=2)[:, None, None]


def trace_norm(x):
    return np.abs(np.linalg.eigvalsh(x)).sum(-1)


def totals(*levels):
    """Total photon number of every product level."""
    return np.indices(levels).sum(0).ravel()


def transposed(rho, d_a, d_b):
    shape = rho.shape[:-2]
    array = rho.reshape(*shape, d_a, d_b, d_a, d_b)
    return np.swapaxes(array, -4, -2).reshape(*shape, d_a * d_b, d_a * d_b)
