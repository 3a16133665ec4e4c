"""Networks of more modes than truncated matrices hold: generator, window and measures as theorems, and bugs in them."""

from dataclasses import dataclass, replace

import flint
import numpy as np
import pytest

import gaussian
from crosscheck import certify, models
from crosscheck.certificates.generator.certificate import compare_generators
from crosscheck.certificates.generator.ladder import _from_symbol, ladder_moments
from crosscheck.certificates.window.exact_moments import exact_steady_state, exact_trajectory
from crosscheck.certificates.window.proof import prove_steady_state
from crosscheck.engine import GAUSSIAN
from crosscheck.report.verdict import Verdict
from gaussian import enclosed
from tests.crosscheck.certificates.test_symbol import Passive


@dataclass(frozen=True)
class Pair(Passive):
    """Of which the two ends are compared."""

    @property
    def observed(self):
        return (0, self.n - 1)


def radius(matrix):
    return max(float(x.rad()) for x in matrix.entries())


def of(wrong):
    """The package's engine with the equations and states of another model."""
    return replace(
        GAUSSIAN,
        name="wrong",
        moment_equations=lambda model, *t: gaussian.moment_equations(wrong, *t),
        evolve=lambda model, times: gaussian.evolve(wrong, times),
        steady_state=lambda model: gaussian.steady_state(wrong),
    )


def test_a_network_of_twenty_modes_is_certified():
    """Generator, window along the way and in the steady state, and measures of the two ends, all theorems."""
    report = certify(Pair(20), times=(0.5,))
    assert str(report.verdict) == "certified"
    assert {c.kind for c in report.certificates if c.theorem} >= {"generator", "window", "measures"}


@pytest.mark.parametrize("change", [{"doubled": 17}, {"flipped": 23}], ids=lambda c: next(iter(c)))
def test_a_bug_at_one_site_of_forty_is_refuted(change):
    """A factor 2 in one bath, or the sign of one hopping: by the generator alone, and by that entry."""
    right = Passive(40)
    report = certify(right, times=(), engine=of(replace(right, **change)))
    assert str(report.verdict) == "refuted"
    found = report.certificate("generator")
    wrong = {c.quantity for c in found.comparisons if c.verdict is Verdict.REFUTED}
    site = next(iter(change.values()))
    assert wrong
    assert all(any(str(s) in name for s in (site, site + 1, site + 2)) for name in wrong)


def test_the_state_of_a_bug_is_refuted_by_the_window():
    """An engine without equations, of which one bath is twice too strong: its trajectory tells."""
    right = Passive(20)
    engine = of(replace(right, doubled=7))
    engine = replace(engine, offers=engine.offers - {"moment_equations"})
    report = certify(right, times=(0.5,), engine=engine)
    assert str(report.certificate("window").verdict) == "refuted"


@pytest.mark.parametrize("n", [9, 24])
def test_a_passive_chain_stays_thermal(n):
    """σ = (n̄ + ½)·1 is the steady state, and the trajectory from the vacuum is n̄(1 − e^{−κt}) + ½, for any n."""
    model = Passive(n)
    steady, later = exact_steady_state(model), exact_trajectory(model, [2.0])[0]
    for state, size in ((steady, 2.0), (later, 1.5 * -np.expm1(-0.5) + 0.5)):
        for j in range(2 * n):
            for k in range(2 * n):
                with flint.ctx.workprec(128):
                    off = abs(state.covariance[j, k] - (size if j == k else 0))
                assert float(off.abs_lower()) < 1e-15
        assert radius(state.covariance) < 1e-10


def test_matrix_elements_of_qutip_and_words_are_the_same(monkeypatch):
    """A, d and D of the library's largest chain that QuTiP's states hold, by either way, and the slowest rate."""
    model = models.ProbedChain.example()
    one, other = ladder_moments(model), _from_symbol(model, 0.0, ())
    for part in ("drift", "drive", "diffusion"):
        assert getattr(one, part) == pytest.approx(getattr(other, part), abs=1e-14)


