"""Linkage: tokens → people. Runs in the vault only, on a connection that it is handed; stores nothing itself.

What belongs here: match-keys in SQL, Splink over hashed components, clusters that obey the vetoes, ids that
persist, and what is known of the errors. What does not: making tokens (anonymisation/tokens.py), the
vault's tables (pipelines/store), counting (pipelines/marts). The only room of this package that imports
duckdb, for its types.
"""
