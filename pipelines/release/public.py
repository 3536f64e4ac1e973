"""The public release: a smaller folder, every cell of which the board's release has published.

What belongs here: which rows of which tables are public, and the gate that lets nothing else through. What
does not: the decision (``schemas.publication``), the folder (``pipelines.steps.publish``) and its approval
(``sign_off.py``).

The published ledger is the yardstick: a cell that it does not hold with the same value, withheld where it is
withheld, is rejected. Nothing new is told, so whatever the attack on the board's release could not narrow, a
reader of the public one cannot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from anonymisation.disclosure import published_cells, read_ledger
from pipelines.release.files import is_told, keyed
from pipelines.release.provenance import to_json
from pipelines.store.releases import ReleaseError
from schemas.measures.dimensions import ALL
from schemas.publication import Publication

AUDIENCE = "public"
STAYS_WITH_THE_BOARD = ("submissions", "key_check_values", "registers")
"""Parts of the provenance that a public release does not repeat."""
NEVER_PUBLISHED = -1
"""Beside published values, which are 0 or more, or None where withheld."""


def public_files(board: Mapping[str, bytes], publication: Publication, *, name: str) -> dict[str, bytes]:
    """The files of a public release, from those of the approved release for the board.

    Tables: the cubes that the decision names, with margins over every dimension that it does not keep.

    Raises:
        ReleaseError: the board's release holds none of the tables that the decision names.
    """
    system = json.loads(board["systems.json"])
    files: dict[str, bytes] = {}
    cubes: list[dict[str, Any]] = []
    for cube in system["cubes"]:
        kept = publication.cubes.get(cube["name"].split(".")[0])
        path = f"cubes/{cube['name']}.csv"
        if kept is None or not set(kept) <= set(cube["dimensions"]):
            continue
        files[path] = _margins(board[path], tuple(cube["dimensions"]), kept)
        cubes.append(cube | {"dimensions": list(kept), "categories": {d: cube["categories"][d] for d in kept},
                             "sensitive": []})
    if not files:
        raise ReleaseError("The board's release holds none of the tables that [publication.yaml] names. "
                           "Correct the names there.")
    units = {cube["unit"] for cube in cubes}
    tied = [tie for tie in system["ties"] if {s["unit"] for s in (tie["left"], *tie["right"])} <= units]
    files["systems.json"] = to_json(system | {"cubes": cubes, "ties": tied})
    files["coverage.csv"] = board["coverage.csv"]
    files["ranges.csv"] = _ranges(board["ranges.csv"], publication)
    files["release.json"] = to_json(_meta(json.loads(board["release.json"]), publication, name))
    return files


def _read(content: bytes) -> pl.DataFrame:
    """A published table, every cell as text."""
    return pl.read_csv(content, infer_schema=False, empty_string_is_null=False)


def _margins(content: bytes, dimensions: tuple[str, ...], kept: tuple[str, ...]) -> bytes:
    """A table without the dimensions that stay with the board: the rows that are margins over them."""
    frame = _read(content)
    for dimension in dimensions:
        if dimension not in kept:
            frame = frame.filter(pl.col(dimension) == ALL)
    return frame.select("period", *kept, "value", "marker").write_csv().encode()


def _ranges(content: bytes, publication: Publication) -> bytes:
    frame = _read(content)
    pairs = [f"{cube}.{dimension}" for cube, kept in publication.cubes.items() for dimension in kept]
    told = pl.concat_str("measure", "dimension", separator=".").is_in(pairs)
    return frame.filter(told).write_csv().encode()


def _meta(board: dict[str, Any], publication: Publication, name: str) -> dict[str, Any]:
    """``release.json`` of the public release: whose figures these are, without the list of deliveries."""
    provenance = {k: v for k, v in board["provenance"].items() if k not in STAYS_WITH_THE_BOARD}
    return board | {
        "release": name, "audience": AUDIENCE, "of_release": board["release"], "status": "candidate",
        "made_by": None, "approved_by": None, "approved_on": None, "log": [], "licence": publication.licence,
        "decided_by": publication.decided_by, "decided_on": publication.decided_on.isoformat(),
        "provenance": provenance,
    }


def check_public(files: Mapping[str, bytes], ledger: bytes) -> None:
    """Let a public release through only if each of its cells was published to the board.

    Raises:
        ReleaseError: cells differ from what was published, or were never; how many, and in which table first.
    """
    known = published_cells(read_ledger(ledger))
    wrong: dict[str, int] = {}
    for cube in json.loads(files["systems.json"])["cubes"]:
        frame = _read(files[f"cubes/{cube['name']}.csv"])
        told = frame.filter(is_told(cube)).with_columns(
            pl.col("value").cast(pl.Int64, strict=False).alias("n"))
        silent = frame.filter(~is_told(cube), pl.col("value") != "").height
        n = silent + sum(known.get(key, NEVER_PUBLISHED) != value for key, value in
                         keyed(told, cube["unit"], tuple(cube["dimensions"])).iter_rows())
        if n:
            wrong[cube["name"]] = n
    named = {f"cubes/{cube['name']}.csv" for cube in json.loads(files["systems.json"])["cubes"]}
    wrong |= {path: 1 for path in files if path.startswith("cubes/") and path not in named}
    if wrong:
        raise ReleaseError(
            f"No public release was made: [{sum(wrong.values())}] figures are not as they were published to "
            f"the board, first in [{next(iter(wrong))}]. A public release holds nothing else.")
