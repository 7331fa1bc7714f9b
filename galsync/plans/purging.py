"""Plans the day of separation: everything that a sync made goes, and nothing else."""

from collections.abc import Iterable, Mapping

from galsync.entries import Agreement, Held
from galsync.plans.cases import writable
from galsync.steps import Act, Plan, Step, Why


def purge(held: Iterable[Held], sync: str, *, place: str = "", agreed: Mapping[str, Agreement] | None = None) -> Plan:
    """The removal of every object with the stamp of ``sync``, retired or not, by anchor and key.

    What cannot be written, or became a mailbox, is a conflict: that somebody else has to look at. What ``agreed`` knows
    and does not stand there any more is to be forgotten. ``held`` is read once.
    """
    agreed = agreed or {}
    found = sorted(
        ((one.stamp.anchor, one.key, one) for one in held if one.stamp and one.stamp.sync == sync),
        key=lambda each: each[:2],
    )
    steps = tuple(
        writable(Step(act=Act.REMOVE, anchor=anchor, why=Why.PURGE, held=one, known=agreed.get(anchor)))
        for anchor, _, one in found
    )
    forget = sorted(agreed.keys() - {anchor for anchor, _, _ in found})
    return Plan(place=place, steps=steps, kept=len(steps), forget=tuple(forget))
