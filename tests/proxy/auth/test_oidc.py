"""Tokens of configured issuers: each check is shown by a token in which nothing else is wrong."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocols.model.caller import Caller
from proxy.auth import Knock, Proof, Refused
from proxy.auth.gate import Gate
from proxy.auth.oidc import EXPIRED, LATE, WRONG, OidcTokens, TrustedIssuer
from proxy.auth.oidc_key_set import KeySet, read_key_set
from simulation.oidc.issuer import LIFETIME, Claims, Key, OidcIssuer

ISSUER, OTHER = "https://login.northwind.example/", "https://login.elsewhere.example"
OURS = "https://busy.example.com"
NOW, LEEWAY = 1_800_000_000.0, 60
ROOMS, DASHBOARD = Caller("rooms", "Northwind", "oidc"), Caller("dashboard", "Northwind", "oidc")
ELSEWHERE = Caller("elsewhere", "Elsewhere", "oidc")
RSA, EC, STRANGER = Key.made("rsa"), Key.made("ec", "ES256"), Key.made("rsa")
AGAIN = 'Bearer realm="Busyline", error="invalid_token"'


class Time:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> float:
        return self.now


class Published:
    """Keys that are there at once, and what was asked for."""

    def __init__(self, *keys: Key) -> None:
        self.asked: list[tuple[str | None, str]] = []
        self.late = False
        self.publish(*keys)

    def publish(self, *keys: Key) -> None:
        """These from now on."""
        self.held = read_key_set({"keys": [key.published for key in keys]})

    async def get(self, kid: str | None, algorithm: str) -> KeySet | None:
        """All."""
        self.asked.append((kid, algorithm))
        return None if self.late else self.held


@pytest.fixture
def time() -> Time:
    """Of this test alone."""
    return Time()


@pytest.fixture
def published() -> Published:
    """New ones."""
    return Published(RSA, EC)


def trusted(keys: Published, issuer: str = ISSUER, **more: Any) -> TrustedIssuer:
    """As the settings make it."""
    told: dict[str, Any] = {
        "issuer": issuer,
        "audiences": (OURS, "api://busyline"),
        "algorithms": frozenset({"RS256", "ES256"}),
        "leeway": LEEWAY,
        "subjects": {"service-rooms": ROOMS},
        "clients": {"dashboard": DASHBOARD},
        "keys": keys,
    }
    return TrustedIssuer(**told | more)


@pytest.fixture
def tokens(published: Published, time: Time) -> OidcTokens:
    """Two issuers, of which one is looked at."""
    other = trusted(Published(STRANGER), OTHER, subjects={"service-rooms": ELSEWHERE})
    return OidcTokens([trusted(published), other], clock=time)


issuer = OidcIssuer(ISSUER, key=RSA, clock=lambda: NOW)


def claims(**more: Any) -> Claims:
    """Good ones, with some replaced or taken away (None)."""
    return issuer.claims(OURS, **{"sub": "service-rooms", **more})


def bearer(token: str) -> Knock:
    """Who shows it."""
    return Knock(f"Bearer {token}")


async def refusal(tokens: OidcTokens, token: str) -> str:
    """The reason."""
    found = await tokens.identify(bearer(token))
    assert isinstance(found, Refused)
    assert (found.status, found.challenges) == (401, (AGAIN,))
    return found.reason


def unsigned(head: Claims, told: Claims, signature: bytes = b"") -> str:
    """A token that nobody's key has signed."""
    parts = [json.dumps(head).encode(), json.dumps(told).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def signed_with_the_public_key(head: Claims, told: Claims) -> str:
    """An attacker's: the key that everybody knows, used as a shared secret (RFC 8725 2.1)."""
    public = RSA.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = unsigned(head, told).rpartition(".")[0]
    mac = hmac.new(public, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


async def test_a_token_proves_its_subject(tokens: OidcTokens) -> None:
    proof: Proof = tokens
    assert await proof.identify(bearer(issuer.token(claims()))) == ROOMS
    assert await proof.identify(Knock(f"  bearer   {issuer.token(claims(), key=EC)} ")) == ROOMS


@pytest.mark.parametrize("name", ["azp", "client_id", "appid"])
async def test_a_token_proves_its_application(tokens: OidcTokens, name: str) -> None:
    told = claims(sub="somebody", **{name: "dashboard"})
    assert await tokens.identify(bearer(issuer.token(told))) == DASHBOARD


async def test_the_subject_is_more_particular_than_the_application(tokens: OidcTokens) -> None:
    assert await tokens.identify(bearer(issuer.token(claims(azp="dashboard")))) == ROOMS


@pytest.mark.parametrize(
    "told",
    [
        {"email": "Ann@Northwind.example"},
        {"email": "no address", "upn": "ann@northwind.example"},
        {"preferred_username": "ann@northwind.example"},
    ],
)
async def test_the_person_behind_an_application_is_told_to_the_ledger(tokens: OidcTokens, told: Claims) -> None:
    found = await tokens.identify(bearer(issuer.token(claims(sub="ann", azp="dashboard", **told))))
    assert found == Caller("dashboard", "Northwind", "oidc", "ann@northwind.example")


@pytest.mark.parametrize("audience", [OURS, "api://busyline", ["https://other.example", OURS]])
async def test_one_audience_of_several_is_enough(tokens: OidcTokens, audience: Any) -> None:
    assert await tokens.identify(bearer(issuer.token(claims(aud=audience)))) == ROOMS


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"aud": "https://busy.example.com/"}, WRONG),
        ({"aud": "dashboard"}, WRONG),
        ({"aud": []}, WRONG),
        ({"aud": None}, WRONG),
        ({"aud": 5}, WRONG),
        ({"exp": int(NOW) - LEEWAY, "iat": int(NOW) - LIFETIME}, EXPIRED),
        ({"exp": None}, WRONG),
        ({"exp": "9999999999"}, WRONG),
        ({"exp": True}, WRONG),
        ({"exp": 1e300}, WRONG),
        ({"exp": int(NOW)}, WRONG),  # ends when it begins
        ({"nbf": int(NOW) + LEEWAY + 1}, WRONG),
        ({"nbf": "soon"}, WRONG),
        ({"iat": int(NOW) + LEEWAY + 1, "nbf": int(NOW)}, WRONG),
        ({"iat": None}, WRONG),
        ({"iat": "then"}, WRONG),
        ({"sub": "somebody"}, WRONG),
        ({"sub": None}, WRONG),
        ({"sub": 5}, WRONG),
        ({"sub": ["service-rooms"]}, WRONG),
        ({"sub": "x", "azp": "elsewhere"}, WRONG),
        ({"sub": "x", "azp": "dashboard", "client_id": "other"}, WRONG),
        ({"sub": "x", "azp": ["dashboard"]}, WRONG),
        ({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}, WRONG),
        ({"iss": ISSUER.rstrip("/")}, WRONG),
        ({"iss": OTHER}, WRONG),
        ({"iss": [ISSUER]}, WRONG),
        ({"iss": None}, WRONG),
    ],
)
async def test_one_wrong_claim_is_enough(tokens: OidcTokens, told: Claims, reason: str) -> None:
    assert await refusal(tokens, issuer.token(claims(**told))) == reason


