"""Who may ask about whom, and how much they see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache
from typing import Literal

from protocols.model.freebusy import Detail, Reason
from protocols.model.mailbox import Mailbox
from routing.names import Names, known_as
from routing.patterns import Patterns, canonical_pattern
from routing.rules import LEVEL_KEYS, Mask, Rules, Ruling, Said
from routing.table import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one caller may do. The defaults are the narrow ones.

    ``may_ask``: addresses, domains, ``*.domain``, or ``*`` for everybody. ``sees``: the most shown of a person,
    ``rooms_see`` of a room (a room's subjects are organisers' names). ``rooms``: addresses with ``*`` as wildcard,
    matched against the address asked and the one the connector knows. ``unknown_as``: how doubtful time is
    shown; "unknown" for whoever can say so. ``rules``: of whom it sees less or more than that.
    Raises ValueError for what is no pattern.
    """

    may_ask: tuple[str, ...] = ()
    sees: Detail = Detail.BUSY
    unknown_as: Literal["error", "busy", "unknown"] = "error"
    rooms: tuple[str, ...] = ()
    rooms_see: Detail = Detail.BUSY
    rules: Rules | None = None
    _may_ask: Patterns[str] = field(init=False, repr=False, compare=False)
    _rooms: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        patterns = {canonical_pattern(text) for text in self.may_ask}
        object.__setattr__(self, "_may_ask", Patterns({pattern: pattern for pattern in patterns}))
        object.__setattr__(self, "_rooms", _any_of(self.rooms))

    def rule_for(self, mailbox: Mailbox) -> str | None:
        """The most particular entry of ``may_ask`` that fits the mailbox; None: it may not be asked about."""
        return self._may_ask.find(mailbox)

    def is_room(self, mailbox: Mailbox, route: Route, names: Names | None = None) -> bool:
        """Whether the mailbox counts as a room, by any of its ``names``: without them, its own and the connectors'."""
        if route.rooms or (names is not None and names.is_room(mailbox)):
            return True
        if self._rooms is None:
            return False
        named = names.of(mailbox) if names is not None else {mailbox.address, *known_as(mailbox, route)}
        return any(map(self._rooms.match, named))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of one mailbox: ``reason`` where it is not allowed, and the rule in words.

    ``mask``: what is hidden of the mailbox; None: nothing. ``may_ask``: the entry that allows it. ``said``: which
    rules have a part in it, that which gives ``detail`` first; where none gives it, the caller's own section does.
    """

    allowed: bool
    detail: Detail
    reason: Reason | None
    rule: str
    mask: Mask | None = None
    may_ask: str = ""
    room: bool = False
    said: tuple[Said, ...] = ()


def judge(policy: Policy, mailbox: Mailbox, route: Route | None, names: Names | None = None) -> Verdict:
    """May ``policy``'s caller ask about ``mailbox``, which ``route`` would answer for, and how much may it see.

    ``names`` tell under which other addresses it is known, which counts for rooms.

    Permission comes first: who may not ask learns nothing of routes.
    """
    rule = policy.rule_for(mailbox)
    if rule is None:
        return _FORBIDDEN
    if route is None:
        return _NO_ROUTE
    room = policy.is_room(mailbox, route, names)
    own = policy.rooms_see if room else policy.sees
    ruling = policy.rules.ruling(mailbox, own, room=room) if policy.rules is not None else None
    if ruling is None:
        return _allowed(rule, own, room)
    return _ruled(rule, room, ruling)


_FORBIDDEN = Verdict(False, Detail.BUSY, Reason.FORBIDDEN, "no entry of may_ask fits this mailbox")
_NO_ROUTE = Verdict(False, Detail.BUSY, Reason.NO_ROUTE, "no route fits this mailbox")


@lru_cache(maxsize=4096)
def _allowed(rule: str, detail: Detail, room: bool) -> Verdict:
    return Verdict(True, detail, None, _words(rule, detail, room), may_ask=rule, room=room)


@lru_cache(maxsize=4096)
def _ruled(rule: str, room: bool, ruling: Ruling) -> Verdict:
    words = _words(rule, ruling.detail, room)
    if ruling.said and ruling.said[0].key in LEVEL_KEYS:
        words += f", as rules[{ruling.said[0].rule}] says"
    return Verdict(True, ruling.detail, None, words, mask=ruling.mask, may_ask=rule, room=room, said=ruling.said)


def _words(rule: str, detail: Detail, room: bool) -> str:
    return f"may_ask {rule} allows it; of {'a room' if room else 'a person'} this caller sees {detail.value}"


def _any_of(globs: Iterable[str]) -> re.Pattern[str] | None:
    alternatives = [translate(glob.strip().lower()) for glob in globs]
    return re.compile("|".join(alternatives)) if alternatives else None
