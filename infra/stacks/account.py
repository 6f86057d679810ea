"""Account: what holds for the whole account in which Regent runs, and has no property in CloudFormation.

Bedrock writes every call of a model into our log group, what is too long for it into our bucket, and keeps nothing
itself; CloudWatch keeps spans. Where evidence
lies in an account of its own, this account has a trail of its own.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_xray as xray
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group, plain_bucket
from infra.constructs.applying import Applying
from infra.constructs.archive import bucket_name
from infra.constructs.keys import key_of_logs
from infra.constructs.trail import AccountTrail

_BEDROCK = iam.ServicePrincipal("bedrock.amazonaws.com")


class AccountStack(Stack):
    """Model invocation logging, the mode of data retention, and, beside an archive, the trail of this account."""

    def __init__(self, scope: Construct, id: str, environment: Environment, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment = environment
        self.key = kms.Key(
            self,
            "Key",
            description="Regent: what models were asked, and the trail",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.key.add_to_resource_policy(key_of_logs(self))
        self._access = plain_bucket(self, "AccessLogs", expire_days=environment.retention.logs_days)
        self._keep_spans()
        applying = Applying(self, "AccountApplying", environment, self.key)
        self._log_invocations(applying)
        applying.setting(
            "DataRetention",
            "data-retention",
            [self._here("DataRetention", "bedrock:GetAccountDataRetention", "bedrock:PutAccountDataRetention")],
            Mode=environment.retention.provider,
        )
        if fixed := bucket_name(environment):
            ledger = f"arn:aws:s3:::{fixed}"
            AccountTrail(self, "Trail", environment, key=self.key, ledger_arn=ledger, access=self._access)

    def _keep_spans(self) -> None:
        """Spans that come by OTLP are kept in the log group `aws/spans`; X-Ray's own service may write there."""
        groups = [
            f"arn:aws:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:{name}:*"
            for name in ("aws/spans", "/aws/application-signals/data")
        ]
        may = logs.ResourcePolicy(self, "SpansPolicy")
        may.document.add_statements(
            iam.PolicyStatement(
                sid="Spans",
                principals=[iam.ServicePrincipal("xray.amazonaws.com")],
                actions=["logs:PutLogEvents"],
                resources=groups,
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:xray:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"},
                },
            )
        )
        search = xray.CfnTransactionSearchConfig(self, "Spans", indexing_percentage=1)
        search.node.add_dependency(may)

    def _here(self, sid: str, *actions: str) -> iam.PolicyStatement:
        """Settings of a whole account know no resources; but in this region they stay."""
        return iam.PolicyStatement(
            sid=sid,
            actions=list(actions),
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": self.region}},
        )

    def _log_invocations(self, applying: Applying) -> None:
        environment = self._environment
        name = f"/regent/{environment.name}/model-invocations"
        group = log_group(self, "ModelInvocations", environment, self.key, name=name)
        long = self._long_invocations()
        writer = iam.Role(
            self,
            "InvocationLogging",
            description="Bedrock writes what models were asked",
            assumed_by=iam.PrincipalWithConditions(_BEDROCK, self._for_this_account()),
        )
        stream = f"arn:aws:logs:{self.region}:{self.account}:log-group:{name}:log-stream:aws/bedrock/modelinvocations"
        writer.add_to_policy(
            iam.PolicyStatement(sid="Write", actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[stream])
        )
        made = applying.setting(
            "InvocationLogging",
            "invocation-logging",
            [
                self._here(
                    "InvocationLogging",
                    "bedrock:GetModelInvocationLoggingConfiguration",
                    "bedrock:PutModelInvocationLoggingConfiguration",
                ),
                iam.PolicyStatement(
                    sid="PassLoggingRole",
                    actions=["iam:PassRole"],
                    resources=[writer.role_arn],
                    conditions={"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
                ),
            ],
            LogGroup=name,
            RoleArn=writer.role_arn,
            Bucket=long.bucket_name,
        )
        made.node.add_dependency(group, writer, long)

    def _long_invocations(self) -> s3.Bucket:
        """Where Bedrock puts what is too long for a log event, for as long as the log group keeps the rest.

        Not under Object Lock, as the ledger is: what people asked stands here in clear, and must be able to go.
        """
        bucket = plain_bucket(
            self,
            "LongInvocations",
            expire_days=self._environment.retention.logs_days,
            noncurrent_days=1,
            access=self._access,
            key=self.key,
        )
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="BedrockWritesInvocations",
                principals=[_BEDROCK],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(f"AWSLogs/{self.account}/BedrockModelInvocationLogs/*")],
                conditions=self._for_this_account(),
            )
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="BedrockEncryptsInvocations",
                principals=[_BEDROCK],
                actions=["kms:GenerateDataKey"],
                resources=["*"],
                conditions=self._for_this_account(),
            )
        )
        return bucket

    def _for_this_account(self) -> dict[str, dict[str, str]]:
        """Bedrock acts for this account and region only, and for nobody who names our resources elsewhere."""
        return {
            "StringEquals": {"aws:SourceAccount": self.account},
            "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{self.region}:{self.account}:*"},
        }
