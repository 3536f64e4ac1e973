"""Normalisation: identity fields as people type them → one canonical text, or null.

What belongs here: the rules for names, NHS number, PNC id, date of birth and postcode, each a function from
a column to a column, and `canonical`, which applies them to a frame. What does not: hashing (tokens.py),
agencies' column names and date formats (pipelines/intake), codes that are not identity (schemas). Standard
library and polars only.

A value that means "missing" is null, and null never yields a token. A malformed value costs its own field
only. The rules are part of the token specification: a change of any of them changes tokens and needs a new
SPEC_VERSION. Sources: linkage.md §6.2; NHS Data Dictionary, NHS NUMBER (modulus 11); HMPPS person-match
name rules.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, Protocol, cast, overload

import polars as pl

IDENTITY_COLUMNS: Final = (
    "forename", "surname", "dob", "nhs_number", "pnc_id", "postcode", "own_ref", "other_id",
)  # fmt: skip
"""What a record may say about who a person is. `own_ref`: the agency's own person reference, prefixed with
the agency. `other_id`: an identifier shared between agencies that has no check digit; it links, but never
vetoes."""

TITLES: Final = (
    "MR", "MRS", "MS", "MISS", "MX", "MSTR", "MASTER", "DR", "DOCTOR", "PROF", "PROFESSOR", "REV", "REVEREND",
    "SIR", "DAME", "LADY", "LORD", "FR",
)  # fmt: skip

NAME_PLACEHOLDERS: Final = frozenset(
    word.strip()
    for word in """
    UNKNOWN;UNKOWN;UNKNOW;UNK;UNKN;NOT KNOWN;NOTKNOWN;NK;N K;NKNOWN;NOT ENTERED;NOTENTERED;NOT GIVEN;
    NOT STATED;NOT PROVIDED;NOT RECORDED;NOT DISCLOSED;NOT APPLICABLE;NOT AVAILABLE;NOT OBTAINED;
    NO NAME;NONAME;NO FORENAME;NO SURNAME;NO FIRST NAME;NO LAST NAME;NAME UNKNOWN;FORENAME UNKNOWN;
    SURNAME UNKNOWN;NAME WITHHELD;WITHHELD;ANON;ANONYMOUS;ANONYMISED;REDACTED;REMOVED;CONFIDENTIAL;
    PSEUDONYM;PSEUDONYMISED;DECLINED;REFUSED;PRIVATE;NONE;NULL;N A;NIL;BLANK;TBC;TBA;TEST;TESTING;
    DUMMY;XX;XXX;XXXX;XXXXX;X X;ZZ;ZZZ;ZZZZ;AAA;ABC;ASDF;UNKNOWN MALE;UNKNOWN FEMALE;UNKNOWN PERSON;
    UNKNOWN OFFENDER;UNKNOWN SUSPECT;UNKNOWN VICTIM;UNIDENTIFIED;MALE;FEMALE;WOMAN;BOY;GIRL;CHILD;
    BABY;BABY BOY;BABY GIRL;INFANT;UNBORN;UNBORN BABY;TWIN;VICTIM;SUSPECT;COMPLAINANT;WITNESS;OFFENDER;
    INJURED PARTY;PERPETRATOR;CLIENT;PATIENT;SURVIVOR;PERSON;REGINA;REX;THE CROWN;CROWN;THE STATE;STATE;
    POLICE;THE POLICE;NFN;FNU;LNU;NLN;DO NOT USE;DUPLICATE;DELETED;FORENAME;SURNAME;FIRSTNAME;LASTNAME;
    FIRST NAME;LAST NAME;NAME;MR;MRS;MS;MISS;DR
    """.split(";")  # noqa: SIM905  a hundred words read better as one text
)
"""Whole values, after cleaning, that are not a name (linkage.md §6.2; domain.md §5, common dirt)."""
_PLACEHOLDER_LIST: Final = pl.Series(sorted(NAME_PLACEHOLDERS)).implode()

NAMES_AND_FILLERS: Final = ("MAN", "NA")
"""Names that people bear, and fillers as well. One counts as missing where the other name is missing or a
filler too, or where there is no date of birth; beside a name and a date of birth it is a name."""

_PLACEHOLDER_PREFIX: Final = r"^\s*(?:MIG[ _]?ERROR|DUPLICATE[ _]|DO NOT USE|UNKNOWN[ _]?[0-9]|TEST[ _][0-9])"

_LETTERS: Final = {
    "ß": "SS", "ẞ": "SS", "Æ": "AE", "Œ": "OE", "Ø": "O", "Đ": "D", "Ð": "D", "Þ": "TH", "Ł": "L", "Ħ": "H",
    "ı": "I", "Ŋ": "NG", "Ə": "A",
}  # fmt: skip
"""Latin letters that NFKD does not take apart."""

_MOJIBAKE: Final = r"[ÃÂÄÅ][\u0080-\u00BF\u0152-\u0178\u2013-\u2122]"
"""UTF-8 read as cp1252: the first byte of a two-byte letter, then a continuation byte."""

_CP1252_HIGH: Final = {bytes([b]).decode("cp1252", "ignore") or chr(b): b for b in range(0x80, 0x100)}

MAX_NAME_LETTERS: Final = 40
"""Longer than any name part on a form; what is longer is a sentence in the wrong column and is cut."""

EARLIEST_BIRTH_YEAR: Final = 1901
"""Before this nobody now alive was born; 1900-01-01 is the usual filler and Excel's day one."""
LATEST_BIRTH_YEAR: Final = 2100
FILLER_DATES: Final = (
    "19000101",
    "19010101",
    "19011213",
    "19700101",
    "17530101",
    "99991231",
    "20991231",
    "18991230",
)
"""Defaults of Excel, Unix, SQL Server and case systems, never a birth that somebody was asked for."""