@pytest.mark.parametrize("told", [{"nbf": int(NOW) + LEEWAY}, {"iat": int(NOW) + LEEWAY}, {"exp": NOW + 0.5}])
async def test_clocks_may_differ_by_the_leeway(tokens: OidcTokens, told: Claims) -> None:
    assert await tokens.identify(bearer(issuer.token(claims(**told)))) == ROOMS


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "PS256"},
        {"alg": "ES256"},  # allowed, but the key is for RSA
        {"alg": 5},
        {"kid": "other"},
        {"kid": "ec"},
        {"kid": ["rsa"]},
        {"typ": "dpop+jwt"},
        {"typ": "logout+jwt"},
        {"crit": ["exp"]},
    ],
)
async def test_one_wrong_field_of_the_head_is_enough(tokens: OidcTokens, header: Claims) -> None:
    assert await refusal(tokens, issuer.token(claims(), header=header)) == WRONG


@pytest.mark.parametrize("header", [{"typ": None}, {"typ": "at+jwt"}, {"typ": "application/AT+JWT"}])
async def test_what_kinds_of_tokens_are_taken(tokens: OidcTokens, header: Claims) -> None:
    assert await tokens.identify(bearer(issuer.token(claims(), header=header))) == ROOMS


async def test_a_signature_of_another_key_under_the_right_name_is_wrong(tokens: OidcTokens) -> None:
    assert await refusal(tokens, issuer.token(claims(), key=STRANGER)) == WRONG
    other = OidcIssuer(OTHER, key=STRANGER, clock=lambda: NOW)
    assert await tokens.identify(bearer(other.token(other.claims(OURS, sub="service-rooms")))) == ELSEWHERE


async def test_a_changed_token_is_wrong(tokens: OidcTokens) -> None:
    head, told, signature = issuer.token(claims()).split(".")
    other = issuer.token(claims(sub="service-rooms", jti="x")).split(".")[1]
    for token in (f"{head}.{other}.{signature}", f"{head}.{told}.{signature[:-8]}AAAAAAAA", f"{head}.{told}."):
        assert await refusal(tokens, token) == WRONG


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_neither_no_signature_nor_one_with_the_public_key_opens_anything(
    published: Published, time: Time, algorithm: str
) -> None:
    """Even where somebody lets the algorithms in: the key itself says what it is for."""
    allowed = trusted(published, algorithms=frozenset({"RS256", algorithm}))
    tokens, head = OidcTokens([allowed], clock=time), {"alg": algorithm, "typ": "JWT", "kid": "rsa"}
    for token in (unsigned(head, claims()), signed_with_the_public_key(head, claims())):
        assert await refusal(tokens, token) == WRONG


