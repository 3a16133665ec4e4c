"""The chain A, D → σ → measures: the first wrong link is named, what follows rightly from it is not blamed again."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
from typer.testing import CliRunner

import gaussian
from crosscheck import Claim, Dissipator, Model, Refuted, diagnose
from crosscheck.commands import main as cli
from crosscheck.errors import InvalidParameter
from crosscheck.models import BathBeamSplitter, ClassicalGravity, DampedThermalMode, ReservoirGravity
from crosscheck.report.verdict import Verdict
from tests.crosscheck.diagnosis.examples import Written

MODEL = ReservoirGravity.example()
RIGHT = gaussian.moment_equations(MODEL)
SIGMA = gaussian.steady_state(MODEL).covariance
E_N = float(gaussian.log_negativity(SIGMA, party=[0]))
XXPP = np.ix_([0, 2, 1, 3], [0, 2, 1, 3])


def whole(model=MODEL, **changes):
    """Everything that a code could claim of a model, rightly but for the changes."""
    equations, sigma = gaussian.moment_equations(model), gaussian.steady_state(model).covariance
    claims = {
        "drift": equations.drift,
        "diffusion": equations.diffusion,
        "covariance": sigma,
        "log_negativity": float(gaussian.log_negativity(sigma, party=[0])),
    }
    return diagnose(claims | changes, model=MODEL)


def test_a_right_code_is_certified_link_by_link():
    """Nothing to explain, nothing to differ."""
    found = whole()
    assert found.verdict is Verdict.CERTIFIED
    assert found.first_wrong is None
    assert found.causes == ()
    assert [stage.verdict for stage in found.stages] == [Verdict.CERTIFIED] * 4


def test_what_follows_from_a_mistake_is_not_wrong_again():
    """k_M doubled in A: σ and E_N follow from it, and only A is blamed."""
    wrong = replace(MODEL, k_M=0.2)
    found = whole(wrong)
    assert [stage.verdict for stage in found.stages[1:]] == [Verdict.REFUTED, Verdict.CERTIFIED, Verdict.CERTIFIED]
    assert "k_M is taken as 2k_M" in found.causes[0].text
    assert "reservoir_gravity.py, line" in found.causes[0].places[0]
    assert sum("nothing more is wrong there" in line for line in found.story) == 2


@pytest.mark.slow
def test_entries_are_shown_where_the_code_has_them():
    """In a code ordered (x1, x2, p1, p2) the entry A[x1, p2] stands at [0, 3], A[x2, p1] at [1, 2]."""
    wrong = RIGHT.drift.copy()
    wrong[0, 3] *= 2
    wrong[2, 1] *= 3
    found = diagnose({"A": wrong[XXPP], "D": RIGHT.diffusion[XXPP]}, model=MODEL, layout="xxpp")
    assert {(e.entry, e.index) for e in found.first_wrong.entries} == {("A[x1, p2]", (0, 3)), ("A[x2, p1]", (1, 2))}


def test_a_measure_settles_what_matrices_leave_open():
    """D and σ doubled: with E_N of a vacuum of 1 a convention, with E_N of σ as it is a mistake."""
    doubled = {"diffusion": 2 * RIGHT.diffusion, "covariance": 2 * SIGMA}
    assert whole(**doubled).verdict is Verdict.CERTIFIED
    wrong = whole(**doubled, log_negativity=float(gaussian.log_negativity(2 * SIGMA, party=[0])))
    assert wrong.verdict is Verdict.REFUTED
    assert "all noise is twice" in wrong.causes[0].text
    silent = diagnose({"drift": RIGHT.drift, **doubled}, model=MODEL)
    assert silent.verdict is Verdict.INCONCLUSIVE
    assert any("--vacuum 1" in line for line in silent.story)


def test_a_declared_vacuum_is_not_questioned():
    """vacuum=1 makes a doubled D right; vacuum=½ makes it wrong."""
    claims = {"A": RIGHT.drift, "D": 2 * RIGHT.diffusion}
    assert diagnose(claims, model=MODEL, vacuum=1).verdict is Verdict.CERTIFIED
    assert diagnose(claims, model=MODEL, vacuum=0.5).verdict is Verdict.REFUTED


def test_a_covariance_in_another_convention_than_its_own_equations():
    """A and D right, σ doubled: σ does not follow from them."""
    found = whole(covariance=2 * SIGMA)
    assert found.first_wrong.against == "the code's own A and D"
    assert any("vacuum" in cause.text for cause in found.causes)


def test_a_transposed_lyapunov_equation_is_named():
    """scipy.linalg.solve_continuous_lyapunov(A.T, −D)."""
    import scipy.linalg

    sigma = scipy.linalg.solve_continuous_lyapunov(RIGHT.drift.T, -RIGHT.diffusion)
    found = whole(covariance=sigma, log_negativity=E_N)
    assert any("solved with Aᵀ" in cause.text for cause in found.causes)


def test_a_transposed_lyapunov_equation_is_told_before_a_sign_of_p():
    """The drift of hopping modes has Aᵀ = ZAZ, Z = diag(1, −1, …), so that p ↦ −p in σ alone does what Aᵀ does."""
    import scipy.linalg

    model = BathBeamSplitter(g=0.4, kappa=0.9, nbar=(0.7, 0.1))
    right = gaussian.moment_equations(model)
    sigma = scipy.linalg.solve_continuous_lyapunov(right.drift.T, -right.diffusion)
    found = diagnose({"A": right.drift, "D": right.diffusion, "sigma": sigma}, model=model)
    assert [["solved with Aᵀ" in c.text, "p has the opposite sign" in c.text] for c in found.causes] == [
        [True, False],
        [False, True],
    ]


def test_a_wrong_formula_is_told_beside_a_wrong_drift():
    """Two links that are wrong for reasons of their own are both in the story."""

    def untransposed(sigma):
        det = np.linalg.det
        delta = det(sigma[:2, :2]) + det(sigma[2:, 2:]) + 2 * det(sigma[:2, 2:])
        return max(0.0, -0.5 * np.log(2 * delta - 2 * np.sqrt(delta**2 - 4 * det(sigma))))

    story = " ".join(whole(replace(MODEL, k_M=0.2), log_negativity=untransposed).story)
    assert "Wrong besides: the function for E_N" in story
    assert "no partial transpose" in story


def test_a_drift_and_a_trajectory_are_told_apart_where_nothing_explains_both():
    """A wrong entry of A moves every σ(t) beside a start with n̄ for n̄ + ½; each is named, σ(t) against that A."""
    mode = DampedThermalMode.example()
    wrong = gaussian.moment_equations(mode)
    drift = wrong.drift * [[1.0, 2.0], [1.0, 1.0]]
    start = gaussian.GaussianState(mean=np.zeros(2), covariance=mode.start * np.eye(2), error=np.asarray(0.0))
    times = np.array([0.3, 0.9, 2.0])
    moved = gaussian.propagate(replace(wrong, drift=drift), start, times).covariance
    found = diagnose({"A": drift, "times": times, "covariances": moved}, model=mode)
    assert [stage.verdict for stage in found.stages[1:]] == [Verdict.REFUTED, Verdict.REFUTED]
    assert "A[x1, p1]" in found.causes[0].text
    assert found.stages[2].against == "the code's own A and the model's D"
    assert "vacuum noise is missing in the start" in found.stages[2].causes[0].text


def test_a_covariance_of_a_model_without_steady_state():
    """Dephasing by measured positions heats for ever: there is none to claim."""
    found = diagnose({"sigma": np.eye(4)}, model=ClassicalGravity.example())
    assert found.verdict is Verdict.REFUTED
    assert "There is no steady state" in found.first_wrong.note


def test_a_trajectory_from_the_vacuum_is_told():
    """The model starts hot and displaced, the code in the vacuum."""
    mode = DampedThermalMode.example()
    times = [0.0, 0.5, 1.5]
    cold = gaussian.evolve(replace(mode, start=0.0, alpha=0.0), times)
    found = diagnose({"times": times, "covariances": cold.covariance, "means": cold.mean}, model=mode)
    assert "start" in found.causes[0].text
    assert "vacuum" in found.causes[0].text


def test_a_function_may_use_another_vacuum_and_logarithm():
    """A right function for vacuum 1 in bits is certified if that vacuum is declared; else 2ν̃ may lack its 2."""

    def negativity(sigma):
        det = np.linalg.det
        delta = det(sigma[:2, :2]) + det(sigma[2:, 2:]) - 2 * det(sigma[:2, 2:])
        return max(0.0, -0.5 * np.log2((delta - np.sqrt(delta**2 - 4 * det(sigma))) / 2))

    found = diagnose({"log_negativity": negativity}, model=MODEL, vacuum=1)
    assert found.verdict is Verdict.CERTIFIED
    assert "log₂" in found.conventions[-1]
    unsaid = diagnose({"log_negativity": negativity}, model=MODEL)
    assert unsaid.verdict is Verdict.INCONCLUSIVE
    assert "vacuum has the covariance 1" in unsaid.causes[0].conventions[0]
    assert "factor 2" in unsaid.causes[1].defects[0]


def test_a_function_without_partial_transpose_is_refuted():
    """det C with the wrong sign in Δ̃ gives the symplectic eigenvalues of σ itself."""

    def negativity(sigma):
        det = np.linalg.det
        delta = det(sigma[:2, :2]) + det(sigma[2:, 2:]) + 2 * det(sigma[:2, 2:])
        return max(0.0, -np.log(2 * np.sqrt((delta - np.sqrt(delta**2 - 4 * det(sigma))) / 2)))

    found = diagnose({"log_negativity": negativity}, model=MODEL, vacuum=0.5)
    assert found.verdict is Verdict.REFUTED
    assert "partial transpose" in found.causes[0].text


@pytest.mark.slow
def test_one_number_can_name_a_parameter():
    """E_N of a code that doubles γ, and nothing else known of it."""
    wrong = gaussian.steady_state(replace(MODEL, gamma=0.1)).covariance
    found = diagnose({"E_N": float(gaussian.log_negativity(wrong, party=[0]))}, model=MODEL)
    assert "gamma is taken as 2gamma" in found.causes[0].text


def test_the_diagnosis_can_be_raised_saved_and_shown():
    """raise_for_refuted, JSON with the same story, HTML with the tables."""
    found = whole(replace(MODEL, k_M=0.2))
    with pytest.raises(Refuted, match="k_M is taken as 2k_M"):
        found.raise_for_refuted()
    data = json.loads(found.to_json())
    assert data["verdict"] == "refuted"
    assert data["story"] == found.story
    entry = data["stages"][1]["entries"][0]
    assert (entry["entry"], entry["index"]) == ("A[x1, p2]", [0, 3])
    assert np.allclose([entry["claimed"], entry["right"], entry["factor"]], [0.2, 0.1, 2.0])
    shown = found._repr_html_()
    assert shown.count("<table") == 2
    assert "A[x1, p2]" in shown
    assert whole().raise_for_refuted().verdict is Verdict.CERTIFIED


CODE = """
import numpy as np
from crosscheck.models import BathBeamSplitter

