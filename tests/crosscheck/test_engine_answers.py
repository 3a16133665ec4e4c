"""What an engine of another's may answer, and what is made of it: real numbers, its own start, signatures, names."""

import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest

import gaussian
from crosscheck import Dissipator, Engine, Model, Preparation, Verdict, certify, models, thermal_bath
from crosscheck.engine import GAUSSIAN, NotReal, real_part
from crosscheck.errors import InvalidParameter
from crosscheck.model import two_mode_squeezing


@dataclass(frozen=True)
class Pair(Model):
    """Two coupled modes, one in a warm bath, driven, from a two-mode squeezed state; `turning` makes H depend on t."""

    turning: bool = False

    @property
    def modes(self):
        return 2

    def hamiltonian(self, a, b):
        h = a.dag() * a + 1.3 * b.dag() * b + 0.4 * (a.dag() * b + b.dag() * a) + 0.4 * (a + a.dag())
        return [h, [a.dag() * a, np.sin]] if self.turning else h

    def dissipators(self, a, b):
        yield from thermal_bath(a, 0.7, 0.2)
        yield Dissipator(0.4, b)

    def preparation(self, a, b):
        return Preparation([0.1, 0.0], unitaries=[two_mode_squeezing(a, b, 0.3)])

    @classmethod
    def example(cls):
        return cls()


PAIR = Pair()


def judged(model=PAIR, **functions):
    """The report on an engine that offers these functions only."""
    engine = Engine(name="mine", offers=frozenset(functions), **functions)
    return certify(model, times=(0.5,), engine=engine, simulate=False)


def changed(function, **changes):
    """`function` with the parts of its answer changed."""

    def answer(*given):
        found = function(*given)
        return replace(found, **{name: change(getattr(found, name)) for name, change in changes.items()})

    return answer


@pytest.mark.parametrize(
    ("function", "part"),
    [
        ("moment_equations", "drift"),
        ("moment_equations", "drive"),
        ("moment_equations", "diffusion"),
        ("moment_equations", "rounding"),
        ("evolve", "covariance"),
        ("evolve", "mean"),
        ("evolve", "error"),
        ("steady_state", "covariance"),
        ("initial_state", "mean"),
        ("initial_state", "covariance"),
    ],
)
def test_an_imaginary_part_is_wrong_and_not_dropped(function, part):
    """Of any part of an answer; one that is all zeros is none."""
    own = getattr(gaussian, function)
    found = judged(**{function: changed(own, **{part: lambda x: x + 0.3j})})
    assert found.verdict is Verdict.REFUTED
    assert "with an imaginary part of 0.3" in found.certificates[0].note
    assert judged(**{function: changed(own, **{part: lambda x: x + 0j})}).verdict is Verdict.CERTIFIED


def test_a_complex_measure_is_wrong():
    """Python's own and NumPy's complex numbers alike; the rounding of a complex eigenvalue is no imaginary part."""
    for off, verdict in ((0.1j, Verdict.REFUTED), (np.complex128(1e-6j), Verdict.REFUTED), (1e-17j, Verdict.CERTIFIED)):
        found = judged(entropy=lambda sigma, off=off: gaussian.entropy(sigma) + off)
        assert found.verdict is verdict
    with pytest.raises(NotReal, match=r"returned σ with an imaginary part of 0\.5"):
        real_part(np.eye(2) + 0.5j, "covariance")


@pytest.mark.parametrize("model", [PAIR, Pair(turning=True)], ids=["constant", "time-dependent"])
def test_a_start_of_ones_own_is_held_against_the_prepared_state(model):
    """Right, and one mode's covariance four times too large, or all of it twice: also where H depends on time."""
    warm = np.array([1.0, 1.0, 2.0, 2.0])
    for scale, verdict in ((np.ones(4), "certified"), (warm, "refuted"), (np.full(4, np.sqrt(2)), "refuted")):
        start = changed(gaussian.initial_state, covariance=lambda s, scale=scale: s * np.outer(scale, scale))
        found = judged(model, initial_state=start)
        assert str(found.verdict) == verdict
        assert [c.kind for c in found.certificates] == ["start"]
        everything = certify(PAIR, times=(0.5,), engine=replace(GAUSSIAN, initial_state=start), simulate=False)
        assert str(everything.verdict) == verdict
    arrays = judged(model, initial_state=lambda m: (np.zeros(4), gaussian.initial_state(m).covariance))
    assert arrays.verdict is Verdict.CERTIFIED


