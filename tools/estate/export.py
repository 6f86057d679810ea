"""The ground truth of the sample estate as plain files, so that anyone can compute an answer without our queries."""

from __future__ import annotations

import importlib
import importlib.util
import json
import pkgutil
import shutil
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tools.estate import services
from tools.estate.cost import store
from tools.estate.world import ACCOUNTS, STORIES

_README = """Ground truth of the sample estate

line_items.parquet: FOCUS-style daily line items. BilledCost is Cost Explorer's UnblendedCost, EffectiveCost its
AmortizedCost; SkuId is the usage type; x_RecordType is RECORD_TYPE; money in USD. Net spend is the sum of BilledCost;
gross spend leaves out the record types Credit and Refund.
accounts.json, stories.json: who is who, and what was planted.
Every other file: the seeded records of one kind. The company and its numbers are invented.
"""


def export(folder: Path) -> list[Path]:
    """Write line_items.parquet and one JSON file for each kind of record into ``folder``; returns what it wrote.

    The folder is made if it does not exist; files of the same name are replaced. Raises OSError if it cannot write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    generated = store.parquet(folder / ".generated")
    parquet = folder / "line_items.parquet"
    shutil.move(generated, parquet)
    shutil.rmtree(folder / ".generated")
    readme = folder / "README.txt"
    readme.write_text(_README, encoding="utf-8")
    written = [parquet, readme]
    kinds = {"accounts": list(ACCOUNTS), "stories": list(STORIES), **records()}
    for kind, rows in sorted(kinds.items()):
        path = folder / f"{kind}.json"
        path.write_text(json.dumps(rows, indent=1, default=_plain) + "\n", encoding="utf-8")
        written.append(path)
    return written


def records() -> dict[str, list[Any]]:
    """The seeded records by kind, from every service module and from the moto seed.

    Raises ValueError if two modules use one name for different kinds.
    """
    names = [f"{services.__name__}.{module.name}" for module in pkgutil.iter_modules(services.__path__)]
    if importlib.util.find_spec("tools.estate.moto_seed") is not None:
        names.append("tools.estate.moto_seed")
    found: dict[str, list[Any]] = {}
    for name in names:
        module: Any = importlib.import_module(name)
        truth = module.ground_truth() if hasattr(module, "ground_truth") else getattr(module, "GROUND_TRUTH", {})
        for kind, rows in truth.items():
            if kind in found or kind in ("accounts", "stories"):
                raise ValueError(f"{name}: ground truth {kind!r} exists already, expected a name of its own")
            found[kind] = list(rows)
    return found


def _plain(value: object) -> Any:
    """What JSON does not know, as it does."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError(
        f"got {type(value).__name__} in the ground truth, expected what JSON can hold, a date or a dataclass"
    )
