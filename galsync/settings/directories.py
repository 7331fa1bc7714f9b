"""[directories.…]: the address books, by the protocol that each speaks."""

from typing import Annotated, TypeAlias

from pydantic import Field

from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory, GraphDirectory, StaffExportDirectory
from galsync.settings.exchange import EwsDirectory, StaffExportEwsDirectory
from galsync.settings.files import CsvDirectory, LdifDirectory, PowershellDirectory, SealedDirectory
from galsync.settings.google_account import GoogleAccountDirectory

DirectorySettings: TypeAlias = Annotated[
    GraphDirectory
    | GoogleDirectory
    | GoogleAccountDirectory
    | ActiveDirectory
    | EwsDirectory
    | StaffExportDirectory
    | StaffExportEwsDirectory
    | PowershellDirectory
    | ExchangeOnlineDirectory
    | CsvDirectory
    | LdifDirectory
    | SealedDirectory,
    Field(discriminator="protocol"),
]
