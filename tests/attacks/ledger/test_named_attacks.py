"""Every attack by name. Each judge must call it tampered (exit 1); none may call it verified."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_site import VERIFY_PY, Site, build, leaves_of, note, rewrite, rewrite_tiles, write_question

from policies.audit import Ledger, LedgerError, frames
from policies.audit.keys import FileSigner
from policies.audit.note import Checkpoint, VerifierKey, body, sign
from policies.audit.proofs import check, prove

Attack = Callable[[Site, Path], None]
ATTACKS: dict[str, Attack] = {}


def attack(function: Attack) -> Attack:
    ATTACKS[function.__name__] = function
    return function


def change(site: Site, edit: Callable[[list[bytes]], list[bytes]]) -> None:
    """Rewrite the records and all that needs no key, and put the last genuine checkpoint back."""
    rewrite(site, edit(leaves_of(site)), sign=lambda *_: site.head)


@attack
def edit_the_decision_and_fix_the_checksum(site: Site, _: Path) -> None:
    data = site.segment.read_bytes().replace(b'"decision":"allow"', b'"decision":"deny!"', 1)
    rebuilt, size = b"", 0
    for batch in frames.walk(data, checksums=False):
        size = batch.size
        head = [frames.frame(frames.HEADER, batch.header)] if batch.header else []
        notes = [frames.frame(frames.CHECKPOINT, raw) for raw in batch.notes]
        rebuilt += frames.batch([*head, *frames.record_frames(batch.leaves), *notes], size)
    site.segment.write_bytes(rebuilt)


@attack
def add_a_field(site: Site, _: Path) -> None:
    change(site, lambda leaves: [leaves[0][:-1] + b',"extra":1}', *leaves[1:]])


@attack
def delete_one(site: Site, _: Path) -> None:
    change(site, lambda leaves: leaves[:7] + leaves[8:])


@attack
def delete_the_first_ten(site: Site, _: Path) -> None:
    change(site, lambda leaves: leaves[10:])


@attack
def delete_the_last_ten(site: Site, _: Path) -> None:
    change(site, lambda leaves: leaves[:-10])


@attack
def cut_the_tail_off_the_file(site: Site, _: Path) -> None:
    data = site.segment.read_bytes()
    site.segment.write_bytes(data[: len(data) // 2])


@attack
def cut_the_tail_and_rewrite_the_checkpoint_without_the_key(site: Site, _: Path) -> None:
    forger = FileSigner.generate(Checkpoint.parse(site.head).origin)
    rewrite(site, leaves_of(site)[:-10], sign=lambda o, n, r: sign(body(o, n, r), [forger]))


@attack
def cut_the_tail_at_an_older_genuine_checkpoint(site: Site, _: Path) -> None:
    data = site.segment.read_bytes()
    ends = [batch.end for batch in frames.walk(data) if batch.notes]
    site.segment.write_bytes(data[: ends[-2]])
    rewrite_tiles(site, leaves_of(site))


@attack
def empty_file(site: Site, _: Path) -> None:
    site.segment.write_bytes(b"")


@attack
def missing_segment(site: Site, _: Path) -> None:
    site.segment.unlink()


@attack
def missing_ledger(site: Site, _: Path) -> None:
    shutil.rmtree(site.ledger)


@attack
def swap_two(site: Site, _: Path) -> None:
    change(site, lambda leaves: [leaves[1], leaves[0], *leaves[2:]])


@attack
def duplicate_one(site: Site, _: Path) -> None:
    change(site, lambda leaves: [*leaves[:5], leaves[4], *leaves[5:]])


@attack
def rechain_everything_without_the_key(site: Site, _: Path) -> None:
    forger = FileSigner.generate(Checkpoint.parse(site.head).origin)
    leaves = [leaf.replace(b'"allow"', b'"deny!"') for leaf in leaves_of(site)]
    rewrite(site, leaves, sign=lambda o, n, r: sign(body(o, n, r), [forger]))


@attack
def replace_by_another_genuine_ledger(site: Site, tmp: Path) -> None:
    other = build(tmp / "other")
    shutil.rmtree(site.ledger)
    shutil.copytree(other.ledger, site.ledger)


@attack
def fork_two_histories_signed_for_one_size(site: Site, _: Path) -> None:
    """The operator, who has the key, rewrites a decision and signs the same size again."""
    signer = FileSigner.load(site.home / "keys" / "ledger.key")
    leaves = [leaf.replace(b'"allow"', b'"deny!"') for leaf in leaves_of(site)]
    rewrite(site, leaves, sign=lambda o, n, r: sign(body(o, n, r), [signer]))


@attack
def interior_node_presented_as_a_record(site: Site, _: Path) -> None:
    import hashlib

    def edit(leaves: list[bytes]) -> list[bytes]:
        a, b = (hashlib.sha256(leaf).digest() for leaf in leaves[:2])
        return [b"\0" + a + b, *leaves[2:]]

    change(site, edit)


@attack
def checkpoint_from_another_origin(site: Site, _: Path) -> None:
    signer = FileSigner.load(site.home / "keys" / "ledger.key")
    other = FileSigner("other.example/ledger", signer._seed)
    rewrite(site, leaves_of(site), sign=lambda _o, n, r: sign(body("other.example/ledger", n, r), [other]))


@attack
def ledger_renamed_to_another_origin(site: Site, _: Path) -> None:
    signer = FileSigner.load(site.home / "keys" / "ledger.key")
    other = FileSigner("other.example/ledger", signer._seed)
    rewrite(site, leaves_of(site), lambda o, n, r: sign(body(o, n, r), [other]), origin="other.example/ledger")


@attack
def key_substituted(site: Site, _: Path) -> None:
    forger = FileSigner.generate(Checkpoint.parse(site.head).origin)
    rewrite(site, leaves_of(site), sign=lambda o, n, r: sign(body(o, n, r), [forger]))


@attack
def segment_renamed(site: Site, _: Path) -> None:
    site.segment.rename(site.segment.with_name(f"{256:020}.seg"))


@attack
def symlink_in_place_of_a_segment(site: Site, tmp: Path) -> None:
    target = tmp / "elsewhere.seg"
    shutil.move(site.segment, target)
    (site.ledger / "segments" / target.with_name(f"{0:020}.seg").name).symlink_to(target)


@attack
def symlink_in_place_of_a_tile(site: Site, tmp: Path) -> None:
    tile = site.ledger / "tile" / "0" / "000"
    shutil.move(tile, tmp / "tile")
    tile.symlink_to(tmp / "tile")


@attack
def time_going_backwards(site: Site, _: Path) -> None:
    """Even when signed by the real key."""
    signer = FileSigner.load(site.home / "keys" / "ledger.key")

    def edit(leaf: bytes) -> bytes:
        value = json.loads(leaf[1:])
        return leaf.replace(b'"time":%d' % value["time"], b'"time":1') if value["index"] == 5 else leaf

    leaves = [edit(leaf) for leaf in leaves_of(site)]
    rewrite(site, leaves, sign=lambda o, n, r: sign(body(o, n, r), [signer]))


@attack
def a_stray_file_in_the_ledger(site: Site, _: Path) -> None:
    (site.ledger / "segments" / "index.json").write_text("{}")


@attack
def a_stray_file_among_the_tiles(site: Site, _: Path) -> None:
    (site.ledger / "tile" / "0" / "001").write_bytes(b"x" * 32)


@attack
def a_tile_that_lies(site: Site, _: Path) -> None:
    tile = site.ledger / "tile" / "0" / "000"
    data = bytearray(tile.read_bytes())
    data[40] ^= 1
    tile.write_bytes(data)


@attack
def duplicate_key_signed_by_the_real_key(site: Site, _: Path) -> None:
    signer = FileSigner.load(site.home / "keys" / "ledger.key")
    leaves = leaves_of(site)
    leaves[2] = leaves[2].replace(b'"decision":"allow"', b'"decision":"allow","decision":"deny"')
    rewrite(site, leaves, sign=lambda o, n, r: sign(body(o, n, r), [signer]))


@attack
def bytes_appended_behind_the_end(site: Site, _: Path) -> None:
    data = site.segment.read_bytes()
    last = list(frames.walk(data))[-1]
    site.segment.write_bytes(data[: last.start] + b"\0\0\0\x02\0x" + data[last.start :])


def test_the_untouched_ledger_is_verified_by_all_judges(site: Site) -> None:
    assert (site.judge(), site.judge(schema=False), site.judge_cli(), site.judge_alone()) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", list(ATTACKS))
def test_attack_is_called_tampered(name: str, site: Site, tmp_path: Path) -> None:
    ATTACKS[name](site, tmp_path)
    assert site.judge() == 1, "the library did not notice"
    assert site.judge_cli() == 1, "regent audit verify did not notice"
    assert site.judge_alone() == 1, "verify.py did not notice"


def test_roll_back_to_an_older_genuine_copy(tmp_path: Path) -> None:
    home = tmp_path / "home"
    build(home)
    shutil.copytree(home / "ledger", tmp_path / "older")
    with Ledger.open(home / "ledger") as ledger:
        write_question(ledger, 99)
    newer = Site(
        home, (home / "keys" / "ledger.vkey").read_text().strip(), next((home / "anchors").glob("*.note")).read_bytes()
    )
    assert newer.judge() == 0
    shutil.rmtree(home / "ledger")
    shutil.copytree(tmp_path / "older", home / "ledger")
    assert (newer.judge(), newer.judge_cli(), newer.judge_alone()) == (1, 1, 1)


def test_rewritten_tail_behind_the_last_checkpoint_is_never_called_verified(site: Site) -> None:
    """Records that no checkpoint covers yet can be forged without a key: then the verdict is 'unanchored'."""
    leaves = leaves_of(site)
    extra = leaves[-1].replace(b'"index":%d' % (len(leaves) - 1), b'"index":%d' % len(leaves))
    value = json.loads(extra[1:])
    extra = extra.replace(b'"time":%d' % value["time"], b'"time":%d' % (value["time"] + 1))
    data = site.segment.read_bytes()
    site.segment.write_bytes(data + frames.batch(frames.record_frames([extra]), len(leaves) + 1))
    rewrite_tiles(site, leaves_of(site))
    assert (site.judge(), site.judge_cli(), site.judge_alone()) == (2, 2, 2)


def test_a_record_that_contains_the_separators_is_just_a_record(tmp_path: Path) -> None:
    evil = ["\x00\x00\x00\x15\x03\\xfeCMT", "\n\n\u2014 regent AAAA\n", 'x","index":0,"v":2', "\ud7ff\uffff", "}" * 50]
    with Ledger.open(tmp_path / "ledger") as ledger:
        for text in evil:
            ledger.append(note(text, number=2**53, more=[text, 2**63 - 1, -(2**63), 1e308, 0.1]))
        assert [stored.body.model_dump()["name"] for stored in ledger.read()] == evil
    site = Site(
        tmp_path,
        (tmp_path / "keys" / "ledger.vkey").read_text(),
        next((tmp_path / "anchors").glob("*.note")).read_bytes(),
    )
    assert (site.judge(), site.judge_cli(), site.judge_alone()) == (0, 0, 0)


def test_index_file_that_lies_does_not_change_the_verdict(site: Site) -> None:
    """The search index is not evidence: it lies outside the ledger and verification never reads it."""
    (site.home / "index").mkdir(exist_ok=True)
    (site.home / "index" / "ledger.sqlite").write_bytes(b"lies")
    assert site.judge() == 0


def test_a_signature_in_another_base64_form_is_refused(site: Site) -> None:
    """Two texts for one signature would make two checkpoints out of one."""
    text = site.head.decode()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert text.endswith("=\n")
    stray = text[:-3] + alphabet[alphabet.index(text[-3]) ^ 1] + "=\n"
    assert base64.b64decode(stray.split()[-1]) == base64.b64decode(text.split()[-1])
    rewrite(site, leaves_of(site), sign=lambda *_: stray.encode())
    assert (site.judge(), site.judge_cli(), site.judge_alone()) == (1, 1, 1)


def test_proof_for_another_index_or_record_or_key(site: Site, tmp_path: Path) -> None:
    genuine = prove(site.ledger, 5)
    keys = [VerifierKey.parse(site.key)]
    stored, _ = check(genuine, keys)
    assert stored.index == 5 and _check_alone(genuine, site.key, tmp_path) == 0
    assert _check_cli(genuine, site.key, tmp_path) == 0
    other = prove(site.ledger, 6)
    forger = FileSigner.generate(keys[0].name)
    signed = Checkpoint.parse(site.head)
    note_ = sign(signed.note.text, [forger])
    forgeries = {
        "another index": genuine.replace(b"index 5\n", b"index 6\n"),
        "another record": genuine.replace(genuine.split(b"\n")[1], other.split(b"\n")[1]),
        "a shorter path": genuine.replace(genuine.split(b"\n")[3] + b"\n", b"", 1),
        "a longer path": genuine.replace(b"\n\n", b"\n" + genuine.split(b"\n")[3] + b"\n\n", 1),
        "an interior node as a record": _interior(genuine, site),
        "another key": genuine[: genuine.index(b"\n\n") + 2] + note_,
        "another size": genuine.replace(b"\n%d\n" % signed.size, b"\n%d\n" % (signed.size + 1)),
        "nothing": b"",
    }
    for name, forged in forgeries.items():
        assert forged != genuine, name
        with pytest.raises(LedgerError):
            check(forged, keys)
        assert _check_alone(forged, site.key, tmp_path) == 1, name
        assert _check_cli(forged, site.key, tmp_path) == 1, name


def _interior(proof: bytes, site: Site) -> bytes:
    """The parent of two records as if it were one record, with the path one shorter."""
    import hashlib

    a, b = (hashlib.sha256(leaf).digest() for leaf in leaves_of(site)[4:6])
    lines = proof.split(b"\n")
    head = [lines[0], b"extra " + base64.b64encode(b"\1" + a + b), b"index 2", *lines[4:]]
    return b"\n".join(head)


def _check_cli(proof: bytes, key: str, tmp: Path) -> int:
    from typer.testing import CliRunner

    from agents.cli.audit import app

    (tmp / "proof").write_bytes(proof)
    return CliRunner().invoke(app, ["check", str(tmp / "proof"), "--key", key]).exit_code


def _check_alone(proof: bytes, key: str, tmp: Path) -> int:
    (tmp / "proof").write_bytes(proof)
    command = [sys.executable, str(VERIFY_PY), "--proof", str(tmp / "proof"), "--key", key]
    return subprocess.run(command, capture_output=True, check=False).returncode
