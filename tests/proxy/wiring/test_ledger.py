"""Tests of proxy/wiring/ledger.py, and of rules and ledger through a whole proxy."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from protocols.model.caller import Caller
from proxy.auth import Knock
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.ews import EwsFront
from proxy.fronts.schema import SchemaFront
from proxy.ledger.files import Files
from proxy.ledger.headcount import Headcount
from proxy.ledger.pseudonyms import plainly, pseudonyms
from proxy.ledger.witness import Witness
from proxy.ledger.writer import Writer
from proxy.list_files import ListFileError
from proxy.server import Server
from proxy.settings import ProxySettings
from proxy.wiring import build
from service.addresses import ListenAddress
from service.door import Door
from service.metrics import Metrics
from service.secrets import Secret, SecretError
from tests.proxy.served import EWS, NOW, XML, Busy, configuration, login, question, serving

KEY = "0123456789abcdef" * 2
BUSY_TWO_DAYS = "2026-11-23T00:00:00</t:StartTime><t:EndTime>2026-11-25T00:00:00</t:EndTime><t:BusyType>Busy"


def _settings(ledger: dict[str, Any] | None = None, rules: list[Any] | None = None, **caller: Any) -> dict[str, Any]:
    sections: dict[str, Any] = {"rules": rules or []}
    if ledger is not None:
        sections["ledger"] = {"directory": "ledger", **ledger}
    return {**configuration(**caller), **sections}


async def _ask(url: str, *addresses: str) -> str:
    async with (
        aiohttp.ClientSession(headers=login()) as session,
        session.post(url + EWS, data=question(*addresses), headers=XML) as answer,
    ):
        return await answer.text()


async def _ready(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
        return answer.status, (await answer.text()).strip()


def _lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in (directory / "ledger").iterdir() for line in path.read_bytes().splitlines()]


async def test_who_looked_at_whom_is_written_down_by_the_end(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings({})) as proxy:
        text = await _ask(proxy.url, "Ann@fabrikam.example", "x@elsewhere.example")
        assert "NoError" in text
        await _ask(proxy.url, "no address")
    first, second = _lines(tmp_path)
    assert (first["caller"], first["front"], first["proof"], second["people"]) == ("northwind", "ews", "basic", [])
    assert [tuple(person.values()) for person in first["people"]] == [
        ("ann@fabrikam.example", "allowed", "busy"),
        ("x@elsewhere.example", "forbidden", "refused"),
    ]


async def test_members_of_a_group_are_seen_through_it_and_counted(tmp_path: Path) -> None:
    board = {"address": "board@fabrikam.example", "members": ["ann@fabrikam.example", "bob@fabrikam.example"]}
    shut = {"address": "shut@fabrikam.example", "members": ["carl@fabrikam.example", "x@elsewhere.example"]}
    settings = {**_settings({}, people_per_hour=2), "groups": [board, shut]}
    async with serving(tmp_path, settings=settings) as proxy:
        text = await _ask(proxy.url, "board@fabrikam.example", "shut@fabrikam.example")
        assert "ann@" not in text
        exceeded = proxy.metrics.registry.get_sample_value(
            "busyline_people_limit_exceeded_total", {"caller": "northwind"}
        )
    [line] = _lines(tmp_path)
    assert [tuple(person.values()) for person in line["people"]] == [
        ("board@fabrikam.example", "allowed", "busy"),
        ("ann@fabrikam.example", "allowed", "busy", "board@fabrikam.example"),
        ("bob@fabrikam.example", "allowed", "busy", "board@fabrikam.example"),
        ("shut@fabrikam.example", "allowed", "incomplete"),  # nothing of anybody was shown
    ]
    assert exceeded == 1


async def test_pseudonyms_are_those_of_the_key(tmp_path: Path) -> None:
    (tmp_path / "ledger.key").write_text(KEY + "\n")
    settings = _settings({"pseudonyms": True, "key": "file:ledger.key"})
    async with serving(tmp_path, settings=settings) as proxy:
        await _ask(proxy.url, "Ann@fabrikam.example")
    [line] = _lines(tmp_path)
    assert line["people"][0]["address"] == pseudonyms(Secret(KEY))("ann@fabrikam.example")
    assert "ann@" not in json.dumps(line)


async def test_a_key_that_is_too_short_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "ledger.key").write_text("tiny")
    with pytest.raises(SecretError, match=r"file:ledger\.key: a key of pseudonyms has 32"):
        async with serving(tmp_path, settings=_settings({"pseudonyms": True, "key": "file:ledger.key"})):
            pass


async def test_without_the_section_nothing_is_written(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings()) as proxy:
        await _ask(proxy.url, "ann@fabrikam.example")
        assert "busyline_ledger" not in proxy.metrics.exposition()[0].decode()
    assert not (tmp_path / "ledger").exists()


async def test_people_are_counted_for_the_metrics(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings(people_per_hour=2)) as proxy:
        await _ask(proxy.url, *(f"p{number}@fabrikam.example" for number in range(2)))
        before = proxy.metrics.exposition()[0].decode()
        await _ask(proxy.url, *(f"p{number}@fabrikam.example" for number in range(9)))
        after = proxy.metrics.exposition()[0].decode()
    assert 'busyline_people_limit_exceeded_total{caller="northwind"} 0.0' in before
    assert 'busyline_people_asked{caller="northwind"} 2.0' in before
    assert 'busyline_people_limit_exceeded_total{caller="northwind"} 1.0' in after


async def test_what_was_lost_is_in_the_metrics(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings({})) as proxy:
        text = proxy.metrics.exposition()[0].decode()
    assert "busyline_ledger_lost_total 0.0" in text
    assert "busyline_ledger_waiting 0.0" in text


async def test_a_required_ledger_that_cannot_be_written_refuses_requests(tmp_path: Path) -> None:
    peer = Busy()
    async with serving(tmp_path, connector=peer, settings=_settings({"required": True})) as proxy:
        (tmp_path / "ledger").rmdir()
        (tmp_path / "ledger").write_text("a file where the directory was")
        assert "NoError" in await _ask(proxy.url, "ann@fabrikam.example")
        witness = proxy._witness
        assert witness is not None
        assert witness._writer is not None
        ready = [await _ready(proxy.url)]
        await witness._writer.flush()
        refused = await _ask(proxy.url, "bob@fabrikam.example")
        ready.append(await _ready(proxy.url))
        (tmp_path / "ledger").unlink()
        await witness._writer.flush()
        ready.append(await _ready(proxy.url))
        assert "NoError" in await _ask(proxy.url, "bob@fabrikam.example")
    assert "ErrorServerBusy" in refused
    doubt = "the ledger is required and cannot be written, so every question is refused: see the log"
    assert ready == [(200, "ok"), (503, f"not ready\n{doubt}"), (200, "ok")]
    assert peer.asked == ["ann@fabrikam.example", "bob@fabrikam.example"]
    assert len(_lines(tmp_path)) == 2


async def test_what_an_operator_asks_in_process_is_no_callers_look_up(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings()):
        pass
    valid = ProxySettings.model_validate(_settings({}))
    async with build(valid, directory=tmp_path, connectors={"fabrikam": Busy()}, listen=False):
        pass
    assert not (tmp_path / "ledger").exists()


async def test_rules_reach_the_answers(tmp_path: Path) -> None:
    (tmp_path / "board.txt").write_text("ann@fabrikam.example\n")
    rules = [{"about": ["file:board.txt"], "horizon_ahead": "2d"}]  # today is the 20th
    async with serving(tmp_path, settings=_settings(rules=rules)) as proxy:
        hidden, other = await _ask(proxy.url, "ann@fabrikam.example"), await _ask(proxy.url, "bob@fabrikam.example")
    assert BUSY_TWO_DAYS in hidden
    assert "2026-11-23T09:00:00</t:StartTime>" not in hidden
    assert "2026-11-23T09:00:00</t:StartTime>" in other


async def test_a_group_file_that_is_not_there_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(ListFileError, match=r"board\.txt: there is no such file"):
        async with serving(tmp_path, settings=_settings(rules=[{"about": ["file:board.txt"], "busy_only": True}])):
            pass


class Named:
    """A gate that knows who sits behind the caller."""

    async def identify(self, knock: Knock) -> Caller:
        """Whoever knocks is Paula of Northwind."""
        return self.admit(Caller("northwind", "Northwind", "microsoft", "Paula@Northwind.example"), knock)

    def recall(self, knock: Knock) -> None:
        """Nobody is remembered."""
        del knock

    def admit(self, caller: Caller, knock: Knock) -> Caller:
        """Everybody."""
        del knock
        return caller


async def test_whom_a_token_names_is_written_down_and_logged_nowhere(tmp_path: Path) -> None:
    writer = Writer(Files(tmp_path / "ledger", rotate=10_000, keep=timedelta(days=1)), name=plainly, clock=lambda: NOW)
    witness = Witness(headcount=Headcount({}, clock=lambda: NOW), writer=writer, clock=lambda: NOW)
    desks = {"northwind": Desk(connector=Busy(), witness=witness)}
    front = EwsFront(entrance=Entrance(Named()), desks=desks, schema=SchemaFront("http://x"), max_body=100_000)
    server = Server({EWS: front}, metrics=Metrics(), clock=lambda: NOW)
    with capture_logs() as logs:
        async with writer, Door(server.handle, [ListenAddress("127.0.0.1", 0)]) as door:
            text = await _ask(f"http://{door.addresses[0]}", "ann@fabrikam.example")
    assert "NoError" in text
    [line] = _lines(tmp_path)
    assert (line["caller"], line["proof"], line["person"]) == ("northwind", "microsoft", "paula@northwind.example")
    assert len(line["request"]) == 36
    assert "paula" not in str(logs).lower()
    assert "ann@" not in str(logs)
