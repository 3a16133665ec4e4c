"""Codes over a parameter grid: every point in one pass, points without a steady state, the first that is wrong."""

import time
from dataclasses import replace

import numpy as np
import pytest

import gaussian
from crosscheck import Claim, diagnose
from crosscheck.certificates.batched.scan import point_of, scan_shape
from crosscheck.diagnosis.code.digits import interval, lost
from crosscheck.diagnosis.code.functions import physical_covariances
from crosscheck.diagnosis.code.scan_bounds import bounds
from crosscheck.errors import InvalidParameter, Refuted
from crosscheck.models import ReservoirGravity
from tests.crosscheck.diagnosis.examples import Amplifier, Optomechanics

EPSILON, KAPPA = np.linspace(0.05, 0.95, 10)[:, None], np.linspace(0.75, 1.55, 7)
MODEL = Amplifier(EPSILON, KAPPA)
UNSTABLE = 2 * EPSILON > KAPPA
# ln(1 + 2ε/κ) where 2ε < κ.
E_N = np.where(UNSTABLE, np.nan, np.log1p(2 * EPSILON / KAPPA))


def drift():
    """−κ/2 on the diagonal, ε between x₁ and x₂, −ε between p₁ and p₂."""
    pairs = np.zeros((4, 4))
    pairs[0, 2] = pairs[2, 0] = 1
    pairs[1, 3] = pairs[3, 1] = -1
    return EPSILON[..., None, None] * pairs - KAPPA[:, None, None] / 2 * np.eye(4)


def diffusion():
    return KAPPA[:, None, None] / 2 * np.eye(4)


def covariance():
    """Of x₁ ∓ x₂ and p₁ ± p₂: κ/(κ ± 2ε)."""
    with np.errstate(divide="ignore"):
        squeezed, stretched = (np.where(UNSTABLE, np.nan, KAPPA / (KAPPA + s * 2 * EPSILON)) for s in (1, -1))
    sigma = np.zeros((*UNSTABLE.shape, 4, 4))
    same, cross = (squeezed + stretched) / 4, (stretched - squeezed) / 4
    sigma += same[..., None, None] * np.eye(4)
    sigma[..., 0, 2] = sigma[..., 2, 0] = cross
    sigma[..., 1, 3] = sigma[..., 3, 1] = -cross
    return np.where(UNSTABLE[..., None, None], np.nan, sigma)


RIGHT = {"A": drift(), "D": diffusion(), "V": covariance(), "E_N": E_N}


def test_a_right_scan_is_certified_and_its_unstable_points_are_counted():
    """Closed forms, NaN above the threshold 2ε = κ; the first such point is told with its parameters."""
    found = diagnose(RIGHT, model=MODEL)
    assert found.verdict == "certified"
    assert (found.unstable == UNSTABLE).all()
    first = np.argwhere(UNSTABLE)[0]
    place = f"[{first[0]}, {first[1]}] (epsilon = {EPSILON[first[0], 0]:.6g}, kappa = {KAPPA[first[1]]:.6g})"
    assert any(f"{UNSTABLE.sum()} of 70 points have no steady state" in s and place in s for s in found.story)
    assert {j.name: j.points for j in found.judged} == {
        "drift": 70,
        "diffusion": 70,
        "covariance": 70 - UNSTABLE.sum(),
        "log_negativity": 70 - UNSTABLE.sum(),
    }


XXPP = [0, 2, 1, 3]


@pytest.mark.parametrize(
    "code",
    [
        {"A": drift()[..., XXPP, :][..., :, XXPP], "V": 2 * covariance()[..., XXPP, :][..., :, XXPP], "vacuum": 1},
        {"V": covariance(), "E_N": E_N / np.log(2)},
        {"E_N": E_N.T},
        {"A": np.swapaxes(drift(), 0, 1), "E_N": E_N},
        {"E_N": np.round(E_N, 4)},
        {"A": lambda epsilon, kappa: drift(), "D": lambda p: np.multiply.outer(p["kappa"] / 2, np.eye(4))},
        {"D": diffusion()[None]},
        {"V": covariance(), "E_N": lambda s: float(gaussian.log_negativity(s, party=[0]))},
    ],
    ids=["xxpp, vacuum 1", "log2", "meshgrid", "meshgrid of A", "printed", "functions", "broadcast", "measure"],
)
def test_a_right_scan_in_other_conventions_is_never_refuted(code):
    """Order, vacuum, logarithm, axes as `meshgrid` makes them, four digits, functions of the arrays."""
    assert diagnose(code, model=MODEL).verdict == "certified"


