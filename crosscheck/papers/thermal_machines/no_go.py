r"""What sections III and IV say of every network: unsqueezed, above the vacuum, separable, one state from any start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import crosscheck
import fock
import gaussian
from crosscheck.model import Model, displacing, squeezing, two_mode_squeezing
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.thermal_machines.models import (
    Array,
    Started,
    abscissa,
    bipartitions,
    dark_network,
    pair,
    paired,
    random_networks,
    squeezing_ends,
    with_baths,
)
from crosscheck.papers.variants import with_fields, with_term

# Zeros of covariances of order 1, of E_N and of lowest eigenvalues are met within this; real violations are above 1e-3.
ZERO = 1e-10
# The pair has 2e-5 of its population on the last two levels below this cutoff.
CUTOFF = 8
# What is left of a start, relative to the steady state, when the slowest rate has had 25 times its time: e^{−25}.
LIFETIMES, FORGOTTEN = 25.0, 1e-9


def steady_networks(variant: Variant) -> list[tuple[Any, Array]]:
    """The random networks with the covariances of their steady states."""
    models = [variant(network) for network in random_networks()]
    return [(model, gaussian.steady_state(model).covariance) for model in models]


def fock_negativity(state: Any, name: str, party: list[int]) -> Number:
    """E_N of a truncated state; what presses against the cutoff enters as the root of its weight."""
    error = float(np.sqrt(state.edge_weight.max())) + state.solver_error
    return Number(name=name, found=fock.log_negativity(state.rho, party=party), error=error, engine="fock")


def _separable(variant: Variant) -> Evidence:
    """E_N and the Werner–Wolf condition on every bipartition; the exact E_N of a pair; E_N of its truncated state."""
    largest, decidedly = 0.0, True
    for model, sigma in steady_networks(variant):
        for party in bipartitions(model.modes):
            largest = max(largest, float(gaussian.log_negativity(sigma, party=party)))
            decidedly = decidedly and gaussian.separable(sigma, party=party) is True
    model = variant(pair())
    proof = crosscheck.prove_steady_state(model, gaussian.steady_state(model).covariance.tolist(), error=ZERO)
    exact = proof.log_negativity
    proved = float(exact.abs_upper()) if exact is not None else np.inf
    truncated = fock_negativity(fock.steady_state(model, cutoff=CUTOFF), "E_N of a pair", [0])
    return decided(
        largest < ZERO and decidedly and proved < ZERO and truncated.found <= truncated.error,
        numbers=[
            Number(name="largest E_N, 24 networks, every bipartition", found=largest, error=ZERO, printed=0.0),
            Number(name="E_N of a pair, proved", found=proved, error=ZERO, printed=0.0, engine="window"),
            replace(truncated, printed=0.0),
        ],
        otherwise=f"Some of the networks are entangled: E_N reaches {largest:.3g}.",
    )


def _above_vacuum(variant: Variant) -> Evidence:
    lowest = min(float(np.linalg.eigvalsh(sigma)[0]) for _, sigma in steady_networks(variant))
    state = fock.steady_state(variant(pair()), cutoff=CUTOFF)
    truncated = float(np.linalg.eigvalsh(state.covariance)[0])
    # Second moments weigh what lies above the cutoff by its photon number.
    error = 2 * CUTOFF * float(state.edge_weight.sum()) + state.solver_error
    return decided(
        lowest >= 0.5 - ZERO and truncated >= 0.5 - error,
        numbers=[
            Number(name="lowest eigenvalue of Σ, 24 networks", found=lowest, error=ZERO),
            Number(name="lowest eigenvalue of Σ of a pair", found=truncated, error=error, engine="fock"),
        ],
        otherwise=f"A quadrature is squeezed below the vacuum: Σ has the eigenvalue {lowest:.4f}.",
    )


def _unsqueezed(variant: Variant) -> Evidence:
    largest = max(float(np.abs(paired(sigma)).max()) for _, sigma in steady_networks(variant))
    state = fock.steady_state(variant(pair()), cutoff=CUTOFF)
    truncated = float(np.abs(paired(state.covariance)).max())
    error = 2 * CUTOFF * float(state.edge_weight.sum()) + state.solver_error + ZERO
    return decided(
        largest < ZERO and truncated <= error,
        numbers=[
            Number(name="largest |⟨a_j a_k⟩|, 24 networks", found=largest, error=ZERO, printed=0.0),
            Number(name="largest |⟨a_j a_k⟩| of a pair", found=truncated, error=error, printed=0.0, engine="fock"),
        ],
        otherwise=f"The steady state is squeezed: |⟨a_j a_k⟩| reaches {largest:.3g}.",
    )


def _complex_form(variant: Variant) -> Evidence:
    """UPΣP†U† against diag(σ*, σ), and UP(iΩ)P†U† against K, for the engine's Σ and Ω."""
    off = wrong = 0.0
    for model, covariance in steady_networks(variant):
        n = model.modes
        eye, sorted_out = np.eye(n), np.eye(2 * n)[[*range(0, 2 * n, 2), *range(1, 2 * n, 2)]]
        up = np.block([[eye, 1j * eye], [eye, -1j * eye]]) / np.sqrt(2) @ sorted_out
        primed = up @ covariance @ up.conj().T
        off = max(off, float(np.abs(primed[:n, n:]).max()), float(np.abs(primed[:n, :n] - primed[n:, n:].conj()).max()))
        k = up @ (1j * gaussian.omega(n)) @ up.conj().T
        wrong = max(wrong, float(np.abs(k - np.diag([1.0] * n + [-1.0] * n)).max()))
    return decided(
        off < ZERO and wrong < ZERO,
        numbers=[
            Number(name="‖Σ′ − diag(σ*, σ)‖, 24 networks", found=off, error=ZERO, printed=0.0),
            Number(name="‖UP iΩ P†U† − K‖", found=wrong, error=ZERO, printed=0.0),
        ],
        otherwise=f"Σ′ has off-diagonal blocks: an entry of {off:.3g}.",
    )


