"""Mutual information of the KTM model against time, figure 2.

Time in 1/ω, entropies in nats. The couplings of the figure are not in the text: 0.01 to 0.3 are looked at.
"""

from __future__ import annotations

import numpy as np

from crosscheck.models import ClassicalGravity
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.classical_gravity.measures import (
    LATE_DIGITS,
    STRONG,
    TIMES,
    VANISHING,
    WEAK,
    Measure,
    agrees,
    covariances,
    curve,
    discord,
    extrema,
    fock_information,
    in_fock,
    information,
    rises_to_its_maximum,
)
from crosscheck.papers.variants import with_fields, with_noise_times


def _swing(variant: Variant, measure: Measure, g: float, start: float) -> float:
    """Largest minus smallest value over a beat, 2π/g."""
    values = measure(covariances(variant(ClassicalGravity(g=g)), np.linspace(start, start + 2 * np.pi / g, 1500)))
    return float(values.max() - values.min())


def _information_grows_and_oscillates(variant: Variant) -> Evidence:
    """Rise, first maximum, later maxima and the swing of I, by coupling; one point in Fock space."""
    curves = {g: curve(variant, information, g) for g in (*WEAK, STRONG)}
    rising = all(rises_to_its_maximum(c) for c in curves.values())
    swings = [_swing(variant, information, STRONG, start) for start in (0.0, 1000.0)]
    firsts = {g: extrema(TIMES, c)[0] for g, c in curves.items() if extrema(TIMES, c)}
    overtaken = [g for g, first in firsts.items() if curves[g].max() > first.value * (1 + 1e-6)]
    here = in_fock("I(1.5), g = 0.3", variant(ClassicalGravity(g=STRONG)), 1.5, fock_information)
    (there,) = information(covariances(variant(ClassicalGravity(g=STRONG)), [1.5]))
    return decided(
        rising and swings[1] < 0.05 * swings[0] and len(overtaken) < len(curves) and agrees(here, there),
        numbers=[
            *(Number(name=f"first maximum of I, g = {g}", found=m.value, error=1e-8) for g, m in firsts.items()),
            Number(name="largest I, g = 0.3", found=float(curves[STRONG].max()), error=1e-6),
            Number(name="swing of I over the first beat, g = 0.3", found=swings[0], error=1e-5),
            Number(name="swing of I over a beat from t = 1000", found=swings[1], error=1e-5),
            here,
        ],
        otherwise=f"I does not rise and settle: it swings by {swings[0]:.3g} at first, later by {swings[1]:.3g}.",
        correction=f"The first maximum is the largest only for weak coupling: at g = {overtaken[0]} a beat of "
        "the normal modes lifts a later one above it."
        if overtaken
        else "",
    )


def _minima_vanish(variant: Variant) -> Evidence:
    """The minima of I against its first maximum: the first one, and the highest of those that follow."""
    first, highest = {}, {}
    for g in (*WEAK, STRONG):
        values = curve(variant, information, g)
        (top, *_), minima = extrema(TIMES, values), extrema(TIMES, values, sign=-1)
        first[g], highest[g] = minima[0].value / top.value, max(m.value for m in minima) / top.value
    numbers = [
        Number(name=f"first minimum over first maximum of I, g = {g}", found=r, error=1e-6) for g, r in first.items()
    ]
    early = ClassicalGravity(g=WEAK[-1])
    here = in_fock("I near its first minimum, g = 0.1, t = 3.1", variant(early), 3.1, fock_information)
    (there,) = information(covariances(variant(early), [3.1]))
    numbers += [
        here,
        *(Number(name=f"highest minimum by t = 60, g = {g}", found=r, error=1e-6) for g, r in highest.items()),
    ]
    return decided(
        first[WEAK[0]] < VANISHING and agrees(here, there),
        numbers=numbers,
        otherwise=f"The minima do not vanish: even the first is {first[WEAK[0]]:.2g} of the first maximum.",
        correction="Only the first minima do, and only for g ≪ 1: they rise with time towards the limit, and with g, "
        f"to {first[STRONG]:.2g} of the first maximum at g = {STRONG}."
        if max(*highest.values(), *first.values()) > VANISHING
        else "",
    )


def _information_limit(g: float) -> float:
    """−½ ln(1 − g²): of Gaussian positions with the correlation coefficient −g that equipartition of noise gives."""
    return -0.5 * float(np.log1p(-(g**2)))


def _information_is_finite(variant: Variant) -> Evidence:
    """I at t = 10⁵ for coherent and squeezed starts against the closed form of its limit."""
    numbers, off = [], 0.0
    for g, s in ((0.05, 0.0), (0.1, 0.0), (0.3, 0.0), (0.3, 0.5)):
        late = information(covariances(variant(ClassicalGravity(g=g, squeezing=s)), [1e5]))
        off = max(off, abs(float(late[0]) / _information_limit(g) - 1))
        numbers.append(Number(name=f"I(10⁵), g = {g}, s = {s}", found=float(late[0]), error=LATE_DIGITS))
    numbers += [
        Number(name=f"−½ ln(1 − g²), g = {g}", found=_information_limit(g), engine="closed form")
        for g in (0.05, 0.1, 0.3)
    ]
    # What is left at time t is of order 1/gt of it: 2·10⁻⁴ at most.
    return decided(
        off < 1e-3,
        numbers=numbers,
        otherwise=f"I does not settle at −½ ln(1 − g²): it is off by {100 * off:.2g} % at t = 10⁵.",
    )


def _grows_with_coupling(variant: Variant) -> Evidence:
    """First maximum and late value of I, and first maximum of D, in the order of g."""
    couplings = (*WEAK, STRONG)
    peaks = [[extrema(TIMES, curve(variant, m, g))[0].value for g in couplings] for m in (information, discord)]
    late = [float(information(covariances(variant(ClassicalGravity(g=g)), [1e5]))[0]) for g in couplings]
    columns = {"first maximum of I": peaks[0], "first maximum of D": peaks[1], "I(10⁵)": late}
    return decided(
        all((np.diff(column) > 1e-3 * np.array(column[1:])).all() for column in columns.values()),
        numbers=[
            Number(name=f"{name}, g = {g}", found=value, error=1e-3 * value)
            for name, column in columns.items()
            for g, value in zip(couplings, column, strict=True)
        ],
        otherwise="Some of the first maxima and late values do not grow from one coupling to the next.",
    )


CLAIMS = (
    Claim(
        identifier="ktm-information-grows",
        place="fig. 2",
        statement="Mutual information rises from zero to its maximum and then makes damped oscillations.",
        check=_information_grows_and_oscillates,
        counter=with_noise_times(0.0),
    ),
    Claim(
        identifier="ktm-information-minima",
        place="fig. 2",
        statement="The minima of the oscillating mutual information vanish.",
        check=_minima_vanish,
        counter=with_fields(g=0.3),
    ),
    Claim(
        identifier="ktm-information-limit",
        place="fig. 2; abstract",
        statement="Mutual information tends to a finite value at long times.",
        check=_information_is_finite,
        counter=with_noise_times(0.0),
    ),
    Claim(
        identifier="ktm-grows-with-coupling",
        place="figs. 2 and 3",
        statement="Maximum and limit of mutual information, and the maximum of discord, grow with the coupling.",
        check=_grows_with_coupling,
        counter=with_fields(g=0.1),
    ),
)
