"""What places and entries are called in reports: `t = 0.5`, `steady state`; `x1`, `p1`, `x2`, …

>>> label(0.5), label(1.0000001), entry_name(3)
('t = 0.5', 't = 1.0000001', 'p2')
"""

from __future__ import annotations

STEADY = "steady state"


def label(t: float) -> str:
    """A time: in six digits, unless another time could be called the same."""
    short = f"{t:g}"
    return f"t = {short if float(short) == t else repr(float(t))}"


def entry_name(row: int) -> str:
    """`x1`, `p1`, `x2`, … for row numbers 0, 1, 2, …"""
    return f"{'xp'[row % 2]}{row // 2 + 1}"
