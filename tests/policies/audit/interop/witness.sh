#!/bin/sh
# A ledger cosigned by a witness that is not ours: `witness-log`'s WitnessService (Rust) behind plain HTTP, in a virtual
# environment of its own. It must cosign growth and refuse a fork. A development check: not part of the test suite.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
work=$(mktemp -d)
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q witness-log
cd "$root"
regent="${REGENT:-.venv/bin/regent}"
python="${PYTHON:-.venv/bin/python}"
grow() {
    "$python" - "$1" "$2" <<'PY'
import sys
from pathlib import Path
from policies.audit import Ledger, Note, Record
with Ledger.open(Path(sys.argv[1])) as ledger:
    for number in range(int(sys.argv[2])):
        ledger.append(Record(actor="system", body=Note(name=f"record {number}")), wait=False)
PY
}
grow "$work/ledger" 300
mkdir "$work/fork"
cp -r "$work/ledger" "$work/keys" "$work/anchors" "$work/fork/"
"$work/venv/bin/python" "$here/witness_server.py" "$(cat "$work/keys/ledger.vkey")" "$work/witness.json" > "$work/said" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
while ! test -s "$work/said"; do sleep 0.1; done
read -r url vkey < "$work/said"
"$regent" audit witness "$url" --key "$vkey" --ledger "$work/ledger"
for more in 1 255 700; do
    grow "$work/ledger" $more
    "$regent" audit witness "$url" --key "$vkey" --ledger "$work/ledger"
done
"$regent" audit verify "$work/ledger"
grow "$work/fork/ledger" 2000
if "$regent" audit witness "$url" --key "$vkey" --ledger "$work/fork/ledger"; then
    echo "FAIL: the fork was cosigned"
    exit 1
fi
echo "ok: growth cosigned, the fork refused"
