"""Where data rest. The only files that open a database or a folder of the data directory."""
