"""Inventory against the lists that the sample estate is made from."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tools.errors import AwsCallError, InputError, UnknownNameError
from tools.estate import inventory as truth
from tools.estate.world import ACCOUNTS

NAMES = {account.id: account.name for account in ACCOUNTS}
KINDS: dict[str, Any] = {
    "instances": truth.INSTANCES,
    "databases": truth.DATABASES,
    "functions": truth.FUNCTIONS,
    "buckets": truth.BUCKETS,
    "volumes": truth.VOLUMES,
    "services": truth.ECS_SERVICES,
    "load_balancers": truth.LOAD_BALANCERS,
}


@pytest.mark.parametrize("kind", KINDS)
def test_count_of_each_kind_by_account(ask: Any, value: Any, table: Any, kind: str) -> None:
    result = ask("inventory", kind=kind, top=25)
    name = kind.replace("_", " ")
    assert value(result, name) == len(KINDS[kind])
    counted = {row["Account"]: row[name.capitalize()] for row in table(result)}
    assert counted == Counter(NAMES[item.account] for item in KINDS[kind])
    assert not result.incomplete


def test_everything_adds_up(ask: Any, value: Any) -> None:
    result = ask("inventory")
    kinds = [fact for fact in result.facts if fact.label == fact.unit and fact.label != "resources"]
    assert value(result, "resources") == sum(f.value for f in kinds if not f.scope.accounts)
    for kind, items in KINDS.items():
        assert value(result, kind.replace("_", " ")) == len(items)


def test_stopped_instances_are_not_running(ask: Any, value: Any, table: Any) -> None:
    result = ask("inventory", kind="instances", by="state")
    states = Counter(item.state for item in truth.INSTANCES)
    assert {row["State"]: row["Instances"] for row in table(result)} == states
    assert value(result, "instances: running") == states["running"]


@pytest.mark.parametrize(
    ("kind", "only", "holds"),
    [
        ("instances", "stopped", lambda one: one.state == "stopped"),
        ("instances", "t3", lambda one: one.type.startswith("t3.")),
        ("instances", "m6i.large running", lambda one: one.type == "m6i.large" and one.state == "running"),
        ("functions", "Python3.8", lambda one: one.runtime == "python3.8"),
        ("functions", "python3.1", lambda one: False),  # no beginning of python3.12
        ("functions", "nodejs16", lambda one: one.runtime == "nodejs16.x"),
        ("databases", "postgres 16", lambda one: one.engine == "postgres" and one.version.startswith("16.")),
        ("databases", "r6g.xlarge", lambda one: one.type == "db.r6g.xlarge"),
        ("volumes", "unattached", lambda one: one.instance is None),
    ],
)
def test_only_those_of_a_state_a_type_or_a_version(
    ask: Any, value: Any, table: Any, kind: str, only: str, holds: Any
) -> None:
    wanted = {item.name if kind != "volumes" else item.id for item in KINDS[kind] if holds(item)}
    result = ask("inventory", kind=kind, by="resource", only=only, top=25)
    assert result.fact(result.headlines[0]).value == sum(map(holds, KINDS[kind]))
    assert value(result, f"{kind} in all") == len(KINDS[kind])
    listed = {row["Id" if kind == "volumes" else "Name"] for row in table(result)} - {"other"}
    assert listed <= wanted
    assert listed or not wanted
    assert bool(wanted) != any(note.startswith("None of them is") and "There are: " in note for note in result.notes)


def test_volumes_attached_to_nothing_and_their_size(ask: Any, value: Any, table: Any) -> None:
    result = ask("inventory", kind="volumes", by="state")
    loose = [volume for volume in truth.VOLUMES if volume.instance is None]
    assert value(result, "volumes: attached to nothing") == len(loose) > 0
    assert value(result, "volumes: size") == sum(volume.size for volume in truth.VOLUMES)
    available = next(row for row in table(result) if row["State"] == "available")
    assert available["Size (GiB)"] == sum(volume.size for volume in loose)


@pytest.mark.parametrize("kind", ["instances", "functions", "buckets", "databases", "services"])
def test_by_team_from_tags_wherever_aws_keeps_them(ask: Any, table: Any, kind: str) -> None:
    rows = table(ask("inventory", kind=kind, by="team", top=25))
    teams = Counter(item.tags.get("team") or "(no team tag)" for item in KINDS[kind])
    assert {row["Team"]: row[kind.capitalize()] for row in rows} == teams


def test_resources_without_a_tag_are_found_one_by_one(ask: Any, value: Any, table: Any) -> None:
    """The GPU machines carry no tag at all, so the tagging API does not know them."""
    result = ask("inventory", kind="instances", tag="team=", by="resource", top=25)
    missing = {item.id for item in truth.INSTANCES if not item.tags.get("team")}
    assert set(truth.GPU_INSTANCES) <= missing
    assert value(result, "instances") == len(missing)
    assert {row["Id"] for row in table(result)} == missing


def test_a_tag_with_a_value_whatever_its_case(ask: Any, value: Any) -> None:
    expected = sum(item.tags.get("team") == "payments" for item in truth.INSTANCES)
    result = ask("inventory", kind="instances", tag="Team=PAYMENTS")
    assert value(result, "instances") == expected > 0
    assert "team=payments" in result.read_as


def test_unknown_tags_are_errors_with_candidates_not_zero(ask: Any) -> None:
    with pytest.raises(UnknownNameError) as error:
        ask("inventory", kind="instances", tag="team=payment")
    assert "payments" in error.value.candidates
    with pytest.raises(UnknownNameError):
        ask("inventory", kind="instances", tag="owner=x")
    with pytest.raises(InputError, match="key=value"):
        ask("inventory", kind="instances", tag="payments")


def test_scope_of_one_venue(ask: Any, value: Any) -> None:
    account = next(a for a in ACCOUNTS if a.venue == "eindhoven")
    result = ask("inventory", kind="instances", accounts="venue:eindhoven")
    assert value(result, "instances") == sum(item.account == account.id for item in truth.INSTANCES)


def test_by_type_and_region(ask: Any, table: Any) -> None:
    rows = table(ask("inventory", kind="functions", by="type", top=25))
    assert {row["Type"]: row["Functions"] for row in rows} == Counter(item.runtime for item in truth.FUNCTIONS)
    rows = table(ask("inventory", kind="instances", by="region"))
    assert {row["Region"]: row["Instances"] for row in rows} == Counter(item.region for item in truth.INSTANCES)


def test_those_in_one_region_and_their_own_receipts(ask: Any, value: Any) -> None:
    mine = sorted(item.name for item in truth.DATABASES if item.region == "eu-central-1")
    result = ask("inventory", kind="databases", region="eu-central-1", by="resource")
    assert value(result, "databases") == len(mine)
    assert sorted(fact.value for fact in result.facts if fact.label == "name") == mine
    assert {receipt.region for receipt in ask.last.receipts} == {"eu-central-1"}
    assert result.fact(result.headlines[0]).scope.where == {"region": "eu-central-1"}


def test_buckets_of_one_region_though_all_are_listed_in_one_call(ask: Any, value: Any, table: Any) -> None:
    everywhere = {row["Region"]: row["Buckets"] for row in table(ask("inventory", kind="buckets", by="region"))}
    for region, count in everywhere.items():
        assert value(ask("inventory", kind="buckets", region=region), "buckets") == count


def test_a_region_that_is_not_looked_at_is_an_error_not_zero(ask: Any) -> None:
    with pytest.raises(UnknownNameError, match="no region 'ap-south-1'"):
        ask("inventory", kind="instances", region="ap-south-1")


def test_the_rest_is_summed_up(ask: Any, value: Any, table: Any) -> None:
    result = ask("inventory", kind="instances", top=3)
    rows = table(result)
    assert rows[-1]["Account"] == "other"
    assert sum(row["Instances"] for row in rows) == value(result, "instances") == len(truth.INSTANCES)
    assert sum(row["Running"] for row in rows) == value(result, "instances: running")


def test_unreadable_tags_are_not_missing_tags(ask: Any, sample: Any, table: Any) -> None:
    account = next(a for a in ACCOUNTS if a.name == "data-prod")
    sample.server.fault(service="resourcegroupstaggingapi", kind="denied", account=account.id, times=None)
    result = ask("inventory", kind="functions", by="team", top=25)
    teams = {row["Team"]: row["Functions"] for row in table(result)}
    mine = sum(item.account == account.id for item in truth.FUNCTIONS)
    assert teams["(tags not readable)"] == mine > 0
    assert sum(teams.values()) == len(truth.FUNCTIONS)
    assert "data-prod" in result.incomplete[0]


def test_one_kind_that_fails_does_not_hide_the_others(ask: Any, sample: Any, value: Any) -> None:
    sample.server.fault(service="rds", kind="denied", times=None)
    result = ask("inventory")
    assert value(result, "instances") == len(truth.INSTANCES)
    assert any("databases" in text for text in result.incomplete)
    assert not [fact for fact in result.facts if fact.label == "databases"]
    with pytest.raises(AwsCallError):
        ask("inventory", kind="databases")


def test_databases_are_counted_by_engine_too(ask: Any, value: Any) -> None:
    engines = Counter(database.engine for database in truth.DATABASES)
    result = ask("inventory", kind="databases")
    assert {engine: value(result, f"{engine} databases") for engine in engines} == engines
    assert len(engines) > 1


def test_what_is_in_no_such_state_is_told_by_its_states(ask: Any) -> None:
    result = ask("inventory", kind="instances", accounts="venue-eindhoven", only="stopped")
    assert "None of them is stopped. There are: running." in result.notes


def test_what_has_no_tag_is_called_so(ask: Any) -> None:
    assert "without the tag team" in ask("inventory", kind="functions", tag="team=").read_as
