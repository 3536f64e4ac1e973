"""Is the partnership keeping its word? What the register shows: signatories, actions, policies, contracts …

What belongs here: exhibits of entries that count nobody, and of counted returns as shares of their base. What
does not: the entries (``schemas.registers``) and returns over time (``trends.py``).

Counts of documents, actions, agencies and posts are not of people and are shown as they are; every count of
people on the page is a published one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Panel, Part, Table
from dashboards.measure import cell_of, coverage, feeders, whole
from dashboards.release import ROUNDED_ZERO
from dashboards.tabled import lowest_to_highest, share_of
from schemas.codelists import codelist
from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import DIMENSIONS
from schemas.measures.indicators import INDICATORS
from schemas.measures.questions import Aim, cells
from schemas.registers import BOARD, duties_of_kinds, kinds

STALE_DAYS = 183
"""A directory entry that nobody looked at for half a year may send a person to a closed door (own
judgement)."""
NONE = "[z]"
"""Not applicable."""
_PAST_REVIEW = frozenset({"policies", "contracts"})
"""Kinds that stay in force past their day, so that a day gone by is a review missed."""
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "signatories": ("agency", "topic", "status", "count", "reviewed"),
    "actions": ("title", "aim", "agency", "owner", "status", "due", "late", "indicator"),
    "policies": ("title", "agency", "owner", "status", "due", "late"),
    "campaigns": ("title", "topic", "owner", "status", "due", "count"),
    "contracts": ("title", "topic", "status", "due", "late", "count"),
    "directory": ("title", "topic", "serves", "agency", "status", "count", "reviewed", "stale"),
    "pledges": ("topic", "agency", "status", "reviewed"),
    "posts": ("title", "topic", "agency", "status", "count", "reviewed"),
}
"""What the table of each kind shows, in order."""
_AIMS: Mapping[str, Aim] = {"campaigns": Aim.PREVENT, "directory": Aim.PROTECT}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One entry as the release shows it."""

    row: Mapping[str, str]
    as_at: date

    @property
    def state(self) -> str:
        """``open``, ``done`` or ``closed``."""
        return kinds()[self.row["kind"]].states[self.row["status"]]

    @property
    def is_late(self) -> bool:
        """Whether its day has gone by and it is neither done nor given up; in force past its review day."""
        if not self.row["due"] or date.fromisoformat(self.row["due"]) >= self.as_at:
            return False
        return self.state == "open" or (self.state == "done" and self.row["kind"] in _PAST_REVIEW)

    @property
    def age_days(self) -> int:
        """Days since somebody last looked."""
        return (self.as_at - date.fromisoformat(self.row["reviewed"])).days

    @property
    def is_stale(self) -> bool:
        """Whether nobody has looked for longer than ``STALE_DAYS``."""
        return self.age_days > STALE_DAYS


def shown(context: Context, kind: str) -> tuple[Shown, ...]:
    """Entries of one kind, in the order of the register."""
    about = context.release.provenance.get("registers")
    if about is None:
        return ()
    as_at = date.fromisoformat(about["as_at"])
    return tuple(Shown(row=row, as_at=as_at) for row in context.release.register if row["kind"] == kind)


def register_loaded(context: Context) -> str:
    """When the register was taken in, as a sentence; empty where there is none."""
    about = context.release.provenance.get("registers")
    if about is None:
        return ""
    return context.words.say("register.loaded", day=context.words.day(about["loaded_on"]))


def register_exhibit(kind: str, context: Context) -> Exhibit | None:
    """Table and sentences of one kind of entry; None where the release shows none."""
    entries = shown(context, kind)
    if not entries:
        return None
    words, about = context.words, context.release.provenance["registers"]
    title = words.say(f"register.{kind}.title")
    subtitle = context.subtitle(title, words.say("register.as_at", day=words.day(about["as_at"])))
    headline, *more = _said(context, kind, entries)
    return Exhibit(
        id=f"register-{kind}", part=Part.FIRST, title=title, headline=headline, subtitle=subtitle,
        coverage=None, is_of_documents=True,
        panels=(Panel(id=f"register-{kind}-said", title="", mark="", figure=None, sentence=more[0],
                      more=tuple(more[1:])),),
        notes=(),
        table=Table(
            caption=subtitle, columns=tuple(words.say(f"register.column.{c}") for c in _COLUMNS[kind]),
            rows=tuple(tuple(_cell(context, entry, c) for c in _COLUMNS[kind]) for entry in entries)),
        data=Data(
            columns=(*context.release.register[0], "is_late"),
            rows=tuple((*entry.row.values(), "yes" if entry.is_late else "no") for entry in entries)),
        definition=words.say(f"register.{kind}.definition"), aim=_AIMS.get(kind),
        duties=tuple(sorted(duty for duty, names in duties_of_kinds().items() if kind in names)),
        is_wide=True)


