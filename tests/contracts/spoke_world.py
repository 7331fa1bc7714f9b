"""What the tests of a spoke stand on: the stage with its user on the other side, and a reader with a memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, Protocol, TypeVar

from calsync.items import Content, Item, Mark, Unread
from calsync.spoke import Ability, Act, ExpiredError, Failed, Outcome, Spoke, Write, Written
from protocols.model.card import Card
from protocols.model.event import Event, Occurrence, Response
from protocols.model.window import TimeWindow

NOW: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
"""A Monday; what the clock of a stage shows when it begins."""
WINDOW: Final = TimeWindow(NOW - timedelta(days=183), NOW + timedelta(days=366))
HUB: Final = "merger"

C_contra = TypeVar("C_contra", bound=Event | Card, contravariant=True)
C = TypeVar("C", bound=Event | Card)


class User(Protocol[C_contra]):
    """Somebody who works in the calendar (or the folder) itself, without us. Keys are those that the spoke tells."""

    async def create(self, content: C_contra) -> str:
        """Enter something new; its key."""
        ...

    async def change(self, key: str, content: C_contra) -> None:
        """Make what stands there equal to ``content``."""
        ...

    async def delete(self, key: str) -> None:
        """Throw it away."""
        ...

    async def invite(self, key: str) -> None:
        """Ask somebody else to come (calendars only)."""
        ...

    async def scribble(self, key: str, text: str) -> None:
        """Set something there that the hub knows nothing of (a colour, a property of another program)."""
        ...

    async def scribbled(self, key: str) -> str:
        """What is set there; "" for nothing."""
        ...

    async def spoil(self) -> str:
        """Put something there that nobody can read; its key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Generic[C]):
    """``wire`` gives each request that the spoke has sent, as ``METHOD URL``, an empty line, and its body; ``expire``
    makes all tokens that were ever given worthless."""

    spoke: Spoke
    user: User[C]
    wire: Callable[[], Sequence[bytes]]
    expire: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a reading told: what stands there that was not known so, and what is surely gone."""

    items: Mapping[str, Item]
    gone: frozenset[str]
    unread: Mapping[str, Unread]


@dataclass(slots=True)
class Reader:
    """Reads a spoke as the engine does: from its token on, with a memory of versions, and a look at what is missing."""

    spoke: Spoke
    window: TimeWindow = WINDOW
    token: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def note(self, item: Item) -> Item:
        """What was written is known from then on."""
        self.versions[item.key] = item.version
        return item

    async def news(self) -> News:
        """What is new since the last time. Raises ExpiredError."""
        items: dict[str, Item] = {}
        unread: dict[str, Unread] = {}
        gone: set[str] = set()
        missing: set[str] = set()
        whole, token = False, ""
        async for page in self.spoke.changes(self.token, self._known, self.window):
            items |= {item.key: item for item in page.items}
            unread |= {each.key: each for each in page.unread}
            gone |= set(page.gone)
            missing |= set(page.missing)
            whole, token = whole or page.whole, page.token
        if whole:
            missing |= set(self.versions) - set(items) - set(unread)
        looked = await self.spoke.look(sorted(missing)) if missing else {}
        gone |= {key for key in missing if looked[key] is None}
        items |= {key: found for key, found in looked.items() if isinstance(found, Item)}
        self.token = token
        return self._told(items, gone, unread)

    async def anew(self) -> News:
        """What is new, read whole where the token is not good any more."""
        try:
            return await self.news()
        except ExpiredError:
            self.token = ""
            return await self.news()

    async def _known(self) -> Mapping[str, str]:
        return dict(self.versions)

    def _told(self, items: Mapping[str, Item], gone: Iterable[str], unread: Mapping[str, Unread]) -> News:
        new = {key: item for key, item in items.items() if self.versions.get(key) != item.version}
        went = frozenset(key for key in gone if key in self.versions)
        self.versions |= {key: item.version for key, item in items.items()}
        for key in went:
            del self.versions[key]
        return News(items=new, gone=went, unread=unread)


def token(number: int) -> str:
    """The token of a copy: a UUID as text, the same for the same number."""
    return f"5bd0a3c4-0000-4000-8000-{number:012x}"


def creation(content: Content, number: int = 1) -> Write:
    """A copy of our item ``number``."""
    return Write(act=Act.CREATE, content=content, mark=Mark(HUB, f"item{number}").text, token=token(number))


def update(item: Item, content: Content, *changes: str) -> Write:
    """The fields ``changes`` of what stands there as ``item``."""
    return Write(
        act=Act.UPDATE,
        content=content,
        mark=item.mark,
        key=item.key,
        version=item.version,
        changes=frozenset(changes),
    )


def deletion(item: Item) -> Write:
    """What stands there as ``item`` goes."""
    return Write(act=Act.DELETE, mark=item.mark, key=item.key, version=item.version)


async def done(spoke: Spoke, write: Write) -> Item:
    """What stands there after ``write``, which has to succeed."""
    [outcome] = await spoke.write([write])
    assert isinstance(outcome, Written), outcome
    assert outcome.item is not None
    return outcome.item


async def failed(spoke: Spoke, write: Write) -> Failed:
    """Why ``write`` was not done, which has to fail."""
    outcome: Outcome
    [outcome] = await spoke.write([write])
    assert isinstance(outcome, Failed), outcome
    assert outcome.words
    return outcome


async def standing(spoke: Spoke, key: str) -> Item:
    """What stands under ``key``, which has to be there and readable."""
    found = (await spoke.look([key]))[key]
    assert isinstance(found, Item), found
    return found


async def removed(spoke: Spoke, write: Write) -> None:
    """What is deleted is answered by Written(None)."""
    [outcome] = await spoke.write([write])
    assert outcome == Written(None)


_NOT_WRITTEN: Final[Mapping[str, Any]] = {"people": (), "meeting": False, "response": Response.NONE, "cancelled": False}


def bare(content: object) -> object:
    """Without what is read and never written."""
    return replace(content, **_NOT_WRITTEN) if isinstance(content, Event) else content


def holdable(ability: Ability, content: C) -> C | None:
    """What of ``content`` the spoke says that it can hold; None where nothing."""
    able = content
    if ability.fields is not None:
        names = {"exceptions": "at", "phones": "phone", "places": "place"}
        lost = [each for each in fields(content) if names.get(each.name, each.name) not in ability.fields]
        bare = type(content)(when=content.when) if isinstance(content, Event) else Card()
        able = replace(content, **{each.name: getattr(bare, each.name) for each in lost if each.name != "when"})
        if isinstance(able, Event):
            plain = {each.name: None for each in fields(Occurrence) if each.name not in (ability.fields | {"when"})}
            told = able.exceptions.items()
            kept = {start: replace(one, **plain) if one else None for start, one in told}  # type: ignore[arg-type]
            able = replace(able, exceptions=kept)
    fitting, words = ability.fit(able)
    assert (fitting is None) == bool(words), words
    return fitting  # type: ignore[return-value]
