r"""What a model writes, read as polynomials: the terms of H and the jump operators, normally ordered.

    H = Σ_k f_k(t) H_k,      𝓓 = Σ_k γ_k (L_k ρ R_k† − ½{R_k†L_k, ρ}),      H_k, L_k, R_k = Σ_w c_w w

over words w of ladder operators, a† to the left of a. Nothing is truncated, and no degree is refused. What the user's
own code raises becomes one sentence with its line.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.certificates.names import entry_name
from crosscheck.errors import CrosscheckError
from crosscheck.models.jumps import collapse, expanded
from crosscheck.models.loading import told
from gaussian.coefficients import of_time
from gaussian.ladder import Polynomial, Word, ladder, normal_ordered, spell

# Coefficients below this share of the largest of their operator are rounding of what cancels in normal ordering.
ROUNDING = 1e-14
# A sum of rates this small against its terms has cancelled.
CANCELLED = 1e-13
# Anti-Hermitian parts below this, relatively, are rounding in the model's own arithmetic.
HERMITIAN = 1e-11
# Times between 0 and the last one asked for at which coefficients f(t) are looked at.
LOOKS = 25
# Longer operators are cut short in print.
MOST_WORDS = 6

Words = dict[Word, complex]


class Unreadable(CrosscheckError):
    """The model is no master equation; the message says what must hold, what was given and what to do."""


@dataclass(frozen=True)
class Term:
    """f(t) times the words of one operator of H; `factor` is None for a constant."""

    factor: Callable[[float], complex] | None
    words: Words


@dataclass(frozen=True)
class Jump:
    """rate · (left ρ right† − ½{right† left, ρ}), in the words of both operators."""

    rate: complex | Callable[[float], complex]
    left: Words
    right: Words

    def __str__(self) -> str:
        rate = "γ(t)" if callable(self.rate) else spelled_number(self.rate)
        if self.left == self.right:
            return f"{rate} 𝓓[{spelled(self.left)}]"
        return f"{rate} 𝓓[{spelled(self.left)}, {spelled(self.right)}]"


@dataclass(frozen=True, kw_only=True)
class MasterEquation:
    """Terms and jumps of a model of so many modes, and the times at which it is looked at."""

    modes: int
    hamiltonian: tuple[Term, ...]
    jumps: tuple[Jump, ...]
    times: tuple[float, ...]

    @property
    def is_constant(self) -> bool:
        return all(t.factor is None for t in self.hamiltonian) and not any(callable(j.rate) for j in self.jumps)

    @property
    def is_quadratic(self) -> bool:
        """Whether moments close: H of degree ≤ 2 and jump operators of degree ≤ 1."""
        return not any(len(w) > 2 for t in self.hamiltonian for w in t.words) and not any(
            len(w) > 1 for j in self.jumps for w in (*j.left, *j.right)
        )

    @property
    def looks(self) -> tuple[float, ...]:
        """Times at which coefficients are evaluated: 0 alone if they are constant."""
        if self.is_constant:
            return (0.0,)
        return tuple(np.linspace(0.0, max(self.times, default=1.0) or 1.0, LOOKS).tolist())

    def energy(self, t: float) -> Words:
        """The words of H at time t."""
        total: Words = {}
        for term in self.hamiltonian:
            factor = 1.0 if term.factor is None else number(term.factor(t), "A coefficient f(t)")
            for w, c in term.words.items():
                total[w] = total.get(w, 0) + factor * c
        return total

    def rates(self, t: float) -> list[complex]:
        """γ_k at time t."""
        return [number(j.rate(t), "A rate γ(t)") if callable(j.rate) else j.rate for j in self.jumps]

    def rate_table(self, t: float) -> dict[tuple[Word, Word], complex]:
        """C_wv of Σ_k γ_k L_k ρ R_k† = Σ_wv C_wv w ρ v† at time t, without what cancels to rounding."""
        table: dict[tuple[Word, Word], complex] = {}
        moduli: dict[tuple[Word, Word], float] = {}
        for rate, jump in zip(self.rates(t), self.jumps, strict=True):
            for w, c in jump.left.items():
                for v, d in jump.right.items():
                    term = rate * c * np.conj(d)
                    table[w, v] = table.get((w, v), 0) + term
                    moduli[w, v] = moduli.get((w, v), 0.0) + abs(term)
        return {pair: c for pair, c in table.items() if abs(c) > CANCELLED * moduli[pair]}


def read(model: Any) -> MasterEquation:
    """The master equation of a model, checked to be one.

    Raises:
        Unreadable: modes is no number of modes; a method raises, or returns something else than operators; coefficients
            are arrays, NaN or infinite; H, or the matrix of rates, is not Hermitian at one of the times looked at.
    """
    n = asked(model, "modes", lambda: getattr(model, "modes", None))
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise Unreadable(
            f"The property modes must be an integer ≥ 1, but is {n!r}.",
            "Return the number of ladder operators that the methods take; a missing @property is the usual cause where "
            "it is a method.",
        )
    a = ladder(int(n))
    terms = tuple(_terms(model, asked(model, "hamiltonian", lambda: model.hamiltonian(*a), len(a))))
    found: list[Any] = []
    if hasattr(model, "dissipators"):
        given = asked(model, "dissipators", lambda: _listed(model.dissipators(*a)), len(a))
        found += [d for part in given for d in asked(model, "dissipators", functools.partial(expanded, part, model))]
    if hasattr(model, "c_ops"):
        given = asked(model, "c_ops", lambda: _listed(model.c_ops(*a), "c_ops"), len(a))
        found += [d for c in given for d in asked(model, "c_ops", functools.partial(collapse, c, model))]
    jumps = tuple(_jumps(model, found))
    # What is no preparation; one that is not Gaussian is none of this file's business.
    with contextlib.suppress(gaussian.NotQuadratic):
        asked(model, "preparation", lambda: gaussian.initial_state(model), len(a))
    times = _times(asked(model, "times", lambda: getattr(model, "times", ())))
    equation = MasterEquation(modes=int(n), hamiltonian=terms, jumps=jumps, times=times)
    _require_hermitian(equation, model)
    return equation


def asked(model: Any, what: str, question: Callable[[], Any], modes: int = 0) -> Any:
    """The answer of a model's own code. Raises Unreadable: what it raised, in one sentence."""
    try:
        return question()
    except gaussian.NotQuadratic:
        raise
    except (CrosscheckError, gaussian.GaussianError, fock.FockError) as error:
        raise Unreadable(error.what, error.advice) from error
    except Exception as error:
        hint = "Make it run: it must give what it does on its own, from the operators that it is handed."
        if isinstance(error, TypeError) and "positional argument" in str(error) and modes:
            hint = f"Give it {modes} arguments: it is handed one ladder operator for each mode."
        elif isinstance(error, TypeError) and ("operand" in str(error) or "ufunc" in str(error)):
            hint = "Use dag(), +, −, *, / by a number and ** by an integer: operators know nothing else."
        raise Unreadable(f"The model's {what} must not fail, but did: {told(error)}", hint) from error