def test_the_axes_of_a_square_scan_are_told_by_its_values():
    """Where the shape is the same both ways."""
    model = replace(MODEL, kappa=np.linspace(2, 3, 10))
    turned = np.log1p(2 * EPSILON / model.kappa).T
    found = diagnose({"E_N": turned}, model=model)
    assert found.verdict == "certified"
    assert found.conventions == ("the axes of E_N are those of the scan in the other order",)


def test_what_a_loop_leaves_behind_is_that_of_its_last_point():
    """A and V of one point are not those of the scan, and are not read."""
    found = diagnose({"A": drift()[-1, -1], "V": covariance()[0, 0], "D": diffusion(), "E_N": E_N}, model=MODEL)
    assert found.verdict == "certified"
    assert found.read == {"D": "diffusion", "E_N": "log_negativity"}
    alike = replace(MODEL, kappa=1.0)
    assert diagnose({"D": np.eye(4) / 2}, model=alike).read == {"D": "diffusion"}


@pytest.mark.parametrize("name", ["V", "E_N"])
def test_a_number_where_there_is_no_steady_state_is_wrong(name):
    """What a Lyapunov solver returns there, and a measure of it."""
    found = diagnose(RIGHT | {name: np.nan_to_num(RIGHT[name], nan=0.2 if name == "E_N" else -1.5)}, model=MODEL)
    assert found.verdict == "refuted"
    assert any(f"has a number at {UNSTABLE.sum()} of them" in line for line in found.story)
    assert (found.wrong["log_negativity" if name == "E_N" else "covariance"] == UNSTABLE).all()
    with pytest.raises(Refuted, match="Give NaN there"):
        found.raise_for_refuted()


@pytest.mark.parametrize(("name", "said"), [("V", "The steady covariance"), ("E_N", "E_N")])
def test_zero_where_there_is_no_steady_state_is_a_filler(name, said):
    """It is told, and judged neither there nor at the points that have one."""
    filled = np.nan_to_num(RIGHT[name], nan=0.0)
    found = diagnose(RIGHT | {name: filled}, model=MODEL)
    assert found.verdict == "certified"
    assert any(f"{said} is 0 at {UNSTABLE.sum()} points without a steady state" in line for line in found.story)
    assert not any(mask.any() for mask in found.wrong.values())
    wrong = np.where(UNSTABLE, 0.3, 0.0) * (EPSILON > 0.9)
    assert diagnose({"E_N": np.nan_to_num(E_N) + wrong}, model=MODEL).verdict == "refuted"


def test_zero_where_there_is_a_steady_state_is_a_value():
    """E_N = 0 at a stable point is wrong there."""
    found = diagnose({"E_N": np.where(EPSILON < 0.3, E_N, 0.0)}, model=MODEL)
    assert found.verdict == "refuted"
    assert (found.wrong["log_negativity"] == ((EPSILON >= 0.3) & ~UNSTABLE)).all()


def test_nan_where_there_is_a_steady_state_is_not_called_right():
    """The code may have the wrong idea of what is stable."""
    found = diagnose({"E_N": np.where(EPSILON < 0.3, E_N, np.nan)}, model=MODEL)
    assert found.verdict == "inconclusive"
    assert any("check what the code takes for unstable" in line for line in found.story)


def test_the_first_wrong_point_is_diagnosed():
    """κ for κ/2 in the drift from the sixth value of ε on: 28 points, their first one, its reason."""
    wrong = drift()
    wrong[6:] -= KAPPA[:, None, None] / 2 * np.eye(4)
    found = diagnose(RIGHT | {"A": wrong}, model=MODEL)
    assert found.verdict == "refuted"
    drifts = next(j for j in found.judged if j.name == "drift")
    assert (drifts.wrong, drifts.wrong_at) == (28, (6, 0))
    assert found.place == "[6, 0] (epsilon = 0.65, kappa = 0.75)"
    assert "energy" in " ".join(found.story) or "twice" in " ".join(found.story)


@pytest.mark.parametrize("share", [1e-4, 2.0])
def test_one_wrong_number_in_a_scan_is_found(share):
    """By a ten-thousandth, or by a factor."""
    wrong = E_N.copy()
    wrong[3, 4] *= 1 + share
    found = diagnose({"E_N": wrong}, model=MODEL)
    assert np.argwhere(found.wrong["log_negativity"]).tolist() == [[3, 4]]
    assert found.verdict != "certified"


