"""Eigenvalues by blocks are those of the whole matrix, in the same order."""

import numpy as np

from fock.eigenvalues import eigenvalues


def test_eigenvalues_of_interleaved_blocks_ascend():
    rng = np.random.default_rng(6)
    z = rng.normal(size=(40, 40)) + 1j * rng.normal(size=(40, 40))
    matrix = (z + z.conj().T) * (np.add.outer(np.arange(40), np.arange(40)) % 3 == 0)
    matrix = matrix + np.diag(np.arange(40.0)) + 1e-9 * np.eye(40, k=3) + 1e-9 * np.eye(40, k=-3)
    assert np.allclose(eigenvalues(matrix), np.linalg.eigvalsh(matrix), rtol=0, atol=1e-12)
    assert (np.diff(eigenvalues(matrix)) >= 0).all()
