"""The simulated Google Workspace of northwind.example: token endpoint and Calendar API on one origin."""

import json
import re
from collections.abc import Mapping
from ssl import SSLContext
from types import TracebackType

from aiohttp import web

from protocols.model.window import TimeWindow
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.faults import Call, Trouble
from simulation.google import (
    automatic_replies,
    browser_sign_in,
    calendar_api,
    directory,
    events,
    freebusy,
    groups,
    mail_forwarding,
    people,
    personal_contacts,
    shared_contacts,
)
from simulation.google.keys import ServiceAccount
from simulation.google.refusals import GoogleRefusal, not_found
from simulation.google.tokens import Grant, TokenDesk
from simulation.people import Kind, Person, Sharing
from simulation.server import SimulatedServer

_FREEBUSY = "/calendar/v3/freeBusy"
_EVENTS = re.compile(r"/calendar/v3/calendars/(?P<calendar>[^/]+)/events")
_AUTH = "https://www.googleapis.com/auth/calendar"
_MAY_FREEBUSY = frozenset({_AUTH, *(f"{_AUTH}.{name}" for name in ("readonly", "freebusy", "events.freebusy"))})
_MAY_EVENTS = frozenset({_AUTH, *(f"{_AUTH}.{name}" for name in ("readonly", "events", "events.readonly"))})