def test_a_factor_at_one_point_is_no_convention():
    """The others are right with vacuum ½."""
    wrong = covariance()
    wrong[1, 2] *= 2
    found = diagnose({"V": wrong}, model=MODEL)
    assert found.verdict == "refuted"
    assert found.place.startswith("[1, 2]")


def test_a_factor_is_a_convention_or_a_mistake_as_for_one_point():
    """D twice ours: vacuum 1, or wrong; wrong if the vacuum is ½."""
    assert diagnose({"A": drift(), "D": 2 * diffusion()}, model=MODEL).verdict == "inconclusive"
    assert diagnose({"A": drift(), "D": 2 * diffusion()}, model=MODEL, vacuum=0.5).verdict == "refuted"
    assert diagnose({"A": drift(), "D": 2 * diffusion()}, model=MODEL, vacuum=1.0).verdict == "certified"


def test_the_formula_by_determinants_is_right_up_to_its_rounding():
    """E_N from Σ − √(Σ² − 4 det σ), near the edge of entanglement too."""
    model = Optomechanics(delta=np.linspace(0.5, 1.5, 8)[:, None], G=np.geomspace(1e-6, 0.3, 9), n=0.0)
    v = gaussian.steady_state(model, missing="nan").covariance
    sigma = np.nan_to_num(v) + np.isnan(v) * np.eye(4)
    det = np.linalg.det
    total = det(sigma[..., :2, :2]) + det(sigma[..., 2:, 2:]) - 2 * det(sigma[..., :2, 2:])
    root = np.sqrt(np.maximum(total**2 - 4 * det(sigma), 0))
    claimed = np.maximum(0, -0.5 * np.log(2 * (total - root)))
    claimed = np.where(np.isnan(v[..., 0, 0]), np.nan, claimed)
    assert diagnose({"V": v, "E_N": claimed}, model=model).verdict != "refuted"


@pytest.mark.parametrize("measure", ["entropy", "log_negativity", "mutual_information", "discord"])
def test_bounds_of_many_states_are_those_of_each(measure):
    """Against the interval, and the loss of digits, of one state at a time."""
    states, eta = np.array(physical_covariances(2)), 1e-7
    low, high = bounds(measure, states, np.full(len(states), eta), [0])
    for k, sigma in enumerate(states):
        inner = interval(measure, sigma, eta, [0])
        outer = lost(measure, sigma, [0])
        assert low[k] <= min(inner[0], outer[0]) + 1e-12
        assert high[k] >= max(inner[1], outer[1]) - 1e-12
        assert high[k] - low[k] < 1e-4, "too wide to refuse anything"


def test_a_point_of_a_scan_is_its_model():
    """Pairs with arrays too; arrays that are no scan stay."""
    model = replace(ReservoirGravity.example(), nbar=(np.array([0.1, 0.2]), 0.3), r=np.array([[0.5], [0.6], [0.7]]))
    assert scan_shape(model) == (3, 2)
    one = point_of(model, (3, 2), (2, 1))
    assert (one.nbar, one.r) == ((0.2, 0.3), 0.7)
    assert np.array_equal(gaussian.drift(one), np.broadcast_to(gaussian.drift(model), (3, 2, 4, 4))[2, 1])
    assert scan_shape(ReservoirGravity.example()) == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Claim(model=MODEL, log_negativity=E_N[:-1]), "10 × 7 of the scan"),
        ({"E_N": E_N[:-1]}, "not one number for each point of the scan, 10 × 7"),
        ({"E_N": 0.1}, "one number, not over the scan of 10 × 7"),
        (Claim(model=MODEL, log_negativity=1j * E_N), "must be real"),
        (Claim(model=MODEL, times=[1.0], covariances=[np.eye(4)]), "times must be left out where the model is a scan"),
    ],
)
def test_what_does_not_fit_the_scan_is_refused(code, words):
    with pytest.raises(InvalidParameter, match=words):
        diagnose(code, model=MODEL)


@pytest.mark.slow
def test_a_map_of_900000_points_takes_less_than_a_minute_of_one_core():
    """E_N alone, wrong in one corner."""
    epsilon, kappa = np.linspace(0.01, 1, 1000)[:, None], np.linspace(1, 2, 900)
    with np.errstate(invalid="ignore"):
        claimed = np.where(2 * epsilon < kappa, np.log1p(2 * epsilon / kappa), np.nan)
    claimed[:300, 600:] *= 1.01
    start = time.process_time()
    found = diagnose({"E_N": claimed}, model=Amplifier(epsilon, kappa))
    assert time.process_time() - start < 60
    assert found.wrong["log_negativity"].sum() == 90_000
    assert found.judged[0].wrong_at == (0, 600)
