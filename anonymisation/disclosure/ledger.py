"""The published ledger: every cell ever published or withheld, append-only, each line chained to the one
before.

Here: its lines, how they are added, read, chained and verified; pure functions over bytes. Not here: files
(the caller reads and writes them), what is done with the past (protection.py).

A line is one block: the cells of one unit and period in one release (a line per cell would be some thirty
times the size). It names the release, the vintage, the released files with their SHA-256, published values,
and keys of withheld and not available cells, which have no values. `hash` is the SHA-256 of the line without
it; `prev` is the hash before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anonymisation.disclosure.protection import Protected
from anonymisation.disclosure.refusal import DisclosureError

FORMAT = 1
GENESIS = "0" * 64
"""`prev` of the first line."""

LEDGER_FILE = "ledger.jsonl"

_FIELDS = (
    "format",
    "seq",
    "release",
    "vintage",
    "unit",
    "period",
    "files",
    "cells",
    "withheld",
    "unavailable",
    "prev",
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """The cells of one unit and period in one release."""

    release: str
    """Name of the release folder."""
    vintage: str
    """`first`, `provisional`, `final`, …"""
    unit: str
    period: str
    files: Mapping[str, str]
    """Per released file (path inside the releases folder, e.g. `2026-Q3/cubes/x.csv`) its SHA-256."""
    cells: Mapping[str, int]
    """Third part of the key → published value."""
    withheld: tuple[str, ...]
    unavailable: tuple[str, ...]

    def __repr__(self) -> str:
        name = f"release={self.release!r}, unit={self.unit!r}, period={self.period!r}"
        return f"Block({name}, cells={len(self.cells)})"

    def __post_init__(self) -> None:
        if not self.release or not self.vintage or not self.unit or not self.period:
            raise DisclosureError("a ledger block needs a release, a vintage, a unit and a period.")
        if any(value < 0 for value in self.cells.values()):
            raise DisclosureError("a ledger block holds a negative value.")
        listed = [*self.cells, *self.withheld, *self.unavailable]
        if len(set(listed)) != len(listed):
            raise DisclosureError("a ledger block holds a cell twice.")


def blocks_of(
    protected: Protected, *, release: str, vintage: str, files: Mapping[str, Mapping[str, bytes]]
) -> list[Block]:
    """Blocks of a protected release. `files`: per unit the released files (path inside the releases folder →
    bytes)."""
    blocks: dict[tuple[str, str], tuple[dict[str, int], list[str], list[str]]] = {}
    for key, value in protected.cells.items():
        unit, period, cell = key.split("|")
        published, withheld, _ = blocks.setdefault((unit, period), ({}, [], []))
        if value is None:
            withheld.append(cell)
        else:
            published[cell] = value
    for key in protected.unavailable:
        unit, period, cell = key.split("|")
        blocks.setdefault((unit, period), ({}, [], []))[2].append(cell)
    lacking = sorted({unit for unit, _ in blocks} - set(files))
    if lacking:
        raise DisclosureError(
            f"no released file was given for units {lacking}: the ledger must name the files of each."
        )
    return [
        Block(
            release=release,
            vintage=vintage,
            unit=unit,
            period=period,
            files={path: hashlib.sha256(data).hexdigest() for path, data in sorted(files[unit].items())},
            cells=dict(sorted(published.items())),
            withheld=tuple(sorted(withheld)),
            unavailable=tuple(sorted(unavailable)),
        )
        for (unit, period), (published, withheld, unavailable) in sorted(blocks.items())
    ]


def append_ledger(existing: bytes, blocks: Iterable[Block]) -> bytes:
    """The ledger with these blocks added. The lines that were there stay byte for byte; a broken chain is
    refused."""
    entries = _entries(existing)
    prev = entries[-1]["hash"] if entries else GENESIS
    seen = {(e["release"], e["vintage"], e["unit"], e["period"]) for e in entries}
    lines = []
    for seq, block in enumerate(blocks, start=len(entries) + 1):
        name = (block.release, block.vintage, block.unit, block.period)
        if name in seen:
            raise DisclosureError(
                f"release [{block.release}], vintage [{block.vintage}] of [{block.unit}|{block.period}] is "
                "in the ledger already. "
                "What is out is not written again: give the new figures a new vintage."
            )
        seen.add(name)
        body = {
            "format": FORMAT,
            "seq": seq,
            "release": block.release,
            "vintage": block.vintage,
            "unit": block.unit,
            "period": block.period,
            "files": dict(block.files),
            "cells": dict(block.cells),
            "withheld": list(block.withheld),
            "unavailable": list(block.unavailable),
            "prev": prev,
        }
        prev = _hash(body)
        lines.append(_text({**body, "hash": prev}))
    return existing + "".join(line + "\n" for line in lines).encode()


def read_ledger(data: bytes) -> list[Block]:
    """The blocks of a ledger, oldest first. Raises DisclosureError when its chain is broken."""
    return [
        Block(
            release=e["release"],
            vintage=e["vintage"],
            unit=e["unit"],
            period=e["period"],
            files=e["files"],
            cells=e["cells"],
            withheld=tuple(e["withheld"]),
            unavailable=tuple(e["unavailable"]),
        )
        for e in _entries(data)
    ]


def published_cells(blocks: Sequence[Block]) -> dict[str, int | None]:
    """Per canonical key the latest published value, None where withheld: what `protect` wants as its past."""
    cells: dict[str, int | None] = {}
    for block in blocks:
        head = f"{block.unit}|{block.period}|"
        cells.update({head + cell: value for cell, value in block.cells.items()})
        cells.update({head + cell: None for cell in block.withheld})
    return cells


def ledger_head(data: bytes) -> str:
    """Hash of the last line, to be written into a release's provenance: it fixes everything before it."""
    entries = _entries(data)
    return str(entries[-1]["hash"]) if entries else GENESIS


