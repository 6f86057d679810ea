"""Identity hygiene against the users that the estate was made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.tools.security.conftest import NAMES, values
from tools.errors import InputError
from tools.estate.world import BY_NAME, NOW


def _days(text: str) -> int:
    return (NOW.date() - datetime.fromisoformat(text).date()).days


def _keys(records: Any) -> list[tuple[Any, Any]]:
    return [(user, key) for user in records["iam_users"] for key in user["keys"] if key["active"]]


def test_people_without_mfa_are_those_who_can_sign_in(ask: Any, named: Any, records: Any) -> None:
    truth = {user["name"] for user in records["iam_users"] if user["console"] and not user["mfa"]}
    result = ask("identity_hygiene", check="no_mfa")
    assert named(result, "console users without MFA").value == len(truth)
    weak = [root for root in records["iam_root_users"] if not root["mfa"]]
    assert named(result, "root users without MFA").value == len(weak) > 0
    assert sorted(values(result, 0)) == sorted([*truth, *["root user"] * len(weak)])
    assert not any(name.startswith("svc-") for name in values(result, 0))


@pytest.mark.parametrize("days", [30, 90, 365])
def test_old_keys_are_active_ones_past_the_limit(ask: Any, named: Any, records: Any, days: int) -> None:
    truth = [key for _, key in _keys(records) if _days(key["created"]) > days]
    result = ask("identity_hygiene", check="old_keys", days=days)
    assert named(result, f"active access keys older than {days} days").value == len(truth)


def test_unused_keys_include_those_never_used_but_not_disabled_ones(ask: Any, named: Any, records: Any) -> None:
    truth = {user["name"] for user, key in _keys(records) if _days(key["last_used"] or key["created"]) > 90}
    result = ask("identity_hygiene", check="unused_keys")
    assert named(result, "active access keys unused for more than 90 days").value == len(truth)
    assert truth <= set(values(result, 0))
    assert "svc-load-test" in truth  # never used
    assert "svc-old-import" not in values(result, 0)  # disabled
    people = [user for user in records["iam_users"] if user["console"] and _days(user["password_last_used"]) > 90]
    assert named(result, "console users without sign-in for more than 90 days").value == len(people)


def test_the_administrator_key_unused_for_200_days_is_found(ask: Any, named: Any) -> None:
    result = ask("identity_hygiene", check="over_privileged")
    assert named(result, "administrator access keys unused for more than 90 days").value == 1
    assert (values(result, 0)[0], values(result, 1)[0], values(result, 2)[0]) == (
        "svc-legacy-export",
        "backoffice-prod",
        200,
    )
    longer = ask("identity_hygiene", check="over_privileged", days=200)
    assert named(longer, "administrator access keys unused for more than 200 days").value == 0


def test_administrators_count_only_with_an_active_login(ask: Any, named: Any, records: Any) -> None:
    admins = [user for user in records["iam_users"] if "AdministratorAccess" in user["policies"]]
    able = [user for user in admins if user["console"] or any(key["active"] for key in user["keys"])]
    assert len(able) < len(admins)
    result = ask("identity_hygiene", check="over_privileged")
    assert named(result, "users with administrator rights and an active login").value == len(able)
    assert named(result, "administrator roles unused for more than 90 days").value == 1


def test_root_users(ask: Any, named: Any, records: Any) -> None:
    weak = [NAMES[root["account"]] for root in records["iam_root_users"] if not root["mfa"]]
    result = ask("identity_hygiene", check="root")
    assert named(result, "root users without MFA").value == len(weak)
    assert set(values(result, 1)) == set(weak)
    assert named(result, "last sign-in of the root user").value == "2026-10-02T06:51:00Z"
    assert (
        named(ask("identity_hygiene", check="root", days=5), "root users signed in within the last 5 days").value == 0
    )


def test_the_summary_agrees_with_the_single_checks(ask: Any) -> None:
    whole = {fact.label: fact.value for fact in ask("identity_hygiene").facts}
    for check in ("old_keys", "unused_keys", "no_mfa", "root", "over_privileged"):
        single = ask("identity_hygiene", check=check)
        for fact_id in single.headlines:
            assert whole[single.fact(fact_id).label] == single.fact(fact_id).value


def test_no_access_key_id_is_ever_shown(ask: Any) -> None:
    for check in ("all", "old_keys", "over_privileged"):
        assert "AKIA" not in ask("identity_hygiene", check=check).model_dump_json()


def test_an_account_without_a_report_is_said_and_not_counted(ask: Any, named: Any, records: Any, sample: Any) -> None:
    account = BY_NAME["data-lab"]
    sample.server.fault(service="iam", operation="GetCredentialReport", kind="denied", account=account.id, times=None)
    result = ask("identity_hygiene", check="no_mfa")
    truth = [u for u in records["iam_users"] if u["console"] and not u["mfa"] and u["account"] != account.id]
    assert named(result, "console users without MFA").value == len(truth)
    assert any("data-lab" in said for said in result.incomplete)


def test_days_must_be_positive(ask: Any) -> None:
    with pytest.raises(InputError, match="days"):
        ask("identity_hygiene", days=0)
