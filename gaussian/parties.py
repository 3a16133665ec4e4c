"""Bipartitions: the modes of one party and all the others; pairs of modes."""

import itertools
from collections.abc import Sequence

from gaussian.errors import InvalidArgument
from gaussian.symplectic import as_modes

# 2ⁿ⁻¹ − 1 bipartitions: 32767 of sixteen modes take some ten seconds.
MOST_MODES = 16


def split(party: Sequence[int], modes: int, name: str = "party") -> tuple[list[int], list[int]]:
    """(modes of the party, the other modes) of a system of `modes` modes; neither may be empty."""
    one = as_modes(party, modes, name)
    other = [m for m in range(modes) if m not in one]
    if not one or not other:
        raise InvalidArgument(
            f"Argument {name} must leave modes on both sides, but is {one} of {modes} mode{'s' if modes > 1 else ''}.",
            "Name one side of two; modes count from 0.",
        )
    return one, other


def bipartitions(modes: int) -> list[tuple[int, ...]]:
    """Every bipartition once, as the modes of its smaller side; of two equal sides the one with mode 0.

    >>> bipartitions(3), bipartitions(4)[4:]
    ([(0,), (1,), (2,)], [(0, 1), (0, 2), (0, 3)])

    Raises:
        InvalidArgument: one mode, or more than 16.
    """
    if not 2 <= modes <= MOST_MODES:
        raise InvalidArgument(
            f"Bipartitions are listed for 2 to {MOST_MODES} modes, but sigma has {modes}.",
            "Take out some modes with `reduced` first, or ask `log_negativity` for the party that matters.",
        )
    sides = (side for k in range(1, modes // 2 + 1) for side in itertools.combinations(range(modes), k))
    return [side for side in sides if 2 * len(side) < modes or 0 in side]


def pair(modes: Sequence[int], total: int) -> list[int]:
    """Two modes of a system of `total`."""
    chosen = as_modes(modes, total, "modes")
    if len(chosen) != 2:
        raise InvalidArgument(
            f"Argument modes must name two modes, but is {chosen}.", "Name them by their places, such as (0, 1)."
        )
    return chosen
