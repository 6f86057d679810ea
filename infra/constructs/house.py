"""The house: what every process that answers needs, as settings (`REGENT_*`) and as permissions, in one place.

The runtime, the Gateway's queries and the watch open the same desk; so they get the same settings, and rights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets

from infra.config import Environment
from infra.constructs import allow
from infra.constructs.archive import with_key
from infra.stacks.member import ROLE, external_id

HOME = "/tmp/regent"  # noqa: S108 - the only place a Lambda function or a runtime session may write to
ENVELOPE_KID = "channels"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where evidence goes, perhaps in an account of its own; so these are plain texts."""

    bucket: str
    """Name of the bucket under Object Lock."""
    data_key: str
    """ARN of the symmetric key over evidence, receipts and the keys of persons."""
    checkpoint_key: str
    """ARN of the key that signs checkpoints."""


@dataclass(frozen=True, slots=True)
class Guarding:
    """The guardrail that is attached."""

    arn: str
    version: str
    profile: str | None = None
    """The guardrail profile by which Bedrock assesses in other regions too, as `eu.guardrail.v1:0`."""


@dataclass(frozen=True, slots=True)
class House:
    """Names and ARNs of what is shared."""

    environment: Environment
    evidence: Evidence
    guarding: Guarding
    keys_bucket: str
    """Name of the bucket that keeps the wrapped keys of persons, and from which they can be erased."""
    ledger_log: str
    """Name of the log group with the diagnostics copy of the ledger."""
    state_table: str
    """Name of the state table."""
    state_key: str
    """ARN of the key over the state table and the bucket of keys."""
    switch: str
    """Name of the kill switch's parameter."""
    principals: s3_assets.Asset | None
    """The principals file, as the deployment puts it into its own bucket."""
    envelope_key: str
    """ARN of the key with which channel workers sign who asked."""

    def settings(self, believes: Literal["tokens", "envelopes"]) -> dict[str, str]:
        """The settings of a process that answers, and believes people's tokens or channel workers' envelopes."""
        environment = self.environment
        return {
            "REGENT_HOME": HOME,
            "REGENT_ESTATE": "aws",
            "REGENT_MODEL": f"bedrock:{environment.model}",
            "REGENT_BEDROCK_REGION": environment.region,
            "REGENT_PAYER_ACCOUNT": environment.payer_account,
            "REGENT_READER_ROLE": ROLE,
            "REGENT_EXTERNAL_ID": external_id(environment),
            "REGENT_REGIONS": json.dumps([environment.region, *sorted({*environment.regions} - {environment.region})]),
            "REGENT_HOME_ACCOUNTS": json.dumps([environment.account]),
            **(self._tokens() if believes == "tokens" else self._envelopes()),
            **({"REGENT_PRINCIPALS_OBJECT": self.principals.s3_object_url} if self.principals else {}),
            "REGENT_GUARDRAIL": self.guarding.arn,
            "REGENT_GUARDRAIL_VERSION": self.guarding.version,
            "REGENT_STATE_TABLE": self.state_table,
            "REGENT_STATE_REGION": environment.region,
            "REGENT_CONVERSATION_DAYS": str(environment.retention.memory_days),
            "REGENT_SWITCH_PARAMETER": self.switch,
            "REGENT_LEDGER_NAME": f"regent.{environment.name}",
            "REGENT_LEDGER_KEY": self.evidence.checkpoint_key,
            "REGENT_LEDGER_WRAP_KEY": self.evidence.data_key,
            "REGENT_LEDGER_BUCKET": f"s3://{self.evidence.bucket}/ledger",
            "REGENT_LEDGER_KEYS": f"s3://{self.keys_bucket}/keys",
            "REGENT_LEDGER_RETAIN_DAYS": str(environment.retention.evidence_days),
            "REGENT_LEDGER_ACKNOWLEDGE": "bucket",
            "REGENT_LEDGER_LOG_GROUP": self.ledger_log,
        }

    def _tokens(self) -> dict[str, str]:
        identity = self.environment.identity
        issuer = identity.discovery_url.removesuffix("/.well-known/openid-configuration")
        return {
            "REGENT_IDENTITY__OIDC": json.dumps(
                {"issuer": issuer, "audiences": list(identity.audiences), "keys": identity.keys_url}
            ),
            "REGENT_IDENTITY__CLAIMS": identity.claims.model_dump_json(exclude_defaults=True),
        }

    def _envelopes(self) -> dict[str, str]:
        # by variables of their own and not as JSON in one: the ARN is known to CloudFormation only
        return {
            "REGENT_IDENTITY__ENVELOPES__AUDIENCE": self.audience,
            f"REGENT_IDENTITY__ENVELOPES__KEYS__{ENVELOPE_KID}": self.envelope_key,
        }

    @property
    def audience(self) -> str:
        """The name of this runtime in envelopes."""
        return f"regent.{self.environment.name}"

    def opening_envelopes(self) -> iam.PolicyStatement:
        """Reading the public key of the channel workers."""
        return allow("EnvelopeKey", ["kms:GetPublicKey"], [self.envelope_key])

    def statements(self) -> list[iam.PolicyStatement]:
        """What those settings make such a process do, and nothing more."""
        environment = self.environment
        here = f"{environment.region}:{environment.account}"
        return [
            allow("ReadAccounts", ["sts:AssumeRole", "sts:TagSession"], [f"arn:aws:iam::*:role/{ROLE}"]),
            allow("Guard", ["bedrock:ApplyGuardrail"], [self.guarding.arn, *self._guarding_elsewhere()]),
            allow("ReadSwitch", ["ssm:GetParameter"], [f"arn:aws:ssm:{here}:parameter{self.switch}"]),
            *self._knowing(),
            self.state("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
            self._not_what_was_verified(),
            allow("AppendEvidence", ["s3:PutObject", "s3:PutObjectRetention"], [self.objects("ledger")]),
            # put_all compares what is there when a put finds an object: a crash must not end a ledger
            allow("CompareEvidence", ["s3:GetObject"], [self.objects("ledger")]),
            # what must be erasable lies here: keys of persons, what AWS answered, snapshots of controls
            allow(
                "KeepErasably",
                ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                [f"arn:aws:s3:::{self.keys_bucket}/{prefix}/*" for prefix in ("keys", "receipts", "evidence")],
            ),
            allow("ListKeysOfPersons", ["s3:ListBucket"], [f"arn:aws:s3:::{self.keys_bucket}"]),
            with_key("SignCheckpoints", ["kms:Sign", "kms:GetPublicKey"], self.evidence.checkpoint_key),
            with_key("EncryptEvidence", ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], self.evidence.data_key),
            with_key("EncryptState", ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], self.state_key),
            allow(
                "LedgerLog",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [f"arn:aws:logs:{here}:log-group:{self.ledger_log}:*"],
            ),
        ]

    def _guarding_elsewhere(self) -> list[str]:
        """A guardrail of a profile is applied where Bedrock has room for it: where prompts may be, and not beyond."""
        environment, profile = self.environment, self.guarding.profile
        regions = sorted({environment.region, *environment.model_regions}) if profile else []
        return [f"arn:aws:bedrock:{region}:{environment.account}:guardrail-profile/{profile}" for region in regions]

    def _knowing(self) -> list[iam.PolicyStatement]:
        if self.principals is None:
            return []
        key = f"arn:aws:s3:::{self.principals.s3_bucket_name}/{self.principals.s3_object_key}"
        return [allow("KnowPeople", ["s3:GetObject"], [key])]

    def _not_what_was_verified(self) -> iam.PolicyStatement:
        """Who writes ledgers must not write what their verification remembers."""
        return iam.PolicyStatement(
            sid="NotWhatWasVerified",
            effect=iam.Effect.DENY,
            actions=["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            resources=self.state("PutItem").resources,
            conditions={"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": ["verified"]}},
        )

    def state(self, *operations: str) -> iam.PolicyStatement:
        """These operations on the state table."""
        environment = self.environment
        table = f"arn:aws:dynamodb:{environment.region}:{environment.account}:table/{self.state_table}"
        return allow("State", [f"dynamodb:{operation}" for operation in operations], [table])

    def reading_evidence(self) -> list[iam.PolicyStatement]:
        """Reading the whole ledger, for those who verify it."""
        return [
            allow("ReadEvidence", ["s3:GetObject"], [self.objects("ledger")]),
            allow("ListEvidence", ["s3:ListBucket"], [f"arn:aws:s3:::{self.evidence.bucket}"]),
            with_key("DecryptEvidence", ["kms:Decrypt"], self.evidence.data_key),
            with_key("DecryptState", ["kms:Decrypt"], self.state_key),
        ]

    def objects(self, prefix: str) -> str:
        """The ARN of the objects of the ledger's bucket below a prefix."""
        return f"arn:aws:s3:::{self.evidence.bucket}/{prefix}/*"
