r"""Closed forms behind the claims of `crosscheck.papers.classical_gravity`.

With y_± = (r₁ ± r₂)/√2 the two masses are two independent oscillators of frequency w_±, w_±² = 1 ± g, and
σ_local = (σ₊ + σ₋)/2, C = (σ₊ − σ₋)/2. Started with variances x₀ and p₀ and no x–p correlation, KTM at minimal noise
gives for each of them, as dp²/dt = g from the noise alone,

    xx = x₀ cos² + p₀ sin²/w² + (g/w²)(t/2 − sin 2wt/4w)
    pp = p₀ cos² + x₀w² sin² + g(t/2 + sin 2wt/4w)
    xp = (p₀/w − x₀w) sin cos + g sin²/2w²                         (sin and cos of wt)

and the dissipative extension, with d = gα/2 and noises D_xx = gα²/2, D_pp = g, D_xp = ±gα/2, comes to rest at

    xx = [d D_xx + (D_pp + w²D_xx)/2d + D_xp]/2(d² + w²),   xp = d xx − D_xx/2,   pp = D_pp/2d − w² xp/d.

Time in 1/ω, energies in ħω, entropies in nats, vacuum variance ½.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def evolved_covariance(g: float, t: Any, *, x0: float = 0.5, p0: float = 0.5) -> Array:
    """σ(t) of KTM at minimal noise by its closed form; a complex time gives the derivative (see `closed_form_rate`)."""
    modes = []
    for w in (np.sqrt(1 + g), np.sqrt(1 - g)):
        s, c, s2 = np.sin(w * t), np.cos(w * t), np.sin(2 * w * t)
        xx = x0 * c**2 + p0 * s**2 / w**2 + g / w**2 * (t / 2 - s2 / (4 * w))
        pp = p0 * c**2 + x0 * w**2 * s**2 + g * (t / 2 + s2 / (4 * w))
        xp = (p0 / w - x0 * w) * s * c + g * s**2 / (2 * w**2)
        modes.append((xx, xp, pp))
    return _joined(*modes)


def closed_form_rate(g: float, t: float, *, x0: float = 0.5, p0: float = 0.5) -> Array:
    """dσ/dt of the closed form by a complex step, which loses no digits: Im σ(t + iε)/ε."""
    tiny = 1e-30
    return np.asarray(evolved_covariance(g, t + 1j * tiny, x0=x0, p0=p0).imag / tiny)


def resting_covariance(g: float, alpha: float) -> Array:
    """The steady state of the dissipative extension by its closed form."""
    d, noise_xx = g * alpha / 2, g * alpha**2 / 2
    modes = []
    for sign in (1, -1):
        w2, noise_xp = 1 + sign * g, sign * g * alpha / 2
        xx = (d * noise_xx + (g + w2 * noise_xx) / (2 * d) + noise_xp) / (2 * (d**2 + w2))
        xp = d * xx - noise_xx / 2
        modes.append((xx, xp, g / (2 * d) - w2 * xp / d))
    return _joined(*modes)


def late_discord(g: float, t: Array) -> Array:
    r"""D of a coherent start for g ≪ 1 ≪ gt: (1/t²){1/6 + [1 + cos St (sin Δt − cos Δt)]²/8}, S, Δ = w₊ ± w₋.

    Homodyning leaves D = −½ ln(1 − d²/ab) + Σ ±1/24ν², the second term from S(ν) = ln ν + 1 − 1/24ν² + …. With a = b =
    gt and the correlations c ≈ −g·gt of the positions, d ≈ det C/c of the momenta, they are [...]²/8t² and 1/6t².
    """
    plus, minus = np.sqrt(1 + g), np.sqrt(1 - g)
    swing = 1 + np.cos((plus + minus) * t) * (np.sin((plus - minus) * t) - np.cos((plus - minus) * t))
    return np.asarray((1 / 6 + swing**2 / 8) / t**2)


def _joined(plus: tuple[Any, Any, Any], minus: tuple[Any, Any, Any]) -> Array:
    """σ of the masses from (xx, xp, pp) of the normal modes."""
    up, down = (np.array([[xx, xp], [xp, pp]]) for xx, xp, pp in (plus, minus))
    return np.block([[up + down, up - down], [up - down, up + down]]) / 2
