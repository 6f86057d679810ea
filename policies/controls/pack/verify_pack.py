"""Verify a Regent evidence pack with nothing of Regent's: one file, the standard library and `cryptography`.

    python verify.py PACK.zip [--key VKEY]

Exit 0: every hash, proof and signature holds. Exit 1: one sentence for every fault. Without --key (a verifier key that
you have from elsewhere) the pack is only known to agree with itself: whoever makes a whole pack can make keys, too.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

MOST = 2 << 30
BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


class Fault(Exception):  # noqa: N818 - the verdict's own word
    """Something does not hold."""


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def unbase64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 in another than its one form")
    return raw


def parse(data: bytes) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    return json.loads(data.decode("utf-8"), object_pairs_hook=unique)


class Key:
    """A verifier key, `name+hexid+base64(type || key)`."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        try:
            self.name, hexid, data = self.text.split("+", 2)
            raw = unbase64(data)
            self.kind, self.data = raw[0], raw[1:]
        except BROKEN:
            raise Fault(f"{self.text[:80]!r} is no verifier key.") from None
        named = self.data if self.kind == 2 else self.name.encode() + b"\n" + raw
        self.id = digest(named)[:4]
        if self.id.hex() != hexid or self.kind not in (1, 2):
            raise Fault(f"The verifier key of {self.name} does not have the id or type that it says.")

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            if self.kind == 1:
                ed25519.Ed25519PublicKey.from_public_bytes(self.data).verify(signature, text)
            else:
                public = load_der_public_key(self.data)
                if not isinstance(public, ec.EllipticCurvePublicKey):
                    return False
                public.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


