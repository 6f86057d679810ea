"""Presence: whether a resource is there, asked of the service that has it and not of CloudFormation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.site import Site

Probe = Callable[[Any, str], Any]
_GONE = ("NotFound", "NoSuch", "NonExistent", "404", "ResourceNotFoundException", "ParameterNotFound", "does not exist")
PROBES: dict[str, tuple[str, Probe]] = {
    "AWS::ApiGateway::RestApi": ("apigateway", lambda c, name: c.get_rest_api(restApiId=name)),
    "AWS::Bedrock::Guardrail": (
        "bedrock",
        lambda c, name: c.get_guardrail(guardrailIdentifier=name.rsplit("/", 1)[-1]),
    ),
    "AWS::BedrockAgentCore::Memory": (
        "bedrock-agentcore-control",
        lambda c, name: c.get_memory(memoryId=name.rsplit("/", 1)[-1]),
    ),
    "AWS::BedrockAgentCore::Runtime": (
        "bedrock-agentcore-control",
        lambda c, name: c.get_agent_runtime(agentRuntimeId=name),
    ),
    "AWS::CloudTrail::Trail": ("cloudtrail", lambda c, name: c.get_trail(Name=name)),
    "AWS::CloudWatch::Alarm": ("cloudwatch", lambda c, name: c.describe_alarms(AlarmNames=[name])["MetricAlarms"]),
    "AWS::DynamoDB::Table": ("dynamodb", lambda c, name: c.describe_table(TableName=name)),
    "AWS::EC2::VPC": ("ec2", lambda c, name: c.describe_vpcs(VpcIds=[name])["Vpcs"]),
    "AWS::Events::Rule": ("events", lambda c, name: c.describe_rule(Name=name.rsplit("/", 1)[-1])),
    "AWS::IAM::ManagedPolicy": ("iam", lambda c, name: c.get_policy(PolicyArn=name)),
    "AWS::IAM::Role": ("iam", lambda c, name: c.get_role(RoleName=name)),
    "AWS::KMS::Key": ("kms", lambda c, name: c.describe_key(KeyId=name)["KeyMetadata"]["KeyState"] == "Enabled"),
    "AWS::Lambda::Function": ("lambda", lambda c, name: c.get_function(FunctionName=name)),
    "AWS::Logs::LogGroup": (
        "logs",
        lambda c, name: [
            one for one in c.describe_log_groups(logGroupNamePrefix=name)["logGroups"] if one["logGroupName"] == name
        ],
    ),
    "AWS::S3::Bucket": ("s3", lambda c, name: c.head_bucket(Bucket=name)),
    "AWS::SNS::Topic": ("sns", lambda c, name: c.get_topic_attributes(TopicArn=name)),
    "AWS::SQS::Queue": ("sqs", lambda c, name: c.get_queue_attributes(QueueUrl=name)),
    "AWS::SSM::Parameter": ("ssm", lambda c, name: c.get_parameter(Name=name)),
    "AWS::SecretsManager::Secret": ("secretsmanager", lambda c, name: c.describe_secret(SecretId=name)),
    "AWS::WAFv2::WebACL": ("wafv2", lambda c, name: _firewall(c, name)),
}
"""How each type is looked for: a service, and a call whose answer is false, or refused as unknown, when it is gone."""


def there(site: Site, kind: str, account: str, name: str) -> bool | None:
    """Whether it is there; None for a type that nobody can be asked about here."""
    if kind not in PROBES:
        return None
    service, probe = PROBES[kind]
    try:
        return bool(probe(site.client(service, account), name))
    except ClientError as error:
        said = f"{error.response['Error']['Code']} {error.response['Error'].get('Message', '')}"
        if any(word in said for word in _GONE):
            return False
        raise


def _firewall(client: Any, name: str) -> bool:
    identifier = name.split("|")[1] if "|" in name else name
    return any(identifier in (one["Id"], one["ARN"]) for one in client.list_web_acls(Scope="REGIONAL")["WebACLs"])
