"""`fock.evolve(model, times, tol=…)`: the bound holds, on models whose exact states are known."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import qutip

import fock
from crosscheck import models
from crosscheck.certificates.measures.elements import below
from crosscheck.certificates.window.exact_moments import exact_trajectory
from crosscheck.model import Dissipator, Model, Preparation, displacing, p, squeezing, x
from fock import bounded
from fock.defect import TruncatedGenerator, norm_of_defect, nuclear

TOL = 1e-3


@dataclass(frozen=True, eq=False)
class Random(Model):
    """A quadratic Hamiltonian, two general jump operators with loss, a squeezed, displaced, thermal start."""

    seed: int

    @property
    def modes(self):
        return 1 + self.seed % 2

    def numbers(self, *shape, size=1.0):
        return size * np.random.default_rng([self.seed, *shape]).normal(size=shape)

    def hamiltonian(self, *a):
        r = [q for c in a for q in (x(c), p(c))]
        h = self.numbers(len(r), len(r), size=0.1)
        quadratic = sum(h[j, k] * (r[j] * r[k] + r[k] * r[j]) for j in range(len(r)) for k in range(len(r)))
        return quadratic + sum(v * q for v, q in zip(self.numbers(len(r), size=0.2), r, strict=True))

    def dissipators(self, *a):
        r = [q for c in a for q in (x(c), p(c))]
        for k in range(2):
            u = self.numbers(2, len(r), k + 7, size=0.1).sum(-1)
            yield Dissipator(0.4, sum((v + 1j * w) * q for v, w, q in zip(u[0], u[1], r, strict=True)) + 0.2)
        for c in a:
            yield Dissipator(0.5, c)

    def preparation(self, *a):
        s, re, im = self.numbers(3, size=0.1)
        return Preparation([abs(s)] * len(a), unitaries=[squeezing(a[0], s), displacing(a[-1], re + 1j * im)])

    @classmethod
    def example(cls):
        return cls(0)


def true_distance(state, exact):
    """‖ρ − ρ_N‖₁ from below: what is missing above the cutoff can only add to it."""
    return float(np.abs(np.linalg.eigvalsh(below(exact, state.cutoffs).rho - state.rho.full())).sum())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_the_bound_holds_on_random_models_with_known_answers(seed):
    """True error ≤ bound ≤ tolerance, with cutoffs that nobody gave."""
    model = Random(seed)
    times, tol = (0.2,), TOL if model.modes == 1 else 10 * TOL
    trajectory = fock.evolve(model, times, tol=tol)
    for state, exact in zip(trajectory.states, exact_trajectory(model, times), strict=True):
        assert 0 < true_distance(state, exact) <= state.bound <= tol


def test_the_bound_is_not_far_from_the_truth():
    """Within a factor of fifteen on the median over the library: what a strong loss damps later is not forgotten."""
    ratios = []
    for name in ("DampedThermalMode", "ParametricOscillator", "LossyTwinBeams", "BathBeamSplitter", "ReservoirGravity"):
        model = models.MODELS[name].example()
        (state,) = fock.evolve(model, (0.5,), tol=1e-3).states
        ratios.append(state.bound / true_distance(state, exact_trajectory(model, (0.5,))[0]))
    assert min(ratios) > 1
    assert np.median(ratios) < 15


def test_a_tighter_tolerance_is_met_with_more_levels():
    model = models.ParametricOscillator.example()
    loose, tight = (fock.evolve(model, (1.0,), tol=tol).states[0] for tol in (1e-2, 1e-8))
    assert tight.bound <= 1e-8 < loose.bound <= 1e-2
    assert tight.cutoffs > loose.cutoffs


def test_cutoffs_shrink_when_the_photons_are_gone():
    """Twin beams that lose their photons need fewer levels later."""
    early, late = fock.evolve(
        replace(models.LossyTwinBeams.example(), gamma=3.0, nbar=0.0), (0.01, 2.0), tol=1e-4
    ).states
    assert max(late.cutoffs) < max(early.cutoffs)


@dataclass(frozen=True)
class Kerr(models.DampedThermalMode):
    """Not Gaussian: H = a†²a², whose coherent states return after t = π."""

    def hamiltonian(self, a):
        return a.dag() * a.dag() * a * a


def test_a_model_that_is_not_gaussian_is_bounded_too():
    """⟨a⟩(t) = α exp(−|α|²(1 − e^{−2it})) without damping."""
    alpha, t = 0.7, 0.6
    (state,) = fock.evolve(Kerr(omega=0.0, gamma=0.0, nbar=0.0, alpha=alpha), (t,), tol=1e-6).states
    exact = alpha * np.exp(-(alpha**2) * (1 - np.exp(-2j * t)))
    assert (state.mean[0] + 1j * state.mean[1]) / np.sqrt(2) == pytest.approx(exact, abs=1e-5)
    assert state.bound <= 1e-6


def test_an_isolated_pair_is_bounded():
    """Beam splitter: a coherent state moves between the modes as α cos t, −iα sin t."""

    @dataclass(frozen=True)
    class Splitter(models.BathBeamSplitter):
        def dissipators(self, a, b):
            return ()

        def preparation(self, a, b):
            return Preparation(unitaries=[displacing(a, 0.5)])

    (state,) = fock.evolve(Splitter(g=1.0, kappa=1.0, nbar=(0.0, 0.0)), (0.8,), tol=1e-5).states
    n = state.cutoffs
    exact = qutip.tensor(qutip.coherent(60, 0.5 * np.cos(0.8)), qutip.coherent(60, -0.5j * np.sin(0.8)))
    corner = fock.corner(exact, n)
    assert float(np.abs(np.linalg.eigvalsh((state.rho - corner.proj()).full())).sum()) <= state.bound <= 1e-5


@pytest.mark.parametrize("name", ["ReservoirGravity", "DissipativeClassicalGravity", "BathBeamSplitter"])
def test_the_defect_is_what_a_larger_space_adds(name):
    """(𝓛 − 𝓛_N)ρ block by block against QuTiP's generator with four more levels, for a random ρ below the cutoff."""
    model = models.MODELS[name].example()
    cutoffs, wide = (4, 3), (8, 7)
    gen = TruncatedGenerator.of(model, cutoffs)
    g = np.random.default_rng(5).normal(size=(2, 12, 12))
    small = g[0] + 1j * g[1]
    small = small + small.conj().T
    inside = np.ravel_multi_index(np.ix_(range(4), range(3)), wide).ravel()
    large = np.zeros((56, 56), complex)
    large[np.ix_(inside, inside)] = small
    exact = fock.liouvillian(fock.generator(model, wide)) @ qutip.operator_to_vector(
        qutip.Qobj(large, dims=[[8, 7]] * 2)
    )
    exact = qutip.vector_to_operator(exact).full()
    exact[np.ix_(inside, inside)] -= gen(small)
    edge, out, far = gen.defect(small)
    total = float(np.abs(np.linalg.eigvalsh(exact)).sum())
    assert total <= norm_of_defect((edge, out, far)) < 3 * total
    outside = np.setdiff1d(np.arange(56), inside)
    assert np.linalg.norm(exact[np.ix_(outside, inside)]) == pytest.approx(np.linalg.norm(out))
    assert np.linalg.norm(exact[np.ix_(outside, outside)]) == pytest.approx(np.linalg.norm(far))
    loss = np.zeros((12, 12), complex)
    loss[gen.edge] = edge
    assert np.allclose(exact[np.ix_(inside, inside)], -0.5 * (loss + loss.conj().T))


