"""Drives msgraph-sdk over the calendar of a mailbox: what it makes, and what it sees."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph.generated.models.event import Event
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

Credentials = tuple[str, str, str]
T = TypeVar("T")


def listed(url: str, credentials: Credentials, mailbox: str, expand: str, *, ca: str) -> list[Event]:
    """All events, series whole, two a page. To be called in a thread without an event loop."""

    async def work(client: GraphServiceClient) -> list[Event]:
        events = client.users.by_user_id(mailbox).events
        query = type(events).EventsRequestBuilderGetQueryParameters(expand=[expand], top=2)
        page: Any = await events.get(request_configuration=RequestConfiguration(query_parameters=query))
        found = list(page.value)
        while page.odata_next_link:
            page = await events.with_url(page.odata_next_link).get()
            found += page.value
        return found

    return _run(url, credentials, ca, work)


def series(url: str, credentials: Credentials, mailbox: str, key: str, *, ca: str) -> Event:
    """One series with its exceptions, and which occurrences were cancelled."""
    names = ["subject", "start", "end", "recurrence", "cancelledOccurrences", "exceptionOccurrences"]

    async def work(client: GraphServiceClient) -> Event:
        one = client.users.by_user_id(mailbox).events.by_event_id(key)
        query = type(one).EventItemRequestBuilderGetQueryParameters(select=names, expand=["exceptionOccurrences"])
        found = await one.get(request_configuration=RequestConfiguration(query_parameters=query))
        assert found is not None
        return found

    return _run(url, credentials, ca, work)


def made(url: str, credentials: Credentials, mailbox: str, *events: Event, ca: str) -> list[str]:
    """The ids of new events."""

    async def work(client: GraphServiceClient) -> list[str]:
        place = client.users.by_user_id(mailbox).events
        found: list[Any] = [await place.post(event) for event in events]
        return [str(each.id) for each in found]

    return _run(url, credentials, ca, work)


def changed(url: str, credentials: Credentials, mailbox: str, key: str, change: Event, *, ca: str) -> None:
    """One event, or one occurrence, becomes as ``change`` says."""

    async def work(client: GraphServiceClient) -> None:
        await client.users.by_user_id(mailbox).events.by_event_id(key).patch(change)

    _run(url, credentials, ca, work)


def deleted(url: str, credentials: Credentials, mailbox: str, key: str, *, ca: str) -> None:
    """One event, or one occurrence, is thrown away."""

    async def work(client: GraphServiceClient) -> None:
        await client.users.by_user_id(mailbox).events.by_event_id(key).delete()

    _run(url, credentials, ca, work)


def instances(
    url: str, credentials: Credentials, mailbox: str, key: str, window: tuple[str, str], *, ca: str
) -> list[Event]:
    """The occurrences of a series between two times."""
    first, last = window

    async def work(client: GraphServiceClient) -> list[Event]:
        place = client.users.by_user_id(mailbox).events.by_event_id(key).instances
        query = type(place).InstancesRequestBuilderGetQueryParameters(start_date_time=first, end_date_time=last)
        page: Any = await place.get(request_configuration=RequestConfiguration(query_parameters=query))
        return list(page.value)

    return _run(url, credentials, ca, work)


def _run(
    url: str, credentials: Credentials, ca: str, work: Callable[[GraphServiceClient], Awaitable[T]]
) -> T:  # fmt: skip
    credential = ClientSecretCredential(
        *credentials, authority=url, disable_instance_discovery=True, connection_verify=ca
    )

    async def conversation() -> T:
        async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca), timeout=20) as http:
            host = url.removeprefix("https://")
            auth = AzureIdentityAuthenticationProvider(
                credential,
                scopes=["https://graph.microsoft.com/.default"],
                allowed_hosts=[host, host.partition(":")[0]],
            )
            adapter = GraphRequestAdapter(auth, KiotaClientFactory.create_with_default_middleware(client=http))
            adapter.base_url = f"{url}/v1.0"
            return await work(GraphServiceClient(request_adapter=adapter))

    with credential:
        return asyncio.run(conversation())
