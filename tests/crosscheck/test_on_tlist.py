"""A model's `tlist` gives its times, and arrays on it are coefficients, as QuTiP takes them."""

from dataclasses import dataclass

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck import Dissipator, InvalidParameter, Model, certify, from_qutip, quick
from crosscheck.errors import InvalidModel
from crosscheck.models.loading import load
from crosscheck.models.on_tlist import on_tlist

TLIST = np.linspace(0, 2, 41)
PULSE, LOSS = np.exp(-((TLIST - 1) ** 2) / 0.1), 0.5 * (1 + 0.5 * np.cos(TLIST))


@dataclass(frozen=True)
class Pulsed(Model):
    """A driven mode whose pulse and loss are arrays."""

    omega: float = 1.0

    modes = 1
    tlist = TLIST

    def hamiltonian(self, a):
        return [self.omega * a.dag() * a, [a + a.dag(), PULSE]]

    def dissipators(self, a):
        yield Dissipator(LOSS, a)

    @classmethod
    def example(cls):
        return cls()


class Plain:
    """The same, and no `Model`: with lists, and without breaks or times."""

    modes, tlist = 1, TLIST.tolist()

    def hamiltonian(self, a):
        return [a.dag() * a, [a + a.dag(), PULSE.tolist()]]

    def c_ops(self, a):
        return [[a, np.sqrt(LOSS)]]


def test_arrays_on_a_tlist_are_qutips_splines():
    """Amplitudes along the way are those of mesolve with the same arrays."""
    a = qutip.destroy(12)
    h = [a.dag() * a, [a + a.dag(), PULSE]]
    options = {"rtol": 1e-10, "atol": 1e-12, "progress_bar": ""}
    run = qutip.mesolve(h, qutip.basis(12, 0), TLIST, [[a, np.sqrt(LOSS)]], e_ops=[a], options=options)
    found = gaussian.evolve(on_tlist(Plain()), [TLIST[20], TLIST[-1]]).mean
    theirs = np.sqrt(2) * np.array([[z.real, z.imag] for z in run.expect[0][[20, -1]]])
    assert found == pytest.approx(theirs, abs=1e-6)


def test_every_door_reads_a_tlist():
    """A class, one that is no `Model`, functions and QuTiP objects: one model, compared at a few of its times."""

    def energy(a):
        return [a.dag() * a, [a + a.dag(), PULSE]]

    functions = quick(energy, dissipators=lambda a: [Dissipator(LOSS, a)], tlist=TLIST)
    objects = from_qutip(energy(qutip.destroy(6)), [[qutip.destroy(6), np.sqrt(LOSS)]], tlist=TLIST)
    first = on_tlist(Pulsed())
    for model in (first, on_tlist(Plain()), on_tlist(functions), objects):
        assert model.times == (0.5, 1.0, 1.5, 2.0)
        assert gaussian.drive(model, 0.9) == pytest.approx(gaussian.drive(first, 0.9), abs=1e-9)
        assert gaussian.drift(model, 0.9) == pytest.approx(gaussian.drift(first, 0.9), abs=1e-6)


def test_a_model_with_a_tlist_is_certified_under_its_own_name():
    report = certify(Pulsed(), times=[0.5])
    assert str(report.verdict) == "certified"
    assert report.name == "Pulsed"
    assert report.model.endswith("Pulsed(omega=1.0)")


def test_the_ends_of_a_tlist_are_breaks_and_times_of_its_own_stand():
    class Timed(Plain):
        times = (0.3,)

    model = on_tlist(Timed())
    assert (model.times, model.breaks) == ((0.3,), (0.0, 2.0))
    assert on_tlist(Pulsed()).breaks == (0.0, 2.0)
    assert on_tlist(model) is model


def test_times_are_given_under_one_name_in_every_door():
    h, c_ops = qutip.num(5), [qutip.destroy(5)]
    assert from_qutip(h, c_ops, times=[0.3]).times == (0.3,)
    assert from_qutip(h, c_ops, tlist=[0, 1, 2], times=[0.3]).times == (0.3,)
    assert quick(lambda a: a.dag() * a, times=[0.3]).times == (0.3,)


@pytest.mark.parametrize("name", ["tlist", "times"])
def test_a_script_gives_its_times(name, tmp_path):
    """Under QuTiP's name, or as `times`, beside H and c_ops; arrays are coefficients on them."""
    lines = ["import numpy as np, qutip", "a = qutip.destroy(6)", f"{name} = np.linspace(0, 2, 41)"]
    lines += [f"H = [a.dag() * a, [a + a.dag(), np.sin({name})]]", "c_ops = [a]"]
    (tmp_path / "script.py").write_text("\n".join(lines))
    model = load(str(tmp_path / "script.py"))
    assert model.times == (0.5, 1.0, 1.5, 2.0)
    assert gaussian.drive(model, 1.3)[1] == pytest.approx(-np.sqrt(2) * np.sin(1.3), abs=1e-6)


def test_arrays_of_another_length_and_lists_that_do_not_start_at_0_are_refused():
    class Short(Plain):
        tlist = TLIST[:-1]

    class Late(Plain):
        tlist = TLIST + 1

    for model, words in (
        (Short(), "tlist of 40 times must hold one number for each"),
        (Late(), "tlist must be a rising list of times"),
    ):
        with pytest.raises((InvalidModel, InvalidParameter), match=words):
            certify(model)
