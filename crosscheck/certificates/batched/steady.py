r"""Steady states of every point of a scan, with the proof that they exist or do not, and with their error.

Let A, D and d be known to within their radii, X and Σ be symmetric and μ a vector, found in whatever way, and

    E = AX + XAᵀ + 1,      R = AΣ + ΣAᵀ + D,      ρ = Aμ + d,      δ ≥ ‖E‖.

*Existence.* If δ < 1 and X > 0 then A is Hurwitz, for AX + XAᵀ ≤ −(1 − δ) < 0 (Lyapunov): a steady state exists and is
unique. *Absence.* If δ < 1 and X has a negative eigenvalue, A has an eigenvalue in the right half plane: none is on the
axis, as Aᵀy = iωy would give 0 = y†(AX + XAᵀ)y < 0; and were all in the left half plane,
X = ∫ e^{At}(1 − E)e^{Aᵀt}dt would be positive. Moments then grow.

*Covariance.* Δ = σ − Σ solves AΔ + ΔAᵀ = −R, and ‖R‖ bounds ±R. So Y = ‖R‖X/(1 − δ) has A(Y ± Δ) + (Y ± Δ)Aᵀ ≤ 0,
whose solution is positive:

    −Y ≤ σ − Σ ≤ Y,      |σ_jk − Σ_jk| ≤ ‖R‖/(1 − δ) · √(X_jj X_kk),      (1 − ε)Σ ≤ σ ≤ (1 + ε)Σ,   ε = ‖Y‖/λ_min(Σ).

*Mean.* e = ⟨r⟩ − μ solves Ae = −ρ. With P = X⁻¹ is PA + AᵀP ≤ −(1 − δ)P², so (1 − δ)‖Pe‖² ≤ −2eᵀPAe = 2eᵀPρ, that is
‖Pe‖ ≤ 2‖ρ‖/(1 − δ), and

    |e_j| = |(XPe)_j| ≤ 2‖ρ‖/(1 − δ) · ‖X_j‖,      X_j being row j.

All norms count the rounding in forming E, R and ρ (`rounding`). A point of which none of this can be said is left open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscheck.certificates.batched.rounding import (
    EPS,
    TINY,
    UP,
    Array,
    Rounded,
    Spectrum,
    norm,
    product,
    spectrum,
    transposed,
)
from crosscheck.certificates.batched.symbol import Equations
from gaussian.lyapunov_equation import lyapunov_solver


@dataclass(frozen=True, eq=False)
class Proved:
    """What is proved of each of N points: whether it is `stable`, or `unstable`; its moments, if it is stable.

    `mean` (N, m) and `covariance` (N, m, m) with the radius of each entry; `relative` (N,) is ε, and `margin` (N,) δ.
    `spectrum` is that of the covariance's centre.
    """

    stable: Array
    unstable: Array
    margin: Array
    mean: Rounded
    covariance: Rounded
    relative: Array
    spectrum: Spectrum


def prove(equations: Equations) -> Proved:
    """The proof at every point; entries of an open or unstable one are NaN, their radii infinite."""
    a, d, noise = equations.drift, equations.drive, equations.diffusion
    m = a.value.shape[-1]
    with np.errstate(all="ignore"):  # a singular equation gives NaN, which proves nothing
        solve = lyapunov_solver(a.value)
        x = solve(np.broadcast_to(-np.eye(m), a.value.shape))
        sigma = solve(-noise.value)
        sigma = sigma - solve(_residual(a, sigma, noise).value)
        off = norm(_residual(a, x, Rounded(np.eye(m))))
        lyapunov = spectrum(Rounded(x))
        decided = np.isfinite(x).all((-2, -1)) & np.isfinite(sigma).all((-2, -1)) & (off < 1)
        stable = decided & (lyapunov.lowest > 0)
        unstable = decided & (lyapunov.values[..., 0] + lyapunov.errors[..., 0] < 0)
        slack = UP / (1 - np.where(stable, off, np.nan))
        r = norm(_residual(a, sigma, noise)) * slack
        scale = np.sqrt(np.diagonal(x, axis1=-2, axis2=-1) * UP)
        radius = r[..., None, None] * scale[..., :, None] * scale[..., None, :] * UP + TINY
        mean = _fixed_point(a.value, d.value, stable)
        left = product(a.value, mean[..., None])
        rho = left.value[..., 0] + d.value
        rho = (
            np.abs(rho)
            + EPS * np.abs(rho)
            + left.radius[..., 0]
            + (a.radius @ np.abs(mean)[..., None])[..., 0]
            + d.radius
        )
        far = 2 * np.sqrt((rho**2).sum(-1)) * slack
        mean_radius = far[..., None] * np.sqrt((x**2).sum(-1)) * (1 + 1e-10) + TINY
        own = spectrum(Rounded(sigma))
        relative = np.where(own.lowest > 0, r * lyapunov.size / own.lowest * UP, np.inf)
    open_ = ~stable
    return Proved(
        stable=stable,
        unstable=unstable,
        margin=off,
        mean=_where(open_[:, None], mean, mean_radius),
        covariance=_where(open_[:, None, None], sigma, radius),
        relative=np.where(stable & np.isfinite(relative), relative, np.inf),
        spectrum=own,
    )


def _residual(a: Rounded, x: Array, right: Rounded) -> Rounded:
    """AX + XAᵀ + right for symmetric X."""
    half = product(a.value, x)
    value = half.value + transposed(half.value) + right.value
    radius = half.radius + a.radius @ np.abs(x) * UP
    sizes = np.abs(half.value) + np.abs(transposed(half.value)) + np.abs(right.value)
    return Rounded(value, radius + transposed(radius) + right.radius + 2 * EPS * sizes)


def _fixed_point(a: Array, d: Array, stable: Array) -> Array:
    mean = np.zeros_like(d)
    if stable.any() and d.any():
        mean[stable] = np.linalg.solve(a[stable], -d[stable][..., None])[..., 0]
    return mean


def _where(open_: Array, value: Array, radius: Array) -> Rounded:
    return Rounded(np.where(open_, np.nan, value), np.where(open_ | ~np.isfinite(radius), np.inf, radius))
