r"""Gaussian discord from the density matrix: the conditional entropy minimised over general-dyne measurements.

    D(A|B) = S(B) − S(AB) + min_M Σ_m p_m S(ρ_{A|m})

A pure general-dyne measurement of mode B projects on displaced squeezed states. Up to normalisation ⟨n|φ⟩ obeys

    √(n+1) φ_{n+1} = b φ_n − τ √n φ_{n−1},   φ_0 = e^{−(u²+v²)/2},   b = √(1+τ) u + i √(1−τ) v

with outcome (u, v) ∈ ℝ² and flat weight du dv: τ = 0 is heterodyne detection, and at τ = 1 the recurrence is that of
the Hermite functions, so homodyne detection is an ordinary end point. A rotation by θ chooses the squeezed
quadrature.

The average over outcomes is a Gauss–Hermite rule adapted to the mean and covariance of (u, v); nothing assumes that ρ
is Gaussian.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray
from scipy.optimize import minimize

from fock.entropy import entropy
from fock.errors import InvalidArgument, NotAState
from fock.parties import Complex, bipartite, split
from fock.states import State, as_qobj, moments

# Nodes per outcome axis. For a Gaussian state the conditional entropy is the same for each outcome and one would do;
# the others average what truncation adds. Far from Gaussian five are too few: their error is a few 10⁻².
NODES = 5


def discord(rho: State, *, measured: Sequence[int], nodes: int = NODES) -> float:
    """Gaussian discord in nats with the mode in `measured` measured; any number of modes on the other side.

    `rho` is a state, ket or density matrix.

    `nodes` for each of the two axes of outcomes average the conditional entropy. A Gaussian state needs one; for others
    the average converges slowly (5·10⁻⁴ at 31 for a qubit and a mode of three levels): raise them until D settles.

    Raises:
        InvalidArgument: not exactly one measured mode.
        NotAState: ρ has a negative eigenvalue.
    """
    rho = as_qobj(rho)
    other, (mode,) = _one_measured(measured, len(rho.dims[0]))
    array = bipartite(rho, other, [mode])
    reduced = qutip.Qobj(np.einsum("ijil->jl", array))
    base = entropy(reduced) - entropy(rho)
    mean, sigma = moments(reduced)

    def conditional(tau: float, theta: float) -> float:
        return _conditional_entropy(array, mean, sigma, tau, theta, nodes)

    grid = [(tau, theta) for tau in (0.0, 0.3, 0.6, 0.85, 1.0) for theta in np.arange(4 if tau else 1) * np.pi / 4]
    values = [conditional(*point) for point in grid]
    best = int(np.argmin(values))
    # θ counts half turns of the measured quadrature; τ is polished within [0, 1].
    polished = minimize(
        lambda v: conditional(float(np.clip(v[0], 0, 1)), float(v[1])),
        grid[best],
        method="Nelder-Mead",
        options={"xatol": 1e-5, "fatol": 1e-11, "maxfev": 80, "initial_simplex": _simplex(grid[best])},
    )
    return max(0.0, base + min(values[best], float(polished.fun)))


def _one_measured(measured: Sequence[int], modes: int) -> tuple[list[int], list[int]]:
    one, other = split(measured, modes, "measured")
    if len(one) != 1:
        raise InvalidArgument(
            f"Argument measured must name one mode, but is {one}.", "Choose the mode that is measured, as in [1]."
        )
    return other, one


def _simplex(start: tuple[float, float]) -> NDArray[Any]:
    tau, theta = start
    return np.array([[tau, theta], [tau - 0.08 if tau > 0.5 else tau + 0.08, theta], [tau, theta + 0.2]])


def _conditional_entropy(
    array: Complex,
    mean: NDArray[Any],
    sigma: NDArray[Any],
    tau: float,
    theta: float,
    nodes: int,
) -> float:
    """Σ_m p_m S(ρ_{A|m}) for the measurement (τ, θ) of B."""
    turn = np.array([[np.cos(theta), np.sin(theta)], [-np.sin(theta), np.cos(theta)]])
    mean, sigma = turn @ mean, turn @ sigma @ turn.T
    # (u, v) is a rescaled (x, p) of B smeared by the squeezed state's own covariance.
    scale = np.diag([np.sqrt((1 + tau) / 2), np.sqrt((1 - tau) / 2)])
    spread = scale @ sigma @ scale + 0.25 * np.diag([1 - tau, 1 + tau])
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    z = np.stack(np.meshgrid(x, x, indexing="ij"), -1).reshape(-1, 2)
    weight = np.outer(w, w).ravel() / (2 * np.pi)
    lower = np.linalg.cholesky(spread)
    outcomes = z @ lower.T + scale @ mean
    phi = _projections(outcomes, tau, theta, array.shape[1])
    conditional = np.einsum("mj,ijkl,ml->mik", phi.conj(), array, phi, optimize=True)
    density = np.einsum("mii->m", conditional).real  # of the outcome, up to a constant
    model = np.exp(-0.5 * (z**2).sum(-1))
    probability = weight * density / model
    probability = probability / probability.sum()
    spectra = np.linalg.eigvalsh(conditional / density[:, None, None])
    if spectra.min() < -1e-4:
        raise NotAState(float(spectra.min()))
    p = np.where(spectra > 0, spectra, 1.0)
    return float(probability @ -(p * np.log(p)).sum(-1))


def _projections(outcomes: NDArray[Any], tau: float, theta: float, levels: int) -> Complex:
    """⟨n|φ⟩ for each outcome (u, v), shape (outcomes, levels)."""
    u, v = outcomes.T
    b = np.sqrt(1 + tau) * u + 1j * np.sqrt(1 - tau) * v
    phi = np.zeros((len(u), levels), complex)
    phi[:, 0] = np.exp(-0.5 * (u**2 + v**2))
    for n, after in pairwise(range(levels)):
        phi[:, after] = b * phi[:, n] - (tau * np.sqrt(n) * phi[:, n - 1] if n else 0)
        phi[:, after] /= np.sqrt(after)
    return np.asarray(phi * np.exp(1j * theta * np.arange(levels)))
