"""`tessera protect TABLE.csv`: protect any table of counts, or count microdata and protect the counts.

Here: options, the table turned into cubes, the protected table written, what is said to the analyst. Not
here: how a table is read (counted_table.py), how a table is protected (anonymisation/disclosure), attacking
it (attack.py), the partnership's own releases (pipelines/release), the command's registration (cli.py).
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn

import polars as pl

from anonymisation.disclosure import ALL, Cube, DisclosureError, Protected, Rules, protect
from anonymisation.disclosure.cubes import RESERVED, Hierarchy
from anonymisation.disclosure.rules import THRESHOLD
from pipelines.doors.counted_table import COUNTS, MARKER, Table, prepare

BAD_INPUT = 2
"""Exit status when the input cannot be protected; nothing is written."""

PERIOD = "table"
UNIT = "count"


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
        A CSV file: a column per dimension and a column of counts; or one row per unit and no column of
        counts.
    out
        File to write; printed when not given. Columns: the dimensions, the count, and `marker`.
    dimensions
        Columns to keep, parted by commas. Not given: every column but the counts.
    margins
        Which tables to publish, e.g. `area*age,area*sex`: each with all of its margins. Not given: what the
        table holds.
    hierarchies
        JSON or YAML: {dimension: {group: [members]}}; a group may hold groups.
    count
        Column of the counts. Not given: a column named n, count, counts, freq, frequency or obs_value, else
        the last column of whole numbers, if the others name each cell once.
    total
        Word that stands for a margin in the table. Not given: all, total and the like, or an empty cell.
    method
        rounding (every count moves by less than the base, sums hold) or suppression (exact counts, some
        withheld).
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
    table = prepare(
        data, dimensions=dimensions, margins=margins, groups=groups or {}, count=count, total=total
    )
    rules = Rules(threshold=threshold, base=base, zeros=zeros or "published")
    coded = _Coding(table)
    cubes, counts = coded.cubes(method)
    protected = protect(cubes, counts, seed=seed, rules=rules)
    return coded.text(protected, rules), _summary(table, protected, rules, method)


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
                    categories={
                        self._names[d]: tuple(words[d][c] for c in self._table.categories[d]) for d in kept
                    },
                    hierarchies={
                        self._names[d]: tuple(
                            (words[d][g], tuple(words[d][m] for m in members))
                            for g, members in self._table.hierarchies[d]
                        )
                        for d in kept
                        if d in self._table.hierarchies
                    },
                    method=method,
                    period_kind="table",
                )
            )
            counts[name] = self._table.counts[kept].select(
                pl.lit(PERIOD).alias("period"),
                *(pl.col(d).replace(words[d]).alias(self._names[d]) for d in kept),
                pl.col(COUNTS).alias("n"),
            )
        return cubes, counts

    def text(self, protected: Protected, rules: Rules) -> str:
        """The protected tables under each other, a shared margin once, in the analyst's words."""
        parts = []
        for kept in self._table.margins:
            name = "*".join(kept) or "total"
            frame = protected.tables[name]
            if name in protected.elastic_cubes:  # a count of one step more may stand as 0, too
                near, far = f"0 to {rules.base - 1}", f"0 to {2 * rules.base - 1}"
                frame = frame.with_columns(pl.col("marker").replace(near, far))
            columns: list[Any] = []
            for d in self._table.dimensions:
                if d in kept:
                    back = {coded: word for word, coded in self._words[d].items()}
                    columns.append(pl.col(self._names[d]).replace(back).alias(d))
                else:
                    columns.append(pl.lit(ALL).alias(d))
            shown = frame.select(*columns, pl.col("value").alias(" value"), pl.col("marker").alias(" marker"))
            parts.append(shown.rename({" value": self._table.count, " marker": MARKER}))
        whole = pl.concat(parts).unique(
            subset=list(self._table.dimensions), keep="first", maintain_order=True
        )
        return whole.write_csv()


