"""The keys of persons where a store keeps them besides the disk, while several sessions make, fetch and forget them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policies.audit.errors import KeyFileError, RemoteError
from policies.audit.keystore import S3Keys
from policies.audit.vault import Vault


class Shelf:
    """A store of keys in memory; `meanwhile` happens once, after the next answer was made and before it is given."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.meanwhile: dict[str, Callable[[], object]] = {}

    def _happens(self, at: str) -> None:
        self.meanwhile.pop(at, lambda: None)()

    def get(self, name: str) -> bytes | None:
        data = self.kept.get(name)
        self._happens("get")
        return data

    def put_new(self, name: str, data: bytes) -> bool:
        return self.kept.setdefault(name, data) is data

    def names(self) -> Iterator[str]:
        found = list(self.kept)
        self._happens("names")
        return iter(found)

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_key_made_while_the_store_is_listed_stays(tmp_path: Path, shelf: Shelf) -> None:
    mine, other = (Vault(tmp_path / "subjects", store=shelf) for _ in range(2))
    mine.subject("anna")
    made = []
    shelf.meanwhile["names"] = lambda: made.append(other.seal(other.subject("bert"), "what bert said"))
    mine.pseudonyms("anna")
    [sealed] = made
    assert other.open(sealed) == (True, "what bert said"), "read as forgotten, although nobody forgot it"
    assert other.subject("bert").pseudonym == sealed["subject"], "and bert would get a second key"


def test_a_key_forgotten_while_it_is_fetched_does_not_come_back(tmp_path: Path, shelf: Shelf) -> None:
    elsewhere = Vault(tmp_path / "there" / "subjects", store=shelf)
    sealed = elsewhere.seal(elsewhere.subject("bert"), "what bert said")
    mine, other = (Vault(tmp_path / "here" / "subjects", store=shelf) for _ in range(2))
    mine.subject("anna")
    shelf.meanwhile["get"] = lambda: other.forget([sealed["subject"]])
    # `other` fetched it first, and so `mine` holds bytes of a key that is destroyed in the store and on this disk
    mine.pseudonyms("bert")
    for vault in (mine, other, Vault(tmp_path / "here" / "subjects", store=shelf)):
        assert vault.open(sealed) == (False, None)
    assert not list((tmp_path / "here" / "subjects").glob(f"{sealed['subject']}*"))


class Vanishing:
    """A bucket whose object is deleted after it was listed, or that cannot be read at all."""

    def __init__(self, deleted: bool) -> None:
        self.there, self.deleted = ["p-1.json"], deleted

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(self.there)

    def get(self, key: str) -> bytes:
        if self.deleted:
            self.there = []
        raise RemoteError("NoSuchKey")


def test_a_key_that_is_deleted_after_it_was_listed_is_gone_and_not_an_error() -> None:
    keys = S3Keys("s3://keys", client=None)
    keys._bucket = Vanishing(deleted=True)  # type: ignore[assignment]
    assert keys.get("p-1.json") is None
    keys._bucket = Vanishing(deleted=False)  # type: ignore[assignment]
    with pytest.raises(KeyFileError, match="NoSuchKey"):
        keys.get("p-1.json")
