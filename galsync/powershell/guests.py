"""Keeps the script that shows guests in the address lists, and reads from its export which of them show."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from galsync.entries import Form
from galsync.files.disk import UnreadableError, replace
from galsync.powershell.export import Export, load
from galsync.powershell.orders import Order
from galsync.powershell.pending import Pending, keep, pending
from galsync.powershell.script import Exchange, script
from galsync.side import Failed
from protocols.errors import PeerError


class GuestScript:
    """``folder`` holds ``NAME.ps1``, ``NAME.jsonl`` (the export) and ``NAME.pending.json`` (what was not seen
    done yet).

    An order stays in the script until an export shows it done, as no later plan would ask again to hide who is gone.
    An export is believed however old it is: nobody but an administrator shows or hides guests, and to tell Exchange
    what is so already changes nothing.
    """

    def __init__(
        self, *, name: str, sync: str, folder: Path, stamp_attribute: str, clock: Callable[[], datetime]
    ) -> None:
        self._name, self._sync, self._clock = name, sync, clock
        self._at = Exchange(stamp_attribute=stamp_attribute)
        self.script = folder / f"{name}.ps1"
        self.export = folder / f"{name}.jsonl"
        self._pending = folder / f"{name}.pending.json"
        self._turn = asyncio.Lock()

    async def hidden(self) -> Mapping[str, bool]:
        """Whether the guests that Exchange knows are hidden, by the text of their stamp; of nobody before there is an
        export. Raises PeerError where the export is half, unreadable or another's."""
        try:
            export = await asyncio.to_thread(self._export)
        except UnreadableError as error:
            words = f"{self._name}: {error.words}: run {self.script} again, it writes {self.export}"
            raise PeerError(error.reason, words) from error
        return _hidden(export)

    async def hand(self, orders: Sequence[Order], *, gone: Collection[str] = ()) -> Failed | None:
        """Put the orders into the script, and take those out that are about the anchors in ``gone``."""
        async with self._turn:
            try:
                await asyncio.to_thread(self._write, orders, gone)
            except UnreadableError as error:
                return Failed(error.reason, f"{self._name}: {error.words}")
            return None

    def _write(self, orders: Sequence[Order], gone: Collection[str]) -> None:
        known = pending(self._pending)
        left = [each for each in self._left(known) if each.anchor not in gone]
        if not orders and len(left) == len(known.orders):
            return
        now = self._clock()
        gathered = Pending("", tuple(left)).with_orders(orders, serial=f"{now:%Y%m%dT%H%M%S%f}")
        keep(self._pending, gathered)
        replace(
            self.script,
            script(
                gathered.orders,
                sync=self._sync,
                serial=gathered.serial,
                written=now,
                export=self.export.name,
                at=self._at,
            ),
        )

    def _left(self, known: Pending) -> Sequence[Order]:
        """What was not done yet, as far as an export of that very script says."""
        try:
            export = self._export()
        except UnreadableError:
            return known.orders
        if export is None or export.serial != known.serial:
            return known.orders
        hidden = _hidden(export)
        return [each for each in known.orders if hidden.get(each.stamp, True) is not each.hidden]

    def _export(self) -> Export | None:
        if not self.export.exists():
            return None
        attribute = self._at.stamp_attribute
        return load(self.export, sync=self._sync, stamp_attribute=attribute, now=self._clock(), max_age=timedelta.max)


def _hidden(export: Export | None) -> Mapping[str, bool]:
    held = export.held if export else ()
    return {each.stamp.text: each.hidden for each in held if each.stamp and each.form is Form.GUEST}
