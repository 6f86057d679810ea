"""Follow-ups: what a short question takes over from the ones before it."""
# ruff: noqa: E501 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import COUNTED, Filled, fields_of, fill
from agents.models.offline.inputs.periods import a_year_ago, resolved, stepped
from agents.models.offline.inputs.taken_back import taken_back
from agents.models.offline.naming.names import Names
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.ranked import ranked_first, that_named
from agents.models.offline.proposing.things import spoken_before
from agents.models.offline.reading import Reading
from agents.models.offline.times.dates import monday_of, span
from agents.models.offline.topics.of_shown import of_shown_in
from agents.models.offline.words.text import words
from agents.models.offline.words.tongues import in_english, tongue_of
from tools.registry import Query

_LEAD = re.compile(
    r"^(?:(?:ok|okay|right|thanks|thank you|great|good|hmm|and|but|so|now|then|yes|no|alright|fine|also|en|e) ?,? )*"
    r"(?:and\b|also\b|what about|how about|what of|same\b|the same|en\b|e\b|but\b|only\b|just\b|now\b|then\b|instead|make (?:it|that)|i mean\w*|rather|or\b|versus|split|break|group|for <|in <|with|without|excluding|including|"
    r"hoe zit het met|en voor|e para|e no|e na|per\b|by\b|show (?:it|that|them|this)|drill|zoom|narrow|"
    r"do (?:the same|that)|can (?:you|i|we) (?:see|get|have|show|split|break) (?:that|it|this|them))"
)
_ANAPHORA = re.compile(
    r"\b(?:(?:it|its|them|they|those|these|then|same|ones?|daar|daarvan|daarvoor|hiervan|ervan|die|dat|dit|isso|disso|nisso|la|ali|ele|ela|essa|esse|dessa|desse|nessa|nesse|delas|deles)\b"
    r"|(?:that|there|this)\b(?! (?:is|are|was|were|have|has|had|do|does|did|can|not|month|week|year|quarter|morning|afternoon|evening)\b(?! (?:it|that))))"
)
_PLACE = re.compile(
    r"\b(?:there|(?:that|this|the|the same|those|these) (?:accounts?|venues?|teams?|casinos?|places?|ones?|env\w*)|its|it|them|they|same|that|those|daar)\b"
)
_TIME = re.compile(
    r"\b(?:then|(?:that|this|the same|those) (?:days?|weeks?|months?|time|periods?|moment|night|evening)|at the time|around then|same (?:period|time)|before that|after that|just before|it|that)\b"
)
_LOCATION = ("accounts", "venue", "team", "env")


def is_elliptic(reading: Reading) -> bool:
    """Whether a question only makes sense after another one."""
    return bool(_LEAD.match(reading.text)) or bool(reading.when.relative)


def points_back(reading: Reading) -> bool:
    """Whether a question has a word that refers to an earlier one."""
    return bool(_ANAPHORA.search(reading.text))


