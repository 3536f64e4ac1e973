"""The bytes of a candidate release, read as an attacker reads them.

Here: `systems.json` and `cubes/*.csv` (rows.py) parsed into a `Release`: what the publisher says about every
cell (an exact figure, a rounded one, withheld, not available), the rules he states, ties and publicly known
figures.
Not here: what the statements imply (systems.py, relations.py), any file or folder (the caller hands bytes).
Nothing here is shared with the protecting side: the two know only the file format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from anonymisation.audit.rows import (
    ALL,
    EXACT,
    NO_ROW,
    WITHHELD,
    AuditError,
    Ints,
    read_rows,
)

SYSTEMS_FILE = "systems.json"
FORMAT = 1


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
    left_out: tuple[str, ...]
    """Periods of which the table tells nothing, to protect people: every row reads `[c]`, and says no more
    than a row that is not there."""
    value: Mapping[str, Ints]
    """Per period: one axis per dimension, the last place of each axis is the margin; `NO_VALUE` where
    none.
    """
    state: Mapping[str, Ints]

    @cached_property
    def shape(self) -> tuple[object, ...]:
        """Equal for cubes that lay out the same cells under the same name."""
        return (self.name, self.dimensions, *self.categories.items())

    @property
    def words(self) -> tuple[object, ...]:
        """What the reading of its file follows from, beside the bytes and the rules."""
        return (self.dimensions, *self.categories.items(), self.method, self.structural_zeros, self.left_out)


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

    def of_units(self, units: Collection[str]) -> Release:
        """What it says of some units, and of the ties between them."""

        def unit(key: str) -> str:
            return key.partition("|")[0]

        return replace(
            self,
            cubes=tuple(c for c in self.cubes if c.unit in units),
            ties=tuple(t for t in self.ties if {unit(k) for k in (t.left, *t.right)} <= set(units)),
            known=tuple(k for k in self.known if unit(k.key) in units),
        )


def canonical_key(unit: str, period: str, cell: Mapping[str, str]) -> str:
    """unit | period | sorted dimension=category without margins: the one name of a cell."""
    pairs = ";".join(f"{d}={c}" for d, c in sorted(cell.items()) if c != ALL)
    return f"{unit}|{period}|{pairs}"


def read_release(
    files: Mapping[str, bytes], *, like: Release | None = None, units: Collection[str] | None = None
) -> Release:
    """Parse the bytes of a release. `like`: read before; a table that is byte for byte the same there is not
    parsed again. `units`: read what it says of these alone. Raises AuditError for anything that is not of
    the format."""
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
    digests = {n: hashlib.sha256(data).hexdigest() for n, data in files.items()}
    known = {c.name: c for c in like.cubes} if like is not None and like.rules == rules else {}
    known = {n: c for n, c in known.items() if like and like.sha256[_file(n)] == digests.get(_file(n))}
    listed = [
        entry
        for entry in _get(spec, "cubes", list, SYSTEMS_FILE)
        if units is None or _get(entry, "unit", str, "cube") in units
    ]
    cubes = tuple(_read_cube(entry, files, rules, known) for entry in listed)
    if len({c.name for c in cubes}) != len(cubes):
        raise AuditError(f"{SYSTEMS_FILE}: two cubes share one name")
    names = [SYSTEMS_FILE, *(_file(c.name) for c in cubes)]
    unlisted = [f for f in files if f.startswith("cubes/") and f.endswith(".csv") and f not in names]
    if unlisted and units is None:
        raise AuditError(
            f"release: {len(unlisted)} cube files are not listed in {SYSTEMS_FILE}, first [{unlisted[0]}]"
        )
    told = Release(
        rules=rules,
        cubes=cubes,
        ties=tuple(_read_tie(t) for t in spec.get("ties", [])),
        known=tuple(_read_known(k) for k in spec.get("known", [])),
        vintages={str(p): str(v) for p, v in spec.get("vintages", {}).items()},
        sha256={n: digests[n] for n in names},
    )
    return told if units is None else told.of_units(units)


def _file(cube: str) -> str:
    return f"cubes/{cube}.csv"


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


def _read_cube(
    entry: Mapping[str, Any], files: Mapping[str, bytes], rules: Rules, known: Mapping[str, Cube]
) -> Cube:
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
    file = _file(name)
    if file not in files:
        raise AuditError(f"{where}: file [{file}] is missing from the release")
    cube = Cube(
        name=name, unit=_get(entry, "unit", str, where), dimensions=dimensions, categories=categories,
        method=str(entry["method"]), elastic=entry.get("class") == "elastic",
        sensitive=tuple(str(s) for s in entry.get("sensitive", [])), structural_zeros=zeros,
        left_out=tuple(str(p) for p in entry.get("left_out", [])), value={}, state={},
    )  # fmt: skip
    before = known.get(name)
    if before is not None and before.words == cube.words:
        return replace(cube, value=before.value, state=before.state)
    value, state = read_rows(
        files[file], file, dimensions, categories, is_rounded=entry["method"] == "rounding", base=rules.base
    )
    for period in cube.left_out:
        if period not in state or (state.pop(period) != WITHHELD).any():
            raise AuditError(f"{file}: period [{period}] is declared left out, and has other rows than [c]")
        del value[period]
    for period, states in state.items():
        blank = states == NO_ROW
        for zero in zeros:
            blank[tuple(categories[d].index(zero[d]) if d in zero else slice(None) for d in dimensions)] = (
                False
            )
        if blank.any():
            raise AuditError(
                f"{file}: {int(blank.sum())} cells have no row in period [{period}]; "
                "every margin is published"
            )
        unnamed = states == NO_ROW
        states[unnamed], value[period][unnamed] = EXACT, 0
    return replace(cube, value=value, state=state)


def sequence_of_releases(
    earlier: Sequence[Release | Mapping[str, bytes]], current: Release | Mapping[str, bytes]
) -> list[Release]:
    """Every release read, oldest first, the candidate last; what a release repeats of the one before is held
    once."""
    told: list[Release] = []
    for files in (*earlier, current):
        read = files if isinstance(files, Release) else read_release(files)
        told.append(_repeating(read, told[-1]) if told else read)
    return told


def _repeating(now: Release, before: Release) -> Release:
    """The release, with the very arrays of the one before where both say the same of a cube and period."""
    known = {c.name: c for c in before.cubes}
    cubes = []
    for cube in now.cubes:
        old = known.get(cube.name)
        if old is not None and (old.dimensions, old.categories) == (cube.dimensions, cube.categories):
            same = {
                p
                for p in cube.value.keys() & old.value.keys()
                if cube.value[p] is old.value[p]
                or ((cube.value[p] == old.value[p]).all() and (cube.state[p] == old.state[p]).all())
            }
            cube = replace(
                cube,
                value={p: old.value[p] if p in same else v for p, v in cube.value.items()},
                state={p: old.state[p] if p in same else v for p, v in cube.state.items()},
            )
        cubes.append(cube)
    return replace(now, cubes=tuple(cubes))
