"""Organisation relationships over real sockets: the same answers as everybody's, and one fault for all refusals."""

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.names import M
from protocols.ews.wssecurity.refusal import fault
from simulation.federation import FederatedCaller
from tests.protocols.ews.wssecurity.world import fabrikam, issued, issuer, stranger, wish
from tests.proxy.federated import EWS_SECURED, SETTINGS, SVC_SECURED, asked, federated, secured
from tests.proxy.served import EWS, PUBLIC, XML, login, question

BOB = "bob@fabrikam.example"
TYPES = {SOAP11: "text/xml", SOAP12: "application/soap+xml"}


async def _post(url: str, data: bytes, **headers: str) -> tuple[int, str, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=data, headers={**XML, **headers}) as answer,
    ):
        return answer.status, answer.content_type, await answer.read()


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("derives", [False, True])
async def test_a_secured_question_is_answered(tmp_path: Path, soap: str, derives: bool) -> None:
    async with federated(tmp_path) as proxy:
        data = secured(asked(BOB), caller=FederatedCaller(soap=soap, derives=derives))
        status, kind, body = await _post(proxy.url + EWS_SECURED, data)
    root = etree.fromstring(body)
    assert (status, kind, root.tag) == (200, TYPES[soap], f"{{{soap}}}Envelope")
    assert [each.text for each in root.iter(f"{{{M}}}ResponseCode")] == ["NoError"]
    assert b"2026-11-23T09:00:00" in body


async def test_the_answer_is_that_of_every_caller_with_the_same_rights(tmp_path: Path) -> None:
    async with federated(tmp_path) as proxy:
        ours = await _post(proxy.url + EWS_SECURED, secured(asked(BOB)))
        theirs = await _post(proxy.url + EWS, question(BOB), **login())
    assert ours == theirs


async def test_policy_holds(tmp_path: Path) -> None:
    async with federated(tmp_path, callers={"may_ask": ["else.example"]}) as proxy:
        _, _, body = await _post(proxy.url + EWS_SECURED, secured(asked(BOB)))
    assert b"NoError" not in body


@pytest.mark.parametrize(
    "data",
    [
        lambda: question(BOB),
        lambda: b"<a",
        lambda: secured(asked(BOB), "/else"),
        lambda: secured(asked(BOB), SVC_SECURED),
        lambda: secured(asked(BOB), caller=FederatedCaller(covers=())),
        lambda: secured(asked(BOB), token=replace(issued(), secret=b"x" * 32)),
        lambda: secured(asked(BOB), token=issuer().issue(wish(), stranger().certificate)),
        lambda: secured(asked(BOB), token=issuer(by=stranger()).issue(wish(), fabrikam().certificate)),
        lambda: secured(asked(BOB), token=issued(domain="evil.example")),
        lambda: secured(asked(BOB), token=issued(audience="http://else.example")),
        lambda: secured(asked(BOB)).replace(BOB.encode(), b"eva@fabrikam.example"),
    ],
)
async def test_every_refusal_is_the_same(tmp_path: Path, data: Callable[[], bytes]) -> None:
    async with federated(tmp_path) as proxy:
        assert await _post(proxy.url + EWS_SECURED, data()) == (500, "text/xml", fault(SOAP11))


async def test_a_password_helps_nobody_here(tmp_path: Path) -> None:
    async with federated(tmp_path) as proxy:
        assert await _post(proxy.url + EWS_SECURED, question(BOB), **login()) == (500, "text/xml", fault(SOAP11))


async def test_a_refusal_in_soap_1_2(tmp_path: Path) -> None:
    async with federated(tmp_path) as proxy:
        data = secured(asked(BOB), caller=FederatedCaller(soap=SOAP12, covers=()))
        assert await _post(proxy.url + EWS_SECURED, data) == (500, "application/soap+xml", fault(SOAP12))


