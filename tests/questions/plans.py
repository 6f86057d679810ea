"""Labelled plans: questions with the calls that a careful analyst would make, and whether ours come to the same.

`python -m tests.questions.plans FILE ... [--show]` reads each conversation with its history, as the offline model does,
runs both plans over the sample estate, and prints totals: right, abstained, silently wrong, and in which slot. A plan
is right when the leading facts of the labelled one (or of one that is as good) are among its own. Without `--show`
nothing of a question or a label is printed, so that a set that is held out can be measured.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from agents.models.offline import Plan, understand
from agents.models.offline.intents.learned import CHANGE, OUTSIDE
from agents.models.offline.plan import PlannedCall
from tests.agents.models.dev_bank import names
from tests.questions.plan_runs import Found, Runs
from tools.catalogue import queries
from tools.estate.world import NOW

FOLDER = Path(__file__).parent / "plans"
Outcome = Literal["right", "abstained", "wrong"]
Call = tuple[str, dict[str, Any]]


_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):  # type: ignore[misc]
    """YAML without dates: `2026-09-14` is a period word."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for key, pairs in _Fast.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, and the plans that answer it; none if it is to be refused (`refuse` says why)."""

    ask: str
    plans: tuple[tuple[Call, ...], ...] = ()
    refuse: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    turns: tuple[Turn, ...]


@dataclass(slots=True)
class Judged:
    """One turn and what became of it; `slots` say what was wrong."""

    id: str
    asked: tuple[str, ...]
    turn: Turn
    plan: Plan
    outcome: Outcome
    slots: tuple[str, ...] = field(default=())


def load(file: Path) -> list[Conversation]:
    """The labelled conversations of one file."""
    rows = yaml.load(file.read_text(encoding="utf-8"), _Loader)
    return [Conversation(row["id"], tuple(_turn(turn) for turn in row["turns"])) for row in rows]


def _turn(row: dict[str, Any]) -> Turn:
    plans = [row["calls"], *row.get("also", [])] if "calls" in row else []
    return Turn(row["ask"], tuple(tuple(map(_call, plan)) for plan in plans), row.get("refuse", ""))


_WORDS = frozenset({"period", "compared_to", "around"})


def _call(row: dict[str, Any]) -> Call:
    given = row.get("inputs") or {}
    return row["query"], {key: str(value) if key in _WORDS else value for key, value in given.items()}


_REFUSALS = {"read_only": CHANGE, "cannot_know": OUTSIDE}


def asked(conversations: Iterable[Conversation]) -> list[tuple[str, str]]:
    """Questions with the query that they are about, for the intents: those that say it themselves."""
    found = []
    for conversation in conversations:
        before: set[str] = set()
        for turn in conversation.turns:
            if turn.refuse in _REFUSALS:
                found.append((turn.ask, _REFUSALS[turn.refuse]))
            if not turn.plans:
                continue
            wanted = {query for query, _ in turn.plans[0]}
            found += [(turn.ask, query) for query in sorted(wanted) if query not in before]
            before = wanted
    return found


_MEASURED = frozenset({"w10"})
"""Files that the reader is measured and mended by, and that nothing is learned from."""


def taught() -> list[Path]:
    """The files that the weights are learned from."""
    return [file for file in sorted(FOLDER.glob("*.yaml")) if file.stem not in _MEASURED]


def written() -> list[Path]:
    """Those of them that people wrote, by writer."""
    return [file for file in taught() if file.stem.startswith("w")]


Reader = Callable[[str, Sequence[str], Sequence[str]], Plan]


def reader(question: str, history: Sequence[str], answers: Sequence[str]) -> Plan:
    """The offline model's own reading."""
    return understand(question, history, names=names(), now=NOW, queries=queries(), answers=answers)


def judge(conversation: Conversation, runs: Runs, read: Reader = reader) -> list[Judged]:
    """Every turn of a conversation, read with the ones before it and the answers that ours gave to them."""
    asked: list[str] = []
    said: list[str] = []
    found = []
    for turn in conversation.turns:
        plan = read(turn.ask, asked, said)
        outcome, slots = compare(plan, turn, runs)
        asked.append(turn.ask)
        said.append(runs.prose(plan, turn.ask))
        found.append(Judged(conversation.id, tuple(asked), turn, plan, outcome, slots))
    return found


def compare(plan: Plan, turn: Turn, runs: Runs) -> tuple[Outcome, tuple[str, ...]]:
    """Whether a plan answers a labelled turn; if not, in which slots it differs from the nearest of its labels."""
    ours = [(call.query, call.inputs) for call in plan.calls]
    if plan.abstention is not None or not any(runs.run(*call) for call in ours):
        return ("right", ()) if turn.refuse else ("abstained", ("refused needlessly",))
    if turn.refuse:
        return "wrong", ("refusal missed",)
    if any(answers(ours, plan_, runs) for plan_ in turn.plans):
        return "right", ()
    return "wrong", min((_slots(plan.calls, plan_, runs) for plan_ in turn.plans), key=len)


def answers(ours: Sequence[Call], labelled: Sequence[Call], runs: Runs) -> bool:
    """Whether each labelled call's leading facts are among those of one of our calls."""
    return all(any(_covers(own, call, runs) for own in ours) for call in labelled)


