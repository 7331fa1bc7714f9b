"""What bad input gets, as an operator sees it: nothing is lost, nobody else is disturbed, and everything is named."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.demo.address_books import chosen_of
from console.demo.merger import Merger
from console.demo.questions import now
from console.gal.carrying import Wishes, applied, planned
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.faults import Trouble

SYNC = "contoso-to-northwind"
LONG = f"{'x' * 64}@{'y' * 63}.{'z' * 63}.{'z' * 63}.example"
ANNA, GRACE = "anna.schneider@contoso.example", "grace.miller@contoso.example"


@dataclass(slots=True)
class Operator:
    """Types `busyline gal` about one sync of the demo; ``told`` is what was printed last."""

    m: Merger
    capsys: pytest.CaptureFixture[str]
    sync: str = SYNC
    clock: Callable[[], datetime] = now
    told: str = ""

    async def plan(self, *, whole: bool = False) -> dict[str, Any]:
        """`gal plan --json`."""
        await planned(chosen_of(self.m, self.sync, self.clock), Wishes(as_json=True, whole=whole))
        self.told = self.capsys.readouterr().out
        return dict(json.loads(self.told))

    async def apply(self, *allow: str) -> bool:
        """`gal apply --yes`: whether all was well."""
        well = await applied(chosen_of(self.m, self.sync, self.clock), Wishes(yes=True, allow=frozenset(allow)))
        self.told = self.capsys.readouterr().out
        return well

    def standing(self) -> set[str]:
        """The addresses in Northwind's list."""
        entries = self.m.google.shared.entries.values()
        return {each.get("address", "") for entry in entries for each in entry.iter() if each.get("address")}


@pytest.fixture
def operator(running: Merger, capsys: pytest.CaptureFixture[str]) -> Operator:
    """Somebody in front of the demo's merger."""
    return Operator(running, capsys)


def somebody(anchor: str, address: str | None, **others: Any) -> Person:
    texts = {Field.DISPLAY_NAME: anchor, **others.pop("texts", {})}
    primary = Mailbox.parse(address) if address else None
    return Person(anchor=anchor, kind=Kind.USER, primary=primary, texts=texts, **others)


async def settled(operator: Operator) -> None:
    """What was done is done: everybody read again, nothing is left to do."""
    plan = await operator.plan(whole=True)
    assert not any(plan["planned"][act] for act in ("create", "update", "retire", "remove")), operator.told


async def test_who_has_no_address_is_counted_and_named_and_all_others_are_served(operator: Operator) -> None:
    book = operator.m.people.contoso
    everybody = {each.primary.address for each in book.people.values() if each.primary}
    book.put(somebody("nobody-1", None))
    assert await operator.apply()
    assert everybody <= operator.standing()
    assert "1: has no mail address (nobody-1" in operator.told
    await settled(operator)


async def test_addresses_that_are_none_are_counted_and_named(operator: Operator) -> None:
    operator.sync = "fabrikam-to-northwind"
    with (operator.m.directory / "fabrikam.csv").open("a", encoding="utf-8") as file:
        for number, address in enumerate(("not an address", LONG, f"{'x' * 240}@fabrikam.example", "")):
            file.write(f"f-{number},{address},Somebody,,,\n")
    assert await operator.apply()
    assert len(operator.standing()) > 15
    assert "3: has an address that cannot be read or is too long" in operator.told
    assert "1: has no mail address" in operator.told
    await settled(operator)


async def test_two_with_one_alias_share_nothing_and_it_is_told(operator: Operator) -> None:
    path = operator.m.directory / "busyline.toml"
    path.write_text(path.read_text("utf-8").replace(f'name = "{SYNC}"', f'name = "{SYNC}"\nproxies = true'), "utf-8")
    book = operator.m.people.contoso
    both = "sales@contoso.example"
    for address in (ANNA, GRACE):
        known = book.find(address)
        assert known is not None
        book.put(replace(known, aliases=(both,)))
    assert await operator.apply()
    assert "1: an alias was dropped, since somebody else has it" in operator.told
    assert {ANNA, GRACE, both} <= operator.standing()
    await settled(operator)


