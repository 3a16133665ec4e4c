r"""Printed equations against the model: (14), (22), (29), (37), (39), (43) and (44)."""

from __future__ import annotations

from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.model import p, x
from crosscheck.models import Bath, ThermalNetwork
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.thermal_machines.models import (
    Array,
    PartyAndBath,
    amplitude_matrix,
    collective_network,
    complex_network,
    gain_and_loss,
    pair,
    random_networks,
    ring,
    with_baths,
)
from crosscheck.papers.thermal_machines.no_go import CUTOFF, ZERO
from crosscheck.papers.variants import with_fields, with_noise_times

# Where ⟨x p⟩ is to be told from ½⟨{x, p}⟩: hot modes have variances against which ½ is less than this.
ORDERING = 1e-2
# Quanta beyond which a truncated state is not asked for.
FEW = 1.0
# Eigenvalues of local blocks closer than this are one energy.
SAME = 1e-9


def _eq_14(variant: Variant) -> Evidence:
    """½⟨x_j x_k + x_j x_k⟩ = Σ_jk + iΩ_jk/2 against a real, symmetric Σ, relative to its largest entry."""
    model = variant(pair())
    steady = gaussian.steady_state(model)
    sigma = steady.covariance
    printed = sigma + 0.5j * gaussian.omega(model.modes)
    size = float(np.abs(sigma).max())
    wrong = float(np.abs(printed - sigma).max()) / size
    numbers = [Number(name="‖(14) − Σ‖/‖Σ‖", found=wrong, error=ZERO, printed=0.0)]
    if steady.photon_numbers.max() < FEW:
        state = fock.steady_state(model, cutoff=CUTOFF)
        (product,) = fock.compose(lambda *a: [x(a[0]) * p(a[0])], (CUTOFF,) * 2)
        value = complex((product * state.rho).tr())
        error = 2 * CUTOFF * float(state.edge_weight.sum()) + state.solver_error
        numbers.append(Number(name="Im ⟨q₁p₁⟩", found=value.imag, error=error, printed=0.0, engine="fock"))
    return decided(
        wrong < ORDERING,
        numbers=numbers,
        otherwise="The second product must be x_k x_j: as printed Σ is not symmetric, its entry for q and p of one "
        "mode being off by i/2.",
    )


def _eq_22(variant: Variant) -> Evidence:
    """Two equal modes that (22) read with (8) would leave alone, followed with their bath oscillator."""
    model: Any = variant(PartyAndBath())
    times = np.linspace(0.5, 6.0, 12)
    means = gaussian.evolve(model, times, modes=[0, 1]).mean
    survives = float((0.5 * (means**2).sum(-1)).min())
    state = min(fock.evolve(model, times, cutoff=(9, 9, 9)).states, key=lambda s: float(s.photon_numbers[:2].sum()))
    photons = float(state.photon_numbers[:2].sum())
    # The mode that (8) leaves alone, Σ g_j* α_j = 0, under the rates (31) of a network with these couplings.
    one, other = model.couplings
    bath = Bath([0, 1], 0.4, kappa=1.0, channels=[{0: one, 1: other}])
    network = variant(ThermalNetwork(np.eye(3), [[0, 1], [2]], [bath, Bath([2], 0.4, kappa=1.0)], "global", [0] * 3))
    damped = float(np.abs(gain_and_loss(network)[1].T @ np.conj([other, -one, 0])).max())
    error = 9 * float(state.edge_weight.sum()) + state.solver_error
    return decided(
        survives > 1 - 1e-6 and photons > 0.99,
        numbers=[
            Number(name="least ⟨n⟩ of the party, starting from 1", found=survives, error=ZERO, printed=1.0),
            Number(name="least ⟨n⟩ of the party in Fock space", found=photons, error=error, printed=1.0, engine="fock"),
            Number(name="what (31) does to the mode that (8) leaves alone", found=damped, error=ZERO, printed=0.0),
        ],
        otherwise="The operator next to a_j† in (8) is ∫ g_j c_n, not ∫ g_j* c_n. "
        + ("(21) exchanges indices as well, so the rates that follow are right." if damped < ZERO else ""),
    )


