"""Asset checks: is what came in, who was linked and what was counted fit to be shown? Counts only, no values.

Thresholds live with the promises (``pipelines.expectations``) and with linkage's own settings.
"""

import warnings

import dagster as dg

from pipelines.defs.partitions import QUARTERS
from pipelines.defs.resources import HubResource
from pipelines.defs.shield import shielded
from schemas.quarters import Quarter

# partitioned checks are a preview; remove when Dagster calls them stable
warnings.filterwarnings("ignore", category=dg.PreviewWarning)


def _quarter(context: dg.AssetCheckExecutionContext) -> Quarter:
    return Quarter.parse(context.partition_key)


@dg.asset_check(asset="core", name="deliveries_as_promised", partitions_def=QUARTERS,
                description="Great Expectations over the ledger: few rows left out, few codes unmapped, as "
                            "many rows as usual")
def deliveries(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Promises of every agency's deliveries up to the quarter."""
    from pipelines.expectations import delivery_promises
    from pipelines.steps.inspect import delivery_history

    with shielded("deliveries_as_promised"):
        histories = delivery_history(hub.hub(), _quarter(context))
        broken = {name: [p.name for p in delivery_promises(history) if not p.is_kept]
                  for name, history in histories.items()}
    return dg.AssetCheckResult(passed=not any(broken.values()), severity=dg.AssetCheckSeverity.WARN,
                               metadata={name: ", ".join(words) or "kept" for name, words in broken.items()})


@dg.asset_check(asset="protected", name="cubes_agree", partitions_def=QUARTERS, blocking=True,
                description="Great Expectations over the counts: the cubes of one unit have one total")
def cubes(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Promises of the true counts of the release; a release whose cubes disagree is not made."""
    from pipelines.expectations import count_promises
    from pipelines.steps.inspect import unit_totals

    with shielded("cubes_agree"):
        promises = count_promises(unit_totals(hub.hub(), _quarter(context)))
    return dg.AssetCheckResult(passed=all(p.is_kept for p in promises),
                               metadata={p.name: "kept" if p.is_kept else "broken" for p in promises})


@dg.asset_check(asset="people", name="links_are_good", partitions_def=QUARTERS,
                description="Estimated precision and recall of the links are above their thresholds")
def links(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Linkage quality of the quarter against its thresholds."""
    from pipelines.steps.inspect import link_shortfalls

    with shielded("links_are_good"):
        measured, short = link_shortfalls(hub.hub(), _quarter(context))
    return dg.AssetCheckResult(passed=not short, severity=dg.AssetCheckSeverity.WARN,
                               metadata={**measured, "short": ", ".join(short) or "nothing"})


ALL_CHECKS = [deliveries, cubes, links]
"""Checks that look at the databases; whether a delivery was refused is told by its own asset."""
