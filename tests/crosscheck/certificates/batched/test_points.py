"""certify_points: every point of a scan is certified, refuted, or proved to have no steady state."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import xarray

import gaussian
from crosscheck import Engine, InvalidParameter, NotCertified, PointVerdict, Refuted, certify_points
from crosscheck.certificates.batched.verdicts import Means
from crosscheck.model import Dissipator, Model
from crosscheck.models import (
    ClassicalGravity,
    DampedThermalMode,
    ParametricOscillator,
    ReservoirGravity,
    ReservoirGravityCavity,
)
from gaussian import enclosed

MAP = replace(ReservoirGravity.example(), nbar=np.linspace(0, 2, 7)[:, None], r=np.linspace(0, 1, 5)[None, :])
ALL = ("log_negativity", "mutual_information", "entropy", "purity")


def test_fields_that_are_open_grids_make_a_map():
    """Shapes (7, 1) and (1, 5) give 7 × 5 certified points, E_N against intervals of single models within its error."""
    report = certify_points(MAP, quantities=ALL).raise_unless_certified()
    assert report.shape == (7, 5)
    assert (report.means == Means.DOUBLES).all()
    for j, k in ((0, 0), (3, 4), (6, 2)):
        one = replace(MAP, nbar=MAP.nbar[j, 0], r=MAP.r[0, k])
        exact = enclosed.enclose(
            lambda one=one: enclosed.log_negativity(enclosed.steady_state(one).covariance, party=[0]), strict=False
        )
        found = report["log_negativity"]
        assert abs(found.values[j, k] - float(exact)) <= found.errors[j, k] + float(exact.rad())
        assert found.errors[j, k] < 1e-9


def test_a_thermal_mode_has_the_entropy_of_its_bath_at_every_temperature():
    """S = (n̄ + 1) ln(n̄ + 1) − n̄ ln n̄ and tr ρ² = 1/(2n̄ + 1), within errors that are small."""
    nbar = np.geomspace(0.1, 1e6, 30)
    report = certify_points(DampedThermalMode(omega=1.0, gamma=0.1, nbar=nbar), quantities=["entropy", "purity"])
    exact = (nbar + 1) * np.log1p(nbar) - nbar * np.log(nbar)
    hot = nbar > 1e4  # where the closed form itself loses digits
    assert report.count(PointVerdict.CERTIFIED) == 30
    assert (np.abs(report["entropy"].values - exact) <= report["entropy"].errors + 1e-13 * nbar)[~hot].all()
    assert (np.abs(report["purity"].values - 1 / (2 * nbar + 1)) <= report["purity"].errors).all()
    assert report["entropy"].errors.max() < 1e-6


def test_growing_and_marginal_points_are_proved_to_have_no_steady_state():
    """ε > κ/2 by doubles; ε = κ/2 exactly is on the border, which balls and rational numbers decide."""
    report = certify_points(
        ParametricOscillator(epsilon=np.array([0.1, 0.3, 0.5, 0.7]), kappa=1.0), quantities=["entropy"]
    )
    assert report.verdicts.tolist() == [1, 1, 2, 2]
    assert report.means.tolist() == [Means.DOUBLES, Means.DOUBLES, Means.BALLS, Means.DOUBLES]
    assert np.isnan(report["entropy"].values[2:]).all()
    assert np.isinf(report["entropy"].errors[2:]).all()


def test_a_state_too_near_the_border_for_doubles_is_the_package_s_own_in_balls():
    """A damping that is 10⁻¹³ of a hot bath's rates: doubles find no steady state, balls find it at n̄ + ½."""
    model = DampedThermalMode(omega=1.0, gamma=np.array([0.1, 1e-3]), nbar=1e16)
    assert np.isinf(gaussian.steady_state(model, missing="nan").error).all()
    report = certify_points(model, quantities=["purity"])
    assert (report.means == Means.BALLS).all()
    assert report["purity"].values == pytest.approx(1 / (2e16 + 1), rel=1e-12)


def test_an_undamped_model_has_no_unique_steady_state_anywhere():
    report = certify_points(ClassicalGravity(g=np.linspace(0.1, 0.4, 3), noise=0.0, squeezing=0.3), budget=10)
    assert report.count(PointVerdict.NO_STEADY_STATE) == 3


def test_modes_that_are_not_observed_are_traced_out():
    """Of three modes the two mechanical ones are compared, as by `gaussian`."""
    model = replace(ReservoirGravityCavity.example(), nbar=np.linspace(0, 1, 4))
    report = certify_points(model).raise_unless_certified()
    sigma = gaussian.reduced(gaussian.steady_state(model).covariance, model.observed)
    assert np.allclose(report["log_negativity"].values, gaussian.log_negativity(sigma, party=model.party), atol=1e-12)


