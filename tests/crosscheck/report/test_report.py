"""What a report shows of its comparisons, made by hand here."""

import math
from dataclasses import fields, replace

import pytest

from crosscheck import Refuted
from crosscheck.report.certificate import Certificate
from crosscheck.report.document import Interval, shown_rows
from crosscheck.report.report import KINDS, Report, summary
from crosscheck.report.text import to_text
from crosscheck.report.verdict import Comparison, Verdict

# What names of entries begin with: mean, covariance, drift, drive and diffusion.
MATRICES = ("⟨x", "σ[x1, x", "A[x1, x", "d[x", "D[x1, x")


def comparison(quantity="entropy", place="t = 1", off=0.0, **others):
    """Certified if it is not off; refuted if it is, by more than a thousandth."""
    right = Comparison(
        quantity=quantity, place=place, gaussian=0.5, gaussian_error=1e-5, fock=0.5, fock_error=1e-4, tolerance=1e-3
    )
    return replace(right, gaussian=right.fock + off, **others)


def certificate(*comparisons, kind="trajectory", **others):
    return Certificate(kind=kind, basis="by hand", comparisons=comparisons, **others)


def report(*certificates, **others):
    return Report(model="Model(x=1)", name="Model", engine="theirs", certificates=certificates, **others)


def rows(found, heading):
    """A column of the table that is not folded."""
    (table, *_) = found.document().sections[0].tables
    place = [column.heading for column in table.columns].index(heading)
    return [row[place] for row in table.rows]


def test_each_value_stands_below_the_name_of_its_engine():
    c = comparison(off=1e-5)
    found = report(certificate(c))
    assert rows(found, "theirs") == [Interval(c.gaussian, c.gaussian_error)]
    assert rows(found, "fock") == [Interval(c.fock, c.fock_error)]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"off": 0.1}, {"fock_error": 1.0}),
        ({"fock_error": 1.0}, {"off": 9e-5}),
        ({"off": -9e-5}, {"off": 5e-5}),
        ({"fock": math.nan, "fock_error": math.inf}, {}),
    ],
)
def test_of_the_entries_of_a_matrix_the_worst_is_shown(worse, better):
    """Refuted before inconclusive before certified, and then by the share of the width that the difference takes."""
    worst = comparison("σ[x1, p1]", **worse)
    others = [comparison(f"σ[{entry}]", **better) for entry in ("x1, x1", "p1, p1")]
    assert certificate(others[0], worst, others[1]).shown == [worst]


def test_one_entry_of_each_matrix_and_every_measure_is_shown_at_every_place():
    measures = ("entropy", "discord")
    places = ("t = 1", "t = 2")
    entries = [comparison(f"{prefix}{k}]", place) for place in places for prefix in MATRICES for k in (1, 2)]
    found = certificate(*entries, *(comparison(name, place) for name in measures for place in places)).shown
    for place in places:
        quantities = [c.quantity for c in found if c.place == place]
        assert sorted(quantities) == sorted([*(f"{prefix}1]" for prefix in MATRICES), *measures])


def test_the_rows_of_certificates_are_in_their_order():
    found = report(*(certificate(comparison(), kind=kind) for kind in KINDS))
    assert rows(found, "certificate") == list(KINDS)


def test_there_is_nothing_to_fold_if_everything_is_shown():
    entries = [comparison(f"σ[x1, {other}]") for other in ("x1", "p1")]
    assert len(report(certificate(entries[0])).document().sections[0].tables) == 1
    assert len(report(certificate(*entries)).document().sections[0].tables) == 2


def test_what_has_nothing_to_compare_says_what_came_of_it():
    """That no steady state exists is a result, that it was not decided is explained below."""
    for decided, said in ((Verdict.CERTIFIED, "no unique one exists"), (Verdict.REFUTED, "see below")):
        found = report(certificate(decided=decided, note="the reason"))
        assert rows(found, "quantity") == [said]
        assert rows(found, "") == [decided]
        assert "the reason" in str(found)


def test_notes_and_what_each_certificate_rests_on_stand_below():
    found = str(report(certificate(comparison(), note="a remark"), notes=("about the model",)))
    for words in ("about the model", "trajectory: by hand. a remark", "theirs", "Model(x=1)"):
        assert words in found


def test_a_decision_outweighs_what_was_compared():
    assert certificate(comparison(), decided=Verdict.REFUTED).verdict is Verdict.REFUTED
    assert certificate(comparison(), decided=None).verdict is Verdict.CERTIFIED


def test_what_is_wide_is_not_among_what_is_refuted():
    wrong, wide = comparison(off=0.1), comparison(fock_error=1.0)
    assert report(certificate(comparison(), wide, wrong)).refuted == [wrong]


