r"""Where the no-go ends: Hamiltonians that are not positive or squeeze, inverted baths, couplings that are not weak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import crosscheck
import fock
import gaussian
from crosscheck.certificates.window.kernel import Window
from crosscheck.models import Bath, ThermalNetwork
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.thermal_machines.models import (
    CoupledMachine,
    PositionCoupledPair,
    SqueezingPair,
    abscissa,
    amplitude_matrix,
    collective_network,
    hermitian_part,
    pair,
    random_networks,
    with_baths,
)
from crosscheck.papers.thermal_machines.no_go import ZERO, fock_negativity
from crosscheck.papers.variants import with_fields, with_noise_times
from gaussian.enclosed.symplectic import to_doubles

# Damping rates of the first mode, those of the second being half as large.
KAPPAS = (0.02, 0.05, 0.10)
# Hopping below and above the damping rate of a cold and a hot bath, and the time that modes have to settle, before the
# baths' oscillators rephase: the slowest normal mode, at half the frequency in an Ohmic bath, has come to e^{−κt/2}.
WEAK, STRONG, SETTLED = 0.02, 0.5, 60.0
OHMIC = [Bath([j], t, spectrum="ohmic", kappa=KAPPAS[-1], cutoff=5.0) for j, t in enumerate((0.3, 1.0))]
# The fastest oscillators of a sampled bath are a thousand times faster than the machine: digits its ground state lacks.
GROUND = 1e-9


def negative_pair(eta: int) -> ThermalNetwork:
    """Hopping stronger than the frequencies: h has the eigenvalues 2.5 and −0.5."""
    return ThermalNetwork(
        h=[[1.0, 1.5], [1.5, 1.0]],
        parties=[[0], [1]],
        baths=[Bath([j], 0.5, kappa=0.1) for j in range(2)],
        approach="global",
        eta=[eta] * 2,
    )


def _positive_frequencies(variant: Variant) -> Evidence:
    """The frequencies of the modes' free motion, and the lowest energy on ever more Fock levels."""
    model = variant(negative_pair(0))
    r = amplitude_matrix(gaussian.drift(model))
    lowest = float(np.linalg.eigvalsh(0.5j * (r - r.conj().T))[0])
    few, many = (float(fock.hamiltonian(fock.generator(model, (levels,) * 2)).eigenenergies()[0]) for levels in (4, 8))
    return decided(
        lowest > -ZERO and many > few - ZERO,
        numbers=[
            Number(name="lowest normal-mode frequency", found=lowest, error=ZERO),
            Number(name="lowest energy below 4 levels a mode", found=few, error=ZERO, engine="fock"),
            Number(name="lowest energy below 8 levels a mode", found=many, error=ZERO, engine="fock"),
        ],
        otherwise=f"A passive transformation keeps the eigenvalues of h, here {lowest:.3g}: the energy has no lower "
        "bound. That h is positive definite, assumed in the next sentence, is a restriction.",
    )


def _positive_needed(variant: Variant) -> Evidence:
    """The drift of the global equation for h with a negative eigenvalue, position-like (η = 1) and preserving (0)."""
    found = {eta: abscissa(variant(negative_pair(eta))) for eta in (1, 0)}
    exact = max(np.linalg.eigvals(_window_drift(variant(negative_pair(1)))).real)
    return decided(
        found[1] > ZERO and found[0] > -ZERO and exact > ZERO,
        numbers=[
            Number(name="largest Re λ of the drift, η = 1", found=found[1], error=ZERO),
            Number(name="largest Re λ of the drift, η = 0", found=found[0], error=ZERO),
            Number(
                name="largest Re λ of the drift in the window, η = 1", found=float(exact), error=ZERO, engine="window"
            ),
        ],
        otherwise=f"There is a steady state, reached at {-found[1]:.3g}: the baths of this equation do not see the "
        "negative eigenvalue.",
    )


def _window_drift(model: Any) -> Any:
    """The drift from matrix elements of the generator on the lowest Fock levels."""
    return to_doubles(Window(model).equations().drift)


