"""The receipt: complete, signed, readable, and without a single value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date

import polars as pl
import pytest

from pipelines.intake.delivery import Intake
from pipelines.intake.receipt import FIRST_PLACES, receipt, verify

from .conftest import INCIDENTS, PEOPLE, csv_bytes

Take = Callable[[Mapping[str, bytes]], Intake]
KEY = bytes(range(32))
DAY = date(2026, 10, 20)


def _spoilt(good: dict[str, bytes]) -> dict[str, bytes]:
    """Every row of people is wrong in a way that could tempt a message to repeat it."""
    people = [
        p
        | {
            "Forename": "Zebadiah",
            "Surname": "Oakshott-Vane",
            "NHS": "9991234567",
            "DOB": "31/02/1987",
            "Postcode": "QQ1 1QQ",
            "Age": "417",
            "Sex": "zyx",
            "Ethnicity": "IC9",
        }
        for p in PEOPLE
    ]
    return good | {"people_2026-Q3.csv": csv_bytes(people)}


VALUES = (
    "zebadiah",
    "oakshott",
    "9991234567",
    "31/02",
    "1987",
    "qq1",
    "417",
    "zyx",
    "ic9",
    "quillfeather",
    "wrenna",
)


def test_receipt_when_rows_are_bad_then_no_face_of_it_repeats_a_value(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(_spoilt(good))
    made = receipt(intake, received_on=DAY, key=KEY)
    everything = (
        made.to_json()
        + made.to_text()
        + repr(made)
        + repr(intake)
        + str(intake.findings.to_dicts())
        + str(intake.quarantined.to_dicts())
        + str(intake.unmapped.to_dicts())
        + str(intake.files)
    ).casefold()

    assert "age_impossible" in everything
    assert [value for value in VALUES if value in everything] == []


def test_receipt_when_signed_then_it_verifies_and_any_change_is_seen(
    good: dict[str, bytes], take: Take
) -> None:
    text = receipt(take(good), received_on=DAY, key=KEY, submission_id="s-1").to_json()

    assert verify(text, KEY)
    assert not verify(text.replace('"n_accepted": 6', '"n_accepted": 5', 1), KEY)
    assert not verify(text, bytes(32))
    assert not verify(text.replace(json.loads(text)["signature"], ""), KEY)
    assert not verify("{}", KEY)
    assert not verify("no receipt", KEY)


def test_receipt_when_not_signed_then_it_does_not_verify(good: dict[str, bytes], take: Take) -> None:
    assert not verify(receipt(take(good), received_on=DAY).to_json(), KEY)


def test_receipt_when_a_rule_trips_often_then_the_count_is_whole_and_the_places_are_the_first(
    good: dict[str, bytes], take: Take
) -> None:
    many = [INCIDENTS[0] | {"Ref": f"X{i}", "Reported": "never"} for i in range(FIRST_PLACES + 3)]
    made = receipt(take(good | {"incidents_2026-Q3.csv": csv_bytes([*INCIDENTS, *many])}), received_on=DAY)

    entry = next(e for e in made.body["findings"] if e["rule_id"] == "date_unreadable")
    assert entry["n"] == FIRST_PLACES + 3
    assert [place["row"] for place in entry["first"]] == list(range(8, 8 + FIRST_PLACES))
    assert "    - and 3 more\n" in made.to_text()


def test_receipt_when_a_row_is_left_out_then_its_text_says_where_and_what_to_do(
    good: dict[str, bytes], take: Take
) -> None:
    rows = [INCIDENTS[0] | {"Reported": "31/02/2026", "Ref": "X1"}, *INCIDENTS]
    text = receipt(take(good | {"incidents_2026-Q3.csv": csv_bytes(rows)}), received_on=DAY).to_text()

    assert text == (
        "Receipt for [harbour], [2026-Q3], received on 2026-10-20\n"
        "Accepted, with rows left out.\n"
        "\n"
        "[incidents_2026-Q3.csv]: 7 rows, 6 accepted, 1 left out\n"
        "[people_2026-Q3.csv]: 6 rows, 6 accepted, 0 left out\n"
        "[referrals_2026-Q3.xlsx]: 2 rows, 2 accepted, 0 left out\n"
        "[suspects_2026-Q3.csv]: 1 rows, 1 accepted, 0 left out\n"
        "\n"
        "Left out until mended\n"
        "  The date cannot be read in the agreed formats. [date_unreadable], 1 time.\n"
        "    Enter a day that exists, in the agreed format.\n"
        "    - [incidents_2026-Q3.csv], row 2, cell B2, column [Reported]\n"
        "\n"
        "For information\n"
        "  A totals row at the bottom is not a record. [row_totals], 1 time.\n"
        "    Nothing to do.\n"
        "    - [referrals_2026-Q3.xlsx], sheet [Referrals], row 6\n"
        "\n"
        "Not signed: nothing was sent.\n"
    )


def test_receipt_when_the_same_delivery_comes_twice_then_it_is_the_same_text(
    good: dict[str, bytes], take: Take
) -> None:
    first, second = (receipt(take(good), received_on=DAY, key=KEY).to_json() for _ in range(2))
    assert first == second


def test_unmapped_codes_when_counted_then_by_dataset_and_column(good: dict[str, bytes], take: Take) -> None:
    people = [p | {"Sex": "Quux", "Ethnicity": "wb"} for p in PEOPLE[:4]] + PEOPLE[4:]
    intake = take(good | {"people_2026-Q3.csv": csv_bytes(people)})

    assert intake.unmapped.rows() == [("victims", "ethnicity", 4), ("victims", "sex", 4)]
    assert receipt(intake, received_on=DAY).body["unmapped"] == [
        {"dataset": "victims", "column": "ethnicity", "n": 4},
        {"dataset": "victims", "column": "sex", "n": 4},
    ]
    assert intake.accepted["victims"].filter(pl.col("sex") == "unmapped").height == 4


def test_intake_when_it_goes_wrong_itself_then_the_error_holds_no_value(
    good: dict[str, bytes], take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    import traceback

    from pipelines.intake import filling
    from pipelines.intake.refusal import IntakeError

    def raise_with_a_value(text: pl.Series, *_: object) -> None:
        raise ValueError(f"cannot cast [{text.to_list()}] of Quillfeather")

    monkeypatch.setattr(filling.parsing, "age", raise_with_a_value)
    with pytest.raises(IntakeError) as caught:
        take(good)

    told = "".join(traceback.format_exception(caught.value)).casefold()
    assert "intake ended at [[harbour], file [people], dataset [victims]] with [valueerror]" in told
    assert "quillfeather" not in told
    assert "1990" not in told
