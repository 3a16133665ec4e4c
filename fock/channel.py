r"""Loss, amplification and noise of one mode by Kraus operators, without a mode for the environment.

    loss η:        ρ → Σ_k K_k ρ K_k†,    ⟨n − k|K_k|n⟩ = √(C(n, k) (1 − η)^k η^{n−k})
    gain G:        ρ → Σ_k K_k ρ K_k†,    ⟨n + k|K_k|n⟩ = √(C(n + k, k) (1 − 1/G)^k G^{−n−1})

These are the two of a vacuum environment: a beam splitter of transmission η, and a two-mode squeezer of gain G ≥ 1. On
second moments they are σ → ησ + ½(1 − η) and Gσ + ½(G − 1). Loss followed by gain is every channel

    ⟨r⟩ → √τ ⟨r⟩,   σ → τσ + y·1,   y ≥ ½|1 − τ|:          G = y + ½(1 + τ),   η = τ/G

and so is loss to a thermal environment, y = (1 − η)(n̄ + ½), a thermal amplifier, y = (G − 1)(n̄ + ½), and added
classical noise, τ = 1. Loss takes no state across the cutoff and is exact; what gain takes across it is lost, with the
probability I_{1−1/G}(N − n, n + 1) from level n.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import qutip
from scipy.special import betainc, gammaln, xlog1py, xlogy

from fock.errors import InvalidArgument
from fock.states import Array, FockState, State, as_modes, as_qobj, density
from fock.tails import gentle_bound

# Bound on ‖ρ_exact − ρ‖₁ from rounding of the sums over k, in units of the last place and levels.
ROUNDING = 4 * float(np.finfo(float).eps)


def loss_kraus(eta: float, levels: int) -> tuple[qutip.Qobj, ...]:
    """K_k of loss, k = 0 … levels − 1, on that many levels, where ΣK_k†K_k = 1. `eta` is the transmission in [0, 1]."""
    weights = _loss(_in_unit_interval(eta), levels)
    return tuple(qutip.Qobj(np.diag(weights[k, k:], k)) for k in range(levels))


def amplifier_kraus(gain: float, levels: int) -> tuple[qutip.Qobj, ...]:
    """K_k of gain ≥ 1, k = 0 … levels − 1, on that many levels: ΣK_k†K_k ≤ 1, less by what is taken above them."""
    weights = _gain(_at_least_one(gain), levels, levels)
    return tuple(qutip.Qobj(np.diag(weights[k, : levels - k], -k)) for k in range(levels))


def apply_loss(state: State, mode: int, eta: float, *, nbar: float = 0.0, cutoff: int | None = None) -> FockState:
    """The state after a mode has lost all but `eta` of its energy to an environment of `nbar` quanta.

    ⟨r⟩ → √η ⟨r⟩ and σ → ησ + (1 − η)(n̄ + ½) for that mode.

    Args:
        state: state, ket or density matrix.
        mode: which one it acts on.
        eta: transmission, 0 ≤ η ≤ 1.
        nbar: thermal quanta of the environment.
        cutoff: levels of the mode afterwards; as many as before if left out.

    Returns:
        FockState, not normalised again; its `solver_error` is that of the state and what the lost trace means in trace
        norm; its `bound` likewise, if the state has one.

    Raises:
        InvalidArgument: no such mode; η outside [0, 1]; negative or infinite n̄; a cutoff that is none.
    """
    eta = _in_unit_interval(eta)
    return _noisy(state, mode, eta, (1 - eta) * (_quanta(nbar, "nbar") + 0.5), cutoff)


def apply_amplifier(state: State, mode: int, gain: float, *, nbar: float = 0.0, cutoff: int | None = None) -> FockState:
    """The state after a phase-insensitive amplifier of power `gain` ≥ 1 on one mode, with `nbar` quanta in its idler.

    ⟨r⟩ → √G ⟨r⟩ and σ → Gσ + (G − 1)(n̄ + ½). Arguments, result and errors are those of `apply_loss`.
    """
    gain = _at_least_one(gain)
    return _noisy(state, mode, gain, (gain - 1) * (_quanta(nbar, "nbar") + 0.5), cutoff)


def apply_noise(state: State, mode: int, variance: float, *, cutoff: int | None = None) -> FockState:
    """The state after random displacements of one mode: σ → σ + `variance`·1, means unchanged.

    Arguments, result and errors are otherwise those of `apply_loss`.
    """
    return _noisy(state, mode, 1.0, _quanta(variance, "variance"), cutoff)


def _noisy(state: State, mode: int, tau: float, y: float, cutoff: int | None) -> FockState:
    """Loss τ/G, then gain G."""
    rho = as_qobj(state)
    levels = tuple(int(n) for n in rho.dims[0])
    (mode,) = as_modes([mode], len(levels), "mode")
    n = levels[mode]
    if cutoff is not None and (isinstance(cutoff, bool) or not isinstance(cutoff, (int, np.integer)) or cutoff < 2):
        raise InvalidArgument(
            f"Argument cutoff must be an integer ≥ 2, but is {cutoff!r}.", "Count the levels of that one mode with it."
        )
    after = n if cutoff is None else int(cutoff)
    gain = max(1.0, y + 0.5 * (1 + tau))
    before, behind = int(np.prod(levels[:mode])), int(np.prod(levels[mode + 1 :]))
    # Not of unit trace again: what the state has lost already counts in its own error.
    trace = 1.0 if rho.isket else float(rho.tr().real)
    array = (trace * density(rho)).reshape(before, n, behind, before, n, behind)
    array = _attenuated(array, _loss(min(1.0, tau / gain), n))
    populations = np.einsum("injinj->n", array).real
    array = _amplified(array, _gain(gain, n, after), after)
    cutoffs = (*levels[:mode], after, *levels[mode + 1 :])
    d = before * after * behind
    matrix = array.reshape(d, d)
    error = gentle_bound(float(np.maximum(populations, 0.0) @ _above(gain, n, after))) + ROUNDING * (n + after)
    found = FockState(
        rho=qutip.Qobj(matrix, dims=[list(cutoffs)] * 2, isherm=True),
        cutoffs=cutoffs,
        solver_error=error + (state.solver_error if isinstance(state, FockState) else 0.0),
    )
    bound = state.bound if isinstance(state, FockState) else None
    return found if bound is None else replace(found, bound=bound + error)


def _attenuated(rho: Array, weights: Array) -> Array:
    n = rho.shape[1]
    found = np.zeros_like(rho)
    for k in range(n):
        w = weights[k, k:]
        part = rho[:, k:, :, :, k:] * w[:, None, None, None, None] * w[:, None]
        found[:, : n - k, :, :, : n - k] += part
    return found


def _amplified(rho: Array, weights: Array, after: int) -> Array:
    n = rho.shape[1]
    found = np.zeros((rho.shape[0], after, rho.shape[2]) * 2, rho.dtype)
    for k in range(after):
        m = min(n, after - k)
        w = weights[k, :m]
        part = rho[:, :m, :, :, :m] * w[:, None, None, None, None] * w[:, None]
        found[:, k : k + m, :, :, k : k + m] += part
    return found


def _loss(eta: float, levels: int) -> Array:
    """⟨n − k|K_k|n⟩, shape (k, n); zero for k > n."""
    k, n = np.arange(levels)[:, None], np.arange(levels)
    with np.errstate(invalid="ignore"):
        logarithm = _log_binomial(n, k) + xlog1py(k, -eta) + xlogy(np.maximum(n - k, 0), eta)
    return np.where(k <= n, np.exp(0.5 * np.where(k <= n, logarithm, 0.0)), 0.0)


def _gain(gain: float, levels: int, after: int) -> Array:
    """⟨n + k|K_k|n⟩, shape (k, n), for k below the cutoff afterwards."""
    k, n = np.arange(after)[:, None], np.arange(levels)
    logarithm = _log_binomial(n + k, k) + xlogy(k, 1 - 1 / gain) - (n + 1) * np.log(gain)
    return np.asarray(np.exp(0.5 * logarithm))


def _above(gain: float, levels: int, after: int) -> Array:
    """Probability that |n⟩ is amplified to the cutoff or beyond, shape (n,): k is negative binomial."""
    n = np.arange(levels)
    room = after - n
    return np.where(room > 0, betainc(np.maximum(room, 1), n + 1, 1 - 1 / gain), 1.0)


def _log_binomial(n: Array, k: Array) -> Array:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1))


def _number(x: float, name: str, least: float, most: float, must: str) -> float:
    if isinstance(x, bool) or not isinstance(x, (int, float, np.number)) or not least <= x <= most or np.isinf(x):
        raise InvalidArgument(
            f"Argument {name} must be a number {must}, but is {x!r}.",
            "Count energy with it: η = 0.9 keeps nine tenths, G = 2 doubles, and vacuum noise is ½.",
        )
    return float(x)


def _in_unit_interval(eta: float) -> float:
    return _number(eta, "eta", 0.0, 1.0, "from 0 to 1")


def _at_least_one(gain: float) -> float:
    return _number(gain, "gain", 1.0, np.inf, "≥ 1")


def _quanta(x: float, name: str) -> float:
    return _number(x, name, 0.0, np.inf, "≥ 0")
