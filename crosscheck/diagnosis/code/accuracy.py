r"""The accuracy that data have: of what was printed, half a unit in the last place; of any number, how far it is off.

    |claim − right| ≤ ½u,     u the largest of 1, 2, 2.5 or 5 times a power of ten of which all entries are multiples

Numbers printed with k decimals are multiples of 10⁻ᵏ, and of half of that once σ has been divided by 2. Numbers printed
with s digits each have a unit of their own. Deviations are measured by the size of an entry: that of σ_jk is
√(σ_jj σ_kk) ≥ |σ_jk|, since an entry is solved for with the digits of its variances; that of an entry of A, d or D is
the entry.

>>> half_units(np.array([0.1235, -1.7321, 0.0]))
array([5.e-05, 5.e-05, 5.e-05])
>>> half_units(np.array([-0.5, 1.0])), half_units(np.array([1 / 3, 2 / 7]))       # typed, and computed
(array([0., 0.]), array([0., 0.]))
>>> spelled(2.84e-4)
'3e-4'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# A double holds no more printed digits than this beside others that are printed: with more, every number is a multiple.
MOST_DIGITS = 11
# Numbers with fewer digits are typed by people (−0.5, 0.001), and have no rounding.
FEWEST = 100
# Entries below this share of the largest one are rounding of what is written down.
WRITTEN = 1e-12
# An entry that may be off by this share of its size is not known: one percent is a mistake that must be seen.
CLEAR = 5e-3


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The largest deviation, as a share of its entry's size, and which entry that is."""

    within: float
    entry: str

    @property
    def clear(self) -> bool:
        """Whether a mistake of one percent would be seen."""
        return self.within <= CLEAR

    @property
    def text(self) -> str:
        if not self.within:
            return "all entries agree to the last digit"
        return f"all entries agree within {spelled(self.within)} of their size (largest deviation: {self.entry})"


def spelled(share: float) -> str:
    """One digit, rounded up: `3e-4`."""
    if not 0 < share < math.inf:
        return f"{share:g}"
    power = math.floor(math.log10(share))
    digit = math.ceil(share / 10.0**power - 1e-9)
    return f"1e{power + 1}" if digit == 10 else f"{digit}e{power}"


def half_units(numbers: Any) -> Array:
    """Half a unit in the last printed place of each number, in their shape; 0 where they are not printed but computed.

    Half of them must end in another digit than 0, and two of these must have three digits, or one (if there is but one)
    four: what people type is exact.
    """
    found = np.asarray(numbers, float)
    sizes = np.unique(np.abs(found[found != 0]))
    if not sizes.size:
        return np.zeros(found.shape)
    unit = _common_unit(sizes)
    if unit and _printed(sizes, np.full(sizes.shape, unit), found.size):
        return np.full(found.shape, unit / 2)
    digits = next((s for s in range(3, MOST_DIGITS) if all(float(f"{v:.{s - 1}e}") == v for v in sizes)), 0)
    if digits and _printed(sizes, _units(sizes, digits), found.size):
        # A zero may be anything that underflows; it is taken as exact.
        return np.where(found != 0, 0.5 * _units(np.where(found != 0, np.abs(found), 1.0), digits), 0.0)
    return np.zeros(found.shape)


def half_units_of_measures(numbers: Sequence[float]) -> Array:
    """As `half_units`; two digits or one are those of print, too: nobody types an entropy of 0.54 that is exact.

    >>> half_units_of_measures([0.54, 0.1]), half_units_of_measures([0.0]), half_units_of_measures([2.0])
    (array([0.005, 0.005]), array([0.]), array([0.]))
    """
    found = half_units(numbers)
    decimals = max((len(f"{abs(v)!r}".partition(".")[2]) for v in map(float, numbers) if v % 1), default=0)
    if found.any() or not decimals or max(map(abs, numbers)) * 10**decimals >= FEWEST:
        return found
    return np.full(found.shape, 0.5 * 10.0**-decimals)


def _units(sizes: Array, digits: int) -> Array:
    return np.asarray(10.0 ** (np.floor(np.log10(sizes)) - digits + 1))


def _common_unit(sizes: Array) -> float:
    """The largest 1, 2, 2.5 or 5 times a power of ten that divides all sizes; 0 if they have too many digits."""
    top = math.floor(math.log10(sizes[-1]))
    for power in range(top - 1, top - MOST_DIGITS, -1):
        for first in (5.0, 2.5, 2.0, 1.0):
            unit = first * 10.0**power
            counts = sizes / unit
            # A printed number is off by half an ulp of itself; scaled by 2 or ½ still.
            if (np.abs(counts - np.rint(counts)) <= 4 * np.finfo(float).eps * counts + 1e-300).all():
                return unit
    return 0.0


def _printed(sizes: Array, units: Array, entries: int) -> bool:
    counts = np.rint(sizes / units)
    full = counts % 10 != 0
    long = (full & (counts >= FEWEST)).sum() >= min(2, entries) or (full & (counts >= 10 * FEWEST)).any()
    return bool(long and 2 * full.sum() >= len(sizes))


def sizes_of(name: str, right: Array, floor: float) -> Array:
    """The size of each entry of an observable, in its shape.

    Entries of A, d and D below `WRITTEN` of the largest are zeros with rounding, or rates below it: their size is the
    `floor`, that of the weakest bath. Of a mean it is the largest of its kind.
    """
    if name in ("covariance", "covariances"):
        spread = np.sqrt(np.abs(np.diagonal(right, axis1=-2, axis2=-1)))
        return np.asarray(spread[..., :, None] * spread[..., None, :])
    found = np.abs(right)
    largest = float(found.max(initial=0.0))
    if name in ("mean", "means"):
        return np.full(right.shape, max(largest, 1e-300))
    return np.where(found > WRITTEN * largest, found, np.maximum(found, floor))