def test_a_refutation_names_both_values_and_counts_the_rest():
    """The first three are spelled out."""
    wrong = [comparison(f"q{k}", off=0.25) for k in range(5)]
    with pytest.raises(Refuted) as caught:
        report(certificate(comparison("right"), *wrong)).raise_for_refuted()
    said = str(caught.value)
    assert "q0 at t = 1: theirs 0.75 ± 1e-05, fock 0.5 ± 1e-04" in said
    assert "q2" in said
    assert "q3" not in said
    assert "(and 2 more)" in said
    assert "right" not in said


def test_a_refutation_without_a_number_gives_the_reason():
    with pytest.raises(Refuted, match="there is none"):
        report(
            certificate(comparison()), certificate(decided=Verdict.REFUTED, note="there is none")
        ).raise_for_refuted()


def test_what_is_not_refuted_raises_nothing():
    for found in (report(certificate(comparison())), report(certificate(comparison(fock_error=1.0)))):
        assert found.raise_for_refuted() is found


def test_certificates_are_found_by_their_kind():
    both = [certificate(kind=kind) for kind in ("window", "measures")]
    assert [report(*both).certificate(c.kind) for c in both] == both
    with pytest.raises(KeyError, match="window, measures"):
        report(*both).certificate("trajectory")


def test_json_holds_every_field():
    """What a certificate is decided to be is its verdict, and whether it is a theorem its grade."""
    c = comparison()
    data = report(certificate(c, cutoffs=((4,), (6,))), notes=("a note",), seconds=1.5).to_dict()
    (about,) = data["certificates"]
    (entry,) = about["comparisons"]
    assert {field.name for field in fields(Report)} - {"name"} <= data.keys()
    assert {field.name for field in fields(Certificate)} - {"decided", "theorem"} <= about.keys()
    assert {field.name for field in fields(Comparison)} <= entry.keys()
    assert data["notes"] == ["a note"]
    assert about["cutoffs"] == [[4], [6]]
    assert (about["grade"], about["verdict"], entry["verdict"]) == ("estimate", "certified", "certified")


def test_a_report_in_short_is_its_model_and_verdict():
    assert repr(report(certificate(comparison()))) == "Report(Model: certified)"


def test_a_print_is_short_and_details_are_asked_for():
    found = report(certificate(*(comparison(f"σ[x1, {k}]", off=1e-6 * k) for k in range(3))))
    assert str(found).count("σ[") == 1
    assert to_text(found.renderable(details=True), 100).count("σ[") == 3


def cells(*reports):
    """The rows of the summary, by heading."""
    (table,) = summary(reports).tables
    return [dict(zip((c.heading for c in table.columns), row, strict=True)) for row in shown_rows(table)]


def test_the_summary_gives_the_proved_negativity_of_the_last_place():
    """From the Fock side; an estimate where nothing is proved, nothing where nothing is compared."""
    first, last = (
        comparison("log_negativity", place, fock=fock, theorem=True) for place, fock in (("t = 1", 0.1), ("t = 2", 0.2))
    )
    estimate = comparison("log_negativity", "t = 2", fock=0.3)
    both = report(certificate(first, last, kind="measures"), certificate(comparison(), estimate))
    found = cells(both, report(certificate(estimate)), report(certificate(comparison())))
    assert [row["E_N (Fock)"] for row in found] == [Interval(0.2, 1e-4), Interval(0.3, 1e-4), None]


def test_columns_of_numbers_are_those_of_values():
    """And only of the certificate and its grade the first of equal cells is shown."""
    (table,) = report(certificate(comparison())).document().sections[0].tables
    assert [c.heading for c in table.columns if c.numeric] == ["theirs", "fock"]
    assert [c.heading for c in table.columns if c.grouped] == ["certificate", "grade"]
    (table,) = summary([report(certificate(comparison()))]).tables
    assert [c.heading for c in table.columns if c.numeric] == ["E_N (Fock)"]


def test_the_summary_marks_every_certificate_under_its_kind():
    """A dash for what was not asked."""
    certified = certificate(comparison(), kind="window")
    none = certificate(kind="steady state", decided=Verdict.CERTIFIED)
    refuted = certificate(comparison(off=0.1), kind="measures")
    (row,) = cells(report(certified, refuted, none))
    marks = {kind: None if row[kind] is None else row[kind].text for kind in KINDS}
    assert marks == {
        "generator": None, "window": "✓", "measures": "✗", "trajectory": None, "steady state": "✓ no unique one"
    }  # fmt: skip
    assert (row["model"], row[""]) == ("Model", Verdict.REFUTED)


def test_measures_are_marked_by_the_worse_of_elements_and_balls():
    """Where one of the two is missing, by the other."""
    right, wrong = certificate(comparison(), kind="measures"), certificate(comparison(off=0.1), kind="enclosed")
    for found, mark in (([right], "✓"), ([wrong], "✗"), ([right, wrong], "✗")):
        (row,) = cells(report(*found))
        assert row["measures"].text == mark


def test_the_summary_explains_what_is_not_certified_and_nothing_else():
    open_, good = certificate(kind="window", note="too wide"), certificate(comparison(), note="a remark")
    said = summary([report(open_, good)]).lines[1:]
    assert said == ["Model, window: too wide"]
