"""What several nodes keep together, in a Redis or Valkey; where it cannot be reached the node is alone at once.

No instant of a node's own clock is ever written down: ages are told by the clock of the store, which is one for all.
Whether that clock goes as it should is watched in service/shared_time.py.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias
from urllib.parse import urlsplit

import structlog

from service.secrets import Secret
from service.shared_bounds import Bound
from service.shared_line import Line, opener
from service.shared_scripts import BEGIN, FORGET, HOLD, LOOK, PUT, STAMP
from service.shared_troubles import AbsurdTimeError, remedy, told

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
LOCK_LIFE: Final = timedelta(seconds=1)
"""Who fetches and shows no sign of life for so long counts as dead."""
NOTE_LIFE: Final = timedelta(seconds=10)
"""How long it is known that fetching brought nothing to share, for those who wait."""
LARGEST: Final = 1 << 20
"""Bytes of one value at most: a larger one is neither written nor believed."""
INSTANTS: Final = range(10**12, 10**13)
"""What a clock can tell, in milliseconds since 1970: the years 2001 to 2286, 13 digits."""

_AT_ONCE = 128  # keys of one call: the store answers nobody else meanwhile
_PATIENCE = 2  # time-outs in a row, each asked after the one before: a single one may be chance
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_PROBE_TIMEOUT = 1.0
_PROBE: Final = b"probe"
_ERA: Final = b"busyline:era"
_KINDS: Final = (b"busyline:value:", b"busyline:lock:", b"busyline:note:")
_Step: TypeAlias = tuple[Sequence[bytes], Sequence[bytes]]  # keys and arguments of one call of a script
logger = structlog.get_logger("busyline.cluster")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: 16 bytes or so, and how many milliseconds old it is at most."""

    key: bytes
    younger_than: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is there: ``value`` as it was put, asked for at ``stamp``; else None, and ``holder`` says who fetches it.

    ``note`` is what the last of several fetches in a row brought that could not be shared, asked for at ``stamp``: for
    those who waited for it, and for nobody else.
    """

    value: bytes | None = None
    stamp: int = 0
    holder: bytes = b""
    note: bytes | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found, in the order wanted, at ``now``: milliseconds since 1970 by the store's own clock.

    ``era`` goes on as long as nobody has noticed that this clock was set; b"" where none has begun. What was put in
    another era is not found.
    """

    now: int
    found: list[Found]
    era: bytes = b""


@dataclass(frozen=True, slots=True)
class Entry:
    """What to put: ``value`` (None: nothing), asked for at ``stamp``, to live for ``life`` milliseconds from then.

    ``note``, where there is no value: what was fetched and is told to those who wait, if it comes to that.
    """

    key: bytes
    value: bytes | None
    stamp: int = 0
    life: int = 0
    note: bytes = b""


class SharedStore(Protocol):
    """Bytes by key, shared by nodes that trust one another; nothing here raises, nothing takes longer than a moment."""

    async def look(self, wanted: Sequence[Wanted], *, token: bytes, since: int = 0, waiting: int = 0) -> Seen | None:
        """What is there, asked for at ``since`` or later. What is not is from now on fetched by ``token``, unless
        another does already; or, where ``waiting`` is not 0, unless two fetches in a row have brought nothing to share,
        the last of them after ``waiting``: then there is a note.

        None: the store is away; whoever asks goes on alone.
        """
        ...

    async def put(self, entries: Sequence[Entry], *, token: bytes, era: bytes) -> None:
        """Keep each that was asked for in ``era``, unless that is over, a younger one is there or its life is over, and
        give up what ``token`` holds of them."""
        ...

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        """Show that ``token`` is alive and still fetches these."""
        ...

    async def begin(self, old: bytes, new: bytes) -> bytes | None:
        """End the era ``old``, unless it is over already. The era that is now; None where the store is away."""
        ...


