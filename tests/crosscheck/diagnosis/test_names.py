"""Names in somebody's code: what is read as what, what is left alone, and how to choose."""

import numpy as np
import pytest

import gaussian
from crosscheck import Claim, diagnose
from crosscheck.errors import InvalidParameter
from crosscheck.models.loading import TargetNotFound
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.examples import Optomechanics

MODEL = Optomechanics(G=0.3, n=0.1)
A = np.array([[-0.25, 1, 0, 0], [-1, -0.25, 0.6, 0], [0, 0, -0.005, 1], [0.6, 0, -1, -0.005]])
D = np.diag([0.25, 0.25, 0.006, 0.006])
V = gaussian.steady_state(MODEL).covariance
S = float(gaussian.entropy(V))
E_N = float(gaussian.log_negativity(V, party=[0]))

SCRIPT = f"""
import numpy as np
A = np.array({A.tolist()})
D = np.array({D.tolist()})
"""
# Ordinary lines of scripts, and what of them is not read.
LINES = {
    "I = np.eye(4)": "I",
    "I = 3.0   # laser intensity": "I = 3",
    "S = 2.0": "S = 2",
    "d = 1e-4": "d = 0.0001",
    "t = np.linspace(0, 1, 11)": "t",
    "mean = np.mean": "mean",
    "V = 1.5": "V = 1.5",
    "E_N = []": "E_N",
    "def V(x): return 0.5 * x**2": "V",
    "def S(omega): return 1 / omega": "S",
    "def d(x1, x2): return x1 - x2": "d",
    "def E_N(Delta, g): return 0.1": "E_N",
    "def E_N(x, y, z): return x": "E_N",
    "def logneg(g0, power): return g0 * power": "logneg",
    "from numpy import cov": "cov",
    "import numpy.linalg as S": "S",
    "class V: pass": "V",
    "V = np.zeros((4, 4))   # to be filled": "V",
    "E_N = np.zeros(30)": "E_N",
    "sigmas = np.zeros((50, 4, 4))": "sigmas",
    "layout = {'pad': 1}": "layout",
    "vacuum = None": "vacuum",
    "d = [[1, 2], [3]]": "d",
    "V = np.eye(4) / 2   # at t = 0": "V",
    "E_N = np.nan": "E_N = nan",
    "V = np.full((4, 4), np.nan)": "V",
    "def drift(r, t): return A @ r": "drift",
    "def mean(values): return sum(values) / len(values)": "mean",
    "def V(): raise SystemError": "V",
    "t = 0.3; tlist = np.linspace(0, 1, 7)": "t = 0.3",
    "sigma = 5.67e-8": "sigma = 5.67e-08",
}


