"""Attacks on tokens, by name. The provider is a real HTTP server, the keys are real."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from policies.access import NotVerifiedError, Principal, UnknownPrincipalError
from policies.access.errors import PrincipalsError
from policies.access.identity import Call, Identity
from policies.access.jwks import LIFETIME, PAUSE, KeySet
from policies.access.principal import local_principal
from policies.access.sources import ClaimMapping, IdentitySettings, Issuer
from policies.access.tokens import Tokens
from tests.attacks.identity.issuing import AUDIENCE, Provider, provider

PEOPLE = """
principals:
  bram: {role: engineer, accounts: [online-prod], known_as: ["oidc:u-bram"]}
  local: {role: admin}
"""


@pytest.fixture(scope="module")
def serving() -> Iterator[Provider]:
    with provider() as held:
        yield held


@pytest.fixture
def idp(serving: Provider) -> Provider:
    serving.published, serving.asked, serving.broken, serving.slow = ["k1"], 0, False, 0.0
    return serving


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "principals.yaml"
    file.write_text(PEOPLE)
    return file


def verifier(idp: Provider, keys: KeySet | None = None, **more: Any) -> Tokens:
    return Tokens(Issuer(**{"issuer": idp.issuer, "audiences": (AUDIENCE,), **more}), keys)


def who(idp: Provider, people: Path, token: str, claims: ClaimMapping | None = None, **headers: str) -> Principal:
    oidc = Issuer(issuer=idp.issuer, audiences=(AUDIENCE,))
    identity = Identity(IdentitySettings(oidc=oidc, claims=claims or ClaimMapping()), people)
    return identity.of(Call({"Authorization": f"Bearer {token}", **headers}, {})).principal


def encoded(part: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")


def test_a_good_token_is_the_person_of_the_file(idp: Provider, people: Path) -> None:
    found = who(idp, people, idp.token())
    assert (found.id, found.role, found.accounts, found.assurance) == ("bram", "engineer", ("online-prod",), "oidc")


def test_alg_none(idp: Provider) -> None:
    for name in ("none", "None", "NONE", ""):
        bare = encoded({"alg": name, "kid": "k1", "typ": "JWT"}) + b"." + encoded(idp.claims()) + b"."
        with pytest.raises(NotVerifiedError):
            verifier(idp).claims(bare.decode())


def test_hs256_with_the_public_key_as_secret(idp: Provider) -> None:
    signed = encoded({"alg": "HS256", "kid": "k1", "typ": "JWT"}) + b"." + encoded(idp.claims())
    mac = hmac.new(idp.public_pem(), signed, hashlib.sha256).digest()
    forged = signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")
    with pytest.raises(NotVerifiedError, match="signed in a way"):
        verifier(idp).claims(forged.decode())
    with pytest.raises(ValidationError):
        Issuer(issuer=idp.issuer, audiences=(AUDIENCE,), algorithms=("HS256",))  # type: ignore[arg-type]


def test_another_algorithm_than_the_keys(idp: Provider) -> None:
    headers = {"kid": "k1"}
    token = jwt.encode(idp.claims(), idp.keys["k1"], algorithm="PS256", headers=headers)
    with pytest.raises(NotVerifiedError, match="another way"):
        verifier(idp, algorithms=("RS256", "PS256")).claims(token)


def test_expired_token(idp: Provider) -> None:
    now = int(time.time())
    with pytest.raises(NotVerifiedError, match="expired"):
        verifier(idp).claims(idp.token(iat=now - 900, nbf=now - 900, exp=now - 61))


def test_clock_skew_is_borne_up_to_the_leeway_and_no_further(idp: Provider) -> None:
    now = int(time.time())
    assert verifier(idp).claims(idp.token(iat=now - 600, nbf=now - 600, exp=now - 30))["sub"] == "u-bram"
    assert verifier(idp).claims(idp.token(iat=now + 30, nbf=now + 30))["sub"] == "u-bram"
    for ahead in ({"nbf": now + 120}, {"iat": now + 120}):
        with pytest.raises(NotVerifiedError):
            verifier(idp).claims(idp.token(**ahead))


def test_a_token_that_never_expires(idp: Provider) -> None:
    now = int(time.time())
    for lasting in ({"exp": None}, {"exp": now + 10 * 365 * 86_400}, {"iat": None}):
        with pytest.raises(NotVerifiedError):
            verifier(idp).claims(idp.token(**lasting))


@pytest.mark.parametrize("audience", ["somebody-else", ["a", "b"], None, "regent.evil", ""])
def test_wrong_audience(idp: Provider, audience: Any) -> None:
    with pytest.raises(NotVerifiedError):
        verifier(idp).claims(idp.token(aud=audience))


@pytest.mark.parametrize("issuer", ["https://evil.example", None, "http://127.0.0.1"])
def test_wrong_issuer(idp: Provider, issuer: Any) -> None:
    with pytest.raises(NotVerifiedError):
        verifier(idp).claims(idp.token(iss=issuer))


def test_wrong_client_where_tokens_have_no_audience(idp: Provider) -> None:
    ours = verifier(idp, audiences=(), clients=("app-1",))
    assert ours.claims(idp.token(aud=None, client_id="app-1"))["client_id"] == "app-1"
    for named in ({}, {"client_id": "app-2"}, {"client_id": "app-1", "azp": "app-2"}):
        with pytest.raises(NotVerifiedError, match="another client"):
            ours.claims(idp.token(aud=None, **named))
    with pytest.raises(ValidationError, match="any token of the issuer would do"):
        Issuer(issuer=idp.issuer)


def test_signed_by_somebody_else_under_a_known_key_id(idp: Provider) -> None:
    mallory = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(idp.claims(), mallory, algorithm="RS256", headers={"kid": "k1"})
    with pytest.raises(NotVerifiedError):
        verifier(idp).claims(forged)


def test_a_key_that_the_token_brings_itself(idp: Provider) -> None:
    mallory = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(mallory.public_key()))
    for brings in ({"jwk": own}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example"}):
        forged = jwt.encode(idp.claims(), mallory, algorithm="RS256", headers={"kid": "k1", **brings})
        with pytest.raises(NotVerifiedError):
            verifier(idp).claims(forged)


def test_changed_claims_under_a_good_signature(idp: Provider) -> None:
    head, _, signature = idp.token().split(".")
    forged = f"{head}.{encoded(idp.claims(sub='local')).decode()}.{signature}"
    with pytest.raises(NotVerifiedError):
        verifier(idp).claims(forged)


def test_unknown_key_id_and_key_ids_that_are_paths(idp: Provider) -> None:
    for kid in ("k9", "../../etc/passwd", "' or 1=1 --", ""):
        token = jwt.encode(idp.claims(), idp.keys["k1"], algorithm="RS256", headers={"kid": kid})
        with pytest.raises(NotVerifiedError):
            verifier(idp).claims(token)


def test_critical_headers_and_other_types_of_token(idp: Provider) -> None:
    for header in ({"crit": ["exp"]}, {"typ": "logout+jwt"}):
        with pytest.raises(NotVerifiedError):
            verifier(idp).claims(idp.token(headers=header))


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "x" * 20_000, "....", "e30.e30.e30", "\x00.\x00.\x00"])
def test_garbage(idp: Provider, text: str) -> None:
    with pytest.raises(NotVerifiedError):
        verifier(idp).claims(text)


def test_no_error_repeats_the_token(idp: Provider) -> None:
    now = int(time.time())
    for bad in (idp.token(aud="canary-x"), idp.token(iss="canary-x"), idp.token(exp=now - 900, iat=now - 999)):
        with pytest.raises(NotVerifiedError) as caught:
            verifier(idp).claims(bad)
        assert "canary" not in str(caught.value) and not any(part in str(caught.value) for part in bad.split("."))


def test_rotated_key(idp: Provider) -> None:
    now = [0.0]
    keys = KeySet(lambda: f"{idp.issuer}/keys", clock=lambda: now[0])
    ours = verifier(idp, keys)
    old = idp.token()
    ours.claims(old)
    idp.rotate("k2")
    now[0] += PAUSE
    assert ours.claims(idp.token("k2"))["sub"] == "u-bram", "a new key is found at once"
    with pytest.raises(NotVerifiedError, match="does not publish"):
        ours.claims(old)


def test_a_withdrawn_key_is_accepted_no_longer_than_the_lifetime(idp: Provider) -> None:
    now = [0.0]
    ours = verifier(idp, KeySet(lambda: f"{idp.issuer}/keys", clock=lambda: now[0]))
    token = idp.token()
    ours.claims(token)
    idp.published = []
    now[0] += LIFETIME + 1
    with pytest.raises(NotVerifiedError):
        ours.claims(token)


def test_keys_that_cannot_be_read_let_nobody_in(idp: Provider) -> None:
    now = [0.0]
    ours = verifier(idp, KeySet(lambda: f"{idp.issuer}/keys", clock=lambda: now[0]))
    token = idp.token()
    idp.broken = True
    with pytest.raises(NotVerifiedError):
        ours.claims(token)
    with pytest.raises(NotVerifiedError):
        ours.claims(token)
    assert idp.asked == 1, "one try in each pause"
    idp.broken = False
    now[0] += PAUSE
    assert ours.claims(token)
    idp.broken = True
    now[0] += LIFETIME + 1
    with pytest.raises(NotVerifiedError):
        ours.claims(token)


def test_stampede_of_first_tokens_asks_for_the_keys_once(idp: Provider) -> None:
    idp.slow = 0.2
    ours, token, found = verifier(idp), idp.token(), []
    threads = [threading.Thread(target=lambda: found.append(ours.claims(token)["sub"])) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["u-bram"] * 24
    assert idp.asked == 1


def test_a_flood_of_unknown_key_ids_asks_for_the_keys_once(idp: Provider) -> None:
    ours = verifier(idp)
    ours.claims(idp.token())
    for number in range(50):
        token = jwt.encode(idp.claims(), idp.keys["k1"], algorithm="RS256", headers={"kid": f"x{number}"})
        with pytest.raises(NotVerifiedError):
            ours.claims(token)
    assert idp.asked == 1


@pytest.mark.parametrize("address", ["http://idp.example/keys", "file:///etc/passwd", "ftp://127.0.0.1/keys", "keys"])
def test_keys_are_read_over_https_only(idp: Provider, address: str) -> None:
    pointed = Tokens(Issuer(issuer=idp.issuer, audiences=(AUDIENCE,), keys=address))
    with pytest.raises(NotVerifiedError, match="https"):
        pointed.claims(idp.token())


def test_keys_that_moved_are_not_followed(idp: Provider) -> None:
    with pytest.raises(NotVerifiedError, match="302"):
        KeySet(lambda: f"{idp.issuer}/moved").key("k1")


# From claims to a person


def test_a_token_cannot_claim_an_id_of_the_file(idp: Provider, people: Path) -> None:
    for subject in ("local", "bram"):
        with pytest.raises(UnknownPrincipalError):
            who(idp, people, idp.token(sub=subject))
    mapping = ClaimMapping(role="groups", roles={"staff": "manager"}, unscoped_roles=("manager",))
    found = who(idp, people, idp.token(sub="local", groups=["staff"]), mapping)
    assert (found.id, found.role) == ("oidc:local", "manager")


MAPPING = ClaimMapping(
    role="realm.groups",
    roles={"cloud-admins": "admin", "managers": "manager"},
    scope={"accounts": "aws_accounts", "venue": "venue"},
    everything="*",
)


def test_claims_become_role_and_scope(idp: Provider, people: Path) -> None:
    token = idp.token(sub="u-eva", realm={"groups": ["managers"]}, aws_accounts="a,b", venue=["utrecht"])
    found = who(idp, people, token, MAPPING)
    assert (found.role, found.accounts, found.tags) == ("manager", ("a", "b"), {"venue": ("utrecht",)})
    free = idp.token(sub="u-eva", realm={"groups": ["managers"]}, aws_accounts="*", venue="*")
    assert who(idp, people, free, MAPPING).unlimited


def test_a_missing_scope_claim_is_nothing_and_not_everything(idp: Provider, people: Path) -> None:
    def accounts(**given: Any) -> tuple[str, ...] | None:
        token = idp.token(sub="u-eva", realm={"groups": ["managers"]}, **given)
        return who(idp, people, token, MAPPING).accounts

    assert accounts() == accounts(aws_accounts=[]) == accounts(venue="utrecht") == ()
    assert accounts(aws_accounts="a") == (), "the venue claim is missing, so no account is left"
    assert accounts(aws_accounts=["*", "a"], venue="*") == ("*", "a"), "everything is said alone or not at all"


@pytest.mark.parametrize("groups", [[], ["managers "], ["MANAGERS"], "managers-not", None, ["nobody"]])
def test_without_a_known_group_nobody(idp: Provider, people: Path, groups: Any) -> None:
    token = idp.token(sub="u-eva", realm={"groups": groups}, aws_accounts="*", venue="*")
    if groups == ["managers "]:
        assert who(idp, people, token, MAPPING).role == "manager"
        return
    with pytest.raises(UnknownPrincipalError):
        who(idp, people, token, MAPPING)


@pytest.mark.parametrize("claims", [{"groups": {"a": 1}}, {"groups": [1]}, {"groups": [""]}, {"sub": "a b"}])
def test_claims_of_another_shape_are_refused(idp: Provider, people: Path, claims: dict[str, Any]) -> None:
    given = {"sub": "u-eva", **claims}
    mapping = ClaimMapping(role="groups", roles={"staff": "manager"}, unscoped_roles=("manager",))
    with pytest.raises((NotVerifiedError, UnknownPrincipalError)):
        who(idp, people, idp.token(**given), mapping)


def test_an_unverified_email_is_nobody(idp: Provider, people: Path) -> None:
    mapping = ClaimMapping(subject="email", role="groups", roles={"staff": "manager"}, unscoped_roles=("manager",))
    for verified in (None, False, "true"):
        token = idp.token(email="eva@lantern.example", email_verified=verified, groups=["staff"])
        with pytest.raises(NotVerifiedError, match="verified"):
            who(idp, people, token, mapping)
    token = idp.token(email="eva@lantern.example", email_verified=True, groups=["staff"])
    assert who(idp, people, token, mapping).id == "oidc:eva@lantern.example"


def test_a_role_without_scope_sees_everything_only_if_that_is_meant() -> None:
    roles: Any = {"cloud-admins": "admin", "managers": "manager"}
    with pytest.raises(ValueError, match="role manager would see the whole estate"):
        ClaimMapping(role="groups", roles=roles, unscoped_roles=("admin", "auditor"))
    assert ClaimMapping(role="groups", roles=roles, unscoped_roles=("admin", "manager"))
    assert ClaimMapping(role="groups", roles=roles, scope={"venue": "venue"})


def test_an_unscoped_role_is_free_of_the_scope_claims_and_others_are_not(idp: Provider, people: Path) -> None:
    mapping = MAPPING.model_copy(update={"unscoped_roles": ("admin",)})
    assert who(idp, people, idp.token(sub="u-x", realm={"groups": ["cloud-admins"]}), mapping).unlimited
    assert who(idp, people, idp.token(sub="u-x", realm={"groups": ["managers"]}), mapping).accounts == ()


@pytest.mark.parametrize("subject", ["anna\u202e", "an\u200bna", "anna\x00", "anna\x1b[1m"])
def test_a_subject_with_unseen_characters_is_nobody(idp: Provider, people: Path, subject: str) -> None:
    token = idp.token(sub=subject, realm={"groups": ["managers"]}, aws_accounts="*", venue="*")
    with pytest.raises(NotVerifiedError, match="names nobody"):
        who(idp, people, token, MAPPING)


def test_a_claim_with_a_space_is_one_value(idp: Provider, people: Path) -> None:
    token = idp.token(sub="u-x", realm={"groups": ["managers"]}, aws_accounts="*", venue="New York, utrecht")
    assert who(idp, people, token, MAPPING).tags == {"venue": ("New York", "utrecht")}


def test_an_id_that_stands_twice_in_the_principals_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "principals.yaml"
    file.write_text("principals:\n  anna: {role: manager, accounts: [a]}\n  anna: {role: admin}\n")
    with pytest.raises(PrincipalsError, match="'anna' stands there twice"):
        local_principal("anna", file)


# Forged headers

FORGED = {
    "X-Amzn-Bedrock-AgentCore-Runtime-User-Id": "local",
    "X-Amzn-Bedrock-AgentCore-Runtime-Custom-User": "local",
    "X-Amzn-Oidc-Identity": "local",
    "X-Amzn-Oidc-Data": "e30.e30.e30",
    "X-Forwarded-User": "local",
    "X-Forwarded-Email": "local",
    "X-Remote-User": "local",
    "Remote-User": "local",
    "X-Auth-Request-User": "local",
    "WorkloadAccessToken": "local",
    "Proxy-Authorization": "Basic bG9jYWw6",
    "Cookie": "user=local",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_identity_header(idp: Provider, people: Path, name: str) -> None:
    assert who(idp, people, idp.token(), None, **{name: FORGED[name]}).id == "bram"
    oidc = Issuer(issuer=idp.issuer, audiences=(AUDIENCE,))
    alone = Identity(IdentitySettings(oidc=oidc), people)
    with pytest.raises(NotVerifiedError):
        alone.of(Call({name: FORGED[name]}, {}))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic bG9jYWw6"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer a.b.c, Bearer d.e.f"},
        {"Authorization": "Bearer a.b.c d.e.f"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=x"},
    ],
)
def test_no_single_token(idp: Provider, people: Path, headers: dict[str, str]) -> None:
    oidc = Issuer(issuer=idp.issuer, audiences=(AUDIENCE,))
    with pytest.raises(NotVerifiedError):
        Identity(IdentitySettings(oidc=oidc), people).of(Call(headers, {}))


def test_two_authorization_headers_by_case(idp: Provider, people: Path) -> None:
    with pytest.raises(NotVerifiedError, match="twice"):
        who(idp, people, idp.token(), None, authorization=f"Bearer {idp.token()}")
