"""Errors that compare cutoffs hold what they claim, entry by entry, against exact Gaussian values."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

import fock
import gaussian
from crosscheck.model import Dissipator, thermal_bath
from fock import estimated
from tests.fock.published import Oscillator

OMEGAS, TAUS = np.array([-1.3, -0.4, 0.0, 0.7, 2.1]), np.array([0.0, 0.5, -2.0, 5.0])


def random_model(seed, modes):
    """Detuned, squeezed and driven modes in warm baths, with both couplings of two of them."""
    rng = np.random.default_rng(seed)
    w, k, n = rng.uniform(-1.5, 1.5, modes), rng.uniform(0.4, 1.2, modes), rng.uniform(0, 0.4, modes)
    squeezing, drive = rng.uniform(-0.25, 0.25, modes) * k, rng.uniform(-0.3, 0.3, modes)
    hop, pair = rng.uniform(-0.5, 0.5), rng.uniform(-0.15, 0.15)

    def hamiltonian(*a):
        h = sum(
            w[j] * a[j].dag() * a[j]
            + 0.5j * squeezing[j] * (a[j].dag() ** 2 - a[j] ** 2)
            + drive[j] * (a[j] + a[j].dag())
            for j in range(modes)
        )
        if modes == 2:
            h = h + hop * (a[0].dag() * a[1] + a[0] * a[1].dag()) + pair * (a[0] * a[1] + a[0].dag() * a[1].dag())
        return h

    return SimpleNamespace(
        modes=modes,
        hamiltonian=hamiltonian,
        dissipators=lambda *a: [x for j in range(modes) for x in thermal_bath(a[j], k[j], n[j])],
        preparation=None,
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_bar_of_a_spectrum_and_of_a_correlation_holds_every_entry_of_one_mode(seed):
    """All quadratures at several frequencies and delays, cutoffs from poor to good."""
    model, cutoff = random_model(seed, 1), (8, 10, 13)[seed % 3]
    for name, grid in (("spectrum", OMEGAS), ("correlation", TAUS)):
        found = getattr(fock, name).with_error(model, grid, cutoff=cutoff)
        assert (np.abs(found.value - getattr(gaussian, name)(model, grid)) <= found.error).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 24))
def test_the_bar_of_a_spectrum_holds_every_entry_of_two_modes(seed):
    """Cutoffs of (6, 7) to (8, 9), where entries agree by accident."""
    model = random_model(seed, 2)
    for cutoff in ((6, 7), (8, 9)):
        try:
            found = fock.spectrum.with_error(model, OMEGAS, cutoff=cutoff)
        except fock.NotContained:
            continue
        assert (np.abs(found.value - gaussian.spectrum(model, OMEGAS)) <= found.error).all()


@pytest.mark.slow
def test_two_cutoffs_that_agree_by_accident_do_not_make_a_small_bar():
    """The mirror of docs/observables.md at (7, 9) and (5, 7): one entry of 80 agrees twice as well as it is right."""
    watched = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: a.dag() * a + b.dag() * b - 0.2 * (a + a.dag()) * (b + b.dag()),
        dissipators=lambda a, b: [Dissipator(0.8, a), *thermal_bath(b, 0.05, 0.3)],
        preparation=None,
    )
    omegas = [-1.05073, -0.908653, 0.0, 0.908653, 1.05073]
    fine, coarse = (fock.spectrum(watched, omegas, cutoff=c) for c in ((7, 9), (5, 7)))
    off = np.abs(fine - gaussian.spectrum(watched, omegas))
    assert (off > np.abs(fine - coarse)).any(), "no accident: the test shows nothing"
    found = fock.spectrum.with_error(watched, omegas, cutoff=(7, 9), coarse=(5, 7))
    assert (off <= found.error).all()


def test_one_number_is_compared_with_a_third_cutoff():
    """f₈ = f₆ by accident: the number at two levels fewer tells, where there are few."""
    values = {(8,): 1.0, (6,): 1.0, (5,): 1.3}
    found = estimated.compared(lambda c, _: (np.full(2, values[c]), np.zeros(2)), True, (8,), None)
    assert found.error == pytest.approx([5 * 0.3] * 2)
    many = estimated.compared(lambda c, _: (np.full(9, values[c]), np.zeros(9)), True, (8,), None)
    assert not many.error.any()


@dataclass(frozen=True)
class Prepared(Oscillator):
    """Starts warm and displaced."""

    n0: float = 0.2

    def preparation(self, a):
        return SimpleNamespace(occupations=[self.n0], ground_of=None, unitaries=[self.drive * (a + a.dag())])


FISHER = [("eps", None), (["nbar", "drive"], None), ("eps", [0.5, 4.0]), (["n0", "kappa"], [1.0])]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))])
@pytest.mark.parametrize(("fields", "times"), FISHER)
def test_the_bar_of_a_fisher_information_takes_truncation_in(seed, fields, times):
    """Steady and in time, of one field and of fields in different units, at cutoffs that are too low on purpose."""
    rng = np.random.default_rng(seed)
    eps, nbar, drive, detuning = rng.uniform([0.1, 0.1, 0.1, -1], [0.25, 0.3, 0.3, 1])
    model = Prepared(eps=eps, nbar=nbar, drive=drive, detuning=detuning)
    exact = gaussian.fisher_information(model, fields, times=times)
    found = fock.fisher_information.with_error(model, fields, times, cutoff=(11, 14)[seed % 2])
    assert np.shape(found.value) == np.shape(exact)
    assert (np.abs(found.value - exact) <= found.error).all()
    assert (found.truncation > 0).all()


def oscillator(eps):
    return Oscillator(eps=eps)


QUANTITIES = {
    "spectrum": lambda model, cutoff: fock.spectrum(model, [0.0], cutoff=cutoff),
    "correlation": lambda model, cutoff: fock.correlation(model, [0.0], cutoff=cutoff),
    "g2": lambda model, cutoff: fock.g2(model, [0.0], lambda a: a, cutoff=cutoff),
    "fisher_information": lambda model, cutoff: fock.fisher_information(model, "detuning", cutoff=cutoff),
}


@pytest.mark.parametrize("name", QUANTITIES)
@pytest.mark.parametrize("cutoff", [6, 12, 40])
@pytest.mark.parametrize("eps", [0.51, 0.7, 2.0])
def test_an_unstable_model_has_no_spectrum_at_any_cutoff(name, cutoff, eps):
    """A parametric oscillator above its threshold, ε > κ/2, has no steady state, though the truncated one has."""
    with pytest.raises(fock.NotContained, match=r"mode 1 has most of its quanta .* the model is unstable"):
        QUANTITIES[name](oscillator(eps), cutoff)


def test_gain_above_loss_is_refused_in_the_mode_that_has_it():
    model = SimpleNamespace(
        modes=2,
        hamiltonian=lambda a, b: 0.1 * (a.dag() * b + b.dag() * a),
        dissipators=lambda a, b: [Dissipator(1.0, a), Dissipator(0.1, b), Dissipator(0.3, b.dag())],
        preparation=None,
    )
    with pytest.raises(fock.NotContained, match=r"at cutoff 5×7 mode 2 .*upper half"):
        fock.spectrum(model, [0.0], cutoff=(5, 7))


def test_a_strong_drive_far_from_the_vacuum_is_no_instability():
    """Nine quanta in a coherent state fit below 30 levels, though most of them are far up; S_xx(0) = 2/κ·½·2."""
    driven = Oscillator(drive=1.5)
    assert fock.steady_state(driven, cutoff=30).photon_numbers[0] == pytest.approx(9.0, abs=1e-3)
    assert fock.spectrum(driven, [0.0], cutoff=30)[0, 0, 0].real == pytest.approx(2.0, abs=1e-2)
    with pytest.raises(fock.NotContained, match="Raise the cutoff"):
        fock.spectrum(driven, [0.0], cutoff=10)
