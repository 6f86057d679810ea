"""Trail: CloudTrail over a whole account, with data events of the ledger's bucket and of AgentCore."""

from __future__ import annotations

from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group, plain_bucket

AGENT_TYPES = (
    "AWS::BedrockAgentCore::Runtime",
    "AWS::BedrockAgentCore::RuntimeEndpoint",
    "AWS::BedrockAgentCore::Gateway",
)
"""Who asked a runtime or the Gateway, by the caller's identity: AWS's record beside our own."""


class AccountTrail(Construct):
    """All management events of all regions, and who touched `ledger_arn` or called AgentCore; signed and encrypted."""

    def __init__(
        self, scope: Construct, id: str, environment: Environment, *, key: kms.IKey, ledger_arn: str, access: s3.IBucket
    ) -> None:
        super().__init__(scope, id)
        bucket = plain_bucket(self, "Logs", expire_days=environment.retention.evidence_days, access=access)
        trail = cloudtrail.Trail(
            self,
            "Trail",
            bucket=bucket,
            enable_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=True,
            encryption_key=key,
            send_to_cloud_watch_logs=True,
            cloud_watch_log_group=log_group(self, "Events", environment, key),
        )
        made = trail.node.default_child
        assert isinstance(made, cloudtrail.CfnTrail)
        made.add_property_deletion_override("EventSelectors")  # a trail has one kind of selectors or the other
        made.advanced_event_selectors = [
            _selector("Management", category="Management"),
            _selector("Ledger", "AWS::S3::Object", f"{ledger_arn}/"),
            *(_selector(f"AgentCore{kind.rpartition(':')[2]}", kind) for kind in AGENT_TYPES),
        ]


def _selector(
    name: str, kind: str | None = None, below: str | None = None, *, category: str = "Data"
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    field = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
    fields = [field(field="eventCategory", equal_to=[category])]
    if kind:
        fields.append(field(field="resources.type", equal_to=[kind]))
    if below:
        fields.append(field(field="resources.ARN", starts_with=[below]))
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(name=name, field_selectors=fields)
