"""Verify a Regent evidence pack with nothing of Regent's: one file, the standard library and `cryptography`.

    python verify.py PACK.zip [--key VKEY]

Exit 0: every hash, proof and signature holds, statuses are those on record, and what counts as met rests on whole and
fresh evidence. Exit 1: one sentence for every fault. Without --key (a verifier key that you have from elsewhere) the
pack is only known to agree with itself: whoever makes a whole pack can make keys, too. One file is held in memory at
a time.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

MOST, MOST_OF_ONE = 64 << 30, 512 << 20
MET = ("evidenced", "attested")
ROW = re.compile(r"<tr><td>([^<]+)</td><td>[^<]*</td><td>([a-z]+)</td>")
COUNT = re.compile(r"<tr><td>([a-z]+)</td><td>(\d+)</td></tr>")
SOA_ROW = re.compile(r"<tr class='([a-z]+)'><td>([^<]+)</td>")
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


def signed(raw: bytes, keys: list[Key], what: str) -> tuple[list[str], list[Key]]:
    """The lines of a signed note, and who signed. Fault unless one of `keys` did and no line of theirs is wrong."""
    try:
        text, blank, tail = raw.rpartition(b"\n\n")
        if not blank or not tail.endswith(b"\n"):
            raise ValueError("no note")
        text += b"\n"
        good: list[Key] = []
        for line in tail.decode()[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            data = unbase64(encoded)
            if dash != "\u2014" or len(data) < 5:
                raise ValueError("no signature line")
            for key in keys:
                if (key.name, key.id) == (name, data[:4]):
                    if not key.verify(text, data[4:]):
                        raise Fault(f"The signature of {what} by {name} does not verify.")
                    good.append(key)
        lines = text.decode()[:-1].split("\n")
    except BROKEN:
        raise Fault(f"The signature of {what} is malformed.") from None
    if not good:
        raise Fault(f"The signature of {what} is by none of the keys that count.")
    return lines, good


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


class Zip:
    """The files of a zip, read when asked for. Fault when it is none, or names are unsafe or double."""

    def __init__(self, name: str) -> None:
        try:
            self.archive = zipfile.ZipFile(name)
            entries = self.archive.infolist()
            self.whole = self.hash(name)
        except (OSError, zipfile.BadZipFile, EOFError, RuntimeError, ValueError) as error:
            raise Fault(f"The pack cannot be read as a zip: {error}.") from None
        names = [entry.filename for entry in entries]
        for one in names:
            if one.startswith("/") or "\\" in one or ":" in one or {"", ".", ".."} & set(one.split("/")):
                raise Fault(f"The zip has an entry with the unsafe name {one!r}.")
        for one in sorted({one for one in names if names.count(one) > 1} if len(set(names)) < len(names) else ()):
            raise Fault(f"The zip has two entries of the name {one}.")
        sizes = [entry.file_size for entry in entries]
        if sum(sizes) > MOST or max(sizes, default=0) > MOST_OF_ONE:
            raise Fault("The zip unpacks to more than 64 GiB, or a file of it to more than 512 MiB: no pack does.")
        self.names = frozenset(names)

    def hash(self, name: str) -> str:
        """SHA-256 of every byte before the length of the zip's comment, in which the signature over it stands."""
        with open(name, "rb") as file:  # noqa: PTH123 - a file by itself, for any Python
            left = file.seek(0, 2) - len(self.archive.comment) - 2
            file.seek(0)
            whole = hashlib.sha256()
            while left > 0 and (data := file.read(min(left, 1 << 20))):
                whole.update(data)
                left -= len(data)
            return whole.hexdigest()

    def read(self, name: str) -> bytes:
        if name not in self.names:
            raise Fault(f"{name} is missing.")
        try:
            return self.archive.read(name)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise Fault(f"The pack cannot be read as a zip: {name}: {error}.") from None

    def below(self, folder: str, end: str = "") -> Iterator[str]:
        return (one for one in sorted(self.names) if one.startswith(f"{folder}/") and one.endswith(end))


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return at


def nanoseconds(at: datetime) -> int:
    return (at - moment("1970-01-01T00:00:00Z")) // timedelta(microseconds=1) * 1000


