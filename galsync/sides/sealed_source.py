"""A sealed file as a source: another company's people, as it says itself, whatever way the file took."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from galsync.entries import Form, Stamp
from galsync.files.disk import MOST, UnreadableError, read, replace
from galsync.files.records import Record
from galsync.files.sealed import Letter, unseal
from galsync.files.sealed_keys import PublicKeys, SealKeys
from galsync.side import Reading
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import canonical
from protocols.model.person import Kind, Person

MOST_NAMED: Final = 100
EARLY: Final = timedelta(minutes=10)
"""How far the sender's clock may be ahead of ours."""
_X500: Final = "X500:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSource:
    """The file at ``path`` that ``sender`` sealed for ``keys``.

    The sender may speak for ``domains`` alone: whoever is of another is left out (NOT_SELECTED), and so are aliases. An
    X500 name, by which whoever has it gets the replies to old mail, has no domain: those are taken that lie in one of
    ``x500`` (as :func:`lies_in` says), and no others. A file is good for ``max_age``; one older than the last that was
    read is refused, also after the ledger was lost: its serial is kept in ``seen``. The token is the serial. Rooms are
    told as users: the file knows contacts and groups.
    """

    name: str
    path: Path
    keys: SealKeys = field(repr=False)
    sender: PublicKeys
    domains: frozenset[str]
    seen: Path
    clock: Callable[[], datetime]
    max_age: timedelta = timedelta(days=7)
    x500: tuple[str, ...] = ()
    most: int = MOST

    async def read(self, since: str | None = None) -> Reading:
        """Everybody in the file, or nobody and the same token. Raises PeerError where it is missing, not proved, too
        old or older than what was read before."""
        try:
            return await asyncio.to_thread(self._read, since)
        except UnreadableError as error:
            raise PeerError(error.reason, f"{self.name}: {error.words}") from error

    def _read(self, since: str | None) -> Reading:
        data = read(self.path, most=self.most)
        if data is None:
            raise UnreadableError(f"{self.path} is not there", Reason.UNREACHABLE)
        try:
            letter = unseal(data, keys=self.keys, sender=self.sender)
            self._check(letter, since)
        except UnreadableError as error:
            raise UnreadableError(f"{self.path}: {error.words}", error.reason) from error
        reading = self._people(letter)
        replace(self.seen, f"{letter.serial}\n".encode())
        token = str(letter.serial)
        return Reading(people=(), whole=False, token=token) if since == token else reading

    def _check(self, letter: Letter, since: str | None) -> None:
        now = self.clock()
        if now - letter.made > self.max_age:
            days = (now - letter.made) / timedelta(days=1)
            raise UnreadableError(f"it is {days:.1f} days old: ask the sender for a new one", Reason.INCOMPLETE)
        if letter.made - now > EARLY:
            raise UnreadableError("it was made in the future: one of the two clocks is wrong")
        last = max(_serial(since), _serial((read(self.seen, most=64) or b"").decode("ascii", "replace")))
        if letter.serial < last:
            words = f"it has serial {letter.serial}, and {last} was read before: an older file was brought again"
            raise UnreadableError(words, Reason.FORBIDDEN)
        if foreign := sorted(set(letter.domains) - self.domains):
            words = f"its sender speaks for {foreign[0]!r}, which is not agreed: add it to the domains of this source"
            raise UnreadableError(words, Reason.FORBIDDEN)

    def _people(self, letter: Letter) -> Reading:
        people: list[Person] = []
        left: Counter[Left] = Counter()
        named: list[tuple[str, Left]] = []
        allowed = self.domains & frozenset(letter.domains)
        for record in letter.records:
            why = _why_not(record, allowed)
            if why is None:
                people.append(_person(record, allowed, self.x500))
                continue
            left[why] += 1
            named.append((str(record.address), why))
        token = str(letter.serial)
        return Reading(people=tuple(people), token=token, left=left, named=tuple(named[:MOST_NAMED]))


def _serial(text: str | None) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _why_not(record: Record, domains: frozenset[str]) -> Left | None:
    if record.address is None:
        return Left.NO_ADDRESS
    if any(Stamp.read(text) for text in record.texts.values()):
        return Left.OURS
    return None if record.address.domain in domains else Left.NOT_SELECTED


def lies_in(name: str, prefixes: Iterable[str]) -> bool:
    """Whether the X500 name is one of ``prefixes``, or in it: whole parts alone count, and capitals do not."""
    low = name.lower()
    return any(f"{low}/".startswith(f"{prefix.lower().rstrip('/')}/") for prefix in prefixes)


def _person(record: Record, domains: frozenset[str], prefixes: Iterable[str]) -> Person:
    names = (alias[len(_X500) :] for alias in record.aliases if alias[: len(_X500)].upper() == _X500)
    return Person(
        anchor=record.stamp.anchor if record.stamp else str(record.address),
        kind=Kind.GROUP if record.form is Form.GROUP else Kind.USER,
        primary=record.address,
        aliases=tuple(
            dict.fromkeys(alias for alias in map(_mail, record.aliases) if alias.rpartition("@")[2] in domains)
        ),
        x500=tuple(name for name in names if lies_in(name, prefixes)),
        texts=record.texts,
        members=record.members,
        photo=record.photo,
        hidden=record.hidden,
    )


def _mail(alias: str) -> str:
    """The SMTP address that ``alias`` is; "" for an X500 name, even one that ends like an address, and for the rest."""
    try:
        return canonical(alias)
    except ValueError:
        return ""
