"""What libraries would make anew for every test, although it comes out the same: it is made once in a process."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Callable
from functools import cache
from typing import Any


def share() -> None:
    """For what is loaded by now: called when all tests of a process are."""
    if "typer.main" in sys.modules:
        _commands()
    if "httpx" in sys.modules:
        _trust()


def _commands() -> None:
    """A command line is put together from the signatures of all commands: 40 ms, for every one that a test runs."""
    import typer.main
    import typer.testing

    shared = cache(typer.main.get_command)
    typer.main.get_command = shared
    typer.testing._get_command = shared


def _trust() -> None:
    """Certificates that this machine trusts are read in 30 ms, by every client that is opened.

    They are read again when the environment names others, or a test looks who reads them.
    """
    import httpx
    import httpx._config
    import httpx._transports.default

    make = httpx.create_ssl_context

    @cache
    def kept(reader: Callable[..., ssl.SSLContext], file: str | None, folder: str | None) -> ssl.SSLContext:
        return make()

    def shared(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
        if verify is True and cert is None and trust_env:
            named = (os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
            return kept(ssl.create_default_context, *named)
        return make(verify=verify, cert=cert, trust_env=trust_env)

    for place in (httpx, httpx._config, httpx._transports.default):
        place.create_ssl_context = shared  # type: ignore[attr-defined]
