"""Received files: sealed, bound to their place, erased on their day; the plain ones are gone."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from pipelines.store.landing import (
    Delivery,
    LandingError,
    erase_expired,
    is_finished,
    pick_up,
    seal,
    unseal,
    waiting,
)
from pipelines.store.places import Places
from schemas.quarters import Quarter

QUARTER = Quarter.parse("2026-Q3")
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
WORDS = b"Zzyzx Quillfeather"
TODAY = date(2026, 10, 20)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places.under(tmp_path / "var")
    made.make()
    folder = made.landing / "police" / str(QUARTER)
    folder.mkdir(parents=True)
    (folder / "crimes.csv").write_bytes(WORDS)
    return made


def _received(places: Places) -> Delivery:
    delivery = pick_up(places, "police", QUARTER, today=TODAY)
    assert delivery is not None
    seal(places, delivery, KEY)
    return delivery


def test_delivery_when_picked_up_then_whole_object_and_its_files_are_not_shown(places: Places) -> None:
    assert waiting(places) == [("police", QUARTER)]
    delivery = pick_up(places, "police", QUARTER, today=TODAY)
    assert delivery == Delivery(agency="police", quarter=QUARTER, files={"crimes.csv": WORDS},
                                received_on=TODAY)
    assert "Zzyzx" not in repr(delivery)


def test_delivery_when_sealed_then_no_plain_byte_is_left_and_it_can_be_read_back(places: Places) -> None:
    delivery = _received(places)
    files = [path for path in places.data_dir.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert WORDS not in files[0].read_bytes()
    assert waiting(places) == []
    assert unseal(places, "police", QUARTER, "crimes.csv", delivery.hashes["crimes.csv"], KEY) == WORDS


def test_sealed_file_when_key_or_place_is_another_then_one_sentence(places: Places) -> None:
    sha = _received(places).hashes["crimes.csv"]
    with pytest.raises(LandingError) as caught:
        unseal(places, "police", QUARTER, "crimes.csv", sha, OTHER)
    assert str(caught.value) == (
        "The file [crimes.csv] of [police] for [2026-Q3] cannot be opened: another key, or the file was "
        "changed. "
        "Check the key [landing].")
    moved = places.received / "housing" / str(QUARTER)
    moved.mkdir(parents=True)
    kept = next(places.received.glob("police/*/*.sealed"))
    kept.replace(moved / kept.name)
    with pytest.raises(LandingError, match="cannot be opened"):
        unseal(places, "housing", QUARTER, "crimes.csv", sha, KEY)
    with pytest.raises(LandingError,
                       match=r"is no longer kept\. Ask the agency to send the whole quarter again\.$"):
        unseal(places, "police", QUARTER, "crimes.csv", sha, KEY)


@pytest.mark.parametrize(("today", "erased"), [(date(2027, 9, 30), 0), (date(2027, 10, 1), 1)])
def test_received_file_when_its_months_are_over_then_erased_and_not_before(
    places: Places, today: date, erased: int
) -> None:
    _received(places)
    assert erase_expired(places, "police", 12, today=today) == erased
    assert len(list(places.received.rglob("*.sealed"))) == 1 - erased


@pytest.mark.parametrize(("age_seconds", "is_settled"), [(29.9, False), (30.0, True), (30.1, True)])
def test_delivery_when_without_manifest_then_finished_after_it_has_settled(
    places: Places, age_seconds: float, is_settled: bool
) -> None:
    folder = places.landing / "police" / str(QUARTER)
    os.utime(folder / "crimes.csv", (1_000_000, 1_000_000))
    assert is_finished(folder, now=1_000_000 + age_seconds) is is_settled
