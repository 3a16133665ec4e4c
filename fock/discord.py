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

import functools
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import qutip
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from fock.entropy import entropy
from fock.errors import InvalidArgument, NotAState
from fock.parties import Complex, bipartite, split
from fock.states import State, as_qobj, moments

Function = Callable[[float, float], float]

# Nodes per outcome axis. For a Gaussian state the conditional entropy is the same for each outcome and one would do;
# the others average what truncation adds. Far from Gaussian five are too few: their error is a few 10⁻².
NODES = 5
# Nodes with which the measurements of the grid are compared: enough to tell valleys apart.
FEW = 2
# The grid: heterodyne in the middle, and on each of these circles so many directions; the last circle is homodyne.
RADII, DIRECTIONS = (0.3, 0.6, 0.85, 1.0), 12
# Valleys that are followed to their bottom. A Gaussian state has two at most.
VALLEYS = 4
# Depths of valleys that are the same, and that are near enough for the order to change.
ALIKE, LEVEL = 1e-9, 1e-2
# A bottom so near the edge is looked for along the edge, too.
EDGE = 0.9
# Nelder and Mead's simplex is set up anew until a round gains no more than this.
ROUNDS, SETTLED = 6, 1e-10


def discord(rho: State, *, measured: Sequence[int], nodes: int = NODES) -> float:
    """Gaussian discord in nats with the mode in `measured` measured; any number of modes on the other side.

    `rho` is a state, ket or density matrix.

    `nodes` for each of the two axes of outcomes average the conditional entropy. A Gaussian state needs one; for others
    the average converges slowly (5·10⁻⁴ at 31 for a qubit and a mode of three levels): raise them until D settles.

    The minimum is looked for in every valley that a grid of 49 measurements shows.

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
    # ρ as a map from operators of B, in rows, to operators of A.
    d, levels = array.shape[:2]
    array = np.ascontiguousarray(array.transpose(1, 3, 0, 2).reshape(levels**2, d**2))

    def conditional(a: float, b: float, nodes: int = nodes) -> float:
        return _conditional_entropy(array, mean, sigma, min(1.0, math.hypot(a, b)), 0.5 * math.atan2(b, a), nodes)

    return max(0.0, base + minimum_on_disk(conditional, lambda a, b: conditional(a, b, min(FEW, nodes))))


def minimum_on_disk(f: Function, guide: Function | None = None) -> float:
    r"""The least value of a smooth f on the unit disk a = τ cos 2θ, b = τ sin 2θ of measurements.

    In these coordinates f has no seam at heterodyne detection (τ = 0), and homodyne detection (τ = 1) is the edge. A
    `guide`, cheaper than f and nearly f, shows the valleys: points of the grid with no lower neighbour. Each of the
    deepest is followed to its bottom, inside the disk and along its edge.
    """
    guide = guide or f
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    values = np.array([[guide(r * math.cos(t), r * math.sin(t)) for t in angles] for r in RADII])
    middle = guide(0.0, 0.0)
    inner = np.vstack([np.full(DIRECTIONS, middle), values[:-1]])
    outer = np.vstack([values[1:], np.full(DIRECTIONS, np.inf)])
    around = np.minimum(np.roll(values, 1, axis=1), np.roll(values, -1, axis=1))
    lowest = (values <= inner) & (values <= outer) & (values <= around)
    starts = sorted((values[k, j], RADII[k] * math.cos(angles[j]), RADII[k] * math.sin(angles[j]))
                    for k, j in zip(*np.nonzero(lowest), strict=True))  # fmt: skip
    if middle <= values[0].min():
        starts.insert(0, (middle, 0.0, 0.0))
    bottoms = [_downhill(guide, a, b, step=0.15, accuracy=1e-3)[0] for _, a, b in starts[:VALLEYS]]
    depths = [f(*bottom) for bottom in bottoms]
    best = int(np.argmin(depths))
    # As deep as the deepest is the same valley, or one like it; much less deep it cannot become the deepest.
    rivals = [k for k, depth in enumerate(depths) if ALIKE < depth - depths[best] < LEVEL]
    return min(_bottom(f, *bottoms[k]) for k in (best, *rivals))


def _bottom(f: Function, a: float, b: float) -> float:
    """The least value of f that is found downhill from (a, b), which is near it, until it stays put."""
    least, before = math.inf, math.inf
    for round_ in range(ROUNDS):
        (a, b), least = _downhill(f, a, b, step=0.03 / 2**round_, accuracy=1e-5)
        if before - least < SETTLED:
            break
        before = least
    if math.hypot(a, b) < EDGE:
        return least
    angle = math.atan2(b, a)
    edge = minimize_scalar(
        lambda t: f(math.cos(t), math.sin(t)), bounds=(angle - 0.4, angle + 0.4), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    return min(least, float(edge.fun))


def _downhill(f: Function, a: float, b: float, *, step: float, accuracy: float) -> tuple[tuple[float, float], float]:
    """The lowest point that a simplex finds, and f there. Its sides lie along and across the radius, as valleys do."""
    angle = math.atan2(b, a)
    out, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    corners = [_inside((a - step * x, b - step * y)) for x, y in ((0.0, 0.0), out, across)]
    found = minimize(
        lambda v: f(*_inside(v)), (a, b), method="Nelder-Mead",
        options={"xatol": accuracy, "fatol": 1e-12, "maxfev": 80, "initial_simplex": corners},
    )  # fmt: skip
    return _inside(found.x), float(found.fun)


def _inside(v: Sequence[float]) -> tuple[float, float]:
    """The point of the disk next to v."""
    a, b = float(v[0]), float(v[1])
    radius = max(1.0, math.hypot(a, b))
    return a / radius, b / radius


def _one_measured(measured: Sequence[int], modes: int) -> tuple[list[int], list[int]]:
    one, other = split(measured, modes, "measured")
    if len(one) != 1:
        raise InvalidArgument(
            f"Argument measured must name one mode, but is {one}.", "Choose the mode that is measured, as in [1]."
        )
    return other, one


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
    z, weight = _nodes(nodes)
    lower = np.linalg.cholesky(spread)
    outcomes = z @ lower.T + scale @ mean
    levels, d = (math.isqrt(side) for side in array.shape)
    phi = _projections(outcomes, tau, theta, levels)
    projectors = (phi.conj()[:, :, None] * phi[:, None, :]).reshape(len(phi), -1)
    conditional = (projectors @ array).reshape(-1, d, d)
    density = np.einsum("mii->m", conditional).real  # of the outcome, up to a constant
    model = np.exp(-0.5 * (z**2).sum(-1))
    probability = weight * density / model
    probability = probability / probability.sum()
    spectra = np.linalg.eigvalsh(conditional / density[:, None, None])
    if spectra.min() < -1e-4:
        raise NotAState(float(spectra.min()))
    p = np.where(spectra > 0, spectra, 1.0)
    return float(probability @ -(p * np.log(p)).sum(-1))


@functools.cache
def _nodes(nodes: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Points of the plane and weights that average over two normal deviates."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    return np.stack(np.meshgrid(x, x, indexing="ij"), -1).reshape(-1, 2), np.outer(w, w).ravel() / (2 * np.pi)


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
