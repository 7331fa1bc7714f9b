"""Checks of the address books in mailboxes of Exchange Server: how we sign in there, and as whom."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from console.configuration import Configuration
from console.connector_checks import check_reach
from console.findings import Finding, error
from console.sign_in_checks import account_of, check_sign_in
from proxy.settings.connectors import ConnectorSettings, EwsConnector
from service.exchange_sign_in import EwsAuth, ExchangeSection, OAuthAuth


def check_gal_exchange(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Each such directory in the order of the file; nobody is asked."""
    for name, settings in configuration.directories.items():
        if isinstance(settings, ExchangeSection):
            key = f"directories.{name}"
            yield from check_sign_in(f"{key}.auth", settings, directory, now)
            yield from check_reach(key, settings)
            yield from _shared(key, settings, configuration)


def _shared(key: str, settings: ExchangeSection, configuration: Configuration) -> Iterator[Finding]:
    """Whoever may write must not be who answers questions from outside: what is broken into there stays there."""
    mine = _proved(settings.auth)
    for name, connector in configuration.connectors.items():
        if mine in _accounts(connector):
            what = (
                f"{mine} is also what [connectors.{name}] proves itself with, which serves free/busy and nothing else"
            )
            yield error(f"{key}.auth", what, "take an account of its own, with what this directory needs and no more")


def _accounts(connector: ConnectorSettings) -> Iterator[str]:
    if isinstance(connector, EwsConnector):
        yield from (_proved(each.auth) for each in connector.by_account)
    elif (client := getattr(connector, "client_id", None)) is not None:
        yield str(client).lower()


def _proved(auth: EwsAuth) -> str:
    """An application is the same in whichever way its tenant is written."""
    return auth.client_id.lower() if isinstance(auth, OAuthAuth) else account_of(auth)
