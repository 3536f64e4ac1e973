"""How intake says no: one error for a file that is not loaded, one for a defect of ours. Neither can carry a
value.

What belongs here: the two error types. What does not: the words of a rule (``schemas.rules``).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.rules import RULES, Severity

_ROOMS = tuple(
    Path(__file__).resolve().parents[2] / room for room in ("pipelines", "anonymisation", "schemas")
)


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One reason for which a file is not loaded."""

    rule_id: str
    position: int | None = None
    """Column of the file, from 0; None where the whole file is meant."""
    column: str | None = None
    """The column's name, where it is one of the agreement: another header may hold a value."""
    row: int | None = None
    """Row as the sender counts."""
    hint: str | None = None
    """What would help: names of ours or of the agreement, never a cell."""

    def __post_init__(self) -> None:
        """Refuse a rule that does not stop a file.

        Raises:
            ValueError: the rule is of another severity.
        """
        if RULES[self.rule_id].severity is not Severity.STOP:
            raise ValueError(
                f"rule [{self.rule_id}] does not stop a file. Report it as a finding of its rows"
            )


class FileRefused(Exception):
    """A file that is not loaded, and why. Carries rule ids, positions and names of the agreement; never a
    value."""

    def __init__(self, *trips: Trip) -> None:
        """Refuse for ``trips``, at least one."""
        self.trips = trips
        super().__init__("; ".join(f"[{trip.rule_id}] {RULES[trip.rule_id].what}" for trip in trips))

    @classmethod
    def because(cls, rule_id: str, *, row: int | None = None, hint: str | None = None) -> FileRefused:
        """Refuse for one reason."""
        return cls(Trip(rule_id=rule_id, row=row, hint=hint))


class IntakeError(Exception):
    """Intake itself went wrong. Names the kind of error, the place and the remedy; never a value."""


@contextmanager
def guarded(place: Callable[[], str]) -> Iterator[None]:
    """Let nothing out but refusals and :class:`IntakeError`: the text of any other error may hold a cell.

    Raises:
        IntakeError: in place of any other error, without its cause.
    """
    try:
        yield
    except (FileRefused, IntakeError):
        raise
    except Exception as error:
        kind = type(error).__name__
        ours = [f for f in traceback.extract_tb(error.__traceback__) if _is_ours(Path(f.filename))]
        line = f" in [{Path(ours[-1].filename).name}], line [{ours[-1].lineno}]" if ours else ""
        raise IntakeError(
            f"intake ended at [{place()}] with [{kind}]{line}. Nothing was loaded. "
            f"Send this sentence to the partnership's analyst."
        ) from None


def _is_ours(path: Path) -> bool:
    """Whether a line stands in our own code: the line named in a defect is ours, not a library's."""
    return any(path.is_relative_to(room) for room in _ROOMS)
