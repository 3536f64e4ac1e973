"""Every quarterly release of a finished street, one after the other, protected beside all before it and
attacked by every reader.

    python -m benchmarks.disclosure_sequence var var-keys [--json]

The street (the state that `make demo` leaves) is copied; its releases are left out and made anew, first
quarter to last: link, count, protect, attack, check the certificate, approve. Rows of {case, method, metric,
value}; case: the quarter. Metrics: tables; targets and opened, over all readers, of the last attack; draws
(1: nothing was drawn again); protect_s: protection and every attack, audit_s: the last attack, cpu_s:
processor seconds of both; proved: systems whose certificate holds by whole-number arithmetic.
Here: the sequence. Not here: synthetic regions (disclosure.py), pages.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from anonymisation.audit import AuditResult, joined, verify
from benchmarks.disclosure_measures import Row
from pipelines.hub import Hub
from pipelines.release.provenance import release_meta, to_json
from pipelines.release.sign_off import approve
from pipelines.steps import protect as step
from pipelines.steps.aggregate import make_core, make_cubes
from pipelines.steps.link import link_people
from pipelines.store import releases
from pipelines.store.connect import connect
from pipelines.store.places import Places
from pipelines.store.warehouse import protected_files
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter
from schemas.signers import Act

METHOD = "tessera_release"


def sequence(hub: Hub, quarters: Sequence[Quarter]) -> Iterator[Row]:
    """Each quarter's release, made and approved. Raises `ReleaseOpen` where one was opened."""
    for quarter in quarters:
        link_people(hub, quarter)
        make_core(hub, quarter)
        make_cubes(hub, CUBES.values(), quarter)
        heard = _Heard()
        began, work = time.monotonic(), _processor_seconds()
        with patch.object(step, "joined", heard):
            told = step.protect_release(hub, quarter)
        figures = {"protect_s": time.monotonic() - began, "cpu_s": _processor_seconds() - work}
        files = _publish(hub, quarter)
        tables = {n: data for n, data in files.items() if n == "systems.json" or n.startswith("cubes/")}
        proof = verify(tables, files["certificate.json"])
        last = heard.verdicts[-1]
        if not proof.passed:
            raise AssertionError(f"the certificate of [{quarter}] does not hold: {proof.problems[:1]}")
        figures |= {
            "tables": told["tables"], "draws": told["draws"], "audit_s": last.seconds,
            "systems": last.systems, "proved": proof.proved,
            "targets": sum(a.targets for a in last.attackers),
            "opened": sum(a.opened for a in last.attackers),
        }  # fmt: skip
        for metric, value in figures.items():
            yield Row(case=str(quarter), method=METHOD, metric=metric, value=float(value))


def _processor_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


class _Heard:
    """The joining of verdicts, with what it came to kept."""

    def __init__(self) -> None:
        self.verdicts: list[AuditResult] = []
        self._joined = joined

    def __call__(self, *given: Any, **named: Any) -> AuditResult:
        self.verdicts.append(self._joined(*given, **named))
        return self.verdicts[-1]


def _publish(hub: Hub, quarter: Quarter) -> dict[str, bytes]:
    """The release's folder without pages, approved."""
    keys = hub.keys()
    with connect(hub.places, keys, warehouse=True) as connection:
        files = protected_files(connection, str(quarter))
        name = releases.folder_name(hub.places, quarter)
        meta = release_meta(
            connection, name=name, quarter=quarter, partnership=hub.partnership, agencies=hub.agencies,
            check_values=keys.check_values(), attacked=True, made_on=hub.today(),
        )  # fmt: skip
    files["release.json"] = to_json(meta | {"made_by": "benchmark"})
    releases.write_folder(hub.places, name, files)
    approver = hub.signers.who_may(Act.APPROVE)[0].name
    approve(hub.places, name, approver, signers=hub.signers, sign=lambda _: None)
    return files


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure_sequence", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("key_dir", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON array of rows")
    given = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as making:
        data, keys = Path(making) / "var", Path(making) / "var-keys"
        shutil.copytree(given.data_dir, data, ignore=shutil.ignore_patterns("releases", "dagster", "landing"))
        shutil.copytree(given.key_dir, keys)
        hub = Hub(places=Places.under(data, keys))
        hub.places.make()
        for row in sequence(hub, hub.partnership.quarters):
            rows.append(row)
            if not given.json:
                print(f"{row.case:8} {row.method:16} {row.metric:12} {row.value:>10g}", flush=True)
    if given.json:
        json.dump([row.__dict__ for row in rows], sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
