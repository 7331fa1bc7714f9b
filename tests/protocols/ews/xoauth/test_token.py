"""Each check of [MS-XOAUTH] 3.2.5.6 refuses one token that is wrong in this respect alone, and says so."""

import base64
import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from protocols.ews.xoauth.token import LEEWAY, MAX_TOKEN, TokenError
from protocols.ews.xoauth.wrong import Wrong
from simulation.microsoft.issuer import EXCHANGE, TENANT, Key, TokenService, unsigned
from tests.house.tree import python, text
from tests.protocols.ews.xoauth.tokens import EXPECTED, HOST, KEY, KEYS, NOW, PERSON, SERVICE, Parts, verified

OTHER_TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_APP = "99999999-0000-0ff1-ce00-000000000000"
AUDIENCE = f"{EXCHANGE}/{HOST}@{TENANT}"


def test_an_actor_token_inside_an_outer_one_proves_tenant_application_and_person() -> None:
    found = verified(Parts().token)
    assert (found.tenant, found.app, found.person) == (TENANT, EXCHANGE, PERSON)
    assert found.until == NOW + 8 * 3_600 + LEEWAY  # of the outer token, which ends first


def test_an_actor_token_alone_names_no_person() -> None:
    found = verified(Parts().actor_token)
    assert (found.tenant, found.app, found.person, found.until) == (TENANT, EXCHANGE, "", NOW + 24 * 3_600 + LEEWAY)


def test_times_may_be_text_as_the_specification_writes_them() -> None:
    times = {"nbf": str(NOW), "exp": str(NOW + 3_600)}
    assert verified(Parts(actor=SERVICE.actor_claims(HOST) | times).actor_token).until == NOW + 3_600 + LEEWAY


@pytest.mark.parametrize("host", [HOST.upper(), "Autodiscover.contoso.example"])
def test_the_host_of_the_audience_counts_in_any_letter_case(host: str) -> None:
    parts = Parts(actor=SERVICE.actor_claims(host), outer=SERVICE.outer_claims(host, PERSON))
    assert verified(parts.token).person == PERSON


@pytest.mark.parametrize("missing", ["smtp", "upn"])
def test_the_person_is_the_address_or_the_principal_name(missing: str) -> None:
    parts = Parts()
    del parts.outer[missing]
    assert verified(parts.token).person == PERSON


@pytest.mark.parametrize("wrong", ["nobody", "a\r\nb@contoso.example", 7, ["ann@contoso.example"], None])
def test_a_person_that_is_no_address_is_nobody(wrong: object) -> None:
    parts = Parts()
    parts.outer |= {"smtp": wrong, "upn": wrong}
    assert verified(parts.token).person == ""


@pytest.mark.parametrize("lag", [0, LEEWAY - 1])
def test_clocks_may_differ_a_little(lag: int) -> None:
    assert verified(Parts().token, now=NOW - lag).app == EXCHANGE
    assert verified(Parts().token, now=NOW + 8 * 3_600 + lag).app == EXCHANGE


