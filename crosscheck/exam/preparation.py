r"""Wrong starts: ρ(0) = D(α) S(s) ρ_th S† D† has ⟨r⟩ = √2 (Re α, Im α) and σ = (n₀ + ½) diag(e^{−2s}, e^{2s})."""

from __future__ import annotations

import numpy as np

from crosscheck.exam.bug import Bug, wrong_evolution
from crosscheck.exam.models import DRIVEN
from crosscheck.exam.parts import started

E2S = float(np.exp(2 * DRIVEN.squeezing))
HOT = DRIVEN.start + 0.5


def bugs() -> list[Bug]:
    """The trajectory starts from another state; its equations are right."""
    return [
        wrong_evolution(
            "vacuum-one",
            "the initial covariance is 1 for the vacuum",
            DRIVEN,
            started(covariance=lambda sigma: 2 * sigma),
        ),
        wrong_evolution(
            "mean-lost", "the displacement of the initial state is dropped", DRIVEN, started(mean=lambda r: 0 * r)
        ),
        wrong_evolution(
            "displacement-without-root",
            "⟨x⟩ = Re α in place of √2 Re α",
            DRIVEN,
            started(mean=lambda r: r / np.sqrt(2)),
        ),
        wrong_evolution(
            "amplitude-conjugated",
            "displaced by α* in place of α",
            DRIVEN,
            started(mean=lambda r: r * np.resize([1.0, -1.0], len(r))),
        ),
        wrong_evolution(
            "displaced-before-squeezed",
            "the unitaries applied last one first: the displacement is squeezed, too",
            DRIVEN,
            started(mean=lambda r: r * np.array([E2S**-0.5, E2S**0.5])),
        ),
        wrong_evolution(
            "squeezing-sign",
            "e^{2s} for x and e^{−2s} for p: the other sign convention of S(s)",
            DRIVEN,
            started(covariance=lambda sigma: sigma * np.array([[E2S**2, 1.0], [1.0, E2S**-2]])),
        ),
        wrong_evolution(
            "squeezing-once",
            "variances e^{∓s}, which are the amplitudes' factors, in place of e^{∓2s}",
            DRIVEN,
            started(covariance=lambda sigma: sigma * np.array([[E2S**0.5, 1.0], [1.0, E2S**-0.5]])),
        ),
        wrong_evolution(
            "cold-start",
            "the thermal occupation of the initial state is dropped",
            DRIVEN,
            started(covariance=lambda sigma: sigma * 0.5 / HOT),
        ),
        wrong_evolution(
            "occupation-doubled",
            "σ = 2n₀ + ½: half of a convention with vacuum 1",
            DRIVEN,
            started(covariance=lambda sigma: sigma * (2 * DRIVEN.start + 0.5) / HOT),
        ),
    ]
