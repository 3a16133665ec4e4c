"""What a model's methods hand over, looked at before any engine is asked: each by the name of the method.

    modes           an integer ≥ 1
    hamiltonian     an operator, or a list of operators and of pairs [operator, f]; 0 if there is none
    dissipators     objects with a rate (a number or a function), and operators left and right, or lists of terms
    c_ops           operators, or lists of terms: [L, f], [L0, [L1, f], …]
    preparation     occupations ≥ 0, or the ground state of an operator, and a list of operators

Operators are what the model makes of those that it is handed; here those of the moment engine, which remember their
coefficients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from crosscheck.errors import InvalidModel
from crosscheck.models.jumps import require_function, terms
from crosscheck.models.loading import failed_in_theirs, told
from crosscheck.models.repeated import require_repeatable
from fock import FockError
from gaussian import GaussianError
from gaussian.ladder import Polynomial, ladder, normal_ordered, spell

# Beyond this a product with a few quanta overflows.
LARGEST = 1e250
# Letters of a value that is printed.
LONGEST = 60


def require_well_formed(model: Any) -> None:
    """Refuse a model whose methods fail, hand over something else than they must, or something else each time.

    Raises:
        InvalidModel: with the name of the method, what must hold and what was given.
    """
    n = getattr(model, "modes", None)
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        _refuse(model, "modes", "be an integer ≥ 1", n, "Let it count the operators that the methods take.", is_="is")
    a = ladder(int(n))
    first = _answers(model, a)
    _require_hamiltonian(model, first["hamiltonian"])
    if "dissipators" in first:
        _require_dissipators(model, first["dissipators"])
        _require_other_halves(model, first["hamiltonian"], first["dissipators"])
    if "c_ops" in first:
        _require_c_ops(model, first["c_ops"])
    if "preparation" in first:
        _require_preparation(model, first["preparation"], int(n))
    require_repeatable(model, first, _answers(model, a))


def _answers(model: Any, a: tuple[Polynomial, ...]) -> dict[str, Any]:
    """What each method that the model has hands over."""
    questions: dict[str, Callable[[], Any]] = {
        "hamiltonian": lambda: model.hamiltonian(*a),
        "dissipators": lambda: _listed(model, model.dissipators(*a)),
        "c_ops": lambda: _collapsing(model, model.c_ops(*a)),
        "preparation": lambda: model.preparation(*a),
    }
    return {
        method: _asked(model, method, question)
        for method, question in questions.items()
        if method == "hamiltonian" or hasattr(model, method)
    }


def _asked(model: Any, method: str, question: Callable[[], Any]) -> Any:
    """The answer of a method. What the operators say to what it does with them is the method's error."""
    if not callable(getattr(model, method)):
        _refuse(model, method, "be a method", getattr(model, method), "Write it as `def`.", is_="is")
    try:
        return question()
    except (GaussianError, FockError, InvalidModel):
        raise
    except (TypeError, ValueError, ArithmeticError, RuntimeError) as error:
        if failed_in_theirs(error) and not isinstance(error.__cause__, StopIteration):
            raise  # with its own line, which whoever called names
        raise InvalidModel(
            f"The method {method} of {_named(model)} must run with the operators it is handed, but fails in "
            f"{told(error)}",
            "Operators have dag(), +, −, *, @, / by a number and ** only. Check that line, and what example() holds.",
        ) from error


def _require_hamiltonian(model: Any, h: Any) -> None:
    for term in h if isinstance(h, list) else [h]:
        # What is wrong with a pair, or with a list of none, the engines say.
        operator = term[0] if isinstance(term, (list, tuple)) and len(term) == 2 else term
        if operator is not term:
            require_function(term[1], "[H, f]")
        if not isinstance(operator, (list, tuple)) and not _is_zero(operator):
            _require_operator(model, "hamiltonian", "Hamiltonian", operator)


def _listed(model: Any, found: Any) -> list[Any]:
    if not isinstance(found, Iterable) or isinstance(found, (str, bytes, dict, set, frozenset)):
        _refuse_dissipators(model, found)
    return list(found)


def _require_dissipators(model: Any, found: list[Any]) -> None:
    for d in found:
        if isinstance(d, type) or not all(hasattr(d, name) for name in ("rate", "left", "right")):
            _refuse_dissipators(model, d)
        if not callable(d.rate) and not _is_scan(d.rate):
            _require_number(model, "dissipators", "rates that are finite numbers or functions f(t)", d.rate)
        for side in (d.left, d.right):
            for _, operator in terms(side, model):
                _require_operator(model, "dissipators", "jump operator", operator)


def _require_other_halves(model: Any, energy: Any, found: list[Any]) -> None:
    """Refuse a Brownian bath in the dissipators of which H has nothing: of no word that it needs a share."""
    parts = [
        term[0] if isinstance(term, (list, tuple)) else term
        for term in (energy if isinstance(energy, list) else [energy])
    ]
    held = {
        w
        for part in parts
        if isinstance(part, Polynomial)
        for w, c in normal_ordered(part).words.items()
        if np.any(np.imag(c))
    }
    for needs in (d.needs for d in found if getattr(d, "needs", None) is not None):
        words = {w: c for w, c in normal_ordered(needs).words.items() if w and np.any(c)}
        if words and held.isdisjoint(words):
            mode = spell((next(iter(words))[0] & ~1,))
            raise InvalidModel(
                f"With a Brownian bath the Hamiltonian must hold (γ/4){{x, p}}, but that of {_named(model)} has no "
                f"{{x, p}} of mode {mode}.",
                "Add brownian_bath(…).hamiltonian, with the same arguments, to what the method hamiltonian returns.",
            )