def _eq_29(variant: Variant) -> Evidence:
    """(30)–(31) with and without their off-diagonal entries, in two bases of each eigenspace."""
    model: Any = variant(ring())
    true = gain_and_loss(model)
    omegas, u = np.linalg.eigh(np.asarray(model.h))
    spaces = _eigenspaces(omegas)
    rng, rotated = np.random.default_rng(29), u.copy()
    for space in spaces:
        rotated[:, space] = u[:, space] @ np.linalg.qr(rng.normal(size=(len(space),) * 2))[0]
    full = max(_worst(_secular(model, v, spaces), true) for v in (u, rotated))
    diagonal = [_secular(model, v, [[k] for k in range(model.modes)]) for v in (u, rotated)]
    spread = _worst(diagonal[0], diagonal[1])
    return decided(
        full < ZERO and spread > ZERO,
        numbers=[
            Number(name="rates of (30), (31) in two bases against the model's", found=full, error=ZERO, printed=0.0),
            Number(name="spread between bases without Γ_uv, u ≠ v", found=spread, error=ZERO),
        ],
        otherwise="Without degenerate eigenvalues nothing hangs on Γ_uv with u ≠ v."
        if full < ZERO
        else f"The rates of the model differ from (30) and (31) by {full:.3g}.",
    )


def _eigenspaces(omegas: Array) -> list[list[int]]:
    """Positions of sorted eigenvalues, those that agree together."""
    cuts = np.flatnonzero(np.diff(omegas) > SAME) + 1
    return [list(map(int, part)) for part in np.split(np.arange(len(omegas)), cuts)]


def _secular(model: Any, u: Array, spaces: list[list[int]]) -> tuple[Array, Array]:
    """(30) and (31) within each of `spaces`, zero between them, taken back to the modes a."""
    omegas = np.real(np.diag(u.conj().T @ np.asarray(model.h) @ u))
    gain, loss = np.zeros((2, len(u), len(u)), complex)
    for space in spaces:
        one, two = _bath_rates(model.baths, float(omegas[space[0]]), model.modes)
        v = u[:, space]
        gain += v @ (v.conj().T @ one @ v) @ v.conj().T
        loss += v.conj() @ (v.T @ two @ v.conj()) @ v.T
    return gain, loss


def _bath_rates(baths: Any, omega: float, modes: int) -> tuple[Array, Array]:
    """γ¹_ij = c_i c_j* J p and γ²_ij = c_i* c_j J(1 − ξp), summed over baths and channels."""
    one, two = np.zeros((2, modes, modes), complex)
    for bath in baths:
        filled = bath.occupation(omega)
        for c in bath.vectors(modes):
            one += np.outer(c, c.conj()) * bath.density(omega) * filled
            two += np.outer(c.conj(), c) * bath.density(omega) * (1 - bath.xi * filled)
    return one, two


def _worst(found: tuple[Array, Array], true: tuple[Array, Array]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(found, true, strict=True))


def _eq_37(variant: Variant) -> Evidence:
    """Γ¹ of the first party from (37), γU U, and with the star, γU*U, against the gain of the master equation."""
    model: Any = variant(complex_network())
    party = list(model.parties[0])
    omegas, u = np.linalg.eigh(np.asarray(model.h)[np.ix_(party, party)])
    gain = gain_and_loss(model)[0][np.ix_(party, party)]
    true = np.diag(u.conj().T @ gain @ u)
    printed, starred = [], []
    for k, omega in enumerate(map(float, omegas)):
        one = _bath_rates(model.baths, omega, model.modes)[0][np.ix_(party, party)]
        printed.append(u[:, k] @ one @ u[:, k])
        starred.append(u[:, k].conj() @ one @ u[:, k])
    wrong, mended = (float(np.abs(np.array(rates) - true).max()) for rates in (printed, starred))
    imaginary = max(abs(complex(rate).imag) for rate in printed)
    return decided(
        wrong < ZERO,
        numbers=[
            Number(name="‖(37) − Γ¹‖", found=wrong, error=ZERO, printed=0.0),
            Number(name="largest imaginary part of a rate of (37)", found=imaginary, error=ZERO),
            Number(name="‖(37) with U* − Γ¹‖", found=mended, error=ZERO),
        ],
        otherwise="The first U lacks a star, as (30) has it: with complex hopping the printed rates are complex."
        if mended < ZERO
        else f"The model's gain is not that of its baths: with the star, too, (37) is off by {mended:.3g}.",
    )


def _free_motion(model: Any) -> Array:
    """h + h_LS, the anti-Hermitian part of iR."""
    r = amplitude_matrix(gaussian.drift(model))
    return np.asarray(0.5j * (r - r.conj().T))


