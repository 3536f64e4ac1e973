"""The register that the board's officer keeps: from files of entries to entries that are stored."""
