"""Places said in other words: nicknames, groups and left-out halves, written out as the names that exist.

Everything here works on folded text, before names are looked for; it writes a name only if it exists in sight.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from agents.models.offline.words.speech import is_known

_CITIES: dict[str, str] = {
    "amsterdam": "ams|adam|mokum|amsterdm",
    "rotterdam": "rtm|rdam|rott",
    "eindhoven": "ehv|eind",
    "utrecht": "utr",
    "the hague": "den haag|dh",
    "den haag": "the hague|dh",
    "groningen": "gro|groningen city",
    "maastricht": "mst",
    "antwerp": "antwerpen|anvers|anr",
    "brussels": "bru|bxl|brussel|bruxelles",
    "london": "ldn|lon",
    "las vegas": "vegas|lv|lvs",
    "atlantic city": "ac",
    "new york": "nyc|ny",
    "los angeles": "la",
    "manchester": "manc|mcr",
    "birmingham": "brum|bhx",
}
"""Nicknames of cities that a venue may be named after."""
_PERSONS = frozenset({"adam", "lon", "la", "ac", "ny"})
"""Nicknames that are also other words: a place only after a preposition, or beside a word for one."""
_HOUSE = r"(?:venue|casino|hall|house|site|location|property|branch|floor|account)"
_KNOWN_AS: dict[str, str] = {
    "payer": "(?:management|master|paying|billing|payers?|payment|consolidated billing) account",
    "management": "(?:payer|master|paying|billing) account",
    "log-archive": "(?:audit )?(?:log|logs|logging|archive|archives) account|logs? archives?|archives? of (?:the )?logs",
    "network": "(?:networking|connectivity|transit|hub) account",
    "security": "(?:sec|security tooling) account",
    "audit": "audit(?:ing)? account",
    "shared-services": "shared[- ](?:services?|svcs?|infra\\w*)(?: account)?|common services(?: account)?",
}
"""What accounts that a landing zone usually has are called besides their name."""
_NOT_OURS = r"(?<!state )(?<!test )(?<!testing )(?<!forensic )(?<!crime )(?<!external )(?<!independent )(?<!accredited )(?<!government )(?<!certified )(?<!technical )(?<!gaming )"
_LABS = re.compile(
    rf"{_NOT_OURS}(?<![\w<.-])(?:lab|labs|laboratory)(?: account| environment)?(?![\w>-])(?! reports?| results?| asks| needs| wants| coat| has asked)"
)
_ENV = {
    "prod": r"prod(?:uction)?|live",
    "staging": r"staging|stage|acceptance|uat|pre-?prod(?:uction)?",
    "dev": r"dev(?:elopment)?",
    "test": r"test",
}
_AND = r"(?:,|and|plus|or|vs|versus|against|with|as well as|en|e|und|/)"


@lru_cache(maxsize=32)
def _rewrites(
    accounts: tuple[str, ...], venues: tuple[str, ...], teams: tuple[str, ...]
) -> tuple[tuple[re.Pattern[str], str], ...]:
    found: list[tuple[str, str]] = []
    for venue in venues:
        for nick in _CITIES.get(venue.casefold(), "").split("|"):
            if nick in _PERSONS:
                found.append((rf"(?<=\b(?:in|at|of|to) ){nick}(?= |$)|{nick} {_HOUSE}", venue))
                found.append((rf"(?<=\bfor ){nick}(?= |$)|(?<=\bfrom ){nick}(?= |$)", venue))
            elif nick:
                found.append((rf"(?:venue[- ])?{nick}", venue))
    for account, said in _KNOWN_AS.items():
        if account in accounts:
            said = "|".join(s for s in said.split("|") if s.removesuffix(" account") not in accounts)
            found.append((said, account if "-" in account else f"{account} account"))
    halves: dict[str, list[str]] = {}
    for account in accounts:
        first, _, rest = account.casefold().partition("-")
        if rest and first != "venue":
            halves.setdefault(first, []).append(rest)
    for first, rests in halves.items():
        for one in rests:
            others = [r for r in rests if r != one]
            if others:  # "data prod and lab", "online (prod, staging)": the second half stands for the whole
                left, right = _ENV.get(one, one), "|".join(_ENV.get(r, r) for r in others)
                found.append(
                    (
                        rf"{first}[-_ ]?\(?(?:{left})\)?(?P<and> ?{_AND} (?:the |its |our )?)-?(?P<other>{right})",
                        f"{first}-{one}\\g<and>{first}-\\g<other>",
                    )
                )
    for first, rests in halves.items():
        found += _described(first, rests)
    for team in teams:
        for place, part in enumerate(parts := re.split(r"[-_ ]", team.casefold())):
            if len(part) > 3 and sum(part in re.split(r"[-_ ]", t.casefold()) for t in teams) == 1:
                stem = re.sub(r"(?:s|es|ing|e)$", "", part)
                word = rf"{stem}\w{{0,3}}"
                if part != team.casefold() or part.endswith("s"):
                    whole = "".join(rf"(?:{one}[-_ ])?" for one in parts[:place])
                    found.append(
                        (
                            rf"{whole}(?:{word})(?P<of> (?:team|squad|crew|department|people|folks|guys|engineers|developers|devs))(?: 's)?",
                            rf"{team} team",
                        )
                    )
        if team.casefold() not in halves and team not in accounts:
            said = re.escape(team.casefold())
            whose = rf"{said} 's accounts|{said} accounts|accounts (?:of|for|owned by|held by|run by) (?:the )?{said}(?! team)"
            found.append((whose, f"{team} team"))
    compiled = [
        (re.compile(rf"(?<![\w<.-])(?:{pattern})(?![\w>-])"), into) for pattern, into in found if "(?<=" not in pattern
    ]
    behind = [(re.compile(_unrolled(pattern)), into) for pattern, into in found if "(?<=" in pattern]
    return (*compiled, *behind)


def _described(first: str, rests: list[str]) -> list[tuple[str, str]]:
    """An account said by whose it is and what it is for ("the data team's production account"), or cut short."""
    short = "|".join(first[:end] for end in range(3, len(first) - 1) if len(first) > 5 and not is_known(first[:end]))
    found = []
    whose = rf"{first}(?:[- ](?:platform|team|games|gaming|department|side))?"
    for rest in rests:
        env = {**_ENV, "staging": rf"{_ENV['staging']}|stg|stag|test(?:ing)?"}.get(rest, rest)
        kind = rf"(?:{env}) (?:account|environment|env)"
        found.append((rf"{whose}(?: 's)? {kind}|{kind} (?:of|for) (?:the )?{whose}", f"{first}-{rest}"))
        if short:
            found.append((rf"(?:{short})[-_ ](?:{env})", f"{first}-{rest}"))
    return found


def _unrolled(pattern: str) -> str:
    """Python looks back over one length only: each preposition gets a look-back of its own."""
    return re.sub(
        r"\(\?<=\\b\(\?:([^)]+)\) \)(\w+)",
        lambda m: "|".join(rf"(?<=\b{word} ){m[2]}" for word in m[1].split("|")),
        pattern,
    )


_NONPROD = re.compile(
    r"\b(?:lower|non-?live|not[- ]live|pre-?live) env(?:ironment)?s?\b"
    r"|\b(?:test|testing|tst)(?: and | & | or |/|, )(?:dev(?:elopment)?|staging|acceptance)(?: (?:accounts?|env\w*))?"
    r"|\b(?:dev(?:elopment)?|staging)(?: and | & | or |/|, )(?:test|testing|tst)\b(?: (?:accounts?|env\w*))?"
)
_HALLS = r"(?:venues?|casinos?|halls?|houses|gaming floors?)"
_NOT = (
    (re.compile(rf"\bnon[- ]{_HALLS}(?: (?:accounts|side|part))?(?![\w-])"), "all except the venues"),
    (
        re.compile(
            r"(?<=[\w>] )(?<!^and )(?<!^or )(?<!^so )(?:that|which|who) (?:is|are|does|do) (?:not|never) (?:(?:a|an|in|at|on|part of|belong(?:ing)? to|run in) )?(?=(?:the |our |any |a |an )?\w)"
        ),
        "except ",
    ),
    (
        re.compile(
            r"\bnot (?:in|at|on|for|from|part of|belonging to) (?=(?:the |our |any )?(?:prod|production|live|staging|dev|venues?|casinos?|halls?)\b)"
        ),
        "except ",
    ),
)
_TAIL = re.compile(
    r"\b(?:accounts?|number|id|nr|no)(?: number| id)? (?:that )?(?:ends?|ending|ended|finish\w*)? ?(?:in|on|with)? ?(?:the )?(?:digits )?(?:\.\.\.|x+|\*+)?(\d{3,6})(?!\d)"
)
_SLASH = re.compile(r"(?<![\w/.<-])([a-z]+(?:-[a-z]+)?)/([a-z]+(?:-[a-z]+)?)(?![\w/>-])")


_LINK = r"(?: ?,)? ?(?:,|and|plus|or|vs|versus|against|with|&|as well as|en|e|und)(?: also)?"
_OPENS = r"(?:(?:in|of|for|from|at|on) )?(?:both )?(?:the |our )?"
_CLOSES = re.compile(
    r" ?(?:accounts?\b|together|combined|each|both|'s|$|[?.;:!,)]|<p>|(?:in|on|at|for|from|during|since|over|by|per|this|that|last|right|now|"
    r"today|yesterday|please|pls|costs?|spend|spent|bills?|did|does|do|has|have|is|are|was|were|with|so|then|run|runs|had|again|only)\b)"
)
"""What follows a name that is also an ordinary word where it is a name ("network and payer last month")."""


@lru_cache(maxsize=32)
def _lists(accounts: tuple[str, ...], venues: tuple[str, ...], teams: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Accounts and venues side by side; teams side by side after or before the word for them."""

    def side_by_side(names: tuple[str, ...], opens: str) -> str:
        one = "|".join(r"[-_ ]?".join(map(re.escape, re.split(r"[-_ ]", n.casefold()))) for n in names) or r"(?!)"
        return rf"{opens}(?:{one})(?![\w-])(?:{_LINK} {_OPENS}(?:{one})(?![\w-]))+"

    ordered = tuple(sorted((*accounts, *venues), key=len, reverse=True))
    named = side_by_side(tuple(sorted(teams, key=len, reverse=True)), "")
    return (
        re.compile(rf"(?<![\w<-]){side_by_side(ordered, '')}"),
        re.compile(rf"(?<![\w<-])(?:teams (?P<after>{named})|(?P<before>{named}) teams)(?![\w-])"),
    )


