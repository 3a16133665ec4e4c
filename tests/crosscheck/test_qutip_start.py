"""rho0 as a preparation: Gaussian states are read off, and others leave their moments."""

from dataclasses import dataclass

import hypothesis.strategies as st
import numpy as np
import pytest
import qutip
from hypothesis import given, settings

import fock
import gaussian
from crosscheck import certify, from_qutip
from crosscheck.errors import InvalidModel
from crosscheck.model import Preparation, displacing, rotating, squeezing
from crosscheck.models.gaussian_start import _Prepared, _start
from tests.random_models import symplectic_matrices
from tests.random_models import two_mode_squeezed as squeezed

N = 20
A = qutip.destroy(N)
H = qutip.num(N)


def start(rho):
    levels = rho.dims[0]
    a = [
        qutip.tensor(*[qutip.destroy(n) if j == k else qutip.qeye(n) for k, n in enumerate(levels)])
        for j in range(len(levels))
    ]
    return from_qutip(sum(c.dag() * c for c in a), a, rho)


@pytest.mark.parametrize("nbar", [0.0, 0.2, 1.0, 1.5])
def test_a_truncated_thermal_state_is_read_with_its_own_occupation(nbar):
    """Ratios of elements do not know of the cutoff, whereas moments of the truncated matrix are too small."""
    model = start(qutip.thermal_dm(N, nbar))
    assert model.start.occupations == pytest.approx((nbar,), abs=1e-12)
    assert not model.start.unitaries
    assert model.start.distance < 1e-12


@given(real=st.floats(-0.8, 0.8), imaginary=st.floats(-0.8, 0.8))
@settings(max_examples=10, deadline=None)
def test_a_coherent_ket_is_a_displaced_vacuum(real, imaginary):
    found = gaussian.initial_state(start(qutip.coherent(N, complex(real, imaginary), method="analytic")))
    assert found.mean == pytest.approx([np.sqrt(2) * real, np.sqrt(2) * imaginary], abs=1e-10)
    assert found.covariance == pytest.approx(0.5 * np.eye(2), abs=1e-10)


@dataclass
class Made:
    """A mixed state of two modes, squeezed, mixed and displaced."""

    modes = 2

    def preparation(self, a, b):
        mixed = rotating(a, b, 0.4) + 0.1 * (a.dag() * b + b.dag() * a)
        return Preparation([0.05, 0.1], unitaries=[squeezing(a, 0.1), mixed, displacing(b, 0.1 - 0.1j)])


def test_a_mixed_state_of_two_modes_comes_back():
    """Mean and covariance of a density matrix that was made from photon-number elements."""
    found, expected = gaussian.initial_state(start(fock.prepare(Made(), 6))), gaussian.initial_state(Made())
    assert found.covariance == pytest.approx(expected.covariance, abs=1e-9)
    assert found.mean == pytest.approx(expected.mean, abs=1e-9)


@given(symplectic=symplectic_matrices(3), nu=st.lists(st.floats(0.5, 2.0), min_size=3, max_size=3))
@settings(max_examples=15, deadline=None)
def test_every_covariance_has_a_preparation(symplectic, nu):
    """Williamson and Bloch–Messiah: the moments of the preparation are those that were asked for."""
    sigma, mean = symplectic @ np.diag(np.repeat(nu, 2)) @ symplectic.T, np.arange(6) / 3
    found = gaussian.initial_state(_Prepared(_start(mean, sigma), 3))
    assert found.covariance == pytest.approx(sigma, abs=1e-7 * np.abs(sigma).max() ** 2)
    assert found.mean == pytest.approx(mean, abs=1e-8)


def test_a_two_mode_squeezed_vacuum_made_by_qutip():
    """exp(r(a†b† − ab))|00⟩ has the covariance with cosh 2r and sinh 2r."""
    r, n = 0.3, 14
    a, b = qutip.tensor(qutip.destroy(n), qutip.qeye(n)), qutip.tensor(qutip.qeye(n), qutip.destroy(n))
    ket = (r * (a.dag() * b.dag() - a * b)).expm() * qutip.tensor(qutip.basis(n, 0), qutip.basis(n, 0))
    assert gaussian.initial_state(start(ket)).covariance == pytest.approx(squeezed(r), abs=1e-6)


@pytest.mark.parametrize(
    "rho",
    [qutip.basis(N, 1), qutip.coherent(8, 2.5), (qutip.coherent(N, 1.2) + qutip.coherent(N, -1.2)).unit()],
    ids=["|1⟩", "truncated", "cat"],
)
def test_of_any_other_state_the_moments_are_compared_and_no_measures(rho):
    """The moments along the way are those that mesolve gives for the state itself."""
    a, t = qutip.destroy(rho.shape[0]), 0.4
    h = a.dag() * a + 0.2 * (a + a.dag())
    model = from_qutip(h, [0.8 * a], rho)
    assert model.moments_only
    assert "not Gaussian" in str(model)
    x, p = (a + a.dag()) / np.sqrt(2), (a - a.dag()) / (1j * np.sqrt(2))
    start_mean, start_sigma = fock.moments(rho)
    found = gaussian.initial_state(model)
    assert found.mean == pytest.approx(start_mean, abs=1e-10)
    assert found.covariance == pytest.approx(start_sigma, abs=1e-10)
    if rho.shape[0] == N:  # in eight levels QuTiP's own dynamics are cut off
        moved, options = gaussian.evolve(model, [t]), {"atol": 1e-10, "rtol": 1e-8}
        found = qutip.mesolve(h, rho, [0, t], [0.8 * a], e_ops=[x, p, x * x, x * p + p * x], options=options)
        mean, sigma = moved.mean[0], moved.covariance[0]
        second = sigma + np.outer(mean, mean)
        expected = [*mean, second[0, 0], 2 * second[0, 1]]
        assert [values[-1] for values in found.expect] == pytest.approx(expected, abs=1e-5)
    report = certify(model, times=[t], simulate=False)
    assert str(report.verdict) == "certified"
    assert any("not Gaussian" in note for note in report.notes)
    measured = {c.place for c in report.comparisons if c.quantity == "entropy"}
    assert measured == {"steady state"}


def test_no_infinite_distance_is_printed():
    """|10⟩ on twenty levels: the thermal state with n̄ = 10 does not fit onto them, and no number is given."""
    a = qutip.destroy(20)
    told = str(from_qutip(a.dag() * a, [a], qutip.basis(20, 10)))
    assert "rho0 is not Gaussian (it has too few levels for a trace distance)" in " ".join(told.split())
    assert "inf" not in told


def test_the_purity_of_a_fock_state_would_have_been_wrong():
    """A check that the measures left out are not those of the state: S = 0 of |1⟩, and S > 0 of its moments."""
    model = from_qutip(H, [A], qutip.basis(N, 1))
    assert gaussian.entropy(gaussian.initial_state(model).covariance) > 1


@pytest.mark.parametrize(
    ("rho", "words"),
    [
        (qutip.basis(5, 0), r"with the dims \[20\] of H"),
        (0 * qutip.num(N), "must have trace one"),
        ("vacuum", "ket or density matrix"),
    ],
    ids=["dims", "trace", "type"],
)
def test_what_is_no_state_is_named(rho, words):
    with pytest.raises(InvalidModel, match=words):
        from_qutip(H, [A], rho)
