"""Every value of tests/reference about pairs in heat baths.

Source: an independent high-precision calculation, see the README beside the values.
"""

import numpy as np
import pytest

import fock
import gaussian
from crosscheck.certificates.quantities import Moments, quantities
from crosscheck.engine import GAUSSIAN
from crosscheck.models import (
    HeatBathPair,
)
from crosscheck.models.heat_baths import printed_negativity
from tests.crosscheck.test_reference import load

HEAT = {**load("networks")["heat_baths"]["figures"], **load("networks")["heat_baths"]["fock_friendly"]}


def both(value):
    return value if np.isscalar(value) else tuple(value)


@pytest.mark.parametrize("name", HEAT)
def test_heat_bath_pair(name):
    """Covariances, E_N, and how far each state is from being one."""
    p, samples = HEAT[name]["parameters"], HEAT[name]["samples"]
    m = HeatBathPair(p["w0"], both(p["gamma"]), both(p["kT"]), p["s"], p["d"], p["m"])
    sigma = gaussian.evolve(m, [s["t"] for s in samples]).covariance
    assert np.allclose(sigma, [s["Sigma"] for s in samples], rtol=1e-12, atol=1e-10)
    negativity = gaussian.log_negativity(sigma, party=[0], require_physical_state=False)
    assert np.allclose(negativity, [s["EN_standard_ln"] for s in samples], atol=1e-9)
    printed = [printed_negativity(float(value)) for value in negativity]
    assert np.allclose(printed, [s["EN_paper_eq8"] for s in samples], atol=1e-8)
    lowest = gaussian.lowest_uncertainty_eigenvalue(sigma)
    assert np.allclose(lowest, [s["min_eig_Sigma_plus_iOmega_half"] for s in samples], atol=1e-9)
    for v, sample in zip(sigma, samples, strict=True):
        moments = Moments(np.zeros(4), v, 1e-12)
        by_name = {q.name: q for q in quantities(GAUSSIAN, (0,), (0, 1), physical=False)}
        assert by_name["trace_norm"].of_moments(moments)[0] == pytest.approx(sample["rho_trace_norm"], abs=1e-9)
        assert by_name["lowest_eigenvalue"].of_moments(moments)[0] == pytest.approx(
            sample["rho_min_eigenvalue"], abs=1e-9
        )


@pytest.mark.parametrize("name", load("networks")["heat_baths"]["figures"])
def test_sudden_deaths_and_births(name):
    """E_N vanishes and returns at the tabulated times, to 1e-6."""
    p, events = HEAT[name]["parameters"], HEAT[name]["events"]
    m = HeatBathPair(p["w0"], both(p["gamma"]), both(p["kT"]), p["s"], p["d"], p["m"])
    for t, kind in events["crossings"]:
        sigma = gaussian.evolve(m, [t - 1e-6, t + 1e-6]).covariance
        before, after = gaussian.log_negativity(sigma, party=[0])
        assert bool(before > 0) is (kind == "death")
        assert bool(after > 0) is (kind == "birth")
    last = gaussian.evolve(m, [events["tmax"]]).covariance[0]
    final = gaussian.log_negativity(last, party=[0], require_physical_state=False)
    assert final == pytest.approx(events["final_EN_standard_ln"], abs=1e-8)


@pytest.mark.parametrize("name", ["F1_free", "F3_harmonic_cold_unphysical", "F5_unequal_baths"])
def test_heat_bath_pair_in_fock_space(name):
    """E_N, ‖ρ‖₁ and the lowest eigenvalue of ρ from a truncated density matrix at the first tabulated time after 0."""
    p, samples = HEAT[name]["parameters"], HEAT[name]["samples"]
    m = HeatBathPair(p["w0"], both(p["gamma"]), both(p["kT"]), p["s"], p["d"], p["m"])
    sample = samples[1]
    rho = fock.evolve(m, [sample["t"]], cutoff=14).states[0].rho
    assert fock.log_negativity(rho, party=[0]) == pytest.approx(sample["EN_standard_ln"], abs=2e-3)
    assert fock.trace_norm(rho) == pytest.approx(sample["rho_trace_norm"], abs=2e-3)
    assert fock.lowest_eigenvalue(rho) == pytest.approx(sample["rho_min_eigenvalue"], abs=1e-4)
