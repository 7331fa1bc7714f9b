"""Tests of service.directory."""

import asyncio
import sys
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.ldap.replies import Found, Reply
from protocols.model.freebusy import Reason
from service.directory import PORTS, DirectoryLine, Security, is_available
from service.directory_sign_in import PasswordSignIn
from service.secrets import Secret, SecretError
from tests.clients.tls import Authority, authority
from tests.needs import missing
from tests.service.directory_line import PASSWORD, SEARCHING, answering, heard, line, lined
from tests.service.directory_server import (
    BIND,
    EXTENDED,
    SEARCH,
    UNBIND,
    Asked,
    Server,
    entry,
    result,
    serving,
)


@pytest.fixture(scope="module", autouse=True)
def _library() -> None:
    if not is_available():
        missing("the extra ldap")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


async def test_a_whole_answer(tls: Authority) -> None:
    server = Server(answering, tls.server)
    async with lined(server, tls) as directory:
        reply = await directory.ask(SEARCHING)
    assert reply == Reply(entries=(Found("cn=a", {}), Found("cn=b", {})), referrals=("ldap://x",))
    assert server.kinds()[:2] == [BIND, SEARCH]
    assert server.lines == 1


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ldap", None)
    with pytest.raises(SecretError, match="make ldap"):
        DirectoryLine("dc.b", PasswordSignIn("svc@b", Secret(PASSWORD)))


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


def test_each_way_has_its_port() -> None:
    assert {each: PORTS[each] for each in Security} == {Security.LDAPS: 636, Security.START_TLS: 389}


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
    slipped = result(Asked(2, BIND))
    server = Server(answering, tls.server, start_tls=b"", after=slipped)
    async with lined(server, tls, security=Security.START_TLS) as directory:
        with pytest.raises(PeerError, match="before TLS"):
            await directory.ask(SEARCHING)
    assert server.kinds() == [EXTENDED]
