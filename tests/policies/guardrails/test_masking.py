"""Masking: what must never be kept or leave, and what looks like it and must stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.guardrails import assess_question, clean, clean_and_mask, for_the_record, visible
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
    started = time.thread_time()
    assess_question(text[:4000])
    assert time.thread_time() - started < 10, "a pattern backtracks without end; milliseconds are normal"


AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (f"key {AWS_SECRET} leaked", "wJalr"),
        (AWS_SECRET, "wJalr"),
        ("is k7RzQ2mVx9TgLp4WnB8sYc1HdJ6fUe3AoN5iKqXt ours?", "k7RzQ"),
        (f"aws_secret_access_key {AWS_SECRET}", "wJalr"),
        (f"aws_secret_access_key\t=\t'{AWS_SECRET}'", "wJalr"),
        (f"AWS_SECRET_ACCESS_KEY={AWS_SECRET}", "wJalr"),
        (f"export KEY={AWS_SECRET};", "wJalr"),
        ("AKIA\u200bIOSFODNN7EXAMPLE", "IOSF"),
        ("AKIA\u2060IOSF\u00adODNN7\ufe0fEXAMPLE", "IOSF"),
        ("ＡＫＩＡＩＯＳＦＯＤＮＮ７ＥＸＡＭＰＬＥ", "ＩＯＳＦ"),
        ("𝖠𝖪𝖨𝖠𝖨𝖮𝖲𝖥𝖮𝖣𝖭𝖭𝟩𝖤𝖷𝖠𝖬𝖯𝖫𝖤", "IOSF"),
        ("AK\x1b[31mIAIOSFODNN7EXA\x1b[0mMPLE", "IOSF"),
        ("password=Hunter2Hunter2", "Hunter2"),
        ("passwd: x7", "x7"),
        ("the password is Hunter2Hunter2, right?", "Hunter2"),
        ('{"password": "correct horse battery"}', "horse"),
        ("DB_PASSWORD = s3cr3t!", "s3cr3t"),
        ("wachtwoord: geheim", "geheim"),
        ("token=abcdef", "abcdef"),
        ("secret=abcdef", "abcdef"),
        ("client_secret: a8f5f167f44f4964", "a8f5"),
        ("api_key=zzz", "zzz"),
        ("https://x.example/?access_token=abc", "abc"),
        ("postgres://admin:hunter2@db.example/prod", "hunter2"),
        ("Authorization: Bearer abcdefghij0123456789", "abcdefghij"),
        ("sk-ant-api03-AbCdEfGhIjKlMnOpQrStUv0123456789-AA", "AbCd"),
        ("sk-proj-AbCdEfGhIjKlMnOpQrStUv0123456789", "AbCd"),
        ("sk-AbCdEfGhIjKlMnOpQrStUv0123456789", "AbCd"),
        ("github_pat_11ABCDEFG0abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZ", "11ABC"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdef"),
        ("glpat-AbCdEfGhIjKlMnOpQrSt", "AbCd"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "dozj"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx", "eyJzd"),
        ("xoxp-1234567890-abcdefghij", "abcdef"),
        ("xapp-1-A0123456789-abcdefghij", "abcdef"),
    ],
)
def test_secrets_of_every_kind_are_masked(text: str, gone: str) -> None:
    assert gone not in clean_and_mask(text)
    assert gone not in assess_question(text).text


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:eu-west-1:210000000567:secret:prod/db-AbCdEf",
        "arn:aws:iam::210000000901:role/aws-service-role/AWSServiceRoleForAutoScaling",
        "arn:aws:ecs:eu-west-1:210000000567:task-definition/bet-settlement:42",
        "arn:aws:elasticloadbalancing:eu-west-1:210000000567:loadbalancer/app/bet-api/50dc6c495c0c9188",
        "i-0abc1234def567890, vpce-0d4a7e11, sg-0a1b2c3d, floor-ledger-rotterdam",
        "lantern-data-prod-eu-west-1-raw-events-archive-2026",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha1 DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        "secretsmanager:GetSecretValue and sts:GetSessionToken",
        "AWSServiceRoleForApplicationAutoScaling1",
        "DescribeReservedInstancesModificationsV20",
        "GetSavingsPlansPurchaseRecommendation2024x",
        "q-18f2a3b4c5d6e7f8-a1b2c3",
        "r-3b1f0c7e3b1f0c7e",
        "https://eu-west-1.console.aws.amazon.com/secretsmanager/secret?name=prod&region=eu-west-1",
        "https://eu-west-1.console.aws.amazon.com/rds/home?region=eu-west-1#database:id=floor-ledger",
        "2026-10-13T19:07:00Z",
        "What does the password policy require?",
        "Root password: who changed it?",
        "RequirePassword: true",
        "the secret: rotation is late",
        "Two topics, tokens: how many, and cost",
        "risk-sk-one and task-definitions",
        "café, naïve, São Paulo, €12,515.12, 10² m",
    ],
)
def test_names_digests_and_prose_are_not_masked(text: str) -> None:
    assert clean_and_mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Zoë em São Paulo",
        "كم أنفقنا الشهر الماضي؟",
        "می‌خواهم",
        "👩‍💻 🏳️‍🌈 👍🏽 ❤️ 🇳🇱",
        "क्‍ष",
        "…½²™",
        "12 345,67",
        "日本語",
    ],
)
def test_ordinary_text_is_not_changed_by_cleaning(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x1b[31;1mb\x1b[0mc", "abc"),
        ("a\x1b]0;a title\x07b", "ab"),
        ("a\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x9b31mb\x1b(Bc\x1bcd", "abcd"),
        ("a\ud800b\udcffc", "abc"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
    ],
)
def test_escape_sequences_go_whole(text: str, left: str) -> None:
    assert clean(text) == left


def test_half_a_key_is_never_kept_by_a_cut() -> None:
    for filler in range(440, 520):
        for text in ("x" * filler, "x " * (filler // 2), "\u200b" * 3900 + "x" * filler):
            kept = for_the_record(f"{text} AKIAIOSFODNN7EXAMPLE {AWS_SECRET} " + "y" * 5000)
            assert "AKIA" not in kept
            assert "wJalr" not in kept
            assert len(kept) <= 500
    keys = "AKIAIOSFODNN7EXAMPLE " * 400
    assert "AKIA" not in for_the_record(keys)
    assert "AKIA" not in for_the_record(keys.replace(" ", "\n"))


def test_what_is_visible_cannot_steer_a_terminal() -> None:
    assert visible("a\x1b[2J\x9b\u202e\ud800\nb\tc") == "a\\u001b[2J\\u009b\\u202e\\ud800\nb\tc"


@pytest.mark.parametrize(
    "text", ["\xff\xfe".encode("latin-1").decode(errors="replace"), "\udcff\udcfe", "\ufffd" * 400]
)
def test_bytes_that_are_no_text_are_blocked(text: str) -> None:
    assert assess_question(text).outcome == "blocked"


_PIECES = st.sampled_from(
    ["AKIAIOSFODNN7EXAMPLE", AWS_SECRET, "password", "secret", "token", "=", ": ", "[", "]", "…", '"', "'", " ", "\n"]
) | st.sampled_from(
    [
        "\x1b[31m",
        "\u200b",
        "\u200d",
        "👩",
        "é",
        "e\u0301",
        "//",
        "@",
        "eyJabcdefghijk.",
        "sk-",
        "Bearer ",
        "a1B2c3",
        "\ud800",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=8), max_size=30).map("".join))
def test_cleaning_and_masking_twice_is_doing_it_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    once = clean_and_mask(text)
    assert mask(once)[0] == once
    assert clean_and_mask(once) == once
    once.encode()