def test_entries_that_no_term_makes_are_compared_too():
    """A claim that is not zero where the model has nothing is refuted, however many modes there are."""
    right = gaussian.moment_equations(Passive(12))
    drift = right.drift.copy()
    drift[0, 20] = 1e-3
    found = compare_generators(Passive(12), lambda model: replace(right, drift=drift))
    wrong = [c.quantity for c in found if c.verdict is Verdict.REFUTED]
    assert wrong == ["A[x1, x11]"]


def test_a_closed_network_provably_has_no_steady_state():
    with pytest.raises(gaussian.MarginalDrift, match="provably"):
        exact_steady_state(Closed(12))


class Closed(Passive):
    """Without its baths."""

    def dissipators(self, *a):
        return ()


def test_a_network_that_grows_is_named():
    """Gain at one site, more than all losses."""

    class Gaining(Passive):
        def dissipators(self, *a):
            yield from super().dissipators(*a)
            yield from models_gain(a[0])

    with pytest.raises(gaussian.UnstableDrift, match="provably"):
        exact_steady_state(Gaining(10))


def models_gain(a):
    from crosscheck.model import Dissipator

    yield Dissipator(40.0, a.dag())


@pytest.mark.parametrize("squeezing", [0.0, 0.4])
def test_the_negativity_of_half_against_half_is_enclosed(squeezing):
    """n two-mode squeezed vacua across the cut have E_N = 2rn; ten pairs are more modes than balls are made of."""
    n, c, s = 10, np.cosh(2 * squeezing) / 2, np.sinh(2 * squeezing) / 2
    sigma = np.kron(np.eye(2), np.eye(2 * n) * c)
    cross = np.kron(np.eye(n), np.diag([s, -s]))
    sigma[: 2 * n, 2 * n :] = sigma[2 * n :, : 2 * n] = cross
    found = enclosed.log_negativity(enclosed.matrix(sigma), party=list(range(n)))
    assert abs(float(found) - 2 * squeezing * n) < 1e-10
    assert float(found.rad()) < 1e-9


def test_the_ground_state_of_a_large_chain_is_that_of_its_normal_modes():
    """H_E of M sites with fixed ends: ⟨X_jX_k⟩ = Σ_q sin sin/(M + 1)ω_q, ω_q² = Ω₀² + 2g(1 − cos(πq/(M + 1)))."""
    sites, rest, g = 16, 0.4, 1.2
    model = models.ProbedChain(sites, 1.0, 1.1, 0.0, 0.2, rest, g, (1, 1))
    (state,) = exact_trajectory(model, [0.0])
    q = np.pi * np.arange(1, sites + 1) / (sites + 1)
    omega = np.sqrt(rest**2 + 2 * g * (1 - np.cos(q)))
    shapes = np.sin(np.outer(np.arange(1, sites + 1), q)) * np.sqrt(2 / (sites + 1))
    expected = (shapes / (2 * omega)) @ shapes.T
    found = np.array([[float(state.covariance[4 + 2 * j, 4 + 2 * k]) for k in range(sites)] for j in range(sites)])
    assert np.abs(found - expected).max() < 1e-11
    assert radius(state.covariance) < 1e-8


@pytest.mark.parametrize(("digit", "verdict"), [("2", "certified"), ("2.0000000000000000000000001", "refuted")])
def test_a_claim_of_twelve_modes_is_proved_beyond_doubles(digit, verdict):
    """σ = (n̄ + ½)·1 with one entry wrong in its 26th digit: the residual is exact, and its response is small."""
    claim = [["0"] * 24 for _ in range(24)]
    for j in range(24):
        claim[j][j] = digit if j == 5 else "2.0000000000000000000000000"
    claim[5][5] = digit if verdict == "refuted" else claim[5][5]
    assert str(prove_steady_state(Passive(12), claim).verdict) == verdict


@pytest.mark.slow
def test_three_hundred_sites_are_certified():
    """The published chain of the synchronisation paper, at a time of its plateau."""
    model = models.ProbedChain(
        sites=300, omega1=1.0, omega2=1.1, lam=0.5, K=0.2, Omega0=0.4, g=1.2, attach=(1, 1), position=(0.14, 1.4)
    )
    report = certify(model, times=(100.0,))
    assert str(report.verdict) == "certified"
    assert report.certificate("generator").theorem
    assert report.certificate("window").theorem
