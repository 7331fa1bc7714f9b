"""The server over real sockets: what bad input gets, and that nothing of ours ever comes out."""

import asyncio
import gzip
import re
from pathlib import Path

import aiohttp
import pytest
from multidict import CIMultiDict

from protocols.ews.familiar import decode_familiar
from protocols.ews.manner import Manner
from protocols.model.caller import Caller
from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from proxy.auth import Knock
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews import EwsFront
from proxy.fronts.schema import SchemaFront
from proxy.hops import HEADER, hop_of
from proxy.server import Server
from service.addresses import ListenAddress
from service.door import Door
from service.metrics import Metrics
from tests.proxy.served import EWS, NOW, PASSWORD, PUBLIC, USER, XML, Broken, login, question, serving

_GUID = "6a3b1c9e-0000-4000-8000-00000000abcd"
_PROOF = f"Authorization: {login()['Authorization']}"


async def test_a_question_is_answered_whatever_the_letter_case_of_the_path(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers=login()) as session:
        for path in (EWS, "/ews/exchange.ASMX", EWS + "/", "/"):
            async with session.post(proxy.url + path, data=question("bob@fabrikam.example"), headers=XML) as answer:
                body = await answer.text()
                assert answer.status == 200, body
                assert "<t:StartTime>2026-11-23T09:00:00</t:StartTime>" in body


async def test_every_answer_has_an_id_and_no_version(tmp_path: Path) -> None:
    wanted = {"client-request-id": _GUID, "return-client-request-id": "true"}
    async with serving(tmp_path) as proxy, aiohttp.ClientSession() as session:
        async with session.get(proxy.url + "/nowhere", headers=wanted) as answer:
            assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-Id"])
            assert answer.headers["request-id"] == answer.headers["X-Request-Id"]
            assert answer.headers["client-request-id"] == _GUID
            assert answer.headers["Server"] == "Busyline"
        for refused in ({**wanted, "client-request-id": "<script>"}, {"client-request-id": _GUID}):
            async with session.get(proxy.url + "/nowhere", headers=refused) as answer:
                assert "client-request-id" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 405),
        ("GET", EWS, 405),
        ("DELETE", EWS, 405),
        ("GET", "/owa", 404),
        ("POST", "/healthz", 405),
        ("POST", "/EWS/types.xsd", 405),
        ("GET", "/metrics", 404),
    ],
)
async def test_what_is_not_there_gets_a_line_of_plain_text(tmp_path: Path, method: str, path: str, status: int) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession(headers={"Accept": "text/html"}) as session,
        session.request(method, proxy.url + path) as answer,
    ):
        assert answer.status == status
        assert answer.content_type == "text/plain"
        assert "<" not in await answer.text()


async def test_without_proof_there_is_an_empty_challenge_for_basic_alone(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession() as session:
        for proof in ({}, login(USER, "wrong"), login("nobody", PASSWORD), {"Authorization": "Negotiate abc"}):
            async with session.post(proxy.url + EWS, data=b"<not xml", headers={**XML, **proof}) as answer:
                assert answer.status == 401
                assert answer.headers.getall("WWW-Authenticate") == ['Basic realm="Busyline"']
                assert await answer.read() == b""


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", XML, 500, "ErrorSchemaValidation"),
        (b"hello", XML, 500, "ErrorSchemaValidation"),
        (question("a@fabrikam.example")[:-40], XML, 500, "ErrorSchemaValidation"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', XML, 500, "ErrorInvalidRequest"),
        (b"<a>" * 1000 + b"</a>" * 1000, XML, 500, "Error"),
        (b"<a>" + b" " * 70_000 + b"</a>", XML, 413, "ErrorInvalidRequest"),
        (b"{}", {"Content-Type": "application/json"}, 415, "ErrorInvalidRequest"),
        (question("a@fabrikam.example", operation="FindItem"), XML, 500, "ErrorInvalidOperation"),
        (question(), XML, 500, "ErrorMailboxDataArrayEmpty"),
        (question(*["a@fabrikam.example"] * 101), XML, 500, "ErrorMailboxDataArrayTooBig"),
        (question("a@fabrikam.example", view="None"), XML, 500, "ErrorInvalidFreeBusyViewType"),
        (gzip.compress(b" " * 40_000_000, mtime=0), {**XML, "Content-Encoding": "gzip"}, 413, "ErrorInvalidRequest"),
        (b"this is no gzip", {**XML, "Content-Encoding": "gzip"}, 500, "ErrorSchemaValidation"),
    ],
)
async def test_bad_input_gets_its_fault(
    tmp_path: Path, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession(headers=login()) as session,
        session.post(proxy.url + EWS, data=body, headers=headers) as answer,
    ):
        text = await answer.text()
        assert answer.status == status, text
        assert answer.content_type == "text/xml"
        assert "<s:Fault>" in text
        assert code in text


async def test_good_input_in_every_wrapping(tmp_path: Path) -> None:
    plain = question("bob@fabrikam.example")
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession(headers=login(), skip_auto_headers=["Content-Type"]) as s,
    ):
        for body, headers in (
            (b"\xef\xbb\xbf" + plain, XML),
            (gzip.compress(plain, mtime=0), {**XML, "Content-Encoding": "gzip"}),
            (plain, {"Content-Type": "application/soap+xml"}),
            (plain, {}),
        ):
            async with s.post(proxy.url + EWS, data=body, headers=headers) as answer:
                assert "NoError" in await answer.text()


