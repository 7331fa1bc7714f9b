"""The addresses of an object as proxyAddresses writes them: ``SMTP:`` the primary, ``smtp:``, ``X500:``, ``sip:``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocols.model.mailbox import Mailbox, canonical

_PREFIXES: Final = {"smtp": "smtp", "x500": "X500", "sip": "sip"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """``primary`` is None where there is none that can be read; ``unread`` tells that one was there.

    ``aliases`` are canonical SMTP addresses, ``x500`` distinguished names without their prefix, in the order written.
    """

    primary: Mailbox | None
    aliases: tuple[str, ...] = ()
    x500: tuple[str, ...] = ()
    sip: str = ""
    unread: bool = False


def read(proxies: Iterable[str], mail: str, legacy: str = "") -> Addresses:
    """What ``proxies`` say; ``mail`` is the primary where they name none, ``legacy`` (legacyExchangeDN) the first X500.

    Proxies that are no SMTP address are left out, as are kinds that nobody asks by.
    """
    primary = ""
    smtp: list[str] = []
    x500 = [legacy] if legacy else []
    sip = ""
    for proxy in proxies:
        kind, colon, text = proxy.partition(":")
        if not colon or not text:
            continue
        if kind == "SMTP":
            primary = primary or text
        if kind.upper() == "SMTP":
            smtp.append(text)
        elif kind.upper() == "X500":
            x500.append(text)
        elif kind.lower() == "sip" and not sip:
            sip = text
    first = _mailbox(primary) or _mailbox(mail)
    others = dict.fromkeys(each for each in map(_canonical, [*smtp, mail]) if each)
    if first is not None:
        others.pop(first.address, None)
    return Addresses(
        primary=first,
        aliases=tuple(others),
        x500=tuple({each.lower(): each for each in reversed(x500)}.values())[::-1],
        sip=sip,
        unread=first is None and bool(primary or mail),
    )


def answered(addresses: Addresses, target: Mailbox | None = None) -> frozenset[str]:
    """All that somebody answers to, as ``Held.addresses`` spells it."""
    smtp = {each.address for each in (addresses.primary, target) if each is not None} | set(addresses.aliases)
    x500 = {f"x500:{each.lower()}" for each in addresses.x500}
    return frozenset(smtp | x500 | ({f"sip:{addresses.sip.lower()}"} if addresses.sip else set()))


def target(text: str) -> Mailbox | None:
    """The mailbox that a targetAddress names; None where it is none of SMTP."""
    kind, colon, address = text.partition(":")
    return _mailbox(address) if colon and kind.upper() == "SMTP" else None


def proxy(address: str) -> str:
    """How a further address stands in proxyAddresses: SMTP ones behind ``smtp:``, others behind their own prefix."""
    kind, colon, text = address.partition(":")
    if not colon:
        return f"smtp:{address}"
    return f"{_PREFIXES.get(kind.lower(), kind)}:{text}"


def _mailbox(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text) if text else None
    except ValueError:
        return None


def _canonical(text: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        return ""
