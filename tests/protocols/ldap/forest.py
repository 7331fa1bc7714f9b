"""A small Active Directory with memory: answers the requests of protocols/ldap as a domain controller would."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from protocols.ldap.attributes import known_filter
from protocols.ldap.filters import checked
from protocols.ldap.names import parted, within
from protocols.ldap.operations import (
    DIRSYNC,
    PAGES,
    SHOW_DELETED,
    Add,
    Changes,
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
from protocols.ldap.replies import Found, More, Reply

DOMAIN: Final = "DC=fabrikam,DC=example"
SCHEMA: Final = f"CN=Schema,CN=Configuration,{DOMAIN}"
_SETTINGS: Final = f"CN=NTDS Settings,CN=DC,CN=Configuration,{DOMAIN}"
_DELETED: Final = f"CN=Deleted Objects,{DOMAIN}"
_BASES: Final = {"contact": "person", "user": "person"}
_KEPT: Final = frozenset({"objectguid", "isdeleted"})
_ESCAPED: Final = re.compile(rb"\\([0-9A-Fa-f]{2})")


class Forest:
    """One domain. ``schema`` are the attributes that its schema knows; ``deleted`` whether accounts see what went.

    ``refusals`` are result codes for requests of a kind whose name begins so; ``referrals`` go with each search;
    ``range`` is the most values of one attribute that are told at once; ``seen`` keeps the requests.
    """

    def __init__(self, schema: Sequence[str] = (), *, deleted: bool = True, dirsync: bool = True) -> None:
        self.objects: dict[str, dict[str, list[bytes]]] = {}
        self.names: dict[str, str] = {}
        self.update = 100
        self.invocation = b"i" * 16
        self.deleted, self.dirsync = deleted, dirsync
        self.refusals: list[tuple[type, str, int]] = []
        self.referrals: tuple[str, ...] = ()
        self.range = 1_500
        self.seen: list[Request] = []
        for dn in (DOMAIN, SCHEMA, _DELETED):
            self.put(dn, {"objectClass": [b"container"]})
        self.put(f"CN=Old,{_DELETED}", {"objectClass": [b"user"], "isDeleted": [b"TRUE"]})
        self.put(_SETTINGS, {"objectClass": [b"nTDSDSA"]})
        for name in schema:
            self.put(f"CN={name},{SCHEMA}", {"objectClass": [b"attributeSchema"], "lDAPDisplayName": [name.encode()]})

    def put(self, dn: str, attributes: dict[str, list[bytes]]) -> None:
        """An object as it is from now on."""
        key = dn.lower()
        guid = self.objects.get(key, {}).get("objectguid", [uuid5(NAMESPACE_URL, f"{key}{self.update}").bytes])
        self.update += 1
        lower = {name.lower(): list(values) for name, values in attributes.items() if values}
        classes = lower.get("objectclass", [])
        lower["objectclass"] = [*classes, *(_BASES[c.decode()].encode() for c in classes if c.decode() in _BASES)]
        lower |= {"objectguid": guid, "usnchanged": [b"%d" % self.update], "distinguishedname": [dn.encode()]}
        self.objects[key], self.names[key] = lower, dn

    async def __call__(self, request: Request, controls: Sequence[Control]) -> Reply:
        self.seen.append(request)
        for kind, start, code in self.refusals:
            if isinstance(request, kind) and _place(request).lower().startswith(start.lower()):
                return Reply(code=code, diagnostic="0000ABCD: no")
        match request:
            case Search():
                return self._search(request, controls)
            case Add():
                return self._add(request)
            case Modify():
                return self._modify(request)
            case Delete():
                return self._delete(request.dn)
        return Reply()

    def _search(self, search: Search, controls: Sequence[Control]) -> Reply:
        if search.base == "" and search.scope is Scope.BASE:
            return Reply(entries=(self._root(),))
        if search.base.lower() == _SETTINGS.lower():
            return Reply(entries=(Found(_SETTINGS, {"invocationid": [self.invocation]}),))
        if search.base.lower() not in self.objects:
            return Reply(code=32)
        shown = SHOW_DELETED in controls
        keys = [key for key in sorted(self.objects) if _in_scope(key, search) and self._visible(key, shown)]
        for control in controls:
            if isinstance(control, Changes):
                return self._changes(search, keys, control.cookie)
        found = [key for key in keys if matches(self.objects[key], checked(search.filter))]
        asked = next((control for control in controls if isinstance(control, NextPage)), None)
        if asked is None:
            return Reply(entries=tuple(self._told(key, search) for key in found), referrals=self.referrals)
        start = int(asked.cookie or b"0")
        stop = start + asked.size
        after = b"%d" % stop if stop < len(found) else b""
        entries = tuple(self._told(key, search) for key in found[start:stop])
        return Reply(entries=entries, referrals=self.referrals, more=More(bool(after), after))

    def _changes(self, search: Search, keys: list[str], cookie: bytes) -> Reply:
        if cookie and not cookie.isdigit():
            return Reply(code=53, diagnostic="00002029: not this cookie")
        later = [key for key in keys if int(self.objects[key]["usnchanged"][0]) > int(cookie or b"0")]
        found = [key for key in later if matches(self.objects[key], checked(search.filter))]
        found.sort(key=lambda key: int(self.objects[key]["usnchanged"][0]))
        more = len(found) > 1  # in rounds of one, as large directories answer in rounds
        mark = self.objects[found[0]]["usnchanged"][0] if more else b"%d" % self.update
        told = tuple(Found(self.names[key], _emptied(self.objects[key])) for key in found[:1])
        return Reply(entries=told, more=More(more, mark))

    def _told(self, key: str, search: Search) -> Found:
        wanted = {name.lower() for name in search.attributes}
        entry = self.objects[key]
        told = {name: values for name, values in entry.items() if not wanted or name in wanted}
        for name in [name for name in told if len(told[name]) > self.range]:
            told[f"{name};range=0-{self.range - 1}"] = told.pop(name)[: self.range]
        for name in wanted:
            plain, ranged, start = name.partition(";range=")
            if ranged:
                first = int(start.partition("-")[0])
                values = entry.get(plain, [])[first : first + self.range]
                last = "*" if first + self.range >= len(entry.get(plain, [])) else str(first + self.range - 1)
                told[f"{plain};range={first}-{last}"] = values
        return Found(self.names[key], told)

    def _visible(self, key: str, shown: bool) -> bool:
        return (shown and self.deleted) or "isdeleted" not in self.objects[key]

    def _root(self) -> Found:
        told = {
            "defaultnamingcontext": DOMAIN,
            "schemanamingcontext": SCHEMA,
            "dsservicename": _SETTINGS,
            "highestcommittedusn": str(self.update),
            "supportedcontrol": DIRSYNC if self.dirsync else PAGES,
        }
        return Found("", {name: [text.encode()] for name, text in told.items()})

    def _add(self, add: Add) -> Reply:
        if parted(add.dn)[1].lower() not in self.objects:
            return Reply(code=32)
        accounts = [entry.get("samaccountname") for entry in self.objects.values()]
        account = add.attributes.get("sAMAccountName")
        if add.dn.lower() in self.objects or (account and list(account) in accounts):
            return Reply(code=68)
        if any(not value for values in add.attributes.values() for value in values):
            return Reply(code=21)
        self.put(add.dn, {name: list(values) for name, values in add.attributes.items() if name != "unicodePwd"})
        return Reply()

    def _modify(self, modify: Modify) -> Reply:
        entry = self.objects.get(modify.dn.lower())
        if entry is None:
            return Reply(code=32)
        after = {name: list(values) for name, values in entry.items()}
        for change in modify.changes:
            code = _changed(after, change)
            if code:
                return Reply(code=code)
        self.put(self.names[modify.dn.lower()], after)
        return Reply()

    def _delete(self, dn: str) -> Reply:
        entry = self.objects.pop(dn.lower(), None)
        if entry is None:
            return Reply(code=32)
        guid = entry["objectguid"]
        grave = f"CN={guid[0].hex()},{_DELETED}"
        self.objects[grave.lower()] = {"objectguid": guid}
        self.put(grave, {"objectClass": entry["objectclass"][:1], "isDeleted": [b"TRUE"]})
        self._unlink(dn.lower().encode())
        return Reply()

    def _unlink(self, gone: bytes) -> None:
        """Whoever named what went does not any more, and is not changed by that ([MS-ADTS] 3.1.1.1.6)."""
        for entry in self.objects.values():
            for name in ("member", "manager"):
                if any(value.lower() == gone for value in entry.get(name, ())):
                    entry[name] = [value for value in entry[name] if value.lower() != gone]
                    if not entry[name]:
                        del entry[name]


def _emptied(entry: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    """An incremental answer tells some attributes as empty lists though nothing of them has changed."""
    return {name: values if name in _KEPT else [] for name, values in entry.items()}


def _place(request: Request) -> str:
    return request.base if isinstance(request, Search) else str(getattr(request, "dn", ""))


def _changed(entry: dict[str, list[bytes]], change: Modification) -> int:
    name, values = change.attribute.lower(), list(change.values)
    held = entry.get(name, [])
    lower = [value.lower() for value in held]
    match change.doing:
        case Doing.REPLACE:
            entry[name] = values
        case Doing.ADD:
            if any(value.lower() in lower for value in values):
                return 20
            entry[name] = held + values
        case Doing.DELETE:
            if not held or any(value.lower() not in lower for value in values):
                return 16
            gone = {value.lower() for value in values}
            entry[name] = [value for value in held if values and value.lower() not in gone]
    return 0


def _in_scope(key: str, search: Search) -> bool:
    base = search.base.lower()
    if search.scope is Scope.BASE:
        return key == base
    return within(key, base) if search.scope is Scope.WHOLE else parted(key)[1] == base


def matches(entry: dict[str, list[bytes]], text: str) -> bool:
    """Whether ``entry`` matches a filter that has been checked; letter case does not count."""
    return _matches(entry, text, 0)[0]


def _matches(entry: dict[str, list[bytes]], text: str, at: int) -> tuple[bool, int]:
    """Whether the filter that begins at ``at`` matches, and where it ends."""
    if text[at + 1] not in "&|!":
        stop = text.index(")", at)
        return _item(entry, text[at + 1 : stop]), stop + 1
    sign, at = text[at + 1], at + 2
    inner = []
    while text[at] == "(":
        found, at = _matches(entry, text, at)
        inner.append(found)
    return (all(inner) if sign == "&" else any(inner) if sign == "|" else not inner[0]), at + 1


def _item(entry: dict[str, list[bytes]], text: str) -> bool:
    name, _, wanted = text.partition("=")
    values = [value.lower() for value in entry.get(name.rstrip(">").lower(), [])]
    if name.endswith(">"):
        return any(int(value) >= int(wanted) for value in values)
    parts = [re.escape(_ESCAPED.sub(_octet, part.encode()).lower()) for part in wanted.split("*")]
    return any(re.fullmatch(b".*".join(parts), value, re.DOTALL) for value in values)


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def schema_of_exchange() -> tuple[str, ...]:
    """Every attribute that is ever written."""
    return tuple(re.findall(r"lDAPDisplayName=(\w+)", known_filter()))


def schema_of_windows() -> tuple[str, ...]:
    """Those of a directory that Exchange has not extended."""
    later = ("extensionAttribute", "msExch", "targetAddress", "mailNickname", "internetEncoding")
    return tuple(name for name in schema_of_exchange() if not name.startswith(later))
