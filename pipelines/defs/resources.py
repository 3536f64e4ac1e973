"""The one resource: which installation an asset works on. Paths only; keys are read when a step needs
them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dagster as dg

from pipelines.hub import Hub
from pipelines.store.connect import hold
from pipelines.store.places import Places


class HubResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The installation that the environment names, or the one that a door hands in. A run holds its databases
    open from its first step to its last."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[HubResource]:
        """Hold what the run's steps open; a sensor or schedule, which opens nothing, holds nothing."""
        with hold(self.hub().places):
            yield self

    def hub(self) -> Hub:
        """The installation."""
        return Hub.from_environ()


class FixedHub(HubResource):
    """One given installation: for doors and tests that work on a directory of their own."""

    data_dir: str
    key_dir: str
    agency_dirs: list[str]
    partnership_file: str

    @classmethod
    def of(cls, hub: Hub) -> FixedHub:
        """The resource of ``hub``."""
        return cls(data_dir=str(hub.places.data_dir), key_dir=str(hub.places.key_dir),
                   agency_dirs=[str(path) for path in hub.agency_dirs],
                   partnership_file=str(hub.partnership_file))

    def hub(self) -> Hub:
        """The installation."""
        return _fixed(self.data_dir, self.key_dir, tuple(self.agency_dirs), self.partnership_file)


@cache
def _fixed(data_dir: str, key_dir: str, agency_dirs: tuple[str, ...], partnership_file: str) -> Hub:
    """One object per installation and process: its files are read once. It holds no key."""
    return Hub(places=Places(data_dir=Path(data_dir), key_dir=Path(key_dir)),
               agency_dirs=tuple(Path(path) for path in agency_dirs), partnership_file=Path(partnership_file))
