"""What the reader takes out of short phrases about who and where, against what each means; no estate, no query run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from agents.models.offline.inputs.choosing import Context, calls_for
from agents.models.offline.naming.names import Names
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.variants import variants
from agents.models.offline.reading import Reading, read
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import ACCOUNTS, NOW

FILE = Path(__file__).parent / "phrases" / "names.yaml"
Entry = dict[str, Any]
_PLACES = ("accounts", "team", "venue")
_QUERY_OF = (
    ("config_compliance", ("rule",)),
    ("error_logs", ("log_group",)),
    ("who_did_what", ("who", "action")),
)
_QUERY_SAID = (
    ("findings", r"findings?"),
    ("vulnerabilities", r"vulnerab\w+|vulnerable|cves?"),
    ("metric", r"cpu|connections"),
    ("alarms", r"alarms"),
    ("backups", r"backups"),
    ("patches", r"unpatched"),
    ("encryption", r"unencrypted"),
    ("public_exposure", r"public"),
    ("inventory", r"(?:how many|list the) instances|instances (?:by|per)|databases per"),
    ("who_did_what", r"who (?:touched|changed|deleted|launched|deployed)"),
)


def entries(part: str) -> list[Entry]:
    """`dev` (every second entry from the first on), `held` (the others)."""
    every: list[Entry] = yaml.safe_load(FILE.read_text("utf-8"))
    return every[0 if part == "dev" else 1 :: 2]


@cache
def context() -> Context:
    """The sample estate's names and organisational units, at its clock."""
    units = {a.ou: tuple(b.name for b in ACCOUNTS if b.ou == a.ou) for a in ACCOUNTS}
    return Context(names().model_copy(update={"units": units}), NOW, queries())


def query_of(entry: Entry) -> str:
    """The query whose inputs the phrase is read into."""
    for query, keys in _QUERY_OF:
        if entry["means"].keys() & set(keys):
            return query
    said = entry["say"].casefold()
    if "cost" in said or "spen" in said or "paying" in said:
        return "spend"
    return next((query for query, pattern in _QUERY_SAID if re.search(rf"\b(?:{pattern})\b", said)), "spend")


def members(call: PlannedCall, known: Names) -> frozenset[str]:
    """The accounts (and teams that own none) that a call looks at."""
    chosen = set(known.accounts)
    for key in _PLACES:
        if (value := call.inputs.get(key)) and value != "all":
            parts = str(value).split(",") if key == "accounts" else [f"{key}:{value}"]
            chosen &= set().union(*(_part(part, known) for part in parts))
    return frozenset(chosen)


def _part(part: str, known: Names) -> set[str]:
    key, _, value = part.partition(":")
    if value == "payments":
        return {"team:payments"}
    return {a for a in known.accounts if (known.tags.get(a, {}).get(key) == value if value else a == part)}


def _fits(call: PlannedCall, means: dict[str, str], known: Names) -> bool:
    for key, value in means.items():
        if key == "team":
            if call.inputs.get("team") != value and f"team:{value}" not in str(call.inputs.get("accounts", "")):
                return False
        elif key == "accounts":
            want = known.accounts if value == "all" else set().union(*(_part(p, known) for p in value.split(",")))
            if members(call, known) != frozenset(want):
                return False
        elif key == "by":
            schema = context().queries[call.query].input_model.model_fields
            if call.inputs.get("by", schema["by"].default) != value:
                return False
        elif key == "action":
            if not any(one.casefold() in value.casefold() for one in str(call.inputs.get(key, "-")).split(",")):
                return False
        elif key in ("resource", "log_group", "rule"):
            said = str(call.inputs.get(key, "")).casefold()
            if not said or said not in value.casefold():
                return False
        elif call.inputs.get(key) != value:
            return False
    return True


def reading_of(entry: Entry) -> Reading:
    """The phrase, read."""
    return read(entry["say"], context().names, NOW)


def reached(entry: Entry) -> bool:
    """Whether what is meant is among what the rules fill in, and nothing was taken for a name that does not exist."""
    reading, means = reading_of(entry), entry["means"]
    refused = bool(reading.found.unknown or reading.stray)
    if means.get("unknown"):
        return refused
    if refused:
        return False
    filled, _ = calls_for(query_of(entry), reading, context())
    calls = [filled[0]] if len(filled) == 1 else filled
    if all(key == "accounts" for key in means) and len(filled) > 1:
        looked = frozenset().union(*(members(call, context().names) for call in filled))
        want = frozenset().union(*(_part(p, context().names) for p in means["accounts"].split(",")))
        return looked == want
    if "by" not in means:
        return any(_fits(call, means, context().names) for call in calls)
    every = [*calls, *(c for _, more in variants(calls[0], reading, (), context()) for c in more)]
    return any(_fits(call, means, context().names) for call in every)
