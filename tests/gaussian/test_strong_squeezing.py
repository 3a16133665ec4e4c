"""Digits that are gone: what doubles say of strongly squeezed states, and what their balls say."""

import contextlib
import warnings
from dataclasses import replace
from types import SimpleNamespace

import flint
import numpy as np
import pytest

import gaussian
from crosscheck.model import displacing, squeezing, two_mode_squeezing
from gaussian import enclosed
from gaussian.unitaries import exponential
from tests.random_models import two_mode_squeezed

EPS = float(np.finfo(float).eps)
MEASURES = {
    "log_negativity": lambda s, **known: gaussian.log_negativity(s, party=[0], **known),
    "entropy": gaussian.entropy,
    "purity": gaussian.purity,
    "mutual_information": lambda s, **known: gaussian.mutual_information(s, party=[0], **known),
    "discord": lambda s, **known: gaussian.discord(s, measured=[1], **known),
    "symplectic_eigenvalues": gaussian.symplectic_eigenvalues,
}


def model(*unitaries, modes=2, **fields):
    prepared = SimpleNamespace(occupations=None, ground_of=None)
    return SimpleNamespace(
        modes=modes,
        hamiltonian=fields.get("hamiltonian", lambda *a: 0.0 * a[0].dag() * a[0]),
        preparation=lambda *a: SimpleNamespace(**vars(prepared), unitaries=[u(*a) for u in unitaries]),
    )


def twin_beams(r):
    return model(lambda a, b: two_mode_squeezing(a, b, r))


# --- unitaries


@pytest.mark.parametrize("r", [0.5, 4.0, 8.0, 14.0])
def test_an_exponential_is_right_to_as_many_units_as_its_exponent_is_large(r):
    """Of two-mode squeezing, in whose exponent of 4 and more SciPy's own squarings lose thousands."""
    flow = np.fliplr(np.diag([r, r, r, r]))
    exact = np.cosh(r) * np.eye(4) + np.sinh(r) * np.fliplr(np.eye(4))
    assert np.linalg.norm(exponential(flow) - exact, 2) <= 2 * (1 + r) * EPS * np.exp(r)


@pytest.mark.parametrize("r", [0.5, 3.0, 8.0, 11.0, 14.0])
def test_every_entry_of_twin_beams_is_right_to_its_own_last_places(r):
    """σ_x1x1 = ½ cosh 2r, and the reported error covers the distance without being a thousand times as large."""
    state = gaussian.initial_state(twin_beams(r))
    exact = two_mode_squeezed(r)
    assert np.linalg.norm(state.covariance - exact, 2) <= state.error <= 2000 * (1 + r) * EPS * np.exp(2 * r)
    assert state.covariance == pytest.approx(exact, rel=100 * (1 + r) * EPS, abs=0)


@pytest.mark.parametrize("r", [1.0, 5.0, 9.0, 12.0, 16.0])
@pytest.mark.parametrize("modes", [1, 2])
def test_squeezing_that_is_undone_leaves_the_vacuum(r, modes):
    """To the last places, however many digits are lost on the way, and no measure has anything to warn of."""
    squeeze = squeezing if modes == 1 else two_mode_squeezing
    state = gaussian.initial_state(model(lambda *a: squeeze(*a, r), lambda *a: squeeze(*a, -r), modes=modes))
    assert np.linalg.norm(state.covariance - 0.5 * np.eye(2 * modes), 2) <= state.error < 1e-13
    assert gaussian.entropy(state.covariance) == pytest.approx(0, abs=1e-12)
    if modes == 2:
        assert gaussian.log_negativity(state.covariance, party=[0]) == pytest.approx(0, abs=1e-12)


def test_a_displacement_between_squeezing_and_unsqueezing_is_magnified():
    """x ↦ e^r x: squeezed, displaced by ⟨x⟩ = √2 α and unsqueezed."""
    r = 7.0
    state = gaussian.initial_state(
        model(lambda a: squeezing(a, r), lambda a: displacing(a, 0.5), lambda a: squeezing(a, -r), modes=1)
    )
    assert state.mean[0] == pytest.approx(np.sqrt(0.5) * np.exp(r), rel=1e-13)
    assert state.covariance == pytest.approx(0.5 * np.eye(2), abs=1e-13)


