"""The AgentCore runtime contract: `POST /invocations` and `GET /ping`, answered from the first moments of the process.

The port is bound by a small raw ASGI app before anything heavy is imported; a thread imports and opens the desk, and
questions that arrive earlier wait for it. `agents.invoking` has what an invocation does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from agents.asgi import AsgiApp, Message, Receive, Send, again, ends_unclear, lifespan, say, whole_body
from agents.channels.protocols.foreign import LOOPBACK, Count, Counting, door, foreign
from agents.channels.protocols.paths import ADDRESSES, MODES, Address
from agents.channels.protocols.welcome import HEADERS as WELCOMED
from agents.channels.protocols.welcome import welcome

if TYPE_CHECKING:
    from agents.proxied import Network

PING = "/ping"
MOST_BYTES = ADDRESSES["/invocations"].most_bytes
"""The largest body of an invocation that is read; a question has a few hundred characters."""


class Health:
    """Busy or not, and since when. Safe to use from any thread.

    The time is that of the last change of status: AgentCore ends a session that has been idle for long, and one that
    reports a new time at every ping would never be.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._running, self._since = 0, clock()

    def __enter__(self) -> Health:
        with self._lock:
            self._running += 1
            if self._running == 1:
                self._since = self._clock()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                self._since = self._clock()

    def report(self) -> dict[str, str | int]:
        """The body of `/ping`: `Healthy` or `HealthyBusy`, and when that last changed (Unix seconds)."""
        with self._lock:
            return {"status": "HealthyBusy" if self._running else "Healthy", "time_of_last_update": int(self._since)}


class Front:
    """The raw ASGI app that is bound first: `/ping` at once, everything else handed on when the house is open."""

    def __init__(self, health: Health, *, loopback: bool, protocol: str = "http") -> None:
        self._health, self._loopback, self._mode = health, loopback, MODES[protocol]
        self._app: AsgiApp | None = None
        self._foreign = Counting()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._lock = threading.Lock()

    def open(self, app: AsgiApp, count_foreign: Count | None = None) -> None:
        """Hand over to `app`; called once, from the thread that opened it. `count_foreign` puts on record how often a
        web page was refused, at which door."""
        if count_foreign is not None:
            self._foreign.begin(count_foreign)
        with self._lock:
            self._app = app
            waiting, self._waiting = self._waiting, []
        for loop, event in waiting:
            with suppress(RuntimeError):  # stopped while it was opened: nobody waits any more
                loop.call_soon_threadsafe(event.set)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        if await ends_unclear(scope, send):
            return
        if scope["path"] == PING and scope["method"] in ("GET", "HEAD"):
            await say(send, 200, self._health.report())
            return
        leads = self._mode.paths.get(scope["path"])
        if self._loopback and (refused := foreign(scope["headers"])):
            await self._foreign.one(door(leads))
            await say(send, 403, {"error": refused})
        elif scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            await self._welcome(scope, send)
        elif leads is None or ADDRESSES[leads].method != scope["method"]:
            there = f"there are {self._mode.known}."
            if leads is None:
                await say(send, 404, {"error": f"There is no such address here; {there}"})
            else:
                said = f"{scope['path']} is not to be asked with {scope['method']}; {there}"
                await say(send, 405, {"error": said}, headers={"allow": ADDRESSES[leads].method})
        else:
            await self._invoke(ADDRESSES[leads], {**scope, "path": leads, "raw_path": leads.encode()}, receive, send)

    async def _welcome(self, scope: Message, send: Send) -> None:
        accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
        at, port = scope["server"]
        base = f"http://[{at}]:{port}" if ":" in at else f"http://{at}:{port}"
        page = welcome(self._mode, base if self._loopback else "$URL", accepted.decode("latin-1"))
        await say(send, 200, page.text, page.kind, WELCOMED)

    async def _invoke(self, address: Address, scope: Message, receive: Receive, send: Send) -> None:
        body = await whole_body(receive, send, address.most_bytes)
        if body is None:
            return
        if refused := _unreadable(body, address):
            await say(send, 400, {"error": refused})
            return
        app = self._app or await self._opened()
        with self._health:
            await app(scope, again(body, receive), send)

    async def _opened(self) -> AsgiApp:
        event = asyncio.Event()
        with self._lock:
            if self._app is not None:
                return self._app
            self._waiting.append((asyncio.get_running_loop(), event))
        await event.wait()
        assert self._app is not None
        return self._app


