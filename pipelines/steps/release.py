"""Step 11: a candidate release: the protected tables, what they are made of, and the dashboard.

What belongs here: putting the folder together. What does not: protection (``protect.py``), pages
(``dashboards``), sign-off (``pipelines.release.sign_off``).
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from dashboards.screen import Allowed, screen
from dashboards.site import build_pages
from pipelines.hub import Hub
from pipelines.release.provenance import release_meta, to_json
from pipelines.store import releases
from pipelines.store.connect import connect
from pipelines.store.warehouse import prepare, protected_files
from schemas.quarters import Quarter

DASHBOARD = "dashboard"


class ScreenedOut(RuntimeError):
    """The screener found what may not leave; the text names files and rules, never what was found."""


class NotProtected(RuntimeError):
    """The tables of the release have not been protected yet."""


def write_release(hub: Hub, quarter: Quarter) -> dict[str, str | int]:
    """Write the candidate of ``quarter`` from what was protected and stored; its folder and dashboard, for
    the log.

    Raises:
        NotProtected: nothing was stored for the quarter.
        pipelines.store.releases.ReleaseError: the folder is approved already.
    """
    keys = hub.keys()
    with connect(hub.places, keys, warehouse=True) as connection:
        prepare(connection, keys.check_values())
        files = protected_files(connection, str(quarter))
        if not files:
            raise NotProtected(f"The tables of [{quarter}] have not been protected yet. Make the asset "
                               "[protected] first.")
        name = releases.folder_name(hub.places, quarter)
        meta = release_meta(connection, name=name, quarter=quarter, partnership=hub.partnership,
                            agencies=hub.agencies,
                            check_values=keys.check_values(), attacked=True, made_on=hub.today())
    meta["made_by"] = hub.maker
    files["release.json"] = to_json(meta)
    with tempfile.TemporaryDirectory(dir=hub.places.temporary) as making:
        folder = Path(making) / name
        for file_name, content in files.items():
            path = folder / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        pages = build_pages(folder, folder / DASHBOARD, earlier=releases.earlier(hub.places, quarter),
                            partnership=hub.partnership, commentary=_commentary(hub, quarter))
        found = screen(folder, _allowed(hub))
        if found:
            raise ScreenedOut(
                f"The candidate for [{quarter}] was not written: the screener found [{len(found)}] things "
                "that may not leave, "
                f"first rule [{found[0].rule}] in [{found[0].file}]. {found[0].advice}")
        files |= {path.relative_to(folder).as_posix(): path.read_bytes()
                  for path in sorted((folder / DASHBOARD).rglob("*"))
                  if path.is_file()}
    target = releases.write_folder(hub.places, name, files)
    return {"folder": name, "dashboard": str(target / DASHBOARD / "index.html"), "pages": len(pages),
            "files": len(files)}


def _commentary(hub: Hub, quarter: Quarter) -> Path | None:
    """The analyst's commentary on the quarter, where one stands beside the releases."""
    path = hub.places.data_dir / "commentary" / f"{quarter}.md"
    return path if path.is_file() else None


def _allowed(hub: Hub) -> Allowed:
    """Addresses that a page may hold: the exit link, and the partnership's own contact."""
    return Allowed(
        addresses=(hub.partnership.exit_url,), emails=tuple(re.findall(r"[\w.+-]+@[\w.-]+\w",
            hub.partnership.contact)),
        base=hub.partnership.thresholds.rounding_base)
