"""The KTM model: its master equation, its energy, what does and what does not get entangled.

Coherent starts have the vacuum's covariance. Time in 1/ω, energies in ħω, entropies in nats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import fock
import gaussian
from crosscheck.model import Preparation, displacing, p, thermal_bath, x
from crosscheck.models import ClassicalGravity
from crosscheck.papers.claim import Claim, Evidence, Number, Variant, decided
from crosscheck.papers.classical_gravity.closed_forms import closed_form_rate, evolved_covariance
from crosscheck.papers.classical_gravity.feedback import MeasuredAndFedBack
from crosscheck.papers.classical_gravity.measures import (
    agrees,
    covariances,
    energy,
    fock_information,
    fock_negativity,
    in_fock,
    information,
    negativity,
    window_equations,
    window_residual,
)
from crosscheck.papers.variants import with_dissipator, with_fields, with_noise_times, with_term

# E_N of a separable state is zero up to rounding of ν̃.
SEPARABLE = 1e-10
# Drift, diffusion and moments that agree do so up to the rounding of a few dozen operations on numbers below 10.
ROUNDING = 1e-12
COUPLINGS = (0.01, 0.1, 0.3)
EARLY = np.linspace(0.05, 40.0, 400)


@dataclass(frozen=True)
class _NewtonianMasses(ClassicalGravity):
    r"""Bare traps with the potential to second order in the displacements δ = x₂ − x₁, before it is tidied up.

        H = Σ_j (p_j² + (1 + g) x_j²)/2 + f δ − (g/2) δ²

    from −Gm²/(d + δ) with g = 2Gm²/d³ in units of mω², and the bare ω₀² = 1 + g.
    """

    pull: float = 0.0

    def hamiltonian(self, a: Any, b: Any) -> Any:
        traps = (p(a) ** 2 + p(b) ** 2) / 2 + (1 + self.g) / 2 * (x(a) ** 2 + x(b) ** 2)
        apart = x(b) - x(a)
        return traps + self.pull * apart - self.g / 2 * apart * apart


def _potential_is_a_coupling(variant: Variant) -> Evidence:
    """Drift of the bare potential against that of g x₁x₂, and what the linear term does to E_N."""
    g, pull = 0.3, 0.4
    model = variant(_NewtonianMasses(g=g, noise=0.0, pull=pull))
    coupled = np.array([[0, 1, 0, 0], [-1, 0, -g, 0], [0, 0, 0, 1], [-g, 0, -1, 0]])
    off = [float(np.abs(drift - coupled).max()) for drift in (gaussian.drift(model), window_equations(model)[0])]
    (pulled,) = negativity(covariances(model, [1.5]))
    (free,) = negativity(covariances(variant(ClassicalGravity(g=g, noise=0.0)), [1.5]))
    here = in_fock("E_N(1.5) with the linear term", model, 1.5, fock_negativity, cutoff=16)
    return decided(
        max(off) < ROUNDING and abs(pulled - free) < SEPARABLE and agrees(here, free),
        numbers=[
            Number(name="drift − that of g x₁x₂", found=off[0], error=ROUNDING, printed=0.0),
            Number(name="drift − that of g x₁x₂", found=off[1], error=ROUNDING, printed=0.0, engine="window"),
            Number(name="E_N(1.5) with the linear term", found=float(pulled), error=SEPARABLE),
            Number(name="E_N(1.5) without it", found=float(free), error=SEPARABLE),
            here,
        ],
        otherwise=f"The potential does more than couple the positions: the drift differs by {off[0]:.3g}.",
    )


def _masses_are_coupled(variant: Variant) -> Evidence:
    """Drift and diffusion of measurement and feedback against what (7) says: g x₁x₂ and local noise only."""
    g = 0.3
    model = variant(MeasuredAndFedBack(g=g, rate=0.2))
    local = 0.2 + g**2 / (4 * 0.2)
    said = (
        np.array([[0, 1, 0, 0], [-1, 0, -g, 0], [0, 0, 0, 1], [-g, 0, -1, 0]]),
        np.diag([0, local, 0, local]),
    )
    numbers = []
    for engine, found in (
        ("gaussian", (gaussian.drift(model), gaussian.diffusion(model))),
        ("window", window_equations(model)),
    ):
        off = max(float(np.abs(a - b).max()) for a, b in zip(found, said, strict=True))
        numbers.append(Number(name="largest error of drift and diffusion", found=off, error=ROUNDING, engine=engine))
    return decided(
        max(n.found for n in numbers) < ROUNDING,
        numbers=numbers,
        otherwise=f"Drift or diffusion differ from those of g x₁x₂ with local noise by {numbers[0].found:.3g}.",
    )


def _noise_is_least(variant: Variant) -> Evidence:
    """Momentum noise against the rate of measurement, and what a little less noise would let happen."""
    g = 0.3
    rates = g / 2 * np.geomspace(0.25, 4.0, 9)
    noise = [gaussian.diffusion(variant(MeasuredAndFedBack(g=g, rate=float(rate))))[1, 1] for rate in rates]
    best = int(np.argmin(noise))
    exact = float(window_equations(variant(MeasuredAndFedBack(g=g, rate=float(rates[best]))))[1][1, 1])
    times = np.linspace(0.1, 3.0, 30)
    short = variant(ClassicalGravity(g=g, noise=0.99, squeezing=3.0))
    entangled = float(negativity(covariances(short, times)).max())
    holds = bool(np.isclose(rates[best], g / 2)) and max(abs(noise[best] - g), abs(exact - g)) < ROUNDING
    return decided(
        holds and entangled > SEPARABLE,
        numbers=[
            Number(name="least momentum noise, g = 0.3", found=float(noise[best]), error=ROUNDING),
            Number(name="least momentum noise, g = 0.3", found=exact, error=ROUNDING, engine="window"),
            Number(name="rate of measurement there, g = 0.3", found=float(rates[best]), error=ROUNDING),
            Number(name="E_N that 99 % of it would allow (squeezed, s = 3)", found=entangled, error=SEPARABLE),
        ],
        otherwise=f"The least noise is {noise[best]:.4g}, at the rate {rates[best]:.4g}, and not g = {g} at g/2.",
    )


def _no_entanglement(variant: Variant) -> Evidence:
    """E_N over coupling, squeezing and time, and in Fock space at one point where a cutoff reaches."""
    largest = 0.0
    for g in COUPLINGS:
        for s in (0.0, 1.0, -1.0):
            largest = max(
                largest, float(negativity(covariances(variant(ClassicalGravity(g=g, squeezing=s)), EARLY)).max())
            )
    here = in_fock("E_N at g = 0.3, t = 1.5", variant(ClassicalGravity(g=0.3)), 1.5, fock_negativity)
    return decided(
        largest < SEPARABLE and here.found <= here.error,
        numbers=[
            Number(name="largest E_N, g = 0.01 … 0.3", found=largest, error=SEPARABLE, printed=0.0),
            here,
        ],
        otherwise=f"The masses get entangled: E_N reaches {largest:.3g}.",
    )


def _newton_entangles(variant: Variant) -> Evidence:
    """The same potential without the dissipator, over time and in Fock space."""
    model = variant(ClassicalGravity(g=0.3, noise=0.0))
    reached = negativity(covariances(model, EARLY))
    (there,) = negativity(covariances(model, [1.5]))
    here = in_fock("E_N at g = 0.3, t = 1.5", model, 1.5, fock_negativity)
    return decided(
        bool(reached.min() > SEPARABLE) and here.found > here.error and abs(here.found - there) < 10 * here.error,
        numbers=[
            Number(name="E_N at g = 0.3, t = 1.5", found=float(there), error=SEPARABLE),
            here,
            Number(name="least E_N, t = 0.05 … 40", found=float(reached.min()), error=SEPARABLE),
        ],
        otherwise=f"The masses are separable for some of the time: E_N falls to {reached.min():.3g}.",
    )


def _moments_in_closed_form(variant: Variant) -> Evidence:
    """Exchange symmetry and the closed form, against moments, the Fock window and a truncated state."""
    g, t = 0.3, 1.5
    model = variant(ClassicalGravity(g=g))
    times = np.array([t, 5.0, 30.0])
    sigma = covariances(model, times)
    swapped = np.roll(np.roll(sigma, 2, axis=-1), 2, axis=-2)
    uneven = float(np.abs(sigma - swapped).max())
    off = max(float(np.abs(s - evolved_covariance(g, u)).max()) for s, u in zip(sigma, times, strict=True))
    residual = window_residual(model, evolved_covariance(g, t), closed_form_rate(g, t))

    def in_closed_form(state: fock.FockState) -> float:
        return float(np.abs(state.covariance - evolved_covariance(g, t)).max())

    here = in_fock("error of the closed form, t = 1.5", model, t, in_closed_form)
    return decided(
        max(uneven, off, residual) < ROUNDING and here.found <= here.error,
        numbers=[
            Number(name="largest difference of the masses", found=uneven, error=ROUNDING, printed=0.0),
            Number(name="error of the closed form, t ≤ 30", found=off, error=ROUNDING, printed=0.0),
            Number(
                name="𝓛(ρ) − dρ/dt of the closed form", found=residual, error=ROUNDING, printed=0.0, engine="window"
            ),
            here,
        ],
        otherwise=f"The masses differ by {uneven:.3g}, and the closed form is off by {max(off, residual):.3g}.",
    )


@dataclass(frozen=True)
class _Displaced(ClassicalGravity):
    """The masses start in coherent states of amplitudes `alpha` and −`alpha` (squeezed if asked for)."""

    alpha: complex = 0.0

    def preparation(self, a: Any, b: Any) -> Preparation:
        unitaries = list(super().preparation(a, b).unitaries)
        return Preparation(unitaries=[*unitaries, displacing(a, self.alpha), displacing(b, -self.alpha)])


def _amplitudes_do_not_matter(variant: Variant) -> Evidence:
    """σ(0) = ½·1, I(0) = 0, and I(t) for amplitudes far apart."""
    start = covariances(variant(_Displaced(g=0.3, alpha=0.6 + 0.3j)), [0.0])
    off = float(np.abs(start - np.eye(4) / 2).max())
    at_first = float(information(start)[0])
    later = [float(information(covariances(variant(_Displaced(g=0.3, alpha=alpha)), [1.5]))[0]) for alpha in (0, 5, 3j)]
    spread = max(later) - min(later)
    here = in_fock("I(1.5), α = 0.3 + 0.1i", variant(_Displaced(g=0.3, alpha=0.3 + 0.1j)), 1.5, fock_information)
    return decided(
        max(off, at_first, spread) < ROUNDING and agrees(here, later[0]),
        numbers=[
            Number(name="largest entry of σ(0) − ½·1", found=off, error=ROUNDING, printed=0.0),
            Number(name="I(0)", found=at_first, error=ROUNDING, printed=0.0),
            Number(name="I(1.5), g = 0.3, α = 0", found=later[0], error=ROUNDING),
            Number(name="its change for α = 5 and 3i", found=spread, error=ROUNDING, printed=0.0),
            here,
        ],
        otherwise=f"The start differs from ½·1 by {off:.3g}, and I from one amplitude to another by {spread:.3g}.",
    )


def _energy_diverges(variant: Variant) -> Evidence:
    """The slope of ⟨H⟩ over a hundred periods, and over the short time that fits in Fock space."""
    g = 0.3
    model = variant(ClassicalGravity(g=g))
    times = np.array([0.0, 10.0, 100.0, 600.0])
    e = energy(covariances(model, times), g)
    slopes = np.diff(e) / np.diff(times)

    def slope(state: fock.FockState) -> float:
        return float((energy(state.covariance, g) - e[0]) / 1.5)

    here = in_fock("dE/dt, t < 1.5", model, 1.5, slope)
    return decided(
        bool(np.abs(slopes - g).max() < 1e-10) and agrees(here, g),
        numbers=[
            Number(name="dE/dt, 100 < t < 600", found=float(slopes[-1]), error=1e-10),
            Number(name="E(600)", found=float(e[-1]), error=1e-9),
            here,
        ],
        otherwise=f"The energy does not grow as g t: its slope falls to {slopes[-1]:.3g}, at an energy of {e[-1]:.3g}.",
    )


def _no_steady_state(variant: Variant) -> Evidence:
    """Whether anything is damped; the heating of any state in the Fock window; and what presses against a cutoff."""
    g = 0.3
    model = variant(ClassicalGravity(g=g))
    slowest = -float(np.linalg.eigvals(gaussian.drift(model)).real.max())
    try:
        gaussian.steady_state(model)
        exists = 1.0
    except gaussian.NoSteadyState:
        exists = 0.0
    drift, diffusion = window_equations(model)
    hot = np.diag([40.0, 50.0, 60.0, 70.0])
    heating = float(energy(drift @ hot + hot @ drift.T + diffusion, g))
    edges = [float(fock.steady_state(model, cutoff=n).edge_weight.max()) for n in (6, 10)]
    # x is Hermitian, so what its noise leaves of a cutoff N is the state 1/N², with 2/N on the two highest levels.
    pressed = all(abs(edge * n / 2 - 1) < 0.01 for edge, n in zip(edges, (6, 10), strict=True))
    return decided(
        exists == 0.0 and abs(slowest) < ROUNDING and heating > 0 and pressed,
        numbers=[
            Number(name="damping rate of the slowest moment", found=slowest, error=ROUNDING, printed=0.0),
            Number(name="steady states found", found=exists, printed=0.0),
            Number(name="dE/dt of a hot state, g = 0.3", found=heating, error=1e-10, engine="window"),
            Number(name="weight on the two highest of 6 levels", found=edges[0], engine="fock"),
            Number(name="weight on the two highest of 10 levels", found=edges[1], engine="fock"),
        ],
        otherwise=f"There is a steady state: moments relax at the rate {slowest:.3g} or faster.",
    )


def _damped(a: Any, b: Any) -> Any:
    """A cold bath for both masses, as strong as gravity."""
    return [d for c in (a, b) for d in thermal_bath(c, 0.3, 0.0)]


CLAIMS = (
    Claim(
        identifier="ktm-potential",
        place="eqs. (1) to (5)",
        statement="To second order the potential couples the positions, once traps and rest positions are redefined.",
        check=_potential_is_a_coupling,
        counter=with_term(lambda a, b: 0.1 * x(a) * x(a)),
    ),
    Claim(
        identifier="ktm-from-feedback",
        place="eq. (7)",
        statement="Measuring each position and pushing the other mass by the outcome gives the linearised Newtonian "
        "coupling and noise that is local to each mass.",
        check=_masses_are_coupled,
        counter=with_noise_times(0.5),
    ),
    Claim(
        identifier="ktm-least-noise",
        place="eq. (8) and the sentence before it",
        statement="The decoherence is least at one rate of measurement, and does not vanish there.",
        check=_noise_is_least,
        counter=with_dissipator(lambda a, b: thermal_bath(a, 0.1, 0.0)),
    ),
    Claim(
        identifier="ktm-newton-entangles",
        place="eq. (6) and the sentence after it",
        statement="Without the dissipator the Newtonian potential entangles masses that start uncorrelated.",
        check=_newton_entangles,
        counter=with_fields(noise=1.0),
    ),
    Claim(
        identifier="ktm-no-entanglement",
        place="abstract; section on KTM",
        statement="Local operations and classical communication never entangle the masses.",
        check=_no_entanglement,
        counter=with_noise_times(0.5),  # quantum gravity with half of the noise
    ),
    Claim(
        identifier="ktm-covariance",
        place="eqs. (11) to (14)",
        statement="The covariance matrix obeys a Lyapunov equation, is the same for either mass and has a closed form.",
        check=_moments_in_closed_form,
        counter=with_term(lambda a, b: 0.1 * x(a) * x(a)),  # one trap stiffer than the other
    ),
    Claim(
        identifier="ktm-coherent-start",
        place="eqs. (15) and (16)",
        statement="Coherent starts have the covariance of the vacuum, no correlations and amplitudes of no account.",
        check=_amplitudes_do_not_matter,
        counter=with_fields(squeezing=0.3),
    ),
    Claim(
        identifier="ktm-energy-diverges",
        place="section on the dissipative model, first paragraph",
        statement="The energy of the masses grows without bound.",
        check=_energy_diverges,
        counter=with_dissipator(_damped),
    ),
    Claim(
        identifier="ktm-no-steady-state",
        place="section on the dissipative model, first paragraph",
        statement="The master equation has no stationary solution.",
        check=_no_steady_state,
        counter=with_dissipator(_damped),
    ),
)
