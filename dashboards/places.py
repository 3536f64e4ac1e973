"""Places: people per 1,000 residents by area, as tiles in the order of names and as a funnel plot. Never
ranked.

What belongs here: rates by area over released counts, and the limits of chance. What does not: residents
(``residents.py``).

Limits: an area's count would vary as Poisson about its residents times the overall rate; the funnel is mean
± 3 standard deviations (99.8 %), as public-health funnel plots draw it (OHID, Fingertips guidance). All
parts are released counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from string import ascii_uppercase

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Panel, Part, Table
from dashboards.figures import funnel
from dashboards.measure import HALF_WIDTH, cell_of, coverage
from dashboards.release import NOT_AVAILABLE, Cell
from dashboards.residents import residents
from dashboards.words import is_headline
from schemas.measures.cubes import CUBES, Links
from schemas.measures.questions import Aim, Cells
from schemas.quarters import QUARTERS_PER_YEAR, Quarter

PLACES_CUBE = "victims_by_age_sex"
FUNNEL_SD = 3.0
"""Limits of 99.8 % (3 standard deviations)."""
CURVE_POINTS = 40
PER = 1000


@dataclass(frozen=True, kw_only=True)
class Place:
    """One area in the quarter of the release."""

    code: str
    name: str
    residents: int
    cell: Cell
    year_ago: Cell
    is_year_ago_revised: bool
    is_outside: bool
    letter: str = ""
    """Stands in the tile and beside the dot, in the order of names."""

    @property
    def year_ago_text(self) -> str:
        """The count of the same quarter last year, marked where the release before told another."""
        return self.year_ago.text + " [r]" * self.is_year_ago_revised

    @property
    def rate(self) -> float | None:
        """People per 1,000 residents."""
        return None if self.cell.value is None else PER * self.cell.value / self.residents

    @property
    def rate_text(self) -> str:
        """The rate with two decimals, or why there is none."""
        return self.cell.marker if self.rate is None else f"{self.rate:.2f}"


def _places(context: Context) -> tuple[tuple[Place, ...], float]:
    """Areas in the order of their names, and the overall rate per resident."""
    names, people = context.labels("area"), residents(context)
    now = {a: _cell(context, a, context.release.quarter) for a in people}
    earlier = context.release.quarter.plus(-QUARTERS_PER_YEAR)
    known = {a: c.value for a, c in now.items() if c.value is not None}
    overall = sum(known.values()) / sum(people[a] for a in known) if known else 0.0
    places = [
        Place(
            code=a,
            name=names[a],
            residents=n,
            cell=now[a],
            year_ago=_cell(context, a, earlier),
            is_year_ago_revised=context.is_revised(
                Cells(cube=PLACES_CUBE), earlier, str(Links.ALL), area=a
            ),
            is_outside=_is_outside(now[a], overall * n),
        )
        for a, n in people.items()
    ]
    ordered = sorted(places, key=lambda p: p.name)
    return tuple(replace(p, letter=letter_of(i)) for i, p in enumerate(ordered)), overall


def letter_of(index: int) -> str:
    """A to Z, then AA, AB …: what fits beside a dot."""
    first, last = divmod(index, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


def _cell(context: Context, area: str, quarter: Quarter) -> Cell:
    if not coverage(context.release, CUBES[PLACES_CUBE], quarter).contributed:
        return NOT_AVAILABLE
    return cell_of(context.release, Cells(cube=PLACES_CUBE), quarter, str(Links.ALL), area=area)


def _is_outside(cell: Cell, expected: float) -> bool:
    """Whether a count lies outside the limits of chance even at the nearer end of its rounding."""
    if cell.value is None:
        return False
    distance = abs(cell.value - expected) - HALF_WIDTH
    return distance > FUNNEL_SD * sqrt(expected)


def places_exhibit(context: Context) -> Exhibit | None:
    """People per 1,000 residents by area; None where the release does not count by area of residence."""
    places, overall = _places(context)
    drawn = [p for p in places if p.rate is not None]
    if not drawn:
        return None
    words = context.words
    outside = [p for p in drawn if p.is_outside]
    title = words.say("places.title")
    return Exhibit(
        id="places",
        part=Part.FIRST,
        title=title,
        headline=_headline(context, outside),
        subtitle=context.subtitle(title),
        coverage=coverage(context.release, CUBES[PLACES_CUBE], context.release.quarter),
        panels=(
            Panel(
                id="places-funnel",
                title="",
                mark="",
                figure=_funnel(context, drawn, overall),
                sentence=words.say("places.outside", areas=words.join([p.name for p in outside]))
                if outside
                else words.say("places.within"),
                more=(
                    words.say(
                        "places.sentence",
                        n=len(drawn),
                        low=f"{min(p.rate or 0.0 for p in drawn):.2f}",
                        high=f"{max(p.rate or 0.0 for p in drawn):.2f}",
                    ),
                ),
            ),
        ),
        notes=(
            words.say("places.limits"),
            words.say("places.vintage"),
            *_unserved(context),
        ),
        table=Table(
            caption=context.subtitle(title),
            columns=tuple(
                words.say(f"table.{c}") for c in ("area", "people", "residents", "rate", "year_ago")
            ),
            rows=tuple(
                (p.name, p.cell.text, f"{p.residents:,}", p.rate_text, p.year_ago_text) for p in places
            ),
        ),
        data=Data(
            columns=(
                "area",
                "name",
                "quarter",
                "value",
                "marker",
                "residents",
                "per_1000",
                "value_year_ago",
                "marker_year_ago",
                "unit",
                "source",
            ),
            rows=tuple(
                (
                    p.code,
                    p.name,
                    str(context.release.quarter),
                    p.cell.value,
                    p.cell.marker,
                    p.residents,
                    None if p.rate is None else p.rate_text,
                    p.year_ago.value,
                    p.year_ago.marker,
                    "people",
                    f"{PLACES_CUBE}.{Links.ALL}.csv",
                )
                for p in places
            ),
        ),
        definition=words.say("places.definition"),
        aim=Aim.PREVENT,
        duties=("W1", "H10", "W15"),
        is_wide=True,
    )


def _unserved(context: Context) -> tuple[str, ...]:
    """Contributors that serve only part of the partnership's area, in one sentence; none where all serve
    all of it."""
    areas, cube = frozenset(context.partnership.areas), CUBES[PLACES_CUBE]
    contributed = coverage(context.release, cube, context.release.quarter).contributed
    partly = [
        context.words.say("places.unserved_item", agency=m.name, n=len(areas & set(m.areas)), m=len(areas))
        for m in context.release.members
        if m.agency in contributed and areas - set(m.areas)
    ]
    return (context.words.say("places.unserved", agencies=context.words.join(partly)),) if partly else ()


def _headline(context: Context, outside: list[Place]) -> str:
    words = context.words
    if not outside:
        return words.say("headline.places_within")
    if len(outside) == 1:
        text = words.say("headline.places_outside_one", area=outside[0].name)
        if is_headline(text):
            return text
    return words.say("headline.places_outside", n=len(outside))


def _funnel(context: Context, drawn: list[Place], overall: float) -> dict[str, object]:
    sizes = [p.residents for p in drawn]
    low, high = 0.7 * min(sizes), 1.08 * max(sizes)
    curve = []
    for i in range(CURVE_POINTS + 1):
        n = low + (high - low) * i / CURVE_POINTS
        half = FUNNEL_SD * sqrt(overall * n) / n
        curve.append((n, PER * max(overall - half, 0.0), PER * (overall + half)))
    return funnel(
        [
            (
                float(p.residents),
                round(p.rate or 0.0, 2),
                p.name if p.is_outside else p.letter,
                context.words.say("places.hover", area=p.name, people=p.cell.text, rate=p.rate_text),
                p.is_outside,
            )
            for p in drawn
        ],
        [(round(n), round(a, 4), round(b, 4)) for n, a, b in curve],
        PER * overall,
        div_id="places-funnel",
        x_title=context.words.say("table.residents"),
        y_title=context.words.say("table.rate"),
        labels={key: context.words.say(f"chart.{key}") for key in ("average", "limits")},
    )


def tiles(context: Context) -> tuple[Place, ...]:
    """The tile grid: one named tile for each area, in the order of names."""
    return _places(context)[0]
