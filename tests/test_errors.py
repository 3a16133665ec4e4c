"""Every error says what to do next: a second sentence with an instruction, a choice, or the usual cause.

The three base classes take it as an argument of its own, `advice`, so that mypy refuses an error without; here it is
read from the source, wherever an error is made, and must be one. A message in passing (Ctrl-C, exit codes) has none,
and exceptions of Python's own protocols, which no user meets, need none.
"""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import crosscheck
import fock
import gaussian
from crosscheck.certificates.inquiry import ELSEWHERE, NotGaussian
from crosscheck.certificates.simulation.cutoffs import TooManyPhotons
from crosscheck.errors import CrosscheckError, InvalidParameter
from crosscheck.models.loading import TargetNotFound
from crosscheck.papers import UnknownPaper
from gaussian.enclosed.precision import Undecided

ROOT = Path(__file__).parents[1]
BASES = (gaussian.GaussianError, fock.FockError, CrosscheckError)
# Those of them that are handed their advice.
HANDED = ("TimeDependent", "NotBounded", "NotGaussian")
# What passes the message of another error on keeps its advice.
PASSED_ON = ("{}", "{}{}", "{}{}{}")
# Messages that are one text: the second sentence of it is the advice.
ONE_TEXT = ("BadParameter", "KeyError", "ValueError", "IntegratorException")
# Caught by whoever asks: copying, arithmetic between types, abstract methods, answers of engines on trial.
PROTOCOL = ("AttributeError", "TypeError", "NotImplementedError", "NotANumber")
VERBS = (
    "Add|Ask|Call|Change|Check|Choose|Compare|Compute|Count|Damp|Fill|Follow|Give|Install|Leave|Linearise|Look|Lower|Make|Move|"
    "Name|Prepare|Put|Raise|Rename|Rescale|Return|Run|Shorten|Solve|Sort|Symmetrise|Take|Use|Wrap|Write"
)
ADVISES = re.compile(
    rf"(?:^|[.!?] )(?:{VERBS})\b|[:;] (?i:{VERBS})\b|Did you mean|usual causes?\b|`crosscheck new NAME`"
)


def subclasses(base):
    """A class and everything derived from it."""
    return {base}.union(*map(subclasses, base.__subclasses__()))


# All errors are known once everything is imported, but for adapters of packages that may not be there.
for package in (gaussian, fock, crosscheck):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".peers" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
ERRORS = {error.__name__: error for base in BASES for error in subclasses(base)}
# Those whose advice is not the last argument, but made in the class (or the base class of it).
OWN_INIT = {
    name
    for name, error in ERRORS.items()
    if error.__init__ is not InvalidParameter.__init__ and error.__init__ not in [base.__init__ for base in BASES]
}


def text_of(node, module, names=2):
    """The texts that an expression can have, {} for what is filled in; of a name, those it is given in its module."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.Attribute) and node.attr == "advice":
        return ["{}"]
    if isinstance(node, ast.IfExp):
        return text_of(node.body, module, names) + text_of(node.orelse, module, names)
    wanted = getattr(node, "id", getattr(node, "attr", None)) if names else None
    values = [value for name, value in given(module) if name == wanted]
    return [text for value in values for text in text_of(value, module, names - 1)]


def given(module):
    """(name, value) of every assignment and every default of an argument."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            yield from ((getattr(target, "id", ""), node.value) for target in node.targets)
        elif isinstance(node, ast.arguments):
            yield from ((a.arg, value) for a, value in zip(reversed(node.args), reversed(node.defaults), strict=False))


def made():
    """(place, class, advice) of every error that is made anywhere, and of every class that words its own."""
    for package in ("gaussian", "fock", "crosscheck"):
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ast.parse(path.read_text("utf-8"))
            raised = {id(node.exc) for node in ast.walk(module) if isinstance(node, ast.Raise)}
            for node in ast.walk(module):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                if name in ERRORS and (name not in OWN_INIT or name in HANDED):
                    (advice,) = node.args[3:4] if name == "InvalidParameter" else node.args[-1:]
                    yield place, name, text_of(advice, module)
                elif name in ONE_TEXT and id(node) in raised:
                    text = text_of(node.args[0], module) or PASSED_ON[:1]
                    yield place, name, [t.split(". ", 1)[-1] if ". " in t or t in PASSED_ON else "" for t in text]


MADE = list(made())


def test_errors_were_found():
    """As many as there are, lest the test pass for want of any."""
    assert len(MADE) > 180
    assert {
        "InvalidArgument",
        "InvalidParameter",
        "NotConverged",
        TargetNotFound.__name__,
        "BadParameter",
        UnknownPaper.__name__,
    } <= {name for _, name, _ in MADE}


