"""The counselling service's spreadsheet of counts.

What belongs here: its counts. What does not: the template (``schemas/template.py``), faults (``dirt.py``).
"""

from __future__ import annotations

import random

from data.synthesise import rates
from data.synthesise.ledger import NOT_RECORDED, Cell, Extract, Row, Speller
from data.synthesise.people import AREAS, area_weights
from schemas.agencies import Agency
from schemas.quarters import Quarter

_BANDS = (("16to17", 6), ("18to24", 26), ("25to34", 27), ("35to44", 20), ("45to54", 13), ("55plus", 8))
_NEW_CLIENTS = 130


class Counselling:
    """The service, quarter by quarter."""

    def __init__(self, agency: Agency) -> None:
        """Nothing is kept between quarters."""
        self._rng = random.Random(f"{rates.SEED}: counselling")
        self._spell = Speller(agency, random.Random(0))

    def extract(self, quarter: Quarter) -> Extract:
        """The spreadsheet of a quarter; quarters are asked for in order."""
        rng = self._rng
        counts: dict[tuple[str, str, str, str], int] = {}
        for _ in range(_NEW_CLIENTS + rng.randint(-12, 14)):
            area = rng.choices(AREAS, area_weights())[0]
            sex = "female" if rng.random() < 0.88 else "male"
            band = rng.choices([b for b, _ in _BANDS], [w for _, w in _BANDS])[0]
            key = ("new_clients", area, sex, band)
            counts[key] = counts.get(key, 0) + 1
        for area in AREAS:
            new = sum(n for (_, where, _, _), n in counts.items() if where == area)
            for measure, n in (
                ("referrals_received", new + rng.randint(2, 9)),
                ("sessions", new * rng.randint(6, 9)),
                ("waiting_list", new + rng.randint(3, 25)),
                ("closed", max(0, new - rng.randint(0, 6))),
            ):
                counts[measure, area, NOT_RECORDED, NOT_RECORDED] = n
        return Extract(
            agency="counselling",
            quarter=quarter,
            files={"counts": [self._row(k, counts[k]) for k in sorted(counts)]},
        )

    def _row(self, key: tuple[str, str, str, str], n: int) -> Row:
        measure, area, sex, band = key
        cells: dict[str, Cell] = {
            "Measure": self._spell.write("measure", measure),
            "Area": self._spell.write("area", area),
            "Sex": "Not recorded" if sex == NOT_RECORDED else self._spell.write("sex", sex),
            "Age group": "Not recorded" if band == NOT_RECORDED else self._spell.write("age_band", band),
            "Count": n,
        }
        record: dict[str, object] = {
            "count_measure": measure,
            "service_area": area,
            "sex": sex,
            "age_band": band,
            "n": n,
        }
        return Row(cells=cells, records={"counts": record}, order=key)
