"""A witness (C2SP tlog-witness): a second person's machine that sees to it that a ledger only ever grows.

`Witness` answers `add-checkpoint` requests; `serve` puts it on HTTP; `submit` is the ledger's side. The witness keeps
one small file per ledger: the last checkpoint it cosigned.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from policies.audit.errors import ProofError, SignatureError, WitnessError
from policies.audit.keys import Home, write_durably
from policies.audit.merkle import check_consistency, consistency_proof
from policies.audit.note import COSIGNATURE, Checkpoint, Signer, VerifierKey, cosign
from policies.audit.reader import Reader

MAX_BODY = 1 << 16
SIZE_TYPE = "text/x.tlog.size"

Reply = tuple[int, str, bytes]
"""HTTP status, content type, body."""


class Witness:
    """Cosigns checkpoints of the ledgers whose verifier keys it was given, each consistent with the one before it."""

    def __init__(self, signer: Signer, state: Path, logs: Iterable[VerifierKey]) -> None:
        self.signer, self.state = signer, state
        self._logs: dict[str, list[VerifierKey]] = {}
        for key in logs:
            self._logs.setdefault(key.name, []).append(key)
        self._lock = threading.Lock()

    @property
    def vkey(self) -> VerifierKey:
        """What those who rely on this witness trust."""
        return VerifierKey(self.signer.vkey.name, COSIGNATURE, self.signer.vkey.data)

    def add_checkpoint(self, request: bytes) -> Reply:
        """Answer one `add-checkpoint` request, as C2SP tlog-witness demands."""
        try:
            old, path, checkpoint = parse_request(request)
        except (SignatureError, ProofError) as error:
            return _refuse(400, str(error))
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            return _refuse(404, "This witness does not know that ledger.")
        try:
            if not checkpoint.note.signers(keys):
                return _refuse(403, "No known key signed this checkpoint.")
        except SignatureError as error:
            return _refuse(403, str(error))
        if old > checkpoint.size:
            return _refuse(400, "The old size is larger than the checkpoint's.")
        with self._lock:
            return self._advance(old, path, checkpoint)

    def _advance(self, old: int, path: list[bytes], checkpoint: Checkpoint) -> Reply:
        file = self.state / f"{hashlib.sha256(checkpoint.origin.encode()).hexdigest()}.note"
        known = Checkpoint.parse(file.read_bytes()) if file.exists() else None
        size = known.size if known else 0
        if old != size or (known is not None and checkpoint.size == size and checkpoint.root != known.root):
            return 409, SIZE_TYPE, b"%d\n" % size
        try:
            if known is not None:
                check_consistency(size, known.root, checkpoint.size, checkpoint.root, path)
            elif path:
                raise ProofError("A first checkpoint takes no consistency proof.")
        except ProofError as error:
            return _refuse(422, str(error))
        # Kept before the cosignature leaves: after a crash this witness must not sign a second history.
        write_durably(file, checkpoint.raw)
        return 200, "text/plain; charset=utf-8", cosign(checkpoint, self.signer)


def parse_request(request: bytes) -> tuple[int, list[bytes], Checkpoint]:
    """Old size, consistency proof and checkpoint of an `add-checkpoint` request."""
    head, blank, note = request.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
        word, _, number = first.partition(" ")
        path = [base64.b64decode(line, validate=True) for line in lines]
        if word != "old" or not blank or str(int(number)) != number or int(number) < 0 or len(path) > 63:
            raise ProofError("This is no add-checkpoint request.")
    except (ValueError, binascii.Error) as error:
        raise ProofError("This is no add-checkpoint request.") from error
    if any(len(node) != 32 for node in path):
        raise ProofError("A hash of the consistency proof has not 32 bytes.")
    return int(number), path, Checkpoint.parse(note)


def _refuse(status: int, why: str) -> Reply:
    return status, "text/plain; charset=utf-8", f"{why}\n".encode()


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """An HTTP server for `witness`; call its `serve_forever`. Port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                reply = _refuse(404, "POST /add-checkpoint is all there is.")
            elif not length.isdigit() or int(length) > MAX_BODY:
                reply = _refuse(400, f"The request must say its length, at most {MAX_BODY} bytes.")
            else:
                reply = witness.add_checkpoint(self.rfile.read(int(length)))
            status, kind, content = reply
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: the state files say what was cosigned."""

    return ThreadingHTTPServer((host, port), Handler)


def submit(ledger: Path, url: str, witness: VerifierKey, *, home: Path | None = None) -> Checkpoint:
    """Have `witness` at `url` cosign the ledger's last checkpoint; the cosigned checkpoint becomes a known head.

    WitnessError when it refuses, cannot be reached, or answers with something else than its cosignature.
    """
    place, reader = Home(ledger, home), Reader(ledger)
    checkpoint = reader.checkpoint()
    if checkpoint is None:
        raise WitnessError(f"The ledger {ledger} has no checkpoint yet.")
    known = place.witnessed(witness.name)
    old = known.size if known else 0
    for _ in range(2):
        if old > checkpoint.size:
            raise WitnessError(f"The witness {witness.name} saw {old} records; this ledger has {checkpoint.size}.")
        path = consistency_proof(reader.tiles.node_at, old, checkpoint.size)
        lines = [f"old {old}", *(base64.b64encode(node).decode() for node in path)]
        status, answer = _post(
            f"{url.rstrip('/')}/add-checkpoint", "\n".join(lines).encode() + b"\n\n" + checkpoint.raw
        )
        if status != 409:
            break
        try:
            old = int(answer)
        except ValueError as error:
            raise WitnessError(f"The witness {witness.name} answered 409 without its size.") from error
    if status != 200:
        raise WitnessError(
            f"The witness {witness.name} refused ({status}): {answer.decode('utf-8', 'replace').strip()}"
        )
    try:
        cosigned = Checkpoint.parse(checkpoint.raw + answer)
        if not cosigned.note.signers([witness]):
            raise SignatureError("its key did not sign")
    except SignatureError as error:
        raise WitnessError(f"The witness {witness.name} did not answer with its cosignature: {error}.") from error
    place.keep_witnessed(witness.name, cosigned)
    return cosigned


def _post(url: str, content: bytes) -> tuple[int, bytes]:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://")):
        raise WitnessError(f"{url!r} is no http(s) address of a witness.")
    try:
        with urlopen(Request(url, data=content, method="POST"), timeout=10) as reply:  # noqa: S310 - checked above
            return int(reply.status), reply.read(MAX_BODY)
    except HTTPError as error:
        return error.code, error.read(MAX_BODY)
    except (URLError, OSError) as error:
        raise WitnessError(f"The witness at {url} cannot be reached: {error}.") from error
