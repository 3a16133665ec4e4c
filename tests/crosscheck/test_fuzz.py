"""Whatever is given to the command line, it ends with a code that it knows: never 70, a bug of its own.

Inputs are drawn from what people write, and slip into, with a seed for each: a failure names the seed that makes it
again. Some run by default, a thousand with `-m slow`.
"""

import contextlib
import io
import json
import random
import warnings

import numpy as np
import pytest
import typer

from crosscheck import models
from crosscheck.commands import main as cli

MODEL = """\
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
import numpy as np
from crosscheck import Dissipator, Model, Preparation

@dataclass(frozen=True)
class Mine(Model):
    k: float = {k}
    modes = {modes}
    times = {times}
    def hamiltonian(self, {arguments}): return {hamiltonian}
    def dissipators(self, {arguments}):
        {dissipators}
    def preparation(self, {arguments}): return {preparation}
    {more}
    @classmethod
    def example(cls): return cls()
"""
NUMBERS = [
    "0", "1", "-1", "0.3", "1e-320", "1e308", "1e160", "-0.0", "10**400", "True", "1j", "float('nan')", "float('inf')",
    "None", "'x'", "'0.3'", "b'1'", "[1, 2]", "()", "{}", "np.float16(0.3)", "np.float32(0.3)", "np.int8(100)",
    "np.longdouble('0.3')", "np.array(0.3)", "np.array([0.3])", "np.array([1.0, 2.0])", "np.eye(2)", "np.bool_(True)",
    "Fraction(1, 3)", "Decimal('0.3')", "np.ma.masked", "np.datetime64('2020')", "object()", "print", "...", "a",
    "lambda t: t", "lambda t, args: 0.3", "lambda t, w: w", "lambda: 1", "lambda t: 'x'", "lambda t: None",
    "lambda t: 1 / 0", "lambda t: float('nan')", "lambda t: np.array([1, 2])",
]  # fmt: skip
OPERATORS = [
    "a.dag() * a", "a + a.dag()", "a * a + a.dag() * a.dag()", "a", "1j * a", "a.dag", "a ** 2", "a ** -1", "a ** 2.5",
    "a / a", "2 ** a", "a @ a", "a(1)", "a.x", "a[0]", "np.sqrt(a)", "abs(a)", "float(a)", "a > 0", "self.nothing * a",
    "a.dag() * a.dag() * a * a", "a.dag() * a * {number}", "{number} * a.dag() * a", "a.dag() * a + {number}",
    "a.dag() * a / {number}", "{number}", "1 / 0", "sum([])", "[a.dag() * a]", "np.array(a)", "iter([a])",
]  # fmt: skip
HAMILTONIANS = [
    "a.dag() * a", "a.dag() * a", "{operator}", "[]", "[{operator}, [{operator}, {number}]]", "[a.dag() * a, [a]]",
    "[a.dag() * a, {operator}]", "(a.dag() * a, {number})", "[[{operator}, lambda t: 0.1], [{operator}, {number}]]",
]  # fmt: skip
DISSIPATORS = [
    "yield Dissipator(self.k, a)", "yield Dissipator({number}, a)", "yield Dissipator(0.3, {operator})",
    "yield Dissipator({number}, {operator}, {operator})", "return {number}", "return {operator}", "return ()",
    "yield {number}", "return Dissipator(1, a)", "return [Dissipator(1, a), {number}]", "yield Dissipator()",
    "yield Dissipator(1, a); raise ValueError('in the middle')", "yield Dissipator(1, a); raise StopIteration",
    "yield Dissipator(1, a); raise SystemExit", "raise KeyError('k')", "raise MemoryError", "raise RecursionError",
    "raise GeneratorExit", "assert False", "return {Dissipator(1, a)}", "return {'a': Dissipator(1, a)}", "pass",
]  # fmt: skip
PREPARATIONS = [
    "Preparation()", "Preparation()", "Preparation([{number}])", "Preparation({number})", "Preparation", "{number}",
    "Preparation(unitaries=[{operator}])", "Preparation(unitaries={operator})", "Preparation(ground_of={operator})",
    "Preparation([0.1], {operator})", "Preparation(unitaries=[{number} * (a + a.dag())])", "(0.1,)",
]  # fmt: skip
MORE = [
    "pass", "pass", "pass", "modes = {number}", "times = {number}", "times = ({number},)", "observed = {number}",
    "observed = ({number},)", "party = {number}", "hamiltonian = {number}", "dissipators = {number}",
    "preparation = {number}", "args = {number}", "def hamiltonian(self): return 1", "def modes(self): return 1",
    "@property\n    def modes(self): return 1 / 0", "@property\n    def times(self): raise OSError(28, 'full')",
    "@property\n    def dissipators(self): return ()", "async def hamiltonian(self, a): return a",
    "def __getattr__(self, name): return None", "def __repr__(self): return 1 / 0", "def __eq__(self, other): 1 / 0",
    "def __post_init__(self): raise ValueError('no')", "@classmethod\n    def example(cls): return 3\n    hidden = 1",
    "def dissipator(self, a): return ()", "def prepare(self, a): return 1", "import sys; sys.exit()", "1 / 0", "(",
]  # fmt: skip
WORDS = [
    "", "0", "1", "-1", "0.5", "1e300", "1e-300", "nan", "inf", "-inf", "x", "None", "True", "[1,2]", "(1,)", "1j",
    "{}", "[[1,2],[3]]", "'", "\\", "é✓", "1/3", "1e400", "a" * 300, "10**9", "1:2:3", "x1,p1:3", "3:4:1", "-3:4:1",
    "4:3:1",
]  # fmt: skip
OPTIONS = {
    "certify": ["--tol", "--budget", "--memory", "--set", "--engine", "--json"],
    "diagnose": ["--tol", "--budget", "--set", "--model", "--as", "--vacuum", "--layout", "--full", "--json"],
    "window": ["--digits", "--spoil", "--error", "--set", "--claim", "--json"],
    "truncation": ["--cutoffs", "--time", "--set", "--json", "--plot"],
}
BRIEF = {
    "certify": ["--budget", "1e-3"],
    "diagnose": ["--budget", "1e-3"],
    "truncation": ["--cutoffs", "3:4:1"],
    "window": [],
}
CLAIMS = [
    "", "{", "null", "[]", "{}", "[[]]", "[[1,0],[0,1]]", '{"covariance": [[1,0],[0,1]]}', "[[1,2],[3]]", "NaN",
    "1e999", "[[NaN,0],[0,1]]", "[[1e999,0],[0,1]]", '[["1/3","0"],["0","1/3"]]', '[["x",0],[0,1]]', "[[null,0],[0,1]]",
    '{"covariance": "x"}', '{"covariance": [[1,0],[0,1]], "mean": [1]}', '{"covariance": [[1,0],[0,1]], "mean": "x"}',
    "[[1,0.5],[0.25,1]]", "[[-5,0],[0,-5]]", "[[0,0],[0,0]]", "[" * 2000, '{"mean": [0,0]}', "[[1e308,0],[0,1e308]]",
    "[[0.9123456789012345,0],[0,0.9]]", "[[[1]]]", "[[true,0],[0,1]]", "\x00", "[[1,0,0],[0,1,0],[0,0,1]]",
]  # fmt: skip
ARRAYS = [
    "np.eye(2)", "-0.5 * np.eye(2)", "np.zeros((2, 2))", "np.full((2, 2), np.nan)", "np.eye(3)", "np.eye(2) * 1j",
    "'x'", "None", "[[1, 2], [3]]", "np.eye(2)[None]", "lambda: np.eye(2)", "lambda model: 1 / 0", "lambda x, y: x",
    "1.5", "1e300 * np.eye(2)", "np.array([['a', 'b'], ['c', 'd']])", "np.zeros((0, 0))", "lambda: None", "object()",
    "[]", "{}", "np.float16([[0.5, 0], [0, 0.5]])", "np.inf * np.eye(2)", "lambda sigma: 'x'",
    "lambda sigma: float('nan')",
]  # fmt: skip
ROLES = ["A", "D", "sigma", "d", "mean", "t", "sigmas", "log_negativity", "entropy", "vacuum", "layout", "tolerance"]


