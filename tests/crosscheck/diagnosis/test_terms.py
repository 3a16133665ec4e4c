"""A model taken apart: its pieces add up to the whole, and know the line they come from."""

import inspect
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given

import gaussian
from crosscheck import Dissipator, Model
from crosscheck.diagnosis.code.spelling import spelled
from crosscheck.diagnosis.code.terms import apart_later, take_apart
from crosscheck.errors import InvalidParameter
from crosscheck.model import thermal_bath
from crosscheck.models import MODELS
from gaussian.ladder import ladder
from tests.random_models import quadratic_models

CONSTANT = [name for name in MODELS if name != "ThermalNetwork"]


def add_up(terms, name):
    return sum(getattr(term, name) for term in terms)


@given(quadratic_models())
def test_terms_add_up_to_the_moment_equations(model):
    """Linear in the terms: whatever a random model is made of, its pieces sum to A, d and D."""
    terms, right = take_apart(model).terms, gaussian.moment_equations(model)
    size = 1 + np.abs(right.drift).max()
    assert np.allclose(add_up(terms, "unitary") + add_up(terms, "damping"), right.drift, atol=1e-12 * size)
    assert np.allclose(add_up(terms, "noise"), right.diffusion, atol=1e-12 * size)
    assert np.allclose(add_up(terms, "drive"), right.drive, atol=1e-12 * size)


@given(quadratic_models())
def test_the_sum_at_once_is_that_of_the_terms(model):
    """What is summed without taking a model apart is the sum of its terms, each of its four pieces."""
    terms, whole = take_apart(model).terms, apart_later(model).whole
    for name in ("unitary", "damping", "noise", "drive"):
        right = add_up(terms, name)
        assert np.allclose(getattr(whole, name), right, atol=1e-12 * (1 + np.abs(right).max()))


@pytest.mark.parametrize("name", MODELS)
def test_finer_pieces_add_up_to_the_hamiltonian(name):
    """Hermitian pairs of words hold all of Ωh."""
    apart = take_apart(MODELS[name].example())
    whole = add_up([t for t in apart.terms if not t.is_dissipator], "unitary")
    assert np.allclose(add_up(apart.finer, "unitary"), whole, atol=1e-13)


@dataclass(frozen=True)
class TwoLines(Model):
    """Written over several lines, the second coupling below the first."""

    g: float = 0.3
    kappa: float = 0.7

    modes = 2

    def hamiltonian(self, a, b):
        h = 1.1 * a.dag() * a
        return h + self.g * (
            a.dag() * b  # hopping
            + b.dag() * a
        )

    def dissipators(self, a, b):
        yield Dissipator(self.kappa, a)
        yield Dissipator(2 * self.kappa, b)

    @classmethod
    def example(cls):
        return cls()


def test_every_term_knows_the_line_it_is_written_in():
    """The line shown is one of this file, and its text is what made the term."""
    apart = take_apart(TwoLines())
    lines, start = inspect.getsourcelines(TwoLines)
    for term in apart.terms:
        assert term.file == "test_terms.py"
        assert term.code == lines[term.line - start].strip()
    assert [t.code for t in apart.terms if t.is_dissipator] == [
        "yield Dissipator(self.kappa, a)",
        "yield Dissipator(2 * self.kappa, b)",
    ]
    (hopping,) = [t for t in apart.terms if t.modes == {0, 1}]
    assert "self.g" in hopping.code


def test_correlated_rates_are_one_term():
    """Γ_uv b_u ρ b_v† and its partner mean something together only: their damping and noise are real."""

    class Correlated(TwoLines):
        def dissipators(self, a, b):
            yield Dissipator(1.0, a)
            yield Dissipator(0.3j, a, b)
            yield Dissipator(1.0, b)
            yield Dissipator(-0.3j, b, a)

    apart = take_apart(Correlated())
    rates = [t for t in apart.terms if t.is_dissipator]
    assert len(rates) == 3
    assert np.allclose(add_up(rates, "noise"), gaussian.diffusion(Correlated()))


def test_operators_are_spelled_with_a_common_factor():
    """0.5·(a†b + b†a), and not four digits twice."""
    a, b = ladder(2)
    assert spelled(0.5 * (a.dag() * b + b.dag() * a)) == "0.5·(a†b + b†a)"
    assert spelled(-0.25j * (a - a.dag())) == "−0.25i·(a − a†)"
    assert spelled(0 * a) == "0"


def test_a_time_dependent_model_is_refused():
    """Terms with f(t) have no one A: the sentence says to take them at one time."""

    class Driven(TwoLines):
        def hamiltonian(self, a, b):
            return [a.dag() * a, [b.dag() * b, np.cos]]

    with pytest.raises(InvalidParameter, match=r"constant coefficients.*at one time"):
        take_apart(Driven())


def test_a_scan_is_refused():
    """Arrays in fields are many models."""
    with pytest.raises(InvalidParameter, match="Choose one parameter point"):
        take_apart(TwoLines(g=np.linspace(0, 1, 3)))


def test_a_cubic_term_is_refused_by_name():
    """What has no Gaussian form cannot be compared with Gaussian code."""

    class Kerr(TwoLines):
        def hamiltonian(self, a, b):
            return a.dag() * a.dag() * a * a

    with pytest.raises(gaussian.NotQuadratic, match="degree 4"):
        take_apart(Kerr())


@dataclass(frozen=True)
class Returned(Model):
    """Its baths are returned, not yielded: no line of its file is being run when they come."""

    modes = 1

    def hamiltonian(self, a):
        return a.dag() * a

    def dissipators(self, a):
        return thermal_bath(a, 0.5, 0.2)

    @classmethod
    def example(cls):
        return cls()


class ReturnedInSteps(Returned):
    """The same in two statements: none of them is *the* line."""

    def dissipators(self, a):
        kappa = 0.5
        return thermal_bath(a, kappa, 0.2)


def test_only_lines_of_the_models_own_file_are_cited():
    """A generator of another file has lines of that file; a method of one statement has a line to itself."""
    places = [[t.place for t in take_apart(m()).terms if t.is_dissipator] for m in (Returned, ReturnedInSteps)]
    assert [len(p) for p in places] == [2, 2]
    assert all(place.endswith("`return thermal_bath(a, 0.5, 0.2)`") for place in places[0])
    assert places[1] == ["", ""]
