"""Diagnostics: structlog to stderr. Never secrets, never prompts; evidence goes to the ledger, not here."""

from __future__ import annotations

import logging
import os
import sys

_TALKATIVE = ("botocore", "boto3", "urllib3", "httpx", "httpcore", "openai", "strands", "werkzeug", "asyncio")
"""Libraries whose debug lines hold credentials, prompts or answers of AWS; they never go below WARNING."""


def set_up() -> None:
    """Warnings and errors to stderr; `REGENT_LOG=debug` shows more, with traces. An application's own set-up wins."""
    import structlog

    wanted = logging.getLevelName(os.environ.get("REGENT_LOG", "critical").upper())
    level = wanted if isinstance(wanted, int) else logging.WARNING
    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr, level=level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                # plain traces: the pretty ones print local variables, and those hold what people asked
                structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(level),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
