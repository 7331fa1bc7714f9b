"""Google's Calendar Interop as a caller: Java-made envelopes straight to the URL, from eleven accounts in turn."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from ssl import SSLContext
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

import aiohttp

from simulation.callers.reading import Seen, nothing, read

_SECONDS = 20


def role_accounts(domain: str, main: str = "calendar-interop") -> tuple[str, ...]:
    """The role account and the ten beside it that Google has administrators make to spread the load."""
    return (f"{main}@{domain}", *(f"calendar_interop_load_balancing_account{n}@{domain}" for n in range(1, 11)))


class GoogleCaller:
    """A Workspace domain whose users look at other people's time; use with ``async with``.

    Every request goes to ``url`` at once, with Basic unasked, the next of ``usernames`` and the one ``password``; all
    times are naive and mean UTC. ``with_zone`` puts the UTC time zone into the request, which Exchange demands.
    """

    def __init__(
        self,
        *,
        url: str,
        usernames: Sequence[str],
        password: str,
        ssl: SSLContext | None = None,
        with_zone: bool = True,
    ) -> None:
        self._url = url
        self._usernames = cycle(usernames)
        self._password = password
        self._ssl: SSLContext | bool = ssl or True
        self._with_zone = with_zone
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=self._ssl)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=_SECONDS))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def availability(
        self, addresses: list[str], start: datetime, end: datetime, *, view: str = "FreeBusyMerged", interval: int = 30
    ) -> list[Seen]:
        """What the user sees of each address between two aware times; one for each, in order, blocks in UTC."""
        assert self._session is not None, "use the caller with `async with`"
        body = self._question(addresses, start, end, view, interval)
        headers = {
            "Authorization": await self.authorization(self._session),
            "Content-Type": "text/xml; charset=utf-8",
            "Accept": "text/xml, multipart/related",
            "User-Agent": "",
        }
        try:
            async with self._session.post(
                self._url, data=body.encode(), headers=headers, allow_redirects=False
            ) as response:
                if response.status not in (200, 500):
                    return nothing(addresses, f"HTTP {response.status}")
                return read(await response.read(), addresses, UTC)
        except (aiohttp.ClientError, TimeoutError) as error:
            return nothing(addresses, type(error).__name__, str(error))

    async def authorization(self, session: aiohttp.ClientSession) -> str:
        """What the next request shows."""
        return aiohttp.encode_basic_auth(next(self._usernames), self._password)

    def _question(self, addresses: list[str], start: datetime, end: datetime, view: str, interval: int) -> str:
        mailboxes = "".join(
            f"<ns2:MailboxData><ns2:Email><ns2:Address>{escape(address)}</ns2:Address></ns2:Email>"
            "<ns2:AttendeeType>Required</ns2:AttendeeType></ns2:MailboxData>"
            for address in addresses
        )
        low, high = (instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") for instant in (start, end))
        zone = _UTC if self._with_zone else ""
        return (
            '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header>'
            '<ns2:RequestServerVersion xmlns:ns2="http://schemas.microsoft.com/exchange/services/2006/types"'
            ' Version="Exchange2010_SP2"/></SOAP-ENV:Header><SOAP-ENV:Body><ns3:GetUserAvailabilityRequest'
            ' xmlns:ns2="http://schemas.microsoft.com/exchange/services/2006/types"'
            ' xmlns:ns3="http://schemas.microsoft.com/exchange/services/2006/messages">'
            f"{zone}<ns3:MailboxDataArray>{mailboxes}</ns3:MailboxDataArray><ns2:FreeBusyViewOptions><ns2:TimeWindow>"
            f"<ns2:StartTime>{low}</ns2:StartTime><ns2:EndTime>{high}</ns2:EndTime></ns2:TimeWindow>"
            f"<ns2:MergedFreeBusyIntervalInMinutes>{interval}</ns2:MergedFreeBusyIntervalInMinutes>"
            f"<ns2:RequestedView>{view}</ns2:RequestedView></ns2:FreeBusyViewOptions>"
            "</ns3:GetUserAvailabilityRequest></SOAP-ENV:Body></SOAP-ENV:Envelope>"
        )


_UTC = (
    "<ns2:TimeZone><ns2:Bias>0</ns2:Bias>"
    "<ns2:StandardTime><ns2:Bias>0</ns2:Bias><ns2:Time>00:00:00</ns2:Time><ns2:DayOrder>1</ns2:DayOrder>"
    "<ns2:Month>3</ns2:Month><ns2:DayOfWeek>Sunday</ns2:DayOfWeek></ns2:StandardTime>"
    "<ns2:DaylightTime><ns2:Bias>0</ns2:Bias><ns2:Time>00:00:00</ns2:Time><ns2:DayOrder>1</ns2:DayOrder>"
    "<ns2:Month>10</ns2:Month><ns2:DayOfWeek>Sunday</ns2:DayOfWeek></ns2:DaylightTime></ns2:TimeZone>"
)
