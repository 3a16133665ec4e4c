"""The command line: exit codes, refusals, files."""

import json

import pytest
from typer.testing import CliRunner

from crosscheck import cli

runner = CliRunner()


def run(*arguments):
    return runner.invoke(cli.app, list(arguments))


def test_list_names_every_model():
    result = run("list")
    assert result.exit_code == 0
    for name in ("ReservoirGravityCavity", "ThermalNetwork", "HeatBathPair"):
        assert name in result.output


def test_certify_exits_with_0_when_all_is_certified(tmp_path):
    path = tmp_path / "out.json"
    result = run("certify", "DampedThermalMode", "ParametricOscillator", "--tol", "1e-3", "--json", str(path))
    assert result.exit_code == 0, result.output
    data = json.loads(path.read_text("utf-8"))
    assert data["verdict"] == "certified"
    assert [m["model"] for m in data["models"]] == ["DampedThermalMode", "ParametricOscillator"]
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_certify_exits_with_3_when_the_budget_is_too_small():
    result = run("certify", "ReservoirGravity", "--budget", "0.001")
    assert result.exit_code == 3
    assert "time budget" in result.output


def test_certify_exits_with_1_when_something_is_refuted(monkeypatch):
    bug = cli.planted_bugs()[0]
    monkeypatch.setattr(cli, "certify", lambda model, **options: bug.certify())
    result = run("certify", "DampedThermalMode")
    assert result.exit_code == 1
    assert "refuted" in result.output


def test_a_planted_bug_that_escapes_fails_the_run(monkeypatch):
    """The check of the checks: an engine that passes although it was planted."""
    from dataclasses import replace

    from crosscheck.engine import GAUSSIAN

    harmless = replace(cli.planted_bugs()[-2], engine=GAUSSIAN, name="harmless")
    monkeypatch.setattr(cli, "planted_bugs", lambda: [harmless])
    result = run("certify", "DampedThermalMode", "--planted")
    assert result.exit_code == 1
    assert "escaped" in result.output


def test_planted_bugs_can_be_put_on_trial_with_a_model(monkeypatch):
    few = cli.planted_bugs()[:2]
    monkeypatch.setattr(cli, "planted_bugs", lambda: few)
    result = run("certify", "DampedThermalMode", "--planted")
    assert result.exit_code == 0
    assert "2 of 2 planted bugs refuted" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("certify", "Gravity"), "no model 'Gravity'"),
        (("certify", "ReservoirGravity", "--set", "nbar=-0.1"), "Argument nbar must be ≥ 0, but is -0.1."),
        (("certify", "ReservoirGravity", "--set", "mass=1"), "be FIELD=VALUE with a field of"),
        (("certify", "ReservoirGravity", "--set", "nbar"), "be FIELD=VALUE with a field of"),
        (("certify", "ReservoirGravity", "--tol", "0"), "must be > 0"),
        (("certify", "ThermalNetwork", "--set", "approach=both"), 'must be "global" or "local"'),
        (("certify", "--set", "nbar=1"), "name the model"),
        (("certify", "DampedThermalMode", "--json", "/no/such/folder/x.json"), "does not exist"),
        (("truncation", "DampedThermalMode", "--cutoffs", "1:4:1"), "start at 2 or more"),
        (("truncation", "DampedThermalMode", "--cutoffs", "many"), "FIRST:LAST:STEP"),
        (("truncation", "DampedThermalMode", "--time", "-1"), "Argument times must be finite and ≥ 0"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output


def test_an_unstable_model_is_answered_with_its_eigenvalue():
    """Not an error: the trajectory is compared, and the report says that no steady state exists."""
    result = run("certify", "ParametricOscillator", "--set", "epsilon=0.6", "--tol", "1e-3")
    assert result.exit_code == 0
    assert "none exists" in result.output
    assert "+0.1+0i" in result.output


def test_truncation_prints_and_saves(tmp_path):
    path, picture = tmp_path / "t.json", tmp_path / "t.svg"
    result = run("truncation", "DampedThermalMode", "--cutoffs", "4:8:2", "--json", str(path), "--plot", str(picture))
    assert result.exit_code == 0
    assert "rate/level" in result.output
    assert json.loads(path.read_text("utf-8"))["place"] == "steady state"
    assert "<svg" in picture.read_text("utf-8")


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("old", "utf-8")

    def interrupted(name):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cli._atomically(path, interrupted)
    assert path.read_text("utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_help_teaches():
    for command in ("certify", "truncation", "list"):
        result = run(command, "--help")
        assert result.exit_code == 0
        assert "Usage" in result.output
    assert "Example" in run("certify", "--help").output
