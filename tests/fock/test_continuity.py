"""Bounds on entropies: never below what random states do, equal to it where theory says so, monotone and small."""

import math

import flint
import numpy as np
import pytest

import fock
from tests.fock.random_operators import RNG_SEED, SPECTRAL, damped, random_pairs, totals, trace_norm


def shannon(p):
    p = np.maximum(p, 1e-300)
    return -(p * np.log(p)).sum(-1)


def entropies(rho):
    return shannon(np.linalg.eigvalsh(rho))


def gibbs_without_vacuum(mean, modes):
    """(N, multiplicity, population of a level) for N = 1, 2, …, population ∝ x^N and ⟨N⟩ = mean, by bisection."""
    number = np.arange(1, 2000)
    multiplicity = np.array([math.comb(n + modes - 1, n) for n in number], float)
    low, high = 0.0, 1.0
    for _ in range(100):
        x = (low + high) / 2
        p = x ** (number - 1.0)
        low, high = (x, high) if multiplicity * p @ number < mean * (multiplicity @ p) else (low, x)
    return number, multiplicity, p / (multiplicity @ p)


@pytest.mark.parametrize(("levels", "modes"), [((9,), 1), ((4, 4), 2), ((3, 2, 2), 3)])
def test_entropies_of_few_photons_obey_the_bound(levels, modes):
    """|S(ρ) − S(σ)| stays below the bound at the pair's own distance and larger photon number."""
    rng = np.random.default_rng(RNG_SEED)
    number = totals(*levels)
    tried = 0
    for rho, sigma in random_pairs(rng, 120, len(number)):
        x = rng.uniform(0.02, 1, 120)
        rho, sigma = damped(rho, x, number), damped(sigma, x, number)
        change = np.abs(entropies(rho) - entropies(sigma))
        photons = [np.einsum("kii,i->k", s, number).real for s in (rho, sigma)]
        for ds, t, e in zip(change, trace_norm(rho - sigma), np.maximum(*photons), strict=True):
            assert ds <= fock.entropy_bound(t, e, modes) + SPECTRAL
            tried += 1
    assert tried == 720


@pytest.mark.parametrize("modes", [1, 2, 3, 7])
@pytest.mark.parametrize(("eps", "photons"), [(1e-6, 2e-5), (1e-3, 0.05), (0.02, 1.3), (0.3, 0.8)])
def test_the_vacuum_and_a_mixture_attain_the_entropy_bound(modes, eps, photons):
    """σ = |0⟩⟨0| and ρ = (1 − ε)|0⟩⟨0| + ε γ₊, where γ₊ is the Gibbs state without the vacuum at E/ε photons."""
    number, multiplicity, p = gibbs_without_vacuum(photons / eps, modes)
    p = eps * p
    mixed = -(1 - eps) * math.log1p(-eps) - multiplicity @ (p * np.log(np.maximum(p, 1e-300)))
    assert mixed == pytest.approx(fock.entropy_bound(2 * eps, multiplicity * p @ number, modes), rel=1e-10, abs=0)


def test_one_mode_has_the_bound_of_becker_datta_and_jabbour():
    """h(ε) + E h(ε/E) up to ε = E/(1 + E), and g(E) beyond."""

    def h(t):
        return -t * math.log(t) - (1 - t) * math.log1p(-t)

    for e in (0.01, 0.5, 3.0, 1e4):
        for eps in np.array([1e-9, 0.1, 0.5, 0.99]) * e / (1 + e):
            assert fock.entropy_bound(2 * eps, e) == pytest.approx(h(eps) + e * h(eps / e), rel=1e-10, abs=0)
        top = (e + 1) * math.log(e + 1) - e * math.log(e)
        assert fock.entropy_bound(2 * e / (1 + e), e) == pytest.approx(top, rel=1e-10, abs=0)
        assert fock.entropy_bound(5.0, e) == pytest.approx(top, rel=1e-10, abs=0)


def test_floats_are_never_below_the_exact_bound():
    """h(ε) + E h(ε/E) in ball arithmetic of 200 bits, over thirty decades of both: above it, by 2e-12 at most."""
    rng = np.random.default_rng(RNG_SEED)

    def h(t):
        return -t * t.log() - (1 - t) * (1 - t).log()

    with flint.ctx.workprec(200):
        for e, share in zip(10 ** rng.uniform(-15, 15, 2000), 1 - 10 ** rng.uniform(-15, -1e-9, 2000), strict=True):
            distance = 2 * share * e / (1 + e) * (10 ** rng.uniform(-15, 0) if rng.random() < 0.5 else 1)
            eps, energy = flint.arb(distance) / 2, flint.arb(e)
            # Beyond ε = E/(1 + E) by rounding, the maximum is flat: the excess is second order.
            excess = fock.entropy_bound(distance, e) / (h(eps) + energy * h(eps / energy)) - 1
            assert 0 < excess < 2e-12


