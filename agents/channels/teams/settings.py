"""Settings of the Teams app: which app it is, whose tenant it serves, and how it proves itself to Microsoft."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tools.errors import SettingsError

GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
CloudName = Literal["public", "usgov", "usgovdod", "china"]


class TeamsSettings(BaseModel):
    """The Teams app. Without `app_id` and `tenant` there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str | None = Field(default=None, pattern=GUID, description="Id of the bot's app registration in Entra.")
    tenant: str | None = Field(default=None, pattern=GUID, description="The Entra tenant whose people may ask.")
    secret: SecretStr | None = Field(
        default=None, description="The app's client secret; better a file, or Secrets Manager."
    )
    secret_file: Path | None = Field(default=None, description="A file that holds nothing but the client secret.")
    cloud: CloudName = Field(default="public", description="Which of Microsoft's clouds the tenant is in.")
    openid: str | None = Field(
        default=None, description="Address of the Bot Framework's OpenID metadata, if not that of the cloud."
    )
    issuer: str | None = Field(default=None, description="Issuer of its tokens, if not that of the cloud.")
    service_url: str = Field(
        default="https://smba.trafficmanager.net/teams",
        pattern=r"^https?://\S+$",
        description="Where messages go that nobody asked for: alerts, digests, approvals.",
    )
    alerts_to: tuple[str, ...] = Field(
        default=(),
        description="Conversations that get alerts: a channel's id (19:…@thread.tacv2), or the Entra object id of a "
        "person, who gets them in the personal chat.",
    )
    port: int = Field(default=3978, ge=1, le=65535, description="Port on 127.0.0.1 that `regent teams` binds.")
    company: str = Field(default="Regent", description="Developer name that the app's manifest shows.")
    website: str = Field(
        default="https://example.com", pattern=r"^https://\S+$", description="The company's site, for the manifest."
    )

    def registered(self) -> tuple[str, str]:
        """The app's id and the tenant.

        Raises:
            SettingsError: one of them is not set.
        """
        if self.app_id is None or self.tenant is None:
            missing = "teams.app_id" if self.app_id is None else "teams.tenant"
            raise SettingsError(
                f"The setting {missing} is not set. Register the bot (docs/teams.md, ten minutes) and set "
                "REGENT_TEAMS__APP_ID and REGENT_TEAMS__TENANT, or `teams:` in regent.yaml."
            )
        return self.app_id.lower(), self.tenant.lower()

    def client_secret(self) -> str:
        """The client secret. It is never part of a message or a log.

        Raises:
            SettingsError: there is none, there are two, or its file cannot be read.
        """
        if self.secret is not None and self.secret_file is not None:
            raise SettingsError("teams.secret and teams.secret_file are both set; leave one out.")
        if self.secret is not None:
            return self.secret.get_secret_value()
        if self.secret_file is None:
            raise SettingsError(
                "The Teams app has no secret. Set teams.secret_file (REGENT_TEAMS__SECRET_FILE) to a file that only "
                "this user can read, or REGENT_TEAMS__SECRET."
            )
        try:
            if self.secret_file.stat().st_mode & 0o077:
                raise SettingsError(
                    f"teams.secret_file {self.secret_file.name} can be read by others; set its mode to 600."
                )
            found = self.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"teams.secret_file {self.secret_file.name} cannot be read: {error}.") from error
        if not found:
            raise SettingsError(f"teams.secret_file {self.secret_file.name} is empty.")
        return found
