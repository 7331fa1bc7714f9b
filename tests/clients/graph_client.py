"""Drives msgraph-sdk with a client secret of azure-identity; both insist on TLS."""

import asyncio
import ssl
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body import GetSchedulePostRequestBody
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from tests.clients.blocks import Answer, block

_WORDS = {"workingElsewhere": "WorkingElsewhere", "tentative": "Tentative", "busy": "Busy", "oof": "OOF"}


def free_busy(
    url: str,
    credentials: tuple[str, str, str],
    anchor: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str,
) -> list[Answer]:
    """Blocks of each address between two naive times of the IANA ``zone``, in which Graph is asked to answer too.

    ``url`` is the base of both login and Graph; ``credentials`` are tenant, client id and client secret. An error of
    the whole call is its code for every address. To be called in a thread without an event loop: the credential
    blocks its own.
    """
    question = GetSchedulePostRequestBody(
        schedules=addresses,
        start_time=DateTimeTimeZone(date_time=start.isoformat(), time_zone=zone),
        end_time=DateTimeTimeZone(date_time=end.isoformat(), time_zone=zone),
        availability_view_interval=30,
    )
    credential = ClientSecretCredential(
        *credentials, authority=url, disable_instance_discovery=True, connection_verify=ca
    )
    with credential:
        try:
            answer = asyncio.run(_ask(url, credential, anchor, question, zone, ca))
        except ODataError as error:
            return [str(error.error.code if error.error else error)] * len(addresses)
    return [_answer(information, ZoneInfo(zone)) for information in answer]


async def _ask(
    url: str, credential: Any, anchor: str, question: GetSchedulePostRequestBody, zone: str, ca: str
) -> list[Any]:
    configuration: Any = RequestConfiguration()
    configuration.headers.add("Prefer", f'outlook.timezone="{zone}"')
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca), timeout=20) as http:
        client = _client(url, credential, KiotaClientFactory.create_with_default_middleware(client=http))
        schedule = client.users.by_user_id(anchor).calendar.get_schedule
        answer = await schedule.post(question, request_configuration=configuration)
    return list(answer.value or []) if answer else []


def _client(url: str, credential: Any, http: httpx.AsyncClient) -> GraphServiceClient:
    host = url.removeprefix("https://")
    auth = AzureIdentityAuthenticationProvider(
        credential, scopes=["https://graph.microsoft.com/.default"], allowed_hosts=[host, host.partition(":")[0]]
    )
    adapter = GraphRequestAdapter(auth, http)
    adapter.base_url = f"{url}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def _answer(information: Any, zone: ZoneInfo) -> Answer:
    if information.error is not None:
        return str(information.error.response_code)
    items = [item for item in information.schedule_items or [] if item.status.value != "free"]
    return sorted(block(_aware(item.start, zone), _aware(item.end, zone), _WORDS[item.status.value]) for item in items)


def _aware(value: Any, zone: ZoneInfo) -> datetime:
    assert value.time_zone == zone.key
    return datetime.fromisoformat(value.date_time[:26]).replace(tzinfo=zone)
