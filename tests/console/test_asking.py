"""Asking in process and over HTTP: the same truth by either way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.asking import Door, caller_named, opened, over_http, parsed, rows, window_of
from console.configuration import load
from console.demo.merger import Merger
from console.terminal import EndingError
from protocols.model.freebusy import Availability, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from service.secrets import Reference, SecretError

NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
ANNA = Mailbox.parse("anna.schneider@contoso.example")
WINDOW = TimeWindow(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))


def door(m: Merger, directory: Path, username: str) -> Door:
    (directory / "typed").write_text(m.passwords["fabrikam"], "utf-8")
    return Door(url=m.ews_url, username=username, password=Reference("file", str(directory / "typed")), ca=m.ca)


async def test_over_http_and_in_process_alike(running: Merger, tmp_path: Path) -> None:
    asked = door(running, tmp_path, running.username("fabrikam"))
    (outside,) = await over_http(asked, [ANNA], Question(window=WINDOW), clock=lambda: NOW)
    async with opened(load(tmp_path / "busyline.toml"), tmp_path, "fabrikam-exchange", [ANNA]) as proxy:
        (inside,) = await proxy.asker("fabrikam-exchange").lookup([ANNA], Question(window=WINDOW))
    assert isinstance(outside, Availability)
    assert isinstance(inside, Availability)
    truth = [interval.window for interval in running.estate.expected(ANNA.address, WINDOW)]
    assert [i.window for i in outside.intervals] == [i.window for i in inside.intervals] == truth
    assert truth


async def test_only_what_the_mailboxes_need_is_opened(running: Merger, tmp_path: Path) -> None:
    for file in ("northwind.json", "fabrikam.password", "northwind-caller.hash", "contoso-caller.hash"):
        (tmp_path / file).unlink()
    looped = Mailbox.parse("katarzyna.wojcik@fabrikam.example")
    configuration = load(tmp_path / "busyline.toml")
    async with opened(configuration, tmp_path, "fabrikam-exchange", [ANNA, looped]) as proxy:
        found = await proxy.asker("fabrikam-exchange").lookup([ANNA, looped], Question(window=WINDOW))
        assert [route.via for route in proxy.table.routes] == [route.via for route in configuration.routes]
        (idle,) = await proxy.asker("fabrikam-exchange").lookup(
            [Mailbox.parse("jack.thompson@northwind.example")], Question(window=WINDOW)
        )
    assert isinstance(found[0], Availability)
    assert isinstance(found[1], Unavailable)
    assert found[1].reason is Reason.FORBIDDEN
    assert isinstance(idle, Unavailable)
    with pytest.raises(SecretError, match=r"northwind\.json"):
        async with opened(configuration, tmp_path, "fabrikam-exchange", [idle.mailbox or ANNA]):
            pass


async def test_a_wrong_password_is_a_sentence(running: Merger, tmp_path: Path) -> None:
    with pytest.raises(EndingError, match="refuses our credentials"):
        await over_http(
            door(running, tmp_path, "nobody@fabrikam.example"), [ANNA], Question(window=WINDOW), clock=lambda: NOW
        )


async def test_more_than_a_request_holds(running: Merger, tmp_path: Path) -> None:
    with pytest.raises(EndingError, match="at most 100 addresses"):
        await over_http(door(running, tmp_path, "u"), [ANNA] * 101, Question(window=WINDOW), clock=lambda: NOW)


def test_the_only_caller_is_meant_without_a_name(config: Path) -> None:
    configuration = load(config)
    assert caller_named(configuration, None) == "exchange"
    with pytest.raises(EndingError, match="write --as one of exchange"):
        caller_named(configuration, "other")


def test_today_is_the_zones_own() -> None:
    window = window_of(2, ZoneInfo("Australia/Sydney"), NOW)
    assert window.start == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert window.length == timedelta(days=2)


def test_rows_keep_order_and_what_is_no_address() -> None:
    answer = Unavailable(mailbox=ANNA, reason=Reason.TIMEOUT)
    asked = ["nonsense", "Anna.Schneider@contoso.example"]
    first, second = rows(asked, parsed(asked), [answer])
    assert isinstance(first.answer, Unavailable)
    assert first.answer.reason is Reason.INVALID_ADDRESS
    assert (second.label, second.answer) == (asked[1], answer)
