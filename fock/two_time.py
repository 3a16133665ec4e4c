r"""Two-time correlations and spectra of the steady state, from density matrices and the generator.

    ⟨A(τ)B(0)⟩ = tr[A e^{𝓛τ}(Bρ)] for τ ≥ 0,       ⟨A(τ)B(0)⟩ = ⟨B†(−τ)A†(0)⟩* for τ < 0
    S_AB(ω) = ∫ e^{iωτ}⟨δA(τ)δB(0)⟩dτ = F_AB(ω) + F_{B†A†}(ω)*,      F_AB(ω) = −tr[A (𝓛 + iω)⁻¹(δBρ)]
    g⁽²⁾(τ) = tr[A†A e^{𝓛|τ|}(AρA†)]/⟨A†A⟩²

By the quantum regression theorem; the half line τ < 0 gives F_{B†A†}*, as 𝓛(X)† = 𝓛(X†). The sign e^{+iωτ} makes
⟨a†(τ)a(0)⟩ of a mode a e^{−iω₀τ} peak at ω = −ω₀; QuTiP's sign is the other. Spectra are of the fluctuations
δA = A − ⟨A⟩: the means would add 2π⟨A⟩⟨B⟩δ(ω), which is left out. No time trace is transformed: see `fock.resolvent`.

Errors are estimates. With Y = (𝓛 + iω)⁻¹†(δA†), solved for roughly, a residual R of X = (𝓛 + iω)⁻¹(δBρ) and an error
δρ of ρ change F by tr(Y†R) and tr(Y†δ(δBρ)), of which ‖Y‖‖R‖ and 3‖Y‖‖B‖‖δρ‖ are taken. Along τ it is ‖A‖ times the
trace-norm error of the evolution. Truncation is judged by coarser cutoffs (`fock.estimated`).

Source: Gardiner & Zoller, Quantum Noise (Springer, 2004), section 5.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from fock.contained import require_contained
from fock.errors import InvalidArgument
from fock.estimated import Estimated, compared, quantity
from fock.faber import Flow
from fock.functions import Operator, function_of, pair_of, squared
from fock.generator import generator
from fock.objects import require_model
from fock.operators import Cutoffs, as_cutoffs, compose
from fock.resolvent import Resolvent, Span
from fock.sector import Sector, complex_superoperator
from fock.solve import MEMORY, steady_state
from fock.symmetry import NoJump, groups

Array = NDArray[Any]
Pairs = list[tuple[Any, Any]]

# Residual of the resolvent relative to its right side, of what estimates errors, and the trace-norm error in time.
ACCURACY, ROUGH, IN_TIME = 1e-10, 1e-2, 1e-10
# Elements of Bρ below this, relatively, are rounding, and fill no block.
NOISE = 1e-15


@quantity
def spectrum(
    _judged: bool,
    model: Any,
    omegas: ArrayLike,
    A: Operator | None = None,
    B: Operator | None = None,
    *,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    symmetrised: bool = False,
    memory: float = MEMORY,
) -> Estimated:
    r"""S_AB(ω) = ∫ e^{iωτ}⟨δA(τ)δB(0)⟩dτ of the steady state; without A and B the matrices of all quadratures.

    Args:
        model: modes, hamiltonian, dissipators, with constant coefficients; it need not be Gaussian.
        omegas: angular frequencies, shape (...).
        A: function of the ladder operators, such as `lambda a, b: a.dag() * b`, of any degree; with B or not at all.
        B: as A.
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `spectrum.with_error`: the cutoff to compare with, three quarters if it is left out.
        symmetrised: ½∫ e^{iωτ}⟨{δA(τ), δB(0)}⟩dτ = ½[S_AB(ω) + S_BA(−ω)] instead.
        memory: bytes that may be used.

    Returns:
        Complex, shape (...) with A and B, else (..., 2n, 2n). `spectrum.with_error` gives an `Estimated` with the same
        arguments: value and error.

    Raises:
        InvalidArgument: frequencies that are not finite, an operator that is no function of the ladder operators.
        NotContained: the cutoff is too low for the steady state, as every one is where the model is unstable.
        NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.steady_state`; or a line without width is asked for.

    Source: the quantum regression theorem; see the module.
    """
    grid = as_grid(omegas, "omegas")
    asked = _cutoffs(model, cutoff)
    pair = pair_of(A, B, len(asked))

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        settled = Settled.of(model, cutoffs, memory, fits=cutoffs == asked)
        value, error = _spectrum(settled, grid.ravel(), pair, judged)
        if symmetrised:
            other, more = _spectrum(settled, -grid.ravel(), pair and pair[::-1], judged)
            if pair is None:
                other, more = other.swapaxes(-1, -2), more.swapaxes(-1, -2)
            value, error = 0.5 * (value + other), 0.5 * (error + more)
        return value.reshape(grid.shape + value.shape[1:]), error.reshape(grid.shape + value.shape[1:])

    return compared(run, _judged, asked, coarse)


@quantity
def correlation(
    _judged: bool,
    model: Any,
    taus: ArrayLike,
    A: Operator | None = None,
    B: Operator | None = None,
    *,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    memory: float = MEMORY,
) -> Estimated:
    r"""⟨A(τ)B(0)⟩ of the steady state, means included; without A and B ⟨δr_j(τ)δr_k(0)⟩ of all quadratures.

    Args:
        model: as in `spectrum`.
        taus: times, shape (...), of either sign and in any order.
        A: as in `spectrum`.
        B: as A.
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `correlation.with_error`: the cutoff to compare with.
        memory: bytes that may be used.

    Returns:
        Complex, shape (...) with A and B, else (..., 2n, 2n); `correlation.with_error` as with `spectrum`.

    Raises:
        InvalidArgument, NotContained, NotUnique, NotConverged, TimeDependent, TooLarge: as `spectrum`.
    """
    grid = as_grid(taus, "taus")
    asked = _cutoffs(model, cutoff)
    pair = pair_of(A, B, len(asked))

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        settled = Settled.of(model, cutoffs, memory, fits=cutoffs == asked)
        t = grid.ravel()
        if pair is None:
            ladder = settled.ladder
            forth, forth_error = settled.followed(np.abs(t), ladder, [(b, None) for b in ladder])
            to_r = _to_quadratures(len(cutoffs))
            value, error = to_r @ forth @ to_r.T, np.abs(to_r) @ forth_error @ np.abs(to_r.T)
            # ⟨r(τ)r(0)⟩ at −τ is the Hermitian conjugate.
            value = np.where((t < 0)[:, None, None], value.conj().swapaxes(-1, -2), value)
            error = np.where((t < 0)[:, None, None], error.swapaxes(-1, -2), error)
        else:
            a, b = settled.operators(pair)
            value, error = np.empty(t.shape, complex), np.empty(t.shape)
            for chosen, left, right in ((t >= 0, a, b), (t < 0, _dagger(b), _dagger(a))):
                if chosen.any():
                    found, errors = settled.followed(np.abs(t[chosen]), [left], [(right, None)])
                    found = found[:, 0, 0] + settled.mean(left) * settled.mean(right)
                    value[chosen] = found if left is a else found.conj()
                    error[chosen] = errors[:, 0, 0]
        return value.reshape(grid.shape + value.shape[1:]), error.reshape(grid.shape + value.shape[1:])

    return compared(run, _judged, asked, coarse)


@quantity
def g2(
    _judged: bool,
    model: Any,
    taus: ArrayLike,
    A: Operator,
    *,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    memory: float = MEMORY,
) -> Estimated:
    r"""g⁽²⁾(τ) = ⟨A†(0)A†(τ)A(τ)A(0)⟩/⟨A†A⟩² of the steady state, even in τ: 1 for coherent light, 2 at τ = 0 for a
    thermal mode.

    Args:
        model: as in `spectrum`.
        taus: times, shape (...).
        A: function of the ladder operators: the field that is detected.
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `g2.with_error`: the cutoff to compare with.
        memory: bytes that may be used.

    Returns:
        Real, shape (...); `g2.with_error` as with `spectrum`.

    Raises:
        InvalidArgument: nothing is detected, ⟨A†A⟩ = 0 to within its error.
        NotContained, NotUnique, NotConverged, TimeDependent, TooLarge: as `spectrum`.
    """
    grid = as_grid(taus, "taus")
    asked = _cutoffs(model, cutoff)
    field = function_of(A, len(asked))

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        settled = Settled.of(model, cutoffs, memory, fits=cutoffs == asked)
        a, intensity = settled.operators([field, lambda *x: squared(field(*x))])
        detected, uncertain = settled.mean(intensity).real, _norm(intensity) * settled.error
        if not detected > uncertain:
            raise InvalidArgument(
                f"For g2 something must be detected, but ⟨A†A⟩ = {detected:.1e} with an error of {uncertain:.1e}.",
                "Choose another A, or drive the mode: in the vacuum g2 is 0/0.",
            )
        found, errors = settled.followed(np.abs(grid.ravel()), [intensity], [(a, a)])
        # tr(AρA†) is ⟨A†A⟩, but for what A takes above the cutoff.
        click = a @ settled.rho @ _dagger(a)
        value = (found[:, 0, 0].real + detected * np.trace(click).real) / detected**2
        error = errors[:, 0, 0] / detected**2 + 2 * np.abs(value) * uncertain / detected
        return value.reshape(grid.shape), error.reshape(grid.shape)

    return compared(run, _judged, asked, coarse)


def _spectrum(settled: Settled, omegas: Array, pair: Any, judged: bool) -> tuple[Array, Array]:
    if pair is None:
        ladder = settled.ladder
        f, e = settled.responses(omegas, ladder, ladder, judged)
        to_r = _to_quadratures(len(settled.cutoffs))
        f, e = to_r @ f @ to_r.T, np.abs(to_r) @ e @ np.abs(to_r.T)
        return f + f.conj().swapaxes(-1, -2), e + e.swapaxes(-1, -2)
    a, b = settled.operators(pair)
    f, e = settled.responses(omegas, [a], [b], judged)
    if _same(b, _dagger(a)):
        return 2 * f[:, 0, 0].real + 0j, 2 * e[:, 0, 0]
    g, more = settled.responses(omegas, [_dagger(b)], [_dagger(a)], judged)
    return f[:, 0, 0] + g[:, 0, 0].conj(), e[:, 0, 0] + more[:, 0, 0]


@dataclass(frozen=True, eq=False)
class Settled:
    """The steady state `rho` (d, d) with its trace-norm `error`, and 𝓛u in its own unit u of time."""

    parts: NoJump
    unit: float
    rho: Array
    error: float
    memory: float
    kept: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Any, cutoffs: Cutoffs, memory: float, *, fits: bool = True) -> Settled:
        """Raises NotContained if it `fits` not below the cutoff; of a cutoff to compare with that is not asked."""
        found = steady_state(model, cutoff=cutoffs, memory=memory)
        if fits:
            require_contained(found)
        own, unit = generator(model, cutoffs).in_own_time()
        return cls(NoJump.of(own), unit, found.rho.full(), found.solver_error, memory)

    @property
    def cutoffs(self) -> Cutoffs:
        return self.parts.cutoffs

    @property
    def ladder(self) -> list[Any]:
        """a_1, a_1†, a_2, …: each lies in blocks of one charge, where the quadratures lie in two."""
        every = [lambda *x, j=j: x[j] for j in range(len(self.cutoffs))]
        return [x for a in self.operators(every) for x in (a, _dagger(a))]

    def operators(self, functions: Sequence[Operator]) -> list[Any]:
        """As sparse matrices (d, d), exact corners."""
        built = compose(lambda *a: [f(*a) for f in functions], self.cutoffs)
        found = [x.to("CSR").data_as("csr_matrix") for x in built]
        if not all(np.isfinite(x.data).all() for x in found):
            raise InvalidArgument(
                "An operator must be finite, but has a coefficient that is NaN or infinite.",
                "Look for a division by zero, or an overflow, in what it is made of.",
            )
        return found

    def mean(self, a: Any) -> complex:
        return complex(a.multiply(self.rho.T).sum())

    def responses(self, omegas: Array, lefts: list[Any], rights: list[Any], judged: bool) -> tuple[Array, Array]:
        """F_jk(ω) = −tr[A_j (𝓛 + iω)⁻¹(δB_k ρ)] and, if `judged`, its error from the solver, each (T, J, K)."""
        values = np.zeros((len(omegas), len(lefts), len(rights)), complex)
        errors = np.zeros(values.shape)
        own = omegas * self.unit
        for k, b in enumerate(rights):
            sector, y = self._right(b, None)
            if not y.any():
                continue
            span = self._span("forward", sector)
            x, residuals = span.at(own, y, ACCURACY)
            for j, a in enumerate(lefts):
                row = self._left(a, sector)
                if not row.any():
                    continue
                values[:, j, k] = -self.unit * (x @ row)
                if judged:
                    dual, _ = self._span("adjoint", sector).at(-own, row.conj(), ROUGH)
                    change = residuals + 3 * _norm(b) * self.error
                    errors[:, j, k] = self.unit * np.linalg.norm(dual, axis=1) * change
        return values, errors

    def followed(self, taus: Array, lefts: list[Any], rights: Pairs) -> tuple[Array, Array]:
        """tr[A_j e^{𝓛τ}(X_k − ρ tr X_k)], X = Bρ or BρC†, for τ ≥ 0 in any order, and its error, each (T, J, K)."""
        values = np.zeros((len(taus), len(lefts), len(rights)), complex)
        errors = np.zeros(values.shape)
        if not len(taus):
            return values, errors
        times, back = np.unique(taus / self.unit, return_inverse=True)
        for k, (b, c) in enumerate(rights):
            sector, y = self._right(b, c)
            size = 3 * _norm(b) * (1.0 if c is None else _norm(c)) * self.error
            x, grown = np.zeros((len(times), sector.size), complex), np.zeros(len(times))
            if y.any():
                rate = IN_TIME / max(float(times[-1]), 1e-300)

                def norm(v: Array, sector: Sector = sector) -> float:
                    return float(np.sqrt(np.bincount(sector.row, np.abs(v) ** 2, sector.dimension)).sum())

                x, found = Flow(complex_superoperator(self.parts, sector), y, rate, norm=norm).at(times.tolist())
                grown = np.array(found)
            for j, a in enumerate(lefts):
                values[:, j, k] = (x @ self._left(a, sector))[back]
                errors[:, j, k] = (_norm(a) * (grown + size))[back]
        return values, errors

    def _right(self, b: Any, c: Any) -> tuple[Sector, Array]:
        """Where Bρ (or BρC†) lives, and its elements there without the stationary part."""
        x = np.asarray(b @ self.rho)
        if c is not None:
            x = np.asarray((c @ x.conj().T).conj().T)
        x = x - np.trace(x) * self.rho
        present = np.abs(x) > NOISE * max(float(np.abs(x).max()), float(abs(b).max()) * float(np.abs(self.rho).max()))
        labels = self.kept.setdefault("labels", None)
        if labels is None:
            labels = self.kept["labels"] = groups(self.parts)
        sector = Sector.reached(labels, self.parts, present)
        sector = self.kept.setdefault(("sector", sector.pairs), sector)
        return sector, x[sector.row, sector.column]

    def _left(self, a: Any, sector: Sector) -> Array:
        """δA as what tr(δA X) multiplies the elements of X by."""
        row = np.asarray(a.toarray().T[sector.row, sector.column], complex)
        row[sector.populations] -= self.mean(a)
        return row

    def _span(self, direction: str, sector: Sector) -> Span:
        key = (direction, sector.pairs)
        if key not in self.kept:
            name = ("resolvent", sector.pairs)
            if name not in self.kept:
                self.kept[name] = Resolvent(self.parts, sector, self.memory)
            self.kept[key] = Span(getattr(self.kept[name], direction))
        found: Span = self.kept[key]
        return found


def _to_quadratures(modes: int) -> Array:
    """T with r = T (a_1, a_1†, a_2, …): x = (a + a†)/√2, p = (a − a†)/(i√2)."""
    return np.kron(np.eye(modes), np.array([[1, 1], [-1j, 1j]]) / np.sqrt(2))


def _norm(x: Any) -> float:
    """‖x‖ ≤ √(largest row sum × largest column sum)."""
    size = abs(x)
    return float(np.sqrt(size.sum(axis=0).max() * size.sum(axis=1).max()))


def _dagger(x: Any) -> Any:
    return x.conj().T.tocsr()


def _same(x: Any, y: Any) -> bool:
    return not scipy.sparse.csr_matrix(x - y).count_nonzero()


def _cutoffs(model: Any, cutoff: Any) -> Cutoffs:
    require_model(model)
    return as_cutoffs(cutoff, model.modes)


def as_grid(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Finite real numbers as an array of any shape. Raises InvalidArgument otherwise."""
    try:
        grid = np.asarray(values, float)
    except (TypeError, ValueError):
        grid = np.array([np.nan])
    if not np.isfinite(grid).all():
        raise InvalidArgument(
            f"Argument {name} must be finite real numbers, but is {values!r}.",
            "Give an array such as [-1.0, 0.0, 1.0].",
        )
    return grid
