"""Makes each caller's part: what it may do, and the desk that serves it; and a desk for somebody who is no caller."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from protocols.ews.manner import EXCHANGE, Manner
from protocols.model.mailbox import Mailbox
from proxy.automatic_replies import Replies, Source
from proxy.connector import Connector
from proxy.crowded import Crowded
from proxy.federation import Federation, Observer
from proxy.fragments import Fragments
from proxy.fronts.desk import Desk
from proxy.hops import Loopless
from proxy.layers.veil import Veil
from proxy.ledger.witness import Witness
from proxy.manners import manner_of
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.wiring.automatic_replies import replies_of
from proxy.wiring.directories import Directories
from routing.policy import Policy
from routing.rules import Rule, Rules
from routing.ways import Ways

_GRACE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One caller's part: what it may do, and how it is served."""

    policy: Policy
    desk: Desk


class Federations:
    """All connectors as one: callers with one deadline, and with the same connectors never asked for them, share one.

    ``observer`` sees what came by every way of a mailbox. ``stack`` closes them.
    """

    def __init__(
        self,
        ways: Ways,
        connectors: Mapping[str, Connector],
        stack: AsyncExitStack,
        *,
        observer: Observer | None = None,
    ) -> None:
        self._ways, self._connectors, self._stack, self._observer = ways, connectors, stack, observer
        self._known: dict[tuple[timedelta, frozenset[str]], Federation] = {}

    def of(self, deadline: timedelta, never_via: Collection[str] = ()) -> Federation:
        """The one that callers with this ``deadline`` share. Raises ValueError: see Federation."""
        key = deadline, frozenset(never_via)
        if (found := self._known.get(key)) is None:
            found = self._known[key] = Federation(
                ways=self._ways,
                connectors=self._connectors,
                deadline=deadline,
                never_via=never_via,
                observer=self._observer,
            )
            self._stack.push_async_callback(partial(found.close, grace=_GRACE))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Makes desks; this is what all of them share.

    ``directories`` bring the ways and the clock, and know what goes in circles. ``replies``: the automatic replies by
    connector. ``refuses``: a question for which no connector had a turn is refused as a whole, with words of when to
    come again, as callers want it; an operator wants each answer instead.
    """

    settings: ProxySettings
    rules: tuple[Rule, ...]
    federations: Federations
    directories: Directories
    replies: Mapping[str, Source]
    fragments: Fragments
    witness: Witness | None
    refuses: bool

    def own(self, caller: CallerSettings) -> Own:
        """The part of ``caller``."""
        policy = Policy(
            may_ask=caller.may_ask,
            sees=caller.sees,
            unknown_as=caller.unknown_as,
            rooms=self.settings.rooms.match,
            rooms_see=caller.rooms_see,
            rules=self._rules_for(caller.name),
        )
        federation = self.federations.of(caller.deadline or self.settings.server.deadline, caller.never_via)
        ways, clock = self.directories.ways, self.directories.clock
        replies = replies_of(caller, policy, ways, self.replies, settings=self.settings, clock=clock)
        return Own(policy=policy, desk=self._desk(policy, federation, manner_of(caller), replies))

    def guests(self, name: str) -> Callable[[Mailbox], Desk]:
        """See :class:`proxy.wiring.house.House`."""
        federation = self.federations.of(self.settings.server.deadline)
        rooms, rules = self.settings.rooms.match, self._rules_for(name)
        may = partial(Policy, unknown_as="unknown", rooms=rooms, rules=rules)
        return lambda mailbox: self._desk(may(may_ask=(mailbox.address,)), federation)

    def _rules_for(self, name: str) -> Rules | None:
        return Rules(self.rules, name, self.directories.ways.table) if self.rules else None

    def _desk(
        self, policy: Policy, federation: Federation, manner: Manner = EXCHANGE, replies: Replies | None = None
    ) -> Desk:
        shared = self.directories
        veil = Veil(federation, policy=policy, table=shared.ways.table, clock=shared.clock)
        groups, rooms = shared.of_caller(veil, policy, federation)
        loopless = Loopless(groups, shared.circles)
        return Desk(
            connector=Crowded(loopless) if self.refuses else loopless,
            manner=manner,
            fragments=self.fragments,
            witness=self.witness,
            rooms=rooms,
            replies=replies,
        )