@dataclass(frozen=True)
class Stiff(Model):
    """Two modes at 10⁹ and a thousandth, in the same unit, with losses as far apart."""

    coupling: Any = 0.0

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return 1e9 * a.dag() * a + self.coupling * (a * b + a.dag() * b.dag())

    def dissipators(self, a: Any, b: Any) -> Any:
        yield Dissipator(1e6, a)
        yield Dissipator(1e-3, b)
        yield Dissipator(5e-4, b.dag())

    @classmethod
    def example(cls) -> "Stiff":
        return cls()


def test_rates_twelve_orders_apart_are_never_refuted():
    """Doubles or balls decide, or the point is open: 10⁹ and 10⁻³ leave doubles few digits."""
    report = certify_points(Stiff(coupling=np.linspace(0, 1e-4, 3)), budget=20)
    assert report.count(PointVerdict.REFUTED) == 0
    assert report.count(PointVerdict.CERTIFIED) == 3


@dataclass(frozen=True)
class NoLindblad(Model):
    """Losses of two modes that are correlated beyond what keeps states positive, |c| > γ."""

    correlation: Any = 0.0

    @property
    def modes(self) -> int:
        return 2

    def hamiltonian(self, a: Any, b: Any) -> Any:
        return 0.3 * (a * b + a.dag() * b.dag())

    def dissipators(self, a: Any, b: Any) -> Any:
        yield Dissipator(1.0, a)
        yield Dissipator(1.0, b)
        yield Dissipator(self.correlation, a, b.dag())
        yield Dissipator(self.correlation, b.dag(), a)

    @classmethod
    def example(cls) -> "NoLindblad":
        return cls()


def test_where_sigma_is_no_state_entropies_stay_open_and_nothing_is_refuted():
    """E_N is defined for any σ > 0; the package refuses the entropy of an operator that is no state."""
    model = NoLindblad(correlation=np.array([0.0, 0.3, 0.6]))
    physical = gaussian.is_physical(gaussian.steady_state(model).covariance)
    assert 0 < physical.sum() < 3
    report = certify_points(model, quantities=["entropy"], budget=5)
    assert ((report.verdicts == PointVerdict.CERTIFIED) == physical).all()
    assert ((report.verdicts == PointVerdict.INCONCLUSIVE) == ~physical).all()
    assert certify_points(model).count(PointVerdict.CERTIFIED) == 3


def test_points_over_the_budget_stay_open_and_are_counted():
    """A marginal point costs more than a budget of a thousandth of a second."""
    model = ParametricOscillator(epsilon=np.array([0.5, 0.1]), kappa=1.0)
    report = certify_points(model, quantities=["entropy"], budget=1e-3)
    assert report.verdicts.tolist() == [0, 1]
    assert "1 points were left to balls and not tried" in report.notes[0]
    with pytest.raises(NotCertified, match=r"1 of 2 points are left open: \[0\] \(epsilon = 0.5\) by existence"):
        report.raise_unless_certified()


def test_counts_add_up_to_all_points():
    report = certify_points(MAP, budget=1.0)
    assert sum(sum(by.values()) for by in report.counts.values()) == report.points == 35
    assert report.counts["certified"]["doubles"] == 35


# --- engines on trial


def wrong_state(change):
    """`gaussian` with its steady states changed in place."""

    def steady_state(model: Any) -> Any:
        right = gaussian.steady_state(model)
        found = replace(right, covariance=right.covariance.copy(), error=np.array(right.error))
        change(found)
        return found

    return replace(gaussian_engine(), steady_state=steady_state)


def gaussian_engine() -> Engine:
    return Engine(name="tried")


def doubled(state):
    state.covariance[2, 3] *= 2


def of_the_neighbour(state):
    state.covariance[4, 1] = state.covariance[4, 2]


def too_sure(state):
    state.covariance[1, 1] += 1e-9 * np.eye(4)
    state.error[:] = 1e-12


def not_symmetric(state):
    state.covariance[0, 0, 0, 1] += 0.1


def absent(state):
    state.covariance[5, 0] = np.nan


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (doubled, (2, 3)),
        (of_the_neighbour, (4, 1)),
        (too_sure, (1, 1)),
        (not_symmetric, (0, 0)),
        (absent, (5, 0)),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_one_wrong_point_in_the_middle_is_refuted_and_only_that(change, where):
    """σ doubled, σ of the next point, an error that is too small, σ ≠ σᵀ, no state where there is one."""
    report = certify_points(MAP, engine=wrong_state(change))
    assert report.where(PointVerdict.REFUTED) == [where]
    assert report.count(PointVerdict.CERTIFIED) == 34
    with pytest.raises(Refuted, match=f"1 of 35 points are refuted: \\[{where[0]}, {where[1]}\\]"):
        report.raise_for_refuted()


