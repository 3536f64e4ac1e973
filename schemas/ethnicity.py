"""Ethnic group: from the codes of five source systems to nineteen groups and five.

What belongs here: which source systems are known, and their way to the census groups. What does not: an
agency's own spellings (``agencies/*.yaml``), what an officer saw (``codes/ethnicity_observed.csv``, which
leads nowhere on purpose).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from schemas.codelists import CodeList, codelist


class EthnicitySystem(StrEnum):
    """A source system with its own codes for self-defined ethnicity."""

    SDE_18_1 = "sde_18_1"
    """Police, 18+1 codes."""
    SDE_16_1 = "sde_16_1"
    """Police, 16+1 codes, until January 2021."""
    NHS_ETHNIC = "nhs_ethnic"
    """NHS ethnic category, A to S."""
    CENSUS_2021_19 = "census_2021_19"
    """Census 2021, 1 to 19."""
    NDELIUS = "ndelius"
    """Prisons and probation."""


def source_list(system: EthnicitySystem) -> CodeList:
    """The codes of ``system`` as it writes them."""
    return codelist(f"ethnicity_{system}")


@cache
def to_nineteen(system: EthnicitySystem) -> Mapping[str, str]:
    """Source code → code of ``ethnicity19``; ``not_stated`` and ``not_recorded`` stay apart."""
    return source_list(system).attribute("ethnicity19")


@cache
def to_five() -> Mapping[str, str]:
    """Code of ``ethnicity19`` → code of ``ethnicity5``."""
    own = codelist("ethnicity19").attribute("ethnicity5")
    return MappingProxyType({code: group or code for code, group in own.items()})
