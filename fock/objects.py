r"""The generator of QuTiP's H and c_ops, for any dims: modes, qubits, spins.

    dρ/dt = −i[H, ρ] + Σ_k (c_k ρ c_k† − ½{c_k†c_k, ρ}),      H = Σ_j f_j(t) H_j,      c_k = Σ_i g_ki(t) A_ki

is the Generator of rates g_ki g_kj* between A_ki and A_kj: of Lindblad form, whatever H and c_ops are. A Liouvillian
in the place of H, a superoperator as `qutip.liouvillian` makes it, is taken whole in the place of −i[H, ρ]. Operators
are taken as they are, without padding: σ_x² of a qubit is 1, and a a† of an oscillator is wrong in its last row, as it
is in QuTiP.

>>> gen = generator_of(qutip.sigmaz(), [[qutip.sigmam(), lambda t: 2 * t]])
>>> len(gen.dissipators), gen.dissipators[0][0](3.0)                               # the rate (2t)²
(1, (36+0j))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import qutip
import scipy.sparse

from fock.errors import InvalidArgument, TimeDependent, TooLarge
from fock.generator import HARMLESS, Coefficient, Generator, require_hermitian
from fock.operators import untidied

Terms = list[tuple[qutip.Qobj, Coefficient | None]]
# Trace of an initial state that is 1 but for rounding, or for what a truncated expansion leaves out.
UNIT_TRACE = 1e-6
# Bytes of an element in a table of shifts: its value, its source, and as much while it is made.
TABLE = 48


def are_objects(first: Any) -> bool:
    """Whether a first argument is H, as an operator or in QuTiP's list form, rather than a model."""
    return isinstance(first, (qutip.Qobj, qutip.QobjEvo, list, tuple))


def require_model(model: Any) -> None:
    """Raises InvalidArgument for what is neither H nor a model."""
    if not (hasattr(model, "modes") and hasattr(model, "hamiltonian")) or isinstance(model, type):
        what = f"the class {model.__name__}" if isinstance(model, type) else type(model).__name__
        raise InvalidArgument(
            f"The first argument must be a model, or a Hamiltonian as qutip.Qobj, QobjEvo or list, but is {what}.",
            "Use qutip.Qobj(array, dims=…) for an array, [H0, [H1, f]] for a function of time, and an instance of a "
            "model's class.",
        )


def generator_of(H: Any, c_ops: Any = (), *, args: Any = None, tlist: Any = None, begin: float = 0.0) -> Generator:
    """The generator of H and c_ops; its coefficients count time from `begin`.

    Args:
        H: Hamiltonian, or a Liouvillian, as Qobj, QobjEvo, or [H0, [H1, f], …] with coefficients as QuTiP takes them.
        c_ops: list of collapse operators in the same forms, √rate inside.
        args: dict of arguments of the coefficients.
        tlist: times of coefficients that are arrays.
        begin: the time called 0.

    Raises:
        InvalidArgument: what is no such operator; dims that differ; a function that returns an operator.
        NotHermitian: H is not, or a Liouvillian does not keep Hermitian matrices so.
    """
    if args is not None and not isinstance(args, Mapping):
        raise InvalidArgument(
            f"Argument args must be a dict, but is {type(args).__name__}.", 'Write args={"omega": 1.0}.'
        )
    terms = _terms(H, "H", args, tlist, begin)
    jumps = [_terms(c, f"c_ops[{k}]", args, tlist, begin) for k, c in enumerate(_as_list(c_ops))]
    whole: Terms = []
    if terms[0][0].issuper:
        whole, terms = terms, [(_nothing(terms[0][0]), None)]
    first = terms[0][0]
    for k, jump in enumerate(jumps):
        if jump[0][0].dims != first.dims:
            raise InvalidArgument(
                f"Collapse operators must have the dims of H, {first.dims}, but c_ops[{k}] has {jump[0][0].dims}.",
                "Take qutip.tensor of each operator with identities, in the same order.",
            )
    dissipators = [(_product(f, g), left, right) for jump in jumps for left, f in jump for right, g in jump]
    gen = Generator(tuple(terms), tuple(dissipators), _levels(first), graded=False, superoperators=tuple(whole))
    if args and not gen.is_time_dependent:
        raise InvalidArgument(
            f"Argument args holds {', '.join(map(repr, args))}, but neither H nor c_ops depends on time.",
            "Leave args out, or write [H1, f] for a term with a coefficient f(t, args).",
        )
    require_hermitian(gen, 0.0)
    return gen


