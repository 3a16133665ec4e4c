"""Errors of the crosscheck layer.

CrosscheckError
├── InvalidParameter    a model's field, or an argument, outside its domain (also a ValueError)
├── InvalidModel        a model whose code cannot be taken as it is (also a ValueError)
├── UnknownModel        no model of that name (also a LookupError)
├── UnknownEngine       no engine of that name; in `crosscheck.engines.registry` (also a LookupError)
├── BrokenEngine        an engine cannot be loaded; in `crosscheck.engines.registry`
├── TargetNotFound      `file.py:Name` cannot be loaded; in `crosscheck.models.loading` (also a LookupError)
├── NotReal             an engine's answer has an imaginary part; in `crosscheck.engine`, and told in the report
├── EngineFailed        an engine on trial gave no answer; in `certificates.answers`, and told in the report
├── NotCertified        a report asked to `raise_unless_certified()` leaves something open
└── Refuted             a report asked to `raise_for_refuted()` holds a refuted comparison
"""

from typing import Any


class CrosscheckError(Exception):
    """Base class of every error this package raises on purpose.

    `what` went wrong, in a sentence, and `advice`: the likely cause, or what to do next. None is without.
    """

    def __init__(self, what: str, advice: str) -> None:
        self.what, self.advice = what, advice
        super().__init__(what, advice)

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


class InvalidParameter(CrosscheckError, ValueError):
    """Argument `name` must satisfy `condition`, but is `value`; `hint` says why that may be, or what to do."""

    def __init__(self, name: str, condition: str, value: Any, hint: str) -> None:
        self.name, self.value = name, value
        super().__init__(f"Argument {name} must {condition}, but is {value!r}.", hint)


class InvalidModel(CrosscheckError, ValueError):
    """A model that leaves the program, or has a method that nothing calls in place of one that is missing."""


class UnknownModel(CrosscheckError, LookupError):
    """No model of that name."""


class Refuted(CrosscheckError):
    """Two values that must agree have disjoint error intervals; the message lists them."""


class NotCertified(CrosscheckError):
    """Something that was asked is decided by no certificate; the message says what."""
