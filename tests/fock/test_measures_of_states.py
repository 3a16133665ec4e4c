"""Measures take states as well as kets and density matrices, each of them and with the same answer."""

import inspect

import numpy as np
import pytest
import qutip

import fock
from crosscheck.models import LossyTwinBeams

# Every public function of a density matrix, with what else it needs.
MEASURES = {
    "discord": {"measured": [1]},
    "duan": {"angles": (0.1, 0.4)},
    "entropy": {},
    "epr_variance": {"modes": [1, 0]},
    "log_negativity": {"party": [0]},
    "lowest_eigenvalue": {},
    "moments": {},
    "mutual_information": {"party": [0]},
    "negativities": {},
    "non_gaussianity": {},
    "photon_distribution": {"mode": 1},
    "purity": {},
    "renyi2": {},
    "squeezing_db": {"modes": [1], "angle": 0.2},
    "steering": {"party": [1]},
    "trace_norm": {},
}


# Those of three modes, which the states below are not: `test_observables.py`.
OF_THREE = {"residual_contangle"}


def ket():
    """Twin beams below four levels."""
    amplitudes = 0.5 ** np.arange(4)
    return qutip.Qobj(np.diag(amplitudes).reshape(-1, 1), dims=[[4, 4], [1, 1]]).unit()


def mixed():
    return 0.9 * qutip.ket2dm(ket()) + 0.1 / 16 * qutip.qeye([4, 4])


def test_no_measure_is_left_out():
    """Every public function whose first argument is ρ."""
    functions = {name: getattr(fock, name) for name in fock.__all__ if inspect.isfunction(getattr(fock, name))}
    assert set(MEASURES) | OF_THREE == {
        name for name, function in functions.items() if next(iter(inspect.signature(function).parameters)) == "rho"
    }


@pytest.mark.parametrize("rho", [ket(), mixed()], ids=["ket", "mixed"])
@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_of_a_state_is_that_of_its_density_matrix(name, rho):
    measure, given = getattr(fock, name), MEASURES[name]
    state = fock.FockState(rho=rho, cutoffs=(4, 4))
    steady = fock.FockSteadyState(rho=rho, cutoffs=(4, 4), residual=0.0, gap=1.0, method="direct")
    expected = measure(rho, **given)
    for found in (measure(state, **given), measure(steady, **given), measure(rho=state, **given)):
        np.testing.assert_equal(found, expected)


@pytest.mark.parametrize("name", MEASURES)
def test_a_trajectory_is_many_states(name):
    """It is refused, with the way to one of them; that one is taken."""
    measure, given = getattr(fock, name), MEASURES[name]
    trajectory = fock.evolve(LossyTwinBeams.example(), [0.0, 0.1], cutoff=4)
    with pytest.raises(
        fock.InvalidArgument, match=r"of one state, but is asked of a trajectory of 2\. Take one .*\.states\[k\]"
    ):
        measure(trajectory, **given)
    measure(trajectory.states[-1], **given)


def test_what_is_no_state_is_named_with_what_would_be():
    with pytest.raises(fock.InvalidArgument, match=r"or density matrix, but is list\. .* a FockState is taken"):
        fock.entropy([mixed()])
