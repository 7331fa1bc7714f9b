"""Drives Google's and Microsoft's own clients with a token and a base URL of ours, and curl with both dialects."""

import asyncio
import json
import ssl
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import google_auth_httplib2  # type: ignore[import-untyped]
import httplib2  # type: ignore[import-untyped]
import httpx
from azure.core.credentials import AccessToken
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body import GetSchedulePostRequestBody
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from tests.clients.blocks import Answer, block
from tests.needs import program

_WORDS = {"workingElsewhere": "WorkingElsewhere", "tentative": "Tentative", "busy": "Busy", "oof": "OOF"}


def token(endpoint: str, client_id: str, secret: str, *, ca: Path | None = None, **more: str) -> str:
    """An access token by client credentials; ``more`` are other fields of the form."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **more}
    tls: Any = ssl.create_default_context(cafile=str(ca)) if ca else True
    answer = httpx.post(endpoint, data=form, verify=tls, timeout=20)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def google(
    url: str, bearer: str, addresses: list[str], window: tuple[datetime, datetime], zone: str, *, ca: Path
) -> list[Answer]:
    """What google-api-python-client sees between two aware times, by its static discovery document."""
    credentials: Any = Credentials(token=bearer)  # type: ignore[no-untyped-call]
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(ca_certs=str(ca), timeout=20))
    options = {"api_endpoint": f"{url}/calendar/v3/"}
    body = {"timeMin": window[0].isoformat(), "timeMax": window[1].isoformat(), "timeZone": zone}
    asked: Any = body | {"items": [{"id": address} for address in addresses]}
    with build("calendar", "v3", http=http, static_discovery=True, client_options=options) as api:
        try:
            calendars = api.freebusy().query(body=asked).execute()["calendars"]
        except HttpError as error:
            return [f"HTTP {error.status_code} {error.error_details[0]['reason']}"] * len(addresses)
    return [_calendar(calendars[address]) for address in addresses]


def _calendar(calendar: dict[str, Any]) -> Answer:
    if "errors" in calendar:
        assert "busy" not in calendar
        return str(calendar["errors"][0]["reason"])
    read = datetime.fromisoformat
    return [block(read(each["start"]), read(each["end"]), "Busy") for each in calendar["busy"]]


class _Shown:
    """A credential that always has the same token."""

    def __init__(self, bearer: str) -> None:
        self._token = AccessToken(bearer, int(time.time()) + 3_600)

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return self._token

    def close(self) -> None:
        return None


def graph(
    url: str,
    bearer: str,
    addresses: list[str],
    window: tuple[datetime, datetime],
    zone: str,
    *,
    user: str | None = None,
    ca: Path,
) -> list[Answer]:
    """What msgraph-sdk sees between two naive times of ``zone``, asked of /me, or of ``user``.

    To be called in a thread without an event loop.
    """
    question = GetSchedulePostRequestBody(
        schedules=addresses,
        start_time=DateTimeTimeZone(date_time=window[0].isoformat(), time_zone=zone),
        end_time=DateTimeTimeZone(date_time=window[1].isoformat(), time_zone=zone),
        availability_view_interval=30,
    )
    try:
        return asyncio.run(_ask(url, bearer, question, zone, user, ca))
    except ODataError as error:
        return [str(error.error.code if error.error else error)] * len(addresses)


async def _ask(
    url: str, bearer: str, question: GetSchedulePostRequestBody, zone: str, user: str | None, ca: Path
) -> list[Answer]:
    host = url.removeprefix("https://")
    credential: Any = _Shown(bearer)
    auth = AzureIdentityAuthenticationProvider(
        credential, scopes=["api://busyline/.default"], allowed_hosts=[host, host.partition(":")[0]]
    )
    configuration: Any = RequestConfiguration()
    configuration.headers.add("Prefer", f'outlook.timezone="{zone}"')
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=str(ca)), timeout=20) as http:
        adapter = GraphRequestAdapter(auth, KiotaClientFactory.create_with_default_middleware(client=http))
        adapter.base_url = f"{url}/v1.0"
        client = GraphServiceClient(request_adapter=adapter)
        whose: Any = client.me if user is None else client.users.by_user_id(user)
        answer = await whose.calendar.get_schedule.post(question, request_configuration=configuration)
    return [_schedule(each) for each in answer.value]


def _schedule(information: Any) -> Answer:
    if information.error is not None:
        assert information.availability_view is None
        return str(information.error.response_code)
    items = [item for item in information.schedule_items if item.status.value != "free"]
    return sorted(block(_aware(item.start), _aware(item.end), _WORDS[item.status.value]) for item in items)


def _aware(value: Any) -> datetime:
    """As a client reads it that takes a time that comes twice for the first."""
    return datetime.fromisoformat(value.date_time[:26]).replace(tzinfo=ZoneInfo(value.time_zone))


def curl(url: str, body: dict[str, Any], *, ca: Path, login: str = "", bearer: str = "") -> dict[str, Any]:
    """What curl is answered, by Basic (``login`` is user:password) or a bearer token; errors of HTTP included."""
    proof = ["--user", login] if login else ["--header", f"Authorization: Bearer {bearer}"]
    run = subprocess.run(
        [program("curl"), "--silent", "--show-error", "--cacert", str(ca), *proof, "--json", "@-", url],
        input=json.dumps(body),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer
