"""Every rule that a file or a row can trip: its id, severity, and the words for the sender.

What belongs here: what a rule is called, how grave it is, what is wrong and how to mend it. What does not:
the test itself (``pipelines.intake``) and the counts of a run (the receipt). The sources of the rules are the
dirt that real extracts of police forces, sexual assault referral centres and services are known to hold.

Severities: ``stop`` the file is not loaded · ``fix`` the row is left out until mended · ``confirm`` the row
is in, the value is set aside or kept as said, and the sender is asked · ``note`` nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    """What becomes of a row or a file that trips a rule."""

    STOP = "stop"
    FIX = "fix"
    CONFIRM = "confirm"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule."""

    rule_id: str
    severity: Severity
    what: str
    """What is wrong, as a sentence for the sender; ``{column}``-style fields are filled with names, never
    values."""
    remedy: str
    """How to mend it."""


def _r(rule_id: str, severity: Severity, what: str, remedy: str) -> Rule:
    return Rule(rule_id=rule_id, severity=severity, what=what, remedy=remedy)


_STOP, _FIX, _CONFIRM, _NOTE = Severity.STOP, Severity.FIX, Severity.CONFIRM, Severity.NOTE

_ALL = (
    # the file
    _r("file_empty", _STOP, "The file is empty.", "Export it again and check its size before sending."),
    _r("file_header_only", _STOP, "The file has column names and no rows.",
       "If there was nothing to report, send a nil return."),
    _r("file_unknown", _STOP, "The file's name fits none of the patterns agreed with this agency.",
       "Rename it as the agreement says."),
    _r("file_unreadable", _STOP, "The file could not be opened as the agreed format.",
       "Open it on your computer, save it again and resend."),
    _r("file_encrypted", _STOP, "The workbook is protected by a password.",
       "Save it without a password; the channel itself is encrypted."),
    _r("file_encoding", _STOP, "The text is not in the agreed encoding.",
       "Export it in the encoding that the agreement names."),
    _r("file_delimiter", _STOP, "The columns are not separated as agreed.",
       "Export it with the agreed separator."),
    _r("file_line_too_long", _STOP, "A line of the file is longer than any record can be.",
       "Export it again; line ends may be missing."),
    _r("file_too_large", _STOP, "The file, or what it unpacks to, is larger than any delivery can be.",
       "Send one quarter only; save the workbook again."),
    _r("file_unfinished", _STOP, "The file was still being written.",
       "Wait until the copy has ended; it is read at the next look."),
    _r("file_wrong_agency", _STOP, "The columns are those of another agency's file.",
       "Check which folder the file was put into."),
    _r("file_wrong_quarter", _STOP, "Most rows lie after the end of the quarter that the file was sent for.",
       "Check the quarter of the folder."),
    _r("file_truncated", _STOP, "The file ends in the middle of a row.",
       "Export it again and check that the copy has ended."),
    _r("file_repeated", _STOP, "Two files of the delivery are of the same kind.",
       "Send one file of each kind; put the rows together first."),
    _r("column_duplicated", _STOP, "A column name stands twice.", "Remove or rename one of the two."),
    _r("column_missing", _STOP, "An agreed column is not in the file.",
       "Add it, or agree a change of the mapping."),
    _r("column_unknown", _STOP, "A column is not in the agreement.",
       "Remove it, or agree it with the partnership's analyst first."),
    _r("column_free_text", _STOP, "A column holds free text, which never leaves the agency.",
       "Remove the column."),
    _r("identity_not_agreed", _STOP, "A column holds identifiers that this agency's tier does not send.",
       "Remove the column."),
    # the row: left out until mended
    _r("row_ragged", _FIX,
       "The row has more or fewer cells than the header, so no cell of it can be trusted.",
       "Put text that holds the separator or a line end in quotes, and export again."),
    _r("reference_missing", _FIX, "The record has no reference.", "Enter the reference."),
    _r("required_missing", _FIX, "A needed value is missing.", "Enter it."),
    _r("date_unreadable", _FIX, "The date cannot be read in the agreed formats.",
       "Enter a day that exists, in the agreed format."),
    _r("date_after_quarter", _FIX, "The date lies after the end of the quarter.",
       "Check the date; send the row with its own quarter."),
    _r("occurrence_reversed", _FIX, "The last day of the incident stands before its first.",
       "Check both dates."),
    _r("report_before_occurrence", _FIX, "The report stands before the incident.", "Check both dates."),
    _r("contact_before_referral", _FIX, "Contact, start or receipt stands before the referral was made.",
       "Check the dates."),
    _r("end_before_start", _FIX, "The support ended before it started.", "Check both dates."),
    _r("age_impossible", _FIX, "The age is not one a person can have.",
       "Enter the age in years, or leave it empty."),
    _r("record_conflicting", _FIX, "The same reference stands on rows that differ.",
       "Send one row for each reference."),
    _r("incident_absent", _FIX, "The row belongs to an incident that is not in this delivery.",
       "Send the incident with it."),
    _r("organisation_as_person", _FIX, "The person is an organisation, or the Crown.",
       "Send only people as victims."),
    _r("number_suppressed", _FIX, "A number is hidden or written as a range.",
       "Send the number itself; protecting it is our work."),
    _r("number_unreadable", _FIX, "A count is not a whole number of zero or more.", "Enter a whole number."),
    # the row is in; the sender is asked
    _r("file_missing", _CONFIRM, "An agreed file is not in this delivery.",
       "Send it with the others, or tell us that there is none."),
    _r("date_optional_future", _CONFIRM, "A date lies in the future and was set aside.", "Check the date."),
    _r("date_optional_unreadable", _CONFIRM, "A date cannot be read and was set aside.",
       "Enter a day that exists, in the agreed format."),
    _r("age_against_birth", _CONFIRM, "The age does not fit the date of birth; the date of birth was used.",
       "Check both."),
    _r("birth_after_event", _CONFIRM, "The date of birth stands after the incident and was set aside.",
       "Check both dates."),
    _r("sex_against_offence", _CONFIRM, "The offence can, by law, not be against a person of this sex.",
       "Check offence and sex."),
    _r("age_against_offence", _CONFIRM, "The offence can, by law, not be against a person of this age.",
       "Check offence and age."),
    _r("offence_as_date", _CONFIRM, "A spreadsheet turned the offence code into a date; it was not guessed.",
       "Format the column as text and export again."),
    _r("offence_pair_unknown", _CONFIRM, "The offence code does not belong to the category.", "Check both."),
    _r("nhs_number_check", _CONFIRM, "The NHS number fails its check digit and was set aside.",
       "Check the number."),
    _r("pnc_id_check", _CONFIRM, "The PNC identifier fails its check letter and was set aside.",
       "Check the identifier."),
    _r("reference_reused", _CONFIRM, "One reference of a person stands for people who differ.",
       "Give each person a reference."),
    _r("dates_out_of_order", _CONFIRM, "A later step stands before the step that it follows; both were kept "
                                       "and no wait was counted between them.", "Check both dates."),
    _r("fields_more_than_form", _CONFIRM, "More mandatory fields are filled than the form has; how complete "
                                          "it is was not counted.", "Check both numbers."),
    _r("cancelled_without_reason", _CONFIRM, "The crime is cancelled and no ground is given.",
       "Enter the ground."),
    _r("score_out_of_range", _CONFIRM, "A score is not between 1 and 5 and was set aside.",
       "Enter a score from 1 to 5."),
    _r("text_damaged", _CONFIRM, "Characters were damaged on the way (encoding).",
       "Export it in the agreed encoding."),
    # for information
    _r("code_unmapped", _NOTE, "A code is not in the agreed map; it is counted as [unmapped].",
       "Tell us what the code means."),
    _r("offence_out_of_reach", _NOTE, "The offence is outside what the standards' definition reaches; no "
                                      "measure counts it.",
       "Leave such rows out of the extract, or check the code."),
    _r("observed_as_self_defined", _NOTE, "An officer-observed code stands in the self-defined ethnicity "
                                          "column; counted as not recorded.",
                                          "Send it in a column of its own."),
    _r("date_placeholder", _NOTE, "A date stands for [not known] and was left empty.", "Leave it empty."),
    _r("name_placeholder", _NOTE, "A name stands for [not known]; no token was made of it.",
       "Leave it empty."),
    _r("postcode_unusable", _NOTE, "The postcode is partial, a placeholder or no postcode; it was not used "
                                   "as a whole one.", "Leave it empty where it is not known or not safe."),
    _r("record_repeated", _NOTE, "The same row stands more than once; one was kept.", "Nothing to do."),
    _r("row_totals", _NOTE, "A totals row at the bottom is not a record.", "Nothing to do."),
    _r("link_refused", _NOTE, "The person may not be linked; the record is counted in this agency only.",
       "Nothing to do."),
)

RULES: MappingProxyType[str, Rule] = MappingProxyType({rule.rule_id: rule for rule in _ALL})
"""Every rule by its id."""