def test_flints_precision_is_as_before():
    before = flint.ctx.prec
    gaussian.initial_state(model(lambda a: squeezing(a, 9.0), lambda a: squeezing(a, -9.0), modes=1))
    assert flint.ctx.prec == before


# --- measures


@pytest.mark.parametrize("r", [8.0, 9.0, 10.0, 11.0, 12.0, 14.0])
@pytest.mark.parametrize("name", MEASURES)
def test_no_measure_refuses_what_a_right_calculation_made(name, r):
    """A value and a warning, of the state and of its bare covariance: it is never called unphysical."""
    state = gaussian.initial_state(twin_beams(r))
    for given in (state, state.covariance, gaussian.evolve(twin_beams(r), [0.0, 1.0])):
        with pytest.warns(gaussian.IllConditioned, match=f"{name}: "):
            assert np.isfinite(MEASURES[name](given)).all()


def test_digits_that_are_gone_are_said_to_be_gone():
    with pytest.warns(
        gaussian.IllConditioned, match="digits are gone, and the value is one of many that fit"
    ) as caught:
        gaussian.log_negativity(two_mode_squeezed(11.0), party=[0])
    assert caught[0].message.digits <= 0


@pytest.mark.parametrize("r", [9.0, 11.0, 14.0])
def test_the_measures_of_the_reduced_modes_keep_their_digits(r):
    """S_A = g(½ cosh 2r) loses none; I = 2S_A − S_AB and D = S_B − S_AB + … are at most what a pure state has."""
    sigma, pure = two_mode_squeezed(r), float(gaussian.entropy_of_mode(np.cosh(2 * r) / 2))
    assert gaussian.entropy(sigma[:2, :2]) == pytest.approx(pure, rel=1e-14)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gaussian.IllConditioned)
        assert 0 <= gaussian.mutual_information(sigma, party=[0]) <= 2 * pure * (1 + 1e-14)
        assert 0 <= gaussian.discord(sigma, measured=[1]) <= pure * (1 + 1e-7)
        assert 0 < gaussian.purity(sigma) <= 1
        assert gaussian.log_negativity(sigma, party=[0]) > 4


@pytest.mark.parametrize("r", [1.0, 4.0, 8.0])
def test_squeezing_a_single_mode_costs_no_digits(r):
    """The state's own error is that of its largest entries; of the others no digit is lost with it."""
    state = gaussian.initial_state(model(lambda a: squeezing(a, r), modes=1))
    assert gaussian.entropy(state) == pytest.approx(0, abs=1e-10)


def test_a_rank_deficient_matrix_is_still_no_state():
    """A variance of zero beside one of order one is no rounding."""
    for sigma in (np.ones((2, 2)), np.diag([0.0, 1.0])):
        with pytest.raises(gaussian.UnphysicalState):
            gaussian.symplectic_eigenvalues(sigma)


def test_a_variance_that_rounding_left_below_zero_is_excused_beside_a_large_one():
    """−10⁻⁸ beside 10⁸ is a few units of its last place, −10⁻³ is not."""
    turn = np.linalg.qr(np.array([[1.0, 1.0], [-1.0, 1.0]]))[0]
    for lowest, physical in ((-1e-8, True), (-1e-3, False)):
        assert gaussian.is_physical(np.diag([1e8, lowest])) == physical
        assert gaussian.is_physical(turn @ np.diag([1e8, -1e-8]) @ turn.T)


# --- printed decimals


@pytest.mark.parametrize("decimals", [3, 5, 8])
def test_rounding_of_printed_decimals_is_the_first_suspect_and_the_vacuum_the_last(decimals):
    with pytest.raises(gaussian.UnphysicalState, match=f"were rounded to {decimals} decimals or fewer") as caught:
        gaussian.entropy((0.5 - 10.0**-decimals) * np.eye(4))
    advice = caught.value.advice
    assert advice.index("rounded") < advice.index("digits lost") < advice.index("ordering") < advice.index("vacuum")


def test_a_violation_of_order_one_is_not_called_a_number_of_decimals():
    assert "decimals" not in gaussian.UnphysicalState(-0.25).advice
    assert "to 1 decimal or fewer" in gaussian.UnphysicalState(-0.05).advice


