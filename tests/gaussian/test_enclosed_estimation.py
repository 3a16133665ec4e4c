"""Balls of fidelities and Fisher informations: closed forms, reference values, and the doubles that they hold."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flint
import numpy as np
import pytest

import gaussian
from gaussian import enclosed
from gaussian.enclosed import EnclosedState
from gaussian.enclosed.precision import Undecided
from gaussian.enclosed.reading import AsComputed, read
from gaussian.errors import InvalidArgument

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text("utf-8"))
BITS = 192


@dataclass(frozen=True)
class Oscillator:
    """Δa†a + (iε/2)(a†² − a²) in a thermal bath, driven by f(a + a†)."""

    eps: float = 0.35
    kappa: float = 1.0
    nbar: float = 0.2
    detuning: float = 0.4
    force: float = 0.0
    modes = 1

    def hamiltonian(self, a: Any) -> Any:
        squeezed = 0.5j * self.eps * (a.dag() * a.dag() - a * a)
        return self.detuning * a.dag() * a + squeezed + self.force * (a + a.dag())

    def dissipators(self, a: Any) -> Any:
        yield SimpleNamespace(rate=self.kappa * (self.nbar + 1), left=a, right=a)
        yield SimpleNamespace(rate=self.kappa * self.nbar, left=a.dag(), right=a.dag())


def information(model, field):
    """F of the steady state, in balls."""
    with flint.ctx.workprec(BITS):
        exact = read(model)
        equations = enclosed.moment_equations(exact)
        state = enclosed.solve_steady(equations)
        push, change = enclosed.follow(equations, state, enclosed.equations_slope(exact, field))
        return enclosed.fisher_information(state.covariance, change, push)


def state_of(x, p, r, nu):
    """A displaced squeezed thermal state, σ = ν diag(e^{2r}, e^{−2r})."""
    stretched = flint.arb(2 * r).exp() * nu
    squeezed = flint.arb(-2 * r).exp() * nu
    return EnclosedState(
        mean=flint.arb_mat([[x], [p]]), covariance=flint.arb_mat([[stretched, 0], [0, squeezed]])
    )  # fmt: skip


def beside(one, other):
    """The product of two states."""
    n, m = one.mean.nrows(), other.mean.nrows()
    rows = [
        [s.covariance[j - o, k - o] if o <= k < o + s.mean.nrows() else flint.arb(0) for k in range(n + m)]
        for s, o, count in ((one, 0, n), (other, n, m))
        for j in range(o, o + count)
    ]
    mean = [[x] for s in (one, other) for x in s.mean.entries()]
    return EnclosedState(mean=flint.arb_mat(mean), covariance=flint.arb_mat(rows))


def test_the_fidelity_of_one_mode_is_its_closed_form():
    """F = exp(−½δᵀ(σ₁ + σ₂)⁻¹δ)/(√(Δ + Λ) − √Λ), Δ = det(σ₁ + σ₂), Λ = 4(det σ₁ − ¼)(det σ₂ − ¼) (Scutaru)."""
    with flint.ctx.workprec(BITS):
        one, two = state_of(0.3, -0.2, 0.4, flint.arb("0.7")), state_of(-0.1, 0.5, -0.2, flint.arb("1.1"))
        total, delta = one.covariance + two.covariance, one.mean - two.mean
        pull = (delta.transpose() * total.inv() * delta)[0, 0]
        excess = 4 * (flint.arb("0.49") - flint.arb("0.25")) * (flint.arb("1.21") - flint.arb("0.25"))
        closed = (-pull / 2).exp() / ((total.det() + excess).sqrt() - excess.sqrt())
        found = enclosed.fidelity(one, two)
    assert found.overlaps(closed)
    assert found.rad() < 1e-40


def test_the_fidelity_of_pure_states_is_their_overlap_also_where_all_eigenvalues_coincide():
    """1/√det(σ₁ + σ₂) of each pair, and 1 of a state with itself."""
    with flint.ctx.workprec(BITS):
        half = flint.arb(1) / 2
        vacuum, squeezed = state_of(0, 0, 0.0, half), state_of(0, 0, 0.5, half)
        closed = 1 / (vacuum.covariance + squeezed.covariance).det().sqrt()
        pair = enclosed.fidelity(beside(vacuum, vacuum), beside(squeezed, squeezed))
        itself = enclosed.fidelity(beside(squeezed, vacuum), beside(squeezed, vacuum))
    assert pair.overlaps(closed * closed)
    assert itself.overlaps(flint.arb(1))
    assert pair.rad() < 1e-20
    assert itself.rad() < 1e-20


def test_a_product_of_states_has_the_product_of_fidelities():
    with flint.ctx.workprec(BITS):
        one, two = state_of(0.3, -0.2, 0.4, flint.arb("0.7")), state_of(-0.1, 0.5, -0.2, flint.arb("1.1"))
        hot, pure = state_of(0, 0, 0.1, flint.arb(3)), state_of(0.2, 0, 0.3, flint.arb(1) / 2)
        both = enclosed.fidelity(beside(one, hot), beside(two, pure))
        assert both.overlaps(enclosed.fidelity(one, two) * enclosed.fidelity(hot, pure))


def test_states_of_unlike_modes_have_no_fidelity():
    one = state_of(0, 0, 0.0, flint.arb(1))
    with pytest.raises(InvalidArgument, match="same modes, but have 1 and 2"):
        enclosed.fidelity(one, beside(one, one))


@pytest.mark.parametrize(
    ("key", "model"),
    [
        ("dpo eps=0.35 kappa=1.0 nbar=0.2 detuning=0.4", Oscillator()),
        ("dpo eps=0.3 kappa=1.0 nbar=0.0 detuning=0.0", Oscillator(eps=0.3, nbar=0.0, detuning=0.0)),
    ],
)
def test_the_information_about_the_pump_is_that_of_the_reference_values(key, model):
    """Which were computed from density matrices and by another formula."""
    reference = REFERENCE["dpo"][key]["QFI of eps in the steady state"]
    assert abs(float(information(model, "eps")) - reference) < 1e-6 * reference


def test_a_force_is_known_by_the_mean_alone():
    """∂⟨r⟩ = −A⁻¹∂d of an undetuned mode with A = −κ/2: ∂⟨p⟩ = −2√2/κ, so F = (8/κ²)/(n̄ + ½)."""
    model = Oscillator(eps=0.0, nbar=0.3, detuning=0.0, kappa=2.0, force=0.1)
    assert abs(float(information(model, "force")) - 8 / 4 / 0.8) < 1e-15


def test_where_a_mode_may_be_pure_or_coefficients_are_doubles_nothing_is_decided():
    with pytest.raises(Undecided, match="pure"):
        information(Oscillator(eps=0.0, nbar=0.0), "force")
    with pytest.raises(Undecided, match="as computed in doubles"):
        enclosed.equations_slope(AsComputed(Oscillator()), "eps")


def test_doubles_lie_in_the_balls():
    """Of every field of the oscillator, to the digits of double precision."""
    model = Oscillator(force=0.2)
    for field in ("eps", "kappa", "nbar", "detuning", "force"):
        assert np.isclose(gaussian.fisher_information(model, field), float(information(model, field)), rtol=1e-9)
