"""Bounds on negativity, tails and moments: never below what random states do, and equal to it where theory says so."""

import math

import flint
import numpy as np
import pytest

import fock
from tests.fock.random_operators import (
    RNG_SEED,
    SPECTRAL,
    dagger,
    damped,
    random_states,
    totals,
    trace_norm,
    transposed,
)


def twin_beams(lam, levels):
    psi = np.zeros((levels, levels))
    np.fill_diagonal(psi, lam ** np.arange(levels) * np.sqrt(1 - lam**2))
    return psi.ravel()


def test_transposition_stretches_a_maximally_entangled_state_by_the_dimension():
    """‖X^Γ‖₁ = D‖X‖₁ for X = |Φ⟩⟨Φ|, and no random Hermitian X is stretched more."""
    rng = np.random.default_rng(RNG_SEED)
    for d in (2, 3, 5):
        phi = np.eye(d).ravel() / np.sqrt(d)
        stretched = trace_norm(transposed(np.outer(phi, phi), d, d))
        assert fock.negativity_bound(1.0, d, beyond=0) == pytest.approx((stretched, stretched))
        for rank in (1, d):
            x = random_states(rng, 300, 2 * d, rank) - random_states(rng, 300, 2 * d, rank)
            assert (trace_norm(transposed(x, d, 2)) <= min(d, 2) * trace_norm(x) + SPECTRAL).all()


@pytest.mark.parametrize("lam", [0.2, 0.6])
@pytest.mark.parametrize("cut", [1, 3, 6])
def test_twin_beams_attain_the_bound_of_the_blocks(lam, cut):
    """‖ρ^Γ‖₁ = (Σ√p_n)²: the part a cutoff hides is exactly 2 s_< s_> + s_>²."""
    x = lam**2
    tail = fock.thermal_tail([x / (1 - x)], [cut])
    psi = twin_beams(lam, 40).reshape(40, 40)
    inside = np.linalg.svd(psi[:cut, :cut], compute_uv=False).sum() ** 2
    exact = (1 + lam) / (1 - lam)
    lower, upper = fock.negativity_bound(0.0, cut, tail.inside, tail.beyond)
    assert (lower, inside + upper) == pytest.approx((0, exact), rel=1e-10)
    low, high = fock.log_negativity_interval(inside, 0.0, cut, tail.inside, tail.beyond)
    assert low == pytest.approx(max(0, math.log(inside)), abs=1e-10)
    assert math.log(exact) <= high == pytest.approx(math.log(exact), rel=1e-9, abs=0)


@pytest.mark.parametrize("rank", [1, 3, 20])
def test_the_negativity_of_random_states_stays_in_its_interval(rank):
    """A damped state on 5 × 4 levels against any other operator on the corner below level 3 of the first party."""
    rng = np.random.default_rng(RNG_SEED)
    count, d_a, d_b, cut = 800, 5, 4, 3
    levels = np.repeat(np.arange(d_a), d_b)
    rho = damped(random_states(rng, count, d_a * d_b, rank), rng.uniform(0.001, 1, count), levels)
    corner = np.where((levels < cut)[:, None] & (levels < cut), rho, 0)
    noise = random_states(rng, count, d_a * d_b, 2) * ((levels < cut)[:, None] & (levels < cut))
    rho_n = corner + rng.choice([-1, 1], (count, 1, 1)) * 10 ** rng.uniform(-5, 0, (count, 1, 1)) * noise
    p = np.einsum("kii->ki", rho).real.reshape(count, d_a, d_b).sum(2)
    # Of either party's transpose: the cut one's, and the other's, which has the same trace norm.
    exact = trace_norm(transposed(rho, d_a, d_b))
    other = trace_norm(transposed(np.swapaxes(rho, 1, 2), d_a, d_b))
    assert np.abs(exact - other).max() < SPECTRAL * 100
    for n, t, e, weights in zip(
        trace_norm(transposed(rho_n, d_a, d_b)), trace_norm(corner - rho_n), exact, p, strict=True
    ):
        tail = np.sqrt(weights[:cut]).sum(), np.sqrt(weights[cut:]).sum()
        lower, upper = fock.negativity_bound(t, cut, *tail)
        assert n - lower - SPECTRAL <= e <= n + upper + SPECTRAL
        low, high = fock.log_negativity_interval(n, t, cut, *tail)
        assert 0 <= low <= math.log(e) + SPECTRAL
        assert math.log(e) - SPECTRAL <= high


