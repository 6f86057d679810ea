"""The line items as a Parquet file under REGENT_HOME, and as a DuckDB table for Cost Explorer.

The file is written once for each version of the generator, to a temporary name and then renamed, so that two
processes or a crash never leave half a file.
"""

from __future__ import annotations

import csv
import hashlib
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.estate.world import BY_NAME, CURRENCY, PAYER
from tools.own_file import opened_own, own_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SOURCES = ("../world.py", "catalog.py", "commitments.py", "generate.py", "series.py", "store.py")
_LOCK = threading.Lock()

# The CSV column order is LineItem's; names and categories follow FOCUS 1.x, x_ marks what FOCUS does not have.
_RAW = {
    "SubAccountId": "VARCHAR",
    "ChargePeriodStart": "DATE",
    "x_RecordType": "VARCHAR",
    "ServiceName": "VARCHAR",
    "RegionId": "VARCHAR",
    "SkuId": "VARCHAR",
    "x_Operation": "VARCHAR",
    "ConsumedQuantity": "DECIMAL(18,6)",
    "ConsumedUnit": "VARCHAR",
    "ListCost": "DECIMAL(18,6)",
    "BilledCost": "DECIMAL(18,6)",
    "EffectiveCost": "DECIMAL(18,6)",
    "x_InstanceType": "VARCHAR",
    "x_DatabaseEngine": "VARCHAR",
    "x_PurchaseType": "VARCHAR",
    "CommitmentDiscountId": "VARCHAR",
    "ResourceId": "VARCHAR",
    "team": "VARCHAR",
    "cost-center": "VARCHAR",
    "venue": "VARCHAR",
    "env": "VARCHAR",
}
TAG_KEYS = ("team", "cost-center", "venue", "env")
"""The activated cost allocation tags."""

_TAG_ENTRIES = ", ".join(f"{{'key': '{key}', 'value': \"{key}\"}}" for key in TAG_KEYS)
_TO_FOCUS = f"""
SELECT '{PAYER.id}' AS BillingAccountId, SubAccountId, names.name AS SubAccountName,
  ChargePeriodStart, (ChargePeriodStart + 1)::DATE AS ChargePeriodEnd,
  date_trunc('month', ChargePeriodStart)::DATE AS BillingPeriodStart,
  CASE x_RecordType WHEN 'Tax' THEN 'Tax' WHEN 'Credit' THEN 'Credit' WHEN 'Refund' THEN 'Adjustment'
    WHEN 'RIFee' THEN 'Purchase' WHEN 'SavingsPlanRecurringFee' THEN 'Purchase' ELSE 'Usage' END AS ChargeCategory,
  CASE x_RecordType WHEN 'Refund' THEN 'Correction' END AS ChargeClass,
  CASE WHEN CommitmentDiscountId <> '' THEN 'Committed' ELSE 'Standard' END AS PricingCategory,
  ServiceName, RegionId, SkuId, ConsumedQuantity, ConsumedUnit, ListCost, BilledCost, EffectiveCost,
  '{CURRENCY}' AS BillingCurrency, nullif(CommitmentDiscountId, '') AS CommitmentDiscountId,
  CASE WHEN CommitmentDiscountId LIKE '%:ri:%' THEN 'Reserved Instance'
    WHEN CommitmentDiscountId <> '' THEN 'Savings Plan' END AS CommitmentDiscountType,
  nullif(ResourceId, '') AS ResourceId,
  map_from_entries(list_filter([{_TAG_ENTRIES}], lambda entry: entry.value <> '')) AS Tags,
  x_RecordType, x_Operation, nullif(x_InstanceType, '') AS x_InstanceType,
  nullif(x_DatabaseEngine, '') AS x_DatabaseEngine, nullif(x_PurchaseType, '') AS x_PurchaseType
FROM raw JOIN names ON names.id = raw.SubAccountId ORDER BY raw.line
"""  # noqa: S608 - constants of this module