def _nothing(whole: qutip.Qobj) -> qutip.Qobj:
    """H = 0 on the states of the operators that a superoperator takes to each other."""
    if whole.superrep != "super" or whole.dims[0] != whole.dims[1] or whole.dims[0][0] != whole.dims[0][1]:
        raise InvalidArgument(
            "A Liouvillian must take operators on one space to such operators, on stacked columns, but has dims "
            f"{whole.dims} and superrep {whole.superrep!r}.",
            "Make it by qutip.liouvillian(H, c_ops), or turn it by qutip.to_super.",
        )
    return qutip.Qobj(scipy.sparse.csr_matrix((int(whole.shape[0] ** 0.5),) * 2, dtype=complex), dims=whole.dims[0])


def start_of(rho0: Any, gen: Generator) -> qutip.Qobj:
    """An initial ket or density matrix.

    Raises:
        InvalidArgument: not one of H's dims, not Hermitian, or not of trace 1.
    """
    dims = gen.hamiltonian[0][0].dims[0]
    if not isinstance(rho0, qutip.Qobj) or not (rho0.isket or rho0.isoper):
        raise InvalidArgument(
            f"Argument rho0 must be a ket or density matrix as qutip.Qobj, but is {_named(rho0)}.",
            "Write evolve(H, rho0, times, c_ops), with the state before the times.",
        )
    if rho0.dims[0] != dims or rho0.shape not in {(gen.dimension, 1), (gen.dimension,) * 2}:
        raise InvalidArgument(
            f"Argument rho0 must have the dims of H, {dims}, but has {rho0.dims}.",
            "Take qutip.tensor of the states of all subsystems, in the order of H.",
        )
    matrix = rho0.full()
    trace = float(np.linalg.norm(matrix) ** 2 if rho0.isket else matrix.trace().real)
    if not np.isfinite(matrix).all() or not abs(trace - 1) <= UNIT_TRACE:
        raise InvalidArgument(
            f"Argument rho0 must be finite and have trace 1, but its trace is {trace:.6g}.",
            "Use rho0.unit() for a sum of states.",
        )
    if rho0.isoper and np.abs(matrix - matrix.conj().T).max() > 1e-10:
        raise InvalidArgument(
            "Argument rho0 must be Hermitian, but is not.",
            'Use qutip.mesolve with options={"method": "faber"} for an operator that is no state.',
        )
    return rho0


def require_room_of(gen: Generator, memory: float, *, ket: bool = False) -> None:
    """That a state and the tables from which 𝓛 is read fit in `memory` bytes. Raises TooLarge."""
    d = float(gen.dimension)
    hops = [_shifts(left, gen.cutoffs) * _shifts(right, gen.cutoffs) for _, left, right in gen.dissipators]
    for what, needed in (
        ("A state" if ket else "A density matrix", 16 * d if ket else 32 * d**2),
        ("The superoperator", TABLE * d * float(sum(hops))),
    ):
        if needed > max(memory, HARMLESS):
            raise TooLarge(what, needed, memory, gen.cutoffs)


def require_constant(gen: Generator) -> None:
    """Raises TimeDependent."""
    if gen.is_time_dependent:
        raise TimeDependent


def _as_list(c_ops: Any) -> Sequence[Any]:
    if c_ops is None:
        return ()
    if not isinstance(c_ops, (list, tuple)):
        raise InvalidArgument(
            f"Argument c_ops must be a list of operators, but is {_named(c_ops)}.",
            "Put a single collapse operator into brackets, [c].",
        )
    return c_ops


