"""Thermal machines against closed forms and limits, and the refusals of networks and baths that mean nothing."""

import dataclasses
import math

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.special
from hypothesis import given

import gaussian
from crosscheck import InvalidParameter
from crosscheck.models import (
    Bath,
    ThermalNetwork,
)


def steady(model):
    return gaussian.steady_state(model).covariance


H3 = np.array([[1.0, 0.2, 0.1j], [0.2, 1.3, 0.15], [-0.1j, 0.15, 0.9]])


def machine(approach="global", temperatures=(0.5, 0.5, 0.5), h=H3, eta=(0, 0, 0), **options):
    baths = [Bath([j], T, kappa=0.1 + 0.05 * j, **options) for j, T in enumerate(temperatures)]
    return ThermalNetwork(h, [[j] for j in range(len(h))], baths, approach, eta[: len(h)])


@pytest.mark.parametrize("eta", [(0, 0, 0), (1, 0, 1)])
def test_equal_temperatures_give_the_gibbs_state(eta):
    """Global approach: ⟨a_j†a_k⟩ = [1/(e^{h/T} − 1)]_kj exactly, whatever the couplings."""
    sigma = steady(machine(temperatures=(0.7, 0.7, 0.7), eta=eta))
    values, u = np.linalg.eigh(H3)
    number = (u / np.expm1(values / 0.7)) @ u.conj().T  # ⟨a_k†a_j⟩ at [j, k]
    found = 0.5 * (sigma[0::2, 0::2] + sigma[1::2, 1::2] + 1j * (sigma[1::2, 0::2] - sigma[0::2, 1::2])) - 0.5 * np.eye(
        3
    )
    assert np.allclose(found, number, atol=1e-10)


@st.composite
def networks(draw):
    n = draw(st.integers(2, 4))
    entries = [[draw(st.floats(-0.2, 0.2)) + 1j * draw(st.floats(-0.2, 0.2)) for _ in range(n)] for _ in range(n)]
    h = np.array(entries)
    h = h + h.conj().T + np.diag([draw(st.floats(2.0, 3.0)) for _ in range(n)])
    baths = [
        Bath(
            [j], draw(st.floats(0.2, 4)), draw(st.sampled_from(["boson", "fermion"])), kappa=draw(st.floats(0.02, 0.3)),
            spectrum=draw(st.sampled_from(["flat", "ohmic"])), cutoff=12.0,
        )
        for j in range(n)
    ]  # fmt: skip
    approach = draw(st.sampled_from(["global", "local"]))
    return ThermalNetwork(h, [[j] for j in range(n)], baths, approach, [draw(st.integers(0, 1)) for _ in range(n)])


@given(networks())
def test_thermal_machines_do_not_entangle(m):
    """Random networks, local and global, bosonic and fermionic baths: σ ≥ ½, ⟨aa⟩ = 0, all bipartitions separable."""
    sigma = steady(m)
    assert np.linalg.eigvalsh(sigma)[0] > 0.5 - 1e-10
    pairing = sigma[0::2, 0::2] - sigma[1::2, 1::2] + 1j * (sigma[0::2, 1::2] + sigma[1::2, 0::2])
    assert np.abs(pairing).max() < 1e-10
    for party in ([0], [1], [0, 1]) if m.modes > 2 else ([0],):
        assert gaussian.log_negativity(sigma, party=party) < 1e-10


@given(networks())
def test_thermal_machines_are_completely_positive(m):
    assert np.linalg.eigvalsh(gaussian.rate_matrix(m))[0] > -1e-12


def test_no_basis_is_needed_inside_a_degenerate_eigenspace():
    """A ring with eigenvalues 1, 1.5, 1.5, 2: splitting the pair by 1e-12 leaves the rates alone."""
    ring = 1.5 * np.eye(4) + 0.25 * (np.roll(np.eye(4), 1, 0) + np.roll(np.eye(4), -1, 0))
    exact = machine(temperatures=(0.3, 0.9, 1.4, 0.5), h=ring, eta=(1, 0, 1, 0)).rates
    nudged = machine(temperatures=(0.3, 0.9, 1.4, 0.5), h=ring + 1e-12 * np.diag([1, 0, -1, 0]), eta=(1, 0, 1, 0)).rates
    assert np.allclose(exact, nudged, atol=1e-10)


