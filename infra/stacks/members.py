"""Members: the reader role in every account of the organisation's units, by a StackSet (service-managed permissions).

New accounts of those units get the role by themselves, accounts that leave lose it. The account in which Regent runs
and the payer's are left out: they have stacks of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import CfnStackSet, Stack
from constructs import Construct

from infra.config import Environment, Organization
from infra.stacks.member import stack_set_template

MOST_BYTES = 51_200
"""What CloudFormation takes of a template that is given as text."""


class MembersStack(Stack):
    """The StackSet; deployed from the management account, or from one that is delegated for it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        organization: Organization,
        readers: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        template = stack_set_template(environment, readers)
        assert len(template.encode()) <= MOST_BYTES, "the template of the reader role must be given as a file"
        CfnStackSet(
            self,
            "Members",
            stack_set_name=f"{environment.prefix}Members",
            description="Regent: the reader role of an account that is asked about",
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN" if organization.delegated else "SELF",
            capabilities=["CAPABILITY_NAMED_IAM"],
            auto_deployment=CfnStackSet.AutoDeploymentProperty(enabled=True, retain_stacks_on_account_removal=False),
            managed_execution={"Active": True},
            operation_preferences=CfnStackSet.OperationPreferencesProperty(
                failure_tolerance_percentage=10, max_concurrent_percentage=25
            ),
            stack_instances_group=[
                CfnStackSet.StackInstancesProperty(
                    deployment_targets=CfnStackSet.DeploymentTargetsProperty(
                        organizational_unit_ids=list(organization.units),
                        account_filter_type="DIFFERENCE",
                        accounts=sorted({environment.account, environment.payer_account}),
                    ),
                    regions=[environment.region],  # roles are global: one region is enough
                )
            ],
            template_body=template,
        )
