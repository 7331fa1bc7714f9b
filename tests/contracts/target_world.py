"""The target that a contract is tested against: how it is built, what it can hold, and what a test does with it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from galsync.entries import Entry, Form, Held, Stamp
from galsync.side import Outcome, Target
from galsync.steps import Step
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.steps import create, done

X500: Final = "X500:/o=B/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ann"
TEXTS: Final[Mapping[Field, str]] = {
    Field.DISPLAY_NAME: "Ann Åström (B)",
    Field.GIVEN_NAME: "Ann",
    Field.SURNAME: "Åström",
    Field.COMPANY: "B Ltd.",
    Field.DEPARTMENT: "Research",
    Field.TITLE: "Lead",
    Field.OFFICE: "3/12",
    Field.PHONE: "+49 30 5550101",
    Field.MOBILE: "+49 170 5550101",
    Field.FAX: "+49 30 5550199",
    Field.STREET: "Domstr. 1",
    Field.CITY: "Köln",
    Field.STATE: "NRW",
    Field.POSTAL_CODE: "50667",
    Field.NOTES: "Met in spring",
}


class TargetWorld:
    """Subclasses implement :meth:`started` and :meth:`foreign`; flags and hooks say what else the system can do.

    ``telling`` are the fields that it holds, ``aliases`` and ``x500`` whether it holds further addresses, ``moves``
    whether the address of an object can change, ``versions`` whether it can tell that somebody else was quicker,
    ``tells_forms`` whether what is read back says what form it has, ``clashes`` whether an address can be there once
    only (or the target sees to it).
    """

    sync = "fabrikam"
    place = ""
    form = Form.MAIL_CONTACT
    telling: frozenset[Field] = frozenset(Field) - {Field.MANAGER}
    aliases = True
    x500 = True
    moves = True
    versions = True
    throttles = True
    tells_forms = True
    clashes = True

    def started(self, directory: Path) -> AbstractAsyncContextManager[Target]:
        """The target of the sync :attr:`sync`, over a system that is empty."""
        raise NotImplementedError

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        """Somebody else puts an object with this address and display name into the place; with ``stamp``, another
        sync of this product."""
        raise NotImplementedError

    async def settle(self) -> None:
        """What was handed to somebody is done now (a script is run). Nothing to do where writing is at once."""

    async def meddle(self, key: str) -> None:
        """Somebody else changes the object, so that its version is another. For ``versions``."""
        raise NotImplementedError

    async def throttle(self) -> None:
        """From now on each write is told to come again in :data:`WAIT`, and not done. For ``throttles``."""
        raise NotImplementedError

    async def spoil(self) -> None:
        """From now on reading what stands there fails in its middle."""
        raise NotImplementedError

    def entry(self, name: str = "ann", *aliases: str, **texts: str) -> Entry:
        """Somebody of b.example as an entry; ``texts`` by the fields' values, on top of a display name."""
        wanted = {Field.DISPLAY_NAME: name.title(), **{Field(key): text for key, text in texts.items()}}
        return Entry(
            anchor=f"ad:{name}",
            form=self.form,
            address=Mailbox.parse(f"{name}@b.example"),
            aliases=aliases,
            texts={key: text for key, text in wanted.items() if key in self.telling},
        )

    def full(self) -> Entry:
        """Somebody with all that the system can hold."""
        texts = {key.value: text for key, text in TEXTS.items()}
        aliases = ["second@b.example"] * self.aliases + [X500] * self.x500
        return self.entry("ann", *aliases, **texts)

    async def write(self, target: Target, *steps: Step) -> list[Outcome]:
        """The outcomes of ``steps``, in batches as large as the target takes."""
        outcomes: list[Outcome] = []
        for start in range(0, len(steps), target.ability.batch):
            part = steps[start : start + target.ability.batch]
            told = await target.write(self.place, part)
            assert len(told) == len(part)
            outcomes += told
        await self.settle()
        return outcomes

    async def created(self, target: Target, *entries: Entry) -> list[Held]:
        """These entries, written and read back."""
        assert all(done(each) for each in await self.write(target, *map(create, entries)))
        return [await self.found(target, entry) for entry in entries]

    async def found(self, target: Target, entry: Entry) -> Held:
        """The one object with the entry's stamp."""
        [held] = [each for each in await self.all(target) if each.stamp == Stamp(self.sync, entry.anchor)]
        return held

    async def all(self, target: Target) -> list[Held]:
        """All that stands there."""
        return [held async for held in target.held(self.place)]