def test_the_energy_of_the_more_mixed_state_is_enough():
    """S(ρ) − S(σ) obeys the bound of ρ's photons however many σ has."""
    rng = np.random.default_rng(RNG_SEED)
    number = np.arange(8)
    for rho, sigma in random_pairs(rng, 200, 8):
        rho = damped(rho, np.full(200, 0.1), number)
        photons = np.einsum("kii,i->k", rho, number).real
        change = entropies(rho) - entropies(sigma)
        for ds, t, e in zip(change, trace_norm(rho - sigma), photons, strict=True):
            assert ds <= fock.entropy_bound(t, e) + SPECTRAL


def test_perturbing_the_extremal_pair_never_beats_the_bound():
    """Thousands of spectra around the attaining pair: some come within 2 %, none goes above."""
    rng = np.random.default_rng(RNG_SEED)
    best = 0.0
    for modes, levels in ((1, 60), (2, 14)):
        number = totals(*[levels] * modes)
        for _ in range(1200):
            eps, mean = rng.uniform(0.02, 0.4), rng.uniform(1.2, 3.0)
            x = 1 - 1 / mean
            p = np.where(number > 0, x**number, 0.0) * np.exp(rng.normal(0, rng.uniform(0, 0.5), len(number)))
            p *= eps / p.sum()
            p[0] = 1 - eps
            q = np.where(number == 0, 1.0, 0.01 * rng.uniform(size=len(number)) * rng.integers(2) * p)
            q /= q.sum()
            ratio = (shannon(p) - shannon(q)) / fock.entropy_bound(np.abs(p - q).sum(), p @ number, modes)
            assert ratio <= 1
            best = max(best, ratio)
    assert best > 0.98


@pytest.mark.parametrize("modes", [1, 2, 5])
def test_the_entropy_bound_is_never_above_winters(modes):
    """h(ε) + 2ε n g(E/εn), Lemma 15 of Winter (2016), is at least as large."""
    for eps in (1e-12, 1e-5, 0.1, 0.9):
        for e in (1e-3, 0.7, 40.0):
            m = e / (eps * modes)
            g = math.log1p(m) + m * math.log1p(1 / m)
            h = -eps * math.log(eps) - (1 - eps) * math.log1p(-eps)
            assert fock.entropy_bound(2 * eps, e, modes) <= h + 2 * eps * modes * g


@pytest.mark.parametrize("d", [2, 3, 8])
def test_finite_entropies_obey_fannes_and_audenaert(d):
    """Every random pair; and diag(1, 0, …) with diag(1 − ε, ε/(d − 1), …) attains it."""
    rng = np.random.default_rng(RNG_SEED)
    for rho, sigma in random_pairs(rng, 400, d):
        change = np.abs(entropies(rho) - entropies(sigma))
        bounds = [fock.finite_entropy_bound(t, d) for t in trace_norm(rho - sigma)]
        assert (change <= np.array(bounds) + SPECTRAL).all()
    for eps in (1e-6, 0.2, 1 - 1 / d):
        p = np.full(d, eps / (d - 1))
        p[0] = 1 - eps
        assert fock.finite_entropy_bound(2 * eps, d) == pytest.approx(shannon(p), rel=1e-9, abs=0)
    assert fock.finite_entropy_bound(2.0, d) == pytest.approx(math.log(d))
    assert fock.finite_entropy_bound(2.0, 1) == 0


def test_mutual_information_obeys_its_bound():
    """Two modes of four levels, every rank and distance; the bound is not the trivial one when states are near."""
    rng = np.random.default_rng(RNG_SEED)
    number = totals(4, 4)
    one, other = np.indices((4, 4)).reshape(2, -1)

    def information(rho):
        array = rho.reshape(-1, 4, 4, 4, 4)
        parts = np.einsum("kijlj->kil", array), np.einsum("kijil->kjl", array)
        return sum(entropies(part) for part in parts) - entropies(rho)

    for rho, sigma in random_pairs(rng, 120, 16):
        x = rng.uniform(0.05, 1, 120)
        rho, sigma = damped(rho, x, number), damped(sigma, x, number)
        change = np.abs(information(rho) - information(sigma))
        a, b = (
            np.maximum(*(np.einsum("kii,i->k", s, n.astype(float)).real for s in (rho, sigma))) for n in (one, other)
        )
        for di, t, *photons in zip(change, trace_norm(rho - sigma), a, b, strict=True):
            assert di <= fock.mutual_information_bound(t, *photons) + 3 * SPECTRAL
    assert fock.mutual_information_bound(2.0, 1.0, 9.0) == pytest.approx(4 * math.log(2))
    three = 2 * fock.entropy_bound(2e-9, 1.0) + fock.entropy_bound(2e-9, 2.0, 2)
    assert three <= fock.mutual_information_bound(2e-9, 1.0, 1.0) < 2e-7


