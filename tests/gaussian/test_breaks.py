r"""Coefficients f(t) before they are solved for: no pulse of a five-thousandth of the last time is stepped over.

A drive f(t)(a + a†) of a mode without frequency or losses gives ⟨p⟩ = −√2 ∫f dt, and leaves σ = ½·1.
"""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gaussian

T = 7.3
SHAPES = {  # on 0 ≤ u ≤ 1, with their areas
    "square": (lambda u: 1.0, 1.0),
    "sawtooth": (lambda u: u, 0.5),
    "triangle": (lambda u: min(u, 1 - u), 0.25),
    "raised cosine": (lambda u: 0.5 - 0.5 * math.cos(2 * math.pi * u), 0.5),
    "Gaussian": (lambda u: math.exp(-0.5 * (12 * u - 6) ** 2), math.sqrt(2 * math.pi) / 12 * math.erf(18**0.5)),
}  # fmt: skip


def driven(*functions, breaks=()):
    """A mode that nothing but f(t)(a + a†) moves."""

    def hamiltonian(a):
        return [0 * (a.dag() * a), *([a + a.dag(), f] for f in functions)]

    return SimpleNamespace(modes=1, hamiltonian=hamiltonian, breaks=breaks)


def pulse(shape, begin, length, height=1.0):
    f = SHAPES[shape][0]
    return lambda t: height * f((t - begin) / length) if 0 <= t - begin <= length else 0.0


def push(*functions, last=T, breaks=()):
    """⟨p⟩ at the last time, and the error that is claimed for it."""
    found = gaussian.evolve(driven(*functions, breaks=breaks), [last])
    assert found.mean[0, 0] == pytest.approx(0, abs=1e-12)
    return float(found.mean[0, 1]), float(found.error[0])


@settings(max_examples=10)
@given(st.sampled_from(sorted(SHAPES)), st.floats(0, 1), st.floats(math.log(1 / 5000), math.log(1 / 2)))
@example("square", 0.999, math.log(1 / 5000))
@example("sawtooth", 0.0, math.log(1 / 5000))
def test_a_pulse_anywhere_pushes_by_its_area(shape, where, log_width):
    """Of any of five shapes, T/5000 to T/2 long: ⟨p⟩ = −√2 to eight digits, within the error that is claimed."""
    length = T * math.exp(log_width)
    height = 1 / (length * SHAPES[shape][1])
    found, error = push(pulse(shape, where * (T - length), length, height))
    assert abs(found + math.sqrt(2)) < 1e-8 + error < 1e-6


def test_a_second_pulse_after_a_wait_is_not_stepped_over():
    """Two pulses of which the second comes long after a solver's steps have grown."""
    for shape in ("square", "raised cosine"):
        pulses = [pulse(shape, begin, 0.1, 5 / SHAPES[shape][1]) for begin in (1.0, 501.1)]
        assert push(*pulses, last=541.2)[0] == pytest.approx(-math.sqrt(2), abs=1e-8)


def test_a_small_pulse_beside_a_large_one_is_seen():
    """10⁻⁴ as high and 10³ times as long."""
    found = push(pulse("square", 0.5, 0.003, 1000), pulse("sawtooth", 2.0, 3.0, 0.1))[0]
    assert found == pytest.approx(-math.sqrt(2) * 3.15, abs=1e-9)


@pytest.mark.parametrize("length", [1e-4, 1e-6])
def test_a_declared_pulse_may_be_as_short_as_it_likes(length):
    """Its beginning and its end are enough; a break beyond the last time is no matter."""
    f = pulse("raised cosine", 2.0, length, 2 / length)
    found = push(f, breaks=(2.0, 2.0 + length, 100.0))[0]
    assert found == pytest.approx(-math.sqrt(2), abs=1e-6)


def test_breaks_may_be_a_method_and_the_middle_of_a_pulse_will_do():
    def f(t):
        return 1e6 * math.exp(-0.5 * ((t - 2) * 1e6) ** 2)

    found = push(f, breaks=lambda: [2.0])[0]
    assert found == pytest.approx(-math.sqrt(2) * math.sqrt(2 * math.pi), abs=1e-7)


@pytest.mark.parametrize("breaks", ["soon", (1.0, math.nan), 3.0, [None], [(1.0, 2.0)]])
def test_breaks_that_are_no_times_are_refused(breaks):
    with pytest.raises(gaussian.InvalidArgument, match=r"breaks must be a list of times.*such as \(1.0, 1.1\)"):
        gaussian.survey(driven(math.cos, breaks=breaks), T)


