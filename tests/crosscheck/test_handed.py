"""What a model's methods hand over is refused by the name of the method, or taken for what it is."""

import itertools
import sys
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from crosscheck import Dissipator, Model, Preparation, Window, certify, diagnose, prove_steady_state, to_qutip
from crosscheck.errors import InvalidModel, InvalidParameter
from crosscheck.models.handed import require_well_formed


def mode(hamiltonian=None, dissipators=None, preparation=None, **others):
    """A damped mode with other methods."""
    methods = {
        "hamiltonian": hamiltonian or (lambda self, a: a.dag() * a),
        "dissipators": dissipators or (lambda self, a: [Dissipator(1.0, a)]),
        "preparation": preparation or (lambda self, a: Preparation()),
    }
    return type("Mode", (Model,), {"modes": 1, "example": classmethod(lambda cls: cls()), **methods, **others})()


def broken(self, a):
    yield Dissipator(1.0, a)
    raise StopIteration


WRONG = {
    "hamiltonian": [
        lambda self, a: 1.0,
        lambda self, a: None,
        lambda self, a: "a",
        lambda self, a: [1.0, 2.0],
        lambda self, a: a.dag,
        lambda self, a: np.eye(2),
        lambda self, a: "x" * (a.dag() * a),
        lambda self, a: float("nan") * a.dag() * a,
        lambda self, a: 1e300 * a.dag() * a,
        lambda self, a: a.dag() * a + "x",
    ],
    "dissipators": [
        lambda self, a: None,
        lambda self, a: 1.0,
        lambda self, a: [a],
        lambda self, a: Dissipator(1.0, a),
        lambda self, a: {Dissipator(1.0, a)},
        lambda self, a: [Dissipator("0.3", a)],
        lambda self, a: [Dissipator(None, a)],
        lambda self, a: [Dissipator([1, [2]], a)],
        lambda self, a: [Dissipator(float("nan"), a)],
        lambda self, a: [Dissipator(1.0, 2.0)],
        lambda self, a: [Dissipator(1.0, None)],
        broken,
    ],
    "preparation": [
        lambda self, a: None,
        lambda self, a: Preparation,
        lambda self, a: Preparation(0.5),
        lambda self, a: Preparation([0.5, 0.5]),
        lambda self, a: Preparation([-0.5]),
        lambda self, a: Preparation([None]),
        lambda self, a: Preparation([0.5j]),
        lambda self, a: Preparation(unitaries=a),
        lambda self, a: Preparation(unitaries=[1.0]),
        lambda self, a: Preparation(ground_of="x"),
    ],
}


@pytest.mark.parametrize(("method", "number"), [(m, k) for m, wrong in WRONG.items() for k in range(len(wrong))])
def test_what_is_wrong_is_refused_with_the_name_of_its_method(method, number):
    with pytest.raises(InvalidModel, match=rf"method {method} of Mode"):
        require_well_formed(mode(**{method: WRONG[method][number]}))


@pytest.mark.parametrize("modes", [0, -1, None, "1", 1.0, True])
def test_modes_that_are_no_number_of_modes_are_refused(modes):
    with pytest.raises(InvalidModel, match="property modes of Mode"):
        require_well_formed(mode(modes=modes))


def test_no_hamiltonian_is_zero_and_a_function_of_the_model_keeps_its_own_error():
    require_well_formed(mode(lambda self, a: 0))
    with pytest.raises(ZeroDivisionError):
        require_well_formed(mode(lambda self, a: 1 / 0))


@dataclass(frozen=True)
class Damped(Model):
    """A mode whose rate and frequency are whatever they are given as."""

    k: object = 0.25
    modes = 1
    times = (0.5,)

    def hamiltonian(self, a):
        return (self.k * a.dag()) * a

    def dissipators(self, a):
        yield Dissipator(self.k, a)

    @classmethod
    def example(cls):
        return cls()


