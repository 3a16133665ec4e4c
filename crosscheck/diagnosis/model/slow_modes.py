r"""The slowest motions of the moments, d⟨r⟩/dt = A⟨r⟩: how fast they decay, how they oscillate and where they live.

Eigenvalues λ of A that rounding does not tell apart belong to one motion, with spectral projector P (PA = AP = λP for
a single one: P = v u† for right and left eigenvectors with u†v = 1). The participation of mode m is

    p_m = (|P_xx| + |P_pp|) / Σ over all modes,      the moduli |v_j u_j| summed over x and p of each mode,

which needs no choice of eigenvectors where several share an eigenvalue. The amplitude that moves so is the left
eigenvector, c = u†r: dc/dt = λc whatever the noise. Where it is made of annihilation operators alone, c = Σ_m c_m a_m
is a normal mode, and one that is not damped is dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from crosscheck.diagnosis.model.master_equation import Words

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)
# Eigenvalues nearer to each other than this, relatively to ‖A‖, belong to one motion: a double one that is defective
# splits by √eps.
TOGETHER = 1e-7
# Overlaps of left and right eigenvectors below this mean that they are no basis; the Schur form takes over.
SKEW = 1e-6
# Components of an amplitude below this are rounding.
FAINT = 1e-7


@dataclass(frozen=True, eq=False)
class Motion:
    """Some eigenvalues of A near `value` (one of a conjugate pair, Im ≥ 0), `count` of them, known to `error`.

    `participation` (n,) sums to 1 and `projector` is P. `amplitudes` are left eigenvectors in ladder
    operators, normalised: those made of annihilation operators alone, or else the one that a simple eigenvalue has.
    """

    value: complex
    count: int
    error: float
    participation: Array
    projector: Array
    amplitudes: tuple[Words, ...]

    @property
    def rate(self) -> float:
        """−Re λ: the amplitude's decay rate, half of the energy's."""
        return -self.value.real

    @property
    def frequency(self) -> float:
        return self.value.imag

    @property
    def undamped(self) -> bool:
        """No real part to working precision."""
        return abs(self.rate) <= self.error

    @property
    def unstable(self) -> bool:
        return self.rate < -self.error

    def noise(self, diffusion: Array) -> float:
        """‖PDP†‖: how fast variances of the motion's amplitudes grow by noise alone."""
        return float(np.linalg.norm(self.projector @ diffusion @ self.projector.conj().T, 2))

    @property
    def modes(self) -> list[int]:
        """Those with a twentieth of the largest participation or more, the largest first."""
        order = np.argsort(-self.participation.round(6), kind="stable")
        return [int(m) for m in order if self.participation[m] >= 0.05 * self.participation.max()]


def motions(drift: Array, rounding: float = 0.0, most: int = 8) -> list[Motion]:
    """The `most` slowest motions under a drift (2n, 2n) known to `rounding`, unstable ones first."""
    values, left, right = scipy.linalg.eig(drift, left=True, right=True)
    size = max(float(np.linalg.norm(drift, 2)), 1e-300)
    blur = max(rounding, len(drift) * EPS * size)
    found = []
    for members in _clusters(values, TOGETHER * size)[:most]:
        projector, skew = _projector(drift, values, left, right, members)
        # A simple eigenvalue moves by 1/|u†v| times what A does, a defective one by a root of that.
        error = min(blur / max(skew, 1e-300), float(np.sqrt(blur * size))) if len(members) > 1 else blur / skew
        value = complex(np.mean(values[members]))
        local = np.abs(np.diagonal(projector))
        weights = local[0::2] + local[1::2]
        found.append(
            Motion(
                value=complex(value.real, abs(value.imag)),
                count=len(members),
                error=float(error),
                participation=weights / weights.sum(),
                projector=projector,
                amplitudes=_amplitudes(projector, len(members)),
            )
        )
    return found


def _clusters(values: Array, distance: float) -> list[list[int]]:
    """Indices of eigenvalues with Im ≥ 0 grouped by distance, those with the largest real part first."""
    order = sorted(np.flatnonzero(values.imag >= -distance).tolist(), key=lambda k: (-values[k].real, values[k].imag))
    groups: list[list[int]] = []
    for k in order:
        near = [g for g in groups if min(abs(values[k] - values[j]) for j in g) <= distance]
        rest = [g for g in groups if all(g is not other for other in near)]
        groups = [*rest, [k, *(j for g in near for j in g)]]
    return sorted(groups, key=lambda g: (-round(max(values[j].real for j in g) / distance), abs(values[g[0]].imag)))


