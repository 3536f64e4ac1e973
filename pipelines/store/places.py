"""The rooms of one data directory, by name.

What belongs here: where things are. What does not: opening them (``connect.py``, ``landing.py``,
``releases.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Places:
    """Paths of one partnership's state: a data directory, and a key directory beside it, never inside it."""

    data_dir: Path
    key_dir: Path

    def __post_init__(self) -> None:
        """Refuse keys kept with what they lock.

        Raises:
            ValueError: the key directory lies inside the data directory.
        """
        if self.key_dir.resolve().is_relative_to(self.data_dir.resolve()):
            raise ValueError(
                f"The key directory [{self.key_dir}] lies inside the data directory [{self.data_dir}], so a "
                "copy of the data "
                "would carry its keys. Choose another with --key-dir."
            )

    @classmethod
    def under(cls, data_dir: Path, key_dir: Path | None = None) -> Places:
        """Places of ``data_dir``; keys beside it (``<data_dir>-keys``) unless said otherwise."""
        data_dir = data_dir.expanduser().absolute()
        return cls(data_dir=data_dir, key_dir=key_dir.expanduser().absolute() if key_dir else
                   data_dir.with_name(f"{data_dir.name}-keys"))

    @property
    def landing(self) -> Path:
        """Extracts as sent, ``<agency>/<quarter>/``; personal data in clear until they are received."""
        return self.data_dir / "landing"

    @property
    def received(self) -> Path:
        """Received files, encrypted, inside ``landing/``: erased on their retention date."""
        return self.landing / ".received"

    @property
    def vault(self) -> Path:
        """Encrypted: tokens, event days, person crosswalk."""
        return self.data_dir / "vault.duckdb"

    @property
    def warehouse(self) -> Path:
        """Encrypted: pseudonymised records and counts."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def releases(self) -> Path:
        """Open: protected tables and the published ledger."""
        return self.data_dir / "releases"

    @property
    def receipts(self) -> Path:
        """Receipts for the agencies: counts, rules, places; no values."""
        return self.data_dir / "receipts"

    @property
    def editions(self) -> Path:
        """Other editions of approved releases: for other boards, and each agency's own."""
        return self.data_dir / "editions"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.data_dir / "dagster"

    @property
    def temporary(self) -> Path:
        """Spill files of the databases, encrypted, swept at start."""
        return self.data_dir / "tmp"

    @property
    def lock(self) -> Path:
        """File that the one process at work locks."""
        return self.data_dir / ".lock"

    @property
    def approval_lock(self) -> Path:
        """File that the one approval under way locks."""
        return self.data_dir / ".approval-lock"

    def make(self) -> None:
        """Make the folders, readable by their owner alone."""
        for folder in (self.data_dir, self.landing, self.received, self.releases, self.receipts, self.dagster,
                       self.temporary):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
