"""A second partnership, made only of new files: Humberside's four areas, two invented agencies in formats of
their own, taken in, linked, counted, protected, released and drawn."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.hub import Hub
from pipelines.steps.aggregate import make_core, make_cubes
from pipelines.steps.link import link_people
from pipelines.steps.protect import protect_release
from pipelines.steps.receive import Received, receive
from pipelines.steps.release import write_release
from pipelines.store.places import Places
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter

HERE = Path(__file__).parent
QUARTER = Quarter.parse("2026-Q3")
RECEIVED, RELEASED = date(2026, 10, 25), date(2026, 11, 20)
AREAS = ("Hull", "East Riding", "N E Lincs", "N Lincs")
POSTCODES = dict(zip(AREAS, ("HU3", "HU17", "DN32", "DN15"), strict=True))
FORENAMES = (
    "Ada",
    "Beth",
    "Cara",
    "Dora",
    "Edith",
    "Freya",
    "Greta",
    "Hanna",
    "Iris",
    "Jana",
    "Karl",
    "Liam",
)
SURNAMES = (
    "Abbot",
    "Birch",
    "Crane",
    "Drew",
    "Elder",
    "Frost",
    "Gale",
    "Heron",
    "Ivory",
    "Jarvis",
    "Kestrel",
)
N_CRIMES, SHARE_SEEN, SHARE_SUSPECT = 300, 0.4, 0.6
Row = dict[str, object]


@dataclass(frozen=True)
class Released:
    """What the partnership's quarter came to."""

    receipts: tuple[Received, ...]
    folder: Path
    lives: Counter[str]
    """People harmed in crimes of the quarter, by the area where they live, as they were drawn."""


def _write(path: Path, rows: Sequence[Mapping[str, object]], delimiter: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _draw(landing: Path, draw: random.Random) -> Counter[str]:
    """Both agencies' extracts of the quarter: the force's crimes, and the centre's visits of some of the same
    people."""
    crimes: list[Row] = []
    seen: list[Row] = []
    lives: Counter[str] = Counter()
    for n in range(N_CRIMES):
        area = draw.choices(AREAS, (5, 3, 2, 2))[0]
        forename, surname = draw.choice(FORENAMES), draw.choice(SURNAMES)
        born = date(1960, 1, 1) + timedelta(days=draw.randrange(17_000))
        day = QUARTER.first_day + timedelta(days=draw.randrange(80))
        postcode = f"{POSTCODES[area]} {draw.randrange(1, 9)}{draw.choice('AB')}{draw.choice('DEF')}"
        is_male, ref = forename in ("Karl", "Liam"), str(n)
        lives[area] += 1
        suspect = f"S{draw.randrange(250)}" if draw.random() < SHARE_SUSPECT else ""
        crimes.append({
            "Crime": f"C{ref}", "Reported": f"{day:%d %b %Y}", "HO code": draw.choice(("019/08", "020/03")),
            "Where": area, "Victim": f"V{ref}", "Forename": forename, "Surname": surname, "Born": str(born),
            "Postcode": postcode, "Link": "Y", "Sex": "M" if is_male else "F",
            "SDE": draw.choices(("W1", "A2", "B2", "NS"), (7, 1, 1, 1))[0], "Lives": area, "Suspect": suspect,
            "Stage": draw.choice(("named", "charged")) if suspect else "",
            "Suspect sex": "M" if suspect else "",
        })  # fmt: skip
        if draw.random() < SHARE_SEEN:
            seen.append({
                "Visit": f"A{ref}", "Day": f"{day:%d/%m/%Y}", "Client": f"K{ref}", "Given name": forename,
                "Family name": surname, "Birth": f"{born:%d/%m/%Y}", "PC": postcode, "May link": "Yes",
                "Sex": "Male" if is_male else "Female", "Area": area, "From": "Police",
                "Contact": f"{day + timedelta(days=3):%d/%m/%Y}", "Result": "Seen",
            })  # fmt: skip
    _write(landing / "force" / str(QUARTER) / f"crimes {QUARTER}.csv", crimes, ",")
    _write(landing / "centre" / str(QUARTER) / f"seen {QUARTER}.csv", seen, ";")
    return lives


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """From extracts to pages, by the steps that every partnership takes."""
    hub = Hub(places=Places.under(tmp_path_factory.mktemp("humber") / "var"),
              agency_dirs=(HERE / "agencies",), partnership_file=HERE / "partnership.yaml")  # fmt: skip
    hub.places.make()
    hub.ensure_keys()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hub, "today", lambda _: RELEASED)
        lives = _draw(hub.places.landing, random.Random(4))
        receipts = [
            receive(hub.places, hub.keys(), hub.agencies, agency, QUARTER, partnership=hub.partnership,
                    today=RECEIVED)
            for agency in hub.agencies
        ]  # fmt: skip
        link_people(hub, QUARTER)
        make_core(hub, QUARTER)
        make_cubes(hub, CUBES.values(), QUARTER)
        protect_release(hub, QUARTER)
        told = write_release(hub, QUARTER)
    return Released(tuple(receipts), hub.places.releases / str(told["folder"]), lives)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_extracts_when_taken_in_then_every_row_is_accepted(released: Released) -> None:
    assert [(r.outcome.value, r.n_left_out) for r in released.receipts] == [("loaded", 0)] * 2


def test_people_when_both_agencies_know_them_then_counted_once_in_the_areas_where_they_live(
    released: Released,
) -> None:
    places = _rows(released.folder / "dashboard" / "data" / "places.csv")
    rows = [row for row in places if row["quarter"] == str(QUARTER)]
    names = {
        "Hull": "Hull",
        "East Riding of Yorkshire": "East Riding",
        "North East Lincolnshire": "N E Lincs",
        "North Lincolnshire": "N Lincs",
    }
    assert {r["name"] for r in rows} == set(names)
    for row in rows:  # rounded to a multiple of 5, and a few people who were drawn alike are one
        assert abs(int(row["value"]) - released.lives[names[row["name"]]]) <= 10


def test_pages_when_drawn_then_they_name_this_partnership_and_nothing_of_the_sample(
    released: Released,
) -> None:
    pages = {p.stem: p.read_text(encoding="utf-8") for p in (released.folder / "dashboard").glob("*.html")}
    assert re.findall(r'<span class="name">(.*?)</span>', pages["places"]) == [
        "A. East Riding of Yorkshire", "B. Hull", "C. North East Lincolnshire", "D. North Lincolnshire",
    ]  # fmt: skip
    for name, text in pages.items():
        assert "Humber Sexual Violence Partnership (invented)" in text, name
        assert not re.search("Tri-Rivers|Birmingham|Larkspur|Aldercroft|Westminster", text), name