def verify_ledger(data: bytes, files: Mapping[str, bytes], *, head: str | None = None) -> list[str]:
    """What is wrong with a ledger and the released files it names; nothing: [].

    `files`: every cube file in the releases folder, path inside it → bytes. `head`: a hash written down
    elsewhere. Checked: each line's hash and its link to the one before; each file named is there with its
    SHA-256; each file there is named (so that lines cut off at the end are missed); the head still stands in
    the chain.
    """
    try:
        entries = _entries(data)
    except DisclosureError as broken:
        return [str(broken)]
    problems = []
    named: dict[str, str] = {}
    for entry in entries:
        for path, digest in entry["files"].items():
            if named.setdefault(path, digest) != digest:
                problems.append(
                    f"line [{entry['seq']}]: file [{path}] stands in the ledger with two different hashes."
                )
    for path, digest in named.items():
        if path not in files:
            problems.append(
                f"file [{path}] is in the ledger but missing from the folder. Restore it from the release's "
                "copy."
            )
        elif hashlib.sha256(files[path]).hexdigest() != digest:
            problems.append(
                f"file [{path}] is not the one that was published: its SHA-256 differs from the ledger's."
            )
    for path in sorted(set(files) - set(named)):
        problems.append(
            f"file [{path}] is in the folder but not in the ledger: lines are missing, or it was never "
            "released."
        )
    if head is not None and head != GENESIS and head not in {entry["hash"] for entry in entries}:
        problems.append(
            "the head written down elsewhere is not in this ledger: it was rewritten or cut short."
        )
    return problems


def _entries(data: bytes) -> list[dict[str, Any]]:
    prev = GENESIS
    entries: list[dict[str, Any]] = []
    if data and not data.endswith(b"\n"):
        raise DisclosureError("the ledger's last line is cut short. Restore it from the last release's copy.")
    for seq, line in enumerate(data.splitlines(), start=1):
        try:
            entry = json.loads(line)
            found = entry["hash"]
            is_whole = set(entry) == {*_FIELDS, "hash"} and entry["format"] == FORMAT
        except (ValueError, KeyError, TypeError):
            raise DisclosureError(
                f"ledger line [{seq}] cannot be read. Restore the ledger from the last release's copy."
            ) from None
        if not is_whole or _text(entry).encode() != line:
            raise DisclosureError(f"ledger line [{seq}] is not as it was written (format [{FORMAT}]).")
        if entry["seq"] != seq or entry["prev"] != prev or _hash_of_line(line) != found:
            raise DisclosureError(
                f"the ledger's chain is broken at line [{seq}]: a line was changed, removed or moved. "
                "Restore it from the last release's copy, and find out who changed it."
            )
        prev = found
        entries.append(entry)
    return entries


def _text(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def _hash_of_line(line: bytes) -> str:
    """The hash of what stands before it: it is the last of a line's entries."""
    body, _, _ = line.rpartition(b',"hash":')
    return hashlib.sha256(body + b"}").hexdigest()


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(body).encode()).hexdigest()
