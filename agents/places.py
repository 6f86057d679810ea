"""Places: everywhere outside the ledger where text of persons lies, each with how it is erased there."""

from __future__ import annotations

from pathlib import Path

from agents.home import Home
from agents.overseeing import forget_heard, open_oversight, open_usage
from agents.settings import load_settings
from agents.storing import open_conversations, open_receipts
from policies.audit.encoding import FORGOTTEN
from policies.audit.erasure import Traces, register_place
from policies.oversight import Stop
from policies.oversight.switch_file import erase_stops
from tools.memory import erase_calls


def register_places() -> None:
    """Register every place there is; `regent audit forget` and whoever opens a desk do it first."""
    register_place("conversations", "questions of a session, and their delivered answers", _conversations)
    register_place("receipts", "what AWS answered to queries about persons", _receipts)
    register_place("evidence", "snapshots in which they are named", _evidence)
    register_place("call cache", "which receipt answers an equal request", _calls)
    register_place("kill switch", "who stopped what and why, and who is stopped", _stops)
    register_place("approvals", "paused questions, the calls that wait, and their answers", _approvals)
    register_place("usage", "how much of their budgets a person used", _usage)
    register_place("heard", "what a person was told in which channel, and where", _heard)


def _conversations(home: Path, traces: Traces) -> int:
    kept = open_conversations(Home(home), load_settings())
    return kept.erase(traces.person, traces.questions, traces.named_in)


def _receipts(home: Path, traces: Traces) -> int:
    return open_receipts(Home(home), load_settings()).erase(sorted(traces.receipts))


def _evidence(home: Path, traces: Traces) -> int:
    from agents.controlling import evidence_place  # here, because asking must not pay for it
    from policies.controls.store import EvidenceStore

    return EvidenceStore(evidence_place(Home(home), load_settings()), "", ()).erase(traces.named_in)


def _calls(home: Path, traces: Traces) -> int:
    return erase_calls(Home(home).cache / "calls", traces.receipts)


def _stops(home: Path, traces: Traces) -> int:
    def gone(stop: Stop) -> Stop | None:
        if stop.scope.kind == "principal" and stop.scope.name == traces.person:
            return None
        by = FORGOTTEN if stop.by == traces.person else stop.by
        reason = FORGOTTEN if by == FORGOTTEN or traces.named_in(stop.reason) else stop.reason
        return stop.model_copy(update={"by": by, "reason": reason})

    return erase_stops(Home(home).path / "switch.json", gone)


def _approvals(home: Path, traces: Traces) -> int:
    place, settings = Home(home), load_settings()
    if settings.state_table is None and not place.oversight.exists():
        return 0
    from agents.ledgers import open_ledger

    with open_ledger(place.ledger) as ledger:
        overseen = open_oversight(place, ledger, settings)
        try:
            return overseen.approvals.erase(traces.questions, traces.named_in)
        finally:
            overseen.close()


def _usage(home: Path, traces: Traces) -> int:
    place = Home(home)
    settings = load_settings()
    if settings.state_table is None and not place.oversight.exists():
        return 0
    return open_usage(place, settings).erase(f"principal:{traces.person}|")


def _heard(home: Path, traces: Traces) -> int:
    path, settings = Home(home).path / "heard.sqlite", load_settings()
    if settings.state_table is None and not path.exists():
        return 0
    from agents.channels.heard import HeardFile
    from policies.access.principal import SHIPPED, names_of

    names = [*names_of(traces.person, settings.principals or SHIPPED), *traces.names]
    gone = forget_heard(settings, names)
    return gone + (HeardFile(path).erase(names) if path.exists() else 0)