def _terms(operator: Any, what: str, args: Any, tlist: Any, begin: float) -> Terms:
    """(operator, f or None): the constant part first, if there is one."""
    entries = list(operator) if isinstance(operator, (list, tuple)) else [operator]
    if len(entries) == 2 and isinstance(entries[0], qutip.Qobj) and not _is_entry(entries[1]):
        entries = [entries]
    if not entries:
        raise InvalidArgument(f"Argument {what} must hold an operator, but is an empty list.", "Give 0 * H for none.")
    # QuTiP itself does not survive some of the lists that are refused here.
    operands = [e[0] if isinstance(e, (list, tuple)) and len(e) == 2 else e for e in entries]
    for operand in operands:
        _require_operator(operand, what)
        if operand.dims != operands[0].dims:
            raise InvalidArgument(
                f"The terms of {what} must have the same dims, but they have {operands[0].dims} and {operand.dims}.",
                "Take qutip.tensor of each operator with identities, in the same order.",
            )
    try:
        # One by one: a QobjEvo in a list would be taken for a function.
        parts = [qutip.QobjEvo(list(e) if isinstance(e, tuple) else e, args=args, tlist=tlist) for e in entries]
        evo = sum(parts[1:], parts[0])
    except Warning:  # made an error by the user, who reads it as it is
        raise
    except Exception as why:  # QuTiP's, or of a coefficient, which QuTiP tries
        said = f"{type(why).__name__}: {why}".splitlines()[0]
        raise InvalidArgument(
            f"Argument {what} must be what qutip.QobjEvo can be built of, but that ends in {said}.",
            "Give coefficients as f(t), f(t, args) with args={…}, strings, or arrays with a value for each time.",
        ) from why
    constant: list[qutip.Qobj] = []
    moving: Terms = []
    for entry in evo.to_list():
        if isinstance(entry, qutip.Qobj):
            constant.append(entry)
        elif isinstance(entry[0], qutip.Qobj):
            moving.append((entry[0], _from(entry[1], begin, what)))
        else:
            raise InvalidArgument(
                f"Argument {what} must be a sum of operators with coefficients, but holds a function that returns an "
                "operator.",
                "Write it in list form, [H0, [H1, f]].",
            )
    with untidied():
        return [*([(sum(constant[1:], constant[0]), None)] if constant else []), *moving]


def _require_operator(x: Any, what: str) -> None:
    if not isinstance(x, (qutip.Qobj, qutip.QobjEvo)):
        raise InvalidArgument(
            f"Argument {what} must be a qutip.Qobj, a QobjEvo, or a list of operators and [operator, coefficient] "
            f"pairs, but is or holds {_named(x)}.",
            "Use qutip.Qobj(array, dims=…) for an array, and [H0, [H1, f]] for a function of time.",
        )
    if x.issuper and what != "H":
        raise InvalidArgument(
            f"Argument {what} must be an operator on states, but is a superoperator.",
            "Add it to the Liouvillian that stands in the place of H: qutip.liouvillian(H) + … .",
        )
    if x.dims[0] != x.dims[1]:
        raise InvalidArgument(
            f"Argument {what} must be a square operator, but has dims {x.dims}.",
            "A ket or bra in place of an operator is the usual cause.",
        )


def _is_entry(x: Any) -> bool:
    """Whether it can be the second entry of a list, rather than the coefficient of the first."""
    return isinstance(x, (qutip.Qobj, qutip.QobjEvo, list, tuple))


def _from(coefficient: Callable[[float], complex], begin: float, what: str) -> Coefficient:
    """f(begin + t), tried once at t = 0."""
    try:
        coefficient(begin)
    except (KeyError, TypeError, NameError) as why:
        raise InvalidArgument(
            f"A coefficient of {what} could not be computed at t = {begin:.6g}: {type(why).__name__}: {why}.",
            "Give what it needs beside the time as args={…}.",
        ) from None
    return lambda t: coefficient(begin + t)


def _product(f: Coefficient | None, g: Coefficient | None) -> Any:
    """The rate f g* of a pair of terms."""
    if f is None and g is None:
        return 1.0
    return lambda t: _at(f, t) * _at(g, t).conjugate()


def _at(f: Coefficient | None, t: float) -> complex:
    return 1.0 + 0.0j if f is None else complex(f(t))


def _levels(x: qutip.Qobj) -> tuple[int, ...]:
    """Levels of each subsystem; of all together where a space is no product, such as of excitation-number states."""
    dims, d = x.dims[0], int(x.shape[0])
    if all(isinstance(n, int) for n in dims) and int(np.prod(dims)) == d:
        return tuple(dims)
    return (d,)


def _shifts(x: qutip.Qobj, levels: tuple[int, ...]) -> int:
    """By how many different changes of level numbers an operator moves states."""
    entries = x.to("CSR").data_as("csr_matrix").tocoo()
    moved = np.array(np.unravel_index(entries.row, levels)) - np.array(np.unravel_index(entries.col, levels))
    return int(np.unique(moved, axis=1).shape[1])


def _named(x: Any) -> str:
    return f"a qutip.Qobj of type {x.type}" if isinstance(x, qutip.Qobj) else type(x).__name__
