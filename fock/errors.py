"""Everything that can go wrong in a truncated Fock space, one class each.

FockError
├── InvalidArgument       a cutoff, a time, a mode number that makes no sense (also a ValueError)
├── NotHermitian          the generator, or a preparing unitary's, does not preserve Hermiticity
├── CutoffTooSmall        the initial state does not fit below the cutoff
│   └── NotContained      the steady state presses against the cutoff, as it always does where the model has none
├── TooLarge              the request needs more memory than allowed; both numbers are in the message
├── NotConverged          a solver stopped before its residual was small
├── NotUnique             the truncated generator has more than one steady state
├── TimeDependent         a steady state was asked of a time-dependent generator
├── NotResolved           a coefficient f(t) may have structure that nobody has looked at
│   ├── TooManySamples    to see it takes more samples than allowed
│   └── NotRepeatable     it has another value when asked again
├── NotBounded            no error bound can be proved for the model, or not one as small as asked for
├── Divergent             an information was asked for that is infinite, or not told from that
└── NotAState             an entropy or a fidelity was asked of an operator with a negative eigenvalue

FellBack                  a warning: the fast solver gave up and a slower one has answered
"""


class FockError(Exception):
    """Base class of every error this package raises on purpose.

    `what` went wrong, in a sentence, and `advice`: the likely cause, or what to do next. None is without.
    """

    def __init__(self, what: str, advice: str) -> None:
        self.what, self.advice = what, advice
        super().__init__(what, advice)

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class InvalidArgument(FockError, ValueError):
    """An argument does not mean anything here; the message says what must hold and what was given."""


class NotHermitian(FockError):
    """`what` must be Hermitian; `defect` is the size of its anti-Hermitian part."""

    def __init__(self, what: str, defect: float) -> None:
        self.defect = defect
        super().__init__(
            f"The {what} must be Hermitian, but its anti-Hermitian part is {defect:.2e}.",
            "A missing Hermitian conjugate, or a correlated rate Γ_uv without its partner Γ_vu*, is the usual cause.",
        )


class CutoffTooSmall(FockError):
    """The prepared state has weight `missing` above the cutoff."""

    def __init__(self, cutoffs: tuple[int, ...], missing: float, allowed: float) -> None:
        self.cutoffs, self.missing = cutoffs, missing
        super().__init__(
            f"The initial state must fit below the cutoff to within {allowed:.0e}, but at cutoff {_spell(cutoffs)} "
            f"a weight of {missing:.1e} is left out.",
            "Raise the cutoff, or lower the squeezing, displacement or occupation.",
        )


class NotContained(CutoffTooSmall):
    """The steady state below the cutoff presses against it in `mode`, with the weight `missing` on its two last levels.

    So it does at every cutoff if the model has none.
    """

    def __init__(self, cutoffs: tuple[int, ...], mode: int, edge: float) -> None:
        self.cutoffs, self.mode, self.missing = cutoffs, mode, edge
        FockError.__init__(
            self,
            f"The steady state must fit below the cutoff, but at cutoff {_spell(cutoffs)} mode {mode + 1} has most of "
            f"its quanta on the upper half of its levels, and a weight of {edge:.1e} on the last two.",
            "Raise the cutoff; if that does not help, the model is unstable and has no steady state: follow it from "
            "its initial state with `evolve`.",
        )


class TooLarge(FockError):
    """The request needs more memory than allowed."""

    def __init__(self, what: str, needed: float, allowed: float, cutoffs: tuple[int, ...]) -> None:
        self.needed, self.allowed = needed, allowed
        super().__init__(
            f"{what} at cutoff {_spell(cutoffs)} would need about {needed / 2**30:.3g} GiB, but at most "
            f"{allowed / 2**30:.3g} GiB may be used.",
            "Lower the cutoff, raise `memory`, or leave modes out.",
        )


class NotConverged(FockError):
    """A solver stopped before its residual was small; no state is returned."""


class NotUnique(FockError):
    """The truncated generator has more than one steady state; `gap` is the singular value found next to zero."""

    def __init__(self, gap: float, what: str = "", advice: str = "") -> None:
        self.gap = gap
        super().__init__(
            what
            or "The steady state must be unique, but an operator of trace zero was found that is stationary, too, to "
            f"within {gap:.1e}.",
            advice
            or "An undamped (dark) mode or a conserved quantity is the usual cause: follow the "
            "model from its initial state with `evolve` instead.",
        )


class FellBack(UserWarning):
    """GMRES gave up, for a `reason`, and a sparse LU took over."""

    def __init__(self, reason: str, size: int) -> None:
        super().__init__(f"{reason} A sparse LU of all {size} unknowns has answered instead.")


class TimeDependent(FockError):
    """A constant generator is needed, but the model has explicit time dependence."""

    def __init__(self, what: str = "A steady state", instead: str = "Follow it with `evolve` instead.") -> None:
        super().__init__(
            f"{what} needs a constant generator, but this model has explicitly time-dependent terms.", instead
        )


class NotResolved(FockError):
    """At the time `at` a coefficient f(t) is not what it was taken for; it may have structure shorter than `below`."""

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


class NotBounded(FockError):
    """An error bound was asked for, but `condition` fails."""

    def __init__(self, condition: str, hint: str) -> None:
        super().__init__(f"For a proved error bound {condition}.", hint)


class Divergent(FockError):
    """The Fisher information of `field` is infinite, or not told from that: ∂ρ has a part `weight` where ρ has none."""

    def __init__(self, field: str, weight: float, below: float) -> None:
        self.field, self.weight = field, weight
        super().__init__(
            f"The Fisher information of {field} must be finite, but the derivative of the state is {weight:.1e} "
            f"between levels whose populations are below {below:.1e}.",
            "A temperature at zero, or a loss that starts from nothing, is the usual cause; choose a "
            "value of it away from there.",
        )


class NotAState(FockError):
    """The operator has a negative eigenvalue, so its entropy has no meaning; `lowest` is that eigenvalue."""

    def __init__(self, lowest: float, what: str = "An entropy") -> None:
        self.lowest = lowest
        super().__init__(
            f"{what} needs a density matrix, but the lowest eigenvalue is {lowest:.2e}.",
            "A generator that is not completely positive, or a cutoff far too small, is the usual cause.",
        )


def _spell(cutoffs: tuple[int, ...]) -> str:
    return str(cutoffs[0]) if len(set(cutoffs)) == 1 else "×".join(map(str, cutoffs))