async def test_the_same_message_is_answered_once(tmp_path: Path) -> None:
    data = secured(asked(BOB))
    async with federated(tmp_path) as proxy:
        first, second = await _post(proxy.url + EWS_SECURED, data), await _post(proxy.url + EWS_SECURED, data)
    assert (first[0], second[0]) == (200, 500)


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
async def test_what_a_proved_caller_does_wrong_it_is_told(tmp_path: Path, soap: str) -> None:
    async with federated(tmp_path) as proxy:
        data = secured('<m:Nothing xmlns:m="urn:m"/>', caller=FederatedCaller(soap=soap))
        status, kind, body = await _post(proxy.url + EWS_SECURED, data)
    assert (status, kind) == (500, TYPES[soap])
    assert b"FailedAuthentication" not in body
    assert etree.fromstring(body).find(f"{{{soap}}}Body/{{{soap}}}Fault") is not None


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
async def test_settings_are_told(tmp_path: Path, soap: str) -> None:
    async with federated(tmp_path) as proxy:
        data = secured(SETTINGS, SVC_SECURED, caller=FederatedCaller(soap=soap))
        status, kind, body = await _post(proxy.url + SVC_SECURED, data)
        wrong = await _post(proxy.url + SVC_SECURED, data)
    assert (status, kind) == (200, TYPES[soap])
    assert f"<Value>{PUBLIC}{EWS}</Value>".encode() in body
    assert wrong == (500, TYPES[soap], fault(soap))


@pytest.mark.parametrize("path", [EWS_SECURED, SVC_SECURED])
async def test_nothing_but_post_is_answered(tmp_path: Path, path: str) -> None:
    async with (
        federated(tmp_path) as proxy,
        aiohttp.ClientSession() as session,
        session.get(proxy.url + path, headers=login()) as answer,
    ):
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_networks_and_rates_hold_here_too(tmp_path: Path) -> None:
    async with federated(tmp_path, callers={"networks": ["198.51.100.0/24"]}) as proxy:
        assert (await _post(proxy.url + EWS_SECURED, secured(asked(BOB))))[0] == 403
    async with federated(tmp_path, callers={"rate": 0.1}) as proxy:
        first, second = [await _post(proxy.url + EWS_SECURED, secured(asked(BOB))) for _ in range(2)]
    assert first[0] == 200
    assert b"ErrorServerBusy" in second[2]


async def test_who_is_over_its_rate_or_elsewhere_may_send_the_same_again(tmp_path: Path) -> None:
    """What was not answered is not remembered, so that nobody fills the memory by it."""
    data = [secured(asked(BOB)) for _ in range(2)]
    async with federated(tmp_path, callers={"rate": 0.1}) as proxy:
        answers = [await _post(proxy.url + EWS_SECURED, each) for each in (*data, data[1])]
    assert answers[0][0] == 200
    assert all(b"ErrorServerBusy" in answer[2] for answer in answers[1:])


@pytest.mark.parametrize(
    ("path", "status", "word"), [(EWS_SECURED, 500, b"ErrorServerBusy"), (SVC_SECURED, 503, b"Try again")]
)
async def test_a_full_line_is_busy_and_no_doubt_about_anybody(
    tmp_path: Path, path: str, status: int, word: bytes
) -> None:
    flood = [secured(asked(BOB), token=replace(issued(), secret=b"x" * 32)) for _ in range(12)]
    async with federated(tmp_path) as proxy:
        answers = await asyncio.gather(*(_post(proxy.url + path, data) for data in flood))
    busy = [answer for answer in answers if answer[2] != fault(SOAP11)]
    assert 0 < len(busy) < len(flood)
    assert all(answer[0] == status and word in answer[2] for answer in busy)


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [(b" " * (96 * 1024 + 1), {}, 413), (gzip.compress(secured(asked(BOB))), {"Content-Encoding": "gzip"}, 415)],
)
async def test_of_whoever_is_not_proved_little_is_read(
    tmp_path: Path, data: bytes, headers: dict[str, str], status: int
) -> None:
    async with federated(tmp_path) as proxy:
        assert (await _post(proxy.url + SVC_SECURED, data, **headers))[0] == status


async def test_a_question_about_a_hundred_people_fits(tmp_path: Path) -> None:
    people = [f"somebody.with.a.long.name.{number}@fabrikam.example" for number in range(100)]
    async with federated(tmp_path) as proxy:
        status, _, body = await _post(proxy.url + EWS_SECURED, secured(asked(*people)))
    assert (status, body.count(b"NoError")) == (200, 100)


async def test_why_is_in_the_metrics_and_nowhere_else(tmp_path: Path) -> None:
    async with federated(tmp_path) as proxy:
        await _post(proxy.url + EWS_SECURED, secured(asked(BOB), caller=FederatedCaller(covers=())))
        numbers = proxy.metrics.exposition()[0].decode()
    assert 'busyline_refused_total{reason="message-signature-leaves-out-the-body"} 1.0' in numbers
    assert 'outcome="refused"' in numbers
