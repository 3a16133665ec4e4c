r"""A linearised model against the full one: moments of the first by the Gaussian engine, of the second in Fock space.

    variances     ε = max over quadratures u of |uᵀσu / uᵀσ'u − 1|, the extreme eigenvalues of σ'^{−1/2} σ σ'^{−1/2}
    E_N           difference, for two parties
    δ             relative entropy of the full state to the Gaussian state of its own moments

σ of the linearised, σ' of the full model, in the same axes. If both are known to within ηλ_min(σ'), η < 1, ε is off by
at most (1 + ε)η/(1 − η). A linearised model lives in the displaced frame, where means vanish: their distance in
standard deviations is reported, and never judged. The linearisation is certified if the three above stay below
`LINEAR`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

import gaussian
from crosscheck.diagnosis.model.finding import ESTIMATE, Cell, Finding, Level, Section
from crosscheck.diagnosis.model.fock_run import STEADY, Run
from crosscheck.report.document import Interval
from crosscheck.report.verdict import Verdict, overall

# A linearisation is called good if nothing judged differs by more than a twentieth.
LINEAR = 0.05
DISPLACED = "Write the full model in the displaced frame (a → α + a), where it needs few levels."


@dataclass(frozen=True, kw_only=True, eq=False)
class Difference:
    """At one place: what differs, each with an error, and the verdict on each."""

    place: str
    variances: Interval
    log_negativity: Interval | None
    non_gaussianity: Interval | None
    mean: Interval

    @property
    def judged(self) -> dict[str, Interval]:
        """What the verdict rests on, by name."""
        every = {"variances": self.variances, "E_N": self.log_negativity, "relative entropy": self.non_gaussianity}
        return {name: value for name, value in every.items() if value is not None}

    @property
    def verdict(self) -> Verdict:
        return overall(_verdict(value) for value in self.judged.values())


def compare(state: gaussian.GaussianState, run: Run, party: tuple[int, ...]) -> Difference:
    """Moments of the linearised model against a Fock run of the full one, of the same modes."""
    values, vectors = np.linalg.eigh(run.covariance)
    eta = (run.covariance_error + float(state.error)) / max(float(values[0]), 1e-300)
    root = (vectors / np.sqrt(np.maximum(values, 1e-300))) @ vectors.T
    difference = float(np.abs(np.linalg.eigvalsh(root @ state.covariance @ root) - 1).max())
    negativity = None
    if party and run.log_negativity is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gaussian.IllConditioned)  # far below the error of any Fock run
            linear = float(gaussian.log_negativity(state.covariance, party=party))
        negativity = Interval(abs(linear - run.log_negativity.value), run.log_negativity.error)
    shift = root @ (state.mean - run.mean)
    return Difference(
        place=run.place,
        variances=Interval(difference, (1 + difference) * eta / (1 - eta) if eta < 1 else np.inf),
        log_negativity=negativity,
        non_gaussianity=run.non_gaussianity,
        mean=Interval(float(np.linalg.norm(shift)), run.mean_error * float(np.linalg.norm(root, 2))),
    )


def section(comparisons: list[Difference], trouble: str = "") -> Section:
    """A row for each place and quantity, and whether the linearisation holds."""
    title = f"Linearisation: this model against the full one (good below {LINEAR:g})"
    rows: list[tuple[Cell, ...]] = []
    for c in comparisons:
        names = {
            "variances": "largest relative difference of a quadrature's variance",
            "E_N": "difference of E_N",
            "relative entropy": "relative entropy of the full state to its Gaussian one",
        }
        rows += [(c.place, names[name], value, str(_verdict(value))) for name, value in c.judged.items()]
        rows.append((c.place, "distance of means in standard deviations (frames may differ)", c.mean, "reported"))
    findings = (_finding(comparisons, trouble), *_shifted(comparisons))
    columns = ("place", "quantity", "difference", "verdict")
    return Section(title=title, basis=ESTIMATE, columns=columns, rows=tuple(rows), findings=findings)


def verdict(comparisons: list[Difference]) -> Verdict:
    """Of all places."""
    return overall(c.verdict for c in comparisons)


def _verdict(value: Interval) -> Verdict:
    if value.value + value.error <= LINEAR:
        return Verdict.CERTIFIED
    return Verdict.REFUTED if value.value - value.error > LINEAR else Verdict.INCONCLUSIVE


def _shifted(comparisons: list[Difference]) -> list[Finding]:
    """That means differ, which is right in one frame and wrong in another."""
    far = [c for c in comparisons if c.mean.value - c.mean.error > LINEAR]
    if not far:
        return []
    worst = max(far, key=lambda c: c.mean.value)
    where = f"{'in the ' if worst.place == STEADY else 'at '}{worst.place}"
    return [
        Finding(
            name="shifted-means",
            level=Level.NOTE,
            sentence=f"Means of the two models are {worst.mean} standard deviations apart, {where}: as they must be if "
            "only the linearised one is in the displaced frame (a → α + a).",
            advice="Check the drive if both are in the same frame.",
        )
    ]


def _finding(comparisons: list[Difference], trouble: str) -> Finding:
    if not comparisons:
        sentence = f"The linearisation could not be judged: {trouble or 'no state could be compared. ' + DISPLACED}"
        return Finding(name="linearisation-undecided", level=Level.WARNING, sentence=sentence)
    found = verdict(comparisons)
    places = [(c.place, name, v) for c in comparisons for name, v in c.judged.items()]
    order = [Verdict.CERTIFIED, Verdict.INCONCLUSIVE, Verdict.REFUTED]
    place, name, value = max(places, key=lambda p: (order.index(_verdict(p[2])), p[2].value))
    worst = f"the worst is {name}, {value}, {'in the ' if place == 'steady state' else 'at '}{place}"
    if found is Verdict.CERTIFIED:
        return Finding(name="good-linearisation", level=Level.FINE, sentence=f"The linearisation is good: {worst}.")
    if found is Verdict.REFUTED:
        return Finding(
            name="bad-linearisation",
            level=Level.WRONG,
            sentence=f"The linearisation misses the full model: {worst}.",
            advice="Check the displacement and the axes of its frame, or weaken the nonlinearity against the damping.",
        )
    sentence = f"Whether the linearisation is good is undecided: {worst}."
    advice = "Raise the budget, or write the full model in the displaced frame (a → α + a), where it needs few levels."
    return Finding(name="linearisation-undecided", level=Level.WARNING, sentence=sentence, advice=advice)
