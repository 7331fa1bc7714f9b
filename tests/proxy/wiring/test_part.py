"""A proxy that is one of several: others may listen where it does, and somebody else hears what it answers."""

import os
import shutil
import socket
from datetime import timedelta
from pathlib import Path

import aiohttp

from proxy import wiring
from proxy.auth.shared_replays import Seen
from proxy.capture.heard import Heard
from proxy.connector import Connector
from proxy.settings import ProxySettings
from proxy.wiring import Part
from service.addresses import ListenAddress
from service.listeners import Handed, Kept, kept
from tests.proxy.federated import EWS_SECURED, asked, secured, trusting
from tests.proxy.served import NOW, XML, Busy, configuration, password_hash


class Ear:
    """Hears everything."""

    listening = True

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def hear(self, heard: Heard) -> None:
        self.heard.append(heard)


async def test_two_listen_on_one_address_and_one_ear_hears_both(tmp_path: Path) -> None:
    """Each at a socket of its own that it was handed; where one is gone, the other stands in for it."""
    ear = Ear()
    settings = ProxySettings.model_validate(configuration())
    server = settings.server.model_copy(update={"metrics_listen": ()})
    settings = _anonymous(settings).model_copy(update={"server": server})
    (tmp_path / "interop.hash").write_text("argon2", "ascii")
    (one,) = await kept(ListenAddress("127.0.0.1", 0))
    (same,) = await kept(ListenAddress("127.0.0.1", one.port))
    (spare,) = Handed.inherited([], [os.dup(one.descriptor)]).spares

    def built(own: Kept, *spares: socket.socket) -> wiring.Proxy:
        handed = Handed(own=Handed.inherited([os.dup(own.descriptor)], []).own, spares=spares)
        part = Part(shared=True, listener=ear, handed={"listen": handed})
        return wiring.build(settings, directory=tmp_path, part=part)

    async with built(same, spare) as second:
        async with built(one) as first:
            assert second.addresses == first.addresses == (ListenAddress("127.0.0.1", one.port),)
            assert (second.ready, second.doubts(), second.metrics_url) == (True, [], None)
            await _asked(first, times=16)
            for proxy in (first, second):
                assert b"busyline_requests_total{" in proxy.metrics.exposition()[0]
        second.stand_in({spare.fileno()})
        await _asked(second, times=16)
    assert not second.ready
    assert len(ear.heard) == 32
    for each in (one, same):
        each.close()


async def _asked(proxy: wiring.Proxy, *, times: int) -> None:
    for _ in range(times):
        async with aiohttp.ClientSession() as session, session.get(f"{proxy.url}/EWS/Exchange.asmx") as answer:
            await answer.read()


async def test_a_signed_message_that_one_answered_the_others_refuse(tmp_path: Path) -> None:
    """Also one that starts later, which refuses nothing for being older than itself, as one that is alone does."""
    folder, times = tmp_path / "seen", [NOW - timedelta(minutes=10)]
    folder.mkdir()
    (tmp_path / "interop.hash").write_text(password_hash() + "\n")
    settings = ProxySettings.model_validate(trusting(tmp_path))
    seen = Seen(directory=folder, since=times[0], key=b"k" * 32)

    def built(part: Part) -> wiring.Proxy:
        return wiring.build(settings, directory=tmp_path, clock=lambda: times[-1], connectors=_fabrikam(), part=part)

    part, data = Part(shared=True, seen=seen), secured(asked("bob@fabrikam.example"))
    async with built(part) as first, built(part) as second:
        times.append(NOW)
        assert [await _said(each, data) for each in (first, second, first)] == ["answered", "refused", "refused"]
        async with built(part) as later, built(Part(shared=True)) as alone:
            older = secured(asked("bob@fabrikam.example"))
            assert [await _said(later, each) for each in (data, older)] == ["refused", "answered"]
            assert await _said(alone, secured(asked("bob@fabrikam.example"))) == "busy"
        assert first.doubts() == []
        shutil.rmtree(folder)
        assert await _said(first, secured(asked("bob@fabrikam.example"))) == "busy"
        assert "SIGUSR1" in first.doubts()[0]


async def _said(proxy: wiring.Proxy, data: bytes) -> str:
    async with (
        aiohttp.ClientSession() as session,
        session.post(proxy.url + EWS_SECURED, data=data, headers=XML) as answer,
    ):
        if answer.status == 200:
            return "answered"
        return "busy" if b"ErrorServerBusy" in await answer.read() else "refused"


def _fabrikam() -> dict[str, Connector]:
    return {"fabrikam": Busy()}


def _anonymous(settings: ProxySettings) -> ProxySettings:
    return settings.model_copy(update={"callers": (), "connectors": {}, "routes": ()})
