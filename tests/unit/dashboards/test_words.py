"""Sentences by rule, headlines, strings, and the lint of what people write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.change import Verdict, chart_of
from dashboards.commentary import CommentaryError, Decision, Section, read_commentary
from dashboards.context import Context
from dashboards.lint import LintError, blaming, check_commentary, small_numbers, undeclared
from dashboards.measure import Series, all_series
from dashboards.story import PAGES, Story
from dashboards.words import HEADLINE_WORDS, StringsError, change_sentence, headline, read_words
from schemas.measures.breakdowns import BREAKDOWNS, Breakdown
from schemas.measures.indicators import INDICATORS, Indicator
from schemas.measures.questions import Direction

WORDS = read_words()
FLAT = [100.0, 110.0] * 6


def police(context: Context, name: str = "incidents_recorded") -> Series:
    return next(s for s in all_series(context.release, INDICATORS[name]) if s.agency == "police")


def sentence_for(context: Context, name: str, values: list[float]) -> str:
    series = police(context, name)
    readings = [
        r.__class__(**{**r.__dict__, "numerator": r.numerator.__class__(value=int(v))})
        for r, v in zip(series.readings, values, strict=False)
    ]
    moved = Series(indicator=series.indicator, agency="police", links=None, readings=tuple(readings))
    return change_sentence(WORDS, moved, chart_of(values, counts=values), context.names)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            [*FLAT, 105.0],
            "No clear change: 105 is within the range we would expect from quarter to quarter (78 to 132).",
        ),
        (
            [*FLAT, 175.0],
            "Higher than expected: 175 is above 132, the top of the usual range since October 2022.",
        ),
        (
            [*FLAT, 5.0],
            "Lower than expected: 5 is below 78, the bottom of the usual range since October 2022.",
        ),
        (
            [105.0] * 5 + [110.0, 95.0],
            "Too early to say: 7 of 12 quarters needed, by the same agencies.",
        ),
    ],
)
def test_change_sentence_when_a_rule_fires_then_its_one_sentence(
    context: Context, values: list[float], text: str
) -> None:
    assert sentence_for(context, "incidents_recorded", values) == text


def test_change_sentence_when_the_agency_is_missing_then_says_so_and_forbids_comparison(
    context: Context,
) -> None:
    housing = next(
        s for s in all_series(context.release, INDICATORS["incidents_recorded"]) if s.agency == "housing"
    )
    chart = chart_of([r.value for r in housing.readings], counts=[r.value for r in housing.readings])
    assert change_sentence(WORDS, housing, chart, context.names) == (
        "Not available [x]: Housing Services had not reported by the cut-off. "
        "Do not compare with earlier quarters."
    )


def test_change_sentence_when_people_are_counted_without_one_agency_then_not_comparable(
    context: Context,
) -> None:
    (victims,) = all_series(context.release, INDICATORS["victims"])
    chart = chart_of(
        [r.value if r.is_comparable else None for r in victims.readings],
        counts=[r.value if r.is_comparable else None for r in victims.readings],
    )
    assert change_sentence(WORDS, victims, chart, context.names) == (
        "Not comparable: Housing Services had not reported by the cut-off."
    )


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda i: i.name)
@pytest.mark.parametrize("verdict", Verdict)
def test_headline_when_any_rule_fires_then_ten_words_or_fewer(indicator: object, verdict: Verdict) -> None:
    names = {"a": "A Service With Quite a Long Name of Its Own", "b": "Police"}
    for verdicts in ({"a": verdict}, {"a": verdict, "b": verdict}, {None: verdict}):
        text = headline(WORDS, indicator, verdicts, names, has_value=True)  # type: ignore[arg-type]  # pytest hands objects
        assert 0 < len(text.split()) <= HEADLINE_WORDS, text


def test_story_when_told_then_every_headline_has_ten_words_or_fewer(story: Story) -> None:
    long = [e.headline for p in story.pages for e in p.exhibits if len(e.headline.split()) > HEADLINE_WORDS]
    assert long == []


def test_story_when_told_then_main_points_are_six_at_most_and_completeness_comes_first(story: Story) -> None:
    assert len(story.main_points) <= 6
    assert story.main_points[0] == (
        "15 of 18 deliveries due for July to September 2026 are in. Missing or in part: "
        "Housing Services (incidents), "
        "Housing Services (victims) and Housing Services (referrals)."
    )


def test_words_when_a_key_or_a_brace_is_missing_then_names_it() -> None:
    with pytest.raises(StringsError, match=r"^\[strings.en-GB\], key \[no.such\]: is missing. Add it.$"):
        WORDS.say("no.such")
    with pytest.raises(
        StringsError, match=r"^\[strings.en-GB\], key \[change.year_ago\]: nothing fills \[value\].$"
    ):
        WORDS.say("change.year_ago")


def test_strings_when_read_then_hold_no_number_that_could_be_a_finding_and_no_blaming_word() -> None:
    for key, text in WORDS.strings.items():
        assert not blaming(text), key
        assert not small_numbers(re.sub(r"\{.*?\}", "", text)), key


def test_strings_when_read_then_every_page_has_title_question_and_intro() -> None:
    wanted = {f"page.{p}.{k}" for p in PAGES for k in ("title", "question", "intro")}
    assert wanted <= set(WORDS.strings)


def test_read_words_when_the_language_is_absent_then_says_which_file_to_translate(tmp_path: Path) -> None:
    with pytest.raises(
        StringsError, match=r"^\[strings.cy.yaml\]: no such file. Translate \[strings.en.yaml\] into it.$"
    ):
        read_words("cy", tmp_path)


def test_direction_when_neutral_then_no_signal_is_called_good_or_bad(context: Context) -> None:
    assert INDICATORS["incidents_recorded"].direction is Direction.NEUTRAL
    text = sentence_for(context, "incidents_recorded", [*FLAT, 175.0])
    assert "wanted direction" not in text


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("The victim admitted that it happened", 1),
        ("She failed to engage", 1),
        ("He refused a referral", 1),
        ("A shocking rise", 1),
        ("people who are hard to reach", 1),
        ("historic abuse", 1),
        ("the case closed; the victim did not support further action", 0),
        ("admission to hospital", 0),
        ("non-recent abuse", 0),
        ("refugees", 0),
    ],
)
def test_blaming_when_a_word_doubts_or_blames_then_and_only_then_found(text: str, n: int) -> None:
    assert len(blaming(text)) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("3 victims in Coventry", 1),
        ("a single report", 1),
        ("two women", 1),
        ("only one", 1),
        ("4 were children", 1),
        ("5 victims", 0),
        ("14 victims", 0),
        ("2.5 times", 0),
        ("3%", 0),
        ("over 2 quarters", 0),
        ("3 of 6 agencies", 0),
        ("0 to 4", 0),
        ("2026-12-03", 0),
    ],
)
def test_small_numbers_when_a_small_count_stands_in_prose_then_and_only_then_found(text: str, n: int) -> None:
    assert len(small_numbers(text)) == n


def test_undeclared_when_a_number_is_on_no_page_then_found() -> None:
    assert undeclared("It rose to 120 in 2026", {"120"}) == []
    assert len(undeclared("It rose to 121, and 1,205 more", {"120"})) == 2


def test_read_commentary_when_it_stands_then_sections_are_read_whole(
    commentary_file: Path, story: Story
) -> None:
    said = read_commentary(commentary_file, release="2026-Q3.1", pages=PAGES)
    assert said.sections["waiting"] == Section(page="waiting", see="No clear change.", decision=Decision.NONE)
    assert (said.analyst, said.sections["incidents"].owner) == (
        "Partnership analyst",
        "Head of commissioning",
    )
    check_commentary(said, story)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("release: 2026-Q3.1\n", "[c.md]: says no [analyst]. Put [analyst: …] above the first section."),
        (
            "analyst: A\nrelease: 2026-Q2.1\n",
            "[c.md]: is of release [2026-Q2.1], the folder of [2026-Q3.1]. Take the other file.",
        ),
        (
            "analyst: A\nrelease: 2026-Q3.1\n## who\nDecision: none\n",
            "[c.md], section [who]: [see] is empty. Fill it.",
        ),
        (
            "analyst: A\nrelease: 2026-Q3.1\n## who\nWhat we see: x\nDecision: perhaps\n",
            "[c.md], section [who]: the decision is not one of [none, commission, challenge recording, "
            "mend a pathway]. "
            "Choose one.",
        ),
        (
            "analyst: A\nrelease: 2026-Q3.1\n## who\nWhat we see: x\n"
            "Decision: commission\nAsked: y\nBy: 2026-12-01\n",
            "[c.md], section [who]: a decision needs [owner]. Add it, or write none.",
        ),
    ],
)
def test_read_commentary_when_the_form_is_broken_then_names_place_and_remedy(
    tmp_path: Path, body: str, text: str
) -> None:
    path = tmp_path / "c.md"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(CommentaryError) as error:
        read_commentary(path, release="2026-Q3.1", pages=PAGES)
    assert str(error.value) == text


def test_check_commentary_when_it_breaks_rules_then_each_finding_is_named_without_the_number(
    tmp_path: Path, story: Story
) -> None:
    path = tmp_path / "c.md"
    path.write_text(
        "analyst: A\nrelease: 2026-Q3.1\n## who\nWhat we see: 3 victims refused, and 98765 more.\n"
        "Decision: none\n",
        encoding="utf-8",
    )
    with pytest.raises(LintError) as error:
        check_commentary(read_commentary(path, release="2026-Q3.1", pages=PAGES), story)
    assert str(error.value).splitlines() == [
        "the commentary cannot stand:",
        "section [who], rule [word] [refused]: chose not to, or declined by the service.",
        "section [who], rule [small number]: leave the number out, or say 0 to 4.",
        "section [who], rule [undeclared number]: use a figure of this page, or leave the number out.",
    ]


@pytest.mark.parametrize("item", [*INDICATORS.values(), *BREAKDOWNS.values()], ids=lambda item: item.name)
def test_definition_when_it_stands_on_the_methods_page_then_the_screener_finds_nothing_in_it(
    item: Indicator | Breakdown,
) -> None:
    for text in (item.title, item.definition):
        assert small_numbers(text) == [] and blaming(text) == []
