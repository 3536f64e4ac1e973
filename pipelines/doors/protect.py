"""`tessera protect TABLE.csv`: protect any table of counts, or count microdata and protect the counts.

Here: options, the table read and turned into cubes, the protected table written, what is said to the analyst.
Not here: how a table is protected (anonymisation/disclosure), attacking it (attack.py), the partnership's own releases
(pipelines/release), the command's registration (cli.py).
"""

from __future__ import annotations

import csv
import io
import math
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

import polars as pl

from anonymisation.disclosure import ALL, Cube, DisclosureError, Protected, Rules, protect
from anonymisation.disclosure.cubes import RESERVED, Hierarchy

BAD_INPUT = 2
"""Exit status when the input cannot be protected; nothing is written."""

COUNT_WORDS = ("n", "count", "counts", "freq", "frequency", "obs_value")
"""A column of this name holds the counts, unless --count says otherwise."""

TOTAL_WORDS = ("all", "total")
"""A margin in the input, in any case of letters, unless --total says otherwise."""

MOST_CELLS = 100_000
"""Beyond this a table is no longer a table of counts that somebody reads."""

MARKER = "marker"
_N = " n"
"""The counts while they are read; no column can be called so, names are stripped."""
PERIOD = "table"
UNIT = "count"
BLANK = "(blank)"
"""Microdata: the category of an empty cell."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table ready to be protected: names as the analyst wrote them, and counts with margins named `all`."""

    dimensions: tuple[str, ...]
    count: str
    """Name of the count column, in the input and in the output."""
    margins: tuple[tuple[str, ...], ...]
    """The largest sets of dimensions that are published together, each with all of its margins."""
    categories: Mapping[str, tuple[str, ...]]
    hierarchies: Mapping[str, Hierarchy]
    counts: Mapping[tuple[str, ...], pl.DataFrame]
    """Per set of dimensions a frame (its dimensions, n)."""


def protect_command(
    table: Path,
    *,
    out: Path | None = None,
    dimensions: str | None = None,
    margins: str | None = None,
    hierarchies: Path | None = None,
    count: str | None = None,
    total: str | None = None,
    method: Literal["rounding", "suppression"] = "rounding",
    threshold: int = 5,
    base: int = 5,
    zeros: Literal["published", "hidden"] | None = None,
) -> None:
    """Protect a table of counts (or microdata: rows are then counted), jointly with all of its margins.

    Parameters
    ----------
    table
        A CSV file: a column per dimension and a column of counts; or one row per unit and no column of counts.
    out
        File to write; printed when not given. Columns: the dimensions, the count, and `marker`.
    dimensions
        Columns to keep, parted by commas. Not given: every column but the counts.
    margins
        Which tables to publish, e.g. `area*age,area*sex`: each with all of its margins. Not given: what the table holds.
    hierarchies
        JSON or YAML: {dimension: {group: [members]}}; a group may hold groups.
    count
        Column of the counts. Not given: a column named n, count, counts, freq, frequency or obs_value.
    total
        Word that stands for a margin in the table. Not given: all or total.
    method
        rounding (every count moves by less than the base, sums hold) or suppression (exact counts, some withheld).
    threshold
        Counts from 1 to below this are small (suppression).
    base
        Base of the rounding.
    zeros
        Suppression: published (the usual) leaves true zeros to be seen, hidden treats them as small counts.
        Rounding always hides true zeros among small counts.
    """
    try:
        text = run_protect(
            _read(table),
            dimensions=_listed(dimensions),
            margins=_margins(margins),
            groups=_groups(hierarchies),
            count=count,
            total=total,
            method=method,
            threshold=threshold,
            base=base,
            zeros=zeros,
            seed=secrets.token_bytes(32),
        )
    except DisclosureError as refusal:
        _refuse(str(refusal))
    written, said = text
    if out is None:
        sys.stdout.write(written)
    else:
        try:
            out.write_text(written, encoding="utf-8")
        except OSError as error:
            _refuse(f"[{out}] cannot be written: {error.strerror}.")
    print(said, file=sys.stderr)


