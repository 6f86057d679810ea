"""Lines: the text that log lines are to contain: what was quoted, an error by its name, or a kind of failure."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.reading import Reading

_ERROR_NAME = re.compile(
    r"\b((?:[A-Z][a-z]+){1,4}(?:Denied|Exception|Error|Exceeded|Timeout|Refused|Failure|NotFound|Throttl(?:ed|ing)|Unauthorized|Forbidden|Unavailable))\b"
)
_KIND = re.compile(
    r"(?<![\w<-])(time-?out|time out|timed out|access[ -]?denied|permission denied|connection (?:refused|reset|pool|lost|closed|aborted)|out of memory|oom|throttl(?:ed|ing|e)|deadlock|"
    r"null ?pointer|rate exceeded|no space left|disk full|unauthori[sz]ed|forbidden|segfault|stack overflow|certificate|ssl|tls|dns|too many connections|connection|permission)"
    r"s?(?= ?(?:$|[?,;]|in|on|at|for|from|of|errors?|err|lines?|log|logs|messages?|entries|exceptions?|problems?|issues?|and|or|since|between|during|there|only|happen\w*|occur\w*|we|did|appear\w*))"
)
_CODE = re.compile(r"(?<![\w.:-])([45]\d\d)(?:s|(?= (?:errors?|status|responses?|lines?)))(?!\w)")
_AS_SAID = re.compile(
    r"\b(?:contain\w*|mention\w*|saying|that says?|with the (?:word|text|string|message|phrase)|matching|including the (?:word|text)|for the (?:word|text|string)) (?:the )?(?:words? |text |string |phrase )?([a-z][\w.-]{2,})(?= ?(?:$|[?,;]|in|on|from|since|between|during|and))"
)


def said_in_lines(reading: Reading) -> str | None:
    """The text that the lines asked about contain, if any is said; how it is spelled in capitals does not matter."""
    if quoted := reading.ids.get("quoted"):
        return quoted
    if match := _ERROR_NAME.search(reading.question):
        return match[1]
    if match := _AS_SAID.search(reading.text):
        return match[1]
    if match := _KIND.search(reading.text):
        return (
            match[1]
            .replace("time-out", "timeout")
            .replace("time out", "timeout")
            .replace("accessdenied", "AccessDenied")
        )
    return match[1] if (match := _CODE.search(reading.text)) else None
