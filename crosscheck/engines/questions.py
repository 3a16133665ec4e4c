r"""Questions that models do not reach, with answers in closed form, for each function an engine may offer.

Strong squeezing, parties that are not the first modes, nearly pure states, many modes, and violations of σ + iΩ/2 ≥ 0
that are large in ν but small in every entry or eigenvalue. Each answer follows from the state's construction in
`crosscheck.engines.states`, and so does the error that is granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import exp, log, log1p
from typing import Any

import numpy as np

from crosscheck.engine import Engine
from crosscheck.engines.states import (
    EPS,
    ULPS,
    Array,
    entropy_granted,
    entropy_of,
    entropy_of_beam,
    granted,
    network,
    product,
    reordered,
    squeezed,
    thermal,
    twin_beams,
)
from crosscheck.report.certificate import Certificate
from crosscheck.report.report import Report
from crosscheck.report.verdict import Comparison

CLOSED_FORMS = "closed forms"
# Twelve digits where nothing is ill-conditioned.
ROUNDING = 1e-12
# Yes is 1 and no is 0.
YES_OR_NO = 1e-3
# e^r = 2^k for k up to 29: r = 20.1, squeezing by 175 dB.
STRONGEST = 29


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """`function(sigma, **which)` must be `answer` to within `error`."""

    function: str
    label: str
    sigma: Array
    answer: float
    error: float
    which: dict[str, Any] = field(default_factory=dict)


def questions() -> Iterator[Question]:
    """All of them."""
    yield from _negativities()
    yield from _entropies()
    yield from _correlations()
    yield from _spectra()
    yield from _physical()


def _negativities() -> Iterator[Question]:
    def ask(label: str, sigma: Array, party: list[int], k: float, error: float = ROUNDING) -> Question:
        return Question(
            function="log_negativity", label=label, sigma=sigma, answer=k * log(2), error=error, which={"party": party}
        )

    for k in (1, 2, 4, 6, 8, 10, 12, 14, 16):
        yield ask(f"two-mode squeezed vacuum, e^2r = 2^{k}", twin_beams(k), [0], k, max(ROUNDING, granted(k)))
    for k in (5, 10, 15, 20, STRONGEST):
        yield ask(f"e^2r = 4, then one mode squeezed by e^r = 2^{k}", squeezed(twin_beams(2), k), [0], 2)
    yield ask("e^2r = 8, in thermal noise 2n̄ + 1 = 4", 4 * twin_beams(3), [0], 1)
    yield ask("e^2r = 8, in thermal noise 2n̄ + 1 = 16", 16 * twin_beams(3), [1], 0)
    yield ask("two thermal modes", thermal(0.25, 3.0), [0], 0)
    three = product(twin_beams(2), thermal(0.5))
    for party, k in (([0], 2), ([1], 2), ([2], 0), ([0, 2], 2), ([0, 1], 0)):
        yield ask(f"modes 0 and 1 squeezed, 2 thermal, party {party}", three, party, k)
    four = reordered(product(twin_beams(1), twin_beams(3)), [0, 2, 1, 3])
    for party, k in (([0], 1), ([1], 3), ([3], 3), ([0, 1], 4), ([0, 2], 0), ([1, 2], 4)):
        yield ask(f"modes 0, 2 and modes 1, 3 squeezed, party {party}", four, party, k)


def _entropies() -> Iterator[Question]:
    def ask(label: str, sigma: Array, answer: float, error: float) -> Question:
        return Question(function="entropy", label=label, sigma=sigma, answer=answer, error=error)

    for power in (-24, -20, -18, -16, -10, -1, 0, 10, 22):
        # S is the difference of two terms of size n̄ ln n̄, and a formula that just subtracts them is no wrong one.
        nbar = 2.0**power
        error = ROUNDING + ULPS * EPS * nbar * abs(log(nbar))
        yield ask(f"thermal mode, n̄ = 2^{power}", thermal(nbar), entropy_of(nbar), error)
    yield ask("two-mode squeezed vacuum, e^2r = 2^8", twin_beams(8), 0.0, entropy_granted(8))
    strong = squeezed(thermal(0.25), STRONGEST)
    yield ask(f"thermal mode squeezed by e^r = 2^{STRONGEST}", strong, entropy_of(0.25), ROUNDING)
    quanta = np.arange(30) / 8
    yield ask("30 modes of a passive network", network(quanta), sum(map(entropy_of, quanta)), 1e-10)


def _correlations() -> Iterator[Question]:
    for k in (1, 3, 6):
        one, error = entropy_of_beam(k), entropy_granted(k)
        label = f"two-mode squeezed vacuum, e^2r = 2^{k}"
        yield Question(
            function="mutual_information", label=label, sigma=twin_beams(k), answer=2 * one, error=error,
            which={"party": [0]},
        )  # fmt: skip
        yield Question(
            function="discord", label=label, sigma=twin_beams(k), answer=one, error=error, which={"measured": [1]}
        )
    for function, which in (("mutual_information", {"party": [1]}), ("discord", {"measured": [0]})):
        yield Question(
            function=function, label="two thermal modes", sigma=thermal(0.25, 3.0), answer=0.0, error=1e-10, which=which
        )


def _spectra() -> Iterator[Question]:
    """Of a spectrum Σ ln ν² says whether each is there once; the purity is its product."""

    def ask(label: str, sigma: Array, quanta: Any, error: float = ROUNDING) -> Iterator[Question]:
        size = float(np.sum(np.log(np.asarray(quanta) + 0.5) ** 2))
        allowed = max(ROUNDING * size, 2 * error * len(sigma))
        yield Question(
            function="symplectic_eigenvalues", label=f"Σ ln²ν, {label}", sigma=sigma, answer=size, error=allowed
        )
        pure = exp(-sum(log1p(2 * n) for n in quanta))
        yield Question(function="purity", label=label, sigma=sigma, answer=pure, error=error)

    yield from ask("vacuum of one mode", thermal(0.0), [0.0])
    yield from ask("vacuum of two modes", thermal(0.0, 0.0), [0.0, 0.0])
    yield from ask("two thermal modes", thermal(0.25, 3.0), [0.25, 3.0])
    for k in (4, 8, 12):
        yield from ask(f"two-mode squeezed vacuum, e^2r = 2^{k}", twin_beams(k), [0.0, 0.0], granted(k))
    for k in (5, 10, 20, STRONGEST):
        yield from ask(f"thermal mode squeezed by e^r = 2^{k}", squeezed(thermal(0.25), k), [0.25])
    quanta = np.arange(20) / 8
    yield from ask("20 modes of a passive network", network(quanta), quanta, 400 * EPS)


def _physical() -> Iterator[Question]:
    def ask(label: str, sigma: Array, yes: bool) -> Question:
        return Question(function="is_physical", label=label, sigma=sigma, answer=float(yes), error=YES_OR_NO)

    yield ask("vacuum", thermal(0.0), True)
    yield ask("vacuum of two modes", thermal(0.0, 0.0), True)
    yield ask("ν = 0.49", 0.98 * thermal(0.0), False)
    yield ask("n̄ = 4 × 10⁶", thermal(4e6), True)
    for k in (3, 5, 10, 14, 20, STRONGEST):
        yield ask(f"vacuum squeezed by e^r = 2^{k}", squeezed(thermal(0.0), k), True)
        yield ask(f"ν = 0.45, squeezed by e^r = 2^{k}", squeezed(0.9 * thermal(0.0), k), False)
    for k in (4, 8, 12):
        yield ask(f"two-mode squeezed vacuum, e^2r = 2^{k}", twin_beams(k), True)
        yield ask(f"its covariance times 0.9, e^2r = 2^{k}", 0.9 * twin_beams(k), False)
    yield ask("ν = 4 × 10⁶ beside ν = 0.45", product(thermal(4e6), 0.9 * thermal(0.0)), False)
    yield ask("20 modes of a passive network", network(np.arange(20) / 8), True)


def closed_forms(engine: Engine, progress: Callable[[str], None] = lambda text: None) -> Report:
    """The questions put to what the engine offers, one certificate for each function.

    An exception, a complex number or NaN is a wrong answer; NotImplementedError is none, and is noted.
    """
    asked: dict[str, list[Question]] = {}
    for question in questions():
        if question.function in engine.offers:
            asked.setdefault(question.function, []).append(question)
    certificates, cannot = [], []
    for function, those in asked.items():
        progress(f"closed forms, {function}")
        comparisons, raised = [], []
        for question in those:
            try:
                found = _value(engine, question)
            except NotImplementedError as reason:
                cannot.append(f"{engine.name} does not give {function}: {reason}.")
                continue
            except (Exception, SystemExit) as error:
                raised.append(f"{question.label}: {type(error).__name__}: {' '.join(str(error).split())}")
                found = float("nan")
            comparisons.append(_compared(question, found))
        if comparisons:
            certificates.append(
                Certificate(
                    kind=function,
                    basis=CLOSED_FORMS,
                    comparisons=tuple(comparisons),
                    note="; ".join(raised),
                    theorem=True,
                )
            )
    return Report(
        model=CLOSED_FORMS,
        name=CLOSED_FORMS,
        engine=engine.name,
        certificates=tuple(certificates),
        notes=tuple(dict.fromkeys(cannot)),
    )


def _value(engine: Engine, question: Question) -> float:
    found = getattr(engine, question.function)(question.sigma, **question.which)
    return float(np.sum(np.log(found) ** 2)) if question.function == "symplectic_eigenvalues" else float(found)


def _compared(question: Question, found: float) -> Comparison:
    return Comparison(
        quantity=question.label,
        place=CLOSED_FORMS,
        gaussian=found,
        gaussian_error=0.0,
        fock=question.answer,
        fock_error=question.error,
        tolerance=question.error,
        theorem=True,
    )
