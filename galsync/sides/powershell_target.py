"""Exchange by a script as a target: what nobody may write from outside, an administrator's own session writes.

Contacts of Exchange Online have no official API, so steps are handed over (Handed) as one PowerShell script, and what
stands there is read from the export that the script makes. A step is agreed once the export shows it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from galsync.entries import Held
from galsync.files.disk import UnreadableError, replace
from galsync.powershell.export import Export, load
from galsync.powershell.orders import FORMS, MAIL, PERSONAL, Order, order
from galsync.powershell.pending import Pending, keep, pending
from galsync.powershell.script import Exchange, line, script
from galsync.side import Ability, Failed, Handed, Outcome, Visible
from galsync.steps import Step
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Field

BATCH: Final = 10_000
FOREIGN: Final = Failed(Reason.FORBIDDEN, "the object was not made by this sync: it is left as it is")


class PowerShellTarget:
    """The recipients of one Exchange organisation; ``folder`` holds ``NAME.ps1``, ``NAME.jsonl`` (the export) and
    ``NAME.pending.json`` (what was handed over and not seen done yet).

    Steps gather in the script until it has run, or until everything was read anew: then they are planned anew too.
    """

    def __init__(
        self,
        *,
        name: str,
        sync: str,
        folder: Path,
        at: Exchange,
        clock: Callable[[], datetime],
        max_age: timedelta = timedelta(days=2),
    ) -> None:
        self._name, self._sync, self._at = name, sync, at
        self._clock, self._max_age = clock, max_age
        self.script = folder / f"{name}.ps1"
        self.export = folder / f"{name}.jsonl"
        self._pending = folder / f"{name}.pending.json"
        self._anew = False
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    @property
    def ability(self) -> Ability:
        """Mail contacts, mail users and groups; nothing shows before the script has run."""
        fields = frozenset(key for key, name in (*PERSONAL.items(), *MAIL.items()) if name != self._at.stamp_attribute)
        return Ability(
            at_once=1,
            at_once_per_place=1,
            batch=BATCH,
            fields=fields | {Field.MANAGER},
            links=True,
            forms=FORMS,
            visible=Visible.WHEN_RUN,
            script=str(self.script),
        )

    async def places(self) -> Sequence[str]:
        """The organisation."""
        return ("",)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """Every recipient of the export. Raises PeerError where there is none, or it is old, half or another's; a
        script that makes one is there then."""
        export = await self._load()
        self._anew = True
        for held in export.held:
            yield held

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """As :meth:`held`, of these alone."""
        if not keys and not addresses:
            return ()
        export = await self._load()
        wanted, among = frozenset(keys), frozenset(addresses)
        return [held for held in export.held if held.key in wanted or not among.isdisjoint(held.addresses)]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """Hand the steps over; a step that cannot be put into a script is Failed, and so are all if no script can be
        written."""
        orders = [self._order(step) for step in steps]
        made = [each for each in orders if isinstance(each, Order)]
        failed = await self._hand(made) if made else None
        return [failed or Handed() if isinstance(each, Order) else each for each in orders]

    def _order(self, step: Step) -> Order | Failed:
        if step.held and (step.held.stamp is None or step.held.stamp.sync != self._sync):
            return FOREIGN
        if step.held and step.held.readonly:
            return Failed(Reason.FORBIDDEN, step.held.readonly)
        form = step.entry.form if step.entry else step.held.form if step.held else None
        if form not in FORMS:
            return Failed(Reason.FORBIDDEN, f"{self._name} writes mail contacts, mail users and groups alone")
        try:
            made = order(step, self._sync, self._at.stamp_attribute)
            line(made)  # whether it can be written down at all
        except ValueError as error:
            return Failed(Reason.GARBLED, str(error))
        return made

    def _render(self, orders: Sequence[Order], serial: str) -> bytes:
        return script(
            orders, sync=self._sync, serial=serial, written=self._clock(), export=self.export.name, at=self._at
        )

    async def _hand(self, orders: Sequence[Order]) -> Failed | None:
        async with self._turn:
            try:
                await asyncio.to_thread(self._write, orders)
            except UnreadableError as error:
                return Failed(error.reason, f"{self._name}: {error.words}")
            self._anew = False
            return None

    def _write(self, orders: Sequence[Order]) -> None:
        known = Pending() if self._anew else pending(self._pending)
        if known.orders and self.export.exists() and known.serial == self._ran():
            known = Pending()
        gathered = known.with_orders(orders, serial=f"{self._clock():%Y%m%dT%H%M%S%f}")
        keep(self._pending, gathered)
        replace(self.script, self._render(gathered.orders, gathered.serial))

    def _ran(self) -> str:
        """The serial of the script that made the export; "" where it cannot be told."""
        try:
            return self._export(timedelta.max).serial
        except UnreadableError:
            return ""

    def _export(self, max_age: timedelta) -> Export:
        return load(
            self.export,
            sync=self._sync,
            stamp_attribute=self._at.stamp_attribute,
            now=self._clock(),
            max_age=max_age,
        )

    async def _load(self) -> Export:
        try:
            return await asyncio.to_thread(self._read)
        except UnreadableError as error:
            words = f"{self._name}: {error.words}: run {self.script}, it writes {self.export}"
            raise PeerError(error.reason, words) from error

    def _read(self) -> Export:
        try:
            return self._export(self._max_age)
        except UnreadableError:
            if not self.script.exists():
                replace(self.script, self._render((), ""))
            raise
