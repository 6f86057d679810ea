"""Who did what: the right person for every planted story, and nothing invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.tools.security.conftest import values
from tools.errors import InputError, UnknownNameError


def _between(records: Any, start: datetime, end: datetime) -> list[Any]:
    return [event for event in records["cloudtrail_events"] if start <= datetime.fromisoformat(event["at"]) < end]


_OCTOBER = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def test_changes_of_a_period_are_counted_exactly(ask: Any, named: Any, records: Any) -> None:
    truth = [event for event in _between(records, *_OCTOBER) if not event["read_only"]]
    result = ask("who_did_what", period="2026-10")
    changed = [event["at"] for event in truth if event["name"] != "ConsoleLogin"]
    assert named(result, "changes").value == len(changed)
    times = [text for text in values(result, 0) if text != "other"]
    assert named(result, "changes and sign-ins not listed").value == len(truth) - len(times)
    assert [datetime.fromisoformat(text) for text in times] == [
        datetime.fromisoformat(text).replace(microsecond=0) for text in sorted(changed, reverse=True)[: len(times)]
    ]
    assert named(result, "console sign-ins beside these changes").value == len(truth) - len(changed) > 0


def test_what_changed_something_stands_before_those_who_signed_in(ask: Any) -> None:
    result = ask("who_did_what", period="2026-09", accounts="data-prod")
    assert ("DeleteVpcEndpoints", "role deploy-data") in zip(values(result, 2), values(result, 1), strict=True)


def test_what_one_person_changed_stands_before_his_sign_ins(ask: Any, named: Any) -> None:
    result = ask("who_did_what", period="2026-09", who="m.jansen")
    actions = values(result, 2)
    changed = [place for place, action in enumerate(actions) if not str(action).startswith("ConsoleLogin")]
    assert changed == list(range(int(named(result, "changes").value))), "were listed behind later sign-ins"
    assert len(actions) > len(changed)


def test_reads_count_when_asked_for(ask: Any, named: Any, records: Any) -> None:
    result = ask("who_did_what", period="2026-10", writes_only=False)
    assert named(result, "events").value == len(_between(records, *_OCTOBER))


def test_who_made_the_bucket_public(ask: Any) -> None:
    result = ask("who_did_what", period="2026-10", resource="lantern-utrecht-marketing-exports")
    assert values(result, 1) == ["j.devries", "j.devries"]
    assert values(result, 2) == ["PutBucketPolicy", "DeleteBucketPublicAccessBlock"]


def test_several_actions_are_looked_for_at_once_and_each_event_is_told_once(ask: Any, named: Any) -> None:
    result = ask("who_did_what", period="2026-10", action="DeleteBucketPublicAccessBlock, PutBucketPolicy,PutBucketAcl")
    assert values(result, 2) == ["PutBucketPolicy", "DeleteBucketPublicAccessBlock"]
    where = named(result, "changes").scope.where
    assert where == {"action": "DeleteBucketPublicAccessBlock or PutBucketPolicy or PutBucketAcl"}
    both = ask("who_did_what", period="2026-10", action="PutBucketPolicy,put")
    alone = ask("who_did_what", period="2026-10", action="put")
    assert named(both, "changes").value == named(alone, "changes").value > 1


def test_an_action_that_was_taken_on_nothing_of_the_kind_is_none_and_no_unknown_name(ask: Any, named: Any) -> None:
    bucket = ask("who_did_what", period="2026-10", action="DeleteBucket", resource="lantern-utrecht-marketing-exports")
    assert named(bucket, "changes").value == 0
    user = ask("who_did_what", period="2026-10", action="AttachUserPolicy,PutUserPolicy", resource="svc-legacy-export")
    assert named(user, "changes").value == 0
    with pytest.raises(UnknownNameError, match="no resource with events"):
        ask("who_did_what", period="2026-10", action="DeleteBucket", resource="no-such-bucket")


def test_more_actions_than_can_be_looked_for_are_refused(ask: Any) -> None:
    with pytest.raises(InputError, match="at most 8"):
        ask("who_did_what", action=",".join(f"Put{letter}Policy" for letter in "ABCDEFGHI"))


def test_part_of_a_resource_name_is_enough(ask: Any, named: Any) -> None:
    result = ask("who_did_what", period="2026-09", resource="vpce-0d4a")
    assert values(result, 1) == ["role deploy-data"]
    assert named(result, "changes").scope.where == {"resource": "vpce-0d4a"}


def test_a_role_is_found_by_its_name(ask: Any, records: Any, named: Any) -> None:
    truth = [e for e in _between(records, *_OCTOBER) if e["username"] == "deploy-floor" and not e["read_only"]]
    assert named(ask("who_did_what", period="2026-10", who="deploy-floor"), "changes").value == len(truth) > 0


def test_root_sign_ins_tell_failure_from_success(ask: Any, named: Any) -> None:
    result = ask("who_did_what", period="2026-10", who="root")
    assert list(zip(values(result, 2), values(result, 4), strict=True)) == [
        ("ConsoleLogin (sign-in failed, without MFA)", "backoffice-prod"),
        ("ConsoleLogin (without MFA)", "venue-amsterdam"),
    ]
    assert named(result, "console sign-ins without MFA").value == 1


def test_sign_ins_that_failed_are_told_before_the_many_that_did_not(ask: Any, named: Any, records: Any) -> None:
    truth = [event for event in _between(records, *_OCTOBER) if event["name"] == "ConsoleLogin"]
    result = ask("who_did_what", period="2026-10", action="ConsoleLogin")
    assert (
        named(result, "console sign-ins").value == len(truth) and named(result, "console sign-ins").unit == "sign-ins"
    )
    failed = named(result, "console sign-ins that failed")
    assert 0 < failed.value < len(truth) and failed.id in result.headlines
    first = list(zip(values(result, 1), values(result, 2), strict=True))[: int(failed.value)]
    assert all(action.startswith("ConsoleLogin (sign-in failed") for _, action in first)
    assert "root user" in {who for who, _ in first}


@pytest.mark.parametrize("action", ["delete", "Delete"])
def test_a_verb_means_every_action_of_that_kind(ask: Any, records: Any, named: Any, action: str) -> None:
    start = datetime(2026, 8, 1, tzinfo=UTC)
    truth = [e for e in _between(records, start, _OCTOBER[1]) if e["name"].startswith("Delete")]
    assert named(ask("who_did_what", period="2026-08..2026-10", action=action), "changes").value == len(truth) > 0


def test_an_exact_action_is_asked_for_by_name(ask: Any) -> None:
    result = ask("who_did_what", period="2026-10", action="PutBucketPolicy")
    assert values(result, 1) == ["j.devries"]


def test_somebody_who_did_nothing_is_a_zero_and_nobody_is_an_error(ask: Any, named: Any) -> None:
    fact = named(ask("who_did_what", period="2026-10-14", who="j.devries"), "changes")
    assert fact.value == 0
    assert fact.receipts
    with pytest.raises(UnknownNameError, match=r"j\.devries"):
        ask("who_did_what", who="jdevries")
    with pytest.raises(UnknownNameError, match="resource with events"):
        ask("who_did_what", period="2026-10", resource="lantern-utrecht-marketing-export-s")
    with pytest.raises(UnknownNameError, match="action"):
        ask("who_did_what", period="2026-10", action="launder")


def test_an_action_that_did_not_happen_is_a_zero(ask: Any, named: Any) -> None:
    assert named(ask("who_did_what", period="2026-10", action="DeleteTrail"), "changes").value == 0


def test_access_keys_are_cut_to_their_last_four(ask: Any, records: Any) -> None:
    result = ask("who_did_what", period="2026-08..2026-10", action="CreateAccessKey")
    assert values(result, 0)
    assert "AKIA" not in result.model_dump_json()


def test_beyond_the_event_history_is_said(ask: Any) -> None:
    result = ask("who_did_what", period="2026-05..2026-10", action="PutKeyPolicy")
    assert any("reaches back" in said for said in result.incomplete)
    with pytest.raises(InputError, match="lies before that"):  # never a zero for what could not be seen
        ask("who_did_what", period="2026-05")


def test_a_scope_leaves_other_accounts_unasked(ask: Any) -> None:
    ask.directory = ask.directory.cut(["venue-utrecht"])
    ran = ask.run("who_did_what", period="2026-10")
    assert {receipt.account for receipt in ran.receipts} == {ask.directory.accounts[0].id}


def test_names_are_marked_as_personal_data() -> None:
    from tools import catalogue

    assert catalogue.find("who_did_what").personal_data


def test_who_only_signed_in_changed_nothing(ask: Any, named: Any) -> None:
    result = ask("who_did_what", period="2026-10-05", who="j.devries")
    assert named(result, "changes").value == 0
    assert named(result, "console sign-ins beside these changes").value == 1
