"""Contacts in mailboxes of Exchange for whomever a real Active Directory says: Samba's, by `busyline gal` itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from tests.clients.domain import PASSWORD, USER
from tests.clients.samba_directory import BASE, HOST, SambaDirectory, line, samba_directory
from tests.console.gal.aside import aside
from tests.console.gal.exchange_estate import ANNA, BEN, EXPORT, WRITER, exchange_estate
from tests.galsync.sides.active_directory_world import World

pytestmark = pytest.mark.client
UNIT = f"OU=Fabrikam,{BASE}"
PHONES = "phones@fabrikam.example"
SYNC = """\
[[directory_syncs]]
name = "staff"
from = "hr"
to = "fabrikam"
mailboxes = {{ list = "Contoso", {} }}
"""
GROUP = f'group = "{PHONES}"'
WITHIN = f'filter = "(memberOf:1.2.840.113556.1.4.1941:=CN=all,{UNIT})"'
"""Whoever is in the group, or in a group in it ([MS-ADTS] 3.1.1.3.4.4.3)."""


def _somebody(address: str, department: str, *, disabled: bool = False) -> Person:
    local = address.partition("@")[0]
    return Person(
        anchor=local,
        kind=Kind.USER,
        primary=Mailbox.parse(address),
        texts={Field.DISPLAY_NAME: local.title(), Field.DEPARTMENT: department},
        disabled=disabled,
    )


def _group(address: str, *members: str) -> Person:
    local = address.partition("@")[0]
    texts = {Field.DISPLAY_NAME: local.title()}
    return Person(anchor=local, kind=Kind.GROUP, primary=Mailbox.parse(address), texts=texts, members=members)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SambaDirectory]:
    with samba_directory(tmp_path_factory.mktemp("samba")) as found, pytest.MonkeyPatch.context() as environment:
        environment.setenv("KRB5_CONFIG", str(found.domain.krb5_conf))
        asyncio.run(_furnish(found))
        yield found


async def _furnish(directory: SambaDirectory) -> None:
    """Anna and Ben in the group, and who left; Ben is of another department. The group is in another."""
    groups = [_group(PHONES, ANNA, BEN, EXPORT), _group("all@fabrikam.example", PHONES)]
    people = [_somebody(ANNA, "Sales"), _somebody(BEN, "Research"), _somebody(EXPORT, "Sales", disabled=True)]
    async with line(directory) as opened:
        world = World(opened.ask, UNIT, exchange=False)
        await world.open()
        await world.settle(AddressBook([*groups, *people]))


def _people(directory: SambaDirectory, more: str = "") -> str:
    auth = f'{{ kind = "password", user = "{USER}", password = "file:ad-password" }}'
    return (
        f'[directories.people]\nprotocol = "active-directory"\nhost = "{directory.address}"\nname = "{HOST}"\n'
        f'ca = "{directory.ca}"\nbase = "{UNIT}"\nauth = {auth}\n{more}\n'
    )


@pytest.mark.parametrize(
    ("more", "whose", "mailboxes"),
    [
        ("", GROUP, {ANNA, BEN}),
        ('filter = "(department=Sales)"', GROUP, {ANNA}),
        (WITHIN, "everybody = true", {ANNA, BEN}),
    ],
)
def test_whoever_is_in_the_group_gets_the_contacts(
    directory: SambaDirectory, tmp_path: Path, more: str, whose: str, mailboxes: set[str]
) -> None:
    (tmp_path / "ad-password").write_text(PASSWORD)
    with aside(exchange_estate(tmp_path)) as here:
        here.configure(
            _people(directory, more), here.directory("fabrikam", WRITER, 'people = "people"'), SYNC.format(whose)
        )
        assert here.typing.types("apply", "staff", "--yes") == 0, here.typing.err + here.typing.out
        assert {box for box in (ANNA, BEN, EXPORT) if here.standing(box, "staff")} == mailboxes
