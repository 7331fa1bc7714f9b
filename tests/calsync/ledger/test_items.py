"""Tests of calsync/ledger/items.py: what was agreed comes back as it was, with exactly its links."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.agreed import Agreed
from calsync.ledger.ledger import Ledger
from service.state.database import Database
from tests.calsync.ledger.remembered import AGREED, HUB, begin, item, link, step
from tests.service.runs.kept import Time


async def everything(ledger: Ledger) -> dict[str, Agreed]:
    return {each.id: each async for part in ledger.everything(HUB) for each in part}


@given(words=st.lists(st.lists(AGREED, max_size=4) | st.sampled_from(["one", "two", "three"]), max_size=5))
@settings(max_examples=40)
def test_the_last_word_counts(tmp_path_factory: pytest.TempPathFactory, words: list[list[Agreed] | str]) -> None:
    """A list is kept, a name forgotten."""
    asyncio.run(_said(f"sqlite:{tmp_path_factory.mktemp('state') / 'state.db'}", words))


async def _said(url: str, words: list[list[Agreed] | str]) -> None:
    expected: dict[str, Agreed] = {}
    async with Database.open(url) as database:
        ledger = Ledger(database, clock=Time().clock)
        run = await begin(ledger)
        for word in words:
            if isinstance(word, str):
                expected.pop(word, None)
                await ledger.keep(HUB, run, forget=[word])
            else:
                expected |= {each.id: each for each in word}
                await ledger.keep(HUB, run, agreed=word)
        assert await everything(ledger) == expected
        links = [each for one in expected.values() for each in one.links.values()]
        for spoke in ("left", "right", "third"):
            here = [each for each in links if each.spoke == spoke]
            keys = [each.key for each in here if each.key]  # what was never made there has none
            assert await ledger.count(HUB, spoke) == len(keys)
            assert {*await ledger.versions(HUB, spoke)} == {*keys}


async def test_what_comes_from_outside_is_kept_on_both_databases(ledger: Ledger) -> None:
    run = await begin(ledger)
    broken = item("ann", fields={"subject": "half \ud83d and \0"}, cut=frozenset({"body", "at 2026-11-03"}))
    await ledger.keep(HUB, run, agreed=[broken])
    assert await ledger.agreed(HUB, ["ann"]) == {"ann": broken}


async def test_items_are_known_by_their_prints(ledger: Ledger) -> None:
    run = await begin(ledger)
    some = [item("b", print=b"12345678"), item("a", print=b"12345678"), item("c", print=b"1"), item("d")]
    await ledger.keep(HUB, run, agreed=some)
    assert await ledger.by_print(HUB, [b"12345678", b"1", b"", b"2"]) == {b"12345678": ["a", "b"], b"1": ["c"]}
    assert await ledger.by_print("another", [b"1"]) == {}


async def test_items_are_known_by_their_shadows_too(ledger: Ledger) -> None:
    """By what tells its times alone, beside what tells all of it; each id once, in order."""
    run = await begin(ledger)
    some = [
        item("c", print=b"whole c", shadow=b"times"),
        item("b", print=b"times"),
        item("a", print=b"whole a", shadow=b"times"),
        item("d", print=b"alike", shadow=b"alike"),
        item("e", print=b"whole e"),
    ]
    await ledger.keep(HUB, run, agreed=some)
    assert await ledger.by_print(HUB, [b"times", b"alike", b""]) == {b"times": ["a", "b", "c"], b"alike": ["d"]}
    assert await ledger.by_print("another", [b"times"]) == {}
    assert (await ledger.agreed(HUB, ["a"]))["a"].shadow == b"times"


async def test_a_shadow_goes_with_the_rules_that_asked_for_it(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, agreed=[item("a", print=b"whole", shadow=b"times")])
    await ledger.keep(HUB, run, agreed=[item("a", print=b"whole")])
    assert await ledger.by_print(HUB, [b"whole", b"times"]) == {b"whole": ["a"]}
    await ledger.keep(HUB, run, agreed=[item("a", print=b"whole", shadow=b"other")])
    assert await ledger.by_print(HUB, [b"times", b"other"]) == {b"other": ["a"]}
    await ledger.keep(HUB, run, forget=["a"])
    assert await ledger.by_print(HUB, [b"whole", b"other"]) == {}


async def test_those_alone_are_pending_that_are_said_to_be(ledger: Ledger) -> None:
    run = await begin(ledger)
    ann = item("ann", link("left", "k"), pending=True)
    await ledger.keep(HUB, run, agreed=[ann, item("bob")])
    assert await ledger.pending(HUB) == [ann]
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "k"))])
    assert await ledger.pending(HUB) == []


async def test_what_is_forgotten_takes_with_it_what_was_begun(ledger: Ledger) -> None:
    run = await begin(ledger)
    await ledger.keep(HUB, run, agreed=[item("ann", link("left", "k")), item("bob")])
    await ledger.beginning(run, [step("ann"), step("bob")])
    await ledger.keep(HUB, run, forget=["ann", "nobody"])
    assert await ledger.begun(HUB) == {("bob", "right")}
    assert await ledger.linked(HUB, "left", ["k"]) == {}