def _projector(drift: Array, values: Array, left: Array, right: Array, members: list[int]) -> tuple[Array, float]:
    """(spectral projector of some eigenvalues, the smallest overlap of their left and right spaces)."""
    u, v = left[:, members], right[:, members]
    overlap = u.conj().T @ v
    skew = float(np.linalg.svd(overlap, compute_uv=False)[-1])
    if skew > SKEW:
        return v @ np.linalg.solve(overlap, u.conj().T), skew
    # Defective: T X − X T' = T_12 of the ordered Schur form decouples the two blocks.
    chosen = values[members]
    others = np.delete(values, members)

    def inside(z: complex) -> bool:
        return bool(np.abs(z - chosen).min() < np.abs(z - others).min(initial=np.inf))

    t, z, k = scipy.linalg.schur(drift.astype(complex), output="complex", sort=inside)
    block = np.zeros_like(t)
    block[:k, :k] = np.eye(k)
    if k < len(t):
        block[:k, k:] = scipy.linalg.solve_sylvester(t[:k, :k], -t[k:, k:], t[:k, k:])
    return z @ block @ z.conj().T, max(skew, EPS)


def _amplitudes(projector: Array, count: int) -> tuple[Words, ...]:
    """The rows of P as operators: made of annihilation operators alone where some are, else the single one there is."""
    n = len(projector) // 2
    # r = T (a_1, a_1†, …): x = (a + a†)/√2, p = (a − a†)/(i√2), so that u†r has the coefficients u†T.
    to_ladder = np.kron(np.eye(n), np.array([[1, 1], [-1j, 1j]]) / np.sqrt(2))
    rows = _row_space(projector @ to_ladder)
    alone = max((_annihilating(rows), _annihilating(_swapped(rows.conj()))), key=len)
    if len(alone) or count > 1:
        return tuple(_words(row) for row in _echelon(alone))
    return tuple(_words(row * np.exp(-1j * _phase(row))) for row in rows)


def _words(row: Array) -> Words:
    return {(k,): complex(c) for k, c in enumerate(row) if abs(c) > FAINT}


def _phase(row: Array) -> float:
    """That makes an observable Hermitian: c_a = c_a†*; of another, its largest coefficient real."""
    both = row[0::2] * row[1::2]
    largest = int(np.argmax(np.abs(both)))
    if abs(both[largest]) > FAINT:
        return float(np.angle(both[largest])) / 2
    return float(np.angle(row[np.argmax(np.abs(row))]))


def _swapped(rows: Array) -> Array:
    """Hermitian conjugates: a ↔ a† once coefficients are conjugated."""
    return np.asarray(rows.reshape(len(rows), -1, 2)[:, :, ::-1].reshape(rows.shape))


def _row_space(rows: Array) -> Array:
    _, s, vh = np.linalg.svd(rows)
    return np.asarray(vh[: int((s > 1e-6 * max(s.max(initial=0.0), 1e-300)).sum())])


def _annihilating(rows: Array) -> Array:
    """Combinations of rows without any a†, shape (k, 2n)."""
    if not len(rows):
        return rows
    _, s, vh = np.linalg.svd(rows[:, 1::2].T)
    return np.asarray(vh.conj()[int((s > 1e-6).sum()) :] @ rows)


def _echelon(rows: Array) -> Array:
    """A basis of the same space in which each vector leads with a mode of its own, normalised."""
    done = rows.copy()
    lead = 0
    for k in range(len(done)):
        while lead < done.shape[1] and np.abs(done[k:, lead]).max() < 1e-6:
            lead += 1
        if lead == done.shape[1]:
            break
        pivot = k + int(np.argmax(np.abs(done[k:, lead])))
        done[[k, pivot]] = done[[pivot, k]]
        done[k] /= done[k, lead]
        for j in range(len(done)):
            if j != k:
                done[j] -= done[j, lead] * done[k]
        lead += 1
    return np.asarray(done / np.linalg.norm(done, axis=1, keepdims=True)) if len(done) else done
