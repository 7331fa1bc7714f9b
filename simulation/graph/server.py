"""The simulated Microsoft 365 of contoso.example: token endpoint and getSchedule on one origin."""

import json
import re
from collections import Counter
from ssl import SSLContext
from typing import Any

from aiohttp import web

from protocols.model.freebusy import Detail
from simulation.estate import Estate
from simulation.faults import Call, Trouble
from simulation.graph import automatic_replies, directory
from simulation.graph.calendar_front import CalendarFront
from simulation.graph.contacts import ContactsDesk
from simulation.graph.mailbox_limits import Reply
from simulation.graph.people import PeopleDesk
from simulation.graph.schedule import GraphRefusal, ScheduleQuestion, error_of, read_question, schedule_of
from simulation.graph.tenant import TenantDesk
from simulation.graph.tokens import Application, TokenDesk
from simulation.people import Sharing
from simulation.server import SimulatedServer

MOST_ENTRIES = 1000
MOST_AT_ONCE = 4  # of one application at one mailbox
TENANT = "11111111-1111-1111-1111-111111111111"
_SCHEDULE = re.compile(
    r"/v1\.0/(?:users/(?P<user>[^/]+)|me)/calendar/(?:microsoft\.graph\.)?getschedule", re.IGNORECASE
)
_TOKEN = re.compile(r"/(?P<tenant>[^/]+)/oauth2/v2\.0/token")
_DEVICE = re.compile(r"/[^/]+/oauth2/v2\.0/devicecode")
_DISCOVERY = re.compile(r"/(?P<tenant>[^/]+)/v2\.0/\.well-known/openid-configuration")
_PREFERRED = re.compile(r'outlook\.timezone\s*=\s*"([^"]+)"', re.IGNORECASE)
_MAY_ASK = ("Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite")


