"""Laboratory parameters as rates, against Table S3's numbers in tests/reference/gravity.json."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gaussian
from crosscheck import InvalidParameter
from crosscheck.models import ReservoirGravity, ReservoirGravityCavity
from crosscheck.models.laboratory import PRINTED_K_G, LabConversion
from gaussian.enclosed import exact

FOUND = json.loads((Path(__file__).parents[1] / "reference" / "gravity.json").read_text("utf-8"))["cases"]
CASES = {case["id"]: case for case in FOUND}
TABLE = {k: float(v) for k, v in CASES["reservoir_table_S3_derived_numbers"]["values"].items()}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("M_kg", lambda lab: lab.mass),
        ("K_G_N_per_m", lambda lab: lab.K_G),
        ("x_zpf_m", lambda lab: lab.x_zpf),
        ("k_G_rad_per_s_from_definition", lambda lab: lab.k_G),
        ("k_G_rad_per_s_from_definition", lambda lab: lab.kappa_G),
        ("nbar_10mK_50Hz", lambda lab: lab.nbar),
        ("c_plus", lambda lab: lab.amplitudes[0]),
        ("c_minus", lambda lab: lab.amplitudes[1]),
        ("G_plus", lambda lab: lab.G_plus),
        ("G_minus", lambda lab: lab.G_minus),
        ("r", lambda lab: lab.r),
        ("Gamma_rad_per_s", lambda lab: lab.Gamma),
        ("gamma_m_rad_per_s", lambda lab: lab.gamma),
        ("Gamma_over_Omega", lambda lab: lab.Gamma / lab.detuning),
        ("k_G_rad_per_s_quoted_2pi_7e-10", lambda lab: PRINTED_K_G),
    ],
)
def test_the_conversion_has_the_reference_s_numbers(name, found):
    """Both take CODATA's constants."""
    assert found(LabConversion()) == pytest.approx(TABLE[name], rel=1e-13)


@pytest.mark.parametrize("Q", ["1e9", "2.5e10", "1e12", "1e18"])
def test_a_sweep_of_q_follows_the_rule_of_the_paper(Q):
    p = {k: float(v) for k, v in CASES[f"reservoir_sweep_kG_quoted_paper_rate_Q{Q}"]["parameters"].items()}
    model = ReservoirGravity.from_lab(Q=float(Q), k_G=PRINTED_K_G)
    expected = ReservoirGravity(p["Omega"], p["k_G"], p["gamma"], p["nbar"], p["Gamma"], p["r"], p["kappa_G_classical"])
    for name in ("detuning", "k_M", "gamma", "nbar", "Gamma", "r", "kappa_G"):
        assert getattr(model, name) == pytest.approx(getattr(expected, name), rel=1e-13)


def test_the_laboratory_model_keeps_its_bits():
    """Its fields are decimals that proofs start from: they may not change in the last place."""
    assert repr(ReservoirGravity.laboratory()) == (
        "ReservoirGravity(detuning=3.141592653589793, k_M=4.3982297150257105e-09, gamma=1.2566370614359173e-08, "
        "nbar=4167323.324665534, Gamma=0.7563799275654433, r=0.5493061443340549, kappa_G=4.3982297150257105e-09)"
    )


def test_three_modes_reduce_to_two_with_the_same_parameters():
    case = CASES["three_mode_S3_quantum"]["values"]
    model = ReservoirGravityCavity.from_lab(classical=False, k_G=PRINTED_K_G)
    sigma = gaussian.steady_state(model).reduced([0, 1]).covariance
    assert np.abs(sigma - np.array(case["covariance_ab"], float)).max() < 1e-12


def test_quantum_gravity_has_no_channel_and_other_forces_no_noise():
    assert ReservoirGravity.from_lab(classical=False).kappa_G == 0
    lab = LabConversion()
    coupled = ReservoirGravity.from_lab(K_others=3 * lab.K_G)
    assert coupled.k_M == pytest.approx(4 * lab.k_G, rel=1e-14)
    assert coupled.kappa_G == pytest.approx(lab.k_G, rel=1e-14)


def test_measuring_faster_or_slower_disturbs_more():
    rates = [LabConversion(measurement=m).kappa_G / LabConversion().k_G for m in (0.5, 1.0, 2.0)]
    assert rates == pytest.approx([1.25, 1.0, 1.25])


def test_a_unit_of_rate_scales_all_rates_and_no_state():
    plain, scaled = ReservoirGravity.from_lab(), ReservoirGravity.from_lab(unit=np.pi)
    assert scaled.detuning == pytest.approx(1.0)
    assert (scaled.nbar, scaled.r) == (plain.nbar, plain.r)
    a, b = (gaussian.steady_state(model).covariance for model in (plain, scaled))
    assert np.allclose(a, b, atol=1e-9)


def test_shifted_frequencies_are_those_of_softer_springs():
    """ω' = √(ω² − K_M/M): the mean falls by K_M/2Mω and the difference grows, and nothing moves where nothing pulls."""
    lab = LabConversion()
    moved = LabConversion(shifted=True, K_others=1e5 * lab.K_G)
    fall = (1e5 + 1) * lab.K_G / (2 * lab.mass * lab.omega)
    assert lab.omega - moved.omega == pytest.approx(fall, rel=1e-3)
    assert moved.detuning - lab.detuning == pytest.approx(fall * lab.detuning / lab.omega, rel=1e-3)
    still = LabConversion(shifted=True, K_others=-lab.K_G)
    assert (still.omega, still.detuning, still.nbar) == pytest.approx((lab.omega, lab.detuning, lab.nbar), rel=1e-13)


def test_a_scan_of_q_is_one_model():
    Q = np.array([1e10, 1e12])
    model = ReservoirGravity.from_lab(Q=Q)
    each = [ReservoirGravity.from_lab(Q=q) for q in Q]
    sigma = gaussian.steady_state(model).covariance
    assert np.allclose(sigma, [gaussian.steady_state(m).covariance for m in each], atol=1e-13)
    assert "1e+10 … 1e+12" in str(model.conversion)


def test_the_conversion_is_reported():
    """As text and HTML, from the model itself; copies with other fields have none, copies of it have."""
    model = ReservoirGravity.from_lab(Q=1e12, classical=False)
    assert model.conversion == LabConversion(Q=1e12, classical=False)
    for report in (str(model.conversion), model.conversion._repr_html_()):
        assert all(word in report for word in ("n̄", "4.16732e+06", "k_G/2π", "3.4169e-10", "Γ", "0.0189095"))
    assert "quantum" in str(model.conversion)
    assert replace(model, r=0.1).conversion is None
    assert pickle.loads(pickle.dumps(model)).conversion == model.conversion
    assert float(exact(model).gamma) == pytest.approx(model.gamma, rel=1e-15)
    assert model == replace(model)


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        ({"Q": 0.0}, "Q"),
        ({"temperature": -1.0}, "temperature"),
        ({"measurement": 0.0}, "measurement"),
        ({"pumps": (200.0, 100.0)}, "pumps"),
        ({"distance": 0.4e-3}, "distance"),
        ({"k_G": -1.0}, "k_G"),
        ({"shifted": True, "K_others": 1.0}, "K_others"),
        ({"K_others": float("nan")}, "K_others"),
        ({"Q": "many"}, "Q"),
    ],
)
def test_what_cannot_be_is_refused(lab, name):
    with pytest.raises(InvalidParameter, match=name):
        ReservoirGravity.from_lab(**lab)
