"""From a delivery's bytes to typed rows, findings and a receipt: read, map, parse, complete, validate, in
that order.

What belongs here: plain functions that hold a delivery in memory. What does not: folders and databases
(``pipelines.store``), tokens (``anonymisation.tokens``), Dagster (``pipelines.defs``). No value of a record
ever stands in an exception, a finding or a receipt.
"""
