"""Audit: where evidence lies. A bucket that nobody can empty, keys, log groups, a trail over who touched it."""

from __future__ import annotations

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group, plain_bucket


class AuditStack(Stack):
    """The ledger's bucket under Object Lock in compliance mode, its keys, and CloudTrail with data events on it.

    `log_archive_account` moves it to an account of its own; the writer there may put objects and nothing else.
    """

    def __init__(self, scope: Construct, id: str, environment: Environment, **kwargs: object) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self.data_key = kms.Key(
            self,
            "DataKey",
            description="Regent: evidence, receipts, sessions",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
            pending_window=Duration.days(30),
        )
        self.data_key.add_to_resource_policy(_logs_may_encrypt(self))
        self.signing_key = kms.Key(
            self,
            "CheckpointKey",
            description="Regent: signs checkpoints of the ledger, and does nothing else",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=RemovalPolicy.RETAIN,
            pending_window=Duration.days(30),
        )
        access = plain_bucket(self, "AccessLogs", expire_days=environment.retention.logs_days)
        self.bucket = s3.Bucket(
            self,
            "Ledger",
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(
                Duration.days(environment.retention.evidence_days)
            ),
            versioned=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.data_key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            server_access_logs_bucket=access,
            server_access_logs_prefix="ledger/",
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.bucket.add_to_resource_policy(_only_new_objects(self.bucket))
        trail_bucket = plain_bucket(self, "TrailLogs", expire_days=environment.retention.evidence_days)
        trail = cloudtrail.Trail(
            self,
            "Trail",
            bucket=trail_bucket,
            enable_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=True,
            encryption_key=self.data_key,
            send_to_cloud_watch_logs=True,
            cloud_watch_log_group=log_group(self, "TrailEvents", environment, self.data_key),
        )
        trail.add_s3_event_selector([cloudtrail.S3EventSelector(bucket=self.bucket)])
        self.model_log = log_group(self, "ModelInvocations", environment, self.data_key)
        CfnOutput(self, "LedgerBucket", value=self.bucket.bucket_name)
        CfnOutput(self, "CheckpointKeyArn", value=self.signing_key.key_arn)

    def grant_writer(self, writer: iam.IGrantable) -> None:
        """Put new objects, sign, encrypt: what the runtime needs to write its ledger. It cannot read back or delete."""
        self.bucket.grant_put(writer)
        self.signing_key.grant(writer, "kms:Sign", "kms:GetPublicKey")
        self.data_key.grant_encrypt(writer)


def _only_new_objects(bucket: s3.Bucket) -> iam.PolicyStatement:
    """A put must be conditional: an object of that name that is there already is never replaced by a newer version."""
    return iam.PolicyStatement(
        sid="OnlyNewObjects",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:PutObject"],
        resources=[bucket.arn_for_objects("*")],
        conditions={"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
    )


def _logs_may_encrypt(stack: Stack) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="LogGroupsOfThisAccount",
        principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
        actions=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        resources=["*"],
        conditions={
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{stack.region}:{stack.account}:*"}
        },
    )