model = BathBeamSplitter.example()

def drift(g, kappa):
    a = -kappa / 2 * np.eye(4)
    a[0, 3] = a[2, 1] = g
    a[1, 2] = a[3, 0] = {sign}g
    return a
"""


@pytest.mark.parametrize(
    ("sign", "code", "words"), [("-", 0, "Nothing is wrong"), ("", 1, "first thing that is wrong")]
)
def test_the_command_reads_a_file(tmp_path, sign, code, words):
    """`crosscheck diagnose mine.py --json out.json`, exit codes as everywhere."""
    path, out = tmp_path / "mine.py", tmp_path / "out.json"
    path.write_text(CODE.format(sign=sign), "utf-8")
    result = CliRunner().invoke(cli.app, ["diagnose", str(path), "--json", str(out)])
    assert result.exit_code == code, result.output
    assert words in result.output
    assert json.loads(out.read_text("utf-8"))["kind"] == "diagnosis of a code"


def test_the_command_takes_one_function_and_a_model(tmp_path):
    """`mine.py:drift --model BathBeamSplitter`: what it is, is in its name, or in --as."""
    path = tmp_path / "mine.py"
    path.write_text(CODE.format(sign="-"), "utf-8")
    for more in ([], ["--as", "drift"]):
        result = CliRunner().invoke(cli.app, ["diagnose", f"{path}:drift", "--model", "BathBeamSplitter", *more])
        assert result.exit_code == 0, result.output
    result = CliRunner().invoke(cli.app, ["diagnose", f"{path}:drift", "--model", "BathBeamSplitter", "--as", "rate"])
    assert result.exit_code == 2
    assert "be one of drift" in " ".join(result.output.split())


def test_a_search_that_is_cut_short_says_so():
    """With no time for causes a wrong code is still wrong, and the report says what was not tried, and what helps."""
    found = diagnose({"A": 1.3 * RIGHT.drift + 0.1}, model=MODEL, budget=1e-6)
    assert found.verdict is Verdict.REFUTED
    assert "single mistakes were not all tried" in found.story[1]
    assert "--budget" in found.story[1]
    assert diagnose({"A": RIGHT.drift}, model=MODEL, budget=1e-6).verdict is Verdict.CERTIFIED


def test_a_claim_of_nothing_is_refused():
    """A module without any of the names."""
    with pytest.raises(InvalidParameter, match="at least one of"):
        Claim.of({}, BathBeamSplitter.example())


BOTH = """
from crosscheck.models import textbook

