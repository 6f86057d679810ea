#!/bin/sh
# Checkpoints, inclusion proofs and consistency proofs of a fresh ledger, judged by golang.org/x/mod (Debian packages
# golang-go and golang-golang-x-mod-dev). A development check: not part of the test suite, which needs no Go.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
"${PYTHON:-.venv/bin/python}" - "$work" <<'PY'
import sys
from pathlib import Path
from policies.audit import Ledger, Note, Record
from policies.audit.note import Checkpoint
from policies.audit.proofs import consistency, prove
work = Path(sys.argv[1])
heads = []
with Ledger.open(work / "ledger") as ledger:
    for number in range(1500):
        ledger.append(Record(actor="system", body=Note(name=f"record {number} 漢")), wait=False)
        if number in (0, 6, 254, 255, 256, 700):
            heads.append(ledger.checkpoint())
    heads.append(ledger.checkpoint())
for head in heads:
    (work / f"{head.size}.note").write_bytes(head.raw)
    proof = consistency(work / "ledger", head, heads[-1])
    (work / f"{head.size}.path").write_text("\n".join(proof.path))
for index in range(0, 1500, 7):
    (work / f"{index}.tlog-proof").write_bytes(prove(work / "ledger", index))
PY
mkdir -p "$work/go"
cp "$here/check.go" "$work/go/main.go"
(cd "$work/go" && GO111MODULE=off GOPATH="${GOPATH:-/usr/share/gocode}" GOCACHE="$work/cache" go build -o "$work/check" main.go)
key=$(cat "$work/keys/ledger.vkey")
"$work/check" "$key" "$work/1500.note" "$work"/*.tlog-proof
for old in "$work"/*.path; do
    "$work/check" "$key" "$work/1500.note" -consistency "${old%.path}.note" "$old"
done
