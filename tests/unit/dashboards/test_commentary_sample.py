"""The sample's commentary: its form, its words and its decisions stand in any release of the quarter."""

from __future__ import annotations

from pathlib import Path

from dashboards.commentary import Decision, read_commentary
from dashboards.lint import check_commentary
from dashboards.story import PAGES, Story

SAID = Path(__file__).parents[3] / "data" / "commentary" / "2026-Q3.md"


def test_sample_commentary_when_linted_then_it_stands_and_asks_each_kind_of_decision(story: Story) -> None:
    said = read_commentary(SAID, release="2026-Q3.1", pages=PAGES)
    check_commentary(said, story)
    assert {s.decision for s in said.sections.values()} == set(Decision)
