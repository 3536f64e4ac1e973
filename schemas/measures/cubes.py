"""Every cube: a unit, a period, dimensions and a SQL file. Counts and nothing else.

What belongs here: what is counted. What does not: how (``pipelines/marts/<name>.sql``), how it is protected
(``anonymisation.disclosure``), and anything computed from counts (``indicators.py``). A new cube is one entry
here and one SQL file; disclosure control, release, spreadsheets and dictionary follow from the entry.

Units are never blurred: counts of incidents and referrals stand per agency, since what two agencies know may
be one incident; across agencies only distinct people are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from types import MappingProxyType

from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.measures.dimensions import DIMENSIONS, Dimension


class Links(StrEnum):
    """Which links between records make a person."""

    STRICT = "strict"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Cube:
    """One entry: a table of counts in every quarter, with all of its margins."""

    name: str
    """Also the name of the SQL file, unless ``sql`` says another."""
    title: str
    unit: str
    """What one count is; agency and links are appended with dots (``incident.police``, ``victim.all``)."""
    population: str
    """Which units are in and which are not, in words."""
    dimensions: tuple[str, ...]
    duties: tuple[str, ...]
    """Clauses of the standards that the cube serves (ids of ``duties.csv``)."""
    sql: str | None = None
    each: str | None = None
    """A code list: one table for each of its codes, with the yes/no dimension ``<stem>_<code>`` added."""
    by_agency: bool = False
    """One table for each contributing agency instead of one across agencies."""
    agency_kinds: tuple[str, ...] = ()
    """Kinds of agency that feed it; empty: every agency that feeds ``dataset``."""
    specialist_only: bool = False
    """Fed by specialist sexual-violence services alone (the most sensitive characteristics)."""
    dataset: str = "incidents"
    """Canonical dataset without which an agency does not contribute."""
    links: tuple[Links, ...] = ()
    """For people: one table for each reading of the links; empty for units that are not people."""
    needs_history: bool = False
    """Looks back over twelve months: nothing before a contributor's full quarters of history."""
    period_kind: str = "quarter"
    """``quarter`` or ``year`` (full calendar years)."""
    area_basis: str | None = None
    """``offence``, ``residence`` or ``service``, where the cube has the dimension ``area``."""

    def __post_init__(self) -> None:
        """Refuse an entry that could not be a table.

        Raises:
            ValueError: an unknown dimension, or an area without its basis.
        """
        if unknown := [d for d in self.dimensions if d not in DIMENSIONS]:
            raise ValueError(f"cube [{self.name}]: no dimension is called [{unknown[0]}]. Add it to "
                             "dimensions.py")
        if ("area" in self.dimensions) != (self.area_basis is not None):
            raise ValueError(f"cube [{self.name}]: say in area_basis which area it means, or leave out both")

    @property
    def tables(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(name, dimensions) of every table of one unit that the entry stands for: one, or one per code of
        ``each``."""
        if self.each is None:
            return ((self.name, self.dimensions),)
        stem = self.each.removesuffix("s")
        codes = (c for c in codelist(self.each).codes if c not in (NOT_RECORDED, UNMAPPED))
        return tuple((f"{self.name}.{code}", (*self.dimensions, f"{stem}_{code}")) for code in codes)

    @property
    def columns(self) -> tuple[str, ...]:
        """Dimension columns that the SQL select returns, beside ``agency``, ``period`` and ``n``."""
        return tuple(dict.fromkeys(chain.from_iterable(dimensions for _, dimensions in self.tables)))

    @property
    def dimension_objects(self) -> tuple[Dimension, ...]:
        """The dimensions themselves."""
        return tuple(DIMENSIONS[name] for name in self.columns)


_STRICT_AND_ALL = (Links.STRICT, Links.ALL)
_ALL_LINKS = (Links.ALL,)

_ENTRIES = (
    # how much, of what kind
    Cube(
        # recorded crimes are counted by the cubes below: the same count in two units would be rounded twice
        name="reports_by_status", title="Reports that do not stand as recorded crimes",
        unit="report_set_apart",
        by_agency=True, agency_kinds=("police",),
        population="Reports whose latest version is cancelled, N100, transferred or of no recorded status",
        dimensions=("area", "status"), area_basis="offence", duties=("W1", "G2"),
    ),
    Cube(
        name="incidents_by_kind", title="Incidents by kind", unit="incident", by_agency=True, each="kinds",
        population="Recorded incidents; an incident may be of several kinds",
        dimensions=("area",), area_basis="offence", duties=("W1",),
    ),
    Cube(
        name="incidents_by_offence", title="Recorded crimes by offence group", unit="incident",
        by_agency=True,
        agency_kinds=("police",), population="Recorded crimes",
        dimensions=("area", "offence_group", "victim_age_group"), area_basis="offence", duties=("W1",),
    ),
    Cube(
        name="incidents_by_recency", title="Recent and non-recent incidents", unit="incident", by_agency=True,
        population="Recorded incidents", dimensions=("recency",), duties=("W1", "H3"),
    ),
    Cube(
        name="incidents_by_setting", title="Incidents by setting", unit="incident", by_agency=True,
        population="Recorded incidents", dimensions=("setting",), duties=("W1",),
    ),
    Cube(
        name="incidents_like_for_like", title="Crimes with and without the offences created in January 2024",
        unit="incident", by_agency=True, agency_kinds=("police",), population="Recorded crimes",
        dimensions=("is_new_offence",), duties=("W1", "W31"),
    ),
    Cube(
        name="incidents_by_suspect", title="Crimes with an identified suspect", unit="incident",
        by_agency=True,
        agency_kinds=("police",), population="Recorded crimes", dimensions=("has_suspect",),
        duties=("W2", "G2"),
    ),
    # who
    Cube(
        name="victims_by_age_sex", title="Victims by age and sex", unit="victim", links=_ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("area", "age_band", "sex"), area_basis="residence", duties=("W3", "W14", "W35"),
    ),
    Cube(
        name="victims_by_ethnicity", title="Victims by ethnic group", unit="victim", links=_ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("area", "ethnicity5"), area_basis="residence", duties=("W3", "W14", "W15"),
    ),
    Cube(
        name="victims_by_disability", title="Victims by disability", unit="victim", links=_ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("disability",), duties=("W3", "W14"),
    ),
    Cube(
        name="victims_by_religion", title="Victims by religion", unit="victim", links=_ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("religion",), duties=("W3", "W14"),
    ),
    Cube(
        name="victims_by_relationship", title="Victims by relationship", unit="victim", links=_ALL_LINKS,
        dataset="victims", population="Distinct people with a recorded incident in the quarter, across "
                                      "agencies",
        dimensions=("relationship", "sex"), duties=("W3", "D10", "G10"),
    ),
    Cube(
        name="clients_by_orientation", title="Clients of specialist services by sexual orientation",
        unit="client", links=_ALL_LINKS, specialist_only=True, dataset="victims",
        population="Distinct people seen by specialist services in the quarter", dimensions=("orientation",),
        duties=("W3", "W14", "G10"),
    ),
    # by whom
    *(
        Cube(
            name=f"{stage}_by_{'_'.join(dimensions) if dimensions != ('ethnicity5',) else 'ethnicity'}",
            sql=f"{stage}_people", title=f"{label} by {words}", unit=stage, links=_ALL_LINKS,
            dataset="suspects",
            population=f"Distinct people {label.lower()} in an incident of the quarter",
            dimensions=dimensions, duties=duties,
        )
        for stage, label in (
            ("named", "Named as suspects"), ("charged", "Charged"), ("convicted", "Convicted or cautioned"))
        for dimensions, words, duties in (
            (("age_band", "sex"), "age and sex", ("W3", "W32")),
            (("ethnicity5",), "ethnic group", ("W3",)),
        )
    ),
    *(
        Cube(
            name=f"{stage}_repeat", sql=f"{stage}_people", title=f"{label}: linked to two or more incidents",
            unit=stage, links=_STRICT_AND_ALL, dataset="suspects", needs_history=True,
            population=f"Distinct people {label.lower()} in an incident of the quarter; look-back twelve "
                       "months",
            dimensions=("is_repeat", "is_multiple"), duties=("W2", "G2"),
        )
        for stage, label in (
            ("named", "Named as suspects"), ("charged", "Charged"), ("convicted", "Convicted or cautioned"))
    ),
    # again
    Cube(
        name="victims_repeat", title="Victims reported to the police again within twelve months",
        unit="police_victim",
        links=_STRICT_AND_ALL, agency_kinds=("police",), dataset="victims", needs_history=True,
        population="Distinct people with a recorded crime reported in the quarter (RV-A, report-anchored)",
        dimensions=("area", "is_repeat"), area_basis="residence", duties=("H9", "H10", "W2"),
    ),
    Cube(
        name="incidents_repeat", title="Crimes against people already victimised within twelve months",
        # one reading only: both have the same total, and two roundings of it would meet in a narrower
        # interval
        unit="police_incident", links=_ALL_LINKS, agency_kinds=("police",), dataset="victims",
        needs_history=True,
        population="Recorded crimes of the quarter, one per victim",
        dimensions=("area", "is_repeat"), area_basis="offence", duties=("H9", "H10"),
    ),
    # both
    Cube(
        name="both_roles", title="People harmed and suspected, where exploitation is recorded",
        unit="person_in_both_roles",
        links=_ALL_LINKS, dataset="suspects", period_kind="year",
        population="Distinct people who were victims of recorded exploitation and suspects, by the year of "
                   "the later role; "
                   "whole partnership only",
        dimensions=("role_order",), duties=("G13",),
    ),
    # where do they go
    Cube(
        name="referrals_pathway", title="Referral pathways", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("source", "destination", "referral_status"), duties=("W4", "W25", "G3", "G5"),
    ),
    Cube(
        name="referrals_wait", title="Waits from consent to first contact", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("destination", "wait_band"), duties=("W4", "H3"),
    ),
    Cube(
        name="referrals_by_area", title="Referrals by area", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("area", "destination"), area_basis="residence", duties=("W4",),
    ),
    Cube(
        name="referrals_declined", title="Why referrals were not taken up", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("destination", "decline_reason"), duties=("W4", "W10", "G9"),
    ),
    Cube(
        name="referrals_police", title="Referrals of people whose case is known to the police",
        unit="referral",
        by_agency=True, dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("reported_to_police",), duties=("H19",),
    ),
    # services that send counts
    Cube(
        name="counted_clients", title="New clients of services that send counts", unit="new_client",
        by_agency=True,
        dataset="counts", population="New clients, as counted by the service itself",
        dimensions=("area", "age_band", "sex"), area_basis="service", duties=("W1", "W3"),
    ),
)

CUBES: MappingProxyType[str, Cube] = MappingProxyType({cube.name: cube for cube in _ENTRIES})
"""Every cube by its name."""
