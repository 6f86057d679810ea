"""What CloudFormation calls to make, read, change and remove each type of resource that Regent's templates have."""

from __future__ import annotations


def _of(service: str, names: str) -> tuple[str, ...]:
    return tuple(f"{service}:{name}" for name in names.split())


_KEY = _of("kms", "DescribeKey CreateGrant")
_LOG_DELIVERY = _of(
    "logs", "CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries "
    "PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
)  # fmt: skip
_INLINE = _of("iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy")
_API = _of("apigateway", "GET POST PUT PATCH DELETE TagResource")
_GATEWAY = "bedrock-agentcore"

ACTIONS: dict[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Account": (*_API, *_of("iam", "PassRole")),
    "AWS::ApiGateway::Deployment": _API,
    "AWS::ApiGateway::Method": _API,
    "AWS::ApiGateway::Resource": _API,
    "AWS::ApiGateway::RestApi": _API,
    "AWS::ApiGateway::Stage": (*_API, *_LOG_DELIVERY),
    "AWS::Bedrock::EnforcedGuardrailConfiguration": _of(
        "bedrock", "PutEnforcedGuardrailConfiguration ListEnforcedGuardrailsConfiguration "
        "DeleteEnforcedGuardrailConfiguration",
    ),
    "AWS::Bedrock::Guardrail": (
        *_of("bedrock", "CreateGuardrail GetGuardrail UpdateGuardrail DeleteGuardrail ListTagsForResource TagResource "
             "UntagResource"),
        *_KEY, *_of("kms", "Decrypt GenerateDataKey"),
    ),
    "AWS::Bedrock::GuardrailVersion": _of("bedrock", "CreateGuardrailVersion GetGuardrail DeleteGuardrail"),
    "AWS::BedrockAgentCore::Gateway": (
        *_of(_GATEWAY, "CreateGateway GetGateway UpdateGateway DeleteGateway TagResource UntagResource "
             "ListTagsForResource CreateWorkloadIdentity GetWorkloadIdentity DeleteWorkloadIdentity "
             "ManageResourceScopedPolicy"),
        *_KEY, *_of("iam", "PassRole"),
    ),
    "AWS::BedrockAgentCore::GatewayTarget": _of(
        _GATEWAY, "CreateGatewayTarget GetGatewayTarget UpdateGatewayTarget DeleteGatewayTarget "
        "SynchronizeGatewayTargets",
    ),
    "AWS::BedrockAgentCore::Memory": (
        *_of(_GATEWAY, "CreateMemory GetMemory UpdateMemory DeleteMemory TagResource UntagResource "
             "ListTagsForResource"),
        *_KEY, *_of("iam", "PassRole"),
    ),
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": (
        *_of(_GATEWAY, "CreateOnlineEvaluationConfig GetOnlineEvaluationConfig UpdateOnlineEvaluationConfig "
             "DeleteOnlineEvaluationConfig TagResource UntagResource ListTagsForResource"),
        *_of("iam", "PassRole"), *_of("logs", "DescribeLogGroups DescribeIndexPolicies PutIndexPolicy"),
    ),
    "AWS::BedrockAgentCore::Policy": _of(
        _GATEWAY, "CreatePolicy GetPolicy UpdatePolicy DeletePolicy ManageResourceScopedPolicy ManageAdminPolicy"
    ),
    "AWS::BedrockAgentCore::PolicyEngine": (
        *_of(_GATEWAY, "CreatePolicyEngine GetPolicyEngine UpdatePolicyEngine DeletePolicyEngine TagResource "
             "UntagResource ListTagsForResource"),
        *_KEY,
    ),
    "AWS::BedrockAgentCore::Runtime": (
        *_of(_GATEWAY, "CreateAgentRuntime GetAgentRuntime UpdateAgentRuntime DeleteAgentRuntime TagResource "
             "UntagResource ListTagsForResource CreateWorkloadIdentity GetWorkloadIdentity DeleteWorkloadIdentity"),
        *_of("iam", "PassRole"), *_of("ec2", "DescribeVpcs DescribeSubnets DescribeSecurityGroups"),
    ),
    "AWS::BedrockAgentCore::RuntimeEndpoint": _of(
        _GATEWAY, "CreateAgentRuntimeEndpoint GetAgentRuntimeEndpoint UpdateAgentRuntimeEndpoint "
        "DeleteAgentRuntimeEndpoint TagResource UntagResource ListTagsForResource",
    ),
    "AWS::CDK::Metadata": (),
    "AWS::CloudFormation::StackSet": (
        *_of("cloudformation", "CreateStackSet DescribeStackSet UpdateStackSet DeleteStackSet CreateStackInstances "
             "UpdateStackInstances DeleteStackInstances ListStackInstances DescribeStackInstance "
             "DescribeStackSetOperation ListStackSetOperations GetTemplateSummary TagResource UntagResource"),
        *_of("organizations", "ListDelegatedAdministrators DescribeOrganization"),
    ),
    "AWS::CloudTrail::Trail": (
        *_of("cloudtrail", "CreateTrail GetTrail UpdateTrail DeleteTrail StartLogging StopLogging GetTrailStatus "
             "PutEventSelectors GetEventSelectors GetInsightSelectors AddTags RemoveTags ListTags"),
        *_of("iam", "PassRole"), *_KEY,
    ),
    "AWS::CloudWatch::Alarm": _of(
        "cloudwatch", "PutMetricAlarm DescribeAlarms DeleteAlarms TagResource UntagResource ListTagsForResource"
    ),
    "AWS::CloudWatch::Dashboard": _of("cloudwatch", "PutDashboard GetDashboard DeleteDashboards"),
    "AWS::DynamoDB::Table": (
        *_of("dynamodb", "CreateTable DescribeTable UpdateTable DescribeContinuousBackups UpdateContinuousBackups "
             "DescribeTimeToLive UpdateTimeToLive TagResource UntagResource ListTagsOfResource "
             "DescribeKinesisStreamingDestination DescribeContributorInsights GetResourcePolicy"),
        *_KEY,
    ),
    "AWS::EC2::FlowLog": (
        *_of("ec2", "CreateFlowLogs DescribeFlowLogs DeleteFlowLogs CreateTags DeleteTags"),
        *_LOG_DELIVERY, *_of("iam", "PassRole"),
    ),
    "AWS::EC2::RouteTable": _of("ec2", "CreateRouteTable DescribeRouteTables DeleteRouteTable CreateTags DeleteTags"),
    "AWS::EC2::SecurityGroup": _of(
        "ec2", "CreateSecurityGroup DescribeSecurityGroups DeleteSecurityGroup AuthorizeSecurityGroupEgress "
        "RevokeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress CreateTags DeleteTags",
    ),
    "AWS::EC2::SecurityGroupIngress": _of(
        "ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsIngress "
        "DescribeSecurityGroupRules",
    ),
    "AWS::EC2::Subnet": _of(
        "ec2", "CreateSubnet DescribeSubnets ModifySubnetAttribute DeleteSubnet DescribeAvailabilityZones CreateTags "
        "DeleteTags DescribeNetworkAcls",
    ),
    "AWS::EC2::SubnetRouteTableAssociation": _of(
        "ec2", "AssociateRouteTable DisassociateRouteTable DescribeRouteTables"
    ),
    "AWS::EC2::VPC": _of(
        "ec2", "CreateVpc DescribeVpcs ModifyVpcAttribute DescribeVpcAttribute DeleteVpc CreateTags DeleteTags"
    ),
    "AWS::EC2::VPCEndpoint": (
        *_of("ec2", "CreateVpcEndpoint DescribeVpcEndpoints ModifyVpcEndpoint DeleteVpcEndpoints "
             "DescribeVpcEndpointServices CreateTags DeleteTags"),
        *_of("route53", "AssociateVPCWithHostedZone DisassociateVPCFromHostedZone"),
    ),
    "AWS::Events::Rule": _of(
        "events", "PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule TagResource "
        "UntagResource ListTagsForResource",
    ),
    "AWS::IAM::ManagedPolicy": _of(
        "iam", "CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions CreatePolicyVersion DeletePolicyVersion "
        "DeletePolicy ListEntitiesForPolicy AttachRolePolicy DetachRolePolicy",
    ),
    "AWS::IAM::Policy": _INLINE,
    "AWS::IAM::Role": (
        *_of("iam", "CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole TagRole "
             "UntagRole ListRolePolicies ListAttachedRolePolicies AttachRolePolicy DetachRolePolicy"),
        *_INLINE,
    ),
    "AWS::KMS::Key": _of(
        "kms", "CreateKey DescribeKey PutKeyPolicy GetKeyPolicy EnableKeyRotation GetKeyRotationStatus "
        "UpdateKeyDescription TagResource UntagResource ListResourceTags",
    ),
    "AWS::Lambda::EventSourceMapping": _of(
        "lambda", "CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping "
        "TagResource UntagResource ListTags",
    ),
    "AWS::Lambda::Function": (
        *_of("lambda", "CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode "
             "UpdateFunctionConfiguration DeleteFunction PutFunctionConcurrency DeleteFunctionConcurrency "
             "GetFunctionCodeSigningConfig GetRuntimeManagementConfig TagResource UntagResource ListTags "
             "InvokeFunction"),
        *_of("iam", "PassRole"), *_KEY, *_of("kms", "Encrypt Decrypt GenerateDataKey"),
    ),
    "AWS::Lambda::Permission": _of("lambda", "AddPermission RemovePermission GetPolicy"),
    "AWS::Logs::LogGroup": _of(
        "logs", "CreateLogGroup DescribeLogGroups PutRetentionPolicy AssociateKmsKey TagResource UntagResource "
        "ListTagsForResource GetDataProtectionPolicy DescribeIndexPolicies",
    ),
    "AWS::Logs::MetricFilter": _of("logs", "PutMetricFilter DescribeMetricFilters DeleteMetricFilter"),
    "AWS::Logs::ResourcePolicy": _of("logs", "PutResourcePolicy DescribeResourcePolicies DeleteResourcePolicy"),
    "AWS::S3::Bucket": _of(
        "s3", "CreateBucket ListBucket PutBucketTagging GetBucketTagging PutEncryptionConfiguration "
        "GetEncryptionConfiguration PutBucketVersioning GetBucketVersioning PutBucketPublicAccessBlock "
        "GetBucketPublicAccessBlock PutBucketOwnershipControls GetBucketOwnershipControls PutBucketLogging "
        "GetBucketLogging PutLifecycleConfiguration GetLifecycleConfiguration PutBucketObjectLockConfiguration "
        "GetBucketObjectLockConfiguration PutBucketAcl GetBucketAcl",
    ),
    "AWS::S3::BucketPolicy": _of("s3", "PutBucketPolicy GetBucketPolicy DeleteBucketPolicy"),
    "AWS::SNS::Subscription": _of("sns", "Subscribe Unsubscribe GetSubscriptionAttributes"),
    "AWS::SNS::Topic": _of(
        "sns", "CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic TagResource UntagResource "
        "ListTagsForResource ListSubscriptionsByTopic GetDataProtectionPolicy",
    ),
    "AWS::SNS::TopicPolicy": _of("sns", "GetTopicAttributes SetTopicAttributes"),
    "AWS::SQS::Queue": _of(
        "sqs", "CreateQueue GetQueueUrl GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue UntagQueue "
        "ListQueueTags",
    ),
    "AWS::SQS::QueuePolicy": _of("sqs", "GetQueueAttributes SetQueueAttributes"),
    "AWS::SSM::Parameter": _of(
        "ssm", "PutParameter GetParameters AddTagsToResource RemoveTagsFromResource ListTagsForResource"
    ),
    "AWS::SecretsManager::Secret": (
        *_of("secretsmanager", "CreateSecret DescribeSecret UpdateSecret TagResource UntagResource "
             "GetResourcePolicy"),
        *_KEY, *_of("kms", "Decrypt GenerateDataKey"),
    ),
    "AWS::WAFv2::LoggingConfiguration": (
        *_of("wafv2", "PutLoggingConfiguration GetLoggingConfiguration DeleteLoggingConfiguration"), *_LOG_DELIVERY,
    ),
    "AWS::WAFv2::WebACL": _of(
        "wafv2", "CreateWebACL GetWebACL UpdateWebACL DeleteWebACL ListTagsForResource TagResource UntagResource"
    ),
    "AWS::WAFv2::WebACLAssociation": (
        *_of("wafv2", "AssociateWebACL DisassociateWebACL GetWebACLForResource"),
        *_of("apigateway", "SetWebACL"), *_of(_GATEWAY, "AssociateWebACL DisassociateWebACL GetGateway"),
    ),
    "AWS::XRay::TransactionSearchConfig": (
        *_of("xray", "GetTraceSegmentDestination UpdateTraceSegmentDestination GetIndexingRules UpdateIndexingRule"),
        # X-Ray makes the log group of spans with the rights of whoever switches the search on
        *_of("logs", "CreateLogGroup CreateLogStream PutRetentionPolicy"),
        *_of("application-signals", "StartDiscovery"), *_of("iam", "CreateServiceLinkedRole"),
    ),
    "Custom::RegentSetting": _of("lambda", "InvokeFunction"),
}  # fmt: skip
"""By type. What stays when its stack goes (keys, buckets, tables, log groups) has no action that removes it."""
ALWAYS = (*_of("ssm", "GetParameters"), *_of("s3", "GetObject"))
"""The bootstrap's version, and the assets that it keeps."""
GLOBAL = frozenset({"iam", "organizations", "route53"})
"""Services whose calls carry another region than that of the stack."""
NEVER = frozenset(
    _of("iam", "CreateUser CreateAccessKey CreateLoginProfile UpdateAccountPasswordPolicy CreateSAMLProvider "
        "CreateOpenIDConnectProvider DeleteRolePermissionsBoundary")
    + _of("kms", "ScheduleKeyDeletion DisableKey DisableKeyRotation")
    + _of("s3", "BypassGovernanceRetention PutObjectRetention PutObjectLegalHold DeleteObjectVersion DeleteBucket")
    + _of("dynamodb", "DeleteTable")
    + _of("logs", "DeleteLogGroup")
    + _of("organizations", "LeaveOrganization CloseAccount CreateAccount")
    + _of("account", "CloseAccount")
)  # fmt: skip
"""What no deployment of Regent does; denied, whatever else the role is given."""
NEVER_LOCKED = frozenset(_of("s3", "DeleteObject DeleteBucketPolicy"))
