"""Series: whether months or days are to be told one by one ("side by side for July, August and September")."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.reading import Reading
from agents.models.offline.times.stretches import kind

_BY_MONTH = re.compile(
    r"\bmonth[- ](?:by|to|after|over|on)[- ]month\b|\bmonth ?-?wise\b|\bm/m\b|\bmonthly\b|\b(?:by|per|each|every|split by) (?:calendar )?month\b|"
    r"\b(?:which|what) month\b|\b(?:develop|evolv|progress|trend)\w*\b"
)
_BY_DAY = re.compile(
    r"\bday[- ](?:by|to|after|over|on)[- ]day\b|\bday ?-?wise\b|\bd/d\b|\bdaily\b|\b(?:by|per|each|every) day\b|"
    r"\b(?:average|mean|typical|normal|usual) day\b|\b(?:each|every|per) (?:single )?date\b|\b(?:which|what) (?:day|date)\b"
)
_APART = re.compile(
    r"\b(?:side by side|next to each other|next to one another|one by one|individually|separately|apiece|each|respectively|"
    r"in a row|alongside|broken out|trend\w*)\b"
)


def series(reading: Reading) -> str | None:
    """`month` or `day` if the time that was named is to be told by it."""
    kinds = [kind(mention.word) for mention in reading.when.mentions]
    if _BY_DAY.search(reading.flat):
        return "day"
    if _BY_MONTH.search(reading.flat) and not set(kinds) <= {"day", "week", "month"}:
        return "month"
    if not _APART.search(reading.flat):
        return None
    if "months" in kinds or "quarter" in kinds or kinds.count("month") > 1:
        return "month"
    return "day" if kinds.count("day") > 1 else None
