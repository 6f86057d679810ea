"""Notices: what waits for a second person, and what became of it, as people of one channel hear of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from agents.channels.transports import SESSION_HEADER
from agents.would_run import briefly
from policies.access.principal import KnownAs

_SESSION = re.compile(r"[A-Za-z0-9._:+=@/-]{1,256}")


class _Notice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ApprovalNotice(_Notice):
    """An approval that waits, as its approvers hear of it."""

    approval: str
    asker: str
    asker_as: KnownAs | None
    """The asker in the channel, if they are known there: whom the answer goes to."""
    session: str
    """The asker's conversation."""
    within: str | None = None
    """The runtime session that knows of it, if a runtime per session does."""
    query: str
    input: Mapping[str, Any]
    accounts: tuple[str, ...]
    reason: str
    expires: datetime
    approvers: tuple[str, ...]
    """Who may decide it, as the channel knows them."""


class Settled(_Notice):
    """An approval that does not wait any more."""

    approval: str
    words: str
    """What became of it, to follow `it`: `was approved by carla at …`."""
    asker_as: KnownAs | None
    """The asker in the channel, if they are known there."""
    approvers: tuple[str, ...]
    """Who may have been asked, as the channel knows them."""
    over: bool = True
    """Whether its question may go on from here: nobody else is at it now."""
    within: str | None = None
    """The runtime session that knows of it, if a runtime per session does."""
    given_up: bool = False
    """Whether no answer comes any more, if there is none by now."""


class Pointer(_Notice):
    """An approval that waits where this channel cannot decide it."""

    approval: str
    query: str
    within: str
    """The runtime session that knows of it."""
    expires: datetime
    approvers: tuple[str, ...]
    url: str | None = None
    """Where the runtime is invoked, if it is known here."""

    @property
    def text(self) -> str:
        """What approvers read, in Markdown: commands for a shell, if the name of the session may stand in one.

        The asker named the session, and whoever copies a command runs it.
        """
        said = (
            f"A second person's approval of {briefly(self.query)} is asked for ({self.approval}, until "
            f"{self.expires:%Y-%m-%d %H:%M} UTC). It was asked with a token, and is decided with one, in the session "
            "that asked"
        )
        if not _SESSION.fullmatch(self.within):
            return f"{said}. The name of that session is none that may stand in a command: ask whoever asked for it."
        seen = '{"approvals": "mine"}'
        decided = f'{{"decide": {{"approval": "{self.approval}", "verdict": "approve"}}}}'
        where = "" if self.url else "`URL` is the address of the runtime's invocations. "
        return (
            f"{said}. `TOKEN` is your own token of the identity provider. {where}Look first at what would run and why, "
            f'then decide; `deny` in place of `approve` turns it down, and `"reason": "…"` beside it says why.\n\n'
            f"```\n{self._command(seen)}\n{self._command(decided)}\n```"
        )

    def _command(self, payload: str) -> str:
        to = f"'{self.url}'" if self.url else '"$URL"'
        return (
            f"curl -s {to} -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' "
            f"-H '{SESSION_HEADER}: {self.within}' -d '{payload}'"
        )


def invoke_url(runtime: str) -> str:
    """Where a runtime is invoked with a token, from its ARN: its default endpoint."""
    _, partition, _, region, *_ = runtime.split(":")
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return f"https://bedrock-agentcore.{region}.{suffix}/runtimes/{quote(runtime, safe='')}/invocations"


class Waits(Protocol):
    """What waits in the house for people of a channel, and what became of it. RegentError when it is not known."""

    def pending(self, channel: str) -> Iterable[ApprovalNotice]:
        """Every approval that waits, wherever it was asked."""

    def settled(self, channel: str) -> Iterable[Settled]:
        """Those that were decided or expired in the last days."""

    def elsewhere(self, channel: str) -> Iterable[Pointer]:
        """Those that wait where this channel cannot decide them."""


class NothingWaits:
    """For whoever brings alerts alone."""

    def pending(self, channel: str) -> Iterable[ApprovalNotice]:
        return ()

    def settled(self, channel: str) -> Iterable[Settled]:
        return ()

    def elsewhere(self, channel: str) -> Iterable[Pointer]:
        return ()


def approval_key(approval: str) -> str:
    """What `Heard` knows the request for an approval by."""
    return f"approval/{approval}"


def asked_key(approval: str) -> str:
    """What `Heard` knows by that somebody asked in a channel and waits there; kept with it: their conversation."""
    return f"asked/{approval}"


def answer_key(approval: str) -> str:
    """What `Heard` knows the answer after a decision by."""
    return f"answer/{approval}"


def settled_key(approval: str) -> str:
    """What `Heard` knows by that an approver was told what became of it."""
    return f"settled/{approval}"


def begun_key(delivery: str) -> str:
    """What `Heard` knows by that an answer was begun in a channel; kept with it: the message that becomes the answer.

    A try that dies leaves that message; the next one goes on in it.
    """
    return f"begun/{delivery}"
