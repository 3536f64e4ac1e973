"""What is done when a reader opens a release: what is drawn again, and what is left out in the end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from anonymisation.audit.attackers import PERSON, PUBLIC, TOTALS
from pipelines.steps.candidate import TRIES, TRIES_BESIDE_TOTALS, ReleaseOpen, withstanding
from schemas.quarters import Quarter

QUARTER = Quarter.parse("2026-Q3")
OPEN = "incident.police|2026-Q3"


def table(name: str, unit: str) -> Any:
    return SimpleNamespace(name=name, unit=unit, links="", cube=SimpleNamespace(unit=unit, year_of=None))


class Drawn:
    """A candidate that `reader` opens in one table until that is left out."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
        self.found = [table("kinds.police", "incident.police"), table("needs.isva", "case.isva")]
        self.units = {"incident.police", "case.isva"}
        self.systems = {OPEN, "incident.police|2026-Q2", "case.isva|2026-Q3"}
        self.past = SimpleNamespace(restated=None)
        self.drawn: list[set[str]] = []
        self.attacked: list[set[str]] = []
        self.withdrawn: list[tuple[set[str], set[str]]] = []
        self.idle: list[tuple[str, ...]] = []

    def tied(self, units: set[str]) -> set[str]:
        return units

    def draw(self, systems: set[str]) -> None:
        self.drawn.append(set(systems))

    def withdraw(self, tables: Any, systems: Any) -> None:
        if tables:
            self.withdrawn.append((set(tables), set(systems)))

    def attack(self, units: set[str]) -> Any:
        self.attacked.append(set(units))
        failures = {} if self.withdrawn else {"kinds.police": 1}
        systems = frozenset({OPEN} if failures else ())
        readers = [
            SimpleNamespace(name=name, failures=failures if name == self.reader else {},
                            systems=systems if name == self.reader else frozenset())
            for name in (PUBLIC, TOTALS)]
        return SimpleNamespace(
            passed=not failures, failures=failures, attackers=readers, open_systems=systems,
            idle=self.idle.pop() if self.idle and not failures else ())


def test_withstanding_when_figures_elsewhere_open_a_table_then_it_is_left_out_of_that_quarter() -> None:
    candidate: Any = Drawn(TOTALS)
    assert withstanding(candidate, QUARTER).passed
    assert candidate.drawn == [candidate.systems, *[{OPEN}] * TRIES_BESIDE_TOTALS]
    assert candidate.withdrawn == [({"kinds.police"}, {OPEN})]
    assert candidate.attacked[0] == candidate.attacked[-1] == candidate.units, "first and last, the whole"
    assert candidate.attacked[1] == {"incident.police"}


def test_withstanding_when_another_reader_opens_it_in_every_draw_then_no_release_is_made() -> None:
    candidate: Any = Drawn(PUBLIC)
    with pytest.raises(ReleaseOpen, match=rf"in \[{TRIES}\] draws and was not made.*kinds\.police"):
        withstanding(candidate, QUARTER)
    assert candidate.withdrawn == []
    assert len(candidate.drawn) == TRIES


@pytest.mark.parametrize("times", [1, TRIES])
def test_withstanding_when_a_reader_could_not_be_let_at_it_then_it_is_drawn_again(times: int) -> None:
    candidate: Any = Drawn(PUBLIC)
    candidate.withdrawn.append((set(), set()))  # nothing is opened
    candidate.idle = [(PERSON,)] * times
    verdict = withstanding(candidate, QUARTER)
    assert len(candidate.drawn) == min(times + 1, TRIES)
    assert verdict.idle == ((PERSON,) if times == TRIES else ())
