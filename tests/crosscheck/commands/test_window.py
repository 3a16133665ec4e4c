"""`crosscheck window`: exit codes, claims from files, refusals."""

import json

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
