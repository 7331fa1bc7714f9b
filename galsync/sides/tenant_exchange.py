"""Organization relationships and the sharing policy of a tenant's Exchange, by cmdlet, as pieces of a pair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from galsync.pairs.past import NOTHING_YET, Past
from galsync.pairs.pieces import Back, Part, Stands
from galsync.side import Failed, Written
from galsync.sides.tenant_failures import failed
from galsync.steps import Change
from protocols.errors import PeerError
from protocols.graph import organization_relationships as relationships
from protocols.graph import sharing_policies
from protocols.graph.cmdlets import Endpoint
from protocols.graph.organization_relationships import Relationship
from protocols.graph.sharing_policies import SharingPolicy
from protocols.http import Send
from protocols.model.freebusy import Reason

_LEFT = "somebody changed it since: it is left as it is"
_LEVEL: Final = "FreeBusyAccessLevel"
_MORE: Final = (
    *("MailTipsAccessEnabled", "MailboxMoveEnabled", "PhotosEnabled"),
    *("ArchiveAccessEnabled", "DeliveryReportEnabled"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The Exchange of one end, and the partner's domain; ``end`` is the end in words, ``name`` what we call ours."""

    end: str
    send: Send
    endpoint: Endpoint
    clock: Callable[[], datetime]
    partner: str
    name: str

    def key(self, what: str) -> str:
        """The key of a piece of it."""
        return f"{self.end.partition(' ')[0]}/{what}/{self.partner}"

    async def every(self) -> Sequence[Relationship] | PeerError:
        """All relationships."""
        return await relationships.relationships(self.send, self.endpoint, as_of=self.clock())

    def naming(self, told: Sequence[Relationship]) -> list[Relationship]:
        """Those that name the partner's domain."""
        return relationships.naming(told, [self.partner])


class RelationshipPiece:
    """The organization relationship with the partner: ours is made where none names its domain yet.

    Without ``detail`` ours goes, since it would win over a policy. ``past`` says how we left it.
    """

    part = Part.SHARING

    def __init__(self, at: Exchange, detail: str, past: Past = NOTHING_YET) -> None:
        self._at, self._detail, self._past = at, detail, past
        self.key = at.key("relationship")
        self.title = f"{at.end}: an organization relationship with {at.partner}"

    async def read(self) -> Stands:
        """Ours, else whichever names the partner's domain; "" for none."""
        every = await self._at.every()
        if isinstance(every, PeerError):
            return failed(every)
        told = self._at.naming(every)
        ours = [each for each in told if each.name == self._at.name]
        return next((each.text for each in (*ours, *told)), "")

    def shall(self, was: str) -> str:
        """One that is there is left as it is; ours shows what is wanted by now, unless somebody changed it."""
        there = Relationship.read(was) if was else None
        if not self._detail:
            return "" if there is None or there.name == self._at.name else was
        if there is None:
            return relationships.wanted(self._at.name, [self._at.partner], self._detail).text
        shows = there.settings.get(_LEVEL)
        if there.name != self._at.name or shows == self._level or shows != self._left_at():
            return was
        return replace(there, settings={**there.settings, _LEVEL: self._level}).text

    @property
    def _level(self) -> str:
        return relationships.LEVELS[self._detail]

    def _left_at(self) -> object:
        """What ours was to show when we wrote it last."""
        dids = [Relationship.read(did) for _, did in self._past.of(self.key) if did]
        return next((each.settings.get(_LEVEL) for each in reversed(dids) if each.name == self._at.name), None)

    def same(self, one: str, other: str) -> bool:
        """All of its settings."""
        return one == other

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """Its settings."""
        return tuple(
            Change(name, _words(before), _words(after))
            for name, before, after in _differing(_settings(was), _settings(shall))
        )

    def notes(self, was: str) -> tuple[str, ...]:
        """One that is there and does not count, or shows something else than is wanted."""
        there = Relationship.read(was) if was and self._detail else None
        if there is None:
            return ()
        if not there.enabled:
            return (f"{there.name} is disabled, and stays so",)
        shows = there.settings.get(_LEVEL)
        if shows == self._level or self.shall(was) != was:
            return ()
        return (f"{there.name} shows {shows}, not {self._level}: that was not set by this pair, and stays so",)

    async def write(self, now: str, shall: str) -> Written | Failed:
        """Make it, change what it shows, or remove it."""
        at = self._at
        if now and shall:
            before, after = Relationship.read(now), Relationship.read(shall)
            error = await relationships.change(at.send, at.endpoint, before, after, as_of=at.clock())
            return failed(error) if error else Written(before.key)
        if not shall:
            gone = await relationships.remove(at.send, at.endpoint, Relationship.read(now), as_of=at.clock())
            return failed(gone) if gone else Written()
        made = await relationships.create(at.send, at.endpoint, Relationship.read(shall), as_of=at.clock())
        return failed(made) if isinstance(made, PeerError) else Written(made.key)

    async def back(self, now: str, *, was: str, did: str) -> Back:
        """Ours goes, or shows what it did, unless somebody changed it. Ours that we removed does not come again."""
        if not did or not now:
            return Back(now)
        there, ours = Relationship.read(now), Relationship.read(did)
        if there.name != ours.name:
            return Back(now)
        if was:
            before = relationships.taken_back(there, was=Relationship.read(was), did=ours)
            return Back(now if before == there else before.text)
        kept = all(there.settings.get(name) == value for name, value in ours.settings.items())
        return Back("") if kept else Back(now, f"{there.name}: {_LEFT}", left=True)


