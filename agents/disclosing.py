"""Disclosing: one sample answer, drawn by every channel as it draws real ones, to see that each says who wrote it.

Nothing here writes the line that an AI system wrote an answer: each channel's own code draws, and what it drew is the
evidence. Which channels are open is told by the settings, counted apart from what could be drawn.
"""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from agents.answer import Answer, LedgerSpan, PrincipalShown, Usage
from agents.settings import Settings
from agents.wording import origin
from policies.controls.manifest import Disclosure

if TYPE_CHECKING:
    from agents.drafting import ModelMaker

LANGUAGE = "en"
"""The language of all that code writes around an answer."""
_ALWAYS = ("invoke", "webhook", "slack")
_TEXT = "EC2 cost USD 12.00 in September 2026."


def open_channels(settings: Settings) -> tuple[str, ...]:
    """The channels through which answers go out as the settings stand.

    Teams needs its app: without, there is none. The package that is deployed has no terminal in it.
    """
    terminal = ("cli",) if importlib.util.find_spec("agents.cli") else ()
    return (*terminal, *_ALWAYS, *settings.protocols, *(("teams",) if settings.teams.app_id else ()))


def disclosures(settings: Settings, maker: ModelMaker) -> tuple[Disclosure, ...]:
    """What each open channel shows with an answer that `maker` would write."""
    answer = _answer(settings, maker)
    drawn = ((channel, _DRAW[channel](answer, settings)) for channel in open_channels(settings) if channel in _DRAW)
    return tuple(Disclosure(channel=channel, language=LANGUAGE, text=text) for channel, text in drawn)


def _answer(settings: Settings, maker: ModelMaker) -> Answer:
    """An answer as the desk delivers one: the line about who wrote it is the last of its text."""
    line = origin(maker, "answered", True, settings.disclosure)
    return Answer(
        id="q-sample",
        question="What did EC2 cost?",
        principal=PrincipalShown(id="sample", role="manager", assurance="local"),
        status="answered",
        text=f"{_TEXT}\n\n{line}",
        disclosure=line,
        usage=Usage(model=maker.name),
        ledger=LedgerSpan(origin="regent.local/sample", first=None, last=None, root=""),
    )


def _terminal(answer: Answer, settings: Settings) -> str:
    from rich.console import Console

    from agents.cli.showing import show_answer

    shown = io.StringIO()
    show_answer(answer, Console(file=shown, width=160, highlight=False))
    return shown.getvalue()


def _invoke(answer: Answer, settings: Settings) -> str:
    return json.dumps(answer.to_json(), ensure_ascii=False)


def _webhook(answer: Answer, settings: Settings) -> str:
    from agents.channels.webhook_worker import told

    return told(answer, settings.disclosure)


def _slack(answer: Answer, settings: Settings) -> str:
    from agents.channels.rendering import view
    from agents.channels.slack.blocks import answer_blocks

    return json.dumps(answer_blocks(view(answer, settings.disclosure), "sample"), ensure_ascii=False)


def _teams(answer: Answer, settings: Settings) -> str:
    from agents.channels.rendering import view
    from agents.channels.teams.cards import answer_card

    return json.dumps(answer_card(view(answer, settings.disclosure)), ensure_ascii=False)


def _protocol(answer: Answer, settings: Settings) -> str:
    from agents.channels.markdown import markdown
    from agents.channels.rendering import view

    return markdown(view(answer, settings.disclosure))


_DRAW: dict[str, Callable[[Answer, Settings], str]] = {
    "cli": _terminal,
    "invoke": _invoke,
    "webhook": _webhook,
    "slack": _slack,
    "teams": _teams,
    **dict.fromkeys(("openai", "agui", "mcp", "a2a"), _protocol),
}
