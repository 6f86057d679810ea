"""Stopping and resuming: an administrator's act, on record. A stop takes effect even when it cannot be recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from policies.audit.bodies import SwitchRefused, SwitchResumed, SwitchStopped
from policies.audit.errors import LedgerError
from policies.audit.records import Record
from policies.guardrails import for_the_record
from policies.oversight.switch import Scope, Stop, Switch, SwitchError, with_stop, without
from tools.errors import RegentError

if TYPE_CHECKING:
    from policies.access import Principal
    from policies.audit import Ledger


class NotRecordedError(LedgerError):
    """A stop is in force, but the ledger could not record it."""


class NotInChargeError(RegentError):
    """Somebody who may not wanted to stop, resume or decide; it was recorded and nothing changed."""


def stop(ledger: Ledger, switch: Switch, by: Principal, scope: Scope, reason: str) -> Stop:
    """Stop `scope` from now on.

    Raises:
        NotInChargeError: `by` is no administrator.
        SwitchError: the switch could not be written.
        NotRecordedError: everything in scope is stopped, but the ledger could not record it.
    """
    _in_charge(ledger, by, scope, "stop")
    reason = for_the_record(reason)  # it is told to whoever asks, and stays on record for ever
    made = Stop(scope=scope, reason=reason, by=by.id, at=datetime.now(UTC))
    switch.change(lambda stops: with_stop(stops, made))
    body = SwitchStopped(scope=scope.kind, **_names(scope), reason=reason, by=by.id)
    try:
        ledger.append(Record(actor="person", body=body, principal=by.id))
    except LedgerError as error:
        raise NotRecordedError(f"Stopped: {scope.words}. But it is not on record: {error}") from error
    switch.change(lambda stops: stops)  # so that it knows of the record
    return made


def resume(ledger: Ledger, switch: Switch, by: Principal, scope: Scope) -> None:
    """Lift the stop of exactly this scope. Recorded before it takes effect.

    Raises:
        NotInChargeError: `by` is no administrator.
        SwitchError: nothing is stopped with this scope (the sentence says what is), or it could not be written.
        LedgerError: it could not be recorded, and nothing was lifted.
    """
    _in_charge(ledger, by, scope, "resume")
    try:
        read = switch.read()
    except SwitchError:
        read = None  # nobody can tell: writing it anew is how it is mended
    lifted = next((one for one in read or () if one.scope == scope), None)
    if read is not None and lifted is None:
        held = ", ".join(str(one.scope) for one in read)
        raise SwitchError(f"Nothing is stopped with the scope {scope}; stopped: {held or 'nothing'}.")
    body = SwitchResumed(scope=scope.kind, **_names(scope), by=by.id)
    ledger.append(Record(actor="person", body=body, principal=by.id))
    if lifted is None:
        switch.change(lambda stops: without(stops, scope))
    else:  # and no stop that somebody made meanwhile, of which this resume knows nothing
        switch.change(lambda stops: tuple(one for one in stops if one != lifted))


def _names(scope: Scope) -> dict[str, str]:
    return {"person": scope.name} if scope.kind == "principal" else {"name": scope.name}


def _in_charge(ledger: Ledger, by: Principal, scope: Scope, wanted: Literal["stop", "resume"]) -> None:
    if by.role == "admin":
        return
    why = f"Only an admin may {wanted} Regent; {by.id} is {'an' if by.role[0] in 'aeiou' else 'a'} {by.role}."
    body = SwitchRefused(wanted=wanted, scope=scope.kind, by=by.id, why=f"the role {by.role} may not")
    try:
        ledger.append(Record(actor="person", body=body, principal=by.id))
    except LedgerError as error:
        raise NotInChargeError(why) from error
    raise NotInChargeError(why)
