"""Overseeing: the kill switch, the budgets and the approvals as the settings name them, on this machine or on AWS."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agents.home import Home
from policies.oversight import Approvals, Budgets, Oversight
from policies.oversight.database import Database
from policies.oversight.usage import UsageStore
from policies.oversight.usage_sqlite import SqliteUsage

if TYPE_CHECKING:
    from agents.settings import Settings
    from policies.audit import Ledger
    from policies.controls.digests_kept import KeptDigests
    from policies.controls.outbox import Outbox
    from policies.oversight.asked import AskedStore


def open_oversight(home: Home, ledger: Ledger, settings: Settings) -> Oversight:
    """Files below the home, unless the settings name a DynamoDB table or an SSM parameter."""
    local = Oversight.local(home.path, ledger, settings.budgets, settings.approvals)
    switch = local.switch
    if settings.switch_parameter is not None:
        from policies.oversight.switch_ssm import ParameterSwitch

        switch = ParameterSwitch(_client("ssm", settings), settings.switch_parameter)
    if settings.state_table is None:
        return replace(local, switch=switch)
    from policies.oversight.approval_dynamo import DynamoApprovals

    usage = open_usage(home, settings)
    store = DynamoApprovals(_client("dynamodb", settings), settings.state_table)
    approvals = Approvals(store, ledger, settings.approvals, lambda: usage.latest(time.time()))
    return Oversight(
        switch=switch, budgets=Budgets(settings.budgets, usage), approvals=approvals, refusals=local.refusals,
        running=local.running,
    )  # fmt: skip


def open_outbox(home: Home, settings: Settings) -> Outbox:
    """Where alerts wait for a channel: the table that the settings name, or the local database."""
    if settings.state_table is None:
        from policies.controls.outbox import SqliteOutbox

        return SqliteOutbox(home.outbox)
    from policies.controls.outbox_dynamo import DynamoOutbox

    return DynamoOutbox(_client("dynamodb", settings), settings.state_table)


def open_digests(home: Home, settings: Settings) -> KeptDigests:
    """Where composed digests wait until they are sent: beside the alerts."""
    if settings.state_table is None:
        from policies.controls.digests_kept import SqliteDigests

        return SqliteDigests(home.outbox)
    from policies.controls.digests_dynamo import DynamoDigests

    return DynamoDigests(_client("dynamodb", settings), settings.state_table)


def open_asked(settings: Settings) -> AskedStore | None:
    """Where channels in other processes learn of what waits; None without a table: there is one process."""
    if settings.state_table is None:
        return None
    from policies.oversight.asked import DynamoAsked

    return DynamoAsked(_client("dynamodb", settings), settings.state_table)


def open_usage(home: Home, settings: Settings) -> UsageStore:
    """Where usage is counted: the table that the settings name, or the local database."""
    if settings.state_table is None:
        return SqliteUsage(Database(home.oversight))
    from policies.oversight.usage_dynamo import DynamoUsage

    return DynamoUsage(_client("dynamodb", settings), settings.state_table)


def forget_heard(settings: Settings, who: Sequence[str]) -> int:
    """Forget, in the table that the settings name, what these hearers were told in channels; how much that was."""
    if settings.state_table is None:
        return 0
    from agents.channels.heard_aws import erase

    return erase(_client("dynamodb", settings), settings.state_table, who)


def _client(service: str, settings: Settings) -> Any:
    """A botocore client of the house's own account; quick to give up, because no answer means stopped."""
    from botocore.config import Config

    from tools.sessions import botocore_session

    quick = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
    return botocore_session().create_client(service, region_name=settings.state_region, config=quick)
