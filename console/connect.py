"""`busyline connect`: somebody signs in once, and Busyline may do in their name what they agreed to."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from console.configuration import Configuration
from console.terminal import WRONG_USAGE, ConfigOption, EndingError, configured
from galsync.settings.clouds import StaffExportDirectory
from galsync.sides.staff_export_source import PERMISSIONS
from protocols.errors import PeerError
from service.clouds import public_application, sign_in_host
from service.connections import Connection, Connections
from service.outgoing import Outgoing
from service.person_tokens import sign_in

Name = Annotated[str, typer.Argument(metavar="NAME", help="The address book, as [directories.NAME] calls it.")]


def command(name: Name, config: ConfigOption = None) -> None:
    """Sign in once for a credential that belongs to a person; it is kept encrypted beside the configuration."""
    configuration, directory = configured(config)
    settings = _settings(configuration, name)
    try:
        connection = asyncio.run(_signed_in(settings, directory))
    except PeerError as error:
        raise EndingError(f"{name}: {error.detail}") from None
    if connection.account and connection.account.lower() != settings.mailbox.lower():
        raise EndingError(
            f"{name}: {connection.account} signed in, and the mailbox is {settings.mailbox}; nothing was kept: "
            f"sign in as the mailbox, and run: busyline connect {name}"
        )
    Connections.at(directory).save(name, connection)
    print(f"{name} is connected. It is renewed by itself from now on.")


def _settings(configuration: Configuration, name: str) -> StaffExportDirectory:
    found = configuration.directories.get(name)
    if isinstance(found, StaffExportDirectory) and found.person:
        return found
    names = [
        each
        for each, settings in configuration.directories.items()
        if isinstance(settings, StaffExportDirectory) and settings.person
    ]
    known = f"it is for {', '.join(names)}" if names else "no address book has person = true"
    raise EndingError(f"nobody has to sign in for {name}: {known}", WRONG_USAGE)


async def _signed_in(settings: StaffExportDirectory, directory: Path) -> Connection:
    async with AsyncExitStack() as stack:
        wire = Outgoing(settings, directory, stack).blocking(only=sign_in_host(settings))
        return await asyncio.to_thread(
            sign_in,
            wire,
            public_application(settings, PERMISSIONS),
            show=_show,
            sleep=time.sleep,
            clock=time.monotonic,
        )


def _show(page: str, code: str) -> None:
    print(f"Open {page} in a browser, on any machine, and type the code {code}", flush=True)
