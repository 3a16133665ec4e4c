"""The arrows between the packages, and what importing the light one costs."""

import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import crosscheck

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


# The floors of crosscheck, from the top: a file imports from its own floor and from those below, never from above.
FLOORS = (
    {"commands", "__main__"},
    {"papers", "exam", "engines", "diagnosis", "bench"},
    {"certify"},
    {"certificates"},
    {"report", "models", "model", "engine"},
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


def import_graph():
    """Who imports whom inside crosscheck, wherever in the file the import stands."""
    files = {module_of(path): path for path in (ROOT / "crosscheck").rglob("*.py")}
    graph = {}
    for module, path in files.items():
        found = imported(path.read_text("utf-8"), files)
        graph[module] = {name for name in found if name in files and name not in (module, FACE)}
    del graph[FACE]
    return graph


def imported(source, files):
    """The modules that a source imports; a name from the face is the module that it is from."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports are not followed: write the whole name"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                home = crosscheck.HOMES.get(alias.name) if node.module == FACE else None
                found.add(f"{FACE}.{home}" if home else name if name in files else node.module)
    return found


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


def test_a_name_from_the_face_is_an_import_of_its_home():
    files = import_graph().keys()
    assert imported("from crosscheck import diagnose, models", files) == {
        "crosscheck.diagnosis.diagnose", "crosscheck.models",
    }  # fmt: skip
    assert imported("def f():\n    from crosscheck.certify import certify", files) == {"crosscheck.certify"}
    with pytest.raises(AssertionError, match="relative imports"):
        imported("from .. import certify", files)


def test_a_planted_circle_is_found():
    graph = import_graph()
    graph["crosscheck.bench.memory"] |= {"crosscheck.bench.alone"}
    assert circles(graph) == ["crosscheck.bench.alone", "crosscheck.bench.memory"]


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
    """A module of the same name does not take its place."""
    for code in (
        "import crosscheck.certify, crosscheck; f = crosscheck.certify",
        "from crosscheck.certify import certify; from crosscheck import certify as f",
        "from crosscheck import certify as f; import crosscheck.commands.main, crosscheck.exam",
    ):
        subprocess.run([sys.executable, "-c", f"{code}; assert callable(f), f"], check=True, cwd=ROOT)


def test_the_version_is_that_of_the_distribution():
    assert crosscheck.__version__ == version("fock-crosscheck")
    with pytest.raises(AttributeError, match="has no attribute 'certified'"):
        crosscheck.__getattr__("certified")


@pytest.mark.parametrize("package", ["fock", "gaussian", "crosscheck"])
def test_every_public_name_exists_and_is_documented(package):
    module = __import__(package)
    for name in module.__all__:
        assert getattr(module, name).__doc__, name
