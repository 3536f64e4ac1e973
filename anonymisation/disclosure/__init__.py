"""Disclosure: protecting a release.

Here: the door to this room. Cubes and rules in, protected tables and the published ledger out. Pure: no file
is opened. Not here: attacking what comes out (anonymisation/audit, which shares no code with this room).
"""

from anonymisation.disclosure.cubes import ALL, Cube, check_cubes, facets, is_acyclic
from anonymisation.disclosure.ledger import (
    Block,
    append_ledger,
    blocks_of,
    ledger_head,
    published_cells,
    read_ledger,
    verify_ledger,
)
from anonymisation.disclosure.protection import Protected, SystemStats, protect
from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rules import Rules
from anonymisation.disclosure.systems import System, Tie, cell_key, systems_of

__all__ = [
    "ALL",
    "Block",
    "Cube",
    "DisclosureError",
    "Protected",
    "Rules",
    "System",
    "SystemStats",
    "Tie",
    "append_ledger",
    "blocks_of",
    "cell_key",
    "check_cubes",
    "facets",
    "is_acyclic",
    "ledger_head",
    "protect",
    "published_cells",
    "read_ledger",
    "systems_of",
    "verify_ledger",
]
