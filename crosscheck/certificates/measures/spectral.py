r"""Functions of σ that are no measures, as an engine of another's offers them: rows of the enclosed certificate.

    purity = Π 1/2ν_k,      ν_1 ≤ … ≤ ν_n,      physical iff ν_1 ≥ ½

of the middle of the proved σ. Whether a σ is physical is asked where rounding cannot change the answer: of σ itself if
ν_1 is above ½, else of 1.01σ; and of 0.9σ/2ν_1, which is no state.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import flint
import numpy as np

from crosscheck.certificates.answers import EngineFailed, ask
from crosscheck.certificates.quantities import Moments
from crosscheck.engine import Engine
from gaussian import enclosed

SPECTRAL = ("purity", "symplectic_eigenvalues", "is_physical")
BITS = 256
# A ν that is above ½ by this share is so whatever rounding does; rounding of σ must be far below.
CLEAR = 1e-3
ABOVE, BELOW = 1.01, 0.9

Row = tuple[str, float, float, flint.arb]


def foreign(engine: Engine) -> tuple[str, ...]:
    """Those of these functions that an engine offers, and that are not the package's own."""
    return tuple(name for name in SPECTRAL if engine.gives(name) and not engine.has_own(name))


def spectral_rows(engine: Engine, sigma: flint.arb_mat, moments: Moments) -> Iterator[Row]:
    """(quantity, what the engine says, how far rounding of σ may have moved it, the exact value) for each of them.

    `moments` are σ rounded to doubles. Raises EngineFailed.
    """
    asked = foreign(engine)
    if not asked:
        return
    with flint.ctx.workprec(BITS):
        exact = enclosed.symplectic_eigenvalues(sigma)
        pure = math.prod((1 / (2 * nu) for nu in exact), start=flint.arb(1))
    eta, doubles = moments.relative_error, moments.covariance
    if "purity" in asked:
        claimed = _number(engine, engine.purity, doubles)
        yield "purity", claimed, float(pure) * ((1 - eta) ** -len(exact) - 1), pure
    if "symplectic_eigenvalues" in asked:
        found = ask(engine, lambda: np.asarray(engine.symplectic_eigenvalues(doubles.copy()), float))
        if found.shape != (len(exact),):
            raise EngineFailed(
                f"{engine.name} returned symplectic eigenvalues of shape {found.shape} for {len(exact)} modes.",
                "Give each once: those of iΩσ come in pairs ±ν.",
            )
        for k, (mine, nu) in enumerate(zip(np.sort(found), exact, strict=True), start=1):
            yield f"ν{k}", float(mine), eta * float(nu), nu
    if "is_physical" in asked and eta < 0.1 * CLEAR:
        least = float(exact[0])
        name, factor = ("is_physical", 1.0) if least > 0.5 * (1 + CLEAR) else (f"is_physical, {ABOVE}σ", ABOVE)
        yield name, _number(engine, engine.is_physical, factor * doubles), 0.0, flint.arb(1)
        shrunk = BELOW / (2 * least) * doubles
        yield f"is_physical, {BELOW}σ/2ν1", _number(engine, engine.is_physical, shrunk), 0.0, flint.arb(0)


def _number(engine: Engine, function: Callable[..., Any], sigma: Any) -> float:
    return float(ask(engine, lambda: float(function(sigma.copy()))))
