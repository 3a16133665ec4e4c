"""Results print as a line of facts, and in a notebook as a small table; whatever they are made of, they print."""

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
import qutip

import fock
from crosscheck.models import LossyTwinBeams, ParametricOscillator
from fock import shown
from fock.bounded import Bounded


def diagonal(*populations, cutoffs=None):
    levels = list(cutoffs or (len(populations),))
    return qutip.Qobj(np.diag(populations), dims=[levels, levels])


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


def test_a_state_prints_photons_edge_and_errors():
    """p = (½, ¼, ¼): n̄ = ¾, and the two highest levels hold a half."""
    state = fock.FockState(rho=diagonal(0.5, 0.25, 0.25), cutoffs=(3,))
    assert repr(state) == "FockState(density matrix, cutoff 3, n̄ = 0.75, edge weight = 0.5)"
    assert repr(replace(state, solver_error=3.01e-11)).endswith("edge weight = 0.5, solver error 3.1e-11)")
    assert repr(replace(state, bound=1e-4)).endswith("edge weight = 0.5, ‖ρ_exact − ρ‖₁ ≤ 0.0001)")
    assert repr(replace(state, solver_error=np.nan)).endswith("solver error unknown)")


def test_a_ket_of_two_modes_names_both_cutoffs():
    state = fock.FockState(rho=qutip.basis([4, 3], [1, 0]), cutoffs=(4, 3))
    assert repr(state) == "FockState(ket, cutoffs 4 × 3, n̄ = 1, 0, edge weight = 0, 0)"


def test_no_digit_of_a_photon_number_below_its_error_is_printed():
    """A trace-norm error of 10⁻³ may be one of 2·10⁻³ in n̄ below three levels."""
    state = fock.FockState(rho=diagonal(0.87655, 0.12345, 0), cutoffs=(3,), solver_error=1e-3)
    assert "n̄ = 0.123," in repr(state)
    variances = [row[k] for k, row in enumerate(Cells(state._repr_html_()).rows[-2:], 2)]
    assert variances == ["0.62", "0.62"], "‖x²‖ may be four times ‖N‖"


def test_an_error_of_the_state_is_as_many_times_larger_in_its_photons_as_there_are_levels():
    """10⁻³ in trace norm below 21 levels leaves two digits of n̄ = 0.12345."""
    state = fock.FockState(rho=diagonal(0.87655, 0.12345, *[0] * 19), cutoffs=(21,), solver_error=1e-3)
    assert "n̄ = 0.12," in repr(state)


def test_edge_weights_are_rounded_up():
    state = fock.FockState(rho=diagonal(0.876, 0, 0.1231), cutoffs=(3,))
    printed = float(repr(state).partition("edge weight = ")[2].rstrip(")"))
    assert state.edge_weight[0] <= printed < 1.1 * state.edge_weight[0]


def test_one_unknown_error_makes_that_of_a_trajectory_unknown():
    """And a bound of some states is none of all."""
    known = fock.FockState(rho=diagonal(1, 0), cutoffs=(2,), solver_error=1e-9, bound=1e-3)
    for others, said in (
        ({"solver_error": np.nan}, "solver error unknown"),
        ({"solver_error": 1e-3}, "solver error up to 0.001"),
    ):
        states = (known, replace(known, **others), known)
        assert said in repr(fock.FockTrajectory(times=np.arange(3.0), states=states))
    states = (known, replace(known, bound=None))
    assert "ρ_exact" not in repr(fock.FockTrajectory(times=np.arange(2.0), states=states))


@pytest.mark.parametrize("error", [1.0e-14, 2.31e-9, 0.02, 9.99e-5, 123.4])
def test_errors_are_rounded_up_to_two_digits(error):
    """A proved bound stays one in print."""
    printed = float(shown.above(error))
    assert error <= printed < 1.1 * error


def test_a_steady_state_prints_how_it_was_found():
    steady = fock.FockSteadyState(rho=diagonal(1, 0, 0), cutoffs=(3,), residual=1e-16, gap=0.25, method="direct")
    assert repr(steady) == (
        "FockSteadyState(density matrix, cutoff 3, n̄ = 0, edge weight = 0, residual = 1e-16, gap ≲ 0.25, "
        "solved by direct)"
    )
    assert "gap" not in repr(replace(steady, gap=np.nan)), "none was looked for"


def test_a_trajectory_prints_its_times_and_largest_errors():
    """Two photons decay: the edge is fullest at the start, n̄ is that of the end."""
    states = [diagonal(0, 0, 1), diagonal(1, 0, 0)]
    trajectory = fock.FockTrajectory(
        times=np.array([0.0, 2.0]),
        states=tuple(fock.FockState(rho=rho, cutoffs=(3,), solver_error=1e-9) for rho in states),
    )
    assert repr(trajectory) == (
        "FockTrajectory(2 times from 0 to 2, density matrices, cutoff 3, n̄ = 0 at t = 2, edge weight up to 1, "
        "solver error up to 1e-09)"
    )
    page = Cells(trajectory._repr_html_())
    assert page.rows[-3:] == [["t", "n̄1"], ["0", "2"], ["2", "0"]]
    assert "details" in page.tags


def test_a_bounded_trajectory_prints_its_largest_cutoff_and_bound():
    trajectory = fock.evolve(ParametricOscillator.example(), [0.0, 1.0], tol=1e-3)
    assert trajectory.states[0].cutoffs != trajectory.states[1].cutoffs
    largest = max(state.cutoffs[0] for state in trajectory.states)
    bound = shown.above(max(state.bound for state in trajectory.states))
    assert f", up to cutoff {largest}, " in repr(trajectory)
    assert repr(trajectory).endswith(f"‖ρ_exact − ρ‖₁ ≤ {bound})")


