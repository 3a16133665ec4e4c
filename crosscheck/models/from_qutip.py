r"""`from_qutip`: QuTiP's H, c_ops and rho0 as a model.

H and each collapse operator are sums Σ f_i(t) A_i of polynomials A_i in ladder operators, which are read off their
matrices, and of coefficients f_i, which QuTiP itself evaluates. A collapse operator L = Σ f_i L_i becomes

    𝓓[L]ρ = Σ_ij f_i f_j* (L_i ρ L_j† − ½{L_j†L_i, ρ})

>>> import numpy as np, qutip
>>> a = qutip.destroy(12)
>>> from_qutip(a.dag() * a + 0.3 * (a + a.dag()), [np.sqrt(0.5) * a])
QutipModel(H = 0.3 a + 0.3 a† + a†a; 0.5 𝓓[a])
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import qutip
from numpy.typing import ArrayLike

from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.models.gaussian_start import gaussian_start
from crosscheck.models.on_tlist import as_grid, as_times, chosen
from crosscheck.models.polynomial import NormalForm, Term, normal_form, number, read
from crosscheck.models.qutip_model import Function, Jump, Part, QutipModel, Start

# H − H† above this, relative to the largest coefficient, is no rounding.
HERMITIAN = 1e-12


@dataclass(frozen=True, eq=False)
class Time:
    """t ↦ f(t), by QuTiP's own coefficient, which has no hash."""

    coefficient: Any

    def __call__(self, t: float) -> complex:
        value = complex(self.coefficient(float(t)))
        return value if value.imag else value.real


@dataclass(frozen=True, eq=False)
class Product:
    """t ↦ f(t) g(t)*, where None is 1."""

    f: Function | None
    g: Function | None

    @property
    def factors(self) -> tuple[Function, ...]:
        return tuple(h for h in (self.f, self.g) if h is not None)

    def __call__(self, t: float) -> complex:
        f, g = (1.0 if h is None else h(t) for h in (self.f, self.g))
        return abs(f) ** 2 if self.f is self.g else f * np.conj(g)


@dataclass(frozen=True)
class _Reader:
    """How QuTiP is to understand lists, which dims all operators have, and what was noticed."""

    args: dict[str, Any]
    tlist: Any
    max_degree: int
    dims: list[Any]
    notes: list[str]


def from_qutip(
    H: Any,
    c_ops: Any = (),
    rho0: qutip.Qobj | None = None,
    *,
    args: Mapping[str, Any] | None = None,
    tlist: ArrayLike | None = None,
    times: Sequence[float] | None = None,
    max_degree: int = 4,
) -> QutipModel:
    """The model of dρ/dt = −i[H, ρ] + Σ_k 𝓓[c_k]ρ, with ħ = 1, whose operators are those of modes.

    Args:
        H: a Qobj, a QobjEvo, or QuTiP's list form [H0, [H1, f], …], with f a function, a string or an array on `tlist`.
        c_ops: collapse operators in the same forms, each with the root of its rate.
        rho0: a ket or density matrix at t = 0; default the vacuum. Of one that is not Gaussian to within a trace
            distance of 0.01 only the moments are kept, and `certify` compares no measures along the way.
        args: arguments of the coefficients.
        tlist: QuTiP's times, from 0 on; coefficients that are arrays are values at these. Of many, four are compared.
        times: when trajectories are compared, if not at times of tlist.
        max_degree: how many ladder operators a term may have.

    Returns:
        A QutipModel, to be certified or simulated like any other. It prints its master equation, and
        `model.to_source()` writes it as a file.

    Raises:
        InvalidModel: an operator is no polynomial in ladder operators, H is not Hermitian, rho0 is no state, a
            subsystem has two levels, or an operator depends on time other than by coefficients.
        InvalidParameter: `tlist` does not start at 0, `times` are no times, or `max_degree` is no integer ≥ 1.
    """
    if isinstance(max_degree, bool) or not isinstance(max_degree, (int, np.integer)) or max_degree < 1:
        raise InvalidParameter("max_degree", "be an integer ≥ 1", max_degree, "Give 2 for a Gaussian model.")
    grid = None if tlist is None else as_grid(tlist)
    asked = as_times(times)
    first = next(_operators(H), None)
    if first is None and callable(H):
        _refuse_function("H")
    if first is None:
        _refuse_type("H", H)
    levels = _levels(first, "H")
    reader = _Reader(dict(args or {}), grid, int(max_degree), first.dims, [])
    energy = tuple(_parts(H, "H", reader))
    jumps = tuple(jump for k, c in enumerate(_listed(c_ops)) for jump in _jumps(list(_parts(c, f"c_ops[{k}]", reader))))
    start = Start((0.0,) * len(levels)) if rho0 is None else gaussian_start(rho0, levels)
    if asked is None and grid is not None:
        asked = _chosen(grid, reader.notes)
    return QutipModel(len(levels), _hermitian(energy), jumps, start, asked, _breaks(energy, jumps), tuple(reader.notes))


