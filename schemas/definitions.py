"""Definitions that only words can hold: units, repeat victimisation, people suspected and convicted, waits.

What belongs here: a meaning, its source with its date, and whether this product uses it. What does not:
columns, codes and cubes, which define themselves. Facts are carried over with their source; a definition that
was not read in its source is marked so and is to be checked before it is quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a definition is about; the headings of the dictionary, in order."""

    UNITS = "Units, which are never blurred"
    REPEAT_VICTIMS = "Repeat victimisation: competing definitions"
    SUSPECTS = "People suspected, charged, convicted"
    PATHWAYS = "Reports, referrals and waits"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One definition."""

    topic: Topic
    name: str
    meaning: str
    source: str
    """Who says so, with the date where there is one."""
    is_confirmed: bool = True
    """Whether it was read in its source."""
    is_used: bool = False
    """Whether a published count rests on it."""
    use: str = ""
    """Where and how it is used here, or why it is not."""

    def __post_init__(self) -> None:
        """Refuse a definition without a meaning or a source.

        Raises:
            ValueError: one of them is empty.
        """
        if not self.meaning or not self.source:
            raise ValueError(f"definition [{self.name}]: meaning or source is empty. Fill both")


_HOCR = "Home Office Counting Rules, edition of April 2026"
_OWN = "This product"

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        topic=Topic.UNITS, name="Incident", is_used=True,
        meaning="What one agency knows of: a recorded crime, an attendance, a disclosure. Two agencies may "
                "know of the same one.",
        source=_OWN, use="counted per agency, never added up across agencies"),
    Definition(
        topic=Topic.UNITS, name="Report", is_used=True,
        meaning="Any incident in its latest version, whether recorded, cancelled, N100 or transferred.",
        source=_OWN, use="each status stands apart"),
    Definition(
        topic=Topic.UNITS, name="Recorded crime", is_used=True,
        meaning="One crime for each victim; a finished series against the same victim by the same offender, "
                "reported together, "
                "is one crime. Counts of crimes therefore understate repetition.",
        source=_HOCR, use="police incidents of status recorded"),
    Definition(
        topic=Topic.UNITS, name="Offence group, category and code", is_used=True,
        meaning="Three levels that are never mixed: a group (rape, other sexual offences), a category "
                "(classification, such as 19C) and a code of one line of law (019/08). A code may stand in "
                "several categories; adult and child rape by several undefined offenders have been one "
                "category (19J, 19K) since April 2019.",
        source=_HOCR,
        use="group by area, category within its group; adult or child by the code where the law fixes the "
            "age"),
    Definition(
        topic=Topic.UNITS, name="N100", is_used=True,
        meaning="A reported rape that is not, or not yet, recorded as a crime, or that was passed to another "
                "force.",
        source="His Majesty's Inspectorate of Constabulary, glossary", use="never among crimes"),
    Definition(
        topic=Topic.UNITS, name="Victim", is_used=True,
        meaning="A distinct person with a recorded incident in the quarter, across agencies; people who may "
                "not be linked count in "
                "their agency.",
        source=_OWN, use="the only unit counted across agencies, with suspects"),
    Definition(
        topic=Topic.UNITS, name="Victimisation", meaning="One victim in one crime.", source=_HOCR,
        is_used=True,
        use="the crimes of repeat measures, one for each victim"),
    Definition(
        topic=Topic.UNITS, name="Known person, client", is_used=True,
        meaning="A person with an incident recorded by one agency in the quarter, as its own references know "
                "them; of a specialist service, a client. Nobody is linked.",
        source=_OWN, use="each agency's own people side by side; sexual orientation and gender identity, of "
                         "specialist services alone, crossed with nothing"),
    Definition(
        topic=Topic.UNITS, name="Pair", is_used=True,
        meaning="One victim and one suspect, not eliminated, of one recorded crime.",
        source=_OWN, use="relationship and the sex of both; cube `pairs_by_relationship`"),
    Definition(
        topic=Topic.UNITS, name="Outcome", is_used=True,
        meaning="An outcome given to a recorded crime, counted in the quarter in which it was given. Type 0, "
                "not yet assigned, is none.",
        source="Home Office crime outcomes framework (open data user guide)",
        use="never set against the crimes recorded in the same quarter"),
    Definition(
        topic=Topic.UNITS, name="Referral", is_used=True,
        meaning="One referral of one person to one service, as an agency recorded it.",
        source=_OWN, use="a referral that sender and receiver both record counts once with each"),
    Definition(
        topic=Topic.UNITS, name="Case", meaning="One spell of support of one person.", source=_OWN,
        use="people whose support began in the quarter, cube `new_clients`"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="RV-A", is_used=True, is_confirmed=False,
        meaning="A person with two or more crimes, the later reported within 365 days of the one before. "
                "Crimes reported on the "
                "same day are one report.",
        source="Usual measure of police forces; forces differ",
        use="cubes `victims_repeat` and `incidents_repeat`, anchored on the day of the report; nothing "
            "before a contributor's fourth "
            "full quarter"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="RV-B",
        meaning="Any abuse, criminal or not, of the same victim by the same perpetrator within twelve months "
                "of the last referral to a "
                "multi-agency risk assessment conference.",
        source="SafeLives, current page (read 2026)",
        use="not used: conferences send totals of meetings, not cases. Like it, of police reports alone: "
            "`is_same_suspect`, an earlier report within twelve months that names the same suspect"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="RV-B0",
        meaning="The earlier text: a further incident that would be a crime within twelve months; later ones "
                "were new referrals.",
        source="SafeLives, earlier page; replaced", use="not used; named because older series rest on it"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="RV-C",
        meaning="The same type of crime twice or more in the twelve months before the interview; long series "
                "are capped at the 98th "
                "percentile of that crime.",
        source="Office for National Statistics, Crime Survey for England and Wales",
        use="not used: a survey, not records. Like it, of police reports: `is_same_offence`, an earlier "
            "report within twelve months of the same offence group; no cap"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="RV-D",
        meaning="A persistently targeted victim: the same person, deliberately targeted over time; no number "
                "is set.",
        source="Code of Practice for Victims of Crime",
        use="received as the flag `is_persistently_targeted`; not a repeat measure"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="RV-E",
        meaning="A linked person with an event at a second agency or on a second day within twelve months, "
                "by any perpetrator.",
        source=_OWN, is_used=True,
        use="cube `victims_seen_again`, beside RV-A. A second agency may know of the same incident, so this "
            "is contact with agencies, not always new harm; asked of people whom an agency with four full "
            "quarters of history knows"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="Series", is_used=True, is_confirmed=False,
        meaning="A finished series against one victim by one offender that is reported together is recorded "
                "as one crime. Years of abuse disclosed at once are one crime: measures made of crimes "
                "understate repetition.",
        source=_HOCR, use="said beside every repeat measure"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="Time to the next report", is_used=True,
        meaning="Days from a person's first report to the police in a quarter to their next on a later day. "
                "Shares within 30, 90, 180 and 365 days are of everybody who was followed for a year: what a "
                "Kaplan-Meier estimate gives where nobody is lost sooner.",
        source="Kaplan and Meier, 1958; days as the literature on repeat victimisation uses them "
        "(Farrell and "
               "Pease, 1993)",
        is_confirmed=False, use="cube `victims_next_report`"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="Incidence, prevalence, concentration", is_used=True,
        meaning="Crimes per 1,000 residents are victims per 1,000 residents times crimes per victim, in a "
                "calendar year and by the area in which the victim lives.",
        source="Usual decomposition of crime rates", is_confirmed=False,
        use="cubes `victims_of_year_by_area`, `victims_of_year_by_crimes` and `crimes_by_residence`"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="Flagged, referred", is_used=True,
        meaning="Whether the police had flagged a repeat that linking records finds, and whether any agency "
                "recorded a referral of the person within 28 days of it.",
        source=_OWN, use="cubes `crimes_repeat_flagged` and `crimes_repeat_referred`"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="Share of victims and share of incidents", is_used=True,
        meaning="Of the victims of a quarter, how many are repeat victims; of its crimes, how many are "
                "against somebody victimised in "
                "the twelve months before. Both are shown: a few people bear many crimes.",
        source=_OWN, use="indicators `repeat_victims` and `repeat_incidents`"),
    Definition(
        topic=Topic.REPEAT_VICTIMS, name="Range", is_used=True,
        meaning="Links between records are never certain. Measures that link people are counted twice, with "
                "strict links and with all "
                "links, and read as a range.",
        source=_OWN, use="cubes with links strict and all"),
    Definition(
        topic=Topic.SUSPECTS, name="Suspect, offender", is_used=True,
        meaning="Suspect until charge; offender only after a conviction or a caution.",
        source=_OWN + ", after the usage of the police and courts",
        use="three rows, named, charged, and convicted or cautioned, never added up"),
    Definition(
        topic=Topic.SUSPECTS, name="Repeat", is_used=True,
        meaning="A person linked to two or more incidents within twelve months.",
        source=_OWN, use="`is_repeat` of the cubes `named_repeat`, `charged_repeat`, `convicted_repeat`"),
    Definition(
        topic=Topic.SUSPECTS, name="Two or more different victims", is_used=True,
        meaning="A person linked to incidents with two or more different victims within twelve months.",
        source=_OWN,
        use="`is_multiple`. It stands in for *serial*, since whether two victims are connected cannot be "
            "computed"),
    Definition(
        topic=Topic.SUSPECTS, name="Own records, linked records", is_used=True,
        meaning="The same two measures by each agency's own references, and by records linked across "
                "agencies. The difference is what linking adds.",
        source=_OWN + ", after Robinson and others, 2014, who found agencies' lists to overlap hardly at all",
        use="cubes `named_repeat_own`, `charged_repeat_own`, `convicted_repeat_own`"),
    Definition(
        topic=Topic.SUSPECTS, name="Outstanding", is_used=True,
        meaning="Named as a suspect and, in every incident of the quarter, neither arrested, "
        "interviewed under "
                "caution nor charged by the cut-off.",
        source=_OWN, use="cube `named_outstanding`"),
    Definition(
        topic=Topic.SUSPECTS, name="Serial",
        meaning="Violence or abuse, used or threatened, against two or more victims who are not connected "
                "with each other.",
        source="Association of Chief Police Officers, 2009", use="not used: see the row above"),
    Definition(
        topic=Topic.SUSPECTS, name="Proven reoffending",
        meaning="An offence within a year that leads to conviction or caution in that year or the six months "
                "after it.",
        source="Ministry of Justice, proven reoffending statistics",
        use="not used, by decision: it needs the Police National Computer and at least eighteen months"),
    Definition(
        topic=Topic.PATHWAYS, name="Cohort funnel", is_used=True,
        meaning="The crimes recorded in a quarter, by the outcome given by the end of the fourth quarter "
                "after it; a crime without one is open.",
        source="Home Office crime outcomes framework, outcomes of offences recorded in the quarter; the year "
               "of follow-up is our own",
        use="cubes `crimes_after_a_year_by_suspect` and `crimes_after_a_year_by_exploitation`; never mixed "
            "with the period funnel"),
    Definition(
        topic=Topic.PATHWAYS, name="Period funnel", is_used=True,
        meaning="The outcomes given in a quarter, whenever the crimes were reported.",
        source="Home Office crime outcomes framework, outcomes of investigations closed in the quarter",
        use="cubes `outcomes_by_group` and `outcomes_by_days`"),
    Definition(
        topic=Topic.PATHWAYS, name="Victim support withdrawn", is_used=True,
        meaning="Outcomes 14 and 16 as a share of the outcomes given; after a charge, of those of crimes in "
                "which somebody was charged.",
        source="Criminal justice scorecards", is_confirmed=False,
        use="indicators `support_withdrawn` and `support_withdrawn_after_charge`"),
    Definition(
        topic=Topic.PATHWAYS, name="Age at the offence, at the report, at the referral", is_used=True,
        meaning="Three ages of one person. Children whose abuse is reported by the adults they became are "
                "children by the first and adults by the second.",
        source=_OWN, use="cubes `crimes_by_offence_age`, `victims_by_age_sex` and `referrals_by_age`"),
    Definition(
        topic=Topic.PATHWAYS, name="Recent, non-recent", is_used=True, is_confirmed=False,
        meaning="Reported within twelve months of the last day on which it happened, or later.",
        source="Usual limit of services", use="cube `incidents_by_recency`"),
    Definition(
        topic=Topic.PATHWAYS, name="Wait", is_used=True,
        meaning="From consent to first contact, in bands; a referral without a recorded consent date counts "
                "from the day on which it was "
                "made. Two working days is the limit of the Victims' Code for passing details to a service.",
        source="Code of Practice for Victims of Crime; bands are our own",
        use="cube `referrals_wait`; days are folded into bands on arrival and dropped"),
    Definition(
        topic=Topic.PATHWAYS, name="Adult, child", is_used=True,
        meaning="Adult rape is rape of a person aged 16 or over. Where the offence fixes the age, it "
                "decides; elsewhere the youngest victim.",
        source=_HOCR, use="`victim_age_group`; the letters 19J and 19K pool ages, so the code nnn/nn is "
                          "needed"),
    Definition(
        topic=Topic.PATHWAYS, name="Like for like", is_used=True,
        meaning="Crimes without the offences created on 31 January 2024 (sharing intimate images; sending "
                "genital images), which caused "
                "over half of the rise in recorded sexual offences in the year to March 2025.",
        source="Office for National Statistics, year ending March 2025",
        use="cube `incidents_like_for_like`"),
)
"""Every definition, in the order of the dictionary."""