def _coherent_starts(variant: Variant) -> Evidence:
    """β_ij = ⟨b_i b_j⟩ − ⟨b_i⟩⟨b_j⟩ along the way from coherent states."""
    times = [0.5, 2.0, 8.0, 30.0]
    worst = 0.0
    for network in random_networks()[:6]:
        model = Started(variant(network), generators=lambda *a: [displacing(m, 0.6 - 0.4j) for m in a])
        worst = max(worst, float(np.abs(paired(gaussian.evolve(model, times).covariance)).max()))
    small = Started(variant(pair()), generators=lambda a, b: [displacing(a, 0.5), displacing(b, -0.4j)])
    (state,) = fock.evolve(small, [2.0], cutoff=CUTOFF).states
    truncated = float(np.abs(paired(state.covariance)).max())
    error = 2 * CUTOFF * float(state.edge_weight.sum()) + state.solver_error
    return decided(
        worst < ZERO and truncated <= error,
        numbers=[
            Number(name="largest |β_ij|, 6 networks, t ≤ 30", found=worst, error=ZERO, printed=0.0),
            Number(name="largest |β_ij| of a pair, t = 2", found=truncated, error=error, printed=0.0, engine="fock"),
        ],
        otherwise=f"Coherent starts get squeezed: |β_ij| reaches {worst:.3g}.",
    )


def _cat(a: Any, b: Any) -> list[Any]:
    """exp(−iπ/2 (a†a)²) makes a cat of a coherent state."""
    number = a.dag() * a
    return [displacing(a, 0.6), np.pi / 2 * number * number]


def _distance(one: Any, other: Any) -> float:
    """Trace distance of two states on the same levels."""
    return 0.5 * float(np.abs(np.linalg.eigvalsh((one.rho - other.rho).full())).sum())


def _every_start(variant: Variant) -> Evidence:
    """Where every mode is damped: from the vacuum, a two-mode squeezed pair and a cat to the same state."""
    worst = 0.0
    for model in [variant(network) for network in random_networks()[:6]]:
        try:
            steady = gaussian.steady_state(model)
        except gaussian.NoSteadyState:
            growth = Number(name="largest Re λ of the drift", found=abscissa(model), error=ZERO)
            return decided(False, numbers=[growth], otherwise="There is no steady state that a start could reach.")
        late = [LIFETIMES / float(steady.slowest_rate)]
        squeezed = Started(model, generators=lambda *a: [two_mode_squeezing(a[0], a[-1], 0.4)])
        for start in (model, squeezed):
            worst = max(worst, float(np.abs(gaussian.evolve(start, late).covariance - steady.covariance).max()))
    model = variant(pair())
    target = fock.steady_state(model, cutoff=CUTOFF)
    early, late_cat = fock.evolve(Started(model, generators=_cat), [0.01, 60.0], cutoff=CUTOFF).states
    before, left = _distance(early, target), _distance(late_cat, target)
    error = late_cat.solver_error + target.solver_error + ZERO
    name = "trace distance between a cat and the steady state"
    return decided(
        worst < FORGOTTEN and left < 1e-2 * before,
        numbers=[
            Number(name="what squeezed starts leave, 6 networks", found=worst, error=FORGOTTEN, printed=0.0),
            Number(name=f"{name}, t = 0.01", found=before, error=error, engine="fock"),
            Number(name=f"{name}, t = 60", found=left, error=error, engine="fock"),
        ],
        otherwise=f"The start is remembered: covariances still differ by {worst:.3g}.",
    )


