"""AX + XAᵀ = R in both of its algorithms, and steady states of networks too large for closed forms."""

from dataclasses import dataclass
from itertools import pairwise

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings

import gaussian
from crosscheck.model import Dissipator, thermal_bath
from gaussian import enclosed
from gaussian.lyapunov_equation import BASE, DENSE, lyapunov_solver


@dataclass(frozen=True)
class DampedChain:
    """Modes at 1 + `disorder` cos j, hopping at `g` and squeezed in pairs at `s`, each with a bath of its own."""

    modes: int
    gamma: float = 0.1
    hot: float = 1.0
    cold: float = 1.0
    g: float = 0.3
    s: float = 0.0
    disorder: float = 0.1

    def hamiltonian(self, *a):
        alone = sum((1 + self.disorder * np.cos(j)) * (c.dag() * c) for j, c in enumerate(a))
        links = [self.g * (c.dag() * d) + self.s * (c * d) for c, d in pairwise(a)]
        return alone + sum(link + link.dag() for link in links)

    def dissipators(self, *a):
        for c, nbar in zip(a, np.linspace(self.hot, self.cold, len(a)), strict=True):
            yield from thermal_bath(c, self.gamma, nbar)


def stable(rng, m):
    """A random drift, most eigenvalues in complex pairs, to the left of −¼."""
    a = rng.normal(size=(m, m))
    return a - (np.linalg.eigvals(a).real.max() + 0.25) * np.eye(m)


@pytest.mark.parametrize("m", [1, 2, DENSE, DENSE + 1, BASE, BASE + 1, 2 * BASE + 1, 3 * BASE])
def test_both_algorithms_agree_with_scipy(m):
    """On either side of the sizes at which they change, to the digits that the condition of the equation leaves."""
    rng = np.random.default_rng(m)
    a, r = stable(rng, m), rng.normal(size=(m, m))
    x = lyapunov_solver(a)(r + r.T)
    assert (x == x.T).all()
    assert np.abs(a @ x + x @ a.T - r - r.T).max() < 1e-11 * np.abs(x).max()
    assert np.allclose(x, scipy.linalg.solve_continuous_lyapunov(a, r + r.T), atol=1e-9 * np.abs(x).max())


