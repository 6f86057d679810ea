"""Whose: as whom Slack says that somebody wrote, or pressed a button. Who cannot be told apart from a stranger is one.

In a channel that is shared with another company (Slack Connect), people of both write and press. Slack says whose each
is: `user_team`, `source_team` and `team` of a message; `user.team_id` of an interaction, whose own `team` is the app's
for a button and the person's for a form. In an Enterprise organisation `user.team_id` is the organisation's (`E…`), and
`team.enterprise_id` says of which one the workspace is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.channels.slack.events import CHANNEL, text_in

NOBODYS = "?"
"""Stands for the team of somebody of whom Slack says none: nobody is known as theirs."""


def author(body: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Who wrote it, as the principals file knows people: `slack:TEAM/USER`."""
    here = text_in(body, "team_id")
    profile = event.get("user_profile")
    named = [text_in(event, name) for name in ("user_team", "source_team", "team")]
    named += [text_in(profile, "team")] if isinstance(profile, Mapping) else []
    theirs = [team for team in named if team and not (team.startswith("E") and team == _organisation(body))]
    # where the names differ, one is of another company: whoever wrote it is theirs
    away = next((team for team in theirs if team != here), None)
    unsaid = NOBODYS if body.get("is_ext_shared_channel") else here
    return _known_as(away or (here if theirs else unsaid), text_in(event, "user"))


def presser(body: Mapping[str, Any]) -> str:
    """Who pressed a button or sent a form: `slack:TEAM/USER`."""
    user, team = body["user"], body["team"]
    theirs, workspace = text_in(user, "team_id"), text_in(team, "id")
    if not theirs:
        theirs = workspace if body.get("type") == "view_submission" else NOBODYS
    elif theirs.startswith("E") and theirs == text_in(team, "enterprise_id"):
        theirs = workspace
    return _known_as(theirs or NOBODYS, text_in(user, "id"))


def _organisation(body: Mapping[str, Any]) -> str:
    """The Enterprise organisation in which the app is installed."""
    found = body.get("authorizations")
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], Mapping) else {}
    return text_in(first, "enterprise_id")


def _known_as(team: str, user: str) -> str:
    return f"{CHANNEL}:{team}/{user}"