def run_protect(
    data: bytes,
    *,
    dimensions: tuple[str, ...] | None = None,
    margins: tuple[tuple[str, ...], ...] | None = None,
    groups: Mapping[str, Hierarchy] | None = None,
    count: str | None = None,
    total: str | None = None,
    method: str = "rounding",
    threshold: int = 5,
    base: int = 5,
    zeros: str | None = None,
    seed: bytes,
) -> tuple[str, str]:
    """(protected table as CSV text, what to tell the analyst). Raises DisclosureError on bad input."""
    if method == "rounding" and zeros == "published":
        raise DisclosureError(
            "rounding cannot show true zeros: a small count rounded to 0 would then be read as 1 to 4. "
            "Leave --zeros out, or use --method suppression."
        )
    table = prepare(data, dimensions=dimensions, margins=margins, groups=groups or {}, count=count, total=total)
    rules = Rules(threshold=threshold, base=base, zeros=zeros or "published")
    coded = _Coding(table)
    cubes, counts = coded.cubes(method)
    protected = protect(cubes, counts, seed=seed, rules=rules)
    return coded.text(protected), _summary(table, protected, rules, method)


def prepare(
    data: bytes,
    *,
    dimensions: tuple[str, ...] | None,
    margins: tuple[tuple[str, ...], ...] | None,
    groups: Mapping[str, Hierarchy],
    count: str | None,
    total: str | None,
) -> Table:
    """The table in a CSV file, checked; microdata counted. Raises DisclosureError."""
    frame = _frame(data)
    column = _count_column(frame, count, dimensions)
    dims = dimensions or tuple(c for c in frame.columns if c not in (column, MARKER))
    _check_columns(frame, dims, column)
    lost = [d for d in groups if d not in dims]
    if lost:
        raise DisclosureError(f"hierarchies name {lost}, which are not among the dimensions {list(dims)}.")
    if column is None:
        frame = frame.select(pl.col(d).fill_null("").str.strip_chars() for d in dims)
        frame = frame.with_columns(pl.col(d).replace("", BLANK) for d in dims)
        frame = frame.group_by(dims).agg(pl.len().cast(pl.Int64).alias(_N))
        for d in dims:
            if frame[d].is_in([ALL]).any():
                raise DisclosureError(f"column [{d}] holds the category [{ALL}], the word for a margin. Rename it.")
    else:
        frame = _counted(frame, dims, column, total)
        marked = (pl.when(_is_margin(d, total)).then(pl.lit(ALL)).otherwise(pl.col(d)).alias(d) for d in dims)
        frame = frame.with_columns(*marked)
    found = {d: frame[d].unique().sort().to_list() for d in dims}
    named = {d: tuple(g for g, _ in groups.get(d, ())) for d in dims}
    categories = {d: tuple(c for c in found[d] if c != ALL and c not in named[d]) for d in dims}
    for d in dims:
        unknown = sorted({m for _, members in groups.get(d, ()) for m in members} - set(categories[d]) - set(named[d]))
        if unknown:
            raise DisclosureError(f"hierarchies of [{d}] name [{len(unknown)}] categories that the table does not hold: {unknown[:5]}.")
        if not categories[d]:
            raise DisclosureError(f"column [{d}] holds nothing but margins or groups: leave it out with --dimensions.")
    if frame.select(dims).is_duplicated().any():
        raise DisclosureError(
            f"[{int(frame.select(dims).is_duplicated().sum())}] rows name the same cell. "
            "Name every column that tells them apart with --dimensions, or add them up first."
        )
    sets = margins or _patterns(frame, dims)
    size = sum(math.prod(len(found[d]) + 1 for d in s if d in found) for s in sets)
    if size > MOST_CELLS:
        raise DisclosureError(
            f"the table and its margins would have about [{size}] cells; up to [{MOST_CELLS}] can be protected. "
            "Name fewer columns with --dimensions, or smaller tables with --margins (an identifier is no dimension)."
        )
    strange = sorted({d for s in sets for d in s} - set(dims))
    if strange:
        raise DisclosureError(f"--margins names {strange}, which are not among the dimensions {list(dims)}.")
    return Table(
        dimensions=dims,
        count=column or "count",
        margins=sets,
        categories=categories,
        hierarchies={d: groups[d] for d in dims if d in groups},
        counts={s: _part(frame, dims, s, named) for s in sets},
    )


