"""Engines that are installed, found through entry points of the group `crosscheck.engines`; ours are registered so too.

A plug-in that cannot be loaded is listed with the reason, and with what would install it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points
from typing import Any, ClassVar

from crosscheck.engine import Engine
from crosscheck.engines.adoption import adopt
from crosscheck.errors import CrosscheckError

GROUP = "crosscheck.engines"


class UnknownEngine(CrosscheckError, LookupError):
    """No engine of that name is registered."""


class BrokenEngine(CrosscheckError):
    """A registered engine cannot be loaded; the message says why and what would help."""


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A name, the version of the package behind it, and its engines, one a variant; or why it has none, and advice."""

    name: str
    version: str
    engines: tuple[Engine, ...] = ()
    broken: str = ""
    advice: str = ""

    json_fields: ClassVar[tuple[str, ...]] = ("engine=name", "reason=broken", "advice")

    def raise_for_broken(self) -> Plugin:
        """Itself. Raises BrokenEngine if it could not be loaded."""
        if self.broken:
            raise BrokenEngine(f"The engine {self.name} cannot be loaded: {self.broken}", self.advice)
        return self


def plugins(names: Iterable[str] = ()) -> list[Plugin]:
    """Those of the given names, or all that are registered, by name.

    Raises:
        UnknownEngine: a name that is not registered; the message lists those that are.
    """
    known = {point.name: point for point in entry_points(group=GROUP)}
    chosen = list(dict.fromkeys(names)) or sorted(known)
    for name in chosen:
        if name not in known:
            registered = ", ".join(sorted(known)) or "none at all"
            hint = "Take one of these, or install this package again: entry points are written when it is."
            raise UnknownEngine(f"There is no engine {name!r}; registered are {registered}.", hint)
    return [_loaded(known[name]) for name in chosen]


def _loaded(point: EntryPoint) -> Plugin:
    try:
        found = point.load()
        version = _version(getattr(found, "DISTRIBUTION", point.dist.name if point.dist else ""))
        variants = getattr(found, "VARIANTS", {"": found})
        if not isinstance(variants, Mapping) or not variants:
            raise TypeError(f"VARIANTS must map labels to objects, but is {variants!r}")
        engines = tuple(
            adopt(offer, f"{point.name}, {label}" if label else point.name, version)
            for label, offer in variants.items()
        )
    except ModuleNotFoundError as error:
        return Plugin(name=point.name, version="", broken=f"{error}.", advice=_hint(point, error))
    except Exception as error:  # somebody else's code: whatever it raises is why it is not here
        advice = "Ask those who wrote it, or install another version of it."
        return Plugin(name=point.name, version="", broken=f"{type(error).__name__}: {error}.", advice=advice)
    return Plugin(name=point.name, version=version, engines=engines)


def _version(name: str) -> str:
    try:
        return distribution(name).version
    except (PackageNotFoundError, ValueError):
        return ""


def _hint(point: EntryPoint, error: ModuleNotFoundError) -> str:
    """What to install: the extra that holds a package's peers, if it has one."""
    extras: Any = (point.dist.metadata.get_all("Provides-Extra") or []) if point.dist else []
    what = f"{point.dist.name}[peers]" if point.dist and "peers" in extras else error.name
    return f'Install it with: pip install "{what}".'
