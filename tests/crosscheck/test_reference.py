"""Every value of tests/reference that the models reach.

Source: an independent high-precision calculation, see the README beside the values.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import fock
import gaussian
from crosscheck.model import Model, thermal_bath
from crosscheck.models import (
    Bath,
    ClassicalGravity,
    DissipativeClassicalGravity,
    ProbedChain,
    ReservoirGravity,
    ReservoirGravityCavity,
    ThermalNetwork,
)

FOLDER = Path(__file__).parents[1] / "reference"


@cache
def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def cases(prefix):
    return [c for c in load("gravity")["cases"] if c["id"].startswith(prefix)]


def by_id(case):
    return case["id"]


def numbers(values, *names):
    return [float(values[name]) for name in names]


def check_measures(sigma, values):
    """E_N, I and discord to 1e-10, and E_N without clipping where it is given."""
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(float(values["log_negativity"]), abs=1e-10)
    assert gaussian.mutual_information(sigma, party=[0]) == pytest.approx(
        float(values["mutual_information"]), abs=1e-10
    )
    if "gaussian_discord" in values:
        assert gaussian.discord(sigma, measured=[1]) == pytest.approx(float(values["gaussian_discord"]), abs=1e-10)
    if "gaussian_discord_measuring_mode_a" in values:
        other = float(values["gaussian_discord_measuring_mode_a"])
        assert gaussian.discord(sigma, measured=[0]) == pytest.approx(other, abs=1e-10)
    if "nu_min" in values:
        expected = numbers(values, "nu_min", "nu_max")
        assert np.allclose(gaussian.symplectic_eigenvalues(sigma), expected, atol=1e-10)
    transposed = gaussian.symplectic_eigenvalues(gaussian.partial_transpose(sigma, party=[0]))
    assert transposed[0] == pytest.approx(float(values["nu_pt_min"]), abs=1e-10)


def classical_gravity(parameters):
    initial = parameters["initial"]
    return ClassicalGravity(
        float(parameters["g"]),
        float(parameters["noise_fraction"]),
        float(parameters.get("s", 0)),
        initial[-1] if initial.startswith("squeezed") else "x",
    )


@pytest.mark.parametrize("case", [c for c in cases("ktm_") if "t" in c["parameters"]], ids=by_id)
def test_classical_gravity(case):
    """KTM trajectories, g from 0.05 to 0.3, coherent and squeezed, with full and with no noise."""
    values = case["values"]
    sigma = gaussian.evolve(classical_gravity(case["parameters"]), [float(case["parameters"]["t"])]).covariance[0]
    if "V_xx" in values:
        found = sigma[[0, 1, 0, 0, 1, 0], [0, 1, 1, 2, 3, 3]]
        assert np.allclose(found, numbers(values, "V_xx", "V_pp", "V_xp", "C_xx", "C_pp", "C_xp"), atol=1e-10)
    check_measures(sigma, values)


def test_claims_about_classical_gravity():
    """I(∞) = −½ ln(1 − g²), dE/dt = g, and I and D at t = 10³ … 10⁵."""
    (case,) = cases("ktm_claims")
    values, m = case["values"], classical_gravity(case["parameters"])
    h = np.eye(4)
    h[0, 2] = h[2, 0] = m.g
    trajectory = gaussian.evolve(m, [0.0, 1e3, 1e4, 1e5])
    energy = 0.5 * np.einsum("jk,tjk->t", h, trajectory.covariance)
    assert (energy[1] - energy[0]) / 1e3 == pytest.approx(float(values["total_energy_slope_dE_dt"]), rel=1e-10)
    assert energy[0] == pytest.approx(float(values["total_energy_t0_coherent_vacuum"]))
    for sigma, t in zip(trajectory.covariance[1:], (1000, 10000, 100000), strict=True):
        information = float(values[f"mutual_information_t{t}"])
        assert gaussian.mutual_information(sigma, party=[0]) == pytest.approx(information, abs=1e-9)
        assert gaussian.discord(sigma, measured=[1]) == pytest.approx(float(values[f"discord_t{t}"]), abs=1e-9)
    assert information == pytest.approx(float(values["mutual_information_t_infinity"]), abs=1e-4)


def test_first_maxima_of_information_and_discord():
    """Where and how high the first maxima are, g = 0.1 from coherent states; discord peaks at about half of I."""
    (case,) = cases("ktm_claims")
    values, m = case["values"], classical_gravity(case["parameters"])
    measures = {
        "mutual_information": lambda v: gaussian.mutual_information(v, party=[0]),
        "discord": lambda v: gaussian.discord(v, measured=[1]),
    }
    for name, measure in measures.items():
        peak = float(values[f"t_first_max_{name}"])
        before, at, after = measure(gaussian.evolve(m, [peak - 1e-3, peak, peak + 1e-3]).covariance)
        assert at == pytest.approx(float(values[f"first_max_{name}"]), abs=1e-12)
        assert at > max(before, after)


@pytest.mark.parametrize("case", cases("dktm_WM"), ids=by_id)
def test_dissipative_classical_gravity(case):
    """The Wiseman–Milburn form: steady state and trajectory."""
    parameters, values = case["parameters"], case["values"]
    m = DissipativeClassicalGravity(float(parameters["g"]), float(parameters["alpha"]))
    if parameters.get("state") == "steady":
        steady = gaussian.steady_state(m)
        sigma = steady.covariance
        assert -steady.slowest_rate == pytest.approx(float(values["max_real_part_of_drift_eigenvalues"]), abs=1e-12)
    else:
        sigma = gaussian.evolve(m, [float(parameters["t"])]).covariance[0]
    assert np.allclose(sigma, np.array(values["covariance"], float), atol=1e-10)
    check_measures(sigma, values)


@pytest.mark.parametrize("case", [c for c in cases("reservoir_") if "covariance" in c["values"]], ids=by_id)
def test_reservoir_gravity(case):
    """The effective two-mode steady state, from Fock-friendly rates to 4.17 × 10⁶ thermal quanta."""
    p, values = case["parameters"], case["values"]
    m = ReservoirGravity(
        *numbers(p, "Omega", "k_M"),
        tuple(numbers(p, "gamma_a", "gamma_b")),
        tuple(numbers(p, "nbar_a", "nbar_b")),
        *numbers(p, "Gamma", "r"),
        tuple(numbers(p, "kappa_G_a", "kappa_G_b")),
    )
    steady = gaussian.steady_state(m)
    assert np.allclose(steady.covariance, np.array(values["covariance"], float), atol=1e-10)
    assert np.allclose(steady.photon_numbers, np.array(values["mean_occupations"], float), atol=1e-10)
    check_measures(steady.covariance, values)


@pytest.mark.parametrize("case", cases("reservoir_sweep"), ids=by_id)
def test_sweep_of_the_quality_factor(case):
    """E_N with and without the classical channel at each Q, within the error that the steady state reports.

    From Q = 10⁹ to 10²⁰ the ratio Ω/Γ reaches 10¹⁰ and that error grows with it; it must not hide more.
    """
    p, values = case["parameters"], case["values"]
    gamma, nbar, Gamma, r, detuning, k, kappa = numbers(
        p, "gamma", "nbar", "Gamma", "r", "Omega", "k_G", "kappa_G_classical"
    )
    for kappa_G, name in ((0.0, "E_N_quantum"), (kappa, "E_N_classical")):
        steady = gaussian.steady_state(ReservoirGravity(detuning, k, gamma, nbar, Gamma, r, kappa_G))
        found = gaussian.log_negativity(steady.covariance, party=[0])
        eta = float(steady.error) / np.linalg.eigvalsh(steady.covariance)[0]
        assert eta < 1e-11 * max(1.0, detuning / Gamma)
        assert found == pytest.approx(float(values[name]), abs=1e-10 + 2 * eta)


@pytest.mark.parametrize("case", cases("three_mode"), ids=by_id)
def test_reservoir_gravity_with_its_cavity(case):
    """The linearised three-mode steady state, reduced to the mechanical modes."""
    p, values = case["parameters"], case["values"]
    kappa, r, Gamma = numbers(p, "kappa", "r", "Gamma")
    strength = np.sqrt(Gamma * kappa / 4)  # Γ = 4G²/κ, tanh r = G₊/G₋
    plus, minus = numbers(p, "G_plus", "G_minus") if "G_plus" in p else (strength * np.sinh(r), strength * np.cosh(r))
    m = ReservoirGravityCavity(
        *numbers(p, "Omega", "k_M", "gamma_a", "nbar_a"), plus, minus, kappa, float(p["kappa_G_a"])
    )
    sigma = gaussian.steady_state(m).reduced([0, 1]).covariance
    assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(float(values["log_negativity_ab"]), abs=1e-9)
    if "covariance_ab" in values:
        assert np.allclose(sigma, np.array(values["covariance_ab"], float), atol=1e-10)


NETWORKS = load("networks")["thermal_networks"]["networks"]


def network(values):
    baths = [
        Bath(
            b["party"], b["T"], {-1: "boson", 1: "fermion"}[b["xi"]], b["mu"], b["kind"],
            kappa=b["kappa"], cutoff=b["Lambda"], eps0=b["eps0"],
            channels=[{int(mode): complex(*c) for mode, c in channel.items()} for channel in b["channels"]],
        )
        for b in values["baths"]
    ]  # fmt: skip
    h = np.array(values["h"]["re"]) + 1j * np.array(values["h"]["im"])
    return ThermalNetwork(h, values["parties"], baths, values["approach"], values["eta"], values["lamb"])


@pytest.mark.parametrize("name", NETWORKS)
def test_thermal_network(name):
    """Rates, covariance, spectra and every bipartition of the steady state."""
    values = NETWORKS[name]
    m, steady = network(values), gaussian.steady_state(network(values))
    for found, key in zip(m.rates, ("Gamma1_a_basis", "Gamma2_a_basis"), strict=True):
        assert np.allclose(found, np.array(values[key]["re"]) + 1j * np.array(values[key]["im"]), atol=1e-12)
    assert np.allclose(steady.covariance, values["Sigma_steady"], atol=1e-10)
    assert np.allclose(gaussian.symplectic_eigenvalues(steady.covariance), values["symplectic_eigenvalues"], atol=1e-10)
    assert np.allclose(steady.photon_numbers, values["mean_photons"], atol=1e-10)
    assert -steady.slowest_rate == pytest.approx(values["R_spectral_abscissa"], abs=1e-10)
    for modes, negativity in values["EN_all_bipartitions"].items():
        party = [int(digit) for digit in modes]
        assert gaussian.log_negativity(steady.covariance, party=party) == pytest.approx(negativity, abs=1e-10)
        assert gaussian.separable(steady.covariance, party=party) is True
    information = gaussian.mutual_information(steady.covariance, party=[0])
    assert information == pytest.approx(values["MI_mode0_vs_rest"], abs=1e-10)


@pytest.mark.parametrize("name", NETWORKS)
def test_thermal_network_transient(name):
    """From a two-mode squeezed pair on the first and last mode."""
    values = NETWORKS[name]
    m, samples = network(values), values["transient_from_two_mode_squeezed_r0p4_on_first_and_last"]
    start = np.array(samples[0]["Sigma"])
    state = gaussian.GaussianState(mean=np.zeros(len(start)), covariance=start, error=np.asarray(0.0))
    found = gaussian.propagate(gaussian.moment_equations(m), state, [s["t"] for s in samples]).covariance
    for sigma, sample in zip(found, samples, strict=True):
        assert np.allclose(sigma, sample["Sigma"], atol=1e-10)
        assert gaussian.log_negativity(sigma, party=[0]) == pytest.approx(sample["EN_mode0_vs_rest"], abs=1e-9)


COUNTER = load("networks")["thermal_networks"]["counter_examples"]


@dataclass(frozen=True)
class SqueezedPair(Model):
    """H = ω₁a†a + ω₂b†b + κ(ab + a†b†) with local baths: the Hamiltonian squeezes, so the no-go does not apply."""

    w1: float
    w2: float
    kappa: float
    gamma: float
    n1: float
    n2: float

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        return self.w1 * a.dag() * a + self.w2 * b.dag() * b + self.kappa * (a * b + a.dag() * b.dag())

    def dissipators(self, a, b):
        yield from thermal_bath(a, self.gamma, self.n1)
        yield from thermal_bath(b, self.gamma, self.n2)

    @classmethod
    def example(cls):
        return cls(1.0, 1.2, 0.45, 0.2, 0.0, 0.0)


@pytest.mark.parametrize("name", [name for name in COUNTER if name.startswith("CE1")])
def test_a_squeezing_hamiltonian_entangles(name):
    """CE1, in moments and in Fock space: the check of the no-go can fail."""
    values = COUNTER[name]
    m = SqueezedPair(**values["parameters"])
    steady = gaussian.steady_state(m)
    assert np.allclose(steady.covariance, values["Sigma_steady"], atol=1e-10)
    assert gaussian.log_negativity(steady.covariance, party=[0]) == pytest.approx(values["EN"], abs=1e-10)
    assert gaussian.separable(steady.covariance, party=[0]) is False
    truncated = fock.log_negativity(fock.steady_state(m, cutoff=10).rho, party=[0])
    assert truncated == pytest.approx(values["EN"], abs=2e-3)


def test_a_squeezed_dark_mode_stays_entangled_for_ever():
    """CE3: h > 0 and number conserving, yet E_N = r between the parties at t = 500."""
    values = COUNTER["CE3_dark_mode_number_conserving_positive_H"]
    p, half = values["parameters"], 1 / np.sqrt(2)
    h = p["w0"] * np.eye(4) + p["J"] * np.kron([[0, 1], [1, 0]], np.eye(2))
    baths = [
        Bath(party, T, kappa=p["kappa"], cutoff=20.0, channels=[dict.fromkeys(party, half)])
        for party, T in zip(([0, 1], [2, 3]), p["T"], strict=True)
    ]
    m = ThermalNetwork(h, [[0, 1], [2, 3]], baths, "global", [0] * 4)
    dark = np.array([1, -1, 1, -1]) / 2  # (a₀ − a₁ + a₂ − a₃)/2, squeezed by r
    start = 0.5 * np.eye(8)
    for quadrature, sign in ((0, -1), (1, 1)):
        direction = np.zeros(8)
        direction[quadrature::2] = dark
        start += 0.5 * (np.exp(2 * sign * p["r"]) - 1) * np.outer(direction, direction)
    state = gaussian.GaussianState(mean=np.zeros(8), covariance=start, error=np.asarray(0.0))
    samples = values["squeezed_dark_mode"]
    found = gaussian.propagate(gaussian.moment_equations(m), state, [s["t"] for s in samples])
    for sigma, photons, sample in zip(found.covariance, found.photon_numbers, samples, strict=True):
        negativity = gaussian.log_negativity(sigma, party=[0, 1])
        assert negativity == pytest.approx(sample["EN_party01_vs_23"], abs=1e-8)
        assert np.allclose(photons, sample["mean_photons"], atol=1e-9)


@pytest.mark.parametrize("name", [name for name in COUNTER if name.startswith("CE4")])
def test_inverted_fermionic_baths_gain(name):
    """CE4: μ above the modes, or a negative temperature, makes the drift unstable; the rates stay positive."""
    values = COUNTER[name]
    p = values["parameters"]
    baths = [Bath([j], p["T"], "fermion", p["mu"], kappa=p["kappa"], cutoff=20.0) for j in (0, 1)]
    m = ThermalNetwork(p["h"], [[0], [1]], baths, p["approach"], p["eta"])
    assert np.linalg.eigvals(gaussian.drift(m)).real.max() == pytest.approx(values["R_spectral_abscissa"], abs=1e-10)
    lowest = min(np.linalg.eigvalsh(rates)[0] for rates in m.rates)
    assert lowest == pytest.approx(values["min_eig_of_rate_matrices"], abs=1e-10)
    with pytest.raises(gaussian.UnstableDrift):
        gaussian.steady_state(m)


SYNCHRONISATION = load("networks")["synchronisation"]
CHAINS = {**SYNCHRONISATION["small"], **SYNCHRONISATION["figures"]}


@pytest.mark.parametrize("name", CHAINS)
def test_probed_chain(name):
    """Means, covariances, E_N and mutual information of the probes, for 1, 2 and 300 sites."""
    p, samples = CHAINS[name]["parameters"], CHAINS[name]["samples"]
    zero = (0.0, 0.0)
    m = ProbedChain(
        p["M"], p["w1"], p["w2"], p["lam"], p["K"], p["Om0"], p["g"], (p["m"], p["n"]),
        tuple(p.get("r", zero)), tuple(p.get("x0", zero)), tuple(p.get("p0", zero)),
    )  # fmt: skip
    probes = gaussian.evolve(m, [s["t"] for s in samples], modes=[0, 1])
    assert np.allclose(probes.covariance, [s["Sigma"] for s in samples], atol=1e-10)
    assert np.allclose(probes.mean, [s.get("means_x1_p1_x2_p2", [0] * 4) for s in samples], atol=1e-10)
    assert np.allclose(gaussian.log_negativity(probes.covariance, party=[0]), [s["EN"] for s in samples], atol=1e-9)
    assert np.allclose(gaussian.mutual_information(probes.covariance, party=[0]), [s["MI"] for s in samples], atol=1e-9)


@pytest.mark.parametrize("name", SYNCHRONISATION["figures"])
def test_normal_frequencies_of_the_chain(name):
    """Lowest, second and highest normal frequency, and the stiffness of the softest direction, of 302 modes."""
    values = CHAINS[name]
    p = values["parameters"]
    m = ProbedChain(p["M"], p["w1"], p["w2"], p["lam"], p["K"], p["Om0"], p["g"], (p["m"], p["n"]))
    potential = -gaussian.drift(m)[1::2, 0::2]
    squares = np.linalg.eigvalsh(potential)
    assert squares[0] == pytest.approx(values["potential_min_eigenvalue"], abs=1e-12)
    expected = [values[f"{which}_normal_frequency"] for which in ("lowest", "second", "highest")]
    assert np.allclose(np.sqrt(squares[[0, 1, -1]]), expected, atol=1e-12)