def number(value: Any, what: str) -> complex:
    """A finite number, or what is wrong with it."""
    if isinstance(value, np.ndarray) and value.ndim:
        raise Unreadable(
            f"{what} must be a number, but is an array of shape {value.shape}.",
            "Look at one point of a scan at a time; `gaussian.steady_state` takes them together.",
        )
    try:
        if isinstance(value, (str, bytes)):  # which Python would read
            raise TypeError
        found = complex(value)
    except OverflowError:
        found = complex("inf")
    except (TypeError, ValueError):
        raise Unreadable(f"{what} must be a number, but is {value!r}.", "Return a number.") from None
    if not np.isfinite(found):
        raise Unreadable(f"{what} must be finite, but is {value!r}.", "Check the fields that it is computed from.")
    return found


def spelled(words: Words) -> str:
    """`0.5 a†a − 0.1i b` for the words of an operator, `x1 − 2 p2` for a quadrature; cut short after a few."""
    kept = _in_quadratures(words) or [(spell(w) if w else "", c) for w, c in words.items() if c]
    if len(kept) > MOST_WORDS:
        kept.sort(key=lambda item: -abs(item[1]))
    text = ""
    for operator, c in kept[:MOST_WORDS]:
        factor = spelled_number(c)
        minus = factor.startswith("−")
        factor = factor.removeprefix("−")
        factor = "" if factor == "1" and operator else factor
        sign = ("−" if minus else "") if not text else (" − " if minus else " + ")
        text += sign + " ".join(part for part in (factor, operator) if part)
    return (text + (" + …" if len(kept) > MOST_WORDS else "")) or "0"


def _in_quadratures(words: Words) -> list[tuple[str, complex]]:
    """A Hermitian linear operator by c a + c*a† = √2(Re c · x − Im c · p); nothing of another."""
    size = max(map(abs, words.values()), default=0.0)
    if any(len(w) != 1 or abs(words.get((w[0] ^ 1,), 0) - np.conj(c)) > HERMITIAN * size for w, c in words.items()):
        return []
    parts = []
    for (letter,), c in words.items():
        if not letter & 1:
            for row, part in ((letter, c.real), (letter + 1, -c.imag)):
                parts.append((entry_name(row), complex(np.sqrt(2) * part)))
    return [(name, c) for name, c in parts if abs(c) > HERMITIAN * size]


def spelled_number(c: complex) -> str:
    """Four digits of a real, an imaginary or a complex number."""
    c = complex(c)
    if abs(c.imag) <= ROUNDING * abs(c):
        return f"{c.real:.4g}".replace("-", "−")
    if abs(c.real) <= ROUNDING * abs(c):
        return f"{c.imag:.4g}i".replace("-", "−")
    return f"({c.real:.4g}{c.imag:+.4g}i)".replace("-", "−")


