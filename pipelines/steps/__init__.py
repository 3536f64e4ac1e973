"""The numbered steps of the way of a record, one plain function each; Dagster, command line and portal call
the same ones."""
