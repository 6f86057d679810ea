"""IAM: which permission each declared operation needs, and the reader role's least-privilege policy made from it.

The table in `tools.iam_table` is the only place that turns `service:Operation` (botocore's names) into IAM actions.
Nothing is guessed: an operation that is not in it is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from tools.errors import RegentError
from tools.iam_table import OTHER_NAME, SAME_NAME
from tools.registry import Query

LIMIT = 6144
"""Characters a managed policy may have; IAM does not count white space."""
Holder = Literal["payer", "member", "any"]
"""Whose role: the payer account's (billing queries and the directory), any other account's, or one that does both."""

_READS = re.compile(r"(?:Get|List|Describe|Lookup|Filter|Search|BatchGet|View|Select)[A-Z]\w*")
_READS_BY_ANOTHER_NAME = frozenset(
    {
        # They make a report about IAM and change nothing; AWS classes them as Read.
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "logs:StartQuery",
    }
)
_NEVER = frozenset(
    {
        # Reads by name that hand out secrets, credentials, code or the company's own data.
        "dynamodb:GetItem",
        "ec2:GetConsoleOutput",
        "ec2:GetPasswordData",
        "ecr:GetAuthorizationToken",
        "kms:GetParametersForImport",
        "lambda:GetFunction",
        "lambda:GetLayerVersion",
        "rds:DownloadDBLogFilePortion",
        "redshift:GetClusterCredentials",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "sts:GetFederationToken",
        "sts:GetSessionToken",
    }
)

DIRECTORY = (
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
)
"""What reading the account directory asks of the payer account, whatever queries there are."""


_PAYER_SERVICES = ("budgets", "ce", "cost-optimization-hub", "organizations")
"""Services that are only ever asked in the payer account, whatever the reach of the query that does."""


class UnmappedOperationError(RegentError):
    """An operation whose IAM action is not known here; nothing was guessed."""


def _table() -> dict[str, tuple[str, ...]]:
    same = {
        f"{service}:{operation}": (f"{prefix}:{operation}",)
        for service, (prefix, operations) in SAME_NAME.items()
        for operation in operations.split()
    }
    return same | OTHER_NAME


_TABLE = _table()
_ADDED: dict[str, tuple[str, ...]] = {}


def is_read(action: str) -> bool:
    """Whether an IAM action only reads, by its verb, and gives out no secret, credential, code or stored data."""
    if action in _NEVER or "*" in action:
        return False
    return action in _READS_BY_ANOTHER_NAME or bool(_READS.fullmatch(action.partition(":")[2]))


def known_operations() -> frozenset[str]:
    """Every operation that the table maps."""
    return frozenset(_TABLE) | frozenset(_ADDED)


def actions(operation: str) -> tuple[str, ...]:
    """The IAM actions that one `service:Operation` (botocore's service name) needs.

    Raises:
        UnmappedOperationError: it is not in the table.
    """
    found = _TABLE.get(operation) or _ADDED.get(operation)
    if found is None:
        raise UnmappedOperationError(
            f"No IAM action is known for {operation!r}. Add it to tools/iam_table.py, or call "
            "tools.iam.declare_actions from the package that declares the query."
        )
    return found


def declare_actions(operation: str, needed: Sequence[str]) -> None:
    """Add the IAM actions of an operation that a company's own query declares.

    Raises:
        RegentError: an action is not a plain read, or the operation is mapped otherwise already.
    """
    refused = [action for action in needed if not is_read(action)]
    if refused or not needed:
        said = f"{refused[0]!r} does not only read" if refused else "no action was given"
        raise RegentError(f"The actions of {operation!r} were refused: {said}. Regent's role only reads.")
    held = _TABLE.get(operation) or _ADDED.get(operation)
    if held is not None and held != tuple(needed):
        raise RegentError(f"{operation!r} is mapped to {', '.join(held)} already; it cannot be changed.")
    _ADDED[operation] = tuple(needed)


def reader_policy(queries: Mapping[str, Query] | Iterable[Query], holder: Holder = "any") -> dict[str, Any]:
    """The least-privilege policy document of the reader role: what the declared operations need, and nothing more.

    One statement for each domain and reach, so that a reader sees why each action is there.

    Raises:
        UnmappedOperationError: a declared operation is not in the table.
        RegentError: it does not fit into one managed policy (use `reader_policies`), or there is nothing to allow.
    """
    documents = reader_policies(queries, holder)
    if not documents:
        raise RegentError("No query given declares an AWS operation for this role, so there is no policy to write.")
    if len(documents) > 1:
        raise RegentError(
            f"The reader policy needs {len(documents)} managed policies of {LIMIT} characters; attach all documents "
            "of `reader_policies` to the role."
        )
    return documents[0]


def reader_policies(
    queries: Mapping[str, Query] | Iterable[Query], holder: Holder = "any"
) -> tuple[dict[str, Any], ...]:
    """The same, split into documents that fit the limit; attach every one of them. None if nothing is declared.

    Raises:
        UnmappedOperationError: a declared operation is not in the table.
    """
    given = queries.values() if isinstance(queries, Mapping) else queries
    needed: dict[str, set[str]] = {}
    if holder != "member":
        needed["RegentAccountDirectory"] = {action for operation in DIRECTORY for action in actions(operation)}
    for query in given:
        operations = query.operations
        if holder == "member":
            payer = query.reach == "payer"
            operations = frozenset(o for o in operations if not payer and o.partition(":")[0] not in _PAYER_SERVICES)
        if operations:
            sid = f"Regent{_pascal(query.domain)}{'Payer' if query.reach == 'payer' else 'Accounts'}"
            needed.setdefault(sid, set()).update(action for operation in operations for action in actions(operation))
    statements = [_statement(sid, wanted) for sid, wanted in sorted(needed.items())]
    return tuple(_document(part) for part in _packed([piece for s in statements for piece in _halved(s)]))


def size(document: dict[str, Any]) -> int:
    """Characters of a policy document as IAM counts them: without white space."""
    return len(re.sub(r"\s", "", json.dumps(document)))


def _pascal(domain: str) -> str:
    """A domain as part of a Sid, which takes letters and digits only."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", domain))


def _statement(sid: str, wanted: Iterable[str]) -> dict[str, Any]:
    # The actions are mostly lists over whole accounts, which IAM cannot narrow to resources.
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(wanted), "Resource": "*"}


def _document(statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _halved(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The statement, or as many numbered parts of it as make each fit into a policy of its own."""
    parts = 1
    while True:
        wanted: list[str] = statement["Action"]
        step = -(-len(wanted) // parts)
        cut = [wanted[first : first + step] for first in range(0, len(wanted), step)]
        made = [
            {**statement, "Sid": statement["Sid"] + (str(number) if parts > 1 else ""), "Action": part}
            for number, part in enumerate(cut, start=1)
        ]
        if all(size(_document([piece])) <= LIMIT for piece in made):
            return made
        parts += 1


def _packed(statements: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Statements in order, in as few documents as that order allows."""
    documents: list[list[dict[str, Any]]] = []
    for statement in statements:
        if not documents or size(_document([*documents[-1], statement])) > LIMIT:
            documents.append([])
        documents[-1].append(statement)
    return documents
