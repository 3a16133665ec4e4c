r"""Lindblad dynamics in a truncated Fock basis, on QuTiP.

Conventions, everywhere: ħ = 1; x = (a + a†)/√2, p = (a − a†)/(i√2); r = (x_1, p_1, …, x_n, p_n); natural logarithms;
measures are taken from the density matrix itself (of a FockState, or a Qobj), never from moments. A cutoff N keeps the
levels |0⟩ … |N−1⟩ of each mode.

There are two ways in. One is QuTiP's: `steady_state(H, c_ops)` and `evolve(H, rho0, times, c_ops)`, for any dims. The
other is a model and a cutoff: any object with `modes`, `hamiltonian(*a)`, `dissipators(*a)`, `c_ops(*a)` and
`preparation(*a)` written in the ladder operators it is handed. This package knows nothing of covariance matrices as a
way to solve anything.
"""

from fock.breaks import Survey, survey
from fock.channel import amplifier_kraus, apply_amplifier, apply_loss, apply_noise, loss_kraus
from fock.contangle import ResidualContangle, residual_contangle
from fock.continuity import entropy_bound, finite_entropy_bound, mutual_information_bound
from fock.cost import predicted_seconds, predicted_steady_seconds
from fock.discord import discord
from fock.entanglement import log_negativity, lowest_eigenvalue, negativities, trace_norm
from fock.entropy import entropy, mutual_information, non_gaussianity, purity, renyi2
from fock.errors import (
    CutoffTooSmall,
    Divergent,
    FellBack,
    FockError,
    InvalidArgument,
    NotAState,
    NotBounded,
    NotContained,
    NotConverged,
    NotHermitian,
    NotRepeatable,
    NotResolved,
    NotUnique,
    TimeDependent,
    TooLarge,
    TooManySamples,
)
from fock.estimated import Estimated
from fock.fidelity import fidelity
from fock.fisher import FisherInformation, fisher_information, fisher_of
from fock.generator import Generator, generator, hamiltonian, liouvillian
from fock.input_output import output_spectrum, sideband_asymmetry, transfer
from fock.inseparability import duan, epr_variance
from fock.monitored import FockConditionalTrajectory, conditional_evolve
from fock.objects import generator_of
from fock.operators import annihilators, as_cutoffs, compose, corner
from fock.periodic import FockPeriodicState, periodic_state
from fock.preparation import prepare
from fock.qutip_integrator import FaberIntegrator
from fock.sensitivity import Sensitivity, sensitivity
from fock.solve import evolve, evolve_surveyed, steady_state
from fock.squeezing import squeezing_db
from fock.states import FockState, FockTrajectory, moments, photon_distribution
from fock.steady import FockSteadyState
from fock.steering import steering
from fock.system import SystemState, SystemSteadyState, SystemTrajectory
from fock.tails import (
    Tail,
    gentle_bound,
    geometric_tail,
    log_negativity_interval,
    moment_bound,
    negativity_bound,
    thermal_tail,
)
from fock.two_time import correlation, g2, spectrum

__all__ = [
    "CutoffTooSmall",
    "Divergent",
    "Estimated",
    "FaberIntegrator",
    "FellBack",
    "FisherInformation",
    "FockConditionalTrajectory",
    "FockError",
    "FockPeriodicState",
    "FockState",
    "FockSteadyState",
    "FockTrajectory",
    "Generator",
    "InvalidArgument",
    "NotAState",
    "NotBounded",
    "NotContained",
    "NotConverged",
    "NotHermitian",
    "NotRepeatable",
    "NotResolved",
    "NotUnique",
    "ResidualContangle",
    "Sensitivity",
    "Survey",
    "SystemState",
    "SystemSteadyState",
    "SystemTrajectory",
    "Tail",
    "TimeDependent",
    "TooLarge",
    "TooManySamples",
    "amplifier_kraus",
    "annihilators",
    "apply_amplifier",
    "apply_loss",
    "apply_noise",
    "as_cutoffs",
    "compose",
    "conditional_evolve",
    "corner",
    "correlation",
    "discord",
    "duan",
    "entropy",
    "entropy_bound",
    "epr_variance",
    "evolve",
    "evolve_surveyed",
    "fidelity",
    "finite_entropy_bound",
    "fisher_information",
    "fisher_of",
    "g2",
    "generator",
    "generator_of",
    "gentle_bound",
    "geometric_tail",
    "hamiltonian",
    "liouvillian",
    "log_negativity",
    "log_negativity_interval",
    "loss_kraus",
    "lowest_eigenvalue",
    "moment_bound",
    "moments",
    "mutual_information",
    "mutual_information_bound",
    "negativities",
    "negativity_bound",
    "non_gaussianity",
    "output_spectrum",
    "periodic_state",
    "photon_distribution",
    "predicted_seconds",
    "predicted_steady_seconds",
    "prepare",
    "purity",
    "renyi2",
    "residual_contangle",
    "sensitivity",
    "sideband_asymmetry",
    "spectrum",
    "squeezing_db",
    "steady_state",
    "steering",
    "survey",
    "thermal_tail",
    "trace_norm",
    "transfer",
]
