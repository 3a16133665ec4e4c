r"""Two-time functions of steady states in balls, from A, D and the proved σ.

    C(τ) = ⟨δr(τ)δr(0)ᵀ⟩ = e^{Aτ}W,      S(ω) = ∫e^{iωτ}C(τ)dτ = MW + (MW)†,      M = −(A + iω)⁻¹,      W = σ + iΩ/2

An output b_out = b_in + L of a channel L = c·r, whose input has n̄ quanta, enters with the columns of B and leaves with
the rows of C,

    C = √2 (Re c, Im c)ᵀ,   B = √2 Ω (−Im c, Re c),   T = CMB + 1,
    S_out = (n̄ + ½)TT† + CM[D − (n̄ + ½)BBᵀ]M†Cᵀ,

of which the quadrature at θ is u·S_out·u with u = (cos θ, sin θ). (From ṙ = … − [r, L†]b_in + b_in†[r, L]: with
[r_j, c*·r] = i(Ωc*)_j the inputs x_in and p_in enter by −√2 Ω Im c and √2 Ω Re c.)

>>> one = flint.arb_mat([[1, 0], [0, 1]])
>>> vacuum = spectrum(-one / 2, one / 2, flint.arb(0))                   # a damped vacuum at ω₀ = 0: κ/(κ/2)² of a, a†
>>> abs(vacuum[0, 0] - 2) < 1e-12
True
"""

from __future__ import annotations

import flint

from gaussian.enclosed.generator import omega
from gaussian.enclosed.precision import Undecided


