r"""The shape that each claimed thing must have, and functions that may give it.

For n modes, T times and a scan of shape (…): A, D, V (…, 2n, 2n), d and ⟨r⟩ (…, 2n), trajectories (T, 2n, 2n), measures
() or (T,) or (…), those of several modes or pairs, or functions of a covariance.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.batched.scan import constant, scan_shape
from crosscheck.diagnosis.code.asking import COVARIANCES, takes
from crosscheck.diagnosis.code.calls import HOLDERS, call, is_understood, needed
from crosscheck.diagnosis.code.frames import VACUUMS
from crosscheck.errors import CrosscheckError, InvalidParameter
from crosscheck.model import parameters
from crosscheck.models.loading import TargetNotFound, told

Array = NDArray[Any]

MEASURES = ("log_negativity", "entropy", "mutual_information", "discord")
QUANTITIES = ("purity", "populations", "squeezing")
CORRELATIONS = ("anomalous", "coherence", "squared")
NUMBERS = (*MEASURES, *QUANTITIES, *CORRELATIONS)
ARRAYS = ("drift", "diffusion", "drive", "covariance", "mean", "covariances", "means")
TIME = frozenset(("t", "time", "tau", "ti", "t_"))
# A matrix of time that is the same at these is constant.
MOMENTS = (0.0, 0.3711, 1.618)
# Functions of these packages are no code on trial.
LIBRARIES = frozenset(("numpy", "scipy", "builtins", "qutip", "sympy", "matplotlib", "pandas", "mpmath", "numba"))


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """The shapes that claims about `model` have: `m` quadratures, `moments` times, the shape of a `scan`."""

    model: Any
    m: int
    moments: int | None
    scan: tuple[int, ...]

    @classmethod
    def of(cls, model: Any, moments: int | None) -> Shapes:
        modes = getattr(model, "modes", None)
        if isinstance(model, type) or not hasattr(model, "hamiltonian") or not isinstance(modes, int):
            hint = "Give a class its parameters, as in `Name.example()`."
            raise InvalidParameter("model", "be a model with its parameters", model, hint)
        return cls(model=model, m=2 * modes, moments=moments, scan=scan_shape(model))

    def taken(self, what: str, name: str, value: Any) -> tuple[Any, str]:
        """What is read under a usual name, and why it is not (empty if it is).

        Functions are called, unless they are functions of a covariance or of time.
        """
        if what == "vacuum" or what == "layout":
            return value, _not_convention(what, value)
        why = "" if what in NUMBERS and not self.scan and _names_modes(value) else _not_data(value)
        if why:
            return None, why
        if what in CORRELATIONS and self.scan:
            return None, "not compared over a scan"
        if what in MEASURES and what != "entropy" and len(getattr(self.model, "observed", range(self.m // 2))) < 2:
            return None, "of one mode only the entropy is compared"
        if callable(value):
            return self._of_function(what, name, value)
        if is_empty(value):
            return None, "empty"
        if isinstance(value, dict):
            return value, ""
        if len(name) == 1 and what in NUMBERS:
            return None, f"a single letter: --use {name}={name} if it is {_THE[what]}"
        return self._of_array(what, value)

    def is_no_claim(self, name: str, value: Any) -> bool:
        """Whether a population or purity of this name is a parameter of the model, or a function of this package."""
        if callable(value):
            return (getattr(value, "__module__", "") or "").partition(".")[0] in ("crosscheck", "gaussian", "fock")
        mine = parameters(self.model)
        number = said(value)
        given = [v for v in map(said, mine.values()) if v is not None]
        return name in mine or (number is not None and any(np.array_equal(number, v) for v in given))

    def chosen(self, what: str, value: Any) -> Any:
        """What was chosen by hand: as it is, if it can be."""
        if what not in NUMBERS and callable(value) and not isinstance(value, type):
            return self._held(what, value)
        return value

    def moves(self, what: str, value: Any) -> bool:
        """Whether an array of a steady state's name is one of `moments` such."""
        numbers = None if callable(value) else said(value)
        rank = 2 if what == "covariance" else 1
        if numbers is None or self.moments is None or self.scan:
            return False
        return numbers.shape == (self.moments, *[self.m] * rank)

    def is_start(self, value: Any) -> bool:
        """Whether a covariance is that of the vacuum, or of the model's preparation, and not its steady state's."""
        numbers = None if value is None or callable(value) or self.scan else said(value)
        if numbers is None or numbers.shape != (self.m, self.m):
            return False
        try:
            start = gaussian.initial_state(self.model).covariance
            steady = gaussian.steady_state(self.model).covariance
        except gaussian.GaussianError:
            return False

        def is_one_of(*states: Array) -> bool:
            return any(np.allclose(numbers, 2 * v * s, rtol=1e-9, atol=0) for s in states for v in VACUUMS)

        return is_one_of(0.5 * np.eye(self.m), start) and not is_one_of(steady)

    def is_matrix(self, value: Any) -> bool:
        numbers = said(value)
        return numbers is not None and numbers.shape == (self.m, self.m) and not np.iscomplexobj(numbers)

    def _of_array(self, what: str, value: Any) -> tuple[Any, str]:
        numbers = said(value)
        if numbers is None:
            return None, "no array of numbers"
        if what not in CORRELATIONS and np.iscomplexobj(numbers) and np.abs(numbers.imag).max() > 0:
            return None, "complex: give that of x and p, which is real"
        if what == "covariance" and not numbers.any():
            return None, "all zeros"
        if np.isnan(numbers).all():
            return None, "NaN"
        fitting = [shape for shape in self._shapes(what) if self._fits(numbers.shape, shape)]
        if fitting and self.scan and numbers.shape in fitting and what not in constant(self.model):
            # What a loop over the scan leaves behind is that of its last point.
            return None, f"{_spelled(numbers.shape)}, not over the scan of {_spelled(self.scan)}"
        if fitting or (what in ("drive", "mean") and numbers.shape in ((self.m, 1), (1, self.m))):
            return value, ""
        given = "a number" if numbers.ndim == 0 else _spelled(numbers.shape)
        return None, f"{given}, not {self._wanted(what)}"

    def _shapes(self, what: str) -> list[tuple[int, ...]]:
        """The shapes after that of the scan."""
        m, times = self.m, self.moments
        if what in ("drift", "diffusion"):
            return [(m, m)]
        if what in ("drive", "mean"):
            return [(m,), *([(times, m)] if what == "mean" and times else [])]
        if what == "covariance":
            return [(m, m), *([(times, m, m)] if times else [])]
        if what == "times":
            return [(times,), ()] if times == 1 else [(times or 0,)]
        if what in ("covariances", "means"):
            return [] if times is None else [(times, m, m) if what == "covariances" else (times, m)]
        several = [(self.m // 2,)] if self.scan and what in QUANTITIES else [] if self.scan else self._several(what)
        return [(), (1,), *([(times,)] if times else []), *several]

    def _several(self, what: str) -> list[tuple[int, ...]]:
        """Of numbers of several modes, or pairs of them, as `subjects.each` takes them."""
        n = self.m // 2
        if what in CORRELATIONS:
            return [(n, n), *([(n,)] if what == "squared" else [])]
        if what in QUANTITIES:
            return [(n,), *([(self.moments, n)] if self.moments else [])]
        if what == "entropy":
            return [(n,)] if n > 1 else []
        return [(n,), (n * (n - 1) // 2,)] if n > 2 else []

    def _fits(self, shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
        """Equal, or over the scan, whose axes may come in the other order."""
        lead, rest = shape[: len(shape) - len(wanted)], shape[len(shape) - len(wanted) :]
        if rest != wanted or (not self.scan and lead):
            return False
        if not self.scan or not lead:
            return True
        try:
            return lead == self.scan[::-1] or np.broadcast_shapes(lead, self.scan) == self.scan
        except ValueError:
            return False

    def _wanted(self, what: str) -> str:
        if what == "times":
            return "one number for each time of a trajectory"
        if what in NUMBERS:
            if self.scan:
                return f"one number for each point of the scan, {_spelled(self.scan)}"
            return "one number, or one for each pair or mode" + (
                f", or for each of {self.moments} times" if self.moments else ""
            )
        shapes = [_spelled(shape) for shape in self._shapes(what)]
        if not shapes:
            return "beside its times"
        over = f", or that over the scan, {_spelled(self.scan)}" if self.scan else ""
        return " or ".join(shapes) + over

    def _of_function(self, what: str, name: str, function: Callable[..., Any]) -> tuple[Any, str]:
        if what in NUMBERS:
            return self._of_measure(what, name, function)
        if what == "times":
            return None, "a function"
        try:
            value = self._held(what, function)
        except CrosscheckError as error:
            asked = [p.name for p in needed(function)]
            # Of a long name, a function of the model's parameters is meant, and must run.
            of_a_dict = what in ("drift", "diffusion") and len(asked) == 1 and asked[0] in HOLDERS
            if len(name) > 1 and (of_a_dict or is_understood(function, self.model)):
                raise
            if error.__cause__ is not None:
                why = told(error.__cause__).rstrip(".")
                return None, f"a function of {', '.join(asked) or 'nothing'} that fails for the model: {why}"
            strange = ", ".join(n for n in asked if n not in parameters(self.model))
            return None, f"a function of {', '.join(asked)}: {strange} is no field of the model"
        if callable(value):
            return value, ""
        if value is None or isinstance(value, str) or is_empty(value):
            return None, f"a function that returns {_kind(value)}"
        return self._of_array(what, value)

    def _held(self, what: str, function: Callable[..., Any]) -> Any:
        """What a function gives; itself if it is one of time, and does depend on it."""
        asked = needed(function)
        if len(asked) == 1 and asked[0].name in TIME and asked[0].name not in parameters(self.model):
            found = [said(_at(function, t, what)) for t in MOMENTS]
            if any(f is None or f.shape != (self.m,) * f.ndim for f in found):
                raise TargetNotFound(
                    f"{what} is a function of time that gives no such array.", "Check what it returns."
                )
            same = all(np.array_equal(np.asarray(found[0]), np.asarray(f)) for f in found[1:])
            return found[0] if same and what in ("drift", "diffusion", "drive") else function
        return call(function, what, self.model)

    def _of_measure(self, what: str, name: str, function: Callable[..., Any]) -> tuple[Any, str]:
        """A function of a covariance (and a party), or of parameters."""
        asked = [p.name for p in needed(function)]
        if len(name) == 1 and not (asked and asked[0] in COVARIANCES):
            return None, f"a single letter: --use {name}={name} if it is {_THE[what]}"
        of_fields = bool(asked) and is_understood(function, self.model)
        if asked and (asked[0] in COVARIANCES or (not of_fields and any(a in COVARIANCES for a in asked))):
            is_known = takes(function) is not None or (what in MEASURES and len(asked) <= 2)
            return (function, "") if is_known else (None, f"it asks for {', '.join(asked)}: wrap it")
        if not asked or is_understood(function, self.model):
            return (
                self._of_array(what, call(function, what, self.model)) if asked or _plain(function) else (function, "")
            )
        # Delta for delta is a parameter, and no covariance.
        known = {name.casefold() for name in parameters(self.model)}
        # A helper called occupation or squeezing is often one of a frequency, or of an angle: it is not tried.
        is_of_one = (
            what in MEASURES
            and len(asked) <= 2
            and not {n.casefold() for n in asked} & known
            and self._answers(function, len(asked))
        )
        if is_of_one:
            return function, ""
        if what not in MEASURES and len(asked) == 1 and self._is_of_matrices(function):
            return function, ""
        of_parameters = what in MEASURES or (asked and asked[0] in HOLDERS)
        if of_parameters and len(asked) == 1 and (value := self._number_of(what, function)) is not None:
            return self._of_array(what, value)
        if what in MEASURES and len(asked) == 1 and asked[0].casefold() not in known:
            return function, ""  # the chain tells why it could not be asked
        return (
            None,
            f"a function of {', '.join(asked)}, which are neither a covariance nor fields of the model: wrap it",
        )

    def _number_of(self, what: str, function: Callable[..., Any]) -> Array | None:
        """What a function gives for the model, or a dict of its fields."""
        try:
            value = said(call(function, what, self.model))
        except CrosscheckError:
            return None
        return None if value is None or np.iscomplexobj(value) else value

    def _is_of_matrices(self, function: Callable[..., Any]) -> bool:
        """Whether a function gives numbers for the covariance of a hot state, and nothing for a number."""
        try:
            value = said(function(1.5 * np.eye(self.m)))
        except Exception:  # it is theirs, and may want something else
            return False
        try:
            return value is not None and value.size <= self.m**2 / 4 and said(function(1.5)) is None
        except Exception:
            return True

    def _answers(self, function: Callable[..., Any], asked: int) -> bool:
        """Whether a function gives a number for the covariance of a hot state, and the modes of a party."""
        observed = len(getattr(self.model, "observed", range(self.m // 2)))
        given = (1.5 * np.eye(2 * observed), list(getattr(self.model, "party", (0,))))[:asked]
        try:
            value = said(function(*given))
        except Exception:  # it is theirs, and may want something else
            return False
        return value is not None and value.size == 1


_THE = {
    "drift": "the drift", "diffusion": "the diffusion", "drive": "the drive", "covariance": "the covariance",
    "mean": "the mean", "covariances": "the covariances", "means": "the means", "log_negativity": "E_N",
    "entropy": "the entropy", "mutual_information": "the mutual information", "discord": "the discord",
    "purity": "the purity", "populations": "the populations", "squeezing": "the squeezing", "anomalous": "⟨ab⟩",
    "coherence": "⟨a†b⟩", "squared": "⟨a²⟩",
}  # fmt: skip


def said(value: Any) -> Array | None:
    """Something as an array of numbers; None if it is none."""
    if value is None:
        return None
    try:
        found = np.asarray(value)
        if found.dtype == object:
            found = np.asarray(found, float)
    except Exception:  # whatever an object of theirs raises, it is no array
        return None
    return found if found.dtype.kind in "iufc" and found.size else None


def is_empty(value: Any) -> bool:
    """Whether a list or array holds nothing."""
    try:
        return not callable(value) and np.size(value) == 0
    except ValueError:  # ragged lists
        return False


def short(value: Any) -> str:
    """`4 × 4`."""
    return _spelled(np.shape(value))


def _spelled(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return f"{shape[0]} numbers" if shape[0] != 1 else "one number"
    return " × ".join(map(str, shape)) if shape else "one number"


def _names_modes(value: Any) -> bool:
    """Whether a dict says by its keys which modes its numbers are of: {(0, 1): 0.2}, {0: 0.3}."""
    if not isinstance(value, dict) or not value:
        return False
    keys = [k for key in value for k in (key if isinstance(key, tuple) else (key,))]
    return all(isinstance(k, int | np.integer) and not isinstance(k, bool) for k in keys)


def _not_data(value: Any) -> str:
    """Why a value is no claim, whatever its shape; empty if it may be one."""
    if value is None or isinstance(value, str | bytes | bool | ModuleType | type | dict | set):
        return _kind(value)
    package = (getattr(value, "__module__", "") if callable(value) else type(value).__module__) or ""
    top = package.partition(".")[0]
    if callable(value) and (top in LIBRARIES or top in sys.stdlib_module_names or isinstance(value, np.ufunc)):
        return f"a function of {'Python' if top in sys.stdlib_module_names or not top else top}"
    if callable(value) and inspect.isbuiltin(value):
        return "a function of a library"
    return "an object of QuTiP" if top == "qutip" else ""


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, ModuleType):
        return f"the module {value.__name__}"
    if isinstance(value, type):
        return "a class"
    return {"str": "a text", "bytes": "a text", "bool": "True or False", "dict": "a dict"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


def _not_convention(what: str, value: Any) -> str:
    if what == "layout":
        return "" if isinstance(value, str) and set(value.lower()) <= set("xpq") else "no order of quadratures"
    numbers = None if callable(value) or isinstance(value, str | bool) else said(value)
    return "" if numbers is not None and numbers.ndim == 0 else "not one number"


def _at(function: Callable[..., Any], t: float, what: str) -> Any:
    try:
        return function(t)
    except Exception as error:
        raise TargetNotFound(f"{what} failed at t = {t:g}.", "Make it run first.") from error


def _plain(function: Callable[..., Any]) -> bool:
    """Whether a function takes no argument at all, and so can only give a number."""
    try:
        return not inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