def _operators(term: Any) -> Iterator[qutip.Qobj]:
    """The Qobjs in a Qobj, a QobjEvo or QuTiP's list form."""
    if isinstance(term, qutip.Qobj):
        yield term
    elif isinstance(term, qutip.QobjEvo):
        yield term(0)
    elif isinstance(term, (list, tuple)):
        for part in term:
            yield from _operators(part)


def _listed(c_ops: Any) -> Sequence[Any]:
    if isinstance(c_ops, (qutip.Qobj, qutip.QobjEvo)):
        return [c_ops]
    if c_ops is None:
        return []
    if not isinstance(c_ops, (list, tuple)):
        _refuse_type("c_ops", c_ops)
    return c_ops


def _levels(operator: qutip.Qobj, name: str) -> tuple[int, ...]:
    """The levels of each mode. Refuses what is no operator on a product of them."""
    dims = operator.dims[0]
    if not operator.isoper or operator.dims[0] != operator.dims[1] or not all(isinstance(n, int) for n in dims):
        raise InvalidModel(
            f"{name} must be an operator on a product of modes, but has dims {operator.dims}.",
            "Give the Hamiltonian and the collapse operators, and not a Liouvillian or a state.",
        )
    if int(np.prod(dims)) != operator.shape[0]:
        raise InvalidModel(
            f"{name} must act on a product of modes, but its {operator.shape[0]} states are a part of the "
            f"{int(np.prod(dims))} of dims {dims}.",
            "Make it from qutip.destroy and qutip.tensor, not with restricted excitation numbers.",
        )
    for k, n in enumerate(dims):
        if n < 3:
            raise InvalidModel(
                f"Subsystem {k} of {name} has {n} level{'' if n == 1 else 's'}"
                f"{' and may be a qubit' if n == 2 else ''}, but must be a mode with 3 or more.",
                "Raise its cutoff if it is a mode; a qubit has no Gaussian moments, so simulate it with QuTiP.",
            )
    return tuple(dims)


def _parts(term: Any, name: str, reader: _Reader) -> Iterator[Part]:
    """Polynomials with their coefficients, the constant ones as one."""
    for operator in _operators(term):
        if operator.dims != reader.dims:
            raise InvalidModel(
                f"{name} must have the dims {reader.dims} of H, but has {operator.dims}.",
                "Make every operator a tensor product with the identity on the other modes, in one order.",
            )
    constant: list[qutip.Qobj] = []
    for element in _evolving(term, name, reader).to_list():
        operator, f = element if isinstance(element, list) else (element, None)
        if not isinstance(operator, qutip.Qobj):
            _refuse_function(name)
        if f is None:
            constant.append(operator)
        else:
            found = _read(operator, name, reader)
            if found.terms:
                yield Part(found, Time(f))
    if constant:
        found = _read(sum(constant[1:], constant[0]), name, reader)
        if found.terms:
            yield Part(found)


def _evolving(term: Any, name: str, reader: _Reader) -> Any:
    """As QuTiP understands it."""
    if not any(True for _ in _operators(term)):
        _refuse_function(name) if callable(term) else _refuse_type(name, term)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what QuTiP has to say of a signature, it says to whoever calls it
            return qutip.QobjEvo(term, args=reader.args, tlist=reader.tlist)
    except Exception as error:
        raise InvalidModel(
            f"{name} must be a Qobj, a QobjEvo, or QuTiP's list form, but QuTiP refuses it: {str(error).rstrip('.')}.",
            "Give args for its coefficients, and tlist for arrays.",
        ) from error


