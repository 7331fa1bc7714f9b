"""Active Directory by LDAP against a real one: Samba's domain controller with its own schema, as source and target."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest

from galsync.entries import Form
from galsync.side import Failed
from galsync.sides.active_directory_source import ActiveDirectorySource, Wishes
from galsync.sides.active_directory_target import ActiveDirectoryTarget, Standing
from protocols.errors import PeerError
from protocols.ldap.operations import Changes, Control, Modify, NextPage, Request, Search
from protocols.ldap.replies import Reply
from protocols.ldap.results import RefusedError
from protocols.ldap.searching import Ask, one
from protocols.model.freebusy import Reason
from protocols.model.person import Field, Kind
from service import kerberos
from service.directory import DirectoryLine, Security
from service.directory_sign_in import SignIn, by_keytab, by_ticket_of
from service.secrets import Secret
from simulation.address_book import AddressBook
from tests.clients.domain import PASSWORD, REALM, USER
from tests.clients.samba_directory import (
    BASE,
    HOST,
    READER,
    READER_PASSWORD,
    SambaDirectory,
    line,
    samba_directory,
)
from tests.clients.tls import authority
from tests.contracts.source import ANN, BOB, EVERYBODY, address
from tests.contracts.target import create
from tests.galsync.sides.active_directory_contracts import (
    EXTRAS,
    ActiveDirectorySourceContract,
    ActiveDirectoryTargetContract,
)
from tests.galsync.sides.active_directory_world import World
from tests.needs import missing

pytestmark = pytest.mark.client
PRINCIPAL = f"{USER.partition('@')[0]}@{REALM}"
_numbers = count(1)


@pytest.fixture(scope="module", autouse=True)
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SambaDirectory]:
    with samba_directory(tmp_path_factory.mktemp("samba")) as found, pytest.MonkeyPatch.context() as environment:
        environment.setenv("KRB5_CONFIG", str(found.domain.krb5_conf))
        Plain.directory = found
        yield found


class Plain:
    """The directory with the schema that Windows brings."""

    directory: ClassVar[SambaDirectory]
    exchange = False

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        async with line(self.directory) as found:
            yield found.ask


class TestSource(Plain, ActiveDirectorySourceContract):
    """By DirSync. Without Exchange's schema there are neither rooms nor hidden people nor custom attributes."""

    kinds = frozenset({Kind.USER, Kind.GROUP})
    hidden = False
    telling = frozenset(Field) - {Field.MANAGER} - EXTRAS

    async def stale(self, token: str) -> str:
        return f"{token.partition('/')[0]}/dirsync:{base64.b64encode(b'junk').decode()}"


class TestSourceByNumbers(TestSource):
    """By update numbers, as where DirSync is refused."""

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[Ask]:
        async with line(self.directory) as found:

            async def asking(request: Request, controls: Sequence[Control]) -> Reply:
                if any(isinstance(control, Changes) for control in controls):
                    return Reply(code=12)
                return await found.ask(request, controls)

            yield asking


class TestContacts(Plain, ActiveDirectoryTargetContract):
    """Mail contacts; the stamp is in adminDescription, and nothing can be hidden."""

    telling = frozenset(Field) - {Field.MANAGER} - EXTRAS


class TestMailUsers(TestContacts):
    """Mail users with a random password and a disabled account."""

    form = Form.MAIL_USER


async def asked(found: DirectoryLine) -> str:
    """The name of the domain, as the line tells it."""
    async with found as directory:
        entry = await one(directory.ask, BASE, ("dc",))
    return entry.text("dc") if entry else ""


def kerberized(directory: SambaDirectory, sign_in: SignIn) -> DirectoryLine:
    return DirectoryLine(directory.address, sign_in, name=HOST, ca=directory.ca)


SIGN_INS: dict[str, Callable[[SambaDirectory], SignIn]] = {
    "keytab": lambda directory: by_keytab(directory.domain.user_keytab, PRINCIPAL, host=HOST),
    "first key of the keytab": lambda directory: by_keytab(directory.domain.user_keytab, "", host=HOST),
    "password": lambda directory: by_ticket_of(PRINCIPAL, Secret(PASSWORD), host=HOST),
}


