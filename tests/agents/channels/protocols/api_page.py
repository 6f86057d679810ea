"""The part of docs/api.md that is made from the models: what goes in and what comes out of `/invocations`."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agents import acting
from agents.answer import Answer, AnswerFigure, LedgerSpan, PrincipalShown, QueryMade, Usage
from agents.invoking import Invocation
from tools.facts import Fact, Scope
from tools.periods import Period
from tools.receipts import Receipt

PAGE = Path(__file__).parents[4] / "docs" / "api.md"
SCHEMAS = PAGE.with_name("api.schema.json")
BEGIN = "<!-- generated from the models: python -m tests.agents.channels.protocols.api_page -->\n"
END = "<!-- end -->\n"
ASKED: list[type[BaseModel]] = [Invocation]
OTHER: list[tuple[type[BaseModel], type[BaseModel] | None]] = [
    (acting.Resume, None),
    (acting.Decide, acting.Decision),
    (acting.Approvals, None),
    (acting.Approvers, None),
    (acting.Feedback, acting.Opinion),
    (acting.Note, acting.Change),
]
RETURNED: list[type[BaseModel]] = [
    Answer, AnswerFigure, Fact, Scope, Period, Receipt, QueryMade, Usage, LedgerSpan, PrincipalShown,
]  # fmt: skip
ALSO: list[type[BaseModel]] = [acting.Waiting, acting.Decided]


def made() -> str:
    """The generated part, markers included."""
    parts = ["## Request\n", *map(_table, ASKED), "## Other requests\n"]
    parts += [part for outer, inner in OTHER for part in (_table(outer), _table(inner) if inner else "") if part]
    parts += ["## Answer\n", *map(_table, RETURNED), "## Other answers\n", *map(_table, ALSO)]
    return BEGIN + "\nAs JSON schema: [api.schema.json](api.schema.json).\n\n" + "\n".join(parts) + "\n" + END


def page(text: str) -> str:
    """The page with the generated part as it should be."""
    before, _, rest = text.partition(BEGIN)
    return before + made() + rest.partition(END)[2]


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a model as it crosses the border."""
    schema = model.model_json_schema(mode="serialization" if model in RETURNED + ALSO else "validation")
    for figure in (schema if model is AnswerFigure else schema.get("$defs", {}).get("AnswerFigure"),):
        if figure:  # amounts are JSON numbers: `Answer.to_json`
            figure["properties"]["value"]["anyOf"] = [{"type": "number"}, {"type": "string"}]
    return schema


def schemas() -> str:
    """`docs/api.schema.json`: the question and the answer of `/invocations`, for programs."""
    whole = {"question": schema_of(Invocation), "answer": schema_of(Answer)}
    whole["answer"]["properties"]["results"] = {"type": "array", "items": {"type": "object"}}
    return json.dumps(whole, indent=1) + "\n"


def _table(model: type[BaseModel]) -> str:
    schema = schema_of(model)
    required, said = set(schema.get("required", ())), dict(_said(model))
    rows = [f"### {model.__name__}\n", " ".join((model.__doc__ or "").split()) + "\n"]
    cells: list[tuple[str, str, str]] = []
    for name, field in schema["properties"].items():
        if model is Answer and name == "results":
            continue
        about = said.get(name, "")
        if model in [*ASKED, *(one for pair in OTHER for one in pair)] and name in required:
            about = f"**required** {about}".strip()
        cells.append((f"`{name}`", _type(field), about))
    width = 3 if any(about for *_, about in cells) else 2
    rows += [_row(("field", "type", "")[:width]), _row(("---",) * width)]
    rows += [_row(one[:width]) for one in cells]
    return "\n".join(rows) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def _said(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """What stands below each field in the source."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)
    for one, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            yield one.target.id, " ".join(str(after.value.value).split()).replace("|", "\\|")


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(map(_type, field["anyOf"])))
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}" if "items" in field else "list"
    if "allOf" in field:
        return _type(field["allOf"][0])
    most = f", {field['maxLength']} characters at most" if "maxLength" in field else ""
    return f"{field.get('format') or field.get('type', 'anything')}{most}"


def main() -> None:
    """Write the page and the schemas."""
    SCHEMAS.write_text(schemas(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
