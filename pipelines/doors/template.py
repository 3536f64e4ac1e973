"""``tessera template``: the spreadsheet of tier ``counts``, made from the schema."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.intake.counts_template import write_template
from schemas.agencies import AGENCY_DIR, Tier, read_agencies
from schemas.quarters import Quarter


def write_template_file(agency: str, quarter: str, out: Path | None, agency_dirs: Sequence[Path] = ()) -> int:
    """Write the template for one agency and quarter; 0 written, 2 not."""
    agencies = read_agencies(AGENCY_DIR, *agency_dirs)
    try:
        wanted = Quarter.parse(quarter)
    except ValueError as error:
        print(f"tessera: {error}.", file=sys.stderr)
        return 2
    if agency not in agencies or agencies[agency].tier is not Tier.COUNTS:
        counting = ", ".join(name for name, a in agencies.items() if a.tier is Tier.COUNTS) or "none"
        print(f"tessera: [{agency}] sends no counts. Agencies that do: [{counting}].", file=sys.stderr)
        return 2
    path = out or Path(next(iter(agencies[agency].files.values())).pattern.replace("{quarter}", str(wanted)))
    if path.exists():
        print(f"tessera: [{path}] is there already and was not overwritten. Choose another name with --out.",
              file=sys.stderr)
        return 2
    path.write_bytes(write_template(agencies[agency], wanted))
    print(f"Template for [{agencies[agency].name}], {wanted.label}: {path}")
    return 0
