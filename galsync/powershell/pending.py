"""Orders that were handed over and not seen done yet: a script that was not run loses none of them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from galsync.files.disk import UnreadableError, read, replace
from galsync.powershell.orders import Order


@dataclass(frozen=True, slots=True)
class Pending:
    """The orders of the script with ``serial``, in the order in which they came."""

    serial: str = ""
    orders: tuple[Order, ...] = ()

    def with_orders(self, orders: Iterable[Order], *, serial: str) -> "Pending":
        """These as well: a later order for one anchor takes the place of the earlier, at the end."""
        found = {(each.anchor, each.act == "remove"): each for each in self.orders}
        for order in orders:
            found.pop((order.anchor, order.act == "remove"), None)
            found[order.anchor, order.act == "remove"] = order
        return Pending(serial, tuple(found.values()))


def pending(path: Path) -> Pending:
    """What is kept at ``path``, nothing where there is no file. Raises UnreadableError where it is broken."""
    data = read(path)
    if data is None:
        return Pending()
    try:
        told = orjson.loads(data)
        return Pending(str(told["serial"]), tuple(_order(each) for each in told["orders"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(f"{path} is broken: remove it, and read everything anew") from error


def keep(path: Path, orders: Pending) -> None:
    """Keep ``orders`` at ``path``. Raises UnreadableError."""
    replace(path, orjson.dumps({"serial": orders.serial, "orders": [asdict(each) for each in orders.orders]}))


def _order(told: dict[str, Any]) -> Order:
    tuples = {name: tuple(told.get(name, ())) for name in ("add", "take", "join", "leave", "known")}
    pairs = {name: {key: tuple(pair) for key, pair in told[name].items()} for name in ("personal", "mail")}
    return Order(**{**told, **tuples, **pairs})
