"""The table from `service:Operation` (botocore's names) to IAM actions. `tools.iam` reads it; nothing else does.

Sources: the Service Authorization Reference of each service, and Compute Optimizer's user guide for what its
recommendations need besides. A test holds that every operation exists in botocore and that every action only reads.
"""

from __future__ import annotations

SAME_NAME: dict[str, tuple[str, str]] = {
    "accessanalyzer": (
        "access-analyzer",
        "GetAnalyzer GetFinding GetFindingV2 ListAnalyzers ListFindings ListFindingsV2",
    ),
    "autoscaling": (
        "autoscaling",
        "DescribeAutoScalingGroups DescribeAutoScalingInstances",
    ),
    "backup": (
        "backup",
        "DescribeProtectedResource ListBackupJobSummaries ListBackupJobs ListBackupPlans ListBackupVaults "
        "ListProtectedResources ListRecoveryPointsByResource",
    ),
    "bedrock": (
        "bedrock",
        "GetAccountDataRetention GetFoundationModel GetGuardrail GetInferenceProfile "
        "GetModelInvocationLoggingConfiguration ListGuardrails ListInferenceProfiles",
    ),
    "bedrock-agentcore-control": (
        "bedrock-agentcore",
        "GetAgentRuntime GetAgentRuntimeEndpoint GetGateway GetGatewayTarget GetMemory GetOnlineEvaluationConfig "
        "GetPolicy GetPolicyEngine ListAgentRuntimeEndpoints ListAgentRuntimes ListGatewayTargets ListGateways "
        "ListMemories ListOnlineEvaluationConfigs ListPolicies ListPolicyEngines",
    ),
    "budgets": (
        "budgets",
        "DescribeBudgetActionsForAccount",
    ),
    "ce": (
        "ce",
        "GetAnomalies GetAnomalyMonitors GetAnomalySubscriptions GetCostAndUsage GetCostCategories "
        "GetCostForecast GetDimensionValues GetReservationCoverage GetReservationPurchaseRecommendation "
        "GetReservationUtilization GetRightsizingRecommendation GetSavingsPlansCoverage "
        "GetSavingsPlansPurchaseRecommendation GetSavingsPlansUtilization GetSavingsPlansUtilizationDetails "
        "GetTags GetUsageForecast ListCostAllocationTags",
    ),
    "cloudformation": (
        "cloudformation",
        "DescribeStackEvents DescribeStacks ListStacks",
    ),
    "cloudtrail": (
        "cloudtrail",
        "DescribeTrails GetEventSelectors GetTrailStatus ListTrails LookupEvents",
    ),
    "cloudwatch": (
        "cloudwatch",
        "DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric GetMetricData GetMetricStatistics ListMetrics",
    ),
    "codedeploy": (
        "codedeploy",
        "BatchGetDeployments GetDeployment ListApplications ListDeployments",
    ),
    "compute-optimizer": (
        "compute-optimizer",
        "GetEnrollmentStatus GetRecommendationSummaries",
    ),
    "config": (
        "config",
        "DescribeComplianceByConfigRule DescribeComplianceByResource DescribeConfigRules "
        "DescribeConfigurationAggregators DescribeConfigurationRecorderStatus DescribeConfigurationRecorders "
        "DescribeConformancePackCompliance GetAggregateComplianceDetailsByConfigRule "
        "GetAggregateDiscoveredResourceCounts GetComplianceDetailsByConfigRule GetComplianceDetailsByResource "
        "GetComplianceSummaryByConfigRule GetDiscoveredResourceCounts SelectAggregateResourceConfig "
        "SelectResourceConfig",
    ),
    "cost-optimization-hub": (
        "cost-optimization-hub",
        "GetRecommendation ListEnrollmentStatuses ListRecommendationSummaries ListRecommendations",
    ),
    "dynamodb": (
        "dynamodb",
        "DescribeContinuousBackups DescribeTable ListTables",
    ),
    "ec2": (
        "ec2",
        "DescribeAddresses DescribeFlowLogs DescribeImages DescribeInstanceStatus DescribeInstances "
        "DescribeNatGateways DescribeNetworkInterfaces DescribeRegions DescribeReservedInstances "
        "DescribeSecurityGroupRules DescribeSecurityGroups DescribeSnapshotAttribute DescribeSnapshots "
        "DescribeSubnets DescribeVolumes DescribeVpcEndpoints DescribeVpcs GetEbsDefaultKmsKeyId "
        "GetEbsEncryptionByDefault GetSnapshotBlockPublicAccessState",
    ),
    "ecs": (
        "ecs",
        "DescribeClusters DescribeServices DescribeTaskDefinition DescribeTasks ListClusters ListServices ListTasks",
    ),
    "eks": (
        "eks",
        "DescribeCluster DescribeNodegroup ListClusters ListNodegroups",
    ),
    "elbv2": (
        "elasticloadbalancing",
        "DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeTags "
        "DescribeTargetGroups DescribeTargetHealth",
    ),
    "guardduty": (
        "guardduty",
        "GetDetector GetFindings GetFindingsStatistics ListDetectors ListFindings ListMembers",
    ),
    "health": (
        "health",
        "DescribeAffectedEntities DescribeEntityAggregates DescribeEventAggregates DescribeEventDetails DescribeEvents",
    ),
    "iam": (
        "iam",
        "GenerateCredentialReport GenerateServiceLastAccessedDetails GetAccessKeyLastUsed "
        "GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary GetCredentialReport "
        "GetGroupPolicy GetLoginProfile GetPolicy GetPolicyVersion GetRole GetRolePolicy "
        "GetServiceLastAccessedDetails GetUser GetUserPolicy ListAccessKeys ListAccountAliases "
        "ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy "
        "ListGroupPolicies ListGroupsForUser ListMFADevices ListPolicies ListRolePolicies ListRoles "
        "ListUserPolicies ListUsers ListVirtualMFADevices",
    ),
    "inspector2": (
        "inspector2",
        "BatchGetAccountStatus BatchGetFindingDetails GetDelegatedAdminAccount ListCoverage "
        "ListCoverageStatistics ListFindingAggregations ListFindings ListMembers",
    ),
    "kms": (
        "kms",
        "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListKeys ListResourceTags",
    ),
    "lambda": (
        "lambda",
        "GetAccountSettings GetFunctionConfiguration GetFunctionUrlConfig GetPolicy ListFunctionUrlConfigs "
        "ListFunctions ListTags",
    ),
    "logs": (
        "logs",
        "DescribeLogGroups DescribeLogStreams FilterLogEvents GetQueryResults ListLogGroups StartQuery",
    ),
    "organizations": (
        "organizations",
        "DescribeAccount DescribeOrganization ListAccounts ListDelegatedAdministrators "
        "ListAccountsForParent ListOrganizationalUnitsForParent ListParents ListRoots ListTagsForResource",
    ),
    "rds": (
        "rds",
        "DescribeDBClusterSnapshotAttributes DescribeDBClusterSnapshots DescribeDBClusters "
        "DescribeDBInstances DescribeDBSnapshotAttributes DescribeDBSnapshots DescribeEvents "
        "DescribePendingMaintenanceActions DescribeReservedDBInstances ListTagsForResource",
    ),
    "resourcegroupstaggingapi": (
        "tag",
        "GetResources GetTagKeys GetTagValues",
    ),
    "s3": (
        "s3",
        "GetBucketAcl GetBucketLocation GetBucketLogging GetBucketOwnershipControls GetBucketPolicy "
        "GetBucketPolicyStatus GetBucketTagging GetBucketVersioning",
    ),
    "savingsplans": (
        "savingsplans",
        "DescribeSavingsPlanRates DescribeSavingsPlans",
    ),
    "securityhub": (
        "securityhub",
        "DescribeHub DescribeStandards GetAdministratorAccount GetEnabledStandards GetFindingAggregator "
        "GetFindingHistory GetFindings ListFindingAggregators ListMembers",
    ),
    "service-quotas": (
        "servicequotas",
        "GetAWSDefaultServiceQuota GetServiceQuota ListAWSDefaultServiceQuotas ListServiceQuotas ListServices",
    ),
    "sns": (
        "sns",
        "ListSubscriptionsByTopic",
    ),
    "sqs": (
        "sqs",
        "GetQueueAttributes ListQueues",
    ),
    "ssm": (
        "ssm",
        "DescribeInstanceInformation DescribeInstancePatchStates DescribeInstancePatchStatesForPatchGroup "
        "DescribeInstancePatches DescribePatchGroupState ListComplianceItems ListComplianceSummaries "
        "ListResourceComplianceSummaries",
    ),
    "sts": (
        "sts",
        "GetCallerIdentity",
    ),
    "wafv2": (
        "wafv2",
        "GetLoggingConfiguration GetWebACL ListWebACLs",
    ),
}
"""Operations whose IAM action has the same name: botocore service -> (IAM prefix, operations)."""

