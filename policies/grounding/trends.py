"""Claims that something rose, fell or stayed: each needs a fact that says so.

`Spend fell to X` says more than X. It is borne by a change in play that went that way, or by two facts of one thing
whose periods order that way; of the names that the clause says, else of what the figure beside it is of. If the facts
say the opposite it is false; if none says anything it is unbound. A clause of what may come, is wanted or not known
claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from policies.grounding import words
from policies.grounding.bearers import DESPITE, Bearer, Bearers, between
from policies.grounding.model import Claim
from policies.grounding.view import Item, View
from tools import units

_BE = r"(?:is|are|was|were|be|been|stands?|stood|went|goes|go|gone|going|came|come|comes|edged|crept|trended|trending)"
_VERB = r"(?<=[a-z] )(?<!all )(?<!the )(?<!of )(?<!and )(?<!these )(?<!by )"
"""Where `increases` may be a verb."""
_BARE = "".join(
    rf"(?<!{w} )"
    for w in [
        "backed",
        "set",
        "ends",
        "ended",
        "adds",
        "added",
        "boils",
        "boil",
        "come",
        "comes",
        "narrows",
        "narrowed",
        "broken",
        "drill",
        "made",
        "makes",
        "held",
        "opened",
    ]
)
_DID = r"(?:(?<=did )|(?<=does )|(?<= not )|(?<=n't )|(?<=n\u2019t ))"
_UP = (
    rf"rose|risen|{_VERB}(?:rises|increases|grows|climbs|jumps)|rising|increased|increasing|grew|grown|growing|climbed|"
    r"climbing|jumped|surged|surging|soared|spiked|shot up|on (?:its|their|the) way up|"
    r"creeping up|piling up|mounting|swelled|doubled|tripled|gained|"
    rf"{_BE}(?: \w+ly| slightly| back)? up(?! to date| for| since| again| and running| longest| the)|"
    rf"{_DID}(?:rise|increase|grow|climb|jump|go up)|picked up|{_BARE}up (?:from|by|over|compared|versus)|upwards?|"
    r"gestegen|steeg|stegen|stijgt|stijgen|aumentou|aumentaram|subiu|subiram|cresceu"
)
_DOWN = (
    rf"fell|fallen|{_VERB}(?:falls|drops|decreases|declines|shrinks)|falling|dropped|dropping|decreased|decreasing|"
    r"declined|declining|shrank|shrunk|shrinking|dipped|eased|slid|slipped|plunged|sank|plummeted|tumbled|"
    r"on (?:its|their|the) way down|dwindled|halved|"
    rf"(?!comes? down to){_BE}(?: \w+ly| slightly| back)? down(?! for| since| again| when| during| between)|"
    rf"{_DID}(?:fall|drop|decrease|decline|shrink|go down)|{_BARE}down (?:from|to|by|compared|versus)|"
    rf"brought (?:\w+ ){{1,3}}down|downwards?|"
    r"gedaald|daalde|daalden|daalt|dalen|caiu|ca\u00edram|diminuiu|desceu"
)
_FLAT = (
    r"unchanged|without change|level(?:l?ed) off|(?:hardly|barely) (?:moved|changed)|(?:stayed|stays|remained|remains|"
    r"held|holds|kept|is|was|are|were|been)(?: \w+ly| broadly)? (?:stable|flat|steady|constant|level(?= with))|"
    r"(?:the )?same as (?:in |the )?(?:last|previous|before|month before|{months})|"
    r"(?:did|do|does|has|have)(?: not|n't|n\u2019t) (?:change|changed|move|moved)|no change(?= in| from| since)|"
    r"(?:is|was|are|were|remained) no different|onveranderd|gelijk gebleven|stabiel(?= gebleven)|inalterad[oa]s?|"
    r"est\u00e1ve(?:l|is)"
)
_NOUNS_UP = r"increase|rise|growth|jump|surge|stijging|toename|aumento|subida"
_NOUNS_DOWN = r"decrease|decline|drop|reduction|fall|dip|daling|afname|queda|descida|redu\u00e7\u00e3o"
_THEN = (
    r"(?:(?:in |the |a )*(?:last|previous|prior|preceding) (?:month|week|year|quarter|day|period|time)|"
    r"(?:the )?(?:month|week|year|quarter|day) before|before|usual|ever|previously|yesterday|(?:in )?(?:{months})|"
    r"a (?:month|week|year) earlier)\b"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MORE = r"more|higher|larger|bigger|greater|dearer|costlier|above"
_LESS = r"less|fewer|lower|smaller|cheaper|below"
_SIZE = r"(?: (?:sharp|small|slight|steady|steep|big|clear|large|modest|marked|further))?"
_GOT = r"(?:got|gets?|getting|became|becomes?|becoming)"
_THEN_ENDS = r"(?= ?[,.;:()]|$| now| again| in all)"
_CLAIM = re.compile(
    (
        rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<flat>{_FLAT})|"
        rf"(?P<vague>improved|worsened|deteriorated|got (?:better|worse))|"
        rf"(?:an?|no|any){_SIZE} (?:(?P<noun_up>{_NOUNS_UP})|(?P<noun_down>{_NOUNS_DOWN}))|"
        rf"(?:the|this|that) (?:\w+ )?(?:(?P<the_up>{_NOUNS_UP})|(?P<the_down>{_NOUNS_DOWN}))|"
        rf"(?<!\bday )(?<!\bdays )(?:(?P<more>{_MORE})|(?P<less>{_LESS}))(?: [^\W\d]+)? (?:than {_THEN}|now\b|again\b)|"
        rf"{_GOT} (?:(?P<got_more>dearer|more expensive|higher|busier|larger)|"
        rf"(?P<got_less>cheaper|less expensive|lower|quieter|smaller|fewer))|been (?P<been_less>quieter)|"
        rf"(?:we|you|the company)(?:'re|\u2019re| are| have| had)? (?:spent|spending|paid|paying) "
        rf"(?:(?P<spent_more>more)|(?P<spent_less>less)){_THEN_ENDS}|"
        r"(?:saw|brought|shows?|showed) (?:a )?(?:(?P<saw_more>higher)|(?P<saw_less>lower)) (?:spend\w*|costs?|bills?))"
        r"(?!\w)|(?P<sign_up>[\u2191\u25b2\u2197\u2b06]|\(up\))|(?P<sign_down>[\u2193\u25bc\u2198\u2b07]|\(down\))"
    ).replace("{months}", _MONTHS),
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:if|whether|would|should|could|may|might|can|cannot|can't|can\u2019t|will|won't|shall|to|forecast|expected|"
    r"expects?|projected|predicted|likely|request\w*|recommend\w*|propose|i'd|i\u2019d|"
    r"unless|until|once|when|why|how|what caused|als|zou|kan|kunnen|zal|waarom|"
    r"wanneer|se|quando|porqu\u00ea|pode|vai)\b|\blet(?:'s|\u2019s)?\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\b(?:no (?:comparison|data|information|figures?)|not (?:know|compare|see|look|tell)\w*|cannot|can't|unknown|"
    r"do not (?:know|say|tell)|did not (?:look|compare)|don't know|without (?:a )?comparison|alarms? when|threshold|"
    r"niet (?:\w+ ){0,5}(?:bekeken|vergeleken|nagegaan|bekend)|weet ik niet|n\u00e3o sei)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\b(?:not|never|no|neither|nothing|none|hardly|geen|niet|n\u00e3o|nem)\b|n't\b|n\u2019t\b)"
    r"(?: \w+){0,3} ?$|\b(?:no) \w+(?: \w+)? $",
    re.IGNORECASE,
)
_NOT_ALL = re.compile(r"\bnot (?:everything|all|every\w*)\b", re.IGNORECASE)
_PARTLY = re.compile(r"^\W*(?:\w+ ){0,2}?(?:every|each|all|always|by leaps|much|evenly|as much)\b", re.IGNORECASE)
_EACH = re.compile(
    r"\b(?:(?P<none>no|none of (?:the|our))|(?P<some>some|several|a few|many|most|other)|every|each|all(?: the| our)?) "
    r"(?P<kind>service|account|team|venue|region)s?(?: \w+)? $",
    re.IGNORECASE,
)
_IDIOM = re.compile(
    r"\b(?:falls?|falling|fallen|fell) (?:into|under|within|on|due|outside|short|behind|apart|back on)\b|"
    r"\brising star|\bgrowing pains|\bdrop(?:s|ped)? (?:in|by|the|a|off at)\b(?= table| database| column)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    ways: frozenset[int]
    """Which ways would make it true: 1 up, -1 down, 0 flat."""
    text: str
    kind: str
    each: str = ""
    """The kind of names of which it is said that it is so of each, or of some."""
    some: bool = False


def trends(view: View) -> Iterator[tuple[int, int, Claim]]:
    """Claims of movement that no fact bears out: where, which kind of fault, and what to tell the model."""
    bearers: Bearers | None = None
    for number, said in enumerate(_claims(view)):
        if number >= _MOST:
            yield (
                said.start,
                said.end,
                ("unbound_figure", f"More than {_MOST} rises and falls: write a shorter answer."),
            )
            return
        bearers = bearers or Bearers(view)
        sentence = view.layout.sentence(said.start)
        item = _beside(said, sentence, view)
        if said.kind in ("more", "less") and item is not None and _is_held_against(said, item, view):
            continue
        if said.text.lower().startswith(("hardly", "barely")) and item is not None and words.is_change(item.fact):
            continue  # the figure itself says by how much
        if item is not None and words.is_change(item.fact) and words.way(item.fact) in said.ways and not said.each:
            continue
        if said.kind.startswith("the_"):
            known = [b for b in bearers.known if b.way in said.ways] or bearers.known[:0]
        elif said.each:
            known = bearers.of(said.each)
        else:
            known = _pair(said, item, view) or [*bearers.about(said.start, item), *bearers.shown(sentence)]
        if not known:
            if not bearers.measured and said.kind in ("up", "down"):
                continue  # `the portal is down`, and nothing in play that could rise or fall
            yield (
                said.start,
                said.end,
                (
                    "unbound_figure",
                    f"No fact says {said.text!r} of this. Say what it is, or ask a query that compares two periods.",
                ),
            )
            continue
        right = [b for b in known if _bears(b, said)]
        if len(right) < len(known) if said.each and not said.some else not right:
            wrong = [b for b in known if b not in right]
            went = " and ".join(dict.fromkeys(f"{b.text} went {_WENT[b.way]}" for b in wrong[:2]))
            yield said.start, said.end, ("direction", f"The words say {said.text!r}, but {went}.")


_MOST = 100
"""Claims of movement in one answer; more than any answer has are not looked at, and stop it."""
_WENT = {1: "up", -1: "down", 0: "neither up nor down"}
_STILL = Decimal("0.02")
"""By how much a thing may have moved, as a share, of which it is said that it stayed."""


def _bears(bearer: Bearer, said: _Said) -> bool:
    if bearer.way in said.ways:
        return True
    return 0 in said.ways and bearer.share is not None and bearer.share <= _STILL


def _is_held_against(said: _Said, item: Item, view: View) -> bool:
    """Whether a comparative is of two figures of the sentence, or says how much a change is: others look at those."""
    return words.is_change(item.fact) or (
        "than" in said.text.lower()
        and item.start >= said.end
        and bool(_ITS.fullmatch(view.text[said.end : item.start]))
    )


_ITS = re.compile(r"(?:'s|\u2019s)?(?: \w+)?(?: of| at| with)?\s*\(?\s*", re.IGNORECASE)


def _pair(said: _Said, item: Item | None, view: View) -> list[Bearer]:
    """`from X to Y`, `X, up from Y`: the two figures themselves."""
    if item is None:
        return []
    sentence = view.layout.sentence(item.start)
    _, two = view.neighbours(item, sentence)
    ahead = said.start < item.start and _FROM.search(view.text[said.end : item.start])
    behind = item.end <= said.start and said.text.lower().endswith(" from")
    return between(item.fact, two.fact) if two is not None and (ahead or behind) else []


_FROM = re.compile(r"\b(?:from|van|de)(?: [\w'\u2019]+){0,4} $", re.IGNORECASE)


_NEAR = 240
"""Characters before a claim that are looked at, so that a long sentence of nothing but claims costs no more."""


def _claims(view: View) -> Iterator[_Said]:
    silent: dict[tuple[int, int], bool] = {}
    for match in _CLAIM.finditer(view.words):
        kind = match.lastgroup or ""
        start, end = match.span()
        clause, sentence = view.layout.clause(start), view.layout.sentence(start)
        if sentence not in silent:
            said = view.words[slice(*sentence)]
            silent[sentence] = said.rstrip(" *_\n").endswith("?") or bool(_UNKNOWN.search(said))
        if silent[sentence] or _IDIOM.match(view.words, start):
            continue
        before = view.words[max(clause[0], start - _NEAR) : start]
        if _OPEN.search(before) or _NOT_ALL.search(before):
            continue
        ways = _WAYS.get(kind.split("_")[-1], frozenset({0}))
        each = _EACH.search(before)
        if each is None and (_NOT.search(before) or (match[0].lower().startswith("no ") and kind != "flat")):
            if _PARTLY.match(view.words[end : clause[1]]):
                continue
            ways = frozenset({1, -1}) if kind == "flat" else frozenset({-1, 0, 1}) - ways
        elif each is not None and each["none"]:
            ways = frozenset({-1, 0, 1}) - ways
        of = each["kind"].lower() if each else ""
        yield _Said(start, end, ways, " ".join(match[0].split()), kind, of, bool(each and each["some"]))


_WAYS = {
    "up": frozenset({1}), "more": frozenset({1}), "down": frozenset({-1}), "less": frozenset({-1}),
    "vague": frozenset({1, -1}), "flat": frozenset({0}),
}  # fmt: skip


def _beside(said: _Said, sentence: tuple[int, int], view: View) -> Item | None:
    """The figure that a claim stands beside: in its clause before the others, behind it before those in front."""
    row: Sequence[Item] = [
        i for i in view.items if sentence[0] <= i.start < sentence[1] and units.is_number(i.fact.unit)
    ]
    clause = view.layout.clause(said.start)
    against = DESPITE.search(view.text, said.end, min(clause[1], said.end + _NEAR))
    if against:
        row = [i for i in row if i.start < against.start()]
    inside = [i for i in row if clause[0] <= i.start < clause[1]]
    for group in (inside, row):
        after = [i for i in group if i.start >= said.end and ";" not in view.text[said.end : i.start]]
        before = [i for i in group if i.end <= said.start]
        if said.text.lower().startswith(("up from", "down from")) and before:
            return before[-1]
        if after or before:
            return after[0] if after else before[-1]
    return None
