"""What an agency's extract cannot tell, since it sends no column of it: a nought of a form, not of people.

What belongs here: from an agency's file to the dimensions of which it sends nothing. What does not: how much
is not recorded of what is sent (the counts say it), and the words (``dashboards``).
"""

from __future__ import annotations

from types import MappingProxyType

from schemas.agencies import Agency
from schemas.datasets import DATASETS
from schemas.measures.cubes import Cube

COLUMNS_OF: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "age_band": ("age_band", "age", "dob"),
    "ethnicity5": ("ethnicity",),
    "form_completeness": ("n_mandatory",),
    "practice_confidentiality": ("confidentiality_explained",),
    "practice_safe_contact": ("safe_contact",),
    "officer_changes": ("n_officer_changes",),
})
"""Dimension → columns of which one is enough, where they bear another name."""


NEEDS: MappingProxyType[str, str] = MappingProxyType({"is_multiple": "victims"})
"""Dimension → dataset without which an agency cannot tell it, where it is worked out of other records."""


def not_sent(agency: Agency, cube: Cube) -> frozenset[str]:
    """Dimensions of the agency's own table of ``cube`` of which its extract holds no column; none of what is
    worked out of several columns, or of people across agencies."""
    if not cube.by_agency or cube.dataset not in DATASETS:
        return frozenset()
    feeds = [feed for file in agency.files.values() for name, feed in file.feeds.items()
             if name == cube.dataset]
    sent = {field for feed in feeds for field in feed.fields}
    known = {column.name for column in DATASETS[cube.dataset].columns}
    found = set()
    for dimension in cube.columns:
        columns = COLUMNS_OF.get(dimension, (dimension,))
        has_no_column = known.issuperset(columns) and not sent.intersection(columns)
        if has_no_column or NEEDS.get(dimension, cube.dataset) not in agency.feeds:
            found.add(dimension)
    return frozenset(found)
