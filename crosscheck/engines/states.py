r"""Covariances that double precision holds exactly, or whose symplectic spectrum is known by construction.

With e^{2r} = 2^k a two-mode squeezed vacuum has c = ¼(2^k + 2^-k) on its diagonal and s = ¼(2^k − 2^-k) beside it, both
exact doubles up to k = 26: then E_N = k ln 2 and ν = ½, ½ to the last digit, and what an engine loses is its own. A
matrix that is off by one unit in its last place has an E_N that is off by about eps·4^k: that much is granted.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)
# Units in the last place of the largest entry that an algorithm may lose. Those of Cholesky, of a singular value and of
# an eigenvalue of a balanced matrix lose up to 10.
ULPS = 64


def twin_beams(k: int) -> Array:
    """Two-mode squeezed vacuum with e^{2r} = 2^k, exactly."""
    c, s = (2.0**k + 2.0**-k) / 4, (2.0**k - 2.0**-k) / 4
    z = np.diag([s, -s])
    return np.block([[c * np.eye(2), z], [z, c * np.eye(2)]])


def granted(k: int) -> float:
    """Error of ln ν and of ln ν̃ of `twin_beams(k)` that its rounding excuses."""
    return ULPS * EPS * 4.0**k


def squeezed(sigma: Array, k: int) -> Array:
    """The first mode squeezed by e^r = 2^k: exact, and no change of ν, ν̃ or any measure."""
    scale = np.ones(len(sigma))
    scale[:2] = 2.0**k, 2.0**-k
    return scale[:, None] * sigma * scale


def thermal(*quanta: float) -> Array:
    """Uncorrelated modes with these mean quanta: ν = n̄ + ½."""
    return np.diag(np.repeat(np.array(quanta) + 0.5, 2))


def product(*states: Array) -> Array:
    """States side by side."""
    return np.asarray(scipy.linalg.block_diag(*states))


def reordered(sigma: Array, modes: list[int]) -> Array:
    """The same state with its modes in another order."""
    rows = [2 * m + i for m in modes for i in (0, 1)]
    return np.asarray(sigma[np.ix_(rows, rows)])


def network(quanta: Array) -> Array:
    """Thermal modes after a passive network U: (x, p) ↦ (x Re U − p Im U, x Im U + p Re U) keeps every ν."""
    n = len(quanta)
    rng = np.random.default_rng(n)
    u = np.linalg.qr(rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)))[0]
    passive = np.kron(u.real, np.eye(2)) + np.kron(u.imag, np.array([[0.0, -1.0], [1.0, 0.0]]))
    sigma = passive @ thermal(*quanta) @ passive.T
    return np.asarray(0.5 * (sigma + sigma.T))


def entropy_of(nbar: float) -> float:
    """g = (n̄ + 1) ln(n̄ + 1) − n̄ ln n̄, with no digit cancelled at either end."""
    return math.log1p(nbar) + nbar * math.log1p(1 / nbar) if nbar > 0 else 0.0


def entropy_of_beam(k: int) -> float:
    """Entropy of one of the twin beams: n̄ = sinh² r = ½(cosh 2r − 1)."""
    return entropy_of(0.5 * (math.cosh(k * math.log(2)) - 1))


def entropy_granted(k: int) -> float:
    """What δν = ½·`granted(k)` in two modes adds to an entropy that is zero: 2g(½ + δ)."""
    return 2 * entropy_of(0.5 * granted(k))