async def test_a_caller_without_faults_gets_a_code_per_mailbox(tmp_path: Path) -> None:
    async with serving(tmp_path, faults="per-mailbox") as proxy, aiohttp.ClientSession(headers=login()) as session:
        asked = question("a@fabrikam.example", "b@fabrikam.example", view="None")
        async with session.post(proxy.url + EWS, data=asked, headers=XML) as answer:
            assert answer.status == 200
            assert (await answer.text()).count("<m:ResponseCode>ErrorInvalidFreeBusyViewType<") == 2
        async with session.post(proxy.url + EWS, data=b"hello", headers=XML) as answer:
            assert answer.status == 500  # nothing to give a code for


async def test_a_fault_of_ours_says_nothing(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, connector=Broken()) as proxy,
        aiohttp.ClientSession(headers=login()) as session,
        session.post(proxy.url + EWS, data=question("a@fabrikam.example"), headers=XML) as answer,
    ):
        text = await answer.text()
        assert "ErrorFreeBusyGenerationFailed" in text
        assert "hunter2" not in text
        assert "Traceback" not in text


class _Anybody:
    async def identify(self, _: Knock) -> Caller:
        return Caller("anybody", "Anybody", "basic")

    def recall(self, _: Knock) -> Caller:
        return Caller("anybody", "Anybody", "basic")

    def admit(self, caller: Caller, _: Knock) -> Caller:
        return caller


@pytest.mark.parametrize(("per_mailbox", "status", "codes", "faults"), [(True, 200, 3, 0), (False, 500, 0, 1)])
@pytest.mark.parametrize("familiar", [True, False])
async def test_a_fault_of_ours_is_told_in_the_manner_of_the_caller(
    per_mailbox: bool, status: int, codes: int, faults: int, familiar: bool
) -> None:
    body = question(*["a@fabrikam.example"] * 3) + (b"" if familiar else b"<!-- seldom -->")
    assert (decode_familiar(body) is not None) == familiar
    desk = Desk(connector=Broken(), manner=Manner(per_mailbox_faults=per_mailbox))
    front = EwsFront(
        entrance=Entrance(_Anybody()), desks={"anybody": desk}, schema=SchemaFront(PUBLIC), max_body=65_536
    )
    server = Server({EWS: front}, metrics=Metrics(), clock=lambda: NOW)
    async with (
        Door(server.handle, [ListenAddress("127.0.0.1", 0)]) as door,
        aiohttp.ClientSession() as session,
        session.post(f"http://{door.addresses[0]}{EWS}", data=body, headers=XML) as answer,
    ):
        text = await answer.text()
        assert answer.status == status
    assert (text.count("<m:ResponseCode>Error"), text.count("<s:Fault>")) == (codes, faults)
    assert "hunter2" not in text


async def test_a_challenge_before_the_body_ends_the_connection(tmp_path: Path) -> None:
    """A caller that is told 401 in place of 100 may send the body or not: what it sends next could be either."""
    body = question("bob@fabrikam.example")
    head = f"POST {EWS} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
    async with serving(tmp_path) as proxy:
        for sent in (body, b""):
            reader, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
            writer.write(f"{head}Expect: 100-continue\r\n\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 401 ")  # no 100 came first
            assert b"\r\nConnection: close\r\n" in answer
            writer.write(sent)
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()


async def test_the_connection_lives_on_after_a_challenge_whose_body_arrived(tmp_path: Path) -> None:
    body = question("bob@fabrikam.example")
    head = f"POST {EWS} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
    async with serving(tmp_path) as proxy:
        reader, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
        for expect in ("", "Expect: 100-continue\r\n"):  # who expects 100 and does not wait for it has sent it all
            writer.write(f"{head}{expect}\r\n".encode() + body)
            assert await _status(reader) == 401
        writer.write(f"{head}Expect: 100-continue\r\n{_PROOF}\r\n\r\n".encode())
        assert await _status(reader) == 100
        writer.write(body)
        assert await _status(reader) == 200
        writer.write(f"{head}{_PROOF}\r\n\r\n".encode() + body)
        assert await _status(reader) == 200
        writer.close()
        await writer.wait_closed()


async def test_what_is_no_http_gets_a_line_of_plain_text(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        reader, writer = await asyncio.open_connection(proxy.addresses[0].host, proxy.addresses[0].port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
        answer = await reader.read()
        assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
        assert b"Server: Busyline\r\n" in answer
        assert b"<" not in answer
        writer.close()
        await writer.wait_closed()


async def test_answers_under_way_are_finished_before_the_end(tmp_path: Path) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    class Slow:
        async def lookup(self, mailboxes: list[Mailbox], question: Question) -> list[Answer]:
            asked.set()
            await go.wait()
            return []

    async with aiohttp.ClientSession(headers=login()) as session:
        async with serving(tmp_path, connector=Slow()) as proxy:
            url = proxy.url + EWS
            under_way = asyncio.create_task(
                session.post(url, data=question("a@fabrikam.example"), headers=XML).__aenter__()
            )
            await asked.wait()
            asyncio.get_running_loop().call_later(0.05, go.set)
        answer = await under_way
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.post(url, data=b"")


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split()[1])


async def test_the_hops_of_a_request_may_stand_on_several_lines(tmp_path: Path) -> None:
    elsewhere, here = hop_of("https://elsewhere.example"), hop_of(PUBLIC)
    async with serving(tmp_path) as proxy, aiohttp.ClientSession() as session:
        for hops, code in (((elsewhere,), b"NoError"), ((elsewhere, here), b"ErrorProxyRequestNotAllowed")):
            headers = CIMultiDict({**XML, **login()})
            headers.extend((HEADER, hop) for hop in hops)
            body = question("ann@fabrikam.example")
            async with session.post(proxy.url + EWS, data=body, headers=headers) as response:
                assert code in await response.read()
