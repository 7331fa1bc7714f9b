"""A shared store in memory with the promises of the real one, in virtual time, and with a clock that can be set."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.shared_store import LOCK_LIFE, NOTE_LIFE, Entry, Found, Seen, Wanted
from tests.contracts.virtual import START, elapsed

_START = round(START.timestamp() * 1000)
_LOCK, _NOTE = (round(life.total_seconds() * 1000) for life in (LOCK_LIFE, NOTE_LIFE))


@dataclass
class Note:
    """How often in a row nothing was brought, when it was said, what the last brought, and how long it is known."""

    times: int
    told: int
    stamp: int
    content: bytes
    era: bytes
    end: int


@dataclass
class SharedMemory:
    """``values``: stamp, value and end of life by key, in milliseconds; ``locks``: who holds a key, and until when.

    All of them end by its clock, which :meth:`step` sets. ``eras`` tells in which one each value was put.
    """

    away: bool = False
    ahead: int = 0  # milliseconds between its clock and the time of day
    era: bytes = b""
    values: dict[bytes, tuple[int, bytes, int]] = field(default_factory=dict)
    eras: dict[bytes, bytes] = field(default_factory=dict)
    locks: dict[bytes, tuple[bytes, int]] = field(default_factory=dict)
    notes: dict[bytes, Note] = field(default_factory=dict)
    looks: int = 0
    puts: list[Entry] = field(default_factory=list)

    def now(self) -> int:
        """By its own clock."""
        return _START + round(elapsed() * 1000) + self.ahead

    def step(self, seconds: float) -> None:
        """Set its clock, be it back: whatever ends, ends by that."""
        self.ahead += round(seconds * 1000)

    async def look(self, wanted: Sequence[Wanted], *, token: bytes, since: int = 0, waiting: int = 0) -> Seen | None:
        self.looks += bool(wanted)
        if self.away:
            return None
        return Seen(self.now(), [self._found(one, token, since, waiting) for one in wanted], self.era)

    async def put(self, entries: Sequence[Entry], *, token: bytes, era: bytes) -> None:
        if self.away:
            return
        for entry in entries:
            self.puts.append(entry)
            if era == self.era != b"":
                self._put(entry)
            if self.locks.get(entry.key, (b"", 0))[0] == token:
                del self.locks[entry.key]

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        for key in keys:
            if not self.away and self.locks.get(key, (b"", 0))[0] == token:
                self.locks[key] = token, self.now() + _LOCK

    async def begin(self, old: bytes, new: bytes) -> bytes | None:
        if self.away:
            return None
        self.era = new if self.era == old else self.era
        return self.era

    def _put(self, entry: Entry) -> None:
        now, key, end = self.now(), entry.key, entry.stamp + entry.life
        if entry.value is not None and entry.stamp <= now < end:
            there = self.values.get(key, (0,))[0] if self.eras.get(key) == self.era else 0
            if not entry.stamp < there <= now:
                self.values[key], self.eras[key] = (entry.stamp, entry.value, end), self.era
            self.notes.pop(key, None)
        elif entry.value is None and entry.note:
            before = self.notes.get(key)
            times = before.times + 1 if before is not None and before.end > now else 1
            self.notes[key] = Note(times, now, entry.stamp, entry.note, self.era, now + _NOTE)

    def _found(self, wanted: Wanted, token: bytes, since: int, waiting: int) -> Found:
        stamp, value, end = self.values.get(wanted.key, (0, b"", 0))
        now, note = self.now(), self.notes.get(wanted.key)
        believed = end > now and 0 <= now - stamp < wanted.younger_than and stamp >= since
        if believed and self.eras.get(wanted.key) == self.era != b"":
            return Found(value, stamp)
        if waiting and note is not None and note.times > 1 and note.told >= waiting and note.era == self.era:
            return Found(stamp=note.stamp, note=note.content)
        holder, until = self.locks.get(wanted.key, (b"", 0))
        if until <= now:
            self.locks[wanted.key] = holder, _ = token, now + _LOCK
        return Found(holder=holder)
