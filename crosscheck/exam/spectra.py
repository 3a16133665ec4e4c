r"""Wrong spectra, correlations and output fields: S(ω) = ∫e^{iωτ}⟨δr(τ)δr(0)ᵀ⟩dτ, S_out with vacuum ½."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

import gaussian
from crosscheck.exam.bug import Bug, wrong_observable
from crosscheck.exam.models import CORRELATED, MONITORED


def bugs() -> list[Bug]:
    """Moments are right, what is derived from them at two times is not."""
    rows = (
        ("frequency-sign", "e^{−iωτ}, which is QuTiP's sign", "spectrum", _reversed),
        ("spectrum-transposed", "⟨δr_k(τ) δr_j(0)⟩: B before A", "spectrum", _transposed),
        ("spectrum-one-sided", "2 Re ∫₀^∞ of each entry, right for B = A† only", "spectrum", _one_sided),
        ("half-line", "∫₀^∞ alone, without the other half of the times", "spectrum", _half_line),
        ("two-pi", "the spectrum per ω/2π counted twice: S/2π", "spectrum", _two_pi),
        ("cycles-for-radians", "ω taken as a frequency in cycles", "spectrum", _cycles),
        ("symmetrised-for-ordered", "½⟨{δr_j(τ), δr_k(0)}⟩ in place of the product", "spectrum", _symmetrised),
        ("single-sided", "twice the positive frequencies, nothing at the negative", "spectrum", _single_sided),
        ("correlation-transposed", "e^{Aᵀτ}W in place of e^{Aτ}W", "correlation", _flow_transposed),
        ("correlation-symmetrised", "e^{Aτ}σ: without the commutator", "correlation", _without_commutator),
        ("correlation-reversed", "⟨δr(0) δr(τ)ᵀ⟩", "correlation", _conjugated),
        ("correlation-with-mean", "the mean left in", "correlation", _with_mean),
        ("g2-thermal", "1 + |g⁽¹⁾|², as for thermal light, of squeezed light", "g2", _thermal),
        ("g2-not-squared", "1 + |g⁽¹⁾|", "g2", _not_squared),
        ("g2-less-one", "the normalised correlation of fluctuations, g⁽²⁾ − 1", "g2", _less_one),
        ("input-left-out", "b_out = L without the input", "output_spectrum", _without_input),
        ("output-vacuum-one", "a vacuum of 1 in the output, ½ in the cavity", "output_spectrum", _vacuum_one),
        ("kappa-for-root", "κa in place of √κa", "output_spectrum", _kappa),
        ("output-quadrature", "the other quadrature of the output", "output_spectrum", _other_quadrature),
        ("output-angle-sign", "the angle of the output with the other sign", "output_spectrum", _angle_sign),
        ("other-baths-left-out", "½TT† alone: noise that enters elsewhere left out", "output_spectrum", _own_only),
        ("transfer-without-input", "T = CMB without what is reflected at once", "transfer", _transmitted),
        ("transfer-omega-sign", "T(−ω)", "transfer", _conjugate),
        ("transfer-transposed", "Tᵀ: p_in to x_out for x_in to p_out", "transfer", _turned),
        ("transfer-kappa", "1 + 2CMB: κ for κ/2 at resonance", "transfer", _twice),
        ("sideband-inverted", "the noise at +ω over that at −ω", "sideband_asymmetry", _inverted),
        ("sideband-of-x", "S_xx(−ω)/S_xx(ω), with the far side of the resonance", "sideband_asymmetry", _of_x),
        ("sideband-quanta", "the quanta r/(1 − r) for the ratio r", "sideband_asymmetry", _quanta),
        ("output-omega-sign", "T(−ω): seen in what is not symmetric", "output_spectrum", _out_of_phase),
    )
    pairs = (
        ("pair-swapped", "⟨B(τ)A(0)⟩ for ⟨A(τ)B(0)⟩", "spectrum", _swapped(gaussian.spectrum)),
        ("pair-daggered", "⟨A†(τ)B(0)⟩", "spectrum", _daggered(gaussian.spectrum)),
        ("pair-swapped-in-time", "C_BA(τ) for C_AB(τ)", "correlation", _swapped(gaussian.correlation)),
        ("pair-daggered-in-time", "A† for A, as of a scalar product", "correlation", _daggered(gaussian.correlation)),
    )
    found = [wrong_observable(name, what, MONITORED, quantity, function) for name, what, quantity, function in rows]
    return found + [wrong_observable(name, what, CORRELATED, quantity, wrong) for name, what, quantity, wrong in pairs]


def _reversed(model: Any, omegas: Any) -> Any:
    return gaussian.spectrum(model, -np.asarray(omegas))


def _transposed(model: Any, omegas: Any) -> Any:
    return np.swapaxes(gaussian.spectrum(model, omegas), -1, -2)


def _response(model: Any, omega: float) -> Any:
    a = gaussian.drift(model)
    return -np.linalg.inv(a + 1j * omega * np.eye(len(a)))


def _ordered(model: Any) -> Any:
    sigma = gaussian.steady_state(model).covariance
    return sigma + 0.5j * gaussian.omega(len(sigma) // 2)


def _half_line(model: Any, omegas: Any) -> Any:
    return np.array([_response(model, w) @ _ordered(model) for w in omegas])


def _one_sided(model: Any, omegas: Any) -> Any:
    return 2 * _half_line(model, omegas).real + 0j


def _two_pi(model: Any, omegas: Any) -> Any:
    return gaussian.spectrum(model, omegas) / (2 * np.pi)


def _cycles(model: Any, omegas: Any) -> Any:
    return gaussian.spectrum(model, 2 * np.pi * np.asarray(omegas))


def _symmetrised(model: Any, omegas: Any) -> Any:
    return gaussian.spectrum(model, omegas, symmetrised=True)


def _single_sided(model: Any, omegas: Any) -> Any:
    return gaussian.spectrum(model, omegas) * 2 * np.heaviside(omegas, 0.5)[:, None, None]


def _flow_transposed(model: Any, taus: Any) -> Any:
    return np.array([scipy.linalg.expm(gaussian.drift(model).T * t) @ _ordered(model) for t in taus])


def _without_commutator(model: Any, taus: Any) -> Any:
    return gaussian.correlation(model, taus, symmetrised=True)


def _conjugated(model: Any, taus: Any) -> Any:
    return np.conj(gaussian.correlation(model, taus))


def _with_mean(model: Any, taus: Any) -> Any:
    mean = gaussian.steady_state(model).mean
    return gaussian.correlation(model, taus) + np.outer(mean, mean)


def _coherence(model: Any, taus: Any, mode: Any) -> Any:
    """|g⁽¹⁾(τ)|."""

    def raised(*a: Any) -> Any:
        return mode(*a).dag()

    return np.abs(gaussian.correlation(model, taus, raised, mode) / gaussian.correlation(model, [0.0], raised, mode))


def _thermal(model: Any, taus: Any, mode: Any) -> Any:
    return 1 + _coherence(model, taus, mode) ** 2


def _not_squared(model: Any, taus: Any, mode: Any) -> Any:
    return 1 + _coherence(model, taus, mode)


def _less_one(model: Any, taus: Any, mode: Any) -> Any:
    return gaussian.g2(model, taus, mode) - 1


def _output(model: Any, omegas: Any, angle: float, *, own: float = 1.0, rest: float = 1.0, sign: int = 1) -> Any:
    """S_out of √κa, with weights for the input that comes straight back and for noise of other baths."""
    s = np.sqrt(model.kappa)
    b = np.zeros((4, 2))
    b[:2] = -s * np.eye(2)
    u, noise = np.array([np.cos(angle), np.sin(angle)]), gaussian.diffusion(model)
    found = []
    for w in omegas:
        m = _response(model, sign * w)
        t = -b.T @ m @ b + own * np.eye(2)
        other = -b.T @ m
        total = 0.5 * t @ t.conj().T + rest * other @ (noise - 0.5 * b @ b.T) @ other.conj().T
        found.append((u @ total @ u).real)
    return np.array(found)


def _without_input(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    return _output(model, omegas, angle, own=0.0)


def _own_only(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    return _output(model, omegas, angle, rest=0.0)


def _vacuum_one(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    return 2 * _output(model, omegas, angle)


def _other_quadrature(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    return _output(model, omegas, angle + np.pi / 2)


def _angle_sign(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    return _output(model, omegas, -angle)


def _kappa(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    return 0.5 + np.sqrt(model.kappa) * (_output(model, omegas, angle) - 0.5)


def _out_of_phase(model: Any, omegas: Any, channel: Any, angle: float, nbar: float) -> Any:
    """Each frequency with the response at another."""
    return _output(model, [w + 0.5 for w in omegas], angle)


def _transmitted(model: Any, omegas: Any, into: Any) -> Any:
    return gaussian.transfer(model, omegas, into) - np.eye(2)


def _conjugate(model: Any, omegas: Any, into: Any) -> Any:
    return gaussian.transfer(model, -np.asarray(omegas), into)


def _turned(model: Any, omegas: Any, into: Any) -> Any:
    return np.swapaxes(gaussian.transfer(model, omegas, into), -1, -2)


def _twice(model: Any, omegas: Any, into: Any) -> Any:
    return np.eye(2) + 2 * _transmitted(model, omegas, into)


def _inverted(model: Any, mode: int, omegas: Any) -> Any:
    return 1 / gaussian.sideband_asymmetry(model, mode, omegas)


def _of_x(model: Any, mode: int, omegas: Any) -> Any:
    far, near = (gaussian.spectrum(model, s * np.asarray(omegas))[:, 2 * mode, 2 * mode].real for s in (-1, 1))
    return far / near


def _quanta(model: Any, mode: int, omegas: Any) -> Any:
    ratio = gaussian.sideband_asymmetry(model, mode, omegas)
    return ratio / (1 - ratio)


def _swapped(right: Any) -> Any:
    return lambda model, points, *pair: right(model, points, *reversed(pair))


def _daggered(right: Any) -> Any:
    def wrong(model: Any, points: Any, *pair: Any) -> Any:
        if not pair:
            return right(model, points)
        first, second = pair
        return right(model, points, lambda *a: first(*a).dag(), second)

    return wrong
