r"""Section II and appendix A of Benedetti et al.: Hamiltonian, normal modes, Langevin equation, equation (3).

With k_j = πj/(M + 1) and system modes at the angle θ, the frequencies of chain and system and their couplings are

    Ω_j² = Ω₀² + 4g sin²(k_j/2)                                                                   (A8)
    c₁(j) = K√(2/(M+1)) [cos θ sin k_j m + sin θ sin k_j n],   c₂(j) with −sin θ, cos θ           (A9, A10)

and eliminating the chain, q̈₁ = −Ω₁²q₁ − Σ_j c₁Q_j with Q̈_j = −Ω_j²Q_j − c₁q₁ − c₂q₂, by parts, gives

    q̈₁ + [Ω₁² − γ₁(0)]q₁ − η(0)q₂ + ∫₀ᵗ[γ₁(t−t')q̇₁ + η(t−t')q̇₂]dt' = −ξ₁ − γ₁(t)q₁(0) − η(t)q₂(0)     (A11)
    γ_s(t) = Σ_j (c_s²/Ω_j²) cos Ω_j t,   η(t) = Σ_j (c₁c₂/Ω_j²) cos Ω_j t,   ⟨ξ⟩ = 0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.model import x
from crosscheck.models import ProbedChain
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.synchronisation.signals import (
    PEARSON_ERROR,
    SITES,
    Array,
    SystemModes,
    extent,
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_6,
    paper_chain,
    potential,
    squares,
    variances,
)
from crosscheck.papers.variants import Altered, with_fields, with_term

# Squares of frequencies up to 5 from matrices of 302 rows: rounding is below 1e-13.
ROUNDING = 1e-11
# (A11) balances terms of order 1; quadrature and rounding leave 1e-13, the slip terms are a hundredth.
BALANCE = 1e-9
# A history of half a period is enough for every term to matter.
MOMENT = 3.0


def chain_squares(sites: int = SITES, Omega0: float = 0.4, g: float = 1.2) -> Array:
    """Equation (A8)."""
    return np.asarray(Omega0**2 + 4 * g * np.sin(np.pi * np.arange(1, sites + 1) / (2 * (sites + 1))) ** 2)


def _distance(found: Array, expected: Array) -> float:
    return float(np.abs(np.sort(found) - np.sort(expected)).max()) if len(found) == len(expected) else np.inf


def _of_chain(model: Any) -> Array:
    """Squares of the frequencies of the chain without its probes."""
    return np.asarray(np.linalg.eigvalsh(potential(model)[2:, 2:]))


def _network(variant: Variant) -> Evidence:
    """Σ_jk counts each spring twice and has no ½: with A = g it is a chain of springs 4g, with A = g/4 that of (A8)."""
    A8 = chain_squares()
    printed = _of_chain(variant(paper_chain(g=4 * 1.2)))
    quarter = _of_chain(variant(paper_chain()))
    off, mended = _distance(printed, A8), _distance(quarter, A8)
    return decided(
        min(off, mended) < ROUNDING,
        numbers=[
            Number(name="upper band edge squared, A = g", found=printed[-1], error=ROUNDING, printed=A8[-1]),
            Number(name="upper band edge squared, A = g/4", found=quarter[-1], error=ROUNDING, printed=A8[-1]),
        ],
        correction="" if off < ROUNDING else "A_jk = (g/4)δ_|j−k|,1: as printed every spring is four times too stiff.",
        otherwise=f"Neither A = g nor g/4 gives (A8): squares of frequencies are off by {off:.2g} and {mended:.2g}.",
    )


def _free_end(model: ProbedChain) -> Altered:
    """The sum of section III A taken literally: X_0 moves as well, and the probes hold on to X_1 beside it."""
    longer = replace(model, sites=SITES + 1, attach=(2, 2))
    return Altered(longer, new_hamiltonian=lambda h, a, b, *c: h - (longer.g / 2) * x(c[0]) ** 2)


def _fixed_ends(variant: Variant) -> Evidence:
    """A sum from j = 0 has a dynamical X_0, whose spectrum is another one; X_0 = X_{M+1} = 0 gives (A8)."""
    A8 = chain_squares()
    free, fixed = _of_chain(variant(_free_end(paper_chain()))), _of_chain(variant(paper_chain()))
    off, mended = _distance(free, A8), _distance(fixed, A8)
    return decided(
        min(off, mended) < ROUNDING,
        numbers=[
            Number(name="degrees of freedom of the chain, j = 0 … M", found=float(len(free)), printed=float(SITES)),
            Number(name="lowest Ω² of it", found=free[0], error=ROUNDING, printed=A8[0]),
            Number(name="lowest Ω² with X_0 = X_{M+1} = 0", found=fixed[0], error=ROUNDING, printed=A8[0]),
        ],
        correction="X_0 = X_{M+1} = 0 are walls and not oscillators; the first term is of j = 1.",
        otherwise=f"With fixed ends the frequencies are off (A8) as well, their squares by {mended:.2g}.",
    )


def _positive(variant: Variant) -> Evidence:
    """The lowest ω² of each figure's network; it is no accident of many sites: the ends must be fixed."""
    figures = {
        "1": figure_1(),
        "2, K = 0.8": figure_2(),
        "3": figure_3(),
        "4": figure_4(),
        "5": figure_5(),
        "6, m = 150": figure_6(attach=(1, 150)),
    }
    lowest = {name: float(squares(variant(model))[0]) for name, model in figures.items()}
    worst = min(lowest, key=lambda name: lowest[name])
    return decided(
        lowest[worst] > 0,
        numbers=[
            Number(name=f"lowest ω², figure {name}", found=value, error=ROUNDING) for name, value in lowest.items()
        ],
        otherwise=f"H has no lower bound in figure {worst}, where the lowest ω² is {lowest[worst]:.4g}.",
    )


