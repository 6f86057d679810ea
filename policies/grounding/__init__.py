"""Grounding: no figure leaves without a receipt.

The model's draft refers to facts as `[[f12]]`; `render` writes them out, `ground` also finds every other figure in the
draft and refuses it unless a fact stands behind it and the words around it agree. `repair_prompt` is what the desk
sends back once. Tables of query results are written by the same formatter.
"""

from policies.grounding.check import ground, repair_prompt
from policies.grounding.figures import Found, find_figures
from policies.grounding.model import Fault, Figure, Grounded, Locale, Rendered
from policies.grounding.render import render
from policies.grounding.tables import is_rest, markdown_table, numeric_columns, rows_shown, table_rows
from policies.grounding.values import write, write_fact

__all__ = [
    "Fault",
    "Figure",
    "Found",
    "Grounded",
    "Locale",
    "Rendered",
    "find_figures",
    "ground",
    "is_rest",
    "markdown_table",
    "numeric_columns",
    "render",
    "repair_prompt",
    "rows_shown",
    "table_rows",
    "write",
    "write_fact",
]
