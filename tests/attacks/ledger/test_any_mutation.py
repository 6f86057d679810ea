"""Any single change of the ledger's files is noticed, or leaves the same records and the same root."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_site import VERIFY_PY, Site, build, leaves_of

from policies.audit.note import Checkpoint, VerifierKey
from policies.audit.verifying import verify


def _verify_py() -> ModuleType:
    """verify.py as a module, so that thousands of mutations need no process each."""
    spec = importlib.util.spec_from_file_location("verify_standalone", VERIFY_PY)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


alone = _verify_py()


def both(site: Site, tmp: Path) -> tuple[int, int]:
    keys, head = [VerifierKey.parse(site.key)], Checkpoint.parse(site.head)
    ours = verify(site.ledger, keys, head, home=tmp / "none", remember=False).code
    run = alone.Verifier(str(site.ledger), [alone.Key(site.key)], [alone.Checkpoint(site.head)])
    try:
        run.run()
    except (alone.Tampered, OSError):
        return ours, 1
    return ours, run.outcome()[0]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("small") / "home", questions=2)


def files(site: Site) -> list[Path]:
    return sorted(path for path in site.ledger.rglob("*") if path.is_file())


def judge_mutation(site: Site, path: Path, changed: bytes) -> None:
    original = path.read_bytes()
    before = leaves_of(site)
    path.write_bytes(changed)
    try:
        codes = both(site, site.home)
        if codes != (1, 1):
            same = changed == original or (2 in codes and 0 not in codes)
            assert same or leaves_of(site) == before, f"{path.name}: {codes}"
            assert changed == original or codes != (0, 0), f"{path.name} changed and nobody noticed"
    finally:
        path.write_bytes(original)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_random_mutation_is_noticed(small: Site, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(files(small)))
    raw = path.read_bytes()
    at = data.draw(st.integers(0, len(raw) - 1))
    kind = data.draw(st.sampled_from(["flip", "insert", "delete", "cut", "copy"]))
    end = data.draw(st.integers(at, len(raw)))
    changed = {
        "flip": raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :],
        "insert": raw[:at] + data.draw(st.binary(min_size=1, max_size=40)) + raw[at:],
        "delete": raw[:at] + raw[end:],
        "cut": raw[:at],
        "copy": raw[:end] + raw[at:],
    }[kind]
    judge_mutation(small, path, changed)


@pytest.mark.slow
def test_every_byte_of_every_file_in_turn(small: Site) -> None:
    for path in files(small):
        raw = path.read_bytes()
        for at in range(len(raw)):
            judge_mutation(small, path, raw[:at] + bytes([raw[at] ^ (1 << at % 8)]) + raw[at + 1 :])


def all_three(site: Site) -> tuple[int, int, int]:
    """The library, the CLI and verify.py."""
    return (*both(site, site.home), site.judge_cli())


def test_the_command_line_notices_a_byte_flip_anywhere(small: Site) -> None:
    """A sample of the flips that the other judges see all of: every 97th byte of every file."""
    for path in files(small):
        raw = path.read_bytes()
        for at in range(0, len(raw), 97):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ (1 << at % 8)]) + raw[at + 1 :])
            # 2 only in the very last batch, which a crash could have torn as well
            assert small.judge_cli() == both(small, small.home)[0] != 0, f"{path.name} at {at}"
        path.write_bytes(raw)
    assert small.judge_cli() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_command_line_notices_a_random_mutation(small: Site, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(files(small)))
    raw = path.read_bytes()
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = data.draw(
        st.sampled_from([raw[:at], raw[:at] + b"x" + raw[at:], raw[:at] + raw[at + 1 :], raw + raw[at:]])
    )
    path.write_bytes(changed)
    try:
        assert changed == raw or small.judge_cli() != 0
    finally:
        path.write_bytes(raw)


def test_segments_swapped_or_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from policies.audit import frames

    monkeypatch.setattr(frames, "SEGMENT_BYTES", 60_000)
    site = build(tmp_path / "home", questions=160)
    assert all_three(site) == (0, 0, 0)
    first, second, *_ = sorted((site.ledger / "segments").iterdir())
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert all_three(site) == (1, 1, 1), "swapped"
    first.write_bytes(one)
    second.rename(second.with_name(f"{512 * 3:020}.seg"))
    assert all_three(site) == (1, 1, 1), "renamed"
