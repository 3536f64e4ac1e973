"""From true counts in the warehouse to a folder that may leave: which tables, protection, audit, provenance,
sign-off."""
