"""`busyline connect`: somebody signs in once, and Busyline may do in their name what they agreed to."""

import asyncio
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from calsync.settings.google import GoogleAccountSpoke
from calsync.settings.microsoft import GraphAccountSpoke
from calsync.wiring.google import scope_of
from calsync.wiring.microsoft import scopes_of
from console.configuration import Configuration
from console.persons import Wanted, all_wanted
from console.terminal import WRONG_USAGE, ConfigOption, EndingError, configured
from galsync.settings.clouds import StaffExportDirectory
from galsync.settings.google_account import GoogleAccountDirectory
from galsync.sides.staff_export_source import FILLING, PERMISSIONS
from galsync.wiring.google_account import application_of as directory_application
from protocols.errors import PeerError
from service import person_google, person_tokens
from service.clouds import MicrosoftSection, public_application, sign_in_host
from service.connections import Connection, Connections
from service.google_account import application_of
from service.outgoing import Outgoing
from service.person_google import DesktopApplication

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The address book, as [directories.NAME] calls it; of a hub HUB-SPOKE.")
]


def command(name: Name, config: ConfigOption = None) -> None:
    """Sign in once for a credential that belongs to a person; it is kept encrypted beside the configuration."""
    configuration, directory = configured(config)
    everybody = all_wanted(configuration)
    if name not in everybody:
        known = f"it is for {', '.join(everybody)}" if everybody else "nothing is reached in a person's name"
        raise EndingError(f"nobody has to sign in for {name}: {known}", WRONG_USAGE)
    person = everybody[name]
    try:
        connection = asyncio.run(_signed_in(name, person, configuration, directory))
    except PeerError as error:
        raise EndingError(f"{name}: {error.detail or error.reason.value}") from None
    if connection.account.lower() != person.account.lower():
        raise EndingError(
            f"{name}: {connection.account} signed in, and the {person.what} is {person.account}; nothing was kept: "
            f"sign in as the {person.what}{_or_else(person, connection)}, and run: busyline connect {name}"
        )
    Connections.at(directory).save(name, connection)
    print(f"{name} is connected. It is renewed by itself from now on.")


def _or_else(person: Wanted, connection: Connection) -> str:
    """What else mends it: a mailbox may have another address than the name that it signs in with."""
    if not isinstance(person.settings, StaffExportDirectory | GraphAccountSpoke):
        return ""
    return f', or, if that is what the mailbox signs in with, write account = "{connection.account}"'


async def _signed_in(name: str, person: Wanted, configuration: Configuration, directory: Path) -> Connection:
    settings = person.settings
    async with AsyncExitStack() as stack:
        if isinstance(settings, GoogleAccountDirectory):
            network = Outgoing(settings, directory, stack)
            return await _at_google(directory_application(settings, network), network)
        if isinstance(settings, GoogleAccountSpoke):
            network, scope = Outgoing(settings, directory, stack), scope_of(settings, of_contacts=person.of_contacts)
            return await _at_google(application_of(settings, network, scope), network)
        if isinstance(settings, GraphAccountSpoke):
            scopes = scopes_of(settings, of_contacts=person.of_contacts)
            return await _at_microsoft(settings, scopes, Outgoing(settings, directory, stack))
        assert isinstance(settings, StaffExportDirectory)  # nobody else is wanted
        return await _at_microsoft(settings, _scopes(configuration, name), Outgoing(settings, directory, stack))


async def _at_google(application: DesktopApplication, network: Outgoing) -> Connection:
    return await person_google.sign_in(network.blocking(only=application.token_url), application, show=_show_page)


async def _at_microsoft(settings: MicrosoftSection, scopes: tuple[str, ...], network: Outgoing) -> Connection:
    signing_in = partial(
        person_tokens.sign_in,
        network.blocking(only=sign_in_host(settings)),
        public_application(settings, scopes),
        show=_show_code,
        sleep=time.sleep,
        clock=time.monotonic,
    )
    return await asyncio.to_thread(signing_in)


def _scopes(configuration: Configuration, name: str) -> tuple[str, ...]:
    """No more than is needed."""
    is_filled = any(sync.target == name for sync in configuration.directory_syncs)
    return FILLING if is_filled else PERMISSIONS


def _show_code(page: str, code: str) -> None:
    print(f"Open {page} in a browser, on any machine, and type the code {code}", flush=True)


def _show_page(page: str) -> None:
    print(f"Open this page in a browser on this very machine, and sign in as the account:\n{page}", flush=True)