@pytest.mark.parametrize("who", [{"appid": EXCHANGE}, {"azp": EXCHANGE}])
@pytest.mark.parametrize(
    "issuer", [f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"]
)
def test_entra_names_the_application_in_its_own_way(who: dict[str, str], issuer: str) -> None:
    claims = SERVICE.actor_claims(HOST) | {"iss": issuer, "tid": TENANT} | who
    del claims["nameid"]
    assert verified(Parts(actor=claims).actor_token).app == EXCHANGE
    assert _wrong(Parts(actor=claims | {"tid": OTHER_TENANT}).actor_token) is Wrong.TENANT


Spoil = Callable[[Parts], Any]


def _actor(**claims: object) -> Spoil:
    return lambda parts: parts.actor.update(claims)


def _outer(**claims: object) -> Spoil:
    return lambda parts: parts.outer.update(claims)


def _both(**claims: object) -> Spoil:
    return lambda parts: (parts.actor.update(claims), parts.outer.update(claims))


def _without(side: str, claim: str) -> Spoil:
    return lambda parts: getattr(parts, side).pop(claim)


def _set(**knobs: Any) -> Spoil:
    def spoil(parts: Parts) -> None:
        for name, value in knobs.items():
            setattr(parts, name, value)

    return spoil


def _swapped_payload(token: str) -> str:
    """The same signature under other claims."""
    head, _, signature = token.split(".")
    claims = json.dumps(SERVICE.actor_claims(HOST) | {"jti": "other"}).encode()
    return ".".join([head, base64.urlsafe_b64encode(claims).rstrip(b"=").decode(), signature])


SPOILT: dict[str, tuple[Spoil, Wrong]] = {
    "too long": (_outer(padding="x" * MAX_TOKEN), Wrong.TOO_LARGE),
    "outer type": (_set(outer_header={"typ": "SAML"}), Wrong.TYPE),
    "actor type": (_set(actor_header={"typ": "at+jwt"}), Wrong.TYPE),
    "outer type missing": (_set(outer_header={"typ": None}), Wrong.TYPE),
    "outer demands an extension": (_set(outer_header={"crit": ["x"]}), Wrong.CRITICAL),
    "actor demands an extension": (_set(actor_header={"crit": ["x"], "x": 1}), Wrong.CRITICAL),
    "nothing inside": (_outer(actortoken=""), Wrong.UNSIGNED),
    "no text inside": (_outer(actortoken={"a": 1}), Wrong.UNSIGNED),
    "outer with a signature": (_set(outer_signature=b"x"), Wrong.OUTER_SIGNED),
    "outer algorithm none in capitals": (_set(outer_header={"alg": "None"}), Wrong.NESTED),
    "outer algorithm signed": (_set(outer_header={"alg": "RS256"}), Wrong.NESTED),
    "actor in an actor": (_actor(actortoken="a.b.c"), Wrong.NESTED),
    "unsigned inside": (_outer(actortoken=unsigned(SERVICE.actor_claims(HOST))), Wrong.ALGORITHM),
    "unsigned inside in capitals": (
        _outer(actortoken=unsigned(SERVICE.actor_claims(HOST), header={"alg": "NONE"})),
        Wrong.ALGORITHM,
    ),
    "signature cut off": (_set(change=lambda token: token.rpartition(".")[0] + "."), Wrong.ALGORITHM),
    "another algorithm of the same key": (_set(algorithm="RS512"), Wrong.ALGORITHM),
    "another padding of the same key": (_set(algorithm="PS256"), Wrong.ALGORITHM),
    "issuer of another tenant": (_actor(iss=f"00000001-0000-0000-c000-000000000000@{OTHER_TENANT}"), Wrong.ISSUER),
    "issuer of any tenant": (_actor(iss="00000001-0000-0000-c000-000000000000@*"), Wrong.ISSUER),
    "issuer that is no text": (_actor(iss=[f"00000001-0000-0000-c000-000000000000@{TENANT}"]), Wrong.ISSUER),
    "issuer in capitals": (_actor(iss=f"00000001-0000-0000-C000-000000000000@{TENANT}"), Wrong.ISSUER),
    "tenant in capitals": (_actor(iss=f"00000001-0000-0000-c000-000000000000@{TENANT.upper()}"), Wrong.ISSUER),
    "the application itself as issuer": (_actor(iss=f"{EXCHANGE}@{TENANT}"), Wrong.ISSUER),
    "entra of another tenant": (_actor(iss=f"https://sts.windows.net/{OTHER_TENANT}/"), Wrong.ISSUER),
    "entra of another cloud": (_actor(iss=f"https://sts.chinacloudapi.cn/{TENANT}/"), Wrong.ISSUER),
    "no issuer": (_without("actor", "iss"), Wrong.ISSUER),
    "unknown key": (_set(actor_header={"x5t": "unknown", "kid": "unknown"}), Wrong.KEY),
    "no key named": (_set(actor_header={"x5t": None, "kid": None}), Wrong.KEY),
    "claims under a signature of others": (_set(change=_swapped_payload), Wrong.SIGNATURE),
    "application of another tenant": (_actor(nameid=f"{EXCHANGE}@{OTHER_TENANT}"), Wrong.TENANT),
    "application without tenant": (_actor(nameid=EXCHANGE), Wrong.TENANT),
    "another application": (_actor(nameid=f"{OTHER_APP}@{TENANT}"), Wrong.APPLICATION),
    "no application": (_without("actor", "nameid"), Wrong.APPLICATION),
    "application in capitals": (_both(nameid=f"{EXCHANGE.upper()}@{TENANT}"), Wrong.APPLICATION),
    "outer issuer is another application": (_outer(iss=f"{OTHER_APP}@{TENANT}"), Wrong.OUTER_ISSUER),
    "outer issuer in capitals": (_outer(iss=f"{EXCHANGE.upper()}@{TENANT}"), Wrong.OUTER_ISSUER),
    "outer issuer of another realm": (_outer(iss=f"{EXCHANGE}@{OTHER_TENANT}"), Wrong.OUTER_ISSUER),
    "outer issuer without realm": (_outer(iss=EXCHANGE), Wrong.OUTER_ISSUER),
    "no outer issuer": (_without("outer", "iss"), Wrong.OUTER_ISSUER),
    "actor not trusted for delegation": (_actor(trustedfordelegation="false"), Wrong.DELEGATION),
    "delegation not said": (_without("actor", "trustedfordelegation"), Wrong.DELEGATION),
    "no user": (_without("outer", "nameid"), Wrong.USER),
    "user without name": (_outer(nameid=""), Wrong.USER),
}
for _side in ("actor", "outer"):
    _said: Callable[..., Spoil] = _actor if _side == "actor" else _outer
    SPOILT |= {
        f"{_side}: no audience": (_without(_side, "aud"), Wrong.AUDIENCE),
        f"{_side}: several audiences": (_said(aud=[AUDIENCE]), Wrong.AUDIENCE),
        f"{_side}: audience of two parts": (_said(aud=f"{EXCHANGE}/{HOST}"), Wrong.AUDIENCE),
        f"{_side}: audience is an address": (_said(aud=f"https://{HOST}/"), Wrong.AUDIENCE),
        f"{_side}: audience of another client": (_said(aud=f"{OTHER_APP}/{HOST}@{TENANT}"), Wrong.AUDIENCE_CLIENT),
        f"{_side}: client in capitals": (_said(aud=f"{EXCHANGE.upper()}/{HOST}@{TENANT}"), Wrong.AUDIENCE_CLIENT),
        f"{_side}: another host": (_said(aud=f"{EXCHANGE}/mail.example.com@{TENANT}"), Wrong.AUDIENCE_HOST),
        f"{_side}: host below ours": (_said(aud=f"{EXCHANGE}/x.{HOST}@{TENANT}"), Wrong.AUDIENCE_HOST),
        f"{_side}: another realm": (_said(aud=f"{EXCHANGE}/{HOST}@{OTHER_TENANT}"), Wrong.AUDIENCE_REALM),
        f"{_side}: realm in capitals": (_said(aud=f"{EXCHANGE}/{HOST}@{TENANT.upper()}"), Wrong.AUDIENCE_REALM),
        f"{_side}: no end": (_without(_side, "exp"), Wrong.TIMES),
        f"{_side}: no begin": (_without(_side, "nbf"), Wrong.TIMES),
        f"{_side}: ends before it begins": (_said(nbf=NOW, exp=NOW - 1), Wrong.TIMES),
        f"{_side}: an end that is no time": (_said(exp=True), Wrong.TIMES),
        f"{_side}: an end in words": (_said(exp="never"), Wrong.TIMES),
        f"{_side}: over": (_said(nbf=NOW - 9_000, exp=NOW - LEEWAY), Wrong.EXPIRED),
        f"{_side}: to come": (_said(nbf=NOW + LEEWAY + 1), Wrong.TOO_EARLY),
    }


@pytest.mark.parametrize("case", SPOILT)
def test_a_token_wrong_in_one_respect_is_refused_for_it(case: str) -> None:
    parts = Parts()
    spoil, wrong = SPOILT[case]
    spoil(parts)
    assert _wrong(parts.token) is wrong


@pytest.mark.parametrize("case", [case for case in SPOILT if case.startswith("actor: ")])
def test_an_actor_token_alone_is_checked_as_well(case: str) -> None:
    parts = Parts()
    spoil, wrong = SPOILT[case]
    spoil(parts)
    assert _wrong(parts.actor_token) is wrong


def test_every_check_has_a_token_that_only_it_refuses() -> None:
    assert set(Wrong) - {wrong for _, wrong in SPOILT.values()} == {Wrong.GARBLED}  # see below


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c.d", "....", "e30.e30.", "W10.W10.", "é.é.é", "a b.c.d", ". ."]
)
def test_what_is_no_token_is_garbled_or_not_of_the_type(token: str) -> None:
    assert _wrong(token) in {Wrong.GARBLED, Wrong.TYPE}


