"""The simulated Calendar Interop of northwind.example: where Exchange would ask Google, by Basic and in EWS."""

import base64
import binascii
from datetime import tzinfo
from ssl import SSLContext
from xml.sax.saxutils import escape

from aiohttp import web

from protocols import safexml
from protocols.model.window import TimeWindow
from simulation.estate import Estate
from simulation.exchange.question import AvailabilityQuestion, addresses_of, read_question
from simulation.exchange.sign_in import Account
from simulation.exchange.soap import NS, M, SoapFault, T, envelope, fault
from simulation.exchange.views import error_of
from simulation.faults import Call, Trouble
from simulation.google_interop import discovery
from simulation.people import Sharing
from simulation.server import SimulatedServer

ROLE_ACCOUNT = Account("interop@northwind.example", "northwind-interop-secret")
POX, SVC = "/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.svc"


class InteropServer(SimulatedServer):
    """Autodiscover and availability of one domain, for ``account`` alone.

    Answers as the public relay's do: events that are all Busy, and no merged view beside them. ``ews_path`` is where
    availability lies and may be changed while it runs, as when a service moves; what lay there before is 404 then.
    With ``speaks_pox`` off only the SOAP dialect of Autodiscover is there. ``told`` is what Autodiscover tells instead
    of the right address.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        ssl: SSLContext | None = None,
        account: Account = ROLE_ACCOUNT,
        speaks_pox: bool = True,
    ) -> None:
        super().__init__(estate, ssl=ssl)
        self.account = account
        self.ews_path = "/interop/exchange.asmx"
        self.speaks_pox = speaks_pox
        self.told = ""

    @property
    def autodiscover_url(self) -> str:
        """Where to begin."""
        return f"{self.url}/Autodiscover/Autodiscover.xml"

    @property
    def searches(self) -> list[Call]:
        """The calls of the journal that went to Autodiscover."""
        return [call for call in self.calls if call.path.lower() in (POX, SVC)]

    def is_question(self, path: str) -> bool:
        return path == self.ews_path

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        try:
            operation = safexml.parse(call.body).find("s:Body/m:GetUserAvailabilityRequest", NS)
        except safexml.XmlRefused:
            return ()
        return () if operation is None else addresses_of(operation)

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        path = request.path.lower()
        if path not in (self.ews_path, SVC, POX) or (path == POX and not self.speaks_pox):
            return web.Response(status=404, text="<!DOCTYPE html><html>Not found</html>", content_type="text/html")
        if trouble is Trouble.DENIED or not self._may_ask(call.headers.get("authorization", "")):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Google"'})
        call.user = self.account.username
        if path != self.ews_path:
            told = discovery.pox if path == POX else discovery.soap
            return told(call.body, self.estate, self.told or self.url + self.ews_path)
        try:
            return self._availability(read_question(safexml.parse(call.body)), trouble)
        except safexml.XmlRefused:
            return fault(SoapFault("ErrorSchemaValidation"))
        except SoapFault as error:
            return fault(error)

    def throttled(self, request: web.Request) -> web.Response:
        wait = {} if self.faults.retry_after is None else {"Retry-After": f"{self.faults.retry_after:g}"}
        return web.Response(status=self.faults.throttle_status or 429, headers=wait)

    def broken(self, request: web.Request) -> web.Response:
        return fault(SoapFault("ErrorInternalServerError"))

    def _may_ask(self, authorization: str) -> bool:
        scheme, _, text = authorization.partition(" ")
        try:
            shown = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and shown == f"{self.account.username}:{self.account.password}"

    def _availability(self, question: AvailabilityQuestion, trouble: Trouble | None) -> web.Response:
        answers = [self._one(address, question) for address in question.addresses]
        if trouble is Trouble.WRONG_COUNT:
            answers.pop()
        if trouble is Trouble.WRONG_ORDER:
            answers.reverse()
        array = f"<FreeBusyResponseArray>{''.join(answers)}</FreeBusyResponseArray>"
        return envelope(f'<GetUserAvailabilityResponse xmlns="{M}">{array}</GetUserAvailabilityResponse>')

    def _one(self, address: str, question: AvailabilityQuestion) -> str:
        assert question.window is not None
        if code := self.faults.addresses.get(address.lower()):
            return error_of(code, escape(address))
        person = self.estate.find(address, "google")
        if person is None or person.sharing is Sharing.NOTHING:
            return error_of("ErrorNoFreeBusyAccess", escape(address))
        events = "".join(
            f"<CalendarEvent>{_times(busy, question.zone)}<BusyType>Busy</BusyType></CalendarEvent>"
            for busy in self.estate.expected_busy(person.address, question.window)
        )
        return (
            '<FreeBusyResponse><ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>'
            f'</ResponseMessage><FreeBusyView><FreeBusyViewType xmlns="{T}">FreeBusyMerged</FreeBusyViewType>'
            f'<CalendarEventArray xmlns="{T}">{events}</CalendarEventArray></FreeBusyView></FreeBusyResponse>'
        )


def _times(busy: TimeWindow, zone: tzinfo) -> str:
    start, end = (edge.astimezone(zone).replace(tzinfo=None).isoformat() for edge in (busy.start, busy.end))
    return f"<StartTime>{start}</StartTime><EndTime>{end}</EndTime>"
