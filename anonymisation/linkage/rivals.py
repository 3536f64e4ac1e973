"""What speaks against a pair beside the pair itself: whose birth each side has, and whom else it could be.

What belongs here: the evidence of a pair between two clusters, given what is known of both. What does not:
the weight of two identities alone (model.py), how much evidence suffices (threshold.py). Pure functions over
arrays.

A record with a name alone weighs the same against everybody of that name; it is one of them at most. So the
odds of a pair are set against those of its rivals: the other people whom one side could be just as well, and
who are not each other, since their births differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from anonymisation.linkage.cluster import Flags, Ints
from anonymisation.linkage.threshold import Floats

MAX_ODDS: Final = 2.0**40
UNLIKE_BIRTH_BITS: Final = 6.0
"""Taken off a pair that says nothing of birth itself, between people whose births are unlike: about what
unlike births weigh in any data seen (m 0.01 to 0.02, u 0.87)."""


@dataclass(frozen=True, kw_only=True)
class Births:
    """What each identity says of birth, as codes; -1 where it says nothing."""

    whole: Ints
    year: Ints
    month: Ints
    day: Ints
    n_records: Ints

    def speakers(self, label: Ints) -> Ints:
        """Of each cluster the identity that speaks for its birth: the one most often written; -1 for none."""
        order = np.argsort(self.n_records, kind="stable")
        order = order[self.whole[order] >= 0]
        speaker = np.full(len(label), -1, dtype=np.int64)
        speaker[label[order]] = order
        return speaker

    def unlike(self, a: Ints, b: Ints) -> Flags:
        """Whether two identities say births that share at most one of year, month and day; -1 says none."""
        told = (a >= 0) & (b >= 0)
        shared = sum(
            ((part[a] == part[b]).astype(np.int64) for part in (self.year, self.month, self.day)),
            start=np.zeros(len(a), dtype=np.int64),
        )
        made: Flags = told & (shared < 2)
        return made


def births_of(identities: pl.DataFrame) -> Births:
    """From c_dob, c_dob_y, c_dob_m, c_dob_d and n_records of identities in their order."""
    codes = {
        name: (identities[name].rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy()
        for name in ("c_dob", "c_dob_y", "c_dob_m", "c_dob_d")
    }
    return Births(
        whole=codes["c_dob"], year=codes["c_dob_y"], month=codes["c_dob_m"], day=codes["c_dob_d"],
        n_records=identities["n_records"].cast(pl.Int64).to_numpy(),
    )  # fmt: skip


def rival_odds(a: Ints, b: Ints, odds: Floats, birth: Ints) -> Floats:
    """Sum of the odds of each pair's rivals. `a`, `b`: the clusters of each pair; `birth`: of each cluster,
    -1 unknown."""
    frame = pl.DataFrame({"a": a, "b": b, "odds": odds})
    sides = pl.concat([frame, frame.select(a="b", b="a", odds="odds")])
    best = sides.group_by("a", "b").agg(pl.col("odds").max())
    best = best.with_columns(birth=pl.Series(birth[best["b"].to_numpy()])).filter(pl.col("birth") >= 0)
    alike = best.group_by("a", "birth").agg(alike=pl.col("odds").sum())
    every = best.group_by("a").agg(every=pl.col("odds").sum())
    total = np.zeros(len(a))
    for one, other in ((a, b), (b, a)):
        asked = pl.DataFrame({"a": one, "birth": birth[other]})
        found = asked.join(every, on="a", how="left", maintain_order="left").join(
            alike, on=["a", "birth"], how="left", maintain_order="left"
        )
        rest = (found["every"] - found["alike"]).fill_null(0.0).to_numpy()
        total += np.maximum(rest, 0.0)
    return total


def silently_unlike(label: Ints, left: Ints, right: Ints, births: Births) -> Flags:
    """Pairs that say nothing of birth themselves, between people whose births are unlike."""
    speaker = births.speakers(label)
    silent = (births.whole[left] < 0) | (births.whole[right] < 0)
    made: Flags = silent & births.unlike(speaker[label[left]], speaker[label[right]])
    return made


def evidence(label: Ints, left: Ints, right: Ints, believed: Floats, births: Births) -> Floats:
    """Log2 odds that each pair is one person, given the clusters of both sides and their rivals."""
    a, b = label[left], label[right]
    odds = np.minimum(believed / np.maximum(1.0 - believed, 1.0 / MAX_ODDS), MAX_ODDS)
    speaker = births.speakers(label)
    birth = np.where(speaker >= 0, births.whole[speaker], -1)
    unlike = silently_unlike(label, left, right, births)
    odds = np.where(unlike, odds * 2.0**-UNLIKE_BIRTH_BITS, odds)
    made: Floats = np.log2(np.maximum(odds, 1.0 / MAX_ODDS)) - np.log2(1.0 + rival_odds(a, b, odds, birth))
    return made
