"""Names: what exists in the asker's estate, and finding it in a question. A name that does not exist is never guessed."""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from agents.models.offline.naming.left_out import left_out, named_instead
from agents.models.offline.naming.places import by_last_digits, grouped, in_units, written_as_names
from agents.models.offline.naming.services import REGIONS, SERVICES, SUB_SERVICES
from agents.models.offline.words.speech import is_known
from agents.models.offline.words.text import distance, fold
from tools.accounts import Directory

COMMON = frozenset(
    "security data network platform payer online venue venues root log lab shared services games prod audit management".split()
)
"""Names that are also ordinary words: they name an account or team only beside such a word."""

_ENVS = {
    "prod": ("prod", "production", "productie", "producao", "(?<!went )(?<!go )(?<!goes )(?<!going )(?<!gone )live"),
    "staging": ("staging", "stage", "acceptance", "acc", "uat", "pre-?prod(?:uction)?"),
    "dev": ("dev", "development", "sandbox", "ontwikkel"),
    "test": ("test", "testing"),
}
_ACCOUNT, _TEAM, _VENUE, _ENV = (
    r"(?:aws )?(?:accounts?|rekening)",
    r"(?:teams?|squad|crew|department|equipe|afdeling)",
    r"(?:venues?|casinos?|locations?|sites?|vestiging|branch|floor in|hall)",
    r"(?:env|environments?|omgeving|ambiente|accounts)",
)


class Names(BaseModel):
    """What exists: account names (and ids), tag values, services by nickname, regions by nickname.

    Account names, venues, teams and envs must come from the asker's directory, so that a candidate never names
    something outside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: tuple[str, ...] = ()
    account_ids: dict[str, str] = {}
    venues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    envs: tuple[str, ...] = ()
    # the tables themselves, which nobody changes: a default would be copied, entry by entry, for every question
    services: dict[str, str] = Field(default_factory=lambda: SERVICES)
    regions: dict[str, str] = Field(default_factory=lambda: REGIONS)
    complete: bool = True
    """False if there are accounts that the asker may not see: a name that is not in sight may be one of those."""
    tags: dict[str, dict[str, str]] = {}
    """Organisation tags by account name."""
    units: dict[str, tuple[str, ...]] = {}
    """Account names by organisational unit."""

    @property
    def venue_accounts(self) -> tuple[str, ...]:
        """Accounts that belong to a venue."""
        return tuple(name for name in self.accounts if self.tags.get(name, {}).get("venue"))

    def known(self, kind: str) -> tuple[str, ...]:
        """All names of a kind: `account`, `venue`, `team`, `env`, `service` or `region`."""
        every = {
            "account": self.accounts,
            "venue": self.venues,
            "team": self.teams,
            "env": self.envs,
            "service": tuple(sorted(set(self.services.values()))),
            "region": tuple(sorted(set(self.regions.values()))),
        }
        return every.get(kind, self.accounts + self.venues + self.teams)


def names_of(directory: Directory, *, teams: Iterable[str] = (), complete: bool = True) -> Names:
    """The names in one asker's directory; `teams` adds cost-tag teams that own no account."""

    def tags(key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a.tags[key] for a in directory.accounts if a.tags.get(key)))

    return Names(
        accounts=tuple(account.name for account in directory.accounts),
        account_ids={account.id: account.name for account in directory.accounts},
        venues=tags("venue"),
        teams=tuple(dict.fromkeys([*tags("team"), *teams])),
        envs=tags("env"),
        complete=complete,
        tags={account.name: dict(account.tags) for account in directory.accounts},
        units={
            unit: tuple(a.name for a in directory.accounts if unit in a.units)
            for unit in dict.fromkeys(unit for account in directory.accounts for unit in account.units)
        },
    )


