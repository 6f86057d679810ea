"""Untold: what is asked of a thing that an answer shows, and which queries tell it: since when, whose it is, if it is over.

A list that is right but has no date in it does not answer "since when?".
"""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading

_IT = r"(?:it|that|this|they|these|those|them|he|she|the \w+|<\w+>)"
_BE = r"(?:is|are|was|were|has|have|had|been|being)"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of things: the words for it, the queries that tell it, and what to call it."""

    words: re.Pattern[str]
    told_by: frozenset[str]
    name: str
    split: str = ""
    """What a figure may be split by to tell it, too."""
    only: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Of these queries, the input and its values with which they tell it."""
    instead: str = ""
    """Where it may be found after all, after what is so now."""

    def told(self, call: PlannedCall) -> bool:
        """Whether a call tells it."""
        if self.split and call.inputs.get("by") == self.split:
            return True
        key, values = self.only.get(call.query, ("", frozenset()))
        return call.query in self.told_by and (not key or call.inputs.get(key) in values)


STATES = frozenset(
    "alarms quotas patches account_list inventory encryption public_exposure savings identity_hygiene config_compliance "
    "vulnerabilities health_summary budgets metric".split()
)
"""Queries of what is so now: what is over is not there any more."""
_SINCE_OF = {
    "identity_hygiene": ("check", frozenset({"old_keys", "unused_keys"})),
    "public_exposure": ("kind", frozenset({"buckets"})),
}
"""Queries that tell since when only where an input has one of these values: how old keys are, not how long MFA is off."""
_DATED = frozenset(
    "alarm_history alarms aws_health_events backups commitments cost_anomalies error_logs recent_changes threats who_did_what".split()
)
"""Queries whose rows have a time in them."""
_HAPPENED = frozenset({"findings", "metric", "spend", "spend_change", "forecast", "commitments", "untagged_spend"})
"""Queries whose figures are of a time that is said, beside those that show events."""
_ASKED = (
    _Asked(
        re.compile(
            rf"^\W*(?:(?:and|so|but|ok) )*when (?:exactly )?(?:was|were|did) {_IT}(?: (?:happen|take place|exactly))?\W*$"
        ),
        _DATED | _HAPPENED,
        "when that was",
        instead="it shows what is so now, and who changed a thing can be asked with its name",
    ),
    _Asked(
        re.compile(
            rf"\bsince when\b(?: {_BE} (?:it|that|this|they|these|those)(?: (?!in\b|at\b|on\b|for\b|by\b)\w+){{0,2}})?|\bfor how long\b|^\W*(?:(?:and|so|but|ok) )*how long(?: (?:already|now|by now|so far))*\W*$|\bhow long (?:ago )?(?:{_BE}|did) {_IT}|\bfrom (?:when|what date) on\b"
            rf"|\bwhen (?:did {_IT} (?:start|begin|appear|first|open|become|happen|turn|go)|(?:was|were) {_IT} (?:first |last )?(?:opened|created|made|changed|found|detected|added|launched|started|set up))"
        ),
        (_DATED | frozenset("findings identity_hygiene public_exposure vulnerabilities".split())) - {"threats"},
        "since when",
        only=_SINCE_OF,
        instead="it shows what is so now, and who changed a thing can be asked with its name",
    ),
    _Asked(
        re.compile(rf"\bwhen (?:was|were) {_IT} last (?:used|in use|touched)"),
        frozenset({"identity_hygiene", "who_did_what"}),
        "when that was last used",
        only={"identity_hygiene": ("check", frozenset({"unused_keys"}))},
    ),
    _Asked(
        re.compile(rf"\bhow old (?:is|are|was|were) {_IT}"),
        (_DATED | frozenset("findings identity_hygiene public_exposure vulnerabilities".split())) - {"threats"},
        "how old that is",
        only={**_SINCE_OF, "identity_hygiene": ("check", frozenset({"old_keys"}))},
        instead="it shows what is so now, and who changed a thing can be asked with its name",
    ),
    _Asked(
        re.compile(
            r"^\W*(?:(?:and|so|but|ok|then) )*whose (?:doing|fault|work|idea|mistake) (?:is|was) (?:it|that|this|these|those)\b"
            r"|^\W*(?:(?:and|so|but|ok|then) )*(?:who|(?:which|what) (?:person|user|engineer|colleague|admin|role))(?: \w+)? (?:did|made|put|let|set|left|gave|broke|took|shut|cut|(?!need|us|own)\w+ed) (?:it|that|this|them|those|these)\b"
        ),
        frozenset({"who_did_what", "recent_changes", "threats"}),
        "who did that",
        instead="it shows what is so now, and who changed a thing can be asked with its name",
    ),
    _Asked(
        re.compile(
            rf"\b(?:when|how soon) (?:will|would|are|is) {_IT} (?:going to )?(?:run out|be full|fill up|be reached|hit|expire|end|be over|be fixed|be solved|be resolved|be back|break|fail|exceed)"
            rf"|\bwhen (?:do|does) {_IT} (?:run out|expire|end|fill up)"
        ),
        frozenset("aws_health_events budgets commitments forecast".split()),
        "when that will be",
    ),
    _Asked(
        re.compile(
            r"\bwhen\b(?: [\w<>'-]+){1,5} last(?: time)? (?:(?:\w+ )?(?:log|sign)(?:ged|ned|s)? ?-?(?:in|on)|seen|active)\b|\blast (?:log|sign)-?ins?\b"
        ),
        frozenset({"identity_hygiene", "who_did_what"}),
        "when they last signed in",
        only={"identity_hygiene": ("check", frozenset({"no_mfa", "root", "unused_keys"}))},
    ),
    _Asked(
        re.compile(
            rf"\bwho (?:owns?|(?:is|are) (?:the )?owners?|(?:must|should|has to|have to|can|will|needs? to|is going to) (?:fix|solve|repair|mend|patch|clean|handle|deal)|gets? (?:paged|called|told|alerted|notified|the (?:alert|call|page)))"
            rf"|\bwhose (?:is|are) {_IT}|\bwhose (?:\w+ )?(?:is|are) (?:it|that|this|they|these|those)"
        ),
        frozenset({"account_list"}),
        "whose that is",
        split="team",
    ),
    _Asked(
        re.compile(
            rf"\b{_BE} {_IT} (?:been |already |all |now |still |yet |finally )*(?:fixed|solved|resolved|repaired|mended|closed|over|cleared|handled|dealt with|sorted)\b"
        ),
        STATES | frozenset("alarm_history aws_health_events backups cost_anomalies findings".split()),
        "whether that is over",
    ),
)


def is_asked_of_it(text: str, start: int) -> bool:
    """Whether what stands at a place of a (masked) text asks one of these of a thing, and narrows nothing."""
    return any(match.start() <= start < match.end() for asked in _ASKED for match in asked.words.finditer(text))


def untold(calls: Sequence[PlannedCall], reading: Reading) -> str | None:
    """A sentence that none of these calls tells what is asked of a thing; None if one does, or nothing is asked so.

    Args:
        calls: the plan.
        reading: the question.
    """
    for asked in _ASKED:
        if asked.words.search(reading.text) and not any(asked.told(call) for call in calls):
            instead = asked.instead if all(call.query in STATES for call in calls) else ""
            return f"What I can look up here does not tell {asked.name}{': ' + instead if instead else ''}."
    return None


def is_told(calls: Sequence[PlannedCall], reading: Reading) -> bool:
    """Whether one of these is asked of a thing, and a call tells it: showing the same again is an answer then."""
    return any(asked.words.search(reading.text) and any(map(asked.told, calls)) for asked in _ASKED)
