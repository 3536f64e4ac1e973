"""``python -m data.synthesise [--out DIR]``: write the sample.

What belongs here: the command. What does not: what it writes (``sample.py``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from data.synthesise import rates
from data.synthesise.sample import build_sample

MARK = "truth/canaries.csv"
"""By this file a folder is known to be a sample, so that nobody's own folder is ever emptied."""
DEFAULT_OUT = Path(__file__).parents[1] / "sample"


def write_sample(out: Path) -> int:
    """Write every file under ``out``, remove whatever else the folder holds, and give the number of bytes."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise SystemExit(
            f"[{out.name}] holds files and is no sample. "
            f"Name an empty folder, or one that this command wrote."
        )
    files = build_sample()
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(out).as_posix() not in files:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return sum(len(data) for data in files.values())


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m data.synthesise", description="Write the invented sample partnership."
    )
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_OUT, help="folder to write to (default: data/sample)"
    )
    parser.add_argument(
        "--seed", default=rates.SEED, help="another text draws another partnership of the same rates"
    )
    chosen = parser.parse_args()
    out: Path = chosen.out
    if chosen.seed != rates.SEED:
        if out == DEFAULT_OUT:
            raise SystemExit("The committed sample has one seed. Name another folder with --out.")
        rates.SEED = chosen.seed  # type: ignore[misc]
    size = write_sample(out)
    print(f"Wrote {size / 1e6:.1f} MB to {out}")


if __name__ == "__main__":
    main()
