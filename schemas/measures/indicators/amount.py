"""How much, of what kind? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import KNOWN, Indicator
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="incidents_recorded",
        short="Incidents recorded",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        is_key=True,
        title="Incidents recorded",
        unit="incidents",
        numerator=cells("incidents_by_recency"),
        duties=("W1", "G2"),
        definition="Incidents in their latest version with status recorded, by the quarter in which they "
        "were reported. "
        "Each agency counts what it knows; what two agencies know may be the same incident, so agencies are "
        "never added up.",
    ),
    Indicator(
        name="non_recent_share",
        short="Non-recent incidents",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        title="Incidents reported more than a year after they happened",
        unit="incidents",
        numerator=cells("incidents_by_recency", recency="non_recent"),
        denominator=cells("incidents_by_recency"),
        duties=("W1", "H3"),
        definition="Share of recorded incidents that happened more than twelve months before the report.",
    ),
    Indicator(
        name="crimes_recorded",
        short="Like-for-like crimes",
        question=Question.AMOUNT,
        aim=Aim.PURSUE,
        title="Crimes recorded, without offences created in January 2024",
        unit="crimes",
        numerator=cells("incidents_like_for_like", is_new_offence="no"),
        duties=("W1", "W31"),
        definition="Recorded crimes less those of the two offences that began on 31 January 2024 (sharing "
        "intimate images, "
        "sending images of genitals), so that the years can be compared like for like.",
    ),
    Indicator(
        name="priority_flag",
        short="Vulnerable victims",
        question=Question.AMOUNT,
        aim=Aim.PROTECT,
        title="Crimes against a victim whom the police flagged as vulnerable",
        unit="crimes",
        numerator=cells("incidents_by_vulnerability", "vulnerable", vulnerability_vulnerable="yes"),
        denominator=cells("incidents_by_vulnerability", "vulnerable", vulnerability_vulnerable=KNOWN),
        duties=("H1", "H1a"),
        definition="Share of recorded crimes with a victim flagged as vulnerable under the Victims' Code, of "
        "those where the question is answered. It stands beside the volume; nothing is weighted by severity.",
    ),
    Indicator(
        name="new_clients",
        short="New clients",
        question=Question.AMOUNT,
        aim=Aim.PROTECT,
        title="People whose support began",
        unit="people",
        numerator=cells("new_clients"),
        duties=("W1", "H4"),
        definition="People, as the service's own references know them, whose support began in the quarter. "
        "Crimes, attendances and clients are different units: side by side, never added up.",
    ),
)
