"""What intake costs: CPU seconds of each part for a thousand records, beside plainly reading the same files.

``python -m benchmarks.intake [--quarters N]`` takes the first N quarters of the sample in, in a directory of
its own, and prints one table. Seconds differ from machine to machine; the last column, against plain reading
in the same run, does not. Where there is a second core, the last line says what is left to the process that
stores when a second one works ahead.

What belongs here: the measurement. What does not: whether what is taken in is right (tests/integration).
"""

from __future__ import annotations

import argparse
import io
import resource
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from anonymisation.keys import generate_keys, load_keys
from dashboards.beside import cores
from pipelines.hub import Hub
from pipelines.intake.delivery import take_in
from pipelines.steps.ahead import working_ahead
from pipelines.steps.pseudonymise import pseudonymise
from pipelines.steps.receive import receive
from pipelines.store.connect import hold
from pipelines.store.places import Places
from schemas.agencies import Agency, Tier, read_agencies
from schemas.partnership import read_partnership
from schemas.quarters import Quarter

SAMPLE: Final = Path(__file__).resolve().parents[1] / "data" / "sample"
TODAY: Final = date(2026, 11, 20)
"""Day on which the deliveries are read; none of their dates is later."""
MANIFEST: Final = "manifest.json"
PARTS: Final = {
    "plain": "plain reading: every cell as text, nothing else",
    "taken in": "read, map, parse, validate",
    "taken apart": "tokens and coarse records",
    "received": "all of it: the two above, both databases, receipt, sealed files",
    "left": "of all of it, in this process, while a second one works ahead",
}


class Clock:
    """CPU seconds (user and system, all threads) by part."""

    def __init__(self) -> None:
        """Nothing measured yet."""
        self.seconds = dict.fromkeys(PARTS, 0.0)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Add what is spent within it."""
        before = resource.getrusage(resource.RUSAGE_SELF)
        yield
        after = resource.getrusage(resource.RUSAGE_SELF)
        self.seconds[part] += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _read_plainly(agency: Agency, quarter: Quarter, files: dict[str, bytes]) -> int:
    """Rows of the files, read as anybody would."""
    rows = 0
    for name, content in files.items():
        kind = agency.file_kind(name, quarter)
        if kind is None:
            continue
        spec = agency.files[kind]
        if spec.format == "csv":
            text = content.decode(spec.encoding, errors="replace").encode()
            rows += pl.read_csv(text, separator=spec.delimiter, infer_schema=False,
                                truncate_ragged_lines=True, skip_rows=spec.header_row - 1).height
        elif spec.format == "parquet":
            rows += pl.read_parquet(io.BytesIO(content)).height
        else:
            import python_calamine

            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            rows += len(book.get_sheet_by_index(0).to_python())
    return rows


def measure(n_quarters: int, work: Path) -> tuple[int, dict[str, float]]:
    """Records and CPU seconds by part, over the first ``n_quarters`` of the sample; works in ``work``."""
    agencies, partnership = read_agencies(), read_partnership()
    places = Places.under(work / "var")
    places.make()
    generate_keys(places.key_dir)
    keys = load_keys(places.key_dir, environ={}, sample_mode=True)
    clock, n_rows = Clock(), 0
    with hold(places):
        for number, quarter in enumerate((partnership.quarters[0], *partnership.quarters[:n_quarters])):
            for name, agency in agencies.items():
                folder = SAMPLE / name / str(quarter)
                if not folder.is_dir():
                    continue
                files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != MANIFEST}
                spent = clock if number else Clock()  # the first twice: what is loaded once is not counted
                with spent.of("plain"):
                    _read_plainly(agency, quarter, files)
                with spent.of("taken in"):
                    intake = take_in(agency, quarter, files, today=TODAY) if files else None
                if intake is not None:
                    with spent.of("taken apart"):
                        pseudonymise(intake.accepted, agency=name, quarter=quarter, submission_id="measured",
                                     keys=keys, may_link=agency.tier is Tier.IDENTIFIED)
                if not number:
                    continue
                shutil.copytree(folder, places.landing / name / str(quarter))
                with spent.of("received"):
                    got = receive(places, keys, agencies, name, quarter, partnership=partnership, today=TODAY)
                n_rows += got.n_rows
    if cores() > 1:
        _measure_ahead(partnership.quarters[:n_quarters], agencies, Hub(places=Places.under(work / "ahead")),
                       clock)
    return n_rows, clock.seconds


def _measure_ahead(quarters: Sequence[Quarter], agencies: dict[str, Agency], hub: Hub, clock: Clock) -> None:
    """The same deliveries once more, laid out a quarter before their own as in the demonstration."""
    hub.places.make()
    hub.ensure_keys()
    with hold(hub.places), working_ahead(hub) as ahead:
        for number, quarter in enumerate(quarters):
            for waits in quarters[number : number + 2]:
                for folder in SAMPLE.glob(f"*/{waits}"):
                    if folder.parent.name in agencies and (waits != quarter or not number):
                        shutil.copytree(folder, hub.places.landing / folder.parent.name / str(waits))
            with clock.of("left"):
                ahead.look()
                for name in agencies:
                    receive(hub.places, hub.keys(), agencies, name, quarter, partnership=hub.partnership,
                            today=hub.today())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quarters", type=int, default=4)
    with tempfile.TemporaryDirectory(prefix="tessera-intake-") as folder:
        n_rows, seconds = measure(parser.parse_args().quarters, Path(folder))
    print(f"{n_rows} records. CPU seconds for each thousand, and against plain reading:")
    for part, what in PARTS.items():
        if not seconds[part]:
            continue
        each = 1000 * seconds[part] / n_rows
        print(f"  {part:<12} {each:7.3f}  {seconds[part] / seconds['plain']:6.1f}  {what}")


if __name__ == "__main__":
    main()
