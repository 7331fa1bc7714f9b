"""Does a batch of writes to a calendar in Microsoft 365: looks first at what they concern, then writes all at once."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from calsync.event_fields import field_of
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.graph_calendar_asking import WRITING, Calendar
from calsync.spokes.graph_calendar_items import (
    CUT,
    GONE,
    GUARDED,
    NO_EVENT,
    STALE,
    item_of,
    refusal,
    unsure,
)
from calsync.spokes.graph_calendar_occurrences import Occurring
from calsync.spokes.graph_calendar_reading import Found, Reading
from calsync.spokes.occurrences import FRAIL, differing, forgotten, wanted
from protocols.errors import PeerError
from protocols.graph.batch import Answer, Part
from protocols.graph.calendar_bodies import changed, fresh
from protocols.graph.calendar_event import Told, Unreadable, read
from protocols.model.event import Event
from protocols.model.freebusy import Reason

_Begun: TypeAlias = tuple[Told, Told | None]
"""What was written and has to be looked at, and what stood there before."""
_FRAME = frozenset({"when", "rule"})
_UNREADABLE = Failed(
    reason=Reason.PEER_FAILED, words="what stands there cannot be read, and is left as it is", refused=True
)


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes to one calendar; nothing in which others take part is touched, whatever a write says."""

    calendar: Calendar
    reading: Reading

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """One outcome for each, in order."""
        current = await self.reading.look([each.key for each in writes if each.act is not Act.CREATE])
        writes = [_whole_fields(each, current.get(each.key)) for each in writes]
        begun = await self._begun(writes)
        outcomes: dict[int, Outcome] = {}
        parts: dict[int, Part] = {}
        open_: dict[int, _Begun] = {}
        for number, each in enumerate(writes):
            first = begun[number] if number in begun else self._first(each, current.get(each.key))
            if isinstance(first, Part):
                parts[number] = first
            elif isinstance(first, Told):
                open_[number] = first, first if each.act is not Act.CREATE else None
            else:
                outcomes[number] = first
        answers = await self.calendar.batch(list(parts.values()), longest=WRITING) if parts else []
        for number, answer in zip(parts, answers, strict=True):
            then = self._outcome(writes[number], answer, current.get(writes[number].key))
            if isinstance(then, tuple):
                open_[number] = then
            else:
                outcomes[number] = then
        outcomes |= await self._finished(writes, open_, begun)
        return [outcomes[number] for number in range(len(writes))]

    async def made(self, writes: Sequence[Write]) -> list[Told | None]:
        """For each CREATE the copy that it made, as far as that came. Raises PeerError."""
        found = await self.reading.marked([each.mark for each in writes])
        return [
            next((told for told in those if told.token in ("", each.token)), None)
            for each, those in zip(writes, found, strict=True)
        ]

    async def _begun(self, writes: Sequence[Write]) -> dict[int, Told | Failed]:
        """Copies of series, begun before and not ended: making one takes several requests."""
        several = {
            number: each
            for number, each in enumerate(writes)
            if each.act is Act.CREATE and isinstance(each.content, Event) and each.content.exceptions
        }
        if not several:
            return {}
        try:
            found = await self.made(list(several.values()))
        except PeerError as error:
            return dict.fromkeys(several, unsure(Act.CREATE, error, doubt=True))
        return {number: told for number, told in zip(several, found, strict=True) if told is not None}

    def _first(self, each: Write, there: Found | PeerError) -> Part | Told | Outcome:
        """What has to be sent first; what stands there where only occurrences are to be written."""
        if each.act is Act.CREATE:
            return self._creation(each)
        if isinstance(there, PeerError):
            return unsure(each.act, there)
        if there is None:
            return Written(None) if each.act is Act.DELETE else GONE
        return self._change(each, there) if isinstance(there, Told) else _UNREADABLE

    def _creation(self, each: Write) -> Part | Outcome:
        if not isinstance(each.content, Event):
            return NO_EVENT
        body = fresh(each.content, stamp=each.mark, token=each.token, zone=self.calendar.zone)
        return self.calendar.place.creation(body)

    def _change(self, each: Write, there: Told) -> Part | Told | Outcome:
        if there.others:
            return GUARDED
        if there.version != each.version:
            return STALE
        if each.act is Act.DELETE:
            return self.calendar.place.removal(there.key, there.etag)
        if not isinstance(each.content, Event):
            return NO_EVENT
        if refused := _taking_away(each.content, each.changes, there):
            return refused
        body = changed(each.content, each.changes, zone=self.calendar.zone)
        return self.calendar.place.change(there.key, there.etag, body) if body else there

    def _outcome(self, each: Write, answer: Answer, there: Found | PeerError) -> Outcome | _Begun:
        gone = each.act is Act.DELETE and answer.status == 404
        if answer.failure is not None and not gone:
            return refusal(each.act, answer)
        if each.act is Act.DELETE:
            return Written(None)
        try:
            told = read(answer.body, zone=self.calendar.zone, owners=self.calendar.addresses)
        except PeerError as error:
            return unsure(each.act, error, doubt=True)
        if isinstance(told, Unreadable):
            return _UNREADABLE
        before = there if isinstance(there, Told) else None
        told = replace(told, stamp=before.stamp if before is not None else each.mark)
        settled = told.plain and not told.repeats and not told.cut
        return Written(item_of(told)) if settled else (told, before)

    async def _finished(
        self, writes: Sequence[Write], begun: Mapping[int, _Begun], earlier: Container[int]
    ) -> dict[int, Outcome]:
        """The occurrences after their series. What stands there is looked at, all in one: a look for each would leave
        the mailbox three quarters idle."""
        written = {told.key: told for told, _ in begun.values()}
        found = await self.reading.look(list(written), written)
        return {
            number: await self._finish(writes[number], told, before, found[told.key], earlier=number in earlier)
            for number, (told, before) in begun.items()
        }

    async def _finish(
        self, each: Write, told: Told, before: Told | None, found: Found | PeerError, *, earlier: bool
    ) -> Outcome:
        """The occurrences of one series, which an ``earlier`` attempt made; then what stands there is looked at
        again."""
        occurring = Occurring(self.calendar, self.reading, each.act)
        there = occurring.seen(found)
        if isinstance(there, Failed):
            return there
        later = there.etag != told.etag
        if isinstance(each.content, Event) and there.repeats and each.content.rule is not None:
            names = each.changes if before is not None else frozenset(map(field_of, each.content.exceptions))
            then = wanted(
                replace(each.content, rule=there.event.rule), before.event.exceptions if before else {}, names
            )
            if differing(there.event, then):
                failure = await occurring.make(there, then, names)
                if failure is not None:
                    return failure
                series, there = there, await occurring.look(told.key)
                later = later or (isinstance(there, Told) and _edited(series, there))
        return there if isinstance(there, Failed) else Written(item_of(there, told.stamp), later=later, earlier=earlier)


def _taking_away(shall: Event, changes: frozenset[str], there: Told) -> Failed | None:
    """Why it is not written: nothing of it is told whole, or other times of a series would take something from its
    occurrences that nobody can write again."""
    item = item_of(there)
    if changes and changes <= item.cut:
        return CUT
    if not there.repeats or _FRAME.isdisjoint(changes):
        return None
    rule = shall.rule if "rule" in changes else there.event.rule
    when = shall.when if "when" in changes else there.event.when
    then = wanted(replace(shall, rule=rule, when=when), there.event.exceptions, changes)
    return FRAIL if forgotten(there.event.exceptions, then, item.cut | item.frail, changes) else None


def _edited(before: Told, after: Told) -> bool:
    """Whether somebody changed a series while its occurrences were written."""
    return replace(before.event, exceptions={}) != replace(after.event, exceptions={})


def _whole_fields(each: Write, there: Found | PeerError) -> Write:
    """Without the fields that cannot be told whole, unless it has no others."""
    rest = each.changes - item_of(there).cut if isinstance(there, Told) else each.changes
    return replace(each, changes=rest or each.changes)