def _one_state_for_all(variant: Variant) -> Evidence:
    """Random networks, and one whose baths leave a mode dark, in moments and in Fock space."""
    models: list[Any] = [variant(network) for network in (*random_networks(), dark_network())]
    lowest = min(float(np.linalg.eigvalsh(np.asarray(model.h))[0]) for model in models)
    slowest = -max(abscissa(model) for model in models)
    cold = variant(dark_network(temperatures=(0.02, 0.02)))
    try:
        gap = fock.steady_state(cold, cutoff=2).gap
    except fock.NotUnique as reason:
        gap = reason.gap
    return decided(
        slowest > ZERO and gap > ZERO,
        numbers=[
            Number(name="lowest eigenvalue of ℋ, 25 networks", found=lowest, error=ZERO),
            Number(name="slowest rate of the moments", found=slowest, error=ZERO),
            Number(name="smallest singular value of the generator", found=gap, error=ZERO, engine="fock"),
        ],
        otherwise="With h > 0 a mode may still be dark to every bath and remember its start for ever. There is one "
        "steady state iff no eigenvalue of R has the real part 0, which the baths decide and not h alone.",
    )


def _dark_mode(variant: Variant) -> Evidence:
    """CE3: E_N between the parties of a squeezed dark mode, late, and of its single photon, which nothing changes."""
    r, times = 0.5, [0.0, 500.0]
    model = Started(variant(dark_network()), generators=lambda *a: [squeezing(dark_combination(*a), r)])
    start, squeezed = map(float, gaussian.log_negativity(gaussian.evolve(model, times).covariance, party=[0, 1]))
    photon, moves = _dark_photon(variant(dark_network(temperatures=(0.02, 0.02))))
    kept = photon if moves < ZERO else 0.0
    return decided(
        squeezed < ZERO and kept < ZERO,
        numbers=[
            Number(name=f"E_N of a dark mode squeezed by {r}, t = 0", found=start, error=1e-8),
            Number(name="the same, t = 500", found=squeezed, error=1e-8, printed=0.0),
            Number(name="E_N of one dark photon", found=photon, error=ZERO, engine="fock"),
            Number(name="‖𝓛(ρ)‖ of the dark photon", found=moves, error=ZERO, engine="fock"),
        ],
        otherwise=f"A dark mode shared by the parties keeps the entanglement it starts with, E_N = {squeezed:.4f} from "
        f"a squeezed start; its single photon is stationary and not Gaussian, with E_N = {photon:.4f} (ln 2). The "
        "statement holds for unique steady states.",
    )


def dark_combination(*a: Any) -> Any:
    """The mode of `dark_network` that no bath sees."""
    return 0.5 * (a[0] - a[1] + a[2] - a[3])


def _dark_photon(model: Model) -> tuple[float, float]:
    """E_N between the parties and ‖𝓛(ρ)‖ of one photon in the dark mode and none elsewhere."""
    levels = (3,) * 4
    gen = fock.generator(model, levels)
    (d,) = fock.compose(lambda *a: [dark_combination(*a)], levels)
    vacuum = fock.prepare(dark_network(), levels)
    ket = d.dag() * vacuum
    rho = ket * ket.dag()
    h = fock.hamiltonian(gen)
    change = -1j * (h * rho - rho * h)
    for rate, left, right in gen.dissipators:
        lost = right.dag() * left
        change = change + rate * (left * rho * right.dag() - 0.5 * (lost * rho + rho * lost))
    return fock.log_negativity(ket, party=[0, 1]), float(np.linalg.norm(change.full()))


def _completely_positive(variant: Variant) -> Evidence:
    lowest = min(float(np.linalg.eigvalsh(gaussian.rate_matrix(variant(n)))[0]) for n in random_networks())
    (state,) = fock.evolve(variant(pair()), [2.0], cutoff=CUTOFF).states
    eigenvalue = fock.lowest_eigenvalue(state.rho)
    return decided(
        lowest > -ZERO and eigenvalue > -state.solver_error - ZERO,
        numbers=[
            Number(name="lowest eigenvalue of the rates, 24 networks", found=lowest, error=ZERO),
            Number(
                name="lowest eigenvalue of ρ of a pair, t = 2",
                found=eigenvalue,
                error=state.solver_error + ZERO,
                engine="fock",
            ),
        ],
        otherwise=f"The rates have the eigenvalue {lowest:.3g}, as with a Bose bath whose μ is above a mode.",
    )