class OldRelationshipsPiece:
    """Organization relationships with the partner that are enabled: they win over the policy, and are disabled, or do
    not name its domain any more where they are for others, too. Ours is none of them."""

    part = Part.SHARING

    def __init__(self, at: Exchange) -> None:
        self._at = at
        self.key = at.key("old-relationships")
        self.title = f"{at.end}: organization relationships with {at.partner}, which win over the policy while enabled"

    async def read(self) -> Stands:
        """All but ours, in order of their keys: one that named the partner's domain before is known again."""
        told = await self._at.every()
        if isinstance(told, PeerError):
            return failed(told)
        return _several([each for each in told if each.name != self._at.name])

    def shall(self, was: str) -> str:
        """None of them counts for the partner."""
        counting = {each.key for each in self._counting(was)}
        gone = [self._at.partner]
        return _several([relationships.without(each, gone) if each.key in counting else each for each in _read(was)])

    def _counting(self, was: str) -> list[Relationship]:
        return [each for each in self._at.naming(_read(was)) if each.enabled]

    def same(self, one: str, other: str) -> bool:
        """All of their settings."""
        return one == other

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """Which are enabled, and for whom."""
        after = {each.key: each for each in _read(shall)}
        found = [(each, after.get(each.key, each)) for each in _read(was)]
        return tuple(
            Change(one.name, _words(old), _words(new))
            for one, other in found
            for old, new in ((one.enabled, other.enabled), (sorted(one.domains), sorted(other.domains)))
            if old != new
        )

    def notes(self, was: str) -> tuple[str, ...]:
        """What else goes with them for the partner."""
        return tuple(
            f"{each.name} does more for {self._at.partner} than free/busy ({told}), and that ends with it"
            for each in self._counting(was)
            if (told := ", ".join(name for name in _MORE if each.settings.get(name) is True))
        )

    async def write(self, now: str, shall: str) -> Written | Failed:
        """One after the other."""
        at, after = self._at, {each.key: each for each in _read(shall)}
        for each in _read(now):
            error = await relationships.change(
                at.send, at.endpoint, each, after.get(each.key, each), as_of=at.clock()
            )  # fmt: skip
            if error:
                return failed(error)
        return Written()

    async def back(self, now: str, *, was: str, did: str) -> Back:
        """Those that were disabled count again, unless somebody changed that since."""
        before, after = ({each.key: each for each in _read(text)} for text in (was, did))
        ours = {key for key, each in before.items() if key in after and after[key] != each}
        shall = [
            relationships.taken_back(each, was=before[each.key], did=after[each.key]) if each.key in ours else each
            for each in _read(now)
        ]
        there = {each.key: each for each in shall}
        lost = sorted(before[key].name for key in ours if key not in there)
        words = [f"{', '.join(lost)} is not there any more"] if lost else []
        stay = (key for key in ours if key in there and self._otherwise(before[key], there[key]))
        if other := sorted(before[key].name for key in stay):
            words.append(f"{', '.join(other)}: {_LEFT}")
        return Back(_several(shall), "; ".join(words))

    def _otherwise(self, before: Relationship, shall: Relationship) -> bool:
        """Whether somebody changed since whom it counts for."""
        return before.enabled != shall.enabled or (self._at.partner in before.domains) != (
            self._at.partner in shall.domains
        )


