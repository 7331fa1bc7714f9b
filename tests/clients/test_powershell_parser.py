"""Every PowerShell script that Busyline writes, read by a parser of the language that is not ours."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.configuration import load
from console.example import example
from console.setup.command import text_for
from console.setup.sides import Kind, sides
from galsync.forwarding.forwards import NOWHERE, Forward
from galsync.powershell import forwarders, sharing
from galsync.powershell.orders import Order
from galsync.powershell.script import Exchange, script
from galsync.powershell.sharing import Sharing
from tests.clients.powershell_parser import commands, mistakes
from tests.galsync.powershell.reading import QUOTES

_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_ORDER = Order(act="create", anchor="ad:1", stamp="busyline:s/ad:1", name="n", alias="a", address="a@b.example")


def _recipients(*orders: Order) -> str:
    at = Exchange(sign_in_domain="b.onmicrosoft.com", unit="b.example/It's ours")
    return script(orders, sync="s", serial="7", written=_NOW, export="x.jsonl", at=at).decode("utf-8-sig")


def test_address_books_are_written_by_a_script_without_mistakes() -> None:
    told = _recipients(_ORDER, replace(_ORDER, form="mail-user", hidden=True, take=("smtp:x@b.example",)))
    assert mistakes(told) == []
    assert {"Invoke-Create", "Invoke-Update", "Invoke-Remove", "Export-World", "Assert-Ready"} <= commands(told)


@pytest.mark.parametrize("text", [*QUOTES, "'; Remove-Mailbox x #", "$(1)", "`", "\0", "\n", "@{}", "#"], ids=ascii)
def test_no_text_of_a_person_is_a_mistake_or_a_command(text: str) -> None:
    told = _recipients(replace(_ORDER, anchor=text, address=text, personal={"Title": (text, text)}, add=(text,)))
    assert mistakes(told) == []
    assert commands(told) == commands(_recipients(_ORDER))


def _forwarders(text: str, *more: Order) -> str:
    one = forwarders.forwarding(text, before=NOWHERE, after=Forward(text, copy=True), address=text, known=(text,))
    at = {"move": text, "serial": "7", "export": text, "record": text}
    return forwarders.script((one, *more), written=_NOW, **at).decode("utf-8-sig")


def test_mail_is_forwarded_by_a_script_without_mistakes() -> None:
    told = _forwarders("ann@b.example", forwarders.forwarding("g", before=Forward("smtp:x@y.example"), after=NOWHERE))
    assert mistakes(told) == []
    assert {"Assert-Ready", "Invoke-Paced", "Invoke-Step", "Set-Forward", "Export-Mailboxes"} <= commands(told)
    for text in (*QUOTES, "'; Remove-Mailbox x #", "$(1)", "`", "\0", "\n", "@{}", "#"):
        assert mistakes(_forwarders(text)) == []
        assert commands(_forwarders(text)) == commands(told)


def _sharing(make: Callable[..., bytes], name: str = "Busyline p", *domains: str) -> str:
    told = Sharing(
        pair=name,
        name=name,
        domains=domains or ("b.example",),
        level="LimitedDetails",
        individual="CalendarSharingFreeBusyDetail",
        disable=True,
    )
    return make(told, serial="7", written=_NOW, record="x.jsonl").decode("utf-8-sig")


@pytest.mark.parametrize("make", [sharing.script, sharing.way_back])
def test_calendars_are_shared_by_scripts_without_mistakes(make: Callable[..., bytes]) -> None:
    told = _sharing(make)
    assert mistakes(told) == []
    assert "Assert-Ready" in commands(told)
    for text in (*QUOTES, "'; Remove-Mailbox x #", "$(1)", "`", "\0", "\n", "@{}", "#"):
        assert mistakes(_sharing(make, text, text)) == []
        assert commands(_sharing(make, text, text)) == commands(told)


def _set_up(path: Path) -> Iterator[str]:
    path.write_text(example(), "utf-8")
    for side in sides(load(path), ()):
        if side.kind is not Kind.GOOGLE:
            yield from (text_for(side), text_for(side, remove=True))


def test_exchange_is_set_up_by_scripts_without_mistakes(tmp_path: Path) -> None:
    told = list(_set_up(tmp_path / "busyline.toml"))
    assert len(told) >= 4
    assert [mistakes(each) for each in told] == [[] for _ in told]


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("try {", "try ", 1),
        lambda text: text.replace("'Stop'", "'Stop", 1),
        lambda text: text.replace("foreach ($step in $Steps)", "foreach ($step in $Steps", 1),
        lambda text: text.replace("= @{}", "= @{", 1),
    ],
    ids=["brace", "quote", "bracket", "table"],
)
def test_the_parser_sees_what_is_broken(broken: Callable[[str], str]) -> None:
    whole = _recipients(_ORDER)
    assert broken(whole) != whole
    assert mistakes(broken(whole))
