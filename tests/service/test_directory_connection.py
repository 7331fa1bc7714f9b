"""Tests of service.directory_connection, as part of a line."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.ldap.filters import FilterError
from protocols.ldap.operations import PAGES, Doing, Modification, Modify, NextPage, SaslBind, Search
from protocols.ldap.replies import More
from protocols.ldap.searching import Ask
from protocols.model.freebusy import Reason
from service.directory import DirectoryLine, is_available
from tests.clients.tls import Authority, authority
from tests.needs import missing
from tests.service.directory_line import SEARCHING, answering, heard, lined
from tests.service.directory_server import (
    ABANDON,
    BIND,
    EXTENDED,
    SEARCH,
    Asked,
    Server,
    entry,
    result,
)

WEB = b"HTTP/1.1 400 Bad Request\r\n" + b"Server: none of LDAP\r\n" * 4


@pytest.fixture(scope="module", autouse=True)
def _library() -> None:
    if not is_available():
        missing("the extra ldap")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


async def test_several_questions_at_once_each_get_their_own_answer(tls: Authority) -> None:
    waiting: list[Asked] = []

    async def backwards(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        waiting.append(asked)
        if len(waiting) == 3:
            for each in reversed(waiting):
                writer.write(entry(each, f"cn={each.number}") + result(each))

    server = Server(backwards, tls.server)
    async with lined(server, tls) as directory:
        replies = await asyncio.gather(*(directory.ask(SEARCHING) for _ in range(3)))
    assert [reply.entries[0].dn for reply in replies] == [f"cn={each.number}" for each in waiting]
    assert server.lines == 1


async def test_no_answer_in_time_is_an_error_and_the_directory_is_told(tls: Authority) -> None:
    async def silent(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        del server, asked, writer

    server = Server(silent, tls.server)
    async with lined(server, tls, timeout=timedelta(seconds=0.3)) as directory:
        with pytest.raises(PeerError) as caught:
            await directory.ask(SEARCHING)
        await heard(server, ABANDON)
    assert caught.value.reason is Reason.TIMEOUT


async def test_a_question_that_is_given_up_is_abandoned(tls: Authority) -> None:
    async def silent(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.number > 2:
            await answering(server, asked, writer)

    server = Server(silent, tls.server)
    async with lined(server, tls) as directory:
        asking = asyncio.create_task(directory.ask(SEARCHING))
        await heard(server, SEARCH)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await heard(server, ABANDON)
        assert len((await directory.ask(SEARCHING)).entries) == 2


@pytest.mark.parametrize(
    "answer",
    [
        WEB,
        b"\x30\x80\x00\x00",
        b"\x30\x03\x02\x01\x02",
        b"\x30\x02\x05\x00",
    ],
)
async def test_what_is_no_answer_of_a_directory(tls: Authority, answer: bytes) -> None:
    async def talking(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        del server, asked
        writer.write(answer)

    async with lined(Server(talking, tls.server), tls) as directory:
        with pytest.raises(PeerError) as caught:
            await directory.ask(SEARCHING)
    assert caught.value.reason is Reason.GARBLED


async def test_a_notice_of_disconnection_ends_the_line(tls: Authority) -> None:
    async def leaving(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        del server
        writer.write(result(Asked(0, EXTENDED), 52) if asked.number else b"")

    async with lined(Server(leaving, tls.server), tls) as directory:
        with pytest.raises(PeerError, match="closed the connection"):
            await directory.ask(SEARCHING)


async def test_a_change_that_is_larger_than_what_the_system_keeps_arrives_whole(tls: Authority) -> None:
    """And what is asked meanwhile waits for its turn."""
    values = tuple(b"%d" % number + b"x" * 50_000 for number in range(40))
    change = Modify("cn=a", (Modification(Doing.REPLACE, "member", values),))

    async def taking(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        del server
        writer.write(result(asked))

    server = Server(taking, tls.server)
    async with lined(server, tls) as directory:
        await asyncio.gather(directory.ask(change), directory.ask(change), directory.ask(SEARCHING))
    assert sorted(server.kinds()[1:4]) == ["modifyRequest", "modifyRequest", SEARCH]
    [modification] = server.asked[1].body["modification"]
    assert [bytes(value) for value in modification["modification"]["vals"]] == list(values)


async def test_an_answer_in_pages_tells_how_it_goes_on(tls: Authority) -> None:
    async def paged(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        del server
        writer.write(result(asked, controls={PAGES: bytes.fromhex("30090201000404") + b"next"}))

    async with lined(Server(paged, tls.server), tls) as directory:
        assert (await directory.ask(SEARCHING, (NextPage(10),))).more == More(True, b"next")


async def test_a_control_that_cannot_be_read_is_an_error_of_its_question_alone(tls: Authority) -> None:
    async def junk(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.controls:
            writer.write(result(asked, controls={PAGES: b"junk"}))
        else:
            await answering(server, asked, writer)

    server = Server(junk, tls.server)
    async with lined(server, tls) as directory:
        with pytest.raises(PeerError, match="cannot be read") as caught:
            await directory.ask(SEARCHING, (NextPage(10),))
        assert caught.value.reason is Reason.GARBLED
        assert len((await directory.ask(SEARCHING)).entries) == 2
    assert server.lines == 1


async def test_a_change_that_is_given_up_half_way_never_becomes_another(tls: Authority) -> None:
    """What is said next would be read as the rest of it: the line is given up, and nothing more is said on it."""
    go = asyncio.Event()

    async def stuck(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if server.lines == 1:
            await go.wait()
        else:
            await answering(server, asked, writer)

    change = Modify("cn=a", (Modification(Doing.REPLACE, "member", (b"x" * 40_000_000,)),))
    server = Server(stuck, tls.server)
    async with lined(server, tls, timeout=timedelta(seconds=1)) as directory:
        asking = asyncio.create_task(directory.ask(SEARCHING))
        await heard(server, SEARCH)
        outcomes = await asyncio.gather(asking, directory.ask(change), return_exceptions=True)
        assert [type(each) for each in outcomes] == [PeerError, PeerError]
        go.set()
        assert len((await directory.ask(SEARCHING)).entries) == 2
    assert server.kinds()[:4] == [BIND, SEARCH, BIND, SEARCH]


async def test_a_filter_that_is_none_is_not_sent(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with lined(server, tls) as directory:
        with pytest.raises(FilterError):
            await directory.ask(Search(base="", filter="(nonsense"))
        assert len((await directory.ask(SEARCHING)).entries) == 2
    assert server.kinds().count(SEARCH) == 1


async def test_a_step_of_sasl_that_is_given_up_takes_the_line_with_it(tls: Authority) -> None:
    class Stepping:
        async def sign_in(self, ask: Ask, certificate: bytes | None) -> None:
            assert certificate
            await ask(SaslBind("GSSAPI", b"token"), ())

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    running = await asyncio.start_server(closing, "127.0.0.1", 0, ssl=tls.server)
    async with running:
        port = running.sockets[0].getsockname()[1]
        options = {"port": port, "ca": Path(tls.ca), "timeout": timedelta(seconds=0.3)}
        async with DirectoryLine("127.0.0.1", Stepping(), **options) as directory:
            with pytest.raises(PeerError) as caught:
                await directory.ask(SEARCHING)
    assert caught.value.reason is Reason.TIMEOUT
