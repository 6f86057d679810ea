"""Wording: the sentences that code writes around an answer. They contain no figure of the estate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from textwrap import shorten
from typing import TYPE_CHECKING

from agents.would_run import in_words
from tools.errors import RegentError
from tools.facts import CUT

if TYPE_CHECKING:
    from agents.answer import Status
    from agents.drafting import ModelMaker
    from agents.settings import Disclosure
    from policies.audit.bodies import ApprovalRequested
    from policies.turn import Turn

AI = "Written by an AI system"
"""How the line begins that says what wrote an answer. Channels may say it in their company's words."""
FAILED = "The question could not be answered because of an internal error; it was recorded."
"""What a caller is told of an error that is none of ours."""
PERSON = "Ask your platform team if you need a person."
_TERMINAL = ("cli", "python")
_BRINGS = ("slack", "teams")
"""Channels that ask approvers by themselves and bring the answer when it was decided."""
_EARLIER, _EARLIER_LONG = 5, 200
"""How many earlier questions an approver reads, and how many characters of each."""
_BESIDE_INVOCATIONS = ("invoke", "openai", "agui", "a2a")
_TAKES_PAYLOADS = ("invoke", "webhook")


def finished(text: str, status: Status, turn: Turn) -> str:
    """The text to deliver: how the question was read, the grounded text, and what is missing."""
    results = [attempt.result for attempt in turn.attempts if attempt.result]
    parts = []
    if status == "answered":
        read = list(dict.fromkeys(result.read_as for result in results if result.query != "derive"))
        read = [said for said in read if f", {said}:" not in text]  # a heading says it already
        if read:
            parts.append("Read as: " + "; ".join(read) + ".")
    parts.append(text.strip())
    missing = list(dict.fromkeys(said for result in results for said in result.incomplete))
    if missing and status in ("answered", "withheld"):
        parts.append("Incomplete: " + "; ".join(missing) + ".")
    if status == "answered":
        told = list(dict.fromkeys(note for result in results for note in result.notes))
        notes = [note for note in told if not any(other != note and other.startswith(note) for other in told)]
        cut = [note for note in notes if note.startswith(CUT)]  # that a list goes on is said whatever else is
        parts += [f"Note: {note}" for note in [*cut, *(note for note in notes if note not in cut)][: len(cut) + 3]]
        parts += [f"Not looked up: {said}" for said in _not_looked_up(turn)]
    return "\n\n".join(part for part in parts if part)


def _not_looked_up(turn: Turn) -> list[str]:
    """What was denied or failed, and inputs that were refused and not mended by a later call of the same query."""
    returned = {attempt.query for attempt in turn.attempts if attempt.outcome == "returned"}
    said = [
        attempt.said
        for attempt in turn.attempts
        if attempt.outcome in ("denied", "failed") or (attempt.outcome == "refused" and attempt.query not in returned)
    ]
    return list(dict.fromkeys(said))


def origin(maker: ModelMaker, status: Status, has_facts: bool, words: Disclosure) -> str:
    """The line that says what wrote this and how to reach a person, in the company's words."""
    model = maker.name if maker.is_llm else "offline model: fixed rules, no language model"
    proven = "; every figure has a receipt" if status == "answered" and has_facts else ""
    return f"{words.line} ({model}){proven}. {words.contact}"


def unwritten(words: Disclosure) -> str:
    """The same place's line below what a query brought when it was called by itself: no model had a part in it."""
    return f"No AI system wrote this: it is what a query brought. {words.contact}"


def refused(words: Disclosure) -> str:
    """The same place's line below a refusal that no question was answered for."""
    return f"No AI system wrote this: it is refused by rule. {words.contact}"


NOTHING_LOOKED_AT = (
    "Regent looked at nothing for this, so there is no answer. Ask about cost, security or operations of the estate, "
    "and name what you mean: a service, an account, a venue or team, and a time."
)
"""Instead of what a model writes that called no query: whatever it says of the estate, nothing supports it."""


