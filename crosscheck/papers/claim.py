r"""Published statements as code: what a paper says, where it says it, and a check that returns numbers and a finding.

reproduced                      what is printed follows from the model, within the digits printed
reproduced with a correction    it follows once a slip is mended; the remark says which
not reproduced                  the model says otherwise; the remark says what holds instead
cannot be decided               something that the paper does not give is needed; the remark says what

A check takes no verdict for granted: every model it builds goes through a `Variant`, and another model gives another
finding. Each claim names one such change, its `counter`.

>>> from crosscheck.papers import find_claim
>>> claim = find_claim("ktm-no-entanglement")
>>> claim.check(as_published).finding, claim.check(claim.counter).finding
(<Finding.REPRODUCED: 'reproduced'>, <Finding.NOT_REPRODUCED: 'not reproduced'>)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crosscheck.errors import CrosscheckError
from crosscheck.model import Model

Variant = Callable[[Any], Model]


def as_published(model: Model) -> Model:
    """The variant that changes nothing."""
    return model


class Finding(StrEnum):
    """What came of a claim."""

    REPRODUCED = "reproduced"
    CORRECTED = "reproduced with a correction"
    NOT_REPRODUCED = "not reproduced"
    UNDECIDED = "cannot be decided"


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number behind a finding: `found` ± `error` by one `engine` ("gaussian", "fock", "window" or "closed form"),
    next to what is `printed`, if anything is.
    """

    name: str
    found: float
    error: float = 0.0
    printed: float | None = None
    engine: str = "gaussian"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a check found: the finding, the numbers it rests on, and a remark wherever it is not plainly reproduced."""

    finding: Finding
    numbers: tuple[Number, ...]
    remark: str = ""

    @property
    def engines(self) -> list[str]:
        """Which engines were asked, in the order of the numbers."""
        return list(dict.fromkeys(number.engine for number in self.numbers))


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement at a `place` of a paper (equation, figure, sentence) and how to check it."""

    identifier: str
    place: str
    statement: str
    check: Callable[[Variant], Evidence]
    counter: Variant


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of a paper redrawn: `draw` fills an empty Matplotlib figure; parameters are in the caption."""

    name: str
    caption: str
    draw: Callable[[Any], None]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper: its key on the command line, what it is, its claims and figures, and what it was found to say."""

    key: str
    title: str
    source: str
    claims: tuple[Claim, ...]
    figures: tuple[Figure, ...] = ()


class UnknownPaper(CrosscheckError, LookupError):
    """A paper or claim was asked for that there is none of; the message lists those there are."""


def decided(holds: bool, *, numbers: Sequence[Number], otherwise: str, correction: str = "") -> Evidence:
    """Reproduced (with a correction, if one is given) where the claim `holds`; else not, and what is the case instead.

    `otherwise` is a remark for the case that it does not hold, written so that it is true then.
    """
    if not holds:
        return Evidence(finding=Finding.NOT_REPRODUCED, numbers=tuple(numbers), remark=otherwise)
    finding = Finding.CORRECTED if correction else Finding.REPRODUCED
    return Evidence(finding=finding, numbers=tuple(numbers), remark=correction)
