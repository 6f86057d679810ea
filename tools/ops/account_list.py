"""Account list: the accounts in the asker's sight, with their organisation tags."""

from __future__ import annotations

from tools.accounts import Account
from tools.calls import Aws
from tools.errors import AwsCallError
from tools.facts import Facts
from tools.ops.common import clean, of_account, scope_of
from tools.periods import instant
from tools.registry import query

_TAGS = ("env", "venue", "team")
_MOST = 25
"""Rows; an organisation of hundreds does not fit into an answer."""


@query(
    domain="ops",
    operations=("organizations:ListAccounts", "organizations:ListTagsForResource", "sts:GetCallerIdentity"),
    reach="payer",
)
def account_list(aws: Aws) -> Facts:
    """The AWS accounts in sight: how many, their names, ids, and env, venue and team tags."""
    accounts = aws.directory.accounts
    scope = scope_of(aws, accounts)
    states, behind = _states(aws)
    facts = Facts(
        read_as=f"accounts in sight, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Account", "Id", "Env", "Venue", "Team", "Status"),
    )
    facts.fact("accounts", len(accounts), "accounts", receipts=behind, headline=True)
    accounts = accounts[:_MOST]
    tagged = dict(aws.each_account(accounts, lambda account: _tags(aws, account, behind)))
    values = {key: sorted({tags[key] for tags, _ in tagged.values() if key in tags}) for key in _TAGS}
    for key in ("venue", "team"):
        if values[key] and len(accounts) == len(aws.directory.accounts):
            every = [receipt for _, receipts in tagged.values() for receipt in receipts]
            facts.fact(f"{key}s named on accounts", len(values[key]), f"{key}s", receipts=every)
    for account in accounts:
        tags, receipts = tagged.get(account, ({}, ()))
        scope, behind_row = of_account(account), (*behind, *receipts)
        facts.row(
            facts.fact("account name", account.name, "name", receipts=behind_row, scope=scope),
            facts.fact(f"account number of {account.name}", account.id, "account", receipts=behind, scope=scope),
            *(clean(tags.get(key, ""), 40) for key in _TAGS),
            states.get(account.id, "ACTIVE").lower(),
        )
    left = len(aws.directory.accounts) - len(accounts)
    if left:
        facts.rest("accounts", left, "accounts", receipts=behind)
    return facts


def _states(aws: Aws) -> tuple[dict[str, str], tuple[str, ...]]:
    """Status by account id; without an organisation, the proof is who the caller is."""
    try:
        found = aws.items(aws.directory.payer, "organizations:ListAccounts", "Accounts")
    except AwsCallError as error:
        if len(aws.directory.accounts) > 1:
            raise
        own = aws.call(aws.directory.payer, "sts:GetCallerIdentity")
        aws.incomplete.append(f"the organisation could not be read ({error.code}); only the caller's account is known")
        return {own.data["Account"]: "ACTIVE"}, (*own.receipts, *error.receipts)
    return {entry["Id"]: entry.get("Status", "ACTIVE") for entry in found.items}, found.receipts


def _tags(aws: Aws, account: Account, behind: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    try:
        found = aws.items(aws.directory.payer, "organizations:ListTagsForResource", "Tags", ResourceId=account.id)
    except AwsCallError as error:
        if error.code != "AWSOrganizationsNotInUseException":
            raise
        return {}, (*behind, *error.receipts)
    return {tag["Key"]: tag["Value"] for tag in found.items}, found.receipts
