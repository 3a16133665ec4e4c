"""Operators, preparations and moments below a cutoff."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import qutip

import fock
from crosscheck.model import Preparation, displacing, rotating, squeezing, two_mode_squeezing
from crosscheck.models import LossyTwinBeams
from fock.operators import Degree


def prepared(preparation, cutoff, modes=1):
    return fock.prepare(SimpleNamespace(modes=modes, preparation=preparation), fock.as_cutoffs(cutoff, modes))


def test_products_are_exact_up_to_the_last_level():
    """a a† = n + 1 in every row; the product of cut matrices has 0 in the last."""
    (product,) = fock.compose(lambda a: [a * a.dag()], (6,))
    assert np.allclose(product.diag(), np.arange(1, 7))
    a = qutip.destroy(6)
    assert (a * a.dag()).diag()[-1] == 0


def test_a_quartic_product_is_exact_too():
    (kerr,) = fock.compose(lambda a: [(a + a.dag()) ** 4], (5,))
    big = ((qutip.destroy(40) + qutip.create(40)) ** 4).full()[:5, :5]
    assert np.allclose(kerr.full(), big)


def test_degree_adds_under_products_and_takes_the_larger_under_sums():
    a = Degree(1)
    assert (a.dag() * a + 3 * a - 2.0).degree == 2
    assert ((a / 2) ** 3).degree == 3


@pytest.mark.parametrize("cutoff", [1, 0, -3, 2.5, "8", [4], [4, 1], True])
def test_a_cutoff_counts_levels_and_is_at_least_two(cutoff):
    with pytest.raises(fock.InvalidArgument, match="Argument cutoff must be an integer ≥ 2, or 2 of them"):
        fock.as_cutoffs(cutoff, 2)


def test_a_coherent_state_is_poissonian_below_the_cutoff():
    """The exponential is taken in a larger space: amplitudes are those of the infinite state up to normalisation."""
    ket = prepared(lambda a: Preparation(unitaries=[displacing(a, 0.8)]), 7)
    amplitudes = np.array([0.8**n / math.sqrt(math.factorial(n)) for n in range(7)])
    assert np.allclose(np.abs(ket.full()[:, 0]), amplitudes / np.linalg.norm(amplitudes), atol=1e-11)


def test_a_truncated_exponential_would_be_wrong():
    """The point of the larger space: exp of the cut generator puts 1e-3 in the wrong places here."""
    a = qutip.destroy(7)
    naive = (0.8 * (a.dag() - a)).expm() * qutip.basis(7, 0)
    right = prepared(lambda a: Preparation(unitaries=[displacing(a, 0.8)]), 7)
    assert np.abs(np.abs(naive.full()) - np.abs(right.full())).max() > 1e-4


def test_squeezed_vacuum_fills_even_levels():
    """p_{2k} = (2k)!/(2^k k!)² tanh^{2k} s / cosh s."""
    ket = prepared(lambda a: Preparation(unitaries=[squeezing(a, 0.5)]), 12)
    p = fock.photon_distribution(ket)
    expected = np.array(
        [math.factorial(2 * k) / (2**k * math.factorial(k)) ** 2 * np.tanh(0.5) ** (2 * k) for k in range(6)]
    )
    assert np.allclose(p[0::2], expected / expected.sum(), atol=1e-12)
    assert np.allclose(p[1::2], 0, atol=1e-20)


def test_two_mode_squeezed_vacuum_has_geometric_schmidt_coefficients():
    ket = prepared(lambda a, b: Preparation(unitaries=[two_mode_squeezing(a, b, 0.4)]), 9, modes=2)
    amplitudes = np.abs(ket.full().reshape(9, 9).diagonal())
    assert np.allclose(amplitudes[1:] / amplitudes[:-1], np.tanh(0.4), atol=1e-9)


def test_a_thermal_state_through_a_beam_splitter_keeps_its_photons():
    rho = prepared(lambda a, b: Preparation([0.3, 0.0], unitaries=[rotating(a, b, np.pi / 4)]), 10, modes=2)
    n = fock.FockState(rho=rho, cutoffs=(10, 10)).photon_numbers
    assert np.allclose(n, [0.15, 0.15], atol=1e-5)


def test_the_ground_state_of_an_oscillator_is_a_squeezed_vacuum():
    """H = p²/2 + Ω²x²/2 has ⟨x²⟩ = 1/2Ω, the same state as `squeezing` gives."""
    omega = np.exp(-0.6)

    def ground(a):
        q, k = (a + a.dag()) / np.sqrt(2), (a - a.dag()) * (-1j / np.sqrt(2))
        return Preparation(ground_of=k * k / 2 + omega**2 * q * q / 2)

    one, two = prepared(ground, 14), prepared(lambda a: Preparation(unitaries=[squeezing(a, -0.3)]), 14)
    assert abs(one.overlap(two)) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("energy", [0.0, 0.3])
def test_the_ground_state_of_coupled_modes_is_the_vacuum(energy):
    """Positive h, excitations preserved: found among thousands of levels, too, where its energy is exactly 0."""

    def ground(a, b, c):
        hopping = a.dag() * b + 0.5 * b.dag() * c
        return Preparation(ground_of=energy + a.dag() * a + b.dag() * b + c.dag() * c + 0.5 * (hopping + hopping.dag()))

    assert abs(prepared(ground, 4, modes=3).full()[0, 0]) == pytest.approx(1, abs=1e-12)


def test_a_state_that_does_not_fit_is_refused():
    with pytest.raises(fock.CutoffTooSmall, match=r"at cutoff 4 a weight of .* is left out. Raise the cutoff"):
        prepared(lambda a: Preparation(unitaries=[displacing(a, 2.0)]), 4)


def test_negative_occupations_are_refused():
    with pytest.raises(fock.InvalidArgument, match="occupations must hold 1 numbers ≥ 0"):
        prepared(lambda a: Preparation([-0.1]), 4)


def test_moments_of_a_displaced_squeezed_state():
    ket = prepared(lambda a: Preparation(unitaries=[squeezing(a, 0.3), displacing(a, 0.4 + 0.1j)]), 24)
    mean, sigma = fock.moments(ket)
    assert np.allclose(mean, np.sqrt(2) * np.array([0.4, 0.1]), atol=1e-9)
    assert np.allclose(sigma, np.diag([np.exp(-0.6), np.exp(0.6)]) / 2, atol=1e-8)


def test_a_ket_and_its_density_matrix_have_the_same_moments():
    ket = prepared(
        lambda a, b: Preparation(unitaries=[two_mode_squeezing(a, b, 0.3), displacing(a, 0.5j)]), 12, modes=2
    )
    for one, two in zip(fock.moments(ket), fock.moments(qutip.ket2dm(ket)), strict=True):
        assert np.allclose(one, two, atol=1e-13)


def test_reduction_keeps_the_order_asked_for():
    ket = qutip.tensor(qutip.basis(3, 2), qutip.basis(4, 1), qutip.basis(5, 0))
    state = fock.FockState(rho=ket, cutoffs=(3, 4, 5)).reduced([2, 0])
    assert state.cutoffs == (5, 3)
    assert np.allclose(state.photon_numbers, [0, 2])


def test_edge_weight_is_the_population_of_the_two_highest_levels():
    state = fock.FockState(rho=qutip.Qobj(np.diag([0.7, 0.2, 0.06, 0.04])), cutoffs=(4,))
    assert state.edge_weight == pytest.approx([0.1])


def test_edge_weight_is_looked_at_in_every_mode():
    state = fock.FockState(rho=qutip.tensor(qutip.basis(4, 0), qutip.basis(3, 2)), cutoffs=(4, 3))
    assert state.edge_weight == pytest.approx([0.0, 1.0])


def test_what_is_not_a_state_is_refused():
    with pytest.raises(fock.InvalidArgument, match="ket or density matrix, but is list"):
        fock.states.density([[1]])
    with pytest.raises(fock.InvalidArgument, match="positive trace"):
        fock.purity(qutip.Qobj(np.diag([-1.0, 0.0])))
    with pytest.raises(fock.InvalidArgument, match="must be Hermitian"):
        fock.entropy(qutip.destroy(3) + qutip.qeye(3))
    for measure in (fock.moments, fock.photon_distribution, fock.purity, fock.lowest_eigenvalue):
        with pytest.raises(fock.InvalidArgument, match="ket or density matrix, but is ndarray"):
            measure(np.eye(2))


def test_one_number_is_a_cutoff_for_every_mode():
    """As everywhere else in this package."""
    model = LossyTwinBeams.example()
    assert fock.prepare(model, 6) == fock.prepare(model, (6, 6))
    with pytest.raises(fock.InvalidArgument, match="cutoff must be an integer ≥ 2"):
        fock.prepare(model, 0)


def test_a_state_that_nearly_fits_is_settled():
    """Twin beams of r = 1 with 1.3 % above the cutoff: amplitudes tanhⁿr/cosh r, normalised after the cut."""
    model = SimpleNamespace(modes=2, preparation=lambda a, b: Preparation(unitaries=[two_mode_squeezing(a, b, 1.0)]))
    found = np.abs(fock.prepare(model, 8).full().reshape(8, 8).diagonal())
    amplitudes = math.tanh(1.0) ** np.arange(8)
    assert np.allclose(found, amplitudes / np.linalg.norm(amplitudes), atol=1e-10)