def _lamb_shift(approach: str) -> Callable[[Variant], Evidence]:
    """How far [h, h_LS] is from zero, and what leaving h_LS out does to Σ."""

    def check(variant: Variant) -> Evidence:
        commutator = shift = change = 0.0
        for network in random_networks():
            if network.approach == approach and network.lamb_shift:
                model: Any = variant(network)
                h, h_ls = np.asarray(model.h), model.lamb_hamiltonian
                without = variant(replace(network, lamb_shift=False))
                difference = gaussian.steady_state(model).covariance - gaussian.steady_state(without).covariance
                commutator = max(commutator, float(np.linalg.norm(h @ h_ls - h_ls @ h, 2)))
                shift, change = max(shift, float(np.linalg.norm(h_ls, 2))), max(change, float(np.abs(difference).max()))
        commutes = commutator < ZERO < shift
        found = "commutes with H_S, and Σ does not see it" if commutes else f"changes Σ by up to {change:.2g}"
        return decided(
            commutes and change < ZERO if approach == "global" else not commutes and change > ZERO,
            numbers=[
                Number(name="largest ‖[h, h_LS]‖", found=commutator, error=ZERO),
                Number(name="largest ‖h_LS‖", found=shift, error=ZERO),
                Number(name="largest change of Σ without it", found=change, error=ZERO),
            ],
            otherwise=f"The Lamb shift {found}.",
        )

    return check


CLAIMS = (
    Claim(
        identifier="machines-separable",
        place="abstract; section IV C",
        statement="The steady state is separable, across every bipartition, for all statistics and both approaches.",
        check=_separable,
        counter=with_term(squeezing_ends(0.3)),
    ),
    Claim(
        identifier="machines-above-vacuum",
        place="section III, below eq. (19)",
        statement="The covariance matrix of the steady state lies above that of the vacuum, Σ ≥ ½.",
        check=_above_vacuum,
        counter=with_term(squeezing_ends(0.3)),
    ),
    Claim(
        identifier="machines-unsqueezed",
        place="section III, below eq. (18)",
        statement="In the steady state no pair of annihilation operators is correlated.",
        check=_unsqueezed,
        counter=with_term(squeezing_ends(0.3)),
    ),
    Claim(
        identifier="machines-complex-form",
        place="eq. (17) to (19)",
        statement="In complex coordinates Σ is block diagonal and the uncertainty relation has K for iΩ.",
        check=_complex_form,
        counter=with_term(squeezing_ends(0.3)),
    ),
    Claim(
        identifier="machines-coherent-starts",
        place="section IV C, below eq. (43)",
        statement="Started in coherent states, the modes never acquire correlations of two annihilation operators.",
        check=_coherent_starts,
        counter=with_term(squeezing_ends(0.3)),
    ),
    Claim(
        identifier="machines-every-start",
        place="eq. (42); section IV C",
        statement="If all modes are damped, entangled and non-Gaussian starts end in the same Gaussian state.",
        check=_every_start,
        counter=with_baths(temperature=-0.5, statistics="fermion", chemical_potential=0.0),
    ),
    Claim(
        identifier="machines-unique",
        place="section IV C, below eq. (44)",
        statement="Positive definiteness of h is enough for every start to reach one and the same steady state.",
        check=_one_state_for_all,
        counter=with_baths(channels=None),  # each mode gets a bath channel of its own
    ),
    Claim(
        identifier="machines-dark-mode",
        place="abstract; section V",
        statement="Whatever the baths couple to, no steady state is entangled if h > 0.",
        check=_dark_mode,
        counter=with_baths(channels=None),
    ),
    Claim(
        identifier="machines-completely-positive",
        place="below eq. (28) and eq. (35)",
        statement="Full secularity gives a completely positive equation, global and local.",
        check=_completely_positive,
        counter=with_baths(statistics="boson", chemical_potential=6.0),
    ),
    Claim(
        identifier="machines-lamb-shift-global",
        place="below eq. (34)",
        statement="The global Lamb shift commutes with the Hamiltonian and only moves its levels.",
        check=_lamb_shift("global"),
        counter=with_fields(approach="local"),
    ),
    Claim(
        identifier="machines-lamb-shift-local",
        place="below eq. (41)",
        statement="The local Lamb shift does not commute with the Hamiltonian.",
        check=_lamb_shift("local"),
        counter=with_fields(approach="global"),
    ),
)
