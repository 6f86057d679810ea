"""Needs from live AWS: the accounts and declared regions in which Regent itself runs, not the estate asked about.

An item's data holds the members of the responses of its operations side by side, by their names, as the API returns
them (times as ISO 8601 in UTC). What AWS answers with a "not configured" error is a member that is `None`; an access
denied is a problem of the evidence, never a `None`. `Tags` are `{key: value}`.
"""

from __future__ import annotations

from policies.controls.needs.base import need

_LISTED = "the list operation to its last page, against tag:GetResources of that type with our tag; the larger counts"

LOG_GROUPS = need(
    "aws",
    "log-groups",
    "every log group of the home accounts",
    named="logGroupName",
    sources=("logs:DescribeLogGroups",),
    counted="logs:ListLogGroups, to the last page",
    members=("logGroupName", "retentionInDays", "kmsKeyId", "deletionProtectionEnabled"),
)
INVOCATION_LOGGING = need(
    "aws",
    "invocation-logging",
    "Bedrock's model-invocation logging, one item per account and region",
    named="the region",
    sources=("bedrock:GetModelInvocationLoggingConfiguration",),
    counted="accounts x declared regions",
    members=(
        "loggingConfig",
        "loggingConfig.textDataDeliveryEnabled",
        "loggingConfig.s3Config.bucketName",
        "loggingConfig.cloudWatchConfig.logGroupName",
        "loggingConfig.cloudWatchConfig.largeDataDeliveryS3Config.bucketName",
    ),
)
DATA_RETENTION = need(
    "aws",
    "account-data-retention",
    "whether model providers may keep what is sent, one item per account and region",
    named="the region",
    sources=("bedrock:GetAccountDataRetention",),
    counted="accounts x declared regions",
    members=("mode",),
)
GUARDRAILS = need(
    "aws",
    "guardrails",
    "each version of each guardrail that a runtime or our settings name, DRAFT among them if it is named",
    named="guardrailId:version",
    sources=("bedrock:ListGuardrails", "bedrock:GetGuardrail"),
    counted="bedrock:ListGuardrails with guardrailIdentifier: versions that are named and listed",
    members=(
        "guardrailId",
        "version",
        "status",
        "topicPolicy.topics.name",
        "topicPolicy.topics.inputEnabled",
        "topicPolicy.topics.inputAction",
        "contentPolicy.filters.type",
        "contentPolicy.filters.inputStrength",
        "contentPolicy.filters.outputStrength",
        "contentPolicy.filters.inputEnabled",
        "contentPolicy.filters.inputAction",
        "sensitiveInformationPolicy.piiEntities.type",
        "sensitiveInformationPolicy.piiEntities.outputAction",
        "sensitiveInformationPolicy.piiEntities.outputEnabled",
        "sensitiveInformationPolicy.regexes.name",
        "sensitiveInformationPolicy.regexes.outputAction",
        "sensitiveInformationPolicy.regexes.outputEnabled",
    ),
)
INFERENCE_PROFILES = need(
    "aws",
    "inference-profiles",
    "each inference profile that is among our configured models",
    named="inferenceProfileId",
    sources=("bedrock:GetInferenceProfile",),
    counted="configured `bedrock:` models whose id bedrock:ListInferenceProfiles lists",
    members=("inferenceProfileId", "models.modelArn", "status"),
)
FOUNDATION_MODELS = need(
    "aws",
    "foundation-models",
    "each foundation model behind our configured models and their profiles",
    named="modelDetails.modelId",
    sources=("bedrock:GetFoundationModel",),
    counted="distinct model ids in the ARNs of the configured profiles and models",
    members=("modelDetails.modelId", "modelDetails.providerName", "modelDetails.modelLifecycle.status"),
)
RUNTIMES = need(
    "aws",
    "runtimes",
    "each AgentCore runtime of the home accounts",
    named="agentRuntimeName",
    sources=("bedrock-agentcore-control:ListAgentRuntimes", "bedrock-agentcore-control:GetAgentRuntime"),
    counted=_LISTED,
    members=(
        "agentRuntimeId",
        "agentRuntimeName",
        "agentRuntimeVersion",
        "status",
        "networkConfiguration.networkMode",
        "networkConfiguration.networkModeConfig.subnets",
        "agentRuntimeArtifact.containerConfiguration.containerUri",
        "agentRuntimeArtifact.codeConfiguration.code.s3.prefix",
        "authorizerConfiguration.customJWTAuthorizer.discoveryUrl",
        "authorizerConfiguration.customJWTAuthorizer.allowedAudience",
        "authorizerConfiguration.customJWTAuthorizer.allowedClients",
        "requestHeaderConfiguration.requestHeaderAllowlist",
        "metadataConfiguration.requireMMDSV2",
        "lifecycleConfiguration.maxLifetime",
        "environmentVariables",
    ),
)
RUNTIME_ENDPOINTS = need(
    "aws",
    "runtime-endpoints",
    "each endpoint of each runtime",
    named="runtime id/endpoint name",
    sources=(
        "bedrock-agentcore-control:ListAgentRuntimeEndpoints",
        "bedrock-agentcore-control:GetAgentRuntimeEndpoint",
    ),
    counted="bedrock-agentcore-control:ListAgentRuntimeEndpoints for every listed runtime",
    members=("name", "liveVersion", "targetVersion", "status", "agentRuntimeArn"),
)
GATEWAYS = need(
    "aws",
    "gateways",
    "each AgentCore gateway of the home accounts",
    named="name",
    sources=("bedrock-agentcore-control:ListGateways", "bedrock-agentcore-control:GetGateway"),
    counted=_LISTED,
    members=(
        "gatewayId",
        "name",
        "status",
        "authorizerType",
        "authorizerConfiguration.customJWTAuthorizer.allowedAudience",
        "authorizerConfiguration.customJWTAuthorizer.allowedClients",
        "policyEngineConfiguration.arn",
        "policyEngineConfiguration.mode",
        "webAclArn",
        "wafConfiguration.failureMode",
        "kmsKeyArn",
        "exceptionLevel",
    ),
)
GATEWAY_TARGETS = need(
    "aws",
    "gateway-targets",
    "each target of each gateway",
    named="gateway name/target name",
    sources=("bedrock-agentcore-control:ListGatewayTargets", "bedrock-agentcore-control:GetGatewayTarget"),
    counted="bedrock-agentcore-control:ListGatewayTargets for every listed gateway",
    members=("name", "status", "targetConfiguration.mcp.lambda.toolSchema.inlinePayload.name"),
)
POLICY_ENGINES = need(
    "aws",
    "policy-engines",
    "each AgentCore policy engine of the home accounts",
    named="name",
    sources=("bedrock-agentcore-control:ListPolicyEngines", "bedrock-agentcore-control:GetPolicyEngine"),
    counted=_LISTED,
    members=("policyEngineId", "policyEngineArn", "name", "status", "encryptionKeyArn"),
)
GATEWAY_POLICIES = need(
    "aws",
    "gateway-policies",
    "each policy of each policy engine",
    named="engine name/policy name",
    sources=("bedrock-agentcore-control:ListPolicies", "bedrock-agentcore-control:GetPolicy"),
    counted="bedrock-agentcore-control:ListPolicies for every listed engine",
    members=("policyId", "policyEngineId", "name", "status", "enforcementMode", "definition.cedar.statement"),
)
MEMORIES = need(
    "aws",
    "memories",
    "each AgentCore memory; the data is the `memory` member itself",
    named="name",
    sources=("bedrock-agentcore-control:ListMemories", "bedrock-agentcore-control:GetMemory"),
    counted=_LISTED,
    members=(
        "memory.id",
        "memory.name",
        "memory.status",
        "memory.encryptionKeyArn",
        "memory.eventExpiryDuration",
        "memory.strategies.name",
        "memory.strategies.recordExpiryDurationDays",
    ),
)
EVALUATIONS = need(
    "aws",
    "online-evaluations",
    "each online evaluation configuration",
    named="onlineEvaluationConfigName",
    sources=(
        "bedrock-agentcore-control:ListOnlineEvaluationConfigs",
        "bedrock-agentcore-control:GetOnlineEvaluationConfig",
    ),
    counted=_LISTED,
    members=(
        "onlineEvaluationConfigName",
        "status",
        "executionStatus",
        "rule.samplingConfig.samplingPercentage",
        "evaluators.evaluatorId",
    ),
)
BUCKETS = need(
    "aws",
    "buckets",
    "every bucket of the home accounts; `Tags` from GetBucketTagging, `Status` from GetBucketVersioning",
    named="Name",
    sources=(
        "s3:ListBuckets",
        "s3:GetBucketTagging",
        "s3:GetObjectLockConfiguration",
        "s3:GetBucketEncryption",
        "s3:GetPublicAccessBlock",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketVersioning",
    ),
    counted="s3:ListBuckets, to the last page",
    members=(
        "Name",
        "ObjectLockConfiguration.ObjectLockEnabled",
        "ObjectLockConfiguration.Rule.DefaultRetention.Mode",
        "ObjectLockConfiguration.Rule.DefaultRetention.Days",
        "ObjectLockConfiguration.Rule.DefaultRetention.Years",
        "ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault.SSEAlgorithm",
        "ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
        "PublicAccessBlockConfiguration.BlockPublicAcls",
        "PublicAccessBlockConfiguration.IgnorePublicAcls",
        "PublicAccessBlockConfiguration.BlockPublicPolicy",
        "PublicAccessBlockConfiguration.RestrictPublicBuckets",
        "PolicyStatus.IsPublic",
        "Status",
    ),
)
TRAILS = need(
    "aws",
    "trails",
    "each CloudTrail trail that records the home accounts: the trail's description, its status and its selectors",
    named="Name",
    sources=("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"),
    counted="cloudtrail:ListTrails",
    members=(
        "trailList.Name",
        "trailList.IsMultiRegionTrail",
        "trailList.LogFileValidationEnabled",
        "trailList.KmsKeyId",
        "IsLogging",
        "LatestDeliveryError",
        "EventSelectors.DataResources.Type",
        "EventSelectors.DataResources.Values",
        "AdvancedEventSelectors.FieldSelectors.Field",
        "AdvancedEventSelectors.FieldSelectors.Equals",
    ),
)
KEYS = need(
    "aws",
    "kms-keys",
    "each customer-managed KMS key of the home accounts; the data is `KeyMetadata` with `KeyRotationEnabled`",
    named="KeyId",
    sources=("kms:ListKeys", "kms:DescribeKey", "kms:GetKeyRotationStatus"),
    counted="kms:ListAliases: distinct TargetKeyId of aliases outside alias/aws/, and kms:ListKeys; the larger counts",
    members=(
        "KeyMetadata.KeyId",
        "KeyMetadata.KeyState",
        "KeyMetadata.KeyUsage",
        "KeyMetadata.KeySpec",
        "KeyRotationEnabled",
    ),
)
WEB_ACLS = need(
    "aws",
    "web-acls",
    "each regional web ACL, with its logging; the data is `WebACL` with `LoggingConfiguration`",
    named="Name",
    sources=("wafv2:ListWebACLs", "wafv2:GetWebACL", "wafv2:GetLoggingConfiguration"),
    counted=_LISTED,
    members=(
        "WebACL.Name",
        "WebACL.ARN",
        "WebACL.Rules.Name",
        "WebACL.Rules.Action",
        "WebACL.Rules.OverrideAction",
        "LoggingConfiguration.LogDestinationConfigs",
    ),
)
ALARMS = need(
    "aws",
    "alarms",
    "each metric alarm whose name begins with `regent-`",
    named="AlarmName",
    sources=("cloudwatch:DescribeAlarms",),
    counted=_LISTED,
    members=(
        "MetricAlarms.AlarmName",
        "MetricAlarms.ActionsEnabled",
        "MetricAlarms.AlarmActions",
        "MetricAlarms.StateValue",
        "MetricAlarms.TreatMissingData",
    ),
)
ALARM_TOPICS = need(
    "aws",
    "alarm-topics",
    "each SNS topic that is an action of one of these alarms, with all its `Subscriptions`",
    named="the topic's ARN",
    sources=("sns:ListSubscriptionsByTopic",),
    counted="distinct topic ARNs among the actions of cloudwatch:DescribeAlarms",
    members=("Subscriptions.SubscriptionArn", "Subscriptions.Protocol", "Subscriptions.Endpoint"),
)
READER_ROLES = need(
    "aws",
    "reader-roles",
    "the reader role in each account asked about: the role, and all its policies' documents parsed to JSON under"
    " `Documents` (inline and attached, default version); `AssumeRolePolicyDocument` parsed too",
    named="the role's ARN",
    sources=(
        "iam:GetRole",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:GetPolicyVersion",
    ),
    counted="accounts of the estate by organizations:ListAccounts or the accounts file",
    members=("Role.AssumeRolePolicyDocument", "Role.RoleName"),
)
ANALYZERS = need(
    "aws",
    "analyzers",
    "one item per home account and region: `analyzers` there, and `findings` of external access (ACTIVE ones)",
    named="the region",
    sources=("accessanalyzer:ListAnalyzers", "accessanalyzer:ListFindingsV2"),
    counted="accounts x declared regions",
    members=("analyzers.type", "analyzers.status", "findings.resource", "findings.findingType", "findings.status"),
)
