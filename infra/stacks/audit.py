"""Audit: where evidence lies. A bucket that nobody can empty, keys, and a trail over who touched it."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Environment
from infra.constructs import plain_bucket
from infra.constructs.archive import READERS, WRITERS, alias, alias_arn, bucket_name, roles
from infra.constructs.house import Evidence
from infra.constructs.keys import key_of_logs
from infra.constructs.trail import AccountTrail
from policies.controls.predicates import EVIDENCE


class AuditStack(Stack):
    """The ledger's bucket under Object Lock in compliance mode, its keys, and CloudTrail with data events on it.

    `log_archive_account` moves it to an account of its own. Then the roles of the home account that leave evidence may
    put new objects and read those back, the two that verify may list and read, and nobody there may do more.
    """

    def __init__(self, scope: Construct, id: str, environment: Environment, **kwargs: Any) -> None:
        super().__init__(scope, id, **kwargs)
        self._environment = environment
        self._data_key = self._key("DataKey", "data", "Regent: evidence, receipts, sessions", enable_key_rotation=True)
        self._data_key.add_to_resource_policy(key_of_logs(self))
        self._signing_key = self._key(
            "CheckpointKey",
            "checkpoints",
            "Regent: signs checkpoints of the ledger, and does nothing else",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
        )
        access = plain_bucket(self, "AccessLogs", expire_days=environment.retention.logs_days)
        self._bucket = s3.Bucket(
            self,
            "Ledger",
            bucket_name=bucket_name(environment),
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(
                Duration.days(environment.retention.evidence_days)
            ),
            versioned=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self._data_key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            server_access_logs_bucket=access,
            server_access_logs_prefix="ledger/",
            removal_policy=RemovalPolicy.RETAIN,
        )
        Tags.of(self._bucket).add("regent:purpose", EVIDENCE)
        for statement in (*_only_new_objects(self._bucket), *self._from_home()):
            self._bucket.add_to_resource_policy(statement)
        AccountTrail(self, "Trail", environment, key=self._data_key, ledger_arn=self._bucket.bucket_arn, access=access)
        CfnOutput(self, "LedgerBucket", value=self._bucket.bucket_name)
        CfnOutput(self, "CheckpointKeyArn", value=self._signing_key.key_arn)

    @property
    def evidence(self) -> Evidence:
        """Where evidence goes: by reference in the same account, by fixed names in another."""
        environment, fixed = self._environment, bucket_name(self._environment)
        if fixed is None:
            return Evidence(self._bucket.bucket_name, self._data_key.key_arn, self._signing_key.key_arn)
        return Evidence(fixed, alias_arn(environment, "data"), alias_arn(environment, "checkpoints"))

    def _key(self, id: str, name: str, description: str, **given: Any) -> kms.Key:
        key = kms.Key(
            self,
            id,
            description=description,
            removal_policy=RemovalPolicy.RETAIN,
            pending_window=Duration.days(30),
            **given,
        )
        if self._environment.log_archive_account:
            kms.Alias(self, f"{id}Alias", alias_name=alias(self._environment, name), target_key=key)
            using = {
                "data": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
                "checkpoints": ["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey"],
            }[name]
            key.add_to_resource_policy(self._home("UsedFromHome", using, ["*"], (*WRITERS, *READERS)))
        return key

    def _from_home(self) -> list[iam.PolicyStatement]:
        """What the home account's roles may do with the bucket in an account of its own."""
        if not self._environment.log_archive_account:
            return []
        objects = self._bucket.arn_for_objects("ledger/*")
        return [
            self._home("WritersPut", ["s3:PutObject", "s3:PutObjectRetention"], [objects], WRITERS),
            # a put that finds an object compares it with what it meant to write: a crash must not end a ledger
            self._home("WritersCompare", ["s3:GetObject"], [objects], WRITERS),
            self._home("VerifiersRead", ["s3:GetObject"], [objects], READERS),
            self._home("VerifiersList", ["s3:ListBucket"], [self._bucket.bucket_arn], READERS),
        ]

    def _home(self, sid: str, actions: list[str], resources: list[str], names: tuple[str, ...]) -> iam.PolicyStatement:
        """Roles of the home account, by name in a condition: as principals they would have to exist already."""
        return iam.PolicyStatement(
            sid=sid,
            principals=[iam.AccountPrincipal(self._environment.account)],
            actions=actions,
            resources=resources,
            conditions={"ArnEquals": {"aws:PrincipalArn": sorted(set(roles(self._environment, names)))}},
        )


def _only_new_objects(bucket: s3.Bucket) -> list[iam.PolicyStatement]:
    """A put must be conditional: what is there already is never hidden by a newer version, nor by a marker."""
    return [
        iam.PolicyStatement(
            sid="OnlyNewObjects",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
        ),
        iam.PolicyStatement(
            sid="NobodyDeletes",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
            resources=[bucket.arn_for_objects("*")],
        ),
    ]