def test_the_lamb_shift_of_an_ohmic_bath_has_a_closed_form():
    """−(1/2π) PV∫ κ(ε/ε₀)e^{−ε/Λ}/(ε − ω) dε = −(κ/2πε₀)[Λ − ω e^{−ω/Λ} Ei(ω/Λ)] for bosons at any temperature."""
    omega, kappa, cutoff = 1.3, 0.2, 5.0
    expected = (
        -kappa / (2 * math.pi) * (cutoff - omega * math.exp(-omega / cutoff) * scipy.special.expi(omega / cutoff))
    )
    for temperature in (0.1, 3.0):
        bath = Bath([0], temperature, spectrum="ohmic", kappa=kappa, cutoff=cutoff)
        m = ThermalNetwork([[omega]], [[0]], [bath], "global", [0], lamb_shift=True)
        assert m.lamb_hamiltonian[0, 0].real == pytest.approx(expected, rel=1e-9)


def test_the_lamb_shift_of_a_flat_bath_is_finite():
    """−(κ/2π) ln[(Λ − ω)/ω]: the divergences of the two halves at ε → 0 cancel."""
    bath = Bath([0], 0.7, kappa=0.2, cutoff=20.0)
    m = ThermalNetwork([[1.3]], [[0]], [bath], "global", [0], lamb_shift=True)
    assert m.lamb_hamiltonian[0, 0].real == pytest.approx(-0.2 / (2 * math.pi) * math.log((20 - 1.3) / 1.3), rel=1e-9)


@pytest.mark.parametrize("temperature", [0.3, 2.0])
def test_position_like_coupling_adds_the_counter_rotating_lamb_shift(temperature):
    """η = 1 adds conj(c_i) c_j S(−ω), S(−ω) = −(1/2π)∫J/(ε + ω) = −(κ/2π) ln[(Λ + ω)/ω] for a flat bosonic bath."""
    omega, kappa, cutoff = 1.3, 0.2, 20.0
    c = np.array([0.8, 0.5j])
    bath = Bath([0, 1], temperature, kappa=kappa, cutoff=cutoff, channels=[{0: c[0], 1: c[1]}])
    shifts = [
        ThermalNetwork(omega * np.eye(2), [[0, 1]], [bath], "local", eta, lamb_shift=True).lamb_hamiltonian
        for eta in ([0, 0], [1, 1])
    ]
    resonant = -kappa / (2 * math.pi) * math.log((cutoff - omega) / omega)
    counter = -kappa / (2 * math.pi) * math.log((cutoff + omega) / omega)
    assert np.allclose(shifts[0], np.outer(c, c.conj()) * resonant, rtol=1e-8)
    assert np.allclose(shifts[1] - shifts[0], np.outer(c.conj(), c) * counter, rtol=1e-8)


def test_negative_frequencies_swap_gain_and_loss():
    """h = −ω, η = 1, channel c: G¹ = conj(c)cᵀ J(1 + p) and G² = c c† J p, at |ω|."""
    omega, c = 0.9, np.array([0.8, 0.5j])
    bath = Bath([0, 1], 0.7, kappa=0.2, channels=[{0: c[0], 1: c[1]}])
    gain, loss = ThermalNetwork(-omega * np.eye(2), [[0, 1]], [bath], "global", [1, 1]).rates
    p = 1 / np.expm1(omega / 0.7)
    assert np.allclose(gain, 0.2 * (1 + p) * np.outer(c.conj(), c))
    assert np.allclose(loss, 0.2 * p * np.outer(c, c.conj()))


def test_a_bath_may_be_given_by_position():
    """In the order party, temperature, statistics, chemical potential, spectrum, κ, cutoff, ε₀, channels."""
    by_position = Bath([0], 0.4, "boson", 0.0, "flat", 0.1, 20.0, 1.0, [{0: 1.0}])
    assert by_position == Bath([0], 0.4, kappa=0.1, cutoff=20.0, channels=[{0: 1.0}])
    with pytest.raises(InvalidParameter, match=r"kappa must be finite, but is nan"):
        Bath([0], 0.4)


def test_the_lamb_shift_moves_local_but_not_global_steady_states():
    """Global: H_LS commutes with H_S and N does not move. Local: it does."""
    options = {"spectrum": "ohmic", "cutoff": 6.0, "temperatures": (0.4, 0.9, 1.5)}
    for approach, moves in (("global", False), ("local", True)):
        bare = machine(approach, **options)
        shifted = dataclasses.replace(bare, lamb_shift=True)
        assert bool(np.abs(steady(shifted) - steady(bare)).max() > 1e-4) is moves


