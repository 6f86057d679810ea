"""The documentation of the guardrails, from the definition: `python -m policies.guardrails.table` writes the page."""

from __future__ import annotations

from pathlib import Path

from policies.guardrails.definition import Definition, load

PAGE = Path(__file__).parents[2] / "docs" / "guardrails.md"
BEGIN, END = "<!-- generated from policies/guardrails/guardrails.yaml -->", "<!-- end of what is generated -->"


def tables(definition: Definition | None = None) -> str:
    """The tables of the page, between their marks."""
    held = definition or load()
    lines = [
        BEGIN,
        "",
        f"Definition `{held.version}`, languages {', '.join(held.languages)}, Bedrock tier {held.tier}.",
        "",
    ]
    lines += _table(
        ("denied topic", "what it is", "in the process", "on Bedrock"),
        [(t.name, t.definition, f"{len(t.rules)} rules", "definition and examples") for t in held.topics],
    )
    lines += _table(
        ("content filter", "input", "output", "in the process"),
        [(f.type, f.input, f.output, f.local or "not assessed") for f in held.filters],
    )
    lines += _table(
        ("personal data", "input", "output", "in the process"),
        [(p.type, p.input, p.output, p.local or "not assessed") for p in held.personal],
    )
    own = "the same pattern"
    lines += _table(
        ("pattern", "what it is", "input", "output", "in the process"),
        [
            (r.name, r.description, r.input, r.output, own if r.local == "pattern" else r.local or "not assessed")
            for r in held.regexes
        ],
    )
    lines += _table(
        ("other", "setting", "in the process"),
        [
            ("blocked words", ", ".join(held.words.blocked) or "none", "the same words"),
            ("profanity", "blocked" if held.words.profanity else "not looked at", "not assessed"),
            (
                "contextual grounding",
                f"at least {held.grounding.grounding}",
                "not assessed; figures are bound to facts",
            ),
            ("relevance", f"at least {held.grounding.relevance}", "not assessed"),
            (
                "orders in data",
                f"withheld from a score of {held.orders_in_data.withhold_from}",
                "rules (`orders.yaml`)",
            ),
            (
                "prose in data",
                f"not read by a language model from {held.orders_in_data.prose_from_words} words on",
                "`(text)` in its place",
            ),
        ],
    )
    return "\n".join([*lines, END])


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    cells = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells] + [""]


def page_with(text: str, definition: Definition | None = None) -> str:
    """The page's text with its tables written anew."""
    before, rest = text.split(BEGIN, 1)
    return before + tables(definition) + rest.split(END, 1)[1]


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
