r"""Wrong measures beyond E_N, S, I and discord: steering, variances, squeezing, Rényi's entropy, contangle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import gaussian
from crosscheck.engine import GAUSSIAN
from crosscheck.exam.bug import Bug, EngineTrial
from crosscheck.exam.models import LOPSIDED, THREE

OTHER = {(0,): (1,), (1,): (0,)}


def bugs() -> list[Bug]:
    """The state is right, what is said of it is not."""
    two = (
        ("steering-reversed", "A to B for B to A", "steering", _reversed),
        ("steering-vacuum", "ν of the Schur complement against 1 in place of ½", "steering", _vacuum_one),
        ("steering-of-the-party", "σ_A − Cσ_B⁻¹Cᵀ, of the side that steers", "steering", _own_side),
        ("steering-transposed", "partial transposition before the Schur complement", "steering", _transposed),
        ("duan-sign", "Var(x₁ + x₂) + Var(p₁ − p₂)", "duan", _other_sign),
        ("duan-vacuum", "Duan's sum in units in which the border is 1", "duan", _half_duan),
        ("epr-product-of-variances", "the variances themselves, not those inferred", "epr_variance", _not_inferred),
        ("epr-reversed", "mode 2 inferred from mode 1", "epr_variance", _epr_reversed),
        ("epr-root", "the product of deviations, not of variances", "epr_variance", _epr_root),
        ("decibels-of-amplitude", "20 log₁₀ in place of 10 log₁₀", "squeezing_db", _twenty),
        ("decibels-of-an-entry", "the least diagonal entry of σ, not the least eigenvalue", "squeezing_db", _diagonal),
        ("decibels-vacuum-one", "−10 log₁₀ λ_min: the vacuum is not 0 dB", "squeezing_db", _no_two),
        ("renyi-log", "ln det 2σ without the ½", "renyi2", _doubled),
        ("renyi-of-two-logs", "in bits", "renyi2", _bits),
    )
    three = (
        ("contangle-of-first", "the residual of the first mode, not the least", "residual_contangle", _first),
        ("contangle-unsquared", "E_N in place of E_N²", "residual_contangle", _unsquared),
        ("every-cut-the-first", "all bipartitions take the first mode's E_N", "negativities", _same),
    )
    models = [(LOPSIDED, row) for row in two] + [(THREE, row) for row in three]
    return [_bug(model, *row) for model, row in models]


def _bug(model: Any, name: str, description: str, quantity: str, function: Any) -> Bug:
    changes: dict[str, Any] = {quantity: function}
    trial = EngineTrial(model=model, engine=replace(GAUSSIAN, **changes), times=model.times[:1], quantities=(quantity,))
    return Bug(name=name, description=description, certificate="enclosed", trial=trial)


def _reversed(sigma: Any, *, party: Any) -> Any:
    return gaussian.steering(sigma, party=OTHER[tuple(party)])


def _steered(nu: Any, vacuum: float) -> float:
    return float(np.maximum(0.0, -np.log(nu / vacuum)).sum())


def _schur(sigma: Any, party: Any) -> Any:
    """What is left of the other mode when the party is measured."""
    (k,) = party
    a, b = slice(2 * k, 2 * k + 2), slice(2 - 2 * k, 4 - 2 * k)
    return sigma[b, b] - sigma[b, a] @ np.linalg.inv(sigma[a, a]) @ sigma[a, b]


def _vacuum_one(sigma: Any, *, party: Any) -> Any:
    return _steered(gaussian.symplectic_eigenvalues(_schur(sigma, party)), 1.0)


def _own_side(sigma: Any, *, party: Any) -> Any:
    return _steered(gaussian.symplectic_eigenvalues(_schur(sigma, OTHER[tuple(party)])), 0.5)


def _transposed(sigma: Any, *, party: Any) -> Any:
    """ΘσΘ has the same Schur complement up to Θ; its E_N is what comes out where that is taken for steering."""
    return gaussian.log_negativity(sigma, party=party)


def _other_sign(sigma: Any) -> Any:
    return gaussian.duan(sigma, gain=-1.0)


def _half_duan(sigma: Any) -> Any:
    return 0.5 * gaussian.duan(sigma)


def _not_inferred(sigma: Any) -> Any:
    return sigma[0, 0] * sigma[1, 1]


def _epr_reversed(sigma: Any) -> Any:
    return gaussian.epr_variance(sigma, modes=(1, 0))


def _epr_root(sigma: Any) -> Any:
    return np.sqrt(gaussian.epr_variance(sigma))


def _twenty(sigma: Any) -> Any:
    return 2 * gaussian.squeezing_db(sigma)


def _diagonal(sigma: Any) -> Any:
    return -10 * np.log10(2 * np.diag(sigma).min())


def _no_two(sigma: Any) -> Any:
    return gaussian.squeezing_db(sigma) + 10 * np.log10(2)


def _doubled(sigma: Any) -> Any:
    return 2 * gaussian.renyi2(sigma)


def _bits(sigma: Any) -> Any:
    return gaussian.renyi2(sigma) / np.log(2)


def _residuals(sigma: Any, power: int) -> list[float]:
    def negativity(modes: list[int], party: int) -> float:
        return float(gaussian.log_negativity(gaussian.reduced(sigma, modes), party=[modes.index(party)]))

    found = []
    for i in range(3):
        j, k = (m for m in range(3) if m != i)
        whole, one, other = negativity([i, j, k], i), negativity([i, j], i), negativity([i, k], i)
        found.append(whole**power - one**power - other**power)
    return found


def _first(sigma: Any) -> Any:
    return _residuals(sigma, 2)[0], 0


def _unsquared(sigma: Any) -> Any:
    return min(_residuals(sigma, 1)), 0


def _same(sigma: Any) -> Any:
    right = gaussian.negativities(sigma)
    return dict.fromkeys(right, right[0,])
