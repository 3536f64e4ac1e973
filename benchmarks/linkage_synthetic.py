"""Invented people at any scale, with the truth: six agencies' records of them, with the errors that people
make.

What belongs here: drawing people and spoiling their records, as whole columns. What does not: the sample
partnership (data/synthesise), which has events and is what the product is shown on. Names are put together
from syllables; shares of errors are assumptions, stated in ERRORS, and harsher than hospital data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

RECORDS_PER_PERSON: Final = 3.3
N_DISTRICTS: Final = 110
UNITS_PER_DISTRICT: Final = 900
TWIN_SHARE: Final = 0.03
HOUSEHOLD_SHARE: Final = 0.15
"""Share of people whose sibling or parent, with surname and postcode in common, is counted too."""
N_FORENAMES: Final = 2500
N_SURNAMES: Final = 15000
ETHNIC_GROUPS: Final = ("A", "B", "C", "D", "E")
ETHNIC_SHARES: Final = (0.10, 0.08, 0.06, 0.70, 0.06)


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Share of one agency's records that each error befalls."""

    typo: float
    other_forename: float
    other_surname: float
    birth_missing: float
    birth_slip: float
    postcode_missing: float
    moved: float
    nhs_known: float
    weight: float


ERRORS: Final = {
    "police": Errors(
        typo=0.045,
        other_forename=0.03,
        other_surname=0.04,
        birth_missing=0.04,
        birth_slip=0.02,
        postcode_missing=0.15,
        moved=0.25,
        nhs_known=0.0,
        weight=0.40,
    ),
    "sarc": Errors(
        typo=0.015,
        other_forename=0.02,
        other_surname=0.02,
        birth_missing=0.01,
        birth_slip=0.01,
        postcode_missing=0.06,
        moved=0.15,
        nhs_known=0.85,
        weight=0.12,
    ),
    "isva": Errors(
        typo=0.025,
        other_forename=0.03,
        other_surname=0.03,
        birth_missing=0.05,
        birth_slip=0.015,
        postcode_missing=0.20,
        moved=0.25,
        nhs_known=0.40,
        weight=0.16,
    ),
    "housing": Errors(
        typo=0.03,
        other_forename=0.02,
        other_surname=0.04,
        birth_missing=0.03,
        birth_slip=0.015,
        postcode_missing=0.10,
        moved=0.35,
        nhs_known=0.10,
        weight=0.12,
    ),
    "health": Errors(
        typo=0.02,
        other_forename=0.02,
        other_surname=0.03,
        birth_missing=0.02,
        birth_slip=0.01,
        postcode_missing=0.08,
        moved=0.20,
        nhs_known=0.85,
        weight=0.10,
    ),
    "voluntary": Errors(
        typo=0.035,
        other_forename=0.06,
        other_surname=0.05,
        birth_missing=0.12,
        birth_slip=0.02,
        postcode_missing=0.35,
        moved=0.30,
        nhs_known=0.15,
        weight=0.10,
    ),
}

_ONSETS: Final = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "v",
    "w",
    "y",
    "z",
]
_VOWELS: Final = ["a", "e", "i", "o", "u", "ai", "ea", "ie", "oo"]
_CODAS: Final = ["", "n", "r", "l", "s", "t", "m", "d", "ck", "nd", "rt"]


def _names(n: int, syllables: int, rng: np.random.Generator) -> list[str]:
    """`n` distinct invented names."""
    made: dict[str, None] = {}
    while len(made) < n:
        drawn = [rng.choice(parts, (2 * n, syllables)) for parts in (_ONSETS, _VOWELS, _CODAS)]
        lengths = rng.integers(max(syllables - 1, 1), syllables + 1, 2 * n)
        for i, length in enumerate(lengths):
            name = "".join(str(column[i, j]) for j in range(length) for column in drawn)
            if len(name) >= 3:
                made.setdefault(name.capitalize(), None)
    return list(made)[:n]


def _zipf(n: int, size: int, exponent: float, rng: np.random.Generator) -> np.ndarray:
    weights = 1.0 / np.arange(3, n + 3) ** exponent
    return rng.choice(n, size=size, p=weights / weights.sum())


