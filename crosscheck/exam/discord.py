r"""Wrong discords: D(A|B) = S(B) − S(AB) + inf_M S(A|M) over Gaussian measurements M of mode B."""

from __future__ import annotations

from typing import Any

import numpy as np

import gaussian
from crosscheck.exam.bug import Bug, wrong_measure
from crosscheck.exam.entanglement import NATS_TO_BITS
from crosscheck.exam.models import BATHS, RESERVOIR
from crosscheck.exam.parts import Array, scaled


def bugs() -> list[Bug]:
    """D is wrong; the moments are right."""
    wrong = [
        ("discord-vacuum", "vacuum ½ fed into a formula for vacuum 1", RESERVOIR, _discord_of_doubled),
        ("discord-in-bits", "D in bits, not nats", RESERVOIR, scaled(gaussian.discord, NATS_TO_BITS)),
        ("other-mode-measured", "mode A measured where mode B should be", BATHS, _other_mode_measured),
        ("homodyne-only", "one homodyne measurement in place of the infimum over all", RESERVOIR, _homodyne_only),
        (
            "discord-without-conditional",
            "S(B) − S(AB) without the conditional entropy",
            RESERVOIR,
            _without_conditional,
        ),
        ("mutual-for-discord", "all correlations taken for quantum ones: I in place of D", RESERVOIR, _mutual),
    ]
    return [wrong_measure(name, text, model, "discord", function) for name, text, model, function in wrong]


def _discord_of_doubled(sigma: Any, *, measured: Any) -> float:
    return float(gaussian.discord(2 * np.asarray(sigma), measured=measured))


def _other_mode_measured(sigma: Any, *, measured: Any) -> float:
    return float(gaussian.discord(sigma, measured=[1 - measured[0]]))


def _blocks(sigma: Any, measured: Any) -> tuple[Array, Array, Array]:
    """(σ_A, σ_B, C) with B measured."""
    ordered = gaussian.reduced(sigma, [1 - measured[0], *measured])
    return ordered[:2, :2], ordered[2:, 2:], ordered[:2, 2:]


def _homodyne_only(sigma: Any, *, measured: Any) -> float:
    a, b, c = _blocks(sigma, measured)
    conditional = a - np.outer(c[:, 0], c[:, 0]) / b[0, 0]
    s = gaussian.entropy_of_mode(np.sqrt(np.linalg.det(conditional)))
    return float(gaussian.entropy(b) - gaussian.entropy(sigma) + s)


def _without_conditional(sigma: Any, *, measured: Any) -> float:
    return float(gaussian.entropy(_blocks(sigma, measured)[1]) - gaussian.entropy(sigma))


def _mutual(sigma: Any, *, measured: Any) -> float:
    return float(gaussian.mutual_information(sigma, party=measured))
