r"""How a steady state answers to the parameters of its model: ∂ρ from the generator, not from two steady states.

    𝓛(ρ) = 0    ⟹    𝓛(∂ρ) = −(∂𝓛)(ρ),    tr ∂ρ = 0

It is solved like the steady state itself, as (𝓛 + e tr)∂ρ = −(∂𝓛)ρ (`fock.steady`), on the blocks that the model keeps
apart *and* the neighbouring models keep apart: a drive breaks the symmetry of the state it drives. ∂𝓛 is the
derivative, at the field's value θ, of the polynomial through the generators of the model with that field replaced,

    θ + hs,   s ∈ {±1, ±2, ±4},      h = 2⁻⁸ |θ|  (2⁻⁸ if θ = 0),

exact where the generator is a polynomial of degree six at most in the field. The difference to the polynomial that two
conditions fewer determine is taken for its error. Where the model has no left neighbour (a temperature at zero that it
refuses to lower), s = 0 … 6.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip

from fock.errors import FockError, InvalidArgument, NotConverged, NotUnique
from fock.generator import Generator, generator
from fock.operators import Cutoffs, as_cutoffs
from fock.sector import Sector, Vector, superoperator
from fock.solve import MEMORY, steady_state
from fock.states import FockState
from fock.steady import RESIDUAL, ZERO, Bordered
from fock.symmetry import NoJump, groups

# Where the generator is looked at, in steps, around the value of the field or to the right of it; and the step.
AROUND, BESIDE = (-4, -2, -1, 1, 2, 4), (0, 1, 2, 3, 4, 5, 6)
STEP = 2.0**-8
# Corrections of a solution at most, each to this accuracy; and a residual, relatively, with which it is none.
REFINEMENTS, REFINED, NO_SOLUTION = 3, 1e-4, 1e-6
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sensitivity:
    """A steady `state` and its `derivatives` ∂ρ with respect to the `fields` of the model, Hermitian and traceless.

    `errors` estimate how far the derivatives of the truncated model's steady state are from these, in trace norm.
    Truncation is not in them: compare cutoffs for that.
    """

    state: FockState
    fields: tuple[str, ...]
    derivatives: tuple[qutip.Qobj, ...]
    errors: tuple[float, ...]


def sensitivity(
    model: Any, fields: Sequence[str], *, cutoff: int | Sequence[int], memory: float = MEMORY
) -> Sensitivity:
    """∂ρ of the steady state below the cutoff with respect to fields of the model, a dataclass.

    Args:
        model: modes, hamiltonian, dissipators.
        fields: names of fields that are real numbers.
        cutoff: number of Fock levels, or one number per mode.
        memory: bytes that may be used.

    Raises:
        InvalidArgument: a name that is no field, a field that is no finite real number, a model that is no dataclass.
        NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.steady_state`; or ∂ρ did not converge.
    """
    for name in fields:
        value_of(model, name)
    found = steady_state(model, cutoff=cutoff, memory=memory)
    cutoffs = as_cutoffs(cutoff, model.modes)
    own, unit = generator(model, cutoffs).in_own_time()
    parts = NoJump.of(own)
    nearby = [neighbours(model, name, cutoffs, unit) for name in fields]
    every = [parts, *(part for near in nearby for part in near.parts)]
    sector = Sector.diagonal(groups(NoJump.together(every)))
    system = Bordered(parts, sector, found.method)
    x = sector.pack(found.rho.full())
    gap = system.smallest_singular_value(x)
    if not gap > ZERO * system.scale:
        raise NotUnique(gap / unit)
    # Levels of little population count in an information as others do: all digits are wanted.
    x = _refined(system, x, np.zeros(sector.size))
    x = x / x[sector.populations].sum()
    off = system.residual(x) / gap  # what ρ errs by in Frobenius norm
    root = math.sqrt(parts.dimension)
    state = FockState(
        rho=qutip.Qobj(sector.unpack(x), dims=found.rho.dims, isherm=True), cutoffs=cutoffs, solver_error=root * off
    )
    derivatives, errors = [], []
    for name, near in zip(fields, nearby, strict=True):
        weights, rougher = near.weights, near.rougher
        images, size = np.zeros((len(near.parts), sector.size)), 0.0
        for k, neighbour in enumerate(near.parts):
            matrix = superoperator(neighbour, sector)
            images[k] = matrix @ x
            size += abs(weights[k]) * float(abs(matrix - system.matrix).sum(axis=1).max())  # ‖∂𝓛‖, as Σw = 0
        right = -weights @ images
        right[sector.populations] -= right[sector.populations].mean()
        y = _refined(system, system.solve(right, RESIDUAL), right)
        y = y - x * y[sector.populations].sum()
        residual = float(np.linalg.norm(system.matrix @ y - right))
        if not residual <= NO_SOLUTION * float(np.linalg.norm(right)) + EPS * system.scale:
            raise NotConverged(
                f"The derivative with respect to {name} did not converge: the residual is {residual:.1e}.",
                "Rates many orders of magnitude apart, or a steady state that is hardly unique, are the usual causes.",
            )
        rounding = EPS * system.scale * (float(np.abs(weights).sum() * np.linalg.norm(x)) + float(np.linalg.norm(y)))
        stencil = float(np.linalg.norm((weights - rougher) @ images))
        derivatives.append(qutip.Qobj(sector.unpack(y), dims=found.rho.dims, isherm=True))
        errors.append(root * (residual + rounding + stencil + size * off) / gap)
    return Sensitivity(state=state, fields=tuple(fields), derivatives=tuple(derivatives), errors=tuple(errors))


def _refined(system: Bordered, x: Vector, right: Vector) -> Vector:
    """𝓛x = right, closer, as long as that helps."""
    left = right - system.matrix @ x
    for _ in range(REFINEMENTS):
        better = x + system.solve(left, REFINED)
        remains = right - system.matrix @ better
        if not np.linalg.norm(remains) < np.linalg.norm(left):
            break
        x, left = better, remains
    return x


def value_of(model: Any, name: str) -> float:
    """The field's value. Raises InvalidArgument for what is no field, or no finite real number."""
    if not dataclasses.is_dataclass(model) or isinstance(model, type):
        raise InvalidArgument(
            f"A derivative is taken with respect to the field of a dataclass, but the model is {type(model).__name__}.",
            "Write the model as a dataclass whose fields are its parameters.",
        )
    names = [field.name for field in dataclasses.fields(model) if field.init]
    if name not in names:
        raise InvalidArgument(
            f"A parameter must be a field of {type(model).__name__}, but is {name!r}.",
            f"Choose one of its fields: {', '.join(names) or 'it has none'}.",
        )
    value = getattr(model, name)
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, np.integer, np.floating))
        or not np.isfinite(value)
    ):
        raise InvalidArgument(
            f"The field {name} must be a finite real number to be differentiated by, but is {value!r}.",
            "Choose another field, or give the model a number there.",
        )
    return float(value)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Models at a few values of a field: ∂f = Σ w_k f_k of what they have, and roughly so with the `rougher` weights.

    `parts` are their generators, in the unit of time that was asked for.
    """

    step: float
    weights: Vector
    rougher: Vector
    models: list[Any]
    parts: list[NoJump]


def neighbours(model: Any, name: str, cutoffs: Cutoffs, unit: float) -> Neighbours:
    """Around the value of the field, or to the right of it where the model does not exist on the left.

    Raises:
        InvalidArgument: it exists on neither side; or what is no field, or no finite real number.
    """
    value = value_of(model, name)
    step = STEP * (abs(value) or 1.0)
    points: tuple[int, ...]
    try:
        points, found = AROUND, _generators(model, name, value, step, cutoffs, AROUND)
    except Exception:  # whatever a model raises where it does not exist
        try:
            points, found = BESIDE, _generators(model, name, value, step, cutoffs, BESIDE)
        except Exception as reason:
            raise InvalidArgument(
                f"The model must exist for values of {name} near {value:.6g}, but there it fails: {reason}",
                "Move the field away from the edge of what the model allows.",
            ) from reason
    return Neighbours(
        step=step,
        weights=_weights(np.array(points, float), len(points)) / step,
        rougher=_weights(np.array(points, float), len(points) - 2) / step,
        models=[near for near, _ in found],
        parts=[NoJump.of(gen.scaled(unit)) for _, gen in found],
    )


def _generators(
    model: Any, name: str, value: float, step: float, cutoffs: Cutoffs, points: Sequence[int]
) -> list[tuple[Any, Generator]]:
    models = [dataclasses.replace(model, **{name: value + s * step}) for s in points]
    found = [generator(near, cutoffs) for near in models]
    if any(gen.is_time_dependent or gen.superoperators for gen in found):
        raise FockError("The model depends on time beside its own parameters.", "Use a field that leaves it constant.")
    return list(zip(models, found, strict=True))


def _weights(points: Vector, degree: int) -> Vector:
    """w with Σ w_k p(s_k) = p′(0) for polynomials p of fewer than `degree` coefficients, of least norm."""
    powers = points ** np.arange(degree)[:, None]
    return np.asarray(np.linalg.lstsq(powers, np.eye(degree)[1], rcond=None)[0])
