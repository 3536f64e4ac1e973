"""Texts that stand in ``schemas`` and reach a page: what a translation lists under ``labels``.

What belongs here: gathering them. What does not: the sentences of the pages (``strings.<language>.yaml``),
names that a partnership or an agency gives itself, and what people write.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.codelists import codelist
from schemas.datasets import DATASETS
from schemas.measures.breakdowns import BREAKDOWNS
from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import DIMENSIONS
from schemas.measures.indicators import INDICATORS
from schemas.registers import kinds

REGISTER_LISTS = ("register_kinds", "register_roles", "register_serves")


def standing_texts() -> tuple[str, ...]:
    """Every such text once, in order: of measures, of the dimensions and codes that they are divided by, of
    datasets and of the register."""
    return tuple(dict.fromkeys(text for text in _texts() if text))


def dataset_name(dataset: str) -> str:
    """A dataset's name in English words."""
    return dataset.replace("_", " ").capitalize()


def _texts() -> Iterator[str]:
    for indicator in INDICATORS.values():
        yield from (indicator.title, indicator.short, indicator.definition)
    for breakdown in BREAKDOWNS.values():
        yield from (breakdown.title, breakdown.definition)
        if breakdown.dimension not in DIMENSIONS:
            yield from _listed(breakdown.dimension)
    for cube in CUBES.values():
        yield from (cube.title, f"{cube.population}.")
    for dimension in DIMENSIONS.values():
        yield dimension.title
        yield from dimension.labels.values()
        if dimension.codelist is not None:
            yield from _listed(dimension.codelist)
    yield from map(dataset_name, (*DATASETS, "counts"))
    for kind in kinds().values():
        yield from (*kind.topics.values(), *kind.statuses.values())
    for name in REGISTER_LISTS:
        yield from _listed(name)


def _listed(name: str) -> Iterator[str]:
    held = codelist(name)
    yield from held.labels.values()
    yield from held.shorts.values()