def _covers(own: Call, call: Call, runs: Runs) -> bool:
    if runs.canonical(*own) == runs.canonical(*call):
        return True
    if not _same_time(own, call, runs):
        return False
    mine, wanted = runs.run(*own), runs.run(*call)
    if mine is None or wanted is None:
        return False
    return _has(mine, wanted, split="by" in call[1], plain=own[1].get("by") == "none")


_WIDER = frozenset({"who_did_what", "recent_changes"})


def _same_time(own: Call, call: Call, runs: Runs) -> bool:
    """A period that was labelled is ours, too; one that was not may be wider where events are listed."""
    mine, wanted = runs.period(*own), runs.period(*call)
    if own[0] != call[0] or mine is None or wanted is None:
        return True
    if call[0] in _WIDER and "period" not in call[1]:
        return mine[0] <= wanted[0] and mine[1] >= wanted[1]
    return mine == wanted


def _has(mine: Found, wanted: Found, *, split: bool, plain: bool) -> bool:
    """Whether the leading facts of `wanted` are in `mine`; its rows only where they are what was asked for."""
    if wanted.query in _WIDER and mine.query == wanted.query:
        return set(wanted.rows[:3]) <= set(mine.rows) and (bool(wanted.rows) or wanted.places == mine.places)
    if not set(wanted.headlines) <= {*mine.headlines, *mine.facts, *mine.rows}:
        return False
    if wanted.query != mine.query:
        return set(wanted.rows[:3]) <= set(mine.rows) and bool(wanted.rows)
    if split or not wanted.has_by:
        return set(wanted.rows[:3]) <= {*mine.rows, *mine.facts, *mine.headlines}
    return not plain or bool({"service", "accounts"} & wanted.given)


def _slots(calls: Iterable[PlannedCall], labelled: Sequence[Call], runs: Runs) -> tuple[str, ...]:
    """In what our calls differ from the labelled ones."""
    found: list[str] = []
    own = [(call.query, call.inputs) for call in calls]
    for name, inputs in labelled:
        same = [given for query, given in own if query == name]
        if not same:
            found.append("missing call" if any(query in {q for q, _ in labelled} for query, _ in own) else "query")
            continue
        found += min((_differing(name, given, inputs, runs) for given in same), key=len)
    return tuple(dict.fromkeys(found))


def _differing(name: str, mine: dict[str, Any], wanted: dict[str, Any], runs: Runs) -> list[str]:
    one, other = runs.canonical(name, mine), runs.canonical(name, wanted)
    if one is None or other is None:
        return ["unusable inputs"]
    left, right = dict(one[1]), dict(other[1])
    return [key for key in left if left[key] != right[key] and key != "top"] or ["top"]


def totals(judged: Sequence[Judged]) -> dict[str, Any]:
    """Counts by conversation (its worst turn's outcome) and by turn, and the slots of what was wrong."""
    order: list[Outcome] = ["right", "abstained", "wrong"]
    worst: dict[str, Outcome] = {}
    for one in judged:
        worst[one.id] = max(worst.get(one.id, "right"), one.outcome, key=order.index)
    by_conversation, by_turn = Counter(worst.values()), Counter(one.outcome for one in judged)
    return {
        "conversations": {name: by_conversation[name] for name in order},
        "turns": {name: by_turn[name] for name in order},
        "slots": Counter(slot for one in judged if one.outcome != "right" for slot in one.slots),
        "follow-ups not right": sum(one.outcome != "right" and len(one.asked) > 1 for one in judged),
    }


def show(name: str, judged: Sequence[Judged], *, texts: bool) -> None:
    """Print the totals of one file; with `texts` also what was not right."""
    for one in judged if texts else ():
        if one.outcome != "right":
            print(f"\n{one.outcome.upper()}  {one.id}  [{', '.join(one.slots)}]\n  asked: {' / '.join(one.asked)}")
            said = one.plan.abstention
            ours = f"{said.kind}: {said.text[:110]}" if said else _plain([(c.query, c.inputs) for c in one.plan.calls])
            print(f"  ours:  {ours}\n  label: {one.turn.refuse or _plain(one.turn.plans[0])}")
    found = totals(judged)
    print(f"\n{name}")
    for kind in ("conversations", "turns"):
        counts = found[kind]
        total = max(1, sum(counts.values()))
        print(f"  {kind:<14}" + "".join(f"{k} {v} ({v / total:.1%})   " for k, v in counts.items()))
    print(f"  not right in a follow-up: {found['follow-ups not right']}")
    print("  slots: " + ", ".join(f"{slot} {count}" for slot, count in found["slots"].most_common()))


def _plain(calls: Iterable[Call]) -> str:
    return " ## ".join(f"{query} {inputs}" for query, inputs in calls)


def main() -> None:
    """Measure the files that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.questions.plans", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="also print what was not right (never of a held-out set)")
    parser.add_argument("--kept", type=Path, help="a file that keeps what the queries gave, for the next time")
    given = parser.parse_args()
    with Runs(given.kept) as runs:
        for file in given.files:
            judged = [one for conversation in load(file) for one in judge(conversation, runs)]
            show(file.name, judged, texts=given.show and "held" not in file.resolve().parts)


if __name__ == "__main__":
    main()
