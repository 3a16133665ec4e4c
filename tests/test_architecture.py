"""The arrows between the packages, and what importing the light one costs."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

import crosscheck

ROOT = Path(__file__).parents[1]
PACKAGES = ("fock", "gaussian", "crosscheck")
FORBIDDEN = {
    "gaussian": {"qutip", "fock", "crosscheck", "matplotlib", "rich", "typer"},
    "fock": {"gaussian", "crosscheck", "matplotlib", "rich", "typer"},
}


@cache
def nodes(path):
    """All of a file's syntax."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports(path):
    for node in nodes(path):
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


# The floors of crosscheck, from the top: a file imports from its own floor and from those below, never from above.
FLOORS = (
    {"commands", "__main__"},
    {"papers", "exam", "engines", "diagnosis", "bench"},
    {"certify"},
    {"certificates"},
    {"report", "models", "model", "engine", "times", "sampled"},
    {"errors"},
)
# Rooms on one floor of which the first may not see the second: models describe themselves in words of report.
APART = [({"report"}, {"models", "model", "engine"})]
# Its names load when they are asked for, so that it is on no floor.
FACE = "crosscheck"


def module_of(path):
    """The dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def home(name):
    """The module that a name of the face is from."""
    return f"{FACE}.{crosscheck.HOMES[name] or name}"


def imported(syntax, files):
    """What a file imports of `files`, wherever in it the import stands, and also where it goes through the face."""
    found = set()
    faces = {
        alias.asname or FACE
        for node in syntax
        if isinstance(node, ast.Import)
        for alias in node.names
        if (alias.name if alias.asname else alias.name.split(".")[0]) == FACE
    }
    for node in syntax:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {full if full in files else node.module for full in names.values()}
            found |= {home(name) for name in names if node.module == FACE and name in crosscheck.HOMES}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in faces:
            found |= {home(node.attr)} if node.attr in crosscheck.HOMES else set()
    return {name for name in found if name in files and name != FACE}


def modules():
    """The files of crosscheck by their dotted names."""
    return {module_of(path): path for path in (ROOT / FACE).rglob("*.py")}


def import_graph():
    """Who imports whom inside crosscheck."""
    files = modules()
    graph = {module: imported(nodes(path), files) - {module} for module, path in files.items()}
    del graph[FACE]
    return graph


def room(module):
    return module.split(".")[1]


def floor(module):
    return next(k for k, rooms in enumerate(FLOORS) if room(module) in rooms)


def upward(graph):
    """Every import of something on a higher floor, or behind a wall."""
    return [
        f"{module} imports {other}"
        for module, others in graph.items()
        for other in others
        if floor(other) < floor(module) or any(room(module) in a and room(other) in b for a, b in APART)
    ]


def circles(graph):
    """The modules that import each other in a loop: what is left when those without imports are taken away."""
    left = {module: set(others) for module, others in graph.items()}
    while True:
        free = {module for module, others in left.items() if not others & left.keys()}
        free |= {module for module in left if not any(module in others for others in left.values())}
        if not free:
            return sorted(left)
        left = {module: others for module, others in left.items() if module not in free}


def test_every_file_of_crosscheck_is_in_a_room_with_a_floor():
    """Every module has a floor; eight files at most lie loose beside the rooms."""
    for module in import_graph():
        assert any(room(module) in rooms for rooms in FLOORS), module
    assert len(list((ROOT / "crosscheck").glob("*.py"))) <= 8


def test_no_file_imports_upwards():
    assert upward(import_graph()) == []


def test_no_files_import_each_other_in_a_circle():
    """Imports inside functions count as well."""
    assert circles(import_graph()) == []


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("crosscheck.report.text", "crosscheck.certificates.generator.certificate"),
        ("crosscheck.certificates.window.kernel", "crosscheck.certify"),
        ("crosscheck.certify", "crosscheck.exam.exam"),
        ("crosscheck.bench.race", "crosscheck.commands.bench"),
        ("crosscheck.report.text", "crosscheck.models.textbook"),
    ],
)
def test_a_planted_import_upwards_is_found(module, other):
    graph = import_graph()
    assert other in graph
    graph[module] |= {other}
    assert f"{module} imports {other}" in upward(graph)


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import crosscheck.certify", "certify"),
        ("import crosscheck.certify as verdicts", "certify"),
        ("from crosscheck.certify import certify", "certify"),
        ("from crosscheck import certify", "certify"),
        ("from crosscheck.certificates import budget", "certificates.budget"),
        ("def late():\n    from crosscheck.certify import certify", "certify"),
        ("if TYPE_CHECKING:\n    from crosscheck.certify import certify", "certify"),
        ("from crosscheck import Report", "report.report"),
        ("from crosscheck import models", "models"),
        ("import crosscheck\ncrosscheck.truncation", "certificates.simulation.truncation"),
        ("import crosscheck as package\npackage.diagnose", "diagnosis.diagnose"),
    ],
)
def test_an_import_is_found_however_it_is_written(source, module):
    """Of a module, of a name, inside a function, for types only, or through the light face."""
    assert f"crosscheck.{module}" in imported(list(ast.walk(ast.parse(source))), modules())


def test_crosscheck_imports_nothing_relatively():
    """The graph does not follow dots."""
    for path in (ROOT / FACE).rglob("*.py"):
        assert not any(name.startswith(".") for name in imports(path)), path


def test_a_planted_circle_is_found():
    graph = import_graph()
    graph["crosscheck.bench.memory"] |= {"crosscheck.bench.alone"}
    assert circles(graph) == ["crosscheck.bench.alone", "crosscheck.bench.memory"]


def test_there_is_no_code_outside_the_three_packages_and_the_tests():
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if tracked:
        assert {line.split("/")[0] for line in tracked.splitlines()} <= {"fock", "gaussian", "crosscheck", "tests"}


def test_what_is_imported_is_declared():
    """Whatever is installed and imported by name, wherever in a file, is a dependency or in an extra of its own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = (*project["dependencies"], *extras["peers"], *extras["sympy"], *extras["sweeps"])
    declared = {re.match(r"[\w-]+", each)[0].lower() for each in wanted}
    installed = packages_distributions()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in set(imports(path)) - set(PACKAGES) - sys.stdlib_module_names:
                assert {found.lower() for found in installed.get(name, declared)} & declared, f"{path} imports {name}"


