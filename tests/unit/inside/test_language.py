"""The screen for blaming words: what is found, what is a likely false alarm, what comes out, and what never
does."""

from __future__ import annotations

import csv
import os
import pty
import re
import select
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from pipelines.doors.screen import ask, prepared
from pipelines.inside.language import Answer, Likely, counts, flags_of, result_of, screen, terms
from pipelines.inside.own_file import InsideError, OwnFile, read_own
from pipelines.registers.checking import Checker
from pipelines.registers.entry import to_csv
from pipelines.registers.title import TitleScreen
from schemas.codelists import rows
from schemas.quarters import Quarter
from schemas.registers import kinds
from tests.conftest import ROOT

Q = Quarter.parse("2026-Q3")
TODAY = date(2026, 11, 20)
SECRET = "Quillfeather"


def _found(text: str) -> list[tuple[str, Likely]]:
    return [(flag.term.code, flag.likely) for flag in flags_of(text, row=2, column=0)]


@pytest.mark.parametrize(("text", "term"), [
    ("She failed to engage with the service.", "failed_to_engage"),
    ("Victim ALLEGES that he hit her", "alleges"),
    ("He is hard to reach.", "hard_to_reach"),
    ("there was a domestic dispute at home", "domestic_row"),
    ("She put herself at risk by going", "put_self_at_risk"),
    ("risky behaviour noted", "risky"),
    ("this is historic abuse", "historic"),
    ("got herself raped", "was_raped_self"),
    ("had sex with a child", "sex_with_child"),
    ("known to be promiscuous", "promiscuous"),
    ("he dropped out of support", "dropped_out"),
    ("She should have left him", "should_have"),
])
def test_text_when_a_term_stands_in_it_then_flagged(text: str, term: str) -> None:
    assert _found(text) == [(term, Likely.NOTHING)]


@pytest.mark.parametrize("text", [
    "She attended every session and set her own goals.", "Historic England was informed.",
    "The insurance claim was paid.", "Admitted to ward 4.", "He was charged with rape.",
    "The historical record of the building.", "Non-recent abuse was reported.", "",
])
def test_text_when_no_term_stands_in_it_then_nothing(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(("text", "likely"), [
    ("She is not promiscuous.", Likely.NEGATED),
    ("Nobody should write that; she was never promiscuous", Likely.NEGATED),
    ("It isn't a lifestyle.", Likely.NEGATED),
    ('He shouted "she asked for it" at the officer.', Likely.QUOTED),
    ("He shouted ‘she asked for it’.", Likely.QUOTED),
    ("She said that she should have left.", Likely.SAID),
    ("Not seen today. Promiscuous.", Likely.NOTHING),
    ("She said so. Promiscuous girl.", Likely.NOTHING),
])
def test_flag_when_quoted_said_or_negated_then_marked_as_a_likely_false_alarm(
    text: str, likely: Likely
) -> None:
    assert [found for _, found in _found(text)] == [likely]


def test_flags_when_they_overlap_then_the_longest_alone() -> None:
    assert [c for c, _ in _found("She disclosed a risky lifestyle choice")] == ["lifestyle"]


def test_list_when_read_then_each_term_has_a_class_of_the_register_a_better_wording_and_a_source() -> None:
    classes = set(kinds()["language_flags"].topics)
    assert {term.term_class for term in terms()} == classes
    assert len(terms()) >= 50
    for term in terms():
        assert term.better and term.source, term.code
        assert not term.pattern.search(""), term.code
    assert len({row["term"] for row in rows("blaming_terms")}) == len(terms())


@pytest.mark.parametrize(("answers", "result"), [
    ([], "not_flagged"),
    ([Answer.FALSE_ALARM], "false_alarm"),
    ([Answer.FALSE_ALARM, Answer.ANNOTATED], "annotated"),
    ([Answer.ANNOTATED, Answer.AMENDED], "amended"),
    ([Answer.AMENDED, Answer.UNDECIDED], "undecided"),
    ([Answer.UNDECIDED, Answer.TO_AMEND], "to_amend"),
])
def test_record_when_answered_then_what_is_still_to_be_done_counts_first(
    answers: list[Answer], result: str
) -> None:
    assert result_of(answers) == result


def _own(*texts: str) -> OwnFile:
    return OwnFile(header=("notes",), rows=tuple((i, (text,)) for i, text in enumerate(texts, start=2)))


def test_counts_when_written_then_they_are_a_file_of_the_register_that_adds_up() -> None:
    flagged = screen(_own("She failed to engage.", "Fine.", "risky behaviour; promiscuous", ""), [0])
    assert len(flagged) == 3
    entries = counts(flagged, [Answer.AMENDED, Answer.FALSE_ALARM, Answer.UNDECIDED], agency="isva",
                     quarter=Q, owner="records_lead", today=TODAY)
    checker = Checker(agencies=("isva",), titles=TitleScreen.of([], []), today=TODAY)
    assert checker.check("screen.csv", to_csv(entries)) == (entries, [])
    records = {e.topic: e.n for e in entries if e.kind == "language_screens"}
    assert records == {"not_flagged": 1, "false_alarm": 0, "amended": 1, "annotated": 0, "to_amend": 0,
                       "undecided": 1}
    flags = {e.topic: (e.n, e.of_n) for e in entries if e.kind == "language_flags" and e.of_n}
    assert flags == {"engagement": (1, 1), "choice": (0, 1)}


def test_ask_when_a_person_answers_then_text_is_shown_and_who_quits_leaves_the_rest_undecided() -> None:
    flags = flags_of("She failed to engage. She is not promiscuous. Risky behaviour.", row=2, column=1)
    said: list[str] = []
    keys = iter(["x", "a", "q"])
    assert ask(flags, show=said.append, read=lambda _: next(keys)) == [
        Answer.AMENDED, Answer.UNDECIDED, Answer.UNDECIDED]
    assert "  …She ⟦failed to engage⟧. She is not promiscuous. Risky behaviour.…" in said
    assert "  perhaps a false alarm: it is negated" in said
    assert any("say what was offered, and when" in line for line in said)


def test_answers_when_prepared_then_taken_in_order_and_a_stranger_is_refused(tmp_path: Path) -> None:
    flags = flags_of("promiscuous, and again promiscuous", row=4, column=0)
    path = tmp_path / "a.csv"
    path.write_text("row,column,term,answer\n4,A,promiscuous,amended\n4,A,promiscuous,\n")
    assert prepared(path, flags) == [Answer.AMENDED, Answer.UNDECIDED]
    path.write_text("row,column,term,answer\n5,A,promiscuous,amended\n")
    with pytest.raises(InsideError, match=r"\[1\] answers are of places that were not flagged"):
        prepared(path, flags)
    path.write_text("row,column,term,answer\n4,A,promiscuous,perhaps\n")
    with pytest.raises(InsideError, match=r"row \[2\]: the answer is not one of"):
        prepared(path, flags)


@pytest.mark.parametrize("suffix", [".csv", ".txt"])
def test_file_when_read_then_rows_as_a_person_counts_them(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"notes{suffix}"
    if suffix == ".csv":
        path.write_bytes("ref;notes\n1;Caf\xe9 visit\n2;Second\n".encode("cp1252"))
        own = read_own(path)
        assert (own.header, own.rows) == (("ref", "notes"), ((2, ("1", "Café visit")), (3, ("2", "Second"))))
    else:
        path.write_text("First note\ngoes on\n\nSecond note\n")
        assert read_own(path).rows == ((1, ("First note\ngoes on",)), (4, ("Second note",)))


def _command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "pipelines.doors.cli", "screen", *arguments, "--agency",
                           "isva", "--quarter", "2026-Q3"], cwd=ROOT, capture_output=True, text=True,
                          timeout=120, check=False)


