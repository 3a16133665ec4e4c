"""Measures of density matrices at the edges: kets, parties, what is refused and by which words."""

import numpy as np
import pytest
import qutip

import fock

KET = qutip.Qobj(np.array([2.0, 0.3j, -0.4, 0.0, 0.7, 0.1]), dims=[[2, 3], [1, 1]])  # not normalised on purpose


def test_a_ket_is_pure_exactly_and_whatever_its_norm():
    """S = 0, tr ρ² = 1, no negative eigenvalue and ‖ρ‖₁ = 1, as its density matrix has to rounding."""
    rho = qutip.ket2dm(KET)
    exact = {fock.entropy: 0.0, fock.purity: 1.0, fock.lowest_eigenvalue: 0.0, fock.trace_norm: 1.0}
    for measure, value in exact.items():
        assert measure(KET) == value
        assert measure(rho) == pytest.approx(value, abs=1e-13)


def test_a_ket_and_its_density_matrix_have_the_same_correlations():
    """Schmidt coefficients against spectra, for a ket that is neither normalised nor symmetric between its modes."""
    rho = qutip.ket2dm(KET)
    for party in ([0], [1]):
        for measure in (fock.log_negativity, fock.mutual_information):
            assert measure(rho, party=party) == pytest.approx(measure(KET, party=party), abs=1e-12)
    assert fock.log_negativity(KET, party=[0]) > 0.1


@pytest.mark.parametrize("p", [0.0, 0.2, 1 / 3, 0.6, 1.0])
def test_a_werner_state_is_entangled_above_a_third(p):
    """p|Φ⟩⟨Φ| + (1 − p)/4: ‖ρ^Γ‖₁ = (1 + 3p)/2 from p = ⅓ on, and I = 2 ln 2 − S with eigenvalues (1 + 3p)/4 once and
    (1 − p)/4 thrice.
    """
    bell = (qutip.basis([2, 2], [0, 0]) + qutip.basis([2, 2], [1, 1])).unit()
    rho = p * qutip.ket2dm(bell) + (1 - p) / 4 * qutip.qeye([2, 2])
    spectrum = np.array([1 + 3 * p, 1 - p, 1 - p, 1 - p]) / 4
    entropy = -sum(q * np.log(q) for q in spectrum if q > 0)
    assert fock.log_negativity(rho, party=[1]) == pytest.approx(max(0, np.log((1 + 3 * p) / 2)), abs=1e-14)
    assert fock.mutual_information(rho, party=[1]) == pytest.approx(2 * np.log(2) - entropy, abs=1e-14)


def test_a_product_has_no_negativity_not_even_by_rounding():
    """ln‖ρ^Γ‖₁ ≥ 0 for every state, and a float below zero would be none of its values."""
    rng = np.random.default_rng(3)
    for _ in range(30):
        one, other = (qutip.Qobj(rng.normal(size=3) + 1j * rng.normal(size=3)).unit() for _ in range(2))
        for state in (qutip.tensor(one, other), qutip.ket2dm(qutip.tensor(one, other))):
            assert 0 <= fock.log_negativity(state, party=[0]) < 1e-14


@pytest.mark.parametrize(
    "call",
    [
        lambda: fock.log_negativity(KET, [0]),
        lambda: fock.mutual_information(KET, [0]),
        lambda: fock.discord(KET, [0]),
    ],
)
def test_a_party_is_named_by_keyword(call):
    """`discord(rho, [0])` would not tell whether mode 0 is measured or kept."""
    with pytest.raises(TypeError, match="positional argument"):
        call()


@pytest.mark.parametrize(("modes", "noun"), [(1, "mode"), (2, "modes")])
def test_a_party_of_everything_is_counted_in_words(modes, noun):
    with pytest.raises(fock.InvalidArgument, match=rf"of {modes} {noun}\. "):
        fock.log_negativity(qutip.basis([2] * modes, [0] * modes), party=list(range(modes)))


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ([2], "must list modes in 0 … 1, each once"),
        ([-1], "must list modes in 0 … 1, each once"),
        ([0, 0], "must list modes in 0 … 1, each once"),
        ([True], "must hold integers"),
        ([0.5], "must hold integers"),
        (0, r"must be a list of modes such as \[0\]"),
    ],
)
def test_modes_are_listed_once_each_and_exist(modes, message):
    with pytest.raises(fock.InvalidArgument, match=f"Argument modes {message}"):
        fock.FockState(rho=KET, cutoffs=(2, 3)).reduced(modes)


def test_an_entropy_forgives_rounding_and_nothing_more():
    """A negative eigenvalue of −10⁻⁷ is rounding, one of −10⁻⁵ is not; its own p ln p is left out."""
    assert fock.entropy(qutip.Qobj(np.diag([1 + 1e-7, -1e-7]))) == pytest.approx(0, abs=2e-7)
    with pytest.raises(fock.NotAState, match=r"lowest eigenvalue is -1\.00e-05"):
        fock.entropy(qutip.Qobj(np.diag([1 + 1e-5, -1e-5])))
