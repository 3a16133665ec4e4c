"""e^{tA}x by Faber polynomials: the residual it says it has, errors within it, and ellipses that do not fit."""

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from fock import faber
from fock.faber import Ellipse, Flow, Window

RNG = np.random.default_rng(3)


def contraction(seed, size, decay, frequency, complex_=False):
    """A with A + A† ≤ 0, so that ‖e^{tA}‖₂ ≤ 1: its non-normal part is as large as its normal one."""
    rng = np.random.default_rng(seed)
    b, k = rng.normal(size=(2, size, size)) / np.sqrt(size)
    if complex_:
        k = k + 1j * rng.normal(size=(size, size)) / np.sqrt(size)
    return scipy.sparse.csr_matrix(-decay * (b @ b.T) + frequency * (k - k.conj().T))


@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 30),
    decay=st.sampled_from([0.0, 1e-3, 1.0, 30.0]),
    frequency=st.sampled_from([0.0, 0.1, 1.0, 30.0]),
    complex_=st.booleans(),
)
def test_the_error_of_a_contraction_is_within_what_is_reported(seed, size, decay, frequency, complex_):
    """Against the matrix exponential, from all decay to all oscillation; the report stays near what was asked for."""
    a = contraction(seed, size, decay, frequency, complex_)
    x = np.random.default_rng(seed).normal(size=size).astype(a.dtype)
    x /= np.linalg.norm(x)
    times = [0.0, 0.3, 2.0, 2.5]
    found, errors = Flow(a, x, rate=1e-9).at(times)
    for t, y, error in zip(times, found, errors, strict=True):
        exact = scipy.linalg.expm(t * a.toarray()) @ x
        assert np.linalg.norm(y - exact) <= error + 1e-13 * (1 + t * scipy.sparse.linalg.norm(a))
        assert error <= 1e-9 * t + 1e-11


@pytest.mark.parametrize("delta", [1.0, 0.3, -0.4, -1.0])
def test_the_residual_is_two_terms(delta):
    """Ay − y′ = γ(c_K F_{K+1} − δ c_{K+1} F_K), y′ by a central difference, for every kind of ellipse."""
    a = contraction(1, 12, 1.0, 1.0)
    x, t, h, e = RNG.normal(size=12), 0.7, 1e-4, Ellipse(-1.0, 1.5, delta)
    scaled = (a.toarray() - e.alpha * np.eye(12)) / e.gamma
    f = [x, scaled @ x]
    f.append(scaled @ f[1] - 2 * delta * f[0])
    for _ in range(4):
        f.append(scaled @ f[-1] - delta * f[-2])
    k = len(f) - 2
    y = Window(e, np.array(f[: k + 1]), np.ones(k + 2)).at(np.array([t - h, t, t + h]))
    c = e.coefficients(np.array([t]), np.array([k, k + 1]))[0]
    expected = e.gamma * (c[0] * f[k + 1] - delta * c[1] * f[k])
    assert np.allclose(a @ y[1] - (y[2] - y[0]) / (2 * h), expected, atol=1e-6 * np.abs(f).max())


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_a_wrong_ellipse_costs_terms_and_no_accuracy(factor, monkeypatch):
    a = contraction(2, 20, 20.0, 5.0)
    right = Ellipse.around
    x = RNG.normal(size=20)
    exact = scipy.linalg.expm(a.toarray()) @ x
    good = Flow(a, x, rate=1e-9)
    good.at([1.0])

    def wrong(values):
        e = right(values)
        return Ellipse(factor * e.alpha, factor * e.gamma, e.delta)

    monkeypatch.setattr(Ellipse, "around", wrong)
    flow = Flow(a, x, rate=1e-9)
    (y,), (error,) = flow.at([1.0])
    assert np.linalg.norm(y - exact) <= error < 2e-9
    assert flow.applications > good.applications


def test_times_may_be_asked_for_one_after_another():
    """As an integrator is driven: the same states as all at once."""
    a, x, times = contraction(4, 15, 3.0, 3.0), RNG.normal(size=15), [0.1, 0.4, 5.0]
    together, _ = Flow(a, x, rate=1e-10).at(times)
    flow = Flow(a, x, rate=1e-10)
    assert np.allclose(together, [flow.at([t], more=True)[0][0] for t in times], atol=1e-8, rtol=0)


def test_what_no_longer_moves_costs_nothing():
    """Relaxed to its stationary state, a contraction is there for good: t = 10⁹ takes no more than t = 10³."""
    rates = RNG.uniform(0.5, 1, size=(6, 6))
    np.fill_diagonal(rates, 0)
    a = scipy.sparse.csr_matrix(rates - np.diag(rates.sum(axis=0)))  # a Markov chain
    work = []
    for t in (1e3, 1e9):
        flow = Flow(a, np.eye(6)[0], rate=1e-12, norm=lambda v: float(np.abs(v).sum()))
        (y,), (error,) = flow.at([t])
        assert np.abs(a @ y).max() < 1e-12
        assert error < 2e-12 * t
        work.append(flow.applications)
    assert work[1] == work[0]


def test_what_hardly_moves_is_within_its_error():
    """Left where it is, x falls behind by as much as the error says."""
    (y,), (error,) = Flow(scipy.sparse.csr_matrix([[-1e-4]]), np.array([1.0]), rate=1e-3).at([5.0])
    assert y[0] == 1
    assert 1 - np.exp(-5e-4) <= error < 6e-4


def test_little_memory_costs_windows_only():
    """At most 20 vectors at a time: the same state."""
    a, x = contraction(5, 25, 40.0, 10.0), RNG.normal(size=25)
    (free,), _ = Flow(a, x, rate=1e-10).at([3.0])
    (tight,), (error,) = Flow(a, x, rate=1e-10, most=faber.FEWEST).at([3.0])
    assert np.linalg.norm(free - tight) <= 2 * error < 1e-8


@pytest.mark.parametrize("value", [0.0, 1.0, -2.0])
def test_one_number_decays(value):
    """Matrices of one entry, the zero matrix among them."""
    (y,), (error,) = Flow(scipy.sparse.csr_matrix([[-abs(value)]]), np.array([2.0]), rate=1e-12).at([1.5])
    assert abs(y[0] - 2 * np.exp(-1.5 * abs(value))) <= error + 1e-15
