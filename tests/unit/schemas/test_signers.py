"""Who may sign: the sample's file, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from schemas.documents import DocumentError
from schemas.partnership import PARTNERSHIP_FILE
from schemas.publication import read_publication
from schemas.signers import Act, SignerError, Signers, read_signers

NOBODY = "nobody could approve what another makes. Name two people, a maker and an approver."
WHOLE = "key [(the whole file)]: "
TWO = [
    {"name": "Ann", "role": "analyst", "may": ["make"]},
    {"name": "Ben", "role": "chair", "may": ["approve"]},
]


def test_signers_when_they_are_the_samples_then_maker_and_approver_are_two() -> None:
    signers = read_signers(PARTNERSHIP_FILE)
    makers, approvers = signers.who_may(Act.MAKE), signers.who_may(Act.APPROVE)
    assert makers and approvers and not {s.name for s in makers} & {s.name for s in approvers}
    assert signers.signer(" sample ANALYST ", Act.MAKE).text == "Sample analyst, partnership analyst"


@pytest.mark.parametrize(("name", "act", "text"), [
    ("Ann", Act.APPROVE, "[Ann] may not [approve] a release. In [signers.yaml] these may: [Ben (chair)]. "
     "Have one of them sign, or let the partnership add a signer there."),
    ("Eve", Act.MAKE, "[Eve] may not [make] a release. In [signers.yaml] these may: [Ann (analyst)]. "
     "Have one of them sign, or let the partnership add a signer there."),
    ("Ben", Act.APPROVE_PUBLIC, "[Ben] may not [approve public] a release. In [signers.yaml] these may: "
     "[nobody yet]. Have one of them sign, or let the partnership add a signer there."),
])
def test_signer_when_somebody_may_not_then_says_who_may(name: str, act: Act, text: str) -> None:
    with pytest.raises(SignerError) as error:
        Signers.model_validate({"signers": TWO}).signer(name, act)
    assert str(error.value) == text


@pytest.mark.parametrize(("signers", "message"), [
    (TWO[:1], f"{WHOLE}{NOBODY}"),
    ([TWO[0] | {"may": ["make", "approve"]}], f"{WHOLE}{NOBODY}"),
    ([*TWO, TWO[0] | {"name": "ANN"}], f"{WHOLE}a name stands there twice. Give each signer once."),
    ([TWO[0], {"name": "Ben", "may": ["approve"]}], "key [signers.1.role]: is missing. Add it."),
])
def test_signers_when_unusable_then_error_names_file_key_and_remedy(
    tmp_path: Path, signers: list[dict[str, object]], message: str
) -> None:
    (tmp_path / "signers.yaml").write_text(yaml.safe_dump({"signers": signers}), encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        read_signers(tmp_path / "partnership.yaml")
    assert str(error.value) == f"[signers.yaml], {message}"


def test_signers_when_the_file_is_absent_then_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^\[signers.yaml\]: no such file in "):
        read_signers(tmp_path / "partnership.yaml")


@pytest.mark.parametrize(("cubes", "message"), [
    ({}, "cubes is empty. Name what is public, or make no public release."),
    ({"no_cube": []}, "cubes names [no_cube], which is no cube. Correct it, or take it out."),
    ({"victims_by_age_sex": ["source"]},
     "cube [victims_by_age_sex] has no dimension [source]. Correct it, or take it out."),
    ({"victims_by_age_sex": ["age_band", "sex"]},
     "cube [victims_by_age_sex] keeps [2] dimensions. Keep [1] at most."),
    ({"victims_by_ethnicity": ["ethnicity5"]},
     "dimension [ethnicity5] is sensitive and stays with the board. Take it out."),
])
def test_publication_when_it_would_tell_more_than_may_be_then_refused(
    tmp_path: Path, cubes: dict[str, list[str]], message: str
) -> None:
    content = {"decided_on": "2026-11-10", "decided_by": "Board", "licence": "OGL", "cubes": cubes}
    (tmp_path / "publication.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        read_publication(tmp_path / "partnership.yaml")
    assert str(error.value) == f"[publication.yaml], key [(the whole file)]: {message}"
