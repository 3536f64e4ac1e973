"""What an agency's extract cannot tell, since it sends no column of it: a nought of a form, not of people.

What belongs here: from an agency's file to the dimensions of which it sends nothing. What does not: how much
is not recorded of what is sent (the counts say it), and the words (``dashboards``).
"""

from __future__ import annotations

from types import MappingProxyType

from schemas.agencies import Agency
from schemas.datasets import DATASETS
from schemas.measures.cubes import CUBES

COLUMNS_OF: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "age_band": ("age_band", "age", "dob"),
    "ethnicity5": ("ethnicity",),
    "form_completeness": ("n_mandatory",),
    "practice_confidentiality": ("confidentiality_explained",),
    "practice_safe_contact": ("safe_contact",),
    "officer_changes": ("n_officer_changes",),
})
"""Dimension → columns of which one is enough, where they bear another name."""


def not_sent(agency: Agency) -> tuple[str, ...]:
    """``dataset.dimension`` of each dimension of the agency's own tables of which its extract holds no
    column, in order; dimensions that are worked out of other records are not among them."""
    fed: dict[str, set[str]] = {}
    for file in agency.files.values():
        for dataset, feed in file.feeds.items():
            fed.setdefault(dataset, set()).update(feed.fields)
    found = set()
    for cube in CUBES.values():
        is_fed = cube.dataset in fed and (not cube.agency_kinds or agency.kind in cube.agency_kinds)
        if not cube.by_agency or not is_fed or (cube.specialist_only and not agency.is_specialist):
            continue
        known = {column.name for column in DATASETS[cube.dataset].columns}
        for dimension in cube.columns:
            columns = COLUMNS_OF.get(dimension, (dimension,))
            if known.issuperset(columns) and not fed[cube.dataset].intersection(columns):
                found.add(f"{cube.dataset}.{dimension}")
    return tuple(sorted(found))