@pytest.mark.parametrize("seed", range(4))
def test_halves_are_not_cut_through_a_pair_of_complex_eigenvalues(seed):
    """2×2 blocks of the Schur form lie anywhere: across the middle in one parity or the other."""
    rng = np.random.default_rng(seed)
    m = 2 * BASE + 2 * seed
    rates = rng.uniform(0.5, 1, m // 2)
    turning = scipy.linalg.block_diag(-0.7, *([[-r, 1.0], [-1.0, -r]] for r in rates[1:]), -0.3)
    q = np.linalg.qr(rng.normal(size=(m, m)))[0]
    a = q @ turning @ q.T
    x = lyapunov_solver(a)(np.eye(m))
    assert np.abs(a @ x + x @ a.T - np.eye(m)).max() < 1e-12


@pytest.mark.parametrize("m", [4, DENSE + 2])
def test_drifts_and_right_hand_sides_come_in_batches(m):
    """Of any leading shape, a right-hand side for each drift or one for all."""
    rng = np.random.default_rng(0)
    a = np.array([[stable(rng, m) for _ in range(3)] for _ in range(2)])
    r = a + np.swapaxes(a, -1, -2)
    solve = lyapunov_solver(a)
    for right in (r, np.eye(m)):
        x = solve(right)
        assert x.shape == a.shape
        assert np.allclose(a @ x + x @ np.swapaxes(a, -1, -2), right, atol=1e-11)


def test_a_singular_member_is_nan_and_leaves_the_others_alone():
    """Eigenvalues ±i add up to zero: no solution, while its neighbours have −½."""
    a = np.array([-np.eye(2), [[0.0, 1.0], [-1.0, 0.0]], -np.eye(2)])
    x = lyapunov_solver(a)(np.eye(2))
    assert np.isnan(x[1]).all()
    assert np.allclose(x[[0, 2]], -0.5 * np.eye(2), atol=1e-15)


@given(st.integers(0, 10**6), st.integers(3, 5))
@settings(max_examples=10)
def test_the_error_of_a_larger_steady_state_covers_its_distance_to_ball_arithmetic(seed, modes):
    """By either algorithm, 3 and 4 modes or 5, and it is no more than a millionth of a millionth of σ."""
    rng = np.random.default_rng(seed)
    a, noise = stable(rng, 2 * modes), rng.normal(size=(2 * modes, 2 * modes))
    equations = gaussian.MomentEquations(drift=a, drive=np.ones(2 * modes), diffusion=noise @ noise.T)
    found = gaussian.solve_steady(equations)
    with flint.ctx.workprec(200):
        exact = enclosed.solve_steady(
            enclosed.EnclosedEquations(
                drift=flint.arb_mat(a.tolist()),
                drive=flint.arb_mat([[1]] * (2 * modes)),
                diffusion=flint.arb_mat((noise @ noise.T).tolist()),
            )
        )
        sigma = np.array([[float(v.mid()) for v in row] for row in exact.covariance.tolist()])
        mean = np.array([float(v.mid()) for v in exact.mean.entries()])
    size = np.linalg.norm(sigma, 2)
    assert np.linalg.norm(found.covariance - sigma, 2) <= found.error < 1e-10 * size
    assert np.allclose(found.mean, mean, atol=1e-10 * np.abs(mean).max())


@pytest.mark.parametrize("modes", [5, 60, 150])
def test_a_network_at_one_temperature_is_thermal(modes):
    """Hopping preserves the number of quanta: σ = (n̄ + ½)·1 within the error, whatever the disorder."""
    s = gaussian.steady_state(DampedChain(modes, hot=0.7, cold=0.7))
    assert np.linalg.norm(s.covariance - 1.2 * np.eye(2 * modes), 2) <= s.error < 1e-10
    assert s.slowest_rate == pytest.approx(0.05)


def test_300_modes_with_a_gradient_of_temperature_have_a_steady_state():
    """It is physical, its residual is rounding, and neighbours are correlated."""
    m = DampedChain(300, hot=2.0, cold=0.1, s=0.02)
    equations, s = gaussian.moment_equations(m), gaussian.steady_state(m)
    a, sigma = equations.drift, s.covariance
    assert np.abs(a @ sigma + sigma @ a.T + equations.diffusion).max() < 1e-13
    assert s.error < 1e-9
    assert gaussian.is_physical(sigma)
    assert np.abs(sigma[0:2, 2:4]).max() > 1e-3


def test_one_growing_mode_among_150_is_named():
    """Gain on mode 70 exceeds its loss, and hopping is too weak to help."""
    chain = DampedChain(150, g=0.001)
    with pytest.raises(gaussian.UnstableDrift, match=r"\+0.1[+-].*i on mode 70"):
        gaussian.steady_state(WithGain(chain))


@dataclass(frozen=True)
class WithGain:
    chain: DampedChain

    @property
    def modes(self):
        return self.chain.modes

    def hamiltonian(self, *a):
        return self.chain.hamiltonian(*a)

    def dissipators(self, *a):
        yield from self.chain.dissipators(*a)
        yield Dissipator(0.3, a[70].dag())


@pytest.mark.parametrize("modes", [2, 30])
def test_a_jump_operator_of_few_modes_acts_as_one_written_over_all(modes):
    """Adding 0 · (every other mode) changes nothing: rates are collected on the rows and columns that are touched."""

    class Spread(DampedChain):
        def dissipators(self, *a):
            nothing = sum(0.0 * c.dag() for c in a)
            for d in super().dissipators(*a):
                yield Dissipator(d.rate, d.left + nothing)
            yield Dissipator(0.1, a[0] + a[-1].dag() + nothing)

    class Narrow(DampedChain):
        def dissipators(self, *a):
            yield from super().dissipators(*a)
            yield Dissipator(0.1, a[0] + a[-1].dag())

    spread, narrow = gaussian.moment_equations(Spread(modes)), gaussian.moment_equations(Narrow(modes))
    for name in ("drift", "drive", "diffusion"):
        assert np.allclose(getattr(spread, name), getattr(narrow, name), atol=1e-15)
