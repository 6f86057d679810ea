"""What is left of a trial: an older deployment in another region, made by hand, that nobody took down.

The planted faults of the home accounts, for controls to find: its gateway's policy engine only logs, it has no
firewall, and AWS Lambda made its log group, so that nothing in it ever expires. What is well set is a near-miss.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tools.estate.inventory.base import digest, uuid
from tools.estate.inventory.deployed import Resource
from tools.estate.world import BY_NAME

REGION = "eu-central-1"
_ACCOUNT = BY_NAME["shared-services"].id
_AT = datetime(2026, 7, 6, 9, 12, tzinfo=UTC)
_CORE = f"arn:aws:bedrock-agentcore:{REGION}:{_ACCOUNT}"
_KEY = uuid("kms", "shared-services", REGION, "regent-trial")
KEY_ARN = f"arn:aws:kms:{REGION}:{_ACCOUNT}:key/{_KEY}"
_TAGS = [{"Key": "regent:environment", "Value": "trial"}]


def _id(name: str) -> str:
    return f"{name}-{digest('trial', name)[:10]}"


_ENGINE, _GATEWAY = _id("RegentTrialPolicies"), _id("regent-trial")
GATEWAY, LOG_GROUP = "regent-trial", "/aws/lambda/RegentTrialQueries"
_TOOLS = ("account_list", "spend")
_CEDAR = (
    "permit (\n  principal is AgentCore::OAuthUser,\n  action in\n    ["
    + ",\n     ".join(f'AgentCore::Action::"regent___{tool}"' for tool in _TOOLS)
    + f'],\n  resource == AgentCore::Gateway::"{_CORE}:gateway/{_GATEWAY}"\n);'
)
_SCHEMA = [
    {"Name": "account_list", "Description": "The AWS accounts in sight.", "InputSchema": {"Type": "object"}},
    {"Name": "spend", "Description": "What was spent in a period.", "InputSchema": {"Type": "object"}},
]


def _made(kind: str, id: str, attributes: dict[str, str], properties: dict[str, object]) -> Resource:
    return Resource(_ACCOUNT, REGION, kind, id, attributes, {**properties, "Tags": _TAGS}, _AT)


TRIAL: tuple[Resource, ...] = (
    _made(
        "KMS::Key",
        _KEY,
        {"Arn": KEY_ARN, "KeyId": _KEY},
        {"Description": "Regent trial: the Gateway and its policies", "EnableKeyRotation": True},
    ),
    _made(
        "BedrockAgentCore::PolicyEngine",
        _ENGINE,
        {"PolicyEngineId": _ENGINE, "PolicyEngineArn": f"{_CORE}:policy-engine/{_ENGINE}"},
        {"Name": "RegentTrialPolicies", "Description": "Trial", "EncryptionKeyArn": KEY_ARN},
    ),
    _made(
        "BedrockAgentCore::Policy",
        _id("permit_tools"),
        {"PolicyId": _id("permit_tools")},
        {
            "Name": "permit_tools",
            "PolicyEngineId": _ENGINE,
            "Description": "Trial",
            "EnforcementMode": "ACTIVE",
            "Definition": {"Cedar": {"Statement": _CEDAR}},
        },
    ),
    _made(
        "BedrockAgentCore::Gateway",
        _GATEWAY,
        {
            "GatewayIdentifier": _GATEWAY,
            "GatewayArn": f"{_CORE}:gateway/{_GATEWAY}",
            "GatewayUrl": f"https://{_GATEWAY}.gateway.bedrock-agentcore.{REGION}.amazonaws.com/mcp",
        },
        {
            "Name": GATEWAY,
            "Description": "Trial of the Gateway",
            "RoleArn": f"arn:aws:iam::{_ACCOUNT}:role/RegentTrialGateway",
            "ProtocolType": "MCP",
            "ProtocolConfiguration": {"Mcp": {"SupportedVersions": ["2025-03-26"]}},
            "AuthorizerType": "CUSTOM_JWT",
            "AuthorizerConfiguration": {
                "CustomJWTAuthorizer": {
                    "DiscoveryUrl": "https://login.example.com/.well-known/openid-configuration",
                    "AllowedAudience": ["regent"],
                }
            },
            "PolicyEngineConfiguration": {"Arn": f"{_CORE}:policy-engine/{_ENGINE}", "Mode": "LOG_ONLY"},
            "KmsKeyArn": KEY_ARN,
        },
    ),
    _made(
        "BedrockAgentCore::GatewayTarget",
        digest("trial", "target")[:10].upper(),
        {"TargetId": digest("trial", "target")[:10].upper()},
        {
            "Name": "regent",
            "Description": "Queries, trial",
            "GatewayIdentifier": _GATEWAY,
            "CredentialProviderConfigurations": [{"CredentialProviderType": "GATEWAY_IAM_ROLE"}],
            "TargetConfiguration": {
                "Mcp": {
                    "Lambda": {
                        "LambdaArn": f"arn:aws:lambda:{REGION}:{_ACCOUNT}:function:RegentTrialQueries",
                        "ToolSchema": {"InlinePayload": _SCHEMA},
                    }
                }
            },
        },
    ),
    _made(
        "Logs::LogGroup",
        LOG_GROUP,
        {"Arn": f"arn:aws:logs:{REGION}:{_ACCOUNT}:log-group:{LOG_GROUP}:*"},
        {"LogGroupName": LOG_GROUP},
    ),
)
