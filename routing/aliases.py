"""Under which other addresses the same people and rooms are known: whole domains, or one address at a time."""

from collections.abc import Mapping
from typing import Final

from protocols.model.mailbox import Mailbox, canonical, canonical_domain


class Aliases:
    """Real names by alias: ``domains`` hold people under the same local part, ``addresses`` go before them.

    Raises ValueError for what is no domain or address, for an alias of itself, and where aliases lead to aliases: in a
    circle nobody would be found.
    """

    __slots__ = ("_addresses", "_aliases_of", "_domains")

    def __init__(self, domains: Mapping[str, str] | None = None, addresses: Mapping[str, str] | None = None) -> None:
        self._domains = {canonical_domain(alias): canonical_domain(real) for alias, real in (domains or {}).items()}
        self._addresses = {canonical(alias): canonical(real) for alias, real in (addresses or {}).items()}
        _check_ends(self._domains, self._addresses)
        self._aliases_of: dict[str, list[str]] = {}
        for alias, real in (*self._domains.items(), *self._addresses.items()):
            self._aliases_of.setdefault(real, []).append(alias)

    def __bool__(self) -> bool:
        return bool(self._domains or self._addresses)

    def real(self, mailbox: Mailbox) -> Mailbox:
        """The mailbox by its real name, ``asked`` kept; itself where it is no alias."""
        address = self._addresses.get(mailbox.address)
        if address is None:
            domain = self._domains.get(mailbox.domain)
            if domain is None:
                return mailbox
            address = f"{mailbox.local}@{domain}"
        return Mailbox(address, mailbox.asked)

    def alias(self, mailbox: Mailbox) -> Mailbox:
        """The mailbox by its alias, that of its address before that of its domain; itself where it has none."""
        if found := self._aliases_of.get(mailbox.address):
            return Mailbox(found[0], mailbox.asked)
        domains = self._aliases_of.get(mailbox.domain)
        return Mailbox(f"{mailbox.local}@{domains[-1]}", mailbox.asked) if domains else mailbox

    def others(self, mailbox: Mailbox) -> frozenset[str]:
        """All other addresses of whoever the mailbox is: the real one and the aliases of it."""
        real = self.real(mailbox)
        local, _, domain = real.address.rpartition("@")
        found = {f"{local}@{alias}" for alias in self._aliases_of.get(domain, ())}
        found.update(self._aliases_of.get(real.address, ()), (real.address,))
        return frozenset(found - {mailbox.address})


def _check_ends(domains: Mapping[str, str], addresses: Mapping[str, str]) -> None:
    every = (*domains.items(), *addresses.items())
    if own := next((alias for alias, real in every if alias == real), None):
        raise ValueError(f"{own} is an alias of itself: write the real name, or remove it")
    for alias, real in every:
        onward = addresses.get(real) or domains.get(real.rpartition("@")[2])
        if onward is not None:
            raise ValueError(f"{alias} is an alias of {real}, which is an alias itself: name the real one")


NO_ALIASES: Final = Aliases()
