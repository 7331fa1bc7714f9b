"""What a hub remembers: what its spokes agreed on, where their readings go on, and what its runs did."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Final

from calsync.agreed import Agreed, Aside
from calsync.contents import title
from calsync.ledger import asides as aside_rows
from calsync.ledger import clashes as clash_rows
from calsync.ledger import feeds as feed_rows
from calsync.ledger import history, items, links, lives
from calsync.ledger import hooks as hook_rows
from calsync.ledger.rows import ClashRow, Feed, Refusal, Result, Run, RunKind, StepRow, Story
from calsync.ledger.tables import BOOKS, LEASES, PAUSES
from calsync.notices.hook import Hook
from calsync.steps import Clash, Step
from service.runs import journal, pauses
from service.runs.memory import RunMemory
from service.runs.states import RunOverError
from service.state.database import Database

_ITEMS: Final = 500
"""Items that are in memory at once."""


class Ledger(RunMemory):
    """The memory of all hubs in one database. ``clock`` tells an aware instant, ``random`` so many octets as
    hexadecimal text.

    Every method raises StateError where the database cannot be used; then nothing of what it was to keep is kept. What
    a run writes is refused with RunOverError once another run has taken its place.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime], random: Callable[[int], str] = token_hex
    ) -> None:
        super().__init__(database, BOOKS, LEASES, clock=clock)
        self._random = random

    # What was agreed.

    async def agreed(self, hub: str, ids: Iterable[str]) -> dict[str, Agreed]:
        """Those items of ``ids`` that there are, by id."""
        async with self._database.reading() as connection:
            return await items.some(connection, hub, list(ids))

    async def everything(self, hub: str) -> AsyncIterator[list[Agreed]]:
        """All items, some hundred at a time, in the order of their ids."""
        after = ""
        while True:
            async with self._database.reading() as connection:
                some = await items.after(connection, hub, after, _ITEMS)
            if some:
                yield some
            if len(some) < _ITEMS:
                return
            after = some[-1].id

    async def pending(self, hub: str) -> list[Agreed]:
        """The items of which a copy may not be as it shall be."""
        async with self._database.reading() as connection:
            return await items.pending(connection, hub)

    async def refused(self, hub: str, *, named: int = 0) -> list[Refusal]:
        """What a spoke refused to take, in the order of the items' ids; the first ``named`` of them with the titles of
        their items."""
        async with self._database.reading() as connection:
            found = await links.refused(connection, hub)
            some = list(dict.fromkeys(place[0] for place, _ in found[:named]))
            known = await items.some(connection, hub, some)
        return [
            Refusal(item=item, spoke=spoke, words=words, title=title(known[item].fields) if item in known else "")
            for (item, spoke), words in found
        ]

    async def held_up(self, hub: str, spokes: Iterable[str]) -> list[str]:
        """The ids of the items that wait until one of ``spokes`` can be written."""
        async with self._database.reading() as connection:
            return await links.held_up(connection, hub, list(spokes))

    async def count_held_up(self, hub: str, *, without: Iterable[str] = ()) -> dict[str, int]:
        """How many items wait, by spoke, until it can be written; without those of these ids."""
        async with self._database.reading() as connection:
            return await links.count_held_up(connection, hub, list(without))

    async def linked(self, hub: str, spoke: str, keys: Iterable[str]) -> dict[str, str]:
        """The item's id of each of ``keys`` that is linked, by key."""
        async with self._database.reading() as connection:
            return await links.linked(connection, hub, spoke, list(keys))

    async def by_print(self, hub: str, prints: Iterable[bytes]) -> dict[bytes, list[str]]:
        """The ids of the items with each of these fingerprints."""
        async with self._database.reading() as connection:
            return await items.by_print(connection, hub, list(prints))

    async def by_uid(self, hub: str, uids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the items that have each of these UIDs at any spoke."""
        async with self._database.reading() as connection:
            return await links.by_uid(connection, hub, list(uids))

    async def versions(self, hub: str, spoke: str) -> dict[str, str]:
        """The versions, by key, of all that is linked or left aside at a spoke (calsync.spoke.Known)."""
        async with self._database.reading() as connection:
            found = await aside_rows.versions(connection, hub, spoke)
            return found | await links.versions(connection, hub, spoke)

    async def hubs(self) -> list[str]:
        """The hubs of which anything is linked, by name, whether the settings name them or not."""
        async with self._database.reading() as connection:
            return await links.hubs(connection)

    async def count(self, hub: str, spoke: str) -> int:
        """How many items are linked at a spoke: not counted, but kept."""
        async with self._database.reading() as connection:
            return await links.count(connection, hub, spoke)

    # What was left aside.

    async def asides(self, hub: str, spoke: str, keys: Iterable[str]) -> dict[str, Aside]:
        """Those of ``keys`` that were left aside, by key."""
        async with self._database.reading() as connection:
            return await aside_rows.some(connection, hub, spoke, list(keys))

    async def due(self, hub: str, now: datetime) -> list[Aside]:
        """What has to be looked at again by now."""
        async with self._database.reading() as connection:
            return await aside_rows.due(connection, hub, now)

    # Where readings go on.

    async def feed(self, hub: str, spoke: str) -> Feed | None:
        """Where the next reading goes on; None where the spoke was never read."""
        async with self._database.reading() as connection:
            return await feed_rows.feed(connection, hub, spoke)

    async def planned(self, hub: str) -> bool:
        """Whether a plan of the hub was ever carried out, since it began or was purged."""
        async with self._database.reading() as connection:
            return await feed_rows.known(connection, hub)

    # What a run keeps.

    async def keep(
        self,
        hub: str,
        run: int,
        *,
        agreed: Sequence[Agreed] = (),
        forget: Sequence[str] = (),
        asides: Sequence[Aside] = (),
        forget_asides: Sequence[tuple[str, str]] = (),
        feeds: Mapping[str, Feed] | None = None,
        clashes: Sequence[Clash] = (),
    ) -> None:
        """In one transaction, before anything is written: items with exactly these links, ids to forget, what is left
        aside and, as (spoke, key), what is not any more, where each spoke's reading goes on, and what clashed."""
        async with self._database.writing() as connection:
            if not (await journal.going_on(connection, BOOKS, run))[1]:
                raise RunOverError(run)
            await items.keep(connection, hub, agreed)
            await items.forget(connection, hub, forget)
            await aside_rows.forget(connection, hub, forget_asides)
            await aside_rows.keep(connection, hub, asides)
            await feed_rows.keep(connection, hub, feeds or {})
            await clash_rows.keep(connection, hub, run, clashes, self._clock())

    async def clear(self, hub: str, run: int) -> None:
        """Forget all items, asides and feeds of the hub, and end its life; its history stays."""
        async with self._database.writing() as connection:
            if not (await journal.going_on(connection, BOOKS, run))[1]:
                raise RunOverError(run)
            await items.clear(connection, hub)
            await aside_rows.clear(connection, hub)
            await feed_rows.forget(connection, hub)
            await lives.end(connection, hub)

    async def life(self, hub: str) -> str:
        """A text that stays the same until everything is forgotten (``clear``), and is another one then, or where a
        database was lost: from it follow the tokens of the copies."""
        async with self._database.reading() as connection:
            known = await lives.life(connection, hub)
        if known:
            return known
        async with self._database.writing() as connection:
            return await lives.begin(connection, hub, self._random(16))

    async def beginning(self, run: int, steps: Sequence[Step]) -> tuple[int, ...]:
        """Write down what is about to be written: a number for each step, in order."""
        async with self._database.writing() as connection:
            hub, goes_on = await journal.going_on(connection, BOOKS, run)
            if not goes_on:
                raise RunOverError(run)
            return await history.write_down(connection, hub, run, steps, self._clock())

    async def done(
        self, run: int, results: Sequence[Result], agreed: Sequence[Agreed] = (), forget: Sequence[str] = ()
    ) -> None:
        """In one transaction: what became of steps, and the items as they are now, or ids to forget."""
        async with self._database.writing() as connection:
            hub, goes_on = await journal.going_on(connection, BOOKS, run)
            await history.write_outcomes(connection, hub, results, settled=goes_on)
            if goes_on:
                await items.keep(connection, hub, agreed)
                await items.forget(connection, hub, forget)
        if not goes_on:
            raise RunOverError(run)

    async def begun(self, hub: str) -> set[tuple[str, str]]:
        """(item, spoke) of each CREATE whose end nobody has seen: killed meanwhile, or in doubt; until a link of it is
        kept, or another attempt ended."""
        async with self._database.reading() as connection:
            return await history.begun(connection, hub)

    # Runs and their history.

    async def begin(self, hub: str, kind: RunKind, *, note: str = "") -> int:
        """A new run: its number. Runs of this hub that never ended are ABANDONED from now on."""
        async with self._database.writing() as connection:
            return await journal.begin(connection, BOOKS, hub, kind.value, note, self._clock())

    async def runs(self, hub: str, most: int = 50) -> list[Run]:
        """The history, newest first."""
        async with self._database.reading() as connection:
            return [history.run_of(row) for row in await journal.runs(connection, BOOKS, hub, most)]

    async def run(self, number: int) -> Run | None:
        """The run of that number, whichever hub's it is; None where there is none."""
        async with self._database.reading() as connection:
            row = await journal.run(connection, BOOKS, number)
            return None if row is None else history.run_of(row)

    async def steps(self, run: int) -> AsyncIterator[StepRow]:
        """What a run did, in the order in which it was begun."""
        after = 0
        while True:
            async with self._database.reading() as connection:
                some = await history.steps(connection, run, after, _ITEMS)
            for row in some:
                yield row
            if len(some) < _ITEMS:
                return
            after = some[-1].number

    async def clashes(self, hub: str, most: int = 100) -> list[ClashRow]:
        """What clashed, newest first, with both versions."""
        async with self._database.reading() as connection:
            return await clash_rows.of_hub(connection, hub, most)

    async def story(self, hub: str, item: str, most: int = 100) -> Story:
        """All that is known of one item; of steps and clashes the newest ``most``."""
        async with self._database.reading() as connection:
            found = await items.some(connection, hub, [item])
            steps = await history.of_item(connection, hub, item, most)
            clashed = await clash_rows.of_item(connection, hub, item, most)
        return Story(agreed=found.get(item), steps=steps, clashes=clashed)

    async def search(self, hub: str, text: str, most: int = 50) -> tuple[list[Agreed], list[Aside]]:
        """Items and asides whose id, key or UID is ``text``, or whose title holds it, whatever its letter case."""
        async with self._database.reading() as connection:
            found = await items.search(connection, hub, text, most)
            return found, await aside_rows.search(connection, hub, text, most)

    async def gone(self, hub: str, text: str, most: int = 50) -> list[str]:
        """The ids of items that were removed everywhere, by what ``search`` looks for: their ``story`` is what was done
        to them, as long as the history is kept. The last ones first."""
        async with self._database.reading() as connection:
            return await history.gone(connection, hub, text, most)

    # Who may run, and who is told.

    async def paused(self, hub: str, spoke: str = "") -> str:
        """Why a spoke (where none is named: the whole hub) is paused; "" where it is not."""
        async with self._database.reading() as connection:
            return await pauses.paused(connection, PAUSES, {"hub": hub, "spoke": spoke})

    async def pause(self, hub: str, why: str, spoke: str = "") -> None:
        """No run, or none with this spoke, until ``resume``. ValueError where ``why`` is empty."""
        async with self._database.writing() as connection:
            await pauses.pause(connection, PAUSES, {"hub": hub, "spoke": spoke}, why, self._clock())

    async def resume(self, hub: str, spoke: str = "") -> None:
        """It may run again."""
        async with self._database.writing() as connection:
            await pauses.resume(connection, PAUSES, {"hub": hub, "spoke": spoke})

    async def hooks(self, hub: str) -> list[Hook]:
        """Of calsync.notices.watching.Hooks."""
        async with self._database.reading() as connection:
            return await hook_rows.of_hub(connection, hub)

    async def hook(self, name: str) -> Hook | None:
        """The one at whose URL a server calls; None where there is none."""
        async with self._database.reading() as connection:
            return await hook_rows.named(connection, name)

    async def keep_hook(self, hook: Hook) -> None:
        """Of calsync.notices.watching.Hooks."""
        async with self._database.writing() as connection:
            await hook_rows.keep(connection, hook)

    async def forget_hook(self, name: str) -> None:
        """Of the same."""
        async with self._database.writing() as connection:
            await hook_rows.forget(connection, name)
