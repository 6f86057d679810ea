"""Guardrails: the Bedrock guardrail, made from the one definition, in a version that nobody can edit."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import Environment
from policies.guardrails.definition import load
from policies.guardrails.template import guardrail_properties


class GuardrailsStack(Stack):
    """A guardrail and its version. A changed definition makes a new version; DRAFT is never attached to anything."""

    def __init__(self, scope: Construct, id: str, environment: Environment, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        key = kms.Key(
            self,
            "Key",
            description="Regent: the guardrail's definition",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        definition = load()
        self.profile = definition.cross_region_profile
        guardrail = CfnResource(
            self,
            "Guardrail",
            type="AWS::Bedrock::Guardrail",
            properties={**guardrail_properties(definition), "KmsKeyArn": key.key_arn},
        )
        self.guardrail_id = guardrail.get_att("GuardrailId").to_string()
        self.guardrail_arn = guardrail.get_att("GuardrailArn").to_string()
        # the definition's hash is in the logical id: a version is a snapshot and cannot be updated, only made anew
        version = bedrock.CfnGuardrailVersion(
            self,
            f"Version{definition.version}",
            guardrail_identifier=self.guardrail_id,
            description=f"definition {definition.version}",
        )
        self.guardrail_version = version.attr_version
        if environment.enforce_guardrail_in_account:
            bedrock.CfnEnforcedGuardrailConfiguration(
                self,
                "Enforced",
                guardrail_identifier=self.guardrail_id,
                guardrail_version=self.guardrail_version,
            )
        CfnOutput(self, "GuardrailId", value=self.guardrail_id)
        CfnOutput(self, "GuardrailVersion", value=self.guardrail_version)
