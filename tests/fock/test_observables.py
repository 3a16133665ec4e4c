"""Fidelity, steering, inseparability and squeezing from density matrices, against closed forms and published values."""

import numpy as np
import pytest
import qutip

import fock
from tests.fock.published import MAGNOMECHANICS, OPTOMECHANICS, PUBLISHED, Magnomechanics, Optomechanics

N, R = 40, 0.5
COSH2 = np.cosh(2 * R)


def thermal(nbar, levels=N):
    return qutip.Qobj(np.diag((nbar / (nbar + 1)) ** np.arange(levels) / (nbar + 1)))


def twin_beams(r=R, levels=24):
    """Σ tanhⁿ r |nn⟩/cosh r: Var(x₁ − x₂) = Var(p₁ + p₂) = e^{−2r}."""
    amplitudes = np.tanh(r) ** np.arange(levels) / np.cosh(r)
    return qutip.Qobj(np.diag(amplitudes).reshape(-1, 1), dims=[[levels, levels], [1, 1]])


@pytest.mark.parametrize(("one", "other"), [(0.3, 1.0), (0.0, 0.5)])
def test_fidelity_of_thermal_states(one, other):
    """1/√F = √((n̄ + 1)(m̄ + 1)) − √(n̄ m̄)."""
    expected = (np.sqrt((one + 1) * (other + 1)) - np.sqrt(one * other)) ** -2
    assert fock.fidelity(thermal(one), thermal(other)) == pytest.approx(expected, abs=1e-9)


def test_fidelity_of_pure_states_is_their_overlap():
    """|⟨α|β⟩|² = e^{−|α − β|²}, and 1/cosh r of a squeezed vacuum with the vacuum, as kets and as matrices."""
    alpha, beta, squeezed = (
        qutip.coherent(N, 0.4, method="analytic"),
        qutip.coherent(N, -0.3j, method="analytic"),
        qutip.squeeze(2 * N, R) * qutip.basis(2 * N, 0),
    )
    for one, other, expected in [
        (alpha, beta, np.exp(-0.25)),
        (squeezed, qutip.basis(2 * N, 0), 1 / np.cosh(R)),
        (qutip.basis(N, 1), thermal(0.5), 0.5 / 1.5**2),
    ]:
        for x in (one, qutip.ket2dm(one)):
            assert fock.fidelity(x, other) == pytest.approx(expected, abs=1e-9)
            assert fock.fidelity(other, x) == pytest.approx(expected, abs=1e-9)


def test_fidelity_of_states_on_different_levels():
    """Levels above a cutoff are empty, whichever mode they are of."""
    rho = qutip.tensor(thermal(0.2, 5), thermal(0.1, 9)).unit()
    smaller = qutip.tensor(thermal(0.2, 7), thermal(0.1, 4)).unit()
    overlap = np.prod([1 - 0.2**5 / 1.2**5, 1 - 0.1**4 / 1.1**4])
    sizes = np.prod([1 - (1 / 6) ** 5, 1 - (1 / 11) ** 9]) * np.prod([1 - (1 / 6) ** 7, 1 - (1 / 11) ** 4])
    assert fock.fidelity(rho, smaller) == pytest.approx(overlap**2 / sizes, abs=1e-12)
    with pytest.raises(fock.InvalidArgument, match=r"equally many modes, but have 2 and 1\. Take"):
        fock.fidelity(rho, thermal(0.1))


def test_fidelity_of_what_is_no_state_is_refused():
    with pytest.raises(fock.NotAState, match=r"A fidelity needs a density matrix, but the lowest eigenvalue is -1"):
        fock.fidelity(qutip.qdiags([1.1, -0.1], 0), thermal(0.1, 2))


def test_twin_beams_steer_and_are_inseparable():
    """ln cosh 2r both ways, Duan's sum 2e^{−2r}, Reid's product 1/(4 cosh² 2r), the squeezing of x₁ − x₂."""
    ket = twin_beams()
    for party in ([0], [1]):
        assert fock.steering(ket, party=party) == pytest.approx(np.log(COSH2), abs=1e-9)
    assert fock.duan(ket) == pytest.approx(2 * np.exp(-2 * R), abs=1e-9)
    variances = 0.5 * (1 + 0.5**2) * COSH2 - 0.5 * np.sinh(2 * R)
    assert fock.duan(ket, gain=0.5) == pytest.approx(4 * variances / (1 + 0.5**2), abs=1e-9)
    assert fock.epr_variance(ket) == pytest.approx(0.25 / COSH2**2, abs=1e-9)
    assert fock.squeezing_db(ket) == pytest.approx(20 * R / np.log(10), abs=1e-7)
    assert fock.squeezing_db(ket, modes=[0]) == pytest.approx(-10 * np.log10(COSH2), abs=1e-7)
    assert fock.renyi2(ket) == pytest.approx(0.0, abs=1e-12)


def test_angles_turn_the_quadratures():
    """Twin beams keep their correlations under opposite turns, and anti-squeezing takes their place at θ₁ + θ₂ = π."""
    ket = twin_beams()
    assert fock.duan(ket, angles=(0.7, -0.7)) == pytest.approx(2 * np.exp(-2 * R), abs=1e-9)
    assert fock.duan(ket, angles=(0.7, np.pi - 0.7)) == pytest.approx(2 * np.exp(2 * R), abs=1e-8)
    squeezed = qutip.squeeze(80, R) * qutip.basis(80, 0)
    assert fock.squeezing_db(squeezed, angle=0.5 * np.pi) == pytest.approx(-20 * R / np.log(10), abs=1e-7)


