"""`All`, `none`, `most`: what is said of everything counted must be so by the facts that count it.

`All backup jobs completed` is false if a fact counts one that did not, or if fewer completed than there were; `none of
the 23 failed` if a fact counts some that did; `most are critical` if that part is no more than half. `Most of the
spend` is held against the whole, too. What is so with exceptions, perhaps, or in a place that no fact names is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from policies.grounding import lexicon, words
from policies.grounding.layout import HOLE
from policies.grounding.view import Item, View, about
from tools import units
from tools.facts import Fact

_QUANTITY = re.compile(
    r"(?<![\w-])(?:(?P<all>all(?! but\b)|every single|every|each|alle|todos|todas)|(?P<none>none of|no|not one of|"
    r"not a single|nobody|no one|geen enkele|geen|nenhuma?)|(?P<most>most(?: of)?|the majority of|the bulk of|"
    r"the lion's share of|(?:almost|nearly) all(?: of)?|a majority of)|"
    r"(?P<few>(?:only )?a few of|few of|hardly any of|almost none of|a minority of))(?![\w-])"
    rf"(?: (?:of )?(?:the|our|these|those|de|os|as)\b)? ?(?P<subject>{HOLE}+|(?:[^\W\d_][\w-]* ?){{0,4}})",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"\b(?:the|our|last night's|yesterday's) (?P<subject>(?:[^\W\d_][\w-]* ){1,3})"
    r"(?:(?:were|are|have been)(?: all)? successful|(?:all )?succeeded|(?:all )?(?:went|ran) (?:well|fine|cleanly))\b",
    re.IGNORECASE,
)
"""Said of things without more, that is said of all of them."""
_BOTH = re.compile(
    r"\bboth(?: of)?(?: the| our| these)? (?!times)"
    r"(?P<subject>(?:failed |open |critical |public |firing )?[^\W\d_][\w-]*)",
    re.I,
)
_AFTERWARDS = re.compile(
    rf"(?:(?<=[,:] )|(?<=\band )|(?<=\bwhich )|(?<=s ))"
    rf"(?P<all>all|each)(?= (?!of\b|the\b|our\b|in\b|over\b|{HOLE})[a-z])|"
    r"(?<=, )(?P<none>none|not one)(?= (?!of\b))",
    re.IGNORECASE,
)
"""`23 jobs ran and all completed`: of the figure or the noun before."""
_BEFORE = re.compile(
    r"(?:\b(?:not|nearly|almost|across|over|in|of|for|from|at|by|to|with|on|above|after|under|if|whether|bijna|quase)"
    r"|n't|n\u2019t) $",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:if|whether|would|should|could|may|might|can|cannot|must|needs? to|will|know|see|looked|checked|until|unless|"
    r"except|apart|besides|save for|other than|outside|so far|seems?|appears?|let|make sure|ensure|als|zou|kan|behalve|"
    r"exceto|there|here|elsewhere|anywhere|that account|this account|those accounts|same)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(rf"[,;:.!()\n{HOLE}]| (?:and|but|while|which|so|because|although|en|maar|e|mas)\b")
_THEM = re.compile(r"(?:of )?(?:them|these|those)(?= (?:is|are|was|were|has|have|did|[a-z]+ed)\b)", re.IGNORECASE)
"""`None of them are critical`: of the figure before."""
_OTHER = re.compile(r"\b(?:others?|remaining|rest|overige|andere|outr[oa]s)\b", re.IGNORECASE)
_NARROWER = re.compile(r"\s*(?:that|which|who|with|without|whose|older|newer|die|dat|que|com|sem)\b", re.IGNORECASE)
_MONEY = re.compile(r"\b(?:spend|spending|cost|costs|bill|money|total|kosten|gasto|uitgaven)\b", re.IGNORECASE)
_EVERYWHERE = re.compile(
    r"\b(?:in all|in total|in state|at all|at the moment|at present|at root|for now|on record|"
    r"(?:in|over|during|within) the (?:last|past) (?:\w+ )?(?:days?|nights?|weeks?|months?|hours?))\b",
    re.IGNORECASE,
)
_SCOPE = re.compile(r"\b(?:in|at|of|for|on|from|within|among|bij|voor|em|na|no)\b", re.IGNORECASE)

_NEAR = 600
"""Characters on either side that are looked at, so that a long sentence of nothing but claims costs no more."""
_DONE = frozenset({"complete"})
Counted = dict[str, list[Fact]]
Names = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Claim:
    kind: str
    """`all`, `none`, `most` or `few`."""
    unit: str
    whole: Item | None
    """The figure of which it is said, if it is said of one."""
    subject: frozenset[str]
    told: frozenset[str]
    """What is said of it."""
    names: Names


def extents(view: View) -> Iterator[tuple[int, int, str]]:
    """Claims about all, none or most that the facts deny: where, and what to tell the model."""
    counted: Counted = {}
    for fact in view.facts:
        if units.kind(fact.unit) == "count" and not isinstance(fact.value, str):
            counted.setdefault(fact.unit, []).append(fact)
    for pattern in (_QUANTITY, _GOOD, _AFTERWARDS):
        for match in pattern.finditer(view.text):
            start, end = match.span()
            sentence = view.layout.sentence(start)
            lead = view.text[max(sentence[0], start - _NEAR) : start]
            asks = view.text[max(sentence[0], sentence[1] - 8) : sentence[1]].rstrip(" *_\n").endswith("?")
            if asks or _BEFORE.search(lead) or _OPEN.search(lead):
                continue
            claim = _read(match, sentence, counted, view)
            wrong = _denied(claim, counted[claim.unit], view) if claim else _of_money(match, view)
            if wrong:
                yield start, end, wrong
    yield from _accounts(counted, view)
    for match in _BOTH.finditer(view.text):
        unit, _ = _noun(match["subject"], counted)
        sentence = view.layout.sentence(match.start())
        before = next(view.layout.lead_in(sentence[0]), sentence)
        named = view.taken(before[0], sentence[1])
        if unit and not any(f.value == 2 for f in counted[unit]) and len(named) < 3:
            yield *match.span(), f"The words say that there are two, but no fact counts two {unit}."


_ACCOUNTS = re.compile(
    r"(?:(?<=^)|(?<=[\n.:;] )|(?<=[\n*]))(?:every|each|all)(?: of)?(?: (?:the|our|your))?(?: single)? accounts? "
    r"(?!in\b|of\b|with\b|that\b|but\b|except\b|should\b|must\b|can\b|could\b|may\b|needs?\b|and\b|listed\b|"
    r"here\b|were looked\b|was looked\b|considered\b|combined\b|together\b|below\b|above\b)(?P<told>[a-z][^,;.:\n]*)",
    re.IGNORECASE,
)


def _accounts(counted: Counted, view: View) -> Iterator[tuple[int, int, str]]:
    """`Every account has an alarm`: as many accounts as the asker sees must have what is said of all of them."""
    for match in _ACCOUNTS.finditer(view.text):
        if match[0].lower().startswith("all") and HOLE in match["told"]:
            continue  # `All accounts spent 5`: together
        told = words.stems(match["told"])
        if _OPEN.search(match["told"]) or re.search(r"\?", view.text[match.end() : match.end() + 2]):
            continue
        parts = [
            f for f in counted.get("accounts", []) if (words.stems(f.label) - words.stems("accounts in all")) & told
        ]
        most = max((int(f.value) for f in parts), default=0)
        if parts and most < (view.seen or most + 1):
            yield *match.span(), f"{parts[0].id} counts {most} ({parts[0].label}): no fact says it of every account."
        elif not parts and view.seen:
            of = {a for f in view.facts if words.stems(f.label) & told for a in f.scope.accounts}
            if len(of) < view.seen:
                yield *match.span(), f"No fact says this of every account: facts tell it of {len(of)} of {view.seen}."


def _read(match: re.Match[str], sentence: tuple[int, int], counted: Counted, view: View) -> _Claim | None:
    """What is said of how many of what; None if nothing that can be decided."""
    groups = match.groupdict()
    kind = next((k for k in ("all", "none", "most", "few") if groups.get(k)), "all")
    at = match.end() if match.re is _AFTERWARDS else match.start("subject")
    whole = next((i for i in view.items if i.start == at and not isinstance(i.fact.value, str)), None)
    if match.re is _AFTERWARDS:
        lead = view.text[max(sentence[0], match.start() - _NEAR) : match.start()]
        whole = next((i for i in reversed(view.items) if sentence[0] <= i.start < at and i.fact.unit in counted), None)
        unit, until = (whole.fact.unit if whole else _noun(" ".join(lead.split()[-2:]), counted)[0]), at
        subject = words.stems(whole.fact.label if whole else "")
    elif back := _THEM.match(view.text, at):
        before = next(view.layout.lead_in(sentence[0]), sentence)
        counts = [i for i in view.items if before[0] <= i.start < match.start() and i.fact.unit in counted]
        whole = counts[-1] if counts else None
        unit, until = (whole.fact.unit if whole else ""), back.end()
        subject = words.stems(whole.fact.label if whole else "")
    elif whole is not None:
        unit, until = whole.fact.unit, whole.end
        subject = words.stems(whole.fact.label)
    elif re.match(r"no(?:body| one)\b", match[0], re.IGNORECASE):
        unit, until, subject = next((u for u in counted if u.endswith("users")), ""), at, frozenset[str]()
    else:
        unit, until = _noun(match["subject"], counted)
        until += at
        subject = words.stems(view.text[at:until])
    if unit not in counted or _NARROWER.match(view.text, until) or _OTHER.search(match[0]):
        return None
    stop = _ENDS.search(view.text, until, min(sentence[1], until + _NEAR))
    said = view.text[until : min(stop.start() if stop else sentence[1], until + _NEAR)]
    near = view.named((at, until + len(said)))
    if _OPEN.search(said) or (not near and _SCOPE.search(_EVERYWHERE.sub(" ", said))):
        return None  # in a place that no fact names
    names = frozenset(pair for m in view.named((at, sentence[1])) for pair in m.means) if near else Names()
    noun = words.stems(unit)
    told = _fold(words.stems(said)) - noun | (_DONE if match.re is _GOOD else frozenset())
    told_of = bool(told - {"not"}) or (whole is not None and bool(names))
    return _Claim(kind, unit, whole, _fold(subject) - noun, told, names) if told_of else None


def _noun(text: str, counted: Counted) -> tuple[str, int]:
    """The unit whose noun is the first in a text, and where it ends."""
    for match in re.finditer(r"[^\W\d_][\w-]*", text.lower()):
        for unit in sorted(counted, key=len, reverse=True):
            *head, last = unit.lower().split()
            named = match[0] in (last, units.singular(last)) or lexicon.NOUNS.get(match[0]) == last
            named = named or match[0] in _short(unit, counted)
            if named and all(w in text.lower() for w in head):
                return unit, match.end()
    return "", 0


def _short(unit: str, counted: Counted) -> frozenset[str]:
    """What is counted, said short: `backups` for backup jobs, if all facts of that unit count those."""
    one = units.singular(unit)
    led = {
        m[1] if (m := re.match(rf"([a-z]+) (?:{re.escape(unit)}|{re.escape(one)})\b", f.label)) else ""
        for f in counted[unit]
    }
    led.discard("failed")
    return frozenset(f"{word}s" for word in led) if len(led - {""}) == 1 else frozenset()


def _denied(claim: _Claim, counted: list[Fact], view: View) -> str:
    """Why a claim is false, or nothing."""
    facts = [f for f in counted if claim.whole is None or f.id != claim.whole.fact.id]
    of = _held(claim.whole.fact, view) if claim.whole else Names()
    said = claim.subject | claim.told
    against = said ^ {"not"} if claim.kind == "all" else said
    if claim.kind in ("all", "none"):
        for fact in facts:
            label, held = _label(fact), _held(fact, view)
            told = label & claim.told - {"not"} and ("not" in label) == ("not" in against)
            placed = of <= held and (not claim.names or (bool(held & claim.names) and held <= claim.names | of))
            if told and placed and (label <= against or against <= label) and fact.value:
                return f"{fact.id} counts {fact.value} ({fact.label}, {fact.scope.text()}), so that is not so."
    if claim.kind == "none":
        return ""
    part = next((f for f in facts if _is_part(f, claim, said, view)), None)
    if part is None or isinstance(part.value, str):
        return ""
    whole = claim.whole.fact if claim.whole else next((f for f in facts if _covers(f, part, view)), None)
    rest = next((f for f in facts if _label(f) == said ^ {"not"} and f.scope == part.scope), None)
    limit = Decimal(whole.value) if whole else Decimal(part.value) + Decimal(rest.value) if rest else None
    twice = 2 * Decimal(part.value)
    if limit is None or not {"all": part.value < limit, "most": twice <= limit, "few": twice > limit}[claim.kind]:
        return ""
    return f"{part.id} counts {part.value} ({part.label}) of {limit}, so that is not so."


def _is_part(fact: Fact, claim: _Claim, said: frozenset[str], view: View) -> bool:
    label, held = _label(fact), _held(fact, view)
    if held != claim.names or not (label & claim.told - {"not"} or held):
        return False
    return label <= said and ("not" in label) == ("not" in said)


def _covers(whole: Fact, part: Fact, view: View) -> bool:
    """Whether one counts everything of which the other counts a part."""
    return _label(whole) < _label(part) and not _held(whole, view) and whole.period == part.period


def _held(fact: Fact, view: View) -> Names:
    return frozenset((d, v) for d, vs in view.vocabulary.held[fact.id].items() for v in vs)


def _label(fact: Fact) -> frozenset[str]:
    return _fold(words.stems(fact.label)) - words.stems(fact.unit)


def _fold(stems: frozenset[str]) -> frozenset[str]:
    """`Failed` is `not complete`, `miss` is `not have`."""
    out = set(stems)
    if "failing" in out:
        out = out - {"failing", "state"} | {"not", "complete"}
    if "miss" in out:
        out = out - {"miss"} | {"not"}
    if "successful" in out or "success" in out:
        out = out - {"successful", "success"} | {"complete"}
    return frozenset(out)


def _of_money(match: re.Match[str], view: View) -> str:
    """`Most of the spend is X: 5`: five must be more than half of the whole."""
    if not match.groupdict().get("most"):
        return ""
    sentence = view.layout.sentence(match.start())
    row = [i for i in view.items if match.start() <= i.start < sentence[1] and units.is_number(i.fact.unit)]
    whole = next((i.fact for i in row if i.start == match.start("subject")), None)
    if whole is None and not _MONEY.search(match["subject"]):
        return ""
    parts = [i.fact for i in row if i.fact is not whole and view.vocabulary.held[i.fact.id]]
    if len(parts) != 1 or isinstance(parts[0].value, str) or words.is_change(parts[0]):
        return ""
    part, value = parts[0], Decimal(parts[0].value)
    if part.unit == "percent":
        wrong = "share" in part.label and value < 50
    else:
        totals = [f for f in view.facts if _is_total(f, part, view)] if whole is None else [whole]
        wrong = bool(totals) and all(t.unit == part.unit and 2 * value <= Decimal(t.value) for t in totals)
    return f"The words say {match[0].strip()!r}, but {about(part)}, and that is no more than half." if wrong else ""


def _is_total(fact: Fact, part: Fact, view: View) -> bool:
    if fact.unit != part.unit or fact.period != part.period or fact.scope.basis != part.scope.basis:
        return False
    named = view.vocabulary.held[fact.id] or words.is_change(fact) or "other" in words.plain(fact.label)
    return not named and view.vocabulary.label[fact.id] - {"total"} <= view.vocabulary.label[part.id]
