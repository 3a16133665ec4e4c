r"""Gaussian channels (X, Y): what maps Gaussian states to Gaussian states, without the time that it takes.

    ⟨r⟩ ↦ X⟨r⟩ + d,      σ ↦ XσXᵀ + Y,      completely positive iff  Y + iΩ/2 − iXΩXᵀ/2 ≥ 0

Conventions: vacuum ½·1, ordering (x_1, p_1, …). A loss keeps the share η of the energy, √η of the amplitude.

>>> half = Channel.loss(0.5)
>>> half(GaussianState(mean=np.array([2.0, 0.0]), covariance=np.diag([0.1, 2.5]), error=np.array(0.0))).covariance
array([[0.3, 0. ],
       [0. , 1.5]])
>>> (half @ half).X[0, 0].round(12), bool(half.is_completely_positive)
(np.float64(0.5), True)

Source: Holevo & Werner, Phys. Rev. A 63, 032312 (2001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from gaussian.covariance import Array, as_covariance, mean_of, own_error
from gaussian.errors import InvalidArgument
from gaussian.states import GaussianState
from gaussian.symplectic import PHYSICAL_TOLERANCE, as_modes, omega, quadratures
from gaussian.with_error import EPS


@dataclass(frozen=True, eq=False)
class Channel:
    r"""The map ⟨r⟩ ↦ X⟨r⟩ + d, σ ↦ XσXᵀ + Y from n modes to k.

    Args:
        X: shape (2k, 2n).
        Y: shape (2k, 2k), symmetric.
        d: shape (2k,), or 0.

    It may be any such map: `is_completely_positive` says whether it is a quantum channel. (Transposition, X = diag(1,
    −1), Y = 0, is none.)

    Raises:
        InvalidArgument: shapes that do not fit, entries that are not finite, or a Y that is not symmetric.
    """

    X: Array
    Y: Array
    d: Array | float = 0.0

    def __post_init__(self) -> None:
        x, y = _real(self.X, "X"), _real(self.Y, "Y")
        if x.ndim != 2 or not x.size or x.shape[0] % 2 or x.shape[1] % 2:
            raise InvalidArgument(
                f"Argument X must have shape (2k, 2n), but has shape {x.shape}.", "Give each mode its two rows (x, p)."
            )
        if y.shape != (len(x), len(x)) or np.abs(y - y.T).max() > 1e-9 * np.abs(y).max():
            raise InvalidArgument(
                f"Argument Y must be symmetric and of shape {(len(x), len(x))}, as X has {len(x)} rows, but is {y}.",
                "Give the covariance of the noise that is added.",
            )
        try:
            d = np.array(np.broadcast_to(_real(self.d, "d"), (len(x),)))
        except ValueError:
            raise InvalidArgument(
                f"Argument d must have shape ({len(x)},), but has shape {np.shape(self.d)}.",
                "Give the displacement of each quadrature, or leave it out.",
            ) from None
        for name, value in (("X", x), ("Y", 0.5 * (y + y.T)), ("d", d)):
            object.__setattr__(self, name, value)

    @property
    def lowest_eigenvalue(self) -> float:
        """Of Y + iΩ/2 − iXΩXᵀ/2."""
        return float(np.linalg.eigvalsh(self._choi)[0])

    @property
    def is_completely_positive(self) -> bool:
        """Whether Y + iΩ/2 − iXΩXᵀ/2 ≥ 0, up to rounding."""
        size = float(np.linalg.norm(self.Y, 2) + 0.5 + 0.5 * np.linalg.norm(self.X, 2) ** 2)
        return self.lowest_eigenvalue >= -PHYSICAL_TOLERANCE * size

    @property
    def _choi(self) -> Array:
        k, n = (size // 2 for size in self.X.shape)
        return np.asarray(self.Y + 0.5j * (omega(k) - self.X @ omega(n) @ self.X.T))

    def __call__(self, state: Any, modes: Sequence[int] | None = None) -> GaussianState:
        """The state behind the channel.

        Args:
            state: with `mean` (..., 2N) and `covariance` (..., 2N, 2N); a covariance alone has zero mean.
            modes: those that go through, in the order of the channel; the others stay as they are. All by default.

        Raises:
            InvalidArgument: another number of modes than the channel takes.
        """
        sigma = as_covariance(state)
        mean = mean_of(state, sigma)
        total = sigma.shape[-1] // 2
        whole = self if modes is None else self.on(modes, total)
        if whole.X.shape[1] != 2 * total:
            raise InvalidArgument(
                f"The channel must be given {whole.X.shape[1] // 2} modes, but the state has {total}.",
                "Name the modes that go through it, as in channel(state, modes=[0]).",
            )
        through = whole.X @ sigma @ whole.X.T + whole.Y
        stretch = float(np.linalg.norm(whole.X, 2)) ** 2
        size = np.linalg.norm(sigma, 2, (-2, -1))
        rounding = 4 * len(whole.X) * EPS * (stretch * size + np.linalg.norm(whole.Y, 2))
        return GaussianState(
            mean=mean @ whole.X.T + whole.d,
            covariance=0.5 * (through + np.swapaxes(through, -1, -2)),
            error=np.asarray(stretch * np.broadcast_to(own_error(state), size.shape) + rounding),
        )

    def __matmul__(self, first: Channel) -> Channel:
        """The channel that acts after the `first`."""
        if not isinstance(first, Channel):
            return NotImplemented
        if self.X.shape[1] != first.X.shape[0]:
            raise InvalidArgument(
                f"A channel of {self.X.shape[1] // 2} modes must follow one that leaves as many, but that leaves "
                f"{first.X.shape[0] // 2}.",
                "Put one of them on the modes of the other with `on([…], total)`.",
            )
        return Channel(self.X @ first.X, self.X @ first.Y @ self.X.T + self.Y, self.X @ first.d + self.d)

    def on(self, modes: Sequence[int], total: int) -> Channel:
        """The channel on some of `total` modes, in the order given; the others stay as they are.

        Raises:
            InvalidArgument: as many modes must be named as it takes, and it must leave as many.
        """
        chosen = as_modes(modes, total, "modes")
        if self.X.shape != (2 * len(chosen), 2 * len(chosen)):
            k, n = (size // 2 for size in self.X.shape)
            raise InvalidArgument(
                f"A channel on chosen modes must take and leave as many, {len(chosen)}, but takes {n} and leaves {k}.",
                "Name one mode for each that it takes; a channel that loses modes acts on whole states only.",
            )
        rows = quadratures(chosen)
        x, y, d = np.eye(2 * total), np.zeros((2 * total, 2 * total)), np.zeros(2 * total)
        x[np.ix_(rows, rows)], y[np.ix_(rows, rows)], d[rows] = self.X, self.Y, self.d
        return Channel(x, y, d)

    @classmethod
    def loss(cls, eta: float, nbar: float = 0.0) -> Self:
        """Transmission 0 ≤ η ≤ 1 of the energy, past n̄ thermal quanta: X = √η·1, Y = (1 − η)(n̄ + ½)·1."""
        _within("eta", eta, lambda v: 0 <= v <= 1, "in [0, 1]", "It is the share of the energy that comes through.")
        return cls._scaled(eta, (1 - eta) * (_quanta(nbar) + 0.5))

    @classmethod
    def amplifier(cls, G: float, nbar: float = 0.0) -> Self:
        """Gain G ≥ 1 of the energy, with n̄ quanta in the idler: X = √G·1, Y = (G − 1)(n̄ + ½)·1."""
        _within("G", G, lambda v: v >= 1, "≥ 1", "It is the gain of the energy; below 1 use Channel.loss.")
        return cls._scaled(G, (G - 1) * (_quanta(nbar) + 0.5))

    @classmethod
    def phase_conjugation(cls, G: float, nbar: float = 0.0) -> Self:
        """The idler of an amplifier, a ↦ √(G − 1)a† + √G b: X = √(G − 1)·diag(1, −1), Y = G(n̄ + ½)·1, n̄ of b."""
        _within("G", G, lambda v: v >= 1, "≥ 1", "It is the gain of the amplifier whose idler this is.")
        return cls((G - 1) ** 0.5 * np.diag([1.0, -1.0]), G * (_quanta(nbar) + 0.5) * np.eye(2))

    @classmethod
    def noise(cls, Y: ArrayLike) -> Self:
        """Classical noise: random displacements of covariance Y (2n, 2n)."""
        y = _real(Y, "Y")
        return cls(np.eye(len(y)), y)

    @classmethod
    def unitary(cls, S: ArrayLike, d: ArrayLike = 0.0) -> Self:
        """A symplectic S (2n, 2n) and a displacement: X = S, Y = 0.

        Raises:
            InvalidArgument: SΩSᵀ is not Ω.
        """
        s = _real(S, "S")
        if s.ndim != 2 or s.shape[0] != s.shape[1] or s.shape[0] % 2:
            raise InvalidArgument(
                f"Argument S must have shape (2n, 2n), but has shape {s.shape}.", "Give each mode two rows and columns."
            )
        off = float(np.abs(s @ omega(len(s) // 2) @ s.T - omega(len(s) // 2)).max())
        if off > PHYSICAL_TOLERANCE * max(1.0, float(np.linalg.norm(s, 2)) ** 2):
            raise InvalidArgument(
                f"Argument S must be symplectic, SΩSᵀ = Ω, but is off by {off:.2g}.",
                "Check that rows and columns are ordered (x_1, p_1, …).",
            )
        return cls(s, np.zeros_like(s), _real(d, "d"))

    @classmethod
    def _scaled(cls, share: float, noise: float) -> Self:
        return cls(share**0.5 * np.eye(2), noise * np.eye(2))


def _real(value: Any, name: str) -> Array:
    try:
        found = np.asarray(value)
        if found.dtype.kind not in "fiu":
            raise TypeError
        found = found.astype(float)
    except (TypeError, ValueError):
        raise InvalidArgument(
            f"Argument {name} must be an array of real numbers, but is {value!r}.",
            "Write it for quadratures (x_1, p_1, …), not for amplitudes.",
        ) from None
    if not np.isfinite(found).all():
        raise InvalidArgument(
            f"Argument {name} must be finite, but has NaN or infinite entries.",
            "Look for a division by zero where it comes from.",
        )
    return found


def _within(name: str, value: Any, holds: Callable[[float], bool], condition: str, meaning: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not holds(float(value)):
        raise InvalidArgument(
            f"Argument {name} must be a number {condition}, but is {value!r}.", f"Check its meaning. {meaning}"
        )


def _quanta(nbar: Any) -> float:
    _within("nbar", nbar, lambda v: 0 <= v < np.inf, "≥ 0", "It is the mean number of quanta of the environment.")
    return float(nbar)
