"""What several workers have once: their metrics and health on one address, and captures of what they tell."""

import asyncio
from pathlib import Path

import aiohttp
from structlog.testing import capture_logs

from proxy.capture import order as orders
from proxy.capture.relay import written
from proxy.settings import ProxySettings
from proxy.wiring import Overseer
from service.metrics import Metrics
from tests.proxy.capture.samples import heard, order
from tests.proxy.served import NOW, configuration


class Team:
    """Two that serve, until they have doubts."""

    def __init__(self) -> None:
        self.ready = True
        self.known: list[str] = []

    def doubts(self) -> list[str]:
        return self.known

    async def exposition(self) -> tuple[bytes, str]:
        return b"of_all 2\n", "text/plain"


def overseer(folder: Path, team: Team, **more: object) -> Overseer:
    settings = ProxySettings.model_validate({**configuration(), **more})
    return Overseer(settings, directory=folder, team=team, metrics=Metrics(), clock=lambda: NOW)


async def test_metrics_and_health_are_those_of_the_team(tmp_path: Path) -> None:
    team = Team()
    async with overseer(tmp_path, team) as once, aiohttp.ClientSession() as session:
        assert once.metrics_url is not None
        for path, status, body in (
            ("/metrics", 200, "of_all 2\n"),
            ("/readyz", 200, "ok\n"),
            ("/healthz", 200, "ok\n"),
        ):
            async with session.get(once.metrics_url + path) as answer:
                assert (answer.status, await answer.text()) == (status, body)
        team.known = ["the certificate expired on 2026-11-19"]
        async with session.get(f"{once.metrics_url}/readyz") as answer:
            assert (answer.status, "expired on" in await answer.text()) == (503, True)
        team.ready = False
        async with session.get(f"{once.metrics_url}/readyz") as answer:
            assert answer.status == 503
        assert not once.listening
        once.hear(written(heard()))  # nobody captures: nothing becomes of it


async def test_one_follows_upon_another_at_the_same_address(tmp_path: Path) -> None:
    async with overseer(tmp_path, Team()) as old:
        server = {**configuration()["server"], "metrics_listen": [str(old.addresses[0])]}
        async with overseer(tmp_path, Team(), server=server) as new:
            assert new.addresses == old.addresses


async def test_what_is_told_is_captured_while_somebody_wants_it(tmp_path: Path) -> None:
    async with overseer(tmp_path, Team(), capture={"directory": "captures"}) as once:
        orders.place(tmp_path / "captures", order())
        async with asyncio.timeout(30):
            while not once.listening:  # noqa: ASYNC110  it looks once a second
                await asyncio.sleep(0.05)
        once.hear(written(heard()))
        with capture_logs() as logs:
            once.hear({"kind": "heard", "told": "{}"})
        assert [each["event"] for each in logs] == ["not_captured"]
    (file,) = (tmp_path / "captures").glob("*.jsonl")
    assert len(file.read_text("utf-8").splitlines()) == 3  # its head, one request, and why it ended
