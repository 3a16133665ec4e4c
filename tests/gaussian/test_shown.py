"""Results print as a line of facts, and in a notebook as a small table; whatever they are made of, they print."""

from dataclasses import replace
from html.parser import HTMLParser

import flint
import numpy as np
import pytest

import gaussian
from crosscheck.models import LossyTwinBeams, ParametricOscillator
from gaussian import enclosed, shown

THERMAL = np.diag([1.5, 1.5])


def state(mean=(0.0, 0.0), covariance=THERMAL, error=0.0):
    return gaussian.GaussianState(
        mean=np.asarray(mean, float), covariance=np.asarray(covariance, float), error=np.asarray(error)
    )


class Cells(HTMLParser):
    """The texts of the cells, by row, and the tags that are left open."""

    def __init__(self, source):
        super().__init__()
        self.rows, self.open, self.tags = [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            assert ("style", "text-align:left") in attrs
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def test_a_state_prints_its_modes_photons_and_error():
    """A displaced thermal mode beside the vacuum: n̄ = 1 + ½·2²."""
    two = state([2.0, 0, 0, 0], np.diag([1.5, 1.5, 0.5, 0.5]), 3.01e-14)
    assert repr(two) == "GaussianState(2 modes, n̄ = 3, 0, σ known to 3.1e-14)"
    assert repr(state()) == "GaussianState(1 mode, n̄ = 1)", "no error is claimed where none is given"
    assert repr(state(error=np.inf)) == "GaussianState(1 mode, n̄ = 1, error of σ unknown)"


def test_no_digit_below_the_error_is_printed():
    """n̄ = 0.12345 known to 10⁻³ has three digits, known to 10⁻² two."""
    sigma = np.diag([0.62345, 0.62345])
    assert "n̄ = 0.123," in repr(state(covariance=sigma, error=1e-3))
    assert "n̄ = 0.12," in repr(state(covariance=sigma, error=1e-2))
    assert shown.number(-1e-17, error=1e-16) == "0"


def test_no_digit_below_the_error_is_in_a_table():
    """A third known to 10⁻³ has three digits."""
    page = Cells(state(covariance=np.eye(2) / 3 + np.eye(2), error=1e-3)._repr_html_())
    assert [row[k] for k, row in enumerate(page.rows[-2:], 2)] == ["1.333", "1.333"]


@pytest.mark.parametrize("error", [1.0e-14, 2.31e-9, 0.02, 9.99e-5, 123.4])
def test_errors_are_rounded_up_to_two_digits(error):
    printed = float(shown.above(error))
    assert error <= printed < 1.1 * error


def test_a_steady_state_prints_its_slowest_rate():
    """A mode damped at amplitude rate 0.1 into n̄ = 1."""
    equations = gaussian.MomentEquations(drift=-0.1 * np.eye(2), drive=np.zeros(2), diffusion=0.3 * np.eye(2))
    printed = repr(gaussian.solve_steady(equations))
    assert printed.startswith("SteadyState(1 mode, n̄ = 1, σ known to ")
    assert printed.endswith("e-15, slowest rate = 0.1)")


def test_a_scan_prints_its_shape_and_counts_what_is_missing():
    """ε = 0.9 is above the threshold; n̄ = 2ε²/(κ² − 4ε²) or so spans a range."""
    oscillators = replace(ParametricOscillator.example(), epsilon=np.array([[0.1, 0.2, 0.9]]))
    printed = repr(gaussian.steady_state(oscillators, missing="nan"))
    assert printed.startswith("SteadyState(1 mode, 1 × 3 points, 1 of them without a state, n̄ from 0.0208")
    assert "slowest rate = " in printed
    assert "nan" not in printed
    assert repr(gaussian.moment_equations(oscillators)).startswith("MomentEquations(1 mode, 1 × 3 points")


def test_no_eigenvalues_are_taken_of_many_drifts(monkeypatch):
    """A print must not take as long as the calculation."""
    monkeypatch.setattr(np.linalg, "eigvals", None)
    many = np.zeros((5000, 1, 1))
    scan = gaussian.SteadyState(
        mean=np.zeros((5000, 2)), covariance=THERMAL + many, error=np.zeros(5000), drift=-np.eye(2) + many
    )
    assert repr(scan) == "SteadyState(1 mode, 5000 points, n̄ from 1 to 1)"


def test_a_trajectory_prints_its_times_and_where_it_ends():
    """The last in time, not in the list."""
    trajectory = gaussian.evolve(LossyTwinBeams.example(), [2.0, 0.0, 1.0])
    n = shown.listed(trajectory.photon_numbers[0])
    assert repr(trajectory).startswith(f"Trajectory(2 modes, 3 times from 0 to 2, n̄ = {n} at t = 2, σ known to ")
    assert repr(gaussian.evolve(LossyTwinBeams.example(), [])) == "Trajectory(2 modes, 0 times)"


def test_many_modes_and_times_are_not_all_listed():
    many = state(np.zeros(40), 0.5 * np.eye(40))
    assert repr(many) == "GaussianState(20 modes, n̄ = 0, 0, 0, 0, 0, …, 0)"
    assert "mean and covariance" not in many._repr_html_()
    trajectory = gaussian.evolve(LossyTwinBeams.example(), np.linspace(0, 1, 301))
    assert len(Cells(trajectory._repr_html_()).rows) < 20
    assert shown.picked(301)[0] == 0
    assert shown.picked(301)[-1] == 300
    assert shown.picked(3) == [0, 1, 2]
    assert shown.picked(0) == []


def test_a_long_list_ends_with_its_last():
    occupied = state(np.zeros(16), np.diag(np.repeat(np.arange(8) + 0.5, 2)))
    assert repr(occupied) == "GaussianState(8 modes, n̄ = 0, 1, 2, 3, 4, …, 7)"


@pytest.mark.parametrize("folded", [False, True])
def test_a_table_has_its_caption(folded):
    assert "what it is" in shown._html_of(shown.Table("what it is", ["x"], [["1"]], folded=folded))


def test_a_notebook_shows_mean_and_covariance_by_quadrature():
    """Twin beams with a correlation of a third, to six digits, in a table that is closed properly."""
    sigma = np.eye(4)
    sigma[0, 2] = sigma[2, 0] = 1 / 3
    page = Cells(state([0.25, 0, 0, -1.5], sigma, 1e-15)._repr_html_())
    assert not page.open
    assert page.rows[-5:] == [
        ["", "mean", "x1", "p1", "x2", "p2"],
        ["x1", "0.25", "1", "0", "0.333333", "0"],
        ["p1", "0", "0", "1", "0", "0"],
        ["x2", "0", "0.333333", "0", "1", "0"],
        ["p2", "-1.5", "0", "0", "0", "1"],
    ]
    assert ["σ known to", "1e-15"] in page.rows
    assert "details" not in page.tags


@pytest.mark.parametrize("modes", [3, 4])
def test_matrices_of_more_than_three_modes_are_folded(modes):
    unit = enclosed.matrix(np.eye(2 * modes))
    balls = enclosed.EnclosedState(mean=flint.arb_mat(2 * modes, 1), covariance=unit)
    for each in (state(np.zeros(2 * modes), np.eye(2 * modes)), balls):
        assert ("details" in Cells(each._repr_html_()).tags) == (modes > 3)


def test_equations_show_drift_drive_and_diffusion():
    page = Cells(gaussian.moment_equations(ParametricOscillator.example())._repr_html_())
    assert [row[0] for row in page.rows[-3:]] == ["", "x1", "p1"]
    assert ["", "x1", "p1", "d"] in page.rows


def test_what_comes_from_elsewhere_is_escaped():
    """A class may be named by a user, and a caption hold anything."""
    odd = type("<b>Odd", (gaussian.GaussianState,), {})(mean=np.zeros(2), covariance=THERMAL, error=np.asarray(0.0))
    assert "<b>&lt;b&gt;Odd</b>" in odd._repr_html_()
    table = shown.Table("<script>", ["<i>"], [["a&b", "<u>"]], folded=False)
    for folded in (False, True):
        page = shown._html_of(table._replace(folded=folded))
        assert not {"script", "i", "u"} & set(Cells(page).tags)


NAN = np.nan
ODD = {
    "a point without a state": (state([NAN] * 2, np.full((2, 2), NAN), np.inf), "1 mode without a state)"),
    "a scan of such": (state(np.full((3, 2), NAN), np.full((3, 2, 2), NAN), np.full(3, np.inf)), "3 of them without"),
    "an empty scan": (state(np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros(0)), "1 mode, 0 points)"),
    "an unphysical covariance": (state(covariance=-np.eye(2)), "n̄ = -1.5)"),
    "a NaN entry": (state(covariance=[[NAN, 0], [0, 1]]), "n̄ = nan)"),
    "an infinite entry": (state(covariance=[[np.inf, 0], [0, 1]]), "n̄ = inf)"),
    "an overflow": (state(mean=[1e200, 0]), "n̄ = inf)"),
    "shapes that do not fit": (state(mean=[0, 0, 0]), "fields that do not fit: mean (3,), covariance (2, 2)"),
    "no arrays": (gaussian.GaussianState(mean=None, covariance="σ", error=[]), "mean NoneType, covariance str"),
    "no modes": (state(np.zeros(0), np.zeros((0, 0))), "GaussianState(0 modes"),
    "a drift of NaN": (
        gaussian.SteadyState(mean=np.zeros(2), covariance=THERMAL, error=np.array(0.0), drift=np.full((2, 2), NAN)),
        "SteadyState(1 mode, n̄ = 1)",
    ),
    "a trajectory of NaN": (
        gaussian.Trajectory(
            mean=np.full((2, 2), NAN), covariance=np.full((2, 2, 2), NAN), error=np.full(2, NAN), times=np.arange(2.0)
        ),
        "2 times from 0 to 1, n̄ = nan at t = 1",
    ),
    "equations of NaN": (
        gaussian.MomentEquations(
            drift=np.full((2, 2), NAN), drive=np.zeros(2), diffusion=np.eye(2), rounding=np.array(NAN)
        ),
        "error of A and D unknown",
    ),
    "no equations": (gaussian.MomentEquations(drift=None, drive=None, diffusion=None), "fields that do not fit"),
    "a ball of NaN": (
        enclosed.EnclosedState(mean=flint.arb_mat(2, 1), covariance=flint.arb_mat([[flint.arb("nan"), 0], [0, 1]])),
        "n̄ = nan, largest radius = infinite",
    ),
    "no balls": (enclosed.EnclosedState(mean=None, covariance=None), "fields that do not fit"),
    "no enclosed equations": (
        enclosed.EnclosedEquations(drift=None, drive=None, diffusion=None),
        "fields that do not fit: drift NoneType",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_printing_never_fails(name):
    """Neither in a terminal nor in a notebook, and without a warning; and it says what is there."""
    odd, said = ODD[name]
    assert said in repr(odd)
    assert not Cells(odd._repr_html_()).open


@pytest.mark.parametrize("bits", [53, 96, 6144])
def test_intervals_print_what_is_certain_and_how_wide_they_are(bits):
    """n̄ = 0.1 to six digits, at any precision and with radii below the smallest double."""
    with flint.ctx.workprec(bits):
        steady = enclosed.steady_state(LossyTwinBeams.example())
        equations = enclosed.moment_equations(LossyTwinBeams.example())
    assert repr(steady).startswith("EnclosedState(2 modes, n̄ = 0.100000, 0.100000, largest radius = ")
    for result, part in ((steady, steady.covariance), (equations, equations.drift)):
        printed = repr(result).removesuffix(")").rpartition(" = ")[-1]
        with flint.ctx.workprec(6400):
            radius = max(x.rad() for x in part.entries())
            assert radius <= flint.arb(printed)
            assert flint.arb(printed) < flint.arb(2) ** (8 - bits)
        assert not Cells(result._repr_html_()).open


def test_an_interval_around_zero_prints_its_radius():
    """No digit of it is certain, and 0 alone would claim that it is exact."""
    sigma = enclosed.matrix([[flint.arb("0.5"), 0], [0, flint.arb(0.5, 0.01)]])
    wide = enclosed.EnclosedState(mean=flint.arb_mat(2, 1), covariance=sigma)
    assert repr(wide) == "EnclosedState(1 mode, n̄ = 0 ± 0.0054, largest radius = 0.011)"
