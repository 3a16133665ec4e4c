"""Two-time correlations and spectra: closed forms, a dense Liouvillian, QuTiP, and errors that hold."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import qutip
import scipy.linalg

import fock
from crosscheck.model import Dissipator
from fock import resolvent, sylvester

OMEGAS = np.array([-2.3, -1.0, -0.4, 0.0, 0.7, 1.9])
REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "observables.json").read_text("utf-8"))


def model(hamiltonian, dissipators, modes=1):
    return SimpleNamespace(modes=modes, hamiltonian=hamiltonian, dissipators=dissipators, preparation=None)


def damped(frequency=0.8, kappa=0.6, nbar=0.3):
    return model(
        lambda a: frequency * a.dag() * a,
        lambda a: [Dissipator(kappa * (nbar + 1), a), Dissipator(kappa * nbar, a.dag())],
    )


KERR = model(
    lambda a: (
        0.3 * a.dag() * a + 0.4 * a.dag() * a.dag() * a * a + 0.5 * (a + a.dag()) + 0.2j * (a * a - (a * a).dag())
    ),
    lambda a: [Dissipator(0.7, a), Dissipator(0.1, a.dag() * a), Dissipator(0.05, a.dag())],
)
KERR_CUTOFF = 9


def lower(a):
    return a


def upper(a):
    return a.dag()


def number(a):
    return a.dag() * a


def odd(a):
    return a * a + 0.3j * a.dag()


def matrices(cutoff, *functions):
    """Corners of the infinite operators, from matrices with four more levels."""
    a = np.diag(np.sqrt(np.arange(1.0, cutoff + 4)), 1)

    class Ladder(np.ndarray):
        def dag(self):
            return self.conj().T

        def __mul__(self, other):
            return self @ other if isinstance(other, np.ndarray) else np.multiply(self, other)

        __rmul__ = np.ndarray.__rmul__

    return [np.asarray(f(a.view(Ladder)))[:cutoff, :cutoff].astype(complex) for f in functions]


def dense_kerr():
    """(𝓛 on rows of ρ stacked, ρ) by Kronecker products and a null space, of nobody else's making."""
    h, a, n, up = matrices(KERR_CUTOFF, KERR.hamiltonian, lower, number, upper)
    one = np.eye(KERR_CUTOFF)
    whole = -1j * (np.kron(h, one) - np.kron(one, h.T))
    for rate, x in ((0.7, a), (0.1, n), (0.05, up)):
        product = x.conj().T @ x
        whole = whole + rate * (np.kron(x, x.conj()) - 0.5 * np.kron(product, one) - 0.5 * np.kron(one, product.T))
    rho = scipy.linalg.null_space(whole, rcond=1e-12)[:, 0].reshape(KERR_CUTOFF, KERR_CUTOFF)
    return whole, rho / np.trace(rho)


def dense_spectrum(A, B):
    """Both half lines, on the traceless part by the pseudo-inverse of an eigendecomposition."""
    whole, rho = dense_kerr()
    values, right = np.linalg.eig(whole)
    left = np.linalg.inv(right)
    a, b = matrices(KERR_CUTOFF, A, B)
    a, b = (x - np.trace(x @ rho) * np.eye(KERR_CUTOFF) for x in (a, b))
    decaying = np.abs(values) > 1e-9
    found = []
    for omega in OMEGAS:
        halves = []
        for x, y, sign in ((a, b @ rho, 1), (b, rho @ a, -1)):
            c = np.where(decaying, left @ y.ravel() / np.where(decaying, values + sign * 1j * omega, 1), 0)
            halves.append(-np.trace(x @ (right @ c).reshape(rho.shape)))
        found.append(sum(halves))
    return np.array(found)


def test_the_correlation_of_a_damped_mode_peaks_at_minus_its_frequency():
    """⟨a†(τ)a(0)⟩ = n̄ e^{iω₀τ − κ|τ|/2}, so S(ω) = n̄κ/[(ω + ω₀)² + κ²/4]."""
    found = fock.spectrum.with_error(damped(), OMEGAS, upper, lower, cutoff=24)
    exact = 0.3 * 0.6 / ((OMEGAS + 0.8) ** 2 + 0.09)
    assert found.error.max() < 1e-5, "budget too wide: agreement would be vacuous"
    assert (np.abs(found.value - exact) <= found.error).all()


