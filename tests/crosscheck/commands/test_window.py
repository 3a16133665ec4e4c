"""`crosscheck window`: exit codes, claims from files, refusals."""

import json

import numpy as np
import pytest
import scipy.linalg
from typer.testing import CliRunner

import gaussian
from crosscheck.commands import main as cli
from crosscheck.models import ReservoirGravity

runner = CliRunner()


def run(*arguments):
    return runner.invoke(cli.app, ["window", *arguments])


def said(result):
    return " ".join(result.output.replace("│", " ").split())


def test_the_command_certifies_and_refutes(tmp_path):
    """Exit code 0 for the state itself, 1 for one digit of one entry; the same in JSON."""
    path = tmp_path / "out.json"
    right = run("ReservoirGravity", "--laboratory", "--json", str(path))
    assert right.exit_code == 0, right.output
    assert "certified" in right.output
    assert json.loads(path.read_text("utf-8"))["verdict"] == "certified"
    wrong = run("ReservoirGravity", "--laboratory", "--spoil", "x1,p2:12", "--digits", "15", "--json", str(path))
    assert wrong.exit_code == 1
    entries = json.loads(path.read_text("utf-8"))["entries"]
    assert [e["entry"] for e in entries if e["verdict"] == "refuted"] == ["σ[x1, p2]"]


@pytest.mark.parametrize(("sigma", "code"), [("0.9000", 0), ("0.9001", 1), ("0.900000000000000000000000000001", 1)])
def test_a_claim_is_read_from_a_file_with_all_its_digits(tmp_path, sigma, code):
    path = tmp_path / "claim.json"
    path.write_text(f'{{"covariance": [[{sigma}, 0], [0, {sigma}]], "mean": [0, 0.0000]}}', "utf-8")
    assert run("DampedThermalMode", "--claim", str(path)).exit_code == code


def test_settings_and_digits_reach_the_claim():
    result = run("DampedThermalMode", "--set", "nbar=0.3", "--digits", "5")
    assert result.exit_code == 0
    assert "0.80000 " in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Gravity",), "no model 'Gravity'"),
        (("DampedThermalMode", "--laboratory"), "--laboratory must be used with ReservoirGravity"),
        (("DampedThermalMode", "--spoil", "x1,x9:3"), "--spoil must be ENTRY:DIGIT"),
        (("DampedThermalMode", "--spoil", "x1,x1:0"), "--spoil must be ENTRY:DIGIT"),
        (("DampedThermalMode", "--spoil", "x1,x1:²"), "--spoil must be ENTRY:DIGIT"),
        (("DampedThermalMode", "--spoil", "x1,x1:1000000"), "digit must be in 1 … 1000"),
        (("DampedThermalMode", "--digits", "1"), "2"),
        (("ParametricOscillator", "--set", "epsilon=0.6"), "no steady state"),
        (("DampedThermalMode", "--claim", "/no/such/file"), "does not exist"),
        (("DampedThermalMode", "--json", "/no/such/folder/x.json"), "does not exist"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in said(result)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "be a JSON file with"),
        ("[1]", "be a JSON file with"),
        ('{"covariance": 5}', "be a JSON file with"),
        ('{"covariance": [[0.9, 0]]}', "be 2 × 2"),
        ('{"covariance": [[0.9, 0], [0]]}', "be 2 × 2"),
        ('{"covariance": [[NaN, 0], [0, 1]]}', "finite"),
        ('{"covariance": [["a", 0], [0, true]]}', "finite"),
        ('{"covariance": [[0.9, 1], [0, 0.9]]}', "symmetric"),
        ('{"covariance": [[-0.5, 0], [0, -0.5]]}', "eigenvalue −½"),
    ],
)
@pytest.mark.parametrize("spoil", [(), ("--spoil", "x1,p1:30")])
def test_a_file_that_holds_no_claim_gets_one_sentence(tmp_path, text, message, spoil):
    """Whether or not an entry of it is to be changed first."""
    path = tmp_path / "claim.json"
    path.write_text(text, "utf-8")
    result = run("DampedThermalMode", "--claim", str(path), *spoil)
    assert "Traceback" not in result.output
    if spoil and "½" in message:
        assert result.exit_code == 1  # no longer singular, and wrong
    else:
        assert result.exit_code == 2
        assert message in said(result) or (spoil and "--spoil must be" in said(result))


