"""Would run: a call that waits for a second person, in a sentence that they can judge, with every input it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows them, so that it reads as something else."""
_LAST = re.compile(r"last_(\d+)_(\w+)")
_TIMES = {"month_to_date": "this month to date", "last_hour": "in the last hour"}


def one_line(text: object) -> str:
    """Somebody's words among ours, as where an approver reads what would run: they start no line of their own."""
    return " ".join(_TURNING.sub("", str(text)).split())


def briefly(query: str) -> str:
    """What a query looks at, and no word of whom or where: for a line that others than its approvers may read."""
    return "a look at what people did in AWS" if query == "who_did_what" else f"a look at {_told(query)}"


def in_words(query: str, given: Mapping[str, Any], accounts: int) -> str:
    """What a call would look at: what, of whom, in which time, in how many accounts. No full stop at its end."""
    left = {name: value for name, value in given.items() if value is not None}
    what = _deeds(left) if query == "who_did_what" else _told(query)
    when = _when(left.pop("period")) if "period" in left else ""
    where = _where(left.pop("accounts", "all"), accounts)
    most = f"listing {left.pop('top')} at most" if "top" in left else ""
    rest = (f"{name.replace('_', ' ')}: {_quoted(value)}" for name, value in left.items())
    return ", ".join(part for part in (what, when, where, *rest, most) if part)


def _told(query: str) -> str:
    return f"what the query “{query.replace('_', ' ')}” tells"


def _deeds(left: dict[str, Any]) -> str:
    """Of whom, and which of what they did; what is said is taken out of `left`."""
    who, actions, resource = (left.pop(name, None) for name in ("who", "action", "resource"))
    only_writes, hours = left.pop("writes_only", True), left.pop("hours", "all")
    said = [f"what {_quoted(who) if who else 'everybody'} did in AWS"]
    if actions:
        said.append(f"only {' or '.join(_quoted(one.strip()) for one in str(actions).split(','))}")
    if not only_writes:
        said.append("also what they only read")
    elif not actions:
        said.append("changes only")
    if resource:
        said.append(f"only to {_quoted(resource)}")
    if hours != "all":
        said.append(f"only {one_line(hours).replace('_', ' ')}{'' if '..' in str(hours) else ' hours'}")
    return ", ".join(said)


def _when(word: object) -> str:
    text = one_line(word)
    if match := _LAST.fullmatch(text):
        return f"in the last {match[1]} {match[2]}"
    first, between, last = text.partition("..")
    if between:
        return f"from {first} to {last}"
    known = _TIMES.get(text) or text.replace("_", " ")
    return f"in {known}" if text[:1].isdigit() else known


def _where(named: object, accounts: int) -> str:
    many = f"{accounts} account{'' if accounts == 1 else 's'}"
    return f"in all {many} that the asker sees" if named == "all" else f"in {many} ({_quoted(named)})"


def _quoted(value: object) -> str:
    return f"“{one_line(value).replace('“', '').replace('”', '')}”" if isinstance(value, str) else one_line(value)
