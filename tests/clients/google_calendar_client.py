"""Drives google-api-python-client over one calendar, as a program of somebody else does that knows nothing of us."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import google_auth_httplib2  # type: ignore[import-untyped]
import httplib2  # type: ignore[import-untyped]
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

EVENTS = "https://www.googleapis.com/auth/calendar.events"


class GoogleCalendarClient:
    """Google's own client, on one calendar; its methods block."""

    def __init__(self, api: Any, calendar: str) -> None:
        self._events, self._channels, self._calendar = api.events(), api.channels(), calendar

    def insert(self, **event: Any) -> dict[str, Any]:
        """A new event."""
        return dict(self._events.insert(calendarId=self._calendar, body=event, sendUpdates="none").execute())

    def patch(self, key: str, **event: Any) -> dict[str, Any]:
        """What of it is said becomes so."""
        asked = self._events.patch(calendarId=self._calendar, eventId=key, body=event, sendUpdates="none")
        return dict(asked.execute())

    def delete(self, key: str) -> None:
        """It goes."""
        self._events.delete(calendarId=self._calendar, eventId=key, sendUpdates="none").execute()

    def get(self, key: str) -> dict[str, Any]:
        """How it stands."""
        return dict(self._events.get(calendarId=self._calendar, eventId=key).execute())

    def events(self) -> list[dict[str, Any]]:
        """All that stands there, through every page."""
        return [each for page in self._pages(self._events.list, self._events.list_next) for each in page["items"]]

    def instances(self, key: str) -> list[dict[str, Any]]:
        """The occurrences of a series."""
        pages = self._pages(self._events.instances, self._events.instances_next, eventId=key)
        return [each for page in pages for each in page["items"]]

    def changes(self, token: str) -> tuple[list[dict[str, Any]], str]:
        """What changed since ``token``, and the next one."""
        pages = list(self._pages(self._events.list, self._events.list_next, **({"syncToken": token} if token else {})))
        return [each for page in pages for each in page["items"]], str(pages[-1]["nextSyncToken"])

    def refusal(self, token: str) -> str:
        """What comes of a token that is not good any more."""
        try:
            self.changes(token)
        except HttpError as error:
            return f"HTTP {error.status_code} {error.error_details[0]['reason']}"
        return ""

    def _pages(self, ask: Any, ask_on: Any, **more: Any) -> Iterator[Any]:
        request = ask(calendarId=self._calendar, maxResults=2, **more)
        while request is not None:
            page = request.execute()
            yield page
            request = ask_on(request, page)


@contextmanager
def client(url: str, key_file: dict[str, str], subject: str, ca: str, calendar: str) -> Iterator[GoogleCalendarClient]:
    """The client, with the rights of ``subject``."""
    account: Any = service_account.Credentials
    credentials = account.from_service_account_info(key_file, scopes=[EVENTS], subject=subject)
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(ca_certs=ca, timeout=20))
    options = {"api_endpoint": f"{url}/calendar/v3/"}
    with build("calendar", "v3", http=http, static_discovery=True, client_options=options) as api:
        yield GoogleCalendarClient(api, calendar)
