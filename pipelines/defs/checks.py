"""Asset checks: is what came in, who was linked and what was counted fit to be shown? Counts only, no values.

Thresholds live with the promises (``pipelines.expectations``) and with linkage's own settings.
"""

import warnings
from collections.abc import Iterator

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


PROTECTED = dg.AssetKey("protected")
AGREE, USUAL, RECONCILE = "cubes_agree", "counts_as_usual", "cubes_reconcile"


@dg.multi_asset_check(name="counts_are_fit", specs=[
    dg.AssetCheckSpec(AGREE, asset="protected", blocking=True, partitions_def=QUARTERS,
                      description="Great Expectations over the counts: the cubes of one unit have one total"),
    dg.AssetCheckSpec(USUAL, asset="protected", partitions_def=QUARTERS,
                      description="Great Expectations over the cubes: totals and not-recorded shares against "
                                  "the four quarters before"),
    dg.AssetCheckSpec(RECONCILE, asset="protected", partitions_def=QUARTERS,
                      description="Great Expectations over the reconciliation: each cube ties to the "
                                  "submissions")])
def counts(context: dg.AssetCheckExecutionContext, hub: HubResource) -> Iterator[dg.AssetCheckResult]:
    """Promises of the true counts of the release, which are read once: the cubes of a unit have one total (or
    the release is not made), are as usual, and tie to the files."""
    from pipelines.expectations import count_promises, history_promises, reconciliation_promises
    from pipelines.steps.inspect import counted, table_history, unit_totals
    from pipelines.steps.reconcile import reconciled, unexplained

    with shielded("counts_are_fit"):
        here, quarter = hub.hub(), _quarter(context)
        with counted(here, quarter) as seen:
            agree = count_promises(unit_totals(seen))
            usual = history_promises(table_history(seen), str(quarter))
            tied = reconciliation_promises(unexplained(reconciled(here, seen)))
    yield _result(agree, AGREE, dg.AssetCheckSeverity.ERROR)
    yield _result(usual, USUAL)
    yield _result(tied, RECONCILE)


def _result(promises: list[Promise], name: str | None = None,
            severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN) -> dg.AssetCheckResult:
    """How a check stands, with the names of the promises that are broken; counts and names, no value."""
    broken = [promise.name for promise in promises if not promise.is_kept]
    return dg.AssetCheckResult(
        check_name=name, asset_key=PROTECTED if name else None, passed=not broken, severity=severity,
        metadata={"promises": len(promises), "broken": "; ".join(broken) or "none"})


@dg.asset_check(asset="people", name="links_are_good", partitions_def=QUARTERS,
                description="Estimated precision and recall of the links are above their thresholds")
def links(context: dg.AssetCheckExecutionContext, hub: HubResource) -> dg.AssetCheckResult:
    """Linkage quality of the quarter against its thresholds."""
    from pipelines.steps.inspect import link_shortfalls

    with shielded("links_are_good"):
        measured, short = link_shortfalls(hub.hub(), _quarter(context))
    return dg.AssetCheckResult(passed=not short, severity=dg.AssetCheckSeverity.WARN,
                               metadata={**measured, "short": "; ".join(short) or "nothing"})


ALL_CHECKS = [deliveries, covered, counts, links]
"""Checks that look at the databases; whether a delivery was refused is told by its own asset."""
