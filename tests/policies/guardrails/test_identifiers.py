"""Identifiers with checksums, what must never be taken for one, and time that stays bounded whatever the text."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.guardrails import from_estate, local_guard
from policies.guardrails.definition import load
from policies.guardrails.local import denied_topic
from policies.guardrails.masking import mask, rules_for
from policies.guardrails.orders import orders_in
from policies.guardrails.patterns import _faults, _parsed


def eleven_proof(digits: str) -> bool:
    """The checksum in the plainest words, sharing no code with the guard."""
    return (
        len(digits) == 9
        and digits != "0" * 9
        and (sum((9 - at) * int(digits[at]) for at in range(8)) - int(digits[8])) % 11 == 0
    )


@given(
    st.integers(10_000_000, 999_999_999),
    st.sampled_from(["BSN: {}", "bsn {} klopt", "({} is het BSN)", "burgerservicenummer {}"]),
)
def test_a_bsn_is_masked_with_context_and_checksum_only(number: int, around: str) -> None:
    digits = f"{number:09d}"
    masked, kinds = mask(around.format(digits))
    assert (digits not in masked) == eleven_proof(digits)
    assert ("BSN" in kinds) == eleven_proof(digits)
    assert digits in mask(f"order {digits} of today")[0], "without context it is a number"


@pytest.mark.parametrize(
    "text",
    [
        "BSN 111222333",
        "bsn-nummer: 111.222.333",
        "BSN\t111 222 333",
        "Burgerservicenummer van de gast is 123456782",
        "111222333 (BSN)",
        "sofinummer 123456782",
        "BSN111222333",
        "{'bsn': '111222333'}",
        "bsn=111222333&x=1",
    ],
)
def test_a_bsn_is_found_however_it_is_written(text: str) -> None:
    assert not re.search(r"111.?222.?333|123456782", mask(text)[0])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call +31 6 12345678 now", "PHONE"),
        ("tel:+31612345678", "PHONE"),
        ("DE89 3704 0044 0532 0130 00", "IBAN"),
        ("PT50 0002 0123 1234 5678 9015 4", "IBAN"),
        ("player-id: 88421907", "PLAYER ID"),
        ("speler nr = 88421907", "PLAYER ID"),
        ("PLR-0012345", "PLAYER ID"),
    ],
)
def test_other_identifiers_are_masked(text: str, kind: str) -> None:
    masked, kinds = mask(text)
    assert kind in kinds
    assert f"[{kind}]" in masked


@pytest.mark.parametrize(
    "text",
    ["NL00ABNA0417164300", "NL91ABNA04171643001", "GB82 WEST 1234 5698 7654 33", "+31 20 1", "+1,234,567.89 USD"],
)
def test_what_fails_its_checksum_or_plan_stays(text: str) -> None:
    assert mask(text) == (text, ())


HEX, DIGITS = "0123456789abcdef", "0123456789"
IDS: dict[str, st.SearchStrategy[str]] = {
    "account ids": st.text(DIGITS, min_size=12, max_size=12),
    "request ids": st.uuids().map(str),
    "hashes": st.sampled_from([32, 40, 64]).flatmap(lambda n: st.text(HEX, min_size=n, max_size=n)),
    "upper-case hashes": st.text(HEX.upper(), min_size=40, max_size=40),
    "amounts": st.decimals(-(10**9), 10**9, places=2, allow_nan=False).map(lambda value: f"USD {value:,.2f}"),
    "dates": st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    "instances": st.text(HEX, min_size=17, max_size=17).map(lambda text: f"i-{text}"),
    "volumes": st.text(HEX, min_size=17, max_size=17).map(lambda text: f"vol-{text} and sg-{text[:8]}"),
    "record numbers": st.integers(0, 10**10).map(lambda number: f"records {number} to {number + 11}"),
    "percentages": st.decimals(-999, 999, places=2).map(lambda value: f"{value} %"),
    "roles": st.text(DIGITS, min_size=12, max_size=12).map(lambda n: f"arn:aws:iam::{n}:role/service-role/{n}"),
    "epoch": st.integers(10**12, 2 * 10**12).map(str),
    "addresses": st.ip_addresses().map(str),
}


@pytest.mark.parametrize("kind", IDS)
@given(data=st.data())
@settings(max_examples=60)
def test_what_aws_numbers_things_with_is_never_masked(kind: str, data: Any) -> None:
    text = data.draw(IDS[kind])
    for around in ("{}", "in {} since today", "id={} account {}"):
        whole = around.format(text, text)
        assert mask(whole) == (whole, ())
        assert from_estate(whole) == whole


LONG = 100_000
NASTY = {
    "spaces": " ",
    "one letter": "a",
    "digits": "1",
    "spaced digits": "1 ",
    "plus and digits": "+1 ",
    "dashes": "-",
    "key blocks": "-----BEGIN PRIVATE KEY-----",
    "at signs": "a@a.",
    "IBAN starts": "NL91 ABNA ",
    "BSN words": "bsn ",
    "BSN almost": "bsn 11122233 ",
    "token starts": "eyJhbGci.",
    "names of secrets": "secret.token.password=",
    "labels": "aws_secret_access_key ",
    "schemes": "://a:",
    "orders almost": "ignore your previous ",
    "tell": "show the ",
    "base64": "QUJD",
    "hex": "4142",
    "quotes": "\"'",
    "brackets": "[[f1",
    "markup": "<|",
    "bars": "a | b | ignore all\n",
    "spelled out": "i g n o r e ",
    "accents": "é",
    "zero width": "a\u200b",
    "emoji": "👩\u200d",
    "escape": "\x1b[",
    "lookalikes": "аеорс",
}


@pytest.mark.parametrize("name", NASTY)
def test_no_text_of_100_kb_takes_long(name: str) -> None:
    text = (NASTY[name] * LONG)[:LONG]
    started = time.process_time()
    local_guard().assess(text, "tool_result")
    orders_in.__wrapped__(text)
    assert time.process_time() - started < 8, "a pattern's time grows faster than the text; under a second is normal"


@pytest.mark.parametrize("name", NASTY)
def test_no_question_of_the_longest_kind_takes_long(name: str) -> None:
    started = time.process_time()
    denied_topic((NASTY[name] * 4000)[:4000], load())
    assert time.process_time() - started < 3


def test_every_pattern_of_the_guard_has_an_end() -> None:
    for direction in ("input", "output"):
        for rule, _ in rules_for(load(), direction):  # type: ignore[arg-type]
            endless = [what for many, what in _faults(_parsed(rule.pattern.pattern), 1) if many and "within" in what]
            assert endless == [], rule.pattern.pattern
