r"""What somebody's code claims of a model: arrays, or functions that give them, in whatever conventions it uses.

>>> from crosscheck.models import BathBeamSplitter
>>> claim = Claim(model=BathBeamSplitter.example(), drift=lambda g, kappa: -kappa / 2 * np.eye(4) + g * np.eye(4)[::-1])
>>> claim.arrays()["drift"][0]
array([-0.5,  0. ,  0. ,  0.5])
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.certificates.inquiry import require_tolerance
from crosscheck.diagnosis.code.calls import call
from crosscheck.diagnosis.code.names import ALIASES, Reading, read
from crosscheck.diagnosis.code.shapes import NUMBERS
from crosscheck.errors import InvalidParameter
from crosscheck.model import require

Array = NDArray[Any]

# A code's own rounding, and the digits that somebody typed, stay far below; a factor of 1.00001 does not.
TOLERANCE = 1e-6


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
        purity, populations, squeezing: 1/√det 2σ, ⟨a_j†a_j⟩ and the least eigenvalue of 2σ (or in dB): numbers, one for
            each mode, a dict by mode, or functions of a covariance matrix.
        anomalous, coherence, squared: ⟨a_j a_k⟩, ⟨a_j†a_k⟩ and ⟨a_j²⟩, complex: one number, (n, n) of all pairs, a
            dict as {(0, 1): …}, one for each of `times`, or functions of a covariance matrix.
        vacuum, layout: the variance of the vacuum and the order of the quadratures ("xpxp" or "xxpp"), where they are
            known: then they are not up for guessing.
        tolerance: how far right entries may be off, relatively; printed digits and integrated trajectories may be off
            by more by themselves.

    A function may take no arguments, the model, parameters with the names of its fields, or a dict of these. Where the
    fields of the model are arrays (a scan), arrays and numbers are those of all its points, in its shape.
    `reading` is what `Claim.of` read under which names.
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
    purity: Any = None
    populations: Any = None
    squeezing: Any = None
    anomalous: Any = None
    coherence: Any = None
    squared: Any = None
    vacuum: float | None = None
    layout: str | None = None
    tolerance: float = TOLERANCE
    reading: Reading = field(default=Reading(), repr=False)

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
    def of(cls, found: Any, model: Any = None, *, use: Any = None, **options: Any) -> Claim:
        """A claim from a module, a class, a dict or an object with attributes of these names, or other usual ones.

        Only what has the right shape is taken; `use` says what is meant (`"A=drift_ss,E_N=none"`); `reading` tells.
        """
        options = {name: value for name, value in options.items() if value is not None}
        if isinstance(found, Claim):
            if use is not None:
                raise InvalidParameter("use", "be left out where the target is a Claim", use, "Change the Claim.")
            return replace(found, **options) if options else found
        holder = _attributes(found)
        model = holder.get("model") if model is None else model
        if model is None:
            raise InvalidParameter("model", "be given", None, "Add `model = …` beside the matrices, or --model NAME.")
        reading = read(holder, model, use, meant=isinstance(found, Mapping))
        return cls(model=model, **(dict(reading.values) | options), reading=reading)

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
        return {name: getattr(self, name) for name in NUMBERS if getattr(self, name) is not None}


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
