"""Models as QuTiP's H and c_ops, and back; and as files."""

import importlib.util
import os
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from typer.testing import CliRunner

import fock
import gaussian
from crosscheck import Dissipator, from_qutip, to_qutip
from crosscheck.commands import main as cli
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.models import MODELS, HeatBathPair
from crosscheck.models.loading import load
from tests.random_models import quadratic_models

LADDER = [model.example() for model in MODELS.values() if model is not HeatBathPair]
TLIST = np.linspace(0, 2, 21)


def assert_same_equations(model, other, t=0.0):
    """A, d and D to rounding of the model's rates."""
    mine, theirs = gaussian.moment_equations(model, t), gaussian.moment_equations(other, t)
    size = max(1.0, *(np.abs(x).max() for x in (mine.drift, mine.drive, mine.diffusion)))
    for name in ("drift", "drive", "diffusion"):
        assert getattr(mine, name) == pytest.approx(getattr(theirs, name), abs=1e-13 * size)


@pytest.mark.parametrize("model", LADDER, ids=lambda m: type(m).__name__)
def test_library_models_go_to_qutip_and_back(model):
    assert_same_equations(model, from_qutip(*to_qutip(model, 4 if model.modes < 3 else 3), max_degree=2))


@pytest.mark.parametrize("model", LADDER[:5], ids=lambda m: type(m).__name__)
def test_qutip_builds_the_same_liouvillian_of_them(model):
    """Also where correlated rates were diagonalised."""
    cutoffs = (3,) * model.modes
    ours, theirs = fock.liouvillian(fock.generator(model, cutoffs)), qutip.liouvillian(*to_qutip(model, cutoffs))
    assert abs((ours - theirs).full()).max() < 1e-12


def round_trip(model):
    h, c_ops = to_qutip(model, 4 if model.modes < 3 else 3)
    back = from_qutip(h, c_ops, max_degree=2)
    assert_same_equations(model, back)


@given(model=quadratic_models())
@settings(max_examples=25, deadline=None)
def test_random_models_go_to_qutip_and_back(model):
    """Up to three modes, with correlated complex rates and jump operators with numbers in them."""
    round_trip(model)


@pytest.mark.slow
@given(model=quadratic_models())
@settings(max_examples=500, deadline=None)
def test_many_random_models_go_to_qutip_and_back(model):
    round_trip(model)


@dataclass
class Bath:
    """One mode with rates over (a, a†), which may depend on time."""

    rates: object
    modes = 1

    def hamiltonian(self, a):
        return [a.dag() * a, [a + a.dag(), np.cos]]

    def dissipators(self, a):
        operators = (a + 0.5, a.dag())
        for j, left in enumerate(operators):
            for k, right in enumerate(operators):
                if not (np.isscalar(self.rates[j][k]) and self.rates[j][k] == 0):
                    yield Dissipator(self.rates[j][k], left, right)


def test_numbers_in_correlated_jump_operators_go_into_the_hamiltonian():
    """At a time of the drive, and below the cutoff as QuTiP sums it."""
    model = Bath([[1.0, 0.2j], [-0.2j, 0.3]])
    h, c_ops = to_qutip(model, 8)
    theirs = qutip.liouvillian(qutip.QobjEvo(h), c_ops)(0.7)
    ours = fock.liouvillian(fock.generator(model, (8,)))(0.7)
    assert abs((ours - theirs).full()).max() < 1e-12
    assert_same_equations(model, from_qutip([h[0], [h[1][0], lambda t: np.cos(t)]], c_ops), 0.7)