def test_each_party_has_one_mode_unless_told_otherwise():
    """And however far states are apart, I ≤ 2 min(S_A, S_B) at the entropies 2 g(3/2) and g(9) of thermal light."""
    for t in (1e-6, 0.3):
        assert fock.mutual_information_bound(t, 0.3, 0.4) == fock.mutual_information_bound(t, 0.3, 0.4, 1, 1)
    g = 2.5 * math.log(2.5) - 1.5 * math.log(1.5)
    assert fock.mutual_information_bound(2.0, 3.0, 9.0, 2, 1) == pytest.approx(
        2 * min(2 * g, 10 * math.log(10) - 9 * math.log(9)), rel=1e-11
    )


@pytest.mark.parametrize("modes", [1, 2, 3])
def test_the_largest_distance_that_next_to_no_photons_allow_has_a_bound(modes):
    """ε = E(1 − 2⁻⁵³), where y of the Gibbs state is 1 to the last digit: no more than the entropy n g(E/n)."""
    for energy in (1e-20, 1e-16):
        thermal = modes * (math.log1p(energy / modes) + energy / modes * math.log1p(modes / energy))
        for share in (1 - 2**-53, 1 - 2**-52, 1.0):
            assert 0 < fock.entropy_bound(2 * energy * share, energy, modes) <= thermal * (1 + 2e-12)


BOUNDS = {
    "entropy, one mode": lambda t: fock.entropy_bound(t, 0.8),
    "entropy, three modes": lambda t: fock.entropy_bound(t, 0.8, 3),
    "entropy, millions of quanta": lambda t: fock.entropy_bound(t, 4e6, 2),
    "entropy, hardly a photon": lambda t: fock.entropy_bound(t, 1e-9, 2),
    "finite entropy": lambda t: fock.finite_entropy_bound(t, 7),
    "mutual information": lambda t: fock.mutual_information_bound(t, 0.3, 2.0, 2, 1),
    "negativity, lower": lambda t: fock.negativity_bound(t, 6, beyond=0.0)[0],
    "negativity, upper": lambda t: fock.negativity_bound(t, 6, beyond=0.0)[1],
    "log-negativity": lambda t: fock.log_negativity_interval(1.5, t, 6, beyond=0.0)[1] - math.log(1.5),
    "gentle": fock.gentle_bound,
    "moment": lambda t: fock.moment_bound(t, 3.0, 0.0, 1.0),
    "moment, weight": lambda t: fock.moment_bound(0.0, 3.0, t, 1.0),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_larger_distance_never_gives_a_smaller_bound(name):
    """Over fifteen decades, past every corner of the formula and beyond T = 2; and near states get small bounds."""
    bound = BOUNDS[name]
    grid = np.unique(np.concatenate([np.geomspace(1e-15, 4, 400), np.linspace(0.5, 3, 200), [1.0, 4 / 3, 2.0]]))
    values = np.array([bound(t) for t in grid])
    # The rise for rounding is 1e-12 of the value: what the bounds promise is up to it.
    assert (np.diff(values) >= -1e-11 * values[1:]).all()
    assert bound(0.0) < 1e-11
    assert 0 < values[0] < 1e-6


@pytest.mark.parametrize("modes", [1, 2, 4])
def test_more_photons_never_give_a_smaller_entropy_bound(modes):
    values = np.array([fock.entropy_bound(0.2, e, modes) for e in np.geomspace(1e-12, 1e12, 300)])
    assert (np.diff(values) >= -1e-11 * values[1:]).all()
    assert math.isinf(fock.entropy_bound(0.2, math.inf, modes))
    assert fock.entropy_bound(0.0, math.inf, modes) == 0 == fock.entropy_bound(0.2, 0.0, modes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fock.entropy_bound(-1e-3, 1.0), "Argument distance must be a number ≥ 0, but is -0.001"),
        (lambda: fock.entropy_bound(0.1, math.nan), "Argument photons must be a number ≥ 0, but is nan"),
        (lambda: fock.entropy_bound(0.1, 1.0, 0), "Argument modes must be a whole number ≥ 1"),
        (lambda: fock.finite_entropy_bound(0.1, 0), "Argument dimension must be a whole number ≥ 1"),
        (lambda: fock.gentle_bound(-0.1), "Argument weight must be"),
        (lambda: fock.thermal_tail([0.1, 0.2], [3]), "As many modes as cutoffs are needed, but there are 2 and 1"),
        (lambda: fock.geometric_tail(np.ones(3), [4], prefactor=1, ratios=[0.5]), "Argument p must hold weights"),
    ],
)
def test_arguments_without_meaning_are_refused(call, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        call()
