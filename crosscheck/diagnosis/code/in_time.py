r"""Models whose coefficients depend on time: their pieces under changes, and σ(t) and ⟨r(t)⟩ by Magnus steps.

    H = H₀ + Σ_k f_k(t)H_k,     rates γ_j(t):     (U, G, D, d)(t) = P₀ + Σ_k f_k(t)P_k

Each P_k is that of a model with constant coefficients, which is taken apart and changed as any other. Changes of
parameters also change what f_k makes of them. With A(t), D(t) at three Gauss points of each step,

    (X, Z; 0, X⁻ᵀ) = exp Ω,     Ω̇ = M + ½[M, Ω] + …,     M = (A, D; 0, −Aᵀ),     σ ← XσXᵀ + ZXᵀ

Ω is Magnus' series to sixth order. Steps end where a coefficient jumps.

Source: Blanes, Casas & Ros, BIT Numer. Math. 40, 434 (2000).
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.change import BOTH, DIFFUSION, DRIFT, Change
from crosscheck.diagnosis.code.fields import with_fields
from crosscheck.diagnosis.code.flows import EARLY, INSTANT, LATE, shifted
from crosscheck.diagnosis.code.observables import UNSUBTRACTED, lyapunov, steady_mean
from crosscheck.diagnosis.code.readings import Readings
from crosscheck.diagnosis.code.terms import Apart, Pieces, Term, apart_later, take_apart
from crosscheck.diagnosis.code.traced import Traced
from crosscheck.errors import InvalidParameter
from crosscheck.models.jumps import jumps_of
from gaussian.breaks import survey
from gaussian.generator import coefficients
from gaussian.ladder import ladder

Array = NDArray[Any]

# A step is at most this long in units of 1/‖A‖, and there are at most so many.
PHASE, MOST_STEPS = 0.15, 1500
GAUSS = 0.5 - np.sqrt(15) / 10, 0.5, 0.5 + np.sqrt(15) / 10
# Taylor terms of the exponential of a step.
TERMS = 9


class ReadingsInTime(Readings):
    """A model whose coefficients depend on time, at the `nodes`, and what may be misread in it."""

    def __init__(self, model: Any, nodes: Array) -> None:
        super().__init__(model)
        self.nodes = nodes
        self._parts: dict[Any, tuple[list[Apart], Array]] = {}
        self._functions: dict[Any, list[Any]] = {}

    def pieces(self, changes: Sequence[Change]) -> Pieces:
        """The pieces at all nodes, each with a first axis of times."""
        fields = {
            scope: tuple(pair for change in changes if change.scope in (BOTH, scope) for pair in change.fields)
            for scope in (DRIFT, DIFFUSION)
        }
        for_drift, for_noise = (self._at(chosen) for chosen in fields.values())
        weights = {DRIFT: for_drift[1].copy(), DIFFUSION: for_noise[1].copy()}
        for change in changes:
            for k, changed in change.coefficients:
                for scope, rows in weights.items():
                    f = changed(self._functions[fields[scope]][k])
                    rows[k] = [float(np.real(f(t))) for t in self.nodes]
        found = []
        for drift, noise in zip(for_drift[0], for_noise[0], strict=True):
            piece = replace(drift.whole, noise=noise.whole.noise)
            for change in sorted(changes, key=lambda change: not change.keys):
                if change.act is not None:
                    piece = change.act(piece, drift, noise)
            found.append(piece)
        sums = {
            name: np.einsum("kt,k...->t...", shares, np.array([getattr(piece, name) for piece in found]))
            for name, shares in (
                ("unitary", weights[DRIFT]), ("damping", weights[DRIFT]), ("drive", weights[DRIFT]),
                ("noise", weights[DIFFUSION]),
            )
        }  # fmt: skip
        return Pieces(**sums)

    def parts(self) -> list[tuple[Any, Apart]]:
        """(coefficient, part with constant coefficients) of the model: what is constant first."""
        parts, _ = self._at(())
        return list(zip(self._functions[()], parts, strict=True))

    def acting(self, change: Change) -> list[Term]:
        """The terms that a change alters; of another f(t) those of its parts."""
        if change.coefficients:
            return [term for k, _ in change.coefficients for term in self._at(())[0][k].terms]
        return super().acting(change)

    def _at(self, fields: tuple[tuple[str, Any], ...]) -> tuple[list[Apart], Array]:
        """The parts with these fields, and their coefficients at the nodes, shape (K, N)."""
        if fields not in self._parts:
            model = with_fields(self.model, fields)
            made = list(_parts(model))
            self._functions[fields] = [f for f, _ in made]
            weights = np.array([[float(np.real(f(t))) for t in self.nodes] for f, _ in made])
            taken = [apart_later(part) if fields else take_apart(part) for _, part in made]
            self._parts[fields] = [_keyed(apart, k) for k, apart in enumerate(taken)], weights
        return self._parts[fields]

    def _of(self, fields: tuple[tuple[str, Any], ...]) -> Apart:
        parts, _ = self._at(fields)
        terms, finer = ([term for part in parts for term in getattr(part, name)] for name in ("terms", "finer"))
        return Apart.of_terms(parts[0].modes, terms, finer)


def _keyed(apart: Apart, k: int) -> Apart:
    """Terms whose keys say of which part they are."""

    def own(term: Term) -> Term:
        return replace(term, key=(*term.key, f"part {k}"))

    def split() -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        return tuple(map(own, apart.terms)), tuple(map(own, apart.finer))

    return Apart(modes=apart.modes, split=split, total=lambda: apart.whole)


def _parts(model: Any) -> Iterator[tuple[Any, Any]]:
    """(coefficient, model with constant coefficients): what is constant first."""
    letters = ladder(model.modes)
    written = model.hamiltonian(*letters)
    terms = written if isinstance(written, list) else [written]
    moving = [k for k, term in enumerate(terms) if isinstance(term, (list, tuple))]
    jumps = list(jumps_of(model, letters))
    rates = [k for k, d in enumerate(jumps) if callable(d.rate)]
    found = coefficients(model)
    if len(found) != len(moving) + len(rates) or any(jumps[k].left is not jumps[k].right for k in rates):
        hint = "Write H as [H0, [H1, f], …], and each jump operator that depends on time as one term [L, f]."
        raise InvalidParameter("model", "have coefficients f(t) that can be told apart", model, hint)
    yield (lambda t: 1.0), _part(model, [k for k in range(len(terms)) if k not in moving], "", None, rates)
    for k, f in zip(moving, found, strict=False):
        yield (lambda t, f=f: np.real(f(t))), _part(model, [k], "re", None, rates)
        if any(abs(np.imag(f(t))) > 0 for t in (0.0, 0.37, 1.91)):
            yield (lambda t, f=f: np.imag(f(t))), _part(model, [k], "im", None, rates)
    for k, f in zip(rates, found[len(moving) :], strict=True):
        yield f, _part(model, [], "", k, rates)


def _part(model: Any, chosen: list[int], which: str, jump: int | None, rates: list[int]) -> Any:
    """The model with some terms of H alone, of a coefficient 1 (i if `which` is "im"), and one jump or all constant."""
    kind = type(model)

    @functools.wraps(kind.hamiltonian)
    def hamiltonian(self: Any, *a: Any) -> Any:
        written = kind.hamiltonian(self, *a)
        terms = written if isinstance(written, list) else [written]
        found = [terms[k] for k in chosen]
        if which:
            found = [_hermitian(term[0], 1j if which == "im" else 1.0) for term in found]
        return found or 0.0 * a[0]

    given, collapsing = getattr(kind, "dissipators", _none), getattr(kind, "c_ops", _none)

    @functools.wraps(given)
    def dissipators(self: Any, *a: Any) -> Iterator[Any]:
        written = SimpleNamespace(
            dissipators=functools.partial(given, self),
            c_ops=functools.partial(collapsing, self),
            args=getattr(self, "args", None),
        )
        for k, d in enumerate(jumps_of(written, a)):
            if jump is None and k not in rates and not which:
                yield d
            elif k == jump:
                yield replace(d, rate=1.0)

    found = copy.copy(model)
    made = type(kind.__name__, (kind,), {"hamiltonian": hamiltonian, "dissipators": dissipators, "c_ops": _none})
    object.__setattr__(found, "__class__", made)
    return found


def _none(self: Any, *ladder: Any) -> tuple[Any, ...]:
    """No dissipators, and no collapse operators."""
    return ()


def _hermitian(operator: Any, factor: complex) -> Any:
    """½(c·O + h.c.)."""
    if isinstance(operator, Traced):
        return operator.hermitian(factor)
    half = 0.5 * factor * operator
    return half + half.dag()


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """The edges of the steps, the Gauss points in them, and which edges are the times asked for, and A(t)'s."""

    edges: Array
    times: Array

    @property
    def nodes(self) -> Array:
        """Three of each step, then the times themselves."""
        h = np.diff(self.edges)[:, None]
        inside = (self.edges[:-1, None] + h * np.array(GAUSS)).ravel()
        return np.concatenate([inside, self.times])


