"""The simulated Exchange refuses what Exchange refuses, in its words, and shows as much as the asker may see."""

import base64
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from lxml import etree

from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import ASSISTANT, FEDERATION, Account
from simulation.faults import Trouble

M = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
ADDRESS = "katarzyna.wojcik@fabrikam.example"  # number 2: on leave, and with something private
ZONE = """<t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time>
<t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime>
<t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>
<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"""


def question(
    *addresses: str,
    start: str = "2026-11-24T00:00:00",
    end: str = "2026-11-25T00:00:00",
    view: str = "DetailedMerged",
    interval: int = 60,
    zone: str = ZONE,
) -> bytes:
    mailboxes = "".join(
        f"<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email></t:MailboxData>" for address in addresses
    )
    return f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
    xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetUserAvailabilityRequest>{zone}
    <m:MailboxDataArray>{mailboxes}</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>
    <t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>
    <t:MergedFreeBusyIntervalInMinutes>{interval}</t:MergedFreeBusyIntervalInMinutes>
    <t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>
    </s:Body></s:Envelope>""".encode()


class Asker:
    """Posts to one server."""

    def __init__(self, server: ExchangeServer, session: aiohttp.ClientSession) -> None:
        self.server, self.session = server, session

    async def post(
        self, body: bytes, account: Account | None = FEDERATION, path: str = "/ews/exchange.asmx", user: str = ""
    ) -> tuple[int, aiohttp.ClientResponse, bytes]:
        headers = {"Content-Type": "text/xml"}
        if account:
            text = f"{user or account.username}:{account.password}"
            headers["Authorization"] = f"Basic {base64.b64encode(text.encode()).decode()}"
        async with self.session.post(self.server.url + path, data=body, headers=headers) as response:
            return response.status, response, await response.read()

    async def codes(self, body: bytes, account: Account = FEDERATION) -> list[str]:
        status, _, data = await self.post(body, account)
        root = etree.fromstring(data)
        if status == 500:
            return [f"fault {code.text}" for code in root.iter("{*}Fault") for code in code.iter("{*}ResponseCode")]
        return [code.text or "" for code in root.iter(f"{M}ResponseCode")]


@pytest_asyncio.fixture
async def asker(estate: Estate) -> AsyncIterator[Asker]:
    async with ExchangeServer(estate) as server, aiohttp.ClientSession() as session:
        yield Asker(server, session)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (question(), ["fault ErrorMailboxDataArrayEmpty"]),
        (question(*[ADDRESS] * 101), ["fault ErrorMailboxDataArrayTooBig"]),
        (question(*[ADDRESS] * 100), ["NoError"] * 100),
        (question(ADDRESS, end="2026-11-23T00:00:00"), ["fault ErrorInvalidTimeInterval"]),
        (question(ADDRESS, end="2027-01-26T00:00:00"), ["fault ErrorTimeIntervalTooBig"]),
        (question(ADDRESS, end="2027-01-25T00:00:00"), ["NoError"]),
        (question(ADDRESS, interval=4), ["fault ErrorInvalidMergedFreeBusyInterval"]),
        (question(ADDRESS, interval=1440), ["NoError"]),
        (question(ADDRESS, end="2026-11-24T23:00:00", interval=1440), ["fault ErrorInvalidMergedFreeBusyInterval"]),
        (question(ADDRESS, view="None"), ["fault ErrorInvalidFreeBusyViewType"]),
        (question(ADDRESS, zone=""), ["fault ErrorTimeZone"]),
        (question(ADDRESS)[:-20], ["fault ErrorSchemaValidation"]),
        (question(ADDRESS).replace(b"GetUserAvailabilityRequest", b"GetFolder"), ["fault ErrorInvalidOperation"]),
        (question("nobody@fabrikam.example", f"SMTP:{ADDRESS}"), ["ErrorMailRecipientNotFound", "NoError"]),
        (question("anna.schneider@contoso.example"), ["ErrorMailRecipientNotFound"]),
        (question("dispatch@fabrikam.example", end="2027-01-23T00:00:00"), ["ErrorResultSetTooBig"]),
    ],
)
async def test_limits_and_codes(asker: Asker, body: bytes, codes: list[str]) -> None:
    assert await asker.codes(body) == codes


async def test_a_stranger_is_challenged_with_an_empty_answer(asker: Asker) -> None:
    status, response, body = await asker.post(question(ADDRESS), None)
    assert (status, body) == (401, b"")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    wrong = Account(FEDERATION.username, "wrong")
    assert (await asker.post(question(ADDRESS), wrong))[0] == 401
    assert (await asker.post(question(ADDRESS), user="FABRIKAM\\busyline"))[0] == 200


async def test_blocks_for_the_one_and_details_for_the_other(asker: Asker) -> None:
    _, _, bare = await asker.post(question(ADDRESS))
    _, _, rich = await asker.post(question(ADDRESS), ASSISTANT)
    assert b"<FreeBusyViewType" in bare
    assert b">FreeBusyMerged<" in bare
    assert b"Subject" not in bare
    assert b">DetailedMerged<" in rich
    assert b"<Subject>Stand-up</Subject>" in rich
    assert b"Physiotherapy" not in rich
    assert b"<IsPrivate>true</IsPrivate>" in rich


async def test_the_merged_digits_by_hand(asker: Asker) -> None:
    """Tuesday of number 2 in Berlin: 10:00 stand-up, 11:30 call, 17:00 private, 21:00 the team meeting in New York."""
    _, _, body = await asker.post(question(ADDRESS))
    digits = next(etree.fromstring(body).iter("{*}MergedFreeBusy")).text
    assert digits == "000000000022200002000200"


async def test_single_mailboxes_and_answers_go_wrong(asker: Asker) -> None:
    faults = asker.server.faults
    faults.addresses[ADDRESS] = "ErrorNoFreeBusyAccess"
    other = "oliver.brandt@fabrikam.example"
    assert await asker.codes(question(ADDRESS, other)) == ["ErrorNoFreeBusyAccess", "NoError"]
    faults.trouble = Trouble.WRONG_ORDER
    assert await asker.codes(question(ADDRESS, other)) == ["NoError", "ErrorNoFreeBusyAccess"]
    faults.trouble = Trouble.WRONG_COUNT
    assert await asker.codes(question(ADDRESS, other)) == ["ErrorNoFreeBusyAccess"]


async def test_throttling_tells_when_to_come_back(asker: Asker) -> None:
    faults = asker.server.faults
    faults.trouble, faults.retry_after = Trouble.THROTTLED, 3
    status, _, body = await asker.post(question(ADDRESS))
    assert status == 500
    assert b'Name="BackOffMilliseconds">3000<' in body
    faults.throttle_status = 503
    status, response, _ = await asker.post(question(ADDRESS))
    assert (status, response.headers["Retry-After"]) == (503, "3")
