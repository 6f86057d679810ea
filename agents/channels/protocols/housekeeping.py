"""Housekeeping: what a chat page asks the model for itself, such as a title for the chat. Nobody asked it.

Open WebUI sends such prompts to the model of the chat, with the conversation in them. They are answered by rule, with
nothing: no model, no query, no session and no record, because there is no question. A page that is told to names its
tasks in a header; the prompts that Open WebUI ships are known by their form as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

TASK_HEADER = "x-openwebui-task"
"""Set by the connection's own headers: `{"X-OpenWebUI-Task": "{{TASK}}"}`; empty when a person asks."""
_NOTHING = {
    "title": '{"title": ""}',
    "tags": '{"tags": []}',
    "follow_ups": '{"follow_ups": []}',
    "queries": '{"queries": []}',
    "prompt": '{"prompt": ""}',
    "text": '{"text": ""}',
    "tool_calls": '{"tool_calls": []}',
    "operations": '{"operations": []}',
}
"""The JSON that a task wants, with nothing in it, by its key. An empty title leaves the first question as the title."""
_KEYS = {
    "title_generation": "title",
    "tags_generation": "tags",
    "follow_up_generation": "follow_ups",
    "query_generation": "queries",
    "image_prompt_generation": "prompt",
    "autocomplete_generation": "text",
    "function_calling": "tool_calls",
    "memory_review": "operations",
}
_OTHER = "Only questions of people are answered here; this one was the page's own."
_ASKED_FOR = re.compile(r'\{\s*"(title|tags|follow_ups|queries|prompt|text)":')
_SENTENCES = (
    "Your task is to reflect the speaker's likely facial expression through a fitting emoji.",
    "You have been provided with a set of responses from various models to the latest user query:",
)
_WITH_FILES = "### Task:\nRespond to the user query using the provided context"
_SYSTEMS = {"Available Tools:": "tool_calls", "You are Open WebUI's private memory reviewer.": "operations"}


def by_the_page(headers: Mapping[str, str], messages: Sequence[tuple[str, str]]) -> str | None:
    """What to reply to a request that a page makes for itself; None when a person asks.

    `headers` have names in lower case. Whoever forges the header is answered nothing, which gives them nothing.
    """
    task = headers.get(TASK_HEADER, "").strip().lower().removeprefix("tasks.")
    if task:
        return _NOTHING.get(_KEYS.get(task, ""), _OTHER)
    if not messages or any(role == "assistant" for role, _ in messages):
        return None  # these prompts hold the conversation as text, in one message
    system = "\n".join(text for role, text in messages if role == "system")
    text = messages[-1][1]
    for begin, key in _SYSTEMS.items():
        if system.startswith(begin):
            return _NOTHING[key]
    if text.startswith("### Task:") and "<chat_history>" in text and (wanted := _ASKED_FOR.search(text)):
        return _NOTHING[wanted[1]]
    return _OTHER if text.startswith(_SENTENCES) else None


def brings_files(messages: Sequence[tuple[str, str]]) -> bool:
    """Whether a page wrote files, or what it found elsewhere, around the question, as Open WebUI does."""
    return any(text.startswith(_WITH_FILES) for role, text in messages if role != "assistant")
