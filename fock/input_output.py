r"""What comes out of a port of a model in its steady state, by quantum regression: spectra, transfer, sidebands.

A field with b_out = b_in + L, whose input is white with n̄ quanta, has the quadrature x_θ = (e^{−iθ}b + h.c.)/√2 with

    ½⟨{x_θ(τ), x_θ(0)}⟩ = (n̄ + ½)δ(τ) + ½ tr[(l + l†) e^{𝓛|τ|}(Oρ + ρO†)],       l = e^{−iθ}L,  O = (n̄ + 1)l − n̄l†

S_out(ω) is its Fourier transform without the mean. What goes in as β(t) = (x_in + ip_in)/√2 drives the model by
𝓛 − [L†β − Lβ*, ·], so that to first order (x_out, p_out)(ω) = T(ω)(x_in, p_in)(ω) with

    T_jk(ω) = δ_jk − tr[R_j (𝓛 + iω)⁻¹ K_k(ρ)],      R = (L + L†, −i(L − L†))/√2 of the port that is looked at,
    K_x = −[L† − L, ·]/√2,   K_p = −i[L† + L, ·]/√2  of the port that is driven.

Nothing is linearised but the drive: L and the model need not be Gaussian. Both are of e^{+iωt}. Every term is one of
F_AB(ω) = −tr[A(𝓛 + iω)⁻¹(δBρ)], as −tr[A(𝓛 + iω)⁻¹(ρδB)] = F_{A†B†}(−ω)*. Errors are those of `fock.two_time`.

Source: Carmichael, J. Opt. Soc. Am. B 4, 1588 (1987); Wiseman & Milburn, Quantum Measurement and Control (Cambridge,
2009), section 4.4, for the thermal input; Kubo, J. Phys. Soc. Jpn. 12, 570 (1957), for the response.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fock.errors import InvalidArgument
from fock.estimated import Estimated, compared, quantity
from fock.functions import Operator, function_of
from fock.generator import generator
from fock.noise import require_channels
from fock.objects import require_model
from fock.operators import Cutoffs, as_cutoffs
from fock.solve import MEMORY
from fock.two_time import Settled, as_grid

Array = NDArray[Any]

# What two operators may differ by, of their size, and be the same.
SAME = 1e-12


@quantity
def output_spectrum(
    _judged: bool,
    model: Any,
    omegas: ArrayLike,
    *,
    channel: Operator,
    angle: ArrayLike = 0.0,
    nbar: float = 0.0,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    memory: float = MEMORY,
) -> Estimated:
    r"""Symmetrised spectrum of the quadrature x_θ of e^{−iθ}b_out in the steady state, b_out = b_in + L; vacuum ½.

    Args:
        model: modes, hamiltonian, dissipators, with constant coefficients; it need not be Gaussian.
        omegas: angular frequencies, of any shape.
        channel: L as a function of the ladder operators, such as `lambda a: kappa**0.5 * a`, of any degree.
        angle: θ in radians, one or as many as broadcast against omegas; 0 is x and π/2 is p of b_out.
        nbar: occupation of what goes in. L = √κ a with nbar is the physical port of a bath κ(n̄ + 1)𝓓[a] + κn̄𝓓[a†];
            L = √(κ(n̄ + 1)) a without it is the channel of the emitted quanta alone, with a vacuum going in.
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `output_spectrum.with_error`: the cutoff to compare with, three quarters if it is left out.
        memory: bytes that may be used.

    Returns:
        Real, of the shape of omegas and angle together; `output_spectrum.with_error` gives an `Estimated`.

    Raises:
        InvalidArgument: 𝓓[L] is not part of the model's noise, or numbers that make no sense.
        NotContained, NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.spectrum`.
    """
    asked = _cutoffs(model, cutoff)
    omega, theta = _together(omegas, angle)
    field = function_of(channel, len(asked))
    if isinstance(nbar, bool) or not isinstance(nbar, (int, float, np.number)) or not 0 <= nbar < np.inf:
        raise InvalidArgument(
            f"Argument nbar must be the occupation of the port, finite and ≥ 0, but is {nbar!r}.",
            "Leave it out for a port at zero temperature.",
        )
    require_channels(generator(model, asked), [field], nbar)

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        settled = Settled.of(model, cutoffs, memory, fits=cutoffs == asked)
        both = _with_adjoint(settled, [field])
        grid, back = np.unique(np.concatenate([omega.ravel(), -omega.ravel()]), return_inverse=True)
        f, e = settled.responses(grid, both, both, judged)
        seen = np.stack([np.exp(-1j * theta.ravel()), np.exp(1j * theta.ravel())], -1)
        heard = seen * [nbar + 1, -nbar]
        n = omega.size
        one, other = (np.einsum("ta,tab,tb->t", seen, f[at], heard) for at in (back[:n], back[n:]))
        error = np.einsum("tab,b->t", e[back[:n]] + e[back[n:]], [nbar + 1, nbar])
        return (nbar + 0.5 + (one + other).real).reshape(omega.shape), error.reshape(omega.shape)

    return compared(run, _judged, asked, coarse)


@quantity
def transfer(
    _judged: bool,
    model: Any,
    omegas: ArrayLike,
    into: Operator,
    out: Operator | None = None,
    *,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    memory: float = MEMORY,
) -> Estimated:
    r"""T(ω) of (x_out, p_out)(ω) = T(ω)(x_in, p_in)(ω) for small signals on top of the steady state.

    Args:
        model: as in `output_spectrum`.
        omegas: angular frequencies, of any shape.
        into: channel that the field enters by, as a function of the ladder operators.
        out: channel that it leaves by. Left out, or the same but for a phase e^{iφ}, it is the port that it entered
            by, and what is reflected at once counts (in the frame of that phase).
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `transfer.with_error`: the cutoff to compare with.
        memory: bytes that may be used.

    Returns:
        Complex, shape (*omegas.shape, 2, 2); `transfer.with_error` gives an `Estimated`.

    Raises:
        InvalidArgument: the ports are not, or not both, part of the model's noise.
        NotContained, NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.spectrum`.
    """
    asked = _cutoffs(model, cutoff)
    omega = as_grid(omegas, "omegas")
    ports = [function_of(f, len(asked)) for f in ((into,) if out is None else (into, out))]
    phase = 0.0 if out is None else _turned(Settled.of(model, asked, memory).operators(ports))
    require_channels(generator(model, asked), ports if phase is None else ports[:1])

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        settled = Settled.of(model, cutoffs, memory, fits=cutoffs == asked)
        driven, seen = _with_adjoint(settled, ports[:1]), _with_adjoint(settled, ports[-1:])
        grid, back = np.unique(np.concatenate([omega.ravel(), -omega.ravel()]), return_inverse=True)
        f, e = settled.responses(grid, seen, driven, judged)
        n = omega.size
        ahead, behind = f[back[:n]], f[back[n:]]
        # −tr[A(𝓛 + iω)⁻¹[B, ρ]] for A, B of L, L†, whose adjoints are each other's.
        commuted = ahead - behind[:, ::-1, ::-1].conj()
        lost = e[back[:n]] + e[back[n:]][:, ::-1, ::-1]
        to_r = np.array([[1, 1], [-1j, 1j]]) / np.sqrt(2)
        drive = np.array([[1, -1j], [-1, -1j]]) / np.sqrt(2)  # K of x and of p, in commutators with L and L†
        response, error = to_r @ commuted @ drive, np.abs(to_r) @ lost @ np.abs(drive)
        if phase is not None:
            turned = np.array([[np.cos(phase), -np.sin(phase)], [np.sin(phase), np.cos(phase)]])
            response = response + turned
        shape = (*omega.shape, 2, 2)
        return response.reshape(shape), error.reshape(shape)

    return compared(run, _judged, asked, coarse)


@quantity
def sideband_asymmetry(
    _judged: bool,
    model: Any,
    mode: int,
    omega: ArrayLike,
    *,
    cutoff: int | Sequence[int],
    coarse: int | Sequence[int] | None = None,
    memory: float = MEMORY,
) -> Estimated:
    r"""∫e^{−iωτ}⟨δb†(τ)δb(0)⟩dτ / ∫e^{iωτ}⟨δb(τ)δb†(0)⟩dτ: the weight at −ω over that at +ω, of one mode b.

    It compares what the mode gives to a probe with what it takes: n̄/(n̄ + 1) in equilibrium at n̄, 0 of a vacuum.

    Args:
        model: as in `output_spectrum`.
        mode: the mode, counted from 0.
        omega: angular frequencies, of any shape; that of the mode is where a sideband is.
        cutoff: number of Fock levels, or one number per mode.
        coarse: with `sideband_asymmetry.with_error`: the cutoff to compare with.
        memory: bytes that may be used.

    Returns:
        Real, of the shape of omega; `sideband_asymmetry.with_error` gives an `Estimated`.

    Raises:
        InvalidArgument: a mode that the model does not have, or omega that is no real number.
        NotContained, NotUnique, NotConverged, TimeDependent, TooLarge: as `fock.spectrum`.
    """
    asked = _cutoffs(model, cutoff)
    grid = as_grid(omega, "omega")
    if isinstance(mode, bool) or not isinstance(mode, (int, np.integer)) or not 0 <= mode < len(asked):
        raise InvalidArgument(
            f"Argument mode must be one of 0 … {len(asked) - 1}, but is {mode!r}.", "Count modes from 0."
        )

    def run(cutoffs: Cutoffs, judged: bool) -> tuple[Array, Array]:
        settled = Settled.of(model, cutoffs, memory, fits=cutoffs == asked)
        b, up = _with_adjoint(settled, [lambda *a: a[mode]])
        taken, lost = settled.responses(grid.ravel(), [b], [up], judged)
        given, more = settled.responses(-grid.ravel(), [up], [b], judged)
        top, bottom = given[:, 0, 0].real, taken[:, 0, 0].real
        ratio = top / bottom
        error = (more[:, 0, 0] + np.abs(ratio) * lost[:, 0, 0]) / np.abs(bottom)
        return ratio.reshape(grid.shape), error.reshape(grid.shape)

    return compared(run, _judged, asked, coarse)


def _with_adjoint(settled: Settled, fields: Sequence[Operator]) -> list[Any]:
    """L, L† of each field as matrices."""
    return [x for a in settled.operators(fields) for x in (a, a.conj().T.tocsr())]


def _turned(ports: Sequence[Any]) -> float | None:
    """φ if the second operator is e^{iφ} times the first; None if it is another one."""
    one, other = ports
    overlap = complex(one.conj().multiply(other).sum())
    phase = float(np.angle(overlap))
    left = abs(other - np.exp(1j * phase) * one)
    return phase if left.max() <= SAME * abs(other).max() else None


def _cutoffs(model: Any, cutoff: Any) -> Cutoffs:
    require_model(model)
    return as_cutoffs(cutoff, model.modes)


def _together(omegas: ArrayLike, angle: ArrayLike) -> tuple[Array, Array]:
    """Frequencies and angles, broadcast against each other."""
    omega, theta = as_grid(omegas, "omegas"), as_grid(angle, "angle")
    try:
        one, other = np.broadcast_arrays(omega, theta)
    except ValueError:
        raise InvalidArgument(
            f"Arguments omegas and angle must have shapes that broadcast, but have {omega.shape} and {theta.shape}.",
            "Give one angle, or add an axis as in angle[:, None].",
        ) from None
    return one, other
