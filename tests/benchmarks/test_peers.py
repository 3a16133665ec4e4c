"""Steady state, evolution and Gaussian batches by every method that is installed: ours, QuTiP's, dynamiqs, thewalrus.

The same solvers as `crosscheck bench` runs, at tolerances with which each is right to what that command demands;
`extra_info` holds the error measured. Slow methods stop at small cutoffs.
"""

import numpy as np
import pytest

import fock
from crosscheck.bench import batches, evolution, steady
from crosscheck.bench.solver import trace_distance
from crosscheck.models import ReservoirGravityCavity

# Cutoffs up to which a method takes seconds; the others go all the way.
STEADY, EVOLUTION = (4, 6, 8, 12), (4, 8, 12)
LIMITS = {"QuTiP eigen": 4, "QuTiP svd": 4, "QuTiP diag": 4}
LU = 8
# Loose enough to be quick, tight enough to be right at these cutoffs.
RTOL = 1e-9
RTOL_IN_TIME = 1e-7


def pairs(solvers, cutoffs):
    return list(chosen(solvers, cutoffs))


def chosen(solvers, cutoffs):
    for solver in solvers:
        exact = solver.tolerances == (None,) and not solver.ours
        largest = LIMITS.get(solver.name, LU if exact else max(cutoffs))
        yield from (pytest.param(solver, n, id=f"{solver.name}, {n}") for n in cutoffs if n <= largest)


def timed(benchmark, solver, cutoff, tolerance, reference):
    call = solver.prepare(cutoff, None if solver.tolerances == (None,) else tolerance)
    states = benchmark.pedantic(call, rounds=2)
    benchmark.extra_info["error"] = trace_distance(states, reference.states) + reference.error


@pytest.mark.benchmark(group="steady state, two modes")
@pytest.mark.parametrize(("solver", "cutoff"), pairs(steady.solvers(), STEADY))
def test_steady_state_by_everyone(benchmark, solver, cutoff):
    timed(benchmark, solver, cutoff, RTOL, steady.reference(cutoff))


@pytest.mark.benchmark(group="evolution to t = 10, two modes")
@pytest.mark.parametrize(("solver", "cutoff"), pairs(evolution.solvers(), EVOLUTION))
def test_evolution_by_everyone(benchmark, solver, cutoff):
    timed(benchmark, solver, cutoff, RTOL_IN_TIME, evolution.reference(cutoff))


@pytest.mark.benchmark(group="three modes")
@pytest.mark.parametrize("cutoff", [4, 6, 8])
def test_steady_state_of_three_modes(benchmark, cutoff):
    (state,) = benchmark.pedantic(steady.three_modes().prepare(cutoff, None), rounds=1)
    benchmark.extra_info["error"] = state.solver_error


@pytest.mark.benchmark(group="three modes")
def test_evolution_of_three_modes(benchmark):
    model = ReservoirGravityCavity.example()
    trajectory = benchmark.pedantic(fock.evolve, (model, [1.0, 2.0]), {"cutoff": 5}, rounds=1)
    benchmark.extra_info["error"] = trajectory.states[-1].solver_error


@pytest.mark.benchmark(group="measures, two modes, cutoff 12")
@pytest.mark.parametrize("measure", [fock.log_negativity, fock.mutual_information], ids=lambda m: m.__name__)
def test_measures_of_a_density_matrix(benchmark, measure):
    rho = fock.steady_state(steady.MODEL, cutoff=12).rho
    benchmark(measure, rho, party=[0])


@pytest.mark.benchmark(group="measures, two modes, cutoff 12")
def test_entropy_of_a_density_matrix(benchmark):
    benchmark(fock.entropy, fock.steady_state(steady.MODEL, cutoff=12).rho)


@pytest.mark.benchmark(group="steady state, E_N and mutual information of 1000 temperatures")
@pytest.mark.parametrize("way", batches.ways(), ids=lambda way: way.name)
def test_measures_of_gaussian_steady_states(benchmark, way):
    temperatures = np.linspace(0, batches.HOTTEST, 1000)
    answer = benchmark.pedantic(way.measure, (temperatures,), rounds=2)
    benchmark.extra_info["error"] = batches.error_of(temperatures, answer)