@pytest.mark.parametrize("name", MEASURES)
def test_an_error_that_is_stated_is_allowed_for(name):
    """Twin beams to 8 decimals have the measures of twin beams, to what 8 decimals say."""
    exact, sigma = two_mode_squeezed(0.6), np.round(two_mode_squeezed(0.6), 8)
    assert MEASURES[name](sigma, error=2e-8) == pytest.approx(MEASURES[name](exact), abs=1e-5)


def test_an_error_that_hides_the_answer_is_told():
    """2·10⁻³ beside a variance of 10⁻³ leaves nothing; beside one of ½, two digits."""
    with pytest.warns(gaussian.IllConditioned, match="digits are gone"):
        gaussian.entropy(np.diag([1e3, 1e-3]), error=2e-3)
    with pytest.warns(gaussian.IllConditioned, match="about 2 digits"):
        gaussian.entropy(0.5 * np.eye(2), error=2e-3)


def test_a_state_brings_its_own_error():
    """A vacuum 10⁻⁶ too small is no state, unless it is known to 10⁻⁶ only; neither is another that is better known."""
    small = gaussian.GaussianState(mean=np.zeros(2), covariance=0.499999 * np.eye(2), error=np.asarray(2e-6))
    with pytest.warns(gaussian.IllConditioned):
        assert gaussian.entropy(small) == 0
    assert gaussian.is_physical(small)
    for worse in (replace(small, error=np.asarray(1e-8)), small.covariance):
        assert not gaussian.is_physical(worse)
    assert gaussian.is_physical(small.covariance, error=2e-6)
    assert gaussian.photon_distribution(small, levels=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("error", [-1.0, np.nan, [1.0, 2.0], "much"])
def test_an_error_is_a_number_for_each_point(error):
    with pytest.raises(gaussian.InvalidArgument, match="Argument error must be a number ≥ 0"):
        gaussian.entropy(0.5 * np.eye(2), error=error)


def test_each_point_of_a_batch_has_its_error():
    batch = np.array([0.499 * np.eye(2)] * 2)
    assert gaussian.is_physical(batch, error=[0.0, 1e-2]).tolist() == [False, True]


# --- phases that doubles do not count


@pytest.mark.parametrize("omega", [1e16, 1e20, 1e160, 1e200])
def test_the_error_of_uncounted_phases_is_infinite(omega):
    """Or there is no number at all; where they are counted it covers the distance to the balls."""
    turning = model(lambda a: squeezing(a, 0.4), modes=1, hamiltonian=lambda a: omega * a.dag() * a)
    turning.dissipators = lambda a: [SimpleNamespace(rate=0.5, left=a, right=a)]
    with contextlib.suppress(gaussian.DigitsLost):  # where rounding makes the damped mode grow out of bounds
        assert np.isinf(gaussian.evolve(turning, [1.0]).error).all()
    exact = enclosed.enclose(lambda: enclosed.evolve(turning, [1]), digits=16)[0]
    assert float(exact.covariance[0, 0] + exact.covariance[1, 1]) == pytest.approx(
        1 + (np.cosh(0.8) - 1) * np.exp(-0.5), rel=1e-13
    )


def test_a_coefficient_of_time_beside_uncounted_phases_is_refused():
    turning = model(modes=1, hamiltonian=lambda a: [1e20 * a.dag() * a, [a + a.dag(), np.cos]])
    with pytest.raises(gaussian.DigitsLost, match=r"cannot be followed through 1\.0e"):
        gaussian.evolve(turning, [1.0])


@pytest.mark.parametrize("heat", [1e3, 1e9])
def test_strong_noise_and_drive_cost_no_digits_either(heat):
    """σ = ½ + Dt and ⟨p⟩ = −√2 F t without a Hamiltonian, right to the last places."""
    equations = gaussian.MomentEquations(
        drift=np.zeros((2, 2)), drive=np.array([0.0, heat]), diffusion=heat * np.eye(2)
    )
    start = gaussian.initial_state(SimpleNamespace(modes=1))
    found = gaussian.propagate(equations, start, [0.5, 7.0])
    assert found.covariance[:, 0, 0] == pytest.approx(0.5 + heat * found.times, rel=1e-14)
    assert found.mean[:, 1] == pytest.approx(heat * found.times, rel=1e-14)