@pytest.mark.parametrize("way", SIGN_INS)
async def test_kerberos_over_tls(directory: SambaDirectory, way: str) -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    assert await asked(kerberized(directory, SIGN_INS[way](directory))) == "fabrikam"


@pytest.mark.parametrize(
    ("sign_in", "words"),
    [
        (lambda: by_ticket_of(PRINCIPAL, Secret("hunter2"), host=HOST), "password, or the key in the keytab, is wrong"),
        (lambda: by_ticket_of(PRINCIPAL, Secret(PASSWORD), host="dc.elsewhere.example"), "no service of this name"),
    ],
)
async def test_kerberos_that_is_wrong(directory: SambaDirectory, sign_in: Callable[[], SignIn], words: str) -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    with pytest.raises(PeerError, match=words) as caught:
        await asked(kerberized(directory, sign_in()))
    assert caught.value.reason is Reason.UNAUTHORIZED
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("security", Security)
@pytest.mark.parametrize("user", [USER, "FABRIKAM\\svc-busyline", f"CN=svc-busyline,CN=Users,{BASE}"])
async def test_a_password_over_tls(directory: SambaDirectory, security: Security, user: str) -> None:
    assert await asked(line(directory, user, security=security)) == "fabrikam"


@pytest.mark.parametrize(("user", "password"), [(USER, "hunter2"), ("nobody@fabrikam.example", "hunter2")])
async def test_a_wrong_password(directory: SambaDirectory, user: str, password: str) -> None:
    with pytest.raises(RefusedError, match="the password is wrong") as caught:
        await asked(line(directory, user, password))
    assert (caught.value.reason, caught.value.code) == (Reason.UNAUTHORIZED, 49)


async def test_a_wrong_authority_and_a_wrong_name(directory: SambaDirectory, tmp_path: Path) -> None:
    for wrong in ({"ca": Path(authority(tmp_path).ca)}, {"name": "dc.elsewhere.example"}):
        with pytest.raises(PeerError, match="certificate is not trusted") as caught:
            await asked(line(directory, **wrong))
        assert caught.value.reason is Reason.UNREACHABLE


async def test_a_referral_is_recognised_and_is_not_asked_for(directory: SambaDirectory) -> None:
    search = Search(base=BASE, filter="(cn=svc-reader)", attributes=("cn",))
    async with line(directory) as found:
        reply = await found.ask(search, (NextPage(10),))
        source = ActiveDirectorySource("fabrikam", found.ask, Wishes())
        reading = await source.read()
    assert len(reply.entries) == 1
    assert reply.referrals == (f"ldaps://fabrikam.example/CN=Configuration,{BASE}",)
    assert reading.named == ()


async def test_a_part_of_the_directory_that_is_elsewhere_is_an_error(directory: SambaDirectory) -> None:
    async with line(directory) as found:
        source = ActiveDirectorySource("fabrikam", found.ask, Wishes(base="DC=elsewhere,DC=example"))
        with pytest.raises(RefusedError) as caught:
            await source.read()
    assert caught.value.reason in {Reason.NO_ROUTE, Reason.NO_SUCH_MAILBOX}


@asynccontextmanager
async def unit(directory: SambaDirectory) -> AsyncIterator[World]:
    async with line(directory) as found:
        world = World(found.ask, f"OU=Unit {next(_numbers)},{BASE}", exchange=False)
        await world.open()
        try:
            yield world
        finally:
            await world.close()


async def test_an_account_that_does_not_see_what_was_deleted_reads_everything_each_time(
    directory: SambaDirectory,
) -> None:
    async with unit(directory) as world, line(directory, READER, READER_PASSWORD) as reader:
        people = [each for each in EVERYBODY if each.kind is not Kind.ROOM]
        await world.settle(AddressBook(people))
        source = ActiveDirectorySource("fabrikam", reader.ask, Wishes(base=world.unit))
        first = await source.read()
        await world.settle(AddressBook([each for each in people if each is not ANN]))
        second = await source.read(first.token)
    assert (len(first.people), len(second.people)) == (3, 2)
    assert (first.token, second.whole) == (None, True)


