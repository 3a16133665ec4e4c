r"""Which of the names in somebody's code are taken for what: by their usual names, and only in the right shape.

    A, D: (2n, 2n);   d: (2n,);   V: (2n, 2n), or (T, 2n, 2n) beside T times;   E_N: a number, T numbers, a function

A name that is used for something else in the same file is left alone, and told. What is chosen by `use` must have the
right shape. Single letters are no entropy or information unless they are chosen. Over a scan all shapes may begin with
that of the scan.

>>> from crosscheck.models import BathBeamSplitter
>>> found = read({"A": -np.eye(4) / 2, "drift_ss": np.eye(4), "S": 2.0, "E_N": []}, BathBeamSplitter.example())
>>> print(*found.lines, sep="\n")
Read: A as the drift.
Not read: E_N (empty); S = 2 (a single letter: --use S=S if it is the entropy).
Not known by name, but 4 × 4: drift_ss. If one is meant, say so: --use D=drift_ss.
The verdict is about A alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.diagnosis.code.chosen import chosen_names
from crosscheck.diagnosis.code.shapes import ARRAYS, CORRELATIONS, NUMBERS, QUANTITIES, Shapes, said, short
from crosscheck.errors import InvalidParameter
from crosscheck.model import parameters

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
    "purity": ("purity",),
    "populations": ("populations", "nbar_ss", "occupation", "occupations", "phonons", "photons"),
    "squeezing": ("squeezing", "squeezing_db", "squeezing_dB"),
    "anomalous": ("anomalous", "anomalous_correlation", "ab", "mean_ab", "exp_ab", "expect_ab", "corr_ab", "m_ab"),
    "coherence": ("coherence", "adag_b", "adagb", "adb", "mean_adag_b", "exp_adag_b", "expect_adag_b", "corr_adag_b"),
    "squared": ("squared", "a2", "aa", "a_squared", "mean_a2", "exp_a2", "expect_a2", "m_aa"),
    "vacuum": ("vacuum",),
    "layout": ("layout", "ordering"),
}
# Taken where none of the above is there.
SELDOM = {
    "covariance": ("sigma_ss", "V_ss", "Vss", "V_steady", "cov_mat", "covmat", "sig"),
    "covariances": ("Vt", "V_t", "sigma_t", "cov_t", "Vs", "covs", "sigmas_t"),
    "times": ("ts",),
}
MATRICES = ("drift", "diffusion", "covariance", "covariances")
# An array of T moments of a steady state's name is a trajectory.
MOVING = {"covariance": "covariances", "mean": "means"}
WORDS = {
    "drift": "the drift", "diffusion": "the diffusion", "drive": "the drive", "covariance": "the steady covariance",
    "mean": "the steady mean", "times": "the times", "covariances": "the covariances", "means": "the means",
    "log_negativity": "E_N", "entropy": "the entropy", "mutual_information": "the mutual information",
    "discord": "the discord", "purity": "the purity", "populations": "the populations",
    "squeezing": "the squeezing", "anomalous": "⟨ab⟩", "coherence": "⟨a†b⟩", "squared": "⟨a²⟩",
    "vacuum": "the variance of the vacuum", "layout": "the order of the quadratures",
}  # fmt: skip
LETTERS = {"drift": "A", "diffusion": "D", "covariance": "V"}
# A file is no code for a number of such a name alone, and a parameter may have one.
PARTICULAR = (*QUANTITIES, *CORRELATIONS)
# Of what is there besides, so many are listed.
MOST_LISTED = 6


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read: `values` of fields, the `fields` by their name there; what was not and why; what is `alike`.

    `unknown` are other keys of a dict, which was made to be read; `lacking` is what `alike` may be, as in `use`.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    alike: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lacking: str = "A"

    @property
    def lines(self) -> list[str]:
        """What was read, as what, and what was not, as sentences; none if nothing was named."""
        told = []
        if self.fields:
            told.append(f"Read: {', '.join(_as(name, what) for name, what in self.fields.items())}.")
        if self.unread:
            told.append(f"Not read: {'; '.join(f'{name} ({why})' for name, why in self.unread.items())}.")
        if self.left_out:
            told.append(f"Left out, as asked: {', '.join(WORDS[what] for what in self.left_out)}.")
        if self.alike:
            first, shape = next(iter(self.alike.items()))
            told.append(
                f"Not known by name, but {shape}: {_some(self.alike)}. If one is meant, say so: "
                f"--use {self.lacking}={first}."
            )
        if self.unknown:
            told.append(f"Not known by name, and not read: {_some(self.unknown)}.")
        if self.is_partial and self.fields:
            told.append(f"The verdict is about {', '.join(self.fields)} alone.")
        return told

    @property
    def is_partial(self) -> bool:
        """Whether something that might be meant was not read."""
        return bool(self.unread or self.alike or self.unknown)


def read(holder: Mapping[str, Any], model: Any, use: Any = None, *, meant: bool = False) -> Reading:
    """What a claim about `model` takes from the names and values of a code.

    Args:
        holder: names and values.
        model: the model, whose modes (and scan) fix the shapes.
        meant: all names were put there to be read, as in a dict: others than usual ones are told.
        use: what is meant by whom, as `"A=drift_ss,E_N=none"` or `{"A": "drift_ss", "E_N": None}`.

    Raises:
        InvalidParameter: a chosen name is not there, one thing is given by several names that differ, or nothing at all
            can be read.
        TargetNotFound: a function that asks for fields of the model failed.
    """
    chosen = chosen_names(use, holder, ALIASES | {"populations": (*ALIASES["populations"], "n")})
    shapes = Shapes.of(model, _moments(holder, chosen))
    unread: dict[str, str] = {}
    candidates: dict[str, dict[str, Any]] = {}
    for what, aliases in ALIASES.items():
        spellings = (aliases, SELDOM.get(what, ())) if what not in chosen else ()
        names = next((some for words in spellings if (some := [name for name in words if name in holder])), [])
        for name in names:
            if name in chosen.values() or (what in PARTICULAR and shapes.is_no_claim(name, holder[name])):
                continue
            value, why = shapes.taken(what, name, holder[name])
            if why:
                unread[_shown(name, holder[name])] = why
            else:
                becomes = MOVING[what] if what in MOVING and shapes.moves(what, value) else what
                candidates.setdefault(becomes, {})[name] = value
    values: dict[str, Any] = {}
    fields: dict[str, str] = {}
    for what, found in candidates.items():
        kept = _one(what, _spoken(found), unread) if len(found) > 1 else found
        fields |= dict.fromkeys(kept, what)
        values[what] = next(iter(kept.values()))
    for what, named in chosen.items():
        if named is not None:
            values[what] = shapes.chosen(what, holder[named])
            fields[named] = what
    _without_times(values, fields, unread)
    if (
        {"drift", "diffusion"} <= set(values)
        and "covariance" not in chosen
        and shapes.is_start(values.get("covariance"))
    ):
        _drop("covariance", "a start, not the steady state", values, fields, unread)
    left_out = tuple(what for what, name in chosen.items() if name is None)
    alike = _alike(holder, fields, unread, shapes, values, meant=meant)
    usual = (name for aliases in ALIASES.values() for name in aliases)  # read, left out as asked, or told already
    known = {*fields, *unread, *alike, *parameters(model), *usual, "model"}
    reading = Reading(
        values=values,
        fields=fields,
        unread=unread,
        alike=alike,
        left_out=left_out,
        unknown=tuple(n for n in holder if n not in known and not n.startswith("_")) if meant else (),
        lacking=next((w for what, w in LETTERS.items() if what not in values), "A"),
    )
    _require_something(reading)
    return reading


def names_in(holder: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of a claim that something may hold, and the names under which it does."""
    found = {what: [name for name in aliases if name in holder] for what, aliases in ALIASES.items()}
    return {what: names for what, names in found.items() if names}