def _negative_definite(variant: Variant) -> Evidence:
    """(A5) as printed: the largest eigenvalue of R_H over the random networks and one with a collective coupling."""
    models = [variant(network) for network in (*random_networks(), collective_network())]
    largest = max(float(hermitian_part(gaussian.drift(model))[-1]) for model in models)
    slowest = min(-abscissa(model) for model in models)
    exact = float(hermitian_part(_window_drift(models[-1]))[-1])
    return decided(
        largest < -ZERO and exact < -ZERO,
        numbers=[
            Number(name="largest eigenvalue of R_H, 25 networks", found=largest, error=ZERO),
            Number(name="the same, modes that share one channel", found=exact, error=ZERO, engine="window"),
            Number(name="slowest rate of the moments", found=slowest, error=ZERO),
        ],
        otherwise="(A5) gives ≤ 0 only: R_H has the eigenvalue 0 where x_n(q) vanishes on shell for every bath. "
        + (
            "Hopping still damps every mode, and the steady state is unique."
            if slowest > ZERO
            else "A mode is undamped."
        ),
    )


def _negative_semidefinite(variant: Variant) -> Evidence:
    models = [variant(network) for network in (*random_networks(), collective_network())]
    largest = max(float(hermitian_part(gaussian.drift(model))[-1]) for model in models)
    exact = float(hermitian_part(_window_drift(variant(pair())))[-1])
    return decided(
        largest < ZERO and exact < ZERO,
        numbers=[
            Number(name="largest eigenvalue of R_H, 25 networks", found=largest, error=ZERO),
            Number(name="the same, a pair", found=exact, error=ZERO, engine="window"),
        ],
        otherwise=f"Gain exceeds loss: R_H has the eigenvalue {largest:.3g}.",
    )


def _spins_half_filled(variant: Variant) -> Evidence:
    """p(ω) of spin baths at the modes, and whether what they do to a pair is damping."""
    spins = [Bath([j], temperature, "fermion", kappa=0.1) for j, temperature in enumerate((0.3, 2.0))]
    model: Any = variant(pair(baths=spins))
    frequencies = np.linalg.eigvalsh(np.asarray(model.h))
    fullest = max(bath.occupation(float(omega)) for bath in model.baths for omega in frequencies)
    largest = float(hermitian_part(gaussian.drift(model))[-1])
    return decided(
        fullest < 0.5 and largest < -ZERO,
        numbers=[
            Number(name="largest p(ω)", found=fullest, engine="closed form"),
            Number(name="largest eigenvalue of R_H", found=largest, error=ZERO),
        ],
        otherwise=f"The spins are inverted: p = {fullest:.3g} and R_H has the eigenvalue {largest:.3g}. Neither μ "
        "above the modes nor a negative temperature is among the paper's spin baths.",
    )


def _a3(variant: Variant) -> Evidence:
    """(A3) and (A4) from the baths and the normal modes alone, against R_H of the engines."""
    worst = 0.0
    for network in random_networks():
        if network.approach == "global":
            model = variant(network)
            worst = max(worst, float(np.abs(_printed_a3(model) - _hermitian(gaussian.drift(model))).max()))
    model = variant(pair())
    exact = float(np.abs(_printed_a3(model) - _hermitian(_window_drift(model))).max())
    return decided(
        worst < ZERO and exact < ZERO,
        numbers=[
            Number(name="‖(A3) − R_H‖, 12 networks", found=worst, error=ZERO, printed=0.0),
            Number(name="‖(A3) − R_H‖, a pair", found=exact, error=ZERO, printed=0.0, engine="window"),
        ],
        otherwise=f"R_H of the model differs from (A3) by {worst:.3g}.",
    )


def _hermitian(drift: Any) -> Any:
    r = amplitude_matrix(drift)
    return (r + r.conj().T) / 2


def _printed_a3(model: Any) -> Any:
    """½ Σ_n J(ω)[(1 + ξ)p(ω) − 1] g̃_i g̃_j* with g̃_i = Σ_j U*_ji c_j, for eigenvalues ω that differ; in the modes a."""
    omegas, u = np.linalg.eigh(np.asarray(model.h))
    block = np.zeros(len(omegas), complex)
    for bath in model.baths:
        for c in bath.vectors(model.modes):
            weights = [bath.density(w) * ((1 + bath.xi) * bath.occupation(w) - 1) for w in map(float, omegas)]
            block = block + 0.5 * np.array(weights) * np.abs(u.conj().T @ c) ** 2
    return (u * block) @ u.conj().T


