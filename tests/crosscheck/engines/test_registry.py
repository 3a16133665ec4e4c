"""Discovery: engines of any distribution, and what is said of those that cannot be loaded."""

import sys

import pytest

from crosscheck.engines import BrokenEngine, UnknownEngine, plugins

MODULE = """
import numpy as np
def purity(sigma):
    return 1 / np.sqrt(np.linalg.det(2 * sigma))
"""


def distribution(folder, name, points, **modules):
    """A distribution with entry points, as an installer leaves it, and its modules."""
    info = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\nProvides-Extra: peers\n", "utf-8"
    )
    lines = "\n".join(f"{point} = {target}" for point, target in points.items())
    (info / "entry_points.txt").write_text(f"[crosscheck.engines]\n{lines}\n", "utf-8")
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source, "utf-8")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder on the path; what is imported from it is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def test_a_plug_in_of_another_distribution_is_found(elsewhere):
    """A module with one function, that imports nothing of ours, is an engine offering that function."""
    distribution(elsewhere, "their-package", {"theirs": "their_module"}, their_module=MODULE)
    (plugin,) = plugins(["theirs"])
    assert plugin.version == "1.2"
    (engine,) = plugin.engines
    assert (engine.name, engine.offers) == ("theirs", {"purity"})
    assert "theirs" in [p.name for p in plugins()]


def test_variants_are_engines_of_one_plug_in(elsewhere):
    source = (
        MODULE + "from types import SimpleNamespace as S\nVARIANTS = {'a': S(purity=purity), 'b': S(purity=purity)}\n"
    )
    distribution(elsewhere, "their-package", {"theirs": "their_variants"}, their_variants=source)
    assert [engine.name for engine in plugins(["theirs"])[0].engines] == ["theirs, a", "theirs, b"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "import no_such_package",
            r"No module named 'no_such_package'. Install it with: pip install \"broken-package\[peers\]\"",
        ),
        ("1 / 0", "ZeroDivisionError: division by zero."),
        ("entropy = 3", "TypeError: it has none of the functions moment_equations, evolve,"),
        ("VARIANTS = {}", "TypeError: VARIANTS must map labels to objects, but is {}."),
    ],
)
def test_a_broken_plug_in_is_listed_with_the_reason(elsewhere, source, reason):
    """It stops nobody else from being loaded; who asks for it is told what is wrong."""
    distribution(elsewhere, "broken-package", {"broken": "broken_module"}, broken_module=source)
    found = {plugin.name: plugin for plugin in plugins()}
    assert not found["qutip-cv"].broken
    assert not found["broken"].engines
    with pytest.raises(BrokenEngine, match=f"The engine broken cannot be loaded: {reason}"):
        found["broken"].raise_for_broken()


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(UnknownEngine, match=r"no engine 'qutip'; registered are .*qutip-cv, thewalrus"):
        plugins(["qutip"])


def test_our_own_adapters_are_entry_points_like_any_other():
    assert {"gaussian-open-systems", "piquasso", "qugit-v2", "qutip-cv", "thewalrus"} <= {p.name for p in plugins()}
