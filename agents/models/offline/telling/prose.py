"""Prose: an answer from facts. Values stand only as references; code writes them with unit, period and scope."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from agents.models.offline.inputs.rows import NARROWED
from agents.models.offline.plan import Whether
from agents.models.offline.proposing.besides import GROSS, NET
from agents.models.offline.proposing.guarding import LEAST, LIMITED
from agents.models.offline.proposing.shown import UNUSUAL
from agents.models.offline.telling.headlines import headlined, names_a_row, sentence
from agents.models.offline.telling.lines import EVENTS, line_of
from agents.models.offline.telling.of_rows import (
    also,
    asks_since,
    beside,
    by_number,
    grouped,
    picked,
    singled_out,
    with_it,
)
from agents.models.offline.telling.picking import (
    EXTREMES,
    PERCENT,
    account_of,
    asks_for_one,
    asks_why,
    beyond,
    called_so,
    counted_by_account,
    counted_first,
    limit_of,
    listed,
    pertinent,
    reasons,
    roots,
    said_first,
    whole_ones,
)
from agents.models.offline.telling.results import Told, ToldFact, failed
from agents.models.offline.telling.whether import (
    OF_SIGHT,
    Said,
    held_against,
    moved_otherwise,
    moved_so,
    of_all,
    one_way,
    yes_or_no,
)
from agents.models.offline.topics.asked import counts_apart
from agents.models.offline.weighing.heeded import NOT_HEEDED
from agents.models.offline.weighing.measuring import NOT_RESOLVED, NOT_TOLD_WHO
from agents.models.offline.weighing.nothing_new import ALREADY_SO, NOT_SPLIT, NOTHING_NEW, SHOWN_BEFORE
from agents.models.offline.weighing.thread import NOT_NARROWED, STAYS
from agents.models.offline.words.text import fold
from tools.facts import UNTAGGED

_LEADS: dict[str, str] = {
    "spend": "The largest:",
    "spend_change": "What moved:",
    "untagged_spend": "Where it is:",
    "savings": "Where it could be saved:",
    "budgets": "Budget by budget:",
    "findings": "In detail:",
    "identity_hygiene": "To look at:",
    "public_exposure": "What can be reached:",
    "alarms": "Which ones:",
    "alarm_history": "In order:",
    "backups": "Job by job:",
    "inventory": "Where:",
    "who_did_what": "The events:",
    "recent_changes": "The changes:",
}
_NOT_LISTED = "What was named is not among the largest, which are listed."
_NOT_IN_IT = "There is none of what was named in it: all that there is stands in the list."
_SERIES = ("Day", "Month")
"""First columns of a series over time."""
_FIRST = (
    ALREADY_SO, NOTHING_NEW, SHOWN_BEFORE, NOT_SPLIT.partition("{")[0], NOT_NARROWED,
    NOT_HEEDED.partition("{")[0], STAYS, NET, GROSS, UNUSUAL,
    NOT_TOLD_WHO, NOT_RESOLVED,
)  # fmt: skip
"""How sentences begin that stand before what is told: it may be beside the question."""
_ROWS = 3
"""Rows in prose; the whole table is shown beside it."""
_GROUPS = 15
"""Accounts or venues in prose, of which each was asked for."""


def answer(
    results: Sequence[Told],
    limits: Sequence[str] = (),
    asked: str = "",
    focus: tuple[str, ...] = (),
    first: int | None = None,
    whether: Whether | None = None,
) -> str:
    """The final text: the headline facts of each result, its most telling rows, and what could not be applied.

    Where a question is answered in two readings, the `first` results are of the likelier one.
    """
    good = [told for told in results if not told.error]
    for told in good:
        if any(other.query == told.query and _account(other) != _account(told) for other in good):
            told.beside = _account(told)
    leading = [limit for limit in limits if limit.startswith(_FIRST)]
    parts = ["{{read}}", *leading] if good else []
    said: set[tuple[str, ...]] = set()
    for place, told in enumerate(results):
        if first is not None and place in (0, first):
            likelier = place < first
            of = results[:first] if likelier else results[first:]
            parts.append(_headed(_LIKELIER if likelier else _OTHER, of))
        if not told.error:
            before = said if first is not None and place >= first else frozenset()
            yes = yes_or_no(place, results if first is None else results[:first], whether)
            parts.append(_told(told, asked, focus, before, yes).lstrip() or _told(told, asked, focus))
            said |= {_as_told(fact, told) for fact in told.facts.values()}
    parts += [limit for limit in limits if good and limit not in leading]
    # what was denied is told by the desk
    parts += [failed(told.error) for told in results if told.error and not (good and told.error.startswith("DENIED"))]
    if any(told.incomplete for told in good):
        parts.append("{{incomplete}}")
    return "\n\n".join(part for part in parts if part)


_ONE = re.compile(r"scope: account ([\w-]+)(?:,|$)")


def _account(told: Told) -> str:
    """The one account that a result is of: its heading says that of most of its facts, how it was read of all."""
    match = _ONE.search(told.around)
    whole = match is not None and (not told.read_as or re.search(rf"\baccount {match[1]}(?:,|$)", told.read_as))
    return match[1] if match and whole else ""


_LIKELIER = "This can be read in different ways. By the likelier reading"
_OTHER = "What only the other reading asks for"
"""What both readings ask for stands by the likelier one."""


def _headed(heading: str, results: Sequence[Told]) -> str:
    """A heading that says which reading it is of: code writes that, because a number in it is nobody's fact."""
    read = "; ".join(dict.fromkeys(told.read_as for told in results if told.read_as and not told.error))
    return f"{heading}{{{{reading: {read}}}}}:" if read else f"{heading}:"