def test_what_a_solver_leaves_is_taken_as_doubles(tmp_path):
    """A bare matrix, as `json.dump` writes SciPy's solution, asymmetric in its last digit; one part in 10⁹ is wrong."""
    model = ReservoirGravity.example()
    sigma = scipy.linalg.solve_continuous_lyapunov(gaussian.drift(model), -gaussian.diffusion(model))
    sigma[0, 1] += 1e-16
    path = tmp_path / "sigma.json"
    for factor, code in ((1.0, 0), (1 + 1e-9, 1)):
        path.write_text(json.dumps((factor * sigma).tolist()), "utf-8")
        assert run("ReservoirGravity", "--claim", str(path)).exit_code == code


HOT = """
from dataclasses import dataclass
from crosscheck import Dissipator, Model
from crosscheck.model import thermal_bath
@dataclass(frozen=True)
class Membrane(Model):
    G: float = 1e-4
    gamma: float = 1e-9
    modes = 2
    def hamiltonian(self, a, b):
        return a.dag() * a + b.dag() * b - self.G * (a + a.dag()) * (b + b.dag())
    def dissipators(self, a, b):
        yield Dissipator(0.5, a)
        yield from thermal_bath(b, self.gamma, 1e6)
    @classmethod
    def example(cls):
        return cls()
"""


def test_a_solver_that_lost_digits_is_told_how_many_it_may_claim(tmp_path):
    """Lopsided by 4e-10 and off by 1e-9 of the largest entry, with a condition number of 3e7: no usage error."""
    model, path = tmp_path / "membrane.py", tmp_path / "sigma.json"
    model.write_text(HOT, "utf-8")
    shifted = np.array([[-0.25, 1, 0, 0], [-1, -0.25, 2e-4, 0], [0, 0, -5e-10, 1], [2e-4, 0, -1, -5e-10]])
    noise = np.diag([0.25, 0.25, 1e-9 * 1000000.5, 1e-9 * 1000000.5])
    path.write_text(json.dumps(scipy.linalg.solve_continuous_lyapunov(shifted, -noise).tolist()), "utf-8")
    refuted = run(f"{model}:Membrane", "--claim", str(path))
    assert refuted.exit_code == 1
    assert " is off by " in said(refuted)
    advised = said(refuted).partition("--error ")[2].split(". ")[0].rstrip(".")
    assert run(f"{model}:Membrane", "--claim", str(path), "--error", advised).exit_code == 0
    assert run(f"{model}:Membrane", "--claim", str(path), "--error", "1e-6").exit_code == 1


@pytest.mark.parametrize("entry", [(0, 1), (1, 0)])
def test_both_triangles_are_judged(tmp_path, entry):
    """A claim that is right above the diagonal and wrong below it is wrong, and the other way round."""
    model = ReservoirGravity.example()
    sigma = scipy.linalg.solve_continuous_lyapunov(gaussian.drift(model), -gaussian.diffusion(model))
    sigma = (sigma + sigma.T) / 2
    sigma[entry] += 1e-9
    (tmp_path / "sigma.json").write_text(json.dumps(sigma.tolist()), "utf-8")
    assert run("ReservoirGravity", "--claim", str(tmp_path / "sigma.json")).exit_code == 1


def test_an_undecided_claim_is_told_why(tmp_path):
    """Rates made of literals are doubles, which leave less of γ at n̄ = 10⁶: σ[x2, x2] is known to ± 0.03."""
    model, path = tmp_path / "membrane.py", tmp_path / "sigma.json"
    model.write_text(HOT.replace("self.gamma, 1e6", "1e-9, 1e6"), "utf-8")
    run(f"{model}:Membrane", "--json", str(tmp_path / "out.json"))
    entries = json.loads((tmp_path / "out.json").read_text("utf-8"))["entries"]
    rows = {e["entry"]: float(e["claimed"]) for e in entries if e["entry"].startswith("σ")}
    names = ["x1", "p1", "x2", "p2"]
    sigma = [[rows[f"σ[{', '.join(sorted((j, k), key=names.index))}]"] for k in names] for j in names]
    path.write_text(json.dumps(sigma), "utf-8")
    open_ = run(f"{model}:Membrane", "--claim", str(path), "--error", "0.005")
    assert open_.exit_code == 3
    assert "Make its numbers parameters" in said(open_)
    advised = said(open_).partition("claim fewer digits: --error ")[2].rstrip(".")
    assert run(f"{model}:Membrane", "--claim", str(path), "--error", advised).exit_code == 0


def test_a_gross_error_is_not_called_rounding(tmp_path):
    (tmp_path / "sigma.json").write_text(json.dumps([[0.123456789012345, 0.0], [0.0, 0.9]]), "utf-8")
    refuted = run("DampedThermalMode", "--claim", str(tmp_path / "sigma.json"))
    assert refuted.exit_code == 1
    assert "No solver's rounding explains so much" in said(refuted)
