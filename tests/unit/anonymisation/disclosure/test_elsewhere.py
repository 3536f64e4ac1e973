"""Exact figures that others publish: what ours must not give away beside them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from anonymisation.audit import Known, audit, read_release
from anonymisation.audit.attackers import TOTALS
from anonymisation.disclosure import Cube, Rules, protect
from anonymisation.disclosure.elsewhere import margins_known
from anonymisation.disclosure.publishing import release_files
from anonymisation.disclosure.systems import systems_of

SEEDS = [i.to_bytes(16, "big") for i in range(1, 31)]
AREAS, KINDS = ("a", "b", "c", "d"), ("no", "yes")
TRUE = {"a": (15, 2), "b": (31, 3), "c": (22, 0), "d": (8, 9)}
CUBE = Cube(name="kinds", unit="u", dimensions=("area", "kind"), categories={"area": AREAS, "kind": KINDS})
EXACT = {f"u|p|area={area}": no + yes for area, (no, yes) in TRUE.items()}
COUNTS = {
    "kinds": pl.DataFrame(
        [("p", area, kind, n) for area, own in TRUE.items() for kind, n in zip(KINDS, own, strict=True)],
        schema=["period", "area", "kind", "n"], orient="row",
    )
}  # fmt: skip


def truth() -> dict[str, int]:
    return {
        f"u|p|area={area};kind={kind}": n
        for area, own in TRUE.items()
        for kind, n in zip(KINDS, own, strict=True)
    }


def opened(seed: bytes, **more: Any) -> int:
    made = protect([CUBE], COUNTS, seed=seed, **more)
    files = release_files([CUBE], made, rules=Rules())
    known = [Known(key=key, value=n, who="police") for key, n in EXACT.items()]
    verdict = audit(read_release(files), truth=truth(), known=known)
    return next(a for a in verdict.attackers if a.name == TOTALS).opened


def test_margins_known_when_a_cell_is_published_elsewhere_then_its_parts_in_each_table() -> None:
    system = systems_of([CUBE], COUNTS)[0]
    found = margins_known([system], {"u|p|area=a"})
    assert [(system.keys[b.margin], [system.keys[i] for i in b.parts]) for b in found] == [
        ("u|p|area=a", ["u|p|area=a;kind=no", "u|p|area=a;kind=yes"])
    ]


def test_margins_known_when_the_parts_are_published_too_then_nothing_is_asked_for() -> None:
    system = systems_of([CUBE], COUNTS)[0]
    assert not margins_known([system], {"u|p|area=a", "u|p|area=a;kind=no", "u|p|area=a;kind=yes"})


@pytest.mark.parametrize("area", ["a", "b"])
def test_round_when_a_total_is_published_elsewhere_then_it_goes_up_only_with_its_small_part(
    area: str,
) -> None:
    up = 0
    for seed in SEEDS:
        cells = protect([CUBE], COUNTS, seed=seed, elsewhere=set(EXACT)).cells
        total, part = cells[f"u|p|area={area}"], cells[f"u|p|area={area};kind=yes"]
        assert total is not None and part is not None
        if total > EXACT[f"u|p|area={area}"]:
            up += 1
            assert part == 5
    assert 0 < up < len(SEEDS), "the total is drawn up and down"


def test_attack_when_totals_are_published_elsewhere_then_the_rounding_that_knows_them_withstands() -> None:
    assert sum(opened(seed) > 0 for seed in SEEDS) >= 5, "a rounding that does not know them"
    assert [opened(seed, elsewhere=set(EXACT)) for seed in SEEDS] == [0] * len(SEEDS)
