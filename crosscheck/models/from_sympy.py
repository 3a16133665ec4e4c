r"""A model from SymPy's boson operators, with symbols for its parameters.

    H = Σ_w c_w w,     c_ops:  L with √rate inside, or (rate, L), or (rate, L, R) for rate·(LρR† − ½{R†L, ρ})

A float among the parameters is the decimal that it prints as. What is rational then, or a root of a rational, is exact
in the model; any other number (π, e^{1/3}) is rounded to a double. Coefficients may depend on the time t, a symbol
without a value: NumPy evaluates them. SymPy is imported when this is called.

>>> import sympy
>>> from sympy.physics.quantum import Dagger
>>> from sympy.physics.quantum.boson import BosonOp
>>> a, (delta, kappa) = BosonOp("a"), sympy.symbols("Delta kappa", positive=True)
>>> values = {delta: 1.5, kappa: sympy.Rational(1, 3)}
>>> model = from_sympy(delta * Dagger(a) * a, [sympy.sqrt(kappa) * a], values)
>>> print(model)
H = 1.5 a†a
0.333333 𝓓[a]
>>> model.jumps[0][0]
Fraction(1, 3)
>>> t = sympy.Symbol("t")
>>> print(from_sympy(delta * Dagger(a) * a + sympy.cos(2 * t) * (a + Dagger(a)), parameters={delta: 1.5}, times=[1.0]))
H = 1.5 a†a + cos(2*t) (a + a†)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from crosscheck.errors import CrosscheckError, InvalidModel, InvalidParameter
from crosscheck.model import Root
from crosscheck.models.on_tlist import as_times
from crosscheck.models.written import ExactComplex, Terms, Written, terms_of
from gaussian.ladder import Word

# Digits to which numbers that are no rationals are evaluated before they are rounded.
DIGITS = 30
# A time at which coefficients are tried.
TRIAL = 0.37


@dataclass(frozen=True)
class OfTime:
    """t ↦ f(t), which prints as it was written."""

    text: str
    function: Callable[[float], Any] = field(compare=False)

    def __call__(self, t: float) -> complex:
        with np.errstate(all="ignore"):  # what is not finite is refused by whoever asks
            value = complex(self.function(t))
        return value if value.imag else value.real

    def __str__(self) -> str:
        return self.text


class SympyMissing(CrosscheckError, ImportError):
    """SymPy is not installed."""


def from_sympy(
    H: Any,
    c_ops: Sequence[Any] = (),
    parameters: Mapping[Any, Any] | None = None,
    *,
    modes: Sequence[Any] | None = None,
    occupations: Sequence[Any] | None = None,
    unitaries: Sequence[Any] = (),
    times: Sequence[float] | None = None,
    time: Any = "t",
) -> Written:
    """The model of a Hamiltonian and collapse operators written in `sympy.physics.quantum.boson.BosonOp`.

    Args:
        H: an expression, a polynomial in boson operators; ħ = 1.
        c_ops: expressions L with √rate inside, or (rate, L), or (rate, L, R), or a `Dissipator` of them.
        parameters: the value of each symbol, or of each symbol's name: a number, of Python, NumPy or SymPy; of a
            function f(t) without a formula, a Python function.
        modes: the operators, or their names, in the order in which they are counted; alphabetically if not given.
        occupations: of ρ(0), one for each mode; vacuum if not given.
        unitaries: expressions G, Hermitian: ρ(0) is followed by exp(−iG) for each.
        times: when trajectories are compared; by default the model's rates say.
        time: the symbol of time, or its name; a constant like others where parameters give it a value.

    Raises:
        InvalidModel: an expression is no polynomial in boson operators, or has symbols without a value; they are named.
            A coefficient is no function that NumPy evaluates, or what must be constant depends on time.
        InvalidParameter: a parameter that occurs nowhere, or is no finite number; modes that do not fit.
        SympyMissing: SymPy is not installed.
    """
    sympy = _sympy()
    reader = _Reader(sympy, parameters or {}, str(time))
    energy = reader.expanded(H, "H")
    jumps = [reader.jump(c, f"c_ops[{k}]") for k, c in enumerate(c_ops)]
    generators = [reader.expanded(g, f"unitaries[{k}]") for k, g in enumerate(unitaries)]
    rates = [] if occupations is None else [reader.scalar(n, "occupations") for n in occupations]
    reader.require_all_known()
    names = reader.names(modes)
    if occupations is not None and len(rates) != len(names):
        raise InvalidParameter(
            "occupations", f"hold one number for each of {len(names)} modes", occupations, "Give 0 for the vacuum."
        )
    found = []
    for rate, left, right in jumps:
        sides = reader.by_time(left), reader.by_time(left if right is None else right)
        if right is None and rate == 1 and list(sides[0]) == [1]:
            rate, one = reader.without_root(left, names)
            found += [(reader.number(rate, "a rate"), one, one)]
            continue
        for f, some in sides[0].items():
            for g, others in sides[1].items():
                one, other = reader.terms(some, names), reader.terms(others, names)
                product = reader.rate(rate, f, g)
                if one and other and product != 0:
                    found.append((reader.coefficient(product, "a rate"), one, other))
    parts = reader.by_time(energy)
    still = parts.pop(1, [])
    moving = [(reader.coefficient(f, "a coefficient"), reader.terms(some, names)) for f, some in parts.items()]
    return Written(
        names=names,
        energy=reader.terms(still, names),
        moving=tuple((f, terms) for f, terms in moving if terms),
        asked=as_times(times),
        jumps=tuple(found),
        occupations=None if occupations is None else tuple(reader.number(n, "occupations") for n in rates),
        unitaries=tuple(reader.terms(g, names) for g in generators),
    )


Summands = list[tuple[Any, list[tuple[str, bool]]]]


class _Reader:
    """Expressions with the values of their symbols put in; remembers the modes and what has no value."""

    def __init__(self, sympy: Any, parameters: Mapping[Any, Any], time: str) -> None:
        self.sympy = sympy
        # Of a real symbol, conjugates are known.
        self.time = sympy.Symbol(time, real=True)
        called = {key: f for key, f in parameters.items() if callable(f) and not hasattr(f, "free_symbols")}
        self.functions = {_name(key): f for key, f in called.items()}
        parameters = {key: value for key, value in parameters.items() if key not in called}
        self.boson = importlib.import_module("sympy.physics.quantum.boson").BosonOp
        self.values = {str(name): self._value(str(name), value) for name, value in parameters.items()}
        self.used: set[str] = set()
        self.unknown: set[str] = set()
        self.seen: set[str] = set()

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, (float, np.floating)) and np.isfinite(value):
            return self.sympy.Rational(str(value))
        if isinstance(value, (complex, np.complexfloating)) and np.isfinite(value):
            return self._value(name, value.real) + self.sympy.I * self._value(name, value.imag)
        try:
            if isinstance(value, str):
                raise TypeError
            found = self.sympy.sympify(value.item() if isinstance(value, np.generic) else value)
            if found.is_number and found.is_finite is not False:
                return found
        except (TypeError, ValueError, AttributeError, self.sympy.SympifyError):
            pass
        raise InvalidParameter(name, "be a finite number", value, "Give numbers without quotes or units.")

    def scalar(self, x: Any, what: str) -> Any:
        """A number of any kind, or an expression of symbols, with their values put in."""
        expression = self._value(what, x) if isinstance(x, (float, complex, np.number)) else self._sympified(x, what)
        known = {s: self.values[s.name] for s in expression.free_symbols if s.name in self.values}
        self.used |= {s.name for s in known}
        free = {s.name: s for s in expression.free_symbols if s.name not in self.values}
        if self.time.name in free:
            known[free.pop(self.time.name)] = self.time
        called = {_name(f) for f in expression.atoms(self.sympy.core.function.AppliedUndef)}
        self.used |= called & set(self.functions)
        self.unknown |= set(free) | (called - set(self.functions))
        return self.sympy.simplify(expression.subs(known)) if known else expression

    def _sympified(self, x: Any, what: str) -> Any:
        try:
            if isinstance(x, str):
                raise TypeError
            return self.sympy.sympify(x)
        except (TypeError, ValueError, AttributeError, self.sympy.SympifyError):
            raise InvalidModel(
                f"The expression {what} must be one of SymPy, but is {x!r}.", "Write it with BosonOp('a') and symbols."
            ) from None

    def expanded(self, x: Any, what: str) -> Summands:
        """Coefficients and words of an expression: each letter a name, and whether it is a dagger."""
        if isinstance(x, (tuple, list)):
            raise InvalidModel(
                f"The expression {what} must be one expression, but is a {type(x).__name__}.",
                "Write H0 + f(t)*H1 for QuTiP's list form: what depends on the symbol t is a coefficient.",
            )
        found: Summands = []
        for summand in self.sympy.Add.make_args(self.sympy.expand(self._sympified(x, what).doit())):
            commuting, others = summand.args_cnc()
            word: list[tuple[str, bool]] = []
            for factor in others:
                word += self._letters(factor, what)
            found.append((self.scalar(self.sympy.Mul(*commuting), what), word))
        return found

    def _letters(self, factor: Any, what: str) -> list[tuple[str, bool]]:
        base, power = factor.args if factor.is_Pow else (factor, self.sympy.Integer(1))
        if not isinstance(base, self.boson):
            kind = type(base).__name__
            hint = "Write every operator as BosonOp('a') or Dagger of it, in sums and products."
            if kind in ("Symbol", "Operator", "HermitianOperator"):
                hint = f"Make it BosonOp('{base}'): what commutes with what is not known of a {kind}."
            raise InvalidModel(
                f"The expression {what} must be built from boson operators, but has {base}, a {kind}.", hint
            )
        if not (power.is_Integer and power > 0):
            raise InvalidModel(
                f"The expression {what} must be a polynomial in its operators, but has {factor}.",
                "Use powers that are integers above 0, or expand it to some order first.",
            )
        self.seen.add(str(base.name))
        return [(str(base.name), not base.is_annihilation)] * int(power)

    def jump(self, c: Any, what: str) -> tuple[Any, Summands, Summands | None]:
        """(rate, left, right); right is None where it is left."""
        if all(hasattr(c, name) for name in ("rate", "left", "right")):  # a `Dissipator`
            c = (c.rate, c.left) if c.left is c.right else (c.rate, c.left, c.right)
        if not isinstance(c, (tuple, list)):
            return self.sympy.Integer(1), self.expanded(c, what), None
        if len(c) not in (2, 3):
            raise InvalidModel(
                f"The collapse operator {what} must be L, (rate, L) or (rate, L, R), but has {len(c)} parts.",
                "Write the rate first, or √rate inside a single L.",
            )
        right = self.expanded(c[2], what) if len(c) == 3 else None
        return self.scalar(c[0], what), self.expanded(c[1], what), right

    def require_all_known(self) -> None:
        """Refuse symbols without a value, and values without a symbol."""
        if self.unknown:
            _no_value(sorted(self.unknown), sorted({*self.values, *self.functions} - self.used))
        for name in sorted({*self.values, *self.functions} - self.used):
            raise InvalidParameter(
                "parameters",
                "name symbols of the expressions",
                name,
                f"Take it out, or look for a slip: they have {', '.join(sorted(self.used)) or 'no symbols'}.",
            )

    def names(self, modes: Sequence[Any] | None) -> tuple[str, ...]:
        """The modes by name, in their order."""
        if modes is None:
            if not self.seen:
                raise InvalidModel("The expressions must have a boson operator, but have none.", "Give modes=['a'].")
            return tuple(sorted(self.seen))
        names = tuple(str(m.name) if isinstance(m, self.boson) else str(m) for m in modes)
        if len(set(names)) != len(names) or self.seen - set(names) or not names:
            raise InvalidParameter(
                "modes",
                "name every boson operator once",
                names,
                f"Give those of the expressions: {', '.join(sorted(self.seen))}.",
            )
        return names

    def by_time(self, summands: Summands) -> dict[Any, Summands]:
        """Summands by the function of time before them, with what is constant of their coefficients; 1 for none."""
        found: dict[Any, Summands] = {}
        for c, word in summands:
            constant, f = c.as_independent(self.time, as_Add=False)
            found.setdefault(f, []).append((constant, word))
        return found

    def rate(self, rate: Any, f: Any, g: Any) -> Any:
        """γ f g*."""
        return self.sympy.simplify(rate * f * self.sympy.conjugate(g))

    def coefficient(self, x: Any, what: str) -> Any:
        """A number, or a function of time if the symbol is in it."""
        if not x.has(self.time):
            return self.number(x, what)
        f = OfTime(str(x), self.sympy.lambdify(self.time, x, modules=[self.functions, "numpy"]))
        try:
            f(TRIAL)
        except Exception as error:  # of what SymPy printed, or of the user's function
            raise InvalidModel(
                f"The coefficient {x} must be a function of time that NumPy evaluates, but at {self.time} = {TRIAL} "
                f"ends in {type(error).__name__}: {str(error).splitlines()[0].rstrip('.') if str(error) else ''}.",
                "Use elementary functions, or write f(t) and give parameters={'f': lambda t: …}.",
            ) from error
        return f

    def terms(self, summands: Summands, names: tuple[str, ...]) -> Terms:
        """Words of letters with their coefficients as numbers."""
        return tuple((w, self.number(c, "a coefficient")) for w, c in self._collected(summands, names))

    def without_root(self, summands: Summands, names: tuple[str, ...]) -> tuple[Any, Terms]:
        """(|c|², L/c) of L with c the coefficient of its longest word: √κ a is κ 𝓓[a], without a root."""
        collected = self._collected(summands, names)
        longest = collected[-1][1]
        rate = self.sympy.simplify(longest * self.sympy.conjugate(longest))
        ratios = [(w, self.sympy.simplify(c / longest)) for w, c in collected]
        return rate, tuple((w, self.number(c, "a coefficient")) for w, c in ratios)

    def _collected(self, summands: Summands, names: tuple[str, ...]) -> list[tuple[Word, Any]]:
        place = {name: k for k, name in enumerate(names)}
        words: dict[Word, Any] = {}
        for c, letters in summands:
            word = tuple(2 * place[name] + dagger for name, dagger in letters)
            words[word] = words.get(word, 0) + c
        simple = {w: self.sympy.simplify(c) for w, c in words.items()}
        return list(terms_of({w: c for w, c in simple.items() if c != 0}))

    def number(self, x: Any, what: str) -> Any:
        """Exact if it is rational, or a root of a rational, in both of its parts; else a double."""
        if x.has(self.time):
            raise InvalidModel(
                f"The value of {what} must be constant, but {x} depends on time.",
                "Give the value at the start; only H, rates and collapse operators may depend on time.",
            )
        re, im = (self.sympy.simplify(part) for part in x.as_real_imag())
        if not (re.is_finite and im.is_finite):
            raise InvalidModel(f"The value of {what} must be finite, but is {x}.", "Look for a division by zero.")
        if im == 0:
            return self._real(re)
        exact = [self._real(part) for part in (re, im)]
        if all(isinstance(part, (int, Fraction, Root)) for part in exact):
            return ExactComplex(*exact)
        return complex(*(float(part) for part in exact))

    def _real(self, x: Any) -> Any:
        if x.is_Integer:
            return int(x)
        if x.is_Rational:
            return Fraction(int(x.p), int(x.q))
        square = self.sympy.simplify(x**2)
        if square.is_Rational and x > 0:  # a `Root` is a positive one
            return Root(Fraction(int(square.p), int(square.q)))
        return float(self.sympy.N(x, DIGITS))


def _no_value(unknown: list[str], unused: list[str]) -> NoReturn:
    several = len(unknown) > 1
    more = ""
    if unused:
        more += f", where {', '.join(unused)} {'are' if len(unused) > 1 else 'is'} not in any expression"
    raise InvalidModel(
        f"Every symbol must have a value, but {', '.join(unknown)} {'have' if several else 'has'} none.",
        f"Give {'them' if several else 'it'} in parameters={{…}}{more}.",
    )


def _name(x: Any) -> str:
    """Of a symbol, of a name, of a function f and of f(t)."""
    return str(x).partition("(")[0]


def _sympy() -> Any:
    try:
        return importlib.import_module("sympy")
    except ImportError:
        raise SympyMissing(
            "SymPy must be installed to read its expressions, but is not.",
            'Install it with `pip install "fock-crosscheck[sympy]"`.',
        ) from None
