"""Every asset: what an agency's delivery becomes, who is who, the core tables, one asset per cube,
protection, release.

All assets are partitioned by quarter and return counts only; nothing is handed from one to the next but by
the databases.
"""


from collections.abc import Iterator

import dagster as dg

from pipelines.defs.partitions import QUARTERS, WRITER
from pipelines.defs.resources import HubResource
from pipelines.defs.shield import shielded
from schemas.agencies import Agency
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter


def _quarter(context: dg.AssetExecutionContext) -> Quarter:
    return Quarter.parse(context.partition_key)


def intake_asset(agency: Agency) -> dg.AssetsDefinition:
    """One agency's delivery: receipt, tokens (vault) and records (warehouse), from one pass over the
    files."""
    name = agency.agency
    keys = {part: dg.AssetKey([name, part]) for part in ("receipt", "tokens", "records")}
    about = {"receipt": "Receipt of a delivery: rows in, out, why and where",
             "tokens": "Keyed tokens in the vault",
             "records": "Pseudonymised records in the warehouse"}

    @dg.multi_asset(
        name=f"{name}_delivery",
        specs=[dg.AssetSpec(key, group_name="intake", description=about[part]) for part, key in keys.items()],
        check_specs=[dg.AssetCheckSpec(
            "was_not_refused", asset=keys["receipt"],
            description="The delivery of the quarter was loaded, or there was none")],
        partitions_def=QUARTERS, pool=WRITER,
    )
    def delivery(context: dg.AssetExecutionContext, hub: HubResource) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        from pipelines.steps.receive import receive

        with shielded(f"{name}/delivery"):
            here = hub.hub()
            got = receive(here.places, here.keys(), here.agencies, name, _quarter(context),
                          partnership=here.partnership, today=here.today())
        counts = {"outcome": got.outcome.value, "rows": got.n_rows, "accepted": got.n_accepted,
                  "left_out": got.n_left_out}
        check = dg.AssetCheckResult(check_name="was_not_refused", passed=got.outcome.value != "refused",
                                    severity=dg.AssetCheckSeverity.WARN,
                                    metadata={"stopped_by": got.stopped_by or "nothing"})
        yield dg.MaterializeResult(asset_key=keys["receipt"], metadata=counts, check_results=[check])
        yield dg.MaterializeResult(asset_key=keys["tokens"], metadata={"tokenised": got.n_tokens})
        yield dg.MaterializeResult(asset_key=keys["records"], metadata={"accepted": got.n_accepted})

    return delivery


def _people_asset(agencies: dict[str, Agency]) -> dg.AssetsDefinition:
    @dg.asset(name="people", group_name="people", deps=[dg.AssetKey([a, "tokens"]) for a in agencies],
              partitions_def=QUARTERS, pool=WRITER,
              description="Who is who, across agencies and time: links by random id")
    def people(context: dg.AssetExecutionContext, hub: HubResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from pipelines.steps.link import link_people

        with shielded("people"):
            here = hub.hub()
            return dg.MaterializeResult(metadata=link_people(here, _quarter(context)))

    return people


def _core_asset(agencies: dict[str, Agency]) -> dg.AssetsDefinition:
    @dg.asset(name="core", group_name="counts", deps=["people",
                                                      *(dg.AssetKey([a, "records"]) for a in agencies)],
              partitions_def=QUARTERS, pool=WRITER,
              description="The tables that cubes are counted from, as of one release")
    def core(context: dg.AssetExecutionContext, hub: HubResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from pipelines.steps.aggregate import make_core

        with shielded("core"):
            return dg.MaterializeResult(metadata=make_core(hub.hub(), _quarter(context)))

    return core


def _cube_key(name: str) -> dg.AssetKey:
    return dg.AssetKey(["cubes", name])


@dg.multi_asset(
    name="cubes", can_subset=True, partitions_def=QUARTERS, pool=WRITER,
    specs=[dg.AssetSpec(
        _cube_key(cube.name), group_name="counts", deps=["core"],
        description=f"{cube.title}. Unit: {cube.unit}. {cube.population}. True counts; they stay in the "
                    "warehouse") for cube in CUBES.values()])
def cubes(context: dg.AssetExecutionContext, hub: HubResource) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Every cube that is asked for, in one step: a step for each costs more than most cubes do."""
    from pipelines.steps.aggregate import make_cubes

    asked = [cube for cube in CUBES.values() if _cube_key(cube.name) in context.selected_asset_keys]
    with shielded("cubes"):
        cells = make_cubes(hub.hub(), asked, _quarter(context),
                           around=lambda name: shielded(f"cubes/{name}"))
    for name, n_cells in cells.items():
        yield dg.MaterializeResult(asset_key=_cube_key(name), metadata={"cells": n_cells})


@dg.asset(name="protected", group_name="release", deps=[_cube_key(name) for name in CUBES],
          partitions_def=QUARTERS, pool=WRITER,
          description="Every table of the release, protected jointly with all that was ever published, and "
                      "attacked")
def protected(context: dg.AssetExecutionContext, hub: HubResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    with shielded("protected"):
        from pipelines.steps.protect import protect_release

        return dg.MaterializeResult(metadata=protect_release(hub.hub(), _quarter(context)))


@dg.asset(name="release", group_name="release", deps=["protected"], partitions_def=QUARTERS, pool=WRITER,
          description="The release folder: protected tables, provenance, dashboard")
def release(context: dg.AssetExecutionContext, hub: HubResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    with shielded("release"):
        from pipelines.steps.release import write_release

        return dg.MaterializeResult(metadata=write_release(hub.hub(), _quarter(context)))


def all_assets(agencies: dict[str, Agency]) -> list[dg.AssetsDefinition]:
    """Every asset of a partnership of these agencies."""
    return [
        *(intake_asset(agency) for agency in agencies.values()), _people_asset(agencies),
        _core_asset(agencies),
        cubes, protected, release,
    ]
