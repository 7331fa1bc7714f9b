"""Who a group is that several directories are asked about: what holds for calendars holds for lists of members."""

from collections.abc import Sequence
from typing import Final

from protocols.model.freebusy import Reason
from proxy.directories.book import PLAIN, Membership
from routing.table import Combine

BARRED: Final = Membership(reason=Reason.LOOP)
"""Said of a directory that is not asked, because the caller is never answered by its connector."""


def joined(told: Sequence[Membership], combine: Combine) -> tuple[Membership, ...]:
    """The lists that are the group together, or one PLAIN or one doubt. ``told`` is by leg, in order.

    Each list counts, and a directory in doubt leaves the group in doubt, for it may know more members. Of a MOVE the
    first is the current side: without its list, the other's is doubt. Of FIRST the last one told counts alone. Where
    nobody knows a group, a directory that is barred is nobody's affair but the calendars'.
    """
    if combine is Combine.FIRST:
        last = told[-1] if told else PLAIN
        return (PLAIN,) if last is BARRED else (last,)
    counting = [one for place, one in enumerate(told) if not (place and combine is Combine.MOVE and one is BARRED)]
    lists = tuple(one for one in counting if one.members is not None)
    for one in counting:
        if one.reason is not None and one is not BARRED:
            return (one,)
    if not lists:
        return (PLAIN,)
    if BARRED in counting:
        return (BARRED,)
    if combine is Combine.MOVE and counting[0].members is None:
        return (Membership(source=lists[0].source, reason=Reason.INCOMPLETE),)
    return lists
