"""The partnership's file: the sample's, and what is refused with which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.areas import areas_of_police_area
from schemas.documents import DocumentError
from schemas.partnership import PARTNERSHIP_FILE, Partnership, Thresholds, read_partnership
from schemas.population import vintages
from schemas.quarters import Quarter


def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(PARTNERSHIP_FILE.read_text(encoding="utf-8"))
    return content


def test_partnership_when_it_is_the_sample_then_sixteen_quarters_and_seven_areas() -> None:
    sample = read_partnership()
    assert sample == Partnership.model_validate(_content())
    assert sample.is_sample
    assert sample.areas == areas_of_police_area(sample.police_area)
    assert (len(sample.areas), len(sample.quarters)) == (7, 16)
    assert (sample.quarters[0], sample.quarters[-1]) == (Quarter.parse("2022-Q4"), Quarter.parse("2026-Q3"))
    assert sample.thresholds == Thresholds(small_count=5, rounding_base=5, rate_base=60, full_quarters=4)
    assert sample.population_vintage in vintages()


@pytest.mark.parametrize(("change", "message"), [
    (lambda c: c.__setitem__("last_quarter", "2022-Q3"),
     "key [(the whole file)]: last_quarter stands before first_quarter. Swap them."),
    (lambda c: c.__setitem__("support", []),
     "key [(the whole file)]: support is empty. Name at least one support line."),
    (lambda c: c["support"][0].pop("checked_on"), "key [support.0.checked_on]: is missing. Add it."),
    (lambda c: c["thresholds"].__setitem__("small_count", 2),
     "key [thresholds.small_count]: input should be greater than or equal to 3."),
    (lambda c: c["thresholds"].__setitem__("rounding_base", 2),
     "key [thresholds.rounding_base]: input should be greater than or equal to 3."),
    (lambda c: c.__setitem__("cut_off_days", 121),
     "key [cut_off_days]: input should be less than or equal to 120."),
    (lambda c: c.__setitem__("motto", "x"),
     "key [motto]: is not a key we know. Remove it, or correct its spelling."),
    (lambda c: c.pop("contact"), "key [contact]: is missing. Add it."),
])
def test_partnership_when_unusable_then_error_names_file_key_and_remedy(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    content = _content()
    change(content)
    path = tmp_path / "partnership.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_partnership(path)
    assert str(caught.value) == f"[partnership.yaml], {message}"


def test_partnership_when_one_quarter_long_then_that_quarter_alone() -> None:
    one = Partnership.model_validate({**_content(), "first_quarter": "2026-Q3"})
    assert one.quarters == (Quarter.parse("2026-Q3"),)
