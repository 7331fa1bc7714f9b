"""A proxy follows the lists of its settings: from its start, with every change, and refuses wrong ones in words."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Question
from protocols.model.intervals import BusyInterval, BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.list_files import ListFileError
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from tests.contracts.scripted import Scripted
from tests.proxy.served import NOW, Busy, configuration, password_hash

MOVE = {
    "name": "merger",
    "from": "fabrikam",
    "to": "contoso",
    "people": "file:moved.csv",
    "batches": "file:batches.csv",
    "rewrite": "{local}@contoso.example",
}
QUESTION = Question(window=TimeWindow(NOW, NOW + timedelta(days=7)))
GONE, STAYS = "ann@fabrikam.example,2020-01-01,one\n", "ann@fabrikam.example,2999-01-01,one\n"


def _settings(directory: Path, *moves: dict[str, Any]) -> ProxySettings:
    (directory / "interop.hash").write_text(password_hash() + "\n")
    written = configuration()
    written["connectors"]["contoso"] = written["connectors"]["fabrikam"]
    written["routes"].append({"match": "contoso.example", "via": "contoso"})
    return ProxySettings.model_validate({**written, "moves": moves or [MOVE]})


def _lists(directory: Path, people: str, plans: str = "one\n") -> None:
    (directory / "moved.csv").write_text(people)
    (directory / "batches.csv").write_text(plans)


def _proxy(directory: Path, *moves: dict[str, Any], listen: bool = True) -> tuple[Proxy, Busy, Busy]:
    old, new = Busy(), Busy()
    valid = _settings(directory, *moves)
    connectors = {"fabrikam": old, "contoso": new}
    return build(valid, directory=directory, clock=lambda: NOW, connectors=connectors, listen=listen), old, new


async def _asked(proxy: Proxy, address: str = "ann@fabrikam.example") -> None:
    await proxy.asker("northwind").lookup([Mailbox.parse(address)], QUESTION)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  the list is read in slices of this loop
            await asyncio.sleep(0)


async def test_whoever_has_moved_is_asked_for_where_they_are(tmp_path: Path) -> None:
    _lists(tmp_path, GONE)
    proxy, old, new = _proxy(tmp_path, listen=False)
    async with proxy:
        await _asked(proxy)
    assert (old.asked, new.asked) == ([], ["ann@contoso.example"])


async def test_a_change_and_a_roll_back_are_followed_without_a_restart(tmp_path: Path) -> None:
    _lists(tmp_path, STAYS)
    proxy, old, new = _proxy(tmp_path)
    async with proxy:
        await _asked(proxy)
        assert (len(old.asked), len(new.asked)) == (1, 0)
        version = proxy.moves.version
        (tmp_path / "moved.csv").write_text(GONE)
        await _until(lambda: proxy.moves.version > version)
        await _asked(proxy)
        assert (len(old.asked), len(new.asked)) == (1, 1)
        version = proxy.moves.version
        (tmp_path / "batches.csv").write_text(f"one,,{NOW:%Y-%m-%d}\n")
        await _until(lambda: proxy.moves.version > version)
        await _asked(proxy)
        assert (len(old.asked), len(new.asked)) == (2, 2)
        text = proxy.metrics.exposition()[0].decode()
    assert 'busyline_moves_people{move="merger",state="rolled-back"} 1.0' in text
    assert 'busyline_moves_refused_total{move="merger"} 0.0' in text
    assert "busyline_split_brain_total 0.0" in text


async def test_who_uses_both_calendars_is_counted_and_told_in_the_log(tmp_path: Path) -> None:
    _lists(tmp_path, f"ann@fabrikam.example,{NOW - timedelta(days=1):%Y-%m-%d},one\n")
    old, new, now = Scripted(), Scripted(), [NOW]
    peers = {"fabrikam": old, "contoso": new}
    settings = _settings(tmp_path)
    async with build(settings, directory=tmp_path, clock=lambda: now[-1], connectors=peers) as proxy:
        with capture_logs() as logs:
            for busy_at_the_old, busy_at_the_new in ((1, 1), (3, 5), (7, 9)):
                old.blocks.setdefault("ann@fabrikam.example", []).append(_block(busy_at_the_old))
                new.blocks.setdefault("ann@contoso.example", []).append(_block(busy_at_the_new))
                await _asked(proxy)
                now.append(now[-1] + timedelta(minutes=5))
        text = proxy.metrics.exposition()[0].decode()
    told = [entry for entry in logs if entry["event"] == "split_brain"]
    assert [(entry["mailbox"], entry["current"], entry["other"]) for entry in told] == [
        ("ann@fabrikam.example", "contoso", "fabrikam")
    ]
    assert "busyline_split_brain_total 1.0" in text


def _block(hours: int) -> BusyInterval:
    start = NOW + timedelta(hours=hours)
    return BusyInterval(TimeWindow(start, start + timedelta(hours=1)), BusyStatus.BUSY)


async def test_all_wrong_lists_are_told_at_the_start(tmp_path: Path) -> None:
    _lists(tmp_path, "ann@nowhere.example,2026-01-01\n")
    (tmp_path / "second.csv").write_text("bob\n")
    second = {**MOVE, "name": "second", "people": "file:second.csv"}
    proxy, _, _ = _proxy(tmp_path, MOVE, second)
    with pytest.raises(ListFileError) as refused:
        await proxy.__aenter__()
    assert "moved.csv:1: no route leads ann@nowhere.example" in str(refused.value)
    assert "second.csv:1: " in str(refused.value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rewrite": "{local}.x@fabrikam.example"}, "in a circle"),
        ({"people": {"group": "moved@contoso.example"}, "batches": None}, "has no directory"),
        ({"people": {"attribute": "shoeSize"}, "batches": None}, 'tells nothing of "shoeSize"'),
    ],
)
async def test_what_cannot_be_followed_is_refused(tmp_path: Path, values: dict[str, Any], words: str) -> None:
    _lists(tmp_path, STAYS)
    proxy, _, _ = _proxy(tmp_path, {key: value for key, value in {**MOVE, **values}.items() if value is not None})
    with pytest.raises(ListFileError, match=words):
        await proxy.__aenter__()


async def test_both_sides_are_asked_about_everybody(tmp_path: Path) -> None:
    proxy, old, new = _proxy(tmp_path, {**{k: v for k, v in MOVE.items() if k != "batches"}, "people": "ask"})
    async with proxy:
        await _asked(proxy)
    assert (old.asked, new.asked) == (["ann@fabrikam.example"], ["ann@contoso.example"])


@pytest.mark.parametrize(
    ("people", "words"), [("", "moved.csv: is empty"), ("E-Mail,Datum\n", "moved.csv:1: the heading")]
)
async def test_a_server_does_not_start_with_an_empty_list(tmp_path: Path, people: str, words: str) -> None:
    _lists(tmp_path, people)
    proxy, _, _ = _proxy(tmp_path)
    with pytest.raises(ListFileError, match=words):
        await proxy.__aenter__()


async def test_a_list_that_shrank_over_a_restart_is_refused(tmp_path: Path) -> None:
    both = GONE + GONE.replace("ann", "bob")
    _lists(tmp_path, both)
    proxy, _, _ = _proxy(tmp_path, listen=False)
    async with proxy:
        pass
    assert not (tmp_path / "moved.csv.state").exists()  # whoever only asks writes nothing
    proxy, _, _ = _proxy(tmp_path)
    async with proxy:
        pass
    (tmp_path / "moved.csv").write_text("address,moved_at,batch\n")
    proxy, _, _ = _proxy(tmp_path)
    with pytest.raises(ListFileError, match="has 0 people instead of 2"):
        await proxy.__aenter__()
    proxy, _, _ = _proxy(tmp_path, {**MOVE, "shrink": 1})
    async with proxy:
        pass


async def test_whoever_only_asks_goes_on_with_a_wrong_list(tmp_path: Path) -> None:
    _lists(tmp_path, GONE + "nobody,2020-01-01\n")
    proxy, old, new = _proxy(tmp_path, listen=False)
    async with proxy:
        await _asked(proxy)
        doubts = proxy.moves.doubts
    assert (old.asked, new.asked) == (["ann@fabrikam.example"], ["ann@contoso.example"])
    assert "moved.csv is wrong on line 2 (" in doubts["merger"]
