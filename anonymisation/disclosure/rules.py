"""The rules of protection: the few numbers that everybody, attackers included, may know.

Here: thresholds and weights, each with its source. Not here: what is protected (targets.py) and how
(rounding.py, suppression.py). The seed is not a rule: it is a secret of one release, handed to `protect`.
"""

from __future__ import annotations

from dataclasses import dataclass

from anonymisation.disclosure.refusal import DisclosureError

THRESHOLD = 5
"""A positive count below this is small (docs: disclosure control, "Targets")."""

BASE = 5
"""Rounded counts are multiples of this; a rounded r leaves [max(0, r − 4), r + 4]."""

CONTRIBUTOR_WEIGHT = 50.0
"""Cost of leaving a cell down that a contributing agency could then open, beside 1 to 1.2 for any other
cell."""

CONTRIBUTOR_MARGIN = 2
"""No other agency's positive count may be known to within less than this ("width ≥ 2")."""

VINTAGE_WEIGHT = 20.0
"""Cost of changing a restated cell whose earlier figure still fits: two vintages must not narrow each
other."""

LEAN = 0.8
"""How much cheaper it is to set a cell against its draw towards its nearer multiple than away from it. Sums
that must be mended push rare draws more often than likely ones; this undoes it and lowers the error
(measured on 4,224 cells, 9 three-way tables: mean |error| 1.749, mean error by residual within 0.16; with
0.2: 1.801 and 0.14)."""

TILT = 0.3
"""How far the chances of cells that are drawn one by one in a large system lean to the nearer multiple (docs:
disclosure control, "How a release is protected"). Coins without any lean err by 1.776 on the table above."""

MOST_BIAS = 0.125
"""No lean makes the mean error of a residual larger than this."""

SHARE_COST = 1.5
"""Cost of each cell of a residual that goes up beyond, or falls short of, as many as their chances
add up to: without it the mean |error| of a draw is anywhere within 0.03 of what is expected."""

BESIDE_COST = 100.0
"""Cost of a cell that stands above what others publish of it exactly with too few parts above 0: what that
opens is withheld, some two to four cells."""

ELASTIC_COST = 20.0
"""Cost of moving a cell one step more than the adjacent multiples, paid only when nothing else is
feasible."""

GAP = 0.02
"""Relative optimality gap at which the search stops. Protection does not depend on it."""

TIME_LIMIT_S = 30.0
"""Longest search for a first table of one system; repairs may take as long again, and the best table found so
far is then accepted."""

MINIMUM_SEED_BYTES = 16
"""A release seed shorter than 128 bits could be searched, and with it the release undone."""

METHODS = ("rounding", "suppression")
ZEROS = ("hidden", "published")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the readers are told about how a release was protected."""

    threshold: int = THRESHOLD
    """0 < n < threshold is a small count."""
    base: int = BASE
    """Base of the rounding."""
    zeros: str = "published"
    """Suppression only. `published`: a true zero is no target (it may still be hidden to protect another
    cell). `hidden`: zeros are small counts too. Rounding always hides zeros among the cells rounded to 0."""
    gap: float = GAP
    """Relative gap at which the search stops."""
    time_limit_s: float = TIME_LIMIT_S
    """Longest search for a first table of one system, seconds; repairs take as long again at most."""

    def __post_init__(self) -> None:
        if self.threshold < 1:
            raise DisclosureError(
                f"threshold [{self.threshold}] must be 1 or more: 5 means that 1 to 4 are small."
            )
        if self.base < 2:
            raise DisclosureError(f"base [{self.base}] must be 2 or more: 5 means multiples of 5.")
        if self.zeros not in ZEROS:
            raise DisclosureError(f"zeros [{self.zeros}] must be one of {list(ZEROS)}.")
        if not 0 <= self.gap < 1 or self.time_limit_s <= 0:
            raise DisclosureError("gap must lie in [0, 1) and the time limit must be above 0 seconds.")