async def test_an_account_without_rights_writes_nothing_and_says_so(directory: SambaDirectory) -> None:
    async with unit(directory) as world, line(directory, READER, READER_PASSWORD) as reader:
        standing = Standing(unit=world.unit)
        target = await ActiveDirectoryTarget.open("f", "fabrikam", reader.ask, standing, password=lambda: "Random-1!")
        [outcome] = await target.write("", [create(TestContacts().entry())])
        assert [each async for each in target.held("")] == []
    assert isinstance(outcome, Failed)
    assert outcome.reason is Reason.NO_ACCESS
    assert "give it the right" in outcome.words


async def test_managers_are_told_and_written_by_address(directory: SambaDirectory) -> None:
    async with unit(directory) as world, line(directory) as found:
        await world.settle(AddressBook([ANN, BOB]))
        standing = Standing(unit=world.unit)
        target = await ActiveDirectoryTarget.open("f", "fabrikam", found.ask, standing, password=lambda: "Random-1!")
        entry = TestContacts().entry("carl", display_name="Carl", manager=address("bob"))
        texts = {**entry.texts, Field.MANAGER: address("bob")}
        step = create(type(entry)(anchor=entry.anchor, form=entry.form, address=entry.address, texts=texts))
        await target.write("", [step])
        [carl] = await target.look("", [], ["carl@b.example"])
    assert carl.texts[Field.MANAGER] == address("bob")


@asynccontextmanager
async def cut(directory: SambaDirectory) -> AsyncIterator[tuple[int, Callable[[], None]]]:
    """A way to the directory that can be cut: its port, and what cuts all connections that go over it."""
    lines: list[asyncio.StreamWriter] = []
    tasks: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            return
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(directory.address, 636)
        lines.extend((writer, back))
        for each in (pass_on(reader, back), pass_on(there, writer)):
            tasks.add(asyncio.create_task(each))

    def cutting() -> None:
        for each in lines:
            each.transport.abort()
        lines.clear()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], cutting
    finally:
        cutting()
        server.close()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_connection_that_is_cut_is_an_error_and_no_part_and_then_mends(directory: SambaDirectory) -> None:
    async with unit(directory) as world, cut(directory) as (port, cutting):
        await world.settle(AddressBook([ANN, BOB]))
        sign_in = line(directory)._sign_in
        async with DirectoryLine("127.0.0.1", sign_in, port=port, name=HOST, ca=directory.ca) as found:
            pages = 0

            async def asking(request: Request, controls: Sequence[Control]) -> Reply:
                nonlocal pages
                if isinstance(request, Search) and request.base == world.unit:
                    pages += 1
                    if pages == 2:
                        cutting()
                return await found.ask(request, controls)

            source = ActiveDirectorySource("fabrikam", asking, Wishes(base=world.unit, page=1))
            with pytest.raises(PeerError) as caught:
                await source.read()
            assert caught.value.reason is Reason.UNREACHABLE
            assert len((await source.read()).people) == 2


async def test_a_connection_that_is_cut_while_writing_leaves_doubt_and_no_double(directory: SambaDirectory) -> None:
    async with unit(directory) as world, cut(directory) as (port, cutting):
        sign_in = line(directory)._sign_in
        async with DirectoryLine("127.0.0.1", sign_in, port=port, name=HOST, ca=directory.ca) as found:
            armed = True

            async def asking(request: Request, controls: Sequence[Control]) -> Reply:
                nonlocal armed
                reply = await found.ask(request, controls)
                if armed and not isinstance(request, Search | Modify):
                    armed = False
                    cutting()
                    raise PeerError(Reason.UNREACHABLE, "it closed the connection")
                return reply

            standing = Standing(unit=world.unit)
            target = await ActiveDirectoryTarget.open("f", "fabrikam", asking, standing, password=lambda: "Random-1!")
            step = create(TestContacts().entry())
            [lost] = await target.write("", [step])
            assert isinstance(lost, Failed)
            assert lost.doubt is True
            await target.write("", [step])
            assert len([each async for each in target.held("")]) == 1
