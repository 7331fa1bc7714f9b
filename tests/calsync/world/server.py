"""A calendar (or a folder of contacts) in memory: versions, a feed of changes, users, and whatever may go wrong."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from calsync.contents import content as content_of
from calsync.contents import fields
from calsync.items import Content, Fields
from protocols.model.event import Event


class Fault(Enum):
    """What befalls the next call that it fits."""

    LOST_BEFORE = "the request never came"
    LOST_AFTER = "the deed is done and the answer lost"
    THROTTLED = "asks to be left alone"
    LAGGING = "the feed does not tell the last change yet"
    TORN = "the second page never comes"
    EXPIRED = "the token is not good any more"


READS = frozenset({Fault.LAGGING, Fault.TORN, Fault.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One item as the server has it. ``changed_at`` is by its own clock; ``ruined`` cannot be read."""

    content: Content
    version: int
    uid: str
    mark: str = ""
    token: str = ""
    changed_at: datetime
    invited: bool = False
    scribble: str = ""
    ruined: bool = False


@dataclass(slots=True, kw_only=True)
class Server:
    """``skew`` is how far its clock is off; ``meanwhile`` is called just before the next write is looked at; ``mailed``
    counts what a real server would have told attendees of because of *our* requests. ``log`` names what changed, in
    order. ``loud`` servers write places and companies their own way, in capitals; ``shape`` is what they hold of
    anything. ``shut``: for a while the hub may only read. ``held`` names the fields of somebody's own that no hub is
    given; ``taken`` tells of those that a request of ours made others of all the same."""

    name: str
    clock: Callable[[], datetime] = lambda: datetime(2026, 11, 2, 8, tzinfo=UTC)
    skew: timedelta = timedelta()
    loud: bool = False
    shut: bool = False
    shape: Callable[[Content], Content] = lambda content: content
    held: Callable[[Fields], frozenset[str]] = lambda fields: frozenset()
    standing: dict[str, Standing] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    oldest: int = 0
    faults: deque[Fault] = field(default_factory=deque)
    meanwhile: deque[Callable[[], None]] = field(default_factory=deque)
    wire: list[bytes] = field(default_factory=list)
    mailed: int = 0
    taken: list[str] = field(default_factory=list)
    made: int = 0
    version: int = 0
    reads: int = 0
    writes: int = 0

    def fault(self, *fitting: Fault) -> Fault | None:
        """The first fault that waits, if it is one of ``fitting``."""
        return self.faults.popleft() if self.faults and self.faults[0] in fitting else None

    def create(self, content: Content, *, uid: str = "", mark: str = "", token: str = "") -> str:
        """Something new; its key."""
        self.made += 1
        key = f"{self.name}-{self.made}"
        uid = uid or f"{key}@{self.name}.example"
        one = Standing(content=content, version=0, uid=uid, mark=mark, token=token, changed_at=self.clock())
        self._put(key, one)
        return key

    def change(self, key: str, content: Content) -> None:
        """It becomes another."""
        self._put(key, replace(self.standing[key], content=content))

    def bump(self, key: str) -> None:
        """Another version of the same."""
        self._put(key, self.standing[key])

    def set(self, key: str, **others: object) -> None:
        """Anything else of it."""
        self._put(key, replace(self.standing[key], **others))  # type: ignore[arg-type]

    def invite(self, key: str) -> None:
        """Somebody else takes part from now on."""
        one = self.standing[key]
        assert isinstance(one.content, Event)
        meeting = replace(one.content, meeting=True, people=("Bo <bo@elsewhere.example>",))
        self._put(key, replace(one, content=meeting, invited=True))

    def delete(self, key: str) -> None:
        """It goes."""
        del self.standing[key]
        self.log.append(key)

    def merge(self, key: str, content: Content, changes: frozenset[str]) -> None:
        """The fields ``changes`` become as in ``content``, as a request of ours asks for."""
        one = self.standing[key]
        self.mailed += one.invited
        self._put(key, replace(one, content=merged(one.content, fields(content), changes)))
        before, after = fields(one.content), fields(self.standing[key].content)
        held = self.held(before) if not one.mark else frozenset()
        self.taken += [f"{key}: {name}" for name in sorted(held) if before.get(name) != after.get(name)]

    def remove(self, key: str) -> None:
        """It goes because of a request of ours."""
        self.mailed += self.standing[key].invited
        self.delete(key)

    def by_token(self, token: str) -> str | None:
        """The key of what was made with ``token``."""
        return next((key for key, one in self.standing.items() if token and one.token == token), None)

    def heard(self, line: str, body: Fields | None = None) -> None:
        """A request came."""
        text = "\n".join(f'"{name}": {value}' for name, value in (body or {}).items())
        self.wire.append(f"{line}\n\n{text}".encode())

    def expire(self) -> None:
        """No token that was ever given is good any more."""
        self.log.append("")
        self.oldest = len(self.log)

    def _put(self, key: str, one: Standing) -> None:
        self.version += 1
        content = self.shape(one.content)
        if self.loud:
            content = shouted(content)
        now = self.clock() + self.skew
        self.standing[key] = replace(one, content=content, version=self.version, changed_at=now)
        self.log.append(key)


def shouted(content: Content) -> Content:
    """``content`` as a server has it that writes those its own way."""
    if isinstance(content, Event):
        return replace(content, location=content.location.upper())
    return replace(content, company=content.company.upper())


def merged(content: Content, wanted: Mapping[str, str], changes: frozenset[str]) -> Content:
    """``content`` with the fields ``changes`` as ``wanted`` has them."""
    kept = {name: text for name, text in fields(content).items() if name not in changes}
    return content_of(kept | {name: wanted[name] for name in changes if name in wanted})
