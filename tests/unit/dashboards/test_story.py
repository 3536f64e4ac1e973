"""Measures to pages: a new entry is a new exhibit, a new question needs its strings alone, and a full page
stays light and in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.context import Context
from dashboards.exhibit import Part
from dashboards.site import edition_of, write_site
from dashboards.story import OF_THE_PAGE, PAGES, Story, tell
from schemas.measures.indicators import INDICATORS
from schemas.measures.questions import Aim, Question
from tests.unit.dashboards.test_site import LARGEST_PAGE

MANY = 16
"""Exhibits of a full page."""


@pytest.fixture(scope="module")
def full(context: Context, tmp_path_factory: pytest.TempPathFactory) -> tuple[Story, Path]:
    """A pack to which fifteen entries more were added on one page, and nothing else."""
    one = INDICATORS["incidents_recorded"]
    more = {f"{one.name}_{i}": replace(one, name=f"{one.name}_{i}", is_key=False) for i in range(MANY)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboards.story.INDICATORS", {**INDICATORS, **more})
        told = tell(context, commentary=None)
    out = tmp_path_factory.mktemp("full")
    write_site(context, told, edition_of("one_page", context.release), out, single_file=False)
    board = edition_of("board", context.release)
    light = replace(board, pages=("incidents",), with_open_data=False)
    write_site(context, told, light, out, single_file=False)
    return told, out


def test_story_when_entries_are_added_then_each_is_an_exhibit_and_the_page_stays_light(
    full: tuple[Story, Path],
) -> None:
    told, out = full
    names = [e.id for e in told.page("incidents").exhibits]
    assert [f"incidents_recorded_{i}" for i in range(MANY)] == [n for n in names if n[-1].isdigit()]
    text = (out / "incidents.html").read_text(encoding="utf-8")
    assert text.count('<section class="exhibit') == len(names)
    assert len(text.encode()) <= LARGEST_PAGE
    for name in names:
        assert f'<li><a href="#{name}">' in text, name


def test_page_of_suspects_when_told_then_the_share_with_an_identified_suspect_comes_first(
    story: Story,
) -> None:
    parts = story.page("by_whom").parts
    told = [exhibit.id for _, exhibits in parts for exhibit in exhibits]
    assert told[:2] == ["suspect_identified", "stages"]
    assert told.count("suspect_identified") == 1


def test_main_points_when_the_release_is_public_then_nobody_is_asked_for_a_decision(context: Context) -> None:
    public = replace(context, release=replace(context.release, audience="public"))
    told = tell(public, commentary=None)
    assert not any("decision" in point.lower() for point in told.main_points)
    assert any("decision" in point.lower() for point in tell(context, commentary=None).main_points)


def test_page_when_it_has_exhibits_then_its_head_names_aims_and_clauses(story: Story, pages: Path) -> None:
    page = story.page("again")
    assert (page.aims, page.duties) == ((Aim.PREVENT, Aim.PROTECT), ("H9", "H10"))
    text = (pages / "again.html").read_text(encoding="utf-8")
    assert "<span>Aims: Prevent, Protect</span> <span>Clauses of the standards: H9, H10</span>" in text


def test_pages_when_a_question_has_no_kind_of_its_own_then_it_is_a_page_all_the_same(story: Story) -> None:
    plain = [q for q in Question if q not in OF_THE_PAGE]
    assert plain and all(story.page(q.value).exhibits for q in plain)
    assert set(PAGES) >= {q.value for q in Question}


def test_story_when_the_edition_is_without_detail_then_no_part_is_folded(context: Context) -> None:
    told = tell(context, commentary=None, with_detail=False)
    assert {part for page in told.pages for part, _ in page.parts} == set(Part) - {Part.DETAIL}
