"""The SQL that counts: one select per file, read by name."""

from __future__ import annotations

from importlib.resources import files


def sql(name: str) -> str:
    """Text of ``<name>.sql``; ``core/`` names the tables that cubes are counted from."""
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