async def test_a_token_without_the_name_of_its_key_needs_the_only_key_of_its_kind(
    tokens: OidcTokens, time: Time
) -> None:
    nameless = issuer.token(claims(), header={"kid": None})
    assert await tokens.identify(bearer(nameless)) == ROOMS
    two = OidcTokens([trusted(Published(RSA, Key.made("second"), EC))], clock=time)
    assert await refusal(two, nameless) == WRONG


async def test_a_token_is_proved_once_and_remembered_until_it_ends(
    tokens: OidcTokens, published: Published, time: Time
) -> None:
    knock = bearer(issuer.token(claims()))
    for _ in range(3):
        assert await tokens.identify(knock) == ROOMS
    assert published.asked == [("rsa", "RS256")]
    time.now += LIFETIME + LEEWAY - 1
    assert await tokens.identify(knock) == ROOMS
    time.now += 1
    assert await refusal(tokens, (knock.authorization or "").partition(" ")[2]) == EXPIRED


async def test_a_proof_is_made_anew_after_ten_minutes(tokens: OidcTokens, published: Published, time: Time) -> None:
    token = issuer.token(claims(exp=NOW + 100 * LIFETIME))
    for seconds, looks in ((0, 1), (599, 1), (1, 2), (599, 2)):
        time.now += seconds
        assert await tokens.identify(bearer(token)) == ROOMS
        assert len(published.asked) == looks


async def test_a_proof_does_not_outlive_the_keys_it_was_made_with(tokens: OidcTokens, published: Published) -> None:
    token = issuer.token(claims())
    assert await tokens.identify(bearer(token)) == ROOMS
    published.publish(EC)
    assert await refusal(tokens, token) == WRONG
    published.publish(RSA, EC)
    assert await tokens.identify(bearer(token)) == ROOMS


async def test_while_the_keys_are_not_there_nobody_says_that_a_token_is_wrong(
    tokens: OidcTokens, published: Published
) -> None:
    published.late = True
    for key in (RSA, STRANGER):
        found = await Gate([tokens]).identify(bearer(issuer.token(claims(), key=key)))
        assert found == Refused(LATE, 503, retry_after=10)
    published.late = False
    assert await tokens.identify(bearer(issuer.token(claims()))) == ROOMS


async def test_no_keys_are_asked_for_where_the_head_or_the_issuer_is_wrong(
    tokens: OidcTokens, published: Published
) -> None:
    garbage = ("x", "a.b.c", "e30.e30.", "\udc80.\udc80.", "x" * 100_000, "." * 5_000, "[" * 9_000)
    stranger = OidcIssuer("https://stranger.example", key=RSA, clock=lambda: NOW)
    wrong = issuer.token(claims(), header={"alg": "HS256"})
    for token in (*garbage, stranger.token(stranger.claims(OURS, sub="service-rooms")), wrong):
        assert await refusal(tokens, token) == WRONG
    assert published.asked == []


async def test_a_token_of_any_length_is_not_read(tokens: OidcTokens) -> None:
    assert await tokens.identify(bearer(issuer.token(claims(groups=["x" * 10_000])))) == ROOMS
    assert await refusal(tokens, issuer.token(claims(groups=["x" * 13_000]))) == WRONG


async def test_a_token_of_nobody_is_left_to_the_next_way_that_takes_tokens(published: Published, time: Time) -> None:
    tokens = OidcTokens([trusted(published)], alone=False, clock=time)
    assert await tokens.identify(bearer("x")) is None
    assert tokens.challenge == ""
    assert await refusal(tokens, issuer.token(claims(aud="x"))) == WRONG  # it is of our issuer, and wrong


@pytest.mark.parametrize("authorization", [None, "", "Basic eDp5", "Bearer", "Bearer ", "Negotiate x"])
async def test_what_is_no_bearer_token_is_left_to_the_other_ways(tokens: OidcTokens, authorization: str | None) -> None:
    assert await tokens.identify(Knock(authorization)) is None


@pytest.mark.parametrize(("shown", "error"), [(None, False), ("Bearer", False), ("Bearer x", True)])
async def test_the_challenge_says_bearer_and_whether_a_token_was_wrong(
    tokens: OidcTokens, shown: str | None, error: bool
) -> None:
    found = await Gate([tokens]).identify(Knock(shown))
    assert isinstance(found, Refused)
    assert found.challenges == ((AGAIN,) if error else ('Bearer realm="Busyline"',))


def _reasons(found: Iterable[Caller | Refused | None]) -> set[str]:
    return {each.reason for each in found if isinstance(each, Refused)}


async def test_why_a_token_is_wrong_is_not_told(tokens: OidcTokens) -> None:
    wrong: tuple[Claims, ...] = ({"aud": "x"}, {"sub": "x"}, {"iat": "x"}, {"cnf": {}})
    found = [await tokens.identify(bearer(issuer.token(claims(**each)))) for each in wrong]
    assert _reasons(found) == {WRONG}
