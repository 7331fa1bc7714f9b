"""Makes the occurrences of a series in Microsoft 365 what they shall be, one after the other."""

from collections.abc import Set
from dataclasses import dataclass, replace

from calsync.spoke import Act, Failed
from calsync.spokes.graph_calendar_asking import WRITING, Calendar
from calsync.spokes.graph_calendar_items import GONE, GUARDED, STALE, item_of, refusal, unsure
from calsync.spokes.graph_calendar_reading import Found, Reading
from calsync.spokes.occurrences import FRAIL, LOST, Occurrences, back, differing, forgotten
from protocols.errors import PeerError
from protocols.graph.batch import Part
from protocols.graph.calendar_bodies import changed, instance
from protocols.graph.calendar_event import Told
from protocols.graph.calendar_series import Instance, one_of
from protocols.model.event import Original
from protocols.recurrence.clock import instant_of


@dataclass(frozen=True, slots=True)
class Occurring:
    """Writes occurrences; ``act`` is for what is said where one fails."""

    calendar: Calendar
    reading: Reading
    act: Act

    async def make(self, there: Told, then: Occurrences, changes: Set[str] = frozenset()) -> Failed | None:
        """Make the occurrences of ``there`` what ``then`` says, of which ``changes`` names those that are another; None
        where that was done, or nothing was to do."""
        if back(there.event.exceptions, then):
            item = item_of(there)
            if forgotten(there.event.exceptions, then, item.cut | item.frail, changes):
                return FRAIL
            told = await self._anew(there)
            if isinstance(told, Failed):
                return told
            there = told
        if back(there.event.exceptions, then):
            return LOST
        for original in differing(there.event, then):
            failure = await self._one(there, original, then)
            if failure is not None:
                return failure
        return None

    async def _anew(self, there: Told) -> Told | Failed:
        """The series with its rule written again, which brings back what was thrown away, and forgets what differs:
        that Graph does as Exchange did is unconfirmed, and looked at."""
        body = changed(there.event, {"when", "rule"}, zone=self.calendar.zone)
        [answer] = await self.calendar.batch(
            [self.calendar.place.change(there.key, there.etag, body)], longest=WRITING
        )  # fmt: skip
        if answer.failure is not None:
            return self._refused(refusal(self.act, answer))
        return await self.look(there.key)

    async def look(self, key: str) -> Told | Failed:
        """The series as it stands there now."""
        return self.seen((await self.reading.look([key]))[key])

    def seen(self, found: Found | PeerError) -> Told | Failed:
        """What :meth:`look` says of what was just found."""
        if isinstance(found, PeerError):
            return self._refused(unsure(self.act, found))
        if found is None:
            return GONE
        return found if isinstance(found, Told) else STALE

    async def _one(self, there: Told, original: Original, then: Occurrences) -> Failed | None:
        now, shall = there.event.exceptions.get(original), then.get(original)
        found = await self._found(there, original)
        if isinstance(found, Failed):
            return found
        if found.others:
            return GUARDED
        if original in then and shall is None:
            part = self.calendar.place.removal(found.key, found.etag)
        else:
            body = instance(there.event, original, now, shall)
            if not body:
                return None
            part = self.calendar.place.change(found.key, found.etag, body)
        return await self._done(part)

    async def _done(self, part: Part) -> Failed | None:
        [answer] = await self.calendar.batch([part], longest=WRITING)
        if answer.failure is None or (part.method == "DELETE" and answer.status == 404):
            return None
        return self._refused(refusal(self.act, answer))

    async def _found(self, there: Told, original: Original) -> Instance | Failed:
        """The occurrence as it stands there now: writing another one may have given it another etag."""
        known = there.instances.get(original)
        place = self.calendar.place
        part = place.one(known.key) if known is not None else place.around(there.key, instant_of(original))
        [answer] = await self.calendar.batch([part], longest=WRITING)
        if answer.failure is not None:
            return self._refused(refusal(self.act, answer))
        values = [answer.body] if known is not None else answer.body.get("value")
        entries = [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
        found = one_of(there.event, entries, original, owners=self.calendar.addresses, key=known.key if known else "")
        return found if found is not None else STALE

    def _refused(self, failure: Failed) -> Failed:
        """A copy that is half made is there: whoever tries again finds it."""
        if self.act is not Act.CREATE:
            return failure
        return replace(failure, doubt=not failure.refused, stale=False, gone=False)
