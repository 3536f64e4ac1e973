"""Reading YAML documents: every error names file, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.documents import Document, DocumentError, read_document


class Inner(Document):
    """A nested part."""

    size: int


class Paper(Document):
    """A small model."""

    title: str
    inner: Inner


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "paper.yaml"


def test_document_when_well_formed_then_whole_model_is_read_and_text_is_stripped(written: Path) -> None:
    written.write_text("title: '  A tile '\ninner:\n  size: 3\n", encoding="utf-8")
    assert read_document(written, Paper) == Paper(title="A tile", inner=Inner(size=3))


@pytest.mark.parametrize(("text", "message"), [
    ("", "[paper.yaml]: holds no keys. Start from another file of the same folder."),
    ("- one\n- two\n", "[paper.yaml]: holds no keys. Start from another file of the same folder."),
    ("title: [unclosed\n",
     "[paper.yaml]: not readable as YAML at line 2, column 1. Check the indentation and quotes there."),
    ("title: A\n", "[paper.yaml], key [inner]: is missing. Add it."),
    ("title: A\ninner: {}\n", "[paper.yaml], key [inner.size]: is missing. Add it."),
    ("title: A\ninner: {size: 1}\ncolour: red\n",
     "[paper.yaml], key [colour]: is not a key we know. Remove it, or correct its spelling."),
    ("title: A\ninner: {size: many}\n",
     "[paper.yaml], key [inner.size]: input should be a valid integer, unable to parse string as "
     "an integer."),
    ("inner: {}\n",
     "[paper.yaml], key [title]: is missing. Add it.\n[paper.yaml], key [inner.size]: is missing. Add it."),
])
def test_document_when_unusable_then_error_names_file_key_and_remedy(written: Path, text: str,
    message: str) -> None:
    written.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_document(written, Paper)
    assert str(caught.value) == message


def test_document_when_absent_then_error_names_file_and_folder(written: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(written, Paper)
    folder = written.parent.name
    assert str(caught.value) == f"[paper.yaml]: no such file in [{folder}/]. Create it, or correct the name."


def test_document_when_read_then_it_cannot_be_changed() -> None:
    paper = Paper(title="A", inner=Inner(size=1))
    with pytest.raises(ValueError, match="frozen"):
        paper.title = "B"  # type: ignore[misc]