OTHER_NAME: dict[str, tuple[str, ...]] = {
    "budgets:DescribeBudget": ("budgets:ViewBudget",),
    "budgets:DescribeBudgetPerformanceHistory": ("budgets:ViewBudget",),
    "budgets:DescribeBudgets": ("budgets:ViewBudget",),
    "budgets:DescribeNotificationsForBudget": ("budgets:ViewBudget",),
    "compute-optimizer:GetAutoScalingGroupRecommendations": (
        "compute-optimizer:GetAutoScalingGroupRecommendations",
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
    ),
    "compute-optimizer:GetEBSVolumeRecommendations": (
        "compute-optimizer:GetEBSVolumeRecommendations",
        "ec2:DescribeVolumes",
    ),
    "compute-optimizer:GetEC2InstanceRecommendations": (
        "compute-optimizer:GetEC2InstanceRecommendations",
        "ec2:DescribeInstances",
    ),
    "compute-optimizer:GetECSServiceRecommendations": (
        "compute-optimizer:GetECSServiceRecommendations",
        "ecs:ListClusters",
        "ecs:ListServices",
    ),
    "compute-optimizer:GetIdleRecommendations": ("compute-optimizer:GetIdleRecommendations",),
    "compute-optimizer:GetLambdaFunctionRecommendations": (
        "compute-optimizer:GetLambdaFunctionRecommendations",
        "lambda:ListFunctions",
        "lambda:ListProvisionedConcurrencyConfigs",
    ),
    "compute-optimizer:GetRDSDatabaseRecommendations": (
        "compute-optimizer:GetRDSDatabaseRecommendations",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
    ),
    "health:DescribeEventsForOrganization": (
        "health:DescribeEventsForOrganization",
        "organizations:ListAccounts",
    ),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3control:GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
}
"""Operations whose IAM action has another name, or that need more than one."""
