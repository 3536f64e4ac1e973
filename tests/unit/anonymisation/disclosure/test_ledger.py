"""The published ledger: appended, chained, verified."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import polars as pl
import pytest

from anonymisation.disclosure import (
    Block,
    Cube,
    DisclosureError,
    append_ledger,
    blocks_of,
    protect,
    published_cells,
    read_ledger,
    verify_ledger,
)
from anonymisation.disclosure.ledger import GENESIS, ledger_head

CSV = b"period,sex,value,marker\n2026-Q3,f,5,\n"
PATH = "2026-Q3/cubes/c.csv"
BLOCK = Block(
    release="2026-Q3",
    vintage="first",
    unit="incident",
    period="2026-Q3",
    files={PATH: "68a1b1ab1d9b8b7a4bb5c6f4a4d5b1c9e1c2d6a5f4b3c2d1e0f9a8b7c6d5e4f3"},
    cells={"sex=f": 5, "": 10},
    withheld=("sex=m",),
    unavailable=("sex=x",),
)


def made() -> tuple[bytes, dict[str, bytes]]:
    import hashlib

    first = replace(BLOCK, files={PATH: hashlib.sha256(CSV).hexdigest()})
    later = replace(
        first,
        release="2026-Q4",
        period="2026-Q4",
        files={"2026-Q4/cubes/c.csv": hashlib.sha256(b"x").hexdigest()},
    )
    return append_ledger(append_ledger(b"", [first]), [later]), {PATH: CSV, "2026-Q4/cubes/c.csv": b"x"}


def test_append_ledger_when_blocks_are_added_then_old_lines_stay_and_are_read_back() -> None:
    one = append_ledger(b"", [BLOCK])
    two = append_ledger(one, [replace(BLOCK, vintage="final")])
    assert two.startswith(one)
    assert read_ledger(two) == [BLOCK, replace(BLOCK, vintage="final")]


def test_ledger_when_a_cell_is_withheld_then_no_value_is_written() -> None:
    entry = json.loads(append_ledger(b"", [BLOCK]))
    assert entry["withheld"] == ["sex=m"] and "sex=m" not in entry["cells"]
    assert entry["prev"] == GENESIS and entry["hash"] == ledger_head(append_ledger(b"", [BLOCK]))


def test_append_ledger_when_the_same_vintage_is_added_again_then_refused() -> None:
    with pytest.raises(DisclosureError) as refusal:
        append_ledger(append_ledger(b"", [BLOCK]), [BLOCK])
    assert str(refusal.value) == (
        "release [2026-Q3], vintage [first] of [incident|2026-Q3] is in the ledger already. What is out is "
        "not written "
        "again: give the new figures a new vintage."
    )


def test_published_cells_when_restated_then_the_latest_stands() -> None:
    restated = replace(
        BLOCK, release="2027-Q3", vintage="final", cells={"sex=f": 10}, withheld=(), unavailable=()
    )
    assert published_cells([BLOCK, restated]) == {
        "incident|2026-Q3|sex=f": 10, "incident|2026-Q3|": 10, "incident|2026-Q3|sex=m": None,
    }  # fmt: skip


def test_verify_ledger_when_nothing_was_touched_then_no_problem() -> None:
    data, files = made()
    assert verify_ledger(data, files, head=ledger_head(data)) == []


@pytest.mark.parametrize("at", [0, 1])
def test_verify_ledger_when_any_value_is_changed_then_the_line_is_named(at: int) -> None:
    data, files = made()
    lines = data.decode().splitlines()
    lines[at] = lines[at].replace('"sex=f":5', '"sex=f":6')
    (problem,) = verify_ledger(("\n".join(lines) + "\n").encode(), files)
    assert problem.startswith(
        f"the ledger's chain is broken at line [{at + 1}]: a line was changed, removed or moved."
    )


def test_verify_ledger_when_every_byte_is_flipped_in_turn_then_always_found() -> None:
    data, files = made()
    for i in range(0, len(data), 7):
        broken = data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :]
        assert verify_ledger(broken, files), f"byte {i} was changed unseen"


def test_verify_ledger_when_the_first_line_is_removed_then_found() -> None:
    data, files = made()
    assert "chain is broken at line [1]" in verify_ledger(data.split(b"\n", 1)[1], files)[0]


def test_verify_ledger_when_the_end_is_cut_off_then_the_orphan_file_and_the_head_tell() -> None:
    data, files = made()
    cut = data.split(b"\n", 1)[0] + b"\n"
    assert verify_ledger(cut, files, head=ledger_head(data)) == [
        "file [2026-Q4/cubes/c.csv] is in the folder but not in the ledger: lines are missing, or it was "
        "never released.",
        "the head written down elsewhere is not in this ledger: it was rewritten or cut short.",
    ]


def test_verify_ledger_when_a_released_file_is_changed_or_lost_then_found() -> None:
    data, files = made()
    assert verify_ledger(data, {**files, PATH: CSV + b" "}) == [
        f"file [{PATH}] is not the one that was published: its SHA-256 differs from the ledger's."
    ]
    del files[PATH]
    assert verify_ledger(data, files) == [
        f"file [{PATH}] is in the ledger but missing from the folder. Restore it from the release's copy."
    ]


def test_read_ledger_when_it_is_not_text_of_ours_then_refused_without_its_content() -> None:
    with pytest.raises(DisclosureError, match=re.escape("ledger line [1] cannot be read.")) as refusal:
        read_ledger(b'{"secret": 4}\n')
    assert "secret" not in str(refusal.value)


def test_blocks_of_when_a_release_is_protected_then_every_cell_is_in_one_block() -> None:
    cube = Cube(
        name="c", unit="incident", dimensions=("sex",), categories={"sex": ("f", "m")}, method="suppression"
    )
    counts = {"c": pl.DataFrame({"period": ["2026-Q3"] * 2, "sex": ["f", "m"], "n": [1, 20]})}
    protected = protect([cube], counts, seed=bytes(range(16)))
    (block,) = blocks_of(protected, release="2026-Q3", vintage="first", files={"incident": {PATH: CSV}})
    assert block.cells == {"": 21} and block.withheld == ("sex=f", "sex=m")
    assert published_cells(read_ledger(append_ledger(b"", [block]))) == protected.cells


def test_blocks_of_when_no_file_is_given_for_a_unit_then_refused() -> None:
    cube = Cube(name="c", unit="incident", dimensions=("sex",), categories={"sex": ("f", "m")})
    counts = {"c": pl.DataFrame({"period": ["2026-Q3"], "sex": ["f"], "n": [20]})}
    with pytest.raises(DisclosureError, match=re.escape("no released file was given for units ['incident']")):
        blocks_of(protect([cube], counts, seed=bytes(range(16))), release="r", vintage="first", files={})
