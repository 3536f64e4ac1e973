"""The verdict on a release, reader by reader."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from anonymisation.audit import (
    AuditError,
    AuditResult,
    Benches,
    Known,
    Settings,
    attackers,
    audit,
    report_data,
    report_text,
)

AREA, KIND = ["n", "s"], ["no", "yes"]
CATS = {"area": AREA, "kind": KIND}
ROUNDED = np.array([[0, 5], [10, 20]])
TRUE = np.array([[2, 3], [11, 18]])
FAR = np.array([[6, 1], [11, 19]])


def by_name(result: AuditResult) -> dict[str, tuple[bool, bool, int]]:
    return {a.name: (a.ran, a.passed, a.opened) for a in result.attackers}


def one_table(written: Any, figures: Any, **more: Any) -> dict[str, bytes]:
    entry = written.cube("by_kind", CATS, **more.pop("entry", {}))
    table = figures if isinstance(figures, dict) else written.cells(figures, CATS)
    return dict(written.release([(entry, {"2026-Q1": table})], **more))


def counts_of(written: Any, array: Any) -> dict[str, int]:
    return dict(written.true_counts("u", "2026-Q1", [(np.array(array), CATS)]))


def contributors(written: Any, **own: Any) -> pl.DataFrame:
    rows = [(k, agency, n) for agency, array in own.items() for k, n in counts_of(written, array).items()]
    return pl.DataFrame(rows, schema=["key", "agency", "n"], orient="row")


def test_audit_when_acyclic_and_additive_then_every_reader_is_withstood(written: Any) -> None:
    result = audit(
        one_table(written, ROUNDED),
        truth=counts_of(written, TRUE),
        contributors=contributors(written, a=[[1, 1], [5, 9]], b=[[1, 2], [6, 9]]),
        known=[Known(key="u|2026-Q1|", value=34, who="police")],
    )
    assert result.passed
    assert by_name(result) == dict.fromkeys(by_name(result), (True, True, 0))
    assert (result.systems, result.acyclic, result.faults) == (1, 1, ())
    assert result.attackers[0].n_closed_form == 3
    assert result.histogram == {"0": 0, "1": 0, "2 to 3": 0, "4": 1, "5 to 8": 2, "9 or more": 0}


def test_audit_when_one_of_two_systems_is_drawn_anew_then_that_alone_is_attacked_and_nothing_else_differs(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attacked: list[str] = []
    public = attackers.public

    def noted(bench: Any) -> Any:
        attacked.extend(p.period for p in bench.component.plans)
        return public(bench)

    monkeypatch.setattr(attackers, "public", noted)

    def drawn(second: Any) -> dict[str, bytes]:
        entry = written.cube("by_kind", CATS)
        tables = {"2026-Q1": written.cells(ROUNDED, CATS), "2026-Q2": written.cells(second, CATS)}
        return dict(written.release([(entry, tables)]))

    own = [[1, 1], [5, 9]]
    truth = {p: dict(written.true_counts("u", p, [(TRUE, CATS)])) for p in ("2026-Q1", "2026-Q2")}
    shares = {p: dict(written.true_counts("u", p, [(np.array(own), CATS)])) for p in truth}
    given = {
        "truth": truth["2026-Q1"] | truth["2026-Q2"],
        "contributors": pl.DataFrame(
            [(key, "a", n) for cells in shares.values() for key, n in cells.items()],
            schema=["key", "agency", "n"],
            orient="row",
        ),
        "known": [Known(key="u|2026-Q2|", value=34, who="police")],
    }
    held = Benches()
    audit(drawn(np.array([[5, 0], [10, 20]])), benches=held, **given)
    assert attacked == ["2026-Q1", "2026-Q2"]
    attacked.clear()
    again = audit(drawn(ROUNDED), benches=held, **given)
    assert attacked == ["2026-Q2"]
    alone = audit(drawn(ROUNDED), **given)
    assert by_name(again) == by_name(alone)
    assert (again.certificate, again.histogram) == (alone.certificate, alone.histogram)
    opened = audit(drawn(ROUNDED), benches=held, **given | {"truth": truth["2026-Q1"] | shares["2026-Q2"]})
    assert opened.faults != alone.faults  # other true counts are another question


def test_audit_when_nothing_private_is_handed_over_then_contributors_are_not_attacked(written: Any) -> None:
    result = audit(one_table(written, ROUNDED))
    assert result.passed
    assert by_name(result)["contributing agency"] == (False, True, 0)


def test_audit_when_rounding_is_not_additive_then_there_is_no_closed_form_and_narrow_cells_fail(
    written: Any,
) -> None:
    figures = written.cells(np.array([[0, 0], [10, 20]]), CATS) | {("n", "all"): 10}  # 0 + 0 printed as 10
    result = audit(one_table(written, figures))
    assert not result.passed
    assert result.failures == {"by_kind": sum(a.opened for a in result.attackers)}
    entry = json.loads(result.certificate)["systems"][0]
    assert (entry["method"], entry["microdata"]) == ("ilp", None)


def test_audit_when_a_true_count_is_outside_its_box_then_it_is_a_fault(written: Any) -> None:
    result = audit(one_table(written, ROUNDED), truth=counts_of(written, [[5, 3], [8, 18]]))
    assert not result.passed
    assert result.faults == ("1 true counts lie outside the interval that the release states",)


@pytest.mark.parametrize(("b_has", "passes"), [(0, True), (1, False)])
def test_audit_when_an_agency_fills_the_box_then_the_other_may_only_be_nobody(
    written: Any, b_has: int, passes: bool
) -> None:
    figures = np.array([[0, 10], [10, 20]])
    own, other = np.array([[4 - b_has, 5], [5, 10]]), np.array([[b_has, 4], [5, 9]])
    result = audit(
        one_table(written, figures),
        truth=counts_of(written, own + other),
        contributors=contributors(written, a=own, b=other),
    )
    assert by_name(result)["contributing agency"][1] is passes
    assert by_name(result)["public"] == (True, True, 0)


def test_audit_when_a_figure_changes_without_a_vintage_then_it_is_a_fault(written: Any) -> None:
    changed = np.array([[5, 0], [5, 25]])
    result = audit(one_table(written, changed), earlier=[one_table(written, ROUNDED)])
    assert not result.passed
    assert result.faults == (
        "4 figures differ from those published before without a declared vintage: no silent restatement",
    )


def test_audit_when_counts_were_revised_between_vintages_then_the_earlier_figures_tell_nothing_of_the_later(
    written: Any,
) -> None:
    """Ten cells of 5, then of 10, and a 0: each pair leaves 6 to 9, ten of those and 4 are 94 at most, and
    100 leaves 96 at least. The reader sees that, and so is left with the later figures, whether we know the
    truth or not."""
    categories = {"area": tuple("abcdefghijk")}
    entry = written.cube("by_area", categories)

    def files(figure: int, **more: Any) -> dict[str, bytes]:
        table = written.cells(np.array([figure] * 10 + [0]), categories)
        return dict(written.release([(entry, {"2026-Q1": table})], **more))

    final = files(10, vintages={"2026-Q1": "final"})
    truth = written.true_counts("u", "2026-Q1", [(np.array([10] * 10 + [2]), categories)])
    for known in (truth, None):
        result = audit(final, earlier=[files(5)], truth=known, settings=Settings(again=True))
        assert by_name(result)["holder of all earlier releases and vintages"][1:] == (True, 0), known


def test_audit_when_a_quarter_was_not_available_before_then_that_says_nothing_of_what_is_told_of_it_now(
    written: Any,
) -> None:
    """The table by kind was [x] and stays untold; another table of the same unit now tells of the quarter."""
    entry = written.cube("by_kind", CATS)
    names = written.cells(ROUNDED, CATS)
    before = dict(written.release([(entry, {"2026-Q1": dict.fromkeys(names, "[x]")})]))
    one_way = written.cube("by_area", {"area": AREA})
    told = written.cells(np.array([5, 25]), {"area": AREA})
    now = dict(written.release([(entry, {}), (one_way, {"2026-Q1": told})]))
    result = audit(now, earlier=[before], settings=Settings(again=True))
    assert by_name(result)["holder of all earlier releases and vintages"][1:] == (True, 0)
    assert by_name(result)["holder of all earlier releases and vintages"][0]


def test_audit_when_a_cell_is_drawn_again_then_the_holder_of_both_narrows_it(written: Any) -> None:
    """0, then 5, of one count: 1 to 4. A declared vintage does not mend that."""
    changed, truth = np.array([[5, 0], [10, 20]]), [[2, 3], [11, 18]]
    result = audit(
        one_table(written, changed, vintages={"2026-Q1": "final"}),
        earlier=[one_table(written, ROUNDED)],
        truth=counts_of(written, truth),
    )
    assert result.faults == ()
    assert by_name(result)["public"] == (True, True, 0)
    assert by_name(result)["holder of all earlier releases and vintages"] == (True, False, 2)


def test_audit_when_an_earlier_release_is_repeated_then_nothing_changes(written: Any) -> None:
    files = one_table(written, ROUNDED)
    alone, again = audit(files), audit(files, earlier=[files, files])
    assert (again.passed, again.histogram, again.certificate) == (
        alone.passed,
        alone.histogram,
        alone.certificate,
    )
    assert again.attackers[2].note == "systems stand as the last release published them and were settled then"
    assert audit(files, earlier=[files], settings=Settings(again=True)).attackers[2].note == ""


def test_audit_when_exact_totals_are_known_then_what_they_open_is_reported(written: Any) -> None:
    figures, truth = np.array([[5, 0], [0, 5]]), [[2, 1], [1, 2]]
    known = [Known(key="u|2026-Q1|area=n", value=3, who="police")]  # leaves [0, 3]; the 5 makes it [1, 3]
    one = audit(one_table(written, figures), truth=counts_of(written, truth), known=known)
    assert by_name(one)["holder of exact police totals"] == (True, False, 2)
    assert not one.passed
    assert one.attackers[-1].remedy == "draw the rounding once more; if it fails again, coarsen [by_kind]"


def test_audit_when_an_outside_total_counts_something_else_then_it_is_noted_and_not_used(
    written: Any,
) -> None:
    result = audit(one_table(written, ROUNDED), known=[Known(key="u|2026-Q1|area=n", value=70, who="police")])
    assert result.passed
    assert (
        result.attackers[-1].note
        == "exact figures of others do not fit ours (another definition) and cannot be used"
    )


def suppressed(written: Any, a: int, hide: str = "full") -> tuple[dict[str, bytes], dict[str, int]]:
    """A 2 by 2 table with the cell (n, no) = a; a hidden rectangle, or the cell alone."""
    array = np.array([[a, 9], [7, 20]])
    figures: dict[tuple[str, ...], int | str] = dict(written.cells(array, CATS))
    names = [(x, y) for x in AREA for y in KIND] if hide == "full" else [("n", "no")]
    figures |= dict.fromkeys(names, written.hidden)
    return one_table(written, figures, entry={"method": "suppression"}), counts_of(written, array)


def test_audit_when_a_rectangle_is_hidden_then_suppression_holds(written: Any) -> None:
    files, truth = suppressed(written, 3)
    result = audit(files, truth=truth)
    assert result.passed
    assert by_name(result)["public"] == (True, True, 0)


@pytest.mark.parametrize(("a", "opened"), [(0, 0), (1, 1), (4, 1), (5, 0)])
def test_audit_when_a_cell_is_hidden_alone_then_counts_from_1_to_t_minus_1_are_open(
    written: Any, a: int, opened: int
) -> None:
    files, truth = suppressed(written, a, hide="alone")
    result = audit(files, truth=truth)
    assert by_name(result)["public"] == (True, not opened, opened)


def test_audit_when_a_needed_cell_is_not_hidden_then_it_is_caught(written: Any) -> None:
    files, truth = suppressed(written, 3)
    text = files["cubes/by_kind.csv"].decode().replace("2026-Q1,s,yes,,[c]", "2026-Q1,s,yes,20,")
    assert not audit(files | {"cubes/by_kind.csv": text.encode()}, truth=truth).passed


def test_audit_when_zero_is_structural_then_the_certificate_names_record_types(written: Any) -> None:
    figures = np.array([[0, 5], [10, 20]])
    result = audit(one_table(written, figures, entry={"structural_zeros": [{"area": "n", "kind": "no"}]}))
    entry = json.loads(result.certificate)["systems"][0]
    assert result.passed
    assert (entry["method"], entry["targets"], entry["min_width"]) == ("closed_form", 2, 4)
    assert ["n", "yes"] in entry["record_types"]
    assert ["n", "no"] not in entry["record_types"]


def test_audit_when_elastic_then_boxes_reach_nine(written: Any) -> None:
    result = audit(one_table(written, ROUNDED, entry={"class": "elastic"}), truth=counts_of(written, FAR))
    assert result.passed
    assert audit(one_table(written, ROUNDED), truth=counts_of(written, FAR)).faults == (
        "3 true counts lie outside the interval that the release states",
    )


def two_units(written: Any, persons: int, incidents: int, **more: Any) -> dict[str, bytes]:
    cats = {"area": ["n", "s"]}
    cubes = [
        (written.cube(name, cats, unit=name), {"2026": written.cells(np.array([n, 20]), cats)})
        for name, n in (("persons", persons), ("incidents", incidents))
    ]
    tie = {
        "kind": "le", "left": {"unit": "persons", "period": "2026", "cell": {"area": "n"}},
        "right": [{"unit": "incidents", "period": "2026", "cell": {"area": "n"}}], "note": "",
    }  # fmt: skip
    return dict(written.release(cubes, ties=[tie], **more))


def test_audit_when_a_tie_binds_then_the_interval_is_that_of_both_systems(written: Any) -> None:
    """persons ≤ incidents: 5 is 1 to 9, but 0 is 0 to 4, so persons are 1 to 4."""
    assert not audit(two_units(written, 5, 0)).passed
    assert audit(two_units(written, 5, 10)).passed


def test_audit_when_two_cubes_print_one_margin_differently_then_it_is_a_fault(written: Any) -> None:
    other = {"area": AREA, "age": ["u", "o"]}
    files = written.release(
        [
            (written.cube("by_kind", CATS), {"2026-Q1": written.cells(ROUNDED, CATS)}),
            (written.cube("by_age", other), {"2026-Q1": written.cells(np.array([[5, 5], [10, 20]]), other)}),
        ]
    )
    result = audit(files)
    assert not result.passed
    assert result.faults == ("one cell stands with two figures or in two ways in [by_age]",)


def test_audit_when_an_agency_did_not_report_then_its_cells_are_no_part(written: Any) -> None:
    figures: dict[tuple[str, ...], int | str] = dict(written.cells(np.array([[0, 0], [10, 20]]), CATS))
    figures |= {("n", k): "[x]" for k in (*KIND, "all")}
    result = audit(one_table(written, figures))
    assert result.passed
    assert result.attackers[0].targets == 0


def test_report_when_failed_then_cubes_are_named_and_no_value_is_told(written: Any) -> None:
    result = audit(two_units(written, 5, 0))
    text = report_text(result)
    assert "did not withstand" in text
    assert "Cubes to coarsen, the most opened first: `incidents`, `persons`" in text
    assert report_data(result)["attackers"][0]["cubes_to_coarsen"] == ["incidents", "persons"]


def test_report_when_passed_then_it_names_every_attack_and_does_not_say_safe(written: Any) -> None:
    result = audit(one_table(written, ROUNDED))
    text = report_text(result)
    assert all(a.name in text for a in result.attackers)
    assert result.certificate_sha256 in text
    assert "safe" not in text.lower()
    assert [a["result"] for a in report_data(result)["attackers"]].count("not attacked") == 1


BROKEN = [
    ({"systems.json": None}, "release: no [systems.json] among 1 files; hand over the whole folder"),
    ({"systems.json": b"{"}, "systems.json: not JSON"),
    ({"systems.json": b'{"format": 2}'}, "systems.json: format is not [1]"),
    ({"cubes/by_kind.csv": None}, "cube [by_kind]: file [cubes/by_kind.csv] is missing from the release"),
    (
        {"cubes/more.csv": b"x"},
        "release: 1 cube files are not listed in systems.json, first [cubes/more.csv]",
    ),
    (
        {"cubes/by_kind.csv": b"a,b\n"},
        "cubes/by_kind.csv: the header lacks one of the 5 columns period, dimensions, value, marker",
    ),
]


@pytest.mark.parametrize(("change", "text"), BROKEN)
def test_audit_when_the_release_is_broken_then_it_says_where(
    written: Any, change: dict[str, Any], text: str
) -> None:
    files = {k: v for k, v in (one_table(written, ROUNDED) | change).items() if v is not None}
    with pytest.raises(AuditError) as error:
        audit(files)
    assert str(error.value) == text


LINES = [
    (
        "2026-Q1,n,no,0,0 to 4",
        "2026-Q1,n,no,3,",
        "cubes/by_kind.csv line 2: the value is not a multiple of the base [5]",
    ),
    (
        "2026-Q1,n,no,0,0 to 4",
        "2026-Q1,n,no,5,[c]",
        "cubes/by_kind.csv line 2: a value stands beside the marker [[c]]",
    ),
    (
        "2026-Q1,n,no,0,0 to 4",
        "2026-Q1,n,no,-5,",
        "cubes/by_kind.csv line 2: the value is not a whole number, and no marker says why",
    ),
    (
        "2026-Q1,n,no,0,0 to 4",
        "2026-Q1,w,no,5,",
        "cubes/by_kind.csv line 2: a category that systems.json does not list",
    ),
    (
        "2026-Q1,n,no,0,0 to 4\n",
        "",
        "cubes/by_kind.csv: 1 cells have no row in period [2026-Q1]; every margin is published",
    ),
    (
        "2026-Q1,n,no,0,0 to 4",
        "2026-Q1,n,yes,5,",
        "cubes/by_kind.csv line 3: a second row for the same cell and period",
    ),
    ("2026-Q1,n,no,0,0 to 4", "2026-Q1,n,no,0", "cubes/by_kind.csv line 2: 4 fields where the header has 5"),
]


@pytest.mark.parametrize(("old", "new", "text"), LINES)
def test_audit_when_a_line_is_broken_then_it_says_which_and_never_the_value(
    written: Any, old: str, new: str, text: str
) -> None:
    files = one_table(written, ROUNDED)
    changed = files["cubes/by_kind.csv"].decode().replace(old, new, 1)
    with pytest.raises(AuditError) as error:
        audit(files | {"cubes/by_kind.csv": changed.encode()})
    assert str(error.value) == text


def test_audit_when_contributors_are_incomplete_then_it_says_so(written: Any) -> None:
    files, truth = one_table(written, ROUNDED), counts_of(written, TRUE)
    with pytest.raises(AuditError, match=r"^contributors: columns missing: \['n'\]$"):
        audit(files, contributors=pl.DataFrame({"key": [], "agency": []}))
    with pytest.raises(
        AuditError, match=r"^contributors: an agency's own count is larger than the count of all$"
    ):
        audit(files, truth=truth, contributors=contributors(written, a=TRUE + 1))


def test_audit_when_true_counts_do_not_add_then_it_says_so(written: Any) -> None:
    truth = counts_of(written, TRUE) | {"u|2026-Q1|": 1}
    with pytest.raises(AuditError, match=r"^true counts of \[u\] \[2026-Q1\]: margins do not add$"):
        audit(one_table(written, ROUNDED), truth=truth)


def test_audit_when_others_figures_leave_less_than_ours_take_then_only_ours_count(written: Any) -> None:
    """A margin of 3, known elsewhere, leaves 3 of every cell under it, whatever we publish."""
    entry = written.cube("by_kind", {"area": ("n", "s"), "kind": ("no", "yes")})
    truth = np.array([[2, 1], [30, 40]])
    figures = written.cells(np.array([[0, 0], [30, 40]]), {"area": ("n", "s"), "kind": ("no", "yes")})
    files = written.release([(entry, {"2026-Q1": figures})])
    counts = written.true_counts("u", "2026-Q1", [(truth, {"area": ("n", "s"), "kind": ("no", "yes")})])
    known = [Known(key="u|2026-Q1|area=n", value=3, who="others")]
    result = audit(files, truth=counts, known=known)
    holder = next(a for a in result.attackers if a.name == "holder of exact police totals")
    assert (holder.opened, holder.targets > 0) == (0, True)
    up = written.cells(np.array([[5, 0], [30, 40]]), {"area": ("n", "s"), "kind": ("no", "yes")})
    opened = audit(written.release([(entry, {"2026-Q1": up})]), truth=counts, known=known)
    holder = next(a for a in opened.attackers if a.name == "holder of exact police totals")
    assert holder.opened > 0 and not opened.passed  # 5 says "not none": [1, 3]
    assert opened.open_systems == {"u|2026-Q1"}


def test_audit_when_true_counts_of_half_of_what_a_tie_binds_are_there_then_both_systems_are_named(
    written: Any,
) -> None:
    """Nobody has room beside the tie, so that one person is tried with the true counts of both, or not at
    all; what could not be attacked is named, to be drawn again."""
    cats = {"area": ["n", "s"]}
    tie = {"kind": "le", "left": {"unit": "all", "period": "p", "cell": {}},
           "right": [{"unit": "strict", "period": "p", "cell": {}}]}  # fmt: skip

    def told(strict: list[int], **more: Any) -> dict[str, bytes]:
        cubes = [
            (written.cube(unit, cats, unit=unit), {"p": written.cells(np.array(n), cats)})
            for unit, n in (("all", [0, 0]), ("strict", strict))
        ]
        return dict(written.release(cubes, ties=[tie], **more))

    earlier, now = [told([0, 0])], told([0, 5], vintages={"p": "final"})
    half = written.true_counts("strict", "p", [(np.array([1, 3]), cats)])
    whole = half | written.true_counts("all", "p", [(np.array([1, 2]), cats)])
    for truth, names in ((half, {"all|p", "strict|p"}), (whole, set())):
        (person,) = (a for a in audit(now, earlier=earlier, truth=truth).attackers if a.name == "one person")
        assert (person.ran, person.systems) == (not names, names)