def _read(operator: qutip.Qobj, name: str, reader: _Reader) -> NormalForm:
    found = read(operator, name, reader.max_degree)
    if found.rounding.terms:
        reader.notes.append(f"Left out of {name}, below the rounding of its other elements: {found.rounding}")
    return found.polynomial


def _refuse_function(name: str) -> NoReturn:
    raise InvalidModel(
        f"{name} must be a sum of operators with coefficients, but is a function that returns operators.",
        "Write it in QuTiP's list form [H0, [H1, f], …]: only then are its terms told apart.",
    )


def _refuse_type(name: str, given: Any) -> NoReturn:
    raise InvalidModel(
        f"{name} must be {'a list of ' if name == 'c_ops' else ''}QuTiP objects (Qobj, QobjEvo or QuTiP's list form), "
        f"but is of type {type(given).__name__}.",
        "Give what mesolve takes. A class in ladder operators is a model already.",
    )


def _hermitian(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The constant part with coefficients that are exactly conjugate; refused if they are not to rounding."""
    return tuple(part if part.f is not None else Part(_symmetric(part.operator)) for part in parts)


def _symmetric(operator: NormalForm) -> NormalForm:
    coefficients = {(t.creators, t.annihilators): complex(t.coefficient) for t in operator.terms}
    largest = max(map(abs, coefficients.values()))
    kept: dict[Any, complex] = {}
    for (m, n), c in coefficients.items():
        other = coefficients.get((n, m), 0j)
        if abs(c - other.conjugate()) > HERMITIAN * largest:
            term = Term(c, m, n)
            raise InvalidModel(
                f"H must be Hermitian, but has {number(c)} {term} and {number(other)} {Term(other, n, m)}.",
                "Add the Hermitian conjugate; losses belong into c_ops, not into H.",
            )
        kept[m, n] = c.real if m == n else kept[n, m].conjugate() if (n, m) in kept else c
    return normal_form(kept)


def _jumps(parts: list[Part]) -> Iterator[Jump]:
    """𝓓[Σ f_i L_i] term by term; of a constant operator that is one ladder operator the rate is taken out."""
    parts = [part for part in parts if part.operator.degree or len(parts) > 1]  # 𝓓 of a number is none
    if len(parts) == 1 and parts[0].f is None:
        yield _with_rate(parts[0].operator)
        return
    for left in parts:
        for right in parts:
            rate = 1.0 if left.f is None and right.f is None else Product(left.f, right.f)
            yield Jump(rate, left.operator, right.operator)


def _with_rate(operator: NormalForm) -> Jump:
    """c·w as |c|² 𝓓[w], and any other operator at rate 1."""
    if len(operator.terms) != 1:
        return Jump(1.0, operator, operator)
    (term,) = operator.terms
    word = NormalForm((Term(1.0, term.creators, term.annihilators),))
    return Jump(_square(abs(term.coefficient)), word, word)


def _square(root: float) -> float:
    """root²; of the numbers whose root is this double, that with the fewest digits."""
    square = root * root
    for digits in (12, 14, 15, 16):
        short = float(f"{square:.{digits}g}")
        if np.sqrt(short) == root:
            return short
    return square


def _chosen(grid: Any, notes: list[str]) -> tuple[float, ...]:
    found = chosen(grid)
    if len(found) < len(grid) - 1:
        notes.append(f"Compared at {len(found)} of the {len(grid)} times of tlist; certify(times=…) takes others")
    return found


def _breaks(energy: Sequence[Part], jumps: Sequence[Jump]) -> tuple[float, ...]:
    """The times at which arrays that are taken as steps jump: all those of their grids."""
    functions = [part.f for part in energy] + [f for jump in jumps for f in getattr(jump.rate, "factors", ())]
    found: set[float] = set()
    for f in functions:
        coefficient = getattr(f, "coefficient", None)
        if type(coefficient).__name__ == "InterCoefficient":
            made: Any = coefficient.__reduce__()
            times, values, *_ = made[1]
            if len(values) == 1:  # of a step function, one constant for each interval
                found.update(float(t) for t in times)
    return tuple(sorted(found))
