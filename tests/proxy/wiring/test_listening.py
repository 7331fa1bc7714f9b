"""Every door leads to what belongs behind it and to nothing else, and opens where the settings say."""

import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from certs.acme_order import CHALLENGE_PATH
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from proxy.wiring.listening import Listening
from tests.proxy.federated import EWS_SECURED, SVC_SECURED, federated
from tests.proxy.served import EWS, XML, Busy, configuration, login, password_hash, question, serving


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


def _settings(**server: Any) -> dict[str, Any]:
    written = configuration()
    written["server"] |= server
    return written


async def test_metrics_stand_on_their_own_address(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy, aiohttp.ClientSession() as session:
        asked = question("bob@fabrikam.example")
        async with session.post(proxy.url + EWS, data=asked, headers={**XML, **login()}) as answer:
            assert answer.status == 200
        assert proxy.metrics_url
        async with session.get(f"{proxy.metrics_url}/metrics") as answer:
            text = await answer.text()
            assert 'busyline_requests_total{caller="northwind",front="ews",outcome="answered"} 1.0' in text
            assert 'busyline_mailboxes_total{caller="northwind",outcome="known"} 1.0' in text
            assert "busyline_cache_bytes 0.0" in text
            assert "bob" not in text
        for path in ("/healthz", "/readyz"):
            async with session.get(proxy.metrics_url + path) as answer:
                assert await answer.text() == "ok\n"


async def test_what_is_behind_each_door(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings(plain_listen=["127.0.0.1:0"])) as proxy:
        (plain,) = proxy.plain_addresses
        doors = {"callers": proxy.url, "metrics": str(proxy.metrics_url), "plain": f"http://{plain}"}
        open_to = {
            name: [path for path in (EWS, "/healthz", "/readyz", "/metrics") if await _status(url + path) != 404]
            for name, url in doors.items()
        }
        answered = [await _told_by_acme(f"{url}{CHALLENGE_PATH}token", proxy) for url in doors.values()]
    assert open_to == {
        "callers": [EWS, "/healthz", "/readyz"],
        "metrics": ["/healthz", "/readyz", "/metrics"],
        "plain": [],
    }
    assert answered == [False, False, True]


async def _told_by_acme(url: str, proxy: Proxy) -> bool:
    """Whether the front for ACME authorities answers there."""
    before = _answers_of_acme(proxy)
    await _status(url)
    return _answers_of_acme(proxy) > before


def _answers_of_acme(proxy: Proxy) -> int:
    lines = proxy.metrics.exposition()[0].decode().splitlines()
    return sum(line.startswith("busyline_requests_total") and 'front="acme"' in line for line in lines)


async def test_everybody_who_watches_finds_the_same_health(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings(drain="0s")) as proxy:
        await proxy.drain()
        assert [await _status(f"{url}/readyz") for url in (proxy.url, proxy.metrics_url)] == [503, 503]


@pytest.mark.parametrize("key", ["listen", "plain_listen", "metrics_listen"])
async def test_where_a_door_cannot_open_none_stays_open(tmp_path: Path, key: str) -> None:
    (tmp_path / "interop.hash").write_text(password_hash())
    free = {name: _free() for name in ("listen", "plain_listen", "metrics_listen")}
    with socket.create_server(("127.0.0.1", free[key])):
        written = _settings(**{name: [f"127.0.0.1:{port}"] for name, port in free.items()})
        proxy = build(ProxySettings.model_validate(written), directory=tmp_path, connectors={"fabrikam": Busy()})
        with pytest.raises(OSError, match=str(free[key])):
            await proxy.__aenter__()
        assert not proxy.ready
    for port in free.values():
        socket.create_server(("127.0.0.1", port)).close()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize(("trusted", "opened"), [(False, set()), (True, {EWS_SECURED, SVC_SECURED})])
async def test_the_addresses_of_federation_are_open_where_there_is_a_trust(
    tmp_path: Path, *, trusted: bool, opened: set[str]
) -> None:
    async with federated(tmp_path) if trusted else serving(tmp_path) as proxy:
        assert {path for path in proxy.paths if path.endswith("wssecurity")} == {path.lower() for path in opened}


async def test_asked_in_process_it_opens_no_door(tmp_path: Path) -> None:
    (tmp_path / "interop.hash").write_text(password_hash())
    settings = ProxySettings.model_validate(configuration())
    async with build(settings, directory=tmp_path, connectors={"fabrikam": Busy()}, listen=False) as proxy:
        assert (proxy.addresses, proxy.plain_addresses, proxy.metrics_url, proxy.paths) == ((), (), None, ())
        assert (proxy.turns, proxy.recorder, proxy.ca, proxy.doubts()) == (None, None, None, [])
        proxy.reload_certificate()
        await proxy.drain()


def test_as_it_begins_no_door_is_open_and_nobody_doubts() -> None:
    begun = Listening()
    assert (begun.addresses, begun.doors, begun.doubts()) == ((), (), [])
