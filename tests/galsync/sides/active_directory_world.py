"""People of an address book as objects of an Active Directory, written over whatever line leads to one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from protocols.ldap.attributes import FIELDS
from protocols.ldap.names import escaped
from protocols.ldap.operations import (
    Add,
    Control,
    Delete,
    Doing,
    Modification,
    Modify,
    NextPage,
    Request,
    Scope,
    Search,
)
from protocols.ldap.replies import Reply
from protocols.ldap.searching import Ask, everything
from protocols.model.person import Kind, Person
from simulation.address_book import AddressBook

PASSWORD = '"Nobody-2026!"'.encode("utf-16-le")


class Faulty:
    """A line over which later pages do not come once it is ``broken``."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.broken = False
        self.requests: list[Request] = []

    async def __call__(self, request: Request, controls: Sequence[Control]) -> Reply:
        self.requests.append(request)
        later = any(isinstance(control, NextPage) and control.cookie for control in controls)
        if self.broken and later:
            return Reply(code=52, diagnostic="the directory stops")
        return await self._ask(request, controls)


@dataclass(slots=True)
class World:
    """One unit of a directory that holds the people of a book. ``exchange``: whether its schema is extended."""

    ask: Ask
    unit: str
    exchange: bool
    _written: dict[str, Person] = field(default_factory=dict)

    async def open(self) -> None:
        """The unit, empty."""
        name = self.unit.partition("=")[2].partition(",")[0]
        attributes = {"objectClass": [b"organizationalUnit"], "ou": [name.encode()]}
        (await self.ask(Add(self.unit, attributes), ())).checked()

    async def close(self) -> None:
        """The unit is gone, with all that is in it."""
        search = Search(base=self.unit, scope=Scope.ONE, attributes=("1.1",))
        for found in await everything(self.ask, search):
            (await self.ask(Delete(found.dn), ())).checked()
        (await self.ask(Delete(self.unit), ())).checked()

    async def settle(self, book: AddressBook) -> None:
        """The directory is as ``book`` is."""
        for anchor in [each for each in self._written if each not in book.people]:
            (await self.ask(Delete(self.dn(anchor)), ())).checked()
            del self._written[anchor]
        for anchor, person in book.people.items():
            if anchor not in self._written:
                (await self.ask(Add(self.dn(anchor), self._attributes(person)), ())).checked()
            elif self._written[anchor] != person:
                await self._change(self._written[anchor], person)
            self._written[anchor] = person
        for person in book.people.values():
            if person.kind is Kind.GROUP:
                members = tuple(self.dn(each.anchor).encode() for each in book.people.values() if _in(each, person))
                await self._modify(person.anchor, Modification(Doing.REPLACE, "member", members))

    def dn(self, anchor: str) -> str:
        """The name of somebody's object."""
        return f"CN={escaped(anchor)},{self.unit}"

    async def meddle(self, dn: str) -> None:
        """Somebody else changes an object."""
        change = Modification(Doing.REPLACE, "description", (str(uuid5(NAMESPACE_URL, dn)).encode(),))
        (await self.ask(Modify(dn, (change,)), ())).checked()

    async def foreign(self, address: str, name: str, stamp: str) -> None:
        """A contact that somebody else made, with ``stamp`` another sync of ours."""
        attributes = {
            "objectClass": [b"contact"],
            "displayName": [name.encode()],
            "mail": [address.encode()],
            "proxyAddresses": [f"SMTP:{address}".encode()],
            **({"extensionAttribute15" if self.exchange else "adminDescription": [stamp.encode()]} if stamp else {}),
        }
        (await self.ask(Add(f"CN={escaped(name)},{self.unit}", attributes), ())).checked()

    async def foreign_group(self, address: str, name: str) -> None:
        """A distribution group that somebody else made, with nobody in it."""
        attributes = {
            "objectClass": [b"group"],
            "groupType": [b"8"],
            "sAMAccountName": [f"g-{uuid5(NAMESPACE_URL, address + self.unit).hex[:16]}".encode()],
            "displayName": [name.encode()],
            "mail": [address.encode()],
        }
        (await self.ask(Add(f"CN={escaped(name)},{self.unit}", attributes), ())).checked()

    async def _change(self, before: Person, after: Person) -> None:
        old, new = self._attributes(before), self._attributes(after)
        fixed = {"objectClass", "sAMAccountName", "unicodePwd", "groupType"}
        names = [name for name in {**old, **new} if name not in fixed and old.get(name) != new.get(name)]
        changes = [Modification(Doing.REPLACE, name, tuple(new.get(name, ()))) for name in names]
        await self._modify(after.anchor, *changes)

    async def _modify(self, anchor: str, *changes: Modification) -> None:
        if changes:
            (await self.ask(Modify(self.dn(anchor), changes), ())).checked()

    def _attributes(self, person: Person) -> dict[str, list[bytes]]:
        found = _class_of(person) | self._kind(person)
        texts = {FIELDS[key]: text for key, text in person.texts.items() if key in FIELDS}
        stamp = texts.get("extensionAttribute15", "")
        if not self.exchange:
            texts = {name: text for name, text in texts.items() if not name.startswith("extensionAttribute")}
            texts |= {"adminDescription": stamp} if stamp else {}
        found |= {name: [text.encode()] for name, text in texts.items()}
        if person.primary:
            proxies = [f"SMTP:{person.primary}", *(f"smtp:{each}" for each in person.aliases)]
            proxies += [f"X500:{each}" for each in person.x500[1:]]
            found |= {"mail": [str(person.primary).encode()], "proxyAddresses": [each.encode() for each in proxies]}
        if person.photo:
            found["thumbnailPhoto"] = [person.photo]
        if person.x500:
            found["legacyExchangeDN"] = [person.x500[0].encode()]
        return found

    def _kind(self, person: Person) -> dict[str, list[bytes]]:
        if not self.exchange:
            return {}
        details = {Kind.ROOM: b"16", Kind.EQUIPMENT: b"32", Kind.USER: b"1"}.get(person.kind)
        found = {"msExchRecipientTypeDetails": [details]} if details else {}
        return found | ({"msExchHideFromAddressLists": [b"TRUE"]} if person.hidden else {})


def _class_of(person: Person) -> dict[str, list[bytes]]:
    if person.kind is Kind.CONTACT:
        return {"objectClass": [b"contact"]}
    account = f"t-{uuid5(NAMESPACE_URL, person.anchor).hex[:16]}".encode()
    if person.kind is Kind.GROUP:
        return {"objectClass": [b"group"], "sAMAccountName": [account], "groupType": [b"8"]}
    off = person.disabled or person.kind is not Kind.USER
    control = [b"514"] if off else [b"512"]
    return {
        "objectClass": [b"user"],
        "sAMAccountName": [account],
        "unicodePwd": [PASSWORD],
        "userAccountControl": control,
    }


def _in(person: Person, group: Person) -> bool:
    return person.primary is not None and person.primary.address in group.members