def test_nothing_known_of_the_tail_leaves_a_one_sided_bound():
    """Compression only lowers the trace norm: the lower end needs no tail, the upper end is inf without one."""
    lower, upper = fock.negativity_bound(1e-3, 5)
    assert lower == pytest.approx(5e-3)
    assert math.isinf(upper)
    low, high = fock.log_negativity_interval(2.0, 1e-3, 5)
    assert low == pytest.approx(math.log(2 - 5e-3))
    assert math.isinf(high)
    assert fock.log_negativity_interval(1.001, 1.0, 5, beyond=0.0)[0] == 0


@pytest.mark.parametrize("norm", [0.0, 0.5, 1.0, 1.7])
def test_the_interval_of_the_log_negativity_is_never_empty(norm):
    """0 ≤ low ≤ high even for the norm ½ of a corner that holds half of a state: E_N ≥ 0 for the whole."""
    low, high = fock.log_negativity_interval(norm, 0.01, 3, beyond=0.0)
    assert 0 <= low <= high
    assert high == pytest.approx(max(0.0, math.log(norm + 0.03)), abs=1e-10)


# --- tails


@pytest.mark.parametrize("nbar", [[0.0], [0.3], [4.0, 0.2], [0.5, 0.1, 0.0]])
def test_the_thermal_tail_is_a_sum_over_levels(nbar):
    """Against summing p_n level by level, in and out of the box."""
    levels = [6, 3, 4][: len(nbar)]
    x = [v / (1 + v) for v in nbar]
    many = [400, 150, 20][: len(nbar)]
    p = np.array(1.0)
    for xj, m in zip(x, many, strict=True):
        p = np.multiply.outer(p, (1 - xj) * xj ** np.arange(m))
    out = np.ones(p.shape, bool)
    out[tuple(slice(d) for d in levels)] = False
    tail = fock.thermal_tail(nbar, levels)
    assert tail.inside == pytest.approx(np.sqrt(p[~out]).sum(), rel=1e-10, abs=0)
    assert tail.beyond == pytest.approx(np.sqrt(p[out]).sum(), rel=1e-10, abs=0)
    assert tail.weight == pytest.approx(p[out].sum(), rel=1e-10, abs=0)


def test_the_thermal_tail_keeps_its_digits_at_millions_of_quanta():
    """δ = (1 + 1/n̄)^{−D} far above the cutoff, √p_0 = (1 + n̄)^{−1/2} far below it, to eleven digits."""
    assert fock.thermal_tail([4e6], [1]).inside == pytest.approx(4000001**-0.5, rel=1e-11, abs=0)
    # 4·10⁸ ln(1 + 1/n̄) at n̄ = 4·10⁶, from the series of the logarithm.
    exponent = 100 * (1 - 1 / 8e6 + 1 / 48e12)
    assert fock.thermal_tail([4e6], [4 * 10**8]).weight == pytest.approx(math.exp(-exponent), rel=1e-11, abs=0)
    assert 0 < fock.thermal_tail([0.01], [400]).weight < 1e-299


def test_thermal_tails_are_never_below_the_exact_ones():
    """δ and s_< of two modes in ball arithmetic, over sixteen decades of n̄ and six of the cutoff."""
    rng = np.random.default_rng(RNG_SEED)
    with flint.ctx.workprec(1200):
        for nbar, decades in zip(10 ** rng.uniform(-8, 8, (500, 2)), rng.uniform(0, 6, (500, 2)), strict=True):
            levels = [int(d) for d in 10**decades]
            tail = fock.thermal_tail(nbar, levels)
            weight, inside = flint.arb(1), flint.arb(1)
            for v, d in zip(nbar, levels, strict=True):
                x = flint.arb(v) / (1 + flint.arb(v))
                weight *= 1 - x**d
                inside *= (1 - x).sqrt() * (1 - x.sqrt() ** d) / (1 - x.sqrt())
            assert 0 < tail.inside / inside - 1 < 2e-12
            assert tail.weight > 1 - weight
            assert tail.weight < (1 - weight) * (1 + 2e-12) or tail.weight < 1e-290


