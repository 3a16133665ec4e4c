"""Models of the user's own: what is loaded, and what is said when it cannot be."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crosscheck.commands import main as cli
from crosscheck.model import described
from crosscheck.models.loading import TargetNotFound, failed_in_theirs, load, model_of, told

runner = CliRunner()

PLAIN = '''
from crosscheck import Dissipator

class Lossy:
    """No Model in sight: one mode, damped at rate 1 into a bath of 0.25 quanta."""
    modes = 1
    def hamiltonian(self, a):
        return a.dag() * a
    def dissipators(self, a):
        yield Dissipator(1.25, a)
        yield Dissipator(0.25, a.dag())
    @classmethod
    def example(cls):
        return cls()

class Beams(Lossy):
    modes = 2
    def hamiltonian(self, a, b):
        return 0.3 * (a.dag() * b + b.dag() * a)
    def dissipators(self, a, b):
        yield Dissipator(1.0, a)
        yield from super().dissipators(b)

here = Lossy()
number = 7
class NoExample:
    modes = 1
    def hamiltonian(self, a):
        return a.dag() * a
'''


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A writer of files in an empty current folder; the search path is left as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(text, name="mine.py"):
        (tmp_path / name).write_text(text, "utf-8")
        return name

    return write


def output(*arguments, code=2):
    """What a command says, in one line."""
    result = runner.invoke(cli.app, list(arguments))
    assert result.exit_code == code, (result.output, result.exception)
    assert "Traceback" not in result.output
    return " ".join(result.output.replace("│", " ").split())


def test_classes_instances_and_modules_are_found(file):
    name = file(PLAIN)
    assert load(f"{name}:Lossy").__name__ == "Lossy"
    assert load(f"{name}:here").modes == 1
    assert load("crosscheck.models.textbook:BathBeamSplitter").__name__ == "BathBeamSplitter"
    assert load("crosscheck.models:LossyTwinBeams.example")().r == 0.4
    file("class Only:\n    modes = 1\n    def hamiltonian(self, a):\n        return a.dag() * a\n", "one.py")
    assert load("one.py").__name__ == "Only"


def test_a_file_may_import_its_neighbours_also_from_another_folder(tmp_path, file):
    folder = tmp_path / "sub"
    folder.mkdir()
    (folder / "neighbour_of_mine.py").write_text("value = 3\n", "utf-8")
    (folder / "mine.py").write_text("from neighbour_of_mine import value\n", "utf-8")
    assert load("sub/mine.py:value") == 3


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("none.py:X", "There is no file 'none.py'"),
        ("mime.py:Lossy", "Did you mean mine.py?"),
        ("mine.py:Losy", "Did you mean Lossy?"),
        ("mine.py", "Name the object, as in mine.py:Lossy"),
        (":Lossy", "A target is FILE.py:NAME"),
        ("mine:", "A target is FILE.py:NAME"),
        ("no.such.module:X", "cannot be loaded: ModuleNotFoundError: No module named 'no'"),
    ],
)
def test_what_cannot_be_found_is_told_with_what_there_is(file, target, message):
    file(PLAIN)
    with pytest.raises(TargetNotFound) as caught:
        load(target)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = (\n", "mine.py cannot be loaded: line 2: '(' was never closed."),
        ("x = 1\n\ny = 1 / 0\n", "mine.py cannot be loaded: line 3: ZeroDivisionError: division by zero."),
        ("import sys\nsys.exit(3)\n", "mine.py cannot be loaded: line 2: SystemExit: 3."),
        ("def f():\n    return undefined\nf()\n", "line 2: NameError: name 'undefined' is not defined."),
        ("import json\njson.loads('{')\n", "line 2: JSONDecodeError"),
        ("import broken_neighbour\n", "line 1 of broken_neighbour.py: invalid syntax"),
    ],
)
def test_a_file_that_fails_is_told_with_its_line(file, text, message):
    """The last line of the user's: inside a library it would mean nothing to them."""
    file("a b\n", "broken_neighbour.py")
    with pytest.raises(TargetNotFound) as caught:
        load(f"{file(text)}:X")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NoExample", "must have a classmethod example()"),
        ("number", "must be a model"),
        ("Lossy.example", "of type method"),
    ],
)
def test_what_is_no_model_or_has_no_parameters_is_refused(file, name, message):
    target = f"{file(PLAIN)}:{name}"
    with pytest.raises(TargetNotFound, match=message.replace("(", r"\(").replace(")", r"\)")):
        model_of(load(target), target)