def carry(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> tuple[list[PlannedCall], list[str]]:
    """The earlier calls, with what the new question says put in place of what they said."""
    queries, names, now = context.queries, context.names, context.now
    carried: list[PlannedCall] = []
    limits: list[str] = []
    for call in calls:
        if call.query == "alarms" and "alarm_history" in queries and "PAST" in reading.concepts:
            kept = {k: v for k, v in call.inputs.items() if k in ("accounts", "top")}
            call = call.model_copy(update={"query": "alarm_history", "inputs": kept})
        query = queries[call.query]
        filled = fill(query, reading, names, now)
        _kept(call, filled, reading)
        carried.append(call.model_copy(update={"inputs": _overlaid(call.inputs, filled, query, reading, now)}))
        limits.extend(filled.limits)
    if len(calls) > 1 and len({c.query for c in calls}) == 1:
        unique: list[PlannedCall] = []
        for call in carried:
            if call not in unique:
                unique.append(call)
        carried = unique
    return _spread_again(carried, reading, queries, names, now), list(dict.fromkeys(limits))


def _kept(call: PlannedCall, filled: Filled, reading: Reading) -> None:
    """Take out what was filled in without being said, where the earlier call has it; a time of day is of its day."""
    if not reading.when.mentions:
        filled.inputs.pop("period", None)
        if "around" in filled.inputs and (day := day_of(call)) and not reading.when.relative:
            filled.inputs["around"] = f"{day}T{filled.inputs['around'][11:]}"


def day_of(call: PlannedCall) -> str:
    """The one day that a call was of, or the hours of one; empty where it was of more, or of none."""
    said = str(call.inputs.get("around") or call.inputs.get("period", ""))
    days = {part[:10] for part in said.split("..") if not part.endswith("T00:00")}
    return days.pop() if re.match(r"\d{4}-\d\d-\d\d", said) and len(days) == 1 else ""


def _spread_again(
    carried: list[PlannedCall], reading: Reading, queries: Mapping[str, Query], names: Names, now: datetime
) -> list[PlannedCall]:
    if len(carried) != 1:
        return carried
    filled = fill(queries[carried[0].query], reading, names, now)
    for name, values in filled.spread.items():
        return [carried[0].model_copy(update={"inputs": {**carried[0].inputs, name: value}}) for value in values]
    return carried


def _overlaid(old: Mapping[str, Any], filled: Filled, query: Query, reading: Reading, now: datetime) -> dict[str, Any]:
    inputs = dict(old)
    new = dict(filled.inputs)
    if any(key in new for key in _LOCATION):
        for key in (*_LOCATION, "resource"):  # what was named there is not what is meant elsewhere
            inputs.pop(key, None)
    for key in taken_back(reading.text, old):
        inputs.pop(key, None)
    if "service" not in new and _ALL_SERVICES.search(reading.flat):
        inputs.pop("service", None)
    if "by" in new and "by" not in old and "service" in new and not _said_by(reading):
        new.pop("by") if old.get("by") else None
    if "service" in new and old.get("by") in ("service", None) and not _said_by(reading):
        inputs.pop("by", None)
    if "by" in new and not _said_by(reading) and old.get("by") not in (None, "service", "account"):
        new.pop("by")
    if "period" in new and "compared_to" not in new:
        inputs.pop("compared_to", None) if _moves(new["period"]) else None
    if "around" in new or "months" in new:
        inputs.pop("period", None)
    if "period" in new:
        inputs.pop("months", None)
    if new.get("check", old.get("check")) != old.get("check") and "days" not in new:
        inputs.pop("days", None)  # how old a key is says nothing of how long it is unused
    if len({_family(str(name)) for name in (new.get("name", old.get("name")), old.get("name"))}) > 1:
        inputs.pop("statistic", None)
    inputs.update(new)
    if [mention.word for mention in reading.when.mentions] == ["year_before"] and "period" in old and "period" in new:
        inputs["period"] = a_year_ago(str(old["period"]), now) or new["period"]
    if "period" in old and not reading.when.mentions and (wide := widened(old["period"], reading, now)):
        inputs["period"] = wide
        inputs.pop("compared_to", None)
    relative = reading.when.relative
    if relative and "period" in fields_of(query):
        around = str(inputs.get("around", ""))[:10]  # of the hours around it, the day is moved, and they with it
        base = around or str(inputs.get("period") or fields_of(query)["period"].get("default") or "last_month")
        if moved := stepped(base, relative, now):
            inputs["period"] = moved
            for key in ("compared_to", "around", "minutes"):
                inputs.pop(key, None)
    return inputs


_ALL_SERVICES = re.compile(
    r"\b(?:all|any|every|the (?:whole|full|entire) (?:set|range) of|across) (?:of )?(?:the |our )?(?:other )?services?\b|\b(?:whatever|regardless of|without|drop|remove|forget|not by|no) (?:the )?service(?: filter)?\b"
)
"""Words that take back that only one service was looked at."""
_AROUND = re.compile(
    r"\b(?:that|the|the same) (?:very |same )?(?:whole |entire |full |complete )(?P<whole>week|month|quarter)\b|\b(?:that|the same) (?:very |same )?(?P<same>week|month|quarter)\b"
)


def widened(base: object, reading: Reading, now: datetime) -> str | None:
    """The week, month or quarter around the earlier period, where "that week" is said of a shorter one."""
    match = _AROUND.search(reading.flat)
    period = resolved(str(base), now) if match and base else None
    if match is None or period is None:
        return None
    first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
    unit = match["whole"] or match["same"]
    if unit == "week":
        start, end = monday_of(first), monday_of(first) + timedelta(days=6)
    else:
        start = first.replace(day=1, month=first.month if unit == "month" else 3 * ((first.month - 1) // 3) + 1)
        months = 1 if unit == "month" else 3
        end = (start + timedelta(days=31 * months)).replace(day=1) - timedelta(days=1)
    held = start <= first and last <= end and (start, end) != (first, last)
    return span(start, min(end, now.date())) if held else None


def _family(metric: str) -> str:
    """What metrics of one kind have in common: their statistics say the same of them."""
    return "count" if metric in COUNTED else "size" if metric in ("db_storage_free", "bucket_size") else "level"


def _moves(word: str) -> bool:
    return bool(word)


def _said_by(reading: Reading) -> bool:
    return bool(re.search(r"\b(?:by|per|each|every|split|break\w*|which|daily|monthly)\b", reading.text))


def inherited(
    call: PlannedCall, earlier: PlannedCall, reading: Reading, context: Context, *, freely: bool = False
) -> PlannedCall:
    """A call of another query, with the place and the time of the earlier one where the new question points back.

    `freely` takes them over whether it points back or not.
    """
    inputs, queries = _on_that_day(call, earlier, reading), context.queries
    fields = fields_of(queries[call.query])
    lead = freely or bool(_LEAD.match(reading.text))
    if (lead or _PLACE.search(reading.text)) and not any(key in inputs for key in _LOCATION):
        for key in _LOCATION:
            if key in earlier.inputs and key in fields:
                inputs[key] = earlier.inputs[key]
        if "team" in earlier.inputs and "team" not in fields and "accounts" in fields and "accounts" not in inputs:
            inputs["accounts"] = f"team:{earlier.inputs['team']}"
    if (
        "service" in earlier.inputs
        and "service" in fields
        and "service" not in inputs
        and (lead or _PLACE.search(reading.text))
        and queries[call.query].domain == queries[earlier.query].domain
    ):
        inputs["service"] = earlier.inputs["service"]
    inputs.update(spoken_before(call, earlier, reading, queries[call.query]))
    if "around" in earlier.inputs and "period" in fields and "around" not in fields and not reading.when.mentions:
        inputs["period"] = str(earlier.inputs["around"])[:10]
    timed = "period" in earlier.inputs and "period" in fields and not reading.when.mentions
    same = queries[call.query].domain == queries[earlier.query].domain and lead
    if timed and (same or freely or _TIME.search(reading.text)) and call.query != "forecast":
        inputs["period"] = widened(earlier.inputs["period"], reading, context.now) or earlier.inputs["period"]
    return call.model_copy(update={"inputs": inputs})


def _on_that_day(call: PlannedCall, earlier: PlannedCall, reading: Reading) -> dict[str, Any]:
    """The inputs of a call; a time of day that was said without a day is of the day that was spoken of before."""
    day = day_of(earlier)
    if "around" in call.inputs and not reading.when.mentions and day:
        return {**call.inputs, "around": f"{day}T{str(call.inputs['around'])[11:]}"}
    return dict(call.inputs)


def placed_as(call: PlannedCall, earlier: PlannedCall, reading: Reading, queries: Mapping[str, Query]) -> PlannedCall:
    """A call with the place of the earlier one, where it has none of its own."""
    inputs, fields = _on_that_day(call, earlier, reading), fields_of(queries[call.query])
    if not any(key in inputs for key in _LOCATION):
        inputs.update({key: earlier.inputs[key] for key in _LOCATION if key in earlier.inputs and key in fields})
    inputs.update(spoken_before(call, earlier, reading, queries[call.query]))
    return call.model_copy(update={"inputs": inputs})


_ONE_ROW = re.compile(r"^- .* in account (?P<account>[\w-]+)", re.MULTILINE)
_LEADING = re.compile(r"^- (?:account )?(?P<name>[\w./-]+)(?: in account (?P<account>[\w-]+))?(?=[,:]|$)", re.MULTILINE)
_THERE = re.compile(
    r"\b(?<!which )(?<!what )(?<!list )(?:(?<!are )(?<!is )(?<!was )(?<!were )(?<!be )(?<!been )there(?! (?:is|are|was|were|has|have)\b)|(?:that|this|the same) (?:account|venue|casino|one)|the (?:account|venue)(?! (?:of|with|that|which|has|have|is|are|in|list|ids?|names?|tags?|labels?|keys?|split|view|level|dimension|column)\b))\b",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\b(?:that|this|the same) (?P<thing>bucket|database|instance|server|machine|alarm|key|user|role|queue|function)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\W*(?:ok\w* |so )?(?:and |only |just |what about |how about |en |e )?(?:for |of |in )?(?:the )?(?P<name>[\w-]+)(?P<more>,? (?:by|per|in|for|last|this|since|over) [\w ]+)?\s*\??\s*$",
    re.IGNORECASE,
)


_THE_FIRST = re.compile(
    r"\b(for|of|in|on|by) the (?:dearest|biggest|largest|priciest|costliest|(?:most|least) expensive|cheapest|highest|worst|top|first)(?: one)?(?=\s*[?.!]*\s*$)",
    re.IGNORECASE,
)


_FIRST_OF_THEM = re.compile(r"\bthe (?:first|top)(?: one)?(?= (?:public|open)\b|\W*$)", re.IGNORECASE)
_KIND = re.compile(
    r"\b(bucket|database|instance|server|queue|function|snapshot|role|user|key|alarm)s?\b", re.IGNORECASE
)
_HE = re.compile(
    r"(?<=did )it(?= (?:do|change|delete|create|start|stop)\b)|\b(?<=did )(?:he|she|they)\b|\b(?<=has )s?he\b"
    r"|\b(?:that|this|the same|the said) (?:gentleman|individual|person|man|woman|lady|guy|bloke|fellow|chap|colleague|employee|engineer|developer|admin(?:istrator)?|identity|actor|user|role)\b(?! (?:account|name|id|polic)\w*)",
    re.IGNORECASE,
)
_ACTOR = re.compile(r"^- (?:role |user )?(?P<who>[\w.@-]+), [A-Z][a-z]+[A-Z]\w* ", re.MULTILINE)


_MANY = re.compile(r"\b(?:them|they|those|these|ze|die)\b", re.IGNORECASE)
_WHO_DID = re.compile(
    r"^(\W*(?:and |so )?who (?:\w+ )?(?:made|opened|exposed|created|deleted|changed|published|left)) (?:it|that|this)((?: \w+){0,2}\W*)$",
    re.IGNORECASE,
)
"""Who did something to the one thing that was shown: "who made it public?"."""
_OFF_THE_BILL = re.compile(r"\b(?:credits?|refunds?)\b", re.IGNORECASE)
_WITHOUT_IT = re.compile(r"\b(without|before|excluding) (?:it|them|that|those|these)\b", re.IGNORECASE)
"""What is taken off a bill, pointed at: of the bill without it, and not of the split that showed it."""


def person_meant(question: str, answer: str, asked: str | None = None) -> str:
    """A question what "he" did, with the one person or role named that the answer shows; as it is where it shows more.

    `asked` is who was asked about: what "he" did is still of that one.
    """
    he, who = _HE.search(question), {match["who"] for match in _ACTOR.finditer(answer)} or {asked or ""} - {""}
    return f"{question[: he.start()]}{who.pop()}{question[he.end() :]}" if he and len(who) == 1 else question


def _singled_out(before: str, answer: str) -> bool:
    """Whether one of the rows is what was asked for: the only one, one account's, or the first in the order of the question."""
    rows = list(_LEADING.finditer(answer))
    placed = {match["account"] or match["name"] for match in rows}
    return len(placed) == 1 or bool(_ORDERED.search(before) or of_shown_in(before) == "most")


_ORDERED = re.compile(
    r"\b(?:most|least|worst|best|top|first|last|latest|which (?:one|account|venue|of)\b|where|(?:old|new|bigg|large?|small|great|cheap|price?i|costli|busi|noisi|high|low|dear|long|short)est)\b",
    re.IGNORECASE,
)


def _thing_meant(question: str, before: str, row: str) -> str | None:
    """A question who did something with "the first one", with the name that stands first in the answer; None of others."""
    first, kind = _FIRST_OF_THEM.search(question), _KIND.search(before)
    if first and kind and re.match(r"\W*(?:and |so )?who\b", question, re.IGNORECASE) and re.search(r"[-_/.]", row):
        return f"{question[: first.start()]}the {kind[1].casefold()} {row}{question[first.end() :]}"
    return None


def _owner_meant(question: str, answer: str, names: Names) -> str:
    """A question who owns what is shown, with its account named: the one of all, or of the first row; empty if none is."""
    placed = [match["account"] for match in _ONE_ROW.finditer(answer)]
    placed = placed or [match["name"] for match in _LEADING.finditer(answer) if match["name"] in names.accounts]
    if _MANY.search(question) and len(set(placed)) > 1:
        return "who owns our accounts?"
    return f"who owns account {placed[0]}?" if placed else ""


def _of_the_one(question: str, before: str, name: str) -> str:
    """A question who did something to "it", with the kind and the name of the only thing shown."""
    kind = _KIND.search(before)
    return _WHO_DID.sub(rf"\1 the {kind[1].casefold()} {name}\2", question) if kind else f"who changed {name}?"


def _alone_named(answer: str) -> str:
    """The name of the only thing that an answer shows, where it shows one; empty where it shows more."""
    found = [match["name"] for match in _LEADING.finditer(answer) if match["account"]]
    return (
        found[0]
        if len(found) == 1 and len(re.findall(r"^- ", answer, re.MULTILINE)) == 1 and re.search(r"[-_/.]", found[0])
        else ""
    )


def _placed_before(before: str, names: Names) -> bool:
    """Whether an account was named in what was asked before."""
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", before.casefold()) for name in names.accounts)


def named_after(
    question: str, before: str, answer: str, names: Names, *, of_a_team: bool = False, happened: bool = False
) -> str:
    """The question with what it points at named: the first row of the last answer, or a team after a team.

    `of_a_team`: whether the last answer was of one, though the question `before` does not say so; `happened`: whether it
    shows what happened, which has its place.
    """
    if tongue_of(" ".join(words(question))):
        question = in_english(" ".join(words(question)))
    if (match := _BARE.match(question)) and (of_a_team or re.search(r"\bteam\b", before, re.IGNORECASE)):
        name = match["name"].casefold()
        if name in names.teams:
            return f"and team {name}{match['more'] or ''}?"
    if match and match["name"].casefold() in names.accounts and _placed_before(before, names):
        return f"and in account {match['name'].casefold()}{match['more'] or ''}?"
    if _OFF_THE_BILL.search(before):
        question = _WITHOUT_IT.sub(r"\1 the credits", question)
    question = ranked_first(person_meant(question, answer), before, answer, names)
    question = that_named(question, before, answer, names)
    ask, row = of_shown_in(question), _LEADING.search(answer)
    if ask == "owner" and (owned := _owner_meant(question, answer, names)):
        return owned
    if happened and ask == "cost" and len(placed := {match["account"] for match in _ONE_ROW.finditer(answer)}) == 1:
        return f"what did it cost us in account {placed.pop()}?"
    if row is None:
        return question
    if (alone := _alone_named(answer)) and (ask == "who" or _WHO_DID.match(question)):
        return f"who changed {alone}?" if ask == "who" else _of_the_one(question, before, alone)
    account = row["account"] or (row["name"] if row["name"] in names.accounts else "")
    if not account and (one := _ONE_ROW.search(answer)):
        account = one["account"]
    if row["name"] not in names.accounts and (meant := _thing_meant(question, before, row["name"])):
        return meant
    if one := _THE_FIRST.search(question):
        first = row["name"] if row["name"] in (*names.accounts, *names.venues) else ""
        kind = "venue" if first in names.venues else "account"
        return f"{question[: one.start()]}{one[1]} {kind} {first}{question[one.end() :]}" if first else question
    own = any(name in before.casefold() for name in (*names.accounts, *names.venues))
    if account and not own and _THERE.search(question) and _singled_out(before, answer):
        return _THERE.sub(f"in account {account}", question, count=1)
    if re.search(r"[-_/.]", row["name"]) and row["name"] not in names.accounts and (that := _THAT.search(question)):
        return _THAT.sub(f"{that['thing']} {row['name']}", question, count=1)
    return question
