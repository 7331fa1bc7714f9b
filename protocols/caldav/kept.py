"""What was found out about a server, kept for a while and in bounds."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, each good for ``lifetime`` after it was put; of more than ``most`` the longest unused goes.

    ``now`` is the caller's clock, aware and in UTC.
    """

    def __init__(self, lifetime: timedelta, *, most: int) -> None:
        self._lifetime, self._most = lifetime, most
        self._entries: OrderedDict[Key, tuple[datetime, Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key, now: datetime) -> Value | None:
        """What was put under ``key``; None where that is nothing or too long ago."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not timedelta() <= now - entry[0] < self._lifetime:  # a clock that was set back makes nothing younger
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: Key, value: Value, now: datetime) -> Value:
        """Keep ``value``, and give it back."""
        self._entries[key] = now, value
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return value

    def drop(self, key: Key) -> None:
        """Forget what was put under ``key``, if anything was."""
        self._entries.pop(key, None)
