"""Discord of states far from Gaussian, where conditional entropies depend on the outcome: against a plain sum over
outcomes, with explicit amplitudes for the lowest three levels.
"""

import numpy as np
import pytest
import qutip
from scipy.optimize import minimize

import fock
import gaussian
from crosscheck.certificates.measures.elements import below
from gaussian import enclosed

GRID = np.linspace(-5.4, 5.4, 73)
CELL = (GRID[1] - GRID[0]) ** 2 / np.pi
U, V = (axis.ravel() for axis in np.meshgrid(GRID, GRID))


def x_ln_x(x):
    return x * np.log(np.maximum(x, 1e-300))


def conditional(rho, tau, theta):
    """Σ_m p_m S(ρ_{A|m}), by φ_1 = bφ_0 and φ_2 = (b² − τ)φ_0/√2 on a grid of outcomes (u, v)."""
    d_a, d_b = rho.dims[0]
    b = np.sqrt(1 + tau) * U + 1j * np.sqrt(1 - tau) * V
    phi = np.stack([np.ones_like(b), b, (b**2 - tau) / np.sqrt(2)], -1)[:, :d_b]
    phi = phi * np.exp(-(U**2 + V**2) / 2)[:, None] * np.exp(1j * theta * np.arange(d_b))
    assert np.allclose(CELL * phi.T @ phi.conj(), np.eye(d_b), atol=1e-9), "the measurement is complete"
    array = rho.full().reshape(d_a, d_b, d_a, d_b)
    left = np.einsum("mj,ijkl,ml->mik", phi.conj(), array, phi, optimize=True)
    spectra = np.linalg.eigvalsh(left)
    return CELL * (x_ln_x(spectra.sum(-1)) - x_ln_x(spectra).sum(-1)).sum()


def mixed(d_b, seed):
    """A random state of rank two mixed half and half with a product."""
    rng = np.random.default_rng(seed)
    g = rng.normal(size=(2 * d_b, 2)) + 1j * rng.normal(size=(2 * d_b, 2))
    random = g @ g.conj().T
    thermal = np.kron(np.eye(2), np.diag(0.5 ** np.arange(d_b)))
    total = random / np.trace(random) + thermal / np.trace(thermal)
    return qutip.Qobj(total / 2, dims=[[2, d_b], [2, d_b]])


@pytest.mark.parametrize(("d_b", "seed"), [(2, 1), (2, 2), (3, 2)])
@pytest.mark.slow
def test_discord_of_a_state_that_is_not_gaussian(d_b, seed):
    """More nodes come nearer to the sum over outcomes, whose minimum lies at homodyning some oblique quadrature."""
    rho = mixed(d_b, seed)
    grid = [(tau, theta) for tau in (0.0, 0.5, 1.0) for theta in np.arange(6) * np.pi / 6]
    values = [conditional(rho, *point) for point in grid]
    found = minimize(
        lambda v: conditional(rho, np.clip(v[0], 0, 1), v[1]),
        grid[int(np.argmin(values))],
        method="Nelder-Mead",
        options={"xatol": 1e-3, "fatol": 1e-7},
    )
    expected = fock.entropy(rho.ptrace(1)) - fock.entropy(rho) + found.fun
    assert max(values) - found.fun > 20 * 5e-4, "any measurement would do"
    fine, coarse = (abs(fock.discord(rho, measured=[1], nodes=n) - expected) for n in (31, 5))
    assert fine < min(5e-4, coarse)
    swapped = rho.permute([1, 0])
    assert fock.discord(swapped, measured=[0], nodes=31) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("a", "b", "c", "d"), [(1.3, 2, 0.3, -0.2), (1.3, 2, 0.2, -0.15), (1.2, 1.8, 0.2, 0.17)])
@pytest.mark.parametrize("angle", [0.0, 0.5, 1.4, 2.6])
def test_the_best_measurement_may_be_squeezed_at_any_angle(a, b, c, d, angle):
    """A = a·1, B = b·1, C = diag(c, d) (vacuum 1) with B turned: neither homodyne nor heterodyne comes near the closed
    form, the search over both τ and θ does.
    """
    sigma = np.zeros((4, 4))
    sigma[0::2, 0::2], sigma[1::2, 1::2] = np.array([[a, c], [c, b]]) / 2, np.array([[a, d], [d, b]]) / 2
    turn = np.eye(4)
    turn[2:, 2:] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    sigma = turn @ sigma @ turn.T
    sigma = 0.5 * (sigma + sigma.T)
    moments = enclosed.EnclosedState(mean=enclosed.matrix([[0]] * 4), covariance=enclosed.matrix(sigma.tolist()))
    rho = qutip.Qobj(below(moments, (9, 18)).rho, dims=[[9, 18], [9, 18]])
    expected = float(gaussian.discord(sigma, measured=[1]))
    corners = [np.sqrt((a - c**2 / (b + lam)) * (a - d**2 / (b + 1 / lam))) / 2 for lam in (1e-9, 1.0, 1e9)]
    rest = gaussian.entropy_of_mode(b / 2) - gaussian.entropy(sigma)
    assert min(gaussian.entropy_of_mode(nu) for nu in corners) + rest - expected > 1e-4
    assert fock.discord(rho, measured=[1]) == pytest.approx(expected, abs=2e-8)


def test_displacing_the_measured_mode_moves_the_outcomes_and_nothing_else():
    """D is the same to the digits of the cutoff, on the few nodes that follow the displaced outcomes."""
    levels = 24
    pair = sum(0.5 * qutip.ket2dm(qutip.tensor(qutip.basis(2, k), qutip.basis(levels, k))) for k in (0, 1))
    shift = qutip.tensor(qutip.qeye(2), qutip.displace(levels, 1.1 - 0.8j))
    moved = shift * pair * shift.dag()
    still = fock.discord(pair, measured=[1], nodes=9)
    assert fock.discord(moved, measured=[1], nodes=9) == pytest.approx(still, abs=1e-5)


def test_heterodyning_reads_one_photon_from_a_classical_mixture():
    """½|00⟩⟨00| + ½|11⟩⟨11|: the outcome |α|² = s leaves the odds 1 : s, so Σ p S = ½∫(1 + s)e^{−s} h(1/(1 + s)) ds;
    the best measurement leaves no more, and D is what it leaves, as S(B) = S(AB).
    """
    s = np.linspace(0, 60, 600_001)
    left = x_ln_x(1 + s) - x_ln_x(s)
    heterodyne = np.trapezoid(0.5 * np.exp(-s) * left, s)
    rho = sum(0.5 * qutip.ket2dm(qutip.basis([2, 2], [k, k])) for k in (0, 1))
    assert conditional(rho, 0.0, 0.0) == pytest.approx(heterodyne, abs=1e-4)
    assert 0.1 < fock.discord(rho, measured=[1], nodes=31) <= heterodyne + 1e-3
