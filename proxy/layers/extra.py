"""Says how many calls may be made besides those that are needed: a share of them, saved up for when it matters."""

from typing import Final

_MOST: Final = 16.0  # enough to find one slow mailbox among a hundred, in halves
_AT_ONCE: Final = 8


class Extra:
    """At most ``share`` of the calls, and 16 at first or after a while without any; at most 8 at the same time.

    ``made`` counts them since the start, ``helped`` those that told something before the call they were made beside.
    """

    def __init__(self, share: float) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"no share of the calls: {share}")
        self._share = share
        self._saved = _MOST if share else 0.0
        self._under_way = 0
        self.made = self.helped = 0

    def earn(self) -> None:
        """A call that is needed was made."""
        self._saved = min(self._saved + self._share, _MOST)

    def take(self, calls: int) -> "list[Ticket]":
        """A ticket for each of so many calls, where all of them may be made now; else none."""
        if self._saved < calls or self._under_way + calls > _AT_ONCE:
            return []
        self._saved -= calls
        self._under_way += calls
        self.made += calls
        return [Ticket(self) for _ in range(calls)]

    def lose(self) -> None:
        """What was saved up is gone: the peer has too much to do as it is."""
        self._saved = 0.0

    def ended(self) -> None:
        """One of those under way is not any more; see :meth:`Ticket.hand_back`."""
        self._under_way -= 1


class Ticket:
    """What one call besides is made by."""

    __slots__ = ("_extra",)

    def __init__(self, extra: Extra) -> None:
        self._extra: Extra | None = extra

    def hand_back(self) -> None:
        """The call has ended, or never began. Once is enough."""
        if self._extra is not None:
            self._extra.ended()
            self._extra = None
