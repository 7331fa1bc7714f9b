"""The same against a real directory whose schema has the attributes of Exchange: hidden people, rooms, targets."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from galsync.entries import Form
from protocols.ldap.searching import Ask
from tests.clients.samba_directory import SambaDirectory, line, samba_directory
from tests.galsync.sides.active_directory_contracts import (
    ActiveDirectorySourceContract,
    ActiveDirectoryTargetContract,
)

pytestmark = pytest.mark.client


@pytest.fixture(scope="module", autouse=True)
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SambaDirectory]:
    with samba_directory(tmp_path_factory.mktemp("samba"), exchange=True) as found:
        Extended.directory = found
        yield found


class Extended:
    """The directory with the attributes of Exchange."""

    directory: ClassVar[SambaDirectory]
    exchange = True

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        async with line(self.directory) as found:
            yield found.ask


class TestSource(Extended, ActiveDirectorySourceContract):
    """Users, rooms and groups, hidden and disabled ones among them."""

    async def stale(self, token: str) -> str:
        return f"{token.partition('/')[0]}/dirsync:{base64.b64encode(b'junk').decode()}"


class TestContacts(Extended, ActiveDirectoryTargetContract):
    """Mail contacts that are hidden before they are removed; the stamp is in extensionAttribute15."""


class TestMailUsers(TestContacts):
    """Mail users."""

    form = Form.MAIL_USER