@pytest.mark.parametrize(
    "name", ["An\ud800na", "An\x00na", "An\r\nna", "A" * 5_000], ids=["half", "nul", "lines", "long"]
)
async def test_a_name_that_no_address_book_takes_spoils_nobody(operator: Operator, name: str) -> None:
    book = operator.m.people.contoso
    known = book.find(ANNA)
    assert known is not None
    book.put(replace(known, texts={**known.texts, Field.DISPLAY_NAME: name}))
    assert await operator.apply()
    assert {ANNA, GRACE} <= operator.standing()
    await settled(operator)


async def test_an_expired_token_gives_the_plan_of_a_full_reading(operator: Operator) -> None:
    assert await operator.apply()
    book, desk = operator.m.people.contoso, operator.m.graph.people
    assert desk is not None
    known = book.find(GRACE)
    assert known is not None
    book.put(replace(known, texts={**known.texts, Field.PHONE: "+1 212 555 0199"}))
    changes = await operator.plan()
    desk.delta.forget()
    expired = await operator.plan()
    assert (changes["whole"], expired["whole"]) == (False, True)
    assert expired["steps"] == changes["steps"] != []


@pytest.mark.parametrize("trouble", [Trouble.THROTTLED, Trouble.BROKEN], ids=["429", "500"])
async def test_a_source_that_is_busy_is_asked_again(operator: Operator, trouble: Trouble) -> None:
    faults = operator.m.graph.faults
    faults.trouble, faults.times, faults.retry_after = trouble, 1, 0.01
    assert await operator.apply()
    assert ANNA in operator.standing()


@pytest.mark.parametrize(
    "trouble",
    [Trouble.DENIED, Trouble.CUT, Trouble.TRUNCATED, Trouble.HTML, Trouble.GARBAGE, Trouble.LOST_PAGE],
    ids=lambda trouble: trouble.name,
)
async def test_half_a_reading_is_none_and_nobody_goes(operator: Operator, trouble: Trouble) -> None:
    assert await operator.apply()
    before, desk = operator.standing(), operator.m.graph.people
    assert desk is not None
    desk.delta.forget()
    desk.delta.page = desk.page = 5
    operator.m.graph.faults.trouble = trouble
    assert not await operator.apply("empty", "shrink", "deletions")
    assert "Could not be read:\n  contoso: " in operator.told
    assert "nothing was written, since not everything could be read" in operator.told
    assert operator.standing() == before
    operator.m.graph.faults.clear()
    await settled(operator)


async def test_half_of_what_stands_there_is_nothing_to_write_upon(operator: Operator) -> None:
    assert await operator.apply()
    before, shared = operator.standing(), operator.m.google.shared
    shared.cut = True
    operator.m.people.contoso.remove("contoso-3")
    (operator.m.directory / "busyline.db").unlink()
    assert not await operator.apply()
    assert "Places left out:\n  northwind: " in operator.told
    assert operator.standing() == before
    shared.cut = False
    assert await operator.apply()
    await settled(operator)


async def test_a_target_that_refuses_for_a_while_is_served_by_the_next_run(operator: Operator) -> None:
    operator.m.google.shared.wait = 86_400.0  # longer than any run waits
    assert not await operator.apply()
    assert operator.standing() == set()
    assert "Failed:" in operator.told
    assert "27 failed" in operator.told
    operator.m.google.shared.wait = None
    assert await operator.apply()
    assert ANNA in operator.standing()
    await settled(operator)


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-400)], ids=["ahead", "behind"])
async def test_a_clock_that_was_wrong_loses_nobody(operator: Operator, wrong: timedelta) -> None:
    operator.clock = lambda: datetime.now(UTC) + wrong
    assert await operator.apply()
    before = operator.standing()
    operator.m.people.contoso.remove("contoso-3")
    operator.clock = now
    assert await operator.apply()
    assert operator.standing() == before, "who is gone stays until the grace is over"
    await settled(operator)