def test_the_quadratures_of_a_damped_mode_turn_and_decay():
    """⟨a(τ)a†(0)⟩ = (n̄ + 1)e^{−iω₀τ − κ|τ|/2} beside ⟨a†(τ)a(0)⟩, at times of both signs and in any order."""
    taus = np.array([[1.5, 0.0], [-0.7, 4.0]])
    found = fock.correlation.with_error(damped(), taus, cutoff=26)
    phase = np.exp(-0.8j * taus - 0.3 * np.abs(taus))
    down, up = 1.3 * phase, 0.3 * phase.conj()
    exact = 0.5 * np.array([[down + up, 1j * (down - up)], [-1j * (down - up), down + up]])
    assert found.value.shape == (2, 2, 2, 2)
    assert found.error.max() < 1e-5
    assert (np.abs(found.value - np.moveaxis(exact, (0, 1), (-2, -1))) <= found.error).all()


@pytest.mark.parametrize(("A", "B"), [(upper, lower), (number, number), (number, lower), (odd, number)])
@pytest.mark.parametrize("path", ["LU", "GMRES", "GMRES, Schur"])
def test_the_spectrum_of_a_kerr_mode_is_that_of_the_dense_liouvillian(A, B, path, monkeypatch):
    """Of any degree, with means, at ω = 0 too; by LU, and by GMRES with either preconditioner."""
    if path != "LU":
        monkeypatch.setattr(resolvent, "DIRECT_ONE_MODE", 0)
    if path == "GMRES, Schur":
        monkeypatch.setattr(sylvester, "WELL_CONDITIONED", 0.0)
    found = fock.spectrum(KERR, OMEGAS, A, B, cutoff=KERR_CUTOFF)
    assert found == pytest.approx(dense_spectrum(A, B), abs=2e-9)


def test_the_correlation_of_a_kerr_mode_is_that_of_the_dense_liouvillian():
    """tr[A e^{𝓛τ}(Bρ)] for τ ≥ 0 and tr[B e^{𝓛|τ|}(ρA)] for τ < 0, means included."""
    whole, rho = dense_kerr()
    a, b = matrices(KERR_CUTOFF, odd, number)
    taus = np.array([-3.0, -0.2, 0.0, 0.4, 7.0])
    exact = []
    for tau in taus:
        x, y = (a, b @ rho) if tau >= 0 else (b, rho @ a)
        exact.append(np.trace(x @ (scipy.linalg.expm(whole * abs(tau)) @ y.ravel()).reshape(rho.shape)))
    assert fock.correlation(KERR, taus, odd, number, cutoff=KERR_CUTOFF) == pytest.approx(np.array(exact), abs=1e-8)


def test_qutip_has_the_other_sign_of_the_frequency():
    """`qutip.spectrum` is ∫e^{−iωτ}, for B = A†; its correlation_2op_1t is ⟨A(τ)B(0)⟩."""
    h, a, n, up = (qutip.Qobj(x) for x in matrices(KERR_CUTOFF, KERR.hamiltonian, lower, number, upper))
    c_ops = [np.sqrt(0.7) * a, np.sqrt(0.1) * n, np.sqrt(0.05) * up]
    theirs = qutip.spectrum(h, OMEGAS, c_ops, up, a)
    mean = qutip.expect(a, qutip.steadystate(h, c_ops))
    assert abs(mean) > 0.1
    away = OMEGAS != 0  # where the delta function of the mean is not
    ours = fock.spectrum(KERR, -OMEGAS, upper, lower, cutoff=KERR_CUTOFF)
    assert ours[away] == pytest.approx(theirs[away], abs=1e-6)
    taus = np.linspace(0, 3, 4)
    theirs = qutip.correlation_2op_1t(h, None, taus, c_ops, up, n, options={"atol": 1e-11, "rtol": 1e-9})
    assert fock.correlation(KERR, taus, upper, number, cutoff=KERR_CUTOFF) == pytest.approx(theirs, abs=1e-7)


@pytest.mark.parametrize("name", REFERENCE["dpo"])
def test_a_parametric_oscillator_has_its_reference_spectra(name):
    """S_xx, S_pp, S_xp and the emission spectrum, within the stated errors."""
    p = {key: float(value) for key, value in (part.split("=") for part in name.split()[1:])}
    oscillator = model(
        lambda a: p["detuning"] * a.dag() * a + 0.5j * p["eps"] * (a.dag() * a.dag() - a * a),
        lambda a: [Dissipator(p["kappa"] * (p["nbar"] + 1), a), Dissipator(p["kappa"] * p["nbar"], a.dag())],
    )
    expected = REFERENCE["dpo"][name]
    found = fock.spectrum.with_error(oscillator, expected["omegas"], cutoff=44)
    assert found.error.max() < 1e-5
    cross = np.array(expected["S_xp"]) @ [1, 1j]
    for (j, k), exact in {(0, 0): expected["S_xx"], (1, 1): expected["S_pp"], (0, 1): cross}.items():
        assert (np.abs(found.value[:, j, k] - exact) <= found.error[:, j, k]).all()
    emitted = fock.spectrum.with_error(oscillator, -np.array(expected["omegas"]), upper, lower, cutoff=44)
    assert (np.abs(emitted.value - expected["emission <adag(t) a(0)> e^{-iwt}"]) <= emitted.error).all()


