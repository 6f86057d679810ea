"""Dialogue: what a question that follows others takes over from them, and when it stands alone."""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import LEAST, Context, calls_for, one_call
from agents.models.offline.inputs.filling import allowed, fields_of, fill
from agents.models.offline.inputs.periods import for_pair
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.followups import carry, inherited, is_elliptic, placed_as, points_back
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.rules import DOMAIN_CONCEPTS

Planned = tuple[list[PlannedCall], list[str]]
"""Calls, and sentences about what could not be applied."""

_SUBJECTS = DOMAIN_CONCEPTS - {"NOUN", "CHANGE"}
_SUBJECTS_OF_WHY = frozenset(
    "ALARM BACKUP PATCH QUOTA LOGS THREAT PUBLIC MFA KEYS ENCRYPT VULN BUDGET FORECAST COMMIT".split()
)
"""Concepts that make a question of "why" one of its own."""
_SINCE = re.compile(r"\b(?:since when|from when|how long|when did (?:it|that|this|they)|what time)\b")
_BY_WHOM = re.compile(
    r"\bby (?:whom|who|whose hand)\b|\bwho(?: (?!owns?\b|has\b|have\b|pays?\b|can\b|is\b|are\b|else\b|gets?\b|uses?\b|needs?\b)[a-z]+){1,2} (?:that|it|this|them|those|these)\b"
)
"""Words that ask for who did what the earlier answer showed."""
_WE = re.compile(r"\b(?:we|our|us|total|overall|altogether|company|everywhere|whole|all|any|every\w*|estate)\b")
"""Words that speak of all of us, so that no place is taken over."""
_SHORT = 9
"""Words up to which a question without a subject is taken to be about the earlier one's."""
_OF_OTHERS: dict[str, str] = {
    "budgets": r"logs|metrics|databases?|used?|how much|limits?|limiet|limite|amount|total|left|over|cap|max\w*",
    "quotas": r"used?|usage|total|allowed|maximum|left|room|cap",
    "commitments": r"end|ends|expire\w*|run out|used|coverage",
    "backups": r"fail\w*|succe\w*|last|work\w*|nights?|jobs?",
    "patches": r"missing|critical|behind|updat\w*",
    "alarms": r"firing|since|red|on|longest|going off|firing",
    "findings": r"critical|high|medium|low|open|old\w*|severe|new|resolved",
    "savings": r"buy\w*|reserv\w*(?: instances?)?|savings? plans?|commitments?|plans?|save\w*|delet\w*|idle|biggest|largest",
    "forecast": r"end|land|expect\w*",
    "metric": r"peak|highest|max\w*|average|lowest",
    "untagged_spend": r"percent\w*|share|owner\w*",
}
"""Words that belong to a query once it was talked about, though alone they would be about something else."""


def follow(
    reading: Reading, chosen: str | None, points: float, earlier: Sequence[PlannedCall], context: Context
) -> Planned | None:
    """Calls that take over from the earlier question's, or None if this question stands alone.

    Args:
        reading: the question.
        chosen: the query that its own words choose, if any, and how strongly (`points`).
        earlier: the calls of the latest earlier question that had some.
    """
    first = earlier[0]
    lead, back = is_elliptic(reading), points_back(reading)
    subject = _subject(reading, first)
    explains = "WHY" in reading.concepts and not reading.concepts & (_SUBJECTS_OF_WHY | {"WHODID"})
    if explains and not reading.when.mentions and (found := reasons(first, reading, context)):
        return found, []
    short = len(reading.text.split()) <= _SHORT
    by_whom = _BY_WHOM.search(reading.text) and short and first.query != "who_did_what"
    if (by_whom or ("WHODID" in reading.concepts and (back or lead))) and "who_did_what" in context.queries:
        who = one_call("who_did_what", reading, context)
        return [inherited(who, first, reading, context, freely=bool(by_whom))], []
    compares = reading.concepts & {"CHANGE", "PAIR"} and chosen in (None, "spend", "spend_change")
    if first.query == "spend" and compares and (back or lead or "COST" not in reading.concepts):
        return [compared(first, reading, context)], []
    if back and subject <= {"CHANGES", "DEPLOY"} and _SINCE.search(reading.text):
        return carry(earlier, reading, context)
    if not subject:
        return _without_subject(reading, chosen, earlier, context, lead or back)
    if chosen is None:
        return carry(earlier, reading, context) if lead and _says_something(reading, earlier, context) else None
    if chosen in {call.query for call in earlier} and "WHODID" not in reading.concepts:
        return carry(earlier, reading, context) if lead or back else None
    if lead and points < LEAST + 1:
        return carry(earlier, reading, context)
    own, limits = calls_for(chosen, reading, context)
    if lead or back:
        return [inherited(call, first, reading, context) for call in own], limits
    own_thing = reading.resources or reading.hint or reading.user or reading.ids
    if short and not own_thing and not _WE.search(reading.text):
        return [placed_as(call, first, reading, context.queries) for call in own], limits
    return None


