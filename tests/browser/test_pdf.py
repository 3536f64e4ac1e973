"""The pack as a PDF: tagged, outlined, numbered, with the support lines; and said so where no browser is
found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdf
import pytest

from dashboards.pdf import Printed, find_browser, print_pdf
from pipelines.doors.printed import PRINTED, print_release
from pipelines.store.releases import ReleaseError
from schemas.partnership import Partnership


@pytest.mark.browser
@pytest.mark.slow
def test_print_release_when_a_browser_is_there_then_tagged_outlined_numbered_named_and_screened(
    release_dir: Path,
    pages: Path,
    partnership: Partnership,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if find_browser() is None:
        pytest.skip("no Chromium-family browser on this machine: apt-get install chromium")
    target = tmp_path / "pack.pdf"
    folder = shutil.copytree(release_dir, tmp_path / "release")
    shutil.copytree(pages, folder / "dashboard", dirs_exist_ok=True)
    assert print_release(partnership, folder, target) == PRINTED
    assert capsys.readouterr() == ("Printed [pack.pdf].\n", "")
    book = pypdf.PdfReader(target)
    root = book.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], book.metadata.title) == (
        True,
        "en-GB",
        "Sample Partnership, July to September 2026",
    )
    assert "/StructTreeRoot" in root and book.outline and book.metadata.author is None
    first, last = book.pages[0].extract_text(), book.pages[-1].extract_text()
    n = len(book.pages)
    assert f"1 / {n}" in first and f"{n} / {n}" in last and "Invented data." in first
    assert "0808 500 2222" in last


def test_print_pdf_when_the_browser_prints_nothing_then_says_so_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "pack.html").write_text("<p>x</p>", encoding="utf-8")
    printed = print_pdf(tmp_path / "pack.html", tmp_path / "pack.pdf", browser="/bin/false")
    assert printed == Printed(path=None, said="No PDF: the browser ended with code [1] and printed nothing.")
    assert not (tmp_path / "pack.pdf").exists()


def test_print_pdf_when_no_browser_is_found_then_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.pdf.find_browser", lambda: None)
    assert print_pdf(tmp_path / "pack.html", tmp_path / "pack.pdf") == Printed(
        path=None,
        said=(
            "No PDF: no Chromium-family browser was found. [pack.html] stands alone; install one of "
            "[chromium, chromium-browser, google-chrome] to print it."
        ),
    )


def test_print_release_when_the_folder_holds_none_then_says_so_and_what_to_name(
    partnership: Partnership, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError, match=r"no \[dashboard/pack\.html\]\. Name the release's folder"):
        print_release(partnership, tmp_path / "no-such", tmp_path / "pack.pdf")
    assert not (tmp_path / "pack.pdf").exists()
