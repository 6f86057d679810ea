"""Machines: the CPU that is asked of servers is that of servers, and not of databases and containers which report it, too.

What a question means is weighed without it, as it was learned; it is put into the call that was decided on.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.topics.choices import spans_of

_MACHINES = re.compile(r"(?<![\w-])(?:instances?|servers?|vms?|virtual machines?|ec2|gpus?)(?![\w-])")
"""Words for what is no database; a machine, a box or a host may be one."""
_OTHERS = re.compile(
    r"(?<![\w-])(?:databases?|dbs?|rds|aurora|db instances?|containers?|ecs|fargate|services?|tasks?|functions?|lambdas?|everything|anything|all resources)(?![\w-])"
)
"""What reports its CPU, too."""
_DATABASES = re.compile(r"(?<![\w-])(?:databases?|dbs?|rds|aurora)(?![\w-])")
_ANY, _ONE = "cpu", "instance_cpu"


def of_machines(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """The CPU of servers alone, where these are named; or were before, and nothing else is."""
    if call.query != "metric" or call.inputs.get("name") != _ANY or "resource" in call.inputs:
        return call
    before = any(one.query == "metric" and one.inputs.get("name") == _ONE for one in earlier)
    if _OTHERS.search(reading.text):
        of_databases = before and _DATABASES.search(reading.text) and not _MACHINES.search(reading.text)
        return call.having(name="db_cpu") if of_databases else call
    return call.having(name=_ONE) if before or _of_theirs(reading.text) else call


def _of_theirs(text: str) -> bool:
    """Whether it is the CPU of servers that is asked for: "cpu of the fleet, for smaller instances" is of any."""
    return any(
        _MACHINES.search(clause) and any(name == _ANY for *_, name in spans_of("metric", "name", clause))
        for clause in re.split(r"[,;?]", text)
    )


def of_anything(call: PlannedCall) -> PlannedCall:
    """The CPU of whatever reports it, in the place of that of servers."""
    return call.having(name=_ANY) if call.query == "metric" and call.inputs.get("name") == _ONE else call
