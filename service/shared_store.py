"""What several nodes keep together, in a Redis or Valkey; where it cannot be reached the node is alone at once.

No instant of a node's own clock is ever written down: ages are told by the clock of the store, which is one for all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeAlias
from urllib.parse import unquote, urlsplit

import structlog

from service.secrets import Secret
from service.shared_scripts import FORGET, HOLD, LOOK, PUT, STAMP
from service.shared_troubles import remedy, told

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
LOCK_LIFE: Final = timedelta(seconds=1)
"""Who fetches and shows no sign of life for so long counts as dead."""
LARGEST: Final = 1 << 20
"""Bytes of one value at most: a larger one is neither written nor believed."""

_AT_ONCE = 128  # keys of one call: the store answers nobody else meanwhile
_CONNECTIONS = 16
_PATIENCE = 2  # time-outs in a row: the first may be our own stall
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_PROBE_TIMEOUT = 1.0
_PROBE: Final = b"probe"
logger = structlog.get_logger("busyline.cluster")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: 16 bytes or so, and how many milliseconds old it is at most."""

    key: bytes
    younger_than: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is there: ``value`` as it was put, asked for at ``stamp``; else None, and ``holder`` says who fetches it."""

    value: bytes | None = None
    stamp: int = 0
    holder: bytes = b""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found, in the order wanted, at ``now``: milliseconds since 1970 by the store's own clock."""

    now: int
    found: list[Found]


@dataclass(frozen=True, slots=True)
class Entry:
    """What to put: ``value`` (None: nothing), asked for at ``stamp``, to live for ``life`` milliseconds from then."""

    key: bytes
    value: bytes | None
    stamp: int = 0
    life: int = 0


class SharedStore(Protocol):
    """Bytes by key, shared by nodes that trust one another; nothing here raises, nothing takes longer than a moment."""

    async def look(self, wanted: Sequence[Wanted], *, token: bytes) -> Seen | None:
        """What is there. What is not is from now on fetched by ``token``, unless another does already.

        None: the store is away; whoever asks goes on alone.
        """
        ...

    async def put(self, entries: Sequence[Entry], *, token: bytes) -> None:
        """Keep each, unless a younger one is there or its life is over, and give up what ``token`` holds of them."""
        ...

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        """Show that ``token`` is alive and still fetches these."""
        ...


