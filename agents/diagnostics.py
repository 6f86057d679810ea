"""Diagnostics: structlog to stderr. Never secrets, never prompts; evidence goes to the ledger, not here."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

_TALKATIVE = (
    "botocore", "boto3", "urllib3", "httpx", "httpcore", "openai", "strands", "werkzeug", "asyncio",
    "slack_sdk", "slack_bolt", "microsoft_teams", "msal", "azure",
)  # fmt: skip
"""Libraries whose debug lines hold credentials, prompts or answers; they never go below WARNING."""


def hush() -> None:
    """What a library logs before anything is set up reaches nobody, instead of the screen of whoever runs a command."""
    if "REGENT_LOG" in os.environ:
        set_up()
    else:
        logging.lastResort = logging.NullHandler()


def set_up(default: str = "critical") -> None:
    """What is at least of the level `REGENT_LOG` (or `default`) to stderr; `debug` with traces. The first call wins.

    A command says itself what went wrong. What serves (`default="warning"`) has nobody before it but its log.
    """
    import structlog

    wanted = logging.getLevelName(os.environ.get("REGENT_LOG", default).upper())
    level = wanted if isinstance(wanted, int) else logging.WARNING
    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr, level=level)
        for handler in logging.getLogger().handlers:
            handler.addFilter(_mask_record)
    for name in _TALKATIVE:
        # a level of its own outranks the root's: it must not be lower than what is wanted
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                # plain traces: the pretty ones print local variables, and those hold what people asked
                structlog.processors.format_exc_info,
                _masked,
                structlog.dev.ConsoleRenderer(
                    colors=_in_colours(sys.stderr), exception_formatter=structlog.dev.plain_traceback
                ),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(level),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )


def _in_colours(where: TextIO) -> bool:
    """Only a terminal shows colours; in a file, a pipe or CloudWatch they are noise between the words."""
    return where.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _masked(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Every text of a line without secrets and identifiers: AWS and model servers quote what they were sent."""
    from policies.guardrails import clean_and_mask

    return {name: clean_and_mask(text) if isinstance(text, str) else text for name, text in event.items()}


def _mask_record(record: logging.LogRecord) -> bool:
    """The same for what libraries log; the trace of an exception is written out first, so that it is masked too."""
    from policies.guardrails import clean_and_mask

    said = record.getMessage()
    if record.exc_info:
        said += "\n" + logging.Formatter().formatException(record.exc_info)
    record.msg, record.args, record.exc_info, record.exc_text = clean_and_mask(said), (), None, None
    return True