def optomechanical():
    (text,) = REFERENCE["optomech"]
    p, expected = json.loads(text), REFERENCE["optomech"][text]
    return expected, model(
        lambda a, b: -p["Delta"] * a.dag() * a + p["Om"] * b.dag() * b - p["g"] * (a + a.dag()) * (b + b.dag()),
        lambda a, b: [
            Dissipator(p["kappa"], a),
            Dissipator(p["Gamma"] * (p["nbar"] + 1), b),
            Dissipator(p["Gamma"] * p["nbar"], b.dag()),
        ],
        2,
    )


def test_the_mechanical_spectrum_of_an_optomechanical_model_is_the_reference_value():
    """Two modes, by GMRES and a span of its solutions, within the stated error."""
    expected, optomechanics = optomechanical()

    def position(a, b):
        return (b + b.dag()) / np.sqrt(2)

    found = fock.spectrum.with_error(optomechanics, expected["omegas"], position, position, cutoff=(8, 10))
    assert found.error.max() < 5e-3
    assert (np.abs(found.value - expected["S_xx of b"]) <= found.error).all()


def test_a_hundred_frequencies_take_few_solutions():
    """The span of a few dozen solutions holds the others to the accuracy asked for."""
    _, optomechanics = optomechanical()
    settled = fock.two_time.Settled.of(optomechanics, (5, 5), 2**30)
    (b,) = settled.operators([lambda a, b: b])
    sector, y = settled._right(b, None)
    span = settled._span("forward", sector)
    omegas = np.linspace(-2, 2, 100)
    x, residuals = span.at(omegas, y, 1e-10)
    system = span.system
    for omega, row, residual in zip(omegas, x, residuals, strict=True):
        true = np.linalg.norm(system(row) + 1j * omega * row - y)
        assert true <= 1e-10 * np.linalg.norm(y)
        assert true == pytest.approx(residual, rel=0.1, abs=1e-14)
    assert span.solves <= 40


def test_the_spectrum_sums_to_the_covariance():
    """∫S dω/2π = σ + iΩ/2: with ω = s tan θ the trapezoidal rule sees a smooth periodic function."""
    oscillator = model(
        lambda a: 0.4 * a.dag() * a + 0.1j * (a.dag() * a.dag() - a * a) + 0.3 * (a + a.dag()),
        lambda a: [Dissipator(1.0, a)],
    )
    theta = (np.arange(48) + 0.5) * np.pi / 48
    found = fock.spectrum(oscillator, 0.7 * np.tan(theta), cutoff=24)
    total = np.einsum("t,tjk->jk", 0.7 / np.cos(theta) ** 2 / 96, found)
    sigma = fock.steady_state(oscillator, cutoff=24).covariance
    assert total == pytest.approx(sigma + 0.5j * np.array([[0, 1], [-1, 0]]), abs=1e-7)


def test_symmetrised_spectra_are_means_of_both_orders():
    """½[S(ω) + S(−ω)ᵀ] of the matrix, and the same of two operators."""
    both = fock.spectrum(KERR, OMEGAS, cutoff=KERR_CUTOFF), fock.spectrum(KERR, -OMEGAS, cutoff=KERR_CUTOFF)
    found = fock.spectrum(KERR, OMEGAS, cutoff=KERR_CUTOFF, symmetrised=True)
    assert found == pytest.approx(0.5 * (both[0] + both[1].swapaxes(-1, -2)), abs=1e-8)
    pair = fock.spectrum(KERR, OMEGAS, odd, number, cutoff=KERR_CUTOFF, symmetrised=True)
    orders = dense_spectrum(odd, number), fock.spectrum(KERR, -OMEGAS, number, odd, cutoff=KERR_CUTOFF)
    assert pair == pytest.approx(0.5 * (orders[0] + orders[1]), abs=2e-9)


def test_coupled_modes_hop_by_their_own_two_by_two_equation(monkeypatch):
    """ȧ = −Wa in the mean, so ⟨a_j†(τ)a_k(0)⟩ = Σ (e^{−W*τ})_jl N_lk, in blocks of one charge, by GMRES."""
    monkeypatch.setattr(resolvent, "DIRECT", 0)
    coupled = model(
        lambda a, b: 0.5 * a.dag() * a - 0.2 * b.dag() * b + 0.6 * (a.dag() * b + b.dag() * a),
        lambda a, b: [Dissipator(0.9, a), Dissipator(0.4, b), Dissipator(0.05, b.dag())],
        2,
    )
    w = np.array([[0.45 + 0.5j, 0.6j], [0.6j, 0.175 - 0.2j]])
    # dN/dt = −W*N − NWᵀ + diag(0, 0.05) for N_jk = ⟨a_j†a_k⟩
    n = scipy.linalg.solve_sylvester(w.conj(), w.T, np.diag([0, 0.05]).astype(complex))
    half = np.array([np.linalg.solve(w.conj() - 1j * omega * np.eye(2), n)[0, 1] for omega in OMEGAS])
    other = np.array([np.linalg.solve(w.conj() - 1j * omega * np.eye(2), n)[1, 0] for omega in OMEGAS])
    found = fock.spectrum.with_error(coupled, OMEGAS, lambda a, b: a.dag(), lambda a, b: b, cutoff=9)
    assert found.error.max() < 1e-4
    assert (np.abs(found.value - (half + other.conj())) <= found.error).all()


