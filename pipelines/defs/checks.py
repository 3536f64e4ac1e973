"""Asset checks: is what came in, who was linked and what was counted fit to be shown? Counts only, no values.

Thresholds live with the promises (``pipelines.expectations``) and with linkage's own settings.
"""

import warnings

import dagster as dg

from pipelines.defs.partitions import QUARTERS
from pipelines.defs.resources import HubResource
from pipelines.defs.shield import shielded
from pipelines.expectations import Promise
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


@dg.asset_check(asset="core", name="coverage_as_promised", partitions_def=QUARTERS,
                description="Great Expectations over coverage and code maps: what is due is in, few codes of "
                            "any column are unmapped")
def covered(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Promises of what agencies owe for the quarter, and of their codes."""
    from pipelines.expectations import coverage_promises, unmapped_promises
    from pipelines.steps.inspect import awaited, unmapped_shares

    with shielded("coverage_as_promised"):
        here, quarter = hub.hub(), _quarter(context)
        promises = [*coverage_promises(awaited(here, quarter)),
                    *unmapped_promises(unmapped_shares(here, quarter))]
    return _result(promises)


@dg.asset_check(asset="protected", name="counts_as_usual", partitions_def=QUARTERS,
                description="Great Expectations over the cubes: totals and not-recorded shares against the "
                            "four quarters before")
def usual(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Promises of each table's total and completeness."""
    from pipelines.expectations import history_promises
    from pipelines.steps.inspect import table_history

    with shielded("counts_as_usual"):
        quarter = _quarter(context)
        promises = history_promises(table_history(hub.hub(), quarter), str(quarter))
    return _result(promises)


@dg.asset_check(asset="protected", name="cubes_reconcile", partitions_def=QUARTERS,
                description="Great Expectations over the reconciliation: each cube ties to the submissions")
def reconciled(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Promises of the chain from files to published totals."""
    from pipelines.expectations import reconciliation_promises
    from pipelines.steps.reconcile import reconcile, unexplained

    with shielded("cubes_reconcile"):
        promises = reconciliation_promises(unexplained(reconcile(hub.hub(), _quarter(context))))
    return _result(promises)


def _result(promises: list[Promise]) -> dg.AssetCheckResult:
    """A warning that names the promises that are broken; counts and names, no value."""
    broken = [promise.name for promise in promises if not promise.is_kept]
    return dg.AssetCheckResult(
        passed=not broken, severity=dg.AssetCheckSeverity.WARN,
        metadata={"promises": len(promises), "broken": "; ".join(broken) or "none"})


@dg.asset_check(asset="people", name="links_are_good", partitions_def=QUARTERS,
                description="Estimated precision and recall of the links are above their thresholds")
def links(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Linkage quality of the quarter against its thresholds."""
    from pipelines.steps.inspect import link_shortfalls

    with shielded("links_are_good"):
        measured, short = link_shortfalls(hub.hub(), _quarter(context))
    return dg.AssetCheckResult(passed=not short, severity=dg.AssetCheckSeverity.WARN,
                               metadata={**measured, "short": ", ".join(short) or "nothing"})


ALL_CHECKS = [deliveries, covered, cubes, usual, reconciled, links]
"""Checks that look at the databases; whether a delivery was refused is told by its own asset."""
