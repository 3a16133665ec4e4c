r"""What comes out of a port: spectra of its quadratures, transfer functions between ports, sidebands.

    b_out = b_in + L,      T(ω) = C M B + 1,      M = −(A + iω)⁻¹        (B and C of the port: `gaussian.ports`)

    S_out(ω) = (n̄ + ½) T T† + C M [D − (n̄ + ½)BBᵀ] M† Cᵀ,        vacuum ½,  squeezed below it

Both are of e^{+iωt}: (x_out, p_out)(ω) = T (x_in, p_in)(ω) with f(ω) = ∫e^{iωt}f(t)dt.

>>> from types import SimpleNamespace as Model
>>> oscillator = Model(modes=1, hamiltonian=lambda a: 0.15j * (a.dag()**2 - a**2), c_ops=lambda a: [a])
>>> output_spectrum(oscillator, 0.0, channel=lambda a: a, angle=np.pi / 2).round(12)      # ½ (κ/2 − ε)²/(κ/2 + ε)²
np.float64(0.03125)
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaussian.errors import InvalidArgument
from gaussian.fluctuations import Missing, as_reals, fluctuations
from gaussian.forms import TO_QUADRATURES
from gaussian.generator import as_number_of_modes, rate_matrix
from gaussian.operators import Operator
from gaussian.ports import declared_port, port, require_part_of_noise
from gaussian.symplectic import as_mode
from gaussian.with_error import Array, WithError, quantity, rounded


@quantity
def output_spectrum(
    model: Any,
    omegas: ArrayLike,
    *,
    channel: Operator,
    angle: ArrayLike = 0.0,
    nbar: ArrayLike = 0.0,
    missing: Missing = "raise",
) -> WithError:
    r"""Symmetrised spectrum of the quadrature x_θ of e^{−iθ}b_out in the steady state, b_out = b_in + L; vacuum ½.

    S_out(ω) = u_θᵀ{(n̄ + ½)TT† + CM[D − (n̄ + ½)BBᵀ]M†Cᵀ}u_θ with u_θ = (cos θ, sin θ). It is of fluctuations: a mean
    field would add a delta function at ω = 0.

    Args:
        model: constant coefficients; fields that are arrays make a scan of shape (...).
        omegas: angular frequencies, of any shape.
        channel: L as a function of the ladder operators, such as `lambda a: kappa**0.5 * a`.
        angle: θ in radians, one or as many as broadcast against omegas; 0 is x and π/2 is p of b_out.
        nbar: occupation of what goes in. L = √κ a with nbar is the physical port of a bath κ(n̄ + 1)𝓓[a] + κn̄𝓓[a†];
            L = √(κ(n̄ + 1)) a without it is the channel of the emitted quanta alone, with a vacuum going in.
        missing: "nan" gives NaN at the points of a scan that have no steady state.

    Returns:
        (..., *shape of omegas and angle), real. `output_spectrum.with_error` returns a `WithError`.

    Raises:
        TimeDependent, UnstableDrift, MarginalDrift, NotQuadratic, NotHermitian: as `steady_state`.
        NotQuadratic: the channel has degree > 1.
        InvalidArgument: 𝓓[L] is not part of the model's noise (what is in excess is named), or numbers that make no
            sense.

    Source: Collett & Gardiner, Phys. Rev. A 30, 1386 (1984).
    """
    omegas, angles = _together(omegas, angle)
    found, axes = fluctuations(model, missing), omegas.ndim
    through = port(model, channel, nbar)
    B, C, V = through.inlet, through.outlet, through.input
    rest = (found.diffusion - B @ V @ B.T).along(axes)
    B, C, V = (part.along(axes) for part in (B, C, V))
    M = found.response(omegas)
    T = C @ M @ B + rounded(np.eye(2))
    out = T @ V @ T.H + C @ M @ rest @ M.H @ C.T
    u = rounded(np.stack([np.cos(angles), np.sin(angles)], -1)[..., None])
    return (u.T @ out @ u).real.number


@quantity
def transfer(
    model: Any, omegas: ArrayLike, into: Operator, out: Operator | None = None, *, missing: Missing = "raise"
) -> WithError:
    r"""T(ω) of (x_out, p_out)(ω) = T(ω)(x_in, p_in)(ω): C_out M B_in, and 1 more if it is one port.

    Where nothing squeezes, b_out(ω) = r b_in(ω) with r = ½(T_xx + T_pp) + ½i(T_px − T_xp).

    Args:
        model: constant coefficients; fields that are arrays make a scan of shape (...).
        omegas: angular frequencies, of any shape.
        into: channel that the field enters by, as a function of the ladder operators.
        out: channel that it leaves by. Left out, or the same but for a phase e^{iφ}, it is the port that it entered
            by, and what is reflected at once counts (in the frame of that phase). Of two ports with the same L the
            transmission is the reflection less the identity.
        missing: "nan" gives NaN at the points of a scan that have no steady state.

    Returns:
        (..., *omegas.shape, 2, 2), complex. `transfer.with_error` returns a `WithError`.

    Raises:
        TimeDependent, UnstableDrift, MarginalDrift, NotQuadratic, NotHermitian: as `steady_state`.
        NotQuadratic: a channel has degree > 1.
        InvalidArgument: the ports are not, or not both, part of the model's noise: what is in excess is named.
    """
    omegas = as_reals(omegas, "omegas")
    found, axes = fluctuations(model, missing), omegas.ndim
    one = declared_port(model, into, name="into")
    other = one if out is None else declared_port(model, out, name="out")
    phase = other.turned_from(one)
    if phase is None:
        require_part_of_noise(rate_matrix(model), [one, other], "into and out")
    else:
        require_part_of_noise(rate_matrix(model), [one], "into")
    T = other.outlet.along(axes) @ found.response(omegas) @ one.inlet.along(axes)
    if phase is None:
        return T.matrix
    cos, sin = np.cos(phase), np.sin(phase)
    turned = rounded(np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2))
    return (T + turned.along(axes)).matrix


@quantity
def sideband_asymmetry(model: Any, mode: int, omega: ArrayLike, *, missing: Missing = "raise") -> WithError:
    r"""∫e^{−iωτ}⟨δb†(τ)δb(0)⟩dτ / ∫e^{iωτ}⟨δb(τ)δb†(0)⟩dτ: the weight at −ω over that at +ω, of one mode b.

    It compares what the mode gives to a probe with what it takes: n̄/(n̄ + 1) in equilibrium at n̄, 0 of a vacuum.
    The weights are those of the ladder operators; those of x, S_xx(∓ω), contain the far side of the resonance, too.

    Args:
        model: constant coefficients; fields that are arrays make a scan of shape (...).
        mode: the mode, counted from 0.
        omega: angular frequencies, of any shape; that of the mode is where a sideband is.
        missing: "nan" gives NaN at the points of a scan that have no steady state.

    Returns:
        (..., *omega.shape), real. `sideband_asymmetry.with_error` returns a `WithError`.

    Raises:
        TimeDependent, UnstableDrift, MarginalDrift, NotQuadratic, NotHermitian: as `steady_state`.
        InvalidArgument: a mode that the model does not have, or omega that is no real number.
    """
    omegas = as_reals(omega, "omega")
    j = as_mode(mode, as_number_of_modes(model))
    found = fluctuations(model, missing)
    row = np.zeros((1, 2 * found.modes), complex)
    row[0, 2 * j : 2 * j + 2] = TO_QUADRATURES[0]
    b, noise = rounded(row), found.noise.along(omegas.ndim)
    down, up = (weight @ found.response(w) for weight, w in ((b.conj, -omegas), (b, omegas)))
    return ((down @ noise @ down.H).real / (up @ noise @ up.H).real).number


def _together(omegas: ArrayLike, angle: ArrayLike) -> tuple[Array, Array]:
    """Frequencies and angles, broadcast against each other."""
    try:
        one, other = np.broadcast_arrays(as_reals(omegas, "omegas"), as_reals(angle, "angle"))
    except ValueError as error:
        if isinstance(error, InvalidArgument):
            raise
        raise InvalidArgument(
            f"Arguments omegas and angle must have shapes that broadcast, but have {np.shape(omegas)} and "
            f"{np.shape(angle)}.",
            "Give one angle, or add an axis as in angle[:, None].",
        ) from None
    return one, other