def _system_modes(variant: Variant) -> Evidence:
    """(A7) and θ against the eigenvectors of the 2 × 2 block of V that belongs to the probes."""
    off = 0.0
    numbers = []
    for name, model in (("1", figure_1()), ("2", figure_2()), ("4", figure_4())):
        modes = SystemModes.of(model)
        c, s = np.cos(modes.theta), np.sin(modes.theta)
        rotation = np.array([[c, s], [-s, c]])
        diagonal = rotation @ potential(variant(model))[:2, :2] @ rotation.T
        off = max(off, float(np.abs(diagonal - np.diag(np.square(modes.omega))).max()))
        numbers += [
            Number(name=f"Ω_{j + 1}², figure {name}", found=diagonal[j, j], error=ROUNDING, printed=modes.omega[j] ** 2)
            for j in range(2)
        ]
    return decided(
        off < ROUNDING,
        numbers=numbers,
        otherwise=f"θ does not diagonalise H_S with these frequencies: it leaves {off:.2g}.",
    )


def _band(variant: Variant) -> Evidence:
    found = _of_chain(variant(paper_chain()))
    off = _distance(found, chain_squares())
    return decided(
        off < ROUNDING,
        numbers=[
            Number(name="lowest Ω_j²", found=found[0], error=ROUNDING, printed=chain_squares()[0]),
            Number(name="highest Ω_j²", found=found[-1], error=ROUNDING, printed=chain_squares()[-1]),
            Number(name="largest difference", found=off, error=ROUNDING, printed=0.0),
        ],
        otherwise=f"The chain has other frequencies: squares differ by up to {off:.2g}.",
    )


def _couplings(model: ProbedChain) -> tuple[Array, Array]:
    """Equations (A9) and (A10)."""
    theta, (m, n) = SystemModes.of(model).theta, model.attach
    k = np.pi * np.arange(1, model.sites + 1) / (model.sites + 1)
    scale = model.K * np.sqrt(2 / (model.sites + 1))
    at_m, at_n = np.sin(k * m), np.sin(k * n)
    return (
        scale * (np.cos(theta) * at_m + np.sin(theta) * at_n),
        scale * (np.cos(theta) * at_n - np.sin(theta) * at_m),
    )


def _arrowhead(variant: Variant) -> Evidence:
    """Ω_s², Ω_j² and c_s(j) as one matrix have the spectrum of the whole network."""
    numbers = []
    for attach in ((1, 1), (1, SITES), (1, 57)):
        model = figure_1(attach=attach)
        V = np.diag([*np.square(SystemModes.of(model).omega), *chain_squares()])
        V[:2, 2:] = _couplings(model)
        V[2:, :2] = V[:2, 2:].T
        off = _distance(squares(variant(model)), np.asarray(np.linalg.eigvalsh(V), dtype=np.float64))
        numbers.append(Number(name=f"difference of spectra, (m, n) = {attach}", found=off, error=ROUNDING, printed=0.0))
    worst = max(number.found for number in numbers)
    return decided(
        worst < ROUNDING, numbers=numbers, otherwise=f"The network has another spectrum: ω² differ by {worst:.2g}."
    )