def ordered(sigma: flint.arb_mat) -> flint.acb_mat:
    """W = σ + iΩ/2."""
    half = omega(sigma.nrows() // 2) / 2
    m = sigma.nrows()
    return flint.acb_mat([[flint.acb(sigma[j, k], half[j, k]) for k in range(m)] for j in range(m)])


def correlation(a: flint.arb_mat, sigma: flint.arb_mat, tau: flint.arb) -> flint.acb_mat:
    """C(τ) for τ ≥ 0, shape (2n, 2n)."""
    return flint.acb_mat((a * tau).exp()) * ordered(sigma)


def spectrum(a: flint.arb_mat, sigma: flint.arb_mat, frequency: flint.arb) -> flint.acb_mat:
    """S(ω), Hermitian (2n, 2n)."""
    half = response(a, frequency) * ordered(sigma)
    return half + adjoint(half)


def g2(a: flint.arb_mat, sigma: flint.arb_mat, mean: flint.arb_mat, rows: list[int], tau: flint.arb) -> flint.arb:
    """⟨a†a†(τ)a(τ)a⟩/⟨a†a⟩² of the mode with these rows of quadratures; NaN where it may be empty.

    With α = ⟨a⟩, n = ⟨δa†δa⟩, m = ⟨δaδa⟩ and C of (δa†, δa) at τ it is, by Wick's theorem,
    [(|α|² + n)² + |C_a†a(τ)|² + |C_aa(τ)|² + 2 Re(|α|² C_a†a + ᾱ² C_aa)]/(|α|² + n)², with ⟨a†(τ)a(0)⟩ and ⟨a(τ)a(0)⟩.
    """
    later, root = correlation(a, sigma, tau), flint.arb(2).sqrt()
    block = flint.acb_mat([[later[j, k] for k in rows] for j in rows])
    lower = flint.acb_mat([[1, flint.acb(0, 1)]]) / flint.acb(root)
    raise_ = flint.acb_mat([[1, flint.acb(0, -1)]]) / flint.acb(root)
    number = (raise_ * block * lower.transpose())[0, 0]
    pair = (lower * block * lower.transpose())[0, 0]
    alpha = flint.acb(mean[rows[0], 0], mean[rows[1], 0]) / root
    quanta = (sigma[rows[0], rows[0]] + sigma[rows[1], rows[1]] - 1) / 2
    light = abs(alpha) * abs(alpha)
    whole = light + quanta
    if not whole > 0:
        return flint.arb("nan")
    beats = 2 * (light * number + alpha.conjugate() * alpha.conjugate() * pair).real
    return 1 + (abs(number) * abs(number) + abs(pair) * abs(pair) + beats) / (whole * whole)


def output_spectrum(
    a: flint.arb_mat,
    noise: flint.arb_mat,
    c: flint.acb_mat,
    frequency: flint.arb,
    angle: flint.arb,
    nbar: flint.arb,
) -> flint.arb:
    """S_out(ω) of the quadrature at `angle` of the channel c (2n, 1); vacuum ½."""
    half = flint.arb(1) / 2
    b, rows = port(c)
    moved = response(a, frequency)
    t = rows * moved * b + flint.acb_mat([[1, 0], [0, 1]])
    warm = flint.acb(nbar + half)
    rest = flint.acb_mat(noise) - b * b.transpose() * warm
    total = t * adjoint(t) * warm + rows * moved * rest * adjoint(moved) * rows.transpose()
    u = flint.acb_mat([[angle.cos()], [angle.sin()]])
    return (u.transpose() * total * u)[0, 0].real


def transfer(a: flint.arb_mat, c: flint.acb_mat, frequency: flint.arb) -> flint.acb_mat:
    """T(ω) of what is reflected at the port of the channel c (2n, 1), 2 × 2."""
    b, rows = port(c)
    return rows * response(a, frequency) * b + flint.acb_mat([[1, 0], [0, 1]])


def port(c: flint.acb_mat) -> tuple[flint.acb_mat, flint.acb_mat]:
    """(B, C) of a channel c (2n, 1)."""
    m, root = c.nrows(), flint.arb(2).sqrt()
    form = omega(m // 2)
    re, im = (flint.arb_mat([[part(c[j, 0])] for j in range(m)]) for part in (_real, _imaginary))
    enters = [form * im * -root, form * re * root]
    leaves = [re.transpose() * root, im.transpose() * root]
    b = flint.acb_mat([[enters[k][j, 0] for k in (0, 1)] for j in range(m)])
    return b, flint.acb_mat([[leaves[k][0, j] for j in range(m)] for k in (0, 1)])


def sideband_asymmetry(
    a: flint.arb_mat, sigma: flint.arb_mat, rows: list[int], frequency: flint.arb
) -> flint.arb:  # fmt: skip
    """∫e^{−iωτ}⟨δb†(τ)δb(0)⟩dτ / ∫e^{iωτ}⟨δb(τ)δb†(0)⟩dτ of the mode with these rows; NaN where that may be 0/0."""
    down = _ladder_spectrum(spectrum(a, sigma, -frequency), rows, -1)
    up = _ladder_spectrum(spectrum(a, sigma, frequency), rows, 1)
    return down / up if up > 0 else flint.arb("nan")


def _ladder_spectrum(matrix: flint.acb_mat, rows: list[int], sign: int) -> flint.arb:
    """uS u† with u = (1, ±i)/√2, of b (+) or of b† (−)."""
    u = flint.acb_mat([[1, flint.acb(0, sign)]])
    block = flint.acb_mat([[matrix[j, k] for k in rows] for j in rows])
    return (u * block * adjoint(u))[0, 0].real / 2


def response(a: flint.arb_mat, frequency: flint.arb) -> flint.acb_mat:
    """M(ω) = −(A + iω)⁻¹.

    Raises:
        Undecided: it may be singular.
    """
    m = a.nrows()
    shifted = flint.acb_mat([[flint.acb(-a[j, k], -frequency * int(j == k)) for k in range(m)] for j in range(m)])
    try:
        return shifted.inv()
    except ZeroDivisionError:
        raise Undecided("whether the response is finite at this frequency") from None


def adjoint(matrix: flint.acb_mat) -> flint.acb_mat:
    """The Hermitian conjugate."""
    return matrix.transpose().conjugate()


def _real(x: flint.acb) -> flint.arb:
    return x.real


def _imaginary(x: flint.acb) -> flint.arb:
    return x.imag
