"""Places: everywhere outside the ledger where text of persons lies, each with how it is erased there."""

from __future__ import annotations

from pathlib import Path

from agents.conversations import Conversations
from agents.home import Home
from policies.audit.erasure import Traces, register_place
from tools.memory import erase_calls
from tools.receipts import ReceiptFiles


def register_places() -> None:
    """Register every place there is; `regent audit forget` and whoever opens a desk do it first."""
    register_place("conversations", "questions and delivered answers of a session", _conversations)
    register_place("receipts", "what AWS answered to queries about persons", _receipts)
    register_place("call cache", "which receipt answers an equal request", _calls)


def _conversations(home: Path, traces: Traces) -> int:
    kept = Conversations(Home(home).conversations)
    return kept.erase(traces.person, traces.questions, traces.named_in)


def _receipts(home: Path, traces: Traces) -> int:
    place = Home(home)
    return ReceiptFiles(place.receipts, place.keys / "receipts.key").erase(sorted(traces.receipts))


def _calls(home: Path, traces: Traces) -> int:
    return erase_calls(Home(home).cache / "calls", traces.receipts)
