"""Things: what was spoken of before, as it is billed ("how many databases do we have?", "what do they cost?")."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from agents.models.offline.inputs.filling import allowed
from agents.models.offline.inputs.special import is_guessed
from agents.models.offline.plan import BILLED_FOR, PlannedCall
from agents.models.offline.reading import Reading
from tools.registry import Query

_COMPUTE, _OTHER = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other"
_BILLED = {
    "instances": _COMPUTE, "databases": "Amazon Relational Database Service", "functions": "AWS Lambda",
    "buckets": "Amazon Simple Storage Service", "volumes": _OTHER, "snapshots": _OTHER,
    "services": "Amazon Elastic Container Service", "load_balancers": "Amazon Elastic Load Balancing",
    "keys": "AWS Key Management Service", "cpu": _COMPUTE, "memory": _COMPUTE, "nat_bytes": _OTHER,
    "bucket_size": "Amazon Simple Storage Service", "RunInstances": _COMPUTE, "CreateVolume": _OTHER,
    "CreateDBInstance": "Amazon Relational Database Service",
}  # fmt: skip
"""Kinds of things, metrics, and what somebody started, with the service that they are billed as."""
_FAMILIES = {
    "lambda_": "AWS Lambda",
    "db_": "Amazon Relational Database Service",
    "queue_": "Amazon Simple Queue Service",
}
"""The same for metrics of one kind of thing, by what their names begin with."""
_POINTS = re.compile(
    r"\b(?:it|its|ones?|they|them|their|those|these|em|(?:that|this)(?= (?:one|cost|set|eat|ate|burn)\b))\b"
)
_WHICH = re.compile(r"\bwhich (?:ones?|has|have|(?:one )?of (?:them|those|these))\b")
_PEOPLE = re.compile(
    r"\b(?:they|those|these)(?: \w+)? (?:pay|paying|paid|spend|spent|spending)\b(?!.*\bfor (?:it|them|those)\b)"
)
"""Who pays or spends is no thing: the teams or accounts that were spoken of."""
AND_SO = re.compile(
    r"^\W*(?:(?:and|or|but|also|so|ok)\b\W*)*(?:(?:are|is|not|also|all|even|properly|really) )*\w+ed(?: up)?\W*$"
)
"""What is asked of the same things by one word more: "and backed up?", "patched?"."""


_KINDS = {service: kind for kind, service in reversed(_BILLED.items()) if kind.endswith("s") and "_" not in kind}
"""Kinds of things by the service that they are billed as."""


def spoken_before(call: PlannedCall, earlier: PlannedCall, reading: Reading, query: Query) -> dict[str, Any]:
    """The service, of a cost query, or the kind that things have which were spoken of before and the words point at.

    Where one of several places is asked for ("which of them has most findings?"), they are told apart again.
    """
    at, text = call.inputs, reading.text
    if earlier.inputs.get("by") in ("account", "venue") and "by" not in at and _WHICH.search(text):
        return {"by": "account"} if "account" in (allowed(query, "by") or ()) else {}
    if not (_points(text) or AND_SO.match(text)) or reading.found.services:
        return {}
    kinds = allowed(query, "kind")
    service = _service(earlier.inputs)
    if kinds and "kind" not in at:
        kind = kind_of(earlier)
        return {"kind": kind} if kind in kinds and call.query in OF_THINGS else {}
    if call.query not in ("spend", "spend_change") or "service" in at or at.get("by") in ("service", "charge_type"):
        return {}
    return {"service": service, "by": at.get("by", "account")} if service and not _PEOPLE.search(text) else {}


PRICE_OF = re.compile(
    r"\b(?P<they>they|it|these|those|that|this)(?: (?:all|together|each|currently|now|really|ones?))? (?:costs?|costing)\b"
    r"|\b(?:costs?|price|bill) (?:of|for) (?P<them>them|these|those|it|that|this)\b|\b(?P<their>their|its) costs?\b"
    r"|\bhow much (?:is|are|was|were) (?P<much>they|it|these|those|that|this)\b(?! (?:month|week|year|quarter)\b| of (?:the|our|all)\b)"
    r"|\b(?:pays?|paid|paying|spend|spent|spending|total|sum)(?: (?:\w+ )?(?:in total|in all|altogether|together))? (?:for|on|of) (?P<paid>them|these|those|it|that|this)\b(?! (?:\w+ )?(?:day|date|night|morning|evening|week|weekend|month|quarter|year|period|time|account|venue|casino|team|one)s?\b)"
)
"""What is asked of the price of things that were spoken of: "what do they cost?", "what did we pay for that?"."""


def _points(text: str) -> bool:
    """Whether a text points at things that were spoken of."""
    return bool(_POINTS.search(text) or PRICE_OF.search(text))


OF_THINGS = frozenset({"inventory", "public_exposure", "encryption"})
"""Queries of what things are like, of one kind at a time."""


def kind_of(call: PlannedCall) -> str | None:
    """The kind of things that a call is of: those that it lists, or that the service which it prices bills."""
    return call.inputs.get("kind") or _KINDS.get(str(_service(call.inputs)))


def _service(said: Mapping[str, Any]) -> str | None:
    for value in map(str, (said.get("kind"), said.get("name"), said.get("action"), said.get("service"))):
        family = next((name for start, name in _FAMILIES.items() if value.startswith(start)), None)
        if found := _BILLED.get(value) or family or (value if value in _KINDS else None):
            return found
    return None


PRICED_WHOLE = "Priced is all of "
"""How a sentence begins that says of what the price of some things is."""


def priced_whole(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading) -> str | None:
    """A sentence that all of a service or part of a bill is priced, where the things of a list are asked for."""
    for call in calls:
        if call.query not in ("spend", "spend_change") or reading.found.services or not _points(reading.text):
            continue
        for one in earlier:
            if _of_kind(call) in {_BILLED.get(deed) for deed in _deeds(one)}:
                return f"{PRICED_WHOLE}{_of_kind(call)}: the bill does not tell single resources apart."
            kind = str(one.inputs.get("kind", ""))
            if one.query in OF_THINGS and _BILLED.get(kind) and _of_kind(call) in (kind, _BILLED[kind]):
                whole = "them" if _of_kind(call) == kind else _of_kind(call)
                noun = "resources" if kind == "services" else kind.replace("_", " ")
                only = str(one.inputs.get("only", ""))
                rest = f", not only the {only} ones" if only.isalpha() else ""
                saved = _SAVED_ON if (kind, only) == ("volumes", "unattached") else ""
                return f"{PRICED_WHOLE}{whole}{rest}: the bill does not tell single {noun} apart.{saved}"
    return None


_SAVED_ON = " What AWS would save on each of those is told by the savings on storage: ask for them."


def of_the_started(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading, now: datetime) -> PlannedCall:
    """What the kind of thing costs that somebody was seen to start, where it is asked of "them".

    How far was looked back for who did it is no time that anybody named: a bill by day is not of all of that.
    """
    deeds = [deed for one in earlier for deed in _deeds(one)]
    if not deeds or call.query not in ("spend", "spend_change") or not _points(reading.text):
        return call
    if call.inputs.get("by") == "day" and is_guessed(str(call.inputs.get("period")), now):
        call = call.having(period=None)
    named = BILLED_FOR & call.inputs.keys() or reading.found.services or _PEOPLE.search(reading.text)
    service = next((_BILLED[deed] for deed in deeds if deed in _BILLED), None)
    if service is None or named or call.inputs.get("by") in ("service", "charge_type"):
        return call
    return call.having(service=service, by=call.inputs.get("by", "account"))


def _deeds(call: PlannedCall) -> list[str]:
    """What was looked for that people did."""
    given = call.inputs.get("action") if call.query == "who_did_what" else None
    return str(given).split(",") if given else []


def _of_kind(call: PlannedCall) -> str:
    return str(call.inputs.get("part") or call.inputs.get("service", ""))


_DISKS = frozenset({"volumes", "block_storage"})
"""Parts of a bill that savings on storage are of."""


def saved_on(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """What could be saved on the volumes that were listed or priced, and not on the machines that idle, or on everything."""
    listed = any(one.query == "inventory" and one.inputs.get("kind") == "volumes" for one in earlier)
    priced = any(one.inputs.get("part") in _DISKS for one in earlier)
    if call.query != "savings" or not _points(reading.text) or not (listed or priced):
        return call
    wide = "kind" not in call.inputs and priced
    return call.having(kind="storage") if wide or call.inputs.get("kind") == "idle" else call