def _check_digit(nine: np.ndarray) -> np.ndarray:
    total = np.zeros_like(nine)
    for place in range(9):
        total += (nine // 10 ** (8 - place)) % 10 * (10 - place)
    return (11 - total % 11) % 11


def _people(n: int, rng: np.random.Generator) -> pl.DataFrame:
    forenames, surnames = _names(N_FORENAMES, 2, rng), _names(N_SURNAMES, 3, rng)
    fn = np.array(forenames)[_zipf(len(forenames), n, 0.85, rng)]
    sn = np.array(surnames)[_zipf(len(surnames), n, 0.75, rng)]
    birth = rng.integers(-11000, 15000, n)
    district = rng.integers(0, N_DISTRICTS, n)
    unit = rng.integers(0, UNITS_PER_DISTRICT, n)
    related = rng.random(n) < HOUSEHOLD_SHARE
    related[0] = False
    twins = related & (rng.random(n) < TWIN_SHARE / HOUSEHOLD_SHARE)
    kin = np.flatnonzero(related)
    for column in (sn, district, unit):
        column[kin] = column[kin - 1]
    birth[np.flatnonzero(twins)] = birth[np.flatnonzero(twins) - 1]
    nine = 400_000_000 + rng.permutation(99_000_000)[:n] if n < 99_000_000 else np.arange(n)
    check = _check_digit(nine)
    nhs = np.where(check < 10, nine * 10 + check, 0)
    return pl.DataFrame(
        {
            "truth": np.arange(n),
            "forename": fn,
            "surname": sn,
            "birth": birth,
            "district": district,
            "unit": unit,
            "nhs": nhs,
            "is_kin": related,
            "is_twin": twins,
            "ethnicity": rng.choice(ETHNIC_GROUPS, n, p=ETHNIC_SHARES),
            "other": np.array(forenames)[rng.integers(0, N_FORENAMES, n)],
            "married": np.array(surnames)[_zipf(len(surnames), n, 0.75, rng)],
        }
    )


def _typo(name: str, how: int, where: float, letter: int) -> str:
    i = int(where * len(name))
    if how == 0:
        return name[:i] + name[i + 1 :]
    if how == 1:
        return name[:i] + chr(97 + letter) + name[i + 1 :]
    if how == 2:
        return name[:i] + chr(97 + letter) + name[i:]
    return name[: i - 1] + name[i] + name[i - 1] + name[i + 1 :] if i > 0 else name


def _spoil(values: pl.Series, share: np.ndarray, rng: np.random.Generator) -> pl.Series:
    """A slip of the keyboard in a share of the names."""
    hit = np.flatnonzero(rng.random(len(values)) < share)
    names = values.to_list()
    for i, how, where, letter in zip(
        hit, rng.integers(0, 4, len(hit)), rng.random(len(hit)), rng.integers(0, 26, len(hit)), strict=True
    ):
        names[i] = _typo(names[i], int(how), float(where), int(letter))
    return pl.Series(values.name, names)


def synthetic(n_records: int, seed: int = 1) -> pl.DataFrame:
    """`n_records` records: rec_key, agency, identity columns, and truth, ethnicity, is_kin, is_twin beside
    them."""
    rng = np.random.default_rng(seed)
    n_people = max(int(n_records / RECORDS_PER_PERSON), 2)
    people = _people(n_people, rng)
    weights = rng.gamma(1.2, 1.0, n_people)
    who = np.sort(rng.choice(n_people, n_records, p=weights / weights.sum()))
    names = list(ERRORS)
    agency = rng.choice(len(names), n_records, p=[e.weight for e in ERRORS.values()])
    records = people[who].with_columns(agency=pl.Series(np.array(names)[agency]))

    def share(field: str) -> np.ndarray:
        return np.array([getattr(e, field) for e in ERRORS.values()])[agency]

    def happens(field: str) -> pl.Series:
        return pl.Series(rng.random(n_records) < share(field))

    slip = happens("birth_slip")
    moved = happens("moved")
    records = records.with_columns(
        forename=pl.when(happens("other_forename")).then("other").otherwise("forename"),
        surname=pl.when(happens("other_surname")).then("married").otherwise("surname"),
        birth=pl.col("birth")
        + pl.when(slip)
        .then(pl.Series(rng.choice([-365, -30, -10, -1, 1, 10, 30, 365], n_records)))
        .otherwise(0),
        district=pl.when(moved & pl.Series(rng.random(n_records) < 0.5))
        .then(pl.Series(rng.integers(0, N_DISTRICTS, n_records)))
        .otherwise("district"),
        unit=pl.when(moved).then(pl.Series(rng.integers(0, UNITS_PER_DISTRICT, n_records))).otherwise("unit"),
    )
    records = records.with_columns(
        _spoil(records["forename"], share("typo"), rng), _spoil(records["surname"], share("typo"), rng)
    )
    unit = pl.col("unit")
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    postcode = (
        pl.lit("B")
        + (pl.col("district") % 99 + 1).cast(pl.String)
        + " "
        + (unit % 9 + 1).cast(pl.String)
        + (unit // 9 % 20).replace_strict(list(range(20)), list(letters), return_dtype=pl.String)
        + (unit // 180 % 20).replace_strict(list(range(20)), list(letters), return_dtype=pl.String)
    )
    return records.select(
        pl.Series("rec_key", [f"r{i:08d}" for i in rng.permutation(n_records)]),
        "agency",
        "forename",
        "surname",
        dob=pl.when(~happens("birth_missing")).then(pl.col("birth").cast(pl.Int32).cast(pl.Date)),
        postcode=pl.when(~happens("postcode_missing")).then(postcode),
        nhs_number=pl.when(happens("nhs_known") & (pl.col("nhs") > 0)).then(pl.col("nhs").cast(pl.String)),
        truth="truth",
        ethnicity="ethnicity",
        is_kin="is_kin",
        is_twin="is_twin",
    )
