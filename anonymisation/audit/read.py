"""The bytes of a candidate release, read as an attacker reads them.

Here: `systems.json` and `cubes/*.csv` parsed into a `Release`: what the publisher says about every cell (an
exact figure, a rounded one, withheld, not available), the rules he states, ties and publicly known figures.
Not here: what the statements imply (systems.py, relations.py), any file or folder (the caller hands bytes).
Nothing here is shared with the protecting side: the two know only the file format.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

SYSTEMS_FILE = "systems.json"
FORMAT = 1
ALL = "all"  # the word for a margin in a dimension column
SECRET_MARKER = "[c]"
UNAVAILABLE_MARKERS = frozenset({"[x]", "[z]"})
NOTE_MARKERS = frozenset(
    {"", "[p]", "[r]", "[b]", "[e]"}
)  # provisional, revised, break, estimated: the value stands

UNAVAILABLE, EXACT, ROUNDED, WITHHELD = 0, 1, 2, 3
NO_VALUE = -1


class AuditError(ValueError):
    """The handed material cannot be audited; the text says which file, what and how many, never a value."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the publisher says of his method; the reader knows it too."""

    threshold: int = 5
    base: int = 5

    def __post_init__(self) -> None:
        if self.threshold < 1 or self.base < 2:
            raise AuditError(
                f"rules: threshold [{self.threshold}] must be at least 1 and base [{self.base}] at least 2"
            )


@dataclass(frozen=True, kw_only=True)
class Cube:
    """One published table with all of its margins."""

    name: str
    unit: str
    dimensions: tuple[str, ...]
    """Sorted."""
    categories: Mapping[str, tuple[str, ...]]
    method: str
    elastic: bool
    sensitive: tuple[str, ...]
    structural_zeros: tuple[Mapping[str, str], ...]
    value: Mapping[str, Ints]
    """Per period: one axis per dimension, the last place of each axis is the margin; `NO_VALUE` where
    none.
    """
    state: Mapping[str, Ints]


@dataclass(frozen=True, kw_only=True)
class Tie:
    """left ≤ Σ right (`le`), or left = Σ right (`eq`), in canonical keys."""

    kind: str
    left: str
    right: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Known:
    """A figure that others publish exactly."""

    key: str
    value: int
    who: str


@dataclass(frozen=True, kw_only=True)
class Release:
    """Everything that one release says."""

    rules: Rules
    cubes: tuple[Cube, ...]
    ties: tuple[Tie, ...]
    known: tuple[Known, ...]
    vintages: Mapping[str, str]
    """Period → name of the declared vintage; a period without one is final from the start."""
    sha256: Mapping[str, str]
    """Of systems.json and each cube file."""


def canonical_key(unit: str, period: str, cell: Mapping[str, str]) -> str:
    """unit | period | sorted dimension=category without margins: the one name of a cell."""
    pairs = ";".join(f"{d}={c}" for d, c in sorted(cell.items()) if c != ALL)
    return f"{unit}|{period}|{pairs}"