def test_a_known_beginning_and_an_envelope_make_a_tail():
    """Thermal p_n to M, its own envelope from there: the thermal tail, however M is chosen; a looser envelope, more."""
    x = np.array([0.4, 0.25])
    exact = fock.thermal_tail(x / (1 - x), [3, 4])
    height = float(np.prod(1 - x))
    for shape in ((3, 4), (7, 5), (30, 20)):
        p = height * x[0] ** np.arange(shape[0])[:, None] * x[1] ** np.arange(shape[1])
        tail = fock.geometric_tail(p, [3, 4], prefactor=height, ratios=list(x))
        for name in ("inside", "beyond", "weight"):
            assert getattr(tail, name) == pytest.approx(getattr(exact, name), rel=1e-10, abs=0)
        loose = fock.geometric_tail(p, [3, 4], prefactor=2 * height, ratios=list(x))
        assert loose.weight > tail.weight
        assert loose.beyond > tail.beyond
    assert math.isinf(fock.geometric_tail(p, [3, 4], prefactor=1.0, ratios=[0.5, 1.0]).beyond)
    nothing_more = fock.geometric_tail(p, [30, 20], prefactor=0.0, ratios=[1.0, 1.0])
    assert (nothing_more.weight, nothing_more.beyond) == (0, 0)


def test_an_envelope_from_the_generating_function_covers_correlated_modes():
    """p_n ≤ (tr ρλᴺ) λ^{−|n|} holds for any distribution, here twin photons p_nn."""
    x, lam = 0.2, 2.0
    generating = (1 - x) / (1 - x * lam**2)
    weights, roots = [], []
    for known in (4, 10, 40):
        p = np.diag((1 - x) * x ** np.arange(known))
        tail = fock.geometric_tail(p, [4, 4], prefactor=generating, ratios=[1 / lam, 1 / lam])
        weights.append(tail.weight / x**4)
        roots.append(tail.beyond / (np.sqrt(1 - x) * x**2 / (1 - np.sqrt(x))))
    assert weights[0] > weights[1] > weights[2] >= 1
    assert roots[0] > roots[1] > roots[2] >= 1
    assert (weights[2], roots[2]) == pytest.approx((1, 1), abs=1e-3)


# --- projections


def test_a_pure_state_attains_the_gentle_bound():
    """‖ρ − PρP‖₁ = √(δ(4 − 3δ)) for ψ = √(1 − δ)|0⟩ + √δ|1⟩ up to δ = ⅔; it is below 2√δ, and below 2s + δ."""
    for delta in (1e-12, 1e-3, 0.3, 2 / 3):
        psi = np.array([np.sqrt(1 - delta), np.sqrt(delta)])
        gap = np.outer(psi, psi) - np.diag([1 - delta, 0])
        bound = fock.gentle_bound(delta)
        assert bound == pytest.approx(trace_norm(gap), rel=1e-9, abs=0)
        assert bound <= min(2 * np.sqrt(delta), 2 * np.sqrt(delta * (1 - delta)) + delta) * (1 + SPECTRAL)
    assert fock.gentle_bound(1.0) == fock.gentle_bound(2 / 3) >= 1


@pytest.mark.parametrize("rank", [1, 2, 6])
def test_projecting_random_states_is_gentle(rank):
    """‖ρ − PρP‖₁ over damped states of every weight beyond the corner."""
    rng = np.random.default_rng(RNG_SEED)
    rho = damped(random_states(rng, 2000, 6, rank), 10 ** rng.uniform(-4, 1, 2000), np.arange(6))
    corner = rho * (np.arange(6) < 2)[:, None] * (np.arange(6) < 2)
    delta = np.einsum("kii->ki", rho).real[:, 2:].sum(1)
    bounds = np.array([fock.gentle_bound(w) for w in delta])
    assert (trace_norm(rho - corner) <= bounds + SPECTRAL).all()
    assert delta.min() < 1e-3 < 0.9 < delta.max()


def quadratures(levels, extra=4):
    """(x, p, N) on enough levels that products are exact below `levels`."""
    a = np.diag(np.sqrt(np.arange(1, levels + extra)), 1)
    return (a + a.T) / np.sqrt(2), (a - a.T) / (1j * np.sqrt(2)), np.arange(levels + extra)


def second_moments():
    """(O, G) in pairs, G diagonal and not below O²: one mode and two modes of ten and of five levels."""
    x, p, n = quadratures(10)
    one = [(x, 2 * n + 1.0), (p, 2 * n + 1.0)]
    one += [(o, (2 * n + 1.0) ** 2 + 2) for o in (x @ x, p @ p, (x @ p + p @ x) / 2)]
    x, p, n = quadratures(5)
    two = [(np.kron(o, q), np.outer(2 * n + 1.0, 2 * n + 1.0).ravel()) for o, q in ((x, x), (x, p), (p, p))]
    return [(o, g, (10,), (14,)) for o, g in one] + [(o, g, (5, 5), (9, 9)) for o, g in two]


