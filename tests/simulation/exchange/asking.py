"""How the tests ask the simulated server, and whom."""

import base64

import aiohttp
from lxml import etree

from simulation.exchange import Account, ExchangeServer
from simulation.exchange.server import FEDERATION

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
