"""Settings of the Slack app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Place = Annotated[str, Field(pattern=r"^[CGDU][A-Z0-9]{2,20}$")]
"""Slack's id of a channel or a person."""


class SlackSettings(BaseModel):
    """What `regent slack` and the deployed worker run with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_file: Path | None = None
    """File of mode 600 with `{"signing_secret": "…", "bot_token": "xoxb-…"}`; or set the two below by environment."""
    signing_secret: SecretStr | None = None
    bot_token: SecretStr | None = None
    channels: tuple[Place, ...] = ()
    """Ids of the channels in which a mention is answered; direct messages always are."""
    alerts: tuple[Place, ...] = ()
    """Ids of channels or people that hear when a control leaves `evidenced`."""
    channel_history: bool = False
    """Also see messages of channels that it is in, to put on record when a question there is edited or deleted."""
    streaming: bool = True
    """Stream into Slack's own streamed messages; where Slack refuses, messages are edited instead."""
    name: str = Field(default="Regent", min_length=1, max_length=35)
    api_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://\S+/$")
    """Where Slack's Web API is; another one for GovSlack."""
