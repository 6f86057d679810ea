"""Regent's own deployment in the company's home accounts: what infra's stacks leave there, and what is left of a trial.

`tools/estate/deployed.json` holds the resources of the synthesized stacks with every reference resolved
(`python -m tests.infra.deployed` writes it), so names and settings are those that `cdk deploy` would make. It was
deployed the afternoon before the sample clock, and nobody has asked it anything yet: its log groups are empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tools.estate.inventory.base import Tags, standard_tags
from tools.estate.world import ACCOUNTS

FILE = Path(__file__).parents[1] / "deployed.json"
AT = datetime(2026, 10, 14, 15, 42, tzinfo=UTC)
"""When it was deployed."""
_ACCOUNTS = {account.id: account for account in ACCOUNTS}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `kind` is CloudFormation's type without `AWS::`; `properties` are as in a template."""

    account: str
    region: str
    kind: str
    id: str
    """What `Ref` gives."""
    attributes: Mapping[str, str] = field(hash=False)
    """What `Fn::GetAtt` gives."""
    properties: Mapping[str, Any] = field(hash=False)
    created: datetime = AT

    @property
    def arn(self) -> str:
        """Its ARN, where an attribute gives it."""
        found = [value for name, value in self.attributes.items() if name.endswith("Arn")]
        return found[0] if found else self.id

    @property
    def tags(self) -> Tags:
        """Its own tags (deployed stacks name their environment), and those that the company's policy asks for."""
        own = self.properties.get("Tags") or ()
        pairs = own.items() if isinstance(own, Mapping) else ((one["Key"], one["Value"]) for one in own)
        return Tags((*standard_tags(_ACCOUNTS[self.account], self.id).pairs, *pairs))


@cache
def _all() -> dict[str, tuple[Resource, ...]]:
    import orjson

    from tools.estate.inventory.trial import TRIAL

    read = [
        Resource(
            one["account"],
            one["region"],
            one["type"].removeprefix("AWS::"),
            one["id"],
            one["attributes"],
            one["properties"],
        )
        for one in orjson.loads(FILE.read_bytes())
    ]
    found: dict[str, list[Resource]] = {}
    for one in (*read, *TRIAL):
        found.setdefault(one.kind, []).append(one)
    return {kind: tuple(resources) for kind, resources in found.items()}


def deployed(kind: str, account: str | None = None, region: str | None = None) -> list[Resource]:
    """The resources of a type (`BedrockAgentCore::Runtime`), of one account and region if given."""
    return [one for one in _all().get(kind, ()) if account in (None, one.account) and region in (None, one.region)]


def guardrail() -> str:
    """The guardrail that the runtimes use, as `ID:VERSION`."""
    said = deployed("BedrockAgentCore::Runtime")[0].properties["EnvironmentVariables"]
    return f"{said['REGENT_GUARDRAIL'].rpartition('/')[2]}:{said['REGENT_GUARDRAIL_VERSION']}"


def external_id() -> str:
    """The external id with which the runtimes take on the reader roles."""
    said = deployed("BedrockAgentCore::Runtime")[0].properties["EnvironmentVariables"]
    return str(said["REGENT_EXTERNAL_ID"])


def settings(name: str, account: str, region: str) -> list[Mapping[str, Any]]:
    """What the deployment applied by API (`Custom::RegentSetting`), by the name of the setting."""
    found: Iterable[Resource] = deployed("Custom::RegentSetting", account, region)
    return [one.properties for one in found if one.properties["Setting"] == name]
