"""Welcome: what somebody is told who opens the server's own address, in a browser or with curl.

It is the same for everybody: which addresses there are, and a call to copy. Nothing of the house, its people or its
settings is in it. Standard library only: it is answered before anything heavy is imported.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import NamedTuple

from agents.channels.protocols.paths import ADDRESSES, Mode
from agents.wording import AI, PERSON

_WHAT = {
    "agentcore": "a question, as Bedrock AgentCore sends it",
    "openai": "OpenAI-compatible chat",
    "agui": "AG-UI, for front ends",
    "mcp": "MCP, the queries as tools",
    "a2a": "A2A, for other agents",
}
_RUN = '{"threadId": "t1", "runId": "r1", "messages": [{"id": "m1", "role": "user", "content": "%s"}]}'
_ASK = "What did we spend last month?"
_CALLS = {
    "agentcore": """curl -s %s -d '{"prompt": "{ask}"}'""",
    "agui": "curl -sN %s -H 'Content-Type: application/json' -d '{run}'",
    "mcp": "curl -s %s -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' "
    """-d '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'""",
    "a2a": "curl -s %s",
}
_STYLE = "body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}pre{overflow-x:auto}"
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "vary": "accept",
}
"""What goes with it: a page that can run, load, send or be framed by nothing."""


class Page(NamedTuple):
    """What is said, and its media type."""

    text: str
    kind: str


def welcome(mode: Mode, base: str, accept: str) -> Page:
    """What there is in a mode, for who accepts that: HTML if they name it, plain text otherwise.

    `base` is where the server itself listens, never what a caller sent (`http://127.0.0.1:8080`).
    """
    there = [
        (f"{ADDRESSES[leads].method} {path}", _WHAT[ADDRESSES[leads].protocol]) for path, leads in mode.paths.items()
    ]
    there.append(("GET /ping", "whether it works"))
    call = _call(mode, base)
    first = "Regent answers questions about an AWS estate, read-only; every figure has a receipt."
    proof = 'Where callers are verified, a call needs -H "Authorization: Bearer $TOKEN" too.'
    off = "A protocol can be switched off here; then its address says so."
    last = f"{AI}: that goes for every answer. {PERSON}"
    if _wants_html(accept):
        rows = "".join(f"<li><code>{escape(address)}</code> {escape(what)}</li>" for address, what in there)
        return Page(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Regent</title>'
            f"<style>{_STYLE}</style><h1>Regent</h1><p>{escape(first)}</p><p>There is no page to ask on; programs ask "
            f"here:</p><ul>{rows}</ul><p>{escape(off)}</p><p>In a terminal:</p><pre><code>{escape(call)}</code></pre>"
            f"<p>{escape(proof)}</p><p>{escape(last)}</p></html>\n",
            "text/html; charset=utf-8",
        )
    width = max(len(address) for address, _ in there)
    rows = "".join(f"  {address:<{width}}  {what}\n" for address, what in there)
    return Page(f"{first}\n\n{rows}\n{off}\n\n  {call}\n\n{proof}\n\n{last}\n", "text/plain; charset=utf-8")


def _call(mode: Mode, base: str) -> str:
    """The call to copy: a question where one fits a line, else what shows that it is there."""
    path, leads = next(iter(mode.paths.items()))
    protocol = ADDRESSES[leads].protocol
    if protocol == "a2a":
        path = next(path for path, leads in mode.paths.items() if ADDRESSES[leads].method == "GET")
    called = _CALLS[protocol].replace("{run}", _RUN.replace("%s", _ASK)).replace("{ask}", _ASK)
    return called.replace("%s", base + path)


def _wants_html(accept: str) -> bool:
    """Whether HTML is named, and not as what is not wanted. Who takes anything, as curl does, gets plain text."""
    for one in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in one.split(";"))
        if kind == "text/html":
            return not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", part) for part in parameters)
    return False
