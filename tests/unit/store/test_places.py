"""Places: keys never lie with what they lock, and folders are their owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipelines.store.places import Places


@pytest.mark.parametrize("inside", [".", "keys", "a/b/keys"])
def test_places_when_keys_lie_inside_the_data_then_refused(tmp_path: Path, inside: str) -> None:
    data = tmp_path / "var"
    with pytest.raises(ValueError) as caught:
        Places.under(data, data / inside)
    assert str(caught.value) == (
        f"The key directory [{data / inside}] lies inside the data directory [{data}], so a copy of the data "
        "would "
        "carry its keys. Choose another with --key-dir.")


def test_places_when_nothing_is_said_then_keys_lie_beside_and_folders_are_private(tmp_path: Path) -> None:
    places = Places.under(tmp_path / "var")
    assert places == Places(data_dir=tmp_path / "var", key_dir=tmp_path / "var-keys")
    places.make()
    made = [path for path in [places.data_dir, *places.data_dir.rglob("*")] if path.is_dir()]
    assert len(made) >= 7
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o700}
