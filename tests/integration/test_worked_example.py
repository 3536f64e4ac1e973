"""The page of ten people (``docs/worked-example.md``): its rows through the SQL that counts, its answers
compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from anonymisation.linkage.overlap import role_overlap
from anonymisation.tokens import BRIDGE_KEYS
from schemas.measures.cubes import Links
from schemas.quarters import Quarter
from tests.integration.hand_made import HandMade, counted

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "worked-example.md").read_text(encoding="utf-8")
RELEASE = Quarter.parse("2026-Q2")
MAY_NOT_BE_LINKED = "I"


def rows_of(heading: str) -> Iterator[dict[str, str]]:
    """Rows of the first table under a heading, by column."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines]
    return (dict(zip(table[0], row, strict=True)) for row in table[2:])


ANSWERS = [
    (agency, row["cube"], row["period"], row["answer"])
    for agency, heading in (("police", "Answers"), ("isva", "Answers of the adviser service"))
    for row in rows_of(heading)
]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def person(name: str) -> str | None:
    return None if name == MAY_NOT_BE_LINKED else name


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    made = HandMade()
    fifths = {row["crime"]: row["fifth"] for row in rows_of("Homes")}
    for row in rows_of("Crimes"):
        reported = date.fromisoformat(row["reported"])
        category, code = row["offence"].split()
        made.crime(row["crime"], reported, status=row["status"], outcome=row["outcome"],
                   closed=day(row["outcome_day"]), is_exploitation=row["exploitation"],
                   offence_category=category, offence_code=code)  # fmt: skip
        made.add("victims", "police", reported, person(row["victim"]), incident_id=row["crime"],
                 agency_person_id=row["victim"], is_flagged_repeat=row["flagged"],
                 deprivation_quintile=fifths.get(row["crime"], "not_recorded"))  # fmt: skip
        if row["suspect"]:
            made.add("suspects", "police", reported, row["suspect"], incident_id=row["crime"],
                     agency_person_id=row["suspect_ref"], stage=row["stage"],
                     age_band=row["age"])  # fmt: skip
    for row in rows_of("Attendances at the referral centre"):
        reported = date.fromisoformat(row["reported"])
        made.crime(row["attendance"], reported, agency="sarc")
        made.add("victims", "sarc", reported, person(row["person"]), incident_id=row["attendance"],
                 agency_person_id=f"centre {row['person']}")  # fmt: skip
    for row in rows_of("Referrals by the police"):
        made.add("referrals", "police", date.fromisoformat(row["made"]), person(row["person"]),
                 referral_id=row["referral"], agency_person_id=row["person"], destination=row["to"],
                 referral_status=row["result"], ethnicity=row["ethnicity"] or "not_recorded")  # fmt: skip
    for row in rows_of("Referrals to an adviser, followed from the police"):
        made.add("referrals", "isva", date.fromisoformat(row["made"]), person(row["person"]),
                 referral_id=row["referral"], agency_person_id=f"adviser {row['person']}", source="police",
                 destination="isva", referral_status=row["status"])  # fmt: skip
    for row in rows_of("Referrals held by the adviser service"):
        made.add("referrals", "isva", date.fromisoformat(row["made"]), referral_id=row["referral"],
                 agency_person_id=row["person"], sex=row["sex"], referral_status=row["status"],
                 decline_reason=row["reason"] or "not_recorded",
                 contact_wait=row["contact"] or None)  # fmt: skip
    for row in rows_of("Support by the adviser service"):
        ended = date.fromisoformat(row["ended"])
        made.add("cases", "isva", date.fromisoformat(row["started"]), case_id=row["case"],
                 agency_person_id=row["person"], end_month=f"{ended:%Y-%m}",
                 end_reason=row["reason"])  # fmt: skip
    whole = "SELECT status, outcome_group FROM warehouse.core_incidents WHERE agency = 'police'"
    return counted(made, tmp_path_factory.mktemp("worked"), RELEASE, {cube for _, cube, _, _ in ANSWERS},
                   {"crimes": whole})  # fmt: skip


def parsed(answer: str) -> tuple[dict[str, str], str, dict[str, int]]:
    """``is_repeat=yes is_flagged_repeat: yes 2, no 2`` → what is fixed, what is told apart, counts."""
    head, _, tail = answer.partition(": ")
    *fixed, dimension = head.split()
    counts = dict(re.fullmatch(r"(\S+) (\d+)", part).groups() for part in tail.split(", "))  # type: ignore[union-attr]
    return dict(pair.split("=") for pair in fixed), dimension, {key: int(n) for key, n in counts.items()}


@pytest.mark.parametrize(("agency", "cube", "period", "answer"), ANSWERS, ids=lambda text: text[:40])
def test_answer_on_the_page_when_its_rows_are_counted_then_is_what_the_sql_counts(
    found: dict[str, pl.DataFrame], agency: str, cube: str, period: str, answer: str
) -> None:
    fixed, dimension, expected = parsed(answer)
    frame = found[cube].filter(
        pl.col("links").is_in(["", Links.ALL.value]), pl.col("agency").is_in(["", agency]),
        pl.col("period") == period, *(pl.col(name) == value for name, value in fixed.items()),
    )  # fmt: skip
    assert dict(frame.group_by(dimension).agg(pl.col("n").sum()).iter_rows()) == expected


def test_funnels_when_all_quarters_are_taken_together_then_outcomes_and_open_crimes_are_the_crimes(
    found: dict[str, pl.DataFrame],
) -> None:
    recorded = found["crimes"].filter(pl.col("status") == "recorded")
    still_open = recorded.filter(pl.col("outcome_group") == "not_yet_assigned").height
    given = int(found["outcomes_by_group"]["n"].sum())
    assert (recorded.height, given, still_open) == (19, 12, 7)
    cohorts = found["crimes_after_a_year_by_suspect"].filter(pl.col("agency") == "police")
    assert int(cohorts["n"].sum()) == recorded.height


def test_both_roles_on_the_page_when_counted_inside_linkage_then_the_answers() -> None:
    rows = [(f"{n:032d}", row["role"], date.fromisoformat(row["day"]), row["person"].encode())
            for n, row in enumerate(rows_of("Both roles"))]
    expected = [(int(row["year"]), row["role_order"], int(row["people"]))
                for row in rows_of("Answers of both roles")]
    with duckdb.connect() as connection:
        keys = ", ".join(f"token AS {key}" for key in BRIDGE_KEYS)
        connection.execute("CREATE TABLE records (rec_key VARCHAR, role VARCHAR, event_day DATE, token BLOB)")
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        connection.execute(f"CREATE VIEW bridge AS SELECT rec_key, role, event_day, {keys} FROM records")
        years = {year for year, _, _ in expected}
        found = role_overlap(connection, "bridge", years=range(min(years), max(years) + 1))
    assert found.rows() == expected
