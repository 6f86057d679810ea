"""What can go wrong with the ledger, by what the caller must do about it."""

from __future__ import annotations

from tools.errors import RegentError


class LedgerError(RegentError):
    """Root of the ledger's errors. Whoever meets one ends the turn: nothing goes on unrecorded."""


class LedgerUnwritableError(LedgerError):
    """A record could not be made durable (disk full, read-only, failed sync). Nothing was acknowledged."""


class LedgerDamagedError(LedgerError):
    """Stored bytes are not what was written, other than a torn tail. Never repaired silently."""


class LedgerClosedError(LedgerError):
    """The ledger was closed, or gave up after a failed write, and takes no more records."""


class RecordTooLargeError(LedgerError):
    """One record is larger than the ledger takes; the sentence gives both sizes in bytes."""


class NoSuchRecordError(LedgerError):
    """No record has that index, or no record belongs to that question."""


class ProofError(LedgerError):
    """An inclusion or consistency proof does not prove what it says."""


class SignatureError(LedgerError):
    """A note is malformed, or no trusted key signed it."""


class KeyFileError(LedgerError):
    """A key file is missing, unreadable, or readable by others."""


class SealError(LedgerError):
    """A sealed value does not open, or is not what it was committed to."""


class WitnessError(LedgerError):
    """A witness cannot be reached, refuses to cosign, or answers with something else."""


class RemoteError(LedgerError):
    """The bucket that keeps the ledger cannot be reached, refuses, or holds something else than was put there."""
