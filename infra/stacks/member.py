"""Member: the reader role of every account that is asked about. Its policy is made from the query declarations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import Stack, Tags
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config import Environment
from tools.catalogue import queries
from tools.iam import Holder, reader_policies

GLOBAL_SERVICES = {
    "budgets": "us-east-1",
    "ce": "us-east-1",
    "cost-optimization-hub": "us-east-1",
    "health": "us-east-2 and us-east-1",
    "iam": "us-east-1",
    "organizations": "us-east-1",
    "savingsplans": "us-east-1",
    "sts": "the region asked, or us-east-1 for the global endpoint",
}
"""Services with a global endpoint, and where it answers from: botocore sends these out of the region, so a region
condition without this list would deny every cost query. What they return is billing, account, identity and health
metadata; no content of the estate."""
ROLE = "RegentReader"


class MemberStack(Stack):
    """The reader role for one account; `holder` says whether it is the payer's, `readers` are who may take it on."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        holder: Holder,
        readers: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        role = iam.Role(
            self,
            "Reader",
            role_name=ROLE,
            description="Regent reads this account; made from its query declarations",
            # by name and not as principals: IAM refuses a trust policy whose principal does not exist yet
            assumed_by=iam.PrincipalWithConditions(
                iam.AccountPrincipal(environment.account),
                {
                    "ArnEquals": {"aws:PrincipalArn": list(readers)},
                    "StringEquals": {
                        "sts:ExternalId": external_id(environment),
                        "aws:PrincipalOrgID": environment.organization,
                    },
                },
            ),
        )
        Tags.of(role).add("regent:purpose", "reader")
        role.assume_role_policy.add_statements(  # type: ignore[union-attr]
            iam.PolicyStatement(
                sid="SessionTags",
                actions=["sts:TagSession"],
                principals=[iam.AccountPrincipal(environment.account)],
                conditions={
                    "ArnEquals": {"aws:PrincipalArn": list(readers)},
                    "StringEquals": {"sts:ExternalId": external_id(environment)},
                },
            )
        )
        for number, document in enumerate(reader_policies(queries(), holder), start=1):
            iam.CfnManagedPolicy(
                self,
                f"Reads{number}",
                policy_document=document,
                roles=[role.role_name],
                description="What Regent's declared queries read, and nothing more",
            )
        iam.CfnManagedPolicy(self, "Bounds", policy_document=bounds(environment, holder), roles=[role.role_name])


def external_id(environment: Environment) -> str:
    """Sent whenever the role is assumed: another party's Regent cannot be talked into reading this account."""
    return f"regent-{environment.name}-{environment.account}"


def bounds(environment: Environment, holder: Holder) -> dict[str, Any]:
    """Explicit denials: nothing but what is declared, and, but for global services, only in the allowed regions."""
    declared = sorted({a for d in reader_policies(queries(), holder) for s in d["Statement"] for a in s["Action"]})
    exempt = sorted(f"{service}:*" for service in GLOBAL_SERVICES)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "NothingElse", "Effect": "Deny", "NotAction": declared, "Resource": "*"},
            {
                "Sid": "NowhereElse",
                "Effect": "Deny",
                "NotAction": exempt,
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": sorted(environment.regions)}},
            },
        ],
    }


def stack_set_template(environment: Environment, readers: Sequence[str]) -> str:
    """The member role as one template for a StackSet over the organisation, as JSON text."""
    from aws_cdk import App, LegacyStackSynthesizer
    from aws_cdk.assertions import Template

    stack = MemberStack(App(), "Member", environment, "member", readers, synthesizer=LegacyStackSynthesizer())
    return json.dumps(Template.from_stack(stack).to_json(), separators=(",", ":"), sort_keys=True)