def _eq_39(variant: Variant) -> Evidence:
    """Σ_nλ ω_nλ b_nu†b_nu with one u for each energy, against the local Hamiltonians in the modes' free motion."""
    model: Any = variant(collective_network())
    h, worst = _free_motion(model), 0.0
    for party in model.parties:
        local = h[np.ix_(party, party)]
        omegas, u = np.linalg.eigh(local)
        first = [space[0] for space in _eigenspaces(omegas)]
        printed = (u[:, first] * omegas[first]) @ u[:, first].conj().T
        worst = max(worst, float(np.linalg.norm(printed - local, 2)))
    return decided(
        worst < ZERO,
        numbers=[Number(name="‖(39) − H_n‖, energy missing", found=worst, error=ZERO, printed=0.0)],
        otherwise=f"A sum over u in n_λ is missing: one mode for each energy loses a mode of frequency {worst:.3g}.",
    )


def _eq_43(variant: Variant) -> Evidence:
    """The number of eigenspaces, D, against that of modes, the only M (with a party's index) that is defined."""
    model = variant(ring())
    spaces = len(_eigenspaces(np.linalg.eigvalsh(_free_motion(model))))
    return decided(
        spaces == model.modes,
        numbers=[Number(name="terms of the sum over λ", found=spaces, printed=float(model.modes))],
        otherwise=f"The sum ends at D, the number of eigenspaces: {spaces} for {model.modes} modes.",
    )


def _eq_44(variant: Variant) -> Evidence:
    """R_ju = −iω_jδ_ju − iφ_ju + ½(Γ¹_ju − Γ²_uj) from the baths, against the drift of the engine."""
    worst = 0.0
    for network in (*random_networks(), ring()):
        if network.approach == "global":
            model: Any = variant(network)
            omegas, u = np.linalg.eigh(np.asarray(model.h))
            gain, loss = _secular(model, u, _eigenspaces(omegas))
            r = -1j * (np.asarray(model.h) + model.lamb_hamiltonian) + 0.5 * (gain - loss.T)
            worst = max(worst, float(np.abs(r - amplitude_matrix(gaussian.drift(model))).max()))
    return decided(
        worst < ZERO,
        numbers=[Number(name="‖R of (44) − R‖, 13 networks", found=worst, error=ZERO, printed=0.0)],
        otherwise=f"The mean amplitudes of the model obey another equation: R differs by {worst:.3g}.",
    )


CLAIMS = (
    Claim(
        identifier="machines-eq-14",
        place="eq. (14)",
        statement="Equation (14) as printed is the covariance matrix: real and symmetric.",
        check=_eq_14,
        counter=with_baths(temperature=500.0, statistics="boson"),  # so many quanta that no ordering matters
    ),
    Claim(
        identifier="machines-eq-22",
        place="eq. (22)",
        statement="Equation (22) as printed, with g_j*, is the bath operator that goes with a_j† in (8).",
        check=_eq_22,
        counter=with_fields(couplings=(0.3, 0.3)),
    ),
    Claim(
        identifier="machines-eq-29",
        place="eq. (29) to (31)",
        statement="Within an eigenspace all Γ_uv count; with them the equation is the same in every basis.",
        check=_eq_29,
        counter=with_fields(h=np.diag([1.0, 1.2, 1.5, 1.9])),
    ),
    Claim(
        identifier="machines-eq-37",
        place="eq. (37)",
        statement="Equation (37) as printed gives the rates of gain of the local equation.",
        check=_eq_37,
        counter=with_fields(h=[[1.0, 0.1, 0.1], [0.1, 1.3, 0.0], [0.1, 0.0, 1.1]]),
    ),
    Claim(
        identifier="machines-eq-39",
        place="eq. (39)",
        statement="Equation (39) as printed, without a sum over u, is the Hamiltonian of the parties.",
        check=_eq_39,
        counter=with_fields(h=[[1.0, 0.0, 0.2], [0.0, 1.3, 0.0], [0.2, 0.0, 1.1]]),
    ),
    Claim(
        identifier="machines-eq-43",
        place="eq. (43)",
        statement="Equation (43) as printed sums over as many energies as there are modes.",
        check=_eq_43,
        counter=with_fields(h=np.diag([1.0, 1.2, 1.5, 1.9])),
    ),
    Claim(
        identifier="machines-eq-44",
        place="eq. (44)",
        statement="Mean amplitudes follow the matrix R of (44), Lamb shift and degenerate eigenspaces included.",
        check=_eq_44,
        counter=with_noise_times(2.0),
    ),
)
