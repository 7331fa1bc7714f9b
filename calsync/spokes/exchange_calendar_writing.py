"""Does a batch of writes to a calendar of Exchange: looks first at what they concern, then writes all at once.

A series with occurrences that differ takes several calls, since Exchange takes those one by one. While they are under
way a text stands in it (protocols.ews.calendar_shape.HALF), by which the same write goes on after whatever stopped it.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from calsync.spoke import Act, Outcome, Write, Written
from calsync.spokes.exchange_calendar_asking import Opened
from calsync.spokes.exchange_calendar_items import (
    CUT,
    GONE,
    GUARDED,
    NO_EVENT,
    STALE,
    UNREADABLE,
    item_of,
    refusal,
    unsure,
)
from calsync.spokes.exchange_calendar_series import Series, finish
from calsync.spokes.occurrences import FRAIL, Occurrences, back, differing, forgotten, wanted
from protocols.errors import PeerError
from protocols.ews import calendar_items, calendar_listing
from protocols.ews.calendar_items import Told, item_id
from protocols.ews.calendar_reading import Appointment
from protocols.ews.calendar_writing import changed, fresh, item_change
from protocols.ews.contacts import Result
from protocols.model.event import Event

_PUBLIC_KIND: Final = "SoftDelete"  # no folder of deleted items there, but a way back: [MS-OXWSCDATA] 2.2.5.9
_KIND: Final = "MoveToDeletedItems"
_AT: Final = "at "
_FRAME: Final = frozenset({"when", "rule"})
_REMEMBERED: Final = 20_000
_MALFORMED: Final = "fault ErrorSchemaValidation"


Before: TypeAlias = Mapping[str, Told]


@dataclass(slots=True)
class Work:
    """By the numbers of the writes: what became of them already, and what has to be sent for the others. ``series`` are
    those whose occurrences come after; ``done`` are keys of what was written, ``versions`` those that Exchange gave it,
    and ``later`` what somebody has changed since."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    changed: dict[int, str] = field(default_factory=dict)
    new: dict[int, str] = field(default_factory=dict)
    series: dict[int, Series] = field(default_factory=dict)
    done: dict[int, str] = field(default_factory=dict)
    versions: dict[int, str] = field(default_factory=dict)
    later: set[int] = field(default_factory=set)

    def looked(self, there: Before) -> None:
        """What stands ``there`` now is of another version than was written, or tells that somebody was there."""
        for number, key in self.done.items():
            told = there.get(key)
            if isinstance(told, Appointment) and told.version != self.versions[number]:
                self.later.add(number)


@dataclass(frozen=True, slots=True)
class Whole:
    """The failure of a whole call: nobody knows what was done, unless it says so."""

    error: PeerError