def is_code(module: ModuleType, *, named: bool) -> bool:
    """Whether a file is somebody's code: it holds matrices, or whatever is `named` as one with its model."""
    holder = vars(module)
    present = {what: names for what, names in names_in(holder).items() if what not in PARTICULAR}
    matrices = [holder[n] for what in MATRICES for n in present.get(what, ())]
    return any(callable(m) or _has_rows(m) for m in matrices) or named or (bool(present) and "model" in holder)


def _has_rows(value: Any) -> bool:
    numbers = said(value)
    return numbers is not None and numbers.ndim > 0


def _some(names: Iterable[str]) -> str:
    """The first of many names."""
    found = list(names)
    more = f" and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
    return ", ".join(found[:MOST_LISTED]) + more


def _as(name: str, what: str) -> str:
    return name if name in (what, WORDS[what]) else f"{name} as {WORDS[what]}"


def _shown(name: str, value: Any) -> str:
    """`S = 2`, or the name alone."""
    return f"{name} = {value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else name


def _moments(holder: Mapping[str, Any], chosen: Mapping[str, str | None]) -> int | None:
    """The number of times that come with a trajectory, if there are any; of several lists that of the one that fits."""
    names = [chosen["times"]] if "times" in chosen else (*ALIASES["times"], *SELDOM["times"])
    lists = [_numbers_of(holder.get(name)) for name in names if name is not None]
    sizes = [int(n.size) for n in sorted((n for n in lists if n is not None and n.ndim <= 1), key=lambda n: -n.ndim)]
    moving = [
        name for what in (*MOVING, *MOVING.values(), *NUMBERS) for name in (*ALIASES[what], *SELDOM.get(what, ()))
    ]
    leads = {n.shape[0] for n in (_numbers_of(holder.get(name)) for name in moving) if n is not None and n.ndim}
    return next((size for size in sizes if size in leads), sizes[0] if sizes else None)


