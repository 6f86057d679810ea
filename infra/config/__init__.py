"""Environments: one validated file each. What a deployment may do is decided here, and refused here."""

from __future__ import annotations

import os
from collections.abc import Set
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.access.errors import PrincipalsError
from policies.access.principal import people
from policies.access.sources import ClaimMapping
from policies.guardrails.definition import load as guardrail_definition
from policies.oversight.approvals import ApprovalSettings
from policies.oversight.digest import Digests
from tools import inference
from tools.errors import RegentError

FOLDER = Path(__file__).parent
ALLOWED_REGIONS = frozenset(
    {"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"}
)
"""Regions that an environment may name at all. A company elsewhere changes this line, in review."""
PROFILE_ORIGINS = {"eu.": "eu-"}
"""Geographic inference profiles by prefix, and what every region behind them starts with. `global.` has no bound."""

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Account = Annotated[str, Field(pattern=r"^\d{12}$")]
LogDays = Literal[365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
"""Retentions of a year and more that CloudWatch Logs offers, in days."""


class ConfigError(RegentError):
    """An environment file cannot be used; the sentence says where and why."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Identity(_Frozen):
    """Where people's tokens come from."""

    discovery_url: Annotated[str, Field(pattern=r"^https://.+/\.well-known/openid-configuration$")]
    audiences: Annotated[tuple[str, ...], Field(min_length=1)]
    keys_url: Annotated[str, Field(pattern=r"^https://[^/]+/.+")] | None = None
    """Where the issuer's public keys lie, when not on the issuer's own host."""
    claims: ClaimMapping
    """Which claims give a person a role and limits; without roles nobody would be known, so it must be said."""

    @model_validator(mode="after")
    def _knows_somebody(self) -> Identity:
        if not (self.claims.role and self.claims.roles):
            raise ValueError("claims name no role: set `role` (the claim with groups) and `roles` (a role by group)")
        return self

    @property
    def key_hosts(self) -> frozenset[str]:
        """Hosts that are asked for the issuer's public keys."""
        urls = (self.discovery_url, self.keys_url or self.discovery_url)
        return frozenset(url.split("/")[2] for url in urls)


class Sessions(_Frozen):
    """How long a session of a runtime lives, in seconds."""

    idle_seconds: int = Field(default=3600, ge=60, le=28800)
    """An approval is decided in the session that asked for it: no less than an approval waits."""
    most_seconds: int = Field(default=14400, ge=60, le=28800)


class Stage(_Frozen):
    """Versions that an endpoint of each runtime points at; null is the one that this deployment makes."""

    people: int | None = Field(default=None, ge=1)
    workers: int | None = Field(default=None, ge=1)
    mcp: int | None = Field(default=None, ge=1)
    a2a: int | None = Field(default=None, ge=1)
    agui: int | None = Field(default=None, ge=1)


class Evaluation(_Frozen):
    """Online evaluation of answers."""

    percent: float = Field(default=10, gt=0, le=100)
    content: bool = False
    """Whether spans carry words, so that judges can read them. They are then kept for `logs_days`, and erasing a person
    does not reach them."""


class Organization(_Frozen):
    """Where the reader role is rolled out by a StackSet; deployed from the management or a delegated account."""

    units: Annotated[tuple[Annotated[str, Field(pattern=r"^(ou-[a-z0-9-]+|r-[a-z0-9]+)$")], ...], Field(min_length=1)]
    delegated: bool = True


class Retention(_Frozen):
    """Days that each kind of data is kept."""

    evidence_days: int = Field(default=2557, ge=365, le=3653)
    logs_days: LogDays = 400
    memory_days: int = Field(default=30, ge=7, le=365)
    """Of events in memory."""
    records_days: int = Field(default=60, ge=31, le=365)
    """Of records that a strategy would make of them; AgentCore takes no fewer."""
    provider: Literal["none"] = "none"
    """What Bedrock may keep of prompts and answers, as a mode of its account data retention."""


class Network(_Frozen):
    """The VPC without internet, or none."""

    vpc: bool = True
    cidr: IPv4Network = IPv4Network("10.42.0.0/22")
    zones: int = Field(default=2, ge=1, le=3)
    """Availability zones; every interface endpoint is paid for in each."""


class Oversight(_Frozen):
    """From where on alarms sound."""

    denials_in_5_minutes: int = Field(default=20, ge=1)
    own_usd_per_day: float = Field(default=50, gt=0)


class Slack(_Frozen):
    """The Slack app, beside its secret."""

    channels: tuple[Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,20}$")], ...] = ()
    """Ids of the channels in which a mention is answered; direct messages always are."""
    alerts: tuple[Annotated[str, Field(pattern=r"^[CGDU][A-Z0-9]{2,20}$")], ...] = ()
    """Ids of channels or people that get alerts."""


class Teams(_Frozen):
    """The Teams app, beside its secret."""

    app_id: Annotated[str, Field(pattern=_GUID)]
    tenant: Annotated[str, Field(pattern=_GUID)]
    alerts: tuple[str, ...] = ()
    """Conversations, or Entra object ids of people, that get alerts."""


class Environment(_Frozen):
    """One place where Regent runs."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,15}$")]
    account: Account
    region: str
    regions: Annotated[tuple[str, ...], Field(min_length=1)]
    organization: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")]
    payer_account: Account
    log_archive_account: Account | None = None
    model: str
    model_regions: Annotated[tuple[str, ...], Field(min_length=1)]
    """Where a prompt may be answered: IAM lets the model run there and nowhere else."""
    prompts_leave_regions: bool = False
    """The company's yes to prompts being answered in `model_regions` that are not among `regions`."""
    identity: Identity
    retention: Retention = Retention()
    network: Network = Network()
    oversight: Oversight = Oversight()
    channels: tuple[Literal["webhook", "slack", "teams"], ...] = ("webhook",)
    """The doors beside the invoke API; with none, there is no Channels stack."""
    slack: Slack = Slack()
    teams: Teams | None = None
    protocols: tuple[Literal["mcp", "a2a", "agui"], ...] = ()
    """Of which a runtime of its own is made, for people's clients that speak it to AgentCore."""
    digests: Digests = ()
    """Summaries that are sent by themselves, to places of these channels."""
    principals: str | None = None
    """The file, from this folder on, that says who people of channels are; deployed with the stacks."""
    sessions: Sessions = Sessions()
    stages: dict[Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]{0,47}$")], Stage] = Field(
        default={"live": Stage()}, min_length=1
    )
    evaluation: Evaluation = Evaluation()
    stack_set: Organization | None = None
    enforce_guardrail_in_account: bool = False
    alarm_email: str | None = None

    @model_validator(mode="after")
    def _stays_where_it_may(self) -> Environment:
        outside = sorted({self.region, *self.regions, *self.model_regions} - ALLOWED_REGIONS)
        if outside:
            raise ValueError(f"{outside[0]} is not among the allowed regions ({', '.join(sorted(ALLOWED_REGIONS))})")
        if self.region not in self.regions:
            raise ValueError(f"Regent runs in {self.region}, which is not among its regions")
        if not any(self.model.startswith(prefix) for prefix in PROFILE_ORIGINS):
            raise ValueError(
                f"the model {self.model!r} is no geographic inference profile of the allowed regions; "
                f"expected one that starts with {' or '.join(PROFILE_ORIGINS)}"
            )
        self._answers_where_it_may()
        if self.channels and self.principals is None:
            raise ValueError("channels know nobody without a principals file; name one in principals, or no channels")
        waits = 60 * ApprovalSettings().minutes
        if self.channels and self.sessions.idle_seconds < waits:
            raise ValueError(
                f"sessions.idle_seconds is {self.sessions.idle_seconds}, and an approval waits {waits} seconds in the "
                "session that asked for it; expected no less"
            )
        closed = sorted(
            {place for one in self.digests for place in one.to if place.partition(":")[0] not in self.channels}
        )
        if closed:
            raise ValueError(f"a digest goes to {closed[0]}, and that channel is not among channels")
        if "teams" in self.channels and self.teams is None:
            raise ValueError("the channel teams needs teams: {app_id: …, tenant: …}")
        if len(set(self.protocols)) < len(self.protocols):
            raise ValueError("protocols names one twice; each gets one runtime")
        if self.log_archive_account == self.account:
            raise ValueError("log_archive_account is the account itself; name another one, or null")
        return self

    def _answers_where_it_may(self) -> None:
        for profile in (self.model, guardrail_definition().cross_region_profile or ""):
            known = inference.known(profile)  # and the region it is called in, of whatever group
            missing = sorted((known and known | {self.region}) - {*self.model_regions})
            if missing:
                raise ValueError(
                    f"the profile {profile} may process a prompt in {', '.join(missing)} too, and model_regions does "
                    "not say so: what Bedrock sends there IAM would refuse. Name all of its regions, or use another one"
                )
        if self.leaving and not self.prompts_leave_regions:
            raise ValueError(
                f"a prompt, which holds what was asked and what AWS answered, may be processed in "
                f"{', '.join(self.leaving)}: these are model_regions, and not among regions. If your company has "
                "decided that it may, say prompts_leave_regions: true; if not, use a model that stays in regions"
            )
        if self.prompts_leave_regions and not self.leaving:
            raise ValueError("prompts_leave_regions is true, and all of model_regions are among regions: say false")

    @property
    def leaving(self) -> tuple[str, ...]:
        """Regions in which prompts may be answered, though no data may lie there."""
        return tuple(sorted({*self.model_regions} - {*self.regions}))

    def says_leaving(self, declared: Set[str]) -> str:
        """Where prompts go besides, in sentences, and whether the company's declarations name these regions."""
        told = (
            f"Prompts may be processed in {', '.join(self.leaving)}, outside of regions, as {self.name}.yaml says "
            "(prompts_leave_regions). A service control policy that denies one of them ends inference."
        )
        unnamed = [region for region in self.leaving if region not in declared]
        if unnamed:
            told += (
                f" The declarations do not name {', '.join(unnamed)} (inference_regions): "
                "A.4.5 and A.10.3 fail until they do."
            )
        return told

    @property
    def principals_file(self) -> Path | None:
        """Where the principals file is."""
        return FOLDER / self.principals if self.principals else None

    @property
    def prefix(self) -> str:
        """What names of stacks and resources start with."""
        return f"Regent{self.name.capitalize()}"


def load_environment(name: str | None = None) -> Environment:
    """The environment of this name, of `REGENT_ENVIRONMENT`, or the example.

    Raises:
        ConfigError: there is no such file, or it does not fit.
    """
    chosen = name or os.environ.get("REGENT_ENVIRONMENT", "example")
    file = FOLDER / f"{chosen}.yaml"
    try:
        plain = yaml.safe_load(file.read_text(encoding="utf-8"))
        found = Environment.model_validate(plain)
    except FileNotFoundError as error:
        there = ", ".join(sorted(path.stem for path in FOLDER.glob("*.yaml")))
        raise ConfigError(f"There is no environment {chosen!r}; there are {there}.") from error
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"The environment file {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the environment"
        raise ConfigError(f"The environment file {file.name} is wrong at {where}: {first['msg']}.") from error
    if found.principals_file is not None:
        try:
            people(found.principals_file)
        except PrincipalsError as error:
            raise ConfigError(
                f"The environment file {file.name} names principals that cannot be used: {error}"
            ) from error
    if found.name != chosen:
        raise ConfigError(f"The environment file {file.name} calls itself {found.name!r}; both must be the same.")
    return found
