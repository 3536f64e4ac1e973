"""Places: local authorities, their community safety partnership and their police force area.

What belongs here: which authority lies in which partnership and force. What does not: which of them one
partnership covers (``partnership.yaml``), who lives there (``population.py``), smaller areas (never kept).

Three codes are no place: ``outside`` (the partnership's area), ``withheld`` (known and kept back for safety,
as for a refuge) and ``not_recorded``.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.codelists import CodeListError, codelist

OUTSIDE = "outside"
WITHHELD = "withheld"
_PLACE = "local_authority"


def local_authorities() -> tuple[str, ...]:
    """Every local authority that is known, by code, in page order."""
    return codelist("areas").where("kind", _PLACE)


def areas_of_police_area(police_area: str) -> tuple[str, ...]:
    """The local authorities of a police force area, such as ``E23000014``.

    Raises:
        CodeListError: no authority of that force area is known.
    """
    found = codelist("areas").where("police_area", police_area)
    if not police_area or not found:
        known = sorted(set(codelist("areas").attribute("police_area").values()) - {""})
        raise CodeListError(
            f"codes/areas.csv: no local authority of police area [{police_area}]. Use one of "
            f"[{', '.join(known)}], or add its authorities with their source"
        )
    return found


def check_places(areas: Iterable[str]) -> tuple[str, ...]:
    """Return ``areas`` if each is a local authority that is known.

    Raises:
        CodeListError: one is not, or one stands there twice.
    """
    given, places = tuple(areas), frozenset(local_authorities())
    unknown = [area for area in given if area not in places]
    if unknown:
        raise CodeListError(
            f"codes/areas.csv: [{', '.join(unknown)}] is no local authority of the list. "
            f"Use codes such as E08000025, or add the authority with its source"
        )
    if len(set(given)) != len(given):
        raise CodeListError("an area is named twice. Name each area once")
    return given
