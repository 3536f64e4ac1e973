"""One partnership's installation: where its state is, its keys, its agencies and its configuration.

What belongs here: what every door and every Dagster asset needs to start a step. What does not: the steps.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from anonymisation.keys import KEY_NAMES, KeyRing, generate_keys, key_path, load_keys
from pipelines.store.places import Places
from schemas.agencies import AGENCY_DIR, Agency, read_agencies
from schemas.partnership import PARTNERSHIP_FILE, Partnership, read_partnership
from schemas.publication import Publication, read_publication
from schemas.signers import Act, Signers, read_signers

DATA_DIR_VARIABLE = "TESSERA_DATA_DIR"
KEY_DIR_VARIABLE = "TESSERA_KEY_DIR"
AGENCIES_VARIABLE = "TESSERA_AGENCIES"
PARTNERSHIP_VARIABLE = "TESSERA_PARTNERSHIP"
MAKER_VARIABLE = "TESSERA_MAKER"
DEFAULT_DATA_DIR = Path("var")


@dataclass(frozen=True, kw_only=True)
class Hub:
    """One installation."""

    places: Places
    agency_dirs: tuple[Path, ...] = (AGENCY_DIR,)
    partnership_file: Path = PARTNERSHIP_FILE

    @classmethod
    def from_environ(cls) -> Hub:
        """The installation that the environment names (``TESSERA_DATA_DIR`` …); paths only, never a key."""
        key_dir = os.environ.get(KEY_DIR_VARIABLE)
        agencies = os.environ.get(AGENCIES_VARIABLE)
        return cls(
            places=Places.under(Path(os.environ.get(DATA_DIR_VARIABLE, DEFAULT_DATA_DIR)),
                                Path(key_dir) if key_dir else None),
            agency_dirs=tuple(Path(part) for part in agencies.split(os.pathsep)) if agencies
            else (AGENCY_DIR,),
            partnership_file=Path(os.environ.get(PARTNERSHIP_VARIABLE, PARTNERSHIP_FILE)),
        )

    def environ(self) -> dict[str, str]:
        """The same, for a process that is to work on this installation."""
        return {
            DATA_DIR_VARIABLE: str(self.places.data_dir), KEY_DIR_VARIABLE: str(self.places.key_dir),
            AGENCIES_VARIABLE: os.pathsep.join(str(path) for path in self.agency_dirs),
            PARTNERSHIP_VARIABLE: str(self.partnership_file),
        }

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        """Every agency, by short name.

        Raises:
            schemas.documents.DocumentError: a file is incomplete.
        """
        return read_agencies(*self.agency_dirs)

    @cached_property
    def partnership(self) -> Partnership:
        """The partnership.

        Raises:
            schemas.documents.DocumentError: the file is incomplete.
        """
        return read_partnership(self.partnership_file)

    @cached_property
    def signers(self) -> Signers:
        """Who may sign, from the file beside the partnership's.

        Raises:
            schemas.documents.DocumentError: the file is absent or incomplete.
        """
        return read_signers(self.partnership_file)

    @cached_property
    def publication(self) -> Publication:
        """What may be public, from the file beside the partnership's.

        Raises:
            schemas.documents.DocumentError: the file is absent or incomplete.
        """
        return read_publication(self.partnership_file)

    def keys(self) -> KeyRing:
        """The keys, read from their files or the environment each time and held by nobody.

        Raises:
            anonymisation.keys.KeyProblem: one is missing, weak or not the data's.
        """
        return load_keys(self.places.key_dir, environ=os.environ, sample_mode=self.partnership.is_sample)

    def ensure_keys(self) -> None:
        """Make the keys of a new installation; existing keys, or a data directory that needs them, are left
        alone."""
        absent = [name for name in KEY_NAMES if not key_path(self.places.key_dir, name).exists()]
        if len(absent) == len(KEY_NAMES) and not self.places.vault.exists():
            generate_keys(self.places.key_dir)

    @property
    def maker(self) -> str:
        """Name of the signer who makes a candidate: the one that the environment names (``TESSERA_MAKER``),
        else the first who may."""
        return os.environ.get(MAKER_VARIABLE) or self.signers.who_may(Act.MAKE)[0].name

    def today(self) -> date:
        """The day of receipt and of a release; UTC."""
        return datetime.now(UTC).date()
