r"""Trials of a single function: questions whose answers are known in closed form, with the error that is allowed.

A physicality test, a generator of states or a symplectic spectrum is not a whole engine; what it says of a few dozen
covariances is compared as numbers are compared everywhere else.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gaussian
from crosscheck.report.certificate import Certificate
from crosscheck.report.report import Report
from crosscheck.report.verdict import Comparison, Verdict

KIND = "closed form"
# Yes is 1 and no is 0; anything closer than this to the right one of them is that answer.
YES_OR_NO = 1e-3


@dataclass(frozen=True, eq=False)
class Question:
    """`label`, what the function is given, and the exact answer with the error that an honest one may have."""

    label: str
    given: Any
    answer: float
    error: float = YES_OR_NO


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedForms:
    """The same questions for the `suspect` function and for the `right` one."""

    about: str
    questions: Sequence[Question]
    suspect: Callable[[Any], Any]
    right: Callable[[Any], Any]

    @property
    def subject(self) -> str:
        return self.about

    def of_suspect(self, name: str) -> Report:
        """The report on the wrong function; its verdict must be "refuted"."""
        return self._examine(name, self.suspect)

    def of_right(self) -> Report:
        """The report on the right function; its verdict must be "certified"."""
        return self._examine("gaussian", self.right)

    def _examine(self, name: str, function: Callable[[Any], Any]) -> Report:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", gaussian.IllConditioned)  # the questions are hard on purpose
                comparisons = tuple(_compared(question, float(function(question.given))) for question in self.questions)
        except Exception as error:
            certificate = Certificate(
                kind=KIND,
                basis="no answer",
                comparisons=(),
                note=f"{name} raised {type(error).__name__}: {error}",
                decided=Verdict.REFUTED,
            )
        else:
            certificate = Certificate(kind=KIND, basis=self.about, comparisons=comparisons)
        return Report(model=self.about, name=self.about, engine=name, certificates=(certificate,))


def _compared(question: Question, found: float) -> Comparison:
    return Comparison(
        quantity=question.label,
        place=KIND,
        gaussian=found,
        gaussian_error=0.0,
        fock=question.answer,
        fock_error=question.error,
        tolerance=question.error,
    )
