r"""A model that was read from QuTiP objects, as a file that `crosscheck certify` takes.

Numbers are written with all their digits, so that the file has the same A and D. Of the coefficients, strings and
arrays are written out; a Python function is imported from its module.

>>> import qutip
>>> from crosscheck import from_qutip
>>> text = from_qutip(qutip.num(8), [qutip.destroy(8)]).to_source("Cavity")
>>> print(text[text.index("    def ham") : text.index("    @classmethod")].rstrip())
    def hamiltonian(self, a):
        return (
            1.0 * a.dag() * a
        )
<BLANKLINE>
    def dissipators(self, a):
        yield Dissipator(1.0, 1.0 * a)
"""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import qutip

from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.models.polynomial import NormalForm, Term, letter

# Of the pieces of a spline, relative to the largest of them.
ROUNDING = 1e-12


def source_of(model: Any, name: str) -> str:
    """The text of a Python file with a model class `name`, of a `QutipModel`.

    Raises:
        InvalidParameter: the name is no Python name.
        InvalidModel: a coefficient is a function that cannot be imported by name, such as a lambda.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise InvalidParameter("name", "be a Python name", name, "Write letters, digits and _, a letter first.")
    a = ", ".join(letter(mode) for mode in range(model.modes))
    functions = [f"{short} = {_function(f, short)}" for f, short in model.functions.items()]
    lines = [
        f'"""Read from {model.origin}; ħ = 1, every rate and frequency in one unit.',
        "",
        *(f"    {line}" for line in model.equation),
        '"""',
        "",
        "from dataclasses import dataclass",
        "",
        *(["import numpy as np", "import qutip", ""] if functions else []),
        *sorted({_import(f) for f in model.functions} - {""}),
        "from crosscheck import Dissipator, Model, Preparation",
        "",
        *functions,
        "",
        "@dataclass(frozen=True)",
        f"class {name}(Model):",
        *_body(model, a),
    ]
    return "\n".join(lines) + "\n"


def _body(model: Any, a: str) -> Iterator[str]:
    if model.moments_only:
        yield "    moments_only = True  # the start is not Gaussian: this one has its mean and covariance"
        yield ""
    yield from _property("modes", str(model.modes))
    yield from _method(f"hamiltonian(self, {a})", list(_hamiltonian(model)))
    if model.jumps:
        yield f"    def dissipators(self, {a}):"
        for jump in model.jumps:
            right = "" if jump.left == jump.right else f", {_sum(jump.right)}"
            yield f"        yield Dissipator({_rate(model, jump.rate)}, {_sum(jump.left)}{right})"
        yield ""
    if any(model.start.occupations) or model.start.unitaries:
        yield f"    def preparation(self, {a}):"
        yield f"        unitaries = [{', '.join(map(_sum, model.start.unitaries))}]"
        yield f"        return Preparation({list(model.start.occupations)}, unitaries=unitaries)"
        yield ""
    if model.asked is not None:
        yield from _property("times", str(model.asked))
    if model.breaks:
        yield from _property("breaks", str(model.breaks))
    yield "    @classmethod"
    yield "    def example(cls):"
    yield "        return cls()"


def _property(name: str, value: str) -> Iterator[str]:
    yield from ("    @property", f"    def {name}(self):", f"        return {value}", "")


def _method(head: str, terms: list[str]) -> Iterator[str]:
    yield f"    def {head}:"
    if terms:
        yield from ("        return (", *(f"            {term}" for term in terms), "        )", "")
    else:
        yield from ("        return 0", "")


def _hamiltonian(model: Any) -> Iterator[str]:
    """Terms of a sum, or of a list where there are functions of time."""
    if all(part.f is None for part in model.energy):
        for part in model.energy:
            yield from (f"{'+ ' if k else ''}{_product(term)}" for k, term in enumerate(part.operator.terms))
        return
    yield "["
    for part in model.energy:
        operator = _sum(part.operator)
        yield f"    {operator}," if part.f is None else f"    [{operator}, {model.functions[part.f]}],"
    yield "]"


