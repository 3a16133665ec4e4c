"""Scripts that solve under `if __name__ == "__main__":`, or by solver objects, are read as plain calls are."""

import sys

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck.models import loading

HEAD = """
import numpy as np, sys
from qutip import MCSolver, MESolver, QobjEvo, SESolver, basis, destroy, mesolve
import qutip
a = destroy(6)
energy, tlist = 1.5 * a.dag() * a + 0.1 * (a + a.dag()), [0, 0.5, 1]
"""  # line 7 is the next
PLAIN = "mesolve(energy, basis(6, 0), tlist, [0.5 * a])"
OBJECT = "MESolver(energy, [0.5 * a]).run(basis(6, 0), tlist)"


def equation(model):
    """H, the jumps and the start, without the sentence on where they come from and the conventions."""
    return str(model)[str(model).index("H = ") :]


def guarded(block):
    return "if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in block.split("\n"))


@pytest.fixture
def read(tmp_path):
    """The model of a script of which the lines from the seventh on are given."""

    def of(lines):
        (tmp_path / "script.py").write_text(HEAD + lines, "utf-8")
        return loading.load(str(tmp_path / "script.py"))

    return of


@pytest.mark.parametrize(
    ("lines", "origin"),
    [
        (guarded(PLAIN), "mesolve in line 8 of script.py"),
        (f"def main():\n    {PLAIN}\n" + guarded("sys.exit(main())"), "mesolve in line 8 of script.py"),
        (OBJECT, "MESolver in line 7 of script.py"),
        (guarded("solver = qutip." + OBJECT.replace(").run", ")\nsolver.run")), "MESolver in line 9 of script.py"),
        (OBJECT.replace("MES", "MCS"), "MCSolver in line 7 of script.py"),
        (guarded("rho0, H, c_ops = basis(6, 0), energy, [0.5 * a]"), "H, c_ops, rho0 and tlist of script.py"),
    ],
    ids=["block", "main", "object", "object in the block", "trajectories", "names in the block"],
)
def test_it_is_the_model_of_the_plain_call(read, lines, origin):
    """H, the jump, the start and the times; and the line is that of the file."""
    model, plain = read(lines), read(PLAIN)
    assert model.origin == origin
    assert equation(model) == equation(plain)
    assert "0.25 𝓓[a]" in equation(model)
    assert model.times == plain.times == (0.5, 1.0)


def test_the_solver_of_kets_has_no_jumps(read):
    """`SESolver(H).run(psi0, tlist)`."""
    model = read("SESolver(energy).run(basis(6, 0), tlist)")
    assert model.origin == "SESolver in line 7 of script.py"
    assert "𝓓" not in equation(model)


def test_arguments_of_the_run_are_those_of_the_coefficients(read):
    """H = w a†a from the coherent state α = ½, with w = 3 given to `run`: α(t) = ½ exp(−3it − t/2)."""
    lines = "driven = QobjEvo([[a.dag() * a, lambda t, w: w]], args={'w': 1})\n"
    model = read(lines + "MESolver(driven, [a]).run(qutip.coherent(6, 0.5), [0, 1], args={'w': 3})")
    amplitude = 0.5 * np.exp(-3j - 0.5)
    mean = np.sqrt(2) * np.array([amplitude.real, amplitude.imag])
    # Six levels hold the start to √(Σ_{n>5} e^{-1/4}/(4ⁿ n!)) = 5e-4.
    np.testing.assert_allclose(gaussian.evolve(model, [1.0]).mean[0], mean, atol=2e-3)


def test_what_qutip_makes_for_its_own_functions_is_not_counted(read):
    """`mesolve` makes an `MESolver` and runs it: that is one call; and a correlation that runs the user's is none."""
    model = read(f"{PLAIN}\n{OBJECT}\nqutip.correlation_3op(MESolver(energy, [a]), basis(6, 0), [0, 1], [0, 1], A=a)")
    assert model.origin == "MESolver in line 8, the last of 2 calls of a solver, of script.py"


def test_classes_of_qutip_are_as_they_were(read):
    """Nothing hears after the file has been read."""
    before = [dict(vars(kind)) for kind in (qutip.MESolver, qutip.SESolver, qutip.MCSolver)]
    read(OBJECT)
    assert [dict(vars(kind)) for kind in (qutip.MESolver, qutip.SESolver, qutip.MCSolver)] == before


def test_a_block_is_left_alone_where_the_file_says_enough(read):
    """The call outside of the block is taken, and the block is not run."""
    assert read(PLAIN + "\n" + guarded("raise RuntimeError")).origin == "mesolve in line 7 of script.py"


@pytest.mark.parametrize(
    "write",
    [
        "np.savetxt('FOLDER/out', [1.0])",
        "np.savez('FOLDER/out', a=1)",
        "open('FOLDER/script.py', 'a')",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('FOLDER/out.png')",
        "import os; os.remove('FOLDER/script.py')",
    ],
    ids=["text", "arrays", "append", "figure", "remove"],
)
def test_a_block_ends_where_it_would_write(read, tmp_path, write):
    """What was asked before is taken, the folder stays as it was, and no `except Exception` goes on."""
    lines = f"{PLAIN}\ntry:\n    {write}\nexcept Exception: pass\nraise RuntimeError".replace("FOLDER", str(tmp_path))
    assert read(guarded(lines)).origin == "mesolve in line 8 of script.py"
    assert [each.name for each in tmp_path.iterdir() if each.name != "__pycache__"] == ["script.py"]
    assert (tmp_path / "script.py").read_text("utf-8") == HEAD + guarded(lines)
    np.savetxt(tmp_path / "later", [1.0])  # and nothing stops us afterwards


def test_a_block_that_writes_first_is_refused_with_the_line(read, tmp_path):
    """The sentence says where the block was ended."""
    with pytest.raises(loading.TargetNotFound, match="writes one in line 8"):
        read(guarded(f"open('{tmp_path}/log', 'w')\n{PLAIN}"))


def test_a_block_that_fails_is_told_with_its_line(read):
    """As the plain script is; also where it leaves with an exit code."""
    with pytest.raises(loading.TargetNotFound, match="line 8: ZeroDivisionError"):
        read(guarded("1 / 0"))
    with pytest.raises(loading.TargetNotFound, match="line 8: SystemExit"):
        read(guarded("sys.exit(3)"))


def test_a_block_does_not_read_our_command_line(read, monkeypatch):
    """argparse in main() sees the script alone."""
    monkeypatch.setattr(sys, "argv", ["crosscheck", "certify", "script.py"])
    block = "import argparse\nargparse.ArgumentParser().parse_args()\n" + PLAIN
    assert read(guarded(block)).origin == "mesolve in line 10 of script.py"
    assert sys.argv[0] == "crosscheck"