@pytest.mark.parametrize("line", LINES)
def test_an_ordinary_line_beside_a_right_code_changes_nothing(line, tmp_path):
    """A and D are certified, and the report says first what was read and then what was not."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + line + "\n")
    found = diagnose(script, model=MODEL)
    assert found.verdict == "certified"
    first, second = found.document().lead[:2]
    assert first == "Read: A as the drift, D as the diffusion."
    assert second.startswith(f"Not read: {LINES[line]} (")


def test_equal_arrays_under_two_names_are_one():
    assert diagnose({"A": A, "A_full": A, "drift": A.copy(), "D": D}, model=MODEL).verdict == "certified"


def test_a_letter_that_is_used_again_for_a_block_is_no_drift():
    """A, B, C are the blocks of V in most papers."""
    found = diagnose({"A": V[:2, :2], "B": V[2:, 2:], "C": V[:2, 2:], "D": D, "V": V}, model=MODEL)
    assert found.verdict == "certified"
    assert found.not_read == {"A": "2 × 2, not 4 × 4"}


def test_what_is_chosen_is_read_and_what_is_left_out_is_not():
    """A wrong E_N is refuted, and not judged with none."""
    code = {"drift_ss": A, "noise": D, "V": V, "E_N": E_N + 0.3}
    assert diagnose(code, model=MODEL).verdict == "refuted"
    for use in ("A=drift_ss,D=noise,E_N=none", {"A": "drift_ss", "diffusion": "noise", "E_N": None}):
        found = diagnose(code, model=MODEL, use=use)
        assert found.verdict == "certified"
        assert found.read == {"drift_ss": "drift", "noise": "diffusion", "V": "covariance"}


def test_a_single_letter_is_judged_only_if_it_is_chosen():
    """S = 2 may be anything; with use it is the entropy, and so it is in a Claim."""
    for value, verdict in ((S, "certified"), (S + 0.1, "refuted")):
        assert diagnose({"V": V, "S": value}, model=MODEL).verdict == "certified"
        assert diagnose({"V": V, "S": value}, model=MODEL, use="S=S").verdict == verdict
        assert diagnose(Claim(model=MODEL, covariance=V, entropy=value)).verdict == verdict


def test_matrices_under_unknown_names_are_pointed_out():
    story = diagnose({"drift_ss": A, "D": D}, model=MODEL).story
    assert story[1] == "Not known by name, but 4 × 4: drift_ss. If one is meant, say so: --use A=drift_ss."


def by_dict(p):
    a = np.diag([-p["kappa"] / 2] * 2 + [-p["gamma"] / 2] * 2)
    a[0, 1], a[1, 0], a[2, 3], a[3, 2] = p["delta"], -p["delta"], p["omega"], -p["omega"]
    a[1, 2] = a[3, 0] = 2 * p["G"]
    return a


@pytest.mark.parametrize(
    "function", [by_dict, lambda params, sign=1: sign * by_dict(params), lambda **p: by_dict(p), lambda t: A]
)
def test_functions_of_a_dict_of_parameters_are_called(function):
    """So are those of keywords, and of a time that does not matter."""
    assert diagnose({"A": function, "D": D}, model=MODEL).read == {"A": "drift", "D": "diffusion"}
    assert diagnose({"A": function, "D": D}, model=MODEL).verdict == "certified"


def test_a_measure_may_be_a_function_of_parameters():
    for value in (lambda p: E_N * p["kappa"] / 0.5, lambda kappa: E_N * kappa / 0.5):
        assert diagnose({"V": V, "E_N": value}, model=MODEL).verdict == "certified"
        assert diagnose({"V": V, "E_N": lambda p, f=value: 0.1 + E_N * p["kappa"]}, model=MODEL).verdict == "refuted"


def test_of_a_measure_numbers_come_before_the_function_that_gave_them():
    found = diagnose({"V": V, "logneg": lambda s: 0.0, "E_N": E_N}, model=MODEL)
    assert found.verdict == "certified"
    assert found.not_read == {"logneg": "a function, and E_N holds its numbers"}


def test_of_several_times_those_of_the_trajectory_are_read():
    """`t` is often the variable of a loop."""
    t = np.array([0.5, 1.0, 2.0])
    moving = gaussian.evolve(MODEL, t).covariance
    for other in (2.0, np.linspace(0, 1, 50)):
        found = diagnose({"t": other, "tlist": t, "sigmas": moving}, model=MODEL)
        assert found.verdict == "certified"
        assert found.read == {"tlist": "times", "sigmas": "covariances"}


def test_a_trajectory_under_the_name_of_a_steady_state_is_one():
    """V of shape (T, 4, 4) beside T times."""
    t = np.array([0.5, 1.0, 2.0])
    found = diagnose({"t": t, "V": gaussian.evolve(MODEL, t).covariance}, model=MODEL)
    assert found.verdict == "certified"
    assert found.read == {"V": "covariances", "t": "times"}


@pytest.mark.parametrize(
    ("code", "use", "words"),
    [
        ({"A": A, "drift": 2 * A}, None, "--use drift=drift"),
        ({"A": A}, "A=drift_s", "name something that is there.*Choose from A"),
        ({"drift_ss": A}, "A=drift_s", "Did you mean drift_ss"),
        ({"A": A}, "Q=A", "say what something is"),
        ({"A": A}, "A:A", "form WHAT=NAME"),
        ({"A": A, "B": A}, "A=A,drift=B", "choose each thing once"),
        ({"A": A[:2]}, "A=A", "shape 4 × 4"),
        ({"A": A[:2]}, None, r"Not read: A \(2 × 4, not 4 × 4\)"),
        ({"A": 1j * A}, None, "complex: give that of x and p"),
        ({"B": A}, None, "--use A=B"),
        ({}, None, "Nothing of that is there"),
        ({"E_N": []}, "E_N=E_N", "be finite, one number"),
        ({"drift": lambda kappa, chi: A}, None, "chi is no field"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(code, use, words):
    """With the names that there are, and what to do."""
    with pytest.raises(InvalidParameter, match=words):
        diagnose(code, model=MODEL, use=use)


def test_a_parameter_that_the_model_does_not_have_is_named():
    """The function is meant, and so it is not left out."""
    with pytest.raises(TargetNotFound, match=r"drift failed: line \d+ of test_names.py: KeyError: 'kap'"):
        diagnose({"drift": lambda p: p["kap"] * A, "D": D}, model=MODEL)


def test_use_belongs_to_names():
    """A Claim has none, and neither has a model."""
    with pytest.raises(InvalidParameter, match="use must be left out"):
        diagnose(Claim(model=MODEL, drift=A), use="A=A")
    with pytest.raises(InvalidParameter, match="use must be left out"):
        diagnose(MODEL, use="A=A")


def test_keys_of_a_dict_that_are_not_read_are_told_first():
    """A dict was made to be read: what is left of it, and what the verdict is about, stands before the verdict."""
    given = {"A": gaussian.drift(MODEL), "Diff": 7 * np.eye(4), "cov_ss": np.eye(4), "E_neg": 0.3}
    found = diagnose(given, model=MODEL)
    assert found.verdict is Verdict.CERTIFIED
    assert found.story[:4] == [
        "Read: A as the drift.",
        "Not known by name, but 4 × 4: Diff, cov_ss. If one is meant, say so: --use D=Diff.",
        "Not known by name, and not read: E_neg.",
        "The verdict is about A alone.",
    ]
    whole = {"A": given["A"], "D": gaussian.diffusion(MODEL), "foo": 1.0}
    assert "Not known by name, and not read: foo." in diagnose(whole, model=MODEL).story
    assert len(diagnose(whole | {"foo": None}, model=MODEL, use={"E_N": None}).story) > 2
    del whole["foo"]
    assert len(diagnose(whole, model=MODEL).story) == 1