def _listed(found: Any, method: str = "dissipators") -> list[Any]:
    if found is None or not hasattr(found, "__iter__"):
        what = "yield Dissipator(rate, left)" if method == "dissipators" else "return a list of operators"
        raise Unreadable(
            f"The method {method} must {what}, but returned {'None' if found is None else type(found).__name__}.",
            "Write `return ()` if there are none: a `return` in place of `yield`, or no `return`, is the usual cause.",
        )
    return list(found)


def _terms(model: Any, h: Any) -> Iterator[Term]:
    terms = h if isinstance(h, list) else [h]
    if not terms:
        raise Unreadable(
            "The method hamiltonian must return an operator or a list of terms, but the list is empty.",
            "Return 0 if H is 0.",
        )
    for term in terms:
        if isinstance(term, (list, tuple)) and len(term) != 2:
            raise Unreadable(
                f"A term in list form must be [H, f], but has {len(term)} parts.", "Give an operator and f(t)."
            )
        operator, f = term if isinstance(term, (list, tuple)) else (term, None)
        if f is not None and not callable(f):
            raise Unreadable(
                f"A coefficient in [H, f] must be a function f(t), but is {f!r}.",
                "Write a number in front of H instead.",
            )
        yield Term(None if f is None else _of_time(model, f), _words(operator, "Hamiltonian"))


def _of_time(model: Any, f: Any) -> Callable[[float], complex]:
    found: Callable[[float], complex] = asked(model, "f(t)", lambda: of_time(f, model))
    return found


def _jumps(model: Any, found: list[Any]) -> Iterator[Jump]:
    for d in found:
        if not all(hasattr(d, name) for name in ("rate", "left", "right")):
            raise Unreadable(
                "The method dissipators must yield objects with rate, left and right, such as Dissipator(rate, left), "
                f"but yielded {type(d).__name__}.",
                "Write `yield Dissipator(rate, left)`.",
            )
        rate = _of_time(model, d.rate) if callable(d.rate) else number(d.rate, "A rate")
        if rate == 0:
            continue
        yield Jump(rate, _words(d.left, "jump operator"), _words(d.right, "jump operator"))


def _words(operator: Any, where: str) -> Words:
    if not isinstance(operator, Polynomial):
        if isinstance(operator, bool) or not isinstance(operator, (int, float, complex, np.number)):
            raise Unreadable(
                f"The {where} must be built from the ladder operators that the method is handed, but is "
                f"{'None' if operator is None else type(operator).__name__}.",
                "Check that it ends in `return`: a missing one is the usual cause.",
            )
        operator = Polynomial({(): operator})
    words = {w: number(c, f"A coefficient of the {where}") for w, c in operator.words.items()}
    size = max(map(abs, words.values()), default=0.0)
    ordered = normal_ordered(Polynomial(words)).words
    return {w: complex(c) for w, c in sorted(ordered.items()) if abs(c) > ROUNDING * size}


def _times(times: Any) -> tuple[float, ...]:
    try:
        grid = np.unique(np.asarray(times, float))
    except (TypeError, ValueError):
        grid = np.array([np.nan])
    if not np.isfinite(grid).all() or (grid < 0).any():
        raise Unreadable(
            f"The property times must list finite numbers ≥ 0, but is {times!r}.", "Leave it out if in doubt."
        )
    return tuple(grid.tolist())


def _require_hermitian(equation: MasterEquation, model: Any) -> None:
    for t in equation.looks:
        energy, table = asked(model, "f(t)", functools.partial(_at, equation, t))
        at = "" if equation.is_constant else f" at t = {t:.3g}"
        conjugate = dagger(energy)
        size = max(map(abs, energy.values()), default=0.0)
        for w, c in energy.items():
            if abs(c - conjugate.get(w, 0)) > HERMITIAN * size:
                partner = tuple(letter ^ 1 for letter in reversed(w))
                wanted = normal_ordered(Polynomial({partner: np.conj(c)})).words
                raise Unreadable(
                    f"H must be Hermitian, but its term {spelled({w: c})} has no partner {spelled(wanted)}{at}.",
                    "Add the Hermitian conjugate.",
                )
        size = max(map(abs, table.values()), default=0.0)
        for (w, v), c in table.items():
            if abs(c - np.conj(table.get((v, w), 0))) > HERMITIAN * size:
                raise Unreadable(
                    f"The matrix of rates must be Hermitian, but {spelled_number(c)} of {spelled({w: 1})} with "
                    f"{spelled({v: 1})} has no partner{at}.",
                    "Make rates real, and add to a correlated rate Γ_uv its partner Γ_vu = Γ_uv*.",
                )


def _at(equation: MasterEquation, t: float) -> tuple[Words, dict[tuple[Word, Word], complex]]:
    return equation.energy(t), equation.rate_table(t)


def dagger(words: Words) -> Words:
    """The words of the Hermitian conjugate, normally ordered."""
    conjugated = {tuple(letter ^ 1 for letter in reversed(w)): np.conj(c) for w, c in words.items()}
    return {w: complex(c) for w, c in normal_ordered(Polynomial(conjugated)).words.items()}
