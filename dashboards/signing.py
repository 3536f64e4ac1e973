"""What an approval changes on pages that are drawn: the candidate's banner goes, and who approved is said.

What belongs here: those two places of every page. What does not: who may approve (``pipelines.release``) and
drawing (``site.py``). The rest of a page stays byte for byte: what is approved is what was read.
"""

from __future__ import annotations

from pathlib import Path

from dashboards.filling import environment_of
from dashboards.release import Release, ReleaseError
from dashboards.words import Words


def sign_pages(pages: Path, was: Release, now: Release, words: Words) -> list[Path]:
    """Let the pages of a candidate (``was``) say that it is approved (``now``), as if they were drawn anew.
    The pages, in order of their names.

    Raises:
        dashboards.release.ReleaseError: a page does not say once how the candidate stands.
    """
    standing = environment_of(words).get_template("standing.html").module
    changes = [(str(say(was)), str(say(now))) for say in (standing.banner, standing.signed)]  # type: ignore[attr-defined]
    signed = sorted(pages.glob("*.html"))
    for page in signed:
        text = page.read_text(encoding="utf-8")
        for before, after in changes:
            if text.count(before) != 1:
                raise ReleaseError(
                    f"[{page.name}]: does not say once how the candidate stands. Make the release again, "
                    "with this version."
                )
            text = text.replace(before, after)
        page.write_text(text, encoding="utf-8", newline="\n")
    return signed
