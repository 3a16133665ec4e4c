"""A result as plain data: its fields by name, and what it was made with.

Numbers that are not finite become null, enumerations their words, fractions and decimals text.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from numbers import Integral, Real
from typing import Any

# Raised whenever a name in the JSON changes its meaning or goes.
SCHEMA = 1
PACKAGES = ("fock-crosscheck", "qutip", "numpy", "scipy", "python-flint")


def envelope() -> dict[str, Any]:
    """Schema version, date (UTC) and package versions."""
    found = {name: known for name in PACKAGES if (known := version_of(name)) is not None}
    return {
        "schema": SCHEMA,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": found,
    }


def version_of(name: str) -> str | None:
    """The version of an installed distribution."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def plain(x: Any) -> Any:
    """What JSON can hold of x.

    >>> plain({"E_N": math.inf, "party": (0,), "g": Fraction(1, 3), "alpha": 1 + 2j})
    {'E_N': None, 'party': [0], 'g': '1/3', 'alpha': {'real': 1.0, 'imag': 2.0}}
    """
    if x is None or isinstance(x, (str, bool)):
        return str(x) if isinstance(x, Enum) else x
    if isinstance(x, Fraction):
        return str(x)
    if isinstance(x, Integral):
        return int(x)
    if isinstance(x, Real):
        return float(x) if math.isfinite(x) else None
    if isinstance(x, complex):
        return {"real": plain(x.real), "imag": plain(x.imag)}
    if hasattr(type(x), "json_fields"):
        return {key: plain(value) for key, value in fields_of(x).items()}
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return {field.name: plain(getattr(x, field.name)) for field in dataclasses.fields(x)}
    if isinstance(x, Mapping):
        return {str(key): plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple, set, frozenset)):
        return [plain(value) for value in x]
    if hasattr(x, "__array__") and not hasattr(x, "tolist"):  # xarray's
        x = x.__array__()
    return plain(x.tolist()) if hasattr(x, "tolist") else str(x)


def fields_of(x: Any) -> dict[str, Any]:
    """What a class lists as its `json_fields`: names of attributes, or `key=attribute.of.attribute`."""
    found = {}
    for field in x.json_fields:
        key, _, path = field.partition("=")
        value = x
        for name in (path or key).split("."):
            value = value[name] if isinstance(value, Mapping) else getattr(value, name)
        found[key] = value
    return found


def to_json(data: Any, indent: int = 2, *, ascii_only: bool = False) -> str:
    """Plain data as JSON text."""
    return json.dumps(data, indent=indent, ensure_ascii=ascii_only, allow_nan=False)