# Built once: typer's runner of tests builds it each time.
PROGRAM = typer.main.get_command(cli.app)


class Draw:
    """One input: arguments of the program, and the files that they name, in a folder of its own."""

    def __init__(self, seed, folder):
        self.any, self.folder = random.Random(seed), folder

    def command(self):
        kinds = (self.of_a_model, self.of_a_model, self.of_a_setting, self.of_options, self.of_a_claim, self.of_a_code)
        return self.any.choice(kinds)()

    def filled(self, text):
        while "{operator}" in text or "{number}" in text:
            text = text.replace("{operator}", self.any.choice(OPERATORS), 1)
            text = text.replace("{number}", self.any.choice(NUMBERS), 1)
        return text

    def pick(self, usual, strange, chance=0.4):
        """Mostly what is right, lest the first mistake hide all others."""
        return self.filled(self.any.choice(strange)) if self.any.random() < chance else usual

    def file(self, name, text):
        (self.folder / name).write_text(text, "utf-8")
        return str(self.folder / name)

    def work(self, target):
        name = self.any.choice(("certify", "diagnose", "window", "truncation"))
        brief = {
            "certify": ["--budget", "1e-3"],
            "diagnose": ["--budget", "1e-3"],
            "truncation": ["--cutoffs", "3:4:1"],
        }
        return [name, target, *brief.get(name, [])]

    def of_a_model(self):
        modes = self.pick("1", ["2", *NUMBERS], 0.05)
        text = MODEL.replace("{arguments}", "a, b" if modes == "2" else "a")
        for part, usual, strange in (
            ("hamiltonian", "a.dag() * a", HAMILTONIANS),
            ("dissipators", "yield Dissipator(self.k, a)", DISSIPATORS),
            ("preparation", "Preparation()", PREPARATIONS),
            ("more", "pass", MORE),
            ("k", "1.0", NUMBERS),
        ):
            text = text.replace(f"{{{part}}}", self.pick(usual, strange))
        text = text.replace("{modes}", modes).replace("{times}", self.pick("(0.5,)", NUMBERS, 0.05))
        return self.work(self.file("mine.py", text) + self.any.choice((":Mine", ":Mine", "", ":Other", ":")))

    def of_a_setting(self):
        name = self.any.choice(("DampedThermalMode", "ParametricOscillator"))  # two modes may take long, and rightly
        fields = [*vars(models.MODELS[name].example()), "nothing"]
        settings = [f"{self.any.choice(fields)}={self.any.choice(WORDS)}" for _ in range(self.any.choice((1, 1, 2)))]
        return [*self.work(name), *(part for setting in settings for part in ("--set", setting))]

    def of_options(self):
        name = self.any.choice(list(OPTIONS))
        more = [part for o in self.any.sample(OPTIONS[name], 2) for part in (o, self.value(o))]
        brief = [] if BRIEF[name][:1] and BRIEF[name][0] in more else BRIEF[name]
        return [name, "DampedThermalMode", *brief, *more]

    def value(self, option):
        word = self.any.choice(WORDS)
        return str(self.folder / word.replace("/", "")) if option in ("--json", "--plot", "--claim") else word

    def of_a_claim(self):
        path = self.folder / "claim.json"
        path.write_bytes(self.any.choice([*(c.encode() for c in CLAIMS), b"\xff\xfe", b"\x80abc"]))
        return ["window", "DampedThermalMode", "--claim", str(path), *self.any.choice(([], ["--error", "1e-9"]))]

    def of_a_code(self):
        roles = self.any.sample(ROLES, self.any.choice((1, 2, 3)))
        text = "import numpy as np\n" + "".join(f"{role} = {self.any.choice(ARRAYS)}\n" for role in roles)
        path = self.file("code.py", text)
        strange = self.file(self.any.choice(("a.npz", "a.json", "a.py", "a.txt")), self.any.choice(CLAIMS))
        target = self.any.choice((path, path, path, f"{path}:{roles[0]}", f"{path}:x", strange, str(self.folder)))
        return ["diagnose", target, "--model", "DampedThermalMode", *self.any.choice(([], [], ["--as", "drift"]))]


