"""A model that dephases is certified by its moments, and by nothing that only a Gaussian state has."""

from dataclasses import replace

import numpy as np
import pytest

import gaussian
from crosscheck import certify, dephasing, quick, thermal_bath
from crosscheck.certificates import inquiry
from crosscheck.certificates.inquiry import MOMENTS
from crosscheck.diagnosis.model.master_equation import read
from crosscheck.diagnosis.model.nongaussian import terms_beyond_second_order


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


def test_what_depends_on_time_or_does_not_close_is_refused_as_before():
    with pytest.raises(gaussian.NotQuadratic):
        certify(quick(lambda a: (a.dag() * a) ** 2))
    with pytest.raises(gaussian.NotQuadratic, match="moments close"):
        certify(quick(lambda a: [a.dag() * a, [a + a.dag(), np.cos]], lambda a: [a.dag() * a]))


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