def _langevin(model: ProbedChain, changed: Any, *, engine: str = "gaussian") -> tuple[float, float]:
    """What is left of equation (A11) at t = `MOMENT` with its slip terms, and without them as in section II B.

    The kernels are those of `model`, the trajectory that of `changed`; 12 Gauss–Legendre nodes carry the history.
    """
    nodes, weights = np.polynomial.legendre.leggauss(12)
    history, weights = MOMENT * (nodes + 1) / 2, MOMENT * weights / 2
    times = np.concatenate([[0.0], history, [MOMENT]])
    V = potential(changed)[:2]
    felt = [0, 1, *(j for j in range(2, V.shape[1]) if V[:, j].any())]
    if engine == "gaussian":
        mean = gaussian.evolve(changed, times, modes=felt).mean
    else:
        states = fock.evolve(changed, times, cutoff=[10, 10, 8]).states
        mean = np.array([state.mean for state in states])
    force = -V[:, felt] @ mean[-1, 0::2]
    system = SystemModes.of(model)
    c, s = np.cos(system.theta), np.sin(system.theta)
    q, dq = (mean[:, [j, j + 2]] @ np.array([[c, -s], [s, c]]) for j in (0, 1))
    c1, c2 = _couplings(model)
    w2 = chain_squares(model.sites, model.Omega0, model.g)

    def kernel(product: Array, t: Array) -> Array:
        return np.asarray(np.cos(np.outer(t, np.sqrt(w2))) @ (product / w2))

    ago = MOMENT - history
    gamma, eta = kernel(c1**2, ago), kernel(c1 * c2, ago)
    now, then = np.array([0.0]), np.array([MOMENT])
    left = (
        (c * force[0] + s * force[1])
        + (system.omega[0] ** 2 - kernel(c1**2, now)[0]) * q[-1, 0]
        - kernel(c1 * c2, now)[0] * q[-1, 1]
        + weights @ (gamma * dq[1:-1, 0] + eta * dq[1:-1, 1])
    )
    slip = kernel(c1**2, then)[0] * q[0, 0] + kernel(c1 * c2, then)[0] * q[0, 1]
    return float(abs(left + slip)), float(abs(left))


# In Fock space a chain of one site: equation (A11) holds for any M. These cutoffs leave 4e-4.
SMALL = ProbedChain(
    sites=1, omega1=1.0, omega2=1.1, lam=0.5, K=0.4, Omega0=0.4, g=1.2, attach=(1, 1), position=(0.14, 0.7)
)
TRUNCATION = 1e-3


def _a11(variant: Variant) -> Evidence:
    balance, _ = _langevin(figure_1(), variant(figure_1()))
    in_fock, _ = _langevin(SMALL, variant(SMALL), engine="fock")
    return decided(
        balance < BALANCE and in_fock < TRUNCATION,
        numbers=[
            Number(name="left minus right, figure 1, t = 3", found=balance, error=BALANCE, printed=0.0),
            Number(name="the same with M = 1", found=in_fock, error=TRUNCATION, printed=0.0, engine="fock"),
        ],
        otherwise=f"The trajectory of figure 1 leaves {balance:.2g} of the equation.",
    )


def _no_slip(variant: Variant) -> Evidence:
    """Section II B has no slip terms and assumes ⟨q(0)⟩ = 0, where every figure starts elsewhere."""
    model = variant(figure_1())
    mended, printed = _langevin(figure_1(), model)
    small: Any = variant(SMALL)
    small_mended, small_printed = _langevin(SMALL, small, engine="fock")
    return decided(
        min(mended, printed) < BALANCE and small_mended < TRUNCATION,
        numbers=[
            Number(name="left-hand side as printed, t = 3", found=printed, error=BALANCE, printed=0.0),
            Number(name="with slip terms", found=mended, error=BALANCE, printed=0.0),
            Number(name="as printed, M = 1", found=small_printed, error=TRUNCATION, printed=0.0, engine="fock"),
        ],
        correction=""
        if printed < BALANCE
        else "The right-hand side is −γ₁(t)⟨q₁(0)⟩ − η(t)⟨q₂(0)⟩ as in (A11), since no figure starts from ⟨q(0)⟩ = 0.",
        otherwise=f"Neither with nor without slip terms does the equation hold: {mended:.2g} and {printed:.2g} remain.",
    )


