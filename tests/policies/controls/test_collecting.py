"""Evidence from AWS goes through the same gate, allow-list, receipts and ledger as answers, and hides nothing."""

from __future__ import annotations

import orjson
import pytest

from policies.audit.recompute import recompute
from policies.controls.collect import collect
from policies.controls.needs import NEEDS
from policies.controls.needs import aws as needs
from tools.catalogue import every_query, queries
from tools.estate.world import BY_NAME
from tools.snapshots import query_name, snapshots


def gather(opened, *wanted):
    return {evidence.need: evidence for evidence in collect(opened.scene, wanted)}


def test_every_need_of_aws_has_a_snapshot_that_may_ask_what_the_need_names():
    for need, described in NEEDS.items():
        if need.kind == "aws":
            assert set(described.sources) <= snapshots()[need.name].operations, need


def test_snapshots_are_offered_to_no_model_and_known_to_the_gate():
    assert not {query_name(name) for name in snapshots()} & set(queries())
    assert {query_name(name) for name in snapshots()} <= set(every_query())


def test_log_groups_are_counted_independently_and_every_call_has_a_receipt(opened):
    found = gather(opened(), needs.LOG_GROUPS)[needs.LOG_GROUPS]
    assert found.items and found.population == len(found.items) and not found.problems
    assert len(found.receipts) == 8  # two accounts, two regions, two ways of counting
    assert found.source == "sample" and found.operations == ("logs:DescribeLogGroups", "logs:ListLogGroups")


def test_a_log_group_that_was_not_listed_is_missed_by_the_count(opened, estate, monkeypatch):
    from tools.estate.services import logs

    whole = logs.OPERATIONS["DescribeLogGroups"]
    monkeypatch.setitem(logs.OPERATIONS, "DescribeLogGroups", lambda request: _shortened(whole(request)))
    found = gather(opened(), needs.LOG_GROUPS)[needs.LOG_GROUPS]
    assert len(found.items) < found.population


def _shortened(answer):
    return {**answer, "logGroups": answer["logGroups"][:-1]}


def test_no_permission_on_half_of_the_accounts_is_a_problem(opened, estate):
    account = BY_NAME["log-archive"].id
    estate.server.fault(service="logs", operation="*", kind="denied", account=account, times=None)
    found = gather(opened(), needs.LOG_GROUPS)[needs.LOG_GROUPS]
    assert len(found.problems) == 2 and all("log-archive" in problem for problem in found.problems)


def test_what_the_sample_does_not_have_is_a_problem_and_never_an_empty_list(opened, monkeypatch):
    from tools.estate.services import bedrock_agentcore_control

    monkeypatch.delitem(bedrock_agentcore_control.OPERATIONS, "ListAgentRuntimes")
    found = gather(opened(), needs.RUNTIMES)[needs.RUNTIMES]
    assert not found.items and found.problems == (
        "bedrock-agentcore-control:ListAgentRuntimes: the sample estate has no such data",
    )


@pytest.mark.parametrize("who", ["anna", "bram", "dirk"])
def test_only_admins_and_auditors_collect(opened, estate, who):
    before = len(estate.server.calls)
    found = gather(opened(as_id=who), needs.INVOCATION_LOGGING)[needs.INVOCATION_LOGGING]
    assert not found.items and "may" in found.problems[0]
    asked = [call for call in estate.server.calls[before:] if call.service == "bedrock"]
    assert asked == [], "a denied collection sends nothing"


def test_the_auditor_collects_and_the_ledger_has_gate_intent_and_return(opened):
    room = opened(as_id="carla")
    gather(room, needs.INVOCATION_LOGGING)
    types = [stored.type for stored in room.scene.ledger.read()]
    assert types == ["sight.resolved", "gate.decided", "query.called", "query.returned"]


def test_the_collector_is_a_pseudonym(opened):
    room = opened(as_id="carla")
    found = gather(room, needs.INVOCATION_LOGGING)[needs.INVOCATION_LOGGING]
    assert found.collector.startswith("p-") and room.scene.ledger.vault.person(found.collector) == "carla"
    assert b"carla" not in found.encode()


def test_evidence_can_be_computed_again_from_the_stored_responses(opened):
    room = opened()
    gather(room, needs.LOG_GROUPS, needs.BUCKETS, needs.READER_ROLES)
    run = next(stored.record.question for stored in room.scene.ledger.read() if stored.record.question)
    done = recompute(room.scene.ledger, run, room.scene.receipts)
    assert [(one.facts, one.faults) for one in done] == [(2, ())] * 3


def test_a_stopped_house_collects_nothing(opened, estate):
    from policies.access import local_principal
    from policies.oversight import Scope, stop

    room = opened()
    scene = room.scene
    stop(scene.ledger, scene.oversight().switch, local_principal("local"), Scope(kind="all"), "drill")
    before = len(estate.server.calls)
    found = gather(room, needs.INVOCATION_LOGGING)[needs.INVOCATION_LOGGING]
    assert found.problems and not found.items
    assert not [call for call in estate.server.calls[before:] if call.service == "bedrock"]


def test_items_are_plain_json_with_times_in_utc(opened):
    found = gather(opened(), needs.KEYS)[needs.KEYS]
    assert found.items[0].data["CreationDate"].endswith("Z")
    assert orjson.loads(found.encode())["need"] == {"kind": "aws", "name": "kms-keys"}


def test_what_counts_independently_is_the_tag_that_deployments_carry():
    from pathlib import Path

    from tools.snapshots import TAG

    assert f'"{TAG}"' in (Path(__file__).parents[3] / "infra" / "stacks" / "all.py").read_text()
