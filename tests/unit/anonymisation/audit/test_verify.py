"""The certificate's check: what holds, what does not, and that no solver takes part."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anonymisation.audit import AuditError, Verified, audit, verify

AREA, KIND, AGE = ["n", "s"], ["no", "yes"], ["u", "o", "x"]
ROOT = Path(__file__).parents[4]


@pytest.fixture
def files(written: Any) -> dict[str, bytes]:
    one, two = {"area": AREA, "kind": KIND}, {"area": AREA, "age": AGE}
    return dict(
        written.release(
            [
                (written.cube("by_kind", one), {"2026-Q1": written.cells(np.array([[0, 5], [10, 20]]), one)}),
                (
                    written.cube("by_age", two, structural_zeros=[{"area": "n", "age": "x"}]),
                    {"2026-Q1": written.cells(np.array([[0, 5, 0], [5, 15, 10]]), two)},
                ),
            ]
        )
    )


def changed(certificate: bytes, **entry: Any) -> bytes:
    claims = json.loads(certificate)
    claims["systems"][0] |= entry
    return json.dumps(claims).encode()


def test_verify_when_release_and_certificate_belong_together_then_it_holds(files: dict[str, bytes]) -> None:
    found = verify(files, audit(files).certificate)
    assert found == Verified(passed=True, proved=1, claimed=0, cells=7, min_width=4, problems=())


def test_verify_when_a_released_file_is_tampered_with_then_it_fails(files: dict[str, bytes]) -> None:
    certificate = audit(files).certificate
    text = files["cubes/by_kind.csv"].decode().replace("n,no,0,0 to 4", "n,no,5,")
    found = verify(files | {"cubes/by_kind.csv": text.encode()}, certificate)
    assert not found.passed
    assert found.problems == (
        "file [cubes/by_kind.csv] is not the one certified",
        "system [u] [2026-Q1]: the microdata leave the box of 1 cells",
        "system [u] [2026-Q1]: the microdata's sums are not the released figures",
    )


def test_verify_when_the_certificate_claims_too_much_then_it_says_what(files: dict[str, bytes]) -> None:
    proof = audit(files).certificate
    where = "system [u] [2026-Q1]: "
    records = json.loads(proof)["systems"][0]["microdata"]
    heavy = [[*records[0][:-1], records[0][-1] + 50], *records[1:]]
    claims: list[tuple[dict[str, Any], str]] = [
        ({"acyclic": False}, "acyclic or not is stated wrongly"),
        ({"min_width": 5}, "a record type has no room for its copies"),
        ({"min_width": 3}, "the stated width is not at least 4"),
        ({"targets": 3}, "3 cells are certified where 7 may be small"),
        ({"microdata": [["?", "n", "no", 1]]}, "the microdata hold a record that is not of this system"),
        ({"microdata": heavy}, "the microdata leave the box of 6 cells"),
        ({"record_types": []}, "7 cells that may be small are in no record type"),
        ({"record_types": [["x", "n", "no"]]}, "a record type has no room for its copies"),
        ({"equals_release": False}, "closed form is claimed without an acyclic system and equal figures"),
        ({"method": "trust me"}, "unknown method"),
    ]
    for claim, text in claims:
        found = verify(files, changed(proof, **claim))
        assert not found.passed
        assert where + text in found.problems, (claim, found.problems)


def test_verify_when_a_system_is_left_out_then_it_fails(files: dict[str, bytes]) -> None:
    claims = json.loads(audit(files).certificate) | {"systems": []}
    found = verify(files, json.dumps(claims).encode())
    assert found.problems == ("system [u] [2026-Q1]: the certificate does not speak of it",)


def test_verify_when_a_cyclic_system_has_microdata_then_integers_prove_it(written: Any) -> None:
    binary = ["0", "1"]
    micro = np.array([[[5, 0], [0, 5]], [[0, 0], [10, 5]]])
    cubes = []
    for name, dims, axis in (("ab", "AB", 2), ("ac", "AC", 1), ("bc", "BC", 0)):
        cats = dict.fromkeys(dims, binary)
        cubes.append((written.cube(name, cats), {"p": written.cells(micro.sum(axis=axis), cats)}))
    files = written.release(cubes)
    result = audit(files)
    assert result.passed
    assert json.loads(result.certificate)["systems"][0]["method"] == "ilp"
    found = verify(files, result.certificate)
    assert (found.passed, found.proved, found.min_width) == (True, 1, 4)


def test_verify_when_a_tie_leaves_no_room_then_it_fails(written: Any) -> None:
    cats = {"area": AREA}
    figures = {"persons": [5, 5], "incidents": [10, 10]}
    cubes = [
        (written.cube(u, cats, unit=u), {"p": written.cells(np.array(n), cats)}) for u, n in figures.items()
    ]
    tie = {"kind": "le", "left": {"unit": "persons", "period": "p", "cell": {"area": "n"}},
           "right": [{"unit": "incidents", "period": "p", "cell": {"area": "n"}}]}  # fmt: skip
    files = written.release(cubes, ties=[tie])
    proof = audit(files).certificate
    assert verify(files, proof).passed
    claims = json.loads(proof)
    crowd = next(s for s in claims["systems"] if s["unit"] == "persons")
    crowd["microdata"], crowd["equals_release"] = [["n", 9], ["s", 5]], False
    found = verify(files, json.dumps(claims).encode())
    assert "system [persons] [p]: 1 ties leave no room for the stated width" in found.problems


def test_verify_when_a_sum_holds_by_definition_then_record_types_that_keep_it_prove_the_widths(
    written: Any,
) -> None:
    """Whoever was told nothing is told of by nobody: one count under two dimensions, in two tables."""
    told, basis = {"told": ["before", "later", "nothing"]}, {"basis": ["asked", "order", "none", "lost"]}
    cubes = [
        (written.cube("by_told", told), {"p": written.cells(np.array([5, 10, 5]), told)}),
        (written.cube("by_basis", basis), {"p": written.cells(np.array([0, 15, 0, 5]), basis)}),
    ]
    tie = {"kind": "eq", "left": {"unit": "u", "period": "p", "cell": {"told": "nothing"}},
           "right": [{"unit": "u", "period": "p", "cell": {"basis": b}} for b in ("none", "lost")],
           }  # fmt: skip
    files = written.release(cubes, ties=[tie])
    result = audit(files)
    assert result.attackers[0].n_searched == 0
    assert sum(n for width, n in result.histogram.items() if width in ("0", "1", "2 to 3")) == 0
    proof = result.certificate
    (entry,) = json.loads(proof)["systems"]
    assert entry["method"] == "closed_form"
    assert all((b in ("none", "lost")) == (t == "nothing") for b, t in entry["record_types"])
    whole = Verified(passed=True, proved=1, claimed=0, cells=5, min_width=4, problems=())
    assert verify(files, proof) == whole
    where, kept = "system [u] [p]: ", entry["record_types"]
    claims: list[tuple[dict[str, Any], str]] = [
        ({"record_types": [*kept, ["asked", "nothing"]]},
         "copies of a record type break a sum that holds by definition"),
        ({"record_types": []}, "5 cells that may be small are in no record type"),
        ({"microdata": [["asked", "before", 1], ["order", "later", 10], ["order", "nothing", 4],
                        ["lost", "before", 5]], "equals_release": False},
         "1 sums that hold by definition do not hold in the microdata"),
    ]  # fmt: skip
    for claim, text in claims:
        found = verify(files, changed(proof, **claim))
        assert not found.passed
        assert where + text in found.problems, found.problems


def test_verify_when_a_sum_holds_across_systems_then_it_rests_on_the_search(written: Any) -> None:
    cats = {"area": AREA}
    cubes = [
        (written.cube(u, cats, unit=u), {"p": written.cells(np.array([5, 10]), cats)})
        for u in ("one", "other")
    ]
    tie = {"kind": "eq", "left": {"unit": "one", "period": "p", "cell": {"area": "n"}},
           "right": [{"unit": "other", "period": "p", "cell": {"area": "n"}}]}  # fmt: skip
    files = written.release(cubes, ties=[tie])
    found = verify(files, audit(files).certificate)
    assert (found.passed, found.proved, found.claimed) == (True, 0, 2)


def test_verify_when_run_then_no_solver_is_loaded() -> None:
    code = (
        "import sys; from anonymisation.audit.verify import verify; "
        "sys.exit('highspy' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_verify_when_the_certificate_cannot_be_read_then_it_says_so(files: dict[str, bytes]) -> None:
    for text, message in ((b"{", "certificate: not JSON"), (b"{}", "certificate: format is not [1]")):
        with pytest.raises(AuditError) as error:
            verify(files, text)
        assert str(error.value) == message


def of_a_form(written: Any, markers: dict[str, str]) -> dict[str, bytes]:
    """A release of one table whose agency records no kind but in part: kinds by their marker, if any."""
    kinds = ["a", "b", "not_recorded"]
    categories = {"area": AREA, "kind": kinds}
    figures = dict(written.cells(np.array([[0, 0, 5], [0, 0, 20]]), categories))
    figures |= {label: markers[label[1]] for label in figures if label[1] in markers}
    return dict(written.release([(written.cube("by_kind", categories), {"2026-Q1": figures})]))


def test_verify_when_categories_are_not_applicable_then_proved_without_a_list_of_records(
    written: Any,
) -> None:
    """Nobody can be of them: any record of the others will do."""
    files = of_a_form(written, {"a": "[z]", "b": "[z]"})
    result = audit(files)
    assert result.passed
    assert "record_types" not in json.loads(result.certificate)["systems"][0]
    assert verify(files, result.certificate) == Verified(
        passed=True, proved=1, claimed=0, cells=2, min_width=4, problems=())


def test_verify_when_a_cell_that_cannot_hold_anybody_is_no_whole_category_then_records_are_asked_for(
    written: Any,
) -> None:
    """With the zero in one area alone, not every record will do: the certificate must name them."""
    files = of_a_form(written, {"a": "[z]"})
    text = files["cubes/by_kind.csv"].decode().replace("s,a,,[z]", "s,a,0,0 to 4").replace(
        "all,a,,[z]", "all,a,0,0 to 4")
    files["cubes/by_kind.csv"] = text.encode()
    proof = audit(files).certificate
    assert verify(files, proof).passed
    without = {key: value for key, value in json.loads(proof)["systems"][0].items() if key != "record_types"}
    claims = json.loads(proof) | {"systems": [without]}
    assert not verify(files, json.dumps(claims).encode()).passed


def test_release_when_a_value_stands_beside_not_applicable_then_refused(written: Any) -> None:
    files = of_a_form(written, {"a": "[z]"})
    files["cubes/by_kind.csv"] = files["cubes/by_kind.csv"].replace(b"n,a,,[z]", b"n,a,0,[z]")
    with pytest.raises(AuditError, match=r"a value stands beside the marker \[\[z\]\]"):
        audit(files)
