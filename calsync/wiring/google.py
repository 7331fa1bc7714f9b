"""Spokes at Google: a calendar or the contacts of a user."""

from calsync.settings.google import GoogleAccountSpoke, GoogleSpoke
from calsync.spoke import Spoke
from calsync.spokes.google_calendar import GoogleCalendar
from calsync.spokes.google_contacts import GoogleContacts
from calsync.wiring.parts import Part
from protocols.google import personal_contacts
from protocols.google.calendar_reading import API_URL
from protocols.http import Send
from service.clouds import at_google
from service.google_account import at_google_account

_CALENDAR = "https://www.googleapis.com/auth/calendar.events"


async def google(name: str, settings: GoogleSpoke, part: Part) -> Spoke:
    """By a service account. Raises SecretError, OSError (a CA file)."""
    url = _url(settings, part)
    send_as = await at_google(settings, part.outgoing(settings), api_url=url, repeatable=False)
    send = send_as(settings.subject, scope_of(settings, of_contacts=part.of_contacts))
    return _spoke(name, settings, settings.subject, send, part)


async def google_account(name: str, settings: GoogleAccountSpoke, part: Part) -> Spoke:
    """By the sign-in of its owner. Raises SecretError, OSError (a CA file); that nobody has signed in is said when it
    is asked."""
    send = await at_google_account(
        settings,
        part.outgoing(settings),
        scope_of(settings, of_contacts=part.of_contacts),
        name=part.connection(name),
        api_url=_url(settings, part),
        repeatable=False,
    )
    return _spoke(name, settings, settings.account, send, part)


def scope_of(settings: GoogleSpoke | GoogleAccountSpoke, *, of_contacts: bool) -> str:
    """No more than is needed: to read alone, unless something may be written."""
    scope = personal_contacts.SCOPE if of_contacts else _CALENDAR
    return scope if settings.get.writes else f"{scope}.readonly"


def _url(settings: GoogleSpoke | GoogleAccountSpoke, part: Part) -> str:
    return settings.api_url or (personal_contacts.API_URL if part.of_contacts else API_URL)


def _spoke(name: str, settings: GoogleSpoke | GoogleAccountSpoke, user: str, send: Send, part: Part) -> Spoke:
    url, writable = _url(settings, part), settings.get.writes
    if part.of_contacts:
        return GoogleContacts(name, send, group=settings.label, pace=part.pace, api_url=url, writable=writable)
    return GoogleCalendar(
        name,
        send,
        calendar=settings.calendar or user,
        pace=part.pace,
        new_id=part.number,
        api_url=url,
        writable=writable,
    )
