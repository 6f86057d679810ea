"""Applying: a function that applies by API what CloudFormation has no property for, with exactly the rights for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import Environment
from infra.constructs.functions import function, packaged


class Applying(Construct):
    """The function of one stack; `setting` makes a resource of each thing that it applies. See `infra.applied`."""

    def __init__(self, scope: Construct, id: str, environment: Environment, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self._function = function(
            self,
            id,
            environment,
            says="Regent applies by API what CloudFormation has no property for",
            handler="infra.applied.handler",
            code=packaged(self),
            key=key,
            seconds=600,
            memory=512,
            at_once=2,
            variables={},
        )

    def setting(
        self, id: str, setting: str, statements: Sequence[iam.PolicyStatement], **properties: Any
    ) -> CustomResource:
        """Apply `setting` with these properties; `statements` are what the function needs for it."""
        for statement in statements:
            self._function.add_to_role_policy(statement)
        made = CustomResource(
            self,
            id,
            service_token=self._function.function_arn,
            resource_type="Custom::RegentSetting",
            service_timeout=Duration.minutes(11),
            removal_policy=RemovalPolicy.RETAIN,
            properties={"Setting": setting, **properties},
        )
        made.node.add_dependency(self._function)
        return made
