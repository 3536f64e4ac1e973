"""An approval says so on every page, and leaves every other byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards.release import ReleaseError, read_release
from dashboards.signing import sign_pages
from dashboards.words import read_words
from tests.unit.dashboards.test_site import digest


def test_sign_pages_when_approved_then_the_pages_are_as_if_they_were_drawn_anew(
    pages: Path, release_dir: Path, draw: Callable[[Path, Path], list[Path]], tmp_path: Path
) -> None:
    approved = Path(shutil.copytree(release_dir, tmp_path / release_dir.name))
    meta = json.loads((approved / "release.json").read_text(encoding="utf-8"))
    meta |= {"status": "approved", "approved_by": "A. O'Hara & Sons, chair"}  # a name that a page must escape
    (approved / "release.json").write_text(json.dumps(meta), encoding="utf-8")
    signed = Path(shutil.copytree(pages, tmp_path / "signed"))
    changed = sign_pages(signed, read_release(release_dir), read_release(approved), read_words())
    drawn = tmp_path / "drawn"
    draw(approved, drawn)
    assert digest(signed) == digest(drawn)
    assert {page.name for page in changed} == {
        name for name, sha in digest(signed).items() if digest(pages)[name] != sha
    }
    text = (signed / "index.html").read_text(encoding="utf-8")
    assert "A. O&#39;Hara &amp; Sons, chair" in text
    assert "has not been approved" not in text


def test_sign_pages_when_a_page_does_not_say_how_it_stands_then_refused(
    pages: Path, release_dir: Path, tmp_path: Path
) -> None:
    signed = Path(shutil.copytree(pages, tmp_path / "signed"))
    page = signed / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("has not been approved", "was"), encoding="utf-8")
    release = read_release(release_dir)
    with pytest.raises(ReleaseError, match=r"\[index.html\]: does not say once how the candidate stands"):
        sign_pages(signed, release, release, read_words())