def read_release(files: Mapping[str, bytes]) -> Release:
    """Parse the bytes of a release. Raises AuditError for anything that is not of the format."""
    if SYSTEMS_FILE not in files:
        raise AuditError(f"release: no [{SYSTEMS_FILE}] among {len(files)} files; hand over the whole folder")
    try:
        spec = json.loads(files[SYSTEMS_FILE])
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise AuditError(f"{SYSTEMS_FILE}: not JSON") from None
    if not isinstance(spec, dict) or spec.get("format") != FORMAT:
        raise AuditError(f"{SYSTEMS_FILE}: format is not [{FORMAT}]")
    stated = _get(spec, "rules", dict, SYSTEMS_FILE)
    rules = Rules(
        threshold=_whole(stated.get("threshold"), "rules.threshold"),
        base=_whole(stated.get("base"), "rules.base"),
    )
    cubes = tuple(_read_cube(entry, files, rules) for entry in _get(spec, "cubes", list, SYSTEMS_FILE))
    if len({c.name for c in cubes}) != len(cubes):
        raise AuditError(f"{SYSTEMS_FILE}: two cubes share one name")
    names = [SYSTEMS_FILE, *(f"cubes/{c.name}.csv" for c in cubes)]
    unlisted = [f for f in files if f.startswith("cubes/") and f.endswith(".csv") and f not in names]
    if unlisted:
        raise AuditError(
            f"release: {len(unlisted)} cube files are not listed in {SYSTEMS_FILE}, first [{unlisted[0]}]"
        )
    return Release(
        rules=rules,
        cubes=cubes,
        ties=tuple(_read_tie(t) for t in spec.get("ties", [])),
        known=tuple(_read_known(k) for k in spec.get("known", [])),
        vintages={str(p): str(v) for p, v in spec.get("vintages", {}).items()},
        sha256={n: hashlib.sha256(files[n]).hexdigest() for n in names},
    )


