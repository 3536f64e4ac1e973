"""Nothing that could carry a record's value leaves an asset as an exception.

What belongs here: the guard around every asset body. What does not: what may go wrong (the steps say).

Dagster stores the text and trace of an exception in its event log. A message of polars, DuckDB or Pandera may
quote a value; so only errors written by us for people pass, and any other is replaced by its type and the
place in our code.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OURS = Path(__file__).resolve().parent.parent.parent
_SPOKEN = (
    "pipelines.store.", "pipelines.intake.", "pipelines.release.", "pipelines.steps.", "schemas.",
    "anonymisation.", "dashboards.",
)


class StepFailed(RuntimeError):
    """A step failed for a reason that may not be told; the text says the kind of error and the place in the
    code."""


def _is_spoken(error: BaseException) -> bool:
    """Whether the error's class is one of ours, whose texts hold no record value by rule."""
    return type(error).__module__.startswith(_SPOKEN)


@contextmanager
def shielded(step: str) -> Iterator[None]:
    """Let our own errors pass and replace every other.

    Raises:
        StepFailed: in place of any error that is not ours.
    """
    try:
        yield
    except Exception as error:
        if _is_spoken(error):
            raise type(error)(*error.args) from None
        frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename)
                  .is_relative_to(OURS)
                  and ".venv" not in f.filename]
        place = (
            f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "outside our code"
        )
        raise StepFailed(
            f"Step [{step}] failed with [{type(error).__name__}] at [{place}]. The message is withheld, "
            "since it may quote a "
            "record. Run the step by hand on this machine to see it, or report the place."
        ) from None
