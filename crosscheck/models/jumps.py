r"""Jump operators in every form that people write them, as dissipators between constant operators.

    Dissipator(γ, [L_0, [L_1, f], …])    γ (LρL† − ½{L†L, ρ}) with L(t) = L_0 + f(t)L_1 + …
    c_ops: L, [L, f], [L_0, [L_1, f], …]    the same with γ = 1: the rate stands inside, as √γ

The square of a sum is written out: pairs (L_j, L_k) with the correlated rates γ f_j f_k*. The engines read models for
themselves; this is for all that reads them here.

>>> from types import SimpleNamespace as Model
>>> from gaussian.ladder import ladder
>>> squeezed = Model(c_ops=lambda a: [[a, [a.dag(), lambda t: 0.5j * t]]])
>>> for d in jumps_of(squeezed, ladder(1)):
...     print(d.rate(2.0) if callable(d.rate) else d.rate, d.left, d.right)
1.0 a a
-1j a a†
1j a† a
(1+0j) a† a†
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.errors import InvalidModel
from crosscheck.model import Dissipator
from gaussian.coefficients import of_time

# Functions that QuTiP's strings may call.
FUNCTIONS = re.compile(r"(?<![\w.])(sin|cos|tan|sinh|cosh|tanh|exp|log|sqrt|abs|real|imag|conj|pi)\b")


def jumps_of(model: Any, a: Sequence[Any]) -> Iterator[Dissipator]:
    """All dissipators of a model, those of its `c_ops` last.

    Raises:
        InvalidModel: a jump operator in list form has another form.
    """
    for d in model.dissipators(*a) if hasattr(model, "dissipators") else ():
        yield from expanded(d, model)
    for c in model.c_ops(*a) if hasattr(model, "c_ops") else ():
        yield from collapse(c, model)


def expanded(d: Any, model: Any) -> list[Any]:
    """A dissipator as a list: of itself, or of the pairs of its operators' terms."""
    if not any(isinstance(getattr(d, side, None), (list, tuple)) for side in ("left", "right")):
        return [d]
    rate = of_time(d.rate, model) if callable(d.rate) else d.rate
    left, right = ([(f, x) for f, x in terms(side, model)] for side in (d.left, d.right))
    return [Dissipator(_product(rate, f, g), x, y) for f, x in left for g, y in right]


def collapse(c: Any, model: Any) -> list[Dissipator]:
    """A collapse operator, with √rate inside, as dissipators of rate 1."""
    return expanded(Dissipator(1.0, c), model)


def terms(operator: Any, model: Any) -> list[tuple[Callable[[float], complex] | None, Any]]:
    """(f, L) for each term of a jump operator; f is None where L is constant.

    Raises:
        InvalidModel: a pair without a function, or an empty list.
    """
    if not isinstance(operator, (list, tuple)):
        return [(None, operator)]
    # QuTiP's own operators can be called, too.
    pair = len(operator) == 2 and not (isinstance(operator[1], (list, tuple)) or hasattr(operator[1], "dag"))
    found: list[tuple[Callable[[float], complex] | None, Any]] = []
    for term in [operator] if pair else operator:
        if isinstance(term, (list, tuple)):
            if len(term) != 2 or isinstance(term[0], (list, tuple)):
                raise InvalidModel(
                    f"A term of a jump operator in list form must be an operator or a pair [L, f], but has {len(term)} "
                    "parts.",
                    "Write [L0, [L1, f], …], each pair in its own brackets.",
                )
            require_function(term[1], "[L, f]")
            found.append((of_time(term[1], model), term[0]))
        else:
            found.append((None, term))
    if not found:
        raise InvalidModel("A jump operator in list form must have a term, but is empty.", "Leave it out if it is 0.")
    return found


def require_function(f: Any, where: str) -> None:
    """Refuse strings and samples where a function of time is wanted, with what to write in their place.

    Raises:
        InvalidModel: f is no function.
    """
    if callable(f):
        return
    if isinstance(f, str):
        given, advice = repr(f), f"Write it as {as_lambda(f)}."
    elif isinstance(f, (np.ndarray, list, tuple)):
        given = f"{len(f)} numbers" if np.ndim(f) else "a number"
        advice = (
            "Write crosscheck.sampled(tlist, array), with the times of the samples: a cubic spline through them. Or "
            "give the model an attribute tlist."
        )
    else:
        given, advice = repr(f)[:60], "Write lambda t: …, or multiply the operator by a constant."
    raise InvalidModel(f"A coefficient in {where} must be a function f(t), but is {given}.", advice)


def as_lambda(text: str) -> str:
    """`lambda t, w: np.cos(w*t)` for QuTiP's string 'cos(w*t)'; what it takes beside t is in the model's `args`."""
    body = FUNCTIONS.sub(r"np.\1", text)
    names = dict.fromkeys(re.findall(r"(?<![\w.])[A-Za-z_]\w*(?!\s*\(|\w|\.)", body))
    names = {name: None for name in names if name not in ("t", "j", "np")}
    return f"lambda {', '.join(['t', *names])}: {body}" + (" and give the model the dict `args`" if names else "")


def _product(rate: Any, f: Callable[[float], complex] | None, g: Callable[[float], complex] | None) -> Any:
    if f is None and g is None:
        return rate

    def at(t: float) -> Any:
        value = rate(t) if callable(rate) else rate
        value = value if f is None else value * f(t)
        return value if g is None else value * np.conj(g(t))

    return at
