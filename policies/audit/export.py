"""Hand the ledger to other systems: as stored, as OCSF events, as CloudEvents, as OTLP logs, or as C2SP tiles.

What is sealed stays sealed unless the records given were opened. Every exported event carries the record's index and
leaf hash, so that it can be traced back to a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from policies.audit.errors import LedgerError
from policies.audit.frames import TILE
from policies.audit.keys import write_durably
from policies.audit.reader import Reader
from policies.audit.records import StoredRecord
from policies.audit.segments import read_raw
from policies.audit.tiles import TILE_BYTES, tile_name
from tools.errors import InputError

OCSF_VERSION = "1.6.0"
MAX_ENTRY = 0xFFFF


def export(records: Iterable[StoredRecord], origin: str, form: str) -> Iterator[bytes]:
    """Lines of JSON in one of `FORMATS`. InputError for any other format."""
    mapping = FORMATS.get(form)
    if mapping is None:
        raise InputError(f"There is no export format {form!r}; there are {', '.join([*FORMATS, 'tiles'])}.")
    for stored in records:
        yield mapping(stored, origin)


def jsonl(stored: StoredRecord, _origin: str) -> bytes:
    """The stored bytes: SHA-256 over a zero byte and the line without its end is the leaf hash."""
    return stored.raw


def ocsf(stored: StoredRecord, origin: str) -> bytes:
    """OCSF: gate decisions as Authorize Session, guard findings as Detection Finding, the rest as API Activity."""
    body = stored.body.model_dump(mode="json")
    kind = stored.type
    person = {"uid": stored.record.principal or "system", "type_id": 1 if stored.record.principal else 3}
    event: dict[str, Any] = {
        "time": stored.time // 1_000_000,
        "severity_id": 1,
        "status_id": 2 if kind.endswith("failed") or body.get("decision") == "deny" else 1,
        "message": kind,
        "metadata": {
            "version": OCSF_VERSION,
            "product": {"name": "Regent", "vendor_name": "Regent"},
            "uid": stored.hash,
            "sequence": stored.index,
            "log_name": origin,
            "original_time": str(stored.time),
        },
        "unmapped": {"record_type": kind, "actor": stored.record.actor, "session": stored.record.session, "body": body},
    }
    if stored.record.question:
        event["metadata"]["correlation_uid"] = stored.record.question
    if kind == "gate.decided":
        event |= {"class_uid": 3003, "category_uid": 3, "activity_id": 1, "user": person}
        event["privileges"] = [body["query"]]
    elif kind == "guard.assessed" and body["outcome"] not in ("allow", "allowed", "pass", "passed", "none"):
        event |= {"class_uid": 2004, "category_uid": 2, "activity_id": 1, "severity_id": 3}
        event["finding_info"] = {"uid": stored.hash, "title": f"Guard on the {body['point']}: {body['outcome']}"}
    else:
        operation = body.get("query") or body.get("model") or kind
        event |= {"class_uid": 6003, "category_uid": 6, "activity_id": 2, "actor": {"user": person}}
        event["api"] = {"operation": str(operation), "service": {"name": "regent"}}
        event["src_endpoint"] = {"name": str(body.get("channel") or "regent")}
    event["type_uid"] = event["class_uid"] * 100 + event["activity_id"]
    return orjson.dumps(event)


def cloudevents(stored: StoredRecord, origin: str) -> bytes:
    """CloudEvents 1.0 in JSON; `id` is the leaf hash, `sequence` the index."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": stored.hash,
        "source": f"urn:regent:{origin}",
        "type": f"regent.{stored.type}",
        "time": datetime.fromtimestamp(stored.time / 1e9, UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": f"{stored.index:020}",
        "data": stored.record.model_dump(mode="json", by_alias=True),
    }
    if stored.record.question:
        event["subject"] = stored.record.question
    return orjson.dumps(event)


def otlp(stored: StoredRecord, origin: str) -> bytes:
    """One OTLP/JSON ExportLogsServiceRequest; attributes under their OpenTelemetry GenAI names where one exists."""
    attributes: dict[str, Any] = {
        "regent.ledger.index": stored.index,
        "regent.ledger.hash": stored.hash,
        "regent.actor": stored.record.actor,
        "enduser.pseudo.id": stored.record.principal,
        "gen_ai.conversation.id": stored.record.session,
        "regent.question": stored.record.question,
    }
    for name, value in stored.body.model_dump(mode="json", by_alias=True).items():
        attributes[name if "." in name else f"regent.{name}"] = value
    log = {
        "timeUnixNano": str(stored.time),
        "observedTimeUnixNano": str(stored.time),
        "severityNumber": 9,
        "severityText": "INFO",
        "eventName": f"regent.{stored.type}",
        "body": {"stringValue": stored.type},
        "attributes": [{"key": k, "value": _any_value(v)} for k, v in attributes.items() if v is not None],
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "regent"}}]}
    scope = {"name": "regent.ledger", "attributes": [{"key": "origin", "value": {"stringValue": origin}}]}
    return orjson.dumps(
        {"resourceLogs": [{"resource": resource, "scopeLogs": [{"scope": scope, "logRecords": [log]}]}]}
    )


def _any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"stringValue": orjson.dumps(value).decode()}


FORMATS: dict[str, Callable[[StoredRecord, str], bytes]] = {
    "jsonl": jsonl,
    "ocsf": ocsf,
    "cloudevents": cloudevents,
    "otlp": otlp,
}


def export_tiles(ledger: Path, out: Path) -> int:
    """The ledger up to its last checkpoint as a C2SP tlog-tiles tree in `out`; the number of records.

    LedgerError when there is no checkpoint, or a record is too large for an entry bundle (65,535 bytes).
    """
    reader = Reader(ledger)
    signed = reader.checkpoint()
    if signed is None:
        raise LedgerError(f"The ledger {ledger} has no checkpoint yet.")
    for level in range(0, signed.size.bit_length(), 8):
        count = signed.size >> level
        for number in range(-(-count // TILE)):
            name = tile_name(level // 8, number)
            width = min(TILE, count - number * TILE)
            data = (reader.tiles.path / name).read_bytes()[: width * TILE_BYTES // TILE]
            _publish(out / "tile" / (name if width == TILE else f"{name}.p/{width}"), data)
    bundle: list[bytes] = []
    for index, leaf in read_raw(reader.segments, 0, signed.size - 1):
        if len(leaf) - 1 > MAX_ENTRY:
            raise LedgerError(f"Record {index} has {len(leaf) - 1} bytes; a tlog-tiles entry takes {MAX_ENTRY}.")
        bundle.append((len(leaf) - 1).to_bytes(2, "big") + leaf[1:])
        if len(bundle) == TILE or index == signed.size - 1:
            name = "tile/entries" + tile_name(0, index // TILE)[1:]
            part = "" if len(bundle) == TILE else f".p/{len(bundle)}"
            _publish(out / f"{name}{part}", b"".join(bundle))
            bundle.clear()
    _publish(out / "checkpoint", signed.raw)
    return signed.size


def _publish(path: Path, data: bytes) -> None:
    """Unlike all that is kept in a home, a mirror is there to be read by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, data, mode=0o644)
