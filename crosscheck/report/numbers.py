r"""Numbers with their errors, in as few digits as say both: 0.42644(10) is 0.42644 ± 0.00010.

The digits in brackets are the error in units of the last place, rounded up. A number without brackets is right in every
digit that is shown, but for one unit of the last.

>>> compact(0.426437014, 1e-4), compact(0.426437014, 3e-14), compact(-1.4456895e-9, 2e-12), compact(1e-17, 3e-14)
('0.42644(10)', '0.426437014', '-1.4457(20)e-09', '0 ± 3e-14')
"""

from __future__ import annotations

import math

# Digits of a number where there is room for them.
DIGITS = 9
# Powers of ten between which a number is written without an exponent.
SMALLEST, LARGEST = -4, 6
# An error below this share of a unit of the last digit shown is not written.
SILENT = 0.05
# Values and errors below this print as 0.
NOTHING = 1e-300


def compact(value: float, error: float, digits: int = DIGITS) -> str:
    """value(error) in at most so many digits; `0 ± error` of what cannot be told from zero; – of what is not known."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return f"{value:g}"
    if not math.isfinite(error):
        return f"{value:.{min(digits, 6)}g}(?)"
    if abs(value) <= max(error, NOTHING):
        return "0" if error <= NOTHING else f"0 ± {ceiled(error)}"
    if error <= NOTHING:
        return shortest(value, digits)
    size = math.floor(math.log10(abs(value)))
    # Decimal places that leave two digits of the error, as far as there are digits.
    places = min(1 - math.floor(math.log10(error)), digits - 1 - size)
    last = 10.0**-places
    if error < SILENT * last:
        return shortest(value, digits)
    units = math.ceil(error / last * (1 - 1e-12))
    if units > 99:  # rounded up to a third digit
        places, units = places - 1, math.ceil(units / 10)
    if SMALLEST <= size < LARGEST and places >= 0:
        return f"{value:.{places}f}({units})"
    mantissa = value / 10.0**size
    decimals = max(0, places + size)
    return f"{mantissa:.{decimals}f}({units})e{size:+03d}"


def shortest(value: float, digits: int = DIGITS) -> str:
    """A number to so many digits, without zeros at the end."""
    return f"{value:.{digits}g}" if value else "0"


def ceiled(error: float) -> str:
    """An error to one digit, rounded up.

    >>> ceiled(2.1e-14), ceiled(0.0), ceiled(9.5e-3)
    ('3e-14', '0', '1e-02')
    """
    if not 0 < error < math.inf:
        return f"{error:g}"
    power = math.floor(math.log10(error))
    up = math.ceil(error / 10.0**power * (1 - 1e-12)) if power > -300 else 1
    return f"{up * 10.0**power:.0e}"
