"""The Teams app's manifest, made from settings: what an administrator uploads is what this code answers to."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from agents.channels.teams.icons import ACCENT, colour_icon, outline_icon
from agents.channels.teams.settings import TeamsSettings

VERSION = "1.19"
_SUGGESTED = (
    ("Spend last month", "What did we spend last month?"),
    ("Alarms firing now", "Which alarms are firing?"),
    ("Open findings", "How many critical security findings are open?"),
    ("approvals", "What waits for your decision"),
)
"""Commands that Teams suggests: a title of at most 32 characters, which is what is sent, and what it is for."""


def manifest(settings: TeamsSettings, version: str) -> dict[str, Any]:
    """The manifest of the app. It asks for no permission of Microsoft Graph and for no user's data.

    Raises:
        SettingsError: the app is not set.
    """
    app_id, _ = settings.registered()
    site = settings.website.rstrip("/")
    commands = [{"title": title, "description": said} for title, said in _SUGGESTED]
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": VERSION,
        "version": version,
        "id": app_id,
        "developer": {
            "name": settings.company[:32],
            "websiteUrl": site,
            "privacyUrl": f"{site}/privacy",
            "termsOfUseUrl": f"{site}/terms",
        },
        "name": {"short": "Regent", "full": "Regent: ask your AWS estate"},
        "description": {
            "short": "Ask about AWS cost, security and operations; every figure has a receipt.",
            "full": "Regent answers questions about cost, security and operations of your AWS accounts. Every figure "
            "in an answer names the AWS call it came from, every step passes a policy, and all of it is on record. "
            "Answers are written by an AI system; each says how to reach a person.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#{:02X}{:02X}{:02X}".format(*ACCENT[:3]),
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "team", "groupChat"],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [{"scopes": ["personal", "team", "groupChat"], "commands": commands}],
            }
        ],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "validDomains": [],
    }


def package(settings: TeamsSettings, version: str) -> bytes:
    """The app as one zip for the Teams admin centre: the same settings give the same bytes.

    Raises:
        SettingsError: the app is not set.
    """
    files = {
        "manifest.json": json.dumps(manifest(settings, version), indent=2).encode() + b"\n",
        "color.png": colour_icon(),
        "outline.png": outline_icon(),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            packed.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=9)
    return held.getvalue()
