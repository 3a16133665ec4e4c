r"""Gaussian states as (mean, covariance), and how a model's preparation becomes one.

A preparation is ρ(0) = U_k … U_1 ρ_th U_1† … U_k† with ρ_th a product of thermal states (or the ground state of a
quadratic Hamiltonian) and U = exp(−iG), G = ½ rᵀgr + v·r Hermitian. In the Heisenberg picture
dr/ds = i[G, r] = Ω(g r + v), so U maps the moments by the symplectic matrix S = exp(Ωg) and a displacement.

The ground state of H = ½ rᵀhr + v·r with h > 0 has (Williamson)

    ⟨r⟩ = −h⁻¹v,      σ = ½ h^{-1/2} |i h^{1/2}Ωh^{1/2}| h^{-1/2}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaussian.errors import InvalidArgument, NotHermitian
from gaussian.forms import Form, quadratic_form
from gaussian.ladder import Polynomial, ladder
from gaussian.shown import FOLDED, Facts, Shown, Table, counted, known, labels, listed, matrix, number, picked
from gaussian.symplectic import as_modes, omega, quadratures
from gaussian.unitaries import composed

Array = NDArray[Any]
VACUUM = SimpleNamespace(occupations=None, ground_of=None, unitaries=())


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GaussianState(Shown):
    """Mean (..., 2n) and covariance (..., 2n, 2n) of a Gaussian state; vacuum ½·1, ordering (x_1, p_1, …).

    `error` (...) estimates the spectral norm of the error of `covariance` from the conditioning of the calculation.
    """

    mean: Array
    covariance: Array
    error: Array

    @property
    def modes(self) -> int:
        return int(self.mean.shape[-1]) // 2

    @property
    def photon_numbers(self) -> Array:
        """⟨a_j†a_j⟩ = ½(⟨x_j²⟩ + ⟨p_j²⟩ − 1), shape (..., n)."""
        second = np.diagonal(self.covariance, axis1=-2, axis2=-1) + self.mean**2
        return np.asarray(0.5 * (second[..., 0::2] + second[..., 1::2] - 1))

    def reduced(self, modes: Sequence[int]) -> GaussianState:
        """The state of some modes, in the order given."""
        rows = quadratures(as_modes(modes, self.modes, "modes"))
        return GaussianState(
            mean=self.mean[..., rows], covariance=self.covariance[..., rows, :][..., :, rows], error=self.error
        )

    def _facts(self) -> Facts:
        what, batch = counted(self.modes, "mode"), self.mean.shape[:-1]
        there = self._there
        if batch:
            what += f", {' × '.join(map(str, batch))} points"
        if not there.all():
            what += f", {np.sum(~there)} of them without a state" if batch else " without a state"
        n = self.photon_numbers[there]
        if not n.size:
            return what, []
        span = ("n̄ from", f"{number(n.min())} to {number(n.max())}") if batch else ("n̄ =", listed(n[0], self.error))
        return what, [span, *self._known]

    def _tables(self) -> list[Table]:
        if self.mean.ndim > 1 or self.modes > FOLDED:
            return []
        columns = ["mean", *labels(self.modes)]
        return [matrix("mean and covariance", columns, np.column_stack([self.mean, self.covariance]), self.error)]

    @property
    def _there(self) -> NDArray[np.bool_]:
        """Where there is a state, shape (...)."""
        return np.asarray(~np.isnan(self.covariance).all((-2, -1)))

    @property
    def _known(self) -> list[tuple[str, str]]:
        return known("σ", np.broadcast_to(self.error, self.mean.shape[:-1])[self._there].max(initial=0.0))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Trajectory(GaussianState):
    """States at `times`, one along the first axis of `mean` and `covariance`; the axes of a scan come after it."""

    times: Array

    def _facts(self) -> Facts:
        what = f"{counted(self.modes, 'mode')}, {counted(len(self.times), 'time')}"
        if not len(self.times):
            return what, []
        last = self.times.argmax()
        what += f" from {number(self.times.min())} to {number(self.times[last])}"
        if self.mean.ndim > 2:
            what += f", {' × '.join(map(str, self.mean.shape[1:-1]))} points"
            found = self.photon_numbers[last]
            return what, [("n̄ from", f"{number(found.min())} to {number(found.max())} at the end"), *self._known]
        n = f"{listed(self.photon_numbers[last], self.error[last])} at t = {number(self.times[last])}"
        return what, [("n̄ =", n), *self._known]

    def _tables(self) -> list[Table]:
        if self.modes > FOLDED or self.mean.ndim > 2:
            return []
        n, columns = self.photon_numbers, ["t", *(f"n̄{j + 1}" for j in range(self.modes))]
        rows = [
            [number(self.times[k]), *(number(x, self.error[k], digits=6) for x in n[k])]
            for k in picked(len(self.times))
        ]
        return [Table("photon numbers", columns, rows, folded=True)]


def initial_state(model: Any) -> GaussianState:
    """Mean and covariance of `model.preparation(...)`; vacuum if the model has none.

    Of every point of a scan if the preparation has arrays in it, which broadcast against each other.

    Raises:
        InvalidArgument: negative occupations, or the wrong number of them.
        NotQuadratic: a generator of a unitary has degree three or more.
        NotHermitian: a generator is not Hermitian.
    """
    n = int(model.modes)
    preparation = model.preparation(*ladder(n)) if hasattr(model, "preparation") else VACUUM
    if not all(hasattr(preparation, name) for name in ("occupations", "ground_of", "unitaries")):
        raise InvalidArgument(
            f"The method preparation must return a Preparation, but returned {preparation!r}.",
            "Write `return Preparation(…)`, or leave the method out to start from the vacuum.",
        )
    if not isinstance(preparation.unitaries, (list, tuple)):
        raise InvalidArgument(
            f"The unitaries of a preparation must be a list, but are {preparation.unitaries!r}.",
            "Write [G] for a single generator G.",
        )
    ground = preparation.ground_of
    forms = [] if ground is None else [_hermitian(ground, n, "Hamiltonian of the prepared ground state")]
    forms += [_hermitian(generator, n, "generator of a preparing unitary") for generator in preparation.unitaries]
    occupations = _occupations(preparation.occupations, n)
    matrices = [(form.matrix.real, form.vector.real) for form in forms]
    batch = np.broadcast_shapes(occupations.shape[:-1], *(v.shape[:-1] for _, v in matrices))
    if not matrices:
        return _prepared(occupations, None, [])
    states = []
    for index in np.ndindex(batch):
        here = [
            tuple(
                np.broadcast_to(x, (*batch, *x.shape[x.ndim - rank :]))[index]
                for x, rank in zip(pair, (2, 1), strict=True)
            )
            for pair in matrices
        ]
        own = None if ground is None else here.pop(0)
        states.append(_prepared(np.broadcast_to(occupations, (*batch, n))[index], own, here))
    if not batch:
        return states[0]
    mean, sigma, error = (np.array([getattr(s, name) for s in states]) for name in ("mean", "covariance", "error"))
    shape = (*batch, 2 * n)
    return GaussianState(mean=mean.reshape(shape), covariance=sigma.reshape(*shape, 2 * n), error=error.reshape(batch))


def _occupations(given: Any, modes: int) -> Array:
    """Thermal occupations (..., n), given one a mode, each a number or an array. Raises InvalidArgument."""
    try:
        each = [_number_or_scan(x) for x in ([0.0] * modes if given is None else given)]
        occupations = np.stack(np.broadcast_arrays(*each), -1) if each else np.zeros(0)
    except (TypeError, ValueError):
        occupations = np.full(modes, np.nan)
    if occupations.shape[-1] != modes or not np.all(occupations >= 0) or not np.isfinite(occupations).all():
        raise InvalidArgument(
            f"Argument occupations must hold {modes} numbers ≥ 0, but is {given}.",
            "Give one for each mode, 0 for the vacuum.",
        )
    return occupations


def _number_or_scan(x: Any) -> Array:
    """As an array; brackets in brackets are no scan."""
    if isinstance(x, (list, tuple)):
        raise TypeError
    return np.asarray(x, float)


def _prepared(
    occupations: Array, ground: tuple[Array, ...] | None, generators: Sequence[tuple[Array, ...]]
) -> GaussianState:
    """Thermal states (..., n), or the ground state of one form (h, v), moved by the unitaries of forms (g, v)."""
    n = occupations.shape[-1]
    if ground is not None:
        mean, sigma = _ground_state(*ground)
    else:
        mean = np.zeros((*occupations.shape[:-1], 2 * n))
        sigma = np.repeat(occupations + 0.5, 2, -1)[..., None] * np.eye(2 * n)
    flows = []
    for g, v in generators:
        flow = np.zeros((2 * n + 1, 2 * n + 1))
        flow[:-1, :-1], flow[:-1, -1] = omega(n) @ g, omega(n) @ v
        flows.append(flow)
    error = 8 * n * np.finfo(float).eps * np.linalg.norm(sigma, 2, axis=(-2, -1))
    if flows:
        unitary, off = composed(flows)
        symplectic = unitary[:-1, :-1]
        size = float(np.linalg.norm(symplectic, 2))
        error = size**2 * error + 2 * size * off * float(np.linalg.norm(sigma, 2))
        mean = symplectic @ mean + unitary[:-1, -1]
        sigma = symplectic @ sigma @ symplectic.T
    return GaussianState(mean=mean, covariance=0.5 * (sigma + np.swapaxes(sigma, -1, -2)), error=np.asarray(error))


def _hermitian(operator: Polynomial, modes: int, what: str) -> Form:
    form = quadratic_form(operator, modes, what)
    size = 1.0 + float(np.abs(form.matrix).max()) + float(np.abs(form.vector).max())
    defect = max(float(np.abs(form.matrix.imag).max()), float(np.abs(form.vector.imag).max()))
    if defect > 1e-12 * size:
        raise NotHermitian(what, defect)
    return form


def _ground_state(h: Array, v: Array) -> tuple[Array, Array]:
    values, vectors = np.linalg.eigh(h)
    if values[0] <= 1e-13 * values[-1]:
        raise InvalidArgument(
            f"A ground state needs a positive definite Hamiltonian, but its lowest eigenvalue is {values[0]:.3g}.",
            "Check the sign of the couplings, and that no mode is left without a potential.",
        )
    root, inverse_root = ((vectors * values**power) @ vectors.T for power in (0.5, -0.5))
    twisted = root @ omega(len(h) // 2) @ root
    squares, frame = np.linalg.eigh(twisted.T @ twisted)
    magnitude = (frame * np.sqrt(squares.clip(0))) @ frame.T
    return -np.linalg.solve(h, v), 0.5 * inverse_root @ magnitude @ inverse_root
