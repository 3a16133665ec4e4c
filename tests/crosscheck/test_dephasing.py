"""A model that dephases is certified by its moments, and by nothing that only a Gaussian state has."""

from dataclasses import replace

import numpy as np
import pytest

import fock
import gaussian
from crosscheck import Dissipator, certify, dephasing, quick, thermal_bath
from crosscheck.certificates import inquiry
from crosscheck.certificates.inquiry import MOMENTS
from crosscheck.diagnosis.model.master_equation import read
from crosscheck.diagnosis.model.nongaussian import terms_beyond_second_order
from crosscheck.model import displacing


def dephased(**others):
    def dissipators(a):
        yield from thermal_bath(a, 0.5, 0.05)
        yield from dephasing(a, 0.3)

    def energy(a):
        return 0.2 * a.dag() * a + 0.3 * (a + a.dag())

    return quick(energy, **{"dissipators": dissipators, "times": (0.8,), **others})


def test_moments_are_compared_and_measures_are_not():
    report = certify(dephased())
    assert str(report.verdict) == "certified"
    assert [certificate.kind for certificate in report.certificates] == ["trajectory", "steady state"]
    for certificate in report.certificates:
        assert {c.quantity[0] for c in certificate.comparisons} == {"⟨", "σ"}
    assert any("Not Gaussian: 𝓓[a†a]" in text for text in report.notes)


def test_moments_without_the_noise_of_random_turns_are_refuted(monkeypatch):
    """A planted slip: amplitudes decay, and their energy is lost."""

    def damped_only(model, times, modes=None):
        found = gaussian.evolve_moments(model, times, modes)
        phase = np.exp(-0.02 * np.asarray(times, float))[:, None, None]
        return replace(found, covariance=found.covariance * phase)

    monkeypatch.setattr(inquiry, "MOMENTS", replace(MOMENTS, evolve=damped_only))
    assert str(certify(dephased()).verdict) == "refuted"


def test_a_steady_state_without_the_noise_of_random_turns_is_refuted(monkeypatch):
    """A planted slip: σ of the same A and D, without what a turning amplitude becomes."""

    def quiet(model):
        found = gaussian.steady_moments(model)
        return replace(found, covariance=0.5 * np.eye(2) * 1.1)

    monkeypatch.setattr(inquiry, "MOMENTS", replace(MOMENTS, steady_state=quiet))
    report = certify(dephased(times=()))
    assert [str(c.verdict) for c in report.certificates] == ["refuted"]


def test_photons_that_are_only_turned_have_no_steady_state():
    """The trajectory is compared, and the report says why nothing else is."""
    report = certify(quick(lambda a: 0.3 * (a + a.dag()), dissipators=lambda a: dephasing(a, 0.3), times=(0.8,)))
    assert [certificate.kind for certificate in report.certificates] == ["trajectory"]
    assert any("second moments remember their start" in note for note in report.notes)


def shaken(rate):
    """A lossy, driven mode that dephases at a rate of time."""

    def dissipators(a):
        yield from thermal_bath(a, 0.5, 0.0)
        yield Dissipator(rate, a.dag() * a)

    return quick(lambda a: 0.2 * (a + a.dag()), dissipators=dissipators, times=(0.8,))


@pytest.mark.slow
def test_dephasing_that_depends_on_time_is_certified_along_the_way():
    """A rate f(t), and a coefficient f(t) of a collapse operator, of which |f|² is the rate."""
    report = certify(shaken(lambda t: 0.6 * np.exp(-t)))
    assert str(report.verdict) == "certified"
    assert [certificate.kind for certificate in report.certificates] == ["trajectory"]
    assert "there is no steady state to ask for" in " ".join(report.notes)
    coefficient = quick(
        lambda a: 0.2 * (a + a.dag()), lambda a: [0.5 * a, [a.dag() * a, lambda t: np.cos(t) + 0.5j]], times=(0.4,)
    )
    assert str(certify(coefficient).verdict) == "certified"


@pytest.mark.slow
def test_a_rate_of_dephasing_that_is_held_at_its_start_is_refuted(monkeypatch):
    """A planted slip: f(0) in place of f(t)."""

    def frozen(model, times, modes=None):
        return gaussian.evolve_moments(shaken(0.6), times, modes)

    monkeypatch.setattr(inquiry, "MOMENTS", replace(MOMENTS, evolve=frozen))
    assert str(certify(shaken(lambda t: 0.6 * np.exp(-t))).verdict) == "refuted"


def correlated(shared):
    """Two modes that dephase by noise which they share, and that exchange quanta at random, from |½⟩ and |−½i⟩."""

    def dissipators(a, b):
        n, m = a.dag() * a, b.dag() * b
        yield from (Dissipator(0.5, n), Dissipator(0.4, m), Dissipator(shared, n, m), Dissipator(shared, m, n))
        yield from (Dissipator(0.2, a.dag() * b), Dissipator(0.2, b.dag() * a), Dissipator(0.3, a))

    def start(a, b):
        return [displacing(a, 0.5), displacing(b, -0.5j)]

    return quick(lambda a, b: 0.3 * (a * b + a.dag() * b.dag()), dissipators=dissipators, rho0=start, times=(0.5,))


@pytest.mark.slow
def test_quadratic_jump_operators_of_correlated_rates_are_certified():
    assert str(certify(correlated(0.3)).verdict) == "certified"


def test_correlated_rates_are_seen_in_moments_and_in_fock_space():
    """Both engines agree, and not without the rates that noise of two modes shares."""
    state = fock.evolve(correlated(0.3), [0.5], cutoff=9).states[0]
    right, wrong = (gaussian.evolve_moments(correlated(shared), [0.5]).covariance[0] for shared in (0.3, 0.0))
    assert np.abs(state.covariance - right).max() < 1e-4
    assert np.abs(state.covariance - wrong).max() > 0.01


def test_what_does_not_close_is_refused_as_before():
    """A quartic H, two photons lost at once, and shared noise whose correlation is imaginary, at a later time alone."""
    for model in (quick(lambda a: (a.dag() * a) ** 2), quick(lambda a: a.dag() * a, lambda a: [a * a])):
        with pytest.raises(gaussian.NotQuadratic):
            certify(model)

    def noise(a, b):
        n, m = a.dag() * a, b.dag() * b
        yield from (Dissipator(1.0, n), Dissipator(1.0, m))
        yield from (Dissipator(lambda t: 0.3j * t, n, m), Dissipator(lambda t: -0.3j * t, m, n))

    with pytest.raises(gaussian.NotQuadratic, match="a†a, b†b"):
        certify(quick(lambda a, b: 0 * a.dag() * a, dissipators=noise, times=(1.0,)))


def test_diagnose_says_that_moments_close():
    """Of dephasing they do, beside a Kerr term they do not."""

    def kerr(a):
        return a.dag() ** 2 * a**2

    def noise(a):
        yield from thermal_bath(a, 0.5, 0.0)
        yield from dephasing(a, 0.3)

    def told(energy):
        section = terms_beyond_second_order(read(quick(energy, dissipators=noise)))
        return section.findings[0].sentence

    assert told(lambda a: a.dag() * a).startswith("First and second moments close")
    assert told(lambda a: a.dag() * a + 0.1 * kerr(a)).startswith("Moments do not close")