def about(reading: Reading) -> frozenset[str]:
    """What a question is about by its own words; empty where they say nothing of it."""
    return reading.concepts & _SUBJECTS


def _subject(reading: Reading, first: PlannedCall) -> frozenset[str]:
    """What the question is about by its own words, those of the earlier query's business left out."""
    subject = about(reading)
    own = _OF_OTHERS.get(first.query)
    if (
        own
        and subject
        and subject <= {"QUOTA", "SAVE", "FORECAST", "BACKUP", "ALARM", "PATCH", "COMMIT", "LOGS", "METRIC", "COST"}
    ):
        said = re.sub(rf"(?<![\w<-])(?:{own})(?![\w>-])", " ", reading.text)
        from agents.models.offline.topics.lexicon import concepts_in

        subject &= concepts_in(said)
    return subject


def _without_subject(
    reading: Reading, chosen: str | None, earlier: Sequence[PlannedCall], context: Context, refers: bool
) -> Planned | None:
    """A question that says nothing of what it is about: the earlier one's, where it refers to it or is short."""
    if chosen in ("account_list", "inventory") and not refers and not dimensions(reading.text):
        return None  # "how many accounts do we have", "which databases do we have"
    short = len(reading.text.split()) <= _SHORT
    if (
        chosen is not None
        and chosen not in ("spend", "account_list", "health_summary", "inventory", "findings")
        and not refers
    ):
        return None
    if refers or (short and (_says_something(reading, earlier, context) or _ASPECT.search(reading.text))):
        return carry(earlier, reading, context)
    return None


_ASPECT = re.compile(
    r"^(?:ok\w* |and |so |but |en |e )*(?:since when|when|how long|how many|how much|how often|which(?: ones?)?|what|where|who|in (?:percent|total|euros)|"
    r"as a percentage|sinds wanneer|hoe lang|hoeveel|welke|waar|desde quando|ha quanto tempo|quant[oa]s?|quais|qual|onde|total|percent)\b"
)


def _says_something(reading: Reading, calls: Sequence[PlannedCall], context: Context) -> bool:
    """Whether an utterance without a subject of its own names a time, a place or a choice that the earlier calls take."""
    if reading.found.any() or reading.when.mentions or reading.when.relative or dimensions(reading.text):
        return True
    return any(fill(context.queries[c.query], reading, context.names, context.now).inputs for c in calls)


def compared(first: PlannedCall, reading: Reading, context: Context) -> PlannedCall:
    """The spend of the earlier question, held against another period."""
    call = one_call("spend_change", reading, context)
    fields = fields_of(context.queries["spend_change"])
    inputs = {k: v for k, v in first.inputs.items() if k in fields and k not in ("by", "top")} | call.inputs
    period = str(first.inputs.get("period", "last_month"))
    named = [m.word for m in reading.when.mentions]
    if len(named) == 1:
        inputs["period"], inputs["compared_to"] = for_pair(period, named[0], context.now)
    elif not named:
        inputs["period"] = period
        inputs.pop("compared_to", None)
    by = first.inputs.get("by")
    if by in (allowed(context.queries["spend_change"], "by") or ()):
        inputs.setdefault("by", by)
    return call.model_copy(update={"inputs": inputs})


_REASONS: dict[str, tuple[str, ...]] = {
    "spend": ("spend_change",),
    "spend_change": ("cost_anomalies", "recent_changes"),
    "forecast": ("spend_change",),
    "budgets": ("spend_change",),
    "cost_anomalies": ("recent_changes",),
    "untagged_spend": ("inventory",),
    "alarms": ("recent_changes", "error_logs"),
    "alarm_history": ("recent_changes", "error_logs"),
    "metric": ("recent_changes", "error_logs"),
    "error_logs": ("recent_changes",),
    "health_summary": ("alarms", "backups"),
    "backups": ("recent_changes",),
    "public_exposure": ("who_did_what",),
    "findings": ("recent_changes",),
    "config_compliance": ("recent_changes",),
    "threats": ("who_did_what",),
}
"""What explains the answer of a query: looked at when someone asks "why?"."""


def reasons(first: PlannedCall, reading: Reading, context: Context) -> list[PlannedCall]:
    """What explains the answer of the earlier call, in its place and time."""
    found = []
    for name in _REASONS.get(first.query, ()):
        if name in context.queries:
            call = one_call(name, reading, context)
            inputs = {k: v for k, v in call.inputs.items() if k in ("accounts", "team", "service")}
            fields = fields_of(context.queries[name])
            for key in ("accounts", "team", "venue", "service", "period"):
                takes = key in first.inputs and key in fields
                if takes and (key != "service" or context.queries[name].domain == "cost"):
                    inputs.setdefault(key, first.inputs[key])
            found.append(call.model_copy(update={"inputs": inputs}))
    return found
