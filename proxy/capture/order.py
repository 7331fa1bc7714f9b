"""How a command tells a running server to capture: an order in a file, and what became of it in another beside it."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

import orjson

from proxy.capture import folder
from proxy.capture.folder import opened_orders

LONGEST: Final = timedelta(days=1)
MOST_REQUESTS: Final = 100_000
_ORDER, _STATE = ".order", ".state"
_LARGEST: Final = 10_000
_ID: Final = re.compile("[0-9a-f]{1,64}")
_FILE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,200})?")
_PART: Final = re.compile(r"\..*\.(order|state)\.[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Capture ``caller`` until ``until`` (aware) or until ``requests`` are kept, MOST_REQUESTS at most.

    ``strangers``: also those who prove nobody, wherever they come from. ``times``: the busy times of answers, too.
    """

    id: str
    caller: str
    until: datetime
    requests: int
    strangers: bool = False
    times: bool = True

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The order that was written, ``until`` in UTC. Raises ValueError for whatever is none."""
        told = _fields(data, cls, {"id": str, "caller": str, "until": str, "requests": int})
        if not _ID.fullmatch(told["id"]) or not 1 <= told["requests"] <= MOST_REQUESTS:
            raise ValueError("no order: its id, or its number of requests")
        until = datetime.fromisoformat(told["until"])
        if until.tzinfo is None:
            raise ValueError("no order: its time has no zone")
        try:
            return cls(**told | {"until": until.astimezone(UTC)})
        except OverflowError:
            raise ValueError("no order: its time is beyond all times") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What became of the order ``id``: how many requests were kept in which file; ``ended`` says why, once it has."""

    id: str
    file: str
    kept: int = 0
    missed: int = 0
    ended: str = ""

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The state that was written. Raises ValueError."""
        told = _fields(data, cls, {"id": str, "file": str})
        if not _FILE.fullmatch(told["file"]):
            raise ValueError("no name of a capture")
        return cls(**told)


def new_id() -> str:
    """Tells an order from the one before it."""
    return secrets.token_hex(8)


def slug(caller: str) -> str:
    """A name for files, different for each caller."""
    plain = re.sub("[^a-z0-9]+", "-", caller.lower()).strip("-")[:40]
    return f"{plain or 'caller'}-{hashlib.sha256(caller.encode()).hexdigest()[:6]}"


def place(directory: Path, order: Order) -> None:
    """Write the order, whole or not at all, readable by its owner alone. Raises OSError."""
    written = asdict(order) | {"until": order.until.isoformat()}
    _write(directory, f"{slug(order.caller)}{_ORDER}", orjson.dumps(written))


def placed(directory: Path) -> Iterator[Order]:
    """The orders that lie there, each by its caller's name; a file that is none is removed, or else overlooked.

    Raises OSError where the directory cannot be read.
    """
    with opened_orders(directory) as orders:
        for name in (name for name in folder.names(orders) if name.endswith(_ORDER)):
            try:
                order = Order.read(folder.small_file(name, orders, _LARGEST))
                if name != f"{slug(order.caller)}{_ORDER}":
                    raise ValueError("somebody else's name")
                yield order
            except ValueError:
                _remove(name, orders)
            except OSError:
                continue  # gone meanwhile, or not for us to read


def withdraw(directory: Path, caller: str) -> None:
    """Take the order back: the server ends the capture within a second or two. Raises OSError."""
    with suppress(FileNotFoundError), opened_orders(directory) as orders:
        os.unlink(f"{slug(caller)}{_ORDER}", dir_fd=orders)


def tell(directory: Path, caller: str, state: State) -> None:
    """Write what became of the order for ``caller``. Raises OSError."""
    _write(directory, f"{slug(caller)}{_STATE}", orjson.dumps(asdict(state)))


def told(directory: Path, caller: str) -> State | None:
    """What became of the last order for ``caller``; None where no server has taken one up. Raises OSError."""
    try:
        with opened_orders(directory) as orders:
            return State.read(folder.small_file(f"{slug(caller)}{_STATE}", orders, _LARGEST))
    except (FileNotFoundError, ValueError):
        return None


def clear(directory: Path) -> None:
    """Make the directories, for their owner alone, and forget every order: a new server begins with none.

    Raises OSError (UnsafeFolderError) where they cannot be made, or others have a say in them.
    """
    folder.make(directory)
    with opened_orders(directory) as orders:
        for name in folder.names(orders):
            if name.endswith((_ORDER, _STATE)) or _PART.fullmatch(name):
                _remove(name, orders)


def _remove(name: str, orders: int) -> None:
    with suppress(OSError):  # a directory, say: it orders nothing, and is nobody's business but who made it
        os.unlink(name, dir_fd=orders)


def _fields(data: bytes, kind: type, needed: Mapping[str, type]) -> dict[str, Any]:
    """What was written, each of the type that it must be. Raises ValueError."""
    value = orjson.loads(data)
    if not isinstance(value, dict) or not value.keys() >= needed.keys():
        raise ValueError(f"no {kind.__name__}")
    for one in fields(kind):
        expected = needed.get(one.name) or type(one.default)
        if one.name in value and type(value[one.name]) is not expected:  # no bool for a number
            raise ValueError(f"no {kind.__name__}: {one.name}")
    if value.keys() - {one.name for one in fields(kind)}:
        raise ValueError(f"no {kind.__name__}: more than is known")
    return value


def _write(directory: Path, name: str, data: bytes) -> None:
    with opened_orders(directory) as orders:
        owner = os.fstat(orders)
        part = f".{name}.{secrets.token_hex(4)}"
        handle = folder.new_file(part, orders)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                if owner.st_uid != os.geteuid():  # root orders, and the server that is to read it is somebody else
                    os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.replace(part, name, src_dir_fd=orders, dst_dir_fd=orders)
        except OSError:
            with suppress(OSError):
                os.unlink(part, dir_fd=orders)
            raise
