"""From a story to files: pages, data files, style, script. One call builds an edition from a release
folder.

What belongs here: rendering and writing, the same bytes every time. What does not: what a page says
(``story.py``).
"""

from __future__ import annotations

import csv
import io
import json
import re
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from dashboards.beside import AtOnce
from dashboards.commentary import read_commentary
from dashboards.completeness import Delivered, missing_sentence
from dashboards.context import Context
from dashboards.exhibit import FOLDED, Data, Figure, Page
from dashboards.figures import BASES, CONFIG, KINDS, SCRIPT
from dashboards.filling import environment_of
from dashboards.lint import check_commentary
from dashboards.methods import methods_tables, revision_tables
from dashboards.opendata import write_metadata
from dashboards.palette import ON_DARK
from dashboards.places import tiles
from dashboards.register import register_loaded
from dashboards.release import Release, read_release
from dashboards.sheets import Book, load_libraries, write_ods, write_xlsx
from dashboards.story import OWN, PAGES, Story, tell
from dashboards.words import STRINGS_DIR, read_words
from schemas.measures.indicators import INDICATORS
from schemas.partnership import Partnership

HERE = Path(__file__).parent
CSP = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; "
    "img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
"""Nothing may be fetched but the files beside the page; plotly needs inline styles."""
ASSETS = ("tessera.css", "charts.js")


class EditionError(ValueError):
    """No such edition; says which there are."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One way to print the same release."""

    name: str
    pages: tuple[str, ...]
    with_detail: bool
    with_open_data: bool = False
    """Whether metadata and spreadsheets stand beside the CSV files."""
    agency: str | None = None


def edition_of(name: str, release: Release) -> Edition:
    """``board``, ``summary``, ``one_page``, ``public`` or ``agency:<short name>``.

    Raises:
        EditionError: no such edition, or the release has no such agency.
    """
    if name == "board":
        return Edition(name=name, pages=PAGES, with_detail=True, with_open_data=True)
    if name == "summary":
        return Edition(name=name, pages=tuple(p for p in PAGES if p not in ("changes",)), with_detail=False)
    if name == "public":
        return Edition(
            name=name,
            pages=tuple(p for p in PAGES if p not in ("changes", "decisions")),
            with_detail=False,
            with_open_data=True,
        )
    if name == "one_page":
        return Edition(name=name, pages=("index",), with_detail=False)
    kind, _, agency = name.partition(":")
    known = {m.agency for m in release.members}
    if kind == "agency" and agency in known:
        return Edition(name=name, pages=(OWN, *PAGES), with_detail=True, agency=agency)
    raise EditionError(
        f"edition [{name}] is not one of [board, summary, one_page, public, "
        f"agency:{', agency:'.join(sorted(known))}]. Choose one."
    )


def context_of(
    release_dir: Path, *, earlier: list[Path], partnership: Partnership, strings: Path = STRINGS_DIR
) -> Context:
    """What every edition of a release is told from; what one has worked out serves the next.

    Raises:
        dashboards.release.ReleaseError: a folder is not of the form.
        dashboards.words.StringsError: the partnership's language has no strings, or not all of them.
    """
    before = sorted(map(read_release, earlier), key=lambda r: (r.quarter, r.number))
    return Context(
        release=read_release(release_dir),
        words=read_words(partnership.language, strings),
        partnership=partnership,
        earlier=before[-1] if before else None,
    )


def build_pages(
    release_dir: Path,
    out_dir: Path,
    *,
    earlier: list[Path],
    partnership: Partnership,
    commentary: Path | None,
    single_file: bool = False,
    edition: str = "board",
    delivered: tuple[Delivered, ...] = (),
    second: Executor | None = None,
    strings: Path = STRINGS_DIR,
) -> list[Path]:
    """Write the pages of one edition of a release; returns the files in order, the first page first.

    ``delivered``: for an agency's own edition, what its receipts say. ``second``: where a workbook is
    written while the pages are drawn. ``strings``: the folder of the strings of the partnership's language.

    Reads the release folder, the folders of earlier releases and the commentary; opens no database. The
    same input gives the same bytes.

    Raises:
        dashboards.release.ReleaseError: a folder is not of the form.
        dashboards.commentary.CommentaryError: its commentary is not.
        dashboards.lint.LintError: the commentary cannot stand.
        EditionError: there is no such edition.
        dashboards.words.StringsError: the partnership's language has no strings, or not all of them.
    """
    if second is not None:
        second.submit(load_libraries)
    context = context_of(release_dir, earlier=earlier, partnership=partnership, strings=strings)
    return build_edition(
        context, out_dir, commentary=commentary, single_file=single_file, edition=edition,
        delivered=delivered, second=second,
    )  # fmt: skip


