"""Takes proxyAddresses apart: the primary address, the further ones, the names of Exchange, the one for calls."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from protocols.model.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Proxies:
    """What one object answers to. ``unreadable`` is the address that was told and is none; "" where all is well."""

    primary: Mailbox | None
    aliases: tuple[str, ...] = ()
    x500: tuple[str, ...] = ()
    sip: str = ""
    unreadable: str = ""


def proxies(mail: Any, addresses: Any) -> Proxies:
    """``mail`` and ``proxyAddresses`` as Graph tells them.

    ``SMTP:`` in capitals is the primary one (Graph, user resource: proxyAddresses); ``mail`` where there is none. What
    is of another kind (SPO, EUM) is nobody's address.
    """
    kinds: dict[str, list[str]] = {"SMTP": [], "smtp": [], "x500": [], "sip": []}
    for text in addresses if isinstance(addresses, list) else ():
        kind, colon, value = str(text).partition(":")
        known = kind if kind == "SMTP" else kind.lower()
        if colon and value.strip() and known in kinds:
            kinds[known].append(value.strip())
    told = [*kinds["SMTP"], *([mail] if isinstance(mail, str) and mail.strip() else [])]
    readable = list(_readable(kinds["SMTP"]))
    primary = next(iter(readable), None) or next(_readable(told), None)
    further = {box.address: None for box in (*readable, *_readable(kinds["smtp"]))}
    if primary is not None:
        further.pop(primary.address, None)
    return Proxies(
        primary,
        tuple(further),
        tuple(dict.fromkeys(kinds["x500"])),
        next(iter(kinds["sip"]), "").lower(),
        told[0][:100] if told and primary is None else "",
    )


def _readable(texts: Iterable[str]) -> Iterator[Mailbox]:
    for text in texts:
        try:
            yield Mailbox.parse(text)
        except ValueError:
            continue
