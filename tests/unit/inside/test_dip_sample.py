"""The dip sample: who is drawn, that it can be drawn again, a form that runs nothing, and its counts."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.inside.dip_sample import allocate, draw, form, standards, summarise
from pipelines.inside.own_file import InsideError, OwnFile, read_own
from pipelines.registers.checking import Checker
from pipelines.registers.entry import to_csv
from pipelines.registers.title import TitleScreen
from schemas.duties import duties
from schemas.quarters import Quarter
from schemas.registers import duties_of_kinds
from tests.conftest import ROOT

Q = Quarter.parse("2026-Q3")
TODAY = date(2026, 11, 20)


def _cases(**sizes: int) -> OwnFile:
    rows = [(f"{name}-{i:03}", name) for name, size in sizes.items() for i in range(size)]
    return OwnFile(header=("ref", "team"), rows=tuple((i, row) for i, row in enumerate(rows, start=2)))


@pytest.mark.parametrize(("sizes", "n", "expected"), [
    ({"a": 50, "b": 30, "c": 20}, 10, {"a": 5, "b": 3, "c": 2}),
    ({"a": 97, "b": 2, "c": 1}, 10, {"a": 8, "b": 1, "c": 1}),
    ({"a": 5, "b": 5, "c": 5}, 4, {"a": 1, "b": 1, "c": 2}),
    ({"a": 3, "b": 2}, 5, {"a": 3, "b": 2}),
    ({"a": 3, "b": 2}, 9, {"a": 3, "b": 2}),
    ({"a": 1, "b": 1, "c": 1}, 3, {"a": 1, "b": 1, "c": 1}),
])
def test_allocation_when_worked_by_hand_then_equal(sizes: dict[str, int], n: int,
                                                   expected: dict[str, int]) -> None:
    assert allocate(sizes, n) == expected


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 400), min_size=1,
                       max_size=9), st.integers(1, 200))
def test_allocation_when_any_then_sums_to_n_with_one_each_and_never_more_than_there_are(
    sizes: dict[str, int], n: int
) -> None:
    if n < len(sizes):
        with pytest.raises(InsideError):
            allocate(sizes, n)
        return
    drawn = allocate(sizes, n)
    assert sum(drawn.values()) == min(n, sum(sizes.values()))
    assert all(1 <= drawn[name] <= size for name, size in sizes.items())
    total = sum(sizes.values())
    above = [name for name in sizes if drawn[name] > 1]
    assert all(drawn[name] < n * sizes[name] / total + 1 for name in above)


def test_sample_when_drawn_again_in_another_order_then_the_same_and_another_seed_draws_others() -> None:
    own = _cases(north=60, south=30, west=10)
    turned = OwnFile(header=own.header, rows=tuple(reversed(own.rows)))
    first = draw(own, n=20, seed=7, by=1, reference=0)
    assert first.cases == draw(turned, n=20, seed=7, by=1, reference=0).cases
    assert first.cases != draw(own, n=20, seed=8, by=1, reference=0).cases
    assert first.sizes == ((60, 12), (30, 6), (10, 2))
    assert len(set(first.cases)) == 20


def test_sample_when_a_case_has_several_rows_then_it_is_one_case() -> None:
    rows = ((2, ("1", "b")), (3, ("1", "a")), (4, ("2", "b")), (5, ("", "b")))
    own = OwnFile(header=("ref", "team"), rows=rows)
    sample = draw(own, n=2, seed=1, by=1, reference=0)
    assert (sample.cases, sample.sizes, sample.n_repeated) == ((("1", 1), ("2", 2)), ((1, 1), (1, 1)), 1)


def test_sample_when_every_case_is_as_likely_then_none_is_favoured() -> None:
    own = _cases(only=20)
    seen = [ref for seed in range(400) for ref, _ in draw(own, n=5, seed=seed, by=1, reference=0).cases]
    times = [seen.count(f"only-{i:03}") for i in range(20)]
    assert min(times) > 60 and max(times) < 140  # 100 expected, standard deviation 8.7


@pytest.mark.parametrize("n", [0, 2])
def test_sample_when_too_small_for_its_strata_then_said(n: int) -> None:
    with pytest.raises(InsideError):
        draw(_cases(a=3, b=3, c=3), n=n, seed=1, by=1, reference=0)


def test_standards_when_listed_then_each_names_clauses_that_exist() -> None:
    named = {duty for duty, found in duties_of_kinds().items() if "dip_samples" in found}
    assert named <= set(duties())
    assert "W26" in named
    assert len(standards()) >= 10


def test_form_when_a_reference_is_a_formula_then_defused() -> None:
    own = OwnFile(header=("ref", "team"), rows=((2, ("=1+1", "a")), (3, ("@SUM(A1)", "a"))))
    lines = form(draw(own, n=2, seed=1, by=1, reference=0))
    assert sorted(line[0] for line in lines[1:]) == ["'=1+1", "'@SUM(A1)"]


def _filled(*answers: str) -> OwnFile:
    header = ("Case reference", "Stratum", *(label for _, label in standards()))
    return OwnFile(header=header, rows=tuple(
        (i, (f"c{i}", "1", answer, *("" for _ in standards()[1:]))) for i, answer in enumerate(answers, 2)))


def test_form_when_filled_in_then_counts_load_as_a_file_of_the_register() -> None:
    entries = summarise(_filled("met", "MET ", "not met", "not applicable", ""), agency="sarc", quarter=Q,
                        owner="quality_lead", today=TODAY)
    assert [(e.topic, e.n, e.of_n) for e in entries] == [(standards()[0][0], 2.0, 3.0)]
    checker = Checker(agencies=("sarc",), titles=TitleScreen.of([], []), today=TODAY)
    assert checker.check("dip.csv", to_csv(entries)) == (entries, [])


def test_form_when_an_answer_is_none_of_the_three_then_its_place_and_not_its_text_is_said() -> None:
    with pytest.raises(InsideError, match=r"Row \[3\], column \[C\]") as caught:
        summarise(_filled("met", "Quillfeather"), agency="sarc", quarter=Q, owner="quality_lead", today=TODAY)
    assert "Quillfeather" not in str(caught.value)
    with pytest.raises(InsideError, match="no answer"):
        summarise(_filled("", "not applicable"), agency="sarc", quarter=Q, owner="quality_lead", today=TODAY)


@pytest.mark.parametrize(("references", "message"), [
    (("A1", "A1"), "Row [3]: its case stands on row [2] already, and would be counted twice. Leave one of "
                   "them."),
    (("A1", " "), "Row [3] holds answers and no case reference. Fill it in, or empty the row."),
])
def test_form_when_a_case_stands_twice_or_nameless_then_refused(
    references: tuple[str, str], message: str
) -> None:
    filled = _filled("met", "met")
    rows = tuple((row, (reference, *cells[1:]))
                 for (row, cells), reference in zip(filled.rows, references, strict=True))
    own = replace(filled, rows=rows)
    with pytest.raises(InsideError) as caught:
        summarise(own, agency="sarc", quarter=Q, owner="quality_lead", today=TODAY)
    assert str(caught.value) == message


def test_form_when_a_column_was_renamed_then_refused_by_its_name() -> None:
    filled = _filled("met")
    with pytest.raises(InsideError, match=r"\[0\] columns are called \[Needs assessed"):
        summarise(replace(filled, header=(*filled.header[:2], "Assessed?", *filled.header[3:])),
                  agency="sarc", quarter=Q, owner="quality_lead", today=TODAY)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_command_when_run_from_file_to_counts_then_reproducible_and_silent_about_cases(
    tmp_path: Path, suffix: str
) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("ref,team\n" + "".join(f"CASE{i},{'ab'[i % 2]}\n" for i in range(40)))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "pipelines.doors.cli", "dip-sample", *arguments,
                               "--agency", "sarc"], cwd=ROOT, capture_output=True, text=True, timeout=120,
                              check=False)

    first, second = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    drawn = [run(str(cases), "--n", "10", "--seed", "3", "--by", "team", "--out", str(path))
             for path in (first, second)]
    assert [p.returncode for p in drawn] == [0, 0], drawn[0].stderr
    assert first.read_bytes() == second.read_bytes()
    assert "10] cases drawn from [40], by stratum: 5 of 20, 5 of 20" in drawn[0].stdout
    assert len(read_own(first).rows) == 10
    assert run(str(cases), "--by", "team", "--out", str(first)).returncode == 2
    if suffix == "csv":
        with first.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        with first.open("w", newline="") as file:
            csv.writer(file).writerows([lines[0], *([*line[:2], "met", *line[3:]] for line in lines[1:])])
        out = tmp_path / "counts.csv"
        counted = run("--summarise", str(first), "--quarter", "2026-Q3", "--out", str(out))
        assert counted.returncode == 0, counted.stderr
        assert "CASE" not in out.read_text() + counted.stdout + drawn[0].stdout
        assert ",10,10" in out.read_text()
