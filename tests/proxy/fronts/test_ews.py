"""The EWS front: what is answered to whom, in which manner, and that unknown and forbidden look the same."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
from lxml import etree

from protocols.ews import schema
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import EMPTY
from protocols.model.mailbox import Mailbox
from tests.proxy.served import EWS, XML, Busy, login, question, serving

_ZONES = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    b' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>'
    b'<m:GetServerTimeZones ReturnFullTimeZoneData="true"><m:Ids><t:Id>W. Europe Standard Time</t:Id></m:Ids>'
    b"</m:GetServerTimeZones></s:Body></s:Envelope>"
)


async def _asked(session: aiohttp.ClientSession, url: str, body: bytes) -> str:
    async with session.post(url + EWS, data=body, headers=XML) as answer:
        text = await answer.text()
        assert answer.status == 200, text
        schema.validator().assertValid(etree.fromstring(text.encode()))
        return text


async def test_order_and_duplicates_are_kept_and_bad_addresses_spoil_nothing(tmp_path: Path) -> None:
    peer = Busy()
    async with serving(tmp_path, connector=peer) as proxy, aiohttp.ClientSession(headers=login()) as session:
        asked = question(
            "b@fabrikam.example", "no address", "a@fabrikam.example", "b@fabrikam.example", "x@elsewhere.example"
        )
        text = await _asked(session, proxy.url, asked)
    codes = [part.partition("<")[0] for part in text.split("<m:ResponseCode>")[1:]]
    assert codes == ["NoError", "ErrorMailRecipientNotFound", "NoError", "NoError", "ErrorNoFreeBusyAccess"]
    assert set(peer.asked) == {"a@fabrikam.example", "b@fabrikam.example"}


async def test_unknown_and_forbidden_are_the_same_bytes(tmp_path: Path) -> None:
    may_ask = ["known.example"]
    async with serving(tmp_path, may_ask=may_ask) as proxy, aiohttp.ClientSession(headers=login()) as session:
        forbidden = await _asked(session, proxy.url, question("a@fabrikam.example"))
        without_route = await _asked(session, proxy.url, question("a@known.example"))
    assert forbidden == without_route


async def test_details_are_not_for_a_caller_that_sees_busy(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers=login()) as session:
        text = await _asked(session, proxy.url, question("a@fabrikam.example", view="Detailed"))
    assert "<t:FreeBusyViewType>FreeBusy<" in text


async def test_each_callers_manner(tmp_path: Path) -> None:
    for manner, events, written in (
        ({}, 0, ""),
        ({"always_events": True}, 1, "2026-11-23T09:00:00<"),
        ({"always_events": True, "times": "offset"}, 1, "2026-11-23T09:00:00+00:00<"),
    ):
        async with serving(tmp_path, **manner) as proxy, aiohttp.ClientSession(headers=login()) as session:
            text = await _asked(session, proxy.url, question("a@fabrikam.example", view="MergedOnly"))
            assert text.count("<t:CalendarEvent>") == events
            assert written in text
            assert "<t:MergedFreeBusy>" in text


async def test_time_zones(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers=login()) as session:
        text = await _asked(session, proxy.url, _ZONES)
    assert text.count("<t:TimeZoneDefinition ") == 1
    assert 'Id="W. Europe Standard Time"' in text


async def test_time_zones_are_written_beside_the_loop(tmp_path: Path) -> None:
    """All of them for the first time take a second or two, in which nobody else would be answered."""

    class Counting(ThreadPoolExecutor):
        submitted = 0

        def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
            self.submitted += 1
            return super().submit(*args, **kwargs)

    threads = Counting(1)
    async with serving(tmp_path) as proxy, aiohttp.ClientSession(headers=login()) as session:
        asyncio.get_running_loop().set_default_executor(threads)
        before = threads.submitted
        await _asked(session, proxy.url, _ZONES)
        assert threads.submitted == before + 1


async def test_the_description_at_its_usual_place(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession() as session:
        for place in (f"{EWS}?wsdl", f"{EWS}?WSDL", "/EWS/Services.wsdl"):
            async with session.get(proxy.url + place) as answer:
                assert answer.status == 200
                assert 'location="http://busy.example.com/EWS/Exchange.asmx"' in await answer.text()


class _Shelf(Busy):
    """Everybody's answer is ready, and the same object as long as nothing changes."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Answer] = {}

    def ready(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer | None]:
        """See proxy.connector.Ready."""
        answers = zip(mailboxes, self.answers(mailboxes, question), strict=True)
        return [self.kept.setdefault(box.address, answer) for box, answer in answers]


async def test_the_same_words_are_answered_anew_as_soon_as_there_is_something_new(tmp_path: Path) -> None:
    shelf, asked = _Shelf(), question("ann@fabrikam.example", "bob@fabrikam.example")
    async with serving(tmp_path, connector=shelf) as proxy, aiohttp.ClientSession(headers=login()) as session:
        before = [await _asked(session, proxy.url, asked) for _ in range(4)]
        assert len(set(before)) == 1
        assert before[0].count("<t:BusyType>Busy<") == 2
        known = shelf.kept["bob@fabrikam.example"]
        assert isinstance(known, Availability)
        shelf.kept["bob@fabrikam.example"] = replace(known, intervals=EMPTY)
        after = [await _asked(session, proxy.url, asked) for _ in range(3)]
        assert [each.count("<t:BusyType>Busy<") for each in after] == [1, 1, 1]
        gone = Unavailable(mailbox=known.mailbox, reason=Reason.TIMEOUT)
        shelf.kept["ann@fabrikam.example"] = gone
        assert "<t:BusyType>Busy<" not in await _asked(session, proxy.url, asked)
