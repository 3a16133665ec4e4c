"""A model that dephases is certified by its moments, and by nothing that only a Gaussian state has."""

from dataclasses import replace

import numpy as np
import pytest

import gaussian
from crosscheck import certify, dephasing, quick, thermal_bath
from crosscheck.certificates import inquiry
from crosscheck.certificates.inquiry import MOMENTS


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
    (certificate,) = report.certificates
    assert certificate.kind == "trajectory"
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


def test_what_depends_on_time_or_does_not_close_is_refused_as_before():
    with pytest.raises(gaussian.NotQuadratic):
        certify(quick(lambda a: (a.dag() * a) ** 2))
    with pytest.raises(gaussian.NotQuadratic, match="moments close"):
        certify(quick(lambda a: [a.dag() * a, [a + a.dag(), np.cos]], lambda a: [a.dag() * a]))