class GoogleServer(SimulatedServer):
    """Tokens and calendars of one domain. ``account`` is the service account that the domain has delegated to.

    Whoever a token stands for sees of the others what these share: blocks (most), details (some) or nothing; of their
    own calendar everything. ``refresh`` maps refresh tokens to the people who gave them. ``book`` is who is in the
    directory (None: it knows groups and rooms of the estate, and lists nobody); ``shared`` and ``personal`` hold the
    contacts that were written, ``groups`` says what may be done to the groups of ``book``. ``others`` are further
    service accounts, with keys of their own. ``calendars`` are those that can be written to: of these ids, nothing of
    the estate is told.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        ssl: SSLContext | None = None,
        account: ServiceAccount | None = None,
        refresh: Mapping[str, str] | None = None,
        book: AddressBook | None = None,
        others: tuple[ServiceAccount, ...] = (),
    ) -> None:
        super().__init__(estate, ssl=ssl)
        self.account = account or ServiceAccount()
        self.directory_down = False
        self.lost_pages = False  # of the directory: every page after the first
        self.refusing: tuple[int, int] = (0, 0)  # a status, and how many more questions to the directory it befalls
        self.book = book
        self.largest_page: int | None = None
        self.shared = shared_contacts.SharedContacts()
        self.personal = personal_contacts.PersonalContacts()
        self.groups = groups.Groups("northwind.example")
        self.forwarding = mail_forwarding.MailForwarding()
        self.calendars = calendar_api.CalendarApi()
        self.tokens = TokenDesk(estate, self.account, refresh or {}, others)

    @property
    def token_url(self) -> str:
        """Where tokens are to be had."""
        return f"{self.url}/token"

    def service_account_file(self) -> str:
        """The JSON key file of the service account, pointing at this server."""
        return json.dumps(self.account.file(self.token_url), indent=2)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.calendars.channels.close()
        await super().__aexit__(kind, error, trace)

    def is_question(self, path: str) -> bool:
        return path == _FREEBUSY or _EVENTS.fullmatch(path) is not None or self.calendars.knows(path)

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        if match := _EVENTS.fullmatch(request.path):
            return (match["calendar"],)
        try:
            return tuple(str(item["id"]) for item in json.loads(call.body)["items"])
        except (ValueError, KeyError, TypeError):
            return ()

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        if request.path == "/token" and request.method == "POST":
            form = {name: str(value) for name, value in (await request.post()).items()}
            return self.tokens.grant(form, self.token_url, self.faults.tokens)
        if request.path == browser_sign_in.PAGE:
            return self.tokens.browser.page(request.query)
        try:
            if not self._is_known(request.path):
                raise not_found()
            grant = None if trouble is Trouble.DENIED else self.tokens.find(call.headers.get("authorization", ""))
            if grant is None:
                text = "Request had invalid authentication credentials."
                raise GoogleRefusal(401, "authError", text)
            call.user = grant.subject
            return self._told(request, call, grant, trouble)
        except GoogleRefusal as refusal:
            return refusal.response()

    def _told(self, request: web.Request, call: Call, grant: Grant, trouble: Trouble | None) -> web.Response:
        if self.calendars.knows(request.path):
            return self.calendars.answer(request, call.body, grant.subject, grant.scopes)
        if directory.is_directory(request.path):
            return self._directory(request, call, grant)
        if shared_contacts.is_feed(request.path) or personal_contacts.is_people(request.path):
            return self._contacts(request, call, grant)
        if request.path == automatic_replies.PATH or mail_forwarding.is_forwarding(request.path):
            return self._mail_settings(request, call, grant)
        match = _EVENTS.fullmatch(request.path)
        if match is None:
            return self._freebusy(call, grant, trouble)
        return self._events(request, match["calendar"], grant, trouble)

    def _contacts(self, request: web.Request, call: Call, grant: Grant) -> web.Response:
        if shared_contacts.is_feed(request.path):
            return self.shared.answer(request, call.body, grant.scopes)
        return self.personal.answer(request, call.body, grant.subject, grant.scopes)

    def _mail_settings(self, request: web.Request, call: Call, grant: Grant) -> web.Response:
        if mail_forwarding.is_forwarding(request.path):
            return self.forwarding.answer(request, call.body, self.estate, grant)
        return web.json_response(automatic_replies.answer(self.estate, grant, self.estate.replies))

    def _is_known(self, path: str) -> bool:
        contacts = shared_contacts.is_feed(path) or personal_contacts.is_people(path)
        contacts = contacts or mail_forwarding.is_forwarding(path)
        return contacts or self.is_question(path) or directory.is_directory(path) or path == automatic_replies.PATH

    def _directory(self, request: web.Request, call: Call, grant: Grant) -> web.Response:
        if self.directory_down or (self.lost_pages and "pageToken" in request.query):
            return self.broken(request)
        status, times = self.refusing
        if times:
            self.refusing = status, times - 1
            raise GoogleRefusal(status, "quotaExceeded" if status == 403 else "backendError", "Refused")
        if self.book is not None and request.method != "GET":
            return self.groups.answer(request, call.body, self.book, grant.scopes)
        if self.book is not None:
            told = people.answer(request.path, request.query, self.book, grant.scopes, largest=self.largest_page)
            return web.json_response(told)
        return web.json_response(directory.answer(request.path, request.query, self.estate, grant.scopes))

    def throttled(self, request: web.Request) -> web.Response:
        status = self.faults.throttle_status or 403
        text = "Rate Limit Exceeded"
        response = GoogleRefusal(status, "rateLimitExceeded", text, "usageLimits").response()
        if self.faults.retry_after is not None and status != 403:
            response.headers["Retry-After"] = f"{self.faults.retry_after:g}"
        return response

    def broken(self, request: web.Request) -> web.Response:
        return GoogleRefusal(500, "backendError", "Backend Error").response()

    def _freebusy(self, call: Call, grant: Grant, trouble: Trouble | None) -> web.Response:
        _allowed(grant, _MAY_FREEBUSY)
        try:
            body = json.loads(call.body)
        except ValueError:
            raise GoogleRefusal(400, "parseError", "Parse Error") from None

        def read(asked: str, window: TimeWindow) -> list[TimeWindow] | str:
            if reason := self.faults.addresses.get(asked.lower()):
                return reason
            person, sharing = self._visible(asked, grant)
            if person is None or sharing is Sharing.NOTHING:
                return "notFound"
            return self.estate.expected_busy(person.address, window)

        whole = freebusy.answer(body, read)
        if trouble is Trouble.WRONG_COUNT and whole["calendars"]:
            whole["calendars"].popitem()
        if trouble is Trouble.WRONG_ORDER:
            whole["calendars"] = dict(reversed(whole["calendars"].items()))
        if trouble is Trouble.SOMEBODY_ELSE:
            whole["calendars"] = {f"not.{name}": told for name, told in whole["calendars"].items()}
        return web.json_response(whole)

    def _events(self, request: web.Request, calendar: str, grant: Grant, trouble: Trouble | None) -> web.Response:
        _allowed(grant, _MAY_EVENTS)
        if reason := self.faults.addresses.get(calendar.lower()):
            raise GoogleRefusal(404 if reason == "notFound" else 403, reason, reason)
        person, sharing = self._visible(calendar, grant)
        if person is None or sharing is Sharing.NOTHING:
            raise not_found()
        if trouble is Trouble.LOST_PAGE and "pageToken" in request.query:
            return self.broken(request)
        own = person.address == grant.subject
        page = events.answer(request.query, self.estate, person, whole=sharing is Sharing.DETAILS, own=own)
        if trouble is Trouble.LOST_PAGE and "nextPageToken" not in page:
            page["nextPageToken"] = "bG9zdA=="
        if trouble is Trouble.WRONG_COUNT:
            del page["items"]
        return web.json_response(page)

    def _visible(self, asked: str, grant: Grant) -> tuple[Person | None, Sharing]:
        """Whose calendar it is and how much of it the token shows."""
        person = self.estate.find(grant.subject if asked == "primary" else asked, "google")
        if person is None or self.estate.find(grant.subject, "google") is None:
            return None, Sharing.NOTHING  # the service account itself belongs to no domain
        if person.address == grant.subject:
            return person, Sharing.DETAILS
        return person, Sharing.BUSY if person.kind is Kind.ROOM else person.sharing


def _allowed(grant: Grant, scopes: frozenset[str]) -> None:
    if not grant.scopes & scopes:
        raise GoogleRefusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
