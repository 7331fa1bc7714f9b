"""GetMailTips over the proxy: refused as ever where it is off, and then the replies for outsiders alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import orjson
from lxml import etree

from proxy.settings import ProxySettings
from proxy.wiring import build
from simulation.estate import Estate
from simulation.exchange.server import FEDERATION, ExchangeServer
from simulation.replies import SECRET, Reply
from tests.protocols.ews.samples import texts, valid
from tests.protocols.ews.test_mailtips import asking_tips
from tests.proxy.served import EWS, NOW, XML, configuration, login, password_hash, serving

_ANN, _BOB = "brian.sullivan@fabrikam.example", "denise.carter@fabrikam.example"


async def _asked(url: str, body: bytes) -> tuple[int, etree._Element, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url + EWS, data=body, headers=XML | login()) as response,
    ):
        data = await response.read()
        return response.status, valid(data), data


@asynccontextmanager
async def _served(
    directory: Path, server: ExchangeServer, *, reads: bool = True, ledger: bool = False, **caller: object
) -> AsyncIterator[str]:
    """A proxy before ``server``, whose caller gets mail tips."""
    written = configuration(**{"mailtips": True, **caller})
    written["connectors"]["fabrikam"] = {
        "protocol": "ews",
        "url": server.ews_url,
        "auth": {"kind": "basic", "username": FEDERATION.username, "password": "file:password"},
        "automatic_replies": reads,
    }
    if ledger:
        written["ledger"] = {"directory": "ledger"}
    (directory / "interop.hash").write_text(password_hash() + "\n")
    (directory / "password").write_text(FEDERATION.password)
    async with build(ProxySettings.model_validate(written), directory=directory, clock=lambda: NOW) as proxy:
        yield proxy.url


async def test_it_is_off_and_then_it_does_not_exist(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        status, root, _ = await _asked(proxy.url, asking_tips(_ANN))
        assert (status, texts(root, "ResponseCode")) == (500, ["ErrorInvalidOperation"])


async def test_the_external_reply_and_never_the_internal_one(tmp_path: Path) -> None:
    estate = Estate(NOW.date())
    estate.replies = {_ANN: Reply(external="<p>Away &amp; well</p>")}
    async with ExchangeServer(estate) as server, _served(tmp_path, server) as url:
        status, root, data = await _asked(url, asking_tips(_ANN.upper(), _BOB, "nobody"))
        assert status == 200
        assert texts(root, "EmailAddress") == [_ANN.upper(), _BOB, "nobody"]
        assert texts(root, "Message") == ["Away & well", ""]
        assert texts(root, "ResponseCode") == ["NoError", "NoError", "NoError", "ErrorMailRecipientNotFound"]
        assert SECRET.encode() not in data


async def test_whatever_not_everybody_outside_gets_is_not_told(tmp_path: Path) -> None:
    estate = Estate(NOW.date())
    async with ExchangeServer(estate) as server, _served(tmp_path, server) as url:
        for reply in (
            Reply(external="away", audience="known"),
            Reply(external="away", audience="none"),
            Reply(external="away", enabled=False),
            Reply(external="away", end=NOW),
        ):
            estate.replies = {_ANN: reply}
            _, root, data = await _asked(url, asking_tips(_ANN))
            assert texts(root, "Message") == [""]
            assert b"away" not in data


async def test_unknown_and_forbidden_are_the_same_bytes(tmp_path: Path) -> None:
    async with ExchangeServer(Estate(NOW.date())) as server, _served(tmp_path, server, may_ask=[_ANN]) as url:
        _, _, forbidden = await _asked(url, asking_tips("nobody@fabrikam.example"))
    async with ExchangeServer(Estate(NOW.date())) as server, _served(tmp_path, server) as url:
        _, root, unknown = await _asked(url, asking_tips("nobody@fabrikam.example"))
    assert forbidden == unknown
    assert texts(root, "ResponseCode") == ["NoError", "ErrorAccessDenied"]


async def test_a_connector_that_may_not_be_asked_is_not(tmp_path: Path) -> None:
    estate = Estate(NOW.date())
    estate.replies = {_ANN: Reply(external="away")}
    async with (
        ExchangeServer(estate) as server,
        _served(tmp_path, server, reads=False, may_ask=["fabrikam.example"]) as url,
    ):
        found = set()
        for address in (_ANN, _BOB, "nobody@fabrikam.example", "eve@elsewhere.example"):
            _, root, data = await _asked(url, asking_tips(address))
            assert texts(root, "ResponseCode") == ["NoError", "ErrorAccessDenied"]
            found.add(data.replace(address.encode(), b"somebody"))
        assert len(found) == 1
        assert server.calls == []


async def test_other_tips_ask_nobody(tmp_path: Path) -> None:
    estate = Estate(NOW.date())
    estate.replies = {_ANN: Reply(external="away")}
    async with ExchangeServer(estate) as server, _served(tmp_path, server) as url:
        _, root, data = await _asked(url, asking_tips(_ANN, "nobody", wanted="MailboxFullStatus"))
        assert texts(root, "ResponseCode") == ["NoError", "NoError", "ErrorMailRecipientNotFound"]
        assert b"away" not in data
        assert server.calls == []


async def test_the_ledger_knows_who_heard_of_whom_and_not_what(tmp_path: Path) -> None:
    estate = Estate(NOW.date())
    estate.replies = {_ANN: Reply(external="away for the merger")}
    async with ExchangeServer(estate) as server, _served(tmp_path, server, ledger=True) as url:
        await _asked(url, asking_tips(_ANN, _BOB))
    (path,) = (tmp_path / "ledger").rglob("*.jsonl")
    text = path.read_text("utf-8")
    (line,) = map(orjson.loads, text.splitlines())
    assert [(each["address"], each["outcome"]) for each in line["people"]] == [(_ANN, "details"), (_BOB, "busy")]
    assert "merger" not in text


async def test_bad_requests_are_faults(tmp_path: Path) -> None:
    async with ExchangeServer(Estate(NOW.date())) as server, _served(tmp_path, server) as url:
        for body, code in (
            (asking_tips(), "ErrorMailboxDataArrayEmpty"),
            (asking_tips(*[_ANN] * 101), "ErrorMailboxDataArrayTooBig"),
            (asking_tips(_ANN, wanted="Gossip"), "ErrorSchemaValidation"),
        ):
            status, root, _ = await _asked(url, body)
            assert (status, texts(root, "ResponseCode")) == (500, [code])
