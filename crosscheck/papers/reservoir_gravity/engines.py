"""What the checks of the reservoir paper share: its models at any Q, E_N in intervals, doubles and Fock space.

The figures were made with k_G as printed, twice its definition; so are these models, and remarks say what changes.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy.integrate
import scipy.linalg
from numpy.typing import NDArray

import fock
import gaussian
from crosscheck.certificates.simulation.cutoffs import estimated_error
from crosscheck.models import ReservoirGravity
from crosscheck.models.laboratory import PRINTED_K_G, Q_OF_TABLE
from crosscheck.papers.claim import Number
from gaussian import enclosed
from gaussian.generator import equations_of_time

Array = NDArray[Any]

# Few quanta and nothing zero or symmetric by chance: for Fock space, and for equations that must hold anywhere.
GENERIC = ReservoirGravity(detuning=1.3, k_M=0.3, gamma=0.1, nbar=0.15, Gamma=1.0, r=0.3, kappa_G=0.03)
# Of shifts of E_N that are as small as 1e-17.
WIDTH = 1e-23


def at(Q: Any, *, classical: bool = True, coupling: Any = 1) -> ReservoirGravity:
    """The experiment at quality Q, by the rule of Fig. 2, with `coupling` times the coherent coupling of gravity."""
    lab = ReservoirGravity.from_lab(Q=Q, classical=classical, k_G=PRINTED_K_G)
    return ReservoirGravity(lab.detuning, lab.k_M * coupling, lab.gamma, lab.nbar, lab.Gamma, lab.r, lab.kappa_G)


TABLE = at(Q_OF_TABLE)


def heating(model: Any) -> float:
    """ξ = (2n̄ + 1)γ + 4κ_G."""
    return float((2 * model.nbar + 1) * model.gamma + 4 * model.kappa_G)


def negativity(model: Any) -> float:
    """E_N of the observed modes in the steady state, in doubles."""
    return float(gaussian.log_negativity(gaussian.steady_state(model).reduced(model.observed).covariance, party=[0]))


def in_balls(model: Any) -> Any:
    """E_N of the steady state at the working precision, the model's fields read as exact decimals."""
    return enclosed.log_negativity(enclosed.steady_state(model).covariance, party=[0])


@functools.lru_cache(maxsize=256)
def shift(model: Any, reference: Any) -> tuple[float, float]:
    """E_N(model) − E_N(reference) and the radius of the interval that holds it: doubles have no digit of it left."""
    ball = enclosed.enclose(lambda: in_balls(model) - in_balls(reference), width=WIDTH)
    return float(ball.mid()), float(ball.rad()) + 1e-16 * abs(float(ball.mid()))


@functools.lru_cache(maxsize=64)
def fock_negativity(model: Any, cutoff: int) -> tuple[float, float]:
    """E_N of the steady state in Fock space, with the error that three cutoffs tell of."""
    levels = (cutoff - 4, cutoff - 2, cutoff)
    states = [fock.steady_state(model, cutoff=n) for n in levels]
    values = [fock.log_negativity(state.rho, party=[0]) for state in states]
    return values[-1], estimated_error(values) + states[-1].solver_error


def fock_number(name: str, model: Any, cutoff: int) -> Number:
    """E_N in Fock space as a number with its error."""
    value, error = fock_negativity(model, cutoff)
    return Number(name=name, found=value, error=error, engine="fock")


def moments_of(sigma: Array) -> dict[str, complex]:
    """Second moments of a and b from a covariance without means; capitals are daggers, so that aB is ⟨ab†⟩."""
    aa, bb = ((sigma[j, j] - sigma[j + 1, j + 1]) / 2 + 1j * sigma[j, j + 1] for j in (0, 2))
    ab = (sigma[0, 2] - sigma[1, 3] + 1j * (sigma[0, 3] + sigma[1, 2])) / 2
    aB = (sigma[0, 2] + sigma[1, 3] + 1j * (sigma[1, 2] - sigma[0, 3])) / 2
    Aa, Bb = ((sigma[j, j] + sigma[j + 1, j + 1] - 1) / 2 for j in (0, 2))
    moments = {"aa": aa, "bb": bb, "ab": ab, "aB": aB, "Aa": Aa, "Bb": Bb}
    conjugates = {"AA": "aa", "BB": "bb", "AB": "ab", "Ab": "aB"}
    return {k: complex(v) for k, v in moments.items()} | {k: complex(moments[v].conj()) for k, v in conjugates.items()}


def covariance_of(m: dict[str, complex]) -> Array:
    """The covariance that has these second moments."""
    local = [
        [[m[n].real + 0.5 + m[s].real, m[s].imag], [m[s].imag, m[n].real + 0.5 - m[s].real]]
        for n, s in (("Aa", "aa"), ("Bb", "bb"))
    ]
    ab, aB = m["ab"], m["aB"]
    cross = np.array([[ab.real + aB.real, ab.imag - aB.imag], [ab.imag + aB.imag, aB.real - ab.real]])
    return np.block([[np.array(local[0]), cross], [cross.T, np.array(local[1])]])


def periodic_state(model: Any, period: float) -> Array:
    """Covariance at t = 0 of the state that a generator of that period settles to: σ = ΦσΦᵀ + N over one period."""
    at_time = equations_of_time(model)
    m = 2 * int(model.modes)

    def flow(t: float, y: Array) -> Array:
        equations = at_time(t)
        phi, noise = y.reshape(2, m, m)
        a = equations.drift
        return np.concatenate([(a @ phi).ravel(), (a @ noise + noise @ a.T + equations.diffusion).ravel()])

    start = np.concatenate([np.eye(m).ravel(), np.zeros(m * m)])
    end = scipy.integrate.solve_ivp(flow, (0.0, period), start, "DOP853", rtol=1e-12, atol=1e-14).y[:, -1]
    phi, noise = end.reshape(2, m, m)
    return np.asarray(scipy.linalg.solve_discrete_lyapunov(phi, noise))
