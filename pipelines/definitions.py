"""What Dagster loads: the definitions of the installation that the environment names."""

import dagster as dg

from pipelines.defs.build import build
from pipelines.hub import Hub


@dg.definitions
def defs() -> dg.Definitions:
    """Built when Dagster asks for them, never at import."""
    return build(Hub.from_environ())
