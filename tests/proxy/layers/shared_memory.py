"""A shared store in memory with the promises of the real one, in virtual time, and with a clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.shared_store import LOCK_LIFE, Entry, Found, Seen, Wanted
from tests.contracts.virtual import elapsed


@dataclass
class SharedMemory:
    """``values``: stamp, value and end of life by key, in milliseconds; ``locks``: who holds a key, and until when."""

    away: bool = False
    ahead: int = 7_654_321  # milliseconds between its clock and everybody else's
    values: dict[bytes, tuple[int, bytes, int]] = field(default_factory=dict)
    locks: dict[bytes, tuple[bytes, int]] = field(default_factory=dict)
    looks: int = 0
    puts: list[Entry] = field(default_factory=list)

    def now(self) -> int:
        """By its own clock, which began with the loop."""
        return round(elapsed() * 1000) + self.ahead

    async def look(self, wanted: Sequence[Wanted], *, token: bytes) -> Seen | None:
        self.looks += 1
        return None if self.away else Seen(self.now(), [self._found(one, token) for one in wanted])

    async def put(self, entries: Sequence[Entry], *, token: bytes) -> None:
        if self.away:
            return
        for entry in entries:
            self.puts.append(entry)
            end = entry.stamp + entry.life
            if entry.value is not None and end > self.now() and self.values.get(entry.key, (0,))[0] <= entry.stamp:
                self.values[entry.key] = entry.stamp, entry.value, end
            if self.locks.get(entry.key, (b"", 0))[0] == token:
                del self.locks[entry.key]

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        for key in keys:
            if not self.away and self.locks.get(key, (b"", 0))[0] == token:
                self.locks[key] = token, self._lock_end()

    def _found(self, wanted: Wanted, token: bytes) -> Found:
        stamp, value, end = self.values.get(wanted.key, (0, b"", 0))
        if end > self.now() and self.now() - stamp < wanted.younger_than:
            return Found(value, stamp)
        holder, until = self.locks.get(wanted.key, (b"", 0))
        if until <= self.now():
            self.locks[wanted.key] = holder, _ = token, self._lock_end()
        return Found(holder=holder)

    def _lock_end(self) -> int:
        return self.now() + round(LOCK_LIFE.total_seconds() * 1000)
