"""Special: inputs that only some queries take, and what their words are: checks, tags, rules, deeds, one resource."""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from agents.models.offline.inputs.lines import said_in_lines
from agents.models.offline.inputs.rows import NARROWED
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.topics import choices
from agents.models.offline.topics.actions import NO_READS, READ_CALLS, READS, RULE, action, verb
from agents.models.offline.topics.config_rules import rule_described
from tools.registry import Query

if TYPE_CHECKING:
    from agents.models.offline.inputs.filling import Filled

_TAG = re.compile(
    r"\b(?:no|without(?: an?| the| any)?|missing(?: an?| the| their)?|lack(?:s|ing)?(?: an?| the)?) (team|cost[- ]cent(?:er|re)|venue|env(?:ironment)?|owner|name|tags?)\b(?: tags?| label)?|\b(untagged)\b"
)
_TAGGED = re.compile(r"\btagged (?:with )?(?:as )?([a-z-]+)[=: ]+([\w.-]+)|\b([a-z-]+)=([\w.-]+)")
_A_KEY = re.compile(
    r"\b(?:no|without|missing|lack(?:s|ing)?|by|per|each|of the|on the|the)(?: (?:an?|the|any|our|their|its))? (?P<before>[a-z][a-z-]{2,}(?: cent(?:er|re)s?)?)(?: ?tags?\b| label\b)"
    r"|\btags? (?:named |called |key )(?P<named>[a-z][a-z-]+)|\b(?:per|by|without|no) (?:the )?tag (?P<behind>[a-z][a-z-]{2,})"
    r"|\btagged (?:with|by) (?:an? |the |their |any )*(?P<tagged>[a-z][a-z-]+)(?=\W*$| (?:in|at|for|on|yet|last|this)\b)"
)
_NO_KEY = frozenset(
    "any the our all some such its their proper valid correct right single mandatory required resource cost allocation billing more other these those that "
    "own good tag tags and with missing without many which what aws there have has had are is use using service account region".split()
)
_KEYS = {
    "team": "team",
    "venue": "venue",
    "env": "env",
    "environment": "env",
    "owner": "team",
    "squad": "team",
    "department": "team",
    "name": "Name",
}
"""Tags by the words for them; the owner of a thing is its team."""
BILLED_BY = ("team", "venue", "env", "cost-center")
"""The tags that a bill is told apart by."""


def tag_named(text: str) -> tuple[str, str] | None:
    """The word for a tag that a text names as such, and the tag's key; None if it names none."""
    for match in _A_KEY.finditer(text):
        said = next(group for group in match.groups() if group)
        if said not in _NO_KEY:
            return said, "cost-center" if said.startswith("cost") else _KEYS.get(said, said)
    return None


OF_OWNERS = "The owner of a thing is read as its tag named team: that is where owners stand here."
SHORT, LONG = 30, 89
"""Days that are looked back for what people did, in general and for something particular."""


def recent(now: datetime, days: int) -> str:
    """The days up to now."""
    return dates.span(now.date() - timedelta(days=days), now.date())


def is_guessed(period: str, now: datetime) -> bool:
    """Whether a period is one that is looked back for what people did where nobody named a time."""
    return period in (recent(now, SHORT), recent(now, LONG))


_OF_ROOT = ({"root", "unused_keys"}, {"root", "old_keys"}, {"root", "over_privileged"})
"""Checks that are named together where the root user is meant ("when was root last used")."""


def special(query: Query, reading: Reading, fields: Mapping[str, Any], now: datetime, out: Filled) -> None:
    """What only some queries take: each of these looks whether the query is one of them."""
    _checks(query.name, reading.text, out)
    _tag_of(query.name, reading.text, fields, out)
    if query.name == "vulnerabilities" and "cve" in reading.ids:
        out.inputs.update(by="cve", top=25)
    _rule(query.name, reading.flat, out)
    if query.name == "commitments" and len(choices.all_chosen("commitments", "kind", reading.text)) > 1:
        out.inputs.pop("kind", None)
    if query.name == "commitments" and (only := one_kind(reading.text)):
        out.inputs["kind"] = only
    _deeds(query.name, reading, fields, now, out)
    _one_thing(query.name, reading, fields, out)
    if "contains" in fields and (said := said_in_lines(reading)):
        out.inputs["contains"] = said
    if query.name in NARROWED and (reading.resources or reading.hint) and "top" in fields:
        out.inputs["top"] = 25  # narrowed to it when the answer is written


_NOT_THOSE = re.compile(
    r"\b(?:not|no|ignor\w+|without|except(?:ing)?(?: for)?|excluding|skip\w*|rather than|instead of|leav\w+ out|never mind|forget(?: about)?|other than|nothing about) (?:the |our |any |all )*"
    r"(?P<of>savings? plans?|sps?\b|reserv\w+(?: instances?)?|ris?\b)|(?P<out>savings? plans?|reserv\w+(?: instances?)?) (?:aside|excluded|left out|not included)\b"
)


def one_kind(text: str) -> str | None:
    """The kind of commitments that is asked about where both are named, and one of them to be left out."""
    left = _NOT_THOSE.sub(" ", text)
    if left == text:
        return None
    named = choices.all_chosen("commitments", "kind", left)
    if not named and re.search(r"\bcommitments?\b", left):
        named = [
            kind
            for kind in ("savings_plans", "reservations")
            if kind not in choices.all_chosen("commitments", "kind", text)
        ]
    return str(named[0]) if len(named) == 1 else None


