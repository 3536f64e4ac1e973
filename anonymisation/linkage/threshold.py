"""How strong a link must be: chosen in every run from the precision that is estimated in that run.

What belongs here: the prior re-estimated from the scored pairs, calibration against pairs whose identifiers
are known, and the weight at which the second pass stops. What does not: the weights (model.py). Pure
functions over arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anonymisation.linkage.settings import LinkSettings

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRIOR_ROUNDS: Final = 100
PRIOR_TOLERANCE: Final = 1e-4
CALIBRATION_PAIRS: Final = 10
"""Known pairs in a bin of the calibration."""
MIN_EXPECTED: Final = 0.5
"""A prior is never learnt below half a pair: nothing seen is not nothing there."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """Where the second pass stops, and what is believed about it."""

    bits: float
    """Evidence at or above which a pair is linked: log2 odds, rivals considered."""
    estimated_precision: float | None
    """Of the second-pass links; None if there are none."""
    n_links: int
    is_labelled: bool
    """True if known pairs decided, False if the model did."""
    n_labelled: int

    def at(self, bits: float, evidence: pl.Series, believed: pl.Series) -> Threshold:
        """The same pairs at another threshold, chosen before."""
        kept = believed.filter(evidence >= bits)
        mean = float(kept.mean()) if len(kept) else None  # type: ignore[arg-type]
        return replace(self, bits=bits, n_links=len(kept), estimated_precision=mean)


def probability(bits: Floats) -> Floats:
    """Log2 odds → probability."""
    out: Floats = 1.0 / (1.0 + np.exp2(-np.clip(bits, -200, 200)))
    return out


def log_odds(share: float) -> float:
    """Probability → log2 odds."""
    clipped = min(max(share, 1e-12), 1 - 1e-12)
    return float(np.log2(clipped / (1 - clipped)))


def learn_prior(ratio_bits: Floats, n_pairs: float) -> float:
    """Log2 prior odds that explain the scored pairs best, given their likelihood ratios and all pairs there
    are.

    The expectation-maximisation of the mixing share alone: pairs that blocking left out count as non-matches.
    """
    if len(ratio_bits) == 0 or n_pairs <= 1:
        return log_odds(MIN_EXPECTED / max(n_pairs, 1.0))
    prior = log_odds(min(len(ratio_bits) / 2 / n_pairs, 0.5))
    for _ in range(PRIOR_ROUNDS):
        expected = max(float(probability(ratio_bits + prior).sum()), MIN_EXPECTED)
        following = log_odds(min(expected / n_pairs, 0.5))
        if abs(following - prior) < PRIOR_TOLERANCE:
            return following
        prior = following
    return prior


def calibrate(bits: Floats, is_same: Flags) -> tuple[Floats, Floats]:
    """Monotone map from weight to the share of known pairs that are one person: bin centres and shares.

    Equal-count bins, then pooled adjacent violators; one half of a pair is added to each side of what is
    pooled. The bins are small, since strong pairs are few: bins that mix them with doubtful ones would let no
    link be believed.
    """
    order = np.argsort(bits)
    parts = np.array_split(order, max(len(order) // CALIBRATION_PAIRS, 1))
    centre = [float(bits[part].mean()) for part in parts]
    same = [float(is_same[part].sum()) for part in parts]
    total = [float(len(part)) for part in parts]
    blocks: list[list[float]] = []
    members: list[list[int]] = []
    for i in range(len(parts)):
        blocks.append([same[i], total[i]])
        members.append([i])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            last, last_members = blocks.pop(), members.pop()
            blocks[-1][0] += last[0]
            blocks[-1][1] += last[1]
            members[-1] += last_members
    share = np.zeros(len(parts))
    for block, indices in zip(blocks, members, strict=True):
        share[indices] = (block[0] + 0.5) / (block[1] + 1.0)
    return np.array(centre), np.maximum.accumulate(share)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """How likely a pair is one person at a likelihood ratio: as known pairs show, or as the model says."""

    ratio_bits: Floats
    """Where known pairs were looked at; empty if there were too few."""
    shares: Floats
    """Share of them that are one person."""
    n_labelled: int

    @property
    def is_labelled(self) -> bool:
        """True if known pairs decided, False if the model does."""
        return len(self.ratio_bits) > 0

    def believed(self, ratio_bits: Floats, prior_bits: float) -> Floats:
        """Probability of each pair, from its likelihood ratio."""
        if not self.is_labelled:
            return probability(ratio_bits + prior_bits)
        made: Floats = np.interp(ratio_bits, self.ratio_bits, self.shares)
        return made

    def facts(self) -> dict[str, Any]:
        """Fit for JSON: rates only."""
        return {
            "ratio_bits": self.ratio_bits.tolist(),
            "shares": self.shares.tolist(),
            "n_labelled": self.n_labelled,
        }

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Curve:
        """What `facts` was made from."""
        return cls(
            ratio_bits=np.array(facts["ratio_bits"], dtype=np.float64),
            shares=np.array(facts["shares"], dtype=np.float64),
            n_labelled=int(facts["n_labelled"]),
        )


def learn_curve(ratio_bits: Floats, is_same: Flags, settings: LinkSettings) -> Curve:
    """The curve of pairs whose identifiers are known, where they are enough and of both kinds."""
    n, n_same = len(ratio_bits), int(is_same.sum())
    if n < settings.min_labelled_pairs or min(n_same, n - n_same) < settings.min_labelled_of_each:
        return Curve(ratio_bits=np.zeros(0), shares=np.zeros(0), n_labelled=n)
    centre, share = calibrate(ratio_bits, is_same.astype(np.bool_))
    return Curve(ratio_bits=centre, shares=share, n_labelled=n)


def choose(bits: Floats, believed: Floats, curve: Curve, settings: LinkSettings) -> Threshold:
    """The evidence to stop at. `bits` descend, `believed` is the probability of each pair.

    The links down to a pair are kept while their mean probability is at least `min_precision` and the pair
    itself is more likely right than wrong.
    """
    running = np.cumsum(believed) / np.arange(1, len(believed) + 1)
    good = (running >= settings.min_precision) & (believed >= settings.min_link_probability)
    last = int(np.flatnonzero(good)[-1]) if good.any() else -1
    return Threshold(
        bits=float(bits[last]) if last >= 0 else float("inf"),
        estimated_precision=float(running[last]) if last >= 0 else None,
        n_links=last + 1,
        is_labelled=curve.is_labelled,
        n_labelled=curve.n_labelled,
    )
