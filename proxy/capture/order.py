"""How a command tells a running server to capture: an order in a file, and what became of it in another beside it."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

ORDERS: Final = "orders"
_ORDER, _STATE = ".order", ".state"
_LARGEST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Capture ``caller`` until ``until`` (aware) or until ``requests`` are kept.

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
        """The order that was written. Raises ValueError."""
        fields = _fields(data, cls)
        return cls(**fields | {"until": datetime.fromisoformat(str(fields.get("until")))})


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
        return cls(**_fields(data, cls))


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
    _write(directory / ORDERS / f"{slug(order.caller)}{_ORDER}", orjson.dumps(written))


def placed(directory: Path) -> Iterator[Order]:
    """The orders that lie there; what is none is removed."""
    for path in sorted((directory / ORDERS).glob(f"*{_ORDER}")):
        try:
            yield Order.read(path.read_bytes()[:_LARGEST])
        except FileNotFoundError:
            continue
        except (ValueError, TypeError):
            path.unlink(missing_ok=True)


def order_of(directory: Path, caller: str) -> Order | None:
    """The order for ``caller`` that lies there."""
    return next((order for order in placed(directory) if order.caller == caller), None)


def withdraw(directory: Path, caller: str) -> None:
    """Take the order back: the server ends the capture within a second or two."""
    (directory / ORDERS / f"{slug(caller)}{_ORDER}").unlink(missing_ok=True)


def tell(directory: Path, caller: str, state: State) -> None:
    """Write what became of the order for ``caller``. Raises OSError."""
    _write(directory / ORDERS / f"{slug(caller)}{_STATE}", orjson.dumps(asdict(state)))


def told(directory: Path, caller: str) -> State | None:
    """What became of the last order for ``caller``; None where no server has taken one up."""
    try:
        return State.read((directory / ORDERS / f"{slug(caller)}{_STATE}").read_bytes()[:_LARGEST])
    except (FileNotFoundError, ValueError, TypeError):
        return None


def clear(directory: Path) -> None:
    """Make the directories, for their owner alone, and forget every order: a new server begins with none."""
    for path in (directory, directory / ORDERS):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (directory / ORDERS).iterdir():
        if path.suffix in (_ORDER, _STATE):
            path.unlink(missing_ok=True)


def _fields(data: bytes, kind: type) -> dict[str, Any]:
    value = orjson.loads(data)
    if not isinstance(value, dict):
        raise ValueError(f"no {kind.__name__}")
    return value


def _write(path: Path, data: bytes) -> None:
    owner = path.parent.stat()
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if owner.st_uid != os.geteuid():  # root orders, and the server that is to read it is somebody else
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
