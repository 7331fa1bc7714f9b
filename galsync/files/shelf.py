"""The records of one file by key, and the steps of a plan done to them: nothing is touched but what is ours."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from galsync.entries import Held, Stamp
from galsync.files.records import Record, created, hidden, made_again, updated
from galsync.side import Failed, Outcome, Written
from galsync.steps import Act, Step
from protocols.model.freebusy import Reason

FOREIGN: Final = Failed(Reason.FORBIDDEN, "the line was not made by this sync: it is left as it is")
LATE: Final = Failed(Reason.INCOMPLETE, "the line was changed meanwhile: plan again")
LOST: Final = Failed(Reason.NO_SUCH_MAILBOX, "the line is not in the file any more: plan again")
NOTHING: Final = Failed(Reason.GARBLED, "the step says nothing of what shall stand there")


class Shelf:
    """What stands in a file, in its order. A key is the stamp, else the address, else the number of the line."""

    def __init__(self, records: Iterable[Record], sync: str) -> None:
        self._sync = sync
        self._records: dict[str, Record] = {}
        self._keys: dict[str, set[str]] = {}  # by address
        for number, record in enumerate(records, 1):
            key = record.stamp.text if record.stamp else str(record.address or f"#{number}")
            while key in self._records:
                key += f"#{number}"
            self._place(key, record)

    @property
    def records(self) -> Sequence[Record]:
        """In the order of the file, what is new last."""
        return tuple(self._records.values())

    def held(self) -> Iterator[Held]:
        """Everything."""
        return (record.held(key) for key, record in self._records.items())

    def look(self, keys: Iterable[str], addresses: Iterable[str]) -> list[Held]:
        """What stands under these keys or answers to these addresses, each once."""
        found = {key for key in keys if key in self._records}
        found.update(key for address in addresses for key in self._keys.get(address, ()))
        return [self._records[key].held(key) for key in sorted(found)]

    def apply(self, step: Step) -> Outcome:
        """Do the step, or say why not."""
        return _ACTS[step.act](self, step)

    def create(self, step: Step) -> Outcome:
        """A new record; where our stamp is there already, as after a crash, that record becomes what is wanted."""
        if step.entry is None:
            return NOTHING
        key = Stamp(self._sync, step.entry.anchor).text
        there = self._records.get(key)
        record = made_again(there, step.entry, self._sync) if there else created(step.entry, self._sync)
        return self._clash(key, record) or self._put(key, record)

    def update(self, step: Step) -> Outcome:
        """The fields that the step names, and nothing else."""
        if step.entry is None:
            return NOTHING
        key, before = self._ours(step)
        if isinstance(before, Failed):
            return before
        after = updated(before, step.entry, step.known, frozenset(change.field for change in step.changes))
        return self._clash(key, after) or self._put(key, after)

    def retire(self, step: Step) -> Outcome:
        """Hidden."""
        key, before = self._ours(step)
        if isinstance(before, Failed):
            return before
        return self._put(key, hidden(before))

    def remove(self, step: Step) -> Outcome:
        """Gone, whether it was there or not."""
        if step.held is not None and step.held.key not in self._records:
            return Written()
        key, before = self._ours(step, late=False)
        if isinstance(before, Failed):
            return before
        self._take(key)
        return Written()

    def _ours(self, step: Step, *, late: bool = True) -> tuple[str, Record | Failed]:
        key = step.held.key if step.held else ""
        record = self._records.get(key)
        if record is None:
            return key, LOST
        if record.stamp is None or record.stamp.sync != self._sync:
            return key, FOREIGN
        if late and step.held and step.held.version not in ("", record.version):
            return key, LATE
        return key, record

    def _clash(self, key: str, record: Record) -> Failed | None:
        there = self._records.get(key)
        new = record.addresses - (there.addresses if there else frozenset())
        others = sorted(address for address in new if self._keys.get(address, set()) - {key})
        if not others:
            return None
        words = f"another line of the file has the address {others[0]}: change one of the two, or skip this one"
        return Failed(Reason.FORBIDDEN, words)

    def _put(self, key: str, record: Record) -> Written:
        self._place(key, record)
        return Written(key, record.version)

    def _place(self, key: str, record: Record) -> None:
        before = self._records.get(key)
        self._forget(key, before)
        self._records[key] = record
        for address in record.addresses:
            self._keys.setdefault(address, set()).add(key)

    def _take(self, key: str) -> None:
        self._forget(key, self._records.pop(key))

    def _forget(self, key: str, record: Record | None) -> None:
        for address in record.addresses if record else ():
            self._keys[address].discard(key)


def _unwritten(shelf: Shelf, step: Step) -> Outcome:
    raise ValueError(f"{step.act.value} is nothing to write")


_ACTS: Final[dict[Act, Callable[[Shelf, Step], Outcome]]] = {
    Act.CREATE: Shelf.create,
    Act.UPDATE: Shelf.update,
    Act.RETIRE: Shelf.retire,
    Act.REMOVE: Shelf.remove,
    Act.REMEMBER: _unwritten,
    Act.CONFLICT: _unwritten,
}