def test_templates_are_in_the_wheel():
    """What is no Python file is left out of it unless it is named."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    room = ROOT / "crosscheck"
    named = {path for pattern in tools["setuptools"]["package-data"]["crosscheck"] for path in room.glob(pattern)}
    templates = set(room.rglob("templates/*"))
    assert templates
    assert templates <= named


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


def test_the_light_face_knows_every_name_that_it_offers():
    """What type checkers read and what is loaded when asked for are the same names from the same places."""
    tree = ast.parse((ROOT / "crosscheck" / "__init__.py").read_text("utf-8"))
    typed = {
        alias.asname: node.module.removeprefix("crosscheck").lstrip(".")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("crosscheck")
        for alias in node.names
    }
    assert typed == crosscheck.HOMES
    assert sorted(typed) == crosscheck.__all__ == [name for name in dir(crosscheck) if name in typed]


def test_certify_is_the_function_whatever_is_imported_first():
    """A module of the same name does not take its place; the package is loaded anew each time, the engines once."""
    anew = "[sys.modules.pop(m) for m in list(sys.modules) if m.partition('.')[0] == 'crosscheck']"
    lines = ["import sys"]
    for code in (
        "import crosscheck.certify, crosscheck; f = crosscheck.certify",
        "from crosscheck.certify import certify; from crosscheck import certify as f",
        "from crosscheck import certify as f; import crosscheck.commands.main, crosscheck.exam",
    ):
        lines += [code, "assert callable(f), f", anew]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, cwd=ROOT)


def test_the_version_is_that_of_the_distribution():
    assert crosscheck.__version__ == version("fock-crosscheck")
    with pytest.raises(AttributeError, match="has no attribute 'certified'"):
        crosscheck.__getattr__("certified")


@pytest.mark.parametrize("package", ["fock", "gaussian", "crosscheck"])
def test_every_public_name_exists_and_is_documented(package):
    module = __import__(package)
    for name in module.__all__:
        assert getattr(module, name).__doc__, name