def _agency(context: Context, name: str) -> str:
    return context.words.say("register.board") if name == BOARD else context.names.get(name, name)


def _cell(context: Context, entry: Shown, column: str) -> str:
    row, kind, words = entry.row, kinds()[entry.row["kind"]], context.words
    match column:
        case "title":
            return row["title"] or words.of(kind.topics[row["topic"]])
        case "topic":
            return words.of(kind.topics[row["topic"]])
        case "agency":
            return _agency(context, row["agency"])
        case "owner":
            return words.of(codelist("register_roles").labels[row["owner"]])
        case "serves":
            return words.of(codelist("register_serves").labels[row["serves"]])
        case "aim":
            return words.say(f"aim.{row['aim']}")
        case "status":
            return words.of(kind.statuses[row["status"]])
        case "count":
            has_base = bool(row["of_n"])
            return words.say("register.count", n=row["n"], of=row["of_n"]) if has_base else row["n"] or NONE
        case "late":
            return words.say("register.late" if entry.is_late else "register.in_time")
        case "stale":
            return words.say("register.days", days=entry.age_days)
        case "indicator":
            known = INDICATORS.get(row["indicator"])
            return NONE if known is None else words.of(known.title)
        case _:
            return words.day(row[column]) or NONE


def _said(context: Context, kind: str, entries: tuple[Shown, ...]) -> tuple[str, ...]:
    """Headline, then sentences, of what the entries of a kind come to."""
    def say(key: str, **filled: object) -> str:
        return context.words.say(f"register.{kind}.{key}", **filled)

    m, states = len(entries), Counter(entry.state for entry in entries)
    late = [entry for entry in entries if entry.is_late]
    match kind:
        case "actions":
            by_aim = [(aim, [e for e in entries if e.row["aim"] == aim]) for aim in Aim]
            return say("headline", n=len(late), m=m), *(
                say("sentence", aim=context.words.say(f"aim.{aim}"), m=len(own),
                    done=sum(e.state == "done" for e in own), open=sum(e.state == "open" for e in own),
                    late=sum(e.is_late for e in own))
                for aim, own in by_aim if own)
        case "policies":
            absent = sorted({_agency(context, e.row["agency"]) for e in late})
            return (say("headline", n=len(late), m=m), say("sentence", n=states["done"], m=m),
                    *((say("past", agencies=context.words.join(absent)),) if absent else ()))
        case "contracts":
            carry = sum(e.row["topic"] == "clause_in" for e in entries)
            return (say("headline", n=carry, m=m), say("sentence" if late else "none", n=len(late)))
        case "directory":
            stale = [e for e in entries if e.is_stale]
            groups = Counter(e.row["serves"] for e in entries if e.state != "closed")
            labels = context.words.all_of(codelist("register_serves").labels)
            return (say("headline", n=m - len(stale), m=m), say("sentence", days=STALE_DAYS, n=len(stale)),
                    say("serves", groups=context.words.join(
                        [context.words.say("join.counted", item=labels[g].lower(), n=n)
                         for g, n in groups.items()])))
        case "pledges":
            agencies = sorted({e.row["agency"] for e in entries})
            return say("headline", n=states["done"], m=m), *(
                say("sentence", agency=_agency(context, agency),
                    n=sum(e.state == "done" for e in entries if e.row["agency"] == agency),
                    m=sum(e.row["agency"] == agency for e in entries)) for agency in agencies)
        case "posts":
            filled, posts = (sum(float(e.row[c]) for e in entries) for c in ("n", "of_n"))
            return (say("headline", n=f"{filled:g}", m=f"{posts:g}"), say("sentence", n=states["open"], m=m))
        case "campaigns":
            running = sum(e.row["status"] == "running" for e in entries)
            return (say("headline", n=states["done"], m=m), say("sentence", n=running, late=len(late)))
        case _:
            members = [e for e in entries if e.row["of_n"]]
            held = sum(float(e.row["of_n"]) for e in members)
            seen = sum(float(e.row["n"]) for e in members) / max(1.0, held)
            return (say("headline", n=states["done"], m=m), say("sentence", share=f"{whole(100 * seen)}%"))


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A cube of counted returns whose topics each have an answer out of a base."""

    cube: str
    topic: str
    answer: str
    aim: Aim
    adds_up: bool = True
    """Whether all topics together say something; where not, each row stands for itself, and a topic of which
    an agency returned nothing, or so few that it cannot be told from nothing, is no row."""


ANSWERED = (
    Answered(cube="staff_training", topic="training_level", answer="is_trained", aim=Aim.PREPARE),
    Answered(cube="audited_cases", topic="audit_standard", answer="is_met", aim=Aim.PROTECT),
    Answered(cube="surveys_returned", topic="survey", answer="is_returned", aim=Aim.PROTECT),
    Answered(cube="survey_answers", topic="survey_item", answer="is_agreed", aim=Aim.PROTECT),
    Answered(cube="complaints_received", topic="complaint_theme", answer="is_upheld", aim=Aim.PROTECT),
    Answered(cube="follow_ups", topic="follow_up", answer="came_about", aim=Aim.PROTECT, adds_up=False),
    Answered(cube="language_flags", topic="term_class", answer="is_confirmed", aim=Aim.PREVENT),
)


def answered_exhibit(asked: Answered, context: Context) -> Exhibit | None:
    """One counted return of the latest quarter: for each agency and topic the count, its base and the share;
    None where no agency returned it."""
    words, release, cube = context.words, context.release, CUBES[asked.cube]

    labels = words.all_of(DIMENSIONS[asked.topic].labels)
    rows, tidy, sentences, shares = [], [], [], []
    for member in feeders(release, cube):
        if not coverage(release, cube, release.quarter, member.agency).contributed:
            continue
        for topic, label in labels.items():
            base = cell_of(release, cells(asked.cube, **{asked.topic: topic}), release.quarter, member.agency)
            yes = cell_of(release, cells(asked.cube, **{asked.topic: topic, asked.answer: "yes"}),
                          release.quarter, member.agency)
            if not asked.adds_up and base.marker == ROUNDED_ZERO:
                continue
            rows.append((label, member.name, yes.text, base.text, share_of(yes, base)))
            tidy.append((topic, str(release.quarter), member.agency, yes.value, yes.marker, base.value,
                         base.marker, f"{asked.cube}.{member.agency}.csv"))
        base = cell_of(release, cells(asked.cube), release.quarter, member.agency)
        yes = cell_of(release, cells(asked.cube, **{asked.answer: "yes"}), release.quarter, member.agency)
        share = share_of(yes, base)
        shares.append(share)
        key = "answered_counts" if share.startswith("[") else "answered"
        sentences.append(words.say(f"register.{key}", agency=member.name, yes=yes.text, base=base.text,
                                   share=share))
    if not rows:
        return None
    if not asked.adds_up:
        sentences, shares = [words.say("register.apart")], [row[-1] for row in rows]
    range_of = lowest_to_highest(words, shares)
    title = words.say(f"register.{asked.cube}.title")
    return Exhibit(
        id=asked.cube.replace("_", "-"), part=Part.DIVIDED, title=title,
        headline=words.say(
            f"register.{asked.cube}.{'found' if range_of else 'headline'}", range=range_of),
        subtitle=context.subtitle(title),
        coverage=coverage(release, cube, release.quarter),
        panels=(Panel(id=f"{asked.cube.replace('_', '-')}-said", title="", mark="", figure=None,
                      sentence=sentences[0], more=tuple(sentences[1:])),),
        notes=(),
        table=Table(caption=context.subtitle(title), rows=tuple(rows), columns=(
            words.say("register.column.topic"), words.say("table.agency"),
            words.say(f"register.{asked.cube}.counted"), words.say(f"register.{asked.cube}.base"),
            words.say("table.share"))),
        data=Data(rows=tuple(tidy), columns=("topic", "quarter", "agency", "numerator", "numerator_marker",
                                             "denominator", "denominator_marker", "source")),
        definition=words.of(cube.population) + ".", aim=asked.aim, duties=cube.duties, is_wide=True)


REGISTER_EXHIBITS: tuple[Callable[[Context], Exhibit | None], ...] = (
    *(partial(register_exhibit, kind) for kind in _COLUMNS),
    *(partial(answered_exhibit, asked) for asked in ANSWERED),
)
"""Every exhibit of the page that the page alone has, in order."""
