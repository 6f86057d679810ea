"""The definition: the one file that says what the guardrails are, read and checked here and nowhere else.

`policies/guardrails/guardrails.yaml` is the shipped one. The limits are those of Bedrock's CreateGuardrail, so that a
definition that loads can also be deployed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.guardrails.patterns import BoundedPattern, PortablePattern
from tools.errors import SettingsError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times faster, where it is there
SHIPPED = Path(__file__).with_name("guardrails.yaml")
_Model = TypeVar("_Model", bound=BaseModel)
Action = Literal["block", "mask", "none"]
Strength = Literal["NONE", "LOW", "MEDIUM", "HIGH"]
Language = Literal["en", "nl", "pt", "de", "fr", "es"]
SECRETS = frozenset({"PRIVATE KEY", "ACCESS KEY", "AWS SECRET KEY", "TOKEN", "PASSWORD", "SECRET", "BSN"})
"""Kinds that the process recognises whatever a definition says; no definition can let them out."""
CHOSEN = frozenset({"E-MAIL", "PHONE", "CARD NUMBER", "IBAN"})
"""Kinds that the process recognises where a definition asks for it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Topic(_Part):
    """A denied topic: Bedrock reads definition and examples, the process the rules; `said` is for who asked."""

    name: Annotated[str, Field(pattern=r"^[0-9a-zA-Z\-_ !?.]{1,100}$")]
    definition: Annotated[str, Field(min_length=1, max_length=200)]
    examples: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(min_length=1, max_length=5)
    said: Annotated[str, Field(min_length=1, max_length=200)]
    rules: tuple[BoundedPattern, ...] = Field(min_length=1)
    """Patterns over the question in lower case and without accents."""


class Filter(_Part):
    """One content filter with its strengths. Only Bedrock has them; `local` names what stands in for it, if any."""

    type: Literal["SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT", "PROMPT_ATTACK"]
    input: Strength
    output: Strength
    local: str | None = None

    @model_validator(mode="after")
    def _attacks_come_in(self) -> Self:
        if self.type == "PROMPT_ATTACK" and self.output != "NONE":
            raise ValueError("PROMPT_ATTACK looks at input only; its output strength must be NONE")
        return self


class _Sensitive(_Part):
    input: Action
    output: Action
    local: str | None = None

    @model_validator(mode="after")
    def _secrets_stay(self) -> Self:
        if self.local is not None and self.local not in SECRETS | CHOSEN | {"pattern"}:
            known = ", ".join(sorted(SECRETS | CHOSEN | {"pattern"}))
            raise ValueError(f"nothing in the process recognises {self.local!r}; known: {known}")
        if self.local in SECRETS and "none" in (self.input, self.output):
            raise ValueError(f"{self.local} is a secret: its actions are mask or block, in both directions")
        return self


class Personal(_Sensitive):
    """One kind of personal data that Bedrock knows by name."""

    type: Literal[
        "ADDRESS",
        "AGE",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "CREDIT_DEBIT_CARD_CVV",
        "CREDIT_DEBIT_CARD_EXPIRY",
        "CREDIT_DEBIT_CARD_NUMBER",
        "DRIVER_ID",
        "EMAIL",
        "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
        "IP_ADDRESS",
        "LICENSE_PLATE",
        "MAC_ADDRESS",
        "NAME",
        "PASSWORD",
        "PHONE",
        "PIN",
        "SWIFT_CODE",
        "URL",
        "USERNAME",
        "VEHICLE_IDENTIFICATION_NUMBER",
    ]

    @model_validator(mode="after")
    def _has_no_pattern(self) -> Self:
        if self.local == "pattern":
            raise ValueError("only an entry of `regexes` has a pattern of its own")
        return self


class Regex(_Sensitive):
    """A pattern of our own. `local: pattern` runs this very pattern in the process, a kind its sharper recogniser."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")]
    description: Annotated[str, Field(min_length=1, max_length=1000)]
    pattern: PortablePattern


class Words(_Part):
    """Words that block wherever they stand."""

    profanity: bool = True
    blocked: tuple[Annotated[str, Field(min_length=2, max_length=100)], ...] = ()


class Grounding(_Part):
    """Thresholds (0 to 0.99) of Bedrock's contextual grounding over the answer."""

    grounding: Annotated[float, Field(ge=0, le=0.99)]
    relevance: Annotated[float, Field(ge=0, le=0.99)]


class OrdersInData(_Part):
    """What becomes of text that a person wrote into AWS.

    `withhold_from`: the score (0 to 1) from which on it counts as an order and is withheld, from everybody.
    `prose_from_words`: with so many words it is not read by a language model, which refers to its fact; 0: it is read.
    """

    withhold_from: Annotated[float, Field(gt=0, le=1)]
    prose_from_words: Annotated[int, Field(ge=0, le=100)]


class Definition(_Part):
    """All of it."""

    name: Annotated[str, Field(pattern=r"^[0-9a-zA-Z\-_]{1,50}$")]
    description: Annotated[str, Field(min_length=1, max_length=200)]
    languages: tuple[Language, ...] = Field(min_length=1)
    tier: Literal["CLASSIC", "STANDARD"]
    cross_region_profile: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.guardrail\.v[0-9:]+$")] | None = None
    blocked_question: Annotated[str, Field(min_length=1, max_length=500)]
    blocked_answer: Annotated[str, Field(min_length=1, max_length=500)]
    topics: tuple[Topic, ...] = Field(min_length=1, max_length=30)
    filters: tuple[Filter, ...] = Field(min_length=1, max_length=6)
    personal: tuple[Personal, ...] = Field(min_length=1)
    regexes: tuple[Regex, ...] = Field(min_length=1, max_length=10)
    words: Words
    grounding: Grounding
    orders_in_data: OrdersInData

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.tier == "STANDARD" and self.cross_region_profile is None:
            raise ValueError("tier STANDARD needs cross_region_profile")
        if self.tier == "CLASSIC" and not {*self.languages} <= {"en", "fr", "es"}:
            raise ValueError("tier CLASSIC knows English, French and Spanish only; use STANDARD for other languages")
        names = [topic.name for topic in self.topics] + [f.type for f in self.filters]
        names += [entry.type for entry in self.personal] + [entry.name for entry in self.regexes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return self

    def __hash__(self) -> int:
        """Of the name alone: every text is looked up by its definition, and hashing all of it costs more than that."""
        return hash(self.name)

    @property
    def version(self) -> str:
        """Twelve hex digits over the whole definition: what records call the policy version."""
        return _version(self)


@cache
def _version(definition: Definition) -> str:
    return hashlib.sha256(definition.model_dump_json().encode()).hexdigest()[:12]


@cache
def load(file: Path = SHIPPED) -> Definition:
    """The definition in a file.

    Raises:
        SettingsError: the file is missing or a key in it is wrong; the sentence says which.
    """
    return read_yaml(file, Definition)


def read_yaml(file: Path, model: type[_Model]) -> _Model:
    """A YAML file as a checked model.

    Raises:
        SettingsError: as `load` does.
    """
    try:
        return model.model_validate(_LOADER(file.read_text(encoding="utf-8")).get_single_data())
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(
            f"The guardrails file {file.name} cannot be read: {' '.join(str(error).split())}."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise SettingsError(f"The guardrails file {file.name} is wrong at {where}: {first['msg']}.") from error