def _listed(
    text: str, accounts: tuple[str, ...], venues: tuple[str, ...], teams: tuple[str, ...], common: tuple[str, ...]
) -> str:
    """The text with names that are also ordinary words marked as such where they stand beside others."""
    places, groups = _lists(accounts, venues, teams)
    words = "|".join(map(re.escape, common)) or r"(?!)"
    ordinary = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])(?! accounts?\b)")

    def marked(match: re.Match[str]) -> str:
        last = re.search(rf"(?<![\w-])(?:{words})$", match[0])
        alone = not re.search(r"[a-z&] (?:the |our )?\w+$", match[0].replace(",", " , "))  # "Utrecht, security"
        if last and (alone or not _CLOSES.match(text, match.end())):
            return match[0]
        return ordinary.sub(lambda one: f"{one[0]} account", match[0])

    def as_teams(match: re.Match[str]) -> str:
        one = "|".join(re.escape(name.casefold()) for name in sorted(teams, key=len, reverse=True))
        return re.sub(
            rf"(?<![\w-])(?:{one})(?![\w-])", lambda name: f"team {name[0]}", match["after"] or match["before"]
        )

    return places.sub(marked, groups.sub(as_teams, text))


def written_as_names(
    text: str, accounts: tuple[str, ...], venues: tuple[str, ...], teams: tuple[str, ...], common: tuple[str, ...] = ()
) -> str:
    """The text with nicknames, second halves and groups in the words that names are found by.

    `common` are the accounts whose names are also ordinary words.
    """
    text = _slashed(text, accounts, venues, teams)
    for pattern, into in _rewrites(accounts, venues, teams):
        text = pattern.sub(into, text)
    text = _NONPROD.sub("non-prod", text)
    for pattern, into in _NOT:
        text = pattern.sub(into, text)
    labs = [account for account in accounts if account.endswith(("-lab", "-labs"))]
    if len(labs) == 1 and not re.search(rf"\b{labs[0].partition('-')[0]}[-_ ]?labs?\b", text):
        text = _LABS.sub(labs[0], text)
    for team in set(teams) & set(common):
        text = re.sub(rf"(?<![\w<-]){team} accounts(?![\w-])", f"{team} team accounts", text)
    return _listed(text, accounts, venues, teams, common)


