"""Signing keys over time: a new one introduced by the old, one replaced after a loss, one revoked after a theft."""

from __future__ import annotations

import time

from pydantic import BaseModel, ConfigDict

from policies.audit.bodies import KeyIntroduced, KeyRevoked
from policies.audit.errors import KeyFileError, LedgerError
from policies.audit.keys import FileSigner, Home
from policies.audit.ledger import Ledger
from policies.audit.note import Signer, VerifierKey
from policies.audit.reader import Reader
from policies.audit.records import Record


class KeyChange(BaseModel):
    """A change of keys: the record that says so, the key that signs from now on, the checkpoint that covers it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    vkey: str
    signed_by: tuple[str, ...]


def rotate(ledger: Ledger, to: Signer | None = None) -> KeyChange:
    """Introduce a new key: `to`, or a new key file; the old key signs the checkpoint over its introduction.

    A key file that signed is kept aside. With `to`, close the ledger then: whoever opens it next gives `to`.
    LedgerError when a key that is no file signs and `to` is not given.
    """
    home, old = ledger.home, ledger.signer
    if to is None and not isinstance(old, FileSigner):
        raise LedgerError("The key that signs this ledger is no file; name the new one with --to.")
    new = to or FileSigner.generate(old.vkey.name)
    index = ledger.append(Record(actor="system", body=KeyIntroduced(vkey=str(new.vkey), old=str(old.vkey))))
    ledger.sign_with(old, new)
    home.trust(new.vkey)  # before anybody signs with it, here or in another process: else nobody could open the ledger
    if isinstance(old, FileSigner):
        old.save(home.key_file.with_name(f"{home.key_file.name}.retired-{old.vkey.id.hex()}"))
    if isinstance(new, FileSigner):
        new.save(home.key_file)
    else:
        home.key_file.unlink(missing_ok=True)
    return KeyChange(index=index, vkey=str(new.vkey), signed_by=(str(old.vkey), str(new.vkey)))


def replace(home: Home) -> KeyChange:
    """Go on with a new key after the old one was lost. Verifiers must be given the new key by other means.

    A replacement that was interrupted goes on with the key that it had made. KeyFileError when the old key is still
    there: then `rotate` is what you want.
    """
    origin = Reader(home.ledger).origin()
    if origin is None:
        raise LedgerError(f"There is no ledger in {home.ledger}.")
    begun = home.key_file.exists()
    new = FileSigner.load(home.key_file) if begun else FileSigner.generate(origin)
    signed = Reader(home.ledger).checkpoint()
    if begun and (signed is None or signed.note.signers([new.vkey])):
        raise KeyFileError(f"The signing key {home.key_file} is still there; use `regent audit keys rotate`.")
    home.trust(new.vkey)  # before it can sign: what nobody here trusts could not be opened again
    if not begun:
        new.save(home.key_file)
    with Ledger.open(home.ledger, home=home.path) as ledger:
        index = ledger.append(Record(actor="system", body=KeyIntroduced(vkey=str(new.vkey), old=None)))
        ledger.checkpoint()
    return KeyChange(index=index, vkey=str(new.vkey), signed_by=(str(new.vkey),))


def revoke(ledger: Ledger, vkey: VerifierKey, since: int, reason: str) -> int:
    """Record that signatures by `vkey` prove nothing from `since` (UTC ns) on; the index of the record.

    LedgerError when it is the key that signs now: rotate first, or nobody could sign the revocation.
    """
    if ledger.signer.vkey == vkey:
        raise LedgerError("This key signs now; run `regent audit keys rotate` first, then revoke it.")
    if since > time.time_ns():
        raise LedgerError("A key is revoked from now or from an earlier time on, not from the future.")
    index = ledger.append(Record(actor="system", body=KeyRevoked(vkey=str(vkey), since=since, reason=reason)))
    ledger.checkpoint()
    return index
