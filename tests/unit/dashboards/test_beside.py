"""Work done by two processes: each takes the next piece when it is free, and an error ends it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.beside import both, cores, kept_beside

two_cores = pytest.mark.skipif(cores() < 2, reason="one core: nothing is done beside")


def where(seconds: float) -> int:
    """Take some time, and say which process did."""
    time.sleep(seconds)
    return os.getpid()


def begun(mark: Path) -> None:
    """Leave a mark and take some time; the first piece fails."""
    mark.touch()
    if mark.name == "0":
        raise ValueError("nought")
    time.sleep(0.1)


@pytest.fixture(scope="module", autouse=True)
def second() -> Iterator[int]:
    """A second process that has started; its number."""
    with kept_beside() as executor:
        yield executor.submit(os.getpid).result()


def test_both_when_there_is_much_to_do_then_it_comes_back_in_order() -> None:
    assert both(abs, [-3, 2, -1]) == [3, 2, 1]


@two_cores
def test_both_when_one_piece_takes_long_then_the_other_process_does_the_rest(second: int) -> None:
    first, *rest = both(where, [1.0, 0.0, 0.0, 0.0])
    assert {first, *rest} == {os.getpid(), second}
    assert first not in rest


@two_cores
def test_both_when_a_piece_fails_then_its_error_is_raised_and_the_rest_is_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nought"):
        both(begun, [tmp_path / str(number) for number in range(50)])
    assert len(list(tmp_path.iterdir())) < 25, "a few were begun before the error was heard"
