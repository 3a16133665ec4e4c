r"""Two-time correlations and spectra of a steady state (quantum regression), for τ ≥ 0, W = σ + iΩ/2, Φ = e^{Aτ}:

    C(τ) = ⟨δr(τ) δr(0)ᵀ⟩ = ΦW,      C(−τ) = C(τ)†,      S(ω) = ∫ e^{iωτ} C(τ) dτ = M N M†,      M = −(A + iω)⁻¹

with N = D − ½i(AΩ + ΩAᵀ). Symmetrised, ½⟨{δr_j(τ), δr_k(0)}⟩, W becomes σ and N becomes D. The sign is e^{+iωτ}
everywhere, so that ⟨a†(τ)a(0)⟩ of a mode of frequency ω₀ peaks at −ω₀ (QuTiP has the other sign).

Of operators A = s + v·r + ½ rᵀhr and B = … with g, and α = v + hμ, β likewise, Wick's theorem gives at either sign of τ

    ⟨A(τ)B(0)⟩ = ⟨A⟩⟨B⟩ + αᵀC(τ)β + ½ tr h C(τ) g C(τ)ᵀ,

and the last term's half of the spectrum is ½ tr hX, (A + iω/2)X + X(A + iω/2)ᵀ + W g Wᵀ = 0.

>>> from types import SimpleNamespace as Model
>>> warm = Model(modes=1, hamiltonian=lambda a: 2 * a.dag() * a, c_ops=lambda a: [1.5**0.5 * a, 0.5**0.5 * a.dag()])
>>> spectrum(warm, [-2.0, 2.0], lambda a: a.dag(), lambda a: a).real.round(12)      # n̄ κ/((κ/2)² + (ω + 2)²), n̄ = ½
array([2.        , 0.03076923])
>>> g2(warm, [0.0, 1.0], lambda a: a).round(6)                                      # 1 + e^{−κτ}
array([2.      , 1.367879])
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gaussian.errors import InvalidArgument
from gaussian.fluctuations import Fluctuations, Missing, as_reals, fluctuations
from gaussian.forms import Form
from gaussian.operators import Operator, linear, quadratic
from gaussian.pair_spectrum import pair_spectrum
from gaussian.with_error import Array, WithError, quantity, rounded


@quantity
def correlation(
    model: Any,
    taus: ArrayLike,
    A: Operator | None = None,
    B: Operator | None = None,
    *,
    symmetrised: bool = False,
    missing: Missing = "raise",
) -> WithError:
    r"""⟨δr_j(τ) δr_k(0)⟩ of the steady state; with A and B the full ⟨A(τ)B(0)⟩, means included.

    Args:
        model: constant coefficients; fields that are arrays make a scan of shape (...).
        taus: times of any shape and sign; at −τ the matrix is the Hermitian conjugate of that at τ.
        A: a function of the ladder operators to an operator of degree ≤ 2, such as `lambda a, b: a.dag() * b`.
        B: another one.
        symmetrised: half of the anticommutator instead, ½⟨{δr_j(τ), δr_k(0)}⟩, which is real for the matrix.
        missing: "nan" gives NaN at the points of a scan that have no steady state.

    Returns:
        (..., *taus.shape, 2n, 2n), complex (real if symmetrised); with A and B (..., *taus.shape), complex.
        `correlation.with_error` returns a `WithError`.

    Raises:
        TimeDependent, UnstableDrift, MarginalDrift, NotQuadratic, NotHermitian: as `steady_state`.
        NotQuadratic: A or B has degree > 2.
        InvalidArgument: taus that are no real numbers, or A without B.
    """
    taus = as_reals(taus, "taus")
    operators = _pair(A, B)
    found = fluctuations(model, missing)
    ordered = _correlation(found, taus)
    if operators is None:
        return (ordered.real if symmetrised else ordered).matrix
    first, second = (_observed(form, found, taus.ndim) for form in _forms(operators, found))

    def wick(c: WithError) -> WithError:
        linear_part = first.alpha.T @ c @ second.alpha
        quadratic_part = 0.5 * (first.h @ c @ second.h @ c.T).trace
        return first.expectation @ second.expectation + linear_part + quadratic_part

    if symmetrised:  # ⟨B(0)A(τ)⟩ is made of ⟨δr_k(0) δr_j(τ)⟩ = C̄_jk
        return (0.5 * (wick(ordered) + wick(ordered.conj))).number
    return wick(ordered).number


@quantity
def spectrum(
    model: Any,
    omegas: ArrayLike,
    A: Operator | None = None,
    B: Operator | None = None,
    *,
    symmetrised: bool = False,
    missing: Missing = "raise",
) -> WithError:
    r"""S_jk(ω) = ∫ e^{iωτ} ⟨δr_j(τ) δr_k(0)⟩ dτ of the steady state; with A and B ∫ e^{iωτ} ⟨δA(τ) δB(0)⟩ dτ.

    It is of fluctuations, δA = A − ⟨A⟩: the means would add 2π⟨A⟩⟨B⟩ δ(ω), which is subtracted. ω is an angular
    frequency, both signs are meant, and ∫ S dω/2π = σ + iΩ/2.

    Args:
        model: constant coefficients; fields that are arrays make a scan of shape (...).
        omegas: angular frequencies, of any shape.
        A: a function of the ladder operators to an operator of degree ≤ 2, such as `lambda a, b: a.dag() * b`.
        B: another one.
        symmetrised: of ½{δA(τ), δB(0)} instead, ½[S_AB(ω) + S_BA(−ω)]: the classical spectrum.
        missing: "nan" gives NaN at the points of a scan that have no steady state.

    Returns:
        (..., *omegas.shape, 2n, 2n), complex and Hermitian; with A and B (..., *omegas.shape), complex.
        `spectrum.with_error` returns a `WithError`.

    Raises:
        TimeDependent, UnstableDrift, MarginalDrift, NotQuadratic, NotHermitian: as `steady_state`.
        NotQuadratic: A or B has degree > 2.
        InvalidArgument: omegas that are no real numbers, or A without B.
    """
    omegas = as_reals(omegas, "omegas")
    operators = _pair(A, B)
    found = fluctuations(model, missing)
    m = found.response(omegas)
    s = m @ (found.diffusion if symmetrised else found.noise).along(omegas.ndim) @ m.H
    if operators is None:
        return (0.5 * (s + s.H)).matrix
    forms = _forms(operators, found)
    first, second = (_observed(form, found, omegas.ndim) for form in forms)
    result = first.alpha.T @ s @ second.alpha
    if all(form.matrix.any() for form in forms):
        h, g = (form.matrix for form in forms)
        pairs = pair_spectrum(found, h, g, omegas)
        if symmetrised:
            pairs = 0.5 * (pairs + pair_spectrum(found, h.conj(), g.conj(), -omegas).conj)
        result = result + pairs
    return result.number


@quantity
def g2(model: Any, taus: ArrayLike, A: Operator, *, missing: Missing = "raise") -> WithError:
    r"""g⁽²⁾(τ) = ⟨A†(0) A†(τ) A(τ) A(0)⟩ / ⟨A†A⟩² of a linear A in the steady state, which may be displaced.

    With a = ⟨A⟩, N = ⟨δA†δA⟩, G = ⟨δA†(τ)δA(0)⟩ and F = ⟨δA(τ)δA(0)⟩ the numerator is
    |a|⁴ + 2|a|²(N + Re G) + 2 Re ā²F + N² + |G|² + |F|². It is 2 at τ = 0 of a thermal mode, and 1 of a coherent one.

    Args:
        model: constant coefficients; fields that are arrays make a scan of shape (...).
        taus: times of any shape; the later of the two is that of the inner operators, so that the sign has no effect.
        A: a function of the ladder operators to an operator of degree ≤ 1, such as `lambda a: a`.
        missing: "nan" gives NaN at the points of a scan that have no steady state.

    Returns:
        (..., *taus.shape), real. `g2.with_error` returns a `WithError`.

    Raises:
        TimeDependent, UnstableDrift, MarginalDrift, NotQuadratic, NotHermitian: as `steady_state`.
        NotQuadratic: A has degree > 1.
        InvalidArgument: ⟨A†A⟩ is zero, or not known to be more: there is nothing to count.
    """
    taus = as_reals(taus, "taus")
    found = fluctuations(model, missing)
    s, v = linear(A, found.modes, "A")
    alpha = rounded(v[..., None])
    mean = (rounded(s[..., None, None]) + alpha.T @ found.mean).along(taus.ndim)
    noise = (alpha.H @ found.ordered @ alpha).real.along(taus.ndim)
    intensity = mean.H @ mean + noise
    if not np.all((np.abs(intensity.value[..., 0, 0]) > intensity.error) | np.isnan(intensity.error)):
        raise InvalidArgument(
            "The function g2 needs ⟨A†A⟩ > 0, but it is zero in this steady state, to within its error.",
            "Choose an operator of a mode that is lit, or drive the model.",
        )
    c, alpha = _correlation(found, np.abs(taus)), alpha.along(taus.ndim)
    G, F = alpha.H @ c @ alpha, alpha.T @ c @ alpha
    # (mean† mean + noise)² has the terms without correlation.
    interference = 2 * (mean.H @ mean @ G).real + 2 * (mean.conj @ mean.conj @ F).real
    numerator = intensity @ intensity + interference + G.H @ G + F.H @ F
    return (numerator.real / (intensity @ intensity).real).number


def _correlation(found: Fluctuations, taus: Array) -> WithError:
    """C(τ), with an error for each matrix."""
    c = found.flow(np.abs(taus)) @ found.ordered.along(taus.ndim)
    backward = (taus < 0)[..., None, None]
    return WithError(np.where(backward, c.H.value, c.value), c.error)


def _pair(A: Operator | None, B: Operator | None) -> tuple[Operator, Operator] | None:
    if A is None and B is None:
        return None
    if A is None or B is None:
        raise InvalidArgument(
            f"Arguments A and B must be given together, but {'A' if A is None else 'B'} is not given.",
            "Give the other one, too, or neither for the matrix of all quadratures.",
        )
    return A, B


def _forms(operators: tuple[Operator, Operator], found: Fluctuations) -> list[Form]:
    return [quadratic(x, found.modes, name) for x, name in zip(operators, "AB", strict=True)]


class _Observed(NamedTuple):
    """Of an operator in the steady state ⟨O⟩, α = v + hμ and h, with axes for the times or frequencies."""

    expectation: WithError
    alpha: WithError
    h: WithError


def _observed(form: Form, found: Fluctuations, axes: int) -> _Observed:
    s, v, h = rounded(form.scalar[..., None, None]), rounded(form.vector[..., None]), rounded(form.matrix)
    sigma, mu = found.ordered.real, found.mean
    expectation = s + v.T @ mu + 0.5 * (mu.T @ h @ mu + (h @ sigma).trace)
    return _Observed(*(part.along(axes) for part in (expectation, v + h @ mu, h)))
