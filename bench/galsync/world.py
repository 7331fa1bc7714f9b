"""An address book that outlives whoever writes to it: in memory for tests, in a file for those who are killed."""

import pickle
import sqlite3
from pathlib import Path
from typing import Protocol

from galsync.entries import Held


class World(Protocol):
    """What stands at each place, by key."""

    def standing(self, place: str) -> list[Held]:
        """Everything there."""
        ...

    def find(self, place: str, key: str) -> Held | None:
        """One object."""
        ...

    def owners(self, place: str, address: str) -> list[Held]:
        """Whatever answers to ``address``."""
        ...

    def put(self, place: str, held: Held) -> None:
        """Something new, or something as it is from now on."""
        ...

    def drop(self, place: str, key: str) -> None:
        """Not there any more."""
        ...

    def number(self) -> int:
        """One more than the last time."""
        ...


class Memory:
    """A world that ends with the process."""

    def __init__(self) -> None:
        self.places: dict[str, dict[str, Held]] = {}
        self._owners: dict[tuple[str, str], set[str]] = {}
        self._number = 0

    def standing(self, place: str) -> list[Held]:
        """Everything there."""
        return list(self.places.get(place, {}).values())

    def find(self, place: str, key: str) -> Held | None:
        """One object."""
        return self.places.get(place, {}).get(key)

    def owners(self, place: str, address: str) -> list[Held]:
        """Whatever answers to ``address``."""
        return [self.places[place][key] for key in sorted(self._owners.get((place, address), ()))]

    def put(self, place: str, held: Held) -> None:
        """Something new, or something as it is from now on."""
        self.drop(place, held.key)
        self.places.setdefault(place, {})[held.key] = held
        for address in held.addresses:
            self._owners.setdefault((place, address), set()).add(held.key)

    def drop(self, place: str, key: str) -> None:
        """Not there any more."""
        if held := self.places.get(place, {}).pop(key, None):
            for address in held.addresses:
                self._owners[place, address].discard(key)

    def number(self) -> int:
        """One more than the last time."""
        self._number += 1
        return self._number


class File:
    """A world in an SQLite file: every change is there at once, whoever dies."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=OFF")  # the process is killed, not the machine
        self._base.execute("CREATE TABLE IF NOT EXISTS held (place, key, held, PRIMARY KEY (place, key))")
        self._base.execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY)")

    def standing(self, place: str) -> list[Held]:
        """Everything there."""
        rows = self._base.execute("SELECT held FROM held WHERE place = ? ORDER BY key", (place,))
        return [pickle.loads(row[0]) for row in rows]

    def find(self, place: str, key: str) -> Held | None:
        """One object."""
        row = self._base.execute("SELECT held FROM held WHERE place = ? AND key = ?", (place, key)).fetchone()
        found: Held | None = pickle.loads(row[0]) if row else None
        return found

    def owners(self, place: str, address: str) -> list[Held]:
        """Whatever answers to ``address``."""
        return [held for held in self.standing(place) if address in held.addresses]

    def put(self, place: str, held: Held) -> None:
        """Something new, or something as it is from now on."""
        self._base.execute("REPLACE INTO held VALUES (?, ?, ?)", (place, held.key, pickle.dumps(held)))

    def drop(self, place: str, key: str) -> None:
        """Not there any more."""
        self._base.execute("DELETE FROM held WHERE place = ? AND key = ?", (place, key))

    def number(self) -> int:
        """One more than the last time."""
        return self._base.execute("INSERT INTO numbers VALUES (NULL)").lastrowid or 0

    def close(self) -> None:
        """The file is let go."""
        self._base.close()
