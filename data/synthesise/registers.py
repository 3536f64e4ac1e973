"""The board officer's register of the sample: invented entries, the same bytes every time.

What belongs here: two files of entries, one of documents and actions, one of counted returns. What does not:
the vocabulary (``schemas/registers.py``) and the agencies' extracts.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta
from typing import Final

from data.synthesise import rates
from schemas.quarters import Quarter
from schemas.registers import BOARD, COLUMNS, topic_pairs

_LAST: Final = Quarter.of(rates.LAST_DAY)
_AS_AT: Final = _LAST.last_day
_RETURNED_QUARTERS: Final = 8
_AGENCIES: Final = ("police", "sarc", "isva", "housing", "probation", "counselling")
_STAFF: Final = {"police": 420, "sarc": 46, "isva": 38, "housing": 150}
"""Staff whom a level of training is meant for; assumed."""
_TRAINED: Final = {"awareness": 0.82, "working": 0.7, "specialist": 0.55, "managers": 0.64, "joint": 0.3,
                   "evaluated": 0.25}
"""Share of them who are trained; assumed."""
_COMPLAINTS: Final = {"police": 38, "isva": 9}
_SENT: Final = {"police": 240, "sarc": 130, "isva": 160}
_AUDITED: Final = {"police": 30, "sarc": 30}
_ACTIONS: Final = (
    ("plan", "prepare", "Agree one minimum referral data set", "partnership_analyst", "referrals_made"),
    ("plan", "prevent", "Lessons on consent in every secondary school", "board_officer", ""),
    ("plan", "protect", "First contact within a week of consent", "service_lead", "contact_within_7_days"),
    ("plan", "pursue", "Review of outstanding named suspects each month", "operational_lead",
     "suspect_identified"),
    ("improvement", "prepare", "Plan to record ethnic group at first contact", "agency_lead",
     "ethnicity_not_recorded"),
    ("improvement", "protect", "Plan to offer a choice of examiner", "service_lead", ""),
    ("joint_working", "protect", "Weekly meeting of housing and advisers", "housing_lead", ""),
    ("survivor_review", "prepare", "Review of the response with a survivors' panel",
     "survivor_voice_lead", ""),
    ("forum", "protect", "Attendance at the multi-agency conference", "safeguarding_lead", ""),
    ("informal_event", "prepare", "Open morning of the referral centre", "service_lead", ""),
    ("men_led", "prevent", "Programme led by men in sports clubs", "public_health_lead", ""),
    ("estates", "prevent", "One view of three sections on two estates", "housing_lead", ""),
    ("remedy", "pursue", "Community remedy offered after a caution", "operational_lead", ""),
    ("evaluation", "prepare", "Evaluation of the first year of advisers in court", "quality_lead", ""),
)
_POLICIES: Final = (
    ("information_sharing", "Information-sharing agreement", "data_protection_officer"),
    ("pathway", "Formal referral pathway", "agency_lead"),
    ("impact_assessment", "Data protection impact assessment", "data_protection_officer"),
    ("victim_contact", "Victim contact policy", "agency_lead"),
    ("workplace_risk", "Workplace risk assessment", "human_resources_lead"),
    ("recruitment", "Recruitment standard on empathy and trauma", "human_resources_lead"),
    ("media_and_policy", "Review of policies for blaming words", "communications_lead"),
    ("intervention", "Review of interventions for blame", "quality_lead"),
    ("adoption", "Adoption of the victim care strategy", "agency_lead"),
)
_CAMPAIGNS: Final = (
    ("media", "It is never your fault", "communications_lead"),
    ("reporting_options", "Ways to tell us, in six languages", "communications_lead"),
    ("action_days", "Sixteen days of action", "board_officer"),
    ("referrer_briefing", "Briefing of police teams about services", "service_lead"),
)
_CONTRACTS: Final = (
    ("clause_in", "Independent advisers, adults and children"),
    ("clause_in", "Referral centre, clinical staff"),
    ("clause_in", "Counselling, group and one to one"), ("clause_out", "Helpline, out of hours"),
)
_SERVICES: Final = (
    ("criminal_justice", "everyone", "Court support", "isva", 3.0, 4.0),
    ("safety", "women", "Refuge and safe accommodation", "housing", 9.5, 11.0),
    ("information", "everyone", "Helpline and online chat", "counselling", 4.0, 4.0),
    ("health", "everyone", "Forensic examination, day and night", "sarc", 11.0, 12.5),
    ("health", "by_and_for", "Counselling by and for a community", "counselling", 1.5, 2.0),
    ("advocacy", "everyone", "Independent advisers for adults", "isva", 8.0, 9.5),
    ("advocacy", "children", "Independent advisers for children", "isva", 2.5, 3.0),
    ("advocacy", "men_and_boys", "Independent adviser for men and boys", "isva", 1.0, 1.0),
    ("employer", "everyone", "Support of staff who are harmed", "police", 1.0, 1.0),
    ("prevention", "children", "Healthy relationships in schools", "counselling", 2.0, 3.0),
)
_SERVES_AREAS: Final = {"housing": "E08000025 E08000028 E08000029"}
"""Agencies of the directory that serve a part of the partnership."""
_POSTS: Final = (
    ("investigators", "Investigators of rape and serious sexual offences", "police", 41.0, 52.0),
    ("interviewers", "Interviewers of children and vulnerable adults", "police", 18.5, 22.0),
    ("advisers", "Independent advisers, all ages", "isva", 11.5, 13.5),
)
_USED: Final = (
    ("sarc", "helpline", 420), ("isva", "outreach", 130), ("isva", "groups", 210),
    ("housing", "prevention", 340), ("police", "tracking", 260), ("police", "impact_statements", 14),
    ("police", "remedies", 22), ("housing", "panels", 18), ("housing", "men_led", 75),
)
"""(agency, topic, usual uses a quarter); assumed."""
_CONCERNS: Final = {"key_stages_1_2": 12, "key_stage_3": 64, "key_stage_4": 58, "key_stage_5": 17}
_FOLLOWED: Final = (
    ("police", "complaint_answered", 38, 0.7), ("probation", "custody_told", 26, 0.62),
    ("probation", "release_told", 30, 0.8), ("housing", "conference_actions", 44, 0.66),
    ("housing", "housing_again", 36, 0.25), ("probation", "programme_again", 24, 0.2),
    ("housing", "estates_joined", 33, 0.4), ("probation", "gang_benefits", 21, 0.6),
    ("probation", "gang_housing", 21, 0.45), ("probation", "gang_health", 21, 0.5),
    ("isva", "youth_projects", 27, 0.55), ("isva", "apart_prompt", 70, 0.4), ("isva", "roof_prompt", 68, 0.6),
    ("isva", "apart_taken_up", 90, 0.55), ("isva", "roof_taken_up", 88, 0.68),
    ("isva", "apart_stayed", 64, 0.6), ("isva", "roof_stayed", 66, 0.7),
)
"""(agency, topic, usual number followed up, share for whom it came about); assumed."""
_Row = dict[str, object]


def registers() -> dict[str, bytes]:
    """Path under the sample's folder → bytes of the two files."""
    rng = random.Random(f"{rates.SEED}: registers")
    documents = [*_signatories(rng), *_actions(rng), *_policies(rng), *_campaigns(), *_contracts(rng),
                 *_directory(rng), *_pledges(rng), *_posts_and_boards()]
    quarters = [_LAST.plus(-back) for back in reversed(range(_RETURNED_QUARTERS))]
    returns = [row for quarter in quarters for row in _returns(rng, quarter)]
    # drawn apart, so that what was there before stands as it was
    later = random.Random(f"{rates.SEED}: further returns to the register")
    returns += [row for quarter in quarters for row in _further_returns(later, quarter)]
    return {"registers/documents.csv": _csv(documents), "registers/returns.csv": _csv(returns)}


