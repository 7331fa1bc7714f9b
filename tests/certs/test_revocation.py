"""Whether a certificate was revoked: by OCSP, by list, and what counts as no answer."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from certs.pair import Pair
from certs.revocation import Revocation, revocation
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from service.wire import Wire
from tests.certs.authority import DAY, LIST_URL, NOW, OCSP_URL, Authority

CA, STRANGER = Authority(), Authority()  # of one name, which proves nothing
LEAF = CA.leaf("busy.example.com", ocsp_url=OCSP_URL, list_url=LIST_URL)
RESPONDER = CA.leaf("ocsp.ca.example", usage=ExtendedKeyUsageOID.OCSP_SIGNING)
NO_RESPONDER = CA.leaf("ocsp.ca.example")
OLD = NOW - 3 * DAY


def asked(pair: Pair, answers: dict[str, bytes | int]) -> tuple[Revocation, list[str]]:
    """What is found where each address answers so: a body, or a status without one; the others are not there."""
    urls = []

    async def send(request: HttpRequest) -> HttpResponse:
        urls.append(request.url)
        answer = answers.get(request.url)
        if answer is None:
            raise PeerError(Reason.UNREACHABLE, "ca.example: the connection failed")
        if request.method == "POST":
            assert ocsp.load_der_ocsp_request(request.body).serial_number == pair.leaf.serial_number
        return HttpResponse(200, body=answer) if isinstance(answer, bytes) else HttpResponse(answer)

    return asyncio.run(revocation(send, pair.leaf, pair.certificates, now=NOW)), urls


def test_good_and_revoked_by_each_way() -> None:
    for revoked, words in ((False, "not revoked, says http://ca"), (True, "was revoked on 2026-11-19 (superseded)")):
        found, urls = asked(LEAF, {OCSP_URL: CA.ocsp_answer(LEAF.leaf, revoked=revoked)})
        assert (found.state, urls) == ("revoked" if revoked else "good", [OCSP_URL])
        assert words in found.words
    found, urls = asked(LEAF, {LIST_URL: CA.revoked(LEAF.leaf)})
    assert (found.state, urls) == ("revoked", [OCSP_URL, LIST_URL])
    assert found.words == "the certificate was revoked on 2026-11-19 (key compromise): request another with a new key"
    assert asked(LEAF, {LIST_URL: CA.revoked(RESPONDER.leaf)})[0].state == "good"


def test_a_responder_the_issuer_named_counts_and_no_other() -> None:
    for responder, state in ((RESPONDER, "good"), (NO_RESPONDER, "unchecked")):
        answer = CA.ocsp_answer(LEAF.leaf, responder=responder)
        assert asked(LEAF, {OCSP_URL: answer})[0].state == state
    expired = CA.leaf("ocsp.ca.example", usage=ExtendedKeyUsageOID.OCSP_SIGNING, ends=NOW - DAY / 2)
    assert asked(LEAF, {OCSP_URL: CA.ocsp_answer(LEAF.leaf, responder=expired)})[0].state == "unchecked"


Bodies = dict[str, bytes | int]
UNCHECKED: list[tuple[str, Callable[[], Bodies], str]] = [
    ("nobody answers", dict, "the connection failed"),
    ("503", lambda: {OCSP_URL: 503, LIST_URL: 404}, f"{OCSP_URL} answers 503; {LIST_URL} answers 404"),
    ("garbage", lambda: {OCSP_URL: b"<html>", LIST_URL: b"<html>"}, "no OCSP"),
    ("another's list", lambda: {LIST_URL: STRANGER.revoked(LEAF.leaf)}, "is not signed by the certificate's issuer"),
    ("another's OCSP", lambda: {OCSP_URL: STRANGER.ocsp_answer(LEAF.leaf)}, "is not signed by"),
    ("an old list", lambda: {LIST_URL: CA.revoked(until=OLD)}, "is not of today"),
    ("an old OCSP", lambda: {OCSP_URL: CA.ocsp_answer(LEAF.leaf, until=OLD)}, "is not of today"),
    ("a list to come", lambda: {LIST_URL: CA.revoked(until=NOW + 30 * DAY)}, "is not of today"),
    (
        "years old",
        lambda: {OCSP_URL: CA.ocsp_answer(LEAF.leaf, since=NOW - 4000 * DAY)},
        "2015-12-08, which is too",
    ),
    ("of another one", lambda: {OCSP_URL: CA.ocsp_answer(RESPONDER.leaf)}, "about another certificate"),
    ("try later", lambda: {OCSP_URL: _try_later()}, "answers try_later"),
]


def _try_later() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    answer = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    return answer.public_bytes(Encoding.DER)


@pytest.mark.parametrize(("answers", "words"), [case[1:] for case in UNCHECKED], ids=[case[0] for case in UNCHECKED])
def test_what_is_no_answer_is_told_as_unchecked(answers: Callable[[], Bodies], words: str) -> None:
    found, _ = asked(LEAF, answers())
    assert found.state == "unchecked"
    assert words in found.words


def test_who_cannot_be_asked_about() -> None:
    own = Pair((CA.certificate,), CA.key, "ca")
    alone = Pair((LEAF.leaf,), LEAF.key, "alone")
    wrong = Pair((LEAF.leaf, STRANGER.certificate), LEAF.key, "wrong")
    for pair, words in (
        (own, "signed itself"),
        (alone, "its issuer is not in the chain"),
        (wrong, "its issuer is not in the chain"),
        (NO_RESPONDER, "neither an OCSP address nor a list"),
    ):
        found, urls = asked(pair, {})
        assert (found.state, urls) == ("unchecked", [])
        assert words in found.words


def test_an_answer_without_an_end_counts_for_a_week() -> None:
    for days, state in ((6, "good"), (8, "unchecked"), (-1, "unchecked")):
        answer = CA.ocsp_answer(LEAF.leaf, since=NOW - days * DAY)
        assert asked(LEAF, {OCSP_URL: answer})[0].state == state


@pytest.mark.parametrize("url", ["http://[", "http://", "https://a:b/", "http://a:99999/"])
async def test_an_address_that_is_none_is_told_and_the_next_is_asked(url: str) -> None:
    """By what the command asks with."""
    pair = CA.leaf("busy.example.com", ocsp_url=url, list_url=url)
    async with Wire(timeout=timedelta(seconds=5)) as wire:
        found = await revocation(wire.send, pair.leaf, pair.certificates, now=NOW)
    assert found.state == "unchecked"
    assert found.words