def _sum(form: NormalForm) -> str:
    return " + ".join(map(_product, form.terms))


def _product(term: Term) -> str:
    parts = [repr(term.coefficient)]
    for mode, dagger, power in term.factors():
        operator = f"{letter(mode)}{'.dag()' if dagger else ''}"
        parts.append(operator if power == 1 else f"{operator} ** {power}")
    return " * ".join(parts)


def _rate(model: Any, rate: Any) -> str:
    if not callable(rate):
        return repr(rate)
    f, g = (None if h is None else model.functions[h] for h in (rate.f, rate.g))
    if f == g:
        return f"lambda t: abs({f}(t)) ** 2"
    conjugate = "" if g is None else f"complex({g}(t)).conjugate()"
    return f"lambda t: {' * '.join(filter(None, (f and f'{f}(t)', conjugate)))}"


def _function(f: Any, short: str) -> str:
    """An expression for QuTiP's own coefficient."""
    coefficient: Any = getattr(f, "coefficient", None)
    kind = type(coefficient).__name__
    if kind == "StrFunctionCoefficient":
        code, args = coefficient.__reduce__()[1][:2]
        return f"qutip.coefficient({code!r}, args={_plain(args, short)})"
    if kind == "InterCoefficient":
        return _samples(coefficient, short)
    if kind == "FunctionCoefficient" and _import(f):
        *_, args, function = coefficient.__reduce__()[2]
        return f"qutip.coefficient({function.__name__}, args={_plain(args, short)})"
    raise InvalidModel(
        f"The coefficient {short}(t) must be a string, an array on tlist or a function that can be imported by name to "
        "be written to a file, but is none of them.",
        "Put the function into a module of your own with `def`, or give its values on tlist.",
    )


def _samples(coefficient: Any, short: str) -> str:
    """An interpolation by its values at the knots, if that is how QuTiP makes it."""
    times, pieces, *_ = coefficient.__reduce__()[1]
    order, values = len(pieces) - 1, pieces[-1] if pieces[-1].imag.any() else pieces[-1].real
    again: Any = qutip.coefficient(values, tlist=times, order=order)
    # A spline is solved for, so that its pieces, and its values at the knots, are rounded.
    if not np.allclose(again.__reduce__()[1][1], pieces, rtol=0, atol=ROUNDING * np.abs(pieces).max()):
        raise InvalidModel(
            f"The coefficient {short}(t) must be an array on tlist to be written to a file, but is a spline with "
            "boundary conditions of its own.",
            "Give its values on tlist.",
        )
    return f"qutip.coefficient(np.array({values.tolist()}), tlist=np.array({times.tolist()}), order={order})"


def _plain(args: Any, short: str) -> str:
    """A dict of numbers and texts as Python writes it."""
    if all(isinstance(v, (str, bool, int, float, complex)) for v in args.values()):
        return repr({k: v.item() if hasattr(v, "item") else v for k, v in args.items()})
    raise InvalidModel(
        f"The args of the coefficient {short}(t) must be numbers to be written to a file, but are {args!r}.",
        "Give each number a name of its own.",
    )


def _import(f: Any) -> str:
    """How to import the function of a coefficient; empty if that cannot be done."""
    coefficient: Any = getattr(f, "coefficient", None)
    if type(coefficient).__name__ != "FunctionCoefficient":
        return ""
    function = coefficient.__reduce__()[2][-1]
    module, name = str(getattr(function, "__module__", "")), str(getattr(function, "__name__", ""))
    home = sys.modules.get(module)
    if module == "__main__" or getattr(home, name, None) is not function:
        return ""
    spec = getattr(home, "__spec__", None)
    return f"from {module} import {name}" if spec is not None and spec.name == module else ""
