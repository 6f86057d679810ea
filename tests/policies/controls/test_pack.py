"""The evidence pack: it verifies away from us, the same state gives the same bytes, and every attack is named."""

from __future__ import annotations

import hashlib
import io
import json
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
from policies.controls.errors import ControlsError
from policies.controls.pack import verify_pack
from policies.controls.pack.archive import encode, seal, writable, write
from policies.controls.pack.build import build
from policies.controls.run import run


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


def unzip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


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
    return seal(kept, room.scene.ledger.origin, signer or room.scene.ledger.signer)


def test_a_fresh_installation_packs_and_the_shipped_verifier_says_so_alone(pack, key, tmp_path):
    (tmp_path / "pack.zip").write_bytes(pack)
    (tmp_path / "verify.py").write_bytes(unzip(pack)["verify.py"])
    words = [sys.executable, "-I", "verify.py", "pack.zip", "--key", key]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("VERIFIED")


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
    assert (
        code == 1 and "is of another snapshot" in said and f"No record of the ledger names the snapshot {sha}" in said
    )


def test_an_edited_status_is_a_fault(pack, room, verified):
    files = unzip(pack)
    edited = json.loads(files["status.json"])
    edited["controls"][0] |= {"status": "evidenced", "evidence": ["a" * 64]}
    files["status.json"] = encode(edited)
    assert verified(rezip(files.items())) == (1, "FAULT: status.json is not the file that the manifest names.\n" + (
        f"FAULT: {edited['controls'][0]['id']} rests on {'a' * 64}, which is not in the pack.\n"
    ))  # fmt: skip
    assert verified(resealed(files, room))[0] == 1


def test_an_edited_record_is_a_fault_even_under_a_new_manifest(pack, room, verified):
    import base64

    files = unzip(pack)
    lines = files["ledger/records.jsonl"].decode().splitlines()
    entry = json.loads(lines[0])
    raw = base64.b64decode(entry["raw"]).replace(b"system:", b"sYstem:")
    assert raw != base64.b64decode(entry["raw"])
    lines[0] = json.dumps({"index": entry["index"], "raw": base64.b64encode(raw).decode()})
    files["ledger/records.jsonl"] = ("\n".join(lines) + "\n").encode()
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
    assert code == 1 and "FAULT: The pack cannot be read as a zip" in said


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
    whole, part = (len(unzip(data)["ledger/records.jsonl"].splitlines()) for data in (pack, later))
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
    with pytest.raises(ControlsError, match="No space left"):
        write(tmp_path / "pack.zip", b"x")
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
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
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
