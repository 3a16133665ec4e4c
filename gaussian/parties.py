"""Bipartitions: the modes of one party and all the others."""

from collections.abc import Sequence

from gaussian.errors import InvalidArgument
from gaussian.symplectic import as_modes


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
