"""Calls: what a query may ask, paging, the call cache, replay, and bad days; over real HTTP to the sample estate."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.utils import parse_timestamp

from tools import catalogue, memory
from tools.accounts import Account
from tools.calls import Aws
from tools.errors import AwsCallError, ReceiptError, UndeclaredOperationError
from tools.estate import world
from tools.estate.credentials import PAYER_ACCESS_KEY, PAYER_SECRET_KEY
from tools.estates import Estate
from tools.facts import FactBook, Facts
from tools.memory import CallCache
from tools.receipts import Receipt, ReceiptFiles, make_receipt
from tools.registry import Query, _declare
from tools.running import Ran, run_query
from tools.sessions import Sessions, instant
from tools.wire import RUNNING, Replay, hook

SPAN = {"Start": "2026-09-01", "End": "2026-10-01"}
COSTS: dict[str, Any] = {"TimePeriod": SPAN, "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"]}


def declared(function: Callable[..., Facts], *operations: str) -> Query:
    """A query of this test's own, which the catalogue does not see."""
    function.__doc__ = "A query of a test."
    return _declare(function, "cost", frozenset(operations), "accounts", False)


@pytest.fixture
def run(ask: Any) -> Callable[..., Ran]:
    """Run a query function of a test's own with these declared operations."""

    def run(function: Callable[..., Facts], *operations: str, estate: Estate | None = None) -> Ran:
        where = estate or ask.estate
        return run_query(
            declared(function, *operations),
            {},
            estate=where,
            directory=ask.directory,
            book=FactBook(),
            store=ask.store,
            now=where.clock(),
            memory=ask.memory,
        )

    return run


@pytest.fixture
def fresh_clients(request: pytest.FixtureRequest, sample: Estate) -> Iterator[Estate]:
    """The same sample estate through clients of this test's own; its parameter is how many seconds they wait."""
    from botocore.session import Session

    session = Session()
    session.set_credentials(PAYER_ACCESS_KEY, PAYER_SECRET_KEY)
    sessions = Sessions(
        session,
        role=world.READER_ROLE,
        endpoint_url=sample.server.endpoint,
        region=world.HOME_REGION,
        read_timeout=getattr(request, "param", 60),
        on_client=hook,
    )
    yield Estate(
        source="sample",
        epoch="sample",
        sessions=sessions,
        payer=Account(id=world.PAYER.id, name=world.PAYER.name),
        clock=sample.clock,
        regions=sample.regions,
        currency="USD",
    )


def one_call(aws: Aws) -> Facts:
    reply = aws.call(aws.directory.payer, "ce:GetCostAndUsage", region="us-east-1", **COSTS)
    amount = reply.data["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"]
    facts = Facts(read_as="test")
    facts.fact("total spend", float(amount), "USD", receipts=reply.receipts)
    return facts


def calls_of(sample: Estate, operation: str) -> int:
    return sum(1 for call in sample.server.calls if call.operation == operation)


# What may be asked


def test_an_undeclared_operation_is_refused_and_nothing_is_sent(run: Any, sample: Estate) -> None:
    before = len(sample.server.calls)
    with pytest.raises(UndeclaredOperationError, match="declares only ce:GetTags"):
        run(one_call, "ce:GetTags")
    assert len(sample.server.calls) == before


def test_an_undeclared_operation_is_refused_in_pool_threads_too(run: Any, sample: Estate) -> None:
    def fan_out(aws: Aws) -> Facts:
        aws.each_account(aws.directory.accounts, lambda account: aws.call(account, "iam:ListUsers"))
        return Facts(read_as="test")

    before = calls_of(sample, "ListUsers")
    with pytest.raises(UndeclaredOperationError, match="iam:ListUsers"):
        run(fan_out, "iam:ListRoles")
    assert calls_of(sample, "ListUsers") == before


def test_without_a_running_query_every_operation_is_refused(ask: Any, sample: Estate) -> None:
    ask("spend", by="none")  # the client exists and has credentials
    before = len(sample.server.calls)
    with pytest.raises(UndeclaredOperationError, match="no query is running"):
        sample.sessions.client("ce", "us-east-1").get_cost_and_usage(**COSTS)
    aws = Aws(sample.sessions, ask.directory, sample.clock(), sample.regions)
    with pytest.raises(UndeclaredOperationError, match="no query is running"):
        one_call(aws)
    assert RUNNING.get() is None
    assert len(sample.server.calls) == before


