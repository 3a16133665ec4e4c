"""What is found out about all points of a scan, in flat arrays that are filled as points are decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from crosscheck.certificates.batched.asked import Asked
from crosscheck.certificates.batched.claims import States
from crosscheck.certificates.batched.result import PointsReport, PointValues
from crosscheck.certificates.batched.rounding import Array
from crosscheck.certificates.batched.verdicts import Means, PointVerdict, together

# What decides of a point, before the quantities, in this order.
STAGES = ("", "generator", "existence", "state")


@dataclass(eq=False)
class Found:
    """Arrays over all points, filled as they are decided."""

    verdicts: Array
    means: Array
    found_by: Array
    values: dict[str, Array]
    errors: dict[str, Array]
    state_errors: Array
    states: States | None
    equations: tuple[Array, Array, Array, Array] | None
    notes: list[str]

    @classmethod
    def nothing(cls, asked: Asked) -> Self:
        n = asked.points
        return cls(
            verdicts=np.zeros(n, np.int8), means=np.zeros(n, np.int8), found_by=np.zeros(n, np.int8),
            values={name: np.full(n, np.nan) for name in asked.names},
            errors={name: np.full(n, np.inf) for name in asked.names},
            state_errors=np.full(n, np.inf), states=None, equations=None, notes=[],
        )  # fmt: skip

    def decide(self, k: Any, stages: Array, absent: Array, by: Means) -> None:
        """Points k, from the verdicts of `STAGES` and quantities along the last axis."""
        verdict = together(stages)
        worst = np.where(
            verdict == PointVerdict.REFUTED,
            (stages == PointVerdict.REFUTED).argmax(-1),
            (stages == PointVerdict.INCONCLUSIVE).argmax(-1),
        )
        verdict = np.where((verdict == PointVerdict.CERTIFIED) & absent, PointVerdict.NO_STEADY_STATE, verdict)
        decided = verdict != PointVerdict.INCONCLUSIVE
        self.verdicts[k] = verdict
        self.means[k] = np.where(decided, by, Means.NOTHING)
        settled = (verdict == PointVerdict.CERTIFIED) | (verdict == PointVerdict.NO_STEADY_STATE)
        self.found_by[k] = np.where(settled, 0, worst + 1)

    def report(self, asked: Asked, seconds: float) -> PointsReport:
        def shaped(array: Array, name: str) -> Any:
            return asked.labels.on(array.reshape(asked.shape), name)

        return PointsReport(
            name=type(asked.model).__name__,
            engine=asked.engine.name,
            shape=asked.shape,
            tolerance=asked.tolerance,
            quantities={
                name: PointValues(
                    values=shaped(self.values[name], name), errors=shaped(self.errors[name], f"{name}_error")
                )
                for name in asked.names
            },
            state_errors=shaped(self.state_errors, "state_error"),
            verdicts=shaped(self.verdicts, "verdict"),
            means=shaped(self.means, "means"),
            found_by=shaped(self.found_by, "found_by"),
            stages=(*STAGES, *asked.names),
            notes=tuple(self.notes),
            seconds=seconds,
            model=asked.model,
        )
