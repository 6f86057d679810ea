"""Other audit libraries for agents, driven as their documentation says. Run by `bench_ledger` in a venv of its own.

    python ledger_peers.py NAME DIR COUNT

Prints one JSON line: appends per second and verifications per second of 1 kB events, in their default way of writing.
Imports nothing of Regent.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAYLOAD = {"query": "spend", "input": "x" * 850}


def timed(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def witness_log(folder: Path, count: int, sync: bool = False) -> dict[str, float]:
    import witness_log as lib

    log = lib.open(str(folder / "agent.jsonl"))
    payload = json.dumps(PAYLOAD).encode()

    def write() -> None:
        for _ in range(count):
            log.append_intent(payload)
            if sync:
                log.sync()
        log.sync()

    append = timed(write)
    dossier = log.to_dossier_json()
    check = timed(lambda: lib.verify_dossier_json(dossier, 0.66, log.identity_pubkey_hex()))
    log.close()
    return {"append": count / append, "verify": count / check}


def governance_toolkit(folder: Path, count: int) -> dict[str, float]:
    from agentmesh.governance.audit import AuditLog
    from agentmesh.governance.audit_backends import FileAuditSink

    sink = FileAuditSink(folder / "audit.jsonl", b"k" * 32)
    log = AuditLog(sink=sink)

    def write() -> None:
        for _ in range(count):
            log.log("tool", "did:x", "call", data=PAYLOAD, policy_decision="allow")

    append = timed(write)
    return {"append": count / append, "verify": count / timed(sink.verify_integrity)}


def air_gate(folder: Path, count: int) -> dict[str, float]:
    from air_gate import GateClient

    rules = [{"name": "all", "action_type": "search", "decision": "auto_allow"}]
    gate = GateClient(
        signing_key="a-secret-key-of-some-length",
        storage_path=str(folder / "gate.jsonl"),
        policy_config={"default": "auto_allow", "rules": rules},
    )

    def write() -> None:
        for _ in range(count):
            gate.check(agent_id="a", action_type="search", tool_name="spend", payload=PAYLOAD)

    append = timed(write)
    return {"append": count / append, "verify": count / timed(gate.verify)}


def auditchain(folder: Path, count: int) -> dict[str, float]:
    from auditchain import AuditLog
    from auditchain.backends.jsonl import JsonlBackend

    async def run() -> dict[str, float]:
        async with AuditLog(JsonlBackend(str(folder / "audit.jsonl"))) as log:
            started = time.perf_counter()
            for _ in range(count):
                await log.append("a", "call", "spend", metadata=PAYLOAD)
            append = time.perf_counter() - started
            started = time.perf_counter()
            await log.verify()
            return {"append": count / append, "verify": count / (time.perf_counter() - started)}

    return asyncio.run(run())


def agent_audit_trail(folder: Path, count: int) -> dict[str, float]:
    import agentledger

    ledger = agentledger.init(agent_id="a", db_path=str(folder / "trail.db"))

    def write() -> None:
        for _ in range(count):
            agentledger.log_event(action_type="llm_call", input=PAYLOAD["input"], output="")

    append = timed(write)
    storage = ledger.storage
    verify = getattr(storage, "verify_chain", None) or ledger.verify
    return {"append": count / append, "verify": min(count, 1000) / timed(verify)}


PEERS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "witness-log": witness_log,
    "witness-log, sync each": lambda folder, count: witness_log(folder, min(count, 500), sync=True),
    "agent-governance-toolkit-core, file": governance_toolkit,
    "air-gate": air_gate,
    "auditchain, jsonl": auditchain,
    "agent-audit-trail": agent_audit_trail,
}

if __name__ == "__main__":
    name, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(PEERS[name](folder, count)))