NUMBERS = [
    np.float16(0.3), np.float32(0.3), np.longdouble("0.3"), np.int8(1), np.array(0.3), np.array(Fraction(1, 3)),
    np.bool_(True), Fraction(1, 3), Decimal("0.3"), True,
]  # fmt: skip


@pytest.mark.parametrize("k", NUMBERS, ids=lambda k: f"{type(k).__name__}-{k}")
def test_numbers_of_every_kind_are_taken_for_what_they_are(k):
    """As parameters, and as what a method makes of them: both engines see the same number, and agree."""
    assert str(certify(Damped(k), times=()).verdict) == "certified"


def test_a_pair_for_a_number_is_refused_in_a_sentence():
    with pytest.raises((InvalidModel, InvalidParameter)):
        certify(Damped([1, 2]))


@pytest.mark.parametrize("tolerance", [1.0, 1e300, float("inf"), float("nan"), 0.0, -1.0, "x", [1e-3, 1e-3]])
def test_a_tolerance_that_every_answer_meets_or_none_is_refused(tolerance):
    with pytest.raises(InvalidParameter, match="tolerance"):
        certify(Damped(), tolerance=tolerance)


def test_hundreds_of_dissipators_are_one():
    """n times a rate of 1/n is a rate of one; sums of operators are not nested as deep as they are long."""

    @dataclass(frozen=True)
    class Many(Damped):
        def dissipators(self, a):
            for _ in range(700):
                yield Dissipator(1 / 700, a)

    from crosscheck.certificates.window.proof import prove_steady_state

    assert not prove_steady_state(Many(), [["0.5", "0"], ["0", "0.5"]]).refuted


def test_a_model_that_is_another_one_each_time_is_refused():
    """Random numbers, and a count that a method raises; rounding of a sum in another order is the same."""
    rng, orders = np.random.default_rng(1), itertools.cycle([(0.1, 0.2, 0.3), (0.3, 0.2, 0.1)])
    assert sum((0.1, 0.2, 0.3)) != sum((0.3, 0.2, 0.1))

    def counting(self, a):
        self.count = getattr(self, "count", 1.0) + 0.1
        return [Dissipator(self.count, a)]

    changing = {
        "hamiltonian": mode(lambda self, a: rng.normal() * a.dag() * a),
        "dissipators": mode(dissipators=counting),
        "preparation": mode(preparation=lambda self, a: Preparation([rng.random()])),
    }
    for method, model in changing.items():
        with pytest.raises(InvalidModel, match=f"{method} of Mode must return the same operators each time"):
            require_well_formed(model)
    require_well_formed(mode(lambda self, a: sum(next(orders)) * a.dag() * a))


def test_a_model_whose_hamiltonian_is_misspelt_is_told_so():
    """Also where nothing says that it is a model but its modes."""

    class Slip:
        modes = 1

        def hamiltionian(self, a):
            return a.dag() * a

    class Bare:
        modes = 1

    with pytest.raises(InvalidModel, match="Rename hamiltionian to hamiltonian"):
        certify(Slip())
    with pytest.raises(InvalidModel, match="must have a method hamiltonian, but Bare has none"):
        certify(Bare())
    with pytest.raises(InvalidParameter, match="must be a model"):
        certify(Slip)


def test_code_that_leaves_the_program_does_not_end_ours():
    """Of a model, or of a code beside one: whoever asks it."""

    leaving = mode(lambda self, a: sys.exit(0))
    for work in (
        lambda: diagnose(leaving),
        lambda: prove_steady_state(leaving, np.eye(2), error=1e-9),
        lambda: Window(leaving),
        lambda: to_qutip(leaving, 4),
    ):
        with pytest.raises(InvalidModel, match="A model must run to its end, but this one leaves the program in line"):
            work()
    with pytest.raises(InvalidModel, match="A code or model must run to its end"):
        diagnose({"A": lambda w: sys.exit()}, model=mode())