def test_a_wrong_measure_is_refuted_where_it_is_wrong():
    """log₂ in place of ln: wrong where E_N > 0, right where it is zero."""

    def in_bits(sigma: Any, party: Any) -> Any:
        return gaussian.log_negativity(sigma, party=party) / np.log(2)

    report = certify_points(MAP, engine=replace(gaussian_engine(), log_negativity=in_bits))
    entangled = gaussian.log_negativity(gaussian.steady_state(MAP).covariance, party=[0]) > 0
    assert 0 < entangled.sum() < 35
    assert ((report.verdicts == PointVerdict.REFUTED) == entangled).all()


def test_a_wrong_diffusion_is_refuted_where_it_is_wrong():
    """A factor 2 in D wherever n̄ > 1: the generator says so, point by point."""

    def equations(model: Any) -> Any:
        right = gaussian.moment_equations(model)
        factor = np.where(np.broadcast_to(model.nbar > 1, (7, 5)), 2.0, 1.0)
        return replace(right, diffusion=right.diffusion * factor[..., None, None])

    report = certify_points(MAP, engine=replace(gaussian_engine(), moment_equations=equations))
    assert ((report.verdicts == PointVerdict.REFUTED) == np.broadcast_to(MAP.nbar > 1, (7, 5))).all()
    assert set(report.found_by[report.verdicts == PointVerdict.REFUTED]) == {report.stages.index("generator")}


def test_numbers_where_there_is_no_steady_state_are_refuted():
    """A Lyapunov solver answers above threshold, too."""

    def steady_state(model: Any) -> Any:
        found = gaussian.moment_equations(model)
        solve = gaussian.lyapunov_equation.lyapunov_solver(found.drift)
        return np.zeros(found.drift.shape[:-1]), solve(-found.diffusion)

    model = ParametricOscillator(epsilon=np.array([0.1, 0.7]), kappa=1.0)
    engine = replace(gaussian_engine(), steady_state=steady_state)
    assert certify_points(model, quantities=["entropy"], engine=engine).verdicts.tolist() == [1, 3]


def test_an_engine_that_raises_is_refuted_with_its_reason():
    def steady_state(model: Any) -> Any:
        raise RuntimeError("no arrays, please")

    report = certify_points(MAP, engine=replace(gaussian_engine(), steady_state=steady_state))
    assert report.count(PointVerdict.REFUTED) == 35
    assert "no arrays, please" in report.notes[0]


# --- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: certify_points(ReservoirGravity.example()), "have an array with elements in a field"),
        (lambda: certify_points(MAP, quantities=["log_negativty"]), "be some of entropy, log_negativity"),
        (lambda: certify_points(MAP, party=[0, 1]), "be some of the observed modes, and not all"),
        (lambda: certify_points(MAP, tolerance=0.0), "be > 0"),
        (lambda: certify_points(MAP, engine="mine"), "be an Engine"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(call, message):
    with pytest.raises(InvalidParameter, match=message):
        call()


# --- labelled fields


def test_labelled_fields_give_labelled_results():
    """Dimensions in the order in which fields name them, coordinates kept, values those of the open grid."""
    nbar = xarray.DataArray(MAP.nbar[:, 0], dims="bath", coords={"bath": MAP.nbar[:, 0]}, attrs={"unit": "1"})
    r = xarray.DataArray(
        MAP.r[0], dims="squeezing", coords={"squeezing": MAP.r[0], "dB": ("squeezing", 8.7 * MAP.r[0])}
    )
    report = certify_points(replace(MAP, nbar=nbar, r=r))
    found = report["log_negativity"].values
    assert found.dims == report.verdicts.dims == ("bath", "squeezing")
    assert found.coords["dB"].values.tolist() == (8.7 * MAP.r[0]).tolist()
    assert (found.values == certify_points(MAP)["log_negativity"].values).all()
    assert float(found.sel(bath=2.0, squeezing=0.0)) == found.values[6, 0]
    assert report.to_dict()["verdicts"] == report.verdicts.values.tolist()


def test_a_dimension_that_two_fields_share_is_one_axis():
    """Also where one of them has its dimensions in the other order."""
    grid = xarray.DataArray(np.linspace(0, 1, 6).reshape(3, 2), dims=("u", "v"))
    model = replace(MAP, nbar=grid, r=0.5 * grid.transpose("v", "u"))
    report = certify_points(model, quantities=["purity"])
    plain = certify_points(replace(MAP, nbar=grid.values, r=0.5 * grid.values), quantities=["purity"])
    assert (report["purity"].values.values == plain["purity"].values).all()


@pytest.mark.parametrize(
    ("r", "message"),
    [
        (xarray.DataArray([0.1, 0.2], dims="bath", coords={"bath": [0.0, 5.0]}), "have the same coordinates"),
        (np.array([0.1, 0.2]), "have labels on all of its arrays"),
    ],
)
def test_labels_that_do_not_fit_are_refused(r, message):
    nbar = xarray.DataArray([0.0, 1.0], dims="bath", coords={"bath": [0.0, 1.0]})
    with pytest.raises(InvalidParameter, match=message):
        certify_points(replace(MAP, nbar=nbar, r=r))