@pytest.mark.parametrize("name", ["Lossy", "here", "Beams"])
def test_plain_classes_run_through_every_command(file, name):
    """No base class, party, times or preparation is needed, and none prints as an address."""
    target = f"{file(PLAIN)}:{name}"
    for arguments in (
        ("certify", target, "--tol", "1e-3"),
        ("window", target),
        ("truncation", target, "--cutoffs", "4:6:2"),
    ):
        said = output(*arguments, code=0)
        assert " at 0x" not in said
        assert "certified" in said or "rate/level" in said


def test_a_plain_object_is_described_by_its_class_and_a_dataclass_by_its_parameters(file):
    assert described(load(f"{file(PLAIN)}:here")) == "Lossy(…)"
    assert described(load("crosscheck.models:ParametricOscillator").example()).startswith(
        "ParametricOscillator(epsilon"
    )


BROKEN = """
class Base:
    modes = 1
    def hamiltonian(self, a):
        return a.dag() * a
    @classmethod
    def example(cls):
        return cls()
class Typo(Base):
    def hamiltonian(self, a):
        return a.dagger() * a
class InAGenerator(Base):
    def dissipators(self, a):
        yield self.rates
class NoBrackets(Base):
    def hamiltonian(self, a):
        return a.dag * a
class NoReturn(Base):
    def hamiltonian(self, a):
        a.dag() * a
class InALibrary(Base):
    def hamiltonian(self, a):
        import numpy
        return numpy.linalg.inv(numpy.zeros((2, 2)))[0, 0] * a
class Arity(Base):
    modes = 2
class Late(Base):
    def hamiltonian(self, a):
        return [a.dag() * a, [a + a.dag(), lambda t: 1 / (t - t)]]
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Typo", "fails in line 11 of mine.py: AttributeError: 'Polynomial' object has no attribute 'dagger'."),
        ("InAGenerator", "fails in line 14 of mine.py: AttributeError"),
        (
            "NoBrackets",
            "without its brackets, as in a.dag, or a function without its return. It is line 17 of mine.py.",
        ),
        ("NoReturn", "The Hamiltonian must be built from the ladder operators"),
        ("InALibrary", "fails in line 24 of mine.py: LinAlgError: Singular matrix."),
        ("Arity", "must take one operator for each of its modes, 2 here, but takes (a)"),
        ("Late", "fails in line 29 of mine.py: ZeroDivisionError"),
    ],
)
@pytest.mark.parametrize("command", ["certify", "window", "truncation"])
def test_a_model_that_fails_when_it_runs_is_told_with_its_line(file, command, name, message):
    assert message in output(command, f"{file(BROKEN)}:{name}")


def test_our_own_bugs_stay_ours(file, monkeypatch):
    """An exception of our frames is not the user's, even with the user's code above it on the stack."""
    import gaussian.ladder

    def broken(self):
        raise KeyError("of ours")

    broken = type(broken)(broken.__code__, gaussian.ladder.__dict__ | {"KeyError": KeyError}, "dag")
    monkeypatch.setattr(gaussian.ladder.Polynomial, "dag", broken)
    result = runner.invoke(cli.app, ["certify", f"{file(BROKEN)}:Base"])
    assert isinstance(result.exception, KeyError)
    assert not failed_in_theirs(result.exception)
    assert told(result.exception).startswith("line 5 of mine.py: KeyError")


@pytest.mark.slow
def test_the_console_script_calls_our_bugs_ours(file):
    """Exit code 70, the exception, and the line of the user's that it came through."""
    file(BROKEN)
    code = (
        "import sys\nfrom crosscheck.commands import main as cli\nfrom crosscheck.certificates import system\n"
        "def of(cls, model, times): return exec('raise KeyError(1)', {'__name__': 'crosscheck.x'})\n"
        "system.System.of = classmethod(of)\n"
        "sys.argv = ['crosscheck', 'certify', 'mine.py:Base']\n"
        "cli.main()\n"
    )
    environment = {"PYTHONPATH": str(Path(importlib.import_module("crosscheck").__file__).parents[1])}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == cli.BUG
    assert "crosscheck met a bug of its own: KeyError: 1." in result.stderr


