"""Every number of the warehouse against the truth of the sample, worked out a second time
(``reckoning.py``)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.hub import Hub
from pipelines.steps.aggregate import count_cubes, make_core
from pipelines.store.connect import Connection, connect
from pipelines.store.warehouse import prepare
from schemas.measures.cubes import CUBES, Links
from schemas.quarters import Quarter
from schemas.registers import DATASET_PREFIX
from tests.integration.conftest import copied, new_hub, take
from tests.integration.published import FOLLOWED, PEOPLE, true_links
from tests.integration.reckoning import Reckoning

LAST = Quarter.parse("2026-Q3")
ONE_LATE = Quarter.parse("2026-Q1")
"""The referral centre's file of this quarter came after its cut-off: the release of the quarter lacks it."""
RESENT = Quarter.parse("2025-Q2")
"""The police sent this quarter again, four weeks after its cut-off: the first delivery lacked 36 crimes."""
RETURNED = tuple(name for name, cube in CUBES.items() if cube.dataset.startswith(DATASET_PREFIX))
"""Cubes of returns to the register: their truth is the register (``test_registers.py``)."""
OFFENCE_AGES = "crimes_by_offence_age"
WITHOUT_BIRTH = 0.08
"""Share of the sample's police victims without a usable date of birth (7 %)."""
AGE_SLIPS = 0.01
"""Share by which slips in dates of birth may fill a band (measured: below 0)."""
RECORDS = tuple(name for name, cube in CUBES.items()
                if not cube.links and name not in (*RETURNED, *FOLLOWED))
GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "cube_totals.txt"
REGENERATE = "TESSERA_REGENERATE_GOLDENS"


def _counted(hub: Hub, quarter: Quarter, names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """The true counts that the pipeline's own SQL makes, by cube; links only where a cube has them."""
    make_core(hub, quarter)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        count_cubes(connection, [CUBES[name] for name in names], quarter)
        return {name: _stored(connection, name, quarter) for name in names}


def _stored(connection: Connection, name: str, quarter: Quarter) -> pl.DataFrame:
    dimensions = ", ".join(f"dimensions['{d}'] AS {d}" for d in CUBES[name].columns)
    return connection.execute(
        f"SELECT agency, contributor, links, period, {dimensions}, sum(n)::BIGINT AS n FROM "
        "warehouse.cube_counts "
        "WHERE quarter = ? AND cube = ? GROUP BY ALL",
        [str(quarter), name],
    ).pl()


def _assert_equal(found: pl.DataFrame, expected: pl.DataFrame, name: str) -> None:
    columns = ["agency", "contributor", "period", *CUBES[name].columns, "n"]
    assert expected.height, name
    assert_frame_equal(
        found.select(columns), expected.select(columns), check_row_order=False, check_dtypes=True
    )


# counts of records


@pytest.fixture(scope="module")
def record_counts(
    taken_in: Hub, reckoned: dict[Quarter, Reckoning], tmp_path_factory: pytest.TempPathFactory
) -> dict[Quarter, dict[str, pl.DataFrame]]:
    hub = copied(taken_in, tmp_path_factory.mktemp("records"))
    _put_true_links(hub, reckoned[LAST])  # days on a person's own clock: an agency's own people need them too
    return {quarter: _counted(hub, quarter, RECORDS) for quarter in (ONE_LATE, LAST)}


@pytest.fixture(scope="module")
def reckoned(taken_in: Hub) -> dict[Quarter, Reckoning]:
    return {quarter: Reckoning(quarter, taken_in.partnership) for quarter in (ONE_LATE, LAST)}


@pytest.mark.parametrize("quarter", [LAST, ONE_LATE], ids=str)
@pytest.mark.parametrize("name", RECORDS)
def test_records_cube_when_counted_then_equals_the_truth(
    record_counts: dict[Quarter, dict[str, pl.DataFrame]],
    reckoned: dict[Quarter, Reckoning],
    name: str,
    quarter: Quarter,
) -> None:
    _assert_equal(record_counts[quarter][name], reckoned[quarter].cubes[name], name)


def test_reckoning_when_a_file_came_after_the_cut_off_then_only_a_later_release_has_it(
    record_counts: dict[Quarter, dict[str, pl.DataFrame]],
) -> None:
    def centre(quarter: Quarter) -> int:
        rows = record_counts[quarter]["incidents_by_recency"].filter(
            pl.col("agency") == "sarc", pl.col("period") == str(ONE_LATE)
        )
        return int(rows["n"].sum())

    assert centre(ONE_LATE) == 0
    assert centre(LAST) > 100


def test_resend_when_after_the_cut_off_then_its_release_counts_the_delivery_in_time(tmp_path: Path) -> None:
    hub = new_hub(tmp_path)
    for delivery in (str(RESENT), f"{RESENT}.resend-1"):
        take(hub, "police", delivery, today=date(2025, 9, 10))
    here = pl.col("period") == str(RESENT)
    name = "incidents_by_recency"
    found = _counted(hub, RESENT, [name])[name].filter(here)
    true = Reckoning(RESENT, hub.partnership).cubes[name].filter(here, pl.col("agency") == "police")
    _assert_equal(found, true, name)
    with_resend = _counted(hub, RESENT.next, [name])[name].filter(here)
    assert with_resend["n"].sum() > found["n"].sum() > 500


# counts of people, with the true links in the place of our own


def _put_true_links(hub: Hub, reckoning: Reckoning) -> None:
    """Put who is whom in truth into ``warehouse.links``, under both readings, for records that may be
    linked: of victims, suspects and people referred."""
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        true = true_links(connection, reckoning, hub.keys()).filter(pl.col("may_link") == "yes")
        connection.execute("DELETE FROM warehouse.links")
        for reading in Links:
            connection.register("incoming", true.drop("may_link").with_columns(links=pl.lit(reading.value)))
            connection.execute("INSERT INTO warehouse.links BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")


@pytest.fixture(scope="module")
def true_people(
    taken_in: Hub, reckoned: dict[Quarter, Reckoning], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pl.DataFrame]:
    hub = copied(taken_in, tmp_path_factory.mktemp("people"))
    _put_true_links(hub, reckoned[LAST])
    return _counted(hub, LAST, (*PEOPLE, *FOLLOWED))


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != OFFENCE_AGES])
def test_people_cube_when_links_are_true_then_equals_the_truth(
    true_people: dict[str, pl.DataFrame], reckoned: dict[Quarter, Reckoning], name: str
) -> None:
    found = true_people[name]
    for reading in CUBES[name].links:
        _assert_equal(found.filter(pl.col("links") == reading.value), reckoned[LAST].cubes[name], name)


