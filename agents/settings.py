"""Settings: one optional file `regent.yaml`, and environment variables `REGENT_*` over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

from agents.channels.slack.settings import SlackSettings
from agents.channels.teams.settings import TeamsSettings
from agents.wording import AI, PERSON
from policies.access.sources import IdentitySettings
from policies.oversight import ApprovalSettings, BudgetSettings, Limits
from policies.oversight.digest import Digests
from tools.errors import SettingsError

FILE = "regent.yaml"


class Disclosure(BaseModel):
    """What every channel says below every answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: str = Field(default=AI, min_length=10, max_length=300)
    """That an AI system wrote it; the model's name and a full stop follow."""
    contact: str = Field(default=PERSON, min_length=10, max_length=300)
    """How to reach a person, as a whole sentence."""


class Settings(BaseSettings):
    """Every setting there is. `regent doctor --settings` prints them with their values."""

    model_config = SettingsConfigDict(
        env_prefix="REGENT_", env_nested_delimiter="__", yaml_file=FILE, extra="forbid", frozen=True
    )

    estate: Literal["sample", "aws"] = Field(
        default="sample", description="Estate that the runtime answers about; on the command line, --estate says it."
    )
    serve_host: str = Field(default="127.0.0.1", description="Address that the runtime binds.")
    serve_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port that the runtime binds; null: the one of its protocol."
    )
    serve_connections: int = Field(
        default=512, ge=8, le=65_536,
        description="Connections that a server holds at the same time; when they are all taken, requests get 503.",
    )  # fmt: skip
    serve_proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Addresses or networks of proxies in front of a server: of connections from there, the last client "
        "in X-Forwarded-For that is no such proxy is the one whose share of them it is. A proxy named here must append "
        "to that header, or set it. Default: none, and it is not read.",
    )
    serve_protocol: Literal["http", "mcp", "a2a", "agui"] = Field(
        default="http",
        description="AgentCore's protocol mode of this runtime; http has every protocol at its own path.",
    )
    protocols: tuple[Literal["openai", "agui", "mcp", "a2a"], ...] = Field(
        default=("openai", "agui", "mcp", "a2a"), description="Protocols that are served beside /invocations."
    )
    public_url: str | None = Field(
        default=None, pattern=r"^https?://[^/\s]+$", description="Where others reach the runtime; its A2A card says so."
    )
    model: str | None = Field(
        default=None,
        description="Default model: offline, bedrock:MODEL_OR_PROFILE or openai:URL#MODEL. "
        "Without it: offline on the sample estate, bedrock: with the default profile on AWS.",
    )
    bedrock_profile: str = Field(
        default="eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        description="Inference profile that `bedrock:` without a name uses.",
    )
    bedrock_region: str = Field(default="eu-west-1", description="Region in which Bedrock is called.")
    openai_api_key: str = Field(default="none", description="Key sent to an OpenAI-compatible server.")
    openai_tools: str = Field(
        default="native",
        pattern="^(native|json)$",
        description="How an OpenAI-compatible server is asked to call queries: its own tool calls (native), or "
        "JSON constrained by a schema (json) for servers whose tool format Strands does not recognise.",
    )
    payer_account: str | None = Field(
        default=None, pattern=r"^\d{12}$", description="Account whose bills are read; default: the caller's own."
    )
    reader_role: str | None = Field(
        default=None, description="Role assumed in every account. Without it only the caller's own account is asked."
    )
    accounts: Path | None = Field(
        default=None,
        description="File of the accounts to ask; default: those of the organisation, read in the payer's.",
    )
    external_id: str | None = Field(default=None, description="External id sent when the reader role is assumed.")
    regions: tuple[str, ...] = Field(
        default=("eu-west-1", "eu-central-1", "us-east-1"), min_length=1, description="Regions that are looked at."
    )
    trace_region: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9-]+$",
        description="Region in which spans are sent to CloudWatch by OTLP; default: nowhere.",
    )
    trace_service: str = Field(default="regent", description="The service that spans name.")
    trace_words: bool = Field(
        default=False,
        description="Whether spans carry what was asked and answered, for judges to read; erasing a person does not "
        "reach them there.",
    )
    passage: str | None = Field(
        default=None,
        pattern=r"^arn:aws(-[^:]+)?:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$",
        description="Lambda function that forwards signed requests to what has no endpoint in a network without "
        "internet; default: everything is asked directly.",
    )
    currency: str = Field(default="USD", description="Currency of the bills.")
    principals: Path | None = Field(
        default=None, description="Principals file for local use; default: the shipped one."
    )
    teams: TeamsSettings = Field(default=TeamsSettings(), description="The Teams app that `regent teams` runs.")
    principals_object: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9.-]+/.+$",
        description="s3://BUCKET/KEY of the principals file, read at the start; for where there is no disk for it.",
    )
    identity: IdentitySettings = Field(default=IdentitySettings(), description="How callers are verified.")
    policies: tuple[Path, ...] = Field(
        default=(),
        description="Cedar files, or folders of them, added to the shipped access policies. They cannot undo those.",
    )
    allowed_regions: tuple[str, ...] = Field(
        default=(), description="Regions that anybody may ask about; default: those that are looked at."
    )
    guardrail: str | None = Field(
        default=None,
        pattern=r"^([a-z0-9]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+)$",
        description="Id or ARN of the Bedrock guardrail that assesses questions, results, model input and answers.",
    )
    guardrail_version: str | None = Field(
        default=None, description="Its published version, a number; DRAFT is refused, because it can change any time."
    )
    guardrail_region: str | None = Field(
        default=None, description="Region of the guardrail; default: the region in which Bedrock is called."
    )
    guardrail_seconds: float = Field(
        default=5.0, gt=0, le=60, description="Longest wait for the guardrail; a question that waited longer ends."
    )
    guard_local_only: bool = Field(
        default=False,
        description="Say yes to running a Bedrock model on AWS accounts without a Bedrock guardrail: "
        "topics, content and contextual grounding are then `not assessed`.",
    )
    home_accounts: tuple[str, ...] = Field(
        default=(), description="Accounts in which Regent itself runs, by name or id; default: all in sight."
    )
    declared: Path | None = Field(
        default=None, description="Declarations that controls are measured against; default: the shipped ones."
    )
    documents: Path | None = Field(
        default=None, description="Folder of your own attested documents and soa.yaml, in place of the shipped drafts."
    )
    deadlines: Path | None = Field(
        default=None, description="Table of incident deadlines by regime; default: the shipped one."
    )
    templates: Path = Field(
        default=Path("cdk.out"), description="Folder of synthesized templates that controls look at, if it is there."
    )
    disclosure: Disclosure = Field(
        default=Disclosure(),
        description="The words below every answer in a channel: that an AI system wrote it (`line`), and how to reach "
        "a person (`contact`).",
    )
    receipt_bucket: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9.-]+(/.*)?$",
        description="s3://BUCKET/PREFIX without Object Lock and versions in which what AWS answered is kept, sealed "
        "with ledger_wrap_key; default: beside ledger_keys if that is set, else this disk.",
    )
    conversation_days: int = Field(
        default=30, ge=1, le=365, description="Days after which a conversation in state_table is over and removed."
    )
    evidence_bucket: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9.-]+(/.*)?$",
        description="s3://BUCKET/PREFIX in which snapshots of controls lie; default: beside ledger_keys if that is "
        "set, else this disk.",
    )
    evidence_retain_days: int = Field(
        default=0,
        ge=0,
        description="Days for which every snapshot is locked in compliance mode, if its bucket has Object Lock. "
        "Locked snapshots that name a person cannot be erased; without a lock, their hashes in the ledger still show "
        "that none was changed.",
    )
    slack: SlackSettings = Field(
        default=SlackSettings(),
        description="The Slack app that `regent slack` runs: its secret (a file, or REGENT_SLACK__SIGNING_SECRET and "
        "REGENT_SLACK__BOT_TOKEN), the channels in which it answers, and where alerts go. See docs/slack.md.",
    )
    digests: Digests = Field(
        default=(),
        description="Summaries that are sent by themselves: each has a `name`, `questions`, places (`to`: slack:ID, "
        "teams:ID, webhook:CLIENT), and when (`every` week or day, `weekday`, `at`, `zone`); it asks as whom "
        "the principals file knows as digest:NAME. See docs/digests.md and `regent digest`.",
    )
    limits: Limits = Field(default=Limits(), description="What one question may use.")
    budgets: BudgetSettings = Field(
        default=BudgetSettings(),
        description="Questions at once (of a person, 8) and per hour, tokens and USD per day: for each person, some "
        "persons by name, a role together, and the house; and a price table of your own.",
    )
    approvals: ApprovalSettings = Field(
        default=ApprovalSettings(), description="For how many minutes an approval may be given and used."
    )
    state_table: str | None = Field(
        default=None,
        description="DynamoDB table in which usage, approvals and conversations are kept; default: SQLite in "
        "REGENT_HOME.",
    )
    switch_parameter: str | None = Field(
        default=None, description="SSM parameter that is the kill switch; default: a file in REGENT_HOME."
    )
    state_region: str = Field(default="eu-west-1", description="Region of the state table and the switch parameter.")
    ledger_key: str | None = Field(
        default=None,
        description="KMS key (id or ARN; ECC_NIST_P256, SIGN_VERIFY) that signs the ledger's checkpoints; "
        "default: a key file in REGENT_HOME.",
    )
    ledger_wrap_key: str | None = Field(
        default=None,
        description="Symmetric KMS key that wraps the keys under which personal content lies; default: a key file.",
    )
    ledger_keys: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9.-]+(/.*)?$",
        description="s3://BUCKET/PREFIX without Object Lock and versions that keeps the wrapped keys of persons, for "
        "where the disk goes with the session; default: this disk.",
    )
    ledger_bucket: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9.-]+(/.*)?$",
        description="s3://BUCKET/PREFIX with Object Lock that the ledger goes to; default: it stays on this disk.",
    )
    ledger_retain_days: int = Field(
        default=0, ge=0, description="Days for which every object of the ledger is locked in compliance mode."
    )
    ledger_acknowledge: Literal["disk", "bucket"] = Field(
        default="disk",
        description="What makes a record durable. bucket: only a put into ledger_bucket does, for where the disk goes "
        "with the session; each session then has a ledger of its own.",
    )
    ledger_ship_seconds: float = Field(
        default=60.0, gt=0, description="Seconds after which ledger_bucket and ledger_log_group have what is new."
    )
    ledger_name: str | None = Field(
        default=None,
        pattern=r"^[^\s+]{1,200}$",
        description="Name of a new ledger, such as house.example/ledger; default: regent.local/ and a random number.",
    )
    ledger_log_group: str | None = Field(
        default=None, description="CloudWatch log group that gets a line per record, without content, for alarms."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """Settings from `regent.yaml` in the current folder and the environment.

    Raises:
        SettingsError: a setting is unknown or has a value that does not fit; the sentence names it.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(f"{_wrong(error)} See `regent doctor --settings`.") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        where = " ".join(str(error).split())
        raise SettingsError(f"{FILE} cannot be read: {where}.") from error


_FORMS = {
    r"^\d{12}$": "expected the twelve digits of an account, in quotes",
    r"^https?://[^/\s]+$": "expected https://HOST without a path",
    r"^s3://[a-z0-9.-]+/.+$": "expected s3://BUCKET/PREFIX",
    r"^s3://[a-z0-9.-]+(/.*)?$": "expected s3://BUCKET/PREFIX",
    "^(native|json)$": "expected native or json",
}
"""What is expected where a pattern says it."""


def _wrong(error: ValidationError) -> str:
    """What is wrong with the first wrong setting. Its value is not said: it may be a secret."""
    from difflib import get_close_matches

    first = error.errors()[0]
    name = ".".join(map(str, first["loc"])) or "the file"
    if first["type"] == "extra_forbidden":
        near = get_close_matches(name, Settings.model_fields, 1)
        return f"There is no setting {name}{f'; did you mean {near[0]}?' if near else '.'}"
    if first["type"] in ("tuple_type", "list_type", "set_type", "frozen_set_type"):
        return f"The setting {name} is wrong: expected a list, such as [one, two]."
    if first["type"] == "string_pattern_mismatch":
        return f"The setting {name} is wrong: {_FORMS.get(first['ctx']['pattern'], 'it has another form')}."
    return f"The setting {name} is wrong: {first['msg']}."
