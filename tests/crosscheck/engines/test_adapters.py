"""Each adapter against the package that is installed: its conventions, by closed forms of a squeezed thermal state.

Two modes of n̄ quanta each, squeezed by r: σ = (n̄ + ½)(cosh 2r 1 ⊕ …), ν = n̄ + ½ twice, E_N = 2r − ln(2n̄ + 1),
S = 2g(n̄), tr ρ² = 1/(2n̄ + 1)².
"""

import importlib
import math

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck import certify
from crosscheck.engines import plugins
from crosscheck.engines.qutip_cv import covariance_at
from crosscheck.engines.states import entropy_of
from crosscheck.exam.models import DRIVEN
from crosscheck.models import ClassicalGravity, ReservoirGravity
from crosscheck.report.verdict import Verdict

N, R = 0.3, 0.6
C, S = (N + 0.5) * math.cosh(2 * R), (N + 0.5) * math.sinh(2 * R)
SIGMA = np.array([[C, 0, S, 0], [0, C, 0, -S], [S, 0, C, 0], [0, -S, 0, C]])
PEERS = {
    "thewalrus": "thewalrus",
    "gaussian-open-systems": "gaussian_systems",
    "qugit-v2": "QuGIT_v2",
    "piquasso": "piquasso",
}
ANSWERS = {
    "log_negativity": ({"party": [1]}, 2 * R - math.log(2 * N + 1)),
    "entropy": ({}, 2 * entropy_of(N)),
    "symplectic_eigenvalues": ({}, N + 0.5),
    "purity": ({}, (2 * N + 1) ** -2),
    "is_physical": ({}, 1.0),
}
# Offers whose defect is not their adapter's: their answers are wrong for this state, too.
WRONG = {("qutip-cv, g = 1", "log_negativity"), ("qutip-cv, g = 2", "log_negativity"), ("piquasso, ħ = 1", "purity")}


def installed(name):
    if name in PEERS:
        pytest.importorskip(PEERS[name])
    (plugin,) = plugins([name])
    return plugin.raise_for_broken()


@pytest.mark.parametrize("name", ["qutip-cv", *PEERS])
def test_adapters_convert_conventions(name):
    """ħ, ordering, units and the factor in the covariance are right in every variant."""
    for engine in installed(name).engines:
        for function in engine.offers & set(ANSWERS):
            options, answer = ANSWERS[function]
            right = np.allclose(getattr(engine, function)(SIGMA, **options), answer, rtol=1e-12)
            assert right is ((engine.name, function) not in WRONG), (engine.name, function)


def test_the_covariance_at_g_is_what_qutip_itself_measures():
    """`wigner_covariance_matrix` of a state in Fock space: thermal ⊗ coherent, cut where the tail is below 1e-12."""
    levels = 40
    a, b = (
        qutip.tensor(*pair) for pair in ([qutip.destroy(levels), qutip.qeye(6)], [qutip.qeye(levels), qutip.destroy(6)])
    )
    rho = qutip.tensor(qutip.thermal_dm(levels, 0.5, method="analytic"), qutip.fock_dm(6, 0))
    sigma = np.diag([1.0, 1.0, 0.5, 0.5])
    for g in (1.0, math.sqrt(2), 2.0):
        found = qutip.continuous_variables.wigner_covariance_matrix(a, b, rho=rho, g=g)
        assert np.allclose(found, covariance_at(sigma, g), atol=1e-10)


@pytest.mark.parametrize("model", [ClassicalGravity, ReservoirGravity], ids=lambda m: m.__name__)
def test_gaussian_open_systems_solves_master_equations(model):
    """Correlated rates, squeezed jumps and time evolution, by their own matrices and exponentials."""
    (engine,) = installed("gaussian-open-systems").engines
    report = certify(model.example(), engine=engine)
    assert report.verdict is Verdict.CERTIFIED
    assert {"generator", "window"} <= {c.kind for c in report.certificates}


def test_gaussian_open_systems_says_what_it_has_no_place_for():
    (engine,) = installed("gaussian-open-systems").engines
    with pytest.raises(NotImplementedError, match="no linear terms"):
        engine.moment_equations(DRIVEN)


def test_orderings_undo_each_other():
    pytest.importorskip("gaussian_systems")
    systems = importlib.import_module("crosscheck.engines.peers.open_systems")
    assert np.array_equal(np.array(systems.xxpp(3))[systems.xpxp(3)], np.arange(6))
    assert np.array_equal(systems.covariance_of(np.diag([1, 2, 3, 4])), np.diag([1.0, 3.0, 2.0, 4.0]))
    assert not np.allclose(gaussian.omega(2)[np.ix_(systems.xxpp(2), systems.xxpp(2))], gaussian.omega(2))
