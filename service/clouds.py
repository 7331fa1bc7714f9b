"""Proves us to Microsoft Graph or to Google Workspace: one way in, whatever is asked for behind it."""

from collections.abc import Callable
from typing import Literal, Self, TypeAlias

from pydantic import Field, model_validator

from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from service.connections import Connections
from service.outgoing import NetworkSection, Outgoing
from service.person_tokens import PersonTokens, PublicApplication
from service.secrets import SecretReference
from service.tokens import authorized
from service.tokens_google import GoogleTokens, key_file
from service.tokens_microsoft import MicrosoftTokens
from service.words import Url

SendAs: TypeAlias = Callable[[str, str], Send]
"""The ``Send`` of a person (by address) with one scope: each pair has a token of its own."""


class MicrosoftSection(NetworkSection):
    """A tenant of Microsoft 365, and the application that we are there."""

    tenant: str = Field(min_length=1, description="tenant id or domain", examples=["contoso.onmicrosoft.com"])
    client_id: str = Field(min_length=1, description="the application's (client) id")
    certificate: SecretReference | None = Field(
        None, description="private key and certificate in one PEM file", examples=["file:contoso.pem"]
    )
    secret: SecretReference | None = Field(None, description="a client secret instead", examples=["env:CONTOSO_SECRET"])
    cloud: Literal["global", "gcc-high", "dod", "china"] = Field("global", description="which Microsoft cloud")
    login_url: Url | None = Field(None, description="another sign-in host than the cloud's")
    graph_url: Url | None = Field(None, description="another Graph host than the cloud's")

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.certificate is None) == (self.secret is None):
            raise ValueError('write exactly one of certificate = "file:…" and secret = "env:…"')
        return self


class GoogleSection(NetworkSection):
    """A domain of Google Workspace, and the service account that we are there."""

    service_account: SecretReference = Field(
        description="the service account's key file (JSON)", examples=["file:northwind.json"]
    )


async def at_graph(settings: MicrosoftSection, network: Outgoing, *, repeatable: bool = True) -> tuple[Send, str]:
    """A ``Send`` with the application's token to the tenant's Graph alone, and that Graph's address.

    ``repeatable`` is for questions alone: what writes is sent once.

    Raises SecretError, OSError (the CA file).
    """
    cloud = CLOUDS[settings.cloud]
    api_url, login_url = settings.graph_url or cloud.graph, settings.login_url or cloud.login
    reference = settings.certificate or settings.secret
    assert reference is not None  # the settings see to it
    tokens = MicrosoftTokens(
        network.blocking(only=login_url),
        authority=f"{login_url}/{settings.tenant}",
        client_id=settings.client_id,
        proof=network.secret(reference),
        scope=f"{api_url}/.default",
    )
    return authorized((await network.wire(repeatable=repeatable)).send, tokens, to=api_url), api_url


def sign_in_host(settings: MicrosoftSection) -> str:
    """Where people and applications of the tenant sign in."""
    return settings.login_url or CLOUDS[settings.cloud].login


def public_application(settings: MicrosoftSection, scopes: tuple[str, ...]) -> PublicApplication:
    """The application as people sign in through it, for ``scopes`` in their names."""
    authority = f"{sign_in_host(settings)}/{settings.tenant}"
    return PublicApplication(authority=authority, client_id=settings.client_id, scopes=scopes)


async def at_graph_as_person(
    settings: MicrosoftSection, network: Outgoing, *, name: str, scopes: tuple[str, ...], repeatable: bool = True
) -> tuple[Send, str]:
    """As :func:`at_graph`, in the name of whoever signed in by ``busyline connect`` for ``name``.

    Raises OSError (the CA file).
    """
    api_url = settings.graph_url or CLOUDS[settings.cloud].graph
    tokens = PersonTokens(
        network.blocking(only=sign_in_host(settings)),
        application=public_application(settings, scopes),
        connections=Connections.at(network.directory),
        name=name,
    )
    return authorized((await network.wire(repeatable=repeatable)).send, tokens, to=api_url), api_url


async def at_google(
    settings: GoogleSection,
    network: Outgoing,
    *,
    api_url: str,
    subject_is_asked: bool = False,
    repeatable: bool = True,
) -> SendAs:
    """What sends to ``api_url`` alone, as a person of the domain, over one wire.

    ``subject_is_asked``: whom it asks as is whom it asks about, so that a token refused is that person's affair. Raises
    SecretError, OSError (the CA file).
    """
    account = key_file(network.secret(settings.service_account))
    blocking, wire = network.blocking(only=str(account["token_uri"])), await network.wire(repeatable=repeatable)

    def send_as(subject: str, scope: str) -> Send:
        tokens = GoogleTokens(
            blocking, account=account, subject=subject, scopes=(scope,), subject_is_asked=subject_is_asked
        )
        return authorized(wire.send, tokens, to=api_url)

    return send_as
