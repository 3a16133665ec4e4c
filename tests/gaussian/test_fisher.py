"""Quantum Fisher information: independent values, closed forms, the curvature of the fidelity, and what diverges."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gaussian
from gaussian import fidelity, fisher_information
from gaussian.derivatives import derivative
from tests.gaussian.test_monitored import Oscillator, numbers
from tests.gaussian.test_periodic import Optomechanics, modulated

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text())
TIMES = [0.6, 1.5]


@dataclass(frozen=True)
class Prepared:
    """A thermal mode, squeezed, displaced and turned; damped at `gamma` into a bath of its own occupation."""

    nbar: float = 0.4
    r: float = 0.3
    alpha: float = 0.5
    phi: float = 0.0
    gamma: float = 0.0
    flips: bool = False
    count: int = 3

    modes = 1

    def hamiltonian(self, a: Any) -> Any:
        return 0 * a

    def dissipators(self, a: Any) -> Any:
        yield SimpleNamespace(rate=self.gamma * (self.nbar + 1), left=a, right=a)
        yield SimpleNamespace(rate=self.gamma * self.nbar, left=a.dag(), right=a.dag())

    def preparation(self, a: Any) -> Any:
        if self.nbar < 0:
            raise ValueError("nbar must be ≥ 0")
        squeeze = 0.5j * self.r * (a * a - a.dag() * a.dag())
        kick = 1j * self.alpha * (a.dag() - a)
        return SimpleNamespace(
            occupations=[self.nbar], ground_of=None, unitaries=[squeeze, kick, self.phi * a.dag() * a]
        )


def at_start(model, field):
    """Of the preparation."""
    return fisher_information(model, field, times=[0.0])[0]


@pytest.mark.parametrize("key", REFERENCE["dpo"])
def test_values_of_the_reference_for_an_oscillator(key):
    """Of ε in the steady state, to the error that is stated."""
    found = fisher_information.with_error(Oscillator(**numbers(key)), "eps")
    expected = REFERENCE["dpo"][key]["QFI of eps in the steady state"]
    assert abs(found.value - expected) <= found.error < 1e-8
    assert found.value == pytest.approx(expected, rel=1e-12)


def test_value_of_the_reference_for_optomechanics():
    """Of g in the steady state of two modes."""
    ((key, values),) = REFERENCE["optomech"].items()
    found = fisher_information.with_error(Optomechanics(**json.loads(key)), "g")
    assert found.value == pytest.approx(values["QFI of g"], abs=1e-11)
    assert found.error < 1e-7


@pytest.mark.slow
@settings(max_examples=3)
@given(st.floats(0.05, 3), st.floats(-0.8, 0.8), st.floats(0.1, 2))
def test_closed_forms(nbar, r, alpha):
    """With ν = n̄ + ½: n̄ 1/n̄(n̄+1), r 4·4ν²/(4ν²+1), α 2e^{2r}/ν of a kicked squeezed quadrature, φ their sum."""
    model, nu = Prepared(nbar=nbar, r=r, alpha=alpha), nbar + 0.5
    assert at_start(model, "nbar") == pytest.approx(1 / (nbar * (nbar + 1)), rel=1e-9)
    assert at_start(model, "r") == pytest.approx(16 * nu**2 / (4 * nu**2 + 1), rel=1e-9)
    assert at_start(model, "alpha") == pytest.approx(2 * np.exp(2 * r) / nu, rel=1e-9)
    turned = 16 * nu**2 * np.sinh(2 * r) ** 2 / (4 * nu**2 + 1) + 2 * alpha**2 * np.exp(-2 * r) / nu
    assert at_start(model, "phi") == pytest.approx(turned, rel=1e-9)


def test_pure_states_keep_all_digits():
    """Of a displaced vacuum 4; of a generator G, 4 Var G: 2 for squeezing, and for turning e^{−2r}α²·4 + 2 sinh² 2r."""
    model = Prepared(nbar=0.0)
    r, alpha = model.r, model.alpha
    assert at_start(replace(model, r=0.0), "alpha") == pytest.approx(4, abs=1e-12)
    assert at_start(model, "r") == pytest.approx(2, abs=1e-12)
    expected = 2 * np.sinh(2 * r) ** 2 + 4 * alpha**2 * np.exp(-2 * r)
    assert at_start(model, "phi") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("field", "f"), [("g", None), ("nbar", None), ("drive", None), ("g", modulated)])
def test_it_is_the_curvature_of_the_fidelity(field, f):
    """8(1 − √F)/δ² between θ − δ/2 and θ + δ/2 differs by terms of order δ²: in the steady state and in time."""
    model, delta = Optomechanics(drive=0.3, f=f), 2e-3
    below, above = (replace(model, **{field: getattr(model, field) + s * delta / 2}) for s in (-1, 1))
    found = fisher_information(model, field, times=TIMES)
    root = np.sqrt(fidelity(gaussian.evolve(below, TIMES), gaussian.evolve(above, TIMES)))
    assert 8 * (1 - root) / delta**2 == pytest.approx(found, rel=2e-4, abs=1e-8)
    if f is None:
        root = np.sqrt(fidelity(gaussian.steady_state(below), gaussian.steady_state(above)))
        assert 8 * (1 - root) / delta**2 == pytest.approx(fisher_information(model, field), rel=2e-4)


def test_in_time_it_arrives_at_that_of_the_steady_state():
    """What the preparation tells is forgotten."""
    model = Optomechanics(drive=0.3)
    steady = fisher_information(model, ["g", "drive"])
    assert fisher_information(model, ["g", "drive"], times=[600.0])[0] == pytest.approx(steady, rel=1e-6)


def test_a_preparation_and_a_bath_of_one_field_add_up():
    """n̄ of both the start and the bath: ν stays n̄ + ½ while the squeezing decays."""
    model = Prepared(gamma=0.7, r=0.0, alpha=0.0)
    assert fisher_information(model, "nbar", times=TIMES) == pytest.approx(1 / (0.4 * 1.4), rel=1e-9)


def test_the_matrix_of_several():
    """Symmetric, positive, with those of single fields on its diagonal; it transforms as a tensor."""
    model = Optomechanics(drive=0.3)
    fields = ["g", "nbar", "drive"]
    matrix = fisher_information(model, fields)
    assert matrix == pytest.approx(matrix.T)
    assert np.linalg.eigvalsh(matrix)[0] > 0
    assert np.diag(matrix) == pytest.approx([float(fisher_information(model, f)) for f in fields])

    @dataclass(frozen=True)
    class Joint(Optomechanics):
        """g and the drive are moved together, by s and 2s."""

        s: float = 0.0

        def hamiltonian(self, a: Any, b: Any) -> Any:
            moved = Optomechanics(g=0.2 + self.s, drive=0.3 + 2 * self.s)
            return moved.hamiltonian(a, b)

    u = np.array([1, 0, 2])
    assert fisher_information(Joint(), "s") == pytest.approx(u @ matrix @ u, rel=1e-9)


@settings(max_examples=5)
@given(st.floats(0.05, 0.4), st.floats(0, 1))
def test_units_of_the_field(eps, nbar):
    """1/field²: of a field that is a square, or an exponential, by the chain rule."""

    @dataclass(frozen=True)
    class Other(Oscillator):
        log: float = float(np.log(eps))

        def hamiltonian(self, a: Any) -> Any:
            return 0.5j * np.exp(self.log) * (a.dag() * a.dag() - a * a)

    plain = fisher_information(Oscillator(eps=eps, nbar=nbar), "eps")
    assert fisher_information(Other(nbar=nbar), "log") == pytest.approx(eps**2 * plain, rel=1e-8)


def test_a_scan():
    """A point for each element of a field, the differentiated one or another; NaN above threshold by request."""
    eps, nbar = np.array([0.1, 0.3, 0.7]), np.array([0.1, 0.4])
    found = fisher_information.with_error(Oscillator(eps=eps), "eps", missing="nan")
    assert found.value[:2] == pytest.approx([float(fisher_information(Oscillator(eps=e), "eps")) for e in eps[:2]])
    assert np.isnan(found.value[2])
    assert np.isinf(found.error[2])
    each = [float(fisher_information(Oscillator(nbar=n), "eps")) for n in nbar]
    assert fisher_information(Oscillator(nbar=nbar), "eps") == pytest.approx(each)
    with pytest.raises(gaussian.UnstableDrift):
        fisher_information(Oscillator(eps=eps), "eps")


def test_what_makes_a_pure_mode_mixed_diverges():
    """∂n̄ at n̄ = 0, in the steady state and of a preparation; a mode that is mixed already tells a finite amount."""
    with pytest.raises(gaussian.InfiniteInformation, match=r"that of nbar diverges.* ∂ν = 2·ν") as caught:
        fisher_information(Oscillator(eps=0.0), "nbar")
    assert caught.value.field == "nbar"
    with pytest.raises(gaussian.InfiniteInformation):
        at_start(Prepared(nbar=0.0), "nbar")
    assert np.isfinite(fisher_information(Optomechanics(nbar=0.0), "nbar"))
    near = fisher_information(Oscillator(eps=0.0, nbar=1e-6), "nbar")
    assert near == pytest.approx(1e6, rel=1e-4)


def test_derivatives_are_right_to_their_error():
    """Of functions of every shape, from both sides or one, at zero and in any unit."""
    cases = [
        (np.cosh, 0.7, np.sinh(0.7)), (np.sqrt, 1e-3, 0.5 / np.sqrt(1e-3)), (np.tanh, 0.0, 1.0), (np.sin, 0.0, 1.0),
        (lambda x: 3e9 * x, 2e6, 3e9), (lambda x: 1e6 + x, 0.0, 1.0), (lambda x: 1 / x, -4.0, -1 / 16),
        (lambda x: np.nan if x < 0 else x * x + x, 0.0, 1.0), (lambda x: np.nan if x < 0 else x + 0.5, 1e-12, 1.0),
         (lambda x: np.nan if x > 1 else x**3, 1.0, 3.0),
    ]  # fmt: skip
    for f, at, expected in cases:
        rule = derivative(lambda model, f=f: (np.array([f(model.x)]), 0.0), SimpleNamespace(x=at), "x")
        assert abs(rule.value[0] - expected) <= rule.error + 1e-15 * abs(expected)
        assert rule.error < 1e-8 * abs(expected)


@pytest.mark.parametrize("f", [abs, lambda x: np.sqrt(abs(x)), lambda x: np.nan if x < 0 else np.sqrt(x)])
def test_kinks_and_roots_have_no_derivative(f):
    """|x|, √|x| and √x at 0."""
    with pytest.raises(gaussian.InvalidArgument, match="must have a derivative with respect to x"):
        derivative(lambda model: (np.array([f(model.x)]), 0.0), SimpleNamespace(x=0.0), "x")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("flips", "must be a real number that can be moved, but is False"),
        ("count", "must be a real number that can be moved, but is 3"),
        ("gama", "must be named by a field of the model, but is 'gama'"),
        ([], "must name a parameter"),
        (3, "must name a parameter, but is 3"),
    ],
)
def test_fields_that_are_no_parameters(field, message):
    """Truth values, integers and names that are not there."""
    with pytest.raises(gaussian.InvalidArgument, match=message):
        fisher_information(Prepared(), field, times=[0.0])


def test_time_dependence_needs_times():
    """A steady state is that of constant coefficients."""
    with pytest.raises(gaussian.TimeDependent, match="times="):
        fisher_information(Optomechanics(f=modulated), "g")