_AND_ALL = re.compile(
    r"\b(?:the (?:whole |entire )?lot|the works|you name it|the whole shebang|the full (?:set|picture)|all of it|and so on|etc(?:etera)?|everything else)\b"
)


def _checks(name: str, text: str, out: Filled) -> None:
    """The check of identities that is meant where the words of several are said."""
    if name != "identity_hygiene":
        return
    found = choices.all_chosen(name, "check", text)
    if found and _AND_ALL.search(text):
        out.inputs["check"] = "all"
        return
    if set(found) == {"no_mfa", "root"} or set(found) in _OF_ROOT:
        out.inputs["check"] = "root"
    elif len(found) > 1 and set(found) != {"old_keys", "unused_keys"} and "over_privileged" not in found:
        out.inputs["check"] = "all"
    elif set(found) == {"old_keys", "unused_keys"}:
        unused = re.search(r"unused|never|not|nobody|no one|dormant|stale|last used", text)
        out.inputs["check"] = "unused_keys" if unused else "old_keys"
    if out.inputs.get("check") == "unused_keys" and _WHEN_USED.search(text):
        out.inputs.setdefault("days", 1)  # however lately that was


_WHEN_USED = re.compile(r"\b(?:when|how long ago|since when|what (?:day|date))\b.*\blast used\b")


def _tag_of(name: str, text: str, fields: Mapping[str, Any], out: Filled) -> None:
    """The tag that resources carry, or do not, or that a bill is told by."""
    named = tag_named(text)
    if named and named[0] == "owner" and name in _TOLD_BY_TAG:
        out.limits.append(OF_OWNERS)
    if name != "inventory":
        return
    if "tag" in fields and (match := _TAG.search(text)):
        key = (match[1] or "team").replace("owner", "team").replace("environment", "env")
        key = "cost-center" if key.startswith("cost") else "team" if key in ("tag", "tags") else key
        out.inputs["tag"] = f"{key}="
    elif "tag" in fields and named and _LACKING.search(text):
        out.inputs["tag"] = f"{named[1]}="
    elif match := _TAGGED.search(text):
        out.inputs["tag"] = f"{match[1] or match[3]}={match[2] or match[4]}"


def of_owners(calls: Sequence[PlannedCall], text: str) -> list[str]:
    """A sentence that owners are read as teams, where what carries no tag of a team stands for what has no owner."""
    lacking = any(call.inputs.get("tag") == "team=" for call in calls)
    return [OF_OWNERS] if lacking and re.search(r"\b(?:owners?|owned|unowned|ownerless)\b", text) else []


_TOLD_BY_TAG = frozenset({"inventory", "spend", "spend_change", "untagged_spend"})
_LACKING = re.compile(r"\b(?:no|not|without|miss\w*|lack\w*)\b")


def _rule(name: str, flat: str, out: Filled) -> None:
    """The rule that is named or described; a list of more of them where none is."""
    if name != "config_compliance":
        return
    if match := RULE.search(flat):
        out.inputs["rule"] = next(group for group in match.groups() if group)
    elif described := rule_described(flat):
        out.inputs["rule"] = described
    else:
        out.inputs.setdefault("top", 25)


def _deeds(name: str, reading: Reading, fields: Mapping[str, Any], now: datetime, out: Filled) -> None:
    """Who did what: the person who acted or was acted on, what was done, and how far back that is looked for."""
    text, flat = NO_READS.sub(" ", reading.text), NO_READS.sub(" ", reading.flat)
    acted_on = bool(re.search(r"\b(?:who|by whom|which \w+|wie|quem)\b.* <user>", text))
    if "resource" in fields and reading.user and acted_on:
        out.inputs["resource"] = reading.user
    elif "who" in fields and reading.user:
        out.inputs["who"] = reading.user
    elif "who" in fields and re.search(r"\broot\b(?! cause)", text):
        out.inputs["who"] = "root"
    if "action" in fields and (done := reading.event or action(text) or verb(text)):
        out.inputs["action"] = done
        if READ_CALLS & set(done.split(",")):
            out.inputs["writes_only"] = False
    if "writes_only" in fields and READS.search(flat):
        out.inputs["writes_only"] = False
    elif "writes_only" in fields and (flat != reading.flat or _ONLY_WRITES.fullmatch(flat)):
        out.inputs["writes_only"] = True
    if name == "who_did_what" and "period" not in out.inputs:
        # who did something is seldom asked about this week only; CloudTrail keeps ninety days
        named = {"action", "resource"} & out.inputs.keys() or reading.resources or reading.hint
        out.inputs["period"] = recent(now, LONG if named else SHORT)


_ONLY_WRITES = re.compile(
    r"\W*(?:(?:and|so|ok|please|now) )*(?:(?:only|just) (?:the )?(?:changes|writes)|(?:the )?(?:changes|writes) only)(?: please)?\W*"
)
"""What takes back that calls which only read are shown, too."""


def _one_thing(name: str, reading: Reading, fields: Mapping[str, Any], out: Filled) -> None:
    """The one resource that is named, or hinted at; said where the query cannot be narrowed to it."""
    taking = next((slot for slot in ("resource", "log_group", "alarm") if slot in fields), None)
    if reading.resources and taking is not None:
        out.inputs[taking] = reading.resources[0]
    elif reading.hint and not reading.resources and taking is not None:
        out.inputs.setdefault(taking, reading.hint)
    elif (reading.resources or reading.hint) and name not in NARROWED:
        out.limits.append("This could not be narrowed to that one resource.")