def test_a_generator_prints_its_terms_and_rates():
    """Rates that are complex or depend on time included."""
    a = qutip.destroy(3)
    constant, moving = fock.Generator(((a, None),), ((0.5, a, a), (0.1 + 0.2j, a, a)), (3,)), np.cos
    assert repr(constant) == "Generator(cutoff 3, Hamiltonian terms: H, rates: 0.5, 0.1+0.2j)"
    assert repr(replace(constant, hamiltonian=((a, moving),), dissipators=((moving, a, a),))) == (
        "Generator(cutoff 3, Hamiltonian terms: f(t) H, rates: f(t))"
    )
    assert repr(replace(constant, dissipators=())).endswith("rates: none)")
    assert len(repr(fock.generator(LossyTwinBeams.example(), (6, 6)))) < 100


def test_a_bounded_density_matrix_prints_its_bound():
    assert repr(Bounded(np.eye(4) / 4, (2, 2), 2.01e-6)) == "Bounded(cutoffs 2 × 2, ‖ρ_exact − ρ‖₁ ≤ 2.1e-06)"


def test_a_notebook_shows_mean_and_covariance_by_quadrature():
    """One photon beside the vacuum: σ = 3/2 and ½."""
    page = Cells(fock.FockState(rho=qutip.basis([4, 3], [1, 0]), cutoffs=(4, 3))._repr_html_())
    assert not page.open
    assert page.rows[-5:] == [
        ["", "mean", "x1", "p1", "x2", "p2"],
        ["x1", "0", "1.5", "0", "0", "0"],
        ["p1", "0", "0", "1.5", "0", "0"],
        ["x2", "0", "0", "0", "0.5", "0"],
        ["p2", "0", "0", "0", "0", "0.5"],
    ]
    assert ["edge weight", "0, 0"] in page.rows


def test_a_print_computes_no_moments_and_a_notebook_only_of_few_levels():
    """Those of many levels are shown once somebody has asked for them."""
    small = fock.FockState(rho=qutip.basis(30, 0), cutoffs=(30,))
    assert repr(small)
    assert "moments" not in vars(small)
    large = fock.FockState(rho=qutip.basis(2000, 0), cutoffs=(2000,))
    assert "covariance" not in large._repr_html_()
    assert large.moments
    assert "covariance" in large._repr_html_()


def test_more_than_three_modes_show_no_matrix():
    state = fock.FockState(rho=qutip.basis([2] * 7, [0] * 7), cutoffs=(2,) * 7)
    assert repr(state) == (
        f"FockState(ket, cutoffs {' × '.join('2' * 7)}, n̄ = 0, 0, 0, 0, 0, …, 0, edge weight = 1, 1, 1, 1, 1, …, 1)"
    )
    assert "covariance" not in state._repr_html_()


def test_what_comes_from_elsewhere_is_escaped():
    steady = fock.FockSteadyState(rho=diagonal(1, 0), cutoffs=(2,), residual=0.0, gap=1.0, method="<script>&")
    assert ["solved by", "<script>&"] in Cells(steady._repr_html_()).rows
    assert "script" not in Cells(steady._repr_html_()).tags
    table = shown.Table("<script>", ["<i>"], [["a&b", "<u>"]], folded=False)
    for folded in (False, True):
        assert not {"script", "i", "u"} & set(Cells(shown._html_of(table._replace(folded=folded))).tags)


def state(rho, cutoffs=(2,)):
    return fock.FockState(rho=rho, cutoffs=cutoffs)


NOTHING = diagonal(0.0, 0.0)
ODD = {
    "no trace": (state(NOTHING), "not a state: A state must be finite and have positive trace, but its trace is 0.0)"),
    "NaN": (state(diagonal(np.nan, 0.5)), "its trace is nan)"),
    "a ket of norm zero": (state(0 * qutip.basis(2, 0)), "ket, cutoff 2, not a state"),
    "negative populations": (state(diagonal(1.5, -0.5)), "n̄ = -0.5"),
    "not Hermitian": (state(qutip.Qobj([[0.5, 1], [0, 0.5]])), "n̄ = 0.5"),
    "a bra": (state(qutip.bra([0], 2)), "not a state: A state must be a QuTiP ket or density matrix"),
    "an array": (state(np.eye(2)), "fields that do not fit: rho (2, 2), cutoffs tuple"),
    "other cutoffs": (state(NOTHING, (2, 3)), "cutoffs 2 × 3, not a state"),
    "no fields": (state(None, None), "fields that do not fit: rho NoneType, cutoffs NoneType"),
    "an empty trajectory": (fock.FockTrajectory(times=np.zeros(0), states=()), "FockTrajectory(0 times)"),
    "a trajectory into nothing": (
        fock.FockTrajectory(times=np.arange(2.0), states=(state(diagonal(1, 0)), state(NOTHING))),
        "2 times from 0 to 1, density matrices, cutoff 2, not a state",
    ),
    "no trajectory": (fock.FockTrajectory(times=None, states=None), "fields that do not fit"),
    "no generator": (fock.Generator(None, None, None), "fields that do not fit"),
    "an unknown residual": (
        fock.FockSteadyState(rho=NOTHING, cutoffs=(2,), residual=np.nan, gap=np.inf, method="qutip"),
        "residual = nan, gap ≲ inf, solved by qutip)",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_printing_never_fails(name):
    """Neither in a terminal nor in a notebook, and without a warning; and it says what is there."""
    odd, said = ODD[name]
    assert said in repr(odd)
    assert not Cells(odd._repr_html_()).open
