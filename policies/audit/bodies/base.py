"""The shape of a record's body, and the marks for text about persons."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Json = dict[str, Any]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Actor = Annotated[str, Field(pattern=r"^(person|agent|query|system)(:[^\s]{1,128})?$")]
Id = Annotated[str, Field(min_length=1, max_length=256)]


class Personal:
    """Marks a body field whose value is about a person: stored sealed under that person's key, erasable."""


class PersonalWhenMarked:
    """The same, but only in records whose `personal_data` is true: values of queries that are about persons.

    Sealed with a key of the question's own, because others than the asker occur in them. Hashes over such values are
    sealed too: names can be guessed, and a bare hash would confirm the guess for ever.
    """


class Named:
    """Marks a body field that holds the id of a person other than the asker: stored as that person's pseudonym.

    Who approved or who stopped the house belongs to that person's erasure, not to the asker's.
    """


class Body(BaseModel):
    """The typed part of a record. Subclasses set `type`, the record type's name."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,  # most processes write a few of the types; building all of them costs every start
    )

    type: ClassVar[str] = ""
    always_sealed: ClassVar[frozenset[str]] = frozenset()
    sealed_when_marked: ClassVar[frozenset[str]] = frozenset()
    named: ClassVar[frozenset[str]] = frozenset()
    ends_question: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.type:
            raise TypeError(f"{cls.__name__} is a record body without a `type`; set type: ClassVar[str]")
        other = KNOWN.get(cls.type)
        if other is not None and other.__qualname__ != cls.__qualname__:
            raise TypeError(f"record type {cls.type!r} is declared twice: {other.__name__}, {cls.__name__}")
        KNOWN[cls.type] = cls
        cls.always_sealed = _marked(cls, Personal)
        cls.sealed_when_marked = _marked(cls, PersonalWhenMarked)
        cls.named = _marked(cls, Named)


def _marked(body: type[BaseModel], mark: type) -> frozenset[str]:
    """Stored names of the fields that carry `mark`."""
    fields = body.model_fields.items()
    return frozenset(field.alias or name for name, field in fields if mark in field.metadata)


KNOWN: dict[str, type[Body]] = {}
"""Every record type by name; filled by declaring subclasses of `Body`."""
