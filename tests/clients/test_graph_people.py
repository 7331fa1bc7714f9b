"""Microsoft's own client pages and follows the simulated directory by delta query, and invites a guest."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from kiota_abstractions.authentication.access_token_provider import AccessTokenProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
from kiota_abstractions.authentication.base_bearer_token_authentication_provider import (
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.estate import Estate
from simulation.graph import GraphServer
from simulation.graph.people import PeopleDesk
from tests.clients.tls import Authority

pytestmark = [
    pytest.mark.client,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:msgraph"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:kiota_abstractions"),
]
ROLES = ("User.ReadWrite.All", "Group.Read.All", "User.EnableDisableAccount.All")
PEOPLE = tuple(
    Person(
        anchor=f"user-{number}",
        kind=Kind.USER,
        primary=Mailbox.parse(f"user{number}@b.example"),
        texts={Field.DISPLAY_NAME: f"User {number}", Field.TITLE: "Lead"},
    )
    for number in range(5)
)


class _Token(AccessTokenProvider):
    """Gives the token that the simulation issued."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_authorization_token(self, uri: str, additional_authentication_context: Any = None) -> str:
        return self._token

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return AllowedHostsValidator([])


@asynccontextmanager
async def _client(estate: Estate, tls: Authority) -> AsyncIterator[tuple[GraphServiceClient, PeopleDesk]]:
    desk = PeopleDesk(AddressBook(PEOPLE))
    desk.page, desk.delta.page = 2, 2
    async with (
        GraphServer(estate, ssl=tls.server, people=desk) as server,
        httpx.AsyncClient(verify=ssl.create_default_context(cafile=tls.ca), timeout=20) as http,
    ):
        auth = BaseBearerTokenAuthenticationProvider(_Token(server.tokens.issue(roles=ROLES)))
        adapter = GraphRequestAdapter(auth, KiotaClientFactory.create_with_default_middleware(client=http))
        adapter.base_url = f"{server.url}/v1.0"
        yield GraphServiceClient(request_adapter=adapter), desk


def _configured(parameters: Any) -> Any:
    return RequestConfiguration(query_parameters=parameters)


async def _round(client: GraphServiceClient, link: str | None = None) -> tuple[list[User], str]:
    """All pages of a round, and the link of the next."""
    from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder  # warns as it is read

    delta = client.users.delta
    parameters = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(select=["displayName", "jobTitle"])
    page = await (delta.with_url(link).get() if link else delta.get(request_configuration=_configured(parameters)))
    users: list[User] = []
    while page is not None:
        users += page.value or []
        if not page.odata_next_link:
            return users, page.odata_delta_link or ""
        page = await delta.with_url(page.odata_next_link).get()
    raise AssertionError("a page without a body")


async def test_the_client_follows_changes(estate: Estate, tls: Authority) -> None:
    async with _client(estate, tls) as (client, desk):
        users, link = await _round(client)
        told = [(user.id, user.display_name) for user in users]
        assert told == [(each.anchor, each.texts[Field.DISPLAY_NAME]) for each in PEOPLE]
        desk.book.remove("user-1")
        desk.book.put(replace(PEOPLE[3], texts={Field.DISPLAY_NAME: "Changed", Field.TITLE: "Lead"}))
        changed, link = await _round(client, link)
        assert [user.id for user in changed] == ["user-1", "user-3"]
        assert changed[0].additional_data["@removed"]
        assert (changed[1].display_name, changed[1].job_title) == ("Changed", None)
        desk.delta.forget()
        with pytest.raises(ODataError) as gone:
            await _round(client, link)
        assert gone.value.response_status_code == 410


async def test_the_client_pages_filters_invites_and_changes(estate: Estate, tls: Authority) -> None:
    async with _client(estate, tls) as (client, desk):
        from msgraph.generated.users.users_request_builder import UsersRequestBuilder  # warns as it is read

        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
        page = await client.users.get(request_configuration=_configured(query(select=["mail"], top=2)))
        found = []
        while page is not None:
            found += [user.mail for user in page.value or []]
            page = await client.users.with_url(page.odata_next_link).get() if page.odata_next_link else None
        assert found == [f"user{number}@b.example" for number in range(5)]
        wanted = query(filter="proxyAddresses/any(p:p eq 'smtp:user2@b.example')")
        some = await client.users.get(request_configuration=_configured(wanted))
        assert some is not None
        assert [user.id for user in some.value or []] == ["user-2"]
        invitation = await client.invitations.post(
            Invitation(invited_user_email_address="new@c.example", invite_redirect_url="https://c.example")
        )
        assert invitation is not None
        assert invitation.invited_user is not None
        guest = str(invitation.invited_user.id)
        await client.users.by_user_id(guest).patch(User(job_title="Lead", account_enabled=False))
        assert (desk.book.people[guest].texts[Field.TITLE], desk.book.people[guest].disabled) == ("Lead", True)
        await client.users.by_user_id(guest).delete()
        assert guest not in desk.book.people
