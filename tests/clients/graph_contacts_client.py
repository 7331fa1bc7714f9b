"""Drives msgraph-sdk over the contacts of a mailbox: what it makes, and what it sees."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph.generated.models.contact import Contact
from msgraph.generated.models.contact_folder import ContactFolder
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.physical_address import PhysicalAddress
from msgraph.generated.models.single_value_legacy_extended_property import SingleValueLegacyExtendedProperty
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

T = TypeVar("T")


def seen(
    url: str, credentials: tuple[str, str, str], mailbox: str, folder: str, expand: str, *, ca: str
) -> list[Contact]:
    """The contacts in the folder of that name, two a page. To be called in a thread without an event loop."""

    async def work(client: GraphServiceClient) -> list[Contact]:
        place = client.users.by_user_id(mailbox).contact_folders
        listed: Any = await place.get()
        [key] = [each.id for each in listed.value if each.display_name == folder]
        contacts = place.by_contact_folder_id(key).contacts
        query = type(contacts).ContactsRequestBuilderGetQueryParameters(expand=[expand], top=2)
        page: Any = await contacts.get(request_configuration=RequestConfiguration(query_parameters=query))
        found = list(page.value)
        while page.odata_next_link:
            page = await contacts.with_url(page.odata_next_link).get()
            found += page.value
        return found

    return _run(url, credentials, ca, work)


def made(
    url: str, credentials: tuple[str, str, str], mailbox: str, folder: str, stamp: tuple[str, str], *, ca: str
) -> str:
    """The id of a contact that the client makes in a new folder, with an extended property (id, value); it is changed
    once. To be called in a thread without an event loop."""
    properties = [SingleValueLegacyExtendedProperty(id=stamp[0], value=stamp[1])]
    contact = Contact(
        display_name="Ann Åström",
        given_name="Ann",
        surname="Åström",
        business_phones=["+49 (30) 5550-101"],
        business_address=PhysicalAddress(city="Köln", country_or_region="Deutschland"),
        email_addresses=[EmailAddress(address="ann@b.example", name="Ann")],
        single_value_extended_properties=properties,
    )

    async def work(client: GraphServiceClient) -> str:
        place = client.users.by_user_id(mailbox).contact_folders
        new: Any = await place.post(ContactFolder(display_name=folder))
        contacts = place.by_contact_folder_id(new.id).contacts
        told: Any = await contacts.post(contact)
        change = Contact(job_title="Lead", display_name="Ann Åström")
        await contacts.by_contact_id(told.id).patch(change)
        return str(told.id)

    return _run(url, credentials, ca, work)


def retitled(
    url: str, credentials: tuple[str, str, str], mailbox: str, folder: str, name: str, title: str, *, ca: str
) -> dict[str, Any]:
    """Gives the contact called ``name`` in the folder of that id another job title; what it said before, by the
    client's names. To be called in a thread without an event loop."""

    async def work(client: GraphServiceClient) -> dict[str, Any]:
        contacts = client.users.by_user_id(mailbox).contact_folders.by_contact_folder_id(folder).contacts
        listed: Any = await contacts.get()
        [found] = [each for each in listed.value if each.display_name == name]
        await contacts.by_contact_id(found.id).patch(Contact(job_title=title, display_name=name))
        return {
            "mail": [each.address for each in found.email_addresses],
            "mobile": found.mobile_phone,
            "home": found.home_address.city if found.home_address else None,
            "birthday": found.birthday,
            "notes": found.personal_notes,
            "categories": found.categories,
        }

    return _run(url, credentials, ca, work)


def _run(
    url: str, credentials: tuple[str, str, str], ca: str, work: Callable[[GraphServiceClient], Awaitable[T]]
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
