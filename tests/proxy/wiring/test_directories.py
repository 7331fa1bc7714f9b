"""Tests of proxy/wiring/directories/__init__.py; whole proxies with directories are in tests/clients."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.federation import Federation
from proxy.layers.groups import Groups
from proxy.list_files import ListFileError
from proxy.routes import ways_of
from proxy.settings import ProxySettings
from proxy.wiring import build
from proxy.wiring.directories import Directories, directories
from routing.policy import Policy
from service.metrics import Metrics
from service.secrets import SecretError
from tests.proxy.served import BLOCK, Busy, configuration, password_hash

_BOARD = {"address": "board@fabrikam.example", "members": ["ann@fabrikam.example"]}


async def _opened(stack: AsyncExitStack, tmp_path: Path, *, without: tuple[str, ...] = (), **keys: Any) -> Directories:
    settings = ProxySettings.model_validate({**configuration(), **keys})
    return await directories(
        settings,
        tmp_path,
        stack,
        ways=ways_of(settings, tmp_path),
        clock=lambda: datetime.now(UTC),
        metrics=Metrics(),
        without=without,
    )


def _of_caller(opened: Directories) -> tuple[object, object, Busy]:
    veil = Busy()
    federation = Federation(ways=opened.ways, connectors={"fabrikam": veil}, deadline=timedelta(seconds=8))
    return *opened.of_caller(veil, Policy(may_ask=("*",)), federation), veil


async def test_without_a_directory_there_is_no_layer_at_all(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        groups, rooms, veil = _of_caller(await _opened(stack, tmp_path))
        assert groups is veil
        assert rooms is None


async def test_written_groups_and_lists_are_enough(tmp_path: Path) -> None:
    hq = {"name": "HQ", "address": "hq@b.example", "rooms": "elbe@b.example"}
    async with AsyncExitStack() as stack:
        groups, rooms, _ = _of_caller(await _opened(stack, tmp_path, groups=[_BOARD]))
        assert isinstance(groups, Groups)
        assert rooms is None
        groups, rooms, veil = _of_caller(await _opened(stack, tmp_path, room_lists=[hq]))
        assert groups is veil
        assert rooms is not None


async def test_a_secret_that_is_missing_is_told(tmp_path: Path) -> None:
    connectors = configuration()["connectors"]
    connectors["fabrikam"]["directory"] = {"rooms": False}
    async with AsyncExitStack() as stack:
        with pytest.raises(SecretError):
            await _opened(stack, tmp_path, connectors=connectors)
        idle = await _opened(stack, tmp_path, connectors=connectors, without=("fabrikam",))
        assert not idle.by_name
        with pytest.raises(ListFileError):
            await _opened(stack, tmp_path, groups=[{**_BOARD, "members": "file:nobody.txt"}])


async def test_a_whole_proxy_expands_a_written_group(tmp_path: Path) -> None:
    settings = ProxySettings.model_validate({**configuration(), "groups": [_BOARD]})
    (tmp_path / "interop.hash").write_text(password_hash(), "utf-8")
    peer = Busy()
    async with build(settings, directory=tmp_path, connectors={"fabrikam": peer}, listen=False) as proxy:
        day = TimeWindow(BLOCK.start - timedelta(hours=9), BLOCK.end)
        [answer] = await proxy.asker("northwind").lookup(
            [Mailbox.parse("board@fabrikam.example")], Question(window=day)
        )
    assert peer.asked == ["ann@fabrikam.example"]
    assert [each.window for each in answer.intervals] == [BLOCK]  # type: ignore[union-attr]
