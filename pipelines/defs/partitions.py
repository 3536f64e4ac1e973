"""Quarters as partitions. Dynamic, since time windows cannot be keyed ``2026-Q3`` and leave out the quarter
that runs."""

from __future__ import annotations

import dagster as dg

QUARTERS = dg.DynamicPartitionsDefinition(name="quarters")
WRITER = "writer"
"""Pool of one: for show. The operating-system lock of ``pipelines.store.lock`` is what makes it true."""
