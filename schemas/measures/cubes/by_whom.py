"""By whom, again? And who is both harmed and suspected? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import ALL_LINKS, STRICT_AND_ALL, Cube

AT_STAGE = {"named": ("police",), "charged": ("police",)}
"""Kinds of agency of whose own records a stage is counted. Everyone whom probation knows was convicted or
cautioned, so that its people named, charged and convicted are nearly one count: told three times, each time
rounded anew, it would be known better than told once."""

ENTRIES: tuple[Cube, ...] = (
    *(
        Cube(
            name=f"{stage}_by_{'_'.join(dimensions) if dimensions != ('ethnicity5',) else 'ethnicity'}",
            sql=f"{stage}_people", title=f"{label} by {words}", unit=stage, links=ALL_LINKS,
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
            unit=stage, links=STRICT_AND_ALL, dataset="suspects", needs_history=True,
            population=f"Distinct people {label.lower()} in an incident of the quarter; look-back twelve "
                       "months",
            dimensions=("is_repeat", "is_multiple"), duties=("W2", "G2"),
        )
        for stage, label in (
            ("named", "Named as suspects"), ("charged", "Charged"), ("convicted", "Convicted or cautioned"))
    ),
    *(
        Cube(
            name=f"{stage}_repeat_own", title=f"{label}: linked to two or more incidents by one agency's "
                                              "own records",
            unit=f"{stage}_own", by_agency=True, agency_kinds=AT_STAGE.get(stage, ()), dataset="suspects",
            needs_history=True,
            population=f"People {label.lower()} in an incident of the quarter, as the agency's own "
                       "references know them; look-back twelve months",
            dimensions=("is_repeat", "is_multiple"), duties=("W2", "G2"),
        )
        for stage, label in (
            ("named", "Named as suspects"), ("charged", "Charged"), ("convicted", "Convicted or cautioned"))
    ),
    Cube(
        name="named_outstanding", sql="named_people", title="Named suspects neither arrested nor charged",
        unit="named", links=ALL_LINKS, dataset="suspects",
        population="Distinct people named as suspects in an incident of the quarter; outstanding if no "
                   "incident of the quarter has come further so far",
        dimensions=("is_outstanding",), duties=("G2",),
    ),
    Cube(
        name="both_roles", title="People harmed and suspected, where exploitation is recorded",
        unit="person_in_both_roles",
        links=ALL_LINKS, dataset="suspects", period_kind="year",
        population="Distinct people who were victims of recorded exploitation and suspects, by the year of "
                   "the later role; "
                   "whole partnership only",
        dimensions=("role_order",), duties=("G13",),
    ),
    Cube(
        name="suspects_arrested", title="From being named to arrest", unit="suspicion", by_agency=True,
        agency_kinds=("police",), dataset="suspects",
        population="People named in recorded crimes, one for each crime; eliminated people are out",
        dimensions=("arrest_band",), duties=("G2",),
    ),
    *(
        Cube(
            name=f"programmes_by_{name}", sql="programmes", title=f"Behaviour programmes by {words}",
            unit="programme_place", by_agency=True, dataset="programmes",
            population="Places on programmes, by the quarter of the referral", dimensions=(dimension,),
            duties=duties,
        )
        for name, words, dimension, duties in (
            ("status", "how far they went", "programme_status", ("G11", "W32", "D7")),
            ("kind", "kind", "programme_kind", ("G11", "W32")),
            ("cohort", "for whom they are made", "programme_cohort", ("G11",)),
            ("first_time", "first offence or not", "is_first_time", ("G11",)),
        )
    ),
    *(
        Cube(
            name=f"releases_by_{name}", sql="releases", title=f"Releases from custody by {words}",
            unit="release", by_agency=True, dataset="releases",
            population="Releases in the quarter; never by area", dimensions=(dimension,), duties=("G17",),
        )
        for name, words, dimension in (
            ("report", "reporting on time", "reported_on_time"),
            ("support", "support offered", "support_offered"),
            ("home", "accommodation", "accommodation"),
        )
    ),
    *(
        Cube(
            name=f"orders_by_{name}", sql="orders", title=f"Orders by {words}", unit="order", by_agency=True,
            dataset="orders", population="Orders made in the quarter", dimensions=(dimension,),
            duties=("W2",),
        )
        for name, words, dimension in (
            ("kind", "kind", "order_type"), ("breach", "whether they were breached so far", "is_breached"))
    ),
)
