"""Masking: what must never be kept or leave, and what looks like it and must stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.guardrails import assess_question, clean_and_mask
from policies.guardrails.masking import mask


@pytest.mark.parametrize(
    ("text", "kind", "gone"),
    [
        ("pay NL91 ABNA 0417 1643 00 now", "IBAN", "0417"),
        ("BSN: 111222333", "BSN", "111222333"),
        ("burgerservicenummer van de speler 123456782", "BSN", "123456782"),
        ("card 4111 1111 1111 1111", "CARD NUMBER", "1111"),
        ("mail j.devries@lantern.example", "E-MAIL", "j.devries"),
        ("AKIAIOSFODNN7EXAMPLE", "ACCESS KEY", "IOSFODNN"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS SECRET KEY", "wJalr"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "PRIVATE KEY", "MIIE"),
        ("xoxb-123456789012-abcdefghijkl", "TOKEN", "abcdefghijkl"),
    ],
)
def test_secrets_and_identifiers_are_masked(text: str, kind: str, gone: str) -> None:
    masked, kinds = mask(text)
    assert kind in kinds
    assert gone not in masked


@pytest.mark.parametrize(
    "text",
    [
        "account 210000000567 spent USD 12,515.12",
        "BSN: 111222334",
        "order 123456782",
        "i-09f500000000000a1 and vpce-0d4a7e11",
        "2026-10-13 19:07:00 to 2026-10-13 19:52:00",
        "arn:aws:iam::210000000901:user/svc-legacy-export",
        "sha 3b1f0c7e3b1f0c7e3b1f0c7e3b1f0c7e3b1f0c7e",
        "card 4111 1111 1111 1112",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == (text, ())


def test_the_last_four_of_an_access_key_stay_readable() -> None:
    assert mask("key AKIAIOSFODNN7EXAMPLE")[0] == "key …MPLE"


def test_control_and_direction_characters_are_taken_out_of_what_the_estate_says() -> None:
    assert clean_and_mask("ab\x1b[31mc\u202ed\x00") == "abcd"


@given(st.text(max_size=300))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)[0]
    assert mask(once)[0] == once


@pytest.mark.parametrize(
    "text", ["0 " * 2000, "-----BEGIN PRIVATE KEY-----" + "-" * 3900, "a@" * 2000, "NL11 " + "A1B2 " * 700]
)
def test_regex_denial_of_service(text: str) -> None:
    started = time.perf_counter()
    assess_question(text[:4000])
    assert time.perf_counter() - started < 10, "a pattern backtracks without end; milliseconds are normal"
