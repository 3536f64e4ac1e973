"""Open formats of the figures on the pages: CSVW, Frictionless data package, DCAT, README and change log.

What belongs here: metadata beside the CSV files of the pages. What does not: the CSV files themselves
(``site.py``) and spreadsheets (``sheets.py``).

Standards: CSV on the Web (W3C, 2015), Data Package 1.0 (Frictionless), DCAT 3 (W3C, 2024) as JSON-LD.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboards.context import Context
from dashboards.exhibit import Data
from dashboards.story import Story
from dashboards.words import SYMBOLS

NUMBERS = frozenset(
    {"usual_low", "usual_mean", "usual_high", "last_four_quarters", "linkage_quarters"}
    | {"value", "numerator", "denominator", "residents", "value_year_ago", "value_before", "value_now"}
)
"""Columns that hold whole numbers or nothing."""
DECIMALS = frozenset({"per_1000", "linkage_low_pct", "linkage_high_pct", "residents_pct", "n", "of_n"})
_CSVW = "http://www.w3.org/ns/csvw"
_DCAT = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}


def _type(column: str) -> str:
    return "integer" if column in NUMBERS else "number" if column in DECIMALS else "string"


def metadata_files(
    context: Context,
    story: Story,
    data: Mapping[str, Data],
    titles: Mapping[str, str],
    texts: Mapping[str, str],
) -> dict[str, str]:
    """File name to text of every metadata file, for the CSV files ``texts`` (name without ending to
    content)."""
    definitions = {e.id: e.definition for p in story.pages for e in p.exhibits}
    names = sorted(data)
    return {
        "csvw-metadata.json": _json(_csvw(context, names, data, titles, definitions)),
        "datapackage.json": _json(_package(context, names, data, titles, definitions, texts)),
        "dcat.jsonld": _json(_dcat(context, names, titles)),
        "README.md": _readme(context, names, titles),
        "CHANGELOG.md": _changelog(context, story),
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _csvw(
    context: Context,
    names: list[str],
    data: Mapping[str, Data],
    titles: Mapping[str, str],
    definitions: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "@context": [_CSVW, {"@language": context.words.language}],
        "dc:title": f"{context.release.partnership}, {context.period}",
        "tables": [
            {
                "url": f"{name}.csv",
                "dc:title": titles[name],
                "dc:description": definitions.get(name, ""),
                "tableSchema": {
                    "columns": [
                        {
                            "name": c,
                            "titles": c,
                            "datatype": "decimal" if _type(c) == "number" else _type(c),
                            "null": "",
                        }
                        for c in data[name].columns
                    ]
                },
            }
            for name in names
        ],
    }


def _package(
    context: Context,
    names: list[str],
    data: Mapping[str, Data],
    titles: Mapping[str, str],
    definitions: Mapping[str, str],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    release = context.release
    return {
        "profile": "tabular-data-package",
        "name": f"release-{release.number.lower()}",
        "version": release.number,
        "title": f"{release.partnership}, {context.period}",
        "created": f"{release.created_on}T00:00:00Z",
        "description": context.words.say(
            "banner.management", audience=context.words.say(f"audience.{release.audience}")
        ),
        "licenses": [{"name": "other-closed", "title": release.licence}],
        "resources": [
            {
                "name": name.replace("_", "-"),
                "path": f"{name}.csv",
                "title": titles[name],
                "description": definitions.get(name, ""),
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(texts[name].encode()),
                "hash": "sha256:" + hashlib.sha256(texts[name].encode()).hexdigest(),
                "schema": {
                    "fields": [{"name": c, "type": _type(c)} for c in data[name].columns],
                    "missingValues": [""],
                },
            }
            for name in names
        ],
    }


def _dcat(context: Context, names: list[str], titles: Mapping[str, str]) -> dict[str, Any]:
    release = context.release
    return {
        "@context": dict(_DCAT),
        "@type": "dcat:Dataset",
        "@id": f"urn:tessera:{release.number.lower()}",
        "dct:title": f"{release.partnership}, {context.period}",
        "dct:issued": release.created_on,
        "dct:identifier": release.number,
        "dct:accessRights": f"audience: {release.audience}",
        "dct:temporal": {
            "dcat:startDate": release.first_quarter.first_day.isoformat(),
            "dcat:endDate": release.quarter.last_day.isoformat(),
        },
        "dct:license": release.licence,
        "dcat:version": release.number,
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": titles[name],
                "dcat:downloadURL": f"{name}.csv",
                "dcat:mediaType": "text/csv",
            }
            for name in names
        ],
    }


def _readme(context: Context, names: list[str], titles: Mapping[str, str]) -> str:
    words, release = context.words, context.release
    lines = [
        f"# {release.partnership}, {context.period}",
        "",
        *([words.say("banner.sample"), ""] if release.is_sample else []),
        words.say("banner.management", audience=words.say(f"audience.{release.audience}")),
        "",
        words.say("methods.protection_1", base=context.partnership.thresholds.rounding_base),
        "",
        words.say("methods.protection_2", rate_base=context.partnership.thresholds.rate_base),
        "",
        f"## {words.say('methods.symbols')}",
        "",
        *(
            f"* `{symbol}` {words.say(f'symbol.{key}')}"
            for symbol, key in SYMBOLS
        ),
        "",
        f"## {words.say('opendata.files')}",
        "",
        *(f"* `{name}.csv`: {titles[name]}" for name in names),
        "",
        words.say("footer.contact", contact=context.partnership.contact),
        "",
        words.say("footer.licence"),
        "",
        f"{words.say('opendata.licence')}: {release.licence}.",
        "",
    ]
    return "\n".join(lines)


def _changelog(context: Context, story: Story) -> str:
    words, release = context.words, context.release
    compared = story.page("changes").extra["compared"]
    lines = [f"# {words.say('page.changes.title')}", "", f"## {release.number} ({release.created_on})", ""]
    if compared is None:
        lines.append(words.say("changes.first"))
    elif not compared.n_changed:
        lines.append(words.say("changes.none", earlier=compared.earlier))
    else:
        lines += [
            words.say("changes.headline", n=compared.n_changed, earlier=compared.earlier),
            "",
            *(f"* {words.say('changes.of_table', title=t.title, n=t.n_changed)}" for t in compared.tables),
        ]
    return "\n".join([*lines, ""])


def write_metadata(
    folder: Path, context: Context, story: Story, data: Mapping[str, Data], titles: Mapping[str, str]
) -> list[Path]:
    """Write the metadata beside the CSV files that stand in ``folder`` already."""
    texts = {name: (folder / f"{name}.csv").read_text(encoding="utf-8") for name in data}
    written = []
    for name, text in metadata_files(context, story, data, titles, texts).items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written
