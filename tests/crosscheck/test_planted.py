"""Deliberately wrong engines: the collection that ships, and bugs planted inside the package itself."""

import importlib
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

import gaussian
from crosscheck import Budget, Model, Preparation, Refuted, Verdict, certify
from crosscheck.exam import planted_bugs, planted_sample
from crosscheck.exam.planted import THEMES

# Verdicts must not depend on how busy the machine is.
PATIENT = Budget(seconds=300)
KINDS = {
    "generator", "window", "measures", "enclosed", "conditional", "observables", "information", "trajectory",
    "steady state", "periodic", "points",
}  # fmt: skip


SAMPLE = {bug.name for bug in planted_sample()}


@pytest.mark.parametrize(
    "bug",
    [pytest.param(b, id=b.name, marks=[] if b.name in SAMPLE else pytest.mark.slow) for b in planted_bugs()],
)
def test_every_planted_bug_is_refuted_by_the_certificate_that_must_find_it(bug):
    report = bug.certify()
    assert bug.certificate in {c.kind for c in report.certificates if c.verdict is Verdict.REFUTED}
    with pytest.raises(Refuted, match=r"is refuted: \S"):
        report.raise_for_refuted()


def test_the_catalogue_is_broad():
    """More than forty bugs with names of their own, several from every theme, some for every kind of certificate."""
    bugs = planted_bugs()
    assert len(bugs) >= 44
    assert len({bug.name for bug in bugs}) == len({bug.description for bug in bugs}) == len(bugs)
    assert all(len(theme.bugs()) >= 5 for theme in THEMES)
    assert {bug.certificate for bug in bugs} == KINDS
    assert not any(bug.reference for bug in bugs)


def test_the_sample_that_certify_runs_reaches_every_kind_of_certificate():
    sample = planted_sample()
    assert len(sample) < len(planted_bugs()) / 3
    assert {bug.certificate for bug in sample} == KINDS


# Bugs planted inside the package rather than in its results: each replaces a function where the package uses it.
# The modules are named apart from the attribute because `gaussian.entropy` is a function, too.
DEEP = {
    "transposed symplectic form": ("gaussian.generator", "omega", lambda n: gaussian.omega(n).T),
    "a† with the sign of a": ("gaussian.forms", "TO_QUADRATURES", np.array([[1, 1j], [1, 1j]]) / np.sqrt(2)),
    "x = a + a†": ("gaussian.forms", "TO_QUADRATURES", np.array([[1, 1j], [1, -1j]]) / 2),
    "sign of p": ("gaussian.forms", "TO_QUADRATURES", np.array([[1, -1j], [1, 1j]]) / np.sqrt(2)),
    "generators of unitaries with the other sign": ("gaussian.states", "omega", lambda n: -gaussian.omega(n)),
    "entropy without its second half": (
        "gaussian.entropy",
        "entropy_of_mode",
        lambda nu: (np.asarray(nu) + 0.5) * np.log(np.asarray(nu) + 0.5),
    ),
    "symplectic form of the other ordering": (
        "gaussian.symplectic",
        "omega",
        lambda n: np.block([[np.zeros((n, n)), np.eye(n)], [-np.eye(n), np.zeros((n, n))]]),
    ),
    "no transposition": ("gaussian.entanglement", "quadratures", lambda modes: []),
    "a test of stability that always fails": (
        "gaussian.lyapunov",
        "response",
        lambda a, rounding, x: np.full(len(a), np.inf),
    ),
}


@dataclass(frozen=True)
class Probe(Model):
    """Squeezed, displaced, coupled, damped: a model in which no sign is immaterial."""

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        return (
            0.9 * a.dag() * a
            + 1.3 * b.dag() * b
            + (0.2 + 0.1j) * a * b
            + (0.2 - 0.1j) * a.dag() * b.dag()
            + 0.1j * (a - a.dag())
        )

    def dissipators(self, a, b):
        yield SimpleNamespace(rate=0.8, left=a, right=a)
        yield SimpleNamespace(rate=0.6, left=b + 0.2 * a.dag(), right=b + 0.2 * a.dag())

    def preparation(self, a, b):
        squeeze = 0.15j * (a * a - a.dag() * a.dag())
        return Preparation([0.1, 0.05], unitaries=[squeeze, 0.2j * (a.dag() * b.dag() - a * b), 0.1j * (b.dag() - b)])

    @property
    def times(self):
        return (0.6,)

    @classmethod
    def example(cls):
        return cls()


@pytest.mark.slow
def test_the_probe_model_is_certified():
    assert certify(Probe(), tolerance=1e-3, budget=PATIENT).verdict is Verdict.CERTIFIED


@pytest.mark.parametrize("name", DEEP)
def test_a_bug_planted_inside_the_package_is_refuted(name, monkeypatch):
    """Refuted, or so wrong that the package itself refuses to answer."""
    module, attribute, wrong = DEEP[name]
    monkeypatch.setattr(importlib.import_module(module), attribute, wrong)
    try:
        report = certify(Probe(), tolerance=1e-3, budget=PATIENT)
    except gaussian.GaussianError:
        return
    assert report.verdict is Verdict.REFUTED