def _squeezing_entangles(build: Callable[[], Any], cutoff: int) -> Callable[[Variant], Evidence]:
    """E_N of a pair whose Hamiltonian squeezes: moments, the exact steady state, the truncated one."""

    def check(variant: Variant) -> Evidence:
        model = variant(build())
        steady = gaussian.steady_state(model)
        found = float(gaussian.log_negativity(steady.covariance, party=[0]))
        proof = crosscheck.prove_steady_state(model, steady.covariance.tolist(), error=ZERO)
        exact = float(proof.log_negativity.mid()) if proof.log_negativity is not None else 0.0
        truncated = fock_negativity(fock.steady_state(model, cutoff=cutoff), "E_N of the truncated state", [0])
        return decided(
            found > ZERO and exact > ZERO and truncated.found > truncated.error,
            numbers=[
                Number(name="E_N", found=found, error=ZERO),
                Number(name="E_N of the exact steady state", found=exact, error=1e-15, engine="window"),
                truncated,
            ],
            otherwise=f"Excitations are preserved, and the pair is separable: E_N = {found:.3g}.",
        )

    return check


def _finite_coupling(variant: Variant) -> Evidence:
    """CE5: the joint ground state of machine and sampled baths; the same with one oscillator in Fock space."""
    numbers = []
    for kappa in KAPPAS:
        coarse, fine = (
            ground_negativity(variant(CoupledMachine((kappa, kappa / 2), cutoff=10.0, oscillators=n))) for n in (20, 30)
        )
        error = abs(fine - coarse) + GROUND
        numbers.append(Number(name=f"E_N at κ = {kappa}", found=fine, error=error, printed=0.0))
    small = variant(CoupledMachine((0.1,), oscillators=1))
    state = fock.FockState(rho=fock.prepare(small, (6,) * 3), cutoffs=(6,) * 3).reduced([0, 1])
    numbers.append(fock_negativity(state, "E_N with a bath of one oscillator, κ = 0.1", [0]))
    last = numbers[len(KAPPAS) - 1]
    return decided(
        all(number.found <= number.error + ZERO for number in numbers),
        numbers=numbers,
        otherwise="In the ground state of machine and baths a position-like coupling entangles the parties, E_N = "
        f"{last.found:.4f} at κ = {KAPPAS[-1]}: separability is that of the secular equation, up to O(κ).",
    )


def ground_negativity(model: Any) -> float:
    """E_N of the two modes of a `CoupledMachine`."""
    sigma = gaussian.initial_state(model).reduced([0, 1]).covariance
    return float(gaussian.log_negativity(sigma, party=[0], require_physical_state=False))  # a vacuum up to GROUND


def _weak_limit(variant: Variant) -> Evidence:
    """E_N/κ of the joint ground state as κ falls by ten and ten again: a line through 0 has a slope."""
    kappas = (1e-2, 1e-3, 1e-4)
    found = [ground_negativity(variant(CoupledMachine((kappa, kappa / 2), oscillators=30))) for kappa in kappas]
    slopes = [negativity / kappa for negativity, kappa in zip(found, kappas, strict=True)]
    # What is of second order in κ falls by ten between the last two.
    linear = abs(slopes[2] - slopes[1]) < 0.11 * abs(slopes[1] - slopes[0])
    return decided(
        linear and found[2] > GROUND,
        numbers=[
            Number(name=f"E_N/κ at κ = {kappa:g}", found=slope, error=GROUND / kappa)
            for kappa, slope in zip(kappas, slopes, strict=True)
        ],
        otherwise=f"There is no entanglement in first order: E_N is {found[2]:.1e} at κ = {kappas[2]:g}.",
    )