def test_a_dark_mode_of_a_positive_network_is_reported():
    """Baths on a₀ + a₁ and a₂ + a₃ only: h > 0 and number conserving, but the steady state is not unique."""
    h = np.eye(4) + 0.2 * np.kron([[0, 1], [1, 0]], np.eye(2))
    half = 1 / np.sqrt(2)
    baths = [
        Bath(party, T, kappa=0.1, channels=[dict.fromkeys(party, half)]) for party, T in (([0, 1], 0.5), ([2, 3], 0.8))
    ]
    m = ThermalNetwork(h, [[0, 1], [2, 3]], baths, "local", [0] * 4)
    with pytest.raises(gaussian.MarginalDrift, match="modes 0, 1, 2, 3"):
        gaussian.steady_state(m)


@pytest.mark.parametrize(
    ("eta", "approach", "error"),
    [([1, 1], "global", gaussian.UnstableDrift), ([0, 0], "global", gaussian.MarginalDrift), ([1, 1], "local", None)],
)
def test_a_negative_eigenvalue_of_h_is_seen_by_the_global_approach_only(eta, approach, error):
    """h with eigenvalues 2.5 and −0.5: η = 1 gains, η = 0 leaves it undamped, and the local rates never see it."""
    baths = [Bath([j], 0.5, kappa=0.1) for j in (0, 1)]
    m = ThermalNetwork([[1.0, 1.5], [1.5, 1.0]], [[0], [1]], baths, approach, eta)
    if error is None:
        assert gaussian.steady_state(m).slowest_rate == pytest.approx(0.05)
    else:
        with pytest.raises(error):
            gaussian.steady_state(m)


@pytest.mark.parametrize("bath", [Bath([0], 0.5, "fermion", 2.0, kappa=0.1), Bath([0], -0.5, "fermion", kappa=0.1)])
def test_inverted_fermionic_baths_are_unstable(bath):
    """More than half filling at resonance: gain exceeds loss."""
    with pytest.raises(gaussian.UnstableDrift):
        gaussian.steady_state(ThermalNetwork([[1.0]], [[0]], [bath], "global", [0]))


def test_a_bosonic_bath_with_its_chemical_potential_above_the_mode_is_not_completely_positive():
    m = ThermalNetwork([[1.0]], [[0]], [Bath([0], 0.5, chemical_potential=2.0, kappa=0.1)], "global", [0])
    assert np.linalg.eigvalsh(gaussian.rate_matrix(m))[0] < -0.1


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Bath([0], float("nan"), kappa=0.1), "temperature must be finite"),
        (lambda: Bath([0], 1.0, "anyon", kappa=0.1), 'statistics must be "boson" or "fermion"'),
        (lambda: Bath([0], 1.0, kappa=0.1, channels=[{1: 1.0}]), "channels must couple modes of the bath's party"),
        (lambda: machine(h=np.array([[1.0, 0.2], [0.3, 1.0]]), temperatures=(1, 1)), "h must be Hermitian"),
        (lambda: machine("both"), 'approach must be "global" or "local"'),
        (lambda: ThermalNetwork(H3, [[0], [1]], [], "global", [0, 0, 0]), "parties must hold each mode"),
        (lambda: ThermalNetwork(H3, [[0], [1], [2]], [], "global", [0, 0, 2]), "eta must hold 3 entries 0 or 1"),
        (
            lambda: ThermalNetwork(H3, [[0], [1], [2]], [Bath([0, 1], 1.0, kappa=0.1)], "local", [0, 0, 0]),
            "baths must touch one of the parties",
        ),
    ],
)
def test_machines_that_mean_nothing_get_one_clear_sentence(build, message):
    with pytest.raises(InvalidParameter, match=message):
        build()


def test_a_lamb_shift_that_diverges_is_refused():
    m = ThermalNetwork([[1.0]], [[0]], [Bath([0], 1.0, kappa=0.1)], "global", [0], lamb_shift=True)
    with pytest.raises(InvalidParameter, match="cutoff must be finite where lamb_shift is on"):
        gaussian.drift(m)
