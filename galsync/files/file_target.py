"""A file as a target: read whole, changed, and put back whole, however it is written."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from galsync.entries import Form, Held
from galsync.files.disk import MOST, PRIVATE, UnreadableError, read, replace
from galsync.files.records import Record
from galsync.files.shelf import Shelf
from galsync.side import Ability, Failed, Outcome, Visible
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Field

BATCH: Final = 10_000
"""Steps that one rewriting of the file takes in: the file is written once for them."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds; ``layout`` is what its format has to remember of it (the columns)."""

    records: Sequence[Record] = ()
    layout: tuple[str, ...] = ()


class Format(Protocol):
    """How records stand in a file. Both directions are pure."""

    @property
    def forms(self) -> frozenset[Form]:
        """What it can hold."""
        ...

    @property
    def fields(self) -> frozenset[Field] | None:
        """What it can hold of somebody, None for all."""
        ...

    @property
    def photos(self) -> int:
        """The octets of the largest photo that it can hold, 0 for none."""
        ...

    def decode(self, data: bytes) -> Contents:
        """What ``data`` holds. Raises UnreadableError in words where it is broken."""
        ...

    def encode(self, contents: Contents) -> bytes:
        """The file. ``decode`` gives the very contents back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """The one place "" is the file at ``path``; there need be none yet. ``sync`` is whose stamps are ours.

    A batch is done whole: where the file cannot be written, every step of it is Failed and the old file stands.
    """

    name: str
    sync: str
    path: Path
    format: Format
    mode: int = PRIVATE
    most: int = MOST
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)

    @property
    def ability(self) -> Ability:
        """One writer at a time."""
        return Ability(
            at_once=1,
            at_once_per_place=1,
            batch=BATCH,
            forms=self.format.forms,
            visible=Visible.AT_ONCE,
            fields=self.format.fields,
            photos=self.format.photos,
        )

    async def places(self) -> Sequence[str]:
        """The file."""
        return ("",)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Every line of the file. Raises PeerError where it is broken."""
        shelf, _ = await self._shelf()
        for held in shelf.held():
            yield held

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """The lines with one of these keys or addresses. Raises PeerError."""
        if not keys and not addresses:
            return ()
        shelf, _ = await self._shelf()
        return shelf.look(keys, addresses)

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """The steps in one rewriting of the file, one outcome each, in order."""
        if not steps:
            return ()
        async with self._turn:
            return await asyncio.to_thread(self._write, steps)

    async def _shelf(self) -> tuple[Shelf, tuple[str, ...]]:
        try:
            return await asyncio.to_thread(self._open)
        except UnreadableError as error:
            raise PeerError(error.reason, f"{self.name}: {error.words}") from error

    def _open(self) -> tuple[Shelf, tuple[str, ...]]:
        data = read(self.path, most=self.most)
        try:
            contents = Contents() if data is None else self.format.decode(data)
        except UnreadableError as error:
            raise UnreadableError(f"{self.path}: {error.words}", error.reason) from error
        return Shelf(contents.records, self.sync), contents.layout

    def _write(self, steps: Sequence[Step]) -> Sequence[Outcome]:
        try:
            shelf, layout = self._open()
            before = shelf.records
            outcomes = [self._apply(shelf, step) for step in steps]
            if shelf.records != before:
                replace(self.path, self.format.encode(Contents(shelf.records, layout)), mode=self.mode)
        except UnreadableError as error:
            return [Failed(error.reason, f"{self.name}: {error.words}")] * len(steps)
        return outcomes

    def _apply(self, shelf: Shelf, step: Step) -> Outcome:
        if step.entry and step.entry.form not in self.format.forms:
            return Failed(Reason.FORBIDDEN, f"{self.name} does not take the form {step.entry.form.value}")
        return shelf.apply(step)
