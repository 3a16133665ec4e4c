r"""The dissipative KTM model: its limits, its steady state and that it does not entangle.

The text has lost equation (20) and those after it. They are taken to be measurement of x + iαp with feedback
(`crosscheck.papers.classical_gravity.feedback`): it keeps the Hamiltonian of KTM, is local operations and classical
communication, becomes KTM for α → 0 and has one steady state, which is all that the words ask for.

Time in 1/ω, energies in ħω, entropies in nats.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import gaussian
from crosscheck import Verdict, prove_steady_state
from crosscheck.model import x
from crosscheck.models import DissipativeClassicalGravity
from crosscheck.papers.claim import Claim, Evidence, Finding, Number, Variant, decided
from crosscheck.papers.classical_gravity.closed_forms import Array, resting_covariance
from crosscheck.papers.classical_gravity.feedback import MeasuredAndFedBack
from crosscheck.papers.classical_gravity.measures import (
    agrees,
    covariances,
    energy,
    fock_negativity,
    in_fock,
    negativity,
    window_equations,
)
from crosscheck.papers.classical_gravity.rest import SMALL, at_rest_in_fock, nothing_rests, rest, truncated_rest
from crosscheck.papers.variants import with_fields, with_noise_times, with_term

SEPARABLE = 1e-10
ROUNDING = 1e-12
# What a proof allows an entry of the closed form to be off.
PROVED = 1e-12
EARLY = np.linspace(0.05, 40.0, 400)


def _ktm_returns(variant: Variant) -> Evidence:
    """Drift and diffusion at α = 0 against KTM's, and how they go there."""
    g = 0.3
    ktm = np.array([[0, 1, 0, 0], [-1, 0, -g, 0], [0, 0, 0, 1], [-g, 0, -1, 0]]), np.diag([0, g, 0, g])

    def off(found: tuple[Array, Array]) -> float:
        return max(float(np.abs(a - b).max()) for a, b in zip(found, ktm, strict=True))

    models = [variant(DissipativeClassicalGravity(g=g, alpha=alpha)) for alpha in (0.0, 0.01, 0.02)]
    distances = [off((gaussian.drift(m), gaussian.diffusion(m))) for m in models]
    exact = off(window_equations(models[0]))
    return decided(
        max(distances[0], exact) < ROUNDING and distances[2] / distances[1] < 2.1,
        numbers=[
            Number(name="distance from KTM, α = 0", found=distances[0], error=ROUNDING, printed=0.0),
            Number(name="distance from KTM, α = 0", found=exact, error=ROUNDING, printed=0.0, engine="window"),
            *(
                Number(name=f"distance from KTM, α = {alpha}", found=d, error=ROUNDING)
                for alpha, d in zip((0.01, 0.02), distances[1:], strict=True)
            ),
        ],
        otherwise=f"At α = 0 drift or diffusion differ from those of KTM by {distances[0]:.3g}.",
    )


def _only_damping_is_new(variant: Variant) -> Evidence:
    """The drift against that of KTM: −gα/2 on every quadrature, frequencies and coupling unchanged."""
    g, alpha = 0.3, 0.2
    ktm = np.array([[0, 1, 0, 0], [-1, 0, -g, 0], [0, 0, 0, 1], [-g, 0, -1, 0]])
    model = variant(DissipativeClassicalGravity(g=g, alpha=alpha))
    numbers = []
    for engine, drift in (("gaussian", gaussian.drift(model)), ("window", window_equations(model)[0])):
        off = float(np.abs(drift - ktm + g * alpha / 2 * np.eye(4)).max())
        numbers.append(Number(name="drift − KTM's + gα/2", found=off, error=ROUNDING, printed=0.0, engine=engine))
    return decided(
        max(n.found for n in numbers) < ROUNDING,
        numbers=numbers,
        otherwise=f"More than a damping is new: the drift differs by {numbers[0].found:.3g}.",
    )


def _quadrature(variant: Variant) -> Evidence:
    """Steady states of feedback from x + αp and from x + iαp."""
    slowest, exact = {}, {}
    for hermitian in (True, False):
        model = variant(MeasuredAndFedBack(g=0.3, rate=0.15, alpha=0.2, hermitian=hermitian))
        slowest[hermitian] = -float(np.linalg.eigvals(gaussian.drift(model)).real.max())
        exact[hermitian] = -float(np.linalg.eigvals(window_equations(model)[0]).real.max())
    numbers = [
        Number(name="damping of the slowest motion, x + αp", found=slowest[True], error=ROUNDING),
        Number(name="damping of the slowest motion, x + iαp", found=slowest[False], error=ROUNDING),
        Number(name="damping of the slowest motion, x + αp", found=exact[True], error=ROUNDING, engine="window"),
        Number(name="damping of the slowest motion, x + iαp", found=exact[False], error=ROUNDING, engine="window"),
    ]
    if slowest[True] > ROUNDING:
        return Evidence(finding=Finding.REPRODUCED, numbers=tuple(numbers))
    return decided(
        min(slowest[False], exact[False]) > ROUNDING,
        numbers=numbers,
        otherwise="Neither x + αp nor x + iαp gives a steady state.",
        correction="The measured operator must be x + iαp, with position as the record fed back: with a Hermitian "
        f"x + αp the relative motion grows at the rate {-slowest[True]:.3g} = gα/2 and nothing comes to rest.",
    )