class GraphServer(SimulatedServer):
    """Login and Graph of one tenant. The base of both is ``url``; ``schedule_limit`` is the most mailboxes of a call.

    An application with Calendars.Read sees subjects and places, one with Calendars.ReadBasic only blocks, except where
    the mailbox shows its details to everybody. ``people`` is the directory as address books read and fill it: with it
    the faults befall its requests as well; ``contacts`` are those in mailboxes, and $batch, and so with them;
    ``organisation`` is what the tenant says of itself, of other tenants and of whom it trusts, and so with it. Whoever
    sets ``calendars`` before the first request has events in mailboxes as well, and subscriptions to their changes.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        ssl: SSLContext | None = None,
        tenant: str = TENANT,
        applications: tuple[Application, ...] = (Application(),),
        schedule_limit: int = 20,
        people: PeopleDesk | None = None,
        contacts: ContactsDesk | None = None,
        organisation: TenantDesk | None = None,
    ) -> None:
        super().__init__(estate, ssl=ssl)
        self.tenant = tenant
        self.tokens = TokenDesk(tenant, applications)
        self.most_at_once_per_mailbox: Counter[str] = Counter()
        self.directory_down = False
        self.people = people
        self.contacts = contacts
        self.calendars: CalendarFront | None = None
        self.organisation = organisation
        self._limit = schedule_limit
        self._open: Counter[str] = Counter()

    def is_question(self, path: str) -> bool:
        return _SCHEDULE.fullmatch(path) is not None or self._is_for_people(path) or self._is_for_contacts(path)

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        try:
            body = json.loads(call.body)
            return tuple(body.get("schedules") or body["Schedules"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return ()

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        if (told := await self._sign_in(request)) is not None:
            return told
        if self._is_for_contacts(request.path):
            return await self._contacts(request, call, trouble)
        beside = (self._is_for_people, directory.is_directory, automatic_replies.is_reply)
        if any(is_it(request.path) for is_it in beside):
            return self._beside_schedules(request, call, trouble)
        match = _SCHEDULE.fullmatch(request.path)
        try:
            if match is None or request.method != "POST":
                raise GraphRefusal(404, "ResourceNotFound", "Resource not found.")
            return self._schedule(call, self._anchor(call, match["user"], trouble), trouble)
        except GraphRefusal as refusal:
            return _error(refusal.status, refusal.code, refusal.text)

    async def _sign_in(self, request: web.Request) -> web.Response | None:
        """The answer of the sign-in host; None where something else was asked."""
        if match := _DISCOVERY.fullmatch(request.path):
            return self.tokens.discovery(self.url, match["tenant"])
        form = {name: str(value) for name, value in (await request.post()).items()}
        if _TOKEN.fullmatch(request.path):
            return self.tokens.grant(form, f"{self.url}{request.path}", self.faults.tokens)
        return self.tokens.device_code(form, self.url) if _DEVICE.fullmatch(request.path) else None

    async def attend(self, request: web.Request, call: Call) -> web.StreamResponse:
        if self._is_for_people(request.path) or self._is_for_contacts(request.path):
            return await super().attend(request, call)
        match = _SCHEDULE.fullmatch(request.path)
        anchor = ((match["user"] if match else None) or "me").lower()
        if self._open[anchor] >= MOST_AT_ONCE:
            text = "Application is over its MailboxConcurrency limit."
            response = _error(429, "ApplicationThrottled", text)
            response.headers["Retry-After"] = "1"
            return response
        self._open[anchor] += 1
        self.most_at_once_per_mailbox[anchor] = max(self.most_at_once_per_mailbox[anchor], self._open[anchor])
        try:
            return await super().attend(request, call)
        finally:
            self._open[anchor] -= 1

    def throttled(self, request: web.Request) -> web.Response:
        response = _error(self.faults.throttle_status or 429, "ApplicationThrottled", "Application is throttled.")
        if self.faults.retry_after is not None:
            response.headers["Retry-After"] = f"{self.faults.retry_after:g}"
        return response

    def broken(self, request: web.Request) -> web.Response:
        return _error(500, "ErrorInternalServerError", "An internal server error occurred.")

    def _is_for_people(self, path: str) -> bool:
        asked = self.organisation is not None and self.organisation.is_asked(path)
        return asked or (self.people is not None and self.people.is_asked(path))

    def _is_for_contacts(self, path: str) -> bool:
        desks = (self.contacts, self.calendars)
        return any(desk is not None and desk.is_asked(path) for desk in desks)

    async def _contacts(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        claims = None if trouble is Trouble.DENIED else self.tokens.claims(call.headers.get("authorization", ""))
        if claims is None:
            return _error(401, "InvalidAuthenticationToken", "Access token validation failure.")
        roles, lost = frozenset(_words(claims.get("roles"))), trouble is Trouble.LOST_PAGE
        try:
            if person := str(claims.get("upn", "")):
                roles = frozenset(str(claims.get("scp", "")).split())
            told = await self._in_mailboxes(call, request.query_string, roles, person, lost)
        except GraphRefusal as refusal:
            return _error(refusal.status, refusal.code, refusal.text)
        if told.body is None:
            return web.Response(status=told.status, headers=told.headers)
        return web.json_response(told.body, status=told.status, headers=told.headers)

    async def _in_mailboxes(
        self, call: Call, query: str, roles: frozenset[str], person: str, lost: bool
    ) -> Reply:  # fmt: skip
        if self.calendars is not None and self.calendars.is_asked(call.path):
            return await self.calendars.answer(call, query, roles, self.url, lost=lost)
        if self.contacts is None:
            raise GraphRefusal(404, "ResourceNotFound", "Resource not found.")
        return await self.contacts.answer(call, query, roles, self.url, person=person, lost=lost)

    def _beside_schedules(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        claims = None if trouble is Trouble.DENIED else self.tokens.claims(call.headers.get("authorization", ""))
        if claims is None:
            return _error(401, "InvalidAuthenticationToken", "Access token validation failure.")
        if self.directory_down and directory.is_directory(request.path):
            return self.broken(request)
        roles = frozenset(_words(claims.get("roles")))
        try:
            for desk in (self.organisation, self.people):
                if desk is not None and desk.is_asked(request.path):
                    return desk.answer(request, call, roles, self.url, trouble)
            if automatic_replies.is_reply(request.path):
                told = automatic_replies.answer(request.path, self.estate, roles, self.estate.replies)
                return web.json_response(told)
            return web.json_response(directory.answer(request.path, request.query, self.estate, roles, self.url))
        except GraphRefusal as refusal:
            return _error(refusal.status, refusal.code, refusal.text)

    def _anchor(self, call: Call, user: str | None, trouble: Trouble | None) -> dict[str, Any]:
        """The claims of whoever asks, once the mailbox in the URL is found."""
        claims = None if trouble is Trouble.DENIED else self.tokens.claims(call.headers.get("authorization", ""))
        if claims is None:
            raise GraphRefusal(401, "InvalidAuthenticationToken", "Access token validation failure.")
        delegated = str(claims.get("upn", ""))
        if user is None and not delegated:
            text = "/me request is only valid with delegated authentication flow."
            raise GraphRefusal(400, "BadRequest", text)
        if not delegated and not set(_MAY_ASK) & set(_words(claims.get("roles"))):
            raise GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        call.user = (user or delegated).lower()
        if self.estate.find(call.user, "graph") is None:
            raise GraphRefusal(404, "ErrorInvalidUser", f"The requested user '{call.user}' is invalid.")
        return claims

    def _schedule(self, call: Call, claims: dict[str, Any], trouble: Trouble | None) -> web.Response:
        try:
            body = json.loads(call.body)
        except ValueError:
            raise GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.") from None
        preferred = _PREFERRED.search(call.headers.get("prefer", ""))
        question = read_question(body, preferred[1] if preferred else None, self._limit)
        sees_details = {"Calendars.Read", "Calendars.ReadWrite"} & set(_words(claims.get("roles")))
        detail = Detail.DETAILS if sees_details else Detail.BUSY
        values = [self._one(schedule, question, detail) for schedule in question.schedules]
        if trouble is Trouble.WRONG_COUNT:
            values.pop()
        if trouble is Trouble.TOO_MANY:
            values.append(values[0])
        if trouble is Trouble.WRONG_ORDER:
            values.reverse()
        if trouble is Trouble.SOMEBODY_ELSE:
            values = [{**value, "scheduleId": f"not.{value['scheduleId']}"} for value in values]
        context = f"{self.url}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"
        return web.json_response({"@odata.context": context, "value": values})

    def _one(self, asked: str, question: ScheduleQuestion, detail: Detail) -> dict[str, Any]:
        if code := self.faults.addresses.get(asked.lower()):
            return error_of(asked, code, "The request could not be processed.")
        person = self.estate.find(asked, "graph")
        if person is None:
            text = f"Unable to resolve e-mail address {asked} to an Active Directory object."
            return error_of(asked, "ErrorMailRecipientNotFound", text)
        events = self.estate.events(person.address, question.window)
        if len(events) > MOST_ENTRIES:
            text = "The result set contains too many calendar entries."
            return error_of(asked, "ErrorResultSetTooBig", f"{text} The actual size = {len(events)}.")
        level = Detail.DETAILS if person.sharing is Sharing.DETAILS else detail
        return schedule_of(asked, person, events, question, level)


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _error(status: int, code: str, text: str) -> web.Response:
    inner = {"date": "2026-11-23T00:00:00", "request-id": "00000000-0000-0000-0000-000000000000"}
    return web.json_response({"error": {"code": code, "message": text, "innerError": inner}}, status=status)