def signed(raw: bytes, keys: list[Key], what: str) -> list[str]:
    """The lines of a signed note. Fault unless one of `keys` signed it and no line of theirs is wrong."""
    try:
        text, blank, tail = raw.rpartition(b"\n\n")
        if not blank or not tail.endswith(b"\n"):
            raise ValueError("no note")
        text += b"\n"
        good = 0
        for line in tail.decode()[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            data = unbase64(encoded)
            if dash != "\u2014" or len(data) < 5:
                raise ValueError("no signature line")
            for key in keys:
                if (key.name, key.id) == (name, data[:4]):
                    if not key.verify(text, data[4:]):
                        raise Fault(f"The signature of {what} by {name} does not verify.")
                    good += 1
        lines = text.decode()[:-1].split("\n")
    except BROKEN:
        raise Fault(f"The signature of {what} is malformed.") from None
    if not good:
        raise Fault(f"The signature of {what} is by none of the keys that count.")
    return lines


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that a proof leads to, RFC 9162 section 2.1.3.2; None when it is too long or too short."""
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0 or len(sibling) != 32:
            return None
        if fn & 1 or fn == sn:
            node = digest(b"\x01" + sibling + node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = digest(b"\x01" + node + sibling)
        fn, sn = fn >> 1, sn >> 1
    return None if sn else node


def read(name: str) -> dict[str, bytes]:
    """The files of the zip. Fault when it is none, or names are unsafe or double."""
    try:
        with zipfile.ZipFile(name) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            for one in names:
                if one.startswith("/") or "\\" in one or ":" in one or {"", ".", ".."} & set(one.split("/")):
                    raise Fault(f"The zip has an entry with the unsafe name {one!r}.")
            for one in sorted({one for one in names if names.count(one) > 1}):
                raise Fault(f"The zip has two entries of the name {one}.")
            if sum(entry.file_size for entry in entries) > MOST:
                raise Fault("The zip unpacks to more than 2 GiB, which no pack does.")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise Fault(f"The pack cannot be read as a zip: {error}.") from None


class Pack:
    """One pack under verification; `faults` are sentences."""

    def __init__(self, files: dict[str, bytes], given: Key | None) -> None:
        self.files, self.given, self.faults = files, given, list[str]()
        self.keys: list[Key] = []
        self.origin = ""
        self.named: set[str] = set()

    def run(self) -> None:
        for step in (self.manifest, self.evidence, self.ledger, self.statuses):
            try:
                step()
            except Fault as fault:
                self.faults.append(str(fault))
            except BROKEN as error:
                self.faults.append(f"The {step.__name__} of the pack cannot be read: {error}.")

    def file(self, name: str) -> bytes:
        if name not in self.files:
            raise Fault(f"{name} is missing.")
        return self.files[name]

    def manifest(self) -> None:
        self.keys = [Key(line) for line in self.file("keys.txt").decode().splitlines() if line.strip()]
        raw = self.file("manifest.json")
        manifest = parse(raw)
        self.origin = manifest["origin"]
        listed = manifest["files"]
        for name in sorted(set(self.files) - set(listed) - {"manifest.json", "manifest.sig"}):
            self.faults.append(f"{name} is in the zip, but not in the manifest.")
        for name, said in sorted(listed.items()):
            data = self.files.get(name)
            if data is None:
                self.faults.append(f"{name} is in the manifest, but missing.")
            elif hashlib.sha256(data).hexdigest() != said["sha256"] or len(data) != said["size"]:
                self.faults.append(f"{name} is not the file that the manifest names.")
        if self.given is not None and self.given.text not in {key.text for key in self.keys}:
            self.faults.append("The key given with --key is not among the keys of the pack.")
        counting = self.keys if self.given is None else [self.given]
        lines = signed(self.file("manifest.sig"), counting, "the manifest")
        if lines != ["regent-pack/1", self.origin, hashlib.sha256(raw).hexdigest()]:
            raise Fault("The signature of the manifest is of another manifest.")

    def evidence(self) -> None:
        for name in sorted(self.files):
            folder, _, rest = name.partition("/")
            sha, _, end = rest.partition(".")
            if folder != "evidence" or end != "json":
                continue
            if hashlib.sha256(self.files[name]).hexdigest() != sha:
                self.faults.append(f"{name} does not have the hash that it is named by.")
            try:
                need = parse(self.files[name])["need"]
                lines = signed(self.file(f"evidence/{sha}.note"), self.keys, name)
                if lines != ["regent-evidence/1", self.origin, f"{need['kind']}:{need['name']}", sha]:
                    raise Fault(f"The signature beside {name} is of another snapshot.")
            except Fault as fault:
                self.faults.append(str(fault))

    def ledger(self) -> None:
        lines = signed(self.file("ledger/checkpoint"), self.keys, "the checkpoint")
        origin, size, root = lines[0], int(lines[1]), unbase64(lines[2])
        if origin != self.origin:
            raise Fault(f"The checkpoint is of the ledger {origin}, the pack of {self.origin}.")
        proofs: dict[str, list[str]] = {}
        for name in sorted(self.files):
            if name.startswith("ledger/proofs/"):
                proofs |= parse(self.files[name])
        seen = -1
        for line in self.file("ledger/records.jsonl").splitlines():
            entry = parse(line)
            index, raw = entry["index"], unbase64(entry["raw"])
            if type(index) is not int or not seen < index < size:
                raise Fault(f"Record {index} is out of order or not under the checkpoint.")
            seen = index
            path = proofs.pop(str(index), None)
            if path is None:
                self.faults.append(f"Record {index} has no inclusion proof.")
            elif root_of(digest(b"\x00" + raw), index, size, [unbase64(one) for one in path]) != root:
                self.faults.append(f"Record {index} does not lead to the signed root.")
            record = parse(raw)
            if record["index"] != index:
                self.faults.append(f"Record {index} says that it is record {record['index']}.")
            if record["type"] == "evidence.collected":
                self.named.add(record["body"]["sha256"])
        if proofs:
            self.faults.append(f"There is a proof for record {min(proofs)}, which is not in the extract.")

    def statuses(self) -> None:
        documents = {hashlib.sha256(d).hexdigest() for name, d in self.files.items() if name.startswith("documents/")}
        kept = {name[9:-5] for name in self.files if name.startswith("evidence/") and name.endswith(".json")}
        for sha in sorted(kept - self.named):
            self.faults.append(f"No record of the ledger names the snapshot {sha}.")
        for control in parse(self.file("status.json"))["controls"]:
            for sha in control["evidence"]:
                if sha not in kept and sha not in documents:
                    self.faults.append(f"{control['id']} rests on {sha}, which is not in the pack.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a Regent evidence pack.")
    parser.add_argument("pack", help="the zip")
    parser.add_argument("--key", help="a verifier key that you have from elsewhere")
    args = parser.parse_args()
    try:
        pack = Pack(read(args.pack), Key(args.key) if args.key else None)
        pack.run()
        faults = pack.faults
    except Fault as fault:
        faults = [str(fault)]
    for said in faults:
        print(f"FAULT: {said}")  # noqa: T201
    if faults:
        return 1
    by = "signed by the key given" if args.key else "consistent; give --key to know who signed it"
    print(f"VERIFIED: {len(pack.files)} files, every hash, proof and signature holds; {by}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