def _patterns(frame: pl.DataFrame, dims: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The largest sets of dimensions that a row of the table names together."""
    rows = frame.select((pl.col(d) != ALL) for d in dims).unique().rows()
    sets = {frozenset(d for d, there in zip(dims, row, strict=True) if there) for row in rows}
    largest = [s for s in sets if not any(s < other for other in sets)]
    return tuple(sorted((tuple(d for d in dims if d in s) for s in largest), key=lambda s: [dims.index(d) for d in s]))


def _part(
    frame: pl.DataFrame, dims: tuple[str, ...], kept: tuple[str, ...], named: Mapping[str, tuple[str, ...]]
) -> pl.DataFrame:
    """The counts of one set of dimensions: as the table gives them, or added up from its finest cells."""
    others = [d for d in dims if d not in kept]
    given = frame.filter(pl.all_horizontal(pl.col(d) == ALL for d in others)) if others else frame
    finest = given.filter(pl.all_horizontal(pl.col(d) != ALL for d in kept)) if kept else given
    if others and finest.is_empty():
        leaves = pl.all_horizontal((pl.col(d) != ALL) & ~pl.col(d).is_in(list(named[d])) for d in dims)
        given = frame.filter(leaves).group_by(kept).agg(pl.col(_N).sum()) if kept else (
            frame.filter(leaves).select(pl.col(_N).sum())
        )
        if given.is_empty():
            raise DisclosureError(f"the table holds no cell of {'*'.join(kept)}, and no finer cell to add up.")
    return given.select(*kept, _N)


def _frame(data: bytes) -> pl.DataFrame:
    if not data.strip():
        raise DisclosureError("the table is empty.")
    try:
        text = data.decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=first.count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if row]
    except (csv.Error, UnicodeDecodeError):
        raise DisclosureError("the table cannot be read as CSV (UTF-8, one header row, commas between cells).") from None
    header = [name.strip() for name in rows[0]]
    if "" in header or len(set(header)) != len(header):
        raise DisclosureError("the header row has an empty name, or one twice.")
    ragged = sum(len(row) != len(header) for row in rows[1:])
    if ragged:
        raise DisclosureError(f"[{ragged}] rows have more or fewer cells than the header's [{len(header)}].")
    frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(header, pl.String), orient="row")
    if frame.is_empty():
        raise DisclosureError("the table has a header and no row.")
    return frame


def _count_column(frame: pl.DataFrame, count: str | None, dimensions: tuple[str, ...] | None) -> str | None:
    if count is not None:
        if count not in frame.columns:
            raise DisclosureError(f"there is no column [{count}]; the table has {frame.columns}.")
        return count
    found = [c for c in frame.columns if c.lower() in COUNT_WORDS and c not in (dimensions or ())]
    if len(found) > 1:
        raise DisclosureError(f"columns {found} might all be the counts: name one with --count.")
    return found[0] if found else None


def _check_columns(frame: pl.DataFrame, dims: tuple[str, ...], column: str | None) -> None:
    lost = [d for d in dims if d not in frame.columns]
    if lost:
        raise DisclosureError(f"there are no columns {lost}; the table has {frame.columns}.")
    if not dims or column in dims or MARKER in dims:
        raise DisclosureError("there must be one dimension or more, and neither the counts nor `marker` may be one.")
    if len(set(dims)) != len(dims):
        raise DisclosureError("a dimension was named twice.")


def _counted(frame: pl.DataFrame, dims: tuple[str, ...], column: str, total: str | None) -> pl.DataFrame:
    """Dimensions as text, and whole counts. Columns left out are summed over, or taken at their margin if there is one."""
    text = frame.select(pl.all().str.strip_chars()).rename({column: _N})
    for d in dims:
        empty = int((text[d] == "").sum())
        if empty:
            raise DisclosureError(
                f"column [{d}] is empty in [{empty}] rows. Write a margin as `all`, and what is not known as a category."
            )
    blank = int((text[_N] == "").sum())
    if blank:
        raise DisclosureError(f"[{blank}] counts in [{column}] are empty. Protection needs the true counts: write 0 for none.")
    number = text[_N].cast(pl.Float64, strict=False)
    unread = int(number.is_null().sum())
    odd = int(((number.is_not_null()) & ~(number.is_finite() & (number == number.round(0)))).sum())
    if unread or odd:
        raise DisclosureError(
            f"[{unread + odd}] counts in [{column}] are not whole numbers. "
            "Name the column of counts with --count; a table that is protected already cannot be protected again."
        )
    negative = int((number < 0).sum())
    if negative:
        raise DisclosureError(f"[{negative}] counts in [{column}] are negative.")
    if number.max() is not None and float(str(number.max())) > 2**53:
        raise DisclosureError(f"a count in [{column}] is too large to be one.")
    counted = text.with_columns(number.cast(pl.Int64).alias(_N))
    others = [c for c in text.columns if c not in (*dims, _N, MARKER)]
    for other in others:
        margin = counted.filter(_is_margin(other, total))
        counted = counted if margin.is_empty() else margin
    if others:
        counted = counted.group_by(dims, maintain_order=True).agg(pl.col(_N).sum())
    return counted.select(*dims, _N)


def _is_margin(column: str, total: str | None) -> pl.Expr:
    """Whether a cell says that its dimension is summed over."""
    return pl.col(column) == total if total else pl.col(column).str.to_lowercase().is_in(list(TOTAL_WORDS))


class _Coding:
    """The analyst's words and the words that keys can hold, both ways."""

    def __init__(self, table: Table) -> None:
        self._table = table
        taken = {"period", "value", MARKER, "n"}
        self._names = {
            d: d if d not in taken and not any(s in d for s in RESERVED) else f"column {i}"
            for i, d in enumerate(table.dimensions)
        }
        self._words: dict[str, dict[str, str]] = {}
        for d in table.dimensions:
            nodes = [*table.categories[d], *(g for g, _ in table.hierarchies.get(d, ()))]
            self._words[d] = {
                w: f"category {i}" if any(s in w for s in RESERVED) else w for i, w in enumerate(nodes)
            } | {ALL: ALL}

    def cubes(self, method: str) -> tuple[list[Cube], dict[str, pl.DataFrame]]:
        """One cube per set of dimensions, and its counts."""
        cubes, counts = [], {}
        for kept in self._table.margins:
            name = "*".join(kept) or "total"
            words = {d: self._words[d] for d in kept}
            cubes.append(
                Cube(
                    name=name,
                    unit=UNIT,
                    dimensions=tuple(self._names[d] for d in kept),
                    categories={self._names[d]: tuple(words[d][c] for c in self._table.categories[d]) for d in kept},
                    hierarchies={
                        self._names[d]: tuple(
                            (words[d][g], tuple(words[d][m] for m in members)) for g, members in self._table.hierarchies[d]
                        )
                        for d in kept
                        if d in self._table.hierarchies
                    },
                    method=method,
                    period_kind="table",
                )
            )
            counts[name] = self._table.counts[kept].select(
                pl.lit(PERIOD).alias("period"), *(pl.col(d).replace(words[d]).alias(self._names[d]) for d in kept), pl.col(_N).alias("n")
            )
        return cubes, counts

    def text(self, protected: Protected) -> str:
        """The protected tables under each other, a shared margin once, in the analyst's words."""
        parts = []
        for kept in self._table.margins:
            frame = protected.tables["*".join(kept) or "total"]
            columns: list[Any] = []
            for d in self._table.dimensions:
                if d in kept:
                    back = {coded: word for word, coded in self._words[d].items()}
                    columns.append(pl.col(self._names[d]).replace(back).alias(d))
                else:
                    columns.append(pl.lit(ALL).alias(d))
            shown = frame.select(*columns, pl.col("value").alias(" value"), pl.col("marker").alias(" marker"))
            parts.append(shown.rename({" value": self._table.count, " marker": MARKER}))
        whole = pl.concat(parts).unique(subset=list(self._table.dimensions), keep="first", maintain_order=True)
        return whole.write_csv()


def _summary(table: Table, protected: Protected, rules: Rules, method: str) -> str:
    stats = protected.stats[0]
    lines = [
        f"Protected [{stats.cells}] cells of {' and '.join('*'.join(s) or 'the total' for s in table.margins)} by {method}"
        f" in [{stats.seconds:.1f}] s."
    ]
    if method == "rounding":
        step = rules.base - 1
        lines.append(f"Every sum holds. A rounded r stands for a count from r − {step} (0 at least) to r + {step}.")
        if protected.elastic:
            lines.append(
                f"[{len(protected.elastic)}] cells moved one step more, so any cell of {list(protected.elastic_cubes)} "
                f"may be off by up to {2 * rules.base - 1}: say so beside the table."
            )
        if not stats.is_acyclic:
            lines.append("These tables form a cycle: sums across them may narrow a count further than each alone.")
    else:
        lines.append(f"Withheld [{stats.withheld}] cells for [{stats.targets}] targets; all others are exact.")
    lines.append("Attack it before you publish it (tessera attack), and publish one run only: a second run tells more.")
    return "\n".join(lines)


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _margins(text: str | None) -> tuple[tuple[str, ...], ...] | None:
    if text is None:
        return None
    sets = [tuple(d.strip() for d in part.split("*") if d.strip()) for part in text.split(",") if part.strip()]
    if not sets:
        raise DisclosureError("--margins names no table, e.g. `area*age,area*sex`.")
    largest = [s for s in sets if not any(set(s) < set(other) for other in sets)]
    return tuple({frozenset(s): s for s in largest}.values())


def _groups(path: Path | None) -> dict[str, Hierarchy]:
    if path is None:
        return {}
    import yaml

    try:
        read = yaml.safe_load(_read(path))
    except yaml.YAMLError:
        raise DisclosureError(f"hierarchies [{path.name}] cannot be read as JSON or YAML.") from None
    if not isinstance(read, dict):
        raise DisclosureError(f"hierarchies [{path.name}] must be {{dimension: {{group: [members]}}}}.")
    return {str(d): tuple(_pairs(tree, f"hierarchies of [{d}]")) for d, tree in read.items()}


def _pairs(tree: Any, where: str) -> list[tuple[str, tuple[str, ...]]]:
    """(group, members) pairs of {group: [members] or {group: …}}."""
    if not isinstance(tree, dict):
        raise DisclosureError(f"{where} must be {{group: [members]}}; a group may hold groups in the same form.")
    pairs = []
    for group, members in tree.items():
        if isinstance(members, dict):
            pairs += _pairs(members, where)
            pairs.append((str(group), tuple(str(m) for m in members)))
        elif isinstance(members, Sequence) and not isinstance(members, str):
            pairs.append((str(group), tuple(str(m) for m in members)))
        else:
            raise DisclosureError(f"{where}: group [{group}] must hold a list of members, or groups.")
    return pairs


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DisclosureError(f"[{path}] cannot be read: {error.strerror}.") from None


def _refuse(text: str) -> NoReturn:
    print(f"Nothing was written: {text}", file=sys.stderr)
    raise SystemExit(BAD_INPUT)
