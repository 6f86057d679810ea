"""Blocks: how Slack draws the view of an answer, an approval and receipts.

Every text that others may have written is in rich or plain text, in which Slack parses nothing.
Where a workspace does not know a block (tables and feedback buttons are new), `plain` draws the same with old ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agents.channels.slack.richtext import lines, preformatted, rich_text
from agents.would_run import in_words, one_line

if TYPE_CHECKING:
    from agents.channels.notice import ApprovalNotice
    from agents.channels.rendering import TableShown, View
    from policies.controls.outbox import Alert

Block = dict[str, Any]
MOST_ROWS, MOST_COLUMNS, MOST_RECEIPTS = 12, 8, 40
_MOST_TEXT, _MOST_SHOWN, _MOST_CELL = 8_000, 3_000, 60
"""Characters: of the text in one message (Slack takes some 13,000 in all blocks), of plain texts, of a table's cell."""
PROMPTS = (
    ("Costs", "Why did our costs rise last month?"),
    ("Security", "Which security findings are critical?"),
    ("Operations", "Which alarms are firing?"),
)


def answer_blocks(view: View, key: str, *, plain: bool = False) -> list[Block]:
    """A whole answer; `key` is under what its receipts are kept."""
    text = view.text
    if len(text) > _MOST_TEXT:
        text = f"{text[:_MOST_TEXT]}…\n\nThe text goes on; ask for less."
    blocks = [] if view.status == "answered" else [rich_text(f"**{view.title}**")]
    blocks.append(rich_text(text))
    blocks += _tables(view, plain=plain)
    if buttons := _buttons(view, key, plain=plain):
        blocks.append({"type": "actions", "elements": buttons})
    if not plain:
        blocks.append(_feedback(view))
    blocks.append(_context(f"{view.disclosure} {view.usage}."))
    return blocks


def spoken(view: View) -> str:
    """The answer as plain text: what a notification shows and a screen reader reads."""
    return escaped(f"{view.text[:_MOST_SHOWN]}\n\n{view.disclosure}")


def receipts_modal(view: View) -> Block:
    """The AWS calls behind an answer."""
    blocks = [rich_text(_receipt_line(receipt)) for receipt in view.receipts[:MOST_RECEIPTS]]
    left = len(view.receipts) - MOST_RECEIPTS
    if left > 0:
        blocks.append(_context(f"and {left} more: regent audit show --question {view.answer}"))
    blocks.append(_context(f"Answer {view.answer}. {view.disclosure}"))
    return {"type": "modal", "title": _plain("Receipts"), "close": _plain("Close"), "blocks": blocks}


def receipts_text(view: View) -> str:
    """The same, for where no modal can be opened any more."""
    return "\n".join(_receipt_line(receipt) for receipt in view.receipts[:MOST_RECEIPTS])


def comment_modal(context: str) -> Block:
    """Asks for a comment on an answer; `context` comes back with it."""
    words = {
        "type": "input",
        "block_id": "comment",
        "label": _plain("What was good, what was wrong?"),
        "element": {"type": "plain_text_input", "action_id": "words", "multiline": True, "max_length": 2000},
    }
    return {
        "type": "modal",
        "callback_id": "comment",
        "private_metadata": context,
        "title": _plain("Your opinion"),
        "submit": _plain("Send"),
        "close": _plain("No comment"),
        "blocks": [words, _context("What you write is sealed under your own key in the ledger.")],
    }


def approval_blocks(notice: ApprovalNotice, value: str) -> list[Block]:
    """Asks an approver: exactly what would run, for whom, why, and until when."""
    where = ", ".join(notice.accounts[:5]) + (f" and {len(notice.accounts) - 5} more" if notice.accounts[5:] else "")
    # no markdown here: what the asker wrote must not look like a line of ours
    said = lines(
        [
            (f"{notice.asker} asks for a second person's approval.", "", ""),
            ("What would be looked at: ", in_words(notice.query, notice.input, len(notice.accounts)), ""),
            ("Where: ", one_line(where) or "no account", ""),
            ("Why, in the asker's words: ", one_line(notice.reason), "italic"),
            ("Until: ", f"{notice.expires:%Y-%m-%d %H:%M} UTC", ""),
        ]
    )
    why = {
        "type": "input",
        "block_id": "why",
        "optional": True,
        "label": _plain("Your reason, for the record"),
        "element": {"type": "plain_text_input", "action_id": "words", "max_length": 2000},
    }
    buttons = [_button("approve", "Approve", value, "primary"), _button("deny", "Deny", value, "danger")]
    return [said, why, {"type": "actions", "block_id": "decide", "elements": buttons}]