def test_renyi_entropy_of_a_thermal_state():
    """ln(2n̄ + 1)."""
    assert fock.renyi2(thermal(0.4)) == pytest.approx(np.log(1.8), abs=1e-12)


def test_steering_of_lossy_twin_beams_is_one_way():
    """The published values, with the lost half of the second beam taken by Kraus operators."""
    (expected,) = PUBLISHED["steering of lossy twin beams"].values()
    state = fock.apply_loss(twin_beams(), 1, 0.7**2)
    np.testing.assert_allclose(state.covariance, expected["sigma"], atol=1e-9)
    assert fock.steering(state, party=[0]) == pytest.approx(expected["a to b"], abs=1e-9)
    assert fock.steering(state, party=[1]) == expected["b to a"] == 0.0
    assert fock.log_negativity(state, party=[1]) == pytest.approx(expected["E_N"], abs=1e-9)


def test_residual_contangle_of_a_product_and_of_one_pair():
    """Two entangled modes and a third apart: 0 for each, as E² − E² of the two."""
    rho = qutip.tensor(qutip.basis(3, 0), twin_beams(0.3, 6)).unit()
    value, which = fock.residual_contangle(rho)
    assert value == pytest.approx(0.0, abs=1e-12)
    assert which in (0, 1, 2)
    found = fock.negativities(rho)
    assert list(found) == [(0,), (1,), (2,)]
    assert found[0,] == pytest.approx(0.0, abs=1e-12)
    assert found[1,] == pytest.approx(found[2,], abs=1e-12)


def test_negativities_name_each_bipartition_once():
    """2³ − 1 of four modes; of a GHZ state each is ln 2."""
    found = fock.negativities(qutip.ghz_state(4))
    assert list(found) == [(0,), (1,), (2,), (3,), (0, 1), (0, 2), (0, 3)]
    np.testing.assert_allclose(list(found.values()), np.log(2), atol=1e-12)


def test_w_state_has_the_residual_of_its_pairs():
    """|W⟩: ‖ρ^Γ‖₁ = 1 + 2√2/3 of one mode with the others, 1 + (√5 − 1)/3 of two modes."""
    expected = np.log(1 + 2 * np.sqrt(2) / 3) ** 2 - 2 * np.log(1 + (np.sqrt(5) - 1) / 3) ** 2
    assert fock.residual_contangle(qutip.w_state(3))[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: fock.residual_contangle(s), r"three modes, but the state has 2\. Take"),
        (lambda s: fock.duan(s, modes=[0]), r"Two modes and two finite angles must be given, .*\. Name"),
        (lambda s: fock.epr_variance(s, angles=[0.0]), r"Two modes and two finite angles must be given, .*\. Name"),
        (lambda s: fock.squeezing_db(s, angle=0.1), r"at an angle of one, but is asked of 2\. Name"),
        (lambda s: fock.duan(s, angles="best"), r"Two modes and two finite angles must be given, .*'best'\. Name"),
        (lambda s: fock.epr_variance(s, angles=[1j, 0]), r"Two modes and two finite angles must be given, .*\. Name"),
        (lambda s: fock.duan(s, gain="best"), r"gain must be a positive number, but is 'best'\. Leave"),
        (lambda s: fock.duan(s, gain=None), r"gain must be a positive number, but is None\. Leave"),
        (lambda s: fock.duan(s, gain=[1.0, 2.0]), r"gain must be a positive number, but is .*\. Leave"),
        (lambda s: fock.duan(s, gain=0.0), r"gain must be a positive number, but is 0\.0\. Leave"),
        (lambda s: fock.negativities(s.ptrace(0)), r"must leave modes on both sides"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        call(twin_beams(0.3, 4))


def test_steering_needs_positive_second_moments():
    """Σ p_n(n + ½) < 0 of an operator that is no state."""
    with pytest.raises(fock.NotAState, match="Steering needs a density matrix"):
        fock.steering(qutip.tensor(qutip.qdiags([2.0, -1.0], 0), qutip.basis(2, 0).proj()), party=[0])


def test_published_fidelity_of_optomechanics():
    """Two steady states, within what the cutoff moves."""
    values = []
    for cutoff in ([6, 10], [7, 13]):
        one, other = (fock.steady_state(Optomechanics(nbar=nbar), cutoff=cutoff) for nbar in (0.3, 0.4))
        assert fock.steering(one, party=[0]) == OPTOMECHANICS["steering a to b"] == 0.0
        values.append(fock.fidelity(one, other))
    error = 2 * abs(values[1] - values[0]) + 2e-8
    assert error < 1e-6
    assert abs(values[1] - OPTOMECHANICS["fidelity with nbar + 0.1"]) <= error


def test_published_contangle_of_magnomechanics():
    """The least of the three is of the cavity; the published number lies within twice what the cutoff moves."""
    values, halves = [], []
    for cutoff in (5, 6):
        state = fock.steady_state(Magnomechanics(), cutoff=cutoff)
        value, which = fock.residual_contangle(state)
        assert which == 0
        values.append(value)
        halves.append(fock.log_negativity(state, party=[0]))
    error = 2 * abs(values[1] - values[0])
    assert error < 1e-4
    assert abs(values[1] - MAGNOMECHANICS["minimum residual contangle"]) <= error
    assert abs(halves[1] - MAGNOMECHANICS["E_a|mb"]) <= 2 * abs(halves[1] - halves[0]) < 1e-3
