"""Writes to one Google calendar for a hub: one event at a time, looked at first, and never one with others in it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from calsync.event_fields import AT, field_of, original_of
from calsync.items import Item
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.google_calendar_items import UID, Standing
from calsync.spokes.google_calendar_reading import GoogleReading
from calsync.spokes.occurrences import forgotten
from protocols.errors import PeerError
from protocols.google import calendar_body as body_of
from protocols.google import calendar_writing
from protocols.google.calendar_body import SHAPE
from protocols.google.calendar_event import guarded, stamp
from protocols.google.calendar_reading import Calendar, Json, instance
from protocols.google.calendar_reading import event as event_of
from protocols.google.calendar_times import at
from protocols.google.calendar_writing import DUPLICATE, GONE
from protocols.google.writing import STALE, Refusal, refused
from protocols.model.event import Days, Event, Occurrence, Original
from protocols.model.freebusy import Reason
from protocols.recurrence.occurrences import index

_GONE: Final = Failed(reason=Reason.NO_SUCH_MAILBOX, words=GONE.words, stale=True, gone=True)
_STALE: Final = Failed(reason=Reason.PEER_FAILED, words=STALE.words, stale=True)
_NO_EVENT: Final = Failed(
    reason=Reason.FORBIDDEN, words="only appointments are written here: check the kind of the hub", refused=True
)
_NOT_OURS: Final = Failed(
    reason=Reason.FORBIDDEN, words="something else bears the UID of this copy: delete it in Google", refused=True
)
_TO_ONE: Final = Refusal(Reason.FORBIDDEN, "others are invited to one occurrence of it: it is looked at again")
_FRAIL: Final = Failed(
    reason=Reason.FORBIDDEN,
    words="single occurrences of it hold more than can be written again, which would be lost if it came at other times:"
    " it is left as it is; change the series in Google",
    refused=True,
)
_IN_THE_BIN: Final = Failed(
    reason=Reason.FORBIDDEN,
    words="this copy was deleted in Google when it was no mere copy any more (others are invited, or its stamp is"
    " gone): it is not brought back; empty the bin of that calendar, and it is made anew",
    refused=True,
)
_ALL: Final = frozenset({"when", "rule", "extra", "subject", "location", "body", "shows", "sensitivity", "reminder"})


@dataclass(frozen=True, slots=True)
class GoogleWriting:
    """The writes to one calendar; ``reading`` looks at what stands there before."""

    reading: GoogleReading

    async def done(self, write: Write) -> Outcome:
        """What became of ``write``. Nothing is raised."""
        doing: Mapping[Act, Callable[[Write], Awaitable[Outcome]]] = {
            Act.CREATE: self._create,
            Act.UPDATE: self._update,
            Act.DELETE: self._delete,
        }
        try:
            return await doing[write.act](write)
        except PeerError as error:  # of a question: nothing was written, or what was written can be read
            return _failed(refused(error, doubt=write.act is Act.CREATE))
        except ValueError:
            return replace(
                _STALE, words="what stands there and what is to be written do not fit: it is looked at again"
            )

    async def found(self, write: Write) -> Item | None:
        """The copy that ``write`` made, with all its occurrences as they shall be. Raises PeerError."""
        standing = await self.reading.by_uid(write.token + UID)
        if standing is None or standing.event.get("status") == "cancelled":
            return None
        item = standing.item()
        if not isinstance(item, Item) or item.mark != write.mark:
            return None
        wanted = write.content
        whole = not isinstance(wanted, Event) or _event(item).exceptions == wanted.exceptions
        return item if whole else None

    async def _create(self, write: Write) -> Outcome:
        wanted = write.content
        if not isinstance(wanted, Event):
            return _NO_EVENT
        frame = await self.reading.framed()
        body = body_of.whole(wanted, write.token + UID, write.mark)
        made = await calendar_writing.create(self.reading.place(), body)
        if made is DUPLICATE:
            return await self._again(write, wanted)
        if isinstance(made, Refusal):
            return _failed(made)
        return await self._occurrences(Standing(made, (), frame), wanted, lost=_in_doubt)

    async def _again(self, write: Write, wanted: Event) -> Outcome:
        """The copy that an earlier attempt made gets what it lacks; one that was thrown away comes back."""
        standing = await self.reading.by_uid(write.token + UID)
        if standing is None:
            return replace(_STALE, words="its UID is taken, and nothing is to be seen of it", doubt=True)
        if standing.event.get("status") == "cancelled":
            return await self._revived(standing, write, wanted)
        item = standing.item()
        if not isinstance(item, Item) or item.mark != write.mark:
            return _NOT_OURS
        return _guarded(item.guarded) if item.guarded else await self._completed(standing, item, wanted)

    async def _completed(self, standing: Standing, item: Item, wanted: Event) -> Outcome:
        """What an earlier attempt left half made is ended: of the occurrences that differ those that are not there yet
        are written, and nothing else. Whatever else is not as it shall be may be what somebody changed since."""
        series, lacking = _event(item), dict[Original, Occurrence | None]()
        for start, one in wanted.exceptions.items():
            if one is not None and start not in series.exceptions:  # those that are left out were so from the beginning
                lacking[start] = one
        merged = replace(series, exceptions={**series.exceptions, **lacking})
        outcome = await self._occurrences(standing, merged, lost=_in_doubt)
        return replace(outcome, earlier=True) if isinstance(outcome, Written) else outcome

    async def _revived(self, standing: Standing, write: Write, wanted: Event) -> Outcome:
        """Nothing comes back but what bears our stamp still: with the event its guests would. A listing tells nothing
        of what is deleted but its id; asked for by itself it tells all, in the calendar of its organiser (calendar/v3,
        events, status)."""
        there = await event_of(self.reading.place(), standing.key)
        if there is None or stamp(there) != write.mark or guarded(there, standing.exceptions):
            return _IN_THE_BIN
        body = body_of.part(wanted, _ALL) | {"recurrence": body_of.recurrence(wanted)}
        made = await calendar_writing.change(self.reading.place(), standing.key, body, _etag(standing.event))
        if isinstance(made, Refusal):
            return _failed(made)
        return await self._occurrences(Standing(made, (), standing.frame), wanted, lost=_in_doubt)

    async def _update(self, write: Write) -> Outcome:
        wanted = write.content
        if not isinstance(wanted, Event):
            return _NO_EVENT
        looked = await self._looked(write)
        if isinstance(looked, Failed):
            return looked
        return _GONE if looked is None else await self._changed(*looked, write, wanted)

    async def _delete(self, write: Write) -> Outcome:
        looked = await self._looked(write)
        if looked is None:
            return Written(None)
        if isinstance(looked, Failed):
            return looked
        standing, _ = looked
        refusal = await calendar_writing.delete(self.reading.place(), standing.key, _etag(standing.event))
        return Written(None) if refusal is None else _failed(refusal)

    async def _looked(self, write: Write) -> tuple[Standing, Item] | Failed | None:
        """What stands there now, where it may be written; None where nothing does."""
        standing = await self.reading.one(write.key)
        if standing is None:
            return None
        item = standing.item()
        if not isinstance(item, Item):
            return _STALE
        if item.guarded:
            return _guarded(item.guarded)
        return (standing, item) if item.version == write.version else _STALE

    async def _changed(self, standing: Standing, item: Item, write: Write, wanted: Event) -> Outcome:
        names = write.changes - item.cut
        merged = _merged(_event(item), wanted, names)
        if names & SHAPE and forgotten(_event(item).exceptions, merged.exceptions, item.cut | item.frail, names):
            return _FRAIL
        body = body_of.part(merged, names)
        gone, wanted_gone = _cancelled(_event(item)), _cancelled(merged)
        # what EXDATE leaves out comes back by the series alone
        if (names & SHAPE or gone - wanted_gone) and (merged.repeats or standing.repeats):
            body["recurrence"] = body_of.recurrence(merged)
        now: Standing | None = standing
        later = False
        if body:
            made = await calendar_writing.change(self.reading.place(), standing.key, body, _etag(standing.event))
            if isinstance(made, Refusal):
                return _failed(made)
            now = Standing(made, (), standing.frame)
            if now.repeats:
                now = await self.reading.one(standing.key)
                later = now is not None and _etag(now.event) != _etag(made)
        return _GONE if now is None else await self._occurrences(now, merged, lost=_half, later=later)

    async def _occurrences(
        self, standing: Standing, wanted: Event, *, lost: Callable[[Refusal], Failed], later: bool = False
    ) -> Outcome:
        """Each occurrence that differs becomes as it shall be; ``lost`` says what it means where one does not, when the
        series itself was written, and ``later`` that somebody changed that since."""
        item = standing.item()
        if not isinstance(item, Item):
            return lost(Refusal(Reason.GARBLED, f"what was written cannot be read: {item.words}"))
        series = _event(item)
        there = series.exceptions
        starts = [
            start for start in sorted({**there, **wanted.exceptions}) if _differs(start, there, wanted.exceptions)
        ]
        if not starts or not standing.repeats:
            return Written(item, later=later)
        etags: dict[str, str] = {}
        for start in starts:
            made = await self._occurrence(self.reading.place(), series, standing.key, start, wanted)
            if isinstance(made, Refusal):
                return lost(made)
            etags |= {str(made["id"]): _etag(made)} if made else {}
        after = await self.reading.one(standing.key)
        told = after.item() if after is not None else None
        if after is None or not isinstance(told, Item):
            return _GONE
        return Written(told, later=later or _edited(standing, after, etags))

    async def _occurrence(
        self, place: Calendar, series: Event, key: str, start: Original, wanted: Event
    ) -> Json | Refusal | None:
        """Of an occurrence nothing is written but in what it shall be otherwise than in ``series``, as that stands."""
        found = await instance(place, key, at(start))
        if found is None:
            return None  # the series has no such occurrence: Google holds what it can
        if guarded(found, ()):
            return _TO_ONE  # since the look before
        body = _body(start, series, wanted, anew=found.get("status") == "cancelled")
        return await calendar_writing.change(place, str(found["id"]), body, _etag(found)) if body else None


def _merged(there: Event, wanted: Event, names: frozenset[str]) -> Event:
    """What stands there, with the fields ``names`` as they shall be. Where the occurrences move, those that are not
    named stay as they stand, as far as there are such: nobody knows what Google leaves of them. Raises ValueError for
    what does not fit."""
    exceptions = dict(there.exceptions)
    for start in (original_of(name.removeprefix(AT)) for name in names if name.startswith(AT)):
        exceptions.pop(start, None)
        exceptions |= {start: wanted.exceptions[start]} if start in wanted.exceptions else {}
    series = replace(there, **{name: getattr(wanted, name) for name in names & _ALL}, exceptions={})
    if names & SHAPE:
        named = {start for start in exceptions if field_of(start) in names}
        exceptions = {start: one for start, one in exceptions.items() if start in named or _comes(series, start)}
    return replace(series, exceptions=exceptions)


def _body(start: Original, series: Event, wanted: Event, *, anew: bool) -> body_of.Body:
    """What is written to an occurrence; all of it where it comes back ``anew``."""
    if start in wanted.exceptions and wanted.exceptions[start] is None:
        return {"status": "cancelled"}
    anew = anew or (start in series.exceptions and series.exceptions[start] is None)
    return body_of.occurrence(start, wanted.exceptions.get(start), wanted, None if anew else series)


def _comes(series: Event, start: Original) -> bool:
    """Whether the series has such an occurrence."""
    if not series.repeats or isinstance(series.when, Days) is isinstance(start, datetime):
        return False
    return start in series.extra or index(series, start) is not None


def _cancelled(event: Event) -> set[Original]:
    return {start for start, each in event.exceptions.items() if each is None}


def _differs(
    start: Original, one: Mapping[Original, Occurrence | None], other: Mapping[Original, Occurrence | None]
) -> bool:
    return (start in one) != (start in other) or one.get(start) != other.get(start)


def _event(item: Item) -> Event:
    assert isinstance(item.content, Event)
    return item.content


def _edited(before: Standing, after: Standing, etags: Mapping[str, str]) -> bool:
    """Whether somebody changed a series while its occurrences were written, or one of those (by their ids) after it was
    written. The etag of the series says nothing: it may be another with each occurrence."""
    one, two = before.item(), after.item()
    if isinstance(one, Item) and isinstance(two, Item):
        bare = [replace(_event(each), exceptions={}) for each in (one, two)]
        if bare[0] != bare[1]:
            return True
    return any(etags.get(str(each["id"]), _etag(each)) != _etag(each) for each in after.exceptions)


def _etag(event: Mapping[str, Any]) -> str:
    return str(event.get("etag") or "")


def _guarded(why: str) -> Failed:
    return Failed(reason=Reason.FORBIDDEN, words=f"it is left as it is: {why}", guarded=True)


def _in_doubt(refusal: Refusal) -> Failed:
    """A new series stands there without some of its occurrences: whoever tries again finds it."""
    return replace(_failed(refusal), doubt=True, refused=False)


def _half(refusal: Refusal) -> Failed:
    """The series was changed, some of its occurrences were not."""
    return replace(_failed(refusal), stale=True, refused=False)


def _failed(refusal: Refusal) -> Failed:
    if refusal is GONE:
        return _GONE
    sure = not refusal.doubt and not refusal.stale and refusal.retry_after is None
    return Failed(
        reason=refusal.reason,
        words=refusal.words,
        retry_after=refusal.retry_after,
        doubt=refusal.doubt,
        stale=refusal.stale,
        refused=sure and refusal.reason in (Reason.PEER_FAILED, Reason.FORBIDDEN),
    )