def failure(seed, folder):
    """What went wrong with the input of a seed; None if it ended as it must."""
    folder.mkdir(exist_ok=True)
    arguments = Draw(seed, folder).command()
    said, ended = io.StringIO(), None
    with warnings.catch_warnings(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        warnings.simplefilter("ignore")  # of NumPy, about numbers that are then refused
        try:
            PROGRAM.main(args=arguments, prog_name="crosscheck")
        except BaseException as error:
            ended = error
    right = isinstance(ended, SystemExit) and ended.code in (0, 1, 2, 3) and "Traceback" not in said.getvalue()
    return None if right else (seed, arguments, repr(ended))


@pytest.mark.parametrize("seed", range(0, 48, 8))
def test_no_input_meets_a_bug_of_ours(seed, tmp_path, monkeypatch):
    """Eight seeds a test, so that the workers share them."""
    monkeypatch.chdir(tmp_path)
    assert not [found for s in range(seed, seed + 8) if (found := failure(s, tmp_path / str(s)))]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_none_of_a_thousand_inputs_meets_a_bug_of_ours(part, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seeds = range(1000 + 100 * part, 1100 + 100 * part)
    assert not [found for s in seeds if (found := failure(s, tmp_path / str(s)))]


def test_inputs_are_of_every_kind_and_some_are_right(tmp_path):
    """Lest all be refused by the first thing that is looked at."""
    drawn = [Draw(seed, tmp_path).command() for seed in range(200)]
    assert {arguments[0] for arguments in drawn} == set(OPTIONS)
    assert np.mean([json.dumps(arguments).count("mine.py") > 0 for arguments in drawn]) > 0.2
