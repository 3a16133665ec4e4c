r"""From a master equation to moments: drift, drive and diffusion.

    d⟨r⟩/dt = A⟨r⟩ + d,        dσ/dt = Aσ + σAᵀ + D

For H = ½ rᵀhr + v·r and dissipators Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ}) with L_k = l_k·r + l⁰_k, R_k = m_k·r + m⁰_k
and S = Σ_k γ_k m_k* l_kᵀ (Hermitian, the coefficients of Σ γ_k R_k†L_k):

    A = Ω(h + Im S),   D = Ω (Re S) Ωᵀ,   d = Ω(v + Σ_k (iγ_k/2)(m⁰_k* l_k − l⁰_k m_k*)).

The constants l⁰, m⁰ displace a jump operator, which is the same as a linear term of H. The generator is completely
positive iff S ≥ 0. Nothing else is assumed: correlated rates and generators that are not of Lindblad form
obey the same formulas.

>>> from types import SimpleNamespace as Loss
>>> class DampedMode:                        # 𝓓[a] at rate 0.2 and frequency 1: amplitude decays at 0.1
...     modes = 1
...     def hamiltonian(self, a): return a.dag() * a
...     def dissipators(self, a): yield Loss(rate=0.2, left=a, right=a)
>>> drift(DampedMode()), diffusion(DampedMode())
(array([[-0.1,  1. ],
       [-1. , -0.1]]), array([[0.1, 0. ],
       [0. , 0.1]]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaussian.errors import InvalidArgument, NotHermitian
from gaussian.forms import Complex, linear_form, quadratic_form
from gaussian.ladder import Polynomial, ladder
from gaussian.symplectic import omega

Array = NDArray[Any]
Coefficient = Callable[[float], complex]

# Anti-Hermitian parts below this, relative to the size of the generator, are rounding in the model's own arithmetic.
HERMITIAN_TOLERANCE = 1e-11


@dataclass(frozen=True, kw_only=True, eq=False)
class MomentEquations:
    """`drift` A (..., 2n, 2n), `drive` d (..., 2n), `diffusion` D (..., 2n, 2n), in units of the model's rates.

    `rounding` bounds the spectral norm of the rounding in A and in D: damping is a difference γ(n̄+1) − γn̄ of rates,
    which at n̄ = 10⁶ leaves it six digits fewer than the rates have.
    """

    drift: Array
    drive: Array
    diffusion: Array
    rounding: float = 0.0


def drift(model: Any, t: float = 0.0) -> Array:
    """A of d⟨r⟩/dt = A⟨r⟩ + d at time t, shape (2n, 2n). Raises NotQuadratic, NotHermitian."""
    return moment_equations(model, t).drift


def diffusion(model: Any, t: float = 0.0) -> Array:
    """D of dσ/dt = Aσ + σAᵀ + D at time t, shape (2n, 2n). Raises NotQuadratic, NotHermitian."""
    return moment_equations(model, t).diffusion


def drive(model: Any, t: float = 0.0) -> Array:
    """d of d⟨r⟩/dt = A⟨r⟩ + d at time t, shape (2n,). Raises NotQuadratic, NotHermitian."""
    return moment_equations(model, t).drive


def moment_equations(model: Any, t: float = 0.0) -> MomentEquations:
    """A, d and D of a model at time t.

    Raises:
        NotQuadratic: a term of the Hamiltonian has degree > 2 or a jump operator degree > 1; the term is named.
        NotHermitian: H is not Hermitian, or the correlated rates are not.
    """
    return equations_of_time(model)(t)


def equations_of_time(model: Any) -> Callable[[float], MomentEquations]:
    """t ↦ MomentEquations, with the operator algebra done once."""
    parts = _parts(model)

    def at(t: float) -> MomentEquations:
        at_t = [(_value(f, t), part) for f, part in parts]
        h, v, s = (
            sum(value[..., *[None] * rank] * getattr(part, name) for value, part in at_t)
            for name, rank in (("h", 2), ("v", 1), ("s", 2))
        )
        imaginary = float(np.max(np.abs(np.imag(sum(value * part.e for value, part in at_t)))))
        size = sum(float(np.abs(value).max()) * part.size for value, part in at_t)
        return _assemble(h, v, s, imaginary, 4 * float(np.finfo(float).eps) * size)

    return at


def is_time_dependent(model: Any) -> bool:
    """Whether any term of the model carries a coefficient f(t)."""
    return any(f is not None for f, _ in _parts(model))


def is_isolated(model: Any) -> bool:
    """Whether the model has no dissipators with a rate other than zero."""
    return not _dissipators(model, ladder(model.modes))


def rate_matrix(model: Any, t: float = 0.0) -> Complex:
    r"""Rates over the quadratures, 𝓓(ρ) = Σ_jk C_jk (r_j ρ r_k − ½{r_k r_j, ρ}), shape (2n, 2n), Hermitian.

    C = Sᵀ has the same eigenvalues over (a, a†) as over (x, p). The generator is completely positive iff C ≥ 0
    (Gorini, Kossakowski & Sudarshan, J. Math. Phys. 17, 821 (1976)).
    """
    s = sum(_value(f, t)[..., None, None] * part.s for f, part in _parts(model))
    return np.swapaxes(np.asarray(s), -1, -2)


@dataclass(frozen=True, eq=False)
class _Part:
    """Complex coefficients of the terms that share one f(t): h, v of the Hamiltonian, S of the dissipators.

    `size` sums the norms of the terms, before anything cancels; `e` is the scalar of H, which moves nothing but must
    be real.
    """

    h: Complex
    v: Complex
    s: Complex
    size: float = 0.0
    e: Any = 0.0

    def __add__(self, other: _Part) -> _Part:
        return _Part(self.h + other.h, self.v + other.v, self.s + other.s, self.size + other.size, self.e + other.e)


def _parts(model: Any) -> list[tuple[Coefficient | None, _Part]]:
    n = as_number_of_modes(model)
    a = ladder(n)
    zero = _Part(np.zeros((2 * n, 2 * n), complex), np.zeros(2 * n, complex), np.zeros((2 * n, 2 * n), complex))
    constant, moving = zero, []
    for f, part in (*_hamiltonian_parts(model, a, zero), *_dissipator_parts(model, a, zero)):
        if f is None:
            constant = constant + part
        else:
            moving.append((f, part))
    return [(None, constant), *moving]


def as_number_of_modes(model: Any) -> int:
    """`model.modes`, an integer ≥ 1. Raises InvalidArgument otherwise."""
    n = getattr(model, "modes", None)
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise InvalidArgument(f"A model's modes must be an integer ≥ 1, but is {n!r}.")
    return int(n)


def _hamiltonian_parts(
    model: Any, a: tuple[Polynomial, ...], zero: _Part
) -> Iterator[tuple[Coefficient | None, _Part]]:
    hamiltonian = model.hamiltonian(*a)
    for term in hamiltonian if isinstance(hamiltonian, list) else [hamiltonian]:
        if isinstance(term, (list, tuple)) and len(term) != 2:
            raise InvalidArgument(f"A term in list form must be [H, f], but has {len(term)} parts.")
        operator, f = term if isinstance(term, (list, tuple)) else (term, None)
        if f is not None and not callable(f):
            raise InvalidArgument(f"A coefficient in [H, f] must be a function f(t), but is {f!r}.")
        form = quadratic_form(operator, len(a), "Hamiltonian")
        yield f, _Part(form.matrix, form.vector, zero.s, _norm(form.matrix), form.scalar)


def _dissipator_parts(model: Any, a: tuple[Polynomial, ...], zero: _Part) -> Iterator[tuple[Coefficient | None, _Part]]:
    for dissipator in _dissipators(model, a):
        f, rate = (dissipator.rate, 1.0) if callable(dissipator.rate) else (None, dissipator.rate)
        (l0, left), (m0, right) = (
            linear_form(operator, len(a), "jump operator") for operator in (dissipator.left, dissipator.right)
        )
        rate = np.asarray(rate)[..., None]
        shift = 0.5j * rate * (m0.conj()[..., None] * left - l0[..., None] * right.conj())
        s = rate[..., None] * right.conj()[..., :, None] * left[..., None, :]
        yield f, _Part(zero.h, shift, s, _norm(s))


def _dissipators(model: Any, a: tuple[Polynomial, ...]) -> list[Any]:
    """Those with a rate; none if the model has no such method."""
    found = model.dissipators(*a) if hasattr(model, "dissipators") else ()
    try:
        return [d for d in found if callable(d.rate) or np.any(np.asarray(d.rate, complex))]
    except (TypeError, AttributeError, ValueError):
        raise InvalidArgument(
            "The method dissipators must yield objects with rate, left and right, such as Dissipator(rate, left), "
            f"but returned {type(found).__name__} holding something else."
        ) from None


def _value(f: Coefficient | None, t: float) -> Any:
    """f(t) as an array, 1 for a constant term."""
    value = 1.0 if f is None else f(t)
    try:
        if value is None:  # NumPy takes it for NaN
            raise TypeError
        return np.asarray(value, complex)
    except (TypeError, ValueError):
        raise InvalidArgument(f"A coefficient f(t) must be a number, but is {value!r}.") from None


def _norm(matrix: Complex) -> float:
    """A bound on the spectral norm: the largest row sum of moduli (of the largest member of a batch)."""
    return float(np.abs(matrix).sum(-1).max())


def _assemble(h: Complex, v: Complex, s: Complex, imaginary: float, rounding: float) -> MomentEquations:
    scale = 1e-300 + imaginary + max(float(np.abs(m).max()) for m in (h, v, s))
    if not np.isfinite(scale):
        raise InvalidArgument("The generator must be finite, but a coefficient f(t) or a rate is NaN or infinite.")
    for what, anti in (
        ("Hamiltonian", np.abs(h.imag)),
        ("Hamiltonian's constant", np.asarray(imaginary)),
        ("Hamiltonian's linear part", np.abs(v.imag)),
        ("matrix of rates", np.abs(s - np.swapaxes(s, -1, -2).conj())),
    ):
        if not anti.max() <= HERMITIAN_TOLERANCE * scale:
            raise NotHermitian(what, float(anti.max()))
    w = omega(h.shape[-1] // 2)
    return MomentEquations(
        drift=w @ (h.real + s.imag),
        drive=np.einsum("jk,...k->...j", w, v.real),
        diffusion=w @ s.real @ w.T,
        rounding=rounding,
    )