class Mine(textbook.BathBeamSplitter):
    def hamiltonian(self, a, b):
        return super().hamiltonian(a, b)

""" + CODE.replace("model = BathBeamSplitter.example()", "")


@pytest.mark.parametrize("more", [[], ["--model", "BathBeamSplitter"]])
def test_a_file_that_holds_its_model_too_is_a_code(tmp_path, more):
    """A model beside wrong matrices does not hide them: the matrices are judged, against it or another one."""
    path = tmp_path / "mine.py"
    path.write_text(BOTH.format(sign=""), "utf-8")
    result = CliRunner().invoke(cli.app, ["diagnose", str(path), *more])
    assert result.exit_code == 1, result.output
    assert "first thing that is wrong: the drift A" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["BathBeamSplitter", "--model", "LossyTwinBeams"], "model must be left out where the target is a model"),
        (["BathBeamSplitter", "--vacuum", "1"], "vacuum must be left out where the target is a model"),
        (["BathBeamSplitter", "--as", "drift"], "--as must come with one function or array"),
        (["{mine}", "--full", "BathBeamSplitter"], "full must be left out where the target is a code"),
        (["{mine}", "--as", "drift"], "Write the file, a colon and the name"),
        (["{mine}", "--set", "g=2"], "--set must come with the model that it changes"),
        (["{mine}", "--vacuum", "0"], "Give the variance of x in the vacuum"),
        (["NoSuchModel"], "There is no model 'NoSuchModel'"),
    ],
)
def test_no_option_is_passed_over(tmp_path, arguments, words):
    """What was asked for and cannot be done is refused, lest a verdict speak of something else."""
    path = tmp_path / "mine.py"
    path.write_text(CODE.format(sign="-"), "utf-8")
    result = CliRunner().invoke(cli.app, ["diagnose", *(part.format(mine=path) for part in arguments)])
    assert result.exit_code == 2, result.output
    assert words in " ".join(result.output.replace("│", " ").split())


def test_a_code_that_keeps_its_drive_to_itself_is_not_blamed_for_its_mean():
    """Without d the mean is that of the model's own: ⟨r⟩ = −A⁻¹d."""
    driven = Written(lambda a: a.dag() * a + 0.3 * (a + a.dag()), lambda a: [Dissipator(1.0, a)])
    drift = np.array([[-0.5, 1.0], [-1.0, -0.5]])
    mean = np.linalg.solve(drift, [0.0, 0.3 * np.sqrt(2)])
    claim = {"A": drift, "D": 0.5 * np.eye(2), "mean": mean}
    assert diagnose(claim, model=driven).verdict is Verdict.CERTIFIED
    assert diagnose(claim | {"mean": 0 * mean}, model=driven).verdict is Verdict.REFUTED


