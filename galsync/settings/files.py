"""[directories.…] that are files: CSV, LDIF, sealed files, and the scripts for Exchange."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from galsync.entries import Form
from galsync.powershell.orders import STAMP_ATTRIBUTE
from galsync.settings.words import CustomAttribute
from service.durations import Duration
from service.words import Domain, FilePath, Section, some

_ORGANISATION: Final = re.compile(r"/o=[^/=\s][^/=]*(/(ou|cn)=[^/]+)*", re.IGNORECASE)


def _x500(text: str) -> str:
    name = text.strip().removesuffix("/")
    if not _ORGANISATION.fullmatch(name):
        raise ValueError(f'"{text}" begins no X500 name: write one such as "/o=Fabrikam", or more of it')
    return name


class CsvDirectory(Section):
    """A spreadsheet (CSV): people to read, or a list of contacts to keep up to date."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT, Form.MAIL_CONTACT, Form.GROUP)
    usual: ClassVar[Form | None] = Form.CONTACT

    protocol: Literal["csv"]
    path: FilePath = Field(description="the file", examples=["people.csv"])


class LdifDirectory(Section):
    """LDIF: mail contacts for a directory that only its own administrator writes."""

    reads: ClassVar[bool] = False
    writes: ClassVar[tuple[Form, ...]] = (Form.MAIL_CONTACT, Form.CONTACT)
    usual: ClassVar[Form | None] = Form.MAIL_CONTACT

    protocol: Literal["ldif"]
    path: FilePath = Field(description="the file", examples=["contacts.ldif"])
    unit: str = Field(
        min_length=1,
        description="the organisational unit that they shall stand in",
        examples=["OU=Partners,DC=contoso,DC=example"],
    )


class SealedDirectory(Section):
    """A file that one side seals for the other: people go to another company without any network between."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.CONTACT, Form.GROUP)
    usual: ClassVar[Form | None] = Form.CONTACT

    protocol: Literal["sealed"]
    path: FilePath = Field(description="the file", examples=["fabrikam.sealed"])
    key: FilePath = Field(description="our own keys, made by `busyline gal keys FILE`", examples=["sealing.key"])
    partner: FilePath = Field(
        description="a file with the other side's public keys: the line that their `busyline gal keys` printed",
        examples=["fabrikam.pub"],
    )
    domains: Annotated[tuple[Domain, ...], AfterValidator(some)] = Field(
        description="whom the sender speaks for, and nobody else", examples=[["fabrikam.example"]]
    )
    x500: tuple[Annotated[str, AfterValidator(_x500)], ...] = Field(
        (),
        description="X500 names that the sender may claim, so that replies to old mail reach its people: all within"
        " these; /o=ExchangeLabs is everybody in Exchange Online, your own people too",
        examples=[["/o=Fabrikam"]],
    )
    max_age: Duration = Field(timedelta(days=7), description="an older file is not read")

    @property
    def seen(self) -> Path:
        """Where the number of the last file that was read is kept."""
        return self.path.with_name(f"{self.path.name}.seen")


class PowershellDirectory(Section):
    """Exchange by a script that its administrator runs: what Exchange Online lets nobody write from outside."""

    reads: ClassVar[bool] = False
    writes: ClassVar[tuple[Form, ...]] = (Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP)
    usual: ClassVar[Form | None] = Form.MAIL_CONTACT

    protocol: Literal["powershell"]
    folder: FilePath = Field(
        description="where scripts are laid and exports are looked for, below it a folder for each sync",
        examples=["exchange-scripts"],
    )
    sign_in_domain: str = Field(
        "",
        description="the accepted domain in which mail users get their sign-in name; not for Exchange Server",
        examples=["contoso.onmicrosoft.com"],
    )
    unit: str = Field(
        "", description="the unit for new entries (Exchange Server)", examples=["contoso.example/Partners"]
    )
    stamp: CustomAttribute = Field(STAMP_ATTRIBUTE, description="where the stamp stands")
    max_age: Duration = Field(timedelta(days=2), description="an older export is not believed")
