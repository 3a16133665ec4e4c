"""How fast the engines are: `pytest tests/benchmarks -o addopts="" --benchmark-only`. Never part of pass or fail."""

import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import scipy.linalg

import fock
import gaussian
from crosscheck import certify
from crosscheck.models import DissipativeClassicalGravity, ProbedChain, ReservoirGravity
from tests.gaussian.test_lyapunov_equation import DampedChain
from tests.random_models import two_mode_squeezed

RESERVOIR = ReservoirGravity.example()
CHAIN = ProbedChain(300, 1.0, 1.2, 0.0, 0.8, 0.4, 1.2, (1, 1), squeezing=(2.0, 2.0))


@pytest.mark.benchmark(group="gaussian")
def test_both_probes_of_a_300_site_chain_at_2000_times(benchmark):
    times = np.linspace(0, 700, 2000)
    benchmark.pedantic(gaussian.evolve, (CHAIN, times), {"modes": [0, 1]}, rounds=3)


@pytest.mark.benchmark(group="gaussian")
def test_steady_state_of_two_modes(benchmark):
    benchmark(gaussian.steady_state, RESERVOIR)


@pytest.mark.benchmark(group="gaussian")
def test_negativity_of_100000_covariances(benchmark):
    batch = np.array([two_mode_squeezed(r) for r in np.linspace(0, 1, 1000)]).repeat(100, axis=0)
    benchmark.pedantic(gaussian.log_negativity, (batch,), {"party": [0]}, rounds=3)


def scan(points):
    return replace(RESERVOIR, nbar=np.linspace(0, 2, points), Gamma=np.linspace(1, 2, points))


@pytest.mark.benchmark(group="gaussian, from a scan of 100,000 models to E_N and I")
def test_100000_points(benchmark):
    def pipeline():
        sigma = gaussian.steady_state(scan(100_000)).covariance
        return gaussian.log_negativity(sigma, party=[0]), gaussian.mutual_information(sigma, party=[0])

    benchmark.pedantic(pipeline, rounds=3)


@pytest.mark.benchmark(group="500 steady states of two modes")
@pytest.mark.parametrize("method", ["batched, with proofs", "SciPy, one by one"])
def test_500_steady_states(benchmark, method):
    equations = gaussian.moment_equations(scan(500))

    def one_by_one():
        pairs = zip(equations.drift, equations.diffusion, strict=True)
        return [scipy.linalg.solve_continuous_lyapunov(a, -d) for a, d in pairs]

    solve = one_by_one if method.startswith("SciPy") else partial(gaussian.solve_steady, equations)
    benchmark.pedantic(solve, rounds=10, warmup_rounds=1)


@pytest.mark.benchmark(group="gaussian, steady state of a dissipative network")
@pytest.mark.parametrize("modes", [2, 10, 50, 150, 300, 600])
def test_steady_state_of_a_network(benchmark, modes):
    benchmark.pedantic(gaussian.steady_state, (DampedChain(modes, hot=2.0, s=0.02),), rounds=2)


@pytest.mark.benchmark(group="gaussian, both probes of an isolated network at 100 times")
@pytest.mark.parametrize("modes", [3, 10, 50, 150, 302, 600])
def test_evolution_of_a_network(benchmark, modes):
    times = np.linspace(0, 700, 100)
    benchmark.pedantic(gaussian.evolve, (replace(CHAIN, sites=modes - 2), times), {"modes": [0, 1]}, rounds=2)


@pytest.mark.benchmark(group="gaussian")
def test_importing_gaussian(benchmark):
    benchmark.pedantic(subprocess.run, ([sys.executable, "-c", "import gaussian"],), {"check": True}, rounds=5)


@pytest.mark.benchmark(group="fock steady state, cutoff 8")
@pytest.mark.parametrize("method", ["krylov", "qutip"])
@pytest.mark.parametrize("model", [RESERVOIR, DissipativeClassicalGravity.example()], ids=lambda m: type(m).__name__)
def test_steady_state_by_each_method(benchmark, model, method):
    benchmark.pedantic(fock.steady_state, (model,), {"cutoff": 8, "method": method}, rounds=2)


@pytest.mark.benchmark(group="fock steady state, Krylov")
@pytest.mark.parametrize("cutoff", [8, 12, 16])
def test_steady_state_against_cutoff(benchmark, cutoff):
    benchmark.pedantic(fock.steady_state, (RESERVOIR,), {"cutoff": cutoff}, rounds=1)


@pytest.mark.benchmark(group="fock evolution to t = 3")
@pytest.mark.parametrize("cutoff", [8, 12])
def test_evolution_against_cutoff(benchmark, cutoff):
    benchmark.pedantic(fock.evolve, (RESERVOIR, [1.0, 2.0, 3.0]), {"cutoff": cutoff}, rounds=1)


@pytest.mark.benchmark(group="certify")
def test_certifying_two_modes(benchmark):
    benchmark.pedantic(certify, (RESERVOIR,), rounds=1)
