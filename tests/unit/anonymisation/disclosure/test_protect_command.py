"""`tessera protect`: tables of any analyst in, protected tables out, and clear refusals."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from anonymisation.disclosure import DisclosureError
from pipelines.doors.attack import EXIT_HELD, attack_command
from pipelines.doors.protect import protect_command, run_protect

SEED = bytes(range(16))

COUNTS = b"""area,sex,n
north,f,1
north,m,12
south,f,22
south,m,31
west,f,17
west,m,9
"""


def table(text: str) -> dict[tuple[str, ...], tuple[str, str]]:
    rows = list(csv.reader(io.StringIO(text)))
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in rows[1:]}


def refusal(data: bytes, **options: object) -> str:
    with pytest.raises(DisclosureError) as refused:
        run_protect(data, seed=SEED, **options)  # type: ignore[arg-type]
    return str(refused.value)


def test_run_protect_when_rounding_then_every_margin_adds_up() -> None:
    text, said = run_protect(COUNTS, seed=SEED)
    got = {cell: int(value) for cell, (value, _) in table(text).items()}
    assert text.splitlines()[0] == "area,sex,n,marker"
    assert len(got) == 4 * 3
    for area in ("north", "south", "west", "all"):
        assert got[area, "f"] + got[area, "m"] == got[area, "all"]
    for sex in ("f", "m", "all"):
        assert got["north", sex] + got["south", sex] + got["west", sex] == got["all", sex]
    assert all(marker == ("0 to 4" if value == "0" else "") for value, marker in table(text).values())
    assert said.startswith("Protected [12] cells of area*sex by rounding")


def test_run_protect_when_suppressing_then_exact_or_marked() -> None:
    text, said = run_protect(COUNTS, seed=SEED, method="suppression")
    got = table(text)
    hidden = {cell for cell, (_, marker) in got.items() if marker == "[c]"}
    assert ("north", "f") in hidden and len(hidden) == 4
    assert all(got[cell] == ("", "[c]") for cell in hidden)
    assert got["all", "all"] == ("92", "") and got["north", "all"] == ("13", "")
    assert "Withheld [4] cells for [1] targets; all others are exact." in said


def test_run_protect_when_microdata_then_rows_are_counted() -> None:
    micro = b"area,sex\n" + b"north,f\n" * 5 + b"south,\n" * 10
    got = table(run_protect(micro, seed=SEED)[0])
    assert (
        got["north", "f"] == ("5", "")
        and got["south", "(blank)"] == ("10", "")
        and got["all", "all"] == ("15", "")
    )


def test_run_protect_when_margins_are_in_the_table_then_they_are_checked_and_not_counted_twice() -> None:
    with_total = COUNTS + b"Total,f,40\nTotal,Total,92\n"
    got = table(run_protect(with_total, seed=SEED, method="suppression")[0])
    assert got["all", "all"] == ("92", "")
    assert "[1] margins do not add up to their cells." in refusal(COUNTS + b"Total,f,41\n")


def test_run_protect_when_the_table_is_linked_margins_only_then_both_are_protected_together() -> None:
    linked = (
        b"area,sex,age,n\nx,f,all,3\nx,m,all,12\ny,f,all,11\ny,m,all,24\n"
        b"x,all,old,5\nx,all,young,10\ny,all,old,20\ny,all,young,15\n"
    )
    got = table(run_protect(linked, seed=SEED)[0])
    assert set(got) == {
        (a, s, "all") for a in ("x", "y", "all") for s in ("f", "m", "all")
    } | {(a, "all", g) for a in ("x", "y", "all") for g in ("old", "young", "all")}  # fmt: skip
    assert int(got["x", "f", "all"][0]) + int(got["x", "m", "all"][0]) == int(got["x", "all", "all"][0]) == 15


def test_run_protect_when_margins_are_asked_then_the_cross_is_added_up() -> None:
    cross = b"area,sex,age,n\n" + b"".join(
        f"{a},{s},{g},{5 * (i + 1)}\n".encode()
        for i, (a, s, g) in enumerate((a, s, g) for a in "xy" for s in "fm" for g in "oy")
    )
    got = table(run_protect(cross, seed=SEED, margins=(("area", "sex"), ("age",)))[0])
    assert got["x", "f", "all"] == ("15", "") and got["all", "all", "o"] == ("80", "") and len(got) == 9 + 2


def test_run_protect_when_a_column_is_left_out_then_it_is_summed_over() -> None:
    assert table(run_protect(b"a,b,n\nx,1,5\nx,2,10\ny,1,5\n", seed=SEED, dimensions=("a",))[0])[("x",)] == (
        "15",
        "",
    )
    assert table(run_protect(b"a,b,n\nx,1,5\nx,2,10\nx,all,15\n", seed=SEED, dimensions=("a",))[0])[
        ("x",)
    ] == ("15", "")


def test_run_protect_when_words_hold_the_signs_of_keys_then_they_come_back_unchanged() -> None:
    got = table(run_protect(b"value,n\nWhite; British,5\nA|B=C,10\n", seed=SEED)[0])
    assert got == {("White; British",): ("5", ""), ("A|B=C",): ("10", ""), ("all",): ("15", "")}


def test_protect_command_when_hierarchies_and_out_are_given_then_groups_are_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_bytes(b"age,count\n10,5\n11,10\n12,20\n13,5\n")
    (tmp_path / "h.json").write_text(json.dumps({"age": {"young": {"child": ["10", "11"], "teen": ["12"]}}}))
    out = tmp_path / "out.csv"
    protect_command(tmp_path / "t.csv", out=out, hierarchies=tmp_path / "h.json")
    got = table(out.read_text())
    assert got[("child",)] == ("15", "") and got[("young",)] == ("35", "") and got[("all",)] == ("40", "")
    captured = capsys.readouterr()
    assert captured.out == "" and "publish one run only" in captured.err


@pytest.mark.parametrize(
    ("data", "options", "text"),
    [
        (b"", {}, "the table is empty."),
        (b"a,n\n", {}, "the table has a header and no row."),
        (b"a,n\nx,1\ny\n", {}, "[1] rows have more or fewer cells than the header's [2]."),
        (b"a,a\nx,1\n", {}, "the header row has an empty name, or one twice."),
        (b"a,n\nx,-1\n", {}, "[1] counts in [n] are negative."),
        (
            b"a,n\nx,1.5\ny,[c]\n",
            {},
            "[2] counts in [n] are not whole numbers. Name the column of counts with --count; a table that "
            "is protected "
            "already cannot be protected again.",
        ),
        (
            b"a,n\nx,\n",
            {},
            "[1] counts in [n] are empty. Protection needs the true counts: write 0 for none.",
        ),
        (
            b"a,n\nx,1\nall,1\n,1\n",
            {},
            "column [a] is empty in [1] rows. Write a margin as `all`, and what is not known as a category.",
        ),
        (
            b"a,n\nx,1\nx,2\n",
            {},
            "[2] rows name the same cell. Name every column that tells them apart with --dimensions, or add "
            "them up first.",
        ),
        (b"a,n,count\nx,1,2\n", {}, "columns ['n', 'count'] might all be the counts: name one with --count."),
        (b"a,n\nx,1\n", {"count": "m"}, "there is no column [m]; the table has ['a', 'n']."),
        (b"a,n\nx,1\n", {"dimensions": ("b",)}, "there are no columns ['b']; the table has ['a', 'n']."),
        (
            b"a,n\nx,1\n",
            {"margins": (("b",),)},
            "--margins names ['b'], which are not among the dimensions ['a'].",
        ),
        (
            b"a,n\nx,1\n",
            {"groups": {"a": (("g", ("x", "z")),)}},
            "hierarchies of [a] name [1] categories that the table does not hold: ['z'].",
        ),
        (
            b"a,n\nx,1\n",
            {"zeros": "published"},
            "rounding cannot show true zeros: a small count rounded to 0 would then be read as 1 to 4. Leave "
            "--zeros out, "
            "or use --method suppression.",
        ),
        (b"a,n\nx,1\n", {"margins": (("a", "a"),)}, "--margins names ['a'] twice in one table."),
        (b"a\nall\n", {}, "column [a] holds the category [all], a word for a margin. Rename it."),
        (b"a\nx\nTotal\n", {}, "column [a] holds the category [Total], a word for a margin. Rename it."),
        (
            b"a,n\nx,1\nTotal,2\nevery,3\n",
            {"total": "every"},
            "column [a] holds the category [Total], a word for a margin. Rename it.",
        ),
    ],
)
def test_run_protect_when_input_is_bad_then_refused(
    data: bytes, options: dict[str, object], text: str
) -> None:
    assert refusal(data, **options) == text


def test_run_protect_when_two_columns_bear_names_of_counts_then_the_one_of_numbers_holds_them() -> None:
    got = table(run_protect(b"n,freq\nnorth,5\nsouth,10\n", seed=SEED)[0])
    assert got == {("north",): ("5", ""), ("south",): ("10", ""), ("all",): ("15", "")}


def test_protect_command_when_hierarchies_are_yaml_then_every_word_is_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"code,n\n007,5\n7,10\nno,20\nyes,5\n")
    (tmp_path / "h.yaml").write_text("code: {numbers: [007, 7], said: [no, yes], both: [7, {late: [no]}]}")
    protect_command(tmp_path / "t.csv", out=tmp_path / "out.csv", hierarchies=tmp_path / "h.yaml")
    got = table((tmp_path / "out.csv").read_text())
    assert [got[(g,)][0] for g in ("numbers", "said", "both", "late")] == ["15", "25", "30", "20"]
    assert attack_command([tmp_path / "out.csv"], hierarchies=tmp_path / "h.yaml", base=5) == EXIT_HELD


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({}, "tessera attack TABLE --base 5"),
        ({"base": 3, "threshold": 3}, "tessera attack TABLE --threshold 3 --base 3"),
        ({"method": "suppression", "zeros": "hidden"}, "tessera attack TABLE --zeros hidden"),
        ({"method": "suppression", "groups": {"area": (("rest", ("south", "west")),)}},
         "tessera attack TABLE --hierarchies FILE"),
    ],
)  # fmt: skip
def test_run_protect_when_done_then_it_says_how_to_attack_it(
    options: dict[str, object], command: str
) -> None:
    _, said = run_protect(COUNTS, seed=SEED, **options)  # type: ignore[arg-type]
    assert said.splitlines()[-1].startswith(f"Attack it before you publish it ({command}), and ")


def test_run_protect_when_an_identifier_is_taken_for_a_dimension_then_refused() -> None:
    rows = "".join(f"id{i},area{i % 400},x{i % 7}\n" for i in range(1000))
    assert refusal(f"id,area,kind\n{rows}".encode()) == (
        "columns ['id'] have another value in every row, so they tell records apart and are no dimensions. "
        "Name the columns to keep with --dimensions; if the table holds counts, name their column with "
        "--count."
    )
    assert "an identifier is no dimension" in refusal(
        f"id,area,kind\n{rows}".encode(), dimensions=("id", "area", "kind")
    )


SAME = "area,sex,n\nnorth,f,12\nnorth,m,1003\nsouth,f,40\nsouth,m,25\n"


@pytest.mark.parametrize(
    "written",
    [
        SAME.replace("1003", '"1,003"'),
        SAME.replace("1003", "1003.0"),
        SAME.replace(",n\n", ",Women and men\n"),
        SAME.replace(",", ";"),
        SAME.replace(",", "\t"),
        SAME.replace("\nsouth,f", "\n\n,,\nsouth,f"),
        "\ufeff" + SAME,
        SAME + "north,,1015\nsouth,,65\n,f,52\n,m,1028\n,,1080\n",
        SAME + "north,Total,1015\nGrand total,All,1080\n",
        SAME + "Total,,1080\n",
    ],
)
def test_run_protect_when_the_same_table_is_written_otherwise_then_the_same_counts_are_protected(
    written: str,
) -> None:
    def cells(text: str) -> list[list[str]]:
        return sorted(line.split(",") for line in text.splitlines()[1:])

    assert cells(run_protect(written.encode(), seed=SEED)[0]) == cells(
        run_protect(SAME.encode(), seed=SEED)[0]
    )


def test_run_protect_when_the_file_is_of_a_spreadsheet_then_its_words_are_read() -> None:
    text, _ = run_protect("région,n\nCôte,12\nSud,3\n".encode("cp1252"), seed=SEED)
    assert {line.split(",")[0] for line in text.splitlines()} == {"région", "Côte", "Sud", "all"}


def test_run_protect_when_the_counts_bear_no_usual_name_then_it_says_what_was_read() -> None:
    _, said = run_protect(SAME.replace(",n\n", ",Victims\n").encode(), seed=SEED)
    assert "Column [Victims] was read as the counts (say --count if it is another)." in said
    _, said = run_protect(SAME.encode(), seed=SEED)
    assert "was read as the counts" not in said


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("area,f,m\nnorth,12,3\nsouth,40,25\n",
         "columns ['f', 'm'] all hold whole numbers. A table must have one row per cell and one column of "
         "counts: write a column per category as rows, or name the counts with --count."),
        ("area,n,share\nnorth,12,80%\nsouth,3,20%\n",
         "columns ['share'] hold percentages or decimals, which are no categories. Name the columns to keep "
         "with --dimensions, and compute rates from the protected counts."),
    ],
)  # fmt: skip
def test_run_protect_when_columns_are_no_categories_then_refused(written: str, text: str) -> None:
    assert refusal(written.encode()) == text


def test_protect_command_when_refused_then_exit_2_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,n\nsecret,-3\n")
    with pytest.raises(SystemExit) as stopped:
        protect_command(tmp_path / "t.csv", out=tmp_path / "out.csv")
    assert stopped.value.code == 2
    captured = capsys.readouterr()
    assert captured.err == "Nothing was written: [1] counts in [n] are negative.\n" and captured.out == ""
    assert not (tmp_path / "out.csv").exists()


def test_protect_command_when_the_file_is_not_there_then_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        protect_command(tmp_path / "none.csv")
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith("cannot be read: No such file or directory.\n")
