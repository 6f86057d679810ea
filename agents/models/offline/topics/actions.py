"""Actions: the API calls, rules and kinds of event that everyday words stand for."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from agents.models.offline.topics.action_table import DOES, TABLE

READS = re.compile(
    r"\b(?:read(?:ing)?[- ]?(?:only )?(?:actions?|calls?|events?|access|requests?|operations?)|reads? (?:included|too|as well|and all)|(?:and|or|including|include|incl|also|with|plus|even|both|counting|list|add) (?:the |all |any |mere |only |simple |just )*(?:reads?|look-?ups?|viewing|views?|read-?only|lookups?)"
    r"|look-?ups?|(?:look|view|peek|read|snoop)(?:ed|s|ing)? (?:at|into|through|around|in)|(?:merely|just|only|even) (?:look|view|read)\w*|viewed|(?:reads?|views?|looks?) and (?:writes?|changes?)|(?:writes?|changes?) and (?:reads?|views?|look-?ups?)"
    r"|not (?:just|only|merely|simply|solely) (?:the )?(?:writes?|changes?|modifications?|edits?|mutations?)|(?:describe|list|get)[ /-]?(?:and|or)?[ /]?(?:describe|list|get)? (?:calls?|events?|actions?)"
    r"|everything (?:that )?(?:they|he|she|(?:\S+ )?(?:any(?:one|body)|<user>)) (?:did|has done|ever did|does)|(?:all|any|every|full|complete) (?:kinds? of )?(?:api )?(?:calls?|activit(?:y|ies))(?= ?(?:$|[?,;]|by|of|from|in|on|at|not|also))|sign-?ins?|log-?ins?|sign-?ons?|log-?ons?|look(?:ed|ing) up|read access|reads|brows(?:ed|ing))\b"
)
"""What wants calls that only read shown, too."""
_SIGNS_IN = r"(?:sign|logg?)\w* ?(?:in(?:to)?\b|on(?:to)?\b(?= (?:as|to|at|with|<p>|<account>|$)|$))|sign-?ins?|sign-?ons?|log-?ins?|log-?ons?|(?:enter|access)(?:ed|ing) the console"
NO_READS = re.compile(
    rf"\b(?:no|not|without|exclud\w+|except(?:ing)?(?: for)?|minus|skip\w*|ignor\w+|drop\w*|hid(?:e|ing)|leav(?:e|ing) out|apart from|other than|bar) (?:(?:the|any|all|his|her|their|those|these|mere|console|of) )*(?:{_SIGNS_IN}|read(?:s|[- ]only)?(?: (?:actions?|calls?|events?|access|requests?))?|look-?ups?|views?)(?![\w-])"
)
"""What wants no calls that only read."""
_VERBS = (
    ("delete", r"delet\w+"),
    ("terminate", r"terminat\w+"),
    ("stop", r"stopp\w+"),
    ("attach", r"attach\w+"),
    ("ConsoleLogin", _SIGNS_IN),
)


RULE = re.compile(
    r"\b([a-z0-9]+(?:-[a-z0-9]+)+) (?:config )?rules?\b"
    r"|\b(?:fail\w*|violat\w*|break\w*|breach\w*|flunk\w*|against|rule) (?:the )?(?:config )?(?:rule )?((?!non-|up-|not-|well-)[a-z0-9]+(?:-[a-z0-9]+)+)(?= ?(?:$|[?,;]|in|on|at|for|and|with))"
    r"|\b([a-z0-9]+(?:-[a-z0-9]+)*-(?:tags|volumes|rotation|encryption|prohibited|enabled|encrypted|required|check|restricted|disabled|logging|rotated|policy|access|used|cmk|mfa|keys|recovery)(?:-[a-z0-9]+)*)\b"
)
READ_CALLS = frozenset({"AssumeRole", "SwitchRole", "GetSecretValue"})
"""Calls of the table that change nothing, for CloudTrail."""
_ANY = re.compile(r"\b(?:anything|everything|whatever|what else|anything else)\b")
"""More than one change is asked about."""
_BETWEEN = r"(?: (?:up|down|out|off|away|back|rid of|with|in|into|at|through|on|over))?(?: (?!(?:and|or|who|which|what|by|so|because|in|on|at|to|from|into|with|for|per|via|through)\b|;|,)[\w<>'-]+){0,4}?"


def _around(does: str, thing: str) -> str:
    """What is said around the thing: `made it public`, `switched it off`, `put it back`."""
    said = {
        "open": (
            r"ma[dk]\w*|left|leav\w*|set\w*|turn\w*|put|flip\w*|let|was|is|were|got",
            r"(?:(?:world|completely|wide|fully|to|world-|made|left|set|opened) ?)*(?:public\w*|open|readable|accessible|visible|in)",
        ),
        "off": (r"turn\w*|switch\w*|shut\w*|power\w*|took|tak\w*", r"(?:off|down|offline)"),
        "end": (r"took|tak\w*|tore|tear\w*|pull\w*", r"(?:away|down|out)"),
        "make": (r"put|br(?:ought|ing)\w*|set\w*|spun|fired", r"(?:back|up)"),
    }
    pairs = [said[kind] for kind in does.split("|") if kind in said]
    return "".join(
        rf"|\b(?:{verbs}) (?:[\w<>'-]+ ){{0,4}}?(?:{thing}) (?:[\w<>-]+ ){{0,1}}?{after}\b" for verbs, after in pairs
    )


@cache
def _pattern(does: str, thing: str) -> re.Pattern[str]:
    done = "|".join(DOES[kind] for kind in does.split("|"))
    return re.compile(
        rf"\b(?:{done}){_BETWEEN} (?:{thing})(?![\w-])"
        rf"{_around(does, thing)}"
        rf"|(?<![\w-])(?:{thing}) (?:(?:was|were|is|are|been|be|got|has|have|had|being|that|which|did|just|again|get|gets|<p>) ){{0,3}}(?:{done})\b"
    )


_OPTIONAL = re.compile(r"\(\?![^()]*\)|\((?:\?:)?[^()]*\)(?:[*?]\??|\{0,\d\}\??)|\[[^]]*\][*?+]?|\\\w[*?+]?|\w\?")
"""Parts of a pattern that what it finds need not have."""
_SMALL = frozenset({"of", "on", "to", "in", "from", "for", "off", "s", "e", "ing", "against"})


@cache
def _rows() -> tuple[tuple[str, str, str, frozenset[str]], ...]:
    """The table, each row with pieces of words of which one must be there: few patterns are ever made."""
    return tuple((*row, _pieces(row[2])) for row in TABLE)


@cache
def _pieces(thing: str) -> frozenset[str]:
    bare = thing
    while (shorter := _OPTIONAL.sub(" ", bare)) != bare:
        bare = shorter
    return frozenset(re.findall(r"[a-z0-9]+", bare)) - _SMALL


_GOES_OFF = re.compile(
    r"\bset(?:s|ting)?(?: [\w<>'-]+){0,4}? off\b|\bma[dk]\w*(?: [\w<>'-]+){1,4}? (?:go off|fire|ring|sound|trip)\b"
)
"""What an alarm does: nobody changed it by that."""


_CHANGES_TO = re.compile(
    r"\b(?:(?:made|make|makes|making|did|do|done) )?(?:(?:any|some|all|the|these|those|recent|every) )*(?:changes?|modifications?|edits?|alterations?|adjustments?|amendments?|updates) (?:that were |which were )?(?:(?:made|done|applied) )?(?:to|of|on|in)\b"
)
"""A change by its noun: "changes to security groups" are what changed those."""


def _found(text: str) -> Iterator[str]:
    text = _CHANGES_TO.sub("changed", _GOES_OFF.sub("", _OF_RULES.sub("", text)))
    if _ANY.search(text):
        return
    for names, does, thing, pieces in _rows():
        if any(piece in text for piece in pieces) and _pattern(does, thing).search(text):
            yield names


def actions(text: str) -> list[str]:
    """The API actions that a change of something particular may be, the likeliest first; some stand together."""
    return list(dict.fromkeys(_found(text)))


_OF_RULES = re.compile(
    r"\b(?:anything|something|things?|what) (?:about|at|in|on|to|of|with) (?=(?:(?:the|our|an?|any) )?(?:firewalls?|security groups?|sgs?)\b)"
)
"""Anything, and of what: only rules are changed in these."""


_TAKES_AWAY = {
    "Delete": "Create", "Detach": "Attach", "Stop": "Start", "Disable": "Enable", "Deactivate": "Enable",
    "Remove": "Add", "Revoke": "Authorize", "Disassociate": "Associate", "Terminate": "Run",
}  # fmt: skip
_UNDOES = {made: gone for gone, made in _TAKES_AWAY.items() if gone != "Deactivate"} | _TAKES_AWAY
"""The verbs of API calls that take something away, or make it, and those by which that is undone."""


def undoing(events: str) -> str | None:
    """The API actions by which what these ones did is undone; None where no such action is known."""
    every = {name.rstrip("s"): name for names, _, _ in TABLE for name in names.split(",")}
    found = []
    for name in events.split(","):
        verb = next((verb for verb in _UNDOES if name.startswith(verb)), "")
        back = every.get(_UNDOES[verb] + name.removeprefix(verb).rstrip("s")) if verb else None
        found += [back] if back else []
    return ",".join(dict.fromkeys(found)) or None


@lru_cache(maxsize=256)
def action(text: str) -> str | None:
    """The API actions that a change of something particular is ("changed the bucket policy")."""
    return next(_found(text), None)


def verb(text: str) -> str | None:
    """An API verb for an action that was named, where the word means just one."""
    return next((verb for verb, pattern in _VERBS if re.search(rf"\b(?:{pattern})", text)), None)
