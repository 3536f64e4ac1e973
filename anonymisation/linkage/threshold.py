"""How strong a link must be: chosen in every run from the precision that is estimated in that run.

What belongs here: the prior re-estimated from the scored pairs, calibration against pairs whose identifiers
are known, and the weight at which the second pass stops. What does not: the weights (model.py). Pure
functions over arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anonymisation.linkage.settings import LinkSettings

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRIOR_ROUNDS: Final = 100
PRIOR_TOLERANCE: Final = 1e-4
CALIBRATION_BINS: Final = 40
MIN_EXPECTED: Final = 0.5
"""A prior is never learnt below half a pair: nothing seen is not nothing there."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """Where the second pass stops, and what is believed about it."""

    bits: float
    """Weight at or above which a pair is linked, in bits of the re-estimated posterior."""
    estimated_precision: float | None
    """Of the second-pass links; None if there are none."""
    n_links: int
    is_labelled: bool
    """True if known pairs decided, False if the model did."""
    n_labelled: int


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

    Equal-count bins, then pooled adjacent violators; one half of a pair is added to each side of each bin.
    """
    order = np.argsort(bits)
    parts = np.array_split(order, min(CALIBRATION_BINS, max(len(order) // 25, 1)))
    centre = [float(bits[part].mean()) for part in parts]
    same = [float(is_same[part].sum()) + 0.5 for part in parts]
    total = [float(len(part)) + 1.0 for part in parts]
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
        share[indices] = block[0] / block[1]
    return np.array(centre), share


def choose(
    bits: Floats,
    model_probability: Floats,
    labelled_bits: Floats,
    labelled_same: Flags,
    settings: LinkSettings,
) -> tuple[Threshold, Floats]:
    """The weight to stop at, and the probability believed of each pair. `bits` descend.

    The links down to a pair are kept while their mean probability is at least `min_precision` and the pair
    itself is more likely right than wrong.
    """
    is_labelled = len(labelled_bits) >= settings.min_labelled_pairs and 0 < labelled_same.sum() < len(
        labelled_same
    )
    if is_labelled:
        centre, share = calibrate(labelled_bits, labelled_same)
        believed = np.interp(bits, centre, share)
    else:
        believed = model_probability
    if len(bits) == 0:
        return Threshold(
            bits=np.inf,
            estimated_precision=None,
            n_links=0,
            is_labelled=is_labelled,
            n_labelled=len(labelled_bits),
        ), believed
    running = np.cumsum(believed) / np.arange(1, len(believed) + 1)
    good = (running >= settings.min_precision) & (believed >= settings.min_link_probability)
    last = int(np.flatnonzero(good)[-1]) if good.any() else -1
    threshold = Threshold(
        bits=float(bits[last]) if last >= 0 else float("inf"),
        estimated_precision=float(running[last]) if last >= 0 else None,
        n_links=last + 1,
        is_labelled=bool(is_labelled),
        n_labelled=len(labelled_bits),
    )
    return threshold, believed
