"""Judges a hub when all has become quiet: equal, nothing lost, nothing doubled, nobody written to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from calsync.contents import fields
from calsync.items import Content
from calsync.plans.getting import wanted
from calsync.plans.staying import marked
from calsync.rules import Conflict
from service.runs.states import RunState
from tests.calsync.world.people import People, named
from tests.calsync.world.world import World
from tests.contracts.quiet import loud

_SHOUTED: Final = ("location", "company")
_QUIET: Final = 10
"""So many runs without any trouble have to be enough."""
_ENOUGH: Final = 2
"""After so many with nothing to do it stays so: after the first one somebody's own may stand for itself again; the
second one reads all whole, and finds whatever nobody knows any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """``counting``: every edit counts, as the rules are and always were; ``whole``: the ledger was never lost."""

    world: World
    people: People
    counting: bool
    whole: bool

    async def verdict(self) -> dict[str, list[str]]:
        """What is wrong, by sort: nothing at all, if all is well."""
        await self._calm()
        found = {
            "unsettled": await self._settled(),
            "doubled": self._doubled(),
            "invited": self._invited(),
            "taken": [f"{each.name}: {line}" for each in self.world.servers.values() for line in each.taken],
            "unequal": await self._unequal(),
            "lost": await self._lost() if self.counting else [],
            "raised": self._raised() if self.counting and self.whole else [],
        }
        return {sort: words for sort, words in found.items() if words}

    async def _calm(self) -> None:
        for server in self.world.servers.values():
            server.faults.clear()
            server.meanwhile.clear()

    async def _settled(self) -> list[str]:
        report, quiet = None, 0
        for _ in range(_QUIET):
            report = await self.world.sync(whole=quiet > 0)
            quiet = quiet + 1 if report is not None and report.state is RunState.DONE and not report.steps else 0
            if quiet == _ENOUGH:
                return []
        assert report is not None
        return [f"{report.state}: {report.words}", *map(repr, report.steps)]

    def _doubled(self) -> list[str]:
        """Of what stands there twice. A copy to which somebody asked others stays for good, beside whatever comes in
        its place."""
        if self.world.rules.conflicts is Conflict.BOTH or not self.counting:
            return []
        return [
            f"{name}: {item} stands there {count} times"
            for name, server in self.world.servers.items()
            for item, count in Counter(
                named(one) for one in server.standing.values() if not (one.invited and one.mark)
            ).items()
            if count > 1 and item not in self.people.apart
        ]

    def _invited(self) -> list[str]:
        servers = self.world.servers.values()
        return [f"{each.name}: {each.mailed} mails" for each in servers if each.mailed] + [
            line for each in servers for line in loud(each.wire)
        ]

    async def _unequal(self) -> list[str]:
        """What is not as the ledger says that it shall be, and, where everything is given and allowed, what is not the
        same everywhere."""
        words: list[str] = []
        gets = {spoke.name: spoke.gets for spoke in self.world.rules.spokes}
        async for some in self.world.ledger.everything(self.world.rules.name):
            for agreed in some:
                for link in agreed.links.values():
                    one = self.world.servers[link.spoke].standing.get(link.key)
                    if link.left or link.guarded or agreed.ended or not link.version:
                        continue
                    ability = self.world.spokes[link.spoke].ability
                    made = link.made and link.spoke != agreed.origin
                    shall, _ = wanted(agreed.fields, gets[link.spoke], ability, self.world.rules.kind, made=made)
                    stands = _plain(fields(one.content)) if one else None
                    if made and (stands is None or not _is_as(stands, _plain(shall or {}))):
                        words.append(f"{link.spoke}: {link.key} is {stands}, shall be {shall}")
        return words + (self._different() if self.counting else [])

    def _different(self) -> list[str]:
        if self.world.rules.conflicts is Conflict.BOTH:
            return []
        servers = self.world.servers
        stands = {name: {named(one): one.content for one in each.standing.values()} for name, each in servers.items()}
        items = {item for there in stands.values() for item in there} - self.people.free
        words = []
        for item in sorted(items):
            one = stands["north"].get(item)
            told = {name: _content(there.get(item)) for name, there in stands.items()}
            shall = {name: _content(one and servers[name].shape(one)) for name in stands}
            if told != shall:
                words.append(f"{item}: " + ", ".join(f"{name} {each}" for name, each in told.items()))
        return words

    async def _lost(self) -> list[str]:
        book = self.people.book
        kept = {
            value
            for server in self.world.servers.values()
            for one in server.standing.values()
            for value in book(named(one), fields(one.content))
        }
        for row in await self.world.ledger.clashes(self.world.rules.name, most=10_000):
            told = ({row.clash.what: text} for text in (row.clash.kept, row.clash.lost))
            clashed = {(value.name, value.text) for each in told for value in book("", each)}
            kept |= {value for value in self.people.typed if (value.name, value.text) in clashed}
        return [
            f"{value} = {value.text}"
            for value in sorted(self.people.typed)
            if value.item not in self.people.free and value not in kept
        ]

    def _raised(self) -> list[str]:
        """What somebody threw away, after which nobody typed anything, and which stands there all the same. Where two
        had entered the same, the one of them goes on."""
        own = {named(one) for server in self.world.servers.values() for one in server.standing.values() if not one.mark}
        living = {value.item for value in self.people.typed} | self.people.blank | self.people.free
        living |= self.people.twice & own
        return [
            f"{name}: {named(one)} was deleted"
            for name, server in self.world.servers.items()
            for one in server.standing.values()
            if named(one) not in living
        ]


def _content(content: Content | None) -> Mapping[str, str] | None:
    return None if content is None else _plain(fields(content))


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    """As far as it counts here: a server may write a place or a company in capitals."""
    return {name: text.lower() if name in _SHOUTED else text for name, text in texts.items() if name != "people"}


def _is_as(stands: Mapping[str, str], shall: Mapping[str, str]) -> bool:
    """But for a mark as private that somebody put on a copy: it stays there where its origin would not give it then."""
    names = {*stands, *shall}
    return all(stands.get(name) == shall.get(name) or marked(name, stands.get(name), shall.get(name)) for name in names)
