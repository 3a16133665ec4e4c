r"""Names that are chosen by hand: `A=drift_ss,D=noise,E_N=none`, their name on the right.

>>> chosen_names("A=drift_ss, E_N=none", {"drift_ss": 1.0}, {"drift": ("drift", "A"), "log_negativity": ("E_N",)})
{'drift': 'drift_ss', 'log_negativity': None}
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from crosscheck.errors import InvalidParameter

FORM = "Write what it is, an equals sign and the name in the file, as in A=drift_ss,D=noise,E_N=none."


def chosen_names(use: Any, holder: Mapping[str, Any], aliases: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    """The fields that are chosen, with their name in `holder`; None for what is to be left out.

    Args:
        use: a text, a list of such, or a dict; None chooses nothing.
        holder: the names that there are.
        aliases: the fields, and what else they are called.

    Raises:
        InvalidParameter: no such field, or no such name.
    """
    found: dict[str, str | None] = {}
    for what, name in _pairs(use):
        field = next((f for f, others in aliases.items() if what == f or what in others), None)
        if field is None:
            names = [n for f, others in aliases.items() for n in (f, *others)]
            near = difflib.get_close_matches(what, names, n=2)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"Choose from {', '.join(aliases)}."
            raise InvalidParameter("use", "say what something is", f"{what}={name}", hint)
        if name is None:
            found[field] = None
            continue
        if name not in holder:
            there = [n for n in holder if not n.startswith("_")]
            near = difflib.get_close_matches(name, there, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"Choose from {', '.join(there[:12])}."
            raise InvalidParameter("use", "name something that is there", f"{what}={name}", hint)
        if field in found and found[field] != name:
            raise InvalidParameter("use", "choose each thing once", f"{what}={name}", "Leave one of them out.")
        found[field] = name
    return found


def _pairs(use: Any) -> list[tuple[str, str | None]]:
    if use is None:
        return []
    if isinstance(use, Mapping):
        return [(str(what), _name(name)) for what, name in use.items()]
    parts = [part.strip() for text in ([use] if isinstance(use, str) else use) for part in str(text).split(",")]
    pairs = []
    for part in filter(None, parts):
        what, equals, name = (piece.strip() for piece in part.partition("="))
        if not (what and equals and name):
            raise InvalidParameter("use", "be of the form WHAT=NAME", part, FORM)
        pairs.append((what, _name(name)))
    return pairs


def _name(name: Any) -> str | None:
    return None if name is None or str(name).lower() == "none" else str(name)