class RedisStore:
    """A SharedStore in the Redis or Valkey at ``url`` (``redis://`` or ``rediss://``), an asynchronous context.

    A call takes ``timeout`` at most. After a failure no call is made until a probe in the background has come through;
    entering tries once, and waits a second at most. ``ca`` is a PEM file. ``username`` is meant where there are users.
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
        self._client = _client(url, username, password, ca, timeout.total_seconds())
        self._scripts: dict[str, AsyncScript] = {
            text: self._client.register_script(text) for text in (LOOK, PUT, HOLD, FORGET)
        }
        self._where, self._timeout, self._sleep = _where(url), timeout.total_seconds(), sleep
        self._lock_life = str(round(LOCK_LIFE / timedelta(milliseconds=1))).encode()
        self._missed = 0
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
        await self._client.aclose()

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

    async def look(self, wanted: Sequence[Wanted], *, token: bytes) -> Seen | None:
        """See :class:`SharedStore`."""
        now, found = 0, list[Found]()
        for part in _parts(wanted):
            ages = [str(one.younger_than).encode() for one in part]
            reply = await self._call(LOOK, [one.key for one in part], [token, self._lock_life, *ages])
            if not _is_seen(reply, len(part)):
                if reply is not None:
                    self._lost(ValueError("not the answer to what was asked"))
                return None
            now = now or reply[0]  # of the first part: the fetch that follows began after it
            found += map(_read, reply[1:])
        return Seen(now, found)

    async def put(self, entries: Sequence[Entry], *, token: bytes) -> None:
        """See :class:`SharedStore`."""
        for part in _parts(entries):
            values = chain.from_iterable(map(_written, part))
            await self._call(PUT, [one.key for one in part], [token, *values])

    async def hold(self, keys: Sequence[bytes], *, token: bytes) -> None:
        """See :class:`SharedStore`."""
        for part in _parts(keys):
            await self._call(HOLD, list(part), [token, self._lock_life])

    async def _call(self, script: str, keys: Sequence[bytes], args: Sequence[bytes]) -> Any:
        """What the script says; None where the store is away."""
        if not self._reached.is_set():
            return None
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self._run(script, keys, args)
        except TimeoutError as error:
            self._missed += 1
            if self._missed >= _PATIENCE:
                self._lost(error)
            return None
        except Exception as error:  # noqa: BLE001  whatever listens there may say anything, and redis-py raise it
            self._lost(error)
            return None
        self._missed = 0
        return reply

    async def _run(self, script: str, keys: Sequence[bytes], args: Sequence[bytes]) -> Any:
        names = [b"busyline:value:" + key for key in keys]
        names += [b"busyline:lock:" + key for key in keys]
        return await self._scripts[script](keys=names, args=args)

    def _lost(self, error: Exception) -> None:
        self.failures += 1
        if not self.up:
            return
        self._reached.clear()
        self._trouble = f"{self._where}: {told(error)}"
        kind = type(error).__name__
        logger.warning("cluster_lost", where=self._where, what=told(error), kind=kind, mend=remedy(error))
        self._probing = asyncio.get_running_loop().create_task(self._come_back())

    async def _come_back(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            await self._sleep(pause)
            trouble = await self._probed()
            if trouble is None:
                break
            self._trouble = f"{self._where}: {told(trouble)}"
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._missed, self._trouble = 0, ""
        self._reached.set()
        logger.info("cluster_back", where=self._where)

    async def _probed(self) -> Exception | None:
        """Why it cannot be used; None where everything that is done with it has come through."""
        try:
            async with asyncio.timeout(max(_PROBE_TIMEOUT, self._timeout)):
                reply = await self._run(LOOK, [_PROBE], [_PROBE, self._lock_life, b"0"])
                if not _is_seen(reply, 1):
                    return ValueError("not the answer of a Redis")
                entry = Entry(_PROBE, b"", reply[0], 1000)
                await self._run(PUT, [_PROBE], [_PROBE, *_written(entry)])
                await self._run(FORGET, [_PROBE], [])
        except Exception as error:  # noqa: BLE001  as above
            return error
        return None


def _client(url: str, username: str | None, password: Secret | None, ca: str | None, timeout: float) -> "Redis":
    """redis-py, without its own retries: a caller waits."""
    from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection  # noqa: PLC0415  an extra
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    parts = urlsplit(url)
    secure: dict[str, Any] = {"ssl_ca_certs": ca, "ssl_check_hostname": True} if parts.scheme == "rediss" else {}
    pool = BlockingConnectionPool(
        max_connections=_CONNECTIONS,
        timeout=timeout,
        connection_class=SSLConnection if secure else Connection,
        host=unquote(parts.hostname or ""),
        port=parts.port or 6379,
        db=int(parts.path.strip("/") or 0),
        username=username,
        password=password.reveal() if password else None,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,  # every call has its own bound
        socket_connect_timeout=None,
        **secure,
    )
    return Redis.from_pool(pool)


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"


def _parts(things: Sequence[Any]) -> Sequence[Sequence[Any]]:
    return [things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE)]


def _is_seen(reply: Any, count: int) -> bool:
    """Whether LOOK answered; whatever else it was is no answer of ours."""
    if not isinstance(reply, list) or len(reply) != count + 1 or not isinstance(reply[0], int):
        return False
    return all(isinstance(each, bytes) for each in islice(reply, 1, None))


def _read(reply: bytes) -> Found:
    if reply[:1] == b"-":
        return Found(holder=reply[1:])
    stamp = reply[:STAMP]
    if len(stamp) < STAMP or not stamp.isdigit() or len(reply) > LARGEST + STAMP:
        return Found()  # nobody holds it, and what is there cannot be read: whoever asks fetches it
    return Found(reply[STAMP:], int(stamp))


def _written(entry: Entry) -> tuple[bytes, bytes, bytes]:
    """Stamp, life and value as PUT takes them; a life of nought puts nothing."""
    if entry.value is None or len(entry.value) > LARGEST:
        return b"0", b"0", b""
    return b"%0*d" % (STAMP, entry.stamp), b"%d" % entry.life, entry.value
