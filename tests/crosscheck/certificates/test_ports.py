"""Transfer functions, sidebands and spectra of pairs in `certify`, and their balls against closed forms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import flint
import numpy as np
import pytest

import crosscheck
import gaussian
from crosscheck.engine import GAUSSIAN
from crosscheck.report.verdict import Verdict
from gaussian.enclosed import two_time

ASKED = ("transfer", "sideband_asymmetry")


@dataclass(frozen=True)
class Cavity(crosscheck.Model):
    """ωa†a with a port of rate κ and a warm bath of rate γ; the light behind the port is detected."""

    omega: float = 0.7
    kappa: float = 0.5
    gamma: float = 0.3
    nbar: float = 0.4

    modes = 1
    times = ()
    omegas = (-0.4, 0.6)

    def hamiltonian(self, a: Any) -> Any:
        return self.omega * a.dag() * a

    def dissipators(self, a: Any) -> Any:
        yield crosscheck.Dissipator(self.kappa, a)
        yield from crosscheck.thermal_bath(a, self.gamma, self.nbar)

    def measurements(self, a: Any) -> Any:
        yield crosscheck.Measurement(np.sqrt(self.kappa) * a, 0.3, 0.8)

    @classmethod
    def example(cls) -> Any:
        return cls()


def test_what_is_reflected_and_the_sidebands_are_those_of_a_damped_cavity():
    """r(ω) = 1 − κ/(Γ/2 + i(ω₀ − ω)), Γ = κ + γ, T_xx = ½[r(ω) + r(−ω)*]; γn̄/(γ(n̄ + 1) + κ) at every ω."""
    model = Cavity()
    report = crosscheck.certify(model, quantities=ASKED, simulate=False)
    assert report.verdict is Verdict.CERTIFIED
    rows = {(c.quantity, c.place): c.fock for c in report.certificate("observables").comparisons}

    def reflected(w: float) -> complex:
        return 1 - model.kappa / ((model.kappa + model.gamma) / 2 + 1j * (model.omega - w))

    for w in model.omegas:
        closed = 0.5 * (reflected(w) + np.conj(reflected(-w)))
        found = rows["Re T[x, x] of channel 1", f"ω = {w:g}"] + 1j * rows["Im T[x, x] of channel 1", f"ω = {w:g}"]
        assert abs(found - closed) < 1e-12
    emitted = model.gamma * model.nbar
    ratio = emitted / (emitted + model.gamma + model.kappa)
    assert abs(rows["sideband_asymmetry of mode 1", "ω = 0.6"] - ratio) < 1e-12
    assert not report.notes


@pytest.mark.parametrize("name", ASKED)
def test_a_wrong_one_is_refuted_unasked(name):
    """Of another engine's, a tenth too large."""
    right = getattr(gaussian, name)
    engine = replace(GAUSSIAN, **{name: lambda *given, **options: 1.1 * right(*given, **options)})
    report = crosscheck.certify(Cavity(), engine=engine, simulate=False)
    assert report.certificate("observables").verdict is Verdict.REFUTED


def test_without_a_channel_nothing_is_reflected():
    report = crosscheck.certify(
        crosscheck.models.DampedThermalMode.example(), times=[], quantities="transfer", simulate=False
    )
    assert any("transfer" in note and "Write measurements" in note for note in report.notes)


def test_the_sidebands_of_a_vacuum_are_zero_over_what_it_takes():
    """And undecided where nothing is known of the noise at +ω."""
    one = flint.arb_mat([[1, 0], [0, 1]])
    found = two_time.sideband_asymmetry(-one / 2, one / 2, [0, 1], flint.arb(1))
    assert found.contains(0)
    assert found.rad() < 1e-12
    wide = flint.arb_mat([[flint.arb(0, 9), 0], [0, flint.arb(0, 9)]])
    assert not two_time.sideband_asymmetry(-one / 2, wide, [0, 1], flint.arb(1)).is_finite()


class Emitting(Cavity):
    taus = (0.0, 0.8)

    def pairs(self, a: Any) -> Any:
        yield a.dag(), a


def test_the_spectrum_and_correlation_of_a_pair_are_those_of_a_damped_mode():
    """N Γ/[(Γ/2)² + (ω + ω₀)²] and N e^{iω₀τ − Γτ/2} of a†, a, with N = γn̄/Γ."""
    model = Emitting()
    report = crosscheck.certify(model, quantities=("spectrum", "correlation"), simulate=False)
    assert report.verdict is Verdict.CERTIFIED
    rows = {(c.quantity, c.place): c.fock for c in report.certificate("observables").comparisons}
    rate = model.kappa + model.gamma
    quanta = model.gamma * model.nbar / rate
    for w in model.omegas:
        closed = quanta * rate / ((rate / 2) ** 2 + (w + model.omega) ** 2)
        assert abs(rows["Re S_AB of pair 1", f"ω = {w:g}"] - closed) < 1e-12
    later = quanta * np.exp(1j * model.omega * 0.8 - rate * 0.4)
    assert abs(rows["Re C_AB of pair 1", "τ = 0.8"] - later.real) < 1e-12
    assert abs(rows["Im C_AB of pair 1", "τ = 0.8"] - later.imag) < 1e-12


def test_pairs_that_are_none_are_refused():
    class Single(Cavity):
        def pairs(self, a: Any) -> Any:
            yield a

    with pytest.raises(crosscheck.errors.InvalidModel, match="must yield pairs of operators"):
        crosscheck.certify(Single(), quantities="spectrum", simulate=False)
