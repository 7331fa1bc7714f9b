"""Finds the addresses behind distinguished names, and the names behind addresses, as a directory links people."""

import hashlib
from collections.abc import Iterable
from typing import Final

from protocols.ldap.addresses import Addresses, read, target
from protocols.ldap.attributes import TARGET
from protocols.ldap.names import quoted
from protocols.ldap.operations import Search
from protocols.ldap.replies import Found
from protocols.ldap.searching import Ask, matching, named
from protocols.model.mailbox import Mailbox

_ADDRESSES: Final = ("mail", "proxyAddresses", TARGET)


class Addressbook:
    """Primary addresses by distinguished name; what is known from elsewhere is not asked for."""

    def __init__(self, known: Iterable[tuple[str, Mailbox | None]] = ()) -> None:
        self._known = {dn.lower(): primary.address if primary else "" for dn, primary in known}

    async def look(self, ask: Ask, base: str, dns: Iterable[str]) -> None:
        """Asks under ``base`` for those of ``dns`` that are not known. Raises PeerError."""
        missing = {dn.lower(): dn for dn in dns if dn.lower() not in self._known}
        self._known |= dict.fromkeys(missing, "")
        search = Search(base=base, attributes=_ADDRESSES)
        for found in await matching(ask, search, named(missing.values())):
            self._known[found.dn.lower()] = _main(found)

    def address(self, dn: str) -> str:
        """The address of one, "" for none."""
        return self._known.get(dn.lower(), "")

    def addresses(self, dns: Iterable[str]) -> tuple[str, ...]:
        """The addresses of those that have one, sorted: a directory has no order of its own."""
        return tuple(sorted({address for dn in dns if (address := self.address(dn))}))


async def names_of(ask: Ask, base: str, addresses: Iterable[str]) -> dict[str, str]:
    """The distinguished names of those under ``base`` who have one of ``addresses`` (SMTP), which are told in lower
    case; of two, whose main address it is, else the first by name. Raises PeerError.
    """
    wanted = {address.lower() for address in addresses}
    search = Search(base=base, attributes=_ADDRESSES)
    items = [_any_of(quoted(each)) for each in wanted]
    names: dict[str, str] = {}
    main: dict[str, str] = {}
    for found in sorted(await matching(ask, search, items), key=lambda each: each.dn, reverse=True):
        told = _addresses(found)
        main[_main(found)] = found.dn
        for address in (told.primary.address if told.primary else "", *told.aliases):
            if address in wanted:
                names[address] = found.dn
    return names | {address: dn for address, dn in main.items() if address in wanted}


def _any_of(value: str) -> str:
    return f"(|(mail={value})(proxyAddresses=smtp:{value})({TARGET}=SMTP:{value}))"


def fingerprint(*parts: object) -> str:
    """Stands for ``parts`` in a token: a token of other wishes is none."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _main(found: Found) -> str:
    """As Held.address of the object; "" for none."""
    mailbox = target(found.readable().text(TARGET)) or _addresses(found).primary
    return mailbox.address if mailbox else ""


def _addresses(found: Found) -> Addresses:
    try:
        return read(found.texts("proxyAddresses"), found.text("mail"))
    except ValueError:
        return Addresses(None)
