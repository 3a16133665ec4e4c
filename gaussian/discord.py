r"""Gaussian quantum discord of two modes, in nats.

    D(A|B) = S(B) − S(AB) + inf_M S(A|M)

over Gaussian (general-dyne) measurements M of mode B. Local symplectics bring 2σ (vacuum 1) to the standard form with
A = a·1, B = b·1, C = diag(c, d). Measuring B with a seed state diag(λ, 1/λ) leaves A with the determinant

    E(λ) = [a − c²/(b + λ)] [a − d²/(b + 1/λ)],        S(A|M) = g(½√E),

so the infimum lies at λ = 0 or ∞ (homodyne) or at a positive root of dE/dλ = 0, the quadratic c₂λ² + c₁λ + c₀ with
p = ab − c², q = ab − d² and

    c₂ = aq(b² + 1) − b(pq + a²),   c₁ = 2ab(q − p),   c₀ = b(pq + a²) − ap(b² + 1).

Evaluating E at its minimiser keeps all digits; the closed forms of Adesso & Datta, Phys. Rev. Lett. 105, 030501 (2010),
eqs. (3)–(4), are the same numbers but lose half the digits where the state is nearly pure.

>>> r = 0.4                                          # two-mode squeezed vacuum: D = S(B), the entanglement entropy
>>> from gaussian.entropy import entropy
>>> c, s = np.cosh(2 * r) / 2 * np.eye(2), np.sinh(2 * r) / 2 * np.diag([1, -1])
>>> np.isclose(discord(np.block([[c, s], [s, c]]), measured=[1]), entropy(c))
np.True_
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, known, of_states
from gaussian.entropy import entropy_for, entropy_of_mode
from gaussian.errors import DigitsLost, InvalidArgument
from gaussian.parties import split
from gaussian.symplectic import part, require_physical


@of_states
def discord(sigma: Array, *, measured: Sequence[int], error: ArrayLike | None = None) -> Array:
    """Gaussian discord D ≥ 0 with the mode in `measured` measured.

    Args:
        sigma: two-mode covariance matrices, shape (..., 4, 4), vacuum ½·1; or a state, steady state or trajectory.
        measured: [0] or [1].
        error: how far σ may be off, in spectral norm; a state brings its own.

    Returns:
        D in nats, shape (...).

    Raises:
        InvalidArgument: not two modes, or not one measured mode.
        UnphysicalState: σ is not a quantum state's.
        DigitsLost: double precision cannot say.

    Warns:
        IllConditioned: if double precision leaves fewer than 6 digits.
    """
    if sigma.shape[-1] != 4:
        raise InvalidArgument(
            f"Gaussian discord is implemented for two modes, but sigma has {sigma.shape[-1] // 2}.",
            "Take out the others with `reduced` first.",
        )
    (b,), (a,) = split(measured, 2, "measured")
    off = known(error)
    ordered = part(require_physical(sigma, off), [a, b])
    try:
        # What A is left in is a state, of determinant ≥ 1, whatever rounding says.
        least = np.maximum(_conditional_determinant(*_standard_form(2 * ordered)), 1.0)
    except np.linalg.LinAlgError:  # rounding has left a mode without a positive covariance
        least = np.full(sigma.shape[:-2], np.nan)
    conditional = entropy_of_mode(0.5 * np.sqrt(least))
    local, total = (entropy_for(each, off, "discord") for each in (ordered[..., 2:, 2:], ordered))
    found = np.asarray(np.maximum(local - total + conditional, 0.0))
    if not np.isfinite(found).all():
        raise DigitsLost(
            "The discord has no digits left in double precision.",
            "Use gaussian.enclosed.discord, which has as many as wanted.",
        )
    return found


def _standard_form(v: Array) -> tuple[Array, Array, Array, Array]:
    """(a, b, c, d) of a covariance with vacuum 1; |c| ≥ |d| and d carries the sign of det C."""
    lower = np.linalg.cholesky(
        np.stack([v[..., :2, :2], v[..., 2:, 2:]])
    )  # a 2×2 matrix of determinant 1 is symplectic
    a, b = (x[..., 0, 0] * x[..., 1, 1] for x in lower)
    half = np.linalg.solve(lower[0], v[..., :2, 2:])
    block = np.swapaxes(np.linalg.solve(lower[1], np.swapaxes(half, -1, -2)), -1, -2) * np.sqrt(a * b)[..., None, None]
    c, d = np.moveaxis(np.linalg.svd(block, compute_uv=False), -1, 0)
    return a, b, c, np.copysign(d, np.linalg.det(block))


def _conditional_determinant(a: Array, b: Array, c: Array, d: Array) -> Array:
    """min over λ ∈ [0, ∞] of E(λ), evaluated at every place where it can lie."""
    p, q = a * b - c**2, a * b - d**2
    c2 = a * q * (b**2 + 1) - b * (p * q + a**2)
    c1 = 2 * a * b * (q - p)
    c0 = b * (p * q + a**2) - a * p * (b**2 + 1)
    both = -c1 - np.sqrt(np.maximum(c1**2 - 4 * c2 * c0, 0.0))  # c₁ ≥ 0 as |c| ≥ |d|: nothing cancels
    with np.errstate(divide="ignore", invalid="ignore"):  # a vanishing coefficient only makes a candidate useless
        candidates = [both / (2 * c2), 2 * c0 / both]
    best = np.minimum((a - c**2 / b) * a, a * (a - d**2 / b))  # homodyne: λ = 0 and λ = ∞
    for seed in (np.ones_like(a), *candidates):
        usable = np.where(np.isfinite(seed) & (seed > 0), seed, 1.0)
        best = np.minimum(best, (a - c**2 / (b + usable)) * (a - d**2 / (b + 1 / usable)))
    return best
