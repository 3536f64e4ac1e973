"""The guard around every asset: our own words pass, everybody else's are withheld, with their causes."""

from __future__ import annotations

import traceback

import polars as pl
import pytest

from pipelines.defs.shield import StepFailed, shielded
from pipelines.store.connect import StoreError

SECRET = "Zzyzx Quillfeather"


def _shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, pl.exceptions.ComputeError, AssertionError, UnicodeError]
)
def test_error_when_not_ours_then_replaced_by_its_kind_and_place(kind: type[Exception]) -> None:
    with pytest.raises(StepFailed) as caught, shielded("police/delivery"):
        raise kind(f"conversion of {SECRET} failed")
    text = str(caught.value)
    assert text.startswith(f"Step [police/delivery] failed with [{kind.__name__}] at [test_shield.py, line ")
    assert text.endswith(
        "]. The message is withheld, since it may quote a record. Run the step by hand on this machine to "
        "see it, or report "
        "the place."
    )
    assert SECRET not in _shown(caught.value)


def test_error_when_it_has_a_cause_then_neither_is_shown() -> None:
    with pytest.raises(StepFailed) as caught, shielded("people"):
        try:
            raise ValueError(SECRET)
        except ValueError as inner:
            raise RuntimeError(f"because of {SECRET}") from inner
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert SECRET not in _shown(caught.value)


def test_error_when_ours_then_passes_with_its_words_and_without_its_cause() -> None:
    with pytest.raises(StoreError) as caught, shielded("core"):
        try:
            raise ValueError(SECRET)
        except ValueError as inner:
            raise StoreError("The vault [vault.duckdb] cannot be opened.") from inner
    assert str(caught.value) == "The vault [vault.duckdb] cannot be opened."
    assert caught.value.__cause__ is None
    assert SECRET not in _shown(caught.value)


def test_stop_when_a_person_stops_the_run_then_is_no_failure_of_the_step() -> None:
    with pytest.raises(KeyboardInterrupt), shielded("core"):
        raise KeyboardInterrupt


def test_step_when_nothing_fails_then_goes_through() -> None:
    with shielded("core"):
        made = 1
    assert made == 1
