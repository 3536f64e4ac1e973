"""Programmes, releases and orders of the probation unit: three more text files, of nobody in particular.

What belongs here: rows without identity, and when they are sent again. What does not: sentences and
registers (``probation.py``), rates (``rates.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from data.synthesise import rates, recording
from data.synthesise.ledger import NOT_RECORDED, Record, Row, Speller, drawn_for
from schemas.agencies import Agency
from schemas.quarters import Quarter

_KINDS: Final = (
    ("sexual_offending", 42), ("domestic_abuse", 34), ("child_to_parent", 8), ("young_people", 8),
    ("other", 8),
)
_COHORTS: Final = (("general", 58), ("women", 14), ("lgbt", 5), ("minoritised_men", 15), (NOT_RECORDED, 8))
_ORDERS: Final = (
    ("sexual_harm_prevention", 42), ("notification", 18), ("restraining", 16), ("non_molestation", 12),
    ("stalking_protection", 7), ("sexual_risk", 5),
)


class ProbationFacts:
    """Rows of the three files, by quarter."""

    def __init__(self, agency: Agency) -> None:
        """Draw every row, each from a stream of its own."""
        self._spell = Speller(agency, random.Random(0))
        self._nil = Quarter.parse(recording.PROBATION_NIL)
        self._files: defaultdict[Quarter, dict[str, list[Row]]] = defaultdict(
            lambda: {"programmes": [], "releases": [], "orders": []}
        )
        for quarter in Quarter.range(Quarter.of(rates.FIRST_DAY), Quarter.of(rates.LAST_DAY)):
            for kind, mean, make in (
                ("PG", rates.PROGRAMMES_A_QUARTER, self._programme),
                ("RL", rates.RELEASES_A_QUARTER, self._release),
                ("OR", rates.ORDERS_A_QUARTER, self._order),
            ):
                n = mean + drawn_for("probation", f"{kind} {quarter}").randint(-5, 5)
                for number in range(1, n + 1):
                    ref = f"{kind}{quarter.year % 100}{quarter.number}{number:03d}"
                    rng = drawn_for("probation", ref)
                    make(ref, quarter.first_day + timedelta(days=rng.randint(0, 88)), rng)

    def files(self, quarter: Quarter) -> dict[str, list[Row]]:
        """The rows of a quarter, by file."""
        return self._files[quarter]

    def _sent(self, days: tuple[date | None, ...]) -> list[Quarter]:
        """Quarters in which a row is sent: whenever one of its days comes."""
        found = {Quarter.of(day) for day in days if day is not None and day <= rates.LAST_DAY}
        return sorted(found - {self._nil})

    def _add(self, quarter: Quarter, kind: str, ref: str, cells: dict[str, str], record: Record) -> None:
        dataset = kind
        row = Row(cells=dict(cells), records={dataset: record}, order=(ref,))
        self._files[quarter][kind].append(row)

    def _code(self, code_map: str, code: str) -> str:
        return "" if code == NOT_RECORDED else self._spell.write(code_map, code)

    def _programme(self, ref: str, referred: date, rng: random.Random) -> None:
        kind, cohort = (rng.choices([c for c, _ in of], [w for _, w in of])[0] for of in (_KINDS, _COHORTS))
        starts, completes = rng.random() < 0.78, rng.random() < 0.68
        start = referred + timedelta(days=rng.randint(10, 120)) if starts else None
        end = start + timedelta(days=rng.randint(40, 240)) if start else referred + timedelta(days=130)
        first = rng.choices(("yes", "no", NOT_RECORDED), (0.38, 0.54, 0.08))[0]
        for quarter in self._sent((referred, start, end)):
            begun = start if start and start <= quarter.last_day else None
            ended = end if end <= quarter.last_day else None
            status = "started" if begun else "referred"
            if ended:
                status = "not_started" if start is None else "completed" if completes else "ended_early"
            ended = ended if start else None
            self._add(
                quarter, "programmes", ref,
                {
                    "PLACE": ref, "PROGRAMME": self._code("programme", kind), "REFERRED": _day(referred),
                    "BEGAN": _day(begun), "ENDED": _day(ended), "STATUS": self._code("progress", status),
                    "FOR": self._code("cohort", cohort), "FIRST TIME": self._code("yes_no", first),
                },
                {
                    "programme_ref": ref, "programme_kind": kind, "programme_date": referred,
                    "start_date": begun, "end_date": ended, "programme_status": status,
                    "programme_cohort": cohort, "is_first_time": first,
                },
            )

    def _release(self, ref: str, released: date, rng: random.Random) -> None:
        on_time = rng.choices(("yes", "no", NOT_RECORDED), (0.9, 0.07, 0.03))[0]
        support = rng.choices(("yes", "no", NOT_RECORDED), (0.8, 0.14, 0.06))[0]
        home = rng.choices(("settled", "temporary", "none", NOT_RECORDED), (0.6, 0.26, 0.09, 0.05))[0]
        for quarter in self._sent((released,)):
            self._add(
                quarter, "releases", ref,
                {
                    "RELEASE": ref, "RELEASED": _day(released), "REPORTED": self._code("yes_no", on_time),
                    "SUPPORT": self._code("yes_no", support), "HOME": self._code("home", home),
                },
                {
                    "release_ref": ref, "released_date": released, "reported_on_time": on_time,
                    "support_offered": support, "accommodation": home,
                },
            )

    def _order(self, ref: str, made: date, rng: random.Random) -> None:
        kind = rng.choices([c for c, _ in _ORDERS], [w for _, w in _ORDERS])[0]
        is_breached = rng.random() < rates.BREACHED
        breached = made + timedelta(days=5 + int(rng.expovariate(1 / 160))) if is_breached else None
        for quarter in self._sent((made, breached)):
            breach = breached if breached and breached <= quarter.last_day else None
            self._add(
                quarter, "orders", ref,
                {
                    "ORDER": ref, "TYPE": self._code("order", kind), "MADE": _day(made),
                    "BREACHED": _day(breach),
                },
                {"order_ref": ref, "order_type": kind, "ordered_date": made, "breached_date": breach},
            )


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d-%b-%Y}".upper()
