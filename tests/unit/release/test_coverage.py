"""Who has sent what: each of the statuses, and that a missing agency is never a nil return."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from pipelines.release.coverage import _status
from pipelines.steps.aggregate import AsOf
from schemas.agencies import AGENCY_DIR, Agency, read_agencies
from schemas.quarters import Quarter

AS_OF = AsOf(quarter=Quarter.parse("2026-Q3"), cut_off=date(2026, 11, 14))
SENT = date(2026, 10, 20)


@cache
def agency(name: str) -> Agency:
    return read_agencies(AGENCY_DIR)[name]


@pytest.mark.parametrize(
    ("name", "quarter", "dataset", "sent", "expected"),
    [
        (
            "probation",
            "2026-Q3",
            "suspects",
            ("loaded", SENT, ["sentences", "registrations"], 2),
            ("submitted", SENT, 2),
        ),
        (
            "probation",
            "2026-Q3",
            "suspects",
            ("loaded", AS_OF.cut_off, ["sentences"], 1),
            ("submitted", AS_OF.cut_off, 1),
        ),
        (
            "probation",
            "2026-Q3",
            "suspects",
            ("loaded", date(2026, 11, 15), ["sentences"], 1),
            ("late", None, 0),
        ),
        ("probation", "2026-Q3", "registrations", ("loaded", SENT, ["sentences"], 1), ("partial", SENT, 1)),
        ("probation", "2026-Q3", "suspects", ("nil", SENT, None, 0), ("nil", SENT, 0)),
        ("probation", "2026-Q3", "suspects", None, ("not_received", None, 0)),
        ("housing", "2023-Q3", "incidents", None, ("not_joined", None, 0)),
        ("housing", "2023-Q4", "incidents", None, ("not_received", None, 0)),
        ("counselling", "2026-Q1", "counts", None, ("not_received", None, 0)),
        ("counselling", "2026-Q2", "counts", None, ("left", None, 0)),
    ],
)
def test_status_when_worked_out_then_says_what_came(
    name: str,
    quarter: str,
    dataset: str,
    sent: tuple[object, ...] | None,
    expected: tuple[str, date | None, int],
) -> None:
    assert _status(agency(name), Quarter.parse(quarter), dataset, sent, AS_OF) == expected
