"""The checked arguments of `certify_points`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

import gaussian
from crosscheck.certificates.batched.labelled import Labels, unlabelled
from crosscheck.certificates.batched.measures import MEASURES, OF_PARTIES
from crosscheck.certificates.batched.scan import Shape, point_of, scan_shape
from crosscheck.certificates.inquiry import require_tolerance
from crosscheck.certificates.system import System
from crosscheck.engine import Engine
from crosscheck.errors import InvalidParameter
from gaussian.symplectic import as_modes


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked, checked."""

    model: Any
    shape: Shape
    modes: int
    observed: tuple[int, ...]
    party: tuple[int, ...]
    names: tuple[str, ...]
    tolerance: float
    engine: Engine
    labels: Labels

    @classmethod
    def of(
        cls, model: Any, quantities: Sequence[str], party: Sequence[int] | None, tolerance: float, engine: Engine
    ) -> Self:
        if not isinstance(engine, Engine):
            raise InvalidParameter(
                "engine",
                "be an Engine",
                engine,
                "Put functions into one, as in Engine(name='mine', steady_state=solve).",
            )
        require_tolerance(tolerance)
        model, labels = unlabelled(model)
        gaussian.moment_equations(model)  # what is the matter with the model is said here
        shape = scan_shape(model)
        if not shape or 0 in shape:
            raise InvalidParameter(
                "model",
                "have an array with elements in a field that its generator depends on",
                type(model).__name__,
                "Give one such as np.linspace(0, 1, 50).",
            )
        if gaussian.is_time_dependent(model):
            raise gaussian.TimeDependent
        system = System.of(point_of(model, shape, (0,) * len(shape)), ())
        names = (quantities,) if isinstance(quantities, str) else tuple(dict.fromkeys(quantities))
        for name in names:
            if name not in MEASURES:
                known = ", ".join(MEASURES)
                raise InvalidParameter("quantities", f"be some of {known}", name, "Check the spelling.")
        chosen = system.party if party is None else tuple(as_modes(party, len(system.observed), "party"))
        if any(name in OF_PARTIES for name in names) and not 0 < len(chosen) < len(system.observed):
            raise InvalidParameter(
                "party", "be some of the observed modes, and not all", chosen, "Choose one side of the bipartition."
            )
        return cls(
            model=model, shape=shape, modes=system.modes, observed=system.observed, party=chosen, names=names,
            tolerance=tolerance, engine=engine, labels=labels,
        )  # fmt: skip

    @property
    def points(self) -> int:
        return int(np.prod(self.shape))
