"""One verdict from those on the parts of a release."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl
import pytest

from anonymisation.audit import AuditError, AuditResult, audit, joined, read_release, verify

CATS = {"area": ["n", "s"], "kind": ["no", "yes"]}
ROUNDED = np.array([[0, 5], [10, 20]])
TRUE = np.array([[2, 3], [11, 18]])
FAR = np.array([[12, 3], [11, 18]])
"""Outside what the release states."""
TIE = {"kind": "le", "left": {"unit": "v", "period": "2026-Q1", "cell": {}},
       "right": [{"unit": "w", "period": "2026-Q1", "cell": {}}]}
NOBODY = pl.DataFrame(schema={"key": pl.String, "agency": pl.String, "n": pl.Int64})


def released(written: Any, *units: str, ties: list[Any] | None = None) -> dict[str, bytes]:
    cubes = [(written.cube(f"by_kind.{unit}", CATS, unit=unit), {"2026-Q1": written.cells(ROUNDED, CATS)})
             for unit in units]
    return dict(written.release(cubes, ties=ties or []))


def counts(written: Any, *units: str) -> dict[str, int]:
    return {key: n for unit in units
            for key, n in written.true_counts(unit, "2026-Q1", [(TRUE, CATS)]).items()}


def attacked(written: Any, *units: str, ties: list[Any] | None = None
             ) -> tuple[dict[str, bytes], AuditResult]:
    files = released(written, *units, ties=ties)
    return files, audit(files, truth=counts(written, *units), contributors=NOBODY)


def without_time(result: AuditResult) -> dict[str, Any]:
    said = asdict(result) | {"seconds": 0.0}
    return said | {"attackers": [a | {"seconds": 0.0} for a in said["attackers"]]}


def test_joined_when_the_parts_are_the_release_then_the_verdict_is_that_on_the_whole(written: Any) -> None:
    files, whole = attacked(written, "u", "v", "w", ties=[TIE])
    parts = [attacked(written, "u"), attacked(written, "v", "w", ties=[TIE])]
    made = joined(parts, files)
    assert made.passed
    assert without_time(made) == without_time(whole)
    assert [a.note for a in made.attackers] == [a.note for a in whole.attackers]
    assert verify(files, made.certificate).passed


def test_joined_when_one_part_is_opened_then_the_whole_is(written: Any) -> None:
    files = released(written, "u", "v")
    far = written.true_counts("v", "2026-Q1", [(FAR, CATS)])
    opened = audit(released(written, "v"), truth=far, contributors=NOBODY)
    assert opened.faults
    made = joined([attacked(written, "u"), (released(written, "v"), opened)], files)
    assert not made.passed
    assert made.faults == opened.faults
    assert made.failures == opened.failures


def test_joined_when_a_reader_was_idle_in_one_part_then_idle(written: Any) -> None:
    files = released(written, "u", "v")
    idle = audit(released(written, "v"), truth=counts(written, "v"))
    assert joined([attacked(written, "u"), (released(written, "v"), idle)], files).idle == idle.idle != ()


@pytest.mark.parametrize(("parts", "ties", "words"), [
    ([["u"]], [], r"\[cubes\]"),
    ([["u"], ["v", "w"], ["v"]], [], r"\[cubes\]"),
    ([["u", "v"], ["w"]], [TIE], r"\[ties\]"),
])
def test_joined_when_something_was_not_attacked_then_refused(
    written: Any, parts: list[list[str]], ties: list[Any], words: str
) -> None:
    with pytest.raises(AuditError, match=words):
        joined([attacked(written, *units) for units in parts], released(written, "u", "v", "w", ties=ties))


def test_joined_when_a_table_is_not_the_one_that_was_attacked_then_refused(written: Any) -> None:
    files = released(written, "u", "v")
    parts = [attacked(written, "u"), attacked(written, "v")]
    changed = files | {"cubes/by_kind.v.csv": files["cubes/by_kind.v.csv"].replace(b"10", b"15")}
    assert changed != files
    with pytest.raises(AuditError, match=r"\[1\] tables are not those that were attacked"):
        joined(parts, changed)


def test_joined_when_a_part_was_attacked_under_other_rules_then_refused(written: Any) -> None:
    files = released(written, "u", "v")
    other = json.loads(released(written, "v")["systems.json"]) | {"rules": {"threshold": 3, "base": 5}}
    part = released(written, "v") | {"systems.json": json.dumps(other).encode()}
    with pytest.raises(AuditError, match="their rules are not those"):
        joined([attacked(written, "u"), (part, attacked(written, "v")[1])], files)


def test_read_release_when_some_units_are_asked_for_then_no_other_file_is_needed(written: Any) -> None:
    files = released(written, "u", "v", "w", ties=[TIE])
    own = {name: content for name, content in files.items() if name != "cubes/by_kind.u.csv"}
    told = read_release(own, units={"v", "w"})
    assert [cube.unit for cube in told.cubes] == ["v", "w"]
    assert len(told.ties) == 1
    assert read_release(own, units={"v"}).ties == ()
    with pytest.raises(AuditError, match=r"\[cubes/by_kind.u.csv\] is missing"):
        read_release(own)