def _as_told(fact: ToldFact, told: Told) -> tuple[str, ...]:
    """What a reader is told of a fact: equal for two only if they say the same of the same period and scope."""
    return fact.label, fact.said, fact.aside, told.around


def _told(
    told: Told,
    asked: str,
    focus: tuple[str, ...],
    before: Set[tuple[str, ...]] = frozenset(),
    decided: Said = ("", []),
) -> str:
    """Headline and rows of one result; of the headline only what is not among the facts that were told `before`."""
    ids = [fact.id for fact in pertinent(told, asked)]
    ids += [i for i in counted_first(told, asked) if i not in ids]
    first = [fact.id for fact in beside(told, asked)]
    ids = [*first, *(i for i in ids if i not in first)]
    if told.query == "spend_change":
        # what it was before stands last, beside what it is: the change was asked for
        ids.sort(key=lambda i: told.facts[i].label == "spend")
        ids += [fact.id for fact in told.facts.values() if fact.label == "spend" and fact.id not in ids]
    new = [i for i in ids if _as_told(told.facts[i], told) not in before]
    headline = " ".join(headlined(i, told) for i in new if not names_a_row(i, told))
    if not ids:
        known = next((f for f in told.facts.values() if f.number is not None), None)
        headline = sentence(known, told) if known else "Nothing was found."
    if told.query in EVENTS and not told.rows and ids and told.facts[ids[0]].number == 0:
        headline = f"None is recorded. {headline}"
    if ranked := counted_by_account(told, asked):
        most = _GROUPS if counts_apart(fold(asked)) else _ROWS
        lines = [f"account {account_of(fact)}, {fact.label}: [[{fact.id}]]" for fact in ranked[:most]]
        return headline + "\n\nBy account:\n" + "\n".join(f"- {line}" for line in lines)
    if asks_why(asked):
        headline = f"{headline} {reasons(told)}".rstrip()
    if headline:  # of the likelier reading, where the other one has the same
        headline = f"{moved_otherwise(told, asked) or of_all(told, asked)} {headline}".lstrip()
    about = [row for row in told.rows if focus and told.is_about(row, focus)] or called_so(told, asked)
    if focus and not about and told.query in NARROWED:
        return headline + "\n\nNone of those that are listed is about what was named."
    cut = any(row[0] == "other" for row in told.rows)
    if told.query == "spend" and focus and not about and not decided[0] and told.rows:
        headline += f" {_NOT_LISTED if cut else _NOT_IN_IT}"
    told_rows = about if about and told.query not in ("spend", "spend_change") else _ordered(told, asked)
    whether, shown = decided if decided[0] else held_against(told, asked, focus)
    two = bool(decided[1])
    if whether:
        headline, told_rows = f"{whether} {headline}", shown or told_rows
    turned, moved = moved_so(told, asked)
    if moved is not None and not whether and not about:
        headline, told_rows = f"{turned} {headline}".lstrip(), moved
    one = picked(told, asked)
    told_rows = one if len(one) < len(told.rows) and not whether else told_rows
    limit = limit_of(asked) if told.query in LIMITED and about != told_rows else None
    if limit is not None:
        told_rows = beyond(told, limit)
        if not told_rows:
            return headline + "\n\nNone of them is " + ("above" if limit.above else "below") + " what was asked for."
        rows = [line for line in (line_of(row, told) for row in told_rows) if line]
        return (
            headline
            + ("\n\nAbove" if limit.above else "\n\nBelow")
            + " what was asked for:\n"
            + "\n".join(f"- {row}" for row in rows)
        )
    of_some = told.query == "account_list" and bool(about)
    foremost = about[:_GROUPS] if of_some else _foremost(told_rows, told)
    if whether:
        foremost = [*told_rows, *(row for row in told.rows if row[0] == UNTAGGED and told.query == "spend")]
    rows = [line for row in foremost if (line := _asked_of(row, told, asked))]
    if told.query == "inventory" and told.columns and told.columns[0].startswith("Name"):
        rows = listed(told)
    if (
        rows
        and focus
        and told.query == "spend"
        and (PERCENT.search(asked) or _PART.search(asked))
        and told.is_about(told.rows[0], focus)
    ):
        # a share was asked for: its sentence comes first
        headline, rows = f"{rows[0][:1].upper()}{rows[0][1:]}. {headline}", rows[1:]
    if alone := singled_out(told, asked, rows):
        return f"{alone}\n\n{headline}"
    alone_again = len(told_rows) == 1 and one == told.rows and _again(told_rows[0], told, new)
    if not rows or (alone_again and not also(told_rows[0], told, asked)):
        return headline
    least = told.query == "spend" and LEAST.search(fold(asked)) is not None
    lead = (
        f"The least{' of those listed' if cut else ''}:"
        if least
        else "Those that were asked for:"
        if of_some
        else one_way(told, told_rows)
    )
    lead = lead or _LEADS.get(told.query, "In detail:")
    if told.partly and told.query == "spend":
        lead = f"{lead[:-1]}{OF_SIGHT}:"
    if told.columns and told.columns[0] in _SERIES and not least:
        lead = "The highest:"
    if two:
        lead = "The two:"
    nobodys = [line for row in foremost if row[0] == UNTAGGED and (line := line_of(row, told))]
    named = [row for row in rows if row not in nobodys]
    apart = [(lead, rows)]
    if nobodys and named and lead == _LEADS["spend"]:
        # what has no tag is nobody's and stands last, though it may be more than some that are named
        apart = [("The largest of those with a tag:", named), ("Without one:", nobodys)]
    lists = [f"{said}\n" + "\n".join(f"- {row}" for row in some) for said, some in apart]
    leads = told.query == "spend" and not whether and not about and named and asks_for_one(asked)
    leads = leads or of_some or asks_since(told, asked)  # the time that is counted in begins with none of them
    leads = leads or (told.query == "budgets" and bool(about))
    # where one of them was asked for, it is the answer, and the total of all stands behind it
    return "\n\n".join([*lists, headline] if leads else [headline, *lists])


