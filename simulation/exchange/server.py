"""The simulated Exchange Server: who may come in, and which door answers what."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from ssl import SSLContext
from types import TracebackType
from typing import Self

from aiohttp import web
from lxml import etree

from protocols import safexml
from protocols.model.freebusy import Detail
from simulation.estate import Estate
from simulation.exchange import autodiscover, automatic_replies, calendar_operations, contacts, directory, push
from simulation.exchange.calendar_folders import CalendarDesk
from simulation.exchange.contact_mailboxes import PUBLIC, ContactsDesk, Refused
from simulation.exchange.operations import convert_id, server_time_zones
from simulation.exchange.push import PushDesk
from simulation.exchange.question import AvailabilityQuestion, addresses_of, read_question
from simulation.exchange.sign_in import Account, SignIn
from simulation.exchange.soap import NS, M, SoapFault, envelope, fault
from simulation.exchange.views import error_of, view_of
from simulation.faults import Call, Trouble
from simulation.people import Sharing
from simulation.server import SimulatedServer

MOST_ENTRIES = 1000
EWS, POX, SVC, JSON = (
    "/ews/exchange.asmx",
    "/autodiscover/autodiscover.xml",
    "/autodiscover/autodiscover.svc",
    "/autodiscover/autodiscover.json",
)


FEDERATION = Account("busyline@fabrikam.example", "fabrikam-free-busy")
ASSISTANT = Account("assistant@fabrikam.example", "fabrikam-assistant", Detail.DETAILS)


class ExchangeServer(SimulatedServer):
    """Exchange Server of fabrikam.example: EWS free/busy and Autodiscover behind ``sign_in``, Basic by default.

    ``offsets`` makes it write times with their offset from UTC, as old servers did. ``FEDERATION`` sees blocks only,
    ``ASSISTANT`` subjects and places; user names match in any letter case, with a domain before or behind. ``push``
    calls whoever subscribed to changes in ``calendars`` and ``contacts``.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        ssl: SSLContext | None = None,
        accounts: tuple[Account, ...] = (FEDERATION, ASSISTANT),
        offsets: bool = False,
        sign_in: SignIn | None = None,
        contacts: ContactsDesk | None = None,
        calendars: CalendarDesk | None = None,
    ) -> None:
        super().__init__(estate, ssl=ssl)
        self.contacts = contacts
        self.calendars = calendars
        self.push = PushDesk(self._clock)
        for desk in (calendars, contacts):
            if desk is not None:
                desk.changed = self.push.tell
        self.offsets = offsets
        self.sign_in = sign_in or SignIn()
        self._accounts = accounts
        self._open = ExitStack()
        self._doors: Mapping[str, Callable[[web.Request, Call, Account, Trouble | None], web.Response]] = {
            EWS: self._ews,
            POX: lambda _request, call, _account, _trouble: autodiscover.pox(call.body, estate, self.ews_url),
            SVC: lambda _request, call, _account, _trouble: autodiscover.settings(
                call.body, estate, self.ews_url, calendars.public.settings if calendars is not None else None
            ),
        }

    async def __aenter__(self) -> Self:
        self._open.enter_context(self.sign_in.open(self._accounts))
        return await super().__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        await self.push.close()
        self._open.close()

    @property
    def ews_url(self) -> str:
        """Where EWS is, as Autodiscover tells it."""
        return f"{self.url}/EWS/Exchange.asmx"

    @property
    def autodiscover_url(self) -> str:
        """Where the XML dialect of Autodiscover is."""
        return f"{self.url}/autodiscover/autodiscover.xml"

    def is_question(self, path: str) -> bool:
        return path.lower() == EWS

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        try:
            operation = safexml.parse(call.body).find("s:Body/m:GetUserAvailabilityRequest", NS)
        except safexml.XmlRefused:
            return ()
        return () if operation is None else addresses_of(operation)

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        path = request.path.lower()
        if path.startswith(JSON):
            return autodiscover.json_v2(request.query, self.ews_url)
        door = self._doors.get(path)
        if door is None:
            return web.Response(status=404)
        account, challenges = self.sign_in.who(request)
        if account is None or trouble is Trouble.DENIED:
            return self._challenge(path, challenges or self.sign_in.challenges())
        call.user = account.username
        if request.method != "POST":
            return web.Response(status=405 if path == EWS else 200, headers={"X-SOAP-Enabled": "True"})
        return door(request, call, account, trouble)

    def throttled(self, request: web.Request) -> web.Response:
        if self.faults.throttle_status is None:
            return fault(SoapFault("ErrorServerBusy", back_off=self.faults.retry_after))
        wait = {} if self.faults.retry_after is None else {"Retry-After": f"{self.faults.retry_after:g}"}
        return web.Response(status=self.faults.throttle_status, headers=wait)

    def broken(self, request: web.Request) -> web.Response:
        return fault(SoapFault("ErrorInternalServerError"))

    def _challenge(self, path: str, challenges: list[str]) -> web.Response:
        response = web.Response(status=401)
        for challenge in challenges:
            response.headers.add("WWW-Authenticate", challenge)
        if path != EWS:
            response.headers["X-SOAP-Enabled"] = "True"
        return response

    def _ews(self, request: web.Request, call: Call, account: Account, trouble: Trouble | None) -> web.Response:
        if request.content_type != "text/xml":
            return web.Response(status=415)
        try:
            root = safexml.parse(call.body)
        except safexml.XmlRefused:
            return fault(SoapFault("ErrorSchemaValidation"))
        operation = next(iter(root.iterfind("s:Body/*", NS)), None)
        try:
            if operation is None or operation.tag == f"{{{M}}}GetUserAvailabilityRequest":
                return self._availability(read_question(root), account, trouble)
            return self._kept(root, operation, call, account, trouble)
        except SoapFault as error:
            return fault(error)

    def _kept(
        self, root: etree._Element, operation: etree._Element, call: Call, account: Account, trouble: Trouble | None
    ) -> web.Response:
        if operation.tag in push.OPERATIONS:
            return self.push.answer(operation, lambda element: self._folder(element, root, call, account))
        if self.calendars is not None and calendar_operations.is_ours(operation, alone=self.contacts is None):
            return calendar_operations.answer(root, operation, self.calendars, account.username, call.headers)
        if self.contacts is not None and operation.tag in contacts.OPERATIONS:
            return contacts.answer(root, operation, self.contacts, account.username, trouble)
        return self._other(root, operation)

    def _clock(self) -> datetime:
        return self.calendars.clock() if self.calendars is not None else datetime.now(UTC)

    def _folder(
        self, element: etree._Element, root: etree._Element, call: Call, account: Account
    ) -> tuple[str, bool]:  # fmt: skip
        if self.calendars is not None and calendar_operations.is_of(element, alone=self.contacts is None):
            desk = self.calendars
            there = desk.folder(element, desk.acting(root, account.username), call.headers)
            if not there.owner:
                desk.public.check_content(call.headers, there.content)
            return there.key, not there.owner
        if self.contacts is None:
            raise Refused("ErrorFolderNotFound")
        who = self.contacts.acting(root, account.username)[0]
        box, folder = self.contacts.folder(element, who)
        if box.address not in (PUBLIC, who):
            raise Refused("ErrorSubscriptionDelegateAccessNotSupported")
        return folder.key, box.address == PUBLIC

    def _other(self, root: etree._Element, operation: etree._Element) -> web.Response:
        if operation.tag == f"{{{M}}}GetServerTimeZones":
            return server_time_zones(operation, self.estate.today.year)
        if operation.tag == f"{{{M}}}ConvertId":
            return convert_id(operation)
        if operation.tag in directory.OPERATIONS:
            return directory.answer(operation, self.estate)
        if operation.tag == automatic_replies.OPERATION:
            return automatic_replies.answer(root, operation, self.estate, self.estate.replies)
        raise SoapFault("ErrorInvalidOperation")

    def _availability(self, question: AvailabilityQuestion, account: Account, trouble: Trouble | None) -> web.Response:
        parts = []
        if question.window is not None:
            answers = [self._one(address, question, account) for address in question.addresses]
            if trouble is Trouble.WRONG_COUNT:
                answers.pop()
            if trouble is Trouble.TOO_MANY:
                answers.append(answers[0])
            if trouble is Trouble.WRONG_ORDER:
                answers.reverse()
            parts.append(f"<FreeBusyResponseArray>{''.join(answers)}</FreeBusyResponseArray>")
        if question.suggestions:
            parts.append(_suggestions(question))
        return envelope(f'<GetUserAvailabilityResponse xmlns="{M}">{"".join(parts)}</GetUserAvailabilityResponse>')

    def _one(self, address: str, question: AvailabilityQuestion, account: Account) -> str:
        assert question.window is not None
        if code := self.faults.addresses.get(address.lower()):
            return error_of(code, address)
        person = self.estate.find(address.lower().removeprefix("smtp:"), "ews")
        if person is None:
            return error_of("ErrorMailRecipientNotFound", f"<>SMTP:{address}")
        events = self.estate.events(person.address, question.window)
        if len(events) > MOST_ENTRIES:
            return error_of("ErrorResultSetTooBig", str(len(events)))
        detail = Detail.DETAILS if person.sharing is Sharing.DETAILS else account.sees
        return view_of(person, events, question, detail, self.offsets)


def _suggestions(question: AvailabilityQuestion) -> str:
    days = "".join(
        '<SuggestionDayResult xmlns="http://schemas.microsoft.com/exchange/services/2006/types">'
        f"<Date>{day:%Y-%m-%dT%H:%M:%S}</Date><DayQuality>Poor</DayQuality><SuggestionArray/></SuggestionDayResult>"
        for day in question.suggestions
    )
    return (
        '<SuggestionsResponse><ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>'
        f"</ResponseMessage><SuggestionDayResultArray>{days}</SuggestionDayResultArray></SuggestionsResponse>"
    )
