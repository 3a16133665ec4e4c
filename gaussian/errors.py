"""Everything that can go wrong with moments, one class each.

GaussianError
├── InvalidArgument     a shape, a mode number, a time that makes no sense (also a ValueError)
├── NotQuadratic        the model has a term that Gaussian moments cannot represent
├── NotHermitian        the generator does not map Hermitian operators to Hermitian operators
├── TimeDependent       a constant generator is needed, the model's is not
├── NotResolved         a coefficient f(t) may have structure that nobody has looked at
│   ├── TooManySamples  to see it takes more samples than allowed
│   └── NotRepeatable   it has another value when asked again
├── UnphysicalState     σ + iΩ/2 ≥ 0 fails by more than σ may be off
├── DigitsLost          double precision holds no digit of the answer
├── InfiniteInformation the parameter makes a pure mode mixed at once: its Fisher information diverges
└── NoSteadyState
    ├── UnstableDrift   an eigenvalue of the drift has a positive real part
    │   └── UnstablePeriod   a Floquet multiplier lies outside the unit circle
    └── MarginalDrift   an eigenvalue of the drift lies on the imaginary axis to working precision
        └── MarginalPeriod   a Floquet multiplier lies on the unit circle to working precision

and one warning, IllConditioned: double precision leaves too few digits.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class IllConditioned(UserWarning):
    """A covariance so far from a multiple of 1 that double precision leaves few digits, or none, of the answer.

    `function` is what was asked and `digits` how many are left. `gaussian.enclosed` gives as many as wanted.
    """

    def __init__(self, function: str, digits: float) -> None:
        self.function, self.digits = function, digits
        why = "the condition of the covariance matrix, or its error,"
        if digits < 1:
            why = "digits are gone, and the value is one of many that fit: rounding, or the error of the covariance,"
        super().__init__(
            f"{function}: {why} leaves about {max(0, int(digits))} digits in double precision. gaussian.enclosed "
            "computes the same in intervals, to any number of digits."
        )


class GaussianError(Exception):
    """Base class of every error this package raises on purpose.

    `what` went wrong, in a sentence, and `advice`: the likely cause, or what to do next. None is without.
    """

    def __init__(self, what: str, advice: str) -> None:
        self.what, self.advice = what, advice
        super().__init__(what, advice)

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class InvalidArgument(GaussianError, ValueError):
    """An argument does not mean anything here; the message says what must hold and what was given."""


class NotQuadratic(GaussianError):
    """The Hamiltonian must be quadratic and jump operators linear; `term` is the offending product."""

    def __init__(
        self, term: str, degree: int, where: str, allowed: int, *, closes: bool = False, may_close: bool = False
    ) -> None:
        self.term, self.degree = term, degree
        what = f"The {where} must have degree ≤ {allowed} in the ladder operators, but {term} has degree {degree}."
        if closes:  # as of 𝓓[a†a]
            super().__init__(
                f"{what} It is Hermitian: moments close, but the state does not stay Gaussian.",
                "Use gaussian.evolve_moments and steady_moments for its mean and covariance, and `fock` for the rest.",
            )
            return
        if may_close:  # as of 𝓓[a†b] + 𝓓[b†a]
            super().__init__(
                what,
                "Moments may close with its partners: gaussian.evolve_moments tells. If not, linearise the model, or "
                "run it with `fock` alone.",
            )
            return
        super().__init__(
            what, "Gaussian moments do not close for it: linearise the model, or run it with `fock` alone."
        )


class NotHermitian(GaussianError):
    """𝓛(ρ)† = 𝓛(ρ†) fails; `defect` is the size of the anti-Hermitian part."""

    def __init__(self, what: str, defect: float) -> None:
        self.defect = defect
        super().__init__(
            f"The {what} must be Hermitian, but its anti-Hermitian part is {defect:.2e}.",
            "A missing Hermitian conjugate, or a correlated rate Γ_uv without its partner Γ_vu*, is the usual cause.",
        )


class TimeDependent(GaussianError):
    """A constant generator is needed, but the model has explicit time dependence."""

    def __init__(self, what: str = "A steady state", instead: str = "Follow it with `evolve` instead.") -> None:
        super().__init__(
            f"{what} needs a constant generator, but this model has explicitly time-dependent terms.", instead
        )


class NotResolved(GaussianError):
    """Near the time `at` a coefficient f(t) may have structure shorter than `below`."""

    def __init__(self, at: float, below: float, what: str = "", advice: str = "") -> None:
        self.at, self.below = at, below
        super().__init__(
            what
            or f"A coefficient f(t) may have structure below {below:.2g} near t = {at:.6g}: what was seen of it "
            "around does not tell what it is there.",
            advice
            or "Give the times at which it jumps, or a short pulse begins and ends, as `breaks` of the model; in place "
            "of noise, or of a carrier that takes too many samples to follow, write its average.",
        )


class TooManySamples(NotResolved):
    """To see what a coefficient f(t) is near the time `at` would take more than the `most` samples allowed."""

    def __init__(self, at: float, most: float) -> None:
        self.most = most
        what = f"A coefficient f(t) must be seen in {most:.0f} samples, but near t = {at:.6g} it takes more."
        super().__init__(
            at, 0.0, what, "Shorten the times, write the average of a fast carrier, or allow more samples."
        )


class NotRepeatable(NotResolved):
    """At the time `at` a coefficient f(t) was `first` and then `again`."""

    def __init__(self, at: float, first: complex, again: complex) -> None:
        self.first, self.again = first, again
        what = f"A coefficient f(t) must have one value at each time, but at t = {at:.6g} it was {first:.3g}, and then "
        advice = "Compute noise once, before the solution, and look it up in f(t)."
        super().__init__(at, 0.0, f"{what}{again:.3g}.", advice)


class UnphysicalState(GaussianError):
    """σ + iΩ/2 ≥ 0 fails by more than σ may be off; `lowest` is the offending eigenvalue."""

    def __init__(self, lowest: float) -> None:
        self.lowest = lowest
        super().__init__(
            f"The covariance matrix must satisfy σ + iΩ/2 ≥ 0, but its lowest eigenvalue is {lowest:.2e}.",
            f"Suspect first that its entries were rounded{_to_decimals(lowest)}: give all their digits, or say by "
            "`error=…` how far σ may be off. Then look for digits lost in computing it, for another ordering of its "
            "rows than (x_1, p_1, …), and last for another vacuum than ½·1.",
        )


def _to_decimals(lowest: float) -> str:
    """Up to how many decimals: four entries of a row, off by half a unit each, push an eigenvalue down by two units."""
    if not -1.0 < lowest < 0:
        return ""
    places = math.floor(-math.log10(-lowest / 2))
    return f" to {places} decimal{'s' if places > 1 else ''} or fewer" if places else ""


class DigitsLost(GaussianError):
    """Double precision holds no digit of the answer; `gaussian.enclosed` does."""


class InfiniteInformation(GaussianError):
    """The quantum Fisher information of `field` diverges: it mixes a pure mode at the relative rate `rate` = ∂ν/ν."""

    def __init__(self, field: str, rate: float) -> None:
        self.field, self.rate = field, rate
        super().__init__(
            f"A Fisher information must be finite, but that of {field} diverges: the state has a pure mode, and "
            f"{field} makes it mixed at once, ∂ν = {rate:.2g}·ν.",
            "Choose a value at which the state is mixed already, such as an occupation above 0.",
        )


# Eigenvalues, and modes of each, that a message names: of a network there may be hundreds.
MOST_NAMED = 16


class NoSteadyState(GaussianError):
    """The moments have no unique attracting fixed point; `eigenvalues` and the `modes` of each say why, where known.

    Of a batch, `missing` marks the points without one, and eigenvalues and modes are those of the first.
    """

    remedy = "Follow the model from its start with `evolve` instead."
    named = "Drift eigenvalues that are not damped"

    def __init__(
        self,
        reason: str,
        eigenvalues: Sequence[complex] = (),
        modes: Sequence[Sequence[int]] = (),
        missing: NDArray[np.bool_] | None = None,
    ) -> None:
        self.eigenvalues, self.modes = tuple(eigenvalues), tuple(tuple(m) for m in modes)
        self.missing = np.asarray(True) if missing is None else missing
        where = itertools.chain(self.modes, itertools.repeat(()))
        listed = "; ".join(
            f"{z.real:+.3g}{z.imag:+.3g}i{_on(m)}" for z, m in zip(self.eigenvalues[:MOST_NAMED], where, strict=False)
        )
        if len(self.eigenvalues) > MOST_NAMED:
            listed += f"; and {len(self.eigenvalues) - MOST_NAMED} more"
        what, advice = f"{reason} {self.named}: {listed}." if listed else reason, self.remedy
        if self.missing.ndim:
            first = tuple(int(axis[0]) for axis in self.missing.nonzero())
            what = (
                f"{self.missing.sum()} of {self.missing.size} points have no unique steady state; the first is "
                f"{first}: {what}"
            )
            advice = 'Solve the others with missing="nan".'
        super().__init__(what, advice)


def _on(modes: Sequence[int]) -> str:
    named = ", ".join(map(str, modes[:MOST_NAMED])) + (", …" if len(modes) > MOST_NAMED else "")
    return f" on mode{'s' if len(modes) > 1 else ''} {named}" if modes else ""


class UnstableDrift(NoSteadyState):
    """An eigenvalue of the drift has a positive real part: moments grow without bound."""

    remedy = (
        "Check the signs of detunings and couplings, lower the gain or raise the damping; `evolve` follows the growth."
    )


class MarginalDrift(NoSteadyState):
    """An eigenvalue of the drift has no real part to working precision.

    The steady state then does not exist (noise accumulates) or is not unique (a dark mode keeps its start).
    """

    remedy = "Damp that combination, or follow the model from its start with `evolve`."


class UnstablePeriod(UnstableDrift):
    """A Floquet multiplier lies outside the unit circle: moments grow from period to period."""

    named = "Floquet multipliers outside the unit circle"

    @property
    def multipliers(self) -> tuple[complex, ...]:
        return self.eigenvalues


class MarginalPeriod(MarginalDrift):
    """A Floquet multiplier lies on the unit circle to working precision."""

    named = "Floquet multipliers on the unit circle"

    @property
    def multipliers(self) -> tuple[complex, ...]:
        return self.eigenvalues
