"""What is no Gaussian model with functions of time gets one sentence: what stands in the way, and who takes it."""

import numpy as np
import pytest
import qutip

import gaussian
from crosscheck import certify, from_qutip, linearise, quick, sampled
from crosscheck.errors import CrosscheckError, InvalidModel
from crosscheck.models import loading

A = qutip.destroy(12)
FREE = A.dag() * A + 0.3 * (A + A.dag())
KERR = from_qutip(FREE + 0.1 * A.dag() ** 2 * A**2, [A])
TLIST = np.linspace(0.0, 2.0, 41)
BOTH = r"crosscheck\.linearise\(model\).*`crosscheck truncation`, or fock\.evolve\(model, times"


@pytest.mark.parametrize(
    ("model", "term"),
    [(KERR, "a†a†aa has degree 4"), (from_qutip(FREE, [A, 0.5 * A * A]), "jump operator.* aa has degree 2")],
    ids=["Kerr", "two-photon loss"],
)
def test_a_term_of_higher_degree_is_named_with_who_takes_it(model, term):
    with pytest.raises(gaussian.NotQuadratic, match=f"{term}.*{BOTH}") as raised:
        certify(model)
    assert isinstance(raised.value, CrosscheckError)


def test_in_a_drive_that_depends_on_time_nothing_is_linearised():
    model = from_qutip([A.dag() * A, [A + A.dag(), np.cos]], [A, 0.5 * A * A])
    with pytest.raises(gaussian.NotQuadratic, match=r"aa.*fock\.evolve\(model, times") as raised:
        certify(model)
    assert "linearise" not in str(raised.value)


def test_what_the_sentence_points_to_is_certified():
    assert str(certify(linearise(KERR).quadratic, times=[0.5], simulate=False).verdict) == "certified"


def test_a_dephased_model_read_from_qutip_is_certified_as_moments():
    report = certify(from_qutip(FREE, [A, 0.5 * A.dag() * A]), times=[0.5])
    assert str(report.verdict) == "certified"
    assert any("Not Gaussian: 𝓓[a†a]" in note for note in report.notes)


def test_an_array_in_place_of_a_function_is_told_of_sampled_which_takes_it():
    """QuTiP finds the times of an array in its `tlist`; here they stand beside it."""

    def driven(f):
        return quick(lambda a: [a.dag() * a, [a + a.dag(), f]], lambda a: [a], times=[1.0])

    with pytest.raises(InvalidModel, match=r"is 41 numbers\. Write crosscheck\.sampled\(tlist, array\)"):
        certify(driven(np.sin(TLIST)))
    here = gaussian.evolve(driven(sampled(TLIST, np.sin(TLIST))), [1.0])
    objects = from_qutip([A.dag() * A, [A + A.dag(), np.sin(TLIST)]], [A], tlist=TLIST)
    assert np.abs(here.mean - gaussian.evolve(objects, [1.0]).mean).max() < 1e-6


ONE = "from crosscheck import quick\nmodel = again = quick(lambda a: a.dag() * a, lambda a: [a])\n"


def test_the_one_instance_of_a_file_needs_no_name(tmp_path):
    """Two of them do, and are listed; a name more is no second model."""
    path = tmp_path / "lone.py"
    path.write_text(ONE, "utf-8")
    assert repr(loading.load(str(path))) == "quick(a)"
    path.write_text(f"{ONE}other = quick(lambda b: b.dag() * b)\n", "utf-8")
    with pytest.raises(loading.TargetNotFound, match=r"2 models\. Name the object, as in .*:model, .*:other"):
        loading.load(str(path))