def test_rates_that_depend_on_time_are_those_of_their_operators():
    model = Bath([[lambda t: 1 + t, 0.0], [0.0, lambda t: t**2]])
    h, c_ops = to_qutip(model, 8)
    assert all(isinstance(c, qutip.QobjEvo) for c in c_ops)
    assert_same_equations(model, from_qutip([h[0], [h[1][0], lambda t: np.cos(t)]], c_ops), 1.3)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (HeatBathPair.example(), "lowest eigenvalue is -0.186"),
        (Bath([[1.0, lambda t: 0.1 * t], [lambda t: 0.1 * t, 1.0]]), "must be constant to become collapse operators"),
        (Bath([[1.0, 2.0], [2.0, 1.0]]), "must form a positive matrix"),
        (Bath([[-1.0, 0.0], [0.0, 3.0]]), "must form a positive matrix"),
    ],
    ids=["HeatBathPair", "moving", "indefinite", "negative"],
)
def test_what_has_no_collapse_operators_is_refused(model, words):
    with pytest.raises(InvalidModel, match=words):
        to_qutip(model, 4)


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_model_written_as_a_file_has_the_same_equations_and_start(tmp_path):
    """Constant operators, arrays on tlist, strings, steps and complex jump operators, with every digit."""
    n = 8
    a, b = qutip.tensor(qutip.destroy(n), qutip.qeye(n)), qutip.tensor(qutip.qeye(n), qutip.destroy(n))
    exchange = a.dag() * b + b.dag() * a
    steps = qutip.coefficient(np.array([0.0, 1.0, 0.3]), tlist=np.array([0.0, 1.0, 2.0]), order=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = from_qutip(
            [
                a.dag() * a / 3,
                [a + a.dag(), "0.2*sin(w*t)"],
                [b.dag() * b, np.cos(TLIST)],
                [exchange, steps],
            ],
            [np.sqrt(0.3) * a, 0.1 * a + 0.2j * b.dag(), qutip.QobjEvo([b, [b.dag(), "0.4*exp(1j*t)"]])],
            qutip.tensor(qutip.thermal_dm(n, 0.3), qutip.coherent_dm(n, 0.2 + 0.1j, method="analytic")),
            args={"w": 2.0},
            tlist=TLIST,
        )
        file = tmp_path / "written.py"
        file.write_text(model.to_source("Written"), "utf-8")
        written = loaded(file).Written.example()
    for t in (0.0, 0.7, 1.0, 1.9, 2.0):
        assert_same_equations(model, written, t)
    assert gaussian.initial_state(model).covariance == pytest.approx(gaussian.initial_state(written).covariance)
    assert gaussian.initial_state(model).mean == pytest.approx(gaussian.initial_state(written).mean)
    assert (written.times, written.breaks, written.modes) == (model.times, model.breaks, model.modes)


@pytest.mark.parametrize(
    ("model", "name", "error", "words"),
    [
        (from_qutip([qutip.num(4), [qutip.num(4), lambda t: t]]), "M", InvalidModel, "imported by name"),
        (from_qutip(qutip.num(4)), "a b", InvalidParameter, "be a Python name"),
    ],
)
def test_what_cannot_be_written_is_refused(model, name, error, words):
    with pytest.raises(error, match=words):
        model.to_source(name)


SCRIPT = """
import numpy as np
import qutip
a = qutip.destroy(12)
H = a.dag() * a + 0.2 * (a + a.dag())
{c_ops}
psi0 = qutip.coherent(12, 0.3)
tlist = np.linspace(0, 1, 11)
print(qutip.expect(H, psi0))
"""


def test_a_script_with_h_and_c_ops_is_certified(tmp_path):
    """The first line says what was read."""
    script = tmp_path / "cavity.py"
    script.write_text(SCRIPT.format(c_ops="c_ops = [np.sqrt(0.5) * a]"), "utf-8")
    result = CliRunner().invoke(cli.app, ["certify", str(script), "--no-simulate"])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Read from H, c_ops, psi0 and tlist of cavity.py: 1 mode")
    assert "verdict: certified" in result.stdout


def test_a_script_without_c_ops_is_told_so(tmp_path):
    script = tmp_path / "cavity.py"
    script.write_text(SCRIPT.format(c_ops=""), "utf-8")
    result = CliRunner().invoke(cli.app, ["certify", str(script)])
    assert result.exit_code == 2
    assert "no c_ops" in " ".join(result.output.replace("│", " ").split())  # the path decides where lines break


ASKED = """
import numpy as np
from qutip import *
a = destroy(6)
def cooled(nbar):
    return steadystate(0.5 * a.dag() * a, [np.sqrt(nbar + 1) * a, np.sqrt(nbar) * a.dag()])
hot = [cooled(nbar) for nbar in (0.1, 0.05)]
energy = a.dag() * a
sesolve(energy, basis(6, 0), [0, 0.5])
{last}
"""


@pytest.mark.parametrize(
    ("last", "rate", "first_line"),
    [
        ("decay = [0.5 * a]\nmesolve(energy, basis(6, 0), np.linspace(0, 1, 3), decay)",
         0.25, "mesolve in line 11, the last of 4 calls of a solver,"),
        ("H = 2 * energy\nsteadystate(H, c_ops=[a], method='direct')", 1.0, "steadystate in line 11, the last of 4"),
        ("H = energy\nc_ops = [2 * a]", 4.0, "H and c_ops of"),
    ],
)  # fmt: skip
def test_a_script_is_taken_at_what_it_asked_a_solver_last(tmp_path, last, rate, first_line):
    """Whatever its operators are called, or if they are written into the call; H and c_ops go before."""
    script = tmp_path / "asked.py"
    script.write_text(ASKED.format(last=last), "utf-8")
    model = load(str(script))
    assert [d.rate for d in model.dissipators(*gaussian.ladder.ladder(1))] == [rate]
    assert model.origin.startswith(first_line)
    assert not hasattr(qutip.mesolve, "__wrapped__")


def test_a_script_opens_no_windows(tmp_path, monkeypatch):
    """Its plots are drawn in memory, unless a backend was chosen; the environment is as before."""
    script = tmp_path / "plots.py"
    script.write_text("import os\nbackend = os.environ['MPLBACKEND']\nclass Only:\n    hamiltonian = 0\n", "utf-8")
    for chosen, seen in ((None, "agg"), ("svg", "svg")):
        monkeypatch.delenv("MPLBACKEND", raising=False)
        if chosen:
            monkeypatch.setenv("MPLBACKEND", chosen)
        assert load(f"{script}:backend") == seen
        assert os.environ.get("MPLBACKEND") == chosen


def test_a_file_that_was_written_is_certified(tmp_path):
    """`to_source` writes what `crosscheck certify file.py` takes."""
    file = tmp_path / "cavity.py"
    file.write_text(from_qutip(qutip.num(6), [0.5 * qutip.destroy(6)], qutip.basis(6, 1)).to_source(), "utf-8")
    result = CliRunner().invoke(cli.app, ["certify", str(file), "--no-simulate"])
    assert result.exit_code == 0, result.output
    assert "not Gaussian" in result.stdout


def test_a_model_that_is_not_completely_positive_has_a_liouvillian():
    """Its photons along QuTiP's evolution are those of the moment engine; collapse operators are refused."""
    model = HeatBathPair.example()
    with pytest.raises(InvalidModel, match=r"positive matrix.* to_qutip\(model, cutoff, liouvillian=True\)"):
        to_qutip(model, 4)
    h, c_ops = to_qutip(model, 8, liouvillian=True)
    assert h.issuper
    start, a = fock.evolve(model, [0.0], cutoff=8).states[0].rho, qutip.tensor(qutip.destroy(8), qutip.qeye(8))
    found = qutip.mesolve(h, start, [0, 0.5], c_ops, e_ops=[a.dag() * a]).expect[0][-1]
    moments = gaussian.evolve(model, [0.5])
    photons = np.trace(moments.covariance[0, :2, :2]) / 2 + moments.mean[0, :2] @ moments.mean[0, :2] / 2 - 0.5
    assert found == pytest.approx(photons, abs=1e-3)


def test_a_liouvillian_depends_on_time_with_its_model():
    """As `fock` has it at another time than that of its start."""
    model = Bath([[lambda t: 1 + t, 0.2], [0.2, 0.3]])
    h, c_ops = to_qutip(model, 5, liouvillian=True)
    assert c_ops == []
    assert abs((h(0.7) - fock.liouvillian(fock.generator(model, (5,)))(0.7)).full()).max() < 1e-12