def test_the_truncated_generator_is_that_of_qutip():
    model = models.ReservoirGravity.example()
    gen = TruncatedGenerator.of(model, (4, 5))
    rho = qutip.rand_dm([4, 5], seed=3)
    theirs = fock.liouvillian(fock.generator(model, (4, 5))) @ qutip.operator_to_vector(rho)
    assert np.allclose(gen(rho.full()), qutip.vector_to_operator(theirs).full())


def test_the_trace_norm_is_bounded_from_above_and_closely():
    """By the roots of a Gram matrix, for tall, wide, singular and tiny matrices."""
    rng = np.random.default_rng(2)
    for shape, scale in (((5, 40), 1.0), ((40, 5), 1e-9), ((7, 7), 1e5)):
        m = scale * (rng.normal(size=shape) + 1j * rng.normal(size=shape))
        m[0] = m[1]
        exact = np.linalg.svd(m, compute_uv=False).sum()
        assert exact <= nuclear(m) <= exact * (1 + 1e-5)


def test_what_has_no_proof_is_refused_by_name():
    """Not completely positive, a ground state, explicit time dependence, a tolerance below rounding."""

    @dataclass(frozen=True)
    class Driven(models.DampedThermalMode):
        def hamiltonian(self, a):
            return [super().hamiltonian(a), [a + a.dag(), np.cos]]

    with pytest.raises(fock.NotBounded, match="must be completely positive, but its rate matrix has an eigenvalue -"):
        fock.evolve(models.HeatBathPair.example(), (0.5,), tol=1e-3)
    with pytest.raises(fock.NotBounded, match="prepared as a ground state"):
        fock.evolve(models.ProbedChain.example(), (0.5,), tol=1e-3)
    with pytest.raises(fock.TimeDependent):
        fock.evolve(Driven.example(), (0.5,), tol=1e-3)
    with pytest.raises(fock.NotBounded, match="must be above rounding"):
        fock.evolve(models.ParametricOscillator.example(), (0.5,), tol=1e-15)
    with pytest.raises(fock.TooLarge, match="bounded evolution"):
        fock.evolve(models.ReservoirGravity.example(), (0.5,), tol=1e-3, memory=1e6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either cutoff or tol"),
        ({"cutoff": 4, "tol": 1e-3}, "either"),
        ({"tol": 0.0}, "between 0 and 2"),
        ({"tol": "x"}, "between 0 and 2"),
        ({"tol": float("nan")}, "between 0 and 2"),
    ],
)
def test_a_cutoff_or_a_tolerance_and_not_both(options, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        fock.evolve(models.DampedThermalMode.example(), (0.5,), **options)


def test_correlated_rates_that_form_a_positive_matrix_are_completely_positive():
    """Γ_uv = [[1, c], [c*, 1]] is positive for |c| ≤ 1; one defect away it is not."""

    @dataclass(frozen=True)
    class Correlated(models.BathBeamSplitter):
        c: complex = 0.0

        def dissipators(self, a, b):
            yield from (
                Dissipator(1.0, a),
                Dissipator(1.0, b),
                Dissipator(self.c, a, b),
                Dissipator(np.conj(self.c), b, a),
            )

    fock.evolve(Correlated(g=0.5, kappa=1.0, nbar=(0.0, 0.0), c=0.6 + 0.6j), (0.1,), tol=1e-3)
    with pytest.raises(fock.NotBounded):
        fock.evolve(Correlated(g=0.5, kappa=1.0, nbar=(0.0, 0.0), c=0.8 + 0.8j), (0.1,), tol=1e-3)


def test_a_bound_that_forgets_the_defect_is_too_small(monkeypatch):
    """The test above can fail: without the part of 𝓛(ρ) beyond the cutoff, the bound falls below the true error."""
    monkeypatch.setattr(bounded, "norm_of_defect", lambda *arguments: 0.0)
    (state,) = fock.evolve(models.ReservoirGravity.example(), (0.3,), tol=TOL).states
    (exact,) = exact_trajectory(models.ReservoirGravity.example(), (0.3,))
    assert true_distance(state, exact) > state.bound
