"""Accounts from a file, and an organisation that could be read in part only."""

from __future__ import annotations

import pytest

from tests.homes import common_home
from tools.accounts_file import read_accounts
from tools.errors import AwsCallError, SettingsError
from tools.estates import open_sample
from tools.receipts import ReceiptFiles

SHOP = 'accounts:\n- {id: "123456789012", name: shop, tags: {venue: utrecht}, units: [Casinos]}\n'


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "accounts.yaml"
        file.write_text(text)
        return file

    return write


def test_accounts_of_a_file_have_their_tags_and_units(written):
    [account], whole = read_accounts(written(SHOP))
    assert (account.id, account.name, account.tags, account.units) == (
        "123456789012",
        "shop",
        {"venue": "utrecht"},
        ("Casinos",),
    )
    assert not whole


def test_only_a_file_that_says_so_is_the_whole_organisation(written):
    _, whole = read_accounts(written(SHOP + "whole_organisation: true\n"))
    assert whole


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("accounts: []", "accounts"),
        ("accounts:\n- {id: 123456789012, name: shop}", "id"),
        ('accounts:\n- {id: "12", name: shop}', "id"),
        (SHOP + SHOP.split("\n", 1)[1], "twice"),
        (SHOP + '- {id: "123456789013", name: SHOP}', "name shop is there twice"),
        ('accounts:\n- {id: "123456789012", name: shop, tags: {venu: utrecht}}', "the tag venu is not known"),
        ('accounts:\n- {id: "123456789012", name: shop, role: admin}', "role"),
        ("- just a list", "wrong"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_file_that_does_not_fit_says_where(written, text, says):
    with pytest.raises(SettingsError, match=says):
        read_accounts(written(text))


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read_accounts(tmp_path / "none.yaml")


def test_an_account_whose_tags_cannot_be_read_does_not_go_missing(tmp_path):
    # before, such accounts were left out of the directory without a word, and totals were short
    store = ReceiptFiles(tmp_path / "receipts", tmp_path / "receipts.key")
    with open_sample(common_home()) as estate:
        estate.server.fault(service="organizations", operation="ListTagsForResource", kind="denied", times=1)
        with pytest.raises(AwsCallError, match="1 of 14 places"):
            estate.directory(store)
        assert len(estate.directory(store).accounts) == 14, "and it is read again"
