"""Field by field: what each agency's referral form asks, against the one minimum data set of referrals.

What belongs here: a table of forms by canonical fields, read from the agencies' own files, and how far each
form comes. What does not: the forms' completeness in figures (``measures/cubes/pathways.py``) and how a table
is written (``dictionary.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.agencies import Agency, FieldMap, read_agencies
from schemas.codelists import codelist
from schemas.columns import COLUMNS, NOT_RECORDED, UNMAPPED, Kind
from schemas.datasets import DATASETS

DATASET = "referrals"
MINIMUM = (
    "referral_ref", "person_ref", "made_date", "source", "destination", "referral_status", "consent_given",
    "consent_date", "contact_date", "decline_reason", "residence_area", "age_band", "sex", "ethnicity",
    "disability", "reported_to_police",
)
"""The minimum data set: what a referral must say for every measure of pathways, waits and groups (own list,
from the clauses that ask for them). Age may come as a date of birth or in years."""
_INSTEAD: Mapping[str, tuple[str, ...]] = {"age_band": ("dob", "age"), "residence_area": ("postcode",)}
"""Fields from which another is worked out on arrival."""


_PLACES = (None, "areas")
"""Lists of which no form is meant to say every code."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One file of one agency that holds referrals."""

    agency: Agency
    file: str
    fields: Mapping[str, FieldMap]

    @property
    def title(self) -> str:
        """Agency and file, as a heading."""
        return f"{self.agency.agency}: {self.file}"

    def asks(self, name: str) -> bool:
        """Whether the form says a field, be it in its own words, in a fixed one, or by another field."""
        return name in self.fields or any(other in self.fields for other in _INSTEAD.get(name, ()))

    def reached(self, name: str) -> tuple[int, int] | None:
        """Of the codes that say something, how many the form's own words can say, and how many there are;
        None for what is not coded in its words."""
        field, column = self.fields.get(name), COLUMNS[name]
        if field is None or field.codes is None or column.kind is not Kind.CODE or column.codelist in _PLACES:
            return None
        assert column.codelist is not None
        codes = set(codelist(column.codelist).codes) - {NOT_RECORDED, UNMAPPED}
        return len(codes & set(self.agency.code_maps[field.codes].values())), len(codes)

    def cell(self, name: str) -> str:
        """What stands in the table: the form's own column, and how many of our codes it can say."""
        field = self.fields.get(name)
        if field is None:
            others = [other for other in _INSTEAD.get(name, ()) if other in self.fields]
            return f"from `{others[0]}`" if others else "not asked"
        said = f"`{field.column}`" if field.column is not None else f"always `{field.value}`"
        reached = self.reached(name)
        return said if reached is None else f"{said}, {reached[0]} of {reached[1]} codes"


def forms() -> tuple[Form, ...]:
    """Every form, in the order of agencies and of their files."""
    return tuple(
        Form(agency=agency, file=name, fields=spec.feeds[DATASET].fields)
        for agency in read_agencies().values()
        for name, spec in agency.files.items() if DATASET in spec.feeds)


def crosswalk() -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heading and rows: the fields of the minimum data set, then every other field that some form asks.

    Grain: one row per canonical field; one column per form.
    """
    every = forms()
    others = [c.name for c in DATASETS[DATASET].columns
              if c.name not in MINIMUM and any(c.name in form.fields for form in every)]
    rows = tuple(
        (f"`{name}`", "yes" if name in MINIMUM else "no", *(form.cell(name) for form in every))
        for name in (*MINIMUM, *others))
    return ("Field", "In the minimum", *(form.title for form in every)), rows


def coverage_of_forms() -> tuple[tuple[str, ...], ...]:
    """One row per form: fields of the minimum that it asks, those it does not, and coded fields whose list it
    cannot say in full."""
    return tuple(
        (form.title, f"{sum(map(form.asks, MINIMUM))} of {len(MINIMUM)}",
         ", ".join(f"`{name}`" for name in MINIMUM if not form.asks(name)) or "none",
         ", ".join(f"`{name}`" for name in MINIMUM
                   if (found := form.reached(name)) is not None and found[0] < found[1]) or "none")
        for form in forms())