def _pearson(variant: Variant) -> Evidence:
    """Without 1/Δt the 'average' of a variance is Δt times too large, δf is minus it, and any C is near 1."""
    model = variant(figure_5(K=0.1))
    (_, most, mean), (_, _, printed) = (
        extent(*variances(model, 320.0, averaged=averaged), 0.0, 250.0) for averaged in (True, False)
    )
    incoherent = 0.3
    return decided(
        min(abs(mean), abs(printed)) < incoherent,
        numbers=[
            Number(name="mean C as printed", found=printed, error=PEARSON_ERROR),
            Number(name="mean C with f̄ = (1/Δt)∫f", found=mean, error=PEARSON_ERROR),
            Number(name="largest C with f̄ = (1/Δt)∫f", found=most, error=PEARSON_ERROR),
        ],
        correction="" if abs(printed) < incoherent else "f̄ = (1/Δt)∫f: as printed C ≈ 1 for any two variances.",
        otherwise=f"Probes that cannot know of each other have C = {mean:.2f} with and {printed:.2f} without the 1/Δt.",
    )


def _gaussian_state(variant: Variant) -> Evidence:
    """The Fock engine knows nothing of moments as a way to solve: its state has to be that of its own moments."""
    small: Any = variant(
        ProbedChain(sites=1, omega1=1.0, omega2=1.1, lam=0.0, K=0.3, Omega0=0.8, g=0.6, attach=(1, 1),
                    squeezing=(0.3, 0.3), position=(0.5, 0.0), momentum=(0.0, 0.2))
    )  # fmt: skip
    state = fock.evolve(small, [4.0], cutoff=12).states[0].reduced([0, 1])
    distance = fock.non_gaussianity(state.rho)
    measured = fock.log_negativity(state.rho, party=[0])
    moments = float(gaussian.log_negativity(state.covariance, party=[0]))
    truncation = 1e-3
    return decided(
        distance < truncation and abs(measured - moments) < truncation,
        numbers=[
            Number(name="S(moments) − S(ρ), M = 1", found=distance, error=truncation, printed=0.0, engine="fock"),
            Number(name="E_N of ρ", found=measured, error=truncation, engine="fock"),
            Number(name="E_N of its moments", found=moments, error=truncation),
        ],
        otherwise=f"The state is not that of its moments: non-Gaussianity is {distance:.2g}.",
    )


CLAIMS = (
    Claim(
        identifier="sync-network-matrix",
        place="section II, first equation",
        statement="A homogeneous chain is A_jk = g δ_|j−k|,1 and has the frequencies (A8).",
        check=_network,
        counter=with_term(lambda a, b, *c: 0.1 * x(c[0]) ** 2),
    ),
    Claim(
        identifier="sync-fixed-ends",
        place="section III A, H_E",
        statement="The Hamiltonian of the chain with a sum over j = 0 … M is that of appendix A.",
        check=_fixed_ends,
        counter=with_term(lambda a, b, *c: 0.1 * x(c[0]) ** 2),
    ),
    Claim(
        identifier="sync-positive",
        place="figs. 1–6; section II",
        statement="Every network of the figures has a ground state, with no counter-term.",
        check=_positive,
        counter=with_fields(K=1.1),
    ),
    Claim(
        identifier="sync-system-modes",
        place="eq. (A1), (A4), (A5), (A7)",
        statement="The angle with tan 2θ = 2λ/(ω₂² − ω₁²) diagonalises H_S, with the frequencies given.",
        check=_system_modes,
        counter=with_term(lambda a, b, *c: 0.1 * x(a) * x(b)),
    ),
    Claim(
        identifier="sync-band",
        place="eq. (A6), (A8)",
        statement="The chain has the frequencies Ω_j² = Ω₀² + 4g sin²(πj/2(M+1)).",
        check=_band,
        counter=with_fields(g=1.0),
    ),
    Claim(
        identifier="sync-couplings",
        place="eq. (A3), (A9), (A10)",
        statement="The system modes couple to those of the chain by c₁(j) and c₂(j).",
        check=_arrowhead,
        counter=with_fields(K=0.3),
    ),
    Claim(
        identifier="sync-langevin-a11",
        place="eq. (A11)–(A14)",
        statement="The system modes obey the generalised Langevin equation of appendix A.",
        check=_a11,
        counter=with_fields(g=1.0),
    ),
    Claim(
        identifier="sync-langevin-main",
        place="section II B, first equation",
        statement="The averages obey a Langevin equation that has no terms in the initial positions.",
        check=_no_slip,
        counter=with_fields(position=(0.0, 0.0), momentum=(0.14, 0.7)),  # what the equation assumes
    ),
    Claim(
        identifier="sync-pearson",
        place="eq. (3)",
        statement="C with the averages as printed tells coherent fluctuations from incoherent ones.",
        check=_pearson,
        counter=with_fields(omega2=1.0),
    ),
    Claim(
        identifier="sync-moments-suffice",
        place="section II B",
        statement="First and second moments characterise the state of the probes at all times.",
        check=_gaussian_state,
        counter=with_term(lambda a, b, *c: 0.1 * x(a) ** 4),
    ),
)
