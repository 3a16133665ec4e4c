"""Eigenvalues in doubles with a bound that does not trust the solver."""

import math

import flint
import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from crosscheck.certificates.measures import spectra
from crosscheck.certificates.measures.spectra import spectrum
from gaussian import enclosed
from gaussian.enclosed.symplectic import hermitian_eigenvalues


@given(st.integers(1, 7), st.integers(0, 2**32), st.sampled_from([1e-9, 1.0, 1e9]))
@settings(max_examples=15)
def test_the_sum_of_eigenvalue_errors_is_bounded(d, seed, size):
    """Against eigenvalues in balls; degenerate spectra included."""
    a = np.random.default_rng(seed).integers(-2, 3, (d, d)) * size / 3
    a = a + a.T
    values, error = spectrum(a)
    with flint.ctx.workprec(200):
        exact = hermitian_eigenvalues(enclosed.matrix(a))
        assert sum(abs(x - flint.arb(float(v))) for x, v in zip(exact, values, strict=True)) <= error
    assert error <= 1e-11 * (np.abs(a).sum() + 1e-130)


def test_a_solver_that_errs_is_noticed(monkeypatch):
    """Eigenvalues off by 1e-6, vectors off by 1e-6, or useless: the bound follows, whatever LAPACK returns."""
    a = np.diag([1.0, 2.0, 4.0]) + 0.5j * (np.eye(3, k=1) - np.eye(3, k=-1))
    values, vectors = np.linalg.eigh(a)
    for wrong in ((values + 1e-6, vectors), (values, vectors + 1e-6), (values + 1e-3, 1.1 * vectors)):
        monkeypatch.setattr(spectra.np.linalg, "eigh", lambda m, wrong=wrong: wrong)
        found, error = spectrum(a)
        assert error > 0.9e-6
        assert np.abs(np.sort(found) - values).sum() <= error < 1e-4 or error > 1
    monkeypatch.setattr(spectra.np.linalg, "eigh", lambda m: (values, 0 * vectors))
    assert spectrum(a)[1] == math.inf