def steps_to(model: Any, times: Array) -> Steps:
    """Steps from 0 to the last time, which end at each time and where a coefficient jumps."""
    until = float(times.max(initial=0.0))
    marks = {0.0, *map(float, times)}
    rate = max(float(np.linalg.norm(gaussian.drift(model, float(t)), 1)) for t in np.linspace(0, until, 23))
    if until > 0:
        seen = survey(model, until)
        marks |= {*map(float, seen.begins), *(float(b) for b in seen.breaks)}
    edges = [0.0]
    for right in sorted(m for m in marks if 0 < m <= until):
        number = max(1, int(np.ceil((right - edges[-1]) * rate / PHASE)))
        edges += list(np.linspace(edges[-1], right, number + 1)[1:])
    if len(edges) > MOST_STEPS:
        edges = sorted({*np.linspace(0, until, MOST_STEPS), *(m for m in marks if m <= until)})
    return Steps(edges=np.array(edges), times=times)


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictorInTime:
    """What readings that depend on time make of A(t), D(t), d(t), and of σ(t) and ⟨r(t)⟩ from one of the `starts`."""

    names: Sequence[str]
    steps: Steps
    starts: Mapping[str, tuple[Array, Array, float]] = field(default_factory=dict)

    def __call__(self, readings: Sequence[tuple[Pieces, str]]) -> Array:
        return np.array([self._row(pieces, solver) for pieces, solver in readings])

    def _row(self, pieces: Pieces, solver: str) -> Array:
        inside = 3 * (len(self.steps.edges) - 1)
        a, d, v = pieces.drift, pieces.noise, pieces.drive
        found: dict[str, Array] = {"drift": a[inside:], "diffusion": d[inside:], "drive": v[inside:]}
        if set(self.names) - set(found):
            mean, sigma, _ = self.starts.get(solver, self.starts[""])
            found["means"], found["covariances"] = self._moved(a[:inside], d[:inside], v[:inside], mean, sigma)
            if solver == INSTANT:
                found["covariances"], found["means"] = (
                    lyapunov(a[inside:], d[inside:]),
                    steady_mean(a[inside:], v[inside:]),
                )
            if solver in (LATE, EARLY):
                for name, start in (("means", mean), ("covariances", sigma)):
                    found[name] = shifted(solver, found[name], start)
            if solver in UNSUBTRACTED:
                products = np.einsum("ti,tj->tij", found["means"], found["means"])
                found["covariances"] = found["covariances"] + UNSUBTRACTED[solver] * products
        return np.concatenate([found[name].ravel() for name in self.names])

    def _moved(self, a: Array, d: Array, v: Array, mean: Array, sigma: Array) -> tuple[Array, Array]:
        m, edges = a.shape[-1], self.steps.edges
        flows = _magnus(_doubled(a, d), edges)
        driven = _magnus(_augmented(a, v), edges)
        where = {float(t): k for k, t in enumerate(edges)}
        means, covariances = [mean], [sigma]
        for flow, shift in zip(flows, driven, strict=True):
            x = flow[:m, :m]
            covariances.append(x @ covariances[-1] @ x.T + flow[:m, m:] @ x.T)
            means.append(shift[:m, :m] @ means[-1] + shift[:m, m])
        rows = [where[float(t)] for t in self.steps.times]
        found = np.array(covariances)[rows]
        return np.array(means)[rows], 0.5 * (found + np.swapaxes(found, -1, -2))


