r"""gaussian-open-systems: r = (x_1, …, x_n, p_1, …, p_n), ħ = 1, vacuum ½·1, modes counted from 1, natural logarithms.

A system is H = ½ rᵀHr and the Gram matrix M_jk = Σ_k γ_k l_j* l_k of its jump operators l·r; its A = Ω(H + Im M) and
D = Ω(Re M)Ωᵀ, its exponentials and its measures are on trial. A linear term has no place in it, nor has M < 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gaussian_systems.conventions as conventions
import gaussian_systems.initial_state as states
import gaussian_systems.metrics as metrics
import gaussian_systems.systems as systems
import numpy as np
from numpy.typing import NDArray

import gaussian
from gaussian.forms import quadratic_form
from gaussian.ladder import ladder

DISTRIBUTION = "gaussian-open-systems"
Array = NDArray[Any]


def xxpp(n: int) -> list[int]:
    """Rows of (x_1, p_1, …) in the order (x_1, …, p_1, …)."""
    return [*range(0, 2 * n, 2), *range(1, 2 * n, 2)]


def xpxp(n: int) -> list[int]:
    """Rows of (x_1, …, p_1, …) in the order (x_1, p_1, …)."""
    return [j + i * n for j in range(n) for i in (0, 1)]


def covariance_of(sigma: Array) -> Array:
    """σ in its ordering."""
    rows = xxpp(len(sigma) // 2)
    return np.asarray(sigma, float)[np.ix_(rows, rows)]


def system_of(model: Any) -> systems.GaussianCVSystem:
    """A model's H and M. Raises NotImplementedError for what the package has no place for."""
    if gaussian.is_time_dependent(model):
        raise NotImplementedError("constant coefficients only")
    if np.abs(gaussian.drive(model)).max() > 0:
        raise NotImplementedError("no linear terms")
    rates = gaussian.rate_matrix(model)
    if np.linalg.eigvalsh(rates)[0] < -1e-12 * max(1.0, float(np.abs(rates).max())):
        raise NotImplementedError("completely positive generators only")
    n = model.modes
    rows = np.ix_(xxpp(n), xxpp(n))
    form = quadratic_form(model.hamiltonian(*ladder(n)), n, "Hamiltonian")
    return systems.GaussianCVSystem(np.ascontiguousarray(form.matrix.real[rows]), rates.T[rows])


def moment_equations(model: Any) -> tuple[Array, Array, Array]:
    """A and D by `generate_drift_and_diffusion`; there is no drive."""
    rows = xpxp(model.modes)
    drift, diffusion = system_of(model).generate_drift_and_diffusion()
    return drift[np.ix_(rows, rows)], np.zeros(len(rows)), diffusion[np.ix_(rows, rows)]


def evolve(model: Any, times: Array) -> tuple[Array, Array]:
    """Means and covariances by `evolve_state`, from the model's preparation."""
    start, into, back = gaussian.initial_state(model), xxpp(model.modes), xpxp(model.modes)
    state = states.GaussianCVState(start.mean[into], covariance_of(start.covariance))
    found = system_of(model).evolve_state(state, np.asarray(times, float))
    sigmas = np.asarray(found.covariance_matrices)
    return np.asarray(found.mean_vectors)[:, back], sigmas[:, back][:, :, back]


def log_negativity(sigma: Array, *, party: Sequence[int]) -> Any:
    """E_N of two modes by `compute_logarithmic_negativity`."""
    if len(sigma) != 4:
        raise NotImplementedError("two modes only")
    return metrics.compute_logarithmic_negativity(covariance_of(sigma), (1, 2))


def purity(sigma: Array) -> Any:
    """1/√det 2V by `state_purity`, which first asks whether V is physical."""
    return metrics.state_purity(covariance_of(sigma))


def is_physical(sigma: Array) -> bool:
    """V + iΩ/2 ≥ −10⁻⁸ by `is_physical_covariance_matrix`."""
    return bool(conventions.is_physical_covariance_matrix(covariance_of(sigma)))