def _again(row: Sequence[str], told: Told, shown: Sequence[str]) -> bool:
    """Whether a row that stands alone says what a headline does: "critical: 12" below "Critical findings: 12"."""
    if row[0] == _account(told) and next((cell for cell in row if cell in told.facts), "") in shown:
        return True  # the one account that all of it is of, and the very fact
    above = [told.facts[i] for i in shown]
    named = any(row[0].casefold() in fact.label.casefold().split() for fact in above)
    return named and {told.facts[cell].said for cell in row if cell in told.facts} <= {fact.said for fact in above}


_LASTING = frozenset({"alarms"})
"""Queries whose rows are not in the order of how long they last, which is the figure of each."""
_MOST = re.compile(r"\b(?:most|how many|number of)\b")
_PART = re.compile(r"\b(?:credits?|refunds?|how much of|what part of)\b", re.IGNORECASE)


def _asked_of(row: Sequence[str], told: Told, asked: str) -> str:
    """One row, with what is asked of it in the place of its figure."""
    more = also(row, told, asked)
    return with_it(line_of(row, told, titled=not more), more, asked)


def _ordered(told: Told, asked: str) -> list[list[str]]:
    """The rows, those of a series over time with the most first; with the least first where those were asked for."""

    def size(row: Sequence[str]) -> float:
        held = [told.facts[cell].number for cell in row if cell in told.facts]
        return max((number for number in held if number is not None), default=0.0)

    if told.query == "spend" and LEAST.search(fold(asked)):
        named = [row for row in whole_ones(told) if row and row[0] not in ("other", "-") and not row[0].startswith("(")]
        return sorted(named, key=size)
    if told.query == "encryption":
        return said_first(told, asked)
    if grouped(told) and _MOST.search(fold(asked)):
        return by_number(told, asked)
    timed = told.query in _LASTING and EXTREMES & roots(asked)
    if not timed and (not told.columns or told.columns[0] not in _SERIES):
        return told.rows

    return sorted(told.rows, key=size, reverse=True)


def _foremost(rows: Sequence[list[str]], told: Told) -> list[list[str]]:
    """The rows to tell; spend that carries no tag is nobody's, and stands after what has a name."""
    nobodys = [row for row in rows if row[0] == UNTAGGED] if told.query == "spend" else []
    most = _GROUPS if grouped(told) else _ROWS
    return [row for row in rows if row not in nobodys][:most] + nobodys