def serve(
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    protocol: str = "http",
    estate: str | None = None,
    model: str | None = None,
    connections: int | None = None,
    proxies: Sequence[Network] = (),
) -> int:
    """Serve until stopped; the process exit code. Answers that are on their way are finished first.

    `protocol` is a mode of AgentCore's runtimes (`MODES`), which says the port if none is given, and the paths. So
    many `connections` are held at the same time (default: `agents.crowd.MOST`); `/ping` is answered beyond them.

    Opening happens while the port is bound already; what cannot be opened ends the process with a sentence.
    """
    from agents.crowd import MOST
    from agents.listening import GRACE_SECONDS, BindError, listen
    from agents.listening import server as serving
    from tools.errors import SettingsError

    health = Health()
    port = port or MODES[protocol].port
    front = Front(health, loopback=host in LOOPBACK, protocol=protocol)
    try:
        server = serving(front, host=host, port=port, connections=connections or MOST, always=(PING,), proxies=proxies)
    except SettingsError as error:
        _say(str(error))
        return 1
    failed: list[str] = []
    with ExitStack() as closing:
        opener = threading.Thread(
            target=_open,
            args=(front, server, closing, failed, host, protocol, estate, model),
            daemon=True,
            name="opening",
        )
        opener.start()
        try:
            listen(server)
        except BindError as error:
            failed.append(str(error))
        opener.join(GRACE_SECONDS)
    for sentence in failed:
        _say(sentence)
    return 1 if failed else 0


def _open(
    front: Front,
    server: Any,
    closing: ExitStack,
    failed: list[str],
    host: str,
    protocol: str,
    estate: str | None,
    model: str | None,
) -> None:
    from agents.diagnostics import set_up
    from agents.starting import opening, start_lean
    from tools.errors import RegentError

    start_lean()
    set_up("warning")
    try:
        with opening():
            from agents.invoking import open_app

            opened = open_app(estate=estate, model=model, protocol=protocol, exposed=host not in LOOPBACK)
            app = closing.enter_context(opened)
        front.open(app, app.count_foreign)
    except (RegentError, OSError) as error:
        failed.append(str(error))
        server.should_exit = True
        return
    if not server.should_exit:
        _say(f"serving on http://{host}:{server.config.port}; Ctrl-C stops")


def _say(sentence: str) -> None:
    sys.stderr.write(f"regent: {sentence}\n")
    sys.stderr.flush()


def _unreadable(body: bytes, address: Address) -> str | None:
    if address.protocol != "agentcore":
        return None  # each protocol says in its own form what is wrong
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        return 'The body is not JSON; send {"prompt": "What did we spend last month?"}.'
    if not isinstance(whole, dict):
        return 'The body is not a JSON object; send {"prompt": "What did we spend last month?"}.'
    return None


def main() -> None:
    """`python -m agents.runtime`: what the AgentCore runtime starts. Host and port come from the settings."""
    from agents.settings import load_settings
    from tools.errors import RegentError

    try:
        settings = load_settings()
    except RegentError as error:
        _say(str(error))
        sys.exit(1)
    sys.exit(
        serve(
            host=settings.serve_host,
            port=settings.serve_port,
            protocol=settings.serve_protocol,
            connections=settings.serve_connections,
            proxies=settings.serve_proxies,
        )
    )


if __name__ == "__main__":
    main()