def _slashed(text: str, accounts: tuple[str, ...], venues: tuple[str, ...], teams: tuple[str, ...]) -> str:
    names = {name.casefold() for name in (*accounts, *venues, *teams)} | {
        nick for v in venues for nick in _CITIES.get(v.casefold(), "").split("|")
    }

    def apart(match: re.Match[str]) -> str:
        return f"{match[1]} and {match[2]}" if {match[1], match[2]} & names else match[0]

    return _SLASH.sub(apart, text)


def by_last_digits(text: str, ids: dict[str, str]) -> tuple[str, list[str]]:
    """Accounts said by the last digits of their id, if there is just one that ends so; the text with the name instead."""
    found: list[str] = []

    def named(match: re.Match[str]) -> str:
        ending = [name for number, name in ids.items() if number.endswith(match[1])]
        if len(ending) != 1:
            return match[0]
        found.append(ending[0])
        return "<account>"

    return _TAIL.sub(named, text), found


_COUNTED = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|both|several)"
_KIND = r"(?:gaming|casino|physical|land-?based|brick[- ]and[- ]mortar|bricks[- ]and[- ]mortar|bricks and mortar|brick and mortar|dutch|local|real|actual|individual|gambling|other)"
_OURS = rf"(?:(?:all|any) (?:of )?)?(?:the|our|my|these|those|all|{_COUNTED})(?: (?:{_COUNTED}|{_KIND}))*"
VENUES = re.compile(
    rf"(?<![\w<-])(?:(?:{_OURS} )?(?:{_KIND} )*(?:venues|casinos|halls|casino floors?|gaming floors|venue accounts|casino accounts|halls' accounts)"
    rf"|{_OURS} (?:sites|locations|houses|properties|branches|floors)"
    r"|(?:the |our )?(?:land-?based|bricks?[- ]and[- ]mortar|retail|casino|venue|physical) (?:side|business|operations?|estate|arm|part)"
    r"|(?:the )?venues (?:unit|ou)|(?:venue|casino)(?= (?:budgets|alarms|back-?ups?|findings|patch\w*|threats|buckets|databases|servers|machines|vulnerabilities)\b))(?: together| combined| taken together| as a group)?(?: 's)?(?![\w>-])"
)
"""All venues together, as a place."""
_LEADS = re.compile(
    r"(?<![\w<-])(?:which|what|per|by|each|every|wich|name|top|for each|of which|rank(?:ed|ing)?(?: by)?|sort(?:ed)?(?: by)?|most|least|\w+est)(?: of| one of| expensive)?(?: the| our| all| these| my)?\s*$"
)
"""What makes a word for venues the thing that rows are split or ranked by."""


def grouped(text: str, mark: Callable[[], str]) -> str:
    """The text with all venues together replaced by what `mark` gives, where they are a place and no way to split."""

    def one(match: re.Match[str]) -> str:
        return match[0] if _LEADS.search(text[: match.start()]) else f" {mark()} "

    return VENUES.sub(one, text)


_UNIT = r"(?:ou|ous|organi[sz]ational units?|org units?|organi[sz]ation units?)"


def in_units(text: str, units: dict[str, tuple[str, ...]]) -> tuple[str, list[str]]:
    """Accounts of the organisational units that are named as such; the text with a marker instead."""
    found: list[str] = []
    for unit, accounts in units.items():
        said = re.escape(unit.casefold())
        pattern = rf"(?<![\w<-])(?:{_UNIT} (?:called |named |of )?'?{said}'?|{said} {_UNIT})(?![\w>-])"
        text, count = re.subn(pattern, " <account> ", text)
        if count:
            found.extend(accounts)
    return text, found
