"""The committed sample is what ``python -m data.synthesise`` writes.

Compressed files are compared by what they unpack to: another build of zlib may pack the same text into
other bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

from data.synthesise.__main__ import DEFAULT_OUT, write_sample
from data.synthesise.broken import broken_deliveries
from data.synthesise.sample import build_sample
from schemas.rules import RULES, Severity

MOST_BYTES = 12_000_000
"""The sample is committed: a limit agreed for the repository."""


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return build_sample()


def _committed() -> dict[str, bytes]:
    return {
        p.relative_to(DEFAULT_OUT).as_posix(): p.read_bytes()
        for p in sorted(DEFAULT_OUT.rglob("*"))
        if p.is_file()
    }


def _unpacked(name: str, data: bytes) -> object:
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {part: hashlib.sha256(archive.read(part)).hexdigest() for part in archive.namelist()}
    if name.endswith("manifest.json"):
        content = json.loads(data)
        packed = {n for n in content.get("files", {}) if n.endswith(".xlsx")}
        return content | {
            "files": {n: "packed" if n in packed else h for n, h in content.get("files", {}).items()}
        }
    return data


def test_sample_when_made_again_then_is_what_is_committed(made: dict[str, bytes]) -> None:
    committed = _committed()

    assert sorted(made) == sorted(committed)
    assert [n for n in made if _unpacked(n, made[n]) != _unpacked(n, committed[n])] == []


def test_sample_when_weighed_then_is_small_enough_to_commit() -> None:
    assert sum(map(len, _committed().values())) <= MOST_BYTES


def test_manifests_when_compared_then_name_the_bytes_beside_them() -> None:
    committed = _committed()
    deliveries = [n for n in committed if n.endswith("manifest.json") and not n.startswith("broken/")]
    wrong = []
    for manifest in deliveries:
        folder = manifest.rsplit("/", 1)[0]
        for name, sha in json.loads(committed[manifest]).get("files", {}).items():
            if hashlib.sha256(committed[f"{folder}/{name}"]).hexdigest() != sha:
                wrong.append(manifest)

    assert len(deliveries) > 80
    assert wrong == []


def test_dirt_when_listed_then_every_rule_of_rows_has_one(made: dict[str, bytes]) -> None:
    listed = {line.rsplit(",", 1)[1] for line in made["dirt.csv"].decode().splitlines()[1:]}

    assert listed == {rule_id for rule_id, rule in RULES.items() if rule.severity is not Severity.STOP}


def test_broken_when_listed_then_every_rule_that_stops_a_file_has_one(made: dict[str, bytes]) -> None:
    stops = {rule_id for rule_id, rule in RULES.items() if rule.severity is Severity.STOP}

    assert set(broken_deliveries(made)) - {"file_missing"} == stops


def test_left_out_when_counted_then_at_least_97_of_100_rows_are_good(made: dict[str, bytes]) -> None:
    left_out = {
        tuple(line.split(",")[:5]) for line in made["truth/quarantined.csv"].decode().splitlines()[1:]
    }
    rows: defaultdict[str, int] = defaultdict(int)
    for line in made["truth/deliveries.csv"].decode().splitlines()[1:]:
        agency, *_, n = line.split(",")
        rows[agency] += int(n or 0)

    assert {
        a: sum(1 for place in left_out if place[0] == a) / n <= 0.03 for a, n in rows.items()
    } == dict.fromkeys(rows, True)


def test_canaries_when_searched_then_stand_in_every_agency_that_sends_identity(
    made: dict[str, bytes],
) -> None:
    surnames = [line.split(",")[2] for line in made["truth/canaries.csv"].decode().splitlines()[1:]]
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, data in made.items():
        agency = name.split("/")[0]
        if agency in ("truth", "broken") or name.endswith("manifest.json"):
            continue
        text = data.upper()
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                text = b"".join(archive.read(part) for part in archive.namelist()).upper()
        found[agency] |= {s for s in surnames if s.upper().encode() in text}

    assert {a: len(s) for a, s in found.items() if s} == dict.fromkeys(
        ("isva", "police", "probation", "sarc"), len(surnames)
    )


def test_write_when_the_folder_is_somebodys_own_then_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("mine")

    with pytest.raises(SystemExit, match="holds files and is no sample"):
        write_sample(tmp_path)

    assert own.read_text() == "mine"
