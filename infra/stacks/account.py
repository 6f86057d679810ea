"""Account: what holds for the whole account in which Regent runs, and has no property in CloudFormation.

Bedrock writes every call of a model into our log group and keeps nothing itself; CloudWatch keeps spans. Where evidence
lies in an account of its own, this account has a trail of its own.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_xray as xray
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group, plain_bucket
from infra.constructs.applying import Applying
from infra.constructs.archive import bucket_name
from infra.constructs.keys import key_of_logs
from infra.constructs.trail import AccountTrail


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
            access = plain_bucket(self, "AccessLogs", expire_days=environment.retention.logs_days)
            AccountTrail(self, "Trail", environment, key=self.key, ledger_arn=f"arn:aws:s3:::{fixed}", access=access)

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
        writer = iam.Role(
            self,
            "InvocationLogging",
            description="Bedrock writes what models were asked",
            assumed_by=iam.PrincipalWithConditions(
                iam.ServicePrincipal("bedrock.amazonaws.com"),
                {
                    "StringEquals": {"aws:SourceAccount": self.account},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{self.region}:{self.account}:*"},
                },
            ),
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
        )
        made.node.add_dependency(group, writer)
