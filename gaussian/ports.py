r"""Input and output ports of a model: a channel L = c·r + ℓ of its noise, with a field going in and one coming out.

    b_out = b_in + L,      ṙ = Ar + d + B(x_in, p_in) + other noise,      (x_L, p_L) = Cr

    B = √2 Ω (−Im c, Re c)  (2n × 2),      C = √2 (Re c, Im c)ᵀ  (2 × 2n),      from ṙ = … − [r, L†]b_in + b_in†[r, L].

[b_in(t), b_in†(t′)] = δ(t − t′). A thermal port at n̄ is (n̄ + 1)𝓓[L] + n̄𝓓[L†]. L is one way of writing a part of the
noise: with the rates Γ = Σ γ l l† of the model over the quadratures, it has the port if Γ₊ − (n̄ + 1)cc† − n̄ c̄cᵀ ≥ 0.
Γ₊ is Γ without negative eigenvalues, which a generator has that is not completely positive: they belong to no field.

>>> from types import SimpleNamespace as Model
>>> damped = Model(modes=1, hamiltonian=lambda a: a.dag() * a, c_ops=lambda a: [a])
>>> port(damped, lambda a: a).inlet.value                     # a(t) is driven by −√κ b_in
array([[-1.,  0.],
       [ 0., -1.]])
>>> port(damped, lambda a: 2 * a)
Traceback (most recent call last):
    ...
gaussian.errors.InvalidArgument: A channel must be part of the model's noise, but 𝓓[channel] exceeds it by 3·𝓓[a]. ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaussian.errors import InvalidArgument
from gaussian.forms import TO_QUADRATURES
from gaussian.generator import as_number_of_modes, rate_matrix
from gaussian.ladder import ladder, spell
from gaussian.operators import Operator, linear
from gaussian.symplectic import omega
from gaussian.with_error import EPS, Array, WithError, rounded

# What may be in excess of the noise by rounding in the model's own arithmetic, in units of |c|².
EXCESS = 1e-11
# Coefficients below this share of the largest one are not named in a message.
NAMED = 1e-3


@dataclass(frozen=True, eq=False)
class Port:
    """c (..., 2n) and ℓ (...) of a channel, and the occupation n̄ (...) of what goes in."""

    c: Array
    constant: Array
    nbar: Array

    @property
    def inlet(self) -> WithError:
        """B (..., 2n, 2)."""
        return rounded(omega(self.c.shape[-1] // 2) @ (2**0.5 * np.stack([-self.c.imag, self.c.real], -1)))

    @property
    def outlet(self) -> WithError:
        """C (..., 2, 2n)."""
        return rounded(2**0.5 * np.stack([self.c.real, self.c.imag], -2))

    @property
    def input(self) -> WithError:
        """(n̄ + ½)·1, the covariance of what goes in, shape (..., 2, 2)."""
        return rounded((self.nbar[..., None, None] + 0.5) * np.eye(2))

    @property
    def rates(self) -> Array:
        """(n̄ + 1)cc† + n̄c̄cᵀ, shape (..., 2n, 2n)."""
        rates = self.c[..., :, None] * self.c[..., None, :].conj()
        n = self.nbar[..., None, None]
        return np.asarray((n + 1) * rates + n * rates.conj())

    def turned_from(self, other: Port) -> Array | None:
        """φ (...) if L is e^{iφ} times the other one's, at every point: the same port, seen in another frame."""
        overlap = (other.c.conj() * self.c).sum(-1)
        off = np.abs(self.c - np.exp(1j * np.angle(overlap))[..., None] * other.c).max(-1)
        same = off <= EXCESS * np.abs(self.c).max(-1)
        return np.angle(overlap) if np.all(same) else None


def port(model: Any, channel: Operator, nbar: ArrayLike = 0.0, name: str = "channel") -> Port:
    """A port that the model has; `name` is that of the argument.

    Raises:
        NotQuadratic: the channel has degree > 1.
        InvalidArgument: 𝓓[L] is not part of the model's noise: what is in excess is named. Or nbar is negative.
    """
    found = declared_port(model, channel, nbar, name)
    require_part_of_noise(rate_matrix(model), [found], name)
    return found


def declared_port(model: Any, channel: Operator, nbar: ArrayLike = 0.0, name: str = "channel") -> Port:
    """As `port`, without the comparison with the model's noise."""
    try:
        n = np.asarray(nbar, float)
    except (TypeError, ValueError):
        n = np.asarray(np.nan)
    if not (np.isfinite(n) & (n >= 0)).all():
        raise InvalidArgument(
            f"Argument nbar must be the occupation of the port, finite and ≥ 0, but is {nbar!r}.",
            "Leave it out for a port at zero temperature.",
        )
    constant, c = linear(channel, as_number_of_modes(model), name)
    if not np.any(c):
        raise InvalidArgument(
            f"Argument {name} must couple to a mode of the model, but is a constant.",
            "Write it as lambda a: kappa**0.5 * a, with the rate of the loss.",
        )
    return Port(c, constant, n)


def require_part_of_noise(rates: Array, ports: Sequence[Port], name: str) -> None:
    """Whether all ports together are part of noise with these rates (..., 2n, 2n). Raises InvalidArgument."""
    asked = sum((p.rates for p in ports), np.zeros(()))
    excess, directions = beyond(asked, rates)
    size = np.abs(np.trace(asked, axis1=-2, axis2=-1))
    allowed = EXCESS * size + 8 * rates.shape[-1] * EPS * np.linalg.norm(rates, 2, axis=(-2, -1))
    bad = excess[..., -1] > allowed
    if bad.any():
        first = tuple(np.argwhere(bad)[0].tolist())
        at = f" at point {first} of {bad.size}" if first else ""
        what = f"𝓓[{name}] exceeds" if len(ports) == 1 else f"{name} together exceed"
        raise InvalidArgument(
            f"A channel must be part of the model's noise, but {what} it{at} by {excess[first][-1]:.3g}·"
            f"𝓓[{_spelled(directions[first][:, -1])}].",
            "Give the channel the rate that the model has, such as kappa**0.5 * a for 𝓓[a] at rate kappa, and a warm "
            "port its `nbar`.",
        )


def beyond(asked: Array, rates: Array) -> tuple[Array, Array]:
    """Ascending eigenvalues and eigenvectors of `asked` less the positive part of `rates`, Hermitian (..., 2n, 2n)."""
    values, frame = np.linalg.eigh(rates)
    excess, directions = np.linalg.eigh(
        asked - (frame * values.clip(0)[..., None, :]) @ np.swapaxes(frame, -1, -2).conj()
    )
    return excess, directions


def _spelled(direction: Array) -> str:
    """A combination of quadratures in ladder operators, as `0.8·a + 0.6·b†`; its largest coefficient made positive."""
    modes = len(direction) // 2
    letters = (direction.reshape(modes, 2) @ np.linalg.inv(TO_QUADRATURES)).ravel()
    largest = letters[np.abs(letters).argmax()]
    letters = letters * np.conj(largest) / abs(largest)
    words = [word for a in ladder(modes) for word in (*a.words, *a.dag().words)]
    named = [(z, spell(word)) for z, word in zip(letters, words, strict=True) if abs(z) > NAMED * abs(largest)]
    return " + ".join(word if abs(z - 1) < NAMED else f"{_number(z)}·{word}" for z, word in named)


def _number(z: complex) -> str:
    real = abs(z.imag) <= NAMED * abs(z)
    return f"{z.real:.3g}" if real else f"({z.real:.3g}{z.imag:+.3g}i)"
