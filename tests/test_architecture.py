"""The arrows between the packages, and what importing the light one costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "gaussian": {"qutip", "fock", "crosscheck", "matplotlib", "rich", "typer"},
    "fock": {"gaussian", "crosscheck", "matplotlib", "rich", "typer"},
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "").split(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_the_engines_are_strangers(package):
    """gaussian never imports QuTiP, fock or crosscheck; fock never imports gaussian or crosscheck; no relative
    imports.
    """
    for path in (ROOT / package).rglob("*.py"):
        found = set(imports(path))
        assert not found & FORBIDDEN[package], path
        assert not any(name.startswith(".") for name in found), path


def test_there_is_no_code_outside_the_three_packages_and_the_tests():
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if tracked:
        assert {line.split("/")[0] for line in tracked.splitlines()} <= {"fock", "gaussian", "crosscheck", "tests"}


def test_importing_gaussian_loads_no_qutip_and_nothing_slow():
    """No QuTiP, no plotting, no integrators or special functions (a third of a second each)."""
    code = "import sys, gaussian; print(*sorted(m for m in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    heavy = {
        "qutip",
        "fock",
        "crosscheck",
        "matplotlib",
        "rich",
        "typer",
        "flint",
        "scipy.integrate",
        "scipy.special",
        "scipy.optimize",
    }
    assert not heavy & set(loaded)


def test_files_stay_readable():
    """No module over 400 lines, and half of them under 150."""
    lengths = sorted(
        len(path.read_text("utf-8").splitlines())
        for package in ("fock", "gaussian", "crosscheck")
        for path in (ROOT / package).rglob("*.py")
    )
    assert lengths[-1] <= 400
    assert lengths[len(lengths) // 2] <= 150


@pytest.mark.parametrize("package", ["fock", "gaussian", "crosscheck"])
def test_every_public_name_exists_and_is_documented(package):
    module = __import__(package)
    for name in module.__all__:
        assert getattr(module, name).__doc__, name
