"""Exchange's Availability service as a caller: from the contact in the address list to the other side's answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ssl import SSLContext
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import aiohttp
from lxml import etree

from protocols.zones.rules import Change, rules_of
from simulation.callers.reading import Seen, nothing, read

_T = "http://schemas.microsoft.com/exchange/services/2006/types"
_M = "http://schemas.microsoft.com/exchange/services/2006/messages"
_POX_REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
_POX_RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_BUILD = "15.02.1748.024"
_AUTODISCOVER_SECONDS, _EWS_SECONDS = 10, 25
_BLOCK = aiohttp.ClientTimeout(total=_AUTODISCOVER_SECONDS + _EWS_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSpace:
    """What Add-AvailabilityAddressSpace keeps for one SMTP domain: where to discover, and the credential."""

    domain: str
    autodiscover_url: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    body: bytes


class ExchangeCaller:
    """An Exchange organisation whose users look at other people's time; use with ``async with``.

    ``contacts`` maps an address of the address list to the target address of that mail contact; other addresses stand
    for themselves. ``zone`` is the IANA zone of the requester. ``ssl`` trusts the other side's certificate.
    """

    def __init__(
        self,
        *,
        address_spaces: tuple[AddressSpace, ...],
        contacts: Mapping[str, str] | None = None,
        zone: str = "America/New_York",
        ssl: SSLContext | None = None,
    ) -> None:
        self._spaces = {space.domain.lower(): space for space in address_spaces}
        self._contacts = dict(contacts or {})
        self._zone = ZoneInfo(zone)
        self._ssl: SSLContext | bool = ssl or True
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self._ssl), timeout=_BLOCK)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def availability(
        self, addresses: list[str], start: datetime, end: datetime, *, view: str = "DetailedMerged", interval: int = 30
    ) -> list[Seen]:
        """What the requester sees of each address between two naive times of their zone; one for each, in order."""
        targets = [self._contacts.get(address, address) for address in addresses]
        domains = [target.rpartition("@")[2].lower() for target in targets]
        seen: list[Seen | None] = [None] * len(addresses)

        async def ask_domain(domain: str) -> None:
            places = [i for i, other in enumerate(domains) if other == domain]
            answers = await self._ask([targets[i] for i in places], domain, (start, end), view, interval)
            for i, answer in zip(places, answers, strict=True):
                seen[i] = answer

        await asyncio.gather(*(ask_domain(domain) for domain in dict.fromkeys(domains)))
        return [answer for answer in seen if answer is not None]

    async def _ask(
        self, targets: list[str], domain: str, window: tuple[datetime, datetime], view: str, interval: int
    ) -> list[Seen]:
        space = self._spaces.get(domain)
        if space is None:
            return nothing(targets, "ErrorAddressSpaceNotFound", f"No address space for {domain}.")
        try:
            url = await self.discovered(space, targets[0])
            if url is None:
                return nothing(targets, "ErrorAutoDiscoverFailed", f"Autodiscover of {domain} gave no URL.")
            agent = f"ASProxy/CrossForest/EmailDomain/EXCH/{_BUILD}"
            body = self._question(targets, window, view, interval)
            reply = await self.challenged(url, body, agent, space, _EWS_SECONDS)
        except (aiohttp.ClientError, TimeoutError) as error:
            return nothing(targets, "ErrorProxyRequestProcessingFailed", f"{type(error).__name__}: {error}")
        if reply.status not in (200, 500):
            text = f"The request failed with HTTP status {reply.status}."
            return nothing(targets, "ErrorProxyRequestProcessingFailed", text)
        return read(reply.body, targets, self._zone)

    async def discovered(self, space: AddressSpace, target: str) -> str | None:
        """The URL of the other side's Availability service, which POX Autodiscover calls ASUrl; EXPR comes first."""
        body = (
            f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{_POX_REQUEST}"><Request>'
            f"<EMailAddress>{escape(target)}</EMailAddress><AcceptableResponseSchema>{_POX_RESPONSE}"
            "</AcceptableResponseSchema></Request></Autodiscover>"
        )
        agent = "ASAutoDiscover/CrossForest/EmailDomain"
        reply = await self.challenged(space.autodiscover_url, body, agent, space, _AUTODISCOVER_SECONDS)
        if reply.status != 200:
            return None
        try:
            root = etree.fromstring(reply.body)
        except etree.XMLSyntaxError:
            return None
        urls = {
            protocol.findtext(f"{{{_POX_RESPONSE}}}Type"): protocol.findtext(f"{{{_POX_RESPONSE}}}ASUrl")
            for protocol in root.iter(f"{{{_POX_RESPONSE}}}Protocol")
        }
        return urls.get("EXPR") or urls.get("EXCH")

    async def challenged(self, url: str, body: str, agent: str, space: AddressSpace, seconds: float) -> Reply:
        """First without a credential, then with Basic where that is what the other side demands."""
        reply, challenge = await self._post(url, body, agent, None, seconds)
        if reply.status == 401 and challenge:
            credential = aiohttp.encode_basic_auth(space.username, space.password)
            reply, _ = await self._post(url, body, agent, credential, seconds)
        return reply

    async def _post(
        self, url: str, body: str, agent: str, credential: str | None, seconds: float
    ) -> tuple[Reply, bool]:
        assert self._session is not None, "use the caller with `async with`"
        headers = {"Content-Type": "text/xml; charset=utf-8", "User-Agent": agent, "Accept": "text/xml"}
        headers |= {"Authorization": credential} if credential else {}
        timeout = aiohttp.ClientTimeout(total=seconds)
        data = body.encode()
        async with self._session.post(
            url, data=data, headers=headers, expect100=True, timeout=timeout, allow_redirects=False
        ) as response:
            offers = [value.partition(" ")[0].lower() for value in response.headers.getall("WWW-Authenticate", [])]
            return Reply(response.status, await response.read()), "basic" in offers

    def _question(self, targets: list[str], window: tuple[datetime, datetime], view: str, interval: int) -> str:
        mailboxes = "".join(
            f"<t:MailboxData><t:Email><t:Name/><t:Address>{escape(target)}</t:Address><t:RoutingType>SMTP</t:RoutingType>"
            "</t:Email><t:AttendeeType>Required</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts>"
            "</t:MailboxData>"
            for target in targets
        )
        start, end = (instant.isoformat(timespec="seconds") for instant in window)
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="'
            f'{_T}" xmlns:m="{_M}"><soap:Header><t:RequestServerVersion Version="Exchange2012"/>'
            "<t:RequestType>CrossForest</t:RequestType></soap:Header><soap:Body><m:GetUserAvailabilityRequest>"
            f"{_time_zone(self._zone, window[0].year)}<m:MailboxDataArray>{mailboxes}</m:MailboxDataArray>"
            f"<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime>"
            f"</t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>{interval}</t:MergedFreeBusyIntervalInMinutes>"
            f"<t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
            "</soap:Body></soap:Envelope>"
        )


def _time_zone(zone: ZoneInfo, year: int) -> str:
    rules = rules_of(zone, year)
    changes = _change("StandardTime", rules.standard) + _change("DaylightTime", rules.daylight)
    return f"<t:TimeZone><t:Bias>{rules.bias}</t:Bias>{changes}</t:TimeZone>"


def _change(name: str, change: Change | None) -> str:
    if change is None or change.weekday is None:
        day, at, bias = "<t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>", "00:00:00", 0
    else:
        weekday = change.weekday.name.capitalize()
        day = f"<t:DayOrder>{change.day_order}</t:DayOrder><t:Month>{change.month}</t:Month>"
        day += f"<t:DayOfWeek>{weekday}</t:DayOfWeek>"
        at, bias = change.time.isoformat(timespec="seconds"), change.bias
    return f"<t:{name}><t:Bias>{bias}</t:Bias><t:Time>{at}</t:Time>{day}</t:{name}>"