def _summary(table: Table, protected: Protected, rules: Rules, method: str) -> str:
    stats = protected.stats[0]
    tables = " and ".join("*".join(s) or "the total" for s in table.margins)
    lines = [f"Protected [{stats.cells}] cells of {tables} by {method} in [{stats.seconds:.1f}] s."]
    if table.is_guessed:
        lines.append(f"Column [{table.count}] was read as the counts (say --count if it is another).")
    if method == "rounding":
        step = rules.base - 1
        lines.append(
            f"Every sum holds. A rounded r stands for a count from r − {step} (0 at least) to r + {step}."
        )
        if protected.elastic:
            lines.append(
                f"[{len(protected.elastic)}] cells moved one step more, so any cell of "
                f"{list(protected.elastic_cubes)} "
                f"may be off by up to {2 * rules.base - 1}: say so beside the table."
            )
        if not stats.is_acyclic:
            lines.append(
                "These tables form a cycle: sums across them may narrow a count further than each alone."
            )
    else:
        lines.append(
            f"Withheld [{stats.withheld}] cells for [{stats.targets}] targets; all others are exact."
        )
    lines.append(
        f"Attack it before you publish it ({_attack(table, protected, rules, method)}), and publish one run "
        "only: a second run tells more."
    )
    return "\n".join(lines)


def _attack(table: Table, protected: Protected, rules: Rules, method: str) -> str:
    """The command that attacks the protected table as it is meant to be read."""
    words = ["tessera attack TABLE"]
    if table.hierarchies:
        words.append("--hierarchies FILE")
    if rules.threshold != THRESHOLD:
        words.append(f"--threshold {rules.threshold}")
    if method == "rounding":
        words.append(f"--base {rules.base}")
    if protected.elastic:
        words.append(f"--within {2 * rules.base - 1}")
    if rules.zeros == "hidden" and method == "suppression":
        words.append("--zeros hidden")
    return " ".join(words)


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _margins(text: str | None) -> tuple[tuple[str, ...], ...] | None:
    if text is None:
        return None
    sets = [
        tuple(d.strip() for d in part.split("*") if d.strip()) for part in text.split(",") if part.strip()
    ]
    if not sets:
        raise DisclosureError("--margins names no table, e.g. `area*age,area*sex`.")
    largest = [s for s in sets if not any(set(s) < set(other) for other in sets)]
    return tuple({frozenset(s): s for s in largest}.values())


def _groups(path: Path | None) -> dict[str, Hierarchy]:
    if path is None:
        return {}
    import yaml

    try:
        read = yaml.load(_read(path), Loader=yaml.BaseLoader)  # every word as written: 007, no, 1.0
    except yaml.YAMLError:
        raise DisclosureError(f"hierarchies [{path.name}] cannot be read as JSON or YAML.") from None
    if not isinstance(read, dict):
        raise DisclosureError(f"hierarchies [{path.name}] must be {{dimension: {{group: [members]}}}}.")
    return {str(d): tuple(_pairs(tree, f"hierarchies of [{d}]")) for d, tree in read.items()}


def _pairs(tree: Any, where: str) -> list[tuple[str, tuple[str, ...]]]:
    """(group, members) pairs of {group: [members] or {group: …}}; a list may hold groups among its
    members."""
    if not isinstance(tree, dict):
        raise DisclosureError(
            f"{where} must be {{group: [members]}}; a group may hold groups in the same form."
        )
    pairs = []
    for group, members in tree.items():
        if isinstance(members, dict):
            pairs += _pairs(members, where)
            pairs.append((str(group), tuple(str(m) for m in members)))
        elif isinstance(members, Sequence) and not isinstance(members, str):
            inner = [m for m in members if isinstance(m, dict)]
            pairs += [pair for m in inner for pair in _pairs(m, where)]
            pairs.append((str(group), tuple(w for m in members for w in (m if m in inner else [str(m)]))))
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
