"""The query registry: a query is declared once, and everything else is derived from the declaration.

    @query(domain="cost", operations=("ce:GetCostAndUsage",), reach="payer")
    def spend(aws: Aws, period: PeriodWord = "last_month", net: bool = False) -> Facts:
        \"\"\"What was spent, by service.\"\"\"

Parameters annotated `Aws` or `FactBook` are injected by the runner; all others are the query's typed inputs, and the
docstring's first paragraph is what a model reads. From the declaration come the tool spec, the gate's action, the
allow-list on the wire, the reader role's IAM policy and the line in `regent queries`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from tools.calls import Aws
from tools.errors import InputError, RegentError
from tools.facts import FactBook, Facts

Reach = Literal["payer", "accounts", "facts"]
"""Where a query looks: once in the payer account, in each account, or only at facts already found."""

PeriodWord = Annotated[
    str,
    Field(description="last_month, month_to_date, 2026-09, 2026-07..2026-09, 2026-09-14, last_7_days, yesterday, ..."),
]
HoursWord = Annotated[
    str,
    Field(
        description="last_24_hours, yesterday, 2026-10-13, last_7_days, last_month, ...; hours (UTC, end excluded): "
        "2026-10-13T18:00..2026-10-14T00:00"
    ),
]
"""A `PeriodWord` of what is not billed by the day."""

Function = TypeVar("Function", bound=Callable[..., Facts])
UNREADABLE = "inputs_that_are_not_a_json_object"
"""The one input of a call whose inputs a model wrote as something else: the start of what it wrote."""
_INJECTED: tuple[type, ...] = (Aws, FactBook)
_OPERATION = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+")
_REGISTRY: dict[str, Query] = {}


@dataclass(frozen=True, slots=True)
class Query:
    """One declared query."""

    name: str
    domain: str
    operations: frozenset[str]
    reach: Reach
    personal_data: bool
    summary: str
    input_model: type[BaseModel]
    function: Callable[..., Facts]
    injected: dict[str, type]

    def parse(self, given: dict[str, Any]) -> dict[str, Any]:
        """Validated inputs with defaults filled in.

        Raises:
            InputError: an input is missing, unknown or of the wrong type; the sentence says which and what fits.
        """
        if UNREADABLE in given:
            raise InputError(
                f'The inputs of {self.name} must be one JSON object, such as {{"period": "last_month"}}; what was '
                f"written is none: {str(given[UNREADABLE])[:60]!r}."
            )
        try:
            return self.input_model.model_validate(given).model_dump(mode="json")
        except ValidationError as error:
            said = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'input'}: {e['msg']} (got {str(e.get('input'))[:60]!r})"
                for e in error.errors()[:3]
            )
            raise InputError(f"{self.name} cannot take these inputs: {said}.") from None

    def schema(self) -> dict[str, Any]:
        """JSON schema of the inputs, as short as it can be: models pay for every token of it."""
        # a copy, because who gets it may change it
        return deepcopy(schema_of(self.input_model))


def query(
    *, domain: str, operations: Iterable[str], reach: Reach = "accounts", personal_data: bool = False
) -> Callable[[Function], Function]:
    """Declare a query. `operations` are `service:Operation` with botocore's service names; nothing else may be called.

    Raises:
        RegentError: the declaration is unusable (no docstring, untyped parameter, malformed operation, name taken).
    """

    def declare(function: Function) -> Function:
        declared = _declare(function, domain, frozenset(operations), reach, personal_data)
        held = _REGISTRY.get(declared.name)
        if held is not None and held.function.__qualname__ + held.function.__module__ != (
            function.__qualname__ + function.__module__
        ):
            raise RegentError(f"Two queries are named {declared.name!r}; rename the one in {function.__module__}.")
        _REGISTRY[declared.name] = declared
        return function

    return declare


def registered() -> dict[str, Query]:
    """The queries declared so far, by name. `tools.catalogue.queries()` loads them all first."""
    return dict(_REGISTRY)


def _declare(
    function: Callable[..., Facts], domain: str, operations: frozenset[str], reach: Reach, personal_data: bool
) -> Query:
    name = function.__name__
    summary = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    if not summary:
        raise RegentError(f"The query {name} has no docstring; its first paragraph is what a model reads.")
    malformed = [operation for operation in operations if not _OPERATION.fullmatch(operation)]
    if malformed:
        raise RegentError(f"The query {name} declares {malformed[0]!r}; expected service:Operation.")
    if not operations and reach != "facts":
        raise RegentError(f"The query {name} declares no AWS operation.")
    hints = get_type_hints(function, include_extras=True)
    injected: dict[str, type] = {}
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        hint = hints.get(parameter.name)
        if hint is None:
            raise RegentError(f"The query {name} leaves {parameter.name} untyped.")
        if hint in _INJECTED:
            injected[parameter.name] = hint
        else:
            fields[parameter.name] = (
                hint,
                ... if parameter.default is parameter.empty else parameter.default,
            )
    model = create_model(f"{name}_input", __config__=ConfigDict(extra="forbid", frozen=True), **fields)
    return Query(name, domain, operations, reach, personal_data, summary, model, function, injected)


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """JSON schema of a query's inputs: whoever changes it copies it first (`Query.schema`).

    Kept, because an agent asks for the schemas of all its queries again before every model call.
    """
    schema: dict[str, Any] = _compact(model.model_json_schema())
    return schema


def _compact(schema: Any) -> Any:
    """Drop titles and the null branch of optional inputs; keep types, enums, descriptions and defaults."""
    if isinstance(schema, list):
        return [_compact(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {k: v for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    branches = [b for b in plain.get("anyOf", []) if b != {"type": "null"}]
    if len(branches) == 1:
        plain = {**{k: v for k, v in plain.items() if k not in ("anyOf", "default")}, **branches[0]}
    return {key: _compact(value) for key, value in plain.items()}