class Pack:
    """One pack under verification; `faults` are sentences."""

    def __init__(self, files: Zip, given: Key | None) -> None:
        self.files, self.given, self.faults = files, given, list[str]()
        self.keys: list[Key] = []
        self.origin = ""
        self.time = 0
        """Of the last record, in nanoseconds."""
        self.revoked: dict[str, int] = {}
        self.collected: dict[str, tuple[int, dict[str, Any]]] = {}
        """By SHA-256 of a snapshot: time and body of its record."""
        self.attested: set[str] = set()
        self.evaluated: dict[int, tuple[int, dict[str, Any]]] = {}

    def run(self) -> None:
        for step in (self.manifest, self.ledger, self.signature, self.evidence, self.statuses, self.pages):
            try:
                step()
            except Fault as fault:
                self.faults.append(str(fault))
            except BROKEN as error:
                self.faults.append(f"The {step.__name__} of the pack cannot be read: {error}.")

    def counts(self, signers: list[Key], time: int) -> bool:
        return any(time < self.revoked.get(key.text, time + 1) for key in signers)

    def manifest(self) -> None:
        self.keys = [Key(line) for line in self.files.read("keys.txt").decode().splitlines() if line.strip()]
        manifest = parse(self.files.read("manifest.json"))
        self.origin = manifest["origin"]
        listed = manifest["files"]
        for name in sorted(self.files.names - set(listed) - {"manifest.json", "manifest.sig"}):
            self.faults.append(f"{name} is in the zip, but not in the manifest.")
        for name, said in sorted(listed.items()):
            if name not in self.files.names:
                self.faults.append(f"{name} is in the manifest, but missing.")
                continue
            data = self.files.read(name)
            if hashlib.sha256(data).hexdigest() != said["sha256"] or len(data) != said["size"]:
                self.faults.append(f"{name} is not the file that the manifest names.")
        if self.given is not None and self.given.text not in {key.text for key in self.keys}:
            self.faults.append("The key given with --key is not among the keys of the pack.")

    def ledger(self) -> None:
        lines, signers = signed(self.files.read("ledger/checkpoint"), self.keys, "the checkpoint")
        origin, size, root = lines[0], int(lines[1]), unbase64(lines[2])
        if origin != self.origin:
            raise Fault(f"The checkpoint is of the ledger {origin}, the pack of {self.origin}.")
        seen, revoking = -1, list[tuple[str, int]]()
        chunks = list(self.files.below("ledger/records", ".jsonl"))
        if [one.replace("records", "proofs", 1).replace(".jsonl", ".json") for one in chunks] != list(
            self.files.below("ledger/proofs")
        ):
            self.faults.append("The files of records and those of proofs are not the same.")
        for name in chunks:
            proofs = parse(self.files.read(name.replace("records", "proofs", 1).replace(".jsonl", ".json")))
            for line in self.files.read(name).splitlines():
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
                self.time = record["time"]
                self.record(index, record, revoking)
            if proofs:
                self.faults.append(f"There is a proof for record {min(proofs)}, which is not in the extract.")
        if seen != size - 1:
            self.faults.append(f"Record {size - 1}, the last under the checkpoint, is not in the extract.")
        for vkey, since in revoking:  # nobody revokes a key with that key
            if any(signer.text != vkey for signer in signers):
                self.revoked[vkey] = min(since, self.revoked.get(vkey, since))
        if not self.counts(signers, self.time):
            self.faults.append("The checkpoint is signed by nobody but a key that was revoked before.")

    def record(self, index: int, record: dict[str, Any], revoking: list[tuple[str, int]]) -> None:
        kind, body = record["type"], record["body"]
        if kind == "evidence.collected":
            self.collected[body["sha256"]] = record["time"], body
        elif kind == "document.attested":
            self.attested.add(body["sha256"])
        elif kind == "controls.evaluated":
            self.evaluated[index] = record["time"], body
        elif kind == "key.revoked":
            revoking.append((body["vkey"], body["since"]))

    def signature(self) -> None:
        counting = self.keys if self.given is None else [self.given]
        lines, signers = signed(self.files.read("manifest.sig"), counting, "the manifest")
        sha = hashlib.sha256(self.files.read("manifest.json")).hexdigest()
        if lines != ["regent-pack/1", self.origin, sha]:
            raise Fault("The signature of the manifest is of another manifest.")
        lines, _ = signed(self.files.archive.comment, counting, "the whole file")
        if lines != ["regent-pack-file/1", self.origin, self.files.whole]:
            raise Fault("The file is not the one that was signed: a byte of the zip was changed.")
        if not self.counts(signers, self.time):
            raise Fault("The manifest is signed by nobody but a key that was revoked before.")

    def evidence(self) -> None:
        for name in self.files.below("evidence", ".json"):
            try:
                self.snapshot(name)
            except Fault as fault:
                self.faults.append(str(fault))

    def snapshot(self, name: str) -> None:
        sha = name[len("evidence/") : -len(".json")]
        data = self.files.read(name)
        if hashlib.sha256(data).hexdigest() != sha:
            self.faults.append(f"{name} does not have the hash that it is named by.")
        found = parse(data)
        need = f"{found['need']['kind']}:{found['need']['name']}"
        lines, signers = signed(self.files.read(f"evidence/{sha}.note"), self.keys, name)
        if lines != ["regent-evidence/1", self.origin, need, sha]:
            raise Fault(f"The signature beside {name} is of another snapshot.")
        if sha not in self.collected:
            raise Fault(f"No record of the ledger names the snapshot {sha}.")
        time, body = self.collected[sha]
        if not self.counts(signers, time):
            raise Fault(f"{name} is signed by nobody but a key that was revoked before it was collected.")
        if (body["need"], body["items"], body["population"]) != (need, len(found["items"]), found["population"]):
            raise Fault(f"{name} is not what its record says that it is.")
        if nanoseconds(moment(found["collected"])) > time:
            raise Fault(f"{name} is dated later than its record.")

    def statuses(self) -> None:
        said = parse(self.files.read("status.json"))
        last = max((i for i, (_, body) in self.evaluated.items() if body["source"] == said["source"]), default=None)
        if last is None or said["evaluation"] != last:
            raise Fault(f"status.json is of the evaluation in record {said['evaluation']}, the last one is {last}.")
        time, body = self.evaluated[last]
        declared = self.files.read("policies/declared.json")
        if hashlib.sha256(declared).hexdigest() != body["declared_sha256"]:
            raise Fault("policies/declared.json is not what the evaluation measured against.")
        longest = timedelta(hours=parse(declared)["evidence_hours"])
        documents = {hashlib.sha256(self.files.read(name)).hexdigest(): name for name in self.files.below("documents")}
        for sha in sorted(set(documents) - self.attested):
            self.faults.append(f"No record of the ledger attests {documents[sha]}.")
        shown = {control["id"]: control["status"] for control in said["controls"]}
        if len(shown) != len(said["controls"]):
            self.faults.append("status.json has a control twice.")
        for id in sorted({*shown, *body["statuses"]}):
            if shown.get(id) != body["statuses"].get(id):
                self.faults.append(f"{id} is {shown.get(id)} in status.json, {body['statuses'].get(id)} on record.")
        if said["counts"] != {status: list(shown.values()).count(status) for status in said["counts"]}:
            self.faults.append("The counts of status.json are not those of its controls.")
        for control in said["controls"]:
            for sha in control["evidence"]:
                if sha in documents:
                    continue
                if f"evidence/{sha}.json" not in self.files.names:
                    self.faults.append(f"{control['id']} rests on {sha}, which is not in the pack.")
                elif sha not in body["evidence"]:
                    self.faults.append(f"{control['id']} rests on {sha}, which its evaluation did not see.")
                elif control["status"] in MET:
                    self.met(control["id"], sha, time, longest)
            if control["status"] in MET and not control["evidence"]:
                self.faults.append(f"{control['id']} is {control['status']}, and rests on nothing.")

    def met(self, control: str, sha: str, time: int, longest: timedelta) -> None:
        found = parse(self.files.read(f"evidence/{sha}.json"))
        if found["problems"] or len(found["items"]) != found["population"]:
            self.faults.append(f"{control} counts as met, but rests on {sha}, in which not everything could be seen.")
        if nanoseconds(min(moment(found["expires"]), moment(found["collected"]) + longest)) < time:
            self.faults.append(f"{control} counts as met, but rests on {sha}, which was out of date.")

    def pages(self) -> None:
        """What people read is what status.json says."""
        status = parse(self.files.read("status.json"))
        shown = {one["id"]: one["status"] for one in status["controls"]}
        page = self.files.read("index.html").decode()
        index, counts = ROW.findall(page), [(name, int(count)) for name, count in COUNT.findall(page)]
        if len(index) != len(shown) or dict(index) != shown or sorted(counts) != sorted(status["counts"].items()):
            self.faults.append("index.html shows other statuses than status.json.")
        annex = {id: status for id, status in shown.items() if id.startswith("A.")}
        soa = [(id, status) for status, id in SOA_ROW.findall(self.files.read("soa.html").decode())]
        if len(soa) != len(annex) or dict(soa) != annex:
            self.faults.append("soa.html shows other statuses than status.json.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a Regent evidence pack.")
    parser.add_argument("pack", help="the zip")
    parser.add_argument("--key", help="a verifier key that you have from elsewhere, or a file whose last line is it")
    args = parser.parse_args()
    try:
        lies = args.key and Path(args.key).is_file()
        key = Path(args.key).read_text("utf-8", "replace").strip().rpartition("\n")[2] if lies else args.key
        pack = Pack(Zip(args.pack), Key(key) if key is not None else None)
        pack.run()
        faults = pack.faults
    except Fault as fault:
        faults = [str(fault)]
    if faults:
        print(*(f"FAULT: {said}" for said in faults), sep="\n")  # noqa: T201
        return 1
    by = "signed by the key given" if args.key else "consistent; give --key to know who signed it"
    print(f"VERIFIED: {len(pack.files.names)} files, every hash, proof and signature holds; {by}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
