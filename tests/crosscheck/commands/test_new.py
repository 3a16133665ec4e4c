"""`crosscheck new`: what is written certifies, and nothing is lost."""

import math
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import crosscheck
import gaussian
from crosscheck.commands import main as cli
from crosscheck.commands import new as new_command
from crosscheck.commands import terminal
from crosscheck.models.loading import load

runner = CliRunner()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty current folder; the search path is left as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def run(*arguments):
    return runner.invoke(cli.app, ["new", *arguments])


def refused(*arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize("modes", [1, 2, 3])
def test_the_file_certifies_as_it_stands(folder, modes):
    """With every certificate that a model with a steady state gets, one of them for the correlated pair of rates."""
    assert run("Mine", "--modes", str(modes)).exit_code == 0
    model = load("mine.py").example()
    report = crosscheck.certify(model, tolerance=1e-3)
    assert str(report.verdict) == "certified"
    kinds = [c.kind for c in report.certificates if c.kind != "enclosed"]  # discord, of two modes
    assert kinds == ["generator", "window", "measures", "trajectory", "steady state"]
    rates = np.linalg.eigvalsh(gaussian.rate_matrix(model))
    plain = {"m": 0.0} if modes == 1 else {"shared": 0.0}
    assert rates[0] > 0
    assert not np.allclose(rates, np.linalg.eigvalsh(gaussian.rate_matrix(replace(model, **plain))))


def test_the_time_dependent_example_certifies_once_it_is_uncommented(folder):
    run("Mine", "--modes", "1")
    path = folder / "mine.py"
    text = path.read_text("utf-8")
    assert text.count("        # return [h,") == 1
    path.write_text("import math\n" + text.replace("        # return [h,", "        return [h,"), "utf-8")
    model = load("mine.py").example()
    assert gaussian.is_time_dependent(model)
    assert str(crosscheck.certify(model, tolerance=1e-3).verdict) == "certified"


def test_the_squeezed_bath_squeezes_its_mode():
    """Without a Hamiltonian ⟨aa⟩ → m and ⟨a†a⟩ → n̄, so that σ = diag(n̄ + ½ + m, n̄ + ½ − m)."""
    run("Mine", "--modes", "1")
    bath = replace(load("mine.py").example(), omega=0.0, epsilon=0.0, nbar=0.3, m=0.2)
    assert np.allclose(gaussian.steady_state(bath).covariance, np.diag([1.0, 0.6]))


def test_a_shared_loss_as_large_as_the_losses_leaves_a_mode_dark():
    """γ_c = κ with n̄ = 0 damps a + b at 2κ and a − b not at all."""
    run("Mine")
    dark = replace(load("mine.py").example(), g=0.0, shared=1.0, kappa=1.0, nbar=0.0)
    damping = np.sort(-np.linalg.eigvals(gaussian.drift(dark)).real)
    assert np.allclose(damping, [0, 0, 1, 1])


@pytest.mark.parametrize(
    ("modes", "change", "message"),
    [
        (1, {"m": 0.7}, "Argument m must satisfy m² ≤"),
        (2, {"shared": -1.1}, "Argument shared must lie within ±kappa"),
        (2, {"kappa": 0.0}, "Argument kappa must be > 0"),
        (2, {"nbar": -0.1}, "Argument nbar must be ≥ 0"),
        (2, {"g": math.inf}, "Argument g must be finite"),
    ],
)
def test_the_file_checks_its_fields(modes, change, message):
    run("Mine", "--modes", str(modes))
    with pytest.raises(crosscheck.InvalidParameter) as caught:
        replace(load("mine.py").example(), **change)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "file", "model"),
    [
        ("KerrCavity", "kerr_cavity.py", "KerrCavity"),
        ("kerr_cavity", "kerr_cavity.py", "KerrCavity"),
        ("kerr-cavity.py", "kerr_cavity.py", "KerrCavity"),
        ("LCCircuit", "lc_circuit.py", "LCCircuit"),
        ("sub/KerrCavity.py", "sub/kerr_cavity.py", "KerrCavity"),
    ],
)
def test_the_class_is_in_camel_case_and_the_file_in_snake_case(folder, name, file, model):
    (folder / "sub").mkdir()
    result = run(name)
    assert result.exit_code == 0, result.output
    assert load(f"{file}:{model}").__name__ == model
    assert f"crosscheck certify {file}:{model}" in result.output


def test_what_it_says_to_edit_is_at_those_lines(folder):
    result = run("Mine")
    lines = (folder / "mine.py").read_text("utf-8").splitlines()
    parts = re.findall(r"(\d+) \((\w+)", result.output.split("lines")[1])
    assert [what for _, what in parts] == ["parameters", "Hamiltonian", "dissipators", "initial", "example"]
    for number, what in parts:
        assert re.search(rf"# \d\..*\b{what}\b", lines[int(number) - 1], re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("class", "must not be a word of Python's"),
        ("None", "must not be a word of Python's"),
        ("2modes", "begin with a letter"),
        ("__init__", "begin with a letter"),
        ("a" * 300, "have at most 60 letters"),
        ("my model", "be letters, digits and _"),
        ("", "be letters, digits and _"),
        ("sub/", "be letters, digits and _"),
        ("ReservoirGravity", "differ from the models of this package"),
        ("lossy_twin_beams", "differ from the models of this package"),
        ("Model", "differ from what the file imports"),
        ("numpy", "A file numpy.py would be imported in its place: add a word, as in numpy_model."),
        ("Dataclasses", "must not be that of a Python module"),
        ("gaussian", "must not be that of a Python module"),
        ("no/such/folder/mine", "Make no/such/folder first."),
    ],
)
def test_a_bad_name_gets_one_sentence(folder, name, message):
    assert message in refused(name)
    assert not list(folder.iterdir())


def test_a_file_is_replaced_only_when_it_is_asked_for(folder):
    path = folder / "mine.py"
    path.write_text("old", "utf-8")
    assert "replace it with --force" in refused("Mine")
    assert path.read_text("utf-8") == "old"
    assert run("Mine", "--force").exit_code == 0
    assert "class Mine(Model)" in path.read_text("utf-8")
    (folder / "taken.py").mkdir()
    assert "choose another name" in refused("Taken", "--force")


def test_the_file_is_written_whole_or_not_at_all(folder, monkeypatch):
    path = folder / "mine.py"
    path.write_text("old", "utf-8")

    def interrupted(place, write):
        def half(name):
            write(name)
            raise KeyboardInterrupt

        terminal.atomically(place, half)

    monkeypatch.setattr(new_command, "atomically", interrupted)
    run("Mine", "--force")
    assert path.read_text("utf-8") == "old"
    assert [p.name for p in folder.iterdir()] == ["mine.py"]


@pytest.mark.parametrize("modes", ["0", "4"])
def test_modes_are_one_to_three(modes):
    refused("Mine", "--modes", modes)


def test_the_files_hold_the_equations_that_they_state(folder):
    """(iε/2)(a†² − a²) lets x grow at ε; g(a†b + b†c + h.c.) turns x1 into p2 and x2 into p3, and x1 not into p3."""
    for name, modes in (("One", 1), ("Three", 3)):
        run(name, "--modes", str(modes))
    one, three = (load(f"{name}.py").example() for name in ("one", "three"))
    assert gaussian.drift(one)[0, 0] == pytest.approx(one.epsilon - one.kappa / 2)
    assert gaussian.drift(three)[[0, 2, 0], [3, 5, 5]] == pytest.approx([three.g, three.g, 0.0])
