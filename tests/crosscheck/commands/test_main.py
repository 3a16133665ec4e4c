"""The command line: exit codes, refusals, files."""

import importlib
import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from crosscheck import exam
from crosscheck.commands import diagnose, files, papers
from crosscheck.commands import main as cli
from crosscheck.commands.arguments import known_models
from crosscheck.diagnosis.code.names import ALIASES
from crosscheck.engine import GAUSSIAN
from crosscheck.papers import PAPERS

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
    assert "the budget of 0.001 s" in result.output


def test_certify_exits_with_1_when_something_is_refuted(monkeypatch):
    bug = exam.planted_sample()[0]
    monkeypatch.setattr(
        importlib.import_module("crosscheck.certify"), "certify", lambda model, **options: bug.certify()
    )
    result = run("certify", "DampedThermalMode")
    assert result.exit_code == 1
    assert "refuted" in result.output


@pytest.mark.slow
def test_a_planted_bug_that_escapes_fails_the_run(monkeypatch):
    """The check of the checks: an engine that passes although it was planted."""
    bug = exam.planted_sample()[0]
    harmless = replace(bug, trial=replace(bug.trial, engine=GAUSSIAN), name="harmless")
    monkeypatch.setattr(exam, "planted_sample", lambda: [harmless])
    result = run("certify", "DampedThermalMode", "--planted")
    assert result.exit_code == 1
    assert "escaped" in result.output


