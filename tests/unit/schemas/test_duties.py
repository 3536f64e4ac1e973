"""Clauses: all of them, each answered by measures or by a register that is kept, and nothing else."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from schemas.duties import (
    DUTIES_FILE,
    KEPT_REGISTERS,
    Duty,
    DutyError,
    Status,
    coverage,
    coverage_table,
    duties,
    measures_of,
    read_duties,
)
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import BREAKDOWNS, INDICATORS
from schemas.registers import duties_of_kinds, kinds

HEADER = "id,document,clause,indicators,register,status\n"
MEASURES = (*CUBES.values(), *INDICATORS.values(), *BREAKDOWNS.values())


def test_duties_when_read_then_all_clauses_of_the_five_documents() -> None:
    numbered = {"W": range(39), "H": range(1, 22), "C": range(11), "D": range(1, 11), "G": range(1, 19)}
    expected = {f"{letter}{n}" for letter, numbers in numbered.items() for n in numbers} | {"H1a", "H1b"}
    assert set(duties()) == expected
    assert len(duties()) == 101
    assert {duty_id[0]: duty.document for duty_id, duty in duties().items()} == {
        "W": "West Midlands standards", "H": "Humberside victim care strategy", "C": "Victim charter motion",
        "D": "Housing domestic abuse policy", "G": "Haringey victims theme",
    }


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: f"{type(m).__name__}:{m.name}")
def test_measure_when_it_names_a_clause_then_the_clause_exists_and_is_answered(
    measure: object
) -> None:
    named = measure.duties  # type: ignore[attr-defined]
    assert named
    assert set(named) <= set(duties())
    assert {duties()[duty_id].status for duty_id in named} == {Status.ANSWERED}


@pytest.mark.parametrize("duty", duties().values(), ids=lambda d: d.duty_id)
def test_clause_when_read_then_measures_answer_it_or_a_kept_register_does(duty: Duty) -> None:
    assert set(Status) == {Status.ANSWERED, Status.REGISTERED}
    assert set(duty.indicators) <= set(measures_of(duty.duty_id))
    assert set(duty.registers) <= KEPT_REGISTERS
    assert duty.indicators if duty.status is Status.ANSWERED else duty.registers
    assert len(duty.clause) <= 130
    assert '"' not in duty.clause


def test_clauses_when_read_then_every_kind_of_the_register_answers_some_and_has_a_topic_that_names_them(
) -> None:
    named = {(duty.duty_id, kind) for duty in duties().values() for kind in duty.registers if kind in kinds()}
    assert {kind for _, kind in named} == set(kinds())
    of_topics = {(duty, kind) for duty, found in duties_of_kinds().items() for kind in found}
    assert sorted(named - of_topics) == []


@pytest.mark.parametrize("duty_id", [d.duty_id for d in duties().values() if d.status is Status.ANSWERED])
def test_clause_when_answered_then_every_measure_that_names_it_is_told(duty_id: str) -> None:
    assert set(duties()[duty_id].indicators) == set(measures_of(duty_id))


def test_coverage_when_counted_then_it_adds_up_and_the_table_says_it() -> None:
    counted = coverage()
    assert {name: sum(row.values()) for name, row in counted.items()} == {
        "West Midlands standards": 39, "Humberside victim care strategy": 23, "Victim charter motion": 11,
        "Housing domestic abuse policy": 10, "Haringey victims theme": 18,
    }
    total = {status: sum(d.status is status for d in duties().values()) for status in Status}
    lines = coverage_table().splitlines()
    assert lines[:2] == ["| Document | Clauses | Answered | Registered |", "|---|---:|---:|---:|"]
    assert len(lines) == 2 + len(counted) + 1
    assert lines[-1] == f"| All | 101 | {' | '.join(str(total[status]) for status in Status)} |"


@pytest.mark.parametrize(("text", "message"), [
    ("id,clause\n", "[duties.csv]: the columns are not [id, document, clause, indicators, register, status]. "
                    "Correct the first line."),
    (HEADER + "C0,M,A,,pledges,registered\nC0,M,A,,pledges,registered\n",
     "[duties.csv], line [3], id [C0]: stands there twice. Keep one row."),
    *((HEADER + f"C0,M,A,,,{other}\n",
       f"[duties.csv], line [2], id [C0]: status [{other}] is not one of [answered, registered]. Choose one.")
      for other in ("done", "partly", "planned", "")),
    (HEADER + "C0,M,,,pledges,registered\n",
     "[duties.csv], line [2], id [C0]: document or clause is empty. Fill both."),
    (HEADER + "W1,M,A,dreams,,answered\n",
     "[duties.csv], line [2], id [W1]: no measure [dreams] names this clause. Add the clause to its duties, "
     "or take it out here."),
    (HEADER + "W1,M,A,,actions,answered\n",
     "[duties.csv], line [2], id [W1]: status [answered] does not fit the other columns: name its measures."),
    (HEADER + "C0,M,A,,a drawer,registered\n",
     "[duties.csv], line [2], id [C0]: no register is called [a drawer]. Use one of "
     f"[{', '.join(sorted(KEPT_REGISTERS))}]."),
    (HEADER + "C0,M,A,,,registered\n",
     "[duties.csv], line [2], id [C0]: status [registered] does not fit the other columns: name a register "
     "and no measure."),
    (HEADER + "W1,M,A,,actions,registered\n",
     "[duties.csv], line [2], id [W1]: status [registered] does not fit the other columns: name a register "
     "and no measure."),
])
def test_duties_when_unusable_then_error_names_file_line_id_and_remedy(tmp_path: Path, text: str,
    message: str) -> None:
    path = tmp_path / "duties.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DutyError) as caught:
        read_duties(path)
    assert str(caught.value) == message


def test_duties_when_absent_then_error_names_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DutyError) as caught:
        read_duties(tmp_path / "duties.csv")
    assert str(caught.value) == (
        f"[duties.csv]: no such file in [{tmp_path.name}/]. Create it, or correct the name."
    )


def test_duty_when_read_then_the_whole_object_and_it_cannot_be_changed() -> None:
    duty = read_duties(DUTIES_FILE)["H19"]
    assert duty == Duty(
        duty_id="H19", document="Humberside victim care strategy",
        clause="Help does not depend on a report to the police",
        indicators=("referrals_police", "not_reported_to_police"), registers=(), status=Status.ANSWERED)
    with pytest.raises(FrozenInstanceError):
        duty.status = Status.REGISTERED  # type: ignore[misc]
