"""What a person wrote in Slack as plain text, and the worker's own sentences."""

from __future__ import annotations

import re

ELSEWHERE = (
    "I answer in direct messages, and in the channels that your platform team named. Ask me in a direct message."
)
EMPTY = "Ask me something about cost, security or operations, such as: What did we spend last month?"
FAILED = "I could not answer this just now. Nothing was guessed; ask again in a while."
NOT_TAKEN = (
    "What you pressed did not come to its end, and nobody tries it again by itself. Press once more in a while: it is "
    "not done twice."
)
NOBODY = "Nobody who may approve this can be reached in Slack; ask an administrator to add them."
GONE = "The receipts are not kept here any more. Your auditor has them: `regent audit show --question ID`."
NOT_YOURS = "These receipts belong to an answer that is for somebody else alone."
NO_COMMENT = "Your opinion is on record. It was too late for a comment; press again to write one."
_ANGLED = re.compile(r"<([^<>\n]{1,2000})>")


def plain(text: str, bot: str) -> str:
    """A message without the app's own mention and without Slack's markup: links and channels as their names."""

    def said(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target == f"@{bot}":
            return " "
        if target[:1] in "@#!":
            return f"{target[0]}{label or target[1:]}"
        return label or target.removeprefix("mailto:")

    shown = _ANGLED.sub(said, text)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(entity, character)
    return " ".join(shown.split(" ")).strip()
