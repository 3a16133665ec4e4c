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

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaussian.coefficients import Coefficient, of_time, value
from gaussian.errors import InvalidArgument, NotHermitian, NotQuadratic
from gaussian.forms import Complex, linear_form, quadratic_form
from gaussian.jumps import Jump, jumps
from gaussian.ladder import Polynomial, ladder
from gaussian.shown import FOLDED, Facts, Shown, Table, counted, known, labels, matrix
from gaussian.symplectic import omega

Array = NDArray[Any]
# Anti-Hermitian parts below this, relative to the size of the generator, are rounding in the model's own arithmetic.
HERMITIAN_TOLERANCE = 1e-11
# Of A and D, in units of the terms that they are summed of.
ROUNDING = 4 * float(np.finfo(float).eps)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MomentEquations(Shown):
    """`drift` A (..., 2n, 2n), `drive` d (..., 2n), `diffusion` D (..., 2n, 2n), in units of the model's rates.

    The leading shapes are those that a model's fields, if they are arrays, give to each: they broadcast.
    `rounding` (...) bounds the spectral norm of the rounding in A and in D: damping is a difference γ(n̄+1) − γn̄ of
    rates, which at n̄ = 10⁶ leaves it six digits fewer than the rates have.
    """

    drift: Array
    drive: Array
    diffusion: Array
    rounding: Array | float = 0.0

    def _facts(self) -> Facts:
        what = counted(self.drift.shape[-1] // 2, "mode")
        batch = np.broadcast_shapes(self.drift.shape[:-2], self.drive.shape[:-1], self.diffusion.shape[:-2])
        if batch:
            what += f", {' × '.join(map(str, batch))} points"
        return what, known("A and D", np.max(self.rounding, initial=0.0))

    def _tables(self) -> list[Table]:
        if self.drift.ndim + self.drive.ndim + self.diffusion.ndim > 5 or len(self.drive) > 2 * FOLDED:
            return []
        names, error = labels(len(self.drive) // 2), float(self.rounding)
        drift = matrix("drift A and drive d", [*names, "d"], np.column_stack([self.drift, self.drive]), error)
        return [drift, matrix("diffusion D", names, self.diffusion, error)]


def drift(model: Any, t: float = 0.0) -> Array:
    """A of d⟨r⟩/dt = A⟨r⟩ + d at time t, shape (..., 2n, 2n). Raises NotQuadratic, NotHermitian."""
    return moment_equations(model, t).drift


def diffusion(model: Any, t: float = 0.0) -> Array:
    """D of dσ/dt = Aσ + σAᵀ + D at time t, shape (..., 2n, 2n). Raises NotQuadratic, NotHermitian."""
    return moment_equations(model, t).diffusion


def drive(model: Any, t: float = 0.0) -> Array:
    """d of d⟨r⟩/dt = A⟨r⟩ + d at time t, shape (..., 2n). Raises NotQuadratic, NotHermitian."""
    return moment_equations(model, t).drive


def moment_equations(model: Any, t: float = 0.0) -> MomentEquations:
    """A, d and D of a model at time t, of one point for each element of its fields where they are arrays.

    Raises:
        NotQuadratic: a term of the Hamiltonian has degree > 2 or a jump operator degree > 1; the term is named.
        NotHermitian: H is not Hermitian, or the correlated rates are not.
    """
    return equations_of_time(model)(t)


def coefficients(model: Any) -> tuple[Coefficient, ...]:
    """The functions f(t) of a model: of the Hamiltonian's terms, then of the dissipators' rates, in its own order."""
    a = ladder(as_number_of_modes(model))
    of_energy = [f for f, _ in _hamiltonian_terms(model, a) if f is not None]
    return (*of_energy, *(d.rate for d in _dissipators(model, a) if callable(d.rate)))


def equations_of_time(
    model: Any, met: Callable[[float, list[Any]], None] = lambda t, values: None
) -> Callable[[float], MomentEquations]:
    """t ↦ MomentEquations, with the operator algebra done once; `met` is told the time and the values of each f(t)."""
    with _broadcasting():
        parts = _parts(model)
    moving = [f for f, _ in parts if f is not None]
    one_by_one = _Stacked.of([part for _, part in parts]) if moving else None

    @_broadcasting()
    def at(t: float) -> MomentEquations:
        at_t = [value(f, t) for f in moving]
        met(t, at_t)
        values = [value(None, t), *at_t]  # constant terms come first
        if one_by_one and all(x.ndim == 0 and x.imag == 0 and np.isfinite(x) for x in values):
            return one_by_one.sum(np.array(values).real)
        h, v, s = (
            sum(x[..., *[None] * rank] * getattr(part, name) for x, (_, part) in zip(values, parts, strict=True))
            for name, rank in (("h", 2), ("v", 1), ("s", 2))
        )
        imaginary = np.abs(np.imag(sum(x * part.e for x, (_, part) in zip(values, parts, strict=True))))
        size = sum(np.abs(x) * part.size for x, (_, part) in zip(values, parts, strict=True))
        return _assemble(h, v, s, imaginary, ROUNDING * size)

    return at


def superposed(model: Any) -> tuple[list[Coefficient], list[MomentEquations] | None]:
    """The functions f_k(t) of a model, and A_k, d_k, D_k: of the constant part, then of those that they multiply.

    None for these if the parts are of many points, or Hermitian only together.
    """
    with _broadcasting():
        parts = _parts(model)
    stacked = _Stacked.of([part for _, part in parts])
    each = None if stacked is None else [stacked.sum(one) for one in np.eye(len(parts))]
    return [f for f, _ in parts if f is not None], each


@contextmanager
def _broadcasting() -> Iterator[None]:
    """NumPy's complaint about shapes in words of a model."""
    try:
        yield
    except ValueError as error:
        if isinstance(error, InvalidArgument) or "broadcast" not in str(error):
            raise
        raise InvalidArgument(
            f"Fields of a scan must have shapes that broadcast against each other, but: {str(error).rstrip('. ')}.",
            "Give them one shape, or add axes as in x[:, None] for a grid.",
        ) from None


def is_time_dependent(model: Any) -> bool:
    """Whether any term of the model carries a coefficient f(t)."""
    a = ladder(as_number_of_modes(model))
    return any(f is not None for f, _ in _hamiltonian_terms(model, a)) or any(
        callable(d.rate) for d in _dissipators(model, a)
    )


def is_isolated(model: Any) -> bool:
    """Whether the model has no dissipators with a rate other than zero."""
    return not _dissipators(model, ladder(model.modes))


def rate_matrix(model: Any, t: float = 0.0) -> Complex:
    r"""Rates over the quadratures, 𝓓(ρ) = Σ_jk C_jk (r_j ρ r_k − ½{r_k r_j, ρ}), shape (2n, 2n), Hermitian.

    C = Sᵀ has the same eigenvalues over (a, a†) as over (x, p). The generator is completely positive iff C ≥ 0
    (Gorini, Kossakowski & Sudarshan, J. Math. Phys. 17, 821 (1976)).
    """
    s = sum(value(f, t)[..., None, None] * part.s for f, part in _parts(model))
    return np.swapaxes(np.asarray(s), -1, -2)


@dataclass(frozen=True, eq=False)
class _Part:
    """Complex coefficients of the terms that share one f(t): h, v of the Hamiltonian, S of the dissipators.

    `size` (...) sums the norms of the terms, before anything cancels; `e` is the scalar of H, which moves nothing but
    must be real.
    """

    h: Complex
    v: Complex
    s: Complex
    size: Any = 0.0
    e: Any = 0.0

    def __add__(self, other: _Part) -> _Part:
        return _Part(self.h + other.h, self.v + other.v, self.s + other.s, self.size + other.size, self.e + other.e)


@dataclass(frozen=True, eq=False)
class _Stacked:
    """A, d and D of parts that are Hermitian one by one, a row each: with real coefficients they only need adding."""

    rows: Array
    sizes: Array

    @classmethod
    def of(cls, parts: list[_Part]) -> _Stacked | None:
        """None if they are of many points, or Hermitian only together."""
        if any(part.h.ndim + part.v.ndim + part.s.ndim > 5 or np.ndim(part.size) or np.ndim(part.e) for part in parts):
            return None
        try:
            found = [_assemble(p.h, p.v, p.s, np.abs(np.imag(p.e)), ROUNDING * p.size) for p in parts]
        except (InvalidArgument, NotHermitian):
            return None  # said when it is asked for, with its time
        rows = [np.concatenate([x.drift.ravel(), x.drive, x.diffusion.ravel()]) for x in found]
        return cls(np.array(rows), np.array([x.rounding for x in found]))

    def sum(self, values: Array) -> MomentEquations:
        """With these coefficients."""
        total, m = values @ self.rows, math.isqrt(self.rows.shape[1] // 2)
        return MomentEquations(
            drift=total[: m * m].reshape(m, m),
            drive=total[m * m : m * m + m],
            diffusion=total[m * m + m :].reshape(m, m),
            rounding=np.abs(values) @ self.sizes,
        )


def _parts(model: Any) -> list[tuple[Coefficient | None, _Part]]:
    n = as_number_of_modes(model)
    a = ladder(n)
    terms = [(f, _energy(operator, n)) for f, operator in _hamiltonian_terms(model, a)]
    dissipators = _dissipators(model, a)
    moving = [d for d in dissipators if callable(d.rate)]
    constant = _dissipation([(d.rate, d) for d in dissipators if not callable(d.rate)], n)
    constant = sum((part for f, part in terms if f is None), constant)
    rest = [(f, part) for f, part in terms if f is not None] + [(d.rate, _dissipation([(1.0, d)], n)) for d in moving]
    return [(None, constant), *rest]


def as_number_of_modes(model: Any) -> int:
    """`model.modes`, an integer ≥ 1. Raises InvalidArgument otherwise."""
    n = getattr(model, "modes", None)
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise InvalidArgument(
            f"A model's modes must be an integer ≥ 1, but is {n!r}.",
            "Add a field or a property `modes` that counts the ladder operators of its methods.",
        )
    return int(n)


def _hamiltonian_terms(model: Any, a: tuple[Polynomial, ...]) -> Iterator[tuple[Coefficient | None, Polynomial]]:
    hamiltonian = model.hamiltonian(*a)
    for term in hamiltonian if isinstance(hamiltonian, list) else [hamiltonian]:
        if isinstance(term, (list, tuple)) and len(term) != 2:
            raise InvalidArgument(
                f"A term in list form must be [H, f], but has {len(term)} parts.",
                "Write [H0, [H1, f], …], each pair in its own brackets.",
            )
        operator, f = term if isinstance(term, (list, tuple)) else (term, None)
        if f is not None and not callable(f):
            raise InvalidArgument(
                f"A coefficient in [H, f] must be a function f(t), but is {f!r}.",
                "Write [H, lambda t: …], or multiply H by a constant.",
            )
        yield None if f is None else of_time(f, model), operator


def _energy(operator: Polynomial, modes: int) -> _Part:
    form = quadratic_form(operator, modes, "Hamiltonian")
    return _Part(form.matrix, form.vector, np.zeros((2 * modes, 2 * modes), complex), _norm(form.matrix), form.scalar)


def _dissipation(dissipators: list[tuple[Any, Any]], modes: int) -> _Part:
    """The dissipators, each with its rate, in one part.

    An operator touches few of many modes: what it adds to S is formed on their rows and columns only, and once for all
    dissipators of the very same operators.
    """
    terms, formed = [], {}
    for rate, d in dissipators:
        key = id(d.left), id(d.right)
        if key not in formed:
            (l0, left), (m0, right) = _linear_forms(d, modes)
            shift = 0.5j * (m0.conj()[..., None] * left - l0[..., None] * right.conj())
            rows, columns = (np.flatnonzero(x.any(tuple(range(x.ndim - 1)))) for x in (right, left))
            product = right.conj()[..., rows, None] * left[..., None, columns]
            formed[key] = shift, rows[:, None], columns, product, _norm(product)
        terms.append((np.asarray(rate), *formed[key]))
    batch = np.broadcast_shapes(*(np.broadcast_shapes(rate.shape, x.shape[:-1]) for rate, x, *_ in terms))
    v, s, size = (
        np.zeros((*batch, *[2 * modes] * rank), kind) for rank, kind in ((1, complex), (2, complex), (0, float))
    )
    for rate, shift, rows, columns, product, norm in terms:
        v += rate[..., None] * shift
        s[..., rows, columns] += rate[..., None, None] * product
        size += np.abs(rate) * norm
    return _Part(np.zeros((2 * modes, 2 * modes), complex), v, s, size)


def _linear_forms(jump: Jump, modes: int) -> list[tuple[Complex, Complex]]:
    """Those of both operators. Raises NotQuadratic, which says whether first and second moments close nevertheless."""
    try:
        return [linear_form(x, modes, "jump operator") for x in (jump.left, jump.right)]
    except NotQuadratic as error:
        if error.degree != 2:
            raise
        closes = False
        if jump.left is jump.right:
            form = quadratic_form(jump.left, modes, "jump operator")
            parts = (form.matrix, form.vector, form.scalar)
            closes = bool(sum(np.abs(part.imag).max() for part in parts) <= 1e-12 * np.abs(form.matrix).max())
        raise NotQuadratic(error.term, 2, "jump operator", 1, closes=closes, may_close=not closes) from None


def _dissipators(model: Any, a: tuple[Polynomial, ...]) -> list[Jump]:
    """Those with a rate, an array of complex numbers or a function of time; none if the model has no methods."""
    try:
        found = [Jump(_rate(jump.rate), jump.left, jump.right) for jump in jumps(model, a)]
        return [jump for jump in found if callable(jump.rate) or np.any(jump.rate)]
    except InvalidArgument:
        raise
    except (TypeError, ValueError, OverflowError):
        raise InvalidArgument(
            "The method dissipators must yield objects with rate, left and right, such as Dissipator(rate, left), but "
            "one of the rates is no number.",
            "Give numbers, or functions of time.",
        ) from None


def _rate(rate: Any) -> Any:
    """A function of time, or numbers: NumPy takes None for NaN, and text for the number it spells."""
    if callable(rate):
        return rate
    if rate is None or isinstance(rate, (str, bytes)):
        raise TypeError
    return np.asarray(rate, complex)


def _norm(matrix: Complex) -> Array:
    """A bound on the spectral norm, shape (...): the largest row sum of moduli."""
    return np.asarray(np.abs(matrix).sum(-1).max(-1, initial=0.0))


def _assemble(h: Complex, v: Complex, s: Complex, imaginary: Array, rounding: Array) -> MomentEquations:
    scale = 1e-300 + imaginary
    for part, axes in ((h, (-2, -1)), (v, -1), (s, (-2, -1))):
        scale = np.maximum(scale, np.abs(part).max(axes))
    if not np.isfinite(scale).all():
        raise InvalidArgument(
            "The generator must be finite, but a coefficient f(t) or a rate is NaN or infinite.",
            "Look for a division by zero in it, at the times that are asked for.",
        )
    for what, anti in (
        ("Hamiltonian", np.abs(h.imag).max((-2, -1))),
        ("Hamiltonian's constant", imaginary),
        ("Hamiltonian's linear part", np.abs(v.imag).max(-1)),
        ("matrix of rates", np.abs(s - np.swapaxes(s, -1, -2).conj()).max((-2, -1))),
    ):
        bad = ~(anti <= HERMITIAN_TOLERANCE * scale)
        if bad.any():
            raise NotHermitian(what, float(np.broadcast_to(anti, bad.shape)[bad].max()))
    w = omega(h.shape[-1] // 2)
    return MomentEquations(
        drift=w @ (h.real + s.imag),
        drive=np.einsum("jk,...k->...j", w, v.real),
        diffusion=w @ s.real @ w.T,
        rounding=rounding,
    )