class RedisStore:
    """A SharedStore in the Redis or Valkey at ``url`` (``redis://`` or ``rediss://``), an asynchronous context.

    A call takes ``timeout`` at most, however much is asked for; time in which this process did not listen is not
    counted. After a failure no call is made until a probe in the background has come through; entering tries once, and
    waits a second at most. ``ca`` is a PEM file. ``username`` is meant where there are users.
    """

    def __init__(
        self,
        url: str,
        *,
        password: Secret | None = None,
        username: str | None = None,
        ca: str | None = None,
        timeout: timedelta = timedelta(milliseconds=50),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._open = opener(url, username, password, ca)
        self._line: Line | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._where, self._timeout, self._sleep = _where(url), timeout.total_seconds(), sleep
        self._lock_life, self._note_life = _milliseconds(LOCK_LIFE), _milliseconds(NOTE_LIFE)
        self._missed, self._missed_at = 0, 0.0
        self._reached = asyncio.Event()
        self._reached.set()
        self._probing: asyncio.Task[None] | None = None
        self._trouble = ""
        self.failures = 0

    async def __aenter__(self) -> Self:
        if (trouble := await self._probed()) is not None:
            self._lost(trouble)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reached.clear()
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        self._drop(self._line)
        await asyncio.gather(*self._closing)

    @property
    def up(self) -> bool:
        """Whether it is asked; otherwise this node is alone."""
        return self._reached.is_set()

    @property
    def trouble(self) -> str:
        """Why it is not asked, in words; "" where it is."""
        return "" if self.up else self._trouble

    async def reached(self) -> None:
        """Returns once it is asked."""
        await self._reached.wait()

    async def look(self, wanted: Sequence[Wanted], *, token: bytes, since: int = 0, waiting: int = 0) -> Seen | None:
        """See :class:`SharedStore`."""
        parts = _parts(wanted) or [[]]
        replies = await self._call(LOOK, [self._asking(part, token, since, waiting) for part in parts])
        if replies is None:
            return None
        for part, reply in zip(parts, replies, strict=True):
            if (trouble := _trouble_of(reply, len(part))) is not None:
                self._lost(trouble)
                return None
        if len({reply[1] for reply in replies}) > 1:  # another has begun just now
            return None
        # the instant of the first part: the fetch that follows began after it
        return Seen(replies[0][0], [_read(each) for reply in replies for each in islice(reply, 2, None)], replies[0][1])

    async def put(self, entries: Sequence[Entry], *, token: bytes, era: bytes) -> None:
        """See :class:`SharedStore`."""
        head = [token, era, self._note_life]
        await self._call(PUT, [([e.key for e in part], head + _all_written(part)) for part in _parts(entries)])

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        """See :class:`SharedStore`."""
        await self._call(HOLD, [(part, [token, self._lock_life]) for part in _parts(keys)])

    async def begin(self, old: bytes, new: bytes) -> bytes | None:
        """See :class:`SharedStore`."""
        replies = await self._call(BEGIN, [([], [old, new])])
        return replies[0] if replies and isinstance(replies[0], bytes) else None

    def _asking(self, wanted: Sequence[Wanted], token: bytes, since: int, waiting: int) -> _Step:
        ages = [b"%d" % one.younger_than for one in wanted]
        return [one.key for one in wanted], [token, self._lock_life, b"%d" % since, b"%d" % waiting, *ages]

    async def _call(self, script: str, steps: Sequence[_Step]) -> list[Any] | None:
        """What the script says to each; None where the store is away."""
        if not self._reached.is_set() or self._line is None or not steps:
            return None
        began, bound = asyncio.get_running_loop().time(), Bound(self._timeout)
        try:
            async with bound:
                replies = await _said(self._line, script, steps)
        except TimeoutError as error:
            if bound.heard:
                self._miss(error, began)
            return None
        except Exception as error:  # noqa: BLE001  whatever listens there may say anything, and redis-py raise it
            self._lost(error)
            return None
        self._missed = 0
        return replies

    def _miss(self, error: TimeoutError, began: float) -> None:
        """Count what was asked after it was known of the last one: what was under way with that one adds nothing."""
        if self._missed and began < self._missed_at:
            return
        self._missed, self._missed_at = self._missed + 1, asyncio.get_running_loop().time()
        if self._missed >= _PATIENCE:
            self._lost(error)

    def _lost(self, error: Exception, *, idle: bool = False) -> None:
        """Go on alone, until a probe comes through. ``idle``: it may be no more than that nothing was said for long."""
        if not self.up:
            return
        self._reached.clear()
        self._drop(self._line)
        self._line = None
        self._trouble = f"{self._where}: {told(error)}"
        if not idle:
            self._tell(error)
        self._probing = asyncio.get_running_loop().create_task(self._come_back(0.0 if idle else _FIRST_PAUSE))

    def _tell(self, error: Exception) -> None:
        self.failures += 1
        kind = type(error).__name__
        logger.warning("cluster_lost", where=self._where, what=told(error), kind=kind, mend=remedy(error))

    async def _come_back(self, pause: float) -> None:
        told_of = pause > 0
        while True:
            await self._sleep(pause)
            trouble = await self._probed()
            if trouble is None:
                break
            if not told_of:
                self._tell(trouble)
            self._trouble, told_of = f"{self._where}: {told(trouble)}", True
            pause = min(max(pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._missed, self._trouble = 0, ""
        self._reached.set()
        if told_of:
            logger.info("cluster_back", where=self._where)

    async def _probed(self) -> Exception | None:
        """Why it cannot be used; None where everything that is done with it has come through, by a new line."""
        line: Line | None = None
        try:
            async with asyncio.timeout(max(_PROBE_TIMEOUT, self._timeout)):
                line = await Line.opened(self._open, self._ended)
                trouble = await self._tried(line)
        except Exception as error:  # noqa: BLE001  as above
            trouble = error
        except BaseException:
            self._drop(line)
            raise
        if trouble is None:
            self._line = line
        else:
            self._drop(line)
        return trouble

    async def _tried(self, line: Line) -> Exception | None:
        await line.said([("TIME",)])  # a short one: it may be that it wants a password
        (reply,) = await _said(line, LOOK, [self._asking([Wanted(_PROBE, 0)], _PROBE, 0, 0)])
        if (trouble := _trouble_of(reply, 1)) is not None:
            return trouble
        entry = Entry(_PROBE, b"", reply[0], 1000)
        await _said(line, PUT, [([_PROBE], [_PROBE, reply[1], self._note_life, *_written(entry)])])
        await _said(line, FORGET, [([_PROBE], [])])
        return None

    def _ended(self, error: Exception, idle: bool) -> None:
        if self._line is not None:
            self._lost(error, idle=idle)

    def _drop(self, line: Line | None) -> None:
        if line is not None:
            task = asyncio.get_running_loop().create_task(line.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


async def _said(line: Line, script: str, steps: Sequence[_Step]) -> list[Any]:
    """What the script says to each of ``steps``, which go together: however many, it is one round trip."""
    from redis.exceptions import NoScriptError  # noqa: PLC0415  an extra

    name = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
    try:
        return await line.said([("EVALSHA", name, *_spelt(step)) for step in steps])
    except NoScriptError:
        return await line.said([("EVAL", script, *_spelt(step)) for step in steps])


def _spelt(step: _Step) -> list[Any]:
    keys, args = step
    names = [kind + key for kind in _KINDS for key in keys]
    return [len(names) + 1, *names, _ERA, *args]


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"


def _milliseconds(life: timedelta) -> bytes:
    return b"%d" % (life // timedelta(milliseconds=1))


def _parts(things: Sequence[Any]) -> list[Sequence[Any]]:
    return [things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE)]


def _trouble_of(reply: Any, count: int) -> Exception | None:
    """Why this is no answer of LOOK for so many keys; None where it is one."""
    if not isinstance(reply, list) or len(reply) != count + 2 or not isinstance(reply[0], int):
        return ValueError("not the answer to what was asked")
    if not all(isinstance(each, bytes) for each in islice(reply, 1, None)):
        return ValueError("not the answer to what was asked")
    return None if reply[0] in INSTANTS else AbsurdTimeError()


def _read(reply: bytes) -> Found:
    if reply[:1] == b"-":
        return Found(holder=reply[1:])
    told = reply[:1] == b"!"
    stamp, content = reply[told : STAMP + told], reply[STAMP + told :]
    if len(stamp) < STAMP or not stamp.isdigit() or len(content) > LARGEST:
        return Found()  # nobody holds it, and what is there cannot be read: whoever asks fetches it
    return Found(stamp=int(stamp), note=content) if told else Found(content, int(stamp))


def _all_written(entries: Sequence[Entry]) -> list[bytes]:
    return list(chain.from_iterable(map(_written, entries)))


def _written(entry: Entry) -> tuple[bytes, bytes, bytes, bytes]:
    """Stamp, life, value and note as PUT takes them; a life of nought puts nothing."""
    stamp, note = b"%0*d" % (STAMP, entry.stamp), entry.note if len(entry.note) <= LARGEST else b""
    if entry.value is None or len(entry.value) > LARGEST:
        return stamp, b"0", b"", note
    return stamp, b"%d" % entry.life, entry.value, b""
