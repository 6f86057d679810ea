"""A segment that its writer, or the next, takes back while somebody lists and reads: it held nothing; no damage."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, LedgerDamagedError, Note, Record, frames, segments, verify
from policies.audit.reader import Reader
from policies.audit.remote import Shipper
from policies.audit.stats import stats

ROOT = Path(__file__).parents[3]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 1)
    with Ledger.open(tmp_path / "ledger") as ledger:
        for number in range(512):
            ledger.append(Record(actor="system", body=Note(name=str(number))), wait=number % 256 == 255)
    (tmp_path / "ledger" / "segments" / f"{512:020}.seg").touch(0o600)
    return tmp_path / "ledger"


def at(site: Path, first: int) -> Path:
    return site / "segments" / f"{first:020}.seg"


def goes(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, gone: Path) -> None:
    """`gone` goes as soon as `name` of `where` is called with it, before that looks."""
    real = getattr(where, name)

    def call(path: Path, *more: Any) -> Any:
        if path == gone:
            path.unlink(missing_ok=True)
        return real(path, *more)

    monkeypatch.setattr(where, name, call)


MOMENTS: dict[str, tuple[Any, str]] = {"listed": (Path, "is_file"), "read": (segments, "read_regular")}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("size", [0, 100], ids=["empty", "torn"])
def test_what_was_begun_and_taken_back_meanwhile_is_no_damage(
    site: Path, monkeypatch: pytest.MonkeyPatch, moment: str, size: int
) -> None:
    looks: list[Callable[[], object]] = [
        lambda: len(list(Reader(site).read())),
        lambda: stats(site).records,
        lambda: next(one.size if one.code == 0 else one.reason for one in [verify(site)]),
        lambda: 512 if Reader(site).checkpoint() else 0,
    ]
    for look in looks:
        at(site, 512).write_bytes(frames.frame(frames.HEADER, b"x" * 200)[:size])
        with monkeypatch.context() as patched:
            goes(patched, *MOMENTS[moment], at(site, 512))
            assert look() == 512
        assert not at(site, 512).exists()


def test_a_shipper_goes_on_without_it(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bucket(dict[str, bytes]):
        def put_new(self, key: str, data: bytes) -> bool:
            return self.setdefault(key, data) is data

        def keys(self, prefix: str) -> Any:  # type: ignore[override]
            return (key for key in self if key.startswith(prefix))

    bucket: Any = Bucket()
    goes(monkeypatch, segments, "read_regular", at(site, 512))
    assert Shipper(site, bucket).ship() == sum(path.stat().st_size for path in (at(site, 0), at(site, 256)))


def test_a_whole_one_that_vanishes_between_others_is_damage(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = at(site, 256).read_bytes()
    for look in (lambda: list(Reader(site).read()), lambda: stats(site)):
        goes(monkeypatch, segments, "read_regular", at(site, 256))
        with pytest.raises(LedgerDamagedError, match="cannot be read"):
            look()
        monkeypatch.undo()
        at(site, 256).write_bytes(kept)
    goes(monkeypatch, segments, "read_regular", at(site, 256))
    assert verify(site).code == 1


def test_a_last_one_with_known_records_that_vanishes_is_missed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(site, 512).unlink()
    goes(monkeypatch, segments, "read_regular", at(site, 256))
    verdict = verify(site)
    assert verdict.code == 1 and "512 were seen before" in verdict.reason


@pytest.mark.parametrize(("first", "code"), [(512, 0), (256, 1)])
def test_the_independent_verifier_says_the_same(
    site: Path, monkeypatch: pytest.MonkeyPatch, first: int, code: int
) -> None:
    spec = importlib.util.spec_from_file_location("independent", ROOT / "verify.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    real = module.open_regular

    def gone(path: str) -> Any:
        if path == str(at(site, first)):
            at(site, first).unlink()
        return real(path)

    monkeypatch.setattr(module, "open_regular", gone)
    head = next((site.parent / "anchors").glob("*.note"))
    given = ["--key", str(site.parent / "keys" / "ledger.vkey"), "--head", str(head)]
    assert module.main([str(site), *given]) == code