def test_planted_bugs_can_be_put_on_trial_with_a_model(monkeypatch):
    few = exam.planted_sample()[:2]
    monkeypatch.setattr(exam, "planted_sample", lambda: few)
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
        (("certify", "--set", "nbar=1"), "but none is named. Name it."),
        (("certify", "DampedThermalMode", "--json", "/no/such/folder/x.json"), "does not exist"),
        (("certify", "HeatBathPair", "--set", "completed=maybe"), "completed must be True or False"),
        (("certify", "ThermalNetwork", "--set", "baths=5"), "baths must be a list"),
        (("certify", "ThermalNetwork", "--set", "h=foo"), "h must be a finite square matrix"),
        (("certify", "DampedThermalMode", "--set", "alpha=foo"), "alpha must be"),
        (("certify", "DampedThermalMode", "--set", "omega=[1,2]"), "hold numbers, not arrays"),
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
    assert "no unique one exists" in result.output
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
        files.atomically(path, interrupted)
    assert path.read_text("utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_output_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    for arguments in (
        ("certify", "DampedThermalMode", "--json", str(tmp_path / "no" / "x.json")),
        ("truncation", "DampedThermalMode", "--plot", str(tmp_path / "x.xyz")),
        ("truncation", "DampedThermalMode", "--plot", str(tmp_path / "noending")),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_a_dash_writes_json_to_standard_output():
    command = [sys.executable, "-m", "crosscheck", "list", "--json", "-"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "ReservoirGravity" in [m["model"] for m in json.loads(result.stdout)["models"]]
    assert "ReservoirGravity" in result.stderr


def test_files_get_the_usual_permissions_and_links_stay_links(tmp_path):
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old", "utf-8")
    link.symlink_to(target)
    assert run("list", "--json", str(link)).exit_code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text("utf-8"))
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_interrupt_ends_the_run_with_130_and_writes_nothing(tmp_path):
    """Also if the exception is lost on its way: it is remembered."""
    path = tmp_path / "out.json"
    code = (
        "import os, signal, sys; import crosscheck.certify; from crosscheck.commands import main as cli\n"
        "def certify(model, progress=None, **options):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt: pass\n"
        "    progress('on')\n"
        "sys.modules['crosscheck.certify'].certify = certify\n"
        f"sys.argv = ['crosscheck', 'certify', 'DampedThermalMode', '--json', {str(path)!r}]\n"
        "cli.main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 130, result.stderr
    assert "nothing was written" in result.stderr
    assert not path.exists()


def test_a_bug_of_ours_is_not_a_verdict():
    """An unexpected exception exits with 70, not with the 1 that means refuted."""
    code = (
        "import sys; import crosscheck.certify; from crosscheck.commands import main as cli\n"
        "def certify(*a, **k): raise RuntimeError('surprise')\n"
        "sys.modules['crosscheck.certify'].certify = certify\n"
        "sys.argv = ['crosscheck', 'certify', 'DampedThermalMode']; cli.main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 70
    assert "surprise" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_terminal_without_unicode_and_a_closed_pipe_are_survived():
    """`| head -1` ends with 141, as for other tools; an ASCII terminal shows question marks."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    plain = subprocess.run(
        [sys.executable, "-m", "crosscheck", "list"], capture_output=True, text=True, env=environment, check=False
    )
    assert plain.returncode == 0, plain.stderr
    command = f"{sys.executable} -m crosscheck list | true; echo ${{PIPESTATUS[0]}}"
    piped = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert piped.stdout.strip() in {"141", "0"}
    assert "Traceback" not in piped.stderr


def test_the_version_is_that_of_the_package():
    assert "fock-crosscheck 0." in run("--version").output


def test_help_teaches():
    for command in ("certify", "truncation", "exam", "list"):
        result = run(command, "--help")
        assert result.exit_code == 0
        assert "Usage" in result.output
    assert "Example" in run("certify", "--help").output


LIGHT = [
    ["--help"],
    ["-h"],
    ["--version"],
    ["certify", "-h"],
    ["certify", "--nonsense"],
    ["certify", "NoSuchModel"],
    ["x"],
]


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_help_and_usage_errors_import_no_engine(arguments):
    """Neither QuTiP nor Matplotlib nor SciPy, which take seconds."""
    code = (
        "import sys; from crosscheck.commands.main import main\n"
        f"sys.argv = ['crosscheck', *{arguments!r}]\n"
        "try: main()\n"
        "except SystemExit: print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "crosscheck.commands.main" in loaded
    assert not {"qutip", "matplotlib", "scipy.linalg", "scipy.integrate", "flint", "jinja2"} & loaded


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
def test_help_fits_80_columns_and_wraps_where_it_ends(command):
    """No line of a paragraph ends early because the source breaks there."""
    environment = os.environ | {"COLUMNS": "80"}
    line = [sys.executable, "-m", "crosscheck", command, "-h"]
    page = subprocess.run(line, capture_output=True, text=True, check=True, env=environment).stdout
    assert max(map(len, page.splitlines())) <= 80
    lines = [line.strip() for line in page.partition("╭")[0].splitlines()]
    for this, following in itertools.pairwise(lines):
        if this and following:
            assert len(this) + 1 + len(following.split()[0]) > 78, this


def test_the_shell_completes_names_of_models():
    assert known_models("Res") == ["ReservoirGravity", "ReservoirGravityCavity"]
    assert known_models("lossy") == ["LossyTwinBeams"]


def test_keys_and_roles_that_help_prints_are_those_there_are():
    """They are written down twice, lest help import what knows them."""
    assert list(papers.KEYS) == [paper.key for paper in PAPERS]
    assert list(diagnose.ROLES) == [name for name in ALIASES if name not in ("times", "vacuum", "layout")]


@pytest.mark.slow
def test_a_terminal_without_unicode_tells_certified_from_refuted():
    """✓ is +, ✗ is X, and JSON on such a stream is escaped, not spoilt."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    line = [sys.executable, "-m", "crosscheck", "window", "DampedThermalMode", "--spoil", "x1,x1:9"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    marks = [row.split()[-1] for row in done.stdout.splitlines() if row.startswith(("<x1>", "s[x1, x1]"))]
    assert marks == ["+", "X"]
    done = subprocess.run([*line, "--json", "-"], capture_output=True, text=True, check=False, env=environment)
    assert [entry["entry"] for entry in json.loads(done.stdout)["entries"]][-1] == "σ[p1, p1]"


def test_the_program_offers_completion_of_models():
    environment = os.environ | {
        "_CROSSCHECK_COMPLETE": "complete_bash",
        "COMP_WORDS": "crosscheck certify Res",
        "COMP_CWORD": "2",
    }
    code = "import sys; sys.argv = ['crosscheck']; from crosscheck.commands.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.split() == ["ReservoirGravity", "ReservoirGravityCavity"]
