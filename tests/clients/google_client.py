"""Drives google-api-python-client with a service account of google-auth."""

from datetime import datetime
from typing import Any

import google_auth_httplib2  # type: ignore[import-untyped]
import httplib2  # type: ignore[import-untyped]
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from tests.clients.blocks import Answer, Block, block

FREEBUSY = "https://www.googleapis.com/auth/calendar.events.freebusy"
EVENTS = "https://www.googleapis.com/auth/calendar.events.readonly"


def free_busy(
    api_url: str,
    key_file: dict[str, str],
    subject: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str | None = None,
) -> list[Answer]:
    """Merged blocks of each address between two aware times, seen with the eyes of ``subject``."""
    body = {"timeMin": start.isoformat(), "timeMax": end.isoformat(), "timeZone": zone}
    body_items: Any = body | {"items": [{"id": address} for address in addresses]}
    with _api(api_url, key_file, subject, FREEBUSY, ca) as api:
        try:
            calendars = api.freebusy().query(body=body_items).execute()["calendars"]
        except HttpError as error:
            return [f"HTTP {error.status_code} {error.error_details[0]['reason']}"] * len(addresses)
    return [_answer(calendars[address]) for address in addresses]


def events(
    api_url: str, key_file: dict[str, str], subject: str, start: datetime, end: datetime, *, ca: str | None = None
) -> list[dict[str, Any]]:
    """All single events of ``subject``'s own calendar between two aware times, through every page, as they came."""
    found: list[dict[str, Any]] = []
    with _api(api_url, key_file, subject, EVENTS, ca) as api:
        request = api.events().list(
            calendarId=subject, timeMin=start.isoformat(), timeMax=end.isoformat(), singleEvents=True, maxResults=100
        )
        while request is not None:
            page = request.execute()
            found += page["items"]
            request = api.events().list_next(request, page)
    return found


def _api(api_url: str, key_file: dict[str, str], subject: str, scope: str, ca: str | None) -> Any:
    account: Any = service_account.Credentials
    credentials = account.from_service_account_info(key_file, scopes=[scope], subject=subject)
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(ca_certs=ca, timeout=20))
    options = {"api_endpoint": f"{api_url}/calendar/v3/"}
    return build("calendar", "v3", http=http, static_discovery=True, client_options=options)


def _answer(calendar: dict[str, Any]) -> Answer:
    if calendar.get("errors"):
        return str(calendar["errors"][0]["reason"])
    return [_block(busy) for busy in calendar["busy"]]


def _block(busy: dict[str, str]) -> Block:
    return block(datetime.fromisoformat(busy["start"]), datetime.fromisoformat(busy["end"]), "Busy")
