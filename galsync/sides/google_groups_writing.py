"""Writes groups of a Google Workspace: with their stamp, and of their members those alone who come or go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from galsync.entries import Entry, Held, Stamp
from galsync.side import Failed, Outcome, Written
from galsync.sides.google_group import described, held_of, stamp_of, version_of
from galsync.sides.google_own_people import KEY
from galsync.steps import Act, Step
from protocols.google import people
from protocols.google.directory import API_URL
from protocols.google.groups import GONE, Group, Groups, Joined
from protocols.google.patience import Pace, patient
from protocols.google.writing import NOT_OURS, STALE, Refusal, tried
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.person import Field

_AT_ONCE: Final = 8  # members; 2,400 questions a minute are allowed, and each takes its time
_TRIES: Final = 5
"""How often a group that was just made is asked for again, with 1, 2, 4 and 8 seconds between."""
_NAMED: Final = 5
_UNWRITTEN: Final = Failed(Reason.FORBIDDEN, "a group of Google's cannot be hidden: it can only be removed")
_NO_STAMP: Final = Failed(Reason.FORBIDDEN, "its anchor cannot stand in a description: nothing was made")
_Changed: TypeAlias = tuple[tuple[str, ...], Refusal | None]
"""The addresses of nobody, and why it went no further."""


@dataclass(frozen=True, slots=True)
class _Members:
    """Who shall come and who shall go."""

    join: Sequence[str] = ()
    leave: Sequence[str] = ()


class GroupWriter:
    """Writes with ``send``, which may write groups and members, for ``sync``: what bears another stamp, or none, is
    never touched. A quota that is used up is waited for."""

    def __init__(self, send: Send, *, sync: str, pace: Pace, api_url: str = API_URL) -> None:
        self._send, self._sync, self._pace, self._url = patient(send, pace), sync, pace, api_url
        self._groups = Groups(send=self._send, api_url=api_url)

    async def write(self, step: Step) -> Outcome:
        """What became of ``step``; see :meth:`galsync.side.Target.write`."""
        if step.act is Act.CREATE and step.entry is not None:
            return await self._create(step.entry)
        if step.held is None or step.act not in (Act.UPDATE, Act.REMOVE):
            return _UNWRITTEN
        group = await self._ours(step, step.held)
        if not isinstance(group, Refusal):
            return await self._update(group, step) if step.act is Act.UPDATE else await self._remove(group)
        return Written() if group is GONE and step.act is Act.REMOVE else _failed(group)

    async def _ours(self, step: Step, held: Held) -> Group | Refusal:
        """The group as it is now, with our stamp and as the plan saw it; GONE where there is none."""
        key = held.key.removeprefix(KEY)
        group = await tried(self._groups.find(key, as_of=self._pace.clock()))
        if group is None:
            return GONE
        if isinstance(group, Refusal):
            return group
        if stamp_of(group) != Stamp(self._sync, step.anchor):
            return NOT_OURS
        return group if held.version in ("", version_of(group)) else STALE

    async def _remove(self, group: Group) -> Outcome:
        refusal = await self._groups.delete(group, as_of=self._pace.clock())
        return _failed(refusal) if refusal else Written()

    async def _create(self, entry: Entry) -> Outcome:
        stamp, address = Stamp(self._sync, entry.anchor), entry.address.address
        name = entry.texts.get(Field.DISPLAY_NAME, "") or address
        description = described(entry.texts.get(Field.NOTES, ""), stamp)
        if stamp_of(Group("", None, description=description)) != stamp:
            return _NO_STAMP
        made = await self._groups.insert(address, name, description, as_of=self._pace.clock())
        if isinstance(made, Refusal):
            return _failed(made)
        return await self._with_members(made, _Members(join=entry.members), fresh=True)

    async def _update(self, group: Group, step: Step) -> Outcome:
        named = {change.field for change in step.changes}
        entry = step.entry
        if entry is None:
            return _UNWRITTEN
        if changes := self._texts(group, entry, named):
            written = await self._groups.patch(group, changes, as_of=self._pace.clock())
            if isinstance(written, Refusal):
                return _failed(written)
            if (refusal := await self._forgotten(group, written)) is not None:
                return _failed(refusal)
            group = written
        if "members" not in named:
            return Written(f"{KEY}{group.key}", version_of(group))
        asked = people.members(self._send, group.key, api_url=self._url, as_of=self._pace.clock())
        there = await tried(asked)
        if isinstance(there, Refusal):
            return _failed(there)
        wanted = {member.lower() for member in entry.members}
        known = {member.lower() for member in step.held.members} if step.held else set[str]()
        leave = sorted(known & {*there} - wanted)  # whoever somebody added meanwhile stays until the next plan
        join = [member for member in entry.members if member.lower() not in there]
        return await self._with_members(group, _Members(join, leave))

    def _texts(self, group: Group, entry: Entry, named: set[str]) -> dict[str, str]:
        """What of the group itself has to be written."""
        changes: dict[str, str] = {}
        if Field.DISPLAY_NAME.value in named:
            changes["name"] = entry.texts.get(Field.DISPLAY_NAME, "") or entry.address.address
        if Field.NOTES.value in named:
            changes["description"] = described(entry.texts.get(Field.NOTES, ""), Stamp(self._sync, entry.anchor))
        if "address" in named:
            changes["email"] = entry.address.address
        has = {"name": group.name, "description": group.description}
        return {key: text for key, text in changes.items() if has.get(key) != text}

    async def _forgotten(self, before: Group, after: Group) -> Refusal | None:
        """A group that gets another address keeps the old one as an alias (unconfirmed): somebody else may want it."""
        old = before.address.address if before.address else ""
        if not old or old not in after.aliases:
            return None
        return await self._groups.drop_alias(after, old, as_of=self._pace.clock())

    async def _with_members(self, group: Group, members: _Members, *, fresh: bool = False) -> Outcome:
        missing, refusal = await self._changed(group.key, members, fresh=fresh)
        if refusal is not None:
            # half of it stands there with the stamp: to be looked at before it is tried again, and not to be made twice
            doubt = refusal.doubt or (fresh and refusal.retry_after is not None)
            return Failed(refusal.reason, refusal.words, refusal.retry_after, doubt)
        return Written(held_of(group).key, version_of(group), missing)

    async def _changed(self, key: str, members: _Members, *, fresh: bool) -> _Changed:
        missing: list[str] = []
        outside: list[str] = []
        for start in range(0, len(members.join), _AT_ONCE):
            part = members.join[start : start + _AT_ONCE]
            told = await self._joined(key, part, fresh=fresh)
            for address, one in zip(part, told, strict=True):
                if isinstance(one, Refusal):
                    return tuple(missing), one
                if one is Joined.CIRCLE:
                    words = f"{address} would have the group for a member of itself: Google takes no circles"
                    return tuple(missing), Refusal(Reason.FORBIDDEN, words)
                missing += [address] if one is Joined.NOBODY else []
                outside += [address] if one is Joined.NOT_TAKEN else []
            fresh = False
        for start in range(0, len(members.leave), _AT_ONCE):
            calls = [self._left(key, address) for address in members.leave[start : start + _AT_ONCE]]
            if refusals := list(filter(None, await asyncio.gather(*calls))):
                return tuple(missing), refusals[0]
        return tuple(missing), _not_taken(outside) if outside else None

    async def _joined(self, key: str, addresses: Sequence[str], *, fresh: bool) -> Sequence[Joined | Refusal]:
        """Several at once; of a group that was just made, once Google knows of it everywhere."""
        joining: list[Callable[[], Awaitable[Joined | Refusal]]] = [self._joining(key, each) for each in addresses]
        told = await asyncio.gather(*(join() for join in joining))
        for number in range(_TRIES - 1 if fresh else 0):
            if GONE not in told:
                break
            await self._pace.sleep(2**number)
            told = await asyncio.gather(*(join() for join in joining))
        return told

    def _joining(self, key: str, address: str) -> Callable[[], Awaitable[Joined | Refusal]]:
        return lambda: self._groups.join(key, address, as_of=self._pace.clock())

    async def _left(self, key: str, address: str) -> Refusal | None:
        return await self._groups.leave(key, address, as_of=self._pace.clock())


def _not_taken(addresses: Sequence[str]) -> Refusal:
    domains = sorted({address.rpartition("@")[2] for address in addresses})
    told = ", ".join(domains[:_NAMED]) + (" and others" if len(domains) > _NAMED else "")
    words = (
        f"Google takes no members of {told} into the group ({len(addresses)} left out): allow members from outside the"
        " organisation (Admin console, Apps, Google Workspace, Groups for Business, Sharing settings) or leave them out"
    )
    return Refusal(Reason.FORBIDDEN, words)


def _failed(refusal: Refusal) -> Failed:
    return Failed(refusal.reason, refusal.words, refusal.retry_after, refusal.doubt)
