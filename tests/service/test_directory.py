"""Tests of service.directory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.ldap.operations import Search
from protocols.ldap.replies import Found, Reply
from protocols.model.freebusy import Reason
from service.directory import DirectoryLine, Security
from service.directory_sign_in import PasswordSignIn
from service.secrets import Secret
from tests.clients.tls import Authority, authority
from tests.service.directory_server import (
    ABANDON,
    BIND,
    EXTENDED,
    SEARCH,
    UNBIND,
    Asked,
    Server,
    entry,
    reference,
    result,
    serving,
)

SEARCHING = Search(base="DC=b")
PASSWORD = "hunter2-in-the-open"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


async def answering(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(entry(asked, "cn=a") + reference(asked, "ldap://x") + entry(asked, "cn=b") + result(asked))


def line(server: Server, tls: Authority, **more: object) -> DirectoryLine:
    options: dict[str, object] = {"port": server.port, "ca": Path(tls.ca), **more}
    return DirectoryLine("127.0.0.1", PasswordSignIn("svc@b", Secret(PASSWORD)), **options)  # type: ignore[arg-type]


@asynccontextmanager
async def lined(server: Server, tls: Authority, **more: object) -> AsyncIterator[DirectoryLine]:
    plain = more.get("security") is Security.START_TLS
    async with serving(server, plain=plain), line(server, tls, **more) as found:
        yield found


async def test_a_whole_answer(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with lined(server, tls) as directory:
        reply = await directory.ask(SEARCHING)
    assert reply == Reply(entries=(Found("cn=a", {}), Found("cn=b", {})), referrals=("ldap://x",))
    assert server.kinds()[:2] == [BIND, SEARCH]
    assert server.lines == 1


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


async def test_a_result_that_is_none_of_success_is_a_reply(tls: Authority) -> None:
    async def refusing(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(result(asked, 50, "0000ABCD: no"))

    async with lined(Server(refusing, tls.server), tls) as directory:
        assert (await directory.ask(SEARCHING)).code == 50


async def test_a_wrong_password_is_tried_once(tls: Authority) -> None:
    server = Server(answering, tls.server, code=49, words="80090308: x, data 52e, v")
    async with lined(server, tls) as directory:
        for _ in range(3):
            with pytest.raises(PeerError, match="the password is wrong") as caught:
                await directory.ask(SEARCHING)
            assert caught.value.reason is Reason.UNAUTHORIZED
            assert PASSWORD not in str(caught.value)
    assert server.kinds().count(BIND) == 1


async def test_a_busy_directory_may_be_asked_again(tls: Authority) -> None:
    server = Server(answering, tls.server, code=51)
    async with lined(server, tls) as directory:
        with pytest.raises(PeerError) as caught:
            await directory.ask(SEARCHING)
        assert caught.value.reason is Reason.THROTTLED
        server.code = 0
        assert len((await directory.ask(SEARCHING)).entries) == 2


async def test_a_certificate_that_nobody_vouches_for_gets_no_password(tls: Authority, tmp_path: Path) -> None:
    server = Server(answering, tls.server)
    async with lined(server, tls, ca=Path(authority(tmp_path).ca)) as directory:
        with pytest.raises(PeerError, match="not trusted") as caught:
            await directory.ask(SEARCHING)
    assert caught.value.reason is Reason.UNREACHABLE
    assert server.asked == []


async def test_a_certificate_of_another_name_gets_no_password(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with lined(server, tls, name="dc.elsewhere.example") as directory:
        with pytest.raises(PeerError, match="not trusted"):
            await directory.ask(SEARCHING)
    assert server.asked == []


async def test_a_line_that_breaks_is_an_error_and_the_next_question_gets_a_new_one(tls: Authority) -> None:
    async def breaking(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if server.lines == 1:
            writer.write(entry(asked, "cn=a"))
            await writer.drain()
            writer.transport.abort()
        else:
            await answering(server, asked, writer)

    server = Server(breaking, tls.server)
    async with lined(server, tls) as directory:
        with pytest.raises(PeerError) as caught:
            await directory.ask(SEARCHING)
        assert caught.value.reason is Reason.UNREACHABLE
        assert len((await directory.ask(SEARCHING)).entries) == 2
    assert server.lines == 2
    assert server.kinds().count(SEARCH) == 2  # nothing was asked twice on its own


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


async def heard(server: Server, kind: int) -> None:
    """Waits until the server has been asked so."""
    async with asyncio.timeout(10):
        while kind not in server.kinds():
            server.heard.clear()
            await server.heard.wait()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x80\x00\x00", b"\x30\x03\x02\x01\x02", b"\x30\x02\x05\x00"]
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
        writer.write(result(Asked(0, 0x77, b""), 52) if asked.number else b"")

    async with lined(Server(leaving, tls.server), tls) as directory:
        with pytest.raises(PeerError, match="closed the connection"):
            await directory.ask(SEARCHING)


async def test_nobody_there(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with serving(server):
        pass
    async with line(server, tls) as directory:
        with pytest.raises(PeerError) as caught:
            await directory.ask(SEARCHING)
    assert caught.value.reason is Reason.UNREACHABLE


async def test_a_ca_that_is_not_there_is_told(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with lined(server, tls, ca=Path("nowhere.pem")) as directory:
        with pytest.raises(PeerError, match="No such file"):
            await directory.ask(SEARCHING)


async def test_the_line_says_good_bye(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with serving(server):
        async with line(server, tls) as directory:
            await directory.ask(SEARCHING)
        await heard(server, UNBIND)


async def test_start_tls_comes_before_the_password(tls: Authority) -> None:
    server = Server(answering, tls.server, start_tls=b"")
    async with lined(server, tls, security=Security.START_TLS) as directory:
        assert len((await directory.ask(SEARCHING)).entries) == 2
    assert server.kinds()[:3] == [EXTENDED, BIND, SEARCH]


async def test_without_tls_no_password_is_sent(tls: Authority) -> None:
    server = Server(answering, tls.server, code=52)
    async with lined(server, tls, security=Security.START_TLS) as directory:
        with pytest.raises(PeerError) as caught:
            await directory.ask(SEARCHING)
    assert caught.value.reason is Reason.UNREACHABLE
    assert server.kinds() == [EXTENDED]


async def test_a_word_that_was_slipped_in_before_tls_is_found_out(tls: Authority) -> None:
    slipped = result(Asked(2, BIND, b""))
    server = Server(answering, tls.server, start_tls=b"", after=slipped)
    async with lined(server, tls, security=Security.START_TLS) as directory:
        with pytest.raises(PeerError, match="before TLS"):
            await directory.ask(SEARCHING)
    assert server.kinds() == [EXTENDED]
