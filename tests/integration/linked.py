"""Who the product says is whom, beside who is: the records of one run with both, in plain polars.

What belongs here: bringing the vault's people and the truth together, and the measures that ``test_links.py``
gates. What does not: linking (``anonymisation.linkage``) and counts (``reckoning.py``). Only a test may do
this: in the product nothing holds a person of the vault and a name at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import polars as pl

from anonymisation.hashing import hmac_hex
from pipelines.hub import Hub
from pipelines.store.connect import connect
from tests.integration.published import persons
from tests.integration.reckoning import Reckoning
from tests.integration.reckoning_people import LOOK_BACK_DAYS

PARTS = {
    "victim": {
        "victims": ("incident_ref", "person_ref"),
        "referrals": ("referral_ref",),
        "cases": ("case_ref",),
    },
    "suspect": {"suspects": ("incident_ref", "person_ref"), "registrations": ("person_ref", "register")},
}
"""By role, the datasets whose records carry a person, and the references by which the vault knows a
record."""


@dataclass(frozen=True)
class Linked:
    """One run of linkage as of ``reckoning``."""

    hub: Hub
    reckoning: Reckoning

    @cached_property
    def records(self) -> pl.DataFrame:
        """role, dataset, agency, true_person, person_uid, strict_uid, and where there is one incident_ref and
        report_date."""
        keys = self.hub.keys()
        with connect(self.hub.places, keys, vault=True) as connection:
            people = connection.execute("SELECT rec_key, role, person_uid, strict_uid FROM vault.people").pl()
            tokens = connection.execute(
                "SELECT rec_key, dataset, name, token FROM vault.record_references"
            ).pl()
        parts = []
        for role, datasets in PARTS.items():
            for dataset, names in datasets.items():
                refs = [name for name in names if name.endswith("_ref")]
                own = tokens.filter(pl.col("dataset") == dataset, pl.col("name").is_in(refs))
                wide = own.pivot(on="name", index="rec_key", values="token").join(
                    people.filter(pl.col("role") == role), on="rec_key", how="inner"
                )
                seen = self.reckoning.records(dataset)
                keyed = seen.with_columns(*(self._token(seen, name).alias(f"_{name}") for name in refs))
                keyed = keyed.unique(["agency", *refs], keep="last", maintain_order=True)
                found = wide.join(
                    keyed, left_on=refs, right_on=[f"_{name}" for name in refs], how="inner", suffix="_true"
                )
                keep = [n for n in ("incident_ref_true", "report_date") if n in found.columns]
                parts.append(
                    found.select(
                        "role",
                        pl.lit(dataset).alias("dataset"),
                        "agency",
                        "true_person",
                        "person_uid",
                        "strict_uid",
                        *keep,
                    ).rename({"incident_ref_true": "incident_ref"}, strict=False)
                )
        return pl.concat(parts, how="diagonal")

    def _token(self, frame: pl.DataFrame, name: str) -> pl.Series:
        token = frame.select(pl.format(f"{{}}|{name}|{{}}", "agency", name)).to_series()
        for key in self.hub.keys().token_keys("reference", name):
            token = hmac_hex(token, key)
        return token

    def seen_by_two_pct(self, who: str) -> float:
        """Share of victims with a record at two agencies or more, in per cent; ``who`` is the column that
        says who is whom."""
        rows = self.records.filter(pl.col("role") == "victim")
        agencies = rows.group_by(who).agg(pl.col("agency").n_unique().alias("n"))
        return 100 * float((agencies["n"] >= 2).mean())  # type: ignore[arg-type]

    def mistaken_relatives(self, role: str, who: str) -> dict[str, tuple[int, int]]:
        """Of twins, and of other people of one household: (pairs who share a person, pairs)."""
        rows = self.records.filter(pl.col("role") == role)
        ids = {str(p): set(u) for p, u in rows.group_by("true_person").agg(pl.col(who).unique()).iter_rows()}
        here = persons().filter(pl.col("true_person").is_in(list(ids)))
        twins = {
            frozenset((a, b))
            for a, b in here.select("true_person", "twin_of").drop_nulls().iter_rows()
            if b in ids
        }
        homes = here.group_by("household").agg(pl.col("true_person"))["true_person"].to_list()
        relatives = {frozenset(pair) for home in homes for pair in combinations(home, 2)} - twins
        return {
            name: (sum(1 for a, b in map(tuple, pairs) if ids[a] & ids[b]), len(pairs))
            for name, pairs in (("twins", twins), ("household", relatives))
        }


def true_repeat_counts(reckoning: Reckoning) -> dict[str, tuple[int, int]]:
    """By quarter: the police's victims, in truth and whether or not they may be linked, with another report
    in the 365 days before, and all of them."""
    rows = reckoning.victims.filter(pl.col("agency") == "police").with_row_index("row")
    days = rows.select("true_person", "row", "report_date")
    gap = (pl.col("report_date") - pl.col("report_date_right")).dt.total_days()
    again = days.join(days, on="true_person").filter(gap.is_between(1, LOOK_BACK_DAYS))["row"].unique()
    counted = (
        rows.with_columns(pl.col("row").is_in(again.implode()).alias("is_repeat"))
        .group_by("true_person", "period")
        .agg(pl.col("is_repeat").any())
        .group_by("period")
        .agg(pl.col("is_repeat").sum(), pl.len())
    )
    return {period: (int(n), int(of)) for period, n, of in counted.sort("period").iter_rows()}


def true_repeat_pct(reckoning: Reckoning) -> dict[str, float]:
    """By quarter: the share of them, in per cent."""
    return {period: 100 * n / of for period, (n, of) in true_repeat_counts(reckoning).items()}