def test_a_client_used_behind_the_back_of_aws_call_is_refused(run: Any, sample: Estate) -> None:
    def sneak(aws: Aws) -> Facts:
        sample.sessions.client("ce", "us-east-1").get_cost_and_usage(**COSTS)
        return Facts(read_as="test")

    with pytest.raises(UndeclaredOperationError):
        run(sneak, "ce:GetCostAndUsage")


def test_a_thread_without_the_context_of_the_query_is_refused(run: Any) -> None:
    caught: list[BaseException] = []

    def fan_out(aws: Aws) -> Facts:
        def target() -> None:
            try:
                one_call(aws)
            except UndeclaredOperationError as error:
                caught.append(error)

        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
        return Facts(read_as="test")

    run(fan_out, "ce:GetCostAndUsage")
    assert len(caught) == 1


# Paging


def test_all_pages_are_read_and_each_has_its_receipt(run: Any) -> None:
    def pages(aws: Aws) -> Facts:
        found = aws.items(aws.directory.payer, "organizations:ListAccounts", "Accounts", MaxResults=4)
        facts = Facts(read_as="test")
        facts.fact("accounts", len(found.items), "accounts", receipts=found.receipts)
        return facts

    ran = run(pages, "organizations:ListAccounts")
    assert ran.result.facts[0].value == len(world.ACCOUNTS)
    assert len(set(ran.result.facts[0].receipts)) == 4
    assert len({receipt.request_sha256 for receipt in ran.receipts}) == 4


def test_a_page_that_fails_is_never_a_silent_partial_total(run: Any, sample: Estate) -> None:
    def pages(aws: Aws) -> Facts:
        facts = Facts(read_as="test")
        for number, page in enumerate(aws.pages(aws.directory.payer, "organizations:ListAccounts", MaxResults=4)):
            if number == 0:
                sample.server.fault(service="organizations", operation="ListAccounts", kind="denied")
            facts.fact("accounts", len(page.data["Accounts"]), "accounts", receipts=page.receipts)
        return facts

    with pytest.raises(AwsCallError, match="AccessDenied"):
        run(pages, "organizations:ListAccounts")


# The call cache


@pytest.fixture
def cached(ask: Any, tmp_path: Path) -> Any:
    ask.memory = CallCache(tmp_path / "cache", ask.store)
    return ask


def test_equal_requests_are_one_call_and_the_receipt_says_cached(cached: Any, sample: Estate) -> None:
    first = cached.run("spend")
    before = calls_of(sample, "GetCostAndUsage")
    second = cached.run("spend")
    assert calls_of(sample, "GetCostAndUsage") == before
    assert [f.value for f in second.result.facts] == [f.value for f in first.result.facts]
    assert [r.id for r in second.receipts] == [r.id for r in first.receipts]
    assert all(r.cached and r.age_seconds is not None and 0 <= r.age_seconds < 60 for r in second.receipts)
    assert not any(r.cached for r in first.receipts)
    assert first.asked and second.asked == ()


def test_another_request_is_not_answered_from_the_cache(cached: Any) -> None:
    cached.run("spend")
    assert cached.run("spend", net=False).asked
    assert cached.run("spend", period="2026-08").asked
    assert cached.run("spend", accounts="data-lab").asked