def _csv(rows: list[_Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _reviewed(rng: random.Random) -> date:
    return _AS_AT - timedelta(days=rng.randint(2, 80))


def _signatories(rng: random.Random) -> list[_Row]:
    return [{
        "kind": "signatories", "ref": f"SIG-{agency}-1", "agency": agency, "owner": "agency_lead",
        "topic": "attending" if agency == "probation" else "member",
        "status": "not_signed" if agency == "probation" else "signed", "reviewed": _reviewed(rng),
        "n": rng.randint(2, 4), "of_n": 4} for agency in _AGENCIES]


def _actions(rng: random.Random) -> list[_Row]:
    rows: list[_Row] = []
    for number, (topic, aim, title, owner, indicator) in enumerate(_ACTIONS, start=1):
        due = _AS_AT + timedelta(days=rng.randint(-200, 300))
        status = rng.choice(("in_progress", "in_progress", "done", "not_started"))
        agency = BOARD if topic == "plan" else rng.choice(_AGENCIES[:4])
        rows.append({"kind": "actions", "ref": f"ACT-{agency}-{number}", "title": title, "agency": agency,
                     "owner": owner, "aim": aim, "topic": topic, "status": status, "due": due,
                     "reviewed": _reviewed(rng), "indicator": indicator})
    return rows


def _policies(rng: random.Random) -> list[_Row]:
    rows: list[_Row] = [{
        "kind": "policies", "ref": f"POL-{agency}-{number}", "title": title, "agency": agency, "owner": owner,
        "topic": topic, "status": "draft" if rng.random() < 0.1 else "in_force",
        "due": _AS_AT + timedelta(days=rng.randint(-120, 600)), "reviewed": _reviewed(rng)}
        for agency in _AGENCIES[:5] for number, (topic, title, owner) in enumerate(_POLICIES, start=1)]
    return [*rows, {
        "kind": "policies", "ref": "POL-board-1", "title": "Schedule of joint quality assurance",
        "agency": BOARD, "owner": "quality_lead", "topic": "quality_assurance", "status": "in_force",
        "due": _AS_AT + timedelta(days=190), "reviewed": _reviewed(rng)}]


def _campaigns() -> list[_Row]:
    statuses = ("done", "running", "planned", "done")
    return [{
        "kind": "campaigns", "ref": f"CAM-board-{number}", "title": title, "agency": BOARD, "owner": owner,
        "aim": "prevent", "topic": topic, "status": status, "due": _AS_AT + timedelta(days=45 * number - 120),
        "reviewed": _AS_AT - timedelta(days=12), "n": 2 + number, "of_n": len(_AGENCIES)}
        for number, ((topic, title, owner), status) in enumerate(zip(_CAMPAIGNS, statuses, strict=True), 1)]


def _contracts(rng: random.Random) -> list[_Row]:
    return [{
        "kind": "contracts", "ref": f"CON-board-{number}", "title": title, "agency": BOARD,
        "owner": "contracts_lead", "topic": topic, "status": "in_force",
        "due": _AS_AT + timedelta(days=rng.randint(-10, 700)), "reviewed": _reviewed(rng),
        "n": rng.randint(2, 4), "of_n": 4} for number, (topic, title) in enumerate(_CONTRACTS, start=1)]


def _directory(rng: random.Random) -> list[_Row]:
    return [{
        "kind": "directory", "ref": f"DIR-{agency}-{number}", "title": title, "agency": agency,
        "owner": "service_lead", "topic": topic, "serves": serves,
        "status": "waiting_list" if topic in ("advocacy", "health") else "open",
        "reviewed": _AS_AT - timedelta(days=rng.randint(10, 420)), "n": filled, "of_n": posts,
        "areas": _SERVES_AREAS.get(agency, "")}
        for number, (topic, serves, title, agency, filled, posts) in enumerate(_SERVICES, start=1)]


def _pledges(rng: random.Random) -> list[_Row]:
    return [{
        "kind": "pledges", "ref": f"PLE-{agency}-{number}", "agency": agency, "owner": "agency_lead",
        "topic": topic, "status": rng.choice(("kept", "in_progress", "in_progress", "not_started")),
        "reviewed": _reviewed(rng)}
        for agency in ("housing", "isva", "police", "sarc")
        for number, (topic, _) in enumerate(topic_pairs("pledges"), start=1)]


def _posts_and_boards() -> list[_Row]:
    """Entries that came later: posts, a campaign for a group, a summary handed over."""
    posts: list[_Row] = [{
        "kind": "posts", "ref": f"PST-{agency}-{number}", "title": title, "agency": agency,
        "owner": "human_resources_lead", "topic": topic, "status": "vacant",
        "reviewed": _AS_AT - timedelta(days=9), "n": filled, "of_n": of}
        for number, (topic, title, agency, filled, of) in enumerate(_POSTS, start=1)]
    return [*posts, {
        "kind": "campaigns", "ref": f"CAM-board-{len(_CAMPAIGNS) + 1}", "agency": BOARD,
        "title": "Men can tell us, too", "owner": "communications_lead", "aim": "prevent",
        "topic": "reporting_options", "serves": "men", "status": "done", "due": date(2026, 2, 10),
        "reviewed": _AS_AT - timedelta(days=12), "n": 4, "of_n": len(_AGENCIES)}, {
        "kind": "actions", "ref": f"ACT-board-{len(_ACTIONS) + 1}", "agency": BOARD, "owner": "board_officer",
        "title": "Summary edition to the boards for safeguarding and for vulnerable people",
        "aim": "prepare", "topic": "other_boards", "status": "done", "due": _AS_AT - timedelta(days=20),
        "reviewed": _AS_AT - timedelta(days=20)}]


def _share(rng: random.Random, n: int, share: float) -> int:
    return sum(rng.random() < share for _ in range(n))


def _returns(rng: random.Random, quarter: Quarter) -> list[_Row]:
    """The counted returns of a quarter; an agency that is not named here returns nothing of the kind."""
    rows: list[_Row] = []

    def count(kind: str, letters: str, owner: str, agency: str, topic: str, n: int, of_n: int | None) -> None:
        rows.append({
            "kind": kind, "ref": f"{letters}-{agency}-{quarter}-{len(rows) + 1}", "agency": agency,
            "owner": owner, "topic": topic, "status": "returned", "reviewed": quarter.last_day,
            "quarter": str(quarter), "n": n, "of_n": "" if of_n is None else of_n})

    for agency, staff in _STAFF.items():
        for topic, share in _TRAINED.items():
            meant = max(3, staff // (10 if topic == "managers" else 3 if topic == "specialist" else 1))
            count("training", "TRA", "training_lead", agency, topic, _share(rng, meant, share), meant)
    for agency, usual in _COMPLAINTS.items():
        for topic, _ in topic_pairs("complaints"):
            received = rng.randint(0, usual // 3)
            count("complaints", "COM", "quality_lead", agency, topic, _share(rng, received, 0.35), received)
    for agency, sent in _SENT.items():
        out = sent + rng.randint(-20, 20)
        returned = _share(rng, out, 0.34)
        count("survey_returns", "SUR", "survivor_voice_lead", agency, "people_served", returned, out)
        if agency != "police":
            for topic, _ in topic_pairs("survey_answers"):
                if topic != "meeting_works":
                    answers = returned - rng.randint(0, returned // 5)
                    count("survey_answers", "ANS", "survivor_voice_lead", agency, topic,
                          _share(rng, answers, 0.78), answers)
    for agency, cases in _AUDITED.items():
        for topic, _ in topic_pairs("dip_samples"):
            asked = cases - rng.randint(0, 12)
            count("dip_samples", "DIP", "quality_lead", agency, topic, _share(rng, asked, 0.74), asked)
    screened = {"not_flagged": 310, "false_alarm": 24, "amended": 13, "annotated": 9, "to_amend": 5,
                "undecided": 0}
    for topic, usual in screened.items():
        count("language_screens", "LSC", "records_lead", "police", topic,
              max(0, usual + rng.randint(-usual // 8, usual // 8)), None)
    for topic, _ in topic_pairs("language_flags"):
        flags = rng.randint(2, 16)
        count("language_flags", "LFL", "records_lead", "police", topic, _share(rng, flags, 0.5), flags)
    return rows


def _further_returns(rng: random.Random, quarter: Quarter) -> list[_Row]:
    """Returns on help used, concerns in schools and people followed up."""
    counts: list[tuple[str, str, str, str, str, int, int | str]] = []
    for agency, topic, usual in _USED:
        counts.append(("help_used", "USE", "service_lead", agency, topic,
                       usual + rng.randint(-usual // 6, usual // 6), ""))
    for topic, usual in _CONCERNS.items():
        counts.append(("school_concerns", "SCH", "safeguarding_lead", "housing", topic,
                       usual + rng.randint(-usual // 4, usual // 4), ""))
    for agency, topic, usual, share in _FOLLOWED:
        followed = usual + rng.randint(-usual // 5, usual // 5)
        counts.append(("follow_ups", "FOL", "operational_lead", agency, topic,
                       _share(rng, followed, share), followed))
    return [{
        "kind": kind, "ref": f"{letters}-{agency}-{quarter}-{number}", "agency": agency, "owner": owner,
        "topic": topic, "status": "returned", "reviewed": quarter.last_day, "quarter": str(quarter),
        "n": n, "of_n": of_n}
        for number, (kind, letters, owner, agency, topic, n, of_n) in enumerate(counts, start=1)]