def _one_steady_state(variant: Variant) -> Evidence:
    """Existence and uniqueness by the moments, a proof in the Fock window, and the truncated generator."""
    model = variant(SMALL)
    sigma = rest(model)
    if sigma is None:
        return nothing_rests("There is no unique steady state")
    closed = resting_covariance(SMALL.g, SMALL.alpha)
    proof = prove_steady_state(model, closed.tolist(), error=PROVED)
    proved = max(float(abs(entry.deviation).upper()) for entry in proof.entries)
    starts = [covariances(variant(replace(SMALL, squeezing=s)), [200.0])[0] for s in (0.0, 1.0, -1.0)]
    apart = max(float(np.abs(s - sigma).max()) for s in starts)
    states = [truncated_rest(model, n) for n in (10, 12)]
    off = [float(np.abs(state.covariance - sigma).max()) for state in states]
    return decided(
        proof.verdict is Verdict.CERTIFIED and apart < SEPARABLE and off[1] < 0.3 * off[0],
        numbers=[
            Number(
                name="rate at which it is reached, g = 0.4, α = 0.8",
                found=float(gaussian.steady_state(model).slowest_rate),
            ),
            Number(name="spread of three starts at t = 200", found=apart, error=SEPARABLE, printed=0.0),
            Number(name="error of the closed form", found=proved, error=PROVED, printed=0.0, engine="window"),
            Number(name="gap of the truncated generator (12 levels)", found=states[1].gap, engine="fock"),
            Number(name="error of its covariance, 10 levels", found=off[0], engine="fock"),
            Number(name="error of its covariance, 12 levels", found=off[1], engine="fock"),
        ],
        otherwise=f"The steady state is another one: the closed form is off by {proved:.3g}.",
    )


def _energy_is_bounded(variant: Variant) -> Evidence:
    """Energy from a cold and a hot start against its law.

    H is conserved by the rest of the drift, so dE/dt = −gα E + ½ tr hD = −gα E + g(1 + α²/2) for any coupling.
    """
    g, alpha = SMALL.g, SMALL.alpha
    model = variant(DissipativeClassicalGravity(g=g, alpha=alpha))
    sigma = rest(model)
    if sigma is None:
        return nothing_rests("The energy grows without bound")
    limit = float(energy(sigma, g))
    law, times = (1 + alpha**2 / 2) / alpha, np.array([0.0, 3.0, 10.0, 100.0])
    off = 0.0
    for s in (0.0, 1.5):
        e = energy(covariances(variant(DissipativeClassicalGravity(g=g, alpha=alpha, squeezing=s)), times), g)
        off = max(off, float(np.abs(e - law - (e[0] - law) * np.exp(-g * alpha * times)).max()))
    here = at_rest_in_fock("E of the steady state", model, lambda state: float(energy(state.covariance, g)))
    return decided(
        max(off, abs(limit - law)) < SEPARABLE and agrees(here, law),
        numbers=[
            Number(name="E of the steady state, g = 0.4, α = 0.8", found=limit, error=SEPARABLE),
            Number(name="(1 + α²/2)/α, for any g", found=law, engine="closed form"),
            Number(name="error of the exponential e^−gαt, two starts", found=off, error=SEPARABLE, printed=0.0),
            here,
        ],
        otherwise=f"The energy tends to {limit:.3g} and not to (1 + α²/2)/α = {law:.3g}.",
    )


def _never_entangled(variant: Variant) -> Evidence:
    """E_N over coupling, α, squeezing and time, in the steady state, and in Fock space."""
    largest = 0.0
    for g, alpha in ((0.05, 0.2), (0.3, 0.2), (0.3, 1.0)):
        for s in (0.0, 1.0, -1.0, 2.0):
            model = variant(DissipativeClassicalGravity(g=g, alpha=alpha, squeezing=s))
            largest = max(largest, float(negativity(covariances(model, EARLY)).max()))
        sigma = rest(model)
        if sigma is not None:
            largest = max(largest, float(negativity(sigma)))
    here = in_fock("E_N at g = 0.4, α = 0.8, t = 1.5", variant(SMALL), 1.5, fock_negativity)
    return decided(
        largest < SEPARABLE and here.found <= here.error,
        numbers=[Number(name="largest E_N", found=largest, error=SEPARABLE, printed=0.0), here],
        otherwise=f"The masses get entangled: E_N reaches {largest:.3g}.",
    )


CLAIMS = (
    Claim(
        identifier="dktm-limit",
        place="eq. (20) and the sentence after it",
        statement="As its parameter goes to zero the dissipative model becomes KTM.",
        check=_ktm_returns,
        counter=with_noise_times(2.0),
    ),
    Claim(
        identifier="dktm-hamiltonian",
        place="eq. (20)",
        statement="The Hamiltonian is that of KTM and only the dissipator differs.",
        check=_only_damping_is_new,
        counter=with_term(lambda a, b: 0.05 * x(a) * x(b)),
    ),
    Claim(
        identifier="dktm-quadrature",
        place="section on the dissipative model, before eq. (20)",
        statement="Measuring a quadrature with a small free parameter instead of position leads to a steady state.",
        check=_quadrature,
        counter=with_fields(alpha=0.0),
    ),
    Claim(
        identifier="dktm-steady-state",
        place="section on the dissipative model, between figs. 5a and 5b",
        statement="There is one steady state and no other.",
        check=_one_steady_state,
        counter=with_fields(alpha=0.0),
    ),
    Claim(
        identifier="dktm-energy-bounded",
        place="section on the dissipative model, first paragraph",
        statement="The dissipative model prevents the divergence of energy.",
        check=_energy_is_bounded,
        counter=with_fields(alpha=0.0),
    ),
    Claim(
        identifier="dktm-no-entanglement",
        place="section on the dissipative model",
        statement="The dissipative model does not entangle the masses either.",
        check=_never_entangled,
        counter=with_term(lambda a, b: 0.3 * x(a) * x(b)),  # gravity that no measurement pays for
    ),
)