def withheld(faults: int, found: bool) -> str:
    """Why an answer was held back; `found` says whether there are facts."""
    why = "it contained statements that no fact supports" if faults else "there was nothing in it that could be shown"
    listed = " What was found is listed as facts, without the prose." if found else " No query found anything."
    return f"The answer was withheld because {why}.{listed}"


def guarded(reasons: Sequence[str]) -> str:
    """Why the guard let nothing out."""
    return " ".join(["The answer was withheld by the guard.", *reasons])


def stopped(limit: str, found: bool) -> str:
    """Why a question ended early; `found` says whether there are facts."""
    listed = "What was found until then is listed as facts." if found else "Nothing was found until then."
    return f"The answer was withheld. {limit} {listed}"


def following(asked: str, before: Sequence[str]) -> str:
    """A question with those that it may follow up, for whoever must know what it means: "and the day before?"."""
    others = [one for one in before if one != asked]  # the same asked once more follows nothing
    latest = [f"“{shorten(one, _EARLIER_LONG, placeholder=' …')}”" for one in others[-_EARLIER:]]
    return f"{asked} (asked after {', then '.join(latest)})" if latest else asked


def waiting(call: ApprovalRequested, accounts: int, channel: str, *, undecidable: bool = False) -> str:
    """What waits, for whom, until when, and how it goes on there: commands only for who sits at a terminal."""
    until = datetime.fromisoformat(call.expires)
    goes_on = _goes_on(call.approval, f"{until:%Y-%m-%d %H:%M} UTC", channel)
    if undecidable:
        goes_on = (
            "It cannot be decided where it was asked: this runtime has no /invocations. Ask it of the HTTP runtime, "
            "or in Slack or Teams."
        )
    return (
        f"This waits for a second person to approve it; nothing was asked of AWS for it. What would be looked at: "
        f"{in_words(call.query, call.input, accounts)}, because: {call.reason.rstrip('.?!')}.\n\n"
        f"{goes_on}"
    )


def _goes_on(approval: str, until: str, channel: str) -> str:
    if channel in _TERMINAL:
        return (
            f"Whoever may approve it: `regent approvals approve {approval} --as ID`, until {until}. "
            f"You then read the answer with `regent ask --resume {approval}`."
        )
    if channel in _BRINGS:
        return (
            f"Whoever may approve it here is asked in a direct message, and can decide until {until}. "
            "The answer then comes to you by itself; there is nothing that you need to do."
        )
    can = f"Whoever may approve it finds it among what waits for them, and can decide until {until}."
    if channel in _BESIDE_INVOCATIONS:
        can = (
            f'Whoever may approve it sees it with {{"approvals": "mine"}} and decides with {{"decide": {{"approval": '
            f'"{approval}", "verdict": "approve"}}}} or "deny", until {until}: each sent to /invocations with their '
            "own token, on AgentCore in the session of this call (X-Amzn-Bedrock-AgentCore-Runtime-Session-Id)."
        )
    if channel in _TAKES_PAYLOADS:
        return f'{can} You then get the answer with {{"resume": "{approval}"}}.'
    return f"{can} You then get the answer here by writing `resume {approval}`."


def not_answered(outcome: str, said: Sequence[str]) -> str:
    """Why there is no answer: the gate's reasons, or what failed."""
    reasons = " ".join(dict.fromkeys(said))
    if outcome == "needs_approval":
        return f"This waits for a second person to approve it; nothing was asked of AWS for it. {reasons}"
    return f"This was denied. {reasons}" if outcome == "denied" else f"This could not be answered. {reasons}"


def failure(error: BaseException) -> str:
    """A sentence for an error. Only our own errors speak for themselves: others may carry secrets or paths."""
    if isinstance(error, RegentError):
        return f"This could not be answered. {error}"
    name = type(error).__name__
    if "Throttl" in name:
        return "The model is throttled at the moment. Try again in a minute."
    if "ContextWindow" in name or "MaxTokens" in name:
        return "The question led to more text than the model takes. Ask about fewer accounts or a shorter period."
    return f"The model or the network failed ({name}). Nothing was guessed; try again, or run `regent doctor`."
