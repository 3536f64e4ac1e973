"""How well and how fast people are recognised: `python -m benchmarks.linkage --help`.

What belongs here: the command and its output. What does not: cases (linkage_files.py) and methods
(linkage_methods.py). Each method runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.linkage_csv import CaseProblem
from benchmarks.linkage_files import FIELDS, Case, febrl4, file_case
from benchmarks.linkage_methods import METHODS, run
from benchmarks.linkage_sample import SAMPLE, sample_case
from benchmarks.linkage_synthetic import synthetic

DEFAULT_CASES: Final = ("febrl4_no_id", "febrl4_id", "sample")
CASES: Final = (*DEFAULT_CASES, "sample_suspects")
METRICS: Final = ("precision", "recall", "f1", "seconds", "peak_mb")
MILLION: Final = 1_000_000
LATER: Final = 25_000
"""Records that come when the million is linked: a large partnership's quarter."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print rows of {case, method, metric, value}")
    parser.add_argument("--left", type=Path, help="a CSV file; alone, it is de-duplicated")
    parser.add_argument("--right", type=Path, help="a second CSV file, linked with the first")
    parser.add_argument(
        "--columns", type=Path, help="YAML: forename: …, surname: …, dob: …, postcode: …, nhs_number: …"
    )
    parser.add_argument("--truth", help="column, in each file, whose equal values are one person")
    parser.add_argument("--case", action="append", choices=CASES, help="only this case (may be given again)")
    parser.add_argument(
        "--method", action="append", choices=list(METHODS), help="only this method (may be given again)"
    )
    parser.add_argument(
        "--sample", type=Path, default=SAMPLE, help="folder of another sample (data.synthesise --out, --seed)"
    )
    parser.add_argument(
        "--million",
        action="store_true",
        help="also a million invented records, and 25,000 more after them (minutes, gigabytes)",
    )
    return parser


def _million() -> Case:
    records = synthetic(MILLION + LATER).with_columns(
        pl.col("truth").cast(pl.String), pl.col("dob").cast(pl.String), source="agency"
    )
    missing = [f for f in FIELDS if f not in records.columns]
    shaped = records.with_columns(pl.lit(None, dtype=pl.String).alias(f) for f in missing)
    # keys are drawn at random, so that the last are any
    drawn = shaped.select("rec_key", "source", "truth", *FIELDS).sort("rec_key")
    return Case(name="million", records=drawn.head(MILLION), is_across=False, later=drawn.tail(LATER))


def _cases(options: argparse.Namespace) -> Iterator[Case]:
    if options.left is not None or options.right is not None:
        if options.left is None or options.columns is None or options.truth is None:
            raise CaseProblem("Files need --left, --columns and --truth; --right is for a second file.")
        case, notes = file_case(options.left, options.right, options.columns, options.truth)
        for note in notes:
            print(note, file=sys.stderr)
        yield case
        return
    for name in options.case or DEFAULT_CASES:
        if name == "sample":
            yield sample_case(sample=options.sample)
        elif name == "sample_suspects":
            yield sample_case(role="suspect", sample=options.sample)
        else:
            yield febrl4(with_id=name == "febrl4_id")
    if options.million:
        yield _million()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0, or 2 with a message if a case cannot be read."""
    options = _parser().parse_args(arguments)
    rows: list[dict[str, object]] = []
    if not options.json:
        print(f"{'case':<14}{'method':<16}" + "".join(f"{metric:>11}" for metric in METRICS))
    try:
        for case in _cases(options):
            for method in options.method or METHODS:
                with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                    values = pool.submit(run, method, case).result()
                more = [m for m in values if m not in METRICS]
                rows += [
                    {"case": case.name, "method": method, "metric": m, "value": values[m]}
                    for m in (*METRICS, *more)
                ]
                if not options.json:
                    shown = "".join(
                        f"{values[m]:>11.4f}" if m in METRICS[:3] else f"{values[m]:>11.1f}" for m in METRICS
                    )
                    print(f"{case.name:<14}{method:<16}{shown}", flush=True)
                    for m in more:
                        print(f"{'':<14}  {m:<30}{values[m]:>11.4f}", flush=True)
    except CaseProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