def _global_or_local(variant: Variant) -> Evidence:
    """Photon numbers of both equations against modes and baths under one Hamiltonian, followed until they settle."""
    found, numbers = {}, []
    for hopping in (WEAK, STRONG):
        h = ((1.0, hopping), (hopping, 1.0))
        coarse, exact = (
            gaussian.evolve(variant(_hot_and_cold(h, n)), [SETTLED], modes=[0, 1]).photon_numbers[0] for n in (100, 120)
        )
        error = float(np.abs(exact - coarse).max()) + float(np.exp(-KAPPAS[-1] * SETTLED / 2))
        numbers.append(Number(name=f"⟨n⟩ of the cold mode, hopping {hopping}", found=float(exact[0]), error=error))
        for approach in ("global", "local"):
            network = ThermalNetwork(h, [[0], [1]], OHMIC, approach, eta=[0, 0], lamb_shift=True)
            off = np.abs(gaussian.steady_state(variant(network)).photon_numbers - exact).max()
            found[approach, hopping] = float(off)
            numbers.append(Number(name=f"{approach} equation off by, hopping {hopping}", found=float(off), error=error))
    margin = 2 * max(number.error for number in numbers)
    weak, strong = (found["global", g] - found["local", g] for g in (WEAK, STRONG))
    return decided(
        weak > margin and strong < -margin,
        numbers=numbers,
        otherwise=f"With weak hopping the local equation is off by {found['local', WEAK]:.3g}, the global one by "
        f"{found['global', WEAK]:.3g}; with strong hopping {found['local', STRONG]:.3g} and "
        f"{found['global', STRONG]:.3g}.",
    )


def _hot_and_cold(h: tuple[tuple[float, float], tuple[float, float]], oscillators: int) -> CoupledMachine:
    """The modes and baths of `OHMIC` without a master equation."""
    kappas, temperatures = zip(*((bath.kappa, bath.temperature) for bath in OHMIC), strict=True)
    return CoupledMachine(kappas, 0, h, OHMIC[0].cutoff, oscillators, temperatures)


CLAIMS = (
    Claim(
        identifier="machines-global-or-local",
        place="section IV, below eq. (27)",
        statement="The global equation is right for strong coupling between parties, the local one for weak.",
        check=_global_or_local,
        counter=with_fields(approach="global"),
    ),
    Claim(
        identifier="machines-choose-positive",
        place="section IV A, below eq. (28)",
        statement="Normal modes can be chosen such that none of their frequencies is negative.",
        check=_positive_frequencies,
        counter=with_fields(h=[[1.0, 0.5], [0.5, 1.0]]),
    ),
    Claim(
        identifier="machines-positive-needed",
        place="section V; section IV A",
        statement="The result needs a positive definite h: without it the global equation has no steady state.",
        check=_positive_needed,
        counter=with_fields(approach="local"),
    ),
    Claim(
        identifier="machines-a3",
        place="eq. (A3), (A4)",
        statement="The Hermitian part of R is that of (A3), a sum over baths of g̃g̃† with negative weights.",
        check=_a3,
        counter=with_noise_times(2.0),
    ),
    Claim(
        identifier="machines-a5",
        place="eq. (A5); appendix A",
        statement="The Hermitian part of R is negative definite for every h > 0.",
        check=_negative_definite,
        counter=with_baths(channels=None),
    ),
    Claim(
        identifier="machines-damping",
        place="appendix A",
        statement="No quadratic form of the Hermitian part of R is positive: baths never amplify.",
        check=_negative_semidefinite,
        counter=with_baths(temperature=-0.5, statistics="fermion", chemical_potential=0.0),
    ),
    Claim(
        identifier="machines-spins",
        place="appendix A, below eq. (A5)",
        statement="Spin baths fill fewer than half of their levels at the modes' frequencies, and so damp.",
        check=_spins_half_filled,
        counter=with_baths(chemical_potential=2.0),
    ),
    Claim(
        identifier="machines-squeezing-local",
        place="section V",
        statement="Excitations must be preserved: a two-mode squeezing term entangles locally damped modes.",
        check=_squeezing_entangles(SqueezingPair, 12),
        counter=with_fields(kappa=0.0),
    ),
    Claim(
        identifier="machines-squeezing-global",
        place="section V",
        statement="Excitations must be preserved: coupled positions entangle in the global equation, too.",
        check=_squeezing_entangles(PositionCoupledPair, 10),
        counter=lambda model: model.preserving(),
    ),
    Claim(
        identifier="machines-finite-coupling",
        place="abstract; eq. (8)",
        statement="Couplings that are weak but finite leave the machine separable, position-like ones included.",
        check=_finite_coupling,
        counter=with_fields(eta=0),
    ),
    Claim(
        identifier="machines-weak-limit",
        place="title; section V",
        statement="The no-go is one of weak coupling: beyond, entanglement begins in first order of the damping rate.",
        check=_weak_limit,
        counter=with_fields(eta=0),
    ),
)