# Cost Explorer never shows NULL: it has a word for "none" in each dimension.
_TO_TABLE = """
CREATE TABLE items AS SELECT ChargePeriodStart AS day, BillingPeriodStart AS month, BilledCost AS billed,
  EffectiveCost AS effective, ListCost AS list_cost, ConsumedQuantity AS quantity, ConsumedUnit AS unit,
  SubAccountId AS account, SubAccountName AS account_name, ServiceName AS service, RegionId AS region,
  SkuId AS usage_type, x_RecordType AS record_type,
  CASE x_Operation WHEN '' THEN 'NoOperation' ELSE x_Operation END AS operation,
  coalesce(x_InstanceType, 'NoInstanceType') AS instance_type,
  coalesce(x_DatabaseEngine, 'NoDatabaseEngine') AS database_engine,
  coalesce(x_PurchaseType, 'NoPurchaseType') AS purchase_type,
  coalesce(CommitmentDiscountId, '') AS commitment,
  coalesce(Tags['team'], '') AS tag_team, coalesce(Tags['cost-center'], '') AS tag_cost_center,
  coalesce(Tags['venue'], '') AS tag_venue, coalesce(Tags['env'], '') AS tag_env
FROM read_parquet(?)
"""


_SEEN_WHOLE: set[Path] = set()


@cache
def version() -> str:
    """A hash of everything that decides the line items; a changed generator writes a new file."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update((here / name).read_bytes())
    return digest.hexdigest()[:16]


def connect() -> DuckDBPyConnection:
    """An empty in-memory DuckDB that reads no settings and no extensions from the machine."""
    import duckdb

    duck = duckdb.connect(
        ":memory:",
        config={
            "threads": "1",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    # what takes two seconds it would draw on standard output, among answers, where Python runs without a script's file
    duck.execute("SET enable_progress_bar = false")
    return duck


def parquet(home: Path) -> Path:
    """The Parquet file with the line items, generated if this version of it does not exist yet."""
    path = home / "estate" / f"line-items-{version()}.parquet"
    with _LOCK:
        if not _whole(path):
            own_folder(path.parent)
            write(path)
    return path


def _whole(path: Path) -> bool:
    """Whether the file is there with the bytes it was written with; a damaged one is generated again."""
    if path in _SEEN_WHOLE:
        return True
    try:
        whole = _sum_of(path).read_text(encoding="ascii") == hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return False
    if whole:
        _SEEN_WHOLE.add(path)
    return whole


def _sum_of(path: Path) -> Path:
    return path.with_suffix(".sha256")


def write(path: Path) -> None:
    """Generate the line items into ``path`` (its folder must exist); atomically."""
    from tools.estate.cost.generate import line_items

    with tempfile.TemporaryDirectory(prefix=".line-items-", dir=path.parent) as folder:
        source, target = Path(folder) / "items.csv", Path(folder) / "items.parquet"
        with source.open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows((number, *item) for number, item in enumerate(line_items()))
        names = ", ".join(f"('{account.id}', '{account.name}')" for account in BY_NAME.values())
        with connect() as duck:
            duck.execute(f"CREATE TABLE names AS SELECT * FROM (VALUES {names}) AS n(id, name)")  # noqa: S608
            duck.execute(
                "CREATE TABLE raw AS SELECT * FROM read_csv(?, header=false, auto_detect=false, columns=?, delim=',', "
                "quote='\"', escape='\"', nullstr='\\N')",
                [str(source), {"line": "INTEGER", **_RAW}],
            )
            quoted = str(target).replace("'", "''")
            duck.execute(f"COPY ({_TO_FOCUS}) TO '{quoted}' (FORMAT parquet, COMPRESSION snappy)")
        target.chmod(0o600)  # DuckDB makes it as open as the umask lets it be
        digest = Path(folder) / "items.sha256"
        with open(digest, "x", encoding="ascii", opener=opened_own) as summed:
            summed.write(hashlib.sha256(target.read_bytes()).hexdigest())
        target.replace(path)
        digest.replace(_sum_of(path))


class Items:
    """The table ``items`` of one Parquet file. Safe to use from many threads: each call has its own cursor."""

    def __init__(self, path: Path) -> None:
        self._duck = connect()
        self._duck.execute(_TO_TABLE, [str(path)])

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query over ``items``."""
        with self._duck.cursor() as cursor:
            found: list[tuple[Any, ...]] = cursor.execute(sql, parameters or []).fetchall()
            return found


@cache
def _items(path: Path) -> Items:
    return Items(path)


def items(home: Path | None) -> Items:
    """The line items under ``home`` (REGENT_HOME), loaded once in each process."""
    if home is None:
        raise ValueError("got a request without home, expected REGENT_HOME; ask through a running sample estate")
    path = parquet(home)
    with _LOCK:
        return _items(path)