NHS_WEIGHTS: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)
NHS_PATTERN: Final = r"^(?:4[0-9]{9}|[67][0-9]{9}|999[0-9]{7})$"
"""England, Wales and Isle of Man ranges as issued; 999 is the range kept for invented people."""

PNC_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
_PNC: Final = r"^(?:[0-9]{2}|[0-9]{4})(?:/[0-9]{1,7}|[0-9]{7}|/[0-9]{4}/[0-9]{1,6})[A-Z]$"
"""Short form, form without slashes, long form."""
PNC_CENTURY_SPLIT: Final = 50
"""Two-digit years above this are 19xx: PNC ids begin in the middle of the twentieth century."""

_OUTWARD: Final = r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR)"
_UNIT: Final = rf"^{_OUTWARD}[0-9][A-Z]{{2}}$"
_OTHER_UNIT: Final = r"^[0-9]{4,6}$"
"""Number-only postcodes of other countries, so that the method can be measured on other countries' data."""
_POSTCODE: Final = rf"^{_OUTWARD}(?:[0-9](?:[A-Z]{{2}})?)?$|{_OTHER_UNIT}"
_SECTOR: Final = r"^(?:[A-Z]{1,2}[0-9]{3}|[A-Z]{1,2}[0-9][A-Z][0-9])$"
"""A sector given alone. "B15" is read as a district, never as sector 5 of B1."""
_INWARD_LETTER_O: Final = rf"^({_OUTWARD})O([A-Z]{{2}})$"
_FILLER_POSTCODE: Final = r"^(?:ZZ99|NF1|XX|BFPO)"
"""NF1 1NF (no fixed abode), NF1 1FA, ZZ99 (unknown, abroad): many people, no place."""


def _mend_mojibake(text: str) -> str:
    """Undo one round of UTF-8 read as cp1252; the text as it came if that is not what happened."""
    try:
        return bytes(_CP1252_HIGH[c] if c in _CP1252_HIGH else ord(c) for c in text).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return text


class Rule(Protocol):
    """A rule over a column: an expression gives an expression, a series the cleaned series."""

    @overload
    def __call__(self, raw: pl.Expr) -> pl.Expr: ...
    @overload
    def __call__(self, raw: pl.Series) -> pl.Series: ...


def _rule(of: Callable[[pl.Expr], pl.Expr]) -> Rule:
    """A rule that is written as one expression, so that a frame's rules run in one query."""

    @wraps(of)
    def rule(raw: pl.Expr | pl.Series) -> pl.Expr | pl.Series:
        if isinstance(raw, pl.Expr):
            return of(raw)
        return raw.to_frame("raw").select(of(pl.col("raw")).alias(raw.name)).to_series()

    return cast(Rule, rule)


def _keep(values: pl.Expr, where: pl.Expr) -> pl.Expr:
    """The values where the condition holds; null elsewhere and where the condition is null."""
    return pl.when(where).then(values)


def _mended(text: pl.Series) -> pl.Series:
    """Mojibake undone where it is; the other rows do not leave the column engine."""
    broken = text.str.contains(_MOJIBAKE).fill_null(False)
    if not broken.any():
        return text
    mended = text.filter(broken).map_elements(_mend_mojibake, return_dtype=pl.String)
    return text.scatter(broken.arg_true(), mended)


