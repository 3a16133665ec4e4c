"""A published script with a Brownian mirror, in SI units and under its own names, goes in with no edit but `--use`."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck import diagnose, occupation
from crosscheck.commands import main as cli
from crosscheck.diagnosis.code.calls import call
from tests.crosscheck.diagnosis.published.mirror import SCAN, Mirror, coupling

FOLDER = Path(__file__).parent / "published"
POINT = ("A=M,D=noise,V=CM_ss,E_N=EN_ss", "Mirror")
NBAR = occupation(2 * np.pi * 10e6, 0.4)
WHOLE = ("A=drift_mat,D=noise,E_N=EN_list", "SCAN")


def run(use, model):
    script, target = FOLDER / "entanglement.py", f"{FOLDER / 'mirror.py'}:{model}"
    return CliRunner().invoke(cli.app, ["diagnose", str(script), "--use", use, "--model", target])


@pytest.mark.parametrize(("use", "model"), [POINT, WHOLE], ids=["one point", "a scan"])
def test_the_script_is_certified(use, model):
    """Its detunings without a steady state, which hold NaN, are counted and not judged."""
    result = run(use, model)
    assert result.exit_code == 0, result.output
    assert "verdict: certified" in result.output
    assert ("have no steady state" in result.output) == (model == "SCAN")


def test_noise_without_the_vacuum_is_refuted_and_named():
    """The planted slip of a Brownian bath: 2γn̄ on p in place of γ(2n̄ + 1)."""
    model = Mirror.example()
    slip = {"D": lambda gamma, kappa: np.diag([0, 2 * gamma * NBAR, kappa, kappa]), "A": drift_of}
    found = diagnose(slip, model=model)
    assert str(found.verdict) == "refuted"
    assert any("Brownian bath of mode 1 is missing: n̄ in D where n̄ + ½ belongs" in line for line in found.story)


def drift_of(Delta, G, omega, gamma, kappa):
    return np.array(
        [[0, omega, 0, 0], [-omega, -gamma, G, 0], [0, 0, -kappa, Delta], [G, 0, -Delta, -kappa]], dtype=float
    )


def test_a_function_of_one_point_is_called_at_each_point_of_a_scan():
    """A matrix of numbers and arrays has no shape; with the axes of the scan last it has the wrong one."""
    mixed = call(drift_of, "drift", SCAN)
    assert mixed.shape == (40, 4, 4)
    assert (mixed[7] == drift_of(SCAN.Delta[7], coupling(SCAN.Delta[7]), SCAN.omega, SCAN.gamma, SCAN.kappa)).all()
    last = call(lambda Delta, G: np.array([[Delta, G], [-G, -Delta]]), "drift", SCAN)
    assert last.shape == (40, 2, 2)
    assert (last[:, 0, 1] == SCAN.G).all()