def _magnus(m: Array, edges: Array) -> Array:
    h = np.diff(edges)[:, None, None]
    one, two, three = m[::3], m[1::3], m[2::3]
    a1, a2, a3 = h * two, np.sqrt(15) / 3 * h * (three - one), 10 / 3 * h * (three - 2 * two + one)
    c1 = _commutator(a1, a2)
    c2 = -_commutator(a1, 2 * a3 + c1) / 60
    exponent = a1 + a3 / 12 + _commutator(-20 * a1 - a3 + c1, a2 + c2) / 240
    term = found = np.broadcast_to(np.eye(m.shape[-1]), exponent.shape)
    for k in range(1, TERMS + 1):
        term = term @ exponent / k
        found = found + term
    return np.asarray(found)


def _commutator(one: Array, other: Array) -> Array:
    return np.asarray(one @ other - other @ one)


def _doubled(a: Array, d: Array) -> Array:
    upper = np.concatenate([a, d], axis=-1)
    lower = np.concatenate([np.zeros_like(a), -np.swapaxes(a, -1, -2)], axis=-1)
    return np.concatenate([upper, lower], axis=-2)


def _augmented(a: Array, v: Array) -> Array:
    found = np.zeros((len(a), a.shape[-1] + 1, a.shape[-1] + 1))
    found[:, :-1, :-1], found[:, :-1, -1] = a, v
    return found