@pytest.mark.parametrize("case", range(8))
def test_squares_of_quadratures_lie_below_their_diagonal_majorants(case):
    """G − O² ≥ 0 on the levels where products of truncated matrices are exact."""
    o, g, levels, padded = second_moments()[case]
    keep = np.ravel_multi_index(np.indices(levels).reshape(len(levels), -1), padded)
    gap = (np.diag(g) - o @ o)[np.ix_(keep, keep)]
    assert np.linalg.eigvalsh(gap)[0] > -1e-9


@pytest.mark.parametrize("rank", [1, 4])
@pytest.mark.parametrize("case", range(8))
def test_moments_of_random_states_obey_the_bound(case, rank):
    """A state below ten (or five) levels against any operator on the corner below four (or three)."""
    o, g, levels, padded = second_moments()[case]
    keep = np.ravel_multi_index(np.indices(levels).reshape(len(levels), -1), padded)
    o, g = o[np.ix_(keep, keep)], g[keep]
    rng, count = np.random.default_rng(RNG_SEED), 300
    inside = (np.indices(levels).reshape(len(levels), -1) < {1: 4, 2: 3}[len(levels)]).all(0)
    block = inside[:, None] & inside
    rho = damped(random_states(rng, count, len(keep), rank), rng.uniform(0.01, 1, count), totals(*levels))
    corner = rho * block
    rho_n = corner + rng.normal(size=(count, 1, 1)) * random_states(rng, count, len(keep), 2) * block
    change = np.abs(np.einsum("kij,ji->k", rho - rho_n * block, o))
    delta = np.einsum("kii->ki", rho).real[:, ~inside].sum(1)
    norm = np.linalg.norm(o[np.ix_(inside, inside)], 2)
    second = np.einsum("kii,i->k", rho, g).real
    for dm, t, w, s in zip(change, trace_norm(corner - rho_n), delta, second, strict=True):
        assert dm <= fock.moment_bound(t, norm, w, s) * (1 + SPECTRAL)
    if case == 0:
        assert fock.moment_bound(1e-6, norm, 1e-12, 3.0) < 1e-5


def test_two_levels_attain_the_moment_bound():
    """O = [[−e, c], [c, e]] with e/c = δ/2s changes by √(δ(4 − 3δ)) for G = O² = 1; no O with ‖O‖ = 1 by more."""
    rng = np.random.default_rng(RNG_SEED)
    for delta in (1e-6, 0.1, 0.6):
        s = np.sqrt(delta * (1 - delta))
        gap = np.array([[0, s], [s, delta]])
        c, e = np.array([2 * s, delta]) / np.hypot(2 * s, delta)
        best = np.trace(gap @ np.array([[-e, c], [c, e]]))
        assert best == pytest.approx(fock.moment_bound(0.0, 1.0, delta, 1.0), rel=1e-9, abs=0)
        o = rng.normal(size=(3000, 2, 2))
        o = o + dagger(o)
        o[:, 0, 0] = np.where(rng.random(3000) < 0.5, -o[:, 1, 1], o[:, 0, 0])
        o /= np.linalg.norm(o, 2, axis=(1, 2))[:, None, None]
        assert (np.abs(np.einsum("ij,kji->k", gap, o)) <= best * (1 + 1e-12)).all()


def test_the_second_moment_of_the_observable_alone_is_not_enough():
    """O = κ|φ⟩⟨φ|, φ orthogonal to ψ: ⟨O²⟩ = 0, yet cutting ψ changes ⟨O⟩ by κδ(1 − δ). A majorant G sees it."""
    delta, kappa = 0.1, 50.0
    psi = np.array([np.sqrt(1 - delta), np.sqrt(delta)])
    phi = np.array([-np.sqrt(delta), np.sqrt(1 - delta)])
    o = kappa * np.outer(phi, phi)
    change = abs(psi @ o @ psi - o[0, 0] * psi[0] ** 2)
    assert psi @ o @ o @ psi == pytest.approx(0, abs=1e-10)
    assert change == pytest.approx(kappa * delta * (1 - delta))
    assert change <= fock.moment_bound(0.0, 0.0, delta, kappa**2)
