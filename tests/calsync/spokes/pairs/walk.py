"""What every pair has to hold, in the order in which people do it: enter, look, edit the copies, remove."""

from collections.abc import Iterable
from dataclasses import replace

from calsync.contents import fields
from protocols.model.card import Card
from protocols.model.event import Event
from tests.calsync.spokes.pairs.pair import Pair, entered, renamed, standing
from tests.contracts.spoke_world import C


async def enter(pair: Pair[C], contents: Iterable[C]) -> int:
    """Somebody enters all of it on the one side; how much that side could hold."""
    held = [content for content in (entered(pair.one, each) for each in contents) if content is not None]
    for content in held:
        await pair.one.stage.user.create(content)
    return len(held)


async def becomes_equal(pair: Pair[C]) -> None:
    """After one run all stands on both sides, as well as the other one can hold it."""
    before = await standing(pair.one)
    await pair.sync()
    assert await standing(pair.one) == before
    assert list(await pair.differing()) == []


async def stays_equal(pair: Pair[C]) -> None:
    """Nothing moves any more: not in the next runs, not when all is read again, not when the ledger is lost."""
    await pair.quiet()
    await pair.quiet()
    await pair.quiet(whole=True)
    before = {each.id: set(each.links) for each in await pair.agreed()}
    await pair.lose_the_ledger()
    report = await pair.sync()
    assert list(report.steps) == []
    assert {each.id: set(each.links) for each in await pair.agreed()} == before
    await pair.quiet()


async def comes_back(pair: Pair[C]) -> None:
    """Whatever is renamed at a copy is renamed where it came from, and nothing else of it is another."""
    wanted = {}
    for item, copy in await pair.joined():
        if copy is None or _name(item.content) != _name(copy.content):
            continue
        other = renamed(copy.content)
        await pair.other.stage.user.change(copy.key, other)  # type: ignore[arg-type]
        wanted[item.key] = _called(item.content, _name(other))
    await pair.sync()
    there = await standing(pair.one)
    assert [each for key in wanted for each in _apart(wanted[key], there[key].content)] == []
    assert list(await pair.differing()) == []
    await pair.quiet()


async def goes_away(pair: Pair[C]) -> None:
    """What is removed on either side goes on both."""
    for number, (item, copy) in enumerate(await pair.joined()):
        if copy is not None and number % 2:
            await pair.other.stage.user.delete(copy.key)
        else:
            await pair.one.stage.user.delete(item.key)
    await pair.sync()
    assert await standing(pair.one) == {}
    assert await standing(pair.other) == {}
    assert await pair.agreed() == []
    await pair.quiet()


def _name(content: object) -> str:
    assert isinstance(content, Event | Card)
    return content.display_name if isinstance(content, Card) else content.subject


def _called(content: object, name: str) -> Event | Card:
    assert isinstance(content, Event | Card)
    return replace(content, display_name=name) if isinstance(content, Card) else replace(content, subject=name)


def _apart(wanted: Event | Card, told: Event | Card) -> list[tuple[str, str, str | None, str | None]]:
    """The fields that are not as they should be, of which item."""
    one, other = fields(wanted), fields(told)
    names = sorted({*one, *other} - {"people"})
    return [(_name(wanted), name, one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)]
