"""When everybody is linked anew, and what a whole run leaves behind for the increments after it.

What belongs here: the facts that a stored model carries, and the rule by which it has served its time. What
does not: storing it (pipelines/store), linking (link.py, increment.py).

The stored model is JSON: Splink's settings, prior, curve and threshold (rates, no token), and beside them the
versions that it belongs to and the quality that its own run measured.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import polars as pl

from anonymisation.keys import SPEC_VERSION
from anonymisation.linkage.quality import BY_GROUP_SCHEMA, size_histogram
from anonymisation.linkage.result import LinkResult
from anonymisation.linkage.settings import LinkSettings

MODEL_VERSION: Final = 7
"""Counts changes of levels, training or second pass: a model of another version does not weigh alike."""
RETRAIN_GROWTH: Final = 0.5
"""Share by which records may have grown, or been replaced, since the model was learnt; beyond it everybody is
linked anew."""


def facts_of(settings: LinkSettings, key_check_value: str) -> dict[str, Any]:
    """What must be the same for a stored model to serve."""
    return {
        "model_version": MODEL_VERSION,
        "spec_version": SPEC_VERSION,
        "linkage_key": key_check_value,
        "settings": asdict(settings),
    }


def stored_model(result: LinkResult, facts: dict[str, Any], quarter: str) -> dict[str, Any]:
    """A whole run's model as it is kept, fit for JSON."""
    return {
        **result.model,
        "facts": facts,
        "learnt_in": quarter,
        "n_records": result.assignments.height,
        "quality": result.quality,
        "by_group": result.by_group.to_dicts(),
    }


def why_whole(
    model: dict[str, Any] | None, facts: dict[str, Any], *, n_new: int, n_gone: int, is_asked: bool
) -> str | None:
    """Why everybody must be linked anew; None if an increment will do."""
    if is_asked:
        return "asked for"
    if model is None or "facts" not in model:
        return "no model yet"
    for name, value in facts.items():
        if model["facts"].get(name) != value:
            return f"another {name.replace('_', ' ')}"
    if n_new + n_gone > RETRAIN_GROWTH * int(model["n_records"]):
        return "grown since the model was learnt"
    return None


def quality_since(
    model: dict[str, Any], part: LinkResult, sizes: pl.Series, n_strict: int, n_told: int, n_new: int
) -> dict[str, Any]:
    """Quality after the increment `part`: the estimates of the last whole run, the counts of now.

    `sizes`: records of each person, by all links. `n_strict`: people by strict links. `n_told`: records that
    say enough to be recognised. `n_new`: records linked by this increment.
    """
    n = int(sizes.sum())
    return {
        **model["quality"],
        "n_records": n,
        "n_people": len(sizes),
        "n_people_strict": n_strict,
        "tokenised_pct": 100.0 * n_told / n if n else None,
        "linked_pct": 100.0 * int(sizes.filter(sizes > 1).sum()) / n if n else None,
        "people_by_records": size_histogram(sizes.to_list()),
        "n_linked_in_increment": n_new,
        "shared_numbers": {**model["quality"]["shared_numbers"], **part.quality["shared_numbers"]},
    }


def groups_since(model: dict[str, Any]) -> pl.DataFrame:
    """Missed matches by group, as the last whole run estimated them."""
    return pl.DataFrame(model["by_group"], schema=BY_GROUP_SCHEMA)
