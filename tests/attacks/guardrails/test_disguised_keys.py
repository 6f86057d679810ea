"""Keys and tokens in a disguise that a person, or a decoder, takes off at once: none enters a record or leaves."""

from __future__ import annotations

import base64
import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.guardrails import assess_question, clean_and_mask, from_estate, local_guard

KEY = "AKIAIOSFODNN7EXAMPLE"
SESSION = "ASIAY34FZKBOKMUTVV7A"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HEAD, BODY, SIGNATURE = "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "dozjgNryP4J3jVmNHl0w5N"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


DISGUISES: dict[str, tuple[str, tuple[str, ...]]] = {
    "glued to letters before": (f"key{KEY}", ("IOSF",)),
    "glued to a letter behind": (f"{KEY}x", ("IOSF",)),
    "glued to capitals on both sides": (f"X{SESSION}Y", ("Y34F",)),
    "Cyrillic first letter": (f"\u0410{KEY[1:]}", ("IOSF",)),
    "Greek and Cyrillic letters": ("\u0391\u041a\u0399\u0391I\u041eSF\u041eDNN7EXAMPLE", ("NN7E",)),
    "accents on letters": ("\u00c1KIA\u00cdOSFODNN7EXAMPLE", ("OSFO",)),
    "look-alikes in a session key": ("\u0410SI\u0410Y34FZKBOKMUTVV7A", ("Y34F",)),
    "line break": ("AKIAIOSF\nODNN7EXAMPLE", ("IOSF", "ODNN")),
    "line break in a quotation": ("> AKIAIOSF\n> ODNN7EXAMPLE", ("IOSF", "ODNN")),
    "dashes": ("AKIA-IOSF-ODNN-7EXA-MPLE", ("IOSF", "ODNN")),
    "long dashes": ("AKIA\u2013IOSF\u2013ODNN\u20137EXA\u2013MPLE", ("IOSF", "ODNN")),
    "single spaces": ("AKIA IOSF ODNN 7EXA MPLE", ("IOSF", "ODNN")),
    "spelled out": (" ".join(KEY), ("I O S F",)),
    "session key with spaces": ("ASIA Y34F ZKBO KMUT VV7A", ("Y34F", "ZKBO")),
    "Markdown bold": ("AKIA**IOSFODNN7**EXAMPLE", ("IOSF",)),
    "Markdown code": ("`AKIA``IOSFODNN7``EXAMPLE`", ("IOSF",)),
    "HTML tags": ("AKIA<b>IOSFODNN7</b>EXAMPLE", ("IOSF",)),
    "base64 of a key id": (b64(KEY), (b64(KEY)[4:20],)),
    "base64 of a sentence with a key id": (b64(f"the key is {KEY}, keep it"), (b64(f"the key is {KEY}")[20:40],)),
    "base64 glued to a word": (f"key{b64(KEY)}", (b64(KEY)[4:20],)),
    "base64 twice": (b64(b64(KEY)), (b64(b64(KEY))[4:30],)),
    "base64 of a named secret key": (
        b64(f"aws_secret_access_key={SECRET}"),
        (b64(f"aws_secret_access_key={SECRET}")[32:64],),
    ),
    "hex": (KEY.encode().hex(), (KEY.encode().hex()[8:30],)),
    "percent escapes": ("".join(f"%{ord(c):02X}" for c in KEY), ("%49%4F%53",)),
    "HTML escapes": ("".join(f"&#{ord(c)};" for c in KEY), ("&#79;&#83;",)),
    "backwards": (KEY[::-1], ("DOFSOI",)),
    "web token with spaces": (f"{HEAD}. {BODY}. {SIGNATURE}", ("eyJ", SIGNATURE)),
    "web token over lines": (f"{HEAD}.\n{BODY}.\n{SIGNATURE}", ("eyJ", SIGNATURE)),
}


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("around", ["{}", "The key is {} as of today.", "Spend was [[f1]].\n{}\nThat is all."])
def test_a_disguised_secret_leaves_nowhere(name: str, around: str) -> None:
    text, gone = DISGUISES[name]
    whole = around.format(text)
    answer = local_guard().assess(whole, "answer")
    assert answer.outcome in ("masked", "blocked")
    for left in (clean_and_mask(whole), answer.text, assess_question(whole).text, from_estate(whole)):
        assert [mark for mark in gone if mark in left] == []
    once = clean_and_mask(whole)
    assert clean_and_mask(once) == once
    assert around == "{}" or re.search(r"as of today|That is all", once), "only the disguised run goes"


@given(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=15, max_size=15),
    st.sampled_from(["AKIA", "ASIA"]),
    st.sampled_from(["", "-", " ", "**", "\n", "_"]),
    st.integers(1, 18),
)
def test_any_key_id_is_found_through_breaks(rest: str, start: str, between: str, size: int) -> None:
    key = f"{start}7{rest}"
    groups = [key[at : at + size] for at in range(0, len(key), size)]
    mixed = any(not group.isalpha() and not group.isdigit() for group in groups)
    assume(start == "AKIA" or size == 1 or not between or mixed)  # ASIA is a word: its groups must look drawn
    left = clean_and_mask(f"see {between.join(groups)} there")
    assert key[4:] not in re.sub(r"[^A-Z0-9]", "", left)


@pytest.mark.parametrize(
    "text",
    [
        "ASIA PACIFIC SALES TEAM REPORT",
        "ASIA-PACIFIC-SALES-TEAM-2026-REPORT",
        "EUROPE AND AUSTRALASIA PACIFIC REGION COSTS",
        "AKIA is the start of a key id, ASIA of a session's",
        "arn:aws:iam::210000000901:user/AIDAIOSFODNN7EXAMPLE",
        "arn:aws:sts::210000000567:assumed-role/AROAIOSFODNN7EXAMPLE/session",
        "request 9F1C0E7A-3B1F-4C7E-8B1F-0C7E3B1F0C7E, host Ul9pbmZyYXN0cnVjdHVyZS1jb3N0cw==",
        b64("the quick brown fox jumps over the lazy dog"),
        b64('{"nextToken": "page-2", "account": "210000000567"}'),
        b"hello world, how are the costs?".hex(),
        "https://eu-west-1.console.aws.amazon.com/s3/buckets/a?prefix=a%2Fb%2Fc&region=eu-west-1&tab=objects",
        "\u0410\u0417\u0418\u042f \u0438 \u041c\u043e\u0441\u043a\u0432\u0430 2026",
        "\u0391\u03a3\u0399\u0391 \u03ba\u03b1\u03b9 \u0395\u03c5\u03c1\u03ce\u03c0\u03b7",
    ],
)
def test_what_only_resembles_a_disguised_key_stays(text: str) -> None:
    assert clean_and_mask(text) == unicodedata.normalize("NFC", text)
