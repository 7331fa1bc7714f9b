"""Tests of galsync/powershell/guests.py: nothing leaves the script before an export shows it done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from galsync.entries import Stamp
from galsync.powershell.guests import GuestScript
from galsync.powershell.orders import show
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from tests.galsync.powershell.pretended import Organisation
from tests.galsync.powershell.reading import settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANN, BOB = Stamp("s", "ad:ann"), Stamp("s", "ad:bob")


class _Time:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _script(folder: Path) -> GuestScript:
    return GuestScript(name="x", sync="s", folder=folder, stamp_attribute="CustomAttribute14", clock=_Time())


def _orders(kept: GuestScript) -> dict[str, object]:
    steps = settings(kept.script.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))["Steps"]
    assert isinstance(steps, list)
    return {str(step["Anchor"]): step["Hidden"] for step in steps if isinstance(step, dict)}


def _guest(exchange: Organisation, stamp: Stamp, *, hidden: bool = True) -> None:
    texts = {"DisplayName": "Guest", "CustomAttribute14": stamp.text}
    guid = exchange.put("GuestMailUser", f"{stamp.anchor[3:]}@b.example", texts)
    exchange.recipients[guid]["hidden"] = hidden


async def test_nothing_is_known_before_there_is_an_export(tmp_path: Path) -> None:
    kept = _script(tmp_path)
    assert await kept.hidden() == {}
    assert not kept.script.exists()


async def test_what_was_handed_is_shown_and_read_back(tmp_path: Path) -> None:
    kept, exchange = _script(tmp_path), Organisation()
    assert await kept.hand([show(ANN, "ann@b.example"), show(BOB, "bob@b.example", hidden=True)]) is None
    _guest(exchange, ANN)
    _guest(exchange, BOB, hidden=False)
    _guest(exchange, Stamp("other", "ad:cy"))
    exchange.put("MailUser", "dan@b.example", {"CustomAttribute14": Stamp("s", "ad:dan").text})
    exchange.run(kept.script, now=NOW)
    assert await kept.hidden() == {ANN.text: False, BOB.text: True, "busyline:other/ad:cy": True}
    await kept.hand([show(Stamp("s", "ad:eve"), "eve@b.example")])
    assert _orders(kept) == {"ad:eve": False}


async def test_what_was_not_run_yet_stays(tmp_path: Path) -> None:
    kept = _script(tmp_path)
    await kept.hand([show(ANN, "ann@b.example", hidden=True)])
    await kept.hand([show(BOB, "bob@b.example")])
    assert _orders(kept) == {"ad:ann": True, "ad:bob": False}
    await kept.hand([show(ANN, "ann@b.example")])
    assert _orders(kept) == {"ad:bob": False, "ad:ann": False}


async def test_whom_exchange_did_not_know_yet_stays_and_who_is_gone_does_not(tmp_path: Path) -> None:
    kept, exchange = _script(tmp_path), Organisation()
    await kept.hand([show(ANN, "ann@b.example"), show(BOB, "bob@b.example", hidden=True)])
    exchange.run(kept.script, now=NOW)
    await kept.hand([], gone=["ad:nobody"])
    assert _orders(kept) == {"ad:ann": False}  # hidden is who is not there
    await kept.hand([], gone=["ad:ann"])
    assert _orders(kept) == {}


async def test_an_export_of_an_earlier_script_takes_nothing_out(tmp_path: Path) -> None:
    kept, exchange = _script(tmp_path), Organisation()
    _guest(exchange, ANN, hidden=False)
    await kept.hand([show(BOB, "bob@b.example")])
    exchange.run(kept.script, now=NOW)
    await kept.hand([show(ANN, "ann@b.example", hidden=True)])
    await kept.hand([show(ANN, "ann@b.example")])
    await kept.hand([show(BOB, "bob@b.example")])
    assert _orders(kept) == {"ad:ann": False, "ad:bob": False}


async def test_an_old_export_is_believed_and_a_broken_one_is_not(tmp_path: Path) -> None:
    kept, exchange = _script(tmp_path), Organisation()
    _guest(exchange, ANN)
    await kept.hand([show(ANN, "ann@b.example")])
    exchange.run(kept.script, now=NOW - timedelta(days=400))
    assert await kept.hidden() == {ANN.text: False}
    kept.export.write_text("{")
    with pytest.raises(PeerError, match=r"x\.ps1 again") as raised:
        await kept.hidden()
    assert raised.value.reason is Reason.INCOMPLETE


async def test_a_script_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = _script(tmp_path / "file")
    failed = await kept.hand([show(ANN, "ann@b.example")])
    assert failed is not None
    assert failed.words.startswith("x: ")
