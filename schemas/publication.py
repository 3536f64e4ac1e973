"""Typed reader of ``publication.yaml``: what a public release may show.

What belongs here: which cubes, with which of their dimensions, under which licence, by whose decision. What
does not: making it (``pipelines.release.public``). A cube that is not named is not public.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import model_validator

from schemas.agencies import Text
from schemas.documents import Document, read_document
from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import DIMENSIONS

PUBLICATION_FILE = "publication.yaml"
"""Stands beside the partnership file."""
MOST_DIMENSIONS = 1
"""A public table has totals, or one characteristic at a time: crossings stay with the board."""


class Publication(Document):
    """One partnership's decision on what is public."""

    decided_on: date
    decided_by: Text
    licence: Text
    cubes: dict[str, tuple[str, ...]]
    """Cube to the dimensions that are kept; none: totals."""

    @model_validator(mode="after")
    def _known(self) -> Publication:
        for cube, kept in self.cubes.items():
            if cube not in CUBES:
                raise ValueError(f"cubes names [{cube}], which is no cube. Correct it, or take it out")
            if unknown := [d for d in kept if d not in CUBES[cube].dimensions]:
                raise ValueError(f"cube [{cube}] has no dimension [{unknown[0]}]. Correct it, or take it out")
            if len(kept) > MOST_DIMENSIONS:
                raise ValueError(
                    f"cube [{cube}] keeps [{len(kept)}] dimensions. Keep [{MOST_DIMENSIONS}] at most"
                )
            if sensitive := [d for d in kept if DIMENSIONS[d].is_sensitive]:
                raise ValueError(
                    f"dimension [{sensitive[0]}] is sensitive and stays with the board. Take it out"
                )
        if not self.cubes:
            raise ValueError("cubes is empty. Name what is public, or make no public release")
        return self


def read_publication(partnership_file: Path) -> Publication:
    """Read the decision that stands beside a partnership file.

    Raises:
        schemas.documents.DocumentError: names file, key and remedy.
    """
    return read_document(partnership_file.with_name(PUBLICATION_FILE), Publication)