def _get(holder: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    if not isinstance(holder.get(name), kind):
        raise AuditError(f"{where}: [{name}] is missing or of the wrong kind")
    return holder[name]


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise AuditError(f"{SYSTEMS_FILE}: [{where}] is not a whole number")
    return value


def _read_cell(entry: Mapping[str, Any], where: str) -> str:
    cell = _get(entry, "cell", dict, where)
    return canonical_key(
        _get(entry, "unit", str, where),
        _get(entry, "period", str, where),
        {str(d): str(c) for d, c in cell.items()},
    )


def _read_tie(entry: Mapping[str, Any]) -> Tie:
    kind = entry.get("kind")
    if kind not in ("le", "eq"):
        raise AuditError(f"{SYSTEMS_FILE}: a tie is neither [le] nor [eq]")
    return Tie(
        kind=str(kind),
        left=_read_cell(_get(entry, "left", dict, "tie"), "tie.left"),
        right=tuple(_read_cell(r, "tie.right") for r in _get(entry, "right", list, "tie")),
    )


def _read_known(entry: Mapping[str, Any]) -> Known:
    return Known(key=_read_cell(entry, "known"), value=_whole(entry.get("value"), "known.value"),
                 who=str(entry.get("who", "others")))  # fmt: skip


def _read_cube(entry: Mapping[str, Any], files: Mapping[str, bytes], rules: Rules) -> Cube:
    name = _get(entry, "name", str, "cube")
    where = f"cube [{name}]"
    dimensions = tuple(sorted(_get(entry, "dimensions", list, where)))
    listed = _get(entry, "categories", dict, where)
    if len(set(dimensions)) != len(dimensions) or set(listed) != set(dimensions):
        raise AuditError(f"{where}: dimensions and categories do not name the same things")
    categories = {d: tuple(str(c) for c in listed[d]) for d in dimensions}
    for d, cats in categories.items():
        if not cats or len(set(cats)) != len(cats) or ALL in cats:
            raise AuditError(f"{where}: categories of [{d}] are empty, repeated, or hold the word [{ALL}]")
    if entry.get("method") not in ("rounding", "suppression"):
        raise AuditError(f"{where}: method is neither [rounding] nor [suppression]")
    if entry.get("hierarchies"):
        raise AuditError(
            f"{where}: groups of categories are not audited; publish the groups as a dimension of their own"
        )
    if entry.get("class", "default") not in ("default", "elastic"):
        raise AuditError(f"{where}: class is neither [default] nor [elastic]")
    zeros = tuple(
        {str(d): str(c) for d, c in z.items() if c != ALL} for z in entry.get("structural_zeros", [])
    )
    for zero in zeros:
        if not zero or any(d not in categories or c not in categories[d] for d, c in zero.items()):
            raise AuditError(f"{where}: a structural zero names an unknown dimension or category")
    file = f"cubes/{name}.csv"
    if file not in files:
        raise AuditError(f"{where}: file [{file}] is missing from the release")
    value, state = _read_csv(files[file], file, dimensions, categories, str(entry["method"]), rules)
    for period, states in state.items():
        blank = states == -1
        for zero in zeros:
            blank[tuple(categories[d].index(zero[d]) if d in zero else slice(None) for d in dimensions)] = (
                False
            )
        if blank.any():
            raise AuditError(
                f"{file}: {int(blank.sum())} cells have no row in period [{period}]; "
                "every margin is published"
            )
        unnamed = states == -1
        states[unnamed], value[period][unnamed] = EXACT, 0
    return Cube(
        name=name, unit=_get(entry, "unit", str, where), dimensions=dimensions, categories=categories,
        method=str(entry["method"]), elastic=entry.get("class") == "elastic",
        sensitive=tuple(str(s) for s in entry.get("sensitive", [])), structural_zeros=zeros,
        value=value, state=state,
    )  # fmt: skip


def _read_csv(
    data: bytes,
    file: str,
    dimensions: tuple[str, ...],
    categories: Mapping[str, tuple[str, ...]],
    method: str,
    rules: Rules,
) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """Grain: one row per cell and period. Returns per period the value and the state of each cell (state -1:
    no row).
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise AuditError(f"{file}: not a UTF-8 CSV file") from None
    header = rows[0] if rows else []
    needed = {"period", "value", "marker", *dimensions}
    if len(set(header)) != len(header) or not needed <= set(header):
        raise AuditError(
            f"{file}: the header lacks one of the {len(needed)} columns period, dimensions, value, marker"
        )
    places = [
        ({c: i for i, c in enumerate(categories[d])} | {ALL: len(categories[d])}, header.index(d))
        for d in dimensions
    ]
    at_period, at_value, at_marker = (header.index(c) for c in ("period", "value", "marker"))
    shape = tuple(len(categories[d]) + 1 for d in dimensions)
    value: dict[str, Ints] = {}
    state: dict[str, Ints] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise AuditError(f"{file} line {line}: {len(row)} fields where the header has {len(header)}")
        period = row[at_period]
        if period not in value:
            value[period] = np.full(shape, NO_VALUE, dtype=np.int64)
            state[period] = np.full(shape, -1, dtype=np.int64)
        try:
            place = tuple(lookup[row[at]] for lookup, at in places)
        except KeyError:
            raise AuditError(f"{file} line {line}: a category that {SYSTEMS_FILE} does not list") from None
        if state[period][place] != -1:
            raise AuditError(f"{file} line {line}: a second row for the same cell and period")
        number, kind = _read_figure(
            row[at_value].strip(), row[at_marker].strip(), method, rules, f"{file} line {line}"
        )
        value[period][place], state[period][place] = number, kind
    return value, state


def _read_figure(text: str, marker: str, method: str, rules: Rules, where: str) -> tuple[int, int]:
    if marker == SECRET_MARKER or marker in UNAVAILABLE_MARKERS:
        if text:
            raise AuditError(f"{where}: a value stands beside the marker [{marker}]")
        return NO_VALUE, WITHHELD if marker == SECRET_MARKER else UNAVAILABLE
    zero_marker = f"0 to {rules.base - 1}"
    if marker == zero_marker and method == "rounding" and text in ("", "0"):
        return 0, ROUNDED
    if marker not in NOTE_MARKERS:
        raise AuditError(f"{where}: the marker is not one that we know")
    if not (text.isascii() and text.isdigit()):
        raise AuditError(f"{where}: the value is not a whole number, and no marker says why")
    if method == "suppression":
        return int(text), EXACT
    if int(text) % rules.base:
        raise AuditError(f"{where}: the value is not a multiple of the base [{rules.base}]")
    return int(text), ROUNDED


def sequence_of_releases(
    earlier: Sequence[Mapping[str, bytes]], current: Mapping[str, bytes]
) -> list[Release]:
    """Every release read, oldest first, the candidate last."""
    return [read_release(files) for files in (*earlier, current)]
