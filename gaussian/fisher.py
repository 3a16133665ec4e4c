r"""Quantum Fisher information of the parameters of a model, carried by its steady state or by its state in time.

    F_jk = ½ vec(∂_jσ)ᵀ (σ⊗σ − ¼Ω⊗Ω)⁻¹ vec(∂_kσ) + ∂_j⟨r⟩ᵀ σ⁻¹ ∂_k⟨r⟩

In the frame of σ (`gaussian.frames`), with X = V†L⁻¹∂σL⁻ᵀV, the map is diagonal:

    F_jk = ½ Σ_ab X̄ʲ_ab Xᵏ_ab / (1 − 1/(4h_a h_b)) + (L⁻¹∂_j⟨r⟩)·(L⁻¹∂_k⟨r⟩)

The denominator vanishes between pure modes. There X must vanish, too, as it does for all that leaves them pure; the
pair then adds nothing. Otherwise the parameter makes a pure mode mixed, as n̄ does at n̄ = 0, and F diverges.

Source: Monras, arXiv 1303.3682 (2013); Jiang, Phys. Rev. A 89, 032128 (2014).

>>> from types import SimpleNamespace as Model
>>> class Kicked:                                              # ⟨x⟩ = √2 α of a vacuum: F = 4
...     modes = 1
...     def __init__(self, alpha): self.alpha = alpha
...     def hamiltonian(self, a): return 0 * a
...     def preparation(self, a):
...         kick = 1j * self.alpha * (a.dag() - a)
...         return Model(occupations=None, ground_of=None, unitaries=[kick])
>>> fisher_information(Kicked(0.3), "alpha", times=[0.0]).round(9)
array([4.])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gaussian.errors import InfiniteInformation, InvalidArgument
from gaussian.frames import Frame, frame
from gaussian.generator import Array
from gaussian.slopes import Slope, slopes_in_time, steady_slopes
from gaussian.with_error import EPS, WithError, quantity


@quantity
def fisher_information(
    model: Any,
    field: str | Sequence[str],
    times: ArrayLike | None = None,
    *,
    missing: Literal["raise", "nan"] = "raise",
) -> WithError:
    r"""Quantum Fisher information of one field of a model, or the matrix of several.

    Args:
        model: a dataclass whose field is a float. Of its steady state fields may be arrays, for a scan.
        field: its name, or a list of k names.
        times: None for the steady state, else times ≥ 0, shape (T,): of the state that has evolved from the model's
            preparation, which may depend on the field, too.
        missing: "nan" gives NaN at the points of a scan that have no unique steady state.

    Returns:
        F, of shape (...) or (T,), in units of 1/field²; of a list (..., k, k). `fisher_information.with_error` returns
        a `WithError`. A mode that is pure to within the error of σ is taken as pure: F is that of states of this rank.

    Raises:
        InfiniteInformation: the parameter makes a pure mode mixed at once.
        InvalidArgument: the model has no such field, or it is an integer, a truth value or a text; or as `evolve`.
        NoSteadyState, TimeDependent: as `steady_state`, without times.

    Source: Monras, arXiv 1303.3682 (2013).
    """
    single = isinstance(field, str)
    fields = [field] if isinstance(field, str) else list(field) if isinstance(field, (list, tuple)) else []
    if not fields:
        raise InvalidArgument(
            f"Argument field must name a parameter, but is {field!r}.", "Give its name, or several names in a list."
        )
    state, slopes = steady_slopes(model, fields, missing) if times is None else slopes_in_time(model, fields, times)
    gone = np.asarray(np.isnan(state.covariance).all((-2, -1)))
    vacuum = 0.5 * np.eye(state.mean.shape[-1])
    sigma = np.where(gone[..., None, None], vacuum, state.covariance)
    there = frame(sigma, np.where(gone, 0.0, state.error))
    parts = [_root(there, slope, gone, name) for name, slope in zip(fields, slopes, strict=True)]
    root, off = np.stack([x for x, _ in parts], -2), np.stack([e for _, e in parts], -1)
    value = (root.conj() @ np.swapaxes(root, -1, -2)).real
    size = np.linalg.norm(root, axis=-1)
    error = size[..., :, None] * off[..., None, :] + off[..., :, None] * (size + off)[..., None, :]
    value[gone] = np.nan
    error[gone] = np.inf
    return WithError(value[..., 0, 0], error[..., 0, 0]) if single else WithError(value, error)


def _root(there: Frame, slope: Slope, gone: Array, name: str) -> tuple[Array, Array]:
    """The vector G with F_jk = Re Ḡ_j·G_k, shape (..., m² + m), and how far it may be off (...)."""
    change = np.where(gone[..., None, None], 0.0, slope.covariance)
    push, lost = np.where(gone[..., None], 0.0, slope.mean), np.where(gone, 0.0, slope.error)
    m = push.shape[-1]
    x = there.vectors.conj().swapaxes(-1, -2) @ there.inverse @ change
    x = x @ there.inverse.swapaxes(-1, -2) @ there.vectors
    e, sign = there.excess, there.sign
    one, two = e[..., :, None], e[..., None, :]
    alike = sign[..., :, None] * sign[..., None, :] > 0
    scale = np.where(alike, one + two - one * two, 1 + (1 - one) * (1 - two))
    pure = alike & (one == 0) & (two == 0)
    blur, stretch = there.blur, np.linalg.norm(there.inverse, 2, axis=(-2, -1)) ** 2
    largest = np.abs(x).max((-2, -1))
    off = stretch * lost + 16 * m * EPS * largest
    # What is off in σ turns the frame: a pure mode takes in some of each mixed one, the more the less that is mixed.
    turned = (np.abs(x) / np.where(two > 0, two, 1.0)).sum((-2, -1))
    missed = np.where(pure, np.abs(x), 0.0).max((-2, -1))
    bad = missed > off + blur * (4 * largest + 8 * turned)
    if bad.any():
        raise InfiniteInformation(name, float(missed[bad].max()))
    scale = np.where(pure, 1.0, scale)
    weighted = np.where(pure, 0.0, x / np.sqrt(2 * scale))
    error = off[..., None, None] / np.sqrt(2 * scale) + np.abs(weighted) * blur[..., None, None] / scale
    error = np.where(pure, 0.0, error)
    kicked = (there.inverse @ push[..., None])[..., 0]
    shaken = np.sqrt(stretch) * lost + blur * np.linalg.norm(kicked, axis=-1)
    root = np.concatenate([weighted.reshape(*weighted.shape[:-2], m * m), kicked.astype(complex)], axis=-1)
    return root, np.sqrt((error**2).sum((-2, -1))) + shaken
