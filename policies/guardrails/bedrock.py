"""The Bedrock guard: `ApplyGuardrail`, called by us at every point, not only inside Converse.

A guardrail inside Converse cannot tell a tool's result from a person's words, and ends tool loops. What Bedrock cannot
be asked about does not go on: a guardrail that is missing, refuses, times out or answers oddly stops the turn.
"""

from __future__ import annotations

import re
import threading
import time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.guardrails.definition import Definition, load
from policies.guardrails.guard import Asked, Assessment, Guard, GuardUnavailableError, OutputScope, Point, direction
from policies.guardrails.local import LocalGuard
from tools.errors import SettingsError

MOST_AT_ONCE = 20_000
"""Characters in one request; Bedrock takes 25 text units of 1,000."""
_GROUNDED = {"facts": 100_000, "question": 1_000, "answer": 5_000}
"""Characters that contextual grounding takes of each part."""
_SCOPE: OutputScope = "FULL"
"""All findings, also those without an intervention: the ledger shall show what was looked at."""
_NUMBER = re.compile(r"[1-9][0-9]{0,7}")
_NOTHING = Asked()


class _Read(BaseModel):
    """Of an answer we read what decides; AWS may add to it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Hit(_Read):
    action: Literal["BLOCKED", "ANONYMIZED", "NONE"]
    name: str | None = None
    type: str | None = None
    match: str | None = None


class _Topics(_Read):
    topics: tuple[_Hit, ...] = ()


class _Filters(_Read):
    filters: tuple[_Hit, ...] = ()


class _Words(_Read):
    custom: tuple[_Hit, ...] = Field(default=(), alias="customWords")
    managed: tuple[_Hit, ...] = Field(default=(), alias="managedWordLists")


class _Sensitive(_Read):
    entities: tuple[_Hit, ...] = Field(default=(), alias="piiEntities")
    regexes: tuple[_Hit, ...] = ()


class _Found(_Read):
    topics: _Topics = Field(default=_Topics(), alias="topicPolicy")
    content: _Filters = Field(default=_Filters(), alias="contentPolicy")
    words: _Words = Field(default=_Words(), alias="wordPolicy")
    sensitive: _Sensitive = Field(default=_Sensitive(), alias="sensitiveInformationPolicy")
    grounding: _Filters = Field(default=_Filters(), alias="contextualGroundingPolicy")
    details: dict[str, Any] = Field(default={}, alias="appliedGuardrailDetails")


class _Answer(_Read):
    action: Literal["NONE", "GUARDRAIL_INTERVENED"]
    assessments: tuple[_Found, ...]
    coverage: dict[str, Any] = Field(default={}, alias="guardrailCoverage")


class BedrockGuard:
    """Local rules first, then one guardrail version in one region; safe for many questions at the same time."""

    remote = True

    def __init__(
        self, identifier: str, version: str, region: str, *, seconds: float = 5.0, definition: Definition | None = None
    ) -> None:
        """`identifier` is the guardrail's id or ARN, `version` a published one, `seconds` the longest wait for it.

        Raises:
            SettingsError: the version is DRAFT or no number; what it does could change at any time.
        """
        if not _NUMBER.fullmatch(version):
            raise SettingsError(
                f"The guardrail version is {version!r}; it must be the number of a published version. "
                "A DRAFT can change under a running system: publish it, then set guardrail_version."
            )
        self.name = f"local, bedrock:{identifier}"
        self._local = LocalGuard(definition or load())
        self._id, self._version, self._region, self._seconds = identifier, version, region, seconds
        self._client: Any = None
        self._making = threading.Lock()

    def assess(self, text: str, point: Point, asked: Asked = _NOTHING) -> Assessment:
        """Assess one text: secrets are masked here before anything is sent.

        Raises:
            GuardUnavailableError: Bedrock did not assess all of it.
        """
        started = time.perf_counter()
        found = self._local.assess(text, point)
        if found.outcome != "blocked" and found.text.strip():
            for piece in _pieces(found.text):
                found = self._merged(found, piece, self._ask(piece, point, asked), point, asked)
                if found.outcome == "blocked":
                    break
        return found.model_copy(
            update={
                "guard": self.name,
                "version": f"{found.version}/{self._version}",
                "output_scope": _SCOPE,
                "latency_ms": round((time.perf_counter() - started) * 1000, 3),
            }
        )

    def _ask(self, text: str, point: Point, asked: Asked) -> _Answer:
        from botocore.exceptions import BotoCoreError, ClientError

        where = f"The guardrail {self._id}, version {self._version}, in {self._region}"
        try:
            given = self._made().apply_guardrail(
                guardrailIdentifier=self._id,
                guardrailVersion=self._version,
                source="INPUT" if direction(point) == "input" else "OUTPUT",
                content=_content(text, point, asked),
                outputScope=_SCOPE,
            )
            answer = _Answer.model_validate(given)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an error")
            raise GuardUnavailableError(f"{where} could not be asked ({code}); nothing goes on without it.") from error
        except BotoCoreError as error:
            kind = type(error).__name__
            raise GuardUnavailableError(
                f"{where} could not be reached ({kind}); nothing goes on without it."
            ) from error
        except ValidationError as error:
            raise GuardUnavailableError(f"{where} gave an answer that cannot be read; nothing goes on.") from error
        self._all_of_it(answer, where, text)
        return answer

    def _all_of_it(self, answer: _Answer, where: str, text: str) -> None:
        """That this version looked at every character; beside an answer, Bedrock may count its facts or not."""
        for found in answer.assessments:
            used = found.details.get("guardrailVersion")
            if used not in (None, "", self._version):
                raise GuardUnavailableError(f"{where} answered with version {used}; nothing goes on.")
        characters = answer.coverage.get("textCharacters", {})
        if characters.get("guarded", 0) < min(len(text), characters.get("total", 0)):
            raise GuardUnavailableError(f"{where} looked at a part of the text only; nothing goes on.")

    def _merged(self, so_far: Assessment, piece: str, answer: _Answer, point: Point, asked: Asked) -> Assessment:
        done = _left(so_far, grounded=point == "answer" and len(_content(piece, point, asked)) > 1)
        if answer.action == "NONE":
            return so_far.model_copy(update={"not_assessed": done})
        blocked, hidden = _why(answer, point), _hidden(answer)
        topics = () if point == "question" else _topics(answer)
        # `outputs` are not read: they hold the facts and the question too where these were sent along, and the
        # blocking sentence where a topic was touched. What was found is marked here; what is not found again cannot be.
        sent = [part["text"]["text"] for part in _content(piece, point, asked)]
        lost = any(not any(match in part for part in sent) for match in hidden)
        if blocked or lost or not (hidden or topics):
            reasons = blocked or ("The guardrail intervened.",)
            return so_far.model_copy(
                update={"outcome": "blocked", "text": "", "reasons": reasons, "not_assessed": done}
            )
        hidden = {match: mark for match, mark in hidden.items() if match in piece}
        if not hidden:
            flags = (*so_far.flags, *topics)
            return so_far.model_copy(update={"flags": flags, "not_assessed": done})
        kinds = sorted({*so_far.masked, *(mark.strip("{}") for mark in hidden.values())})
        return so_far.model_copy(
            update={
                "outcome": "masked",
                "text": so_far.text.replace(piece, _marked(piece, hidden), 1),
                "masked": tuple(kinds),
                "hidden": {**so_far.hidden, **hidden},
                "not_assessed": done,
            }
        )

    def _made(self) -> Any:
        from botocore.config import Config

        from tools.sessions import botocore_session

        with self._making:
            if self._client is None:
                config = Config(
                    connect_timeout=min(2.0, self._seconds),
                    read_timeout=self._seconds,
                    retries={"total_max_attempts": 2, "mode": "standard"},
                )
                self._client = botocore_session().create_client(
                    "bedrock-runtime", region_name=self._region, config=config
                )
            return self._client


def _content(text: str, point: Point, asked: Asked) -> list[dict[str, Any]]:
    """The text alone, or with the facts and the question behind an answer where contextual grounding takes them."""
    parts = {"facts": asked.facts, "question": asked.question, "answer": text}
    if point != "answer" or not all(0 < len(parts[name]) <= most for name, most in _GROUNDED.items()):
        return [{"text": {"text": text}}]
    marks = {"facts": "grounding_source", "question": "query", "answer": "guard_content"}
    return [{"text": {"text": parts[name], "qualifiers": [mark]}} for name, mark in marks.items()]


def _left(found: Assessment, *, grounded: bool) -> tuple[str, ...]:
    """What is still not assessed once Bedrock has looked: contextual grounding, where it was not given the facts."""
    return tuple(what for what in found.not_assessed if what == "contextual grounding" and not grounded)


def _topics(answer: _Answer) -> tuple[str, ...]:
    """Denied topics that data touches. Alarms of a betting service are about bets; only a question asks for advice."""
    hits = (hit for found in answer.assessments for hit in found.topics.topics if hit.action == "BLOCKED")
    return tuple(f"topic: {hit.name}" for hit in hits)


def _marked(text: str, hidden: dict[str, str]) -> str:
    """The text with every match replaced by its mark in one pass, the longest first: marks are never marked again."""
    longest = sorted(hidden, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest)), lambda found: hidden[found[0]], text)


def _why(answer: _Answer, point: Point) -> tuple[str, ...]:
    """What Bedrock blocked, in words; never the text itself."""
    said: list[str] = []
    for found in answer.assessments:
        if point == "question":
            said += [f"This is about a denied topic: {h.name}." for h in found.topics.topics if h.action == "BLOCKED"]
        said += [f"The content filter found: {h.type}." for h in found.content.filters if h.action == "BLOCKED"]
        hits = (*found.words.custom, *found.words.managed)
        said += ["It contains words that may not be used." for h in hits if h.action == "BLOCKED"]
        hits = (*found.sensitive.entities, *found.sensitive.regexes)
        said += [f"It contains personal data or a secret: {h.type or h.name}." for h in hits if h.action == "BLOCKED"]
        said += [f"It is too far from the facts ({h.type})." for h in found.grounding.filters if h.action == "BLOCKED"]
    return tuple(dict.fromkeys(said))


def _hidden(answer: _Answer) -> dict[str, str]:
    """What Bedrock masked, with the mark it put there."""
    return {
        hit.match: f"{{{hit.type or hit.name}}}"
        for found in answer.assessments
        for hit in (*found.sensitive.entities, *found.sensitive.regexes)
        if hit.action == "ANONYMIZED" and hit.match
    }


def _pieces(text: str) -> list[str]:
    """A text in parts that one request takes, cut at line ends where there are any."""
    pieces, rest = [], text
    while len(rest) > MOST_AT_ONCE:
        cut = rest.rfind("\n", 1, MOST_AT_ONCE) + 1 or MOST_AT_ONCE
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest]


def open_guard(
    *, identifier: str | None, version: str | None, region: str, seconds: float, definition: Definition | None = None
) -> Guard:
    """The Bedrock guard where a guardrail is named, the local guard alone where none is.

    Raises:
        SettingsError: a guardrail without a version, a version without a guardrail, or a DRAFT.
    """
    if (identifier is None) != (version is None):
        raise SettingsError("A guardrail is named by both guardrail and guardrail_version; set both or none.")
    if identifier is None or version is None:
        return LocalGuard(definition or load())
    return BedrockGuard(identifier, version, region, seconds=seconds, definition=definition)
