"""Exchange as a place where mail is forwarded from and to, officially: by a script that its administrator runs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace as with_other
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from galsync.files.disk import UnreadableError, read, replace
from galsync.forwarding.forwards import ByScript, Forward, Post
from galsync.powershell.forwarders import Mailboxes, after, before, forwarding, load, script
from galsync.powershell.orders import Order
from galsync.powershell.pending import Pending, keep, pending
from galsync.powershell.script import line
from galsync.side import Failed, Handed, Outcome
from galsync.sides.exchange_online_forwarding import INSIDE
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

_SERIAL: Final = "%Y%m%dT%H%M%S%f"
_TICK: Final = timedelta(microseconds=1)


class ForwardingByScript:
    """See :class:`galsync.forwarding.forwards.PostOffice` and ``Laying``. A key is a Guid.

    ``folder`` holds, for one move, ``NAME.forwarders.ps1``, ``.jsonl`` (the export), ``.pending.json`` (what was laid)
    and where it was run ``.record.jsonl``. An export counts where the script that was laid last made it; before that,
    of what was laid nobody knows whether it stands, and of everything else nothing is known. What was seen done leaves
    the script, so that running it again does not do it again where somebody has changed it since.
    """

    def __init__(
        self,
        *,
        name: str,
        move: str,
        folder: Path,
        clock: Callable[[], datetime],
        max_age: timedelta = timedelta(days=2),
    ) -> None:
        self._name, self._move = name, move
        self._clock, self._max_age = clock, max_age
        self.script = folder / f"{name}.forwarders.ps1"
        self.export = folder / f"{name}.forwarders.jsonl"
        self._record = f"{name}.forwarders.record.jsonl"
        self._pending = folder / f"{name}.forwarders.pending.json"
        self._given: list[Order] = []

    @property
    def name(self) -> str:
        """See PostOffice."""
        return self._name

    def spelled(self, to: Mailbox, *, copy: bool) -> Forward:
        """See PostOffice."""
        return Forward(f"smtp:{to.address}", copy)

    async def look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        """See PostOffice. Where there is no export, one that tells too little or is too old, the script that makes one
        is there."""
        if not addresses:
            return {}
        try:
            return await asyncio.to_thread(self._look, addresses)
        except UnreadableError as error:
            words = (
                f"{error.words}: run {self.script} (-ExportOnly, where nothing shall be changed yet), and copy what it "
                f"writes to {self.export}"
            )
            raise PeerError(error.reason, words) from error

    async def write(self, post: Post, forward: Forward) -> Outcome:
        """See PostOffice: Handed, which :meth:`lay` makes true."""
        stands, waits = post.forward, post.script.waits if post.script else None
        if waits is not None and not forward.same(waits):
            if not forward.same(stands):
                words = f"a script was laid that forwards to {waits}, and nobody has seen it done: run {self.script}"
                return Failed(Reason.INCOMPLETE, f"{words} first")
            stands = waits
        order = forwarding(post.key, before=stands, after=forward, known=post.addresses)
        try:
            line(order)  # whether it can be written down at all
        except ValueError as error:
            return Failed(Reason.GARBLED, str(error))
        self._given.append(order)
        return Handed()

    async def lay(self) -> Failed | None:
        """See Laying. What is laid already stays as it is, so that it may be under way somewhere."""
        given, self._given = self._given, []
        try:
            await asyncio.to_thread(self._lay, given)
        except UnreadableError as error:
            return Failed(error.reason, error.words)
        return None

    def _look(self, addresses: Sequence[str]) -> Mapping[str, Post]:
        known = pending(self._pending)
        if not known.serial:
            known = Pending(self._serial(known))
            keep(self._pending, known)
        self._mend(known)
        waiting = {address: order for order in known.orders for address in order.known}
        try:
            export = self._export(known)
        except UnreadableError:
            if not waiting.keys() >= set(addresses):
                raise
            return {address: self._in_doubt(waiting[address]) for address in addresses}
        left, _ = self._left(known)
        if left != known.orders:
            known = Pending(known.serial, left)
            keep(self._pending, known)
            self._mend(known)
        wanted, posts = frozenset(addresses), self._posts(known, export)
        return {address: post for post in posts for address in post.addresses & wanted}

    def _posts(self, known: Pending, export: Mailboxes) -> Sequence[Post]:
        orders = {order.guid: order for order in known.orders}
        return [
            Post(
                key=each.guid,
                addresses=each.addresses,
                forward=each.forward,
                readonly=INSIDE if each.inside else "",
                script=self._by_script(each.forward, orders.get(each.guid), export),
            )
            for each in export.found
        ]

    def _by_script(self, stands: Forward, order: Order | None, export: Mailboxes) -> ByScript:
        if order is None or not _open(order, stands):
            return ByScript(path=str(self.script))
        result = export.results.get(order.anchor)
        return ByScript(path=str(self.script), waits=after(order), words=result.words if result else "")

    def _in_doubt(self, order: Order) -> Post:
        return Post(
            key=order.guid,
            addresses=frozenset(order.known),
            forward=before(order),
            script=ByScript(path=str(self.script), waits=after(order)),
        )

    def _lay(self, given: Sequence[Order]) -> None:
        known = pending(self._pending)
        left, names = self._left(known)
        named = [with_other(order, address=names.get(order.guid, order.address)) for order in given]
        new = [order for order in named if order not in left]
        if not new:
            self._mend(known)
            return
        gathered = Pending("", left).with_orders(new, serial=self._serial(known))
        keep(self._pending, gathered)
        self._mend(gathered)

    def _left(self, known: Pending) -> tuple[tuple[Order, ...], Mapping[str, str]]:
        """What was not seen done, and by what address people know a mailbox."""
        names = {order.guid: order.address for order in known.orders}
        try:
            export = self._export(known)
        except UnreadableError:
            return known.orders, names
        stands = {each.guid: each.forward for each in export.found}
        left = [order for order in known.orders if order.guid in stands and _open(order, stands[order.guid])]
        return tuple(left), names | {each.guid: each.address for each in export.found}

    def _mend(self, known: Pending) -> None:
        """The script is the one that was laid, also where that was killed in between."""
        if not known.serial:
            return
        made = script(
            known.orders,
            move=self._move,
            serial=known.serial,
            written=self._written(known),
            export=self.export.name,
            record=self._record,
        )
        if read(self.script) != made:
            replace(self.script, made)

    def _serial(self, known: Pending) -> str:
        """Later than any before: an export says by it which script made it."""
        now = self._clock().astimezone(UTC)
        if known.serial:
            now = max(now, self._written(known) + _TICK)
        return f"{now:{_SERIAL}}"

    def _written(self, known: Pending) -> datetime:
        try:
            return datetime.strptime(known.serial, _SERIAL).replace(tzinfo=UTC)
        except ValueError as error:
            raise UnreadableError(f"{self._pending} is broken: remove it, and plan again") from error

    def _export(self, known: Pending) -> Mailboxes:
        return load(self.export, move=self._move, serial=known.serial, now=self._clock(), max_age=self._max_age)


def _open(order: Order, stands: Forward) -> bool:
    """Whether the order is still to be carried out: neither done, nor in vain as somebody changed it."""
    return stands.same(before(order)) and not stands.same(after(order))
