"""What the offline reader takes for the time in a phrase, held to what is meant by it (`phrases/times.yaml`).

`python -m tests.agents.models.times_said dev` prints what is read wrongly among the even entries.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from agents.models.offline.inputs.filling import fill
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.reading import read
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW
from tools.periods import previous

FILE = Path(__file__).parent / "phrases" / "times.yaml"
ASKED_BY = {"period": "spend", "by": "spend", "compared_to": "spend_change", "around": "error_logs"}
"""The query whose input is looked at, by what is meant."""
MINUTES = 30
"""Minutes to either side of a moment that `error_logs` takes by itself."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is said, and every reading of it that is right."""

    say: str
    means: tuple[dict[str, str], ...]


@lru_cache(maxsize=1)
def phrases() -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """The phrases that were developed on, and those that were held back."""
    found = [Phrase(row["say"], _meanings(row["means"])) for row in yaml.safe_load(FILE.read_text())]
    return tuple(found[::2]), tuple(found[1::2])


def _meanings(text: str) -> tuple[dict[str, str], ...]:
    return tuple(
        {} if one == "none" else dict(part.split("=", 1) for part in one.split(" ")) for one in text.split(" | ")
    )


def taken(say: str, means: dict[str, str]) -> dict[str, Any]:
    """What the query that the meaning is about is asked with."""
    reading, every = read(say, names(), NOW), queries()
    if not means:
        found = {
            **fill(every["error_logs"], reading, names(), NOW).inputs,
            **fill(every["spend_change"], reading, names(), NOW).inputs,
            **{k: v for k, v in fill(every["spend"], reading, names(), NOW).inputs.items() if v in ("day", "month")},
        }
        return {k: v for k, v in found.items() if k in ("period", "compared_to", "around", "by") and k != "by"}
    if "days" in means:
        return {"days": fill(every["identity_hygiene"], reading, names(), NOW).inputs.get("days")}
    query = next(ASKED_BY[key] for key in ("around", "compared_to", "period") if key in means)
    filled = fill(every[query], reading, names(), NOW)
    inputs = {k: v for k, v in filled.inputs.items() if k in ("period", "compared_to", "around", "minutes", "by")}
    if "period" in filled.spread:
        inputs["period"] = "+".join(filled.spread["period"])
    return inputs


def right(phrase: Phrase) -> bool:
    """Whether what is taken from a phrase is one of the things that are meant by it."""
    return any(_same(taken(phrase.say, means), means) for means in phrase.means)


def _same(found: dict[str, Any], means: dict[str, str]) -> bool:
    if not means:
        return not found
    if "days" in means:
        return str(found["days"]) == means["days"]
    if "around" in means:
        moment, _, minutes = means["around"].partition(",")
        return found.get("around") == moment and (not minutes or found.get("minutes", MINUTES) == int(minutes))
    by = means.get("by")
    if by is not None and found.get("by") != by:
        return False
    if _stretch(found.get("period")) != _stretch(means["period"]):
        return False
    return "compared_to" not in means or _compared(found) == _stretch(means["compared_to"])


def _compared(found: dict[str, Any]) -> tuple[datetime, datetime] | None:
    word = found.get("compared_to", "previous")
    if word != "previous":
        return _stretch(word)
    period = resolved(found.get("period", "last_month"), NOW)
    before = previous(period) if period else None
    return (before.start, before.end) if before else None


def _stretch(word: str | None) -> tuple[datetime, datetime] | None:
    period = resolved(word, NOW) if word else None
    tomorrow = NOW.replace(hour=0) + timedelta(days=1)
    return (period.start, min(period.end, tomorrow)) if period else None


if __name__ == "__main__":
    part = phrases()[sys.argv[1:] == ["held"]]
    wrong = [phrase for phrase in part if not right(phrase)]
    if sys.argv[1:] == ["dev"]:
        for phrase in wrong:
            print(phrase.say, "=>", phrase.means[0], "got", taken(phrase.say, phrase.means[0]))
    print(f"{len(part) - len(wrong)} of {len(part)} right")