def _collapsing(model: Any, found: Any) -> list[Any]:
    if not isinstance(found, Iterable) or isinstance(found, (str, bytes, dict, set, frozenset)):
        hint = "Put a single one into brackets, and `return ()` if there are none."
        _refuse(model, "c_ops", "return a list of collapse operators", found, hint)
    return list(found)


def _require_c_ops(model: Any, found: list[Any]) -> None:
    for c in found:
        if hasattr(c, "rate"):
            hint = "Move it to the method dissipators: a model may have both."
            _refuse(model, "c_ops", "return operators with √rate inside", c, hint)
        for _, operator in terms(c, model):
            _require_operator(model, "c_ops", "jump operator", operator)


def _refuse_dissipators(model: Any, given: Any) -> None:
    _refuse(
        model, "dissipators", "yield Dissipator(rate, left), or return a list of them", given,
        "Write `yield Dissipator(…)` for each, and `return ()` if there are none. Operators with √rate inside go into "
        "a method c_ops.",
    )  # fmt: skip


def _require_preparation(model: Any, found: Any, modes: int) -> None:
    if isinstance(found, type) or not all(hasattr(found, name) for name in ("occupations", "ground_of", "unitaries")):
        hint = "Write `return Preparation(…)`, or leave the method out to start from the vacuum."
        _refuse(model, "preparation", "return a Preparation", found, hint)
    if not isinstance(found.unitaries, (list, tuple)):
        _refuse(model, "preparation", "give its unitaries as a list", found.unitaries, "Write [G] for a single one.")
    for operator in (*found.unitaries, *(() if found.ground_of is None else (found.ground_of,))):
        _require_operator(model, "preparation", "generator of a preparing unitary", operator)
    if found.occupations is not None and found.ground_of is None:
        numbers = found.occupations
        if not isinstance(numbers, (list, tuple, np.ndarray)) or _length(numbers) != modes:
            hint = "Give one for each mode, 0 for the vacuum."
            _refuse(model, "preparation", f"hold {modes} occupations, numbers ≥ 0", found.occupations, hint)
        for number in numbers:
            _require_number(model, "preparation", f"{modes} occupations, numbers ≥ 0", number)
            if complex(number).imag or not complex(number).real >= 0:
                hint = "Give mean numbers of quanta, 0 for the vacuum."
                _refuse(model, "preparation", f"hold {modes} occupations, numbers ≥ 0", number, hint)


def _require_operator(model: Any, method: str, what: str, given: Any) -> None:
    if not isinstance(given, Polynomial):
        raise InvalidModel(
            f"The {what} must be built from the ladder operators the model is handed, but the method {method} of "
            f"{_named(model)} gives {_shown(given)}.",
            "Give QuTiP's operators to crosscheck.from_qutip(H, c_ops), which makes a model of them."
            if type(given).__name__ in ("Qobj", "QobjEvo")
            else "Check that the method returns what it computes, and that it uses its arguments.",
        )
    for coefficient in given.words.values():
        if not isinstance(coefficient, np.ndarray) or coefficient.dtype.kind not in "biufc":
            _require_number(model, method, "coefficients that are finite numbers", coefficient)


def _require_number(model: Any, method: str, what: str, given: Any) -> None:
    try:
        if isinstance(given, (str, bytes, np.ma.MaskedArray)) or _is_scan(given):  # the first two Python would read
            raise TypeError
        size = abs(complex(given))
    except (TypeError, ValueError):
        _refuse(model, method, f"give {what}", given, "Give numbers without quotes or units.")
    except OverflowError:
        size = np.inf
    if not np.isfinite(size):
        hint = "Look for a division by zero, or an overflow, in what the model computes from its parameters."
        _refuse(model, method, f"give {what}", given, hint)
    if size > LARGEST:
        hint = "Choose units in which products of them stay within double precision."
        _refuse(model, method, f"give {what} up to {LARGEST:g}", given, hint)


def _is_scan(x: Any) -> bool:
    """An array of numbers for the points of a scan, which the engines take or refuse themselves."""
    return isinstance(x, np.ndarray) and x.ndim > 0


def _length(x: Any) -> int:
    return 0 if isinstance(x, np.ndarray) and not x.ndim else len(x)


def _is_zero(x: Any) -> bool:
    """A Hamiltonian of 0 is none; another number would be one that moves nothing, and is a slip."""
    return isinstance(x, (int, float, complex, np.number)) and not isinstance(x, bool) and x == 0


def _refuse(model: Any, method: str, condition: str, given: Any, hint: str, *, is_: str = "gives") -> NoReturn:
    kind = "property" if method == "modes" else "method"
    raise InvalidModel(f"The {kind} {method} of {_named(model)} must {condition}, but {is_} {_shown(given)}.", hint)


def _shown(given: Any) -> str:
    """A short value as it is written; anything else by its type."""
    text = repr(given) if isinstance(given, (int, float, complex, str, np.number, type(None))) else ""
    kind = type(given).__name__
    return text if 0 < len(text) <= LONGEST else f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def _named(model: Any) -> str:
    return type(model).__name__