def build_edition(
    context: Context,
    out_dir: Path,
    *,
    commentary: Path | None,
    single_file: bool = False,
    edition: str = "board",
    delivered: tuple[Delivered, ...] = (),
    second: Executor | None = None,
) -> list[Path]:
    """As `build_pages`, of a release that has been read: for many editions of one.

    Raises:
        dashboards.commentary.CommentaryError: the commentary is not of the form.
        dashboards.lint.LintError: the commentary cannot stand.
        EditionError: there is no such edition.
    """
    chosen = edition_of(edition, context.release)
    said = None
    if commentary is not None:
        said = read_commentary(commentary, release=context.release.number, pages=PAGES)
    story = tell(
        context,
        commentary=said,
        with_detail=chosen.with_detail,
        agency=chosen.agency,
        delivered=delivered,
    )
    if said is not None:
        check_commentary(said, story)
    return write_site(context, story, chosen, out_dir, single_file=single_file, second=second)


def write_site(
    context: Context,
    story: Story,
    edition: Edition,
    out_dir: Path,
    *,
    single_file: bool,
    second: Executor | None = None,
) -> list[Path]:
    """Render and write one edition; ``second``: where its larger workbook is written meanwhile."""
    out_dir.mkdir(parents=True, exist_ok=True)
    environment = environment_of(context.words)
    pages = [p for p in story.pages if p.name in edition.pages]
    common = _common(context, story, edition, pages)
    written: list[Path] = []
    if single_file:
        return [_write(out_dir / "pack.html", _pack(environment, common, pages, inline=True))]
    every, data_dir = page_data(story, pages), out_dir / "data"
    data_dir.mkdir(exist_ok=True)
    titles = data_titles(context, story)
    book = Book.of(context)
    workbook = (
        (second or AtOnce()).submit(write_xlsx, data_dir / "tables.xlsx", book, every, titles)
        if edition.with_open_data
        else None
    )
    for index, page in enumerate(pages):
        written.append(
            _write(
                out_dir / f"{page.name}.html",
                environment.get_template("page.html").render(
                    **common,
                    page=page,
                    has_figures=any(p.figure for e in page.exhibits for p in e.panels),
                    document_title=_title(context, page),
                    previous=pages[index - 1].name if index else None,
                    following=pages[index + 1].name if index + 1 < len(pages) else None,
                ),
            )
        )
    written.append(_write(out_dir / "pack.html", _pack(environment, common, pages, inline=False)))
    (out_dir / "assets").mkdir(exist_ok=True)
    for name in ASSETS:
        written.append(
            _write(out_dir / "assets" / name, (HERE / "assets" / name).read_text(encoding="utf-8"))
        )
    script = out_dir / "assets" / "plotly.min.js"
    script.write_bytes(SCRIPT.read_bytes())
    written.append(script)
    for name, data in sorted(every.items()):
        written.append(_write(data_dir / f"{name}.csv", csv_text(data)))
    if workbook is not None:
        written += write_metadata(data_dir, context, story, every, titles)
        written.append(write_ods(data_dir / "tables.ods", book, every, titles))
        written.append(workbook.result())
    return written


def data_titles(context: Context, story: Story) -> dict[str, str]:
    """Title of every data file, as its page has it."""
    words = context.words
    return {
        **{e.id: e.subtitle for p in story.pages for e in p.exhibits},
        **{name: context.subtitle(words.say(f"page.{name}.title")) for name in ("completeness", "changes")},
    }


def page_data(story: Story, pages: list[Page]) -> dict[str, Data]:
    """Tidy figures of every exhibit of the pages, by file name."""
    found = {e.id: e.data for p in pages for e in p.exhibits}
    if any(p.name == "completeness" for p in pages):
        found["completeness"] = story.completeness.data
    for page in pages:
        if page.name == "changes" and page.extra["compared"] is not None:
            found["changes"] = page.extra["compared"].data
    return found


