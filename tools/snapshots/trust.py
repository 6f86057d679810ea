"""Snapshots of trust: the reader role in every account asked about, and what outside access was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from tools.calls import Place
from tools.errors import AwsCallError
from tools.snapshots.base import Seen, Survey, snapshot

_AWS_OWNED = "arn:aws:iam::aws:policy/"


@snapshot(
    "reader-roles",
    operations=(
        "iam:GetRole",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
    ),
)
def reader_roles(survey: Survey) -> None:
    """The reader role in each account asked about, with the documents of all its policies."""
    name = survey.where.role
    if not name:
        survey.problems.append("no reader role is configured (setting `reader_role`)")
        return

    everyone = survey.aws.directory.accounts
    wanted: dict[str, Place] = {}

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        role = survey.get(place, "iam:GetRole", RoleName=name)["Role"]
        documents = []
        for inline in survey.list(place, "iam:ListRolePolicies", "PolicyNames", RoleName=name):
            found = survey.get(place, "iam:GetRolePolicy", RoleName=name, PolicyName=inline)
            documents.append(_parsed(found["PolicyDocument"]))
        attached = survey.list(place, "iam:ListAttachedRolePolicies", "AttachedPolicies", RoleName=name)
        arns = [one["PolicyArn"] for one in attached]
        documents += [_managed(survey, place, arn) for arn in arns if not arn.startswith(_AWS_OWNED)]
        role["AssumeRolePolicyDocument"] = _parsed(role["AssumeRolePolicyDocument"])
        data = {**role, "Documents": documents, "AwsManaged": [arn for arn in arns if arn.startswith(_AWS_OWNED)]}
        return [survey.seen(role["Arn"], data, place, regional=False)], 0

    places = survey.aws.places(everyone, survey.aws.regions[:1])
    survey.everywhere(ask, places)
    survey.population = len(everyone)
    at = {place.account.id: place for place in places}
    for item in survey.items:
        for arn in item.data["AwsManaged"]:
            wanted.setdefault(arn, at[item.account])
    # AWS's own policies are the same in every account: each is read once, where it was met first
    texts = {arn: _aws_owned(survey, place, arn) for arn, place in wanted.items()}
    for item in survey.items:
        item.data["Documents"] += [texts[arn] for arn in item.data.pop("AwsManaged") if texts[arn] is not None]


def _managed(survey: Survey, place: Place, arn: str) -> Any:
    default = survey.get(place, "iam:GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = survey.get(place, "iam:GetPolicyVersion", PolicyArn=arn, VersionId=default)
    return _parsed(found["PolicyVersion"]["Document"])


def _aws_owned(survey: Survey, place: Place, arn: str) -> Any:
    try:
        return _managed(survey, place, arn)
    except AwsCallError as error:
        survey.problems.append(f"{error.operation} of {arn}: {error.code}")
        return None


def _parsed(document: Any) -> Any:
    """botocore parses policy documents in most answers; in some they are percent-encoded text."""
    return json.loads(unquote(document)) if isinstance(document, str) else document


@snapshot("analyzers", operations=("accessanalyzer:ListAnalyzers", "accessanalyzer:ListFindingsV2"))
def analyzers(survey: Survey) -> None:
    """Access analyzers and their open findings of external access, by account and region."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.list(place, "accessanalyzer:ListAnalyzers", "analyzers")
        open_ones: list[dict[str, Any]] = []
        for one in found:
            if one["type"] in ("ACCOUNT", "ORGANIZATION"):
                given = {"analyzerArn": one["arn"], "filter": {"status": {"eq": ["ACTIVE"]}}}
                open_ones += survey.list(place, "accessanalyzer:ListFindingsV2", "findings", **given)
        return [survey.seen(place.region, {"analyzers": found, "findings": open_ones}, place)], 0

    survey.everywhere(ask)
    survey.population = len(survey.places)