def test_age_when_it_began_when_counted_then_misses_only_people_without_a_date_of_birth(
    true_people: dict[str, pl.DataFrame], reckoned: dict[Quarter, Reckoning]
) -> None:
    """An extract tells this age only with a date of birth; in truth everybody has one."""

    def of(frame: pl.DataFrame) -> dict[str, int]:
        return dict(frame.group_by("offence_age_band").agg(pl.col("n").sum()).iter_rows())

    found, true = of(true_people[OFFENCE_AGES]), of(reckoned[LAST].cubes[OFFENCE_AGES])
    assert sum(found.values()) == sum(true.values())
    assert found.pop("not_recorded") < WITHOUT_BIRTH * sum(true.values())
    for band, n in found.items():
        assert (1 - 2 * WITHOUT_BIRTH) * true[band] < n < (1 + AGE_SLIPS) * true[band], band


@pytest.mark.parametrize("name", FOLLOWED)
def test_followed_cube_when_links_are_true_then_equals_the_truth(
    true_people: dict[str, pl.DataFrame], reckoned: dict[Quarter, Reckoning], name: str
) -> None:
    _assert_equal(true_people[name], reckoned[LAST].cubes[name], name)


def test_reckoning_when_made_then_has_every_cube_but_the_yearly_one(
    reckoned: dict[Quarter, Reckoning],
) -> None:
    counted = {*RECORDS, *FOLLOWED, *PEOPLE}
    assert set(reckoned[LAST].cubes) == counted == set(CUBES) - {"both_roles", *RETURNED}


# goldens


def _totals(cubes: dict[str, pl.DataFrame]) -> str:
    """One line for each cube, agency and quarter of the sample; people of every agency together."""
    lines = []
    for name in sorted(cubes):
        whole = cubes[name].filter(pl.col("contributor") == "")
        rows = whole.group_by("agency", "period").agg(pl.col("n").sum()).sort("agency", "period")
        lines += [f"{name} {agency or 'all'} {period} {n}" for agency, period, n in rows.iter_rows()]
    return "\n".join(lines) + "\n"


def test_cube_totals_when_counted_then_are_those_of_the_golden(
    record_counts: dict[Quarter, dict[str, pl.DataFrame]], true_people: dict[str, pl.DataFrame]
) -> None:
    people = {name: frame.filter(pl.col("links") == ("" if name in FOLLOWED else Links.ALL.value))
              for name, frame in true_people.items()}
    made = _totals({name: frame.drop("links") for name, frame in (record_counts[LAST] | people).items()})
    if os.environ.get(REGENERATE):
        GOLDEN.write_text(made, encoding="utf-8")
    assert made == GOLDEN.read_text(encoding="utf-8"), (
        f"counts moved; if they should, run with {REGENERATE}=1"
    )
