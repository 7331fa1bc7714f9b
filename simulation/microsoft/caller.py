"""Exchange with an IntraOrganizationConnector: it probes with an empty bearer token, mints one, and asks with it."""

import re
from collections.abc import Mapping
from ssl import SSLContext
from urllib.parse import urlsplit

import aiohttp
from lxml import etree

from simulation.callers.exchange import AddressSpace, ExchangeCaller, Reply
from simulation.microsoft.issuer import EXCHANGE, TokenService

_A = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
_ACTION = f"{_A}/Autodiscover/GetUserSettings"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


class HybridCaller(ExchangeCaller):
    """An organisation whose connector for ``domain`` has ``discovery_url`` (``autodiscover.svc``).

    ``service`` mints its tokens, for ``person``; ``host`` is the audience where it is not that of the URL asked.
    ``challenges`` are the parameters of each challenge that was read.
    """

    def __init__(
        self,
        *,
        service: TokenService,
        domain: str,
        discovery_url: str,
        person: str = "",
        host: str = "",
        contacts: Mapping[str, str] | None = None,
        zone: str = "America/New_York",
        ssl: SSLContext | None = None,
    ) -> None:
        space = AddressSpace(domain=domain, autodiscover_url=discovery_url, username="", password="")
        super().__init__(address_spaces=(space,), contacts=contacts, zone=zone, ssl=ssl)
        self._service, self._person, self._host = service, person, host
        self.challenges: list[dict[str, str]] = []

    async def discovered(self, space: AddressSpace, target: str) -> str | None:
        """The URL that GetUserSettings calls ExternalEwsUrl."""
        body = (
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
            f' xmlns:a="{_A}" xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>'
            f"<a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion><wsa:Action>{_ACTION}</wsa:Action>"
            f"<wsa:To>{space.autodiscover_url}</wsa:To></soap:Header><soap:Body><a:GetUserSettingsRequestMessage>"
            f"<a:Request><a:Users><a:User><a:Mailbox>{target}</a:Mailbox></a:User></a:Users><a:RequestedSettings>"
            "<a:Setting>ExternalEwsUrl</a:Setting></a:RequestedSettings></a:Request>"
            "</a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>"
        )
        reply = await self.challenged(space.autodiscover_url, body, "ASAutoDiscover/CrossForest/EmailDomain", space, 10)
        if reply.status != 200:
            return None
        settings = etree.fromstring(reply.body).iter(f"{{{_A}}}UserSetting")
        found = {each.findtext(f"{{{_A}}}Name"): each.findtext(f"{{{_A}}}Value") for each in settings}
        return found.get("ExternalEwsUrl")

    async def challenged(self, url: str, body: str, agent: str, space: AddressSpace, seconds: float) -> Reply:
        """First the empty bearer token, then one for whom the challenge names, from an issuer that it names."""
        reply, offers = await self.posted(url, "", agent, "Bearer", seconds)
        bearer = next((offer for offer in offers if offer.startswith("Bearer ")), "")
        parameters = dict(_PARAMETER.findall(bearer))
        if reply.status != 401 or not parameters:
            return reply
        self.challenges.append(parameters)
        issuer = self._service.actor_claims("")["iss"]
        if issuer not in parameters["trusted_issuers"].split(",") or parameters["client_id"] != EXCHANGE:
            return reply
        token = self._service.token(self._host or urlsplit(url).hostname or "", self._person)
        return (await self.posted(url, body, agent, f"Bearer {token}", seconds))[0]

    async def posted(
        self, url: str, body: str, agent: str, authorization: str, seconds: float
    ) -> tuple[Reply, list[str]]:
        """The answer, and each challenge in it."""
        assert self._session is not None, "use the caller with `async with`"
        headers = {"Content-Type": "text/xml; charset=utf-8", "User-Agent": agent, "Authorization": authorization}
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with self._session.post(
            url, data=body.encode(), headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            reply = Reply(response.status, await response.read())
            return reply, list(response.headers.getall("WWW-Authenticate", []))
