"""The page of the register: days at their edges, shares on small bases, and every kind's table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboards.context import Context
from dashboards.measure import cell_of
from dashboards.register import (
    ANSWERED,
    REGISTER_EXHIBITS,
    STALE_DAYS,
    Shown,
    answered_exhibit,
    register_exhibit,
)
from dashboards.release import Cell, Release
from dashboards.tabled import share_of
from schemas.measures.questions import Cells
from schemas.quarters import Quarter
from schemas.registers import kinds
from tests.unit.dashboards.folder import ENTRIES

AS_AT = date(2026, 11, 14)
COLUMNS = ("kind", "ref", "title", "agency", "owner", "aim", "topic", "serves", "status", "due", "reviewed",
           "indicator", "n", "of_n")


def _shown(**changed: str) -> Shown:
    row = dict.fromkeys(COLUMNS, "") | {"kind": "actions", "status": "in_progress", "topic": "plan",
                                        "reviewed": "2026-11-01"} | changed
    return Shown(row=row, as_at=AS_AT)


@pytest.mark.parametrize(("days", "is_late"), [(-1, True), (0, False), (1, False)])
def test_action_when_its_day_is_before_the_page_s_then_late_and_on_the_day_not(
    days: int, is_late: bool
) -> None:
    assert _shown(due=(AS_AT + timedelta(days=days)).isoformat()).is_late is is_late


@pytest.mark.parametrize(("kind", "status", "is_late"), [
    ("actions", "done", False), ("actions", "stopped", False), ("actions", "not_started", True),
    ("policies", "in_force", True), ("policies", "draft", True), ("policies", "ended", False),
    ("campaigns", "done", False), ("campaigns", "planned", True), ("contracts", "in_force", True),
])
def test_entry_when_its_day_has_gone_by_then_late_unless_done_or_given_up(
    kind: str, status: str, is_late: bool
) -> None:
    assert _shown(kind=kind, status=status, due="2026-01-01").is_late is is_late


@pytest.mark.parametrize(("days", "is_stale"), [
    (STALE_DAYS - 1, False), (STALE_DAYS, False), (STALE_DAYS + 1, True)])
def test_directory_entry_when_not_looked_at_for_half_a_year_then_stale(days: int, is_stale: bool) -> None:
    entry = _shown(kind="directory", reviewed=(AS_AT - timedelta(days=days)).isoformat())
    assert (entry.age_days, entry.is_stale) == (days, is_stale)


def test_actions_when_shown_then_counts_by_aim_the_table_and_the_csv_agree(context: Context) -> None:
    exhibit = register_exhibit("actions", context)
    assert exhibit is not None
    assert exhibit.headline == "1 of 2 actions are overdue"
    assert (exhibit.panels[0].sentence, *exhibit.panels[0].more) == (
        "Prepare: 1 actions, 0 done, 1 open, of which 1 overdue.",
        "Protect: 1 actions, 1 done, 0 open, of which 0 overdue.")
    assert exhibit.table.rows == (
        ("Agree one referral form", "Prepare", "The board", "Officer of the board", "Under way",
         "30 September 2026", "Past its day", "Referrals recorded"),
        ("Review of waits", "Protect", "Police", "Agency's lead for sexual violence", "Done",
         "30 September 2026", "In time", "[z]"))
    assert exhibit.data.rows == tuple(
        (*row, late) for row, late in zip(ENTRIES[:2], ("yes", "no"), strict=True))
    assert "W33" in exhibit.duties


def test_directory_when_shown_then_posts_and_age_are_told(context: Context) -> None:
    exhibit = register_exhibit("directory", context)
    assert exhibit is not None
    assert exhibit.table.rows == (
        ("Examination, day and night", "Health and therapy", "Everyone", "SARC", "Takes people", "2.5 of 3",
         "14 May 2026", "184 days ago"),)
    assert exhibit.headline == "0 of 1 directory entries are current"


def test_kind_when_the_release_has_no_entry_then_no_exhibit(context: Context) -> None:
    assert register_exhibit("contracts", context) is None
    without = replace(context, release=replace(context.release, register=(), provenance={}))
    assert [make(without) for make in REGISTER_EXHIBITS[:7]] == [None] * 7


def test_protected_kind_when_the_release_is_read_then_no_row_of_it_is_there(context: Context) -> None:
    protected = {kind.name for kind in kinds().values() if kind.is_protected}
    assert not {row["kind"] for row in context.release.register} & protected


@pytest.mark.parametrize("asked", ANSWERED, ids=lambda a: a.cube)
def test_answers_when_shown_then_each_row_is_of_published_cells_and_small_bases_bear_no_share(
    asked: object, context: Context
) -> None:
    exhibit = answered_exhibit(asked, context)  # type: ignore[arg-type]
    assert exhibit is not None
    assert {row[2] for row in exhibit.data.rows} == {"police"}
    for row, shown in zip(exhibit.data.rows, exhibit.table.rows, strict=True):
        yes, base = row[3], row[5]
        assert yes is None or (isinstance(yes, int) and yes % 5 == 0)
        small = not isinstance(base, int) or base < 60
        assert (shown[4] == "[u]") is small


def test_follow_ups_when_shown_then_no_sum_is_said_and_what_cannot_be_told_from_nothing_is_no_row(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_without(release: Release, query: Cells, period: Quarter, of: str) -> Cell:
        is_none = ("follow_up", ("release_told",)) in query.where
        return Cell(value=0, marker="0 to 4") if is_none else cell_of(release, query, period, of)

    monkeypatch.setattr("dashboards.register.cell_of", one_without)
    (asked,) = (a for a in ANSWERED if not a.adds_up)
    exhibit = answered_exhibit(asked, context)
    assert exhibit is not None
    assert (asked.cube, exhibit.panels[0].more) == ("follow_ups", ())
    assert exhibit.panels[0].sentence.startswith("Each row stands for itself")
    assert {row[0] for row in exhibit.data.rows} == set(kinds()["follow_ups"].topics) - {"release_told"}


@pytest.mark.parametrize(("yes", "base", "said"), [
    (Cell(value=45, marker=""), Cell(value=60, marker=""), "75%"),
    (Cell(value=45, marker=""), Cell(value=59, marker=""), "[u]"),
    (Cell(value=0, marker="0 to 4"), Cell(value=60, marker=""), "0% to 8%"),
    (Cell(value=None, marker="[c]"), Cell(value=100, marker=""), "[c]"),
    (Cell(value=5, marker=""), Cell(value=None, marker="[x]"), "[x]"),
])
def test_share_when_small_or_rounded_or_withheld_then_says_no_more_than_the_counts(
    yes: Cell, base: Cell, said: str
) -> None:
    assert share_of(yes, base) == said