def test_thermal_light_bunches_and_coherent_light_does_not():
    """g⁽²⁾(τ) = 1 + e^{−κ|τ|} of a thermal mode, and 1 of a driven one."""
    taus = np.array([0.0, 0.5, -2.0, 10.0])
    found = fock.g2.with_error(damped(nbar=0.2), taus, lower, cutoff=20)
    assert found.error.max() < 1e-3
    assert (np.abs(found.value - (1 + np.exp(-0.6 * np.abs(taus)))) <= found.error).all()
    driven = model(lambda a: 0.3 * (a + a.dag()), lambda a: [Dissipator(1.0, a)])
    assert fock.g2(driven, taus, lower, cutoff=16) == pytest.approx(np.ones(4), abs=1e-8)


def test_a_strong_kerr_mode_emits_one_photon_at_a_time():
    """g⁽²⁾(τ) = tr[n e^{𝓛τ}(aρa†)]/n̄² of the dense Liouvillian."""
    whole, rho = dense_kerr()
    a, n = matrices(KERR_CUTOFF, lower, number)
    later = (scipy.linalg.expm(whole * 0.8) @ (a @ rho @ a.conj().T).ravel()).reshape(rho.shape)
    exact = np.trace(n @ later).real / np.trace(n @ rho).real ** 2
    assert fock.g2(KERR, 0.8, lower, cutoff=KERR_CUTOFF) == pytest.approx(exact, abs=1e-8)


def test_what_does_not_fluctuate_has_no_spectrum():
    """A number has no fluctuations; a in the vacuum annihilates the state, and a(τ)a†(0) does not."""
    assert not fock.spectrum(damped(nbar=0.0), OMEGAS, lambda a: 2.0, lambda a: 2.0, cutoff=6).any()
    assert not fock.spectrum(damped(nbar=0.0), OMEGAS, upper, lower, cutoff=6).any()
    found = fock.spectrum(damped(nbar=0.0), OMEGAS, lower, upper, cutoff=6)
    assert found == pytest.approx(0.6 / ((OMEGAS - 0.8) ** 2 + 0.09), abs=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fock.spectrum(damped(), [0.0], lower, cutoff=4), "both A and B"),
        (lambda: fock.spectrum(damped(), [0.0], qutip.destroy(4), lower, cutoff=4), "function of the ladder"),
        (lambda: fock.spectrum(damped(), [np.nan], cutoff=4), "omegas must be finite"),
        (lambda: fock.correlation(damped(), "now", cutoff=4), "taus must be finite"),
        (lambda: fock.g2(damped(nbar=0.0), [0.0], lower, cutoff=4), "something must be detected"),
        (lambda: fock.spectrum(damped(), [0.0], cutoff=4, coarse=3), "coarse goes with the error"),
        (lambda: fock.spectrum.with_error(damped(), [0.0], cutoff=4, coarse=4), "must lie below"),
        (lambda: fock.spectrum(damped(), [0.0], lambda a, b: a, lower, cutoff=4), "of 1 ladder operator, but takes"),
        (lambda: fock.g2(damped(), [0.0], lambda a, b: a, cutoff=4), "of 1 ladder operator, but takes"),
        (lambda: fock.g2(damped(), [0.0], lambda a: None, cutoff=4), "must build its operators"),
        (lambda: fock.spectrum(damped(), [0.0], lambda a: np.nan * a, upper, cutoff=4), "operator must be finite"),
        (lambda: fock.correlation(damped(), [0.0], lambda a: np.nan * a, upper, cutoff=4), "operator must be finite"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(fock.InvalidArgument, match=message):
        call()


def test_no_delays_give_no_values_and_a_number_is_always_counted_alike():
    """Empty in, empty out; g⁽²⁾ of a number is 1."""
    assert fock.correlation(damped(), [], cutoff=4).shape == (0, 2, 2)
    assert fock.g2(damped(), [], lower, cutoff=4).shape == (0,)
    assert fock.g2(damped(), [0.5], lambda a: 0.7j, cutoff=4) == pytest.approx([1.0])
