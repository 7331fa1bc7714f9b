"""Unknown and forbidden through the whole proxy: the same bytes and the same work, in every dialect and manner."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import aiohttp
import pytest

from protocols.ews.autodiscover import pox
from proxy.wiring import Proxy
from proxy.wiring.exchange_front import POX_PATH, SOAP_PATH
from tests.proxy.served import XML, login, serving
from tests.timing.__main__ import run
from tests.timing.questions import (
    ALIKE,
    FORBIDDEN,
    FORBIDDEN_NOBODY,
    KNOWN,
    MAY_ASK,
    NO_ACCESS,
    NO_CALENDAR,
    UNKNOWN,
    WITHOUT_ROUTE,
    Company,
    told,
)

MANNERS: dict[str, dict[str, Any]] = {
    "Exchange": {},
    "Google": {"faults": "per-mailbox", "always_events": True},
    "details": {"sees": "details"},
    "offsets": {"times": "offset", "unknown_as": "busy"},
}


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("view", ["FreeBusy", "MergedOnly", "DetailedMerged"])
async def test_the_same_bytes_alone_and_among_others(tmp_path: Path, manner: str, view: str) -> None:
    async with (
        serving(tmp_path, connector=Company(), may_ask=MAY_ASK, **MANNERS[manner]) as proxy,
        aiohttp.ClientSession() as session,
    ):
        alone = {name: await told(session, proxy.url, each, view=view) for name, each in ALIKE.items()}
        among = {name: await told(session, proxy.url, KNOWN, each, KNOWN, view=view) for name, each in ALIKE.items()}
        known = await told(session, proxy.url, KNOWN, view=view)
    for answers in (alone, among):
        (answer, *others) = answers.values()
        assert all(other == answer for other in others), [name for name in answers if answers[name] != answer]
    assert known != alone["may be asked about, and does not exist"]  # the test can fail


async def test_who_may_not_be_asked_about_costs_no_look_whether_it_exists_or_not(tmp_path: Path) -> None:
    company = Company()
    async with serving(tmp_path, connector=company, may_ask=MAY_ASK) as proxy, aiohttp.ClientSession() as session:
        for address in (FORBIDDEN, FORBIDDEN_NOBODY, WITHOUT_ROUTE):
            await told(session, proxy.url, address)
        assert company.asked == []
        for address in (UNKNOWN, NO_ACCESS, NO_CALENDAR):
            await told(session, proxy.url, address)
        assert company.asked == [UNKNOWN, NO_ACCESS, NO_CALENDAR]  # one look each, as for whoever exists


async def _work(session: aiohttp.ClientSession, proxy: Proxy, address: str) -> int:
    """How many functions of ours run until ``address`` is answered."""
    calls = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal calls
        if event == "call" and Path(frame.f_code.co_filename).parent.name in _OURS:
            calls += 1

    sys.setprofile(count)
    try:
        await told(session, proxy.url, address)
    finally:
        sys.setprofile(None)
    return calls


_OURS = frozenset({"proxy", "layers", "fronts", "auth", "routing", "ews", "model", "protocols", "service"})


@pytest.mark.parametrize("alike", [(FORBIDDEN, FORBIDDEN_NOBODY), (FORBIDDEN, WITHOUT_ROUTE), (UNKNOWN, NO_ACCESS)])
async def test_the_same_work(tmp_path: Path, alike: tuple[str, str]) -> None:
    async with (
        serving(tmp_path, connector=Company(), may_ask=MAY_ASK) as proxy,
        aiohttp.ClientSession() as session,
    ):
        for address in alike * 3:  # until what comes in the same words is remembered, on a new connection too
            await told(session, proxy.url, address)
        # the least of some: a request may come in one piece or in two
        one, other, known = [
            min([await _work(session, proxy, address) for _ in range(5)]) for address in (*alike, KNOWN)
        ]
    assert one == other > 10
    assert known != one  # the test can fail


_SETTINGS = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:d="http://schemas.microsoft.com/exchange/2010/Autodiscover"><s:Body><d:GetUserSettingsRequestMessage>'
    "<d:Request><d:Users><d:User><d:Mailbox>{}</d:Mailbox></d:User></d:Users><d:RequestedSettings>"
    "<d:Setting>ExternalEwsUrl</d:Setting></d:RequestedSettings></d:Request></d:GetUserSettingsRequestMessage>"
    "</s:Body></s:Envelope>"
)


def _discoveries(address: str) -> Iterator[tuple[str, str, bytes]]:
    yield "POST", POX_PATH, pox.encode_request(address)
    yield "POST", SOAP_PATH, _SETTINGS.format(address).encode()
    yield "GET", f"/autodiscover/autodiscover.json/v1.0/{address}?Protocol=EWS", b""


async def test_autodiscover_knows_domains_and_no_mailboxes(tmp_path: Path) -> None:
    company, found = Company(), []
    async with serving(tmp_path, connector=company, may_ask=MAY_ASK) as proxy, aiohttp.ClientSession() as session:
        for address in (KNOWN, UNKNOWN, NO_ACCESS):
            answers = []
            for method, path, body in _discoveries(address):
                headers = {**XML, **login()}
                async with session.request(method, proxy.url + path, data=body, headers=headers) as answer:
                    answers.append((answer.status, await answer.read()))
            found.append(answers)
    assert found[0] == found[1] == found[2]
    assert [status for status, _ in found[0]] == [200, 200, 200]
    assert company.asked == []


async def test_the_command_that_compares_times_runs() -> None:
    found = await run(pairs=30, seed=1)
    assert len(found) == 3
    assert all(comparison.one > 0 and comparison.other > 0 for _, comparison in found)
