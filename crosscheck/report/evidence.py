r"""Which evidence decides each thing that was asked: a theorem before an estimate.

A thing asked is a quantity at a place. Several certificates may speak of it:

    evidence                                what it does
    a theorem that decides                  is the verdict
    an estimate, where no theorem decides   is the verdict
    a simulation beside a theorem           is a witness: it takes nothing away, and may contradict

Two Fock values of the same thing, one proved and one simulated, must agree whatever the engine on trial says. Where
they lie more than `MARGIN` widths apart a program of this package is wrong: no verdict on the engine follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import MARGIN, Comparison, Verdict, overall


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """A simulated value that a proved one excludes."""

    quantity: str
    place: str
    proved: float
    proved_error: float
    simulated: float
    simulated_error: float

    json_fields: ClassVar[tuple[str, ...]] = (
        "quantity", "place", "proved", "proved_error", "simulated", "simulated_error",
    )  # fmt: skip

    def __str__(self) -> str:
        return (
            f"{self.quantity} at {self.place} is proved to be {self.proved:.9g} ± {self.proved_error:.0e}, but the "
            f"simulation gives {self.simulated:.9g} ± {self.simulated_error:.0e}"
        )


def asked(certificates: Iterable[Certificate]) -> dict[tuple[str, str], list[Comparison]]:
    """What was compared, by place and quantity, with all that is said of each."""
    found: dict[tuple[str, str], list[Comparison]] = {}
    for certificate in certificates:
        for comparison in certificate.comparisons:
            found.setdefault((comparison.place, comparison.quantity), []).append(comparison)
    return found


def decision(said: Sequence[Comparison]) -> Verdict:
    """What the strongest evidence for one thing says.

    An engine's value that a simulation refutes is refuted if the proved Fock value lies as far from it: an engine may
    answer rightly when asked for a formula, and wrongly when asked for its own state.
    """
    proved = [c for c in said if c.theorem and c.verdict is not Verdict.INCONCLUSIVE]
    others = [c for c in said if not c.theorem]
    if not proved:
        return overall(_conclusive(said))
    held = [
        replace(c, fock=p.fock, fock_error=p.fock_error) for c in others for p in proved if c.verdict is Verdict.REFUTED
    ]
    return overall([*(c.verdict for c in proved), *(Verdict.REFUTED for c in held if c.verdict is Verdict.REFUTED)])


def _conclusive(said: Sequence[Comparison]) -> list[Verdict]:
    """Verdicts that say something, if there are any."""
    found = [c.verdict for c in said]
    return [v for v in found if v is not Verdict.INCONCLUSIVE] or found


def verdict(certificates: Sequence[Certificate]) -> Verdict:
    """Refuted if anything is; certified only if all that was asked is, and nothing contradicts itself.

    A certificate that was not attempted, or ran out of its budget, leaves open what no other decides, and no more.
    """
    settled = [c.decided for c in certificates if c.decided]
    found = overall([*settled, *map(decision, asked(certificates).values())])
    if found is Verdict.CERTIFIED and contradictions(certificates):
        return Verdict.INCONCLUSIVE
    return found


def undecided(certificates: Sequence[Certificate]) -> list[tuple[str, str]]:
    """Place and quantity of what no certificate decides."""
    return [key for key, said in asked(certificates).items() if decision(said) is Verdict.INCONCLUSIVE]


def contradictions(certificates: Sequence[Certificate]) -> list[Contradiction]:
    """Simulated values that proved ones exclude."""
    found = []
    for (place, quantity), said in asked(certificates).items():
        for p in (c for c in said if c.theorem and math.isfinite(c.fock) and c.fock_error <= c.tolerance):
            for s in (c for c in said if not c.theorem and math.isfinite(c.fock) and c.fock_error <= c.tolerance):
                if abs(p.fock - s.fock) > MARGIN * (p.fock_error + s.fock_error):
                    found.append(
                        Contradiction(
                            quantity=quantity, place=place, proved=p.fock, proved_error=p.fock_error,
                            simulated=s.fock, simulated_error=s.fock_error,
                        )
                    )  # fmt: skip
    return found