class Tried:
    """The tokens of copies that somebody tried to make, as far as this process knows: those are looked for before they
    are made. Of all others it is sure that they are not there. The last of them, more than any run has under way."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, None] = OrderedDict()

    def note(self, writes: Sequence[Write]) -> None:
        """They are tried from now on."""
        self._tokens.update({each.token: None for each in writes if each.act is Act.CREATE and each.token})
        while len(self._tokens) > _REMEMBERED:
            self._tokens.popitem(last=False)

    def those(self, writes: Sequence[Write]) -> list[Write]:
        """The ones of ``writes`` that were tried before."""
        return [each for each in writes if each.act is Act.CREATE and each.token in self._tokens]


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes to one folder; nothing in which others take part is touched, whatever a write says."""

    opened: Opened
    tried: Tried

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """One outcome for each, in order."""
        now = self.opened.exchange.clock()
        try:
            found = await self.made(self.tried.those(writes))
            self.tried.note(writes)
            keys = [each.key for each in writes if each.act is not Act.CREATE] + list(found.values())
            before = await self._some(keys)
        except PeerError as error:
            return [unsure(each.act, error) for each in writes]
        work = Work()
        for number, each in enumerate(writes):
            key = found.get(each.token, "") if each.act is Act.CREATE else each.key
            try:
                self._judge(work, number, each, before.get(key))
            except ValueError as wrong:
                work.outcomes[number] = replace(NO_EVENT, words=str(wrong))
        access, kind = self.opened.access, _PUBLIC_KIND if self.opened.public else _KIND
        await self._sent(
            work, writes, work.gone, lambda those: calendar_items.delete(access, those, as_of=now, kind=kind)
        )
        await self._sent(work, writes, work.changed, lambda those: calendar_items.update(access, those, as_of=now))
        await self._sent(
            work, writes, work.new, lambda those: calendar_items.create(access, self.opened.folder, those, as_of=now)
        )
        await self._finished(work, writes)
        return [work.outcomes[number] for number in range(len(writes))]

    async def made(self, writes: Sequence[Write]) -> Mapping[str, str]:
        """The keys of the copies that CREATEs made before, by their tokens. Raises PeerError."""
        tokens = list(dict.fromkeys(each.token for each in writes if each.token))
        access, folder, now = self.opened.access, self.opened.folder, self.opened.exchange.clock()
        found: dict[str, str] = {}
        for some in calendar_items.in_parts(tokens):
            found |= await calendar_listing.with_tokens(access, folder, some, as_of=now)
        return found

    async def _some(self, keys: Sequence[str]) -> Before:
        at = self.opened.exchange
        return await calendar_items.some(
            self.opened.access, keys, as_of=at.clock(), zone=at.zone, owners=at.addresses
        )  # fmt: skip

    def _judge(self, work: Work, number: int, each: Write, there: Told) -> None:
        if each.act is Act.CREATE and there is None:
            work.outcomes |= self._creation(work, number, each)
        elif there is None:
            work.outcomes[number] = Written(None) if each.act is Act.DELETE else GONE
        elif not isinstance(there, Appointment):
            work.outcomes[number] = UNREADABLE
        elif each.act is Act.CREATE and there.half != each.token:
            work.outcomes[number] = Written(item_of(there), earlier=True)
        elif there.others:
            work.outcomes[number] = GUARDED
        elif each.act is not Act.CREATE and each.version not in (there.version, there.half):
            work.outcomes[number] = STALE
        elif each.act is Act.DELETE:
            work.gone[number] = item_id(there.key, there.version)
        else:
            work.outcomes |= self._change(work, number, each, there)

    def _creation(self, work: Work, number: int, each: Write) -> dict[int, Outcome]:
        event = each.content
        if not isinstance(event, Event):
            return {number: NO_EVENT}
        half = each.token if event.exceptions else ""
        work.new[number] = fresh(
            event, stamp=each.mark, token=each.token, half=half, clock=self.opened.exchange.zone
        )  # fmt: skip
        if half:
            work.series[number] = Series(event.exceptions)
        return {}

    def _change(self, work: Work, number: int, each: Write, there: Appointment) -> dict[int, Outcome]:
        event, now = each.content, there.event.exceptions
        if not isinstance(event, Event):
            return {number: NO_EVENT}
        changes = each.changes - item_of(there).cut
        if each.changes and not changes:
            return {number: CUT}
        resumed = bool(there.half) and there.half in (each.token, each.version)
        names = frozenset(name for name in changes if not name.startswith(_AT))
        final = _final(event, there.event, names)
        then: Occurrences = final.exceptions if resumed else wanted(final, now, changes)
        several = final.rule is not None and bool(then or now or resumed)
        if not (names or resumed or differing(there.event, then)):
            return {number: Written(item_of(there))}
        half = (there.half if resumed else each.version) if several else ""
        again = final.rule is not None and back(now, then)
        item = item_of(there)
        anew = again or not _FRAME.isdisjoint(names)
        if several and anew and not resumed and forgotten(now, then, item.cut | item.frail, changes):
            return {number: FRAIL}
        clock = self.opened.exchange.zone if "when" in names else there.clock  # days stay by the clocks they have
        updates = changed(final, names, half=half, clock=clock, again=again)
        if not updates:
            return {number: Written(item_of(there))}
        work.changed[number] = item_change(there.key, updates, version=there.version)
        if several:
            work.series[number] = Series(then)
        return {}

    async def _sent(
        self,
        work: Work,
        writes: Sequence[Write],
        bodies: Mapping[int, str],
        send: Callable[[Sequence[str]], Awaitable[Sequence[Result | None]]],
    ) -> None:
        """Sends one batch; of what was done the keys are noted."""
        results = await _each(list(bodies.values()), send) if bodies else []
        for number, result in zip(bodies, results, strict=True):
            if isinstance(result, Whole):
                work.outcomes[number] = unsure(writes[number].act, result.error, doubt=True)
            elif isinstance(result, PeerError):
                work.outcomes[number] = refusal(writes[number].act, result)
            elif result is None:
                work.outcomes[number] = Written(None)
            else:
                work.done[number], work.versions[number] = result.key, result.version

    async def _finished(self, work: Work, writes: Sequence[Write]) -> None:
        """The occurrences after their series; then what stands there is looked at."""
        try:
            there = await self._some(list(work.done.values()))
            work.looked(there)
            series = {number: each for number, each in work.series.items() if number in work.done}
            if series:
                ended = await finish(self.opened, {work.done[each]: one for each, one in series.items()}, there)
                work.outcomes |= {
                    each: ended.failures[work.done[each]] for each in series if work.done[each] in ended.failures
                }
                after = await self._some([work.done[each] for each in series])
                work.versions |= {each: ended.versions.get(work.done[each], "") for each in series}
                work.later |= {each for each in series if _edited(there[work.done[each]], after[work.done[each]])}
                there = {**there, **after}
                work.looked(there)
        except PeerError as error:
            left = [number for number in work.done if number not in work.outcomes]
            work.outcomes |= {number: unsure(writes[number].act, error, doubt=True) for number in left}
            return
        for number, key in work.done.items():
            work.outcomes.setdefault(number, _outcome(there[key], later=number in work.later))


async def _each(
    bodies: Sequence[str], send: Callable[[Sequence[str]], Awaitable[Sequence[Result | None]]]
) -> list[Result | Whole | None]:
    """What became of each. A call that is refused as a whole, since one in it does not fit the schema, was not done:
    it is sent in smaller parts, so that the others do not share the refusal."""
    try:
        return list(await send(bodies))
    except PeerError as error:
        if error.detail != _MALFORMED or len(bodies) == 1:
            return [Whole(error)] * len(bodies)
    middle = len(bodies) // 2
    return [*await _each(bodies[:middle], send), *await _each(bodies[middle:], send)]


def _final(event: Event, there: Event, names: frozenset[str]) -> Event:
    """As it will be: what ``names`` does not name of its times is as it stands ``there``."""
    rule = event.rule if "rule" in names else there.rule
    return replace(
        event,
        when=event.when if "when" in names else there.when,
        rule=rule,
        extra=(),
        exceptions=event.exceptions if rule is not None else {},
    )


def _edited(before: Told, after: Told) -> bool:
    """Whether somebody changed a series while its occurrences were written."""
    if not isinstance(before, Appointment) or not isinstance(after, Appointment):
        return False
    return replace(before.event, exceptions={}) != replace(after.event, exceptions={})


def _outcome(there: Told, *, later: bool) -> Outcome:
    if there is None:
        return GONE
    return Written(item_of(there), later=later) if isinstance(there, Appointment) else UNREADABLE
