"""Proves a connector to Microsoft Graph or to Google Workspace: one way in, whatever is asked for behind it."""

from collections.abc import Callable
from typing import TypeAlias

from protocols.google import directory
from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from proxy.settings.connectors import GoogleConnector, GraphConnector
from proxy.wiring.sign_in import PeerNetwork
from service.tokens import authorized
from service.tokens_google import GoogleTokens, key_file
from service.tokens_microsoft import MicrosoftTokens

SendAs: TypeAlias = Callable[[str, str], Send]
"""The ``Send`` of a person (by address) with one scope: each pair has a token of its own."""


async def at_graph(settings: GraphConnector, network: PeerNetwork) -> tuple[Send, str]:
    """A ``Send`` with the application's token to the tenant's Graph alone, and that Graph's address.

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
    return authorized((await network.wire()).send, tokens, to=api_url), api_url


async def at_google(
    settings: GoogleConnector, network: PeerNetwork, *, api_url: str, subject_is_asked: bool = False
) -> SendAs:
    """What sends to ``api_url`` alone, as a person of the domain, over one wire.

    ``subject_is_asked``: whom it asks as is whom it asks about, so that a token refused is that person's affair. Raises
    SecretError, OSError (the CA file).
    """
    account = key_file(network.secret(settings.service_account))
    blocking, wire = network.blocking(only=str(account["token_uri"])), await network.wire()

    def send_as(subject: str, scope: str) -> Send:
        tokens = GoogleTokens(
            blocking, account=account, subject=subject, scopes=(scope,), subject_is_asked=subject_is_asked
        )
        return authorized(wire.send, tokens, to=api_url)

    return send_as


def directory_url(settings: GoogleConnector) -> str:
    """Where the directory of a Workspace domain is: its own host, else the connector's, else Google's."""
    own = settings.directory.api_url if settings.directory is not None else None
    return own or settings.api_url or directory.API_URL