def test_command_when_run_without_a_terminal_then_no_text_is_said_or_written(tmp_path: Path) -> None:
    notes = tmp_path / "notes.csv"
    notes.write_text(f"ref,notes\n1,{SECRET} failed to engage\n2,{SECRET} was well\n")
    blank, out = tmp_path / "blank.csv", tmp_path / "counts.csv"
    refused = _command(tmp_path, str(notes), "--out", str(out))
    assert refused.returncode == 2
    assert not out.exists()
    listed = _command(tmp_path, str(notes), "--blank-answers", str(blank))
    blank.write_text(blank.read_text().replace("failed_to_engage,", "failed_to_engage,annotated"))
    done = _command(tmp_path, str(notes), "--answers", str(blank), "--out", str(out))
    again = _command(tmp_path, str(notes), "--answers", str(blank), "--out", str(out))
    assert (listed.returncode, done.returncode, again.returncode) == (0, 0, 2)
    said = "".join(p.stdout + p.stderr for p in (refused, listed, done, again))
    for text in (said, blank.read_text(), out.read_text()):
        assert SECRET not in text and "failed to engage" not in text
    with out.open(newline="") as file:
        assert {(r["topic"], r["n"]) for r in csv.DictReader(file) if r["n"] not in ("0", "")} == {
            ("not_flagged", "1"), ("annotated", "1"), ("engagement", "1")}


@pytest.mark.parametrize(("name", "content"), [
    ("broken.csv", f'ref,notes\n1,"{SECRET} failed'), ("broken.xlsx", f"PK{SECRET}"),
    ("strange.pdf", f"a,b\n{SECRET},{SECRET},{SECRET}\n"), ("bytes.csv", f"a\x00{SECRET}"),
])
def test_command_when_the_file_cannot_be_used_then_exit_2_and_no_cell_is_said(
    tmp_path: Path, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    done = _command(tmp_path, str(path), "--column", "absent")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_command_when_in_a_terminal_then_the_person_is_shown_the_text_and_asked(tmp_path: Path) -> None:
    notes, out = tmp_path / "notes.csv", tmp_path / "counts.csv"
    notes.write_text(f"ref,notes\n1,{SECRET} failed to engage\n")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.doors.cli", "screen", str(notes), "--agency", "isva", "--quarter",
         "2026-Q3", "--out", str(out)], cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    seen, answered, deadline = "", False, time.monotonic() + 100
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.5)[0]:
            try:
                seen += os.read(master, 4096).decode()
            except OSError:
                break
        if "[q]uit" in seen and not answered:
            os.write(master, b"a\n")
            answered = True
        if process.poll() is not None and not select.select([master], [], [], 0)[0]:
            break
    process.wait(timeout=20)
    os.close(master)
    assert process.returncode == 0, re.sub(SECRET, "…", seen)
    assert f"{SECRET} ⟦failed to engage⟧" in seen
    assert SECRET not in out.read_text()
    assert ",amended," in out.read_text()


def test_workbook_when_read_then_the_same_rows_and_a_bad_one_says_no_cell(tmp_path: Path) -> None:
    path = tmp_path / "notes.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row, cells in enumerate((("ref", "notes"), ("1", "She failed to engage"), ("", ""), ("3", "Fine"))):
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    book.close()
    own = read_own(path)
    assert own.rows == ((2, ("1", "She failed to engage")), (4, ("3", "Fine")))
    flagged = screen(own, [own.position("Notes")])
    assert {row: len(flags) for row, flags in flagged.items()} == {2: 1, 4: 0}
    with pytest.raises(InsideError, match=r"\[0\] columns are called \[story\]"):
        own.position("story")