def test_concurrent_equal_requests_are_one_call(cached: Any, sample: Estate) -> None:
    sample.server.fault(service="ce", operation="GetCostAndUsage", kind="slow", seconds=0.4, times=None)
    before = calls_of(sample, "GetCostAndUsage")
    values: list[Any] = []

    def ask_once() -> None:
        query = catalogue.find("spend")
        ran = run_query(
            query,
            query.parse({"by": "none"}),
            estate=sample,
            directory=cached.directory,
            book=FactBook(),
            store=cached.store,
            now=sample.clock(),
            memory=cached.memory,
        )
        values.append(ran.result.facts[0].value)

    threads = [threading.Thread(target=ask_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls_of(sample, "GetCostAndUsage") == before + 1
    assert len(values) == 6
    assert len(set(values)) == 1


def test_fresh_asks_again_and_the_new_answer_is_remembered(cached: Any, tmp_path: Path) -> None:
    old = cached.run("spend").receipts[0]
    cached.memory = CallCache(tmp_path / "cache", cached.store, fresh=True)
    new = cached.run("spend").receipts[0]
    assert not new.cached
    assert new.id != old.id
    cached.memory = CallCache(tmp_path / "cache", cached.store)
    again = cached.run("spend").receipts[0]
    assert (again.id, again.cached) == (new.id, True)


def test_an_answer_that_is_too_old_is_asked_for_again(cached: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cached.run("spend")
    monkeypatch.setattr(memory, "LIFETIME", timedelta(microseconds=1))
    assert cached.run("spend").asked


def test_what_is_not_billed_is_not_cached(cached: Any) -> None:
    assert cached.run("budgets").asked
    assert cached.run("budgets").asked


def test_a_refusal_is_not_remembered(cached: Any, sample: Estate) -> None:
    sample.server.fault(service="ce", operation="GetCostAndUsage", kind="denied")
    with pytest.raises(AwsCallError, match="AccessDenied"):
        cached("spend")
    assert cached.run("spend").asked == ("ce:GetCostAndUsage",)


def test_a_changed_stored_response_is_not_trusted(cached: Any, tmp_path: Path) -> None:
    receipt = cached.run("spend").receipts[0]
    path = tmp_path / "receipts" / receipt.id
    sealed = bytearray(path.read_bytes())
    sealed[40] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(ReceiptError, match="was changed"):
        cached.store.get(receipt)
    assert cached.run("spend").asked


# Replay


def test_replay_gives_the_same_facts_and_reaches_no_network(ask: Any, sample: Estate) -> None:
    ran = ask.run("spend", team="payments", by="month", period="last_3_months")
    before = len(sample.server.calls)
    assert ask.replay(ran).facts == ran.result.facts
    assert len(sample.server.calls) == before


def test_replay_of_another_question_is_refused_rather_than_sent(ask: Any, sample: Estate) -> None:
    ran = ask.run("spend")
    query = catalogue.find("spend")
    before = len(sample.server.calls)
    with pytest.raises(AwsCallError, match="NotStored"):
        run_query(
            query,
            query.parse({"period": "2026-08"}),
            estate=sample,
            directory=ask.directory,
            book=FactBook(),
            store=ask.store,
            now=sample.clock(),
            memory=Replay(ran.receipts, ask.store.get),
        )
    assert len(sample.server.calls) == before


# Bad days


def ask_everywhere(aws: Aws) -> Facts:
    results = aws.each_account(aws.directory.accounts, lambda account: aws.call(account, "iam:GetAccountSummary"))
    facts = Facts(read_as="test")
    for account, reply in results:
        facts.fact("users", int(reply.data["SummaryMap"]["Users"]), "users", receipts=reply.receipts)
        facts.notes.append(account.name)
    return facts


def test_one_account_that_fails_is_named_and_the_others_answer(run: Any, sample: Estate) -> None:
    sample.server.fault(
        service="iam", operation="GetAccountSummary", kind="denied", account=world.BY_NAME["data-lab"].id, times=None
    )
    ran = run(ask_everywhere, "iam:GetAccountSummary")
    assert len(ran.result.facts) == len(world.ACCOUNTS) - 1
    assert "data-lab" not in ran.result.notes
    assert list(ran.result.notes) == [a.name for a in world.ACCOUNTS if a.name != "data-lab"]
    assert "1 of 14 places in 1 account could not" in ran.result.incomplete[0]
    assert "data-lab" in ran.result.incomplete[0]


def test_when_every_account_fails_it_is_an_error(run: Any, sample: Estate) -> None:
    sample.server.fault(service="iam", operation="GetAccountSummary", kind="denied", times=None)
    with pytest.raises(AwsCallError, match="AccessDenied") as caught:
        run(ask_everywhere, "iam:GetAccountSummary")
    assert caught.value.receipts, "AWS's refusal is evidence"


def test_a_role_that_cannot_be_assumed_is_one_failed_place(run: Any, sample: Estate, fresh_clients: Estate) -> None:
    sample.server.fault(service="sts", operation="AssumeRole", kind="denied", times=1)
    ran = run(ask_everywhere, "iam:GetAccountSummary", estate=fresh_clients)
    assert len(ran.result.facts) == len(world.ACCOUNTS) - 1
    assert "1 of 14" in ran.result.incomplete[0]


@pytest.mark.parametrize(
    ("kind", "code"), [("denied", "AccessDenied"), ("malformed", "Malformed"), ("error", "InternalFailure")]
)
def test_bad_days_of_cost_explorer_have_a_sentence(
    run: Any, sample: Estate, fresh_clients: Estate, kind: str, code: str
) -> None:
    sample.server.fault(service="ce", operation="GetCostAndUsage", kind=kind, times=None)
    with pytest.raises(AwsCallError) as caught:
        run(one_call, "ce:GetCostAndUsage", estate=fresh_clients)
    assert code in caught.value.code
    assert "payer" in str(caught.value)


@pytest.mark.parametrize(
    ("service", "operation", "given"),
    [
        ("iam", "ListUsers", {}),
        ("s3", "ListBuckets", {}),
        ("ec2", "DescribeVolumes", {}),
        ("cloudwatch", "DescribeAlarms", {}),
        ("lambda", "ListFunctions", {}),
        ("securityhub", "GetFindings", {}),
    ],
)
def test_a_malformed_body_is_an_error_in_every_protocol(
    run: Any, sample: Estate, fresh_clients: Estate, service: str, operation: str, given: dict[str, Any]
) -> None:
    def call(aws: Aws) -> Facts:
        aws.call(aws.directory.payer, f"{service}:{operation}", **given)
        return Facts(read_as="test")

    sample.server.fault(service=service, operation=operation, kind="malformed", times=None)
    with pytest.raises(AwsCallError):
        run(call, f"{service}:{operation}", estate=fresh_clients)


def test_a_short_throttle_is_waited_out(run: Any, sample: Estate, fresh_clients: Estate) -> None:
    sample.server.fault(service="ce", operation="GetCostAndUsage", kind="throttle", times=1)
    ran = run(one_call, "ce:GetCostAndUsage", estate=fresh_clients)
    assert ran.result.facts[0].value > 0
    assert len(ran.receipts) == 1, "a throttled try is no answer, so it has no receipt"


@pytest.mark.slow
def test_a_lasting_throttle_is_an_error(run: Any, sample: Estate, fresh_clients: Estate) -> None:
    sample.server.fault(service="ce", operation="GetCostAndUsage", kind="throttle", times=None)
    with pytest.raises(AwsCallError, match="Throttling"):
        run(one_call, "ce:GetCostAndUsage", estate=fresh_clients)


@pytest.mark.slow
@pytest.mark.parametrize("fresh_clients", [0.5], indirect=True, ids=["half a second"])
def test_no_answer_is_an_error_in_bounded_time(run: Any, sample: Estate, fresh_clients: Estate) -> None:
    sample.server.fault(service="ce", operation="GetCostAndUsage", kind="timeout", times=None)
    started = time.monotonic()
    with pytest.raises(AwsCallError, match="Timeout"):
        run(one_call, "ce:GetCostAndUsage", estate=fresh_clients)
    assert time.monotonic() - started < 30


def test_a_first_run_makes_one_key_however_many_threads_need_it(tmp_path: Path) -> None:
    stores = [ReceiptFiles(tmp_path / "receipts", tmp_path / "keys" / "receipts.key") for _ in range(40)]
    start, keys, failures = threading.Barrier(len(stores)), [], []

    def seal(store: ReceiptFiles) -> None:
        start.wait()
        try:
            store.put(_receipt(), b"{}")
            keys.append((tmp_path / "keys" / "receipts.key").read_bytes())
        except ReceiptError as error:
            failures.append(error)

    threads = [threading.Thread(target=seal, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(keys)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["receipts.key"]


def _receipt() -> Receipt:
    digest = hashlib.sha256(secrets.token_bytes(8)).hexdigest()
    return make_receipt(
        account="210000000012",
        region="us-east-1",
        service="ce",
        operation="GetTags",
        request_id="none",
        at=world.NOW,
        request_sha256=digest,
        response_sha256=digest,
        source="sample",
    )


@pytest.mark.parametrize(
    "said",
    ["2026-10-01T00:00:00Z", "2026-10-01T23:59:59.120Z", "2026-10-01T00:00:00.123456Z", "2026-10-01T00:00:00.5Z",
     "2026-10-01T00:00:00+02:00", "2026-10-01", "20261001T000000Z", "1760000000", 1760000000.5,
     "Wed, 21 Oct 2026 07:28:00 GMT"],
)  # fmt: skip
def test_a_time_in_an_answer_is_the_one_that_botocore_reads(said: str | float) -> None:
    assert instant(said) == parse_timestamp(said)


@pytest.mark.parametrize("said", ["2026-02-30T00:00:00Z", "2026-10-01T25:00:00Z", "soon"])
def test_what_is_no_time_is_none(said: str) -> None:
    with pytest.raises(ValueError):
        instant(said)
