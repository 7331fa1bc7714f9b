"""Which of Google's contacts has an address or a stamp of ours: Google takes the same one any number of times."""

from dataclasses import dataclass, field
from datetime import datetime

from galsync.entries import Held
from galsync.steps import Act, Step


@dataclass(slots=True)
class Index:
    """Which contact has an address or one of our stamps, as far as was seen by ``read_at``. A hint: who is found by it
    is looked at before anything is believed, and who is not found is not there."""

    read_at: datetime
    addresses: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)

    def note(self, held: Held, sync: str) -> None:
        """``held`` is there."""
        for address in held.addresses:
            self.addresses[address] = held.key
        if held.stamp is not None and held.stamp.sync == sync:
            self.anchors[held.stamp.anchor] = held.key


def taken_by(step: Step) -> frozenset[str]:
    """The addresses that a new contact takes."""
    if step.act is not Act.CREATE or step.entry is None:
        return frozenset()
    return frozenset((step.entry.address.address, *(alias.lower() for alias in step.entry.aliases)))


def concerned_by(step: Step, known: Index | None) -> tuple[str, ...]:
    """The keys of what has to be looked at before ``step``: its object, or what may be in the way of a new one."""
    if step.act is not Act.CREATE:
        return (step.held.key,) if step.held else ()
    if known is None:
        return ()
    hints = [known.addresses.get(name) for name in sorted(taken_by(step))]
    return tuple(dict.fromkeys(key for key in (known.anchors.get(step.anchor), *hints) if key))