@pytest.mark.parametrize("package", ["gaussian", "fock", "crosscheck"])
def test_every_error_says_what_to_do_next(package):
    lacking = [
        (place, name, advice)
        for place, name, advice in MADE
        if place.startswith(package)
        and not (advice and all(ADVISES.search(text) or text in PASSED_ON for text in advice))
    ]
    assert not lacking


def test_every_exception_that_is_raised_is_of_a_kind_that_is_read_here():
    """No bare ValueError or RuntimeError slips past: what a user meets is one of ours or typer's."""
    silent = {"Exit", "SystemExit", "KeyboardInterrupt", "Interrupted", "Undecided", *PROTOCOL, *ONE_TEXT, *ERRORS}
    for package in ("gaussian", "fock", "crosscheck"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    name = getattr(node.exc.func, "id", getattr(node.exc.func, "attr", ""))
                    assert name in silent or name == "why_not", (path, node.lineno, name)


WORDED = [
    gaussian.NotQuadratic("aaa", 3, "Hamiltonian", 2),
    gaussian.NotHermitian("Hamiltonian", 0.5),
    gaussian.TimeDependent(),
    gaussian.NotResolved(0.5, 1e-3),
    gaussian.TooManySamples(0.5, 1e4),
    gaussian.NotRepeatable(0.5, 1.0, 2.0),
    gaussian.UnphysicalState(-0.1),
    gaussian.NoSteadyState("No.", [0j], [[0]]),
    gaussian.UnstableDrift("No.", [1 + 0j], [[0]]),
    gaussian.MarginalDrift("No.", [0j], [[0]]),
    gaussian.UnstablePeriod("No.", [2 + 0j], [[0]]),
    gaussian.MarginalPeriod("No.", [1 + 0j], [[0]]),
    gaussian.InfiniteInformation("nbar", 2.0),
    fock.NotHermitian("Hamiltonian", 0.5),
    fock.CutoffTooSmall((3,), 0.2, 1e-9),
    fock.NotContained((3,), 0, 0.2),
    fock.TooLarge("The generator", 2e12, 2e9, (30, 30)),
    fock.NotUnique(0.0),
    fock.TimeDependent(),
    fock.NotResolved(0.5, 1e-3),
    fock.TooManySamples(0.5, 1e4),
    fock.NotRepeatable(0.5, 1.0, 2.0),
    fock.NotBounded("the sky must be blue, but is grey", "Choose another day."),
    fock.NotAState(-0.1),
    fock.Divergent("nbar", 0.5, 1e-12),
    NotGaussian(gaussian.NotQuadratic("aaa", 3, "Hamiltonian", 2), ELSEWHERE),
    TooManyPhotons(0, 100),
]


def test_every_class_that_words_its_own_message_is_tried():
    assert {type(error).__name__ for error in WORDED} == OWN_INIT


@pytest.mark.parametrize("error", WORDED, ids=lambda error: f"{type(error).__module__}.{type(error).__name__}")
def test_a_message_is_what_went_wrong_and_then_what_to_do(error):
    assert str(error) == f"{error.what} {error.advice}"
    assert error.what[0].isupper()
    assert error.what.endswith(".")
    assert ADVISES.search(error.advice), error.advice


def test_the_batch_of_a_scan_says_how_to_keep_its_other_points():
    """Of three points one is unstable: the message counts it, and names the argument that solves the others."""
    from dataclasses import replace

    import numpy as np

    from crosscheck.models import ParametricOscillator

    scan = replace(ParametricOscillator.example(), epsilon=np.array([0.1, 0.2, 0.9]))
    with pytest.raises(gaussian.UnstableDrift, match="1 of 3 points") as caught:
        gaussian.steady_state(scan)
    assert caught.value.advice == 'Solve the others with missing="nan".'


def test_what_intervals_leave_open_names_what_raises_the_precision():
    assert "`enclose`" in str(Undecided("whether 0 equals 0"))


@pytest.mark.parametrize("base", BASES)
def test_an_error_cannot_be_made_without_advice(base):
    with pytest.raises(TypeError):
        base("Something is wrong.")
    with pytest.raises(TypeError):
        crosscheck.InvalidParameter("x", "be > 0", -1)


def test_the_test_can_fail():
    """Neither repeating the fault nor an empty phrase is advice."""
    for text in ("", "No bath is squeezed more.", "The cavity would heat.", "It is wrong.", "{}"):
        assert not ADVISES.search(text)
