r"""Coefficients f(t) before they are solved for in Fock space: no pulse of T/5000 is missed.

A drive f(t)(a + a†) of a mode without frequency or losses displaces the vacuum by α = −i ∫f dt: ⟨p⟩ = −√2 ∫f dt.
"""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import fock

T = 7.3
SHAPES = {  # on 0 ≤ u ≤ 1, with their areas
    "square": (lambda u: 1.0, 1.0),
    "sawtooth": (lambda u: 1 - u, 0.5),
    "parabola": (lambda u: u * (1 - u), 1 / 6),
    "raised cosine": (lambda u: 0.5 - 0.5 * math.cos(2 * math.pi * u), 0.5),
}


def driven(f, breaks=None):
    """A mode that nothing but f(t)(a + a†) moves."""
    return SimpleNamespace(modes=1, hamiltonian=lambda a: [0 * (a.dag() * a), [a + a.dag(), f]], breaks=breaks)


def pulse(shape, begin, length, area):
    f, of_unit = SHAPES[shape]
    return lambda t: area / (length * of_unit) * f((t - begin) / length) if 0 <= t - begin <= length else 0.0


def push(f, breaks=None, last=T):
    """⟨p⟩ at the last time, and the error that is claimed for it: truncation at 16 levels is below 1e-11."""
    state = fock.evolve(driven(f, breaks), [last], cutoff=16).states[0]
    return float(state.mean[1]), state.solver_error


@pytest.mark.slow
@settings(max_examples=15)
@given(st.sampled_from(sorted(SHAPES)), st.floats(0, 1), st.floats(math.log(1 / 5000), math.log(1 / 2)))
@example("square", 0.999, math.log(1 / 5000))
@example("sawtooth", 1.0, math.log(1 / 5000))
def test_a_pulse_anywhere_pushes_by_its_area(shape, where, log_width):
    """Of any shape, T/5000 to T/2 long: ⟨p⟩ = −√2/2 within the error that is claimed."""
    length = T * math.exp(log_width)
    found, error = push(pulse(shape, where * (T - length), length, 0.5))
    assert abs(found + math.sqrt(0.5)) < error < 1e-5


def test_a_second_pulse_after_a_wait_is_not_stepped_over():
    for shape in SHAPES:
        first, second = (pulse(shape, begin, 0.15, 0.25) for begin in (1.0, 501.1))
        found, error = push(lambda t, f=first, g=second: f(t) + g(t), last=541.2)
        assert abs(found + math.sqrt(0.5)) < error < 1e-5


@pytest.mark.parametrize("length", [1e-4, 1e-6])
def test_a_declared_pulse_may_be_much_shorter(length):
    f = pulse("raised cosine", 2.0, length, 0.5)
    assert push(f, (2.0, 2.0 + length))[0] == pytest.approx(-math.sqrt(0.5), abs=1e-7)
    assert push(f, lambda: [2.0 + length, 2.0, 100.0])[0] == pytest.approx(-math.sqrt(0.5), abs=1e-7)


@pytest.mark.parametrize("breaks", ["soon", (1.0, math.inf), 3.0, [None]])
def test_breaks_that_are_no_times_are_refused(breaks):
    with pytest.raises(fock.InvalidArgument, match=r"breaks must be a list of times.*such as \(1.0, 1.1\)"):
        fock.survey(driven(math.cos, breaks), T)


def test_jumps_are_found_to_the_last_place():
    steps = fock.survey(driven(lambda t: float(math.pi <= t < 5)), T)
    assert np.allclose(steps.breaks, [math.pi, 5], rtol=0, atol=1e-14)
    assert len(steps.pieces) >= 3
    assert not fock.survey(driven(lambda t: math.cos(9 * t)), T).breaks


def test_steps_are_as_long_as_f_allows():
    """A slow cosine leaves them long, a pulse asks for short ones where it is and there only."""
    assert min(step for *_, step in fock.survey(driven(math.cos), T).pieces) > 0.1
    pieces = fock.survey(driven(pulse("raised cosine", 3.0, 0.01, 1.0)), T).pieces
    assert all(step < 0.01 for begin, end, step in pieces if begin < 3.01 and end > 3.0)
    assert max(step for *_, step in pieces) > 0.1


@pytest.mark.slow
def test_the_error_grows_with_what_f_drives():
    """∫‖𝓛‖dt is taken along the way: f(0) = 0 says nothing of it."""
    weak, strong = (
        fock.evolve(driven(lambda t, w=w: w * math.sin(t) * math.cos(40 * t)), [T], cutoff=16).states[0].solver_error
        for w in (1e-3, 10.0)
    )
    assert weak < 1e-9 < 1e-8 < strong


@pytest.mark.parametrize(
    "f",
    [lambda t: float(hash(t) % 1000), lambda t: math.sin(1e9 * t), lambda t: 1 / (t - 1 / 3)],
    ids=["noise", "carrier", "pole"],
)
def test_what_does_not_become_smooth_is_not_solved(f, monkeypatch):
    monkeypatch.setattr(fock.breaks, "MOST_SAMPLES", 2**13)
    with pytest.raises(fock.NotResolved, match=r"may have structure below .* near t = .*`breaks` of the model"):
        fock.evolve(driven(f), [1.0], cutoff=3)


def test_noise_that_is_drawn_anew_is_no_function_of_time():
    rng = np.random.default_rng(1)
    with pytest.raises(fock.NotRepeatable, match=r"one value at each time.*Compute noise once"):
        fock.evolve(driven(lambda t: rng.normal()), [1.0], cutoff=3)


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_a_value_that_is_no_finite_number_is_named_with_its_time(value):
    with pytest.raises(fock.InvalidArgument, match=r"coefficient f\(t\) must be .* at t = 5"):
        fock.evolve(driven(lambda t: 1.0 if t < 5 else value), [T], cutoff=3)


def test_a_hamiltonian_that_is_not_hermitian_later_is_refused():
    """Looked at where f is largest, not only where the generator was made."""
    with pytest.raises(fock.NotHermitian, match="Hamiltonian must be Hermitian"):
        fock.evolve(driven(lambda t: 1j * (t > 3)), [T], cutoff=3)


def test_a_pulse_between_all_samples_stops_the_solver_that_meets_it():
    """Whoever meets what was not seen does not go on."""
    seen = fock.survey(driven(pulse("square", 2.0, T / 1e6, 1.0)), T)
    assert not seen.breaks
    with pytest.raises(fock.NotResolved, match="near t = 2"):
        seen.check([1.0, 2.0 + 0.5 * T / 1e6])


def test_no_time_takes_no_look():
    found = fock.evolve(driven(math.cos), [0.0], cutoff=3).states[0]
    assert found.mean.tolist() == [0, 0]
