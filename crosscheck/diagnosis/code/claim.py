r"""What somebody's code claims of a model: arrays, or functions that give them, in whatever conventions it uses.

>>> from crosscheck.models import BathBeamSplitter
>>> claim = Claim(model=BathBeamSplitter.example(), drift=lambda g, kappa: -kappa / 2 * np.eye(4) + g * np.eye(4)[::-1])
>>> claim.arrays()["drift"][0]
array([-0.5,  0. ,  0. ,  0.5])
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.inquiry import require_tolerance
from crosscheck.errors import InvalidParameter
from crosscheck.model import require
from crosscheck.models.loading import TargetNotFound, told

Array = NDArray[Any]

# A code's own rounding, and the digits that somebody typed, stay far below; a factor of 1.00001 does not.
TOLERANCE = 1e-6
MEASURES = ("log_negativity", "entropy", "mutual_information", "discord")
MATRICES = ("drift", "diffusion", "covariance", "covariances")
ALIASES = {
    "drift": ("drift", "A", "drift_matrix"),
    "diffusion": ("diffusion", "D", "diffusion_matrix"),
    "drive": ("drive", "d"),
    "covariance": ("covariance", "sigma", "V", "cov", "steady_covariance", "covariance_matrix"),
    "mean": ("mean", "steady_mean", "r_mean"),
    "times": ("times", "t", "tlist"),
    "covariances": ("covariances", "sigmas", "covariance_trajectory"),
    "means": ("means", "mean_trajectory"),
    "log_negativity": ("log_negativity", "logneg", "E_N", "EN", "logarithmic_negativity"),
    "entropy": ("entropy", "S", "von_neumann_entropy"),
    "mutual_information": ("mutual_information", "I", "mutual_info"),
    "discord": ("discord", "gaussian_discord"),
    "vacuum": ("vacuum",),
    "layout": ("layout", "ordering"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Claim:
    """What a code says of `model`. All but the model may be left out; functions are called as their arguments ask.

    Args:
        model: the model that the code claims to be about.
        drift, diffusion: A and D, shape (2n, 2n), of d⟨r⟩/dt = A⟨r⟩ + d and dσ/dt = Aσ + σAᵀ + D.
        drive: d, shape (2n,).
        covariance, mean: of the steady state, (2n, 2n) and (2n,).
        times, covariances, means: a trajectory, (T,), (T, 2n, 2n) and (T, 2n), from the model's preparation at t = 0.
        log_negativity, entropy, mutual_information, discord: numbers for the steady state (at `times`, if there is a
            trajectory and no steady covariance: one for each), or functions of a covariance matrix.
        vacuum, layout: the variance of the vacuum and the order of the quadratures ("xpxp" or "xxpp"), where they are
            known: then they are not up for guessing.
        tolerance: how far right entries may be off, relatively; printed digits and integrated trajectories may be off
            by more by themselves.

    A function may take no arguments, the model, or parameters with the names of its fields.
    """

    model: Any
    drift: Any = None
    diffusion: Any = None
    drive: Any = None
    covariance: Any = None
    mean: Any = None
    times: Any = None
    covariances: Any = None
    means: Any = None
    log_negativity: Any = None
    entropy: Any = None
    mutual_information: Any = None
    discord: Any = None
    vacuum: float | None = None
    layout: str | None = None
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        require_tolerance(self.tolerance)
        if self.vacuum is not None:
            hint = "Give the variance of x in the vacuum, or leave it out: it is then found."
            require("vacuum", self.vacuum, "be > 0", lambda v: v > 0, hint)
            require("vacuum", self.vacuum, "be one number", lambda v: np.ndim(v) == 0, hint)
        if self.layout is not None and (not isinstance(self.layout, str) or self.layout not in ("xpxp", "xxpp")):
            hint = "Leave it out if you do not know: it is then found."
            raise InvalidParameter("layout", "be 'xpxp' or 'xxpp'", self.layout, hint)
        if isinstance(self.model, type) or not hasattr(self.model, "hamiltonian"):
            hint = "Give a class its parameters, as in `Name.example()`."
            raise InvalidParameter("model", "be a model with its parameters", self.model, hint)
        if not isinstance(getattr(self.model, "modes", None), int) or self.model.modes < 1:
            hint = "Return the number of ladder operators that its methods take."
            raise InvalidParameter("model", "have an integer ≥ 1 for its modes", self.model, hint)
        told_of = [name for name in ALIASES if name not in ("times", "vacuum", "layout")]
        if all(getattr(self, name) is None for name in told_of):
            hint = "Name what is to be diagnosed so, or hand it over in a Claim(…)."
            raise InvalidParameter("claim", f"hold at least one of {', '.join(told_of)}", None, hint)
        moving = any(getattr(self, name) is not None for name in ("covariances", "means"))
        timed = moving or self.drift is not None or bool(self.measures())
        if (moving and self.times is None) or (self.times is not None and not timed):
            hint = "Give `times` and `covariances` (or `means`, or one measure for each time) together."
            raise InvalidParameter("times", "come with a trajectory, and a trajectory with its times", self.times, hint)

    @classmethod
    def of(cls, found: Any, model: Any = None, **options: Any) -> Claim:
        """A claim from a module, a class, a dict or an object with attributes of these names, or other usual ones."""
        options = {name: value for name, value in options.items() if value is not None}
        if isinstance(found, Claim):
            return replace(found, **options) if options else found
        holder = _attributes(found)
        named = {}
        for field, present in names_in(holder).items():
            if len(present) > 1 and any(holder[name] is not holder[present[0]] for name in present[1:]):
                hint = "Leave one out, or make a Claim(…) of those that are meant."
                raise InvalidParameter(field, "be given once", " and ".join(present), hint)
            named[field] = holder[present[0]]
        model = holder.get("model") if model is None else model
        if model is None:
            raise InvalidParameter("model", "be given", None, "Add `model = …` beside the matrices, or --model NAME.")
        return cls(model=model, **(named | options))

    @property
    def modes(self) -> int:
        return int(self.model.modes)

    def arrays(self) -> dict[str, Array]:
        """The claimed arrays, checked for shape and for being finite and real.

        Raises:
            InvalidParameter: one is not what it must be.
            TargetNotFound: a function of the code failed; its line is named.
        """
        m = 2 * self.modes
        moments = None if self.times is None else len(np.atleast_1d(np.asarray(self.times, float)))
        shapes = {
            "drift": (m, m), "diffusion": (m, m), "drive": (m,), "covariance": (m, m), "mean": (m,),
            "times": (moments,), "covariances": (moments, m, m), "means": (moments, m),
        }  # fmt: skip
        found = {}
        for name, shape in shapes.items():
            value = getattr(self, name)
            if value is not None:
                value = call(value, name, self.model) if callable(value) else value
                found[name] = _array(name, value, shape)
        if "times" in found:
            require("times", found["times"], "be ≥ 0", lambda v: v >= 0, "The model starts at t = 0.")
        return found

    def measures(self) -> dict[str, Any]:
        """The claimed measures: numbers, arrays over `times`, or functions of a covariance."""
        return {name: getattr(self, name) for name in MEASURES if getattr(self, name) is not None}


def call(function: Callable[..., Any], name: str, model: Any) -> Any:
    """A function of the code, with the arguments that it asks for.

    Raises:
        InvalidParameter: it asks for something that the model does not have.
        TargetNotFound: it raised.
    """
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    try:
        asked = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        asked = []
    needed = [p for p in asked if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    known = {f.name for f in fields(model)} if hasattr(model, "__dataclass_fields__") else set(vars(model))
    if all(p.name in known for p in needed):
        for p in asked:
            if p.name in known and p.kind is p.POSITIONAL_ONLY:
                arguments.append(getattr(model, p.name))
            elif p.name in known and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY):
                named[p.name] = getattr(model, p.name)
    elif len(needed) == 1:
        arguments.append(model)
    else:
        strange = ", ".join(p.name for p in needed if p.name not in known)
        mine = getattr(function, "__name__", name)
        hint = f"Wrap it, as in Claim(…, {name}=lambda model: {mine}(…)): {strange} is no field."
        fields_of = f"ask for fields of the model ({', '.join(sorted(known))})"
        raise InvalidParameter(name, fields_of, f"{mine}{inspect.signature(function)}", hint)
    try:
        return function(*arguments, **named)
    except Exception as error:
        raise TargetNotFound(f"The function given as {name} failed: {told(error)}", "Make it run first.") from error


def _array(name: str, value: Any, shape: tuple[int | None, ...]) -> Array:
    try:
        raw = np.asarray(value)
        if np.iscomplexobj(raw) and raw.imag.any():
            largest = float(np.abs(raw.imag).max())
            why = "Give the matrix of (x, p, …), which is real: that of (a, a†, …) is not."
            raise InvalidParameter(name, "be real", f"complex, with imaginary parts up to {largest:.2g}", why)
        found = np.asarray(raw.real if np.iscomplexobj(raw) else raw, float)
    except InvalidParameter:
        raise
    except (TypeError, ValueError):
        hint = "Give numbers: a complex drift belongs to ladder operators, and must be turned into that of x and p."
        raise InvalidParameter(name, "be an array of real numbers", value, hint) from None
    if found.ndim == 2 and len(shape) == 1 and 1 in found.shape:
        found = found.ravel()
    if found.shape != shape:
        spelled = " × ".join("T" if n is None else str(n) for n in shape)
        hint = "Check the number of modes of the model: there are two rows for each."
        raise InvalidParameter(name, f"have the shape {spelled}", found.shape, hint)
    if not np.isfinite(found).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(found))[0])
        hint = "A division by zero or a singular solve is the usual cause."
        raise InvalidParameter(f"{name}{list(where)}", "be finite", float(found[where]), hint)
    return found


def names_in(holder: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of a claim that something holds, and the names under which it does."""
    found = {field: [name for name in aliases if name in holder] for field, aliases in ALIASES.items()}
    return {field: names for field, names in found.items() if names}


def is_code(module: ModuleType, *, named: bool) -> bool:
    """Whether a file is somebody's code: it holds matrices, or whatever is `named` as one with its model."""
    holder = vars(module)
    present = names_in(holder)
    matrices = [holder[n] for field in MATRICES for n in present.get(field, ())]
    return any(callable(m) or np.ndim(m) for m in matrices) or (bool(present) and (named or "model" in holder))


def _attributes(found: Any) -> Mapping[str, Any]:
    """Names and values of a dict, a module, a class or an instance; functions of `self` are those of an instance."""
    if isinstance(found, Mapping):
        return found
    holder = found
    if isinstance(found, type):
        with contextlib.suppress(TypeError):  # it asks for arguments, that nobody knows here
            holder = found()
    names: Sequence[str] = [name for name in dir(found) if not name.startswith("_")]
    return {name: getattr(found if _is_free(found, name) else holder, name) for name in names}


def _is_free(found: Any, name: str) -> bool:
    """Whether a class holds a plain function, without `self`, under this name."""
    raw = inspect.getattr_static(found, name)
    return isinstance(found, type) and inspect.isfunction(raw) and "self" not in list(inspect.signature(raw).parameters)