def csv_text(data: Data) -> str:
    """One CSV as text: a header, then a line for each row; empty for none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(data.columns)
    writer.writerows(data.rows)
    return out.getvalue()


def _title(context: Context, page: Page) -> str:
    words = context.words
    return f"{words.say(f'page.{page.name}.title')}, {context.period}: {context.release.partnership}"


def _common(context: Context, story: Story, edition: Edition, pages: list[Page]) -> dict[str, Any]:
    words = context.words
    banner = ""
    if edition.agency is not None:
        banner = words.say("banner.agency", agency=context.names[edition.agency])
    elif edition.name not in ("board", "public"):
        banner = words.say("banner.summary")
    return {
        "language": words.language,
        "release": context.release,
        "partnership": context.partnership,
        "story": story,
        "with_open_data": edition.with_open_data,
        "linked": frozenset(p.name for p in pages),
        "period": context.period,
        "csp": CSP,
        "edition": "screen",
        "folded": FOLDED,
        "register_loaded": register_loaded(context),
        "edition_banner": banner,
        "names_999": any("999" in line.contact.split() for line in context.partnership.support),
        "on_dark": json.dumps(ON_DARK, sort_keys=True),
        "chart_bases": {"config": CONFIG, "layouts": BASES, "kinds": KINDS},
        "main_pages": [p.name for p in pages if p.name not in story.annex],
        "annex_pages": [p.name for p in pages if p.name in story.annex],
        "names": lambda agencies: words.join([context.names[a] for a in sorted(agencies)]),
        "key_groups": _key_groups(context, story.figures),
        "missing_sentence": missing_sentence(context, story.completeness),
        "place_tiles": tiles(context) if any(p.name == "places" for p in pages) else (),
        **methods_tables(context, story),
        **revision_tables(context, story),
    }


@dataclass(frozen=True, kw_only=True)
class Card:
    """One line of a key figure: an agency, or people."""

    subject: str
    value: str
    mark: str
    sentence: str
    more: tuple[str, ...]

    @property
    def is_signal(self) -> bool:
        """Whether the rules call it a change."""
        return self.mark in ("high", "low")


@dataclass(frozen=True, kw_only=True)
class CardGroup:
    """One key figure: a card with a line for each agency, or one for people."""

    id: str
    title: str
    page: str
    cards: tuple[Card, ...]


def _key_groups(context: Context, figures: tuple[Figure, ...]) -> list[CardGroup]:
    """Key figures by indicator."""
    groups: list[CardGroup] = []
    for name, found in groupby(figures, key=lambda f: f.exhibit):
        title, cards = context.words.of(INDICATORS[name].title), list(found)
        groups.append(
            CardGroup(
                id=f"key-{name}",
                title=title,
                page=cards[0].page,
                cards=tuple(
                    Card(
                        value=f.value,
                        mark=f.mark,
                        sentence=f.sentence,
                        more=f.more,
                        subject=f.subject or context.words.say("key.people"),
                    )
                    for f in cards
                ),
            )
        )
    return groups


def _pack(environment: Environment, common: dict[str, Any], pages: list[Page], *, inline: bool) -> str:
    """Every page in one document: what is printed; with style and script inside where ``inline``."""
    csp = CSP.replace("script-src 'self' file:", "script-src 'unsafe-inline'") if inline else CSP
    context = {**common, "edition": "screen" if inline else "print", "csp": csp}
    text = environment.get_template("pack.html").render(
        **context,
        pages=pages,
        has_figures=True,
        document_title=f"{common['release'].partnership}, {common['period']}",
        inline=inline,
        style=Markup((HERE / "assets" / "tessera.css").read_text(encoding="utf-8")) if inline else "",
        scripts=[
            Markup(SCRIPT.read_text(encoding="utf-8")),
            Markup((HERE / "assets" / "charts.js").read_text(encoding="utf-8")),
        ]
        if inline
        else [],
    )
    # links between pages lead to places within this one document
    return re.sub(
        r'href="([a-z_]+)\.html(?:#([a-z0-9_-]+))?"', lambda m: f'href="#{m[2] or "page-" + m[1]}"', text
    )


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