def test_files_of_two_folders_have_neighbours_of_their_own(tmp_path, file, monkeypatch):
    """Each file sees the parameters beside it, whichever was loaded first, and the modules of the caller stay."""
    for folder, value in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "shared_name.py").write_text(f"value = {value}\n", "utf-8")
        (tmp_path / folder / "mine.py").write_text("from shared_name import value\n", "utf-8")
    monkeypatch.delitem(sys.modules, "shared_name", raising=False)
    assert [load(f"{folder}/mine.py:value") for folder in ("one", "two", "one")] == [1, 2, 1]
    assert importlib.import_module("shared_name").value == 1


def test_only_what_the_file_defines_is_offered(file):
    """Not what it imports; and of two models the target says that there are two."""
    name = file("import math\nfrom crosscheck import Model\nclass Cavity:\n    pass\n")
    with pytest.raises(TargetNotFound, match=r"Choose from Cavity\.$"):
        load(f"{name}:X")
    with pytest.raises(TargetNotFound, match=r"defines 3 models. Name the object, as in mine.py:Lossy, mine.py:Beams"):
        load(file(PLAIN))


def test_what_a_file_prints_does_not_get_into_the_json(file):
    """Standard output holds the JSON alone, whatever the user's code prints, when it is loaded or when it is run."""
    name = file(
        PLAIN.replace("return a.dag() * a\n    def", "print('run'); return a.dag() * a\n    def") + "print('in')\n"
    )
    result = runner.invoke(cli.app, ["diagnose", f"{name}:Lossy", "--tol", "1e-3", "--json", "-"])
    assert json.loads(result.stdout)["verdict"] == "certified"
    assert {"in", "run"} <= set(result.stderr.split())


def test_a_field_may_be_set_to_what_is_no_number(file):
    """nan is a float, and is refused as one; a bare word stays a word."""
    assert "must be finite, but is nan" in output("certify", "LossyTwinBeams", "--set", "r=nan")
    assert "must be a number, but is 'abc'" in output("certify", "LossyTwinBeams", "--set", "r=abc")


QUITS = """
import sys
from crosscheck import Model
class Quits(Model):
    modes = 1
    def hamiltonian(self, a): sys.exit()
    @classmethod
    def example(cls): return cls()
"""
SLIP = """
from dataclasses import dataclass
from crosscheck import Dissipator, Model
@dataclass(frozen=True)
class Slip(Model):
    modes = 1
    def hamiltonian(self, a): return a.dag() * a
    def {name}(self, a): yield Dissipator(1.0, a)
    @classmethod
    def example(cls): return cls()
"""


@pytest.mark.parametrize("command", ["certify", "window", "truncation", "diagnose"])
def test_a_model_that_leaves_the_program_is_an_error(file, command):
    """Exit code 2 and the line, and not the 0 that means certified."""
    result = runner.invoke(cli.app, [command, f"{file(QUITS)}:Quits"])
    assert result.exit_code == 2
    assert "leaves the program in line 6 of mine.py" in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "meant"), [("dissipator", "dissipators"), ("prepare", "preparation"), ("rho0", "preparation")]
)
def test_a_method_that_nothing_calls_is_named(file, name, meant):
    result = runner.invoke(cli.app, ["certify", f"{file(SLIP.format(name=name))}:Slip"])
    assert result.exit_code == 2
    assert f"Rename {name} to {meant}." in " ".join(result.output.replace("│", " ").split())


def test_a_closed_system_is_called_so_in_the_first_line(file):
    """Somebody may have forgotten the losses."""
    path = file(SLIP.format(name="helper_of_something_else"))
    result = runner.invoke(cli.app, ["certify", f"{path}:Slip"])
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "Slip(), a closed system: it has no dissipators"


@pytest.mark.parametrize("name", ["state", "energy", "_dissipator", "helper"])
def test_a_helper_is_no_slip(file, name):
    """A closed system may have methods of its own; names that begin with _ are private."""
    result = runner.invoke(cli.app, ["certify", f"{file(SLIP.format(name=name))}:Slip"])
    assert result.exit_code == 0