def test_a_depth_that_no_token_needs_is_garbled() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 12_000).rstrip(b"=").decode()
    assert _wrong(f"{deep}.e30.") is Wrong.GARBLED


def test_a_signature_by_another_key_of_the_same_name_is_wrong() -> None:
    stranger = Key.made()
    assert _wrong(Parts().token, keys={KEY.x5t: stranger.private.public_key()}) is Wrong.SIGNATURE


def test_names_that_mean_two_keys_mean_none() -> None:
    both = dict(KEYS) | {"other": Key.made().private.public_key()}
    assert _wrong(Parts(actor_header={"kid": "other"}).token, keys=both) is Wrong.KEY


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    """The oldest trick: HS256 by the text of the public key."""
    header = {"typ": "JWT", "x5t": KEY.x5t}
    forged = jwt.encode(SERVICE.actor_claims(HOST), b"k" * 64, algorithm="HS256", headers=header)
    assert _wrong(forged) is Wrong.ALGORITHM


def test_a_tenant_is_pinned_even_where_the_key_is_right() -> None:
    """All tenants of a cloud share Microsoft's keys: the issuer alone tells them apart."""
    elsewhere = TokenService(OTHER_TENANT, clock=lambda: NOW, key=KEY)
    assert _wrong(elsewhere.token(HOST, PERSON)) is Wrong.ISSUER
    both = dataclasses.replace(EXPECTED, apps={**EXPECTED.apps, OTHER_TENANT: frozenset({OTHER_APP})})
    assert _wrong(elsewhere.token(HOST, PERSON), expected=both) is Wrong.APPLICATION


def test_an_unsigned_token_is_taken_in_one_place_only() -> None:
    pattern = re.compile(r"""["']none["']""", re.IGNORECASE)
    places = [
        (name, line.strip())
        for name in python("protocols", "routing", "certs", "service", "proxy", "console")
        for line in (text(name) or "").splitlines()
        if pattern.search(line) and re.search(r"\balg|algorithm", line)
    ]
    assert [name for name, _ in places] == ["protocols/ews/xoauth/token.py"]
    assert "first.header.get" in places[0][1]


def _wrong(token: str, **knobs: Any) -> Wrong:
    with pytest.raises(TokenError) as refused:
        verified(token, **knobs)
    return refused.value.wrong