@pytest.mark.parametrize(
    ("f", "jumps"),
    [
        (lambda t: t % 1, [1, 2, 3, 4, 5, 6, 7]),
        (lambda t: math.cos(t) + 0.01 * (t >= 0.7), [0.7]),
        (lambda t: 1.0 if t < math.pi else 0.0, [math.pi]),
        (lambda t: math.exp(-t) * 1j ** int(t), [1, 2, 3, 4, 5, 6, 7]),
    ],
    ids=["sawtooth", "small", "step", "complex"],
)
def test_jumps_are_found_to_the_last_place(f, jumps):
    found = gaussian.survey(SimpleNamespace(modes=1, hamiltonian=lambda a: [0 * a, [a, f]]), T).breaks
    assert np.allclose(found, jumps, rtol=0, atol=1e-14)


def test_a_smooth_f_has_no_breaks_and_long_steps():
    """Three turns of a cosine are four panels; a polynomial is one."""
    seen = gaussian.survey(driven(math.cos, lambda t: 1 - t**3), 6 * math.pi)
    assert not seen.breaks
    assert seen.longest_step(0.0) > 1.5
    assert gaussian.survey(driven(lambda t: 1 - t**3), T).longest_step(2.0) == T


def test_steps_shrink_before_a_pulse_and_do_not_leap_into_it():
    """From any time before it a step ends within the pulse's own width of its beginning."""
    seen = gaussian.survey(driven(pulse("Gaussian", 3.0, 0.01)), T)
    assert seen.longest_step(0.1) > 0.1
    assert all(seen.longest_step(t) < 3.01 - t for t in (0.5, 2.9, 2.99, 3.0))


@pytest.mark.slow
def test_a_chirp_is_followed():
    """∫₀ᵀ cos(3t²) dt is a Fresnel integral; the last turn takes T/50."""
    from scipy.special import fresnel

    scale = math.sqrt(6 / math.pi)
    assert push(lambda t: math.cos(3 * t * t))[0] == pytest.approx(
        -math.sqrt(2) * fresnel(scale * T)[1] / scale, abs=1e-8
    )


@pytest.mark.parametrize(
    "f",
    [lambda t: float(hash(t) % 1000), lambda t: math.sin(1e9 * t), lambda t: 1 / (t - 1 / 3)],
    ids=["noise", "carrier", "pole"],
)
def test_what_does_not_become_smooth_is_not_solved(f, monkeypatch):
    """Neither noise, nor a carrier that nobody could follow, nor a pole, which has no integral."""
    monkeypatch.setattr(gaussian.breaks, "MOST_SAMPLES", 2**12)
    with pytest.raises(gaussian.NotResolved, match=r"may have structure below .* near t = .*`breaks` of the model"):
        gaussian.evolve(driven(f), [1.0])


def test_noise_that_is_drawn_anew_is_no_function_of_time():
    rng = np.random.default_rng(1)
    with pytest.raises(gaussian.NotRepeatable, match=r"one value at each time.*Compute noise once"):
        gaussian.evolve(driven(lambda t: rng.normal()), [1.0])


@pytest.mark.parametrize(
    ("value", "said"),
    [(math.nan, "must be finite.*NaN or infinite at t = 5"), (math.inf, "finite"), (None, "a number")],
)
def test_a_value_that_is_no_finite_number_is_named_with_its_time(value, said):
    with pytest.raises(gaussian.InvalidArgument, match=rf"coefficient f\(t\) .*{said}"):
        gaussian.evolve(driven(lambda t: 1.0 if t < 5 else value), [T])


def test_a_pulse_between_all_samples_is_a_surprise_to_whoever_meets_it():
    """A solver, or the other engine, that meets what was not seen does not go on."""
    seen = gaussian.survey(driven(math.cos), T)
    t = 0.5 * float(seen.times[7] + seen.times[8])
    seen.expect(t, [math.cos(t) + 1e-3])
    with pytest.raises(gaussian.NotResolved, match=rf"near t = {t:.6g}"):
        seen.expect(t, [math.cos(t) + 0.2])
    wide = gaussian.survey(driven(pulse("square", 2.0, T / 1e6)), T)
    assert not wide.breaks
    with pytest.raises(gaussian.NotResolved):
        wide.check([1.0, 2.0 + 0.5 * T / 1e6])


def test_no_time_takes_no_look():
    assert gaussian.survey(driven(math.cos), 0.0).breaks == ()
    assert gaussian.evolve(driven(math.cos), [0.0]).mean.tolist() == [[0, 0]]
    assert gaussian.evolve(driven(math.cos), []).mean.shape == (0, 2)
