"""guarded: the one way a text of a turn is assessed. The guard looks, the ledger has it, then the text goes on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from policies.audit import GuardAssessed
from policies.guardrails import Asked, Assessment, GuardUnavailableError, Point, clean_and_mask
from policies.guardrails.definition import load
from policies.turn import Attempt, Turn
from tools.errors import InputError

_Model = TypeVar("_Model", bound=BaseModel)
_NOTHING = Asked()
_PERSONS = frozenset({"E-MAIL", "PHONE"})
"""Personal data by which a person may be asked about; every other kind has no place in an input."""


async def guarded(turn: Turn, text: str, point: Point, asked: Asked = _NOTHING) -> Assessment:
    """Assess one text at one point; the same text is assessed once per turn and point. It is on record on return.

    Raises:
        GuardUnavailableError: it could not be assessed; that is on record, and ends the turn.
        LedgerError: the assessment could not be recorded.
    """
    known = turn.assessed.get((point, text))
    if known is not None:
        return known
    try:
        if turn.guard.remote:
            found = await asyncio.to_thread(turn.guard.assess, text, point, asked)
        else:
            found = turn.guard.assess(text, point, asked)
    except GuardUnavailableError as error:
        turn.broken = error
        failed = GuardAssessed(point=point, outcome="failed", reasons=[str(error)], guard=turn.guard.name)
        turn.record("system:guard", failed)
        raise
    turn.record("system:guard", _body(found), wait=False)
    turn.hidden.update(found.hidden)
    turn.assessed[point, text] = found
    return found


def _body(found: Assessment) -> GuardAssessed:
    return GuardAssessed(
        point=found.point,
        outcome=found.outcome,
        masked=list(found.masked),
        reasons=list(found.reasons),
        flags=list(found.flags),
        score=found.score,
        not_assessed=list(found.not_assessed),
        guard=found.guard,
        version=found.version,
        output_scope=found.output_scope,
        latency_ms=found.latency_ms,
    )


def refuse_secrets(query: str, given: Mapping[str, Any]) -> None:
    """Refuse inputs that hold a secret: inputs are shown, recorded and sent, and no query needs one.

    Raises:
        InputError: there is one; the sentence names its kind, never its text.
    """
    from policies.guardrails.masking import mask

    for name, value in given.items():
        for text in _texts(value):
            kinds = [kind for kind in mask(text, "input", load())[1] if kind not in _PERSONS]
            if kinds:
                raise InputError(
                    f"The input {clean_and_mask(name)} of {query} holds a {kinds[0].lower()}; leave it out."
                )


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for one in (*value.keys(), *value.values()) for text in _texts(one)]
    return [text for one in value for text in _texts(one)] if isinstance(value, Sequence) else []


def masked_inputs(value: Any) -> Any:
    """Inputs of a call as they may be shown and recorded when the call was refused."""
    if isinstance(value, str):
        return clean_and_mask(value)
    if isinstance(value, Mapping):
        return {clean_and_mask(str(key)): masked_inputs(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked_inputs(one) for one in value]
    return value


def withhold(turn: Turn, text: str, why: str) -> None:
    """Take back the result that was told as `text`: its facts are nobody's any more, and the attempt was denied.

    A text that nobody remembers telling (a run that went on in another process) takes every result with it.
    """
    told = turn.told.get(text)
    for at, attempt in enumerate(turn.attempts):
        if attempt.result is not None and (told is None or attempt.result is told):
            turn.attempts[at] = replace(attempt, outcome="denied", said=why, result=None)


def hide(turn: Turn, model: _Model) -> _Model:
    """What goes out beside the text, with everything masked that the guard masked in this turn."""
    if not turn.hidden:
        return model
    return type(model).model_validate(_hidden(model.model_dump(), _pattern(turn.hidden), turn.hidden))


def hidden_attempt(turn: Turn, attempt: Attempt) -> Attempt:
    """An attempt whose result is as it may go out."""
    return replace(attempt, result=hide(turn, attempt.result)) if attempt.result else attempt


def _pattern(hidden: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(hidden, key=len, reverse=True))))


def _hidden(value: Any, pattern: re.Pattern[str], marks: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda match: marks[match[0]], value)
    if isinstance(value, dict):
        return {key: _hidden(one, pattern, marks) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_hidden(one, pattern, marks) for one in value)
    return value