@dataclass(slots=True)
class Found:
    """The names found in one question; each list in the order of the text, without repeats."""

    accounts: list[str] = field(default_factory=list)
    venues: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    envs: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    part_of_service: bool = False
    regions: list[str] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of kind and what was said."""
    excluded: bool = False
    """The names were said to be left out ("except", "other than")."""
    spoken: str = ""
    """The text with every name but those of services replaced by its kind in angle brackets."""
    bare: str = ""
    """The text with every name replaced by its kind in angle brackets."""

    def placed(self) -> bool:
        """Whether an account, a venue, a team or an environment was named."""
        return bool(self.accounts or self.venues or self.teams or self.envs)

    def any(self) -> bool:
        """Whether anything was named."""
        return bool(
            self.accounts or self.venues or self.teams or self.envs or self.services or self.regions or self.unknown
        )


def find_names(flat: str, names: Names) -> Found:
    """Names in folded text whose times are already masked."""
    found = Found()
    common = tuple(name for name in names.accounts if fold(name) in COMMON)
    text = f" {written_as_names(named_instead(flat), names.accounts, names.venues, names.teams, common)} "
    if (apart := _within(text, names)) is not None:
        return apart
    text = _ids(text, names, found)
    text, units = in_units(text, names.units)
    for account in units:
        _add(found.accounts, account)
    text = _exact(text, names, found)
    text = _aliases(text, names, found)
    text = _typos(text, names, found)
    text = _unknown(text, names, found)
    found.spoken = re.sub(r"\s+", " ", text).strip()
    text = _services(text, names, found)
    found.bare = re.sub(r"\s+", " ", text).strip()
    found.excluded = bool(left_out(found.bare) & {"account", "venue", "team", "env"})
    return found


_BUT = re.compile(
    r"\b(?:except|exclud\w+|other than|apart from|besides|not counting|without|but(?: not)?|minus|leav\w+ out|save for)(?: for| the| of| our)*\b"
)


def _within(text: str, names: Names) -> Found | None:
    """Names where some of a group are left out of it ("all venues but Amsterdam"); None if it is not so."""
    if (match := _BUT.search(text)) is None:
        return None
    whole, left = find_names(text[: match.start()], names), find_names(text[match.end() :], names)
    if not {*whole.accounts, *left.accounts} <= set(names.accounts):
        return None  # one that is not in sight is the gate's to refuse
    kept, out = _members(whole, names), _members(left, names)
    if not out or not (set(out) < set(kept)) or whole.excluded or left.excluded:
        return None
    found = Found(accounts=[name for name in kept if name not in out], services=[*whole.services, *left.services])
    found.unknown = [*whole.unknown, *left.unknown]
    found.regions, found.part_of_service = (
        [*whole.regions, *left.regions],
        whole.part_of_service or left.part_of_service,
    )
    found.spoken, found.bare = f"{whole.spoken} {left.spoken}", f"{whole.bare} {left.bare}"
    return found


def _members(found: Found, names: Names) -> list[str]:
    """The accounts of the places that were named."""

    def among(account: str) -> bool:
        tags = names.tags.get(account, {})
        pairs = (("venue", found.venues), ("env", found.envs), ("team", found.teams))
        return account in found.accounts or any(tags.get(key) in values for key, values in pairs)

    return [account for account in names.accounts if among(account)]


def _add(into: list[str], value: str) -> None:
    if value not in into:
        into.append(value)


@lru_cache(maxsize=2048)
def _by_itself(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.<-])(?:{pattern})(?![\w/>-]|\.\w)")


def _take(text: str, pattern: str, marker: str) -> tuple[str, list[re.Match[str]]]:
    """Replace each match by a marker; the matches are given back in order."""
    compiled = _by_itself(pattern)
    matches = list(compiled.finditer(text))
    return compiled.sub(f" <{marker}> ", text) if matches else text, matches


def _ids(text: str, names: Names, found: Found) -> str:
    for number in re.findall(r"(?<!\d)\d{12}(?!\d)", text):
        if number in names.account_ids:
            _add(found.accounts, names.account_ids[number])
        else:
            found.unknown.append(("account", number))
        text = text.replace(number, " <account> ")
    text, ending = by_last_digits(text, names.account_ids)
    for account in ending:
        _add(found.accounts, account)
    return text


@lru_cache(maxsize=1024)
def _spoken(name: str) -> str:
    """A pattern for a name as people write it: `data-prod`, `data prod`, `data_prod`."""
    return r"[-_ ]?".join(re.escape(part) for part in re.split(r"[-_ ]", fold(name)))


def _alone(said: str) -> str:
    """A name that is also an ordinary word, where nothing but a place can be meant: at the end of a short question."""
    before = "|".join(rf"(?<=\b{word} )" for word in ("and", "in", "or", "for", "about", "only", "just"))
    return rf"(?:(?<=^ )|{before}){said}(?=(?: (?:please|too|then|now|only|as well))? ?\?? *$)"


_ONLY_A_NAME = {
    "payer": r"(?<=\bin )payer|the payer|payer(?= 's)",
    "network": r"(?<=\bin )network(?= ?(?:$|[?.;,]|<p>|(?:last|this|since|during|yesterday|today|by|with|right|now|over|and (?:what|when|who|how|why|is|are))\b))|(?<=^ how is )network(?= doing)",
}
"""Where such a word can be nothing but the account of that name."""


def _exact(text: str, names: Names, found: Found) -> str:
    def both(kind_word: str, pattern: str) -> str:
        return rf"{kind_word} (?:of |called |named |for |in |the |')?{pattern}'?|{pattern} {kind_word}"

    for account in sorted(names.accounts, key=len, reverse=True):
        said = _spoken(account)
        free = rf"(?:{_ACCOUNT} )?{said}(?: {_ACCOUNT})?"
        pattern = both(_ACCOUNT, said) if fold(account) in COMMON else free
        if fold(account) in COMMON and not is_known(fold(account)):
            pattern += f"|{_alone(said)}|{_ONLY_A_NAME.get(fold(account), '(?!)')}"
        text, matches = _take(text, pattern, "account")
        if matches:
            _add(found.accounts, account)
    for values, into, marker, word in (
        (names.teams, found.teams, "team", _TEAM),
        (names.venues, found.venues, "venue", _VENUE),
    ):
        for value in sorted(values, key=len, reverse=True):
            said = _spoken(value)
            pattern = both(word, said) if fold(value) in COMMON else rf"(?:{word} )?{said}(?: {word})?"
            if fold(value) == "data" and marker == "team":
                pattern += r"|data (?:people|folks|engineers|engineering|platform)"
            elif marker == "team":
                pattern += rf"|{said} (?:people|folks|guys)"
            text, matches = _take(text, pattern, marker)
            if matches:
                _add(into, value)
    return text


def _aliases(text: str, names: Names, found: Found) -> str:
    for env in names.envs:
        said = "|".join(_ENVS.get(env, (env,)))
        for pattern, inverse in ((rf"non[- ]?(?:{said})", True), (rf"(?:{_ENV} )?(?:{said})(?: {_ENV})?", False)):
            text, matches = _take(text, pattern, "env")
            if matches and inverse:
                found.envs.extend(other for other in names.envs if other != env)
            elif matches:
                _add(found.envs, env)
    for env, spellings in _ENVS.items():
        if env not in names.envs:
            text, matches = _take(text, rf"(?:{'|'.join(spellings)}) {_ENV}", "env")
            found.unknown.extend(("env", spellings[0]) for _ in matches)
    text = _groups(text, names, found)
    region = "|".join(re.escape(nick) for nick in names.regions) + r"|(?:us|eu|ap|sa|ca|me|af)-[a-z]+-\d"
    text, matches = _take(text, rf"(?:region )?({region})(?: region)?", "region")
    for match in matches:
        _add(found.regions, names.regions.get(match[1], match[1]))
    if re.search(r"<region>\s+(?:casino|venue|location)\b|\b(?:casino|venue) (?:in |of )?\s*<region>", text):
        found.unknown.append(("venue", matches[0][1] if matches else "that"))
    return text


@lru_cache(maxsize=4)
def _a_service(nicks: tuple[str, ...]) -> str:
    """A pattern for every service by its nicknames, the longest first."""
    longest = sorted(nicks, key=len, reverse=True)
    services = "|".join(r"[- ]".join(map(re.escape, nick.split(" "))) for nick in longest)
    return rf"(?:amazon |aws )?({services})"


def _services(text: str, names: Names, found: Found) -> str:
    text, matches = _take(text, _a_service(tuple(names.services)), "service")
    for match in matches:
        nick = match[1].replace("-", " ") if match[1] not in names.services else match[1]
        _add(found.services, names.services.get(nick) or names.services[match[1]])
        found.part_of_service = found.part_of_service or nick in SUB_SERVICES
    return text


def _groups(text: str, names: Names, found: Found) -> str:
    """A first part of account names that stands for all of them: `online`, `the data accounts`, `the venues`."""
    if names.venue_accounts:

        def all_venues() -> str:
            for account in names.venue_accounts:
                _add(found.accounts, account)
            return "<account>"

        text = grouped(text, all_venues)
    firsts: dict[str, list[str]] = {}
    for account in names.accounts:
        first, _, rest = account.partition("-")
        if rest and first != "venue":
            firsts.setdefault(fold(first), []).append(account)
    for first, accounts in firsts.items():
        pattern = rf"{first} {_ACCOUNT}" if first in COMMON - {"online"} else rf"(?:the )?{first}(?: {_ACCOUNT})?"
        text, matches = _take(text, pattern, "account")
        for account in accounts if matches else ():
            _add(found.accounts, account)
    return text


def _typos(text: str, names: Names, found: Found) -> str:
    """Misspelt account, venue and team names of six letters or more, at most two edits away and only one candidate."""
    kinds = (
        [(fold(a), "account", a) for a in names.accounts if fold(a) not in COMMON]
        + [(fold(v), "venue", v) for v in names.venues]
        + [(fold(t), "team", t) for t in names.teams if fold(t) not in COMMON]
    )
    for word in re.findall(r"(?<![\w<.-])[a-z][a-z-]{4,}(?![\w>])", text):
        most = 1 if len(word) < 8 else 2
        near = [(kind, name) for said, kind, name in kinds if said[0] == word[0] and distance(word, said, most) <= most]
        if len(near) == 1 and not is_known(word):
            kind, name = near[0]
            _add({"account": found.accounts, "venue": found.venues, "team": found.teams}[kind], name)
            text = re.sub(rf"(?<![\w<.-]){re.escape(word)}(?![\w>])", f"<{kind}>", text)
    return text


_NAMES_ELSEWHERE = COMMON - {"services", "root", "management", "venue", "venues", "audit", "prod", "games"}
_FIRST_PARTS = frozenset({"online", "data", "shared", "log", "backoffice", "network", "security", "platform"})
"""Ordinary words that begin account names; said by somebody who does not see such an account, they still are a name."""


def _not_in_sight(kind: str, said: str, names: Names, found: Found) -> None:
    """A name of a kind that is not in sight: an account that may exist is left to the gate, the rest is unknown."""
    if kind == "account" and not names.complete:
        _add(found.accounts, said)
    else:
        found.unknown.append((kind, said))


def _unknown(text: str, names: Names, found: Found) -> str:
    """`team rocket`, `venue groningen`: a name of a kind that does not exist."""
    for kind, word in (("team", "team"), ("venue", "(?:venue|casino)"), ("account", "account"), ("env", "environment")):
        pattern = re.compile(rf"(?<![\w<]){word} (?:called |named )?([a-z][\w.-]{{2,}})(?![\w>])")
        for match in list(pattern.finditer(text)):
            if not is_known(match[1]) or (match[1] in COMMON and kind != "env"):
                _not_in_sight(kind, match[1], names, found)
                text = text.replace(match[0], f"<{kind}>")
    for kind, word in (("team", "team"), ("venue", "(?:venue|casino)"), ("account", "(?:aws )?account")):
        for match in list(re.finditer(rf"(?<![\w<-])([a-z][\w-]+) {word}(?![\w>-])", text)):
            if match[1] in _NAMES_ELSEWHERE or ("-" in match[1] and not is_known(match[1])):
                _not_in_sight(kind, match[1], names, found)
                text = text.replace(match[0], f"<{kind}>")
    if not names.complete:
        for match in list(
            re.finditer(r"(?<![\w<-])([a-z]+)[ _](prod|production|staging|lab|archive|services)(?![\w>-])", text)
        ):
            if match[1] in _FIRST_PARTS:
                _add(found.accounts, f"{match[1]}-{match[2].replace('production', 'prod')}")
                text = text.replace(match[0], "<account>")
    for match in re.finditer(r"(?<![\w<-])venue-([a-z]+)|(?<![\w<-])([a-z]+)-(?:prod|staging|dev|lab)(?![\w-])", text):
        if names.complete:
            found.unknown.append(("account", match[0]))
        else:
            _add(found.accounts, match[0])  # the gate says whether it may be looked at, not the model
        text = text.replace(match[0], "<account>")
    return text