def name_words(raw: pl.Series) -> pl.Series:
    """A name as cleaned upper-case words with one space between ("MARY JANE"); null if missing or a
    placeholder. NAMES_AND_FILLERS stay: only the whole record tells (`canonical`)."""
    # each stage is a query's step of its own: inside one expression what is used twice is worked out twice
    whole, words, named = pl.col("whole"), pl.col("words"), pl.col("named")
    return (
        _mended(raw.cast(pl.String)).to_frame("whole").lazy()
        .select(whole.str.normalize("NFKD").str.to_uppercase())
        .with_columns(
            words=whole.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
            .str.replace_all(r"[\p{M}'’‘`´ʼʹ′]", "")
            .str.replace_all(r"\(.*?\)", " ")
            .str.replace_all(r"[^\p{L}]+", " ")
            .str.strip_chars()
        )
        .with_columns(
            named=words.str.replace(rf"^(?:(?:{'|'.join(TITLES)}) )+(\p{{L}})", "${1}")
            .str.replace_all(r"\b(MC|O) (\p{L}{2,})", "${1}${2}")
            .str.replace(r"^ST (\p{L}{2,})", "SAINT ${1}")
            .str.slice(0, MAX_NAME_LETTERS)
            .str.strip_chars()
        )
        .select(_keep(
            named,
            ~(whole.str.contains(_PLACEHOLDER_PREFIX) | words.is_in(_PLACEHOLDER_LIST))
            & (named != "") & ~named.is_in(_PLACEHOLDER_LIST),
        ).alias(raw.name))
        .collect().to_series()
    )  # fmt: skip