class IndividualPiece:
    """The default sharing policy: what people may share with people of the partner by themselves."""

    part = Part.SHARING

    def __init__(self, at: Exchange, detail: str, past: Past = NOTHING_YET) -> None:
        self._at, self._detail, self._past = at, detail, past
        self.key = at.key("individual")
        self.title = f"{at.end}: what the sharing policy lets people share with {at.partner}"

    async def read(self) -> Stands:
        """The default policy."""
        told = await sharing_policies.policies(self._at.send, self._at.endpoint, as_of=self._at.clock())
        if isinstance(told, PeerError):
            return failed(told)
        default = next((each.text for each in told if each.default), None)
        return default or Failed(Reason.GARBLED, "no sharing policy is the default one: make one so in Exchange")

    def shall(self, was: str) -> str:
        """The partner's domain is named, where ``detail`` is "" not any more; where somebody else has named it already,
        nothing changes."""
        before, name = SharingPolicy.read(was), self._at.partner
        domains = dict(before.domains)
        if name in domains and self._ours(domains[name]):
            del domains[name]
        after = replace(before, domains=domains)
        after = sharing_policies.wanted(after, [name], self._detail) if self._detail else after
        return was if after == before else after.text

    def _ours(self, actions: tuple[str, ...]) -> bool:
        """Whether the partner's domain stands as we wrote it last."""
        name, told = self._at.partner, [tuple(map(SharingPolicy.read, texts)) for texts in self._past.of(self.key)]
        began = bool(told) and name not in told[0][0].domains
        return began and told[-1][1].domains.get(name) == actions

    def same(self, one: str, other: str) -> bool:
        """Whatever it allows."""
        return one == other or SharingPolicy.read(one) == SharingPolicy.read(other)

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """By domain."""
        before, after = SharingPolicy.read(was).domains, SharingPolicy.read(shall).domains
        return tuple(Change(name, _words(old), _words(new)) for name, old, new in _differing(before, after))

    def notes(self, was: str) -> tuple[str, ...]:
        """A policy that does not count."""
        policy = SharingPolicy.read(was)
        return () if policy.enabled else (f"{policy.name} is disabled, and stays so",)

    async def write(self, now: str, shall: str) -> Written | Failed:
        """By what differs."""
        at, before, after = self._at, SharingPolicy.read(now), SharingPolicy.read(shall)
        error = await sharing_policies.change(at.send, at.endpoint, before, after, as_of=at.clock())
        return failed(error) if error else Written(before.key)

    async def back(self, now: str, *, was: str, did: str) -> Back:
        """What somebody changed since stays."""
        there, before, after = (SharingPolicy.read(text) for text in (now, was, did))
        shall = sharing_policies.taken_back(there, was=before, did=after)
        if shall == there and self._at.partner in there.domains and self._at.partner not in before.domains:
            return Back(now, _LEFT, left=True)
        return Back(now if shall == there else shall.text)


def _several(told: Sequence[Relationship]) -> str:
    return orjson.dumps([each.text for each in sorted(told, key=lambda each: each.key)]).decode()


def _read(text: str) -> list[Relationship]:
    return [Relationship.read(each) for each in orjson.loads(text)]


def _settings(text: str) -> dict[str, Any]:
    return dict(Relationship.read(text).settings) if text else {}


def _differing(was: Any, shall: Any) -> list[tuple[str, Any, Any]]:
    names = sorted({*was, *shall})
    return [(name, was.get(name), shall.get(name)) for name in names if was.get(name) != shall.get(name)]


def _words(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple | frozenset) else str(value)