def _numbers_of(value: Any) -> Any:
    return None if callable(value) else said(value)


def _spoken(found: dict[str, Any]) -> dict[str, Any]:
    """Of arrays that are nothing but zeros and others, the others: they were made to be filled."""
    full = {name: value for name, value in found.items() if not np.ndim(value) or np.any(np.asarray(value, object))}
    return full or found


def _one(what: str, found: dict[str, Any], unread: dict[str, str]) -> dict[str, Any]:
    """All names of one thing if they agree; of a measure, numbers before the function that gave them."""
    if what in NUMBERS:
        numbers = {name: value for name, value in found.items() if not callable(value)}
        if numbers and len(numbers) < len(found):
            first = next(iter(numbers))
            unread |= {name: f"a function, and {first} holds its numbers" for name in found if name not in numbers}
            found = numbers
    first, *others = found.values()
    if all(_same(first, other) for other in others):
        return found
    hint = (
        f"Choose the one that is meant: --use {what}={next(iter(found))}, or use='…' in Python; "
        f"{what}=none leaves all of them out."
    )
    raise InvalidParameter(what, "be given once", " and ".join(found), hint)


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if callable(one) or callable(other) or isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    a, b = np.asarray(one), np.asarray(other)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-12, atol=0, equal_nan=True))


def _without_times(values: dict[str, Any], fields: dict[str, str], unread: dict[str, str]) -> None:
    """Times without a trajectory, and a trajectory without times, are something else."""
    moving = any(name in values for name in ("covariances", "means"))
    listed = any(np.ndim(values[m]) in (1, 2) for m in NUMBERS if m in values and not callable(values[m]))
    if "times" in values and not (moving or listed):
        _drop("times", "no trajectory beside it", values, fields, unread)
    if "times" not in values:
        for what in ("covariances", "means"):
            _drop(what, "no times beside it", values, fields, unread)


def _drop(what: str, why: str, values: dict[str, Any], fields: dict[str, str], unread: dict[str, str]) -> None:
    values.pop(what, None)
    for name in [name for name, of in fields.items() if of == what]:
        del fields[name]
        unread[name] = why


def _alike(
    holder: Mapping[str, Any],
    fields: Mapping[str, str],
    unread: Mapping[str, str],
    shapes: Shapes,
    values: Mapping[str, Any],
    *,
    meant: bool,
) -> dict[str, str]:
    """Other names of matrices of the right size, with their shape, where one of A, D and σ is still missing.

    In a file of many names, σ or A and D are enough.
    """
    if set(LETTERS) <= set(values) or (not meant and ({"drift", "diffusion"} <= set(values) or "covariance" in values)):
        return {}
    found = {}
    for name, value in holder.items():
        known = name in fields or name in unread or name.startswith("_")
        if known or not isinstance(value, np.ndarray | list) or not shapes.is_matrix(value):
            continue
        if not any(_same(value, kept) for what, kept in values.items() if what in ARRAYS):
            found[name] = short(value)
    return found


def _require_something(reading: Reading) -> None:
    if set(reading.values) - {"times", "vacuum", "layout"}:
        return
    told_of = [what for what in ALIASES if what not in ("times", "vacuum", "layout")]
    told = " ".join(reading.lines).rstrip(".") or "Nothing of that is there"
    hint = f"{told}. Name what is to be diagnosed so, or choose it (--use A=NAME)."
    raise InvalidParameter("claim", f"hold at least one of {', '.join(told_of)}", None, hint)
