r"""Gaussian states and quadratic master equations by first and second moments.

Conventions, everywhere: ħ = 1; x = (a + a†)/√2, p = (a − a†)/(i√2); r = (x_1, p_1, …, x_n, p_n); [r_j, r_k] = iΩ_jk;
σ_jk = ½⟨{δr_j, δr_k}⟩, vacuum ½·1; natural logarithms; E_N = Σ max(0, −ln 2ν̃).

A model is any object with `modes`, `hamiltonian(*a)`, `dissipators(*a)`, `c_ops(*a)` and `preparation(*a)` written in
the ladder operators it is handed. Measures take states, trajectories, or covariances as arrays. This package needs
NumPy and SciPy only and knows nothing of Fock space.
"""

from gaussian.breaks import Survey, survey
from gaussian.channel import Channel
from gaussian.contangle import ResidualContangle, residual_contangle
from gaussian.dephased import Moments, evolve_moments, predicted_flows, turns
from gaussian.discord import discord
from gaussian.entanglement import log_negativity, negativities, partial_transpose, separable
from gaussian.entropy import entropy, entropy_of_mode, mutual_information, purity, renyi2
from gaussian.errors import (
    DigitsLost,
    GaussianError,
    IllConditioned,
    InfiniteInformation,
    InvalidArgument,
    MarginalDrift,
    MarginalPeriod,
    NoSteadyState,
    NotHermitian,
    NotQuadratic,
    NotRepeatable,
    NotResolved,
    TimeDependent,
    TooManySamples,
    UnphysicalState,
    UnstableDrift,
    UnstablePeriod,
)
from gaussian.evolution import evolve, integrate, propagate
from gaussian.fidelity import fidelity
from gaussian.fisher import fisher_information
from gaussian.generator import (
    MomentEquations,
    diffusion,
    drift,
    drive,
    is_isolated,
    is_time_dependent,
    moment_equations,
    rate_matrix,
)
from gaussian.input_output import output_spectrum, sideband_asymmetry, transfer
from gaussian.inseparability import duan, epr_variance
from gaussian.lyapunov import SteadyState, solve_steady, steady_state
from gaussian.monitored import conditional_evolve, conditional_steady_state, filtered
from gaussian.normal_forms import BlochMessiah, Williamson, bloch_messiah, williamson
from gaussian.periodic import PeriodicState, periodic_average, periodic_state
from gaussian.photons import photon_distribution
from gaussian.squeezing import squeezing_angle, squeezing_db
from gaussian.states import GaussianState, Trajectory, initial_state
from gaussian.steady_moments import SteadyMoments, steady_moments
from gaussian.steering import steering
from gaussian.symplectic import (
    is_physical,
    lowest_uncertainty_eigenvalue,
    omega,
    reduced,
    symplectic_eigenvalues,
)
from gaussian.temporal_modes import temporal_modes
from gaussian.two_time import correlation, g2, spectrum
from gaussian.with_error import WithError

__all__ = [
    "BlochMessiah",
    "Channel",
    "DigitsLost",
    "GaussianError",
    "GaussianState",
    "IllConditioned",
    "InfiniteInformation",
    "InvalidArgument",
    "MarginalDrift",
    "MarginalPeriod",
    "MomentEquations",
    "Moments",
    "NoSteadyState",
    "NotHermitian",
    "NotQuadratic",
    "NotRepeatable",
    "NotResolved",
    "PeriodicState",
    "ResidualContangle",
    "SteadyMoments",
    "SteadyState",
    "Survey",
    "TimeDependent",
    "TooManySamples",
    "Trajectory",
    "UnphysicalState",
    "UnstableDrift",
    "UnstablePeriod",
    "Williamson",
    "WithError",
    "bloch_messiah",
    "conditional_evolve",
    "conditional_steady_state",
    "correlation",
    "diffusion",
    "discord",
    "drift",
    "drive",
    "duan",
    "entropy",
    "entropy_of_mode",
    "epr_variance",
    "evolve",
    "evolve_moments",
    "fidelity",
    "filtered",
    "fisher_information",
    "g2",
    "initial_state",
    "integrate",
    "is_isolated",
    "is_physical",
    "is_time_dependent",
    "log_negativity",
    "lowest_uncertainty_eigenvalue",
    "moment_equations",
    "mutual_information",
    "negativities",
    "omega",
    "output_spectrum",
    "partial_transpose",
    "periodic_average",
    "periodic_state",
    "photon_distribution",
    "predicted_flows",
    "propagate",
    "purity",
    "rate_matrix",
    "reduced",
    "renyi2",
    "residual_contangle",
    "separable",
    "sideband_asymmetry",
    "solve_steady",
    "spectrum",
    "squeezing_angle",
    "squeezing_db",
    "steady_moments",
    "steady_state",
    "steering",
    "survey",
    "symplectic_eigenvalues",
    "temporal_modes",
    "transfer",
    "turns",
    "williamson",
]