@dataclass(frozen=True)
class Three(Model):
    """A squeezed with b, which exchanges quanta with c; the entanglement of a with the others is asked about."""

    modes = 3
    party = (0,)

    def hamiltonian(self, a, b, c):
        return 0.3j * (a.dag() * b.dag() - a * b) + 0.4j * (c.dag() * b - b.dag() * c)

    def dissipators(self, a, b, c):
        for mode in (a, b, c):
            yield Dissipator(1.0, mode)

    @classmethod
    def example(cls):
        return cls()


def negativity_of(mode):
    """E_N of one of three modes against the others, by hand."""

    def log_negativity(sigma):
        flip = np.diag([-1.0 if k == 2 * mode + 1 else 1.0 for k in range(6)])
        nu = np.sort(np.abs(np.linalg.eigvals(1j * gaussian.omega(3) @ flip @ sigma @ flip)))[::2]
        return float(np.maximum(0, -np.log(2 * nu)).sum())

    return log_negativity


@pytest.mark.slow
@pytest.mark.parametrize("given", [("drift", "diffusion", "covariance"), ("drift",), ()], ids=["A, D, σ", "A", "none"])
def test_a_partial_transpose_of_another_mode_is_no_order_of_the_modes(given):
    """A, D and σ say in which order the modes come; E_N of mode 2 against the others is then just that."""
    model = Three()
    sigma = gaussian.steady_state(model).covariance
    arrays = {"drift": gaussian.drift(model), "diffusion": gaussian.diffusion(model), "covariance": sigma}
    given = {name: arrays[name] for name in given}
    assert diagnose(given | {"log_negativity": negativity_of(0)}, model=model).verdict is Verdict.CERTIFIED
    for claimed in (negativity_of(1), negativity_of(1)(sigma)):
        found = diagnose(given | {"log_negativity": claimed}, model=model)
        assert found.verdict is Verdict.INCONCLUSIVE
        assert "it is E_N of mode 2 against modes 1 and 3" in " ".join(found.story)


def test_a_function_in_the_order_of_its_matrices_is_right():
    """Modes 2, 1, 3 in A, D and in E_N of the second of them; D ∝ 1 alone leaves open what A settles, (x1, x2, …)."""
    model = Three()
    rows, blocks = [2, 3, 0, 1, 4, 5], [0, 2, 4, 1, 3, 5]
    matrices = {"drift": gaussian.drift(model), "diffusion": gaussian.diffusion(model)}
    turned = {name: m[np.ix_(rows, rows)] for name, m in matrices.items()}
    assert diagnose(turned | {"log_negativity": negativity_of(1)}, model=model).verdict is Verdict.CERTIFIED

    def of_blocks(sigma):
        back = np.argsort(blocks)
        return negativity_of(0)(sigma[np.ix_(back, back)])

    found = diagnose({"diffusion": matrices["diffusion"], "log_negativity": of_blocks}, model=model)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert any("quadratures are ordered" in cause.text for cause in found.causes)
    found = diagnose(matrices | {"log_negativity": of_blocks}, model=model)
    assert found.verdict is Verdict.REFUTED