def nhs_number(raw: pl.Series) -> pl.Series:
    """Ten digits of an issued range that pass modulus 11; null otherwise. About one wrong number in eleven
    passes."""
    digits, number, total = pl.col("digits"), pl.col("number"), pl.col("total")
    repeated = [digit * 10 for digit in "0123456789"]
    weighted = (number // 10 ** (9 - place) % 10 * weight for place, weight in enumerate(NHS_WEIGHTS))
    return (
        raw.to_frame("digits").lazy()
        .select(digits.cast(pl.String).str.replace(r"\.0$", "").str.replace_all(r"[\s\-\u2013\u00A0]", ""))
        .select(_keep(digits, digits.str.contains(NHS_PATTERN) & ~digits.is_in(repeated)))
        .with_columns(number=digits.cast(pl.Int64))
        .with_columns(total=pl.sum_horizontal(weighted))
        .select(_keep(digits, (11 - total % 11) % 11 == number % 10).alias(raw.name))
        .collect().to_series()
    )  # fmt: skip


def pnc_id(raw: pl.Series) -> pl.Series:
    """`YYYY/NNNNNNNX` with its check letter right, from short, long, slashless and `K` forms; null otherwise.

    The check letter is PNC_LETTERS[(two-digit year ‖ seven-digit serial) mod 23]. The long form of older
    records carries four more digits between year and serial; they are part of the number that is checked.
    """
    text, year, two, serial = pl.col("text"), pl.col("year"), pl.col("two"), pl.col("serial")
    first, second, third = (pl.col("parts").struct.field(f"field_{i}") for i in range(3))
    return (
        raw.to_frame("text").lazy()
        .select(text.cast(pl.String).str.to_uppercase().str.replace_all(r"[\s\-]", "").str.strip_prefix("K"))
        .select(_keep(text, text.str.contains(_PNC)))
        .with_columns(letter=text.str.tail(1), parts=text.str.head(-1).str.splitn("/", 3))
        .with_columns(
            year=pl.when(second.is_null()).then(first.str.head(-7)).otherwise(first),
            serial=pl.when(second.is_null())
            .then(first.str.tail(7))
            .when(third.is_null())
            .then(second.str.zfill(7))
            .otherwise(second + third.str.zfill(6)),
        )
        .with_columns(two=year.str.slice(-2))
        .with_columns(
            expected=((two + serial).cast(pl.Int64) % len(PNC_LETTERS)).replace_strict(
                list(range(len(PNC_LETTERS))), list(PNC_LETTERS), default=None, return_dtype=pl.String
            ),
            century=pl.when(year.str.len_chars() == 4)
            .then(year.str.head(2))
            .when(two.cast(pl.Int32) > PNC_CENTURY_SPLIT)
            .then(pl.lit("19"))
            .otherwise(pl.lit("20")),
        )
        .select(_keep(
            pl.concat_str("century", "two", pl.lit("/"), "serial", "letter"),
            (pl.col("letter") == pl.col("expected")) & (serial.str.strip_chars("0") != ""),
        ).alias(raw.name))
        .collect().to_series()
    )  # fmt: skip


@_rule
def birth_digits(raw: pl.Expr) -> pl.Expr:
    """Date of birth as eight digits `YYYYMMDD`, from a date or ISO text; fillers and impossible years are
    null.

    Text such as "1985-02-31" keeps its digits: year and month still say something about who it is.
    """
    text = raw.cast(pl.String).str.slice(0, 10).str.replace_all(r"[^0-9]", "")
    shaped = _keep(text, text.str.contains(r"^[0-9]{8}$"))
    year = shaped.str.slice(0, 4).cast(pl.Int32)
    return _keep(
        shaped, year.is_between(EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR) & ~shaped.is_in(list(FILLER_DATES))
    )


@_rule
def postcode(raw: pl.Expr) -> pl.Expr:
    """Upper case without spaces: a whole unit ("B151AA"), or as much as was given ("B15", "B151"); null
    otherwise."""
    text = raw.cast(pl.String).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    mended = text.str.replace(_INWARD_LETTER_O, "${1}0${2}")
    return _keep(mended, mended.str.contains(_POSTCODE) & ~mended.str.contains(_FILLER_POSTCODE))


@_rule
def postcode_unit(canonical_postcode: pl.Expr) -> pl.Expr:
    """The whole postcode; null if only a part of it was given."""
    return _keep(canonical_postcode, canonical_postcode.str.contains(rf"{_UNIT}|{_OTHER_UNIT}"))


@_rule
def postcode_sector(canonical_postcode: pl.Expr) -> pl.Expr:
    """Outward code and the first digit of the inward one ("B151"); null if it was not given."""
    unit = postcode_unit(canonical_postcode)
    part = _keep(canonical_postcode, canonical_postcode.str.contains(_SECTOR))
    of_unit = unit.str.replace(r"[A-Z]{2}$", "").str.replace(r"^([0-9]{3,5})[0-9]$", "${1}")
    return pl.when(unit.is_not_null()).then(of_unit).otherwise(part)


@_rule
def postcode_district(canonical_postcode: pl.Expr) -> pl.Expr:
    """The outward code ("B15")."""
    sector = postcode_sector(canonical_postcode)
    return pl.when(sector.is_not_null()).then(sector.str.head(-1)).otherwise(canonical_postcode)


@_rule
def reference(raw: pl.Expr) -> pl.Expr:
    """An identifier without a check digit: upper case, letters and digits only; placeholders and all zeros
    null."""
    text = raw.cast(pl.String).str.to_uppercase().str.replace(r"\.0$", "").str.replace_all(r"[^A-Z0-9]", "")
    return _keep(text, (text != "") & ~text.str.contains(r"^(?:0+|N/?A|NK|NULL|NONE|UNKNOWN|TBC|NAN)$"))


@_rule
def own_reference(raw: pl.Expr) -> pl.Expr:
    """The agency's own person reference with its prefix ("police:P1234"): trimmed, upper case; null if
    empty."""
    text = raw.cast(pl.String).str.strip_chars().str.to_uppercase()
    return _keep(text, (text != "") & ~text.str.contains(r"[:|]\s*$"))


RULES: Final[dict[str, Callable[[pl.Series], pl.Series]]] = {
    "forename": name_words,
    "surname": name_words,
    "dob": birth_digits,
    "nhs_number": nhs_number,
    "pnc_id": pnc_id,
    "postcode": postcode,
    "own_ref": own_reference,
    "other_id": reference,
}

def _over_distinct(values: pl.Series, rule: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Apply a rule once to each distinct value: a million records hold far fewer names than rows."""
    if values.null_count() == len(values):
        return pl.Series(values.name, [None], dtype=pl.String).new_from_index(0, len(values))
    frame = values.rename("raw").to_frame()
    distinct = frame.unique(maintain_order=False)
    table = distinct.with_columns(rule(distinct["raw"]).alias("canonical"))
    joined = frame.join(table, on="raw", how="left", nulls_equal=True, maintain_order="left")
    return joined["canonical"].rename(values.name)


def canonical(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per `rec_key` with every identity field in canonical text; absent columns are null.

    Columns out: rec_key, forename, surname (words), dob (YYYYMMDD), nhs_number, pnc_id, postcode, own_ref,
    other_id.
    """
    if "rec_key" not in frame.columns:
        raise ValueError(
            "Column [rec_key] is missing from the identity frame. Each record needs its random key."
        )
    cleaned = frame.select(
        pl.col("rec_key").cast(pl.String),
        *(
            _over_distinct(frame[name], rule).alias(name)
            if name in frame.columns
            else pl.lit(None, dtype=pl.String).alias(name)
            for name, rule in RULES.items()
        ),
    )
    names = ("forename", "surname")
    is_filler = {n: pl.col(n).is_in(list(NAMES_AND_FILLERS)).fill_null(False) for n in names}
    is_named = {n: pl.col(n).is_not_null() & ~filler for n, filler in is_filler.items()}
    is_born = pl.col("dob").is_not_null()
    return cleaned.with_columns(
        pl.when(~is_filler[name] | (is_born & is_named[other])).then(pl.col(name)).alias(name)
        for name, other in (names, names[::-1])
    )
