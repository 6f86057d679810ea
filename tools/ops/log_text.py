"""Log text: is a line an error, what is its shape, and how it may be shown. Log text is data from outside."""

from __future__ import annotations

import json
import re
from typing import Any

from tools.ops.common import clean

SAMPLE = 160
"""Longest sample of a log line that is ever shown, in characters."""
FILTER = (
    "?ERROR ?Error ?error ?FATAL ?Fatal ?fatal ?CRITICAL ?Critical ?critical ?SEVERE "
    '?Exception ?Traceback ?panic ?Unhandled ?unhandled ?"timed out"'
)
"""CloudWatch Logs filter pattern (any of these terms) that narrows what is fetched; `is_error` decides."""

_LEVEL = re.compile(r"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG|ALERT)\b")
_BAD_LEVELS = frozenset({"ERROR", "FATAL", "CRITICAL", "SEVERE", "PANIC", "EMERG", "ALERT", "ERR", "CRIT"})
_BAD_WORDS = re.compile(r"\b\w*(?:Exception|Error)\b\s*:|\bTraceback\b|\bpanic:|\bTask timed out\b|\bunhandled\b", re.I)
_HEAD = re.compile(r"^\W*(?:\d{4}-\d{2}-\d{2}[T ][\d:.,]+(?:Z|[+-]\d{2}:?\d{2})?|\d{2}:\d{2}:\d{2}[.,\d]*)\W*")
_SHAPES = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.I), "<id>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[T ][\d:.,]+(?:Z|[+-]\d{2}:?\d{2})?)?"), "<time>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "<address>"),
    (re.compile(r"\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", re.I), "<id>"),
    (re.compile(r"\b[A-Za-z]+[-_:#]?\d[\w-]*\b"), "<id>"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "<n>"),
)
_FIELDS = ("message", "msg", "error", "err", "errorMessage", "exception", "log")
_LEVEL_FIELDS = ("level", "severity", "log.level", "levelname", "lvl")


def is_error(line: str) -> bool:
    """Whether a log line reports an error: by its level if it names one, else by the words of a failure."""
    record = _record(line)
    if record is not None:
        level = next((str(record[key]).upper() for key in _LEVEL_FIELDS if record.get(key)), "")
        if level:
            return level in _BAD_LEVELS
        if "errorMessage" in record or "errorType" in record:
            return True
    level_word = _LEVEL.search(line[:200])
    if level_word:
        return level_word[1] in _BAD_LEVELS
    return bool(_BAD_WORDS.search(line))


def message(line: str) -> str:
    """What a line says, made safe to show: a JSON line's message, without its time, at most SAMPLE characters."""
    record = _record(line)
    said = next((record[key] for key in _FIELDS if record.get(key)), None) if record else None
    text = line if said is None else said if isinstance(said, str) else json.dumps(said, sort_keys=True)
    return clean(_HEAD.sub("", text.strip()), SAMPLE)


def shape(said: str) -> str:
    """A message with its numbers, ids, addresses and times taken out: equal for lines that say the same."""
    for pattern, word in _SHAPES:
        said = pattern.sub(word, said)
    return " ".join(said.split())


def _record(line: str) -> dict[str, Any] | None:
    start = line.lstrip()
    if not start.startswith("{"):
        return None
    try:
        record = json.loads(start)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