def test_the_packages_own_start_has_no_certificate():
    kinds = [c.kind for c in certify(PAIR, times=(0.5,), simulate=False).certificates]
    assert "start" not in kinds


def test_a_measure_need_not_take_the_option_of_the_packages_own():
    """`log_negativity(sigma, *, party)` is what `crosscheck.engines.protocol` asks for."""
    found = judged(log_negativity=lambda sigma, *, party: gaussian.log_negativity(sigma, party=party))
    assert found.verdict is Verdict.CERTIFIED


def test_an_engine_without_a_name_is_not_called_gaussian():
    """Unless all of its functions are the package's."""
    assert GAUSSIAN.name == Engine(accuracy=1e-6).name == "gaussian"
    assert Engine(evolve=gaussian.evolve_moments).name == "gaussian"
    assert Engine(entropy=lambda sigma: 0.0).name == "the engine"
    assert Engine(name="mine", entropy=lambda sigma: 0.0).name == "mine"


def test_an_engine_must_be_one():
    for given in ("gaussian", gaussian, None, Engine):
        with pytest.raises(InvalidParameter, match=r"Argument engine must be an Engine, but is .*--engine NAME"):
            certify(PAIR, engine=given)


def test_an_engine_that_leaves_the_program_is_named():
    found = judged(evolve=lambda model, times, modes=None: sys.exit())
    assert found.verdict is Verdict.REFUTED
    assert found.certificates[0].note.startswith("mine must return an answer, but leaves the program by SystemExit")


def spectral(**changes):
    """The package's functions of σ under another's name, with changes."""
    own = {
        "purity": lambda sigma: gaussian.purity(sigma),
        "symplectic_eigenvalues": lambda sigma: gaussian.symplectic_eigenvalues(sigma)[::-1],
        "is_physical": lambda sigma: gaussian.is_physical(sigma),
    }
    return own | changes


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("purity", lambda sigma: 7.0),
        ("purity", lambda sigma: gaussian.purity(sigma) ** 2),
        ("symplectic_eigenvalues", lambda sigma: 2 * gaussian.symplectic_eigenvalues(sigma)),
        ("symplectic_eigenvalues", lambda sigma: np.repeat(gaussian.symplectic_eigenvalues(sigma), 2)),
        ("is_physical", lambda sigma: False),
        ("is_physical", lambda sigma: True),
        ("is_physical", lambda sigma: bool(np.linalg.eigvalsh(sigma)[0] > 0)),
    ],
)
def test_functions_of_a_covariance_are_judged(name, wrong):
    """Offered alone, and among everything; right ones are certified, also of the vacuum, whose ν = ½ is the edge."""
    alone = judged(**{name: spectral()[name]})
    assert alone.verdict is Verdict.CERTIFIED
    assert [c.kind for c in alone.certificates] == ["enclosed"]
    assert judged(**{name: wrong}).verdict is Verdict.REFUTED
    everything = certify(PAIR, times=(0.5,), engine=replace(GAUSSIAN, **{name: wrong}), simulate=False)
    assert everything.verdict is Verdict.REFUTED
    closed = certify(models.DampedThermalMode(omega=1.0, gamma=0.5, nbar=0.0), times=(0.0,), simulate=False,
        engine=Engine(name="mine", offers=frozenset({name}), **{name: spectral()[name]}),
    )  # fmt: skip
    assert closed.verdict is Verdict.CERTIFIED


def test_what_is_not_judged_is_said():
    """Where H depends on time no state is proved of which purity could be asked."""
    found = judged(Pair(turning=True), purity=lambda sigma: 7.0)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "Not judged: purity of mine" in str(found)