def alert_text(alert: Alert) -> str:
    """An alert in one sentence."""
    return (
        f"Control {alert.control} was {alert.before} and is {alert.after} since {alert.at:%Y-%m-%d %H:%M} UTC "
        f"(estate: {alert.source}, ledger record {alert.record}). See: regent controls status {alert.control}"
    )


def escaped(text: str) -> str:
    """A text that Slack's own markup leaves as it is: no mention, no channel, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def said_blocks(text: str) -> list[Block]:
    """A sentence of ours, with nothing in it parsed."""
    return [rich_text(text)]


def _tables(view: View, *, plain: bool) -> list[Block]:
    """The tables, short. Slack takes one table in a message, so those after the first are drawn in plain text."""
    shown = [(table, *_cut(table)) for table in view.tables]
    if not shown and len(view.figures) > 1:
        rows = [["What", "Value", "Covers"], *([one.label, one.value, one.context] for one in view.figures[:MOST_ROWS])]
        rows = [[_cell(cell) for cell in row] for row in rows]
        return [preformatted(rows, (1,)) if plain else _table(rows, (1,))]
    blocks = []
    for number, (table, rows, left) in enumerate(shown[:3]):
        blocks.append(_context(table.title + (f" ({left} more rows in all)" if left else "")))
        blocks.append(preformatted(rows, table.right) if plain or number else _table(rows, table.right))
    return blocks


def _cut(table: TableShown) -> tuple[list[list[str]], int]:
    rows = [table.columns, *table.rows[:MOST_ROWS]]
    return [[_cell(cell) for cell in row[:MOST_COLUMNS]] for row in rows], max(0, len(table.rows) - MOST_ROWS)


def _cell(text: str) -> str:
    text = " ".join(text.split()) or "-"
    return text if len(text) <= _MOST_CELL else f"{text[: _MOST_CELL - 1]}…"


def _table(rows: Sequence[Sequence[str]], right: Sequence[int]) -> Block:
    settings = [{"align": "right" if column in right else "left", "is_wrapped": True} for column in range(len(rows[0]))]
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    return {"type": "table", "column_settings": settings, "rows": cells}


def _buttons(view: View, key: str, *, plain: bool) -> list[Block]:
    count = len(view.receipts)
    elements = [_button("receipts", f"Receipts ({count})", key)] if count else []
    if plain:
        elements += [
            _button("helpful", "Helpful", f"{view.answer} yes"),
            _button("unhelpful", "Not helpful", f"{view.answer} no"),
        ]
    return elements


def _feedback(view: View) -> Block:
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": _plain("Helpful"), "value": f"{view.answer} yes"},
        "negative_button": {"text": _plain("Not helpful"), "value": f"{view.answer} no"},
    }
    return {"type": "context_actions", "elements": [thumbs]}


def _receipt_line(receipt: Any) -> str:
    age = f", cached {receipt.age} ago" if receipt.age else ""
    return (
        f"{receipt.call} in {receipt.account} {receipt.region} at {receipt.at}, request {receipt.request_id}, "
        f"source: {receipt.source}{age}, response SHA-256 {receipt.response_sha256[:16]}…, receipt {receipt.id}"
    )


def _button(action: str, text: str, value: str, style: str | None = None) -> Block:
    made = {"type": "button", "action_id": action, "text": _plain(text), "value": value}
    return made | ({"style": style} if style else {})


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_plain(text[:_MOST_SHOWN])]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
