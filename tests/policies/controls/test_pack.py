"""The evidence pack: it verifies away from us, the same state gives the same bytes, and every attack is named."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.controlling import open_controlling
from agents.home import Home
from agents.settings import Settings
from policies.access import local_principal
from policies.audit.keys import FileSigner
from policies.audit.note import sign
from policies.controls.errors import ControlsError
from policies.controls.pack import verify_pack
from policies.controls.pack.archive import encode, seal, writable, writing
from policies.controls.pack.build import build as build_into
from policies.controls.run import run
from tests.homes import furnished


@pytest.fixture(scope="module")
def room(estate, tmp_path_factory):
    """A fresh installation, evaluated once."""
    home = Home(tmp_path_factory.mktemp("home") / "home")
    with open_controlling(local_principal("local"), home=home, opened=estate, settings=Settings()) as opened:
        run(opened.scene, opened.store)
        yield opened


@pytest.fixture(scope="module")
def pack(room):
    return build(room.scene, room.store)


@pytest.fixture(scope="module")
def key(room):
    return str(room.scene.ledger.signer.vkey)


def build(scene, store, *period):
    out = io.BytesIO()
    build_into(scene, store, out, *period)
    return out.getvalue()


def unzip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def records_of(data):
    import base64

    files = unzip(data)
    lines = [line for name in sorted(files) if name.startswith("ledger/records/") for line in files[name].splitlines()]
    return {json.loads(line)["index"]: json.loads(base64.b64decode(json.loads(line)["raw"])) for line in lines}


def rezip(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def verified(tmp_path, monkeypatch, capsys):
    """`verified(bytes, key=None)`: exit code and output of the verifier."""

    def verify(data, given=None):
        file = tmp_path / "pack.zip"
        file.write_bytes(data)
        monkeypatch.setattr(sys, "argv", ["verify.py", str(file), *(["--key", given] if given else [])])
        return verify_pack.main(), capsys.readouterr().out

    return verify


def resealed(files, room, signer=None):
    """What whoever holds a signing key could make: manifest and signature anew."""
    kept = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    out = io.BytesIO()
    seal(kept.items(), room.scene.ledger.origin, lambda text: sign(text, [signer or room.scene.ledger.signer]), out)
    return out.getvalue()


def test_a_fresh_installation_packs_and_the_shipped_verifier_says_so_alone(pack, key, tmp_path):
    (tmp_path / "pack.zip").write_bytes(pack)
    (tmp_path / "verify.py").write_bytes(unzip(pack)["verify.py"])
    words = [sys.executable, "-I", "verify.py", "pack.zip", "--key", key]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("VERIFIED")


def test_the_key_may_lie_in_a_file_and_a_file_without_one_never_counts_as_no_key(pack, key, tmp_path, verified):
    file = tmp_path / "ledger.vkey"
    file.write_text(f"regent.local/older+00000000+AXv5\n{key}\n")
    assert verified(pack, str(file)) == verified(pack, key) and verified(pack, key)[0] == 0
    for nothing in (b"", b"\xff\xfe\x00"):
        file.write_bytes(nothing)
        code, said = verified(pack, str(file))
        assert code == 1 and "no verifier key" in said


def test_the_verifier_imports_nothing_of_ours(pack):
    source = unzip(pack)["verify.py"].decode()
    assert not [line for line in source.splitlines() if line.startswith(("from policies", "from agents", "from tools"))]


def test_two_packs_of_the_same_state_are_equal_byte_for_byte(room, pack):
    assert build(room.scene, room.store) == pack


def test_what_statuses_rest_on_is_in_it_and_the_page_links_to_it(pack):
    files = unzip(pack)
    shas = {sha for one in json.loads(files["status.json"])["controls"] for sha in one["evidence"]}
    page = files["index.html"].decode()
    assert shas and all(f"evidence/{sha}.json" in files and f"href='evidence/{sha}.json'" in page for sha in shas)
    assert "no claim of conformity" in page


def test_a_pack_of_the_sample_says_that_its_accounts_are_invented(pack):
    assert "of the sample estate, which is invented" in unzip(pack)["index.html"].decode()
    assert json.loads(unzip(pack)["status.json"])["source"] == "sample"


def test_the_bill_of_materials_is_valid_and_names_models_prompts_and_queries(pack):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = unzip(pack)["aibom.cdx.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = json.loads(text)
    models = [one for one in found["components"] if one["type"] == "machine-learning-model"]
    names = {one["name"] for one in found["components"]}
    assert models and all(one["modelCard"]["considerations"] for one in models)
    assert {"prompt cost", "guardrails", "cedar-policies", "pydantic"} <= names and found["services"]


@pytest.mark.slow
def test_one_byte_changed_in_any_file_is_a_fault(pack, verified):
    files = unzip(pack)
    for name, data in files.items():
        changed = data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]
        code, said = verified(rezip((files | {name: changed}).items()))
        assert code == 1 and "FAULT: " in said, name


@pytest.mark.slow
def test_any_file_removed_is_a_fault_and_names_it(pack, verified):
    files = unzip(pack)
    for name in files:
        code, said = verified(rezip([pair for pair in files.items() if pair[0] != name]))
        assert code == 1 and name in said


def test_a_file_added_is_a_fault(pack, verified):
    code, said = verified(rezip([*unzip(pack).items(), ("documents/more.md", b"x")]))
    assert code == 1 and "documents/more.md is in the zip, but not in the manifest." in said


def test_swapped_evidence_is_a_fault_even_under_a_new_manifest(pack, room, verified):
    files = unzip(pack)
    one, other = [name for name in files if name.startswith("evidence/") and name.endswith(".json")][:2]
    swapped = files | {one: files[other], other: files[one]}
    code, said = verified(resealed(swapped, room))
    assert code == 1 and f"{one} does not have the hash that it is named by." in said


def test_an_edited_snapshot_under_its_new_hash_is_a_fault_even_under_a_new_manifest(pack, room, verified):
    files = unzip(pack)
    name = next(name for name in files if name.startswith("evidence/") and name.endswith(".json"))
    data = files.pop(name) + b" "
    sha = hashlib.sha256(data).hexdigest()
    files |= {f"evidence/{sha}.json": data, f"evidence/{sha}.note": files.pop(name.replace(".json", ".note"))}
    code, said = verified(resealed(files, room))
    assert code == 1 and "is of another snapshot" in said
    need = json.loads(data)["need"]
    text = f"regent-evidence/1\n{room.scene.ledger.origin}\n{need['kind']}:{need['name']}\n{sha}\n"
    files[f"evidence/{sha}.note"] = sign(text.encode(), [room.scene.ledger.signer])
    code, said = verified(resealed(files, room))
    assert code == 1 and f"No record of the ledger names the snapshot {sha}" in said


def test_an_edited_status_is_a_fault(pack, room, verified):
    files = unzip(pack)
    edited = json.loads(files["status.json"])
    edited["controls"][0] |= {"status": "evidenced", "evidence": ["a" * 64]}
    files["status.json"] = encode(edited)
    code, said = verified(rezip(files.items()))
    assert code == 1 and "status.json is not the file that the manifest names" in said
    code, said = verified(resealed(files, room))
    assert code == 1 and "4.1 is evidenced in status.json, unassessed on record." in said
    assert f"4.1 rests on {'a' * 64}, which is not in the pack." in said


def _typed_in(files):
    """Whoever has the key types a status in wherever people look, and counts it."""
    said = json.loads(files["status.json"])
    good = next(one for one in said["controls"] if one["evidence"])
    bad = next(one for one in said["controls"] if one["status"] == "failing")
    files["index.html"] = files["index.html"].replace(b"<td>failing</td>", b"<td>evidenced</td>")
    files["soa.html"] = files["soa.html"].replace(b"class='failing'", b"class='evidenced'")
    for one in said["controls"]:
        if one["status"] == "failing":
            one |= {"status": "evidenced", "evidence": good["evidence"]}
    said["counts"]["evidenced"] += said["counts"]["failing"]
    said["counts"]["failing"] = 0
    files["status.json"] = encode(said)
    return f"{bad['id']} is evidenced in status.json, failing on record."


def _left_out(files):
    said = json.loads(files["status.json"])
    gone = next(one for one in said["controls"] if one["status"] == "failing")
    said["controls"].remove(gone)
    said["counts"]["failing"] -= 1
    files["status.json"] = encode(said)
    return f"{gone['id']} is None in status.json, failing on record."


def _page_alone(files):
    rows = files["index.html"].split(b"<th>why</th>")
    files["index.html"] = b"<th>why</th>".join(
        [rows[0], rows[1].replace(b"<td>failing</td>", b"<td>evidenced</td>", 1)]
    )
    return "index.html shows other statuses than status.json."


def _counts_of_the_page(files):
    files["index.html"], changed = re.subn(rb"(<td>evidenced</td><td>)\d+<", rb"\g<1>70<", files["index.html"], count=1)
    assert changed
    return "index.html shows other statuses than status.json."


def _soa_alone(files):
    files["soa.html"] = files["soa.html"].replace(b"class='unassessed'", b"class='evidenced'", 1)
    return "soa.html shows other statuses than status.json."


def _other_evaluation(files):
    said = json.loads(files["status.json"])
    files["status.json"] = encode({**said, "evaluation": 0})
    return "status.json is of the evaluation in record 0, the last one is"


def _attested_by_nobody(files):
    files["documents/ai-policy.md"] = b"approved, honestly"
    return "No record of the ledger attests documents/ai-policy.md."


def _last_record_left_out(files):
    chunk = max(name for name in files if name.startswith("ledger/records/"))
    lines = files[chunk].splitlines(keepends=True)
    files[chunk] = b"".join(lines[:-1])
    return "the last under the checkpoint, is not in the extract"


def _other_declarations(files):
    changed = files["policies/declared.json"].replace(b'"evidence_hours":24', b'"evidence_hours":744')
    assert changed != files["policies/declared.json"]
    files["policies/declared.json"] = changed
    return "policies/declared.json is not what the evaluation measured against."


@pytest.mark.parametrize(
    "how",
    [
        _typed_in,
        _left_out,
        _page_alone,
        _counts_of_the_page,
        _soa_alone,
        _other_evaluation,
        _attested_by_nobody,
        _last_record_left_out,
        _other_declarations,
    ],
)
def test_what_a_holder_of_the_key_made_up_is_a_fault_under_a_manifest_that_holds(pack, room, key, how, verified):
    files = unzip(pack)
    expected = how(files)
    code, said = verified(resealed(files, room), key)
    assert code == 1 and expected in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"problems": ["denied"]}, "not everything could be seen"),
        ({"population": 2}, "not everything could be seen"),
        ({"expires": "2026-01-01T00:00:00Z"}, "was out of date"),
        ({"collected": "2025-12-01T00:00:00Z"}, "was out of date"),  # lasts longer than declared
    ],
)
def test_what_counts_as_met_rests_on_whole_and_fresh_evidence(tmp_path, found, said):
    whole = {"problems": [], "items": [1], "population": 1}
    whole |= {"collected": "2026-01-01T00:00:00Z", "expires": "2026-01-02T00:00:00Z"}
    (tmp_path / "pack.zip").write_bytes(rezip([("evidence/a.json", json.dumps({**whole, **found}))]))
    one = verify_pack.Pack(verify_pack.Zip(str(tmp_path / "pack.zip")), None)
    one.met("A.7.5", "a", verify_pack.nanoseconds(datetime(2026, 1, 1, 12, tzinfo=UTC)), timedelta(hours=24))
    assert said in one.faults[0]


@pytest.mark.slow
def test_a_key_that_was_revoked_signs_neither_pack_nor_evidence(estate, tmp_path, verified):
    """A thief has the old key file. What it signed before the theft still counts."""
    import time

    from policies.audit.rotation import revoke, rotate

    home = Home(tmp_path / "home")
    with open_controlling(local_principal("local"), home=home, opened=estate, settings=Settings()) as opened:
        run(opened.scene, opened.store, only=lambda check: check.id == "policies-sound")
        ledger = opened.scene.ledger
        stolen = ledger.signer
        rotate(ledger)
        since = time.time_ns()
        revoke(ledger, stolen.vkey, since, "stolen")
    with open_controlling(local_principal("local"), home=home, opened=estate, settings=Settings()) as room:
        run(room.scene, room.store)
        pack = build(room.scene, room.store)
        assert verified(pack)[0] == 0 and verified(pack, str(room.scene.ledger.signer.vkey))[0] == 0
        code, said = verified(resealed(unzip(pack), room, stolen))
        assert code == 1 and "The manifest is signed by nobody but a key that was revoked before." in said
        files = unzip(pack)
        name = next(name for name in files if name.endswith(".note"))
        files[name] = sign(files[name].rpartition(b"\n\n")[0] + b"\n", [stolen])
        code, said = verified(resealed(files, room))
        assert code == 1 and "a key that was revoked before it was collected" in said


def test_a_pack_says_what_is_on_record_or_is_not_made(opened):
    room = opened()
    run(room.scene, room.store, only=lambda check: check.id == "policies-sound")
    with pytest.raises(ControlsError, match="Nothing has been evaluated yet"):
        build(room.scene, room.store)
    run(room.scene, room.store)
    build(room.scene, room.store)
    for name in [name for name in room.store.place.names() if name.endswith(".note")]:
        room.store.place.put(name, b"broken\n")
    with pytest.raises(ControlsError, match="in the last evaluation"):
        build(room.scene, room.store)


def test_an_edited_record_is_a_fault_even_under_a_new_manifest(pack, room, verified):
    import base64

    files = unzip(pack)
    chunk = min(name for name in files if name.startswith("ledger/records/"))
    lines = files[chunk].decode().splitlines()
    entry = json.loads(lines[0])
    raw = base64.b64decode(entry["raw"]).replace(b"system:", b"sYstem:")
    assert raw != base64.b64decode(entry["raw"])
    lines[0] = json.dumps({"index": entry["index"], "raw": base64.b64encode(raw).decode()})
    files[chunk] = ("\n".join(lines) + "\n").encode()
    code, said = verified(resealed(files, room))
    assert code == 1 and f"Record {entry['index']} does not lead to the signed root." in said


def test_another_key_is_a_fault(pack, room, key, verified):
    forger = FileSigner.generate(room.scene.ledger.origin)
    code, said = verified(resealed(unzip(pack), room, forger))
    assert code == 1 and "by none of the keys" in said
    files = unzip(pack)
    files["keys.txt"] += f"{forger.vkey}\n".encode()
    code, said = verified(resealed(files, room, forger), key)
    assert code == 1 and "by none of the keys" in said
    code, said = verified(pack, str(forger.vkey))
    assert code == 1 and "not among the keys" in said


@pytest.mark.parametrize("size", [0, 10, 5_000, -1, -30])
def test_a_truncated_zip_is_a_fault(pack, size, verified):
    code, said = verified(pack[:size])
    assert code == 1 and ("cannot be read as a zip" in said or "signature of the whole file" in said)


@pytest.mark.slow
def test_one_bit_changed_anywhere_in_the_zip_is_a_fault_also_outside_of_its_files(pack, verified):
    """Dates, attributes, offsets, the padding of compressed data: a zip has bytes that are in no file."""
    from random import Random

    draw = Random(42)
    last = len(pack) - 1
    for position in [draw.randint(0, last) for _ in range(25)] + [draw.randint(last - 15_000, last) for _ in range(25)]:
        changed = bytearray(pack)
        changed[position] ^= 1 << draw.randrange(8)
        assert verified(bytes(changed))[0] == 1, position
    for whole in (pack + b"x", b"x" + pack):
        assert verified(whole)[0] == 1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_a_fault(pack, verified):
    files = unzip(pack)
    code, said = verified(rezip([*files.items(), ("status.json", files["status.json"])]))
    assert (code, said) == (1, "FAULT: The zip has two entries of the name status.json.\n")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:evil", "a\\evil", "a//b"])
def test_a_name_that_leaves_the_folder_is_a_fault(pack, name, verified):
    code, said = verified(rezip([*unzip(pack).items(), (name, b"x")]))
    assert code == 1 and "unsafe name" in said


def test_a_period_limits_the_extract_but_not_what_statuses_rest_on(room, pack, key, verified):
    room.scene.ledger.flush()
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    later = build(room.scene, room.store, tomorrow, None)
    whole, part = (len(records_of(data)) for data in (pack, later))
    assert 0 < part < whole
    assert verified(later, key)[0] == 0
    assert build(room.scene, room.store, date(2020, 1, 1), tomorrow) == pack


def test_what_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    for out in (tmp_path, tmp_path / "none" / "pack.zip"):
        with pytest.raises(ControlsError, match="cannot be written"):
            writable(out)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ControlsError, match="No space left"), writing(tmp_path / "pack.zip") as file:
        file.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_is_wrong_before_it_does_anything(tmp_path):
    out = tmp_path / "pack.zip"
    words = ["controls", "pack", "--out", str(out), "--from", "2026-02-01", "--to", "2026-01-01"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0 and "is after" in str(done.exception) and not out.exists()


def test_a_ledger_that_does_not_verify_is_not_packed(opened):
    room = opened()
    run(room.scene, room.store, only=lambda check: check.id == "provider-retention")
    room.scene.ledger.flush()
    [segment] = (room.scene.ledger.path / "segments").iterdir()
    data = segment.read_bytes()
    segment.write_bytes(data.replace(b"system:controls", b"system:c0ntrols", 1))
    try:
        with pytest.raises(ControlsError, match="does not verify, so nothing was packed"):
            build(room.scene, room.store)
    finally:
        segment.write_bytes(data + segment.read_bytes()[len(data) :])


@pytest.mark.slow
def test_after_questions_the_command_packs_and_packs_the_same_again(tmp_path, monkeypatch):
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    runner = CliRunner()
    assert runner.invoke(app, ["ask", "Which buckets are public?"]).exit_code == 0
    first, again = tmp_path / "first.zip", tmp_path / "again.zip"
    done = runner.invoke(app, ["controls", "pack", "--out", str(first), "--json"])
    assert done.exit_code == 0, done.output
    assert runner.invoke(app, ["controls", "pack", "--out", str(again), "--stored"]).exit_code == 0
    assert first.read_bytes() == again.read_bytes()
    (tmp_path / "verify.py").write_bytes(unzip(first.read_bytes())["verify.py"])
    words = [sys.executable, "-I", "verify.py", "first.zip", "--key", json.loads(done.stdout)["key"]]
    assert subprocess.run(words, cwd=tmp_path, check=False).returncode == 0
