r"""What a code may take for the start of a trajectory, or for time: another state, other units, another direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.diagnosis.code.change import Change
from crosscheck.diagnosis.code.flows import flow_texts
from gaussian.ladder import ladder

Array = NDArray[Any]


def starts_of(model: Any) -> dict[str, tuple[Array, Array, float]]:
    """The start of a model, and what codes take for it, or for time."""
    right = gaussian.initial_state(model)
    n = right.modes
    vacuum, zero = 0.5 * np.eye(2 * n), np.zeros(2 * n)
    found = {
        "": (right.mean, right.covariance, 1.0),
        "the start is the vacuum": (zero, vacuum, 1.0),
        "the start is the vacuum, displaced": (right.mean, vacuum, 1.0),
        "the start has no displacement": (zero, right.covariance, 1.0),
        "the start is displaced by √2 too much, ⟨x⟩ = 2 Re α": (2**0.5 * right.mean, right.covariance, 1.0),
        "the start is displaced by √2 too little, ⟨x⟩ = Re α": (2**-0.5 * right.mean, right.covariance, 1.0),
        "the start is squeezed along the other quadrature": (
            right.mean,
            gaussian.omega(n) @ right.covariance @ gaussian.omega(n).T,
            1.0,
        ),
        "the start lacks its correlations between modes": (
            right.mean,
            right.covariance * np.kron(np.eye(n), np.ones((2, 2))),
            1.0,
        ),
        "the start is twice as large, as if the vacuum were 1": (right.mean, 2 * right.covariance, 1.0),
        "the start is half as large, as if the vacuum were ¼": (right.mean, 0.5 * right.covariance, 1.0),
        "the start has the covariance 0, without vacuum noise": (right.mean, 0 * right.covariance, 1.0),
        "time is 2π too long (angular rates taken for rates in Hz)": (right.mean, right.covariance, 2 * np.pi),
        "time is 2π too short (rates in Hz taken for angular ones)": (right.mean, right.covariance, 0.5 / np.pi),
        "time runs twice as fast": (right.mean, right.covariance, 2.0),
        "time runs half as fast": (right.mean, right.covariance, 0.5),
        "time runs backwards": (right.mean, right.covariance, -1.0),
    }
    return found | _squeezed_otherwise(model, right)


def _squeezed_otherwise(model: Any, right: Any) -> dict[str, tuple[Array, Array, float]]:
    """Preparing unitaries left out, inverted, or with a parameter of twice or half the size."""
    found = {}
    preparation = model.preparation(*ladder(model.modes)) if hasattr(model, "preparation") else None
    unitaries = [] if preparation is None else list(preparation.unitaries)
    for k in range(len(unitaries)):
        for factor, said in ((0.0, "missing"), (-1.0, "inverted"), (2.0, "twice as strong"), (0.5, "half as strong")):
            changed = [u * factor if i == k else u for i, u in enumerate(unitaries)]
            state = gaussian.initial_state(_Prepared(model.modes, preparation, changed))
            name = f"unitary {k + 1} of the preparation ({_kind(unitaries[k])})"
            found[f"{name} is {said}"] = (state.mean, state.covariance, 1.0)
    if len(unitaries) > 1:
        state = gaussian.initial_state(_Prepared(model.modes, preparation, unitaries[::-1]))
        found["the unitaries of the preparation act in the opposite order"] = (state.mean, state.covariance, 1.0)
    if preparation is not None and preparation.occupations is not None and any(preparation.occupations):
        state = gaussian.initial_state(_Prepared(model.modes, preparation, unitaries, [0.0] * model.modes))
        found["the thermal occupations of the start are left out"] = (state.mean, state.covariance, 1.0)
        # S diag(n̄ + ½)Sᵀ without ½SSᵀ, which is the start with n̄ = 0.
        quanta = right.covariance - state.covariance
        found["vacuum noise is missing in the start: n̄ where n̄ + ½ belongs"] = (right.mean, quanta, 1.0)
    return found


def _kind(generator: Any) -> str:
    """What the unitary of a generator is called: by its words in ladder operators, letter 2j being a_j, 2j + 1 a_j†."""
    words = [w for w, c in generator.words.items() if c and w]
    modes = {letter // 2 for w in words for letter in w}
    if all(len(w) == 1 for w in words):
        what = "displacement"
    elif all(len(w) == 2 and w[0] % 2 != w[1] % 2 for w in words):
        what = "rotation" if len(modes) == 1 else "beam splitter"
    else:
        what = "squeezing" if len(modes) == 1 else "two-mode squeezing"
    of = " and ".join(str(m + 1) for m in sorted(modes))
    return f"{what} of mode{'s' * (len(modes) > 1)} {of}"


class _Prepared:
    """A start with other unitaries, for `gaussian.initial_state`."""

    def __init__(self, modes: int, preparation: Any, unitaries: list[Any], occupations: Any = None) -> None:
        self.modes, self.unitaries, self.ground_of = modes, unitaries, preparation.ground_of
        self.occupations = preparation.occupations if occupations is None else occupations

    def preparation(self, *a: Any) -> Any:
        return self


def start_changes(starts: Mapping[str, Any], times: Array | None) -> list[Change]:
    """One change for each wrong start, and for each wrong flow from it."""
    found = [Change(text=text, rank=4, solver=text) for text in starts if text]
    if times is None:
        return found
    return found + [Change(text=text, rank=6, solver=text) for text in flow_texts(times)]
