"""Sources: the settings that say whose word is taken for who is asking."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.access.principal import Role

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a public key only: none, and those with a shared secret (HS256), cannot even be configured."""
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")]
ScopeName = Literal["accounts", "units", "domains", "venue", "team", "env"]


class Issuer(BaseModel):
    """Whose tokens are accepted, and for whom they must be made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(description="The `iss` that tokens must name, exactly.")
    audiences: tuple[str, ...] = Field(default=(), description="Accepted `aud` values.")
    clients: tuple[str, ...] = Field(
        default=(), description="Accepted `client_id`, `azp` or `appid` values, for tokens without `aud` (Cognito)."
    )
    keys: str | None = Field(
        default=None, description="Address of the JWKS; default: what the issuer's discovery document says."
    )
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256",), min_length=1)
    leeway: int = Field(default=60, ge=0, le=300, description="Seconds that clocks may differ.")
    longest: int = Field(default=86_400, ge=60, description="Seconds that a token may be valid for at most.")

    @model_validator(mode="after")
    def _for_somebody(self) -> Issuer:
        if not self.audiences and not self.clients:
            raise ValueError("name at least one audience or client; without, any token of the issuer would do")
        return self


class ClaimMapping(BaseModel):
    """Which claims say who a person is, which role they have, and what they are limited to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field(default="sub", description="The claim with the person's id; `email` must be a verified one.")
    name: str = Field(default="name", description="The claim with the person's name.")
    role: str | None = Field(default=None, description="The claim with groups or roles; dots reach into objects.")
    roles: dict[str, Role] = Field(default={}, description="Role by group; the first that the person has counts.")
    scope: dict[ScopeName, str] = Field(
        default={}, description="Claims that limit a person; one that a token lacks means nothing, not everything."
    )
    everything: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="The value of a scope claim that limits nothing, for instance `*`."
    )
    unscoped_roles: tuple[Role, ...] = Field(
        default=(), description="Roles whose people see everything: no scope claim limits them."
    )

    @model_validator(mode="after")
    def _limited_or_meant(self) -> ClaimMapping:
        open_to_all = sorted(set(self.roles.values()) - set(self.unscoped_roles))
        if open_to_all and not self.scope:
            raise ValueError(
                f"without `scope`, everybody with the role {', '.join(open_to_all)} would see the whole estate; "
                "name the claims that limit people in `scope`, or list the roles that may see everything "
                "in `unscoped_roles`"
            )
        return self


class EnvelopeKeys(BaseModel):
    """Which channel workers' envelopes are opened here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    audience: str = Field(min_length=1, description="The name that envelopes for this runtime carry.")
    keys: dict[str, str] = Field(
        min_length=1, description="Public keys of the channel workers by key id: in PEM, or the ARN of a KMS key."
    )


class ProxySettings(BaseModel):
    """A proxy that signs people in and says in a header who they are, such as Open WebUI; a secret proves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_sha256: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...] = Field(
        min_length=1,
        description="SHA-256 in hex of the proxy's secret (32 characters or more); two while it changes.",
    )
    secret_header: HeaderName = Field(
        default="Authorization", description="The header with the secret; in Authorization as `Bearer SECRET`."
    )
    person_header: HeaderName = Field(
        default="X-OpenWebUI-User-Email", description="The header with the person's id; `known_as: [proxy:ID]`."
    )

    @model_validator(mode="after")
    def _two_headers(self) -> ProxySettings:
        reserved = {"authorization", self.secret_header.casefold()}
        if self.person_header.casefold() in reserved:
            raise ValueError("person_header must not be the header that holds the secret, nor Authorization")
        return self


class IdentitySettings(BaseModel):
    """Where identity comes from. Without any of these there is only the local user of this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oidc: Issuer | None = Field(default=None, description="Accept tokens of this issuer.")
    claims: ClaimMapping = Field(default=ClaimMapping(), description="What a token's claims mean.")
    envelopes: EnvelopeKeys | None = Field(default=None, description="Accept envelopes of channel workers.")
    proxy: ProxySettings | None = Field(default=None, description="Accept what this proxy says about who asks.")
    cli: Literal["local", "iam"] = Field(
        default="local", description="Who asks with `--estate aws`: an id of the principals file, or the AWS caller."
    )

    @property
    def verifies(self) -> bool:
        """Whether a call from elsewhere can be verified."""
        return any(source is not None for source in (self.oidc, self.envelopes, self.proxy))
