"""Results as the model receives them: the compact text of a query result, read back into its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FACT = re.compile(r"(f\d+) \| (.*)$")
_HELD = re.compile(r"(f\d+)=(.*?)(?: \{([^{}]*)\})?$")
"""A fact within a cell: id, value, and what of unit, period and scope is its own."""
_UNIT = re.compile(r"^(.*?) \(([^()]+)\)(?: \(period: .*\))?$")


@dataclass(slots=True)
class ToldFact:
    """One fact as told: its id, label, and value with unit."""

    id: str
    label: str
    said: str
    aside: str = ""
    """Period or scope, where they differ from those of the whole."""

    @property
    def number(self) -> float | None:
        """The value as a number, None for texts."""
        if self.said.endswith(" text"):
            return None  # one that begins with a figure: "200 GiB, attached to ..."
        first = self.said.split(" ", 1)[0]
        return float(first) if re.fullmatch(r"-?\d+(?:\.\d+)?", first) else None

    @property
    def is_text(self) -> bool:
        """Whether the value is a name or another text (no number, date or time)."""
        return self.number is None and not self.said.endswith((" date", " time"))

    @property
    def value(self) -> str:
        """A text value without its unit."""
        return self.said.rpartition(" ")[0]

    @property
    def unit(self) -> str:
        """The unit as told."""
        return self.said.partition(" ")[2] if self.number is not None else self.said.rpartition(" ")[2]


@dataclass(slots=True)
class Told:
    """One query result, or an error."""

    query: str = ""
    read_as: str = ""
    around: str = ""
    """Period and scope of the whole; a fact says its own where they differ."""
    beside: str = ""
    """The one account that all of it is of, where another result says the same of others."""
    headlines: list[str] = field(default_factory=list)
    facts: dict[str, ToldFact] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    """The unit of each column's facts, as its title says; empty where it holds none."""
    rows: list[list[str]] = field(default_factory=list)
    incomplete: bool = False
    partly: bool = False
    """Whether the asker may not see all that there is: what comes first here need not come first of all."""
    error: str = ""

    def lead_with(self, focus: tuple[str, ...]) -> None:
        """Put the rows first that are about these names."""
        self.rows.sort(key=lambda row: not self.is_about(row, focus))

    def is_about(self, row: list[str], focus: tuple[str, ...]) -> bool:
        """Whether a cell of this row is one of these names."""
        said = [self.facts[cell].value if cell in self.facts else cell for cell in row]
        return any(name.casefold() in cell.casefold() for name in focus for cell in said)


def read_result(text: str) -> Told:
    """Parse the text of one tool result. Lines of no known form are left out."""
    told = Told()
    for line in text.splitlines():
        if line.startswith("error: "):
            told.error = line[7:].strip()
        elif match := _FACT.fullmatch(line):
            parts = match[2].split(" | ")
            if len(parts) >= 2:
                extra = [p for p in parts[2:] if p.startswith(("period: ", "scope: "))]
                told.facts[match[1]] = ToldFact(match[1], parts[0], parts[1], " ".join(extra))
        else:
            _line(told, line)
    return told


def _line(told: Told, line: str) -> None:
    key, _, rest = line.partition(": ")
    match key:
        case "query":
            told.query = rest.strip()
        case "read as":
            told.read_as = rest
        case "period" | "scope":
            told.around = rest
        case "headlines":
            told.headlines = [part.strip() for part in rest.split(",") if part.strip()]
        case "columns":
            for title in rest.split(" | "):
                match = _UNIT.match(title)
                told.columns.append(title)
                told.units.append(match[2] if match else "")
        case "row":
            cells = rest.split(" | ")
            aside = " ".join(cells[len(told.columns) :])
            told.rows.append([_cell(told, place, cell, aside) for place, cell in enumerate(cells[: len(told.columns)])])
        case "incomplete":
            told.incomplete = True


def _cell(told: Told, place: int, cell: str, aside: str) -> str:
    """A cell's fact, taken up among the facts; the cell is then its id."""
    match = _HELD.fullmatch(cell)
    if not match:
        return cell
    unit, value = told.units[place], match[2]
    for part in (match[3] or "").split("; ") if match[3] else ():
        if part.startswith(("period: ", "scope: ")):
            aside += f" {part}"
        else:
            unit = part
    title = re.sub(r" \(.*", "", told.columns[place]).casefold()
    told.facts[match[1]] = ToldFact(match[1], title, f"{value} {unit}", aside.strip())
    return match[1]


def failed(error: str) -> str:
    """An error in words without figures: those of the message itself are nobody's facts."""
    plain = re.sub(r"\s*\(\d+ known; (nearest: )?", " (", error)
    if re.search(r"\d", plain):
        return "A part of the question could not be looked up: an input did not fit."
    return plain
