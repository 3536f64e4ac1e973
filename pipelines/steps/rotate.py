"""Key rotation: each key of the hub replaced by a fresh one, with everything that it protects made anew.

What belongs here: what has to follow when a key changes. What does not: fresh keys (``anonymisation.keys``)
and re-keyed tokens (``anonymisation.tokens.rewrap``).

================ ===========================================================================================
key              what follows
================ ===========================================================================================
``vault_db``     the vault is copied into a new file under the new key, and takes the old one's place
``warehouse_db`` the same for the warehouse
``landing``      every received file is sealed anew
``linkage``      a layer is put over every stored token and reference; people keep their ids, the warehouse's
                 ids of references change
``warehouse``    every id of the warehouse changes at once; the counts do not
``receipt``      nothing: older receipts verify with the old key alone, so keep it with its dates
================ ===========================================================================================

The new key is put in its place when the data have been committed. If the process dies in between, the
databases refuse the old key by its check value, and the new one stands in ``<name>.new`` of the key
directory.
"""

from __future__ import annotations

import polars as pl

from anonymisation.hashing import hmac_hex
from anonymisation.keys import KEY_NAMES, KeyProblem, KeyRing, stage_rotated, store_rotated
from anonymisation.tokens import rewrap, warehouse_ids
from pipelines.hub import Hub
from pipelines.steps.link import links_of
from pipelines.steps.receive import open_stores
from pipelines.store import vault
from pipelines.store.connect import Connection, connect, copy_database, transaction
from pipelines.store.landing import reseal
from pipelines.store.warehouse import note_landing_key
from schemas.columns import COLUMNS
from schemas.datasets import DATASETS
from schemas.measures.cubes import Links
from schemas.records import table_name


def rotate(hub: Hub, name: str) -> str:
    """Replace one key; the check value of the new one.

    Raises:
        KeyProblem: no such key.
        pipelines.store.connect.StoreError: a database cannot be opened with the keys at hand; nothing was
            changed.
    """
    if name not in KEY_NAMES:
        raise KeyProblem(f"There is no key [{name}]. Keys are: {', '.join(KEY_NAMES)}.")
    old = hub.keys()
    new = old.rotated(name)
    with connect(hub.places, old, vault=True, warehouse=True) as connection:
        open_stores(connection, old)  # a wrong key is refused here, before anything is made
    stage_rotated(hub.places.key_dir, new, name)
    match name:
        case "vault_db":
            copy_database(hub.places, hub.places.vault, old.vault_db, new.vault_db)
        case "warehouse_db":
            copy_database(hub.places, hub.places.warehouse, old.warehouse_db, new.warehouse_db)
        case "landing":
            reseal(hub.places, old.landing, new.landing)
            with connect(hub.places, old, warehouse=True) as connection:
                note_landing_key(connection, new.check_value("landing"))
        case "linkage":
            with connect(hub.places, old, vault=True, warehouse=True) as connection:
                _rewrap_vault(connection, new)
                _rekey_warehouse(connection, old, new)
        case "warehouse":
            with connect(hub.places, old, vault=True, warehouse=True) as connection:
                _rekey_warehouse(connection, old, new)
    store_rotated(hub.places.key_dir, new, name)
    return new.check_value(name)


def _rewrap_vault(connection: Connection, new: KeyRing) -> None:
    """Put the newest layer of the linkage key over every stored token and reference."""
    with transaction(connection):
        for role in vault.token_tables(connection):
            tokens = connection.execute(f"SELECT * FROM vault.tokens_{role}").pl()
            vault.replace_table(connection, f"tokens_{role}", rewrap(tokens, role=role, keys=new))
        if vault.has_bridge(connection):
            vault.replace_table(connection, "bridge",
                                rewrap(connection.execute("SELECT * FROM vault.bridge").pl(), role="bridge",
                                       keys=new))
        references = connection.execute("SELECT * FROM vault.record_references").pl()
        parts = [
            rows.with_columns(hmac_hex(rows["token"], new.token_keys("reference", str(name[0]))[-1])
                              .alias("token"))
            for name, rows in references.group_by("name", maintain_order=True)]
        if parts:
            vault.replace_table(connection, "record_references", pl.concat(parts))
        connection.execute("UPDATE vault.about SET value = ? WHERE key = 'linkage_key'",
                           [new.check_value("linkage")])


def _rekey_warehouse(connection: Connection, old: KeyRing, new: KeyRing) -> None:
    """Make every id of the warehouse anew from the vault: records, the agencies' references, people."""
    references = connection.execute("SELECT rec_key, dataset, name, token FROM vault.record_references").pl()
    people = vault.people(connection)
    with transaction(connection):
        for dataset in DATASETS.values():
            own = references.filter(pl.col("dataset") == dataset.name)
            if own.is_empty():
                continue
            wide = own.pivot(on="name", index="rec_key", values="token")
            made = wide.select(
                warehouse_ids(wide["rec_key"], purpose="record", keys=old).alias("old_id"),
                warehouse_ids(wide["rec_key"], purpose="record", keys=new).alias("record_id"),
                *(warehouse_ids(wide[name], purpose="reference", keys=new)
                  .alias(str(COLUMNS[name].warehouse_name))
                  for name in wide.columns if name != "rec_key"))
            connection.register("incoming", made)
            sets = ", ".join(f"{column} = incoming.{column}" for column in made.columns if column != "old_id")
            table = f"warehouse.{table_name(dataset.name)}"
            connection.execute(f"UPDATE {table} SET {sets} FROM incoming WHERE {table}.record_id = "
                               "incoming.old_id")
            connection.unregister("incoming")
        connection.execute("DELETE FROM warehouse.links")
        for role, frame in people.items():
            for reading in Links:
                connection.register("incoming", links_of(frame, role, reading, new))
                connection.execute("INSERT INTO warehouse.links BY NAME SELECT * FROM incoming")
                connection.unregister("incoming")
        connection.execute("UPDATE warehouse.about SET value = ? WHERE key = 'warehouse_key'",
                           [new.check_value("warehouse")])
        for (name,) in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' AND table_name "
                "LIKE 'core_%'").fetchall():
            connection.execute(f"DROP TABLE warehouse.{name}")
        connection.execute("DELETE FROM warehouse.about WHERE key = 'core_quarter'")


