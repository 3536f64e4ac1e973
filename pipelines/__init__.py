"""When and where: intake, stores, marts, releases, Dagster, and the doors people come in by."""
