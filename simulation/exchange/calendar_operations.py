"""The operations on calendars and public folders of the simulated Exchange, an answer for each part of a request."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web
from lxml import etree

from simulation.exchange import calendar_writes
from simulation.exchange.calendar_conditions import holds
from simulation.exchange.calendar_folders import APPOINTMENTS, PREFIX, PUBLIC_ROOT, CalendarDesk, CalendarFolder
from simulation.exchange.calendar_items import item_id, told
from simulation.exchange.contact_items import Path, local, paths_of
from simulation.exchange.contact_mailboxes import Refused
from simulation.exchange.public_folders import replicas
from simulation.exchange.soap import NS, M, SoapFault, T, envelope

Part: TypeAlias = Callable[[], str]
"""Does one part of a request and says what belongs into its answer. Raises Refused."""
_OURS: Final = frozenset({"calendar", PUBLIC_ROOT})
_ANYWHERE: Final = frozenset({"root", "msgfolderroot"})
_REPLICAS: Final[Path] = ("tag", "0x6698")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what is asked, of which desk, by whom, with which headers."""

    operation: etree._Element
    desk: CalendarDesk
    who: str
    headers: Mapping[str, str]


def is_ours(operation: etree._Element, *, alone: bool) -> bool:
    """Whether a request is about calendars or public folders; ``alone``: nobody else answers for the folders that
    every mailbox has."""
    return local(operation) in _PARTS and any(is_of(element, alone=alone) for element in operation.iter())


def is_of(element: etree._Element, *, alone: bool) -> bool:
    """Whether an id is that of a calendar, a public folder or what is in them."""
    key = element.get("Id") or element.get("RecurringMasterId") or ""
    return key.startswith(PREFIX) or key in _OURS or (alone and key in _ANYWHERE)


def answer(
    root: etree._Element, operation: etree._Element, desk: CalendarDesk, username: str, headers: Mapping[str, str]
) -> web.Response:
    """The answer to a request that is ours. Raises SoapFault."""
    name = local(operation)
    version = root.find("s:Header/t:RequestServerVersion", NS)
    if version is not None and version.get("Version") not in desk.versions:
        raise SoapFault("ErrorInvalidServerVersion", "The specified server version is invalid.")
    if (wait := desk.refuse(name)) is not None:
        raise SoapFault("ErrorServerBusy", back_off=wait)
    asked = Asked(operation, desk, desk.acting(root, username), headers)
    messages = "".join(_tried(name, part) for part in _PARTS[name](asked))
    return envelope(
        f'<m:{name}Response xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>{messages}</m:ResponseMessages>'
        f"</m:{name}Response>"
    )


def _tried(name: str, part: Part) -> str:
    try:
        kind, code, inside = "Success", "NoError", part()
    except Refused as refused:
        kind, code, inside = "Error", refused.code, ""
    text = "" if kind == "Success" else "<m:MessageText>Refused.</m:MessageText>"
    return (
        f'<m:{name}ResponseMessage ResponseClass="{kind}">{text}<m:ResponseCode>{code}</m:ResponseCode>'
        f"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{inside}</m:{name}ResponseMessage>"
    )


def _get_folder(asked: Asked) -> Iterator[Part]:
    wanted = _wanted(asked.operation, "m:FolderShape")

    def part(element: etree._Element) -> str:
        return f"<m:Folders>{_folder(asked, asked.desk.folder(element, asked.who, asked.headers), wanted)}</m:Folders>"

    for element in asked.operation.iterfind("m:FolderIds/*", NS):
        yield partial(part, element)


def _find_folder(asked: Asked) -> Iterator[Part]:
    wanted, deep = _wanted(asked.operation, "m:FolderShape"), asked.operation.get("Traversal") == "Deep"

    def part(element: etree._Element) -> str:
        parent = asked.desk.folder(element, asked.who, asked.headers)
        if not parent.owner:
            asked.desk.public.check_tree(asked.headers)
            if deep:
                raise Refused("ErrorInvalidOperation")
        found = [_folder(asked, each, wanted) for each in asked.desk.below(parent.key)]
        return _page(asked, found, "Folders")

    for element in asked.operation.iterfind("m:ParentFolderIds/*", NS):
        yield partial(part, element)


def _find_item(asked: Asked) -> Iterator[Part]:
    wanted = _wanted(asked.operation, "m:ItemShape")
    restriction = asked.operation.find("m:Restriction", NS)
    lets = holds(restriction) if restriction is not None else None

    def part(element: etree._Element) -> str:
        folder = asked.desk.folder(element, asked.who, asked.headers)
        if not folder.owner:
            asked.desk.public.check_content(asked.headers, folder.content)
        those = [each for each in folder.entries.values() if lets is None or lets(each)]
        return _page(asked, [told(each, wanted, mailbox=asked.who, bare=True) for each in those], "Items")

    for element in asked.operation.iterfind("m:ParentFolderIds/*", NS):
        yield partial(part, element)


def _get_item(asked: Asked) -> Iterator[Part]:
    wanted = _wanted(asked.operation, "m:ItemShape")

    def part(element: etree._Element) -> str:
        _, entry, place = calendar_writes.named(asked.desk, element, asked.who, asked.headers)
        if place:
            kind = "Exception" if place in entry.differing else "Occurrence"
            entry = entry.occurrence(place)
            return f"<m:Items>{told(entry, wanted, kind=kind, mailbox=asked.who)}</m:Items>"
        return f"<m:Items>{told(entry, wanted, mailbox=asked.who)}</m:Items>"

    for element in asked.operation.iterfind("m:ItemIds/*", NS):
        yield partial(part, element)


def _sync(asked: Asked) -> Iterator[Part]:
    def part() -> str:
        [element] = asked.operation.iterfind("m:SyncFolderId/*", NS)
        folder = asked.desk.folder(element, asked.who, asked.headers)
        if not folder.owner:
            raise Refused("ErrorInvalidOperation")
        state = asked.operation.findtext("m:SyncState", "", NS)
        since = _since(state, asked.desk, folder) if state else 0
        most = min(int(asked.operation.findtext("m:MaxChangesReturned", "512", NS)), asked.desk.changes)
        until = min(since + most, len(folder.log))
        changes = "".join(_change(folder, word, key) for word, key in folder.log[since:until])
        last = "true" if until == len(folder.log) else "false"
        return (
            f"<m:SyncState>{asked.desk.epoch}|{escape(folder.key)}|{until}</m:SyncState>"
            f"<m:IncludesLastItemInRange>{last}</m:IncludesLastItemInRange><m:Changes>{changes}</m:Changes>"
        )

    yield part


def _since(state: str, desk: CalendarDesk, folder: CalendarFolder) -> int:
    epoch, _, rest = state.partition("|")
    key, _, number = rest.rpartition("|")
    if epoch != str(desk.epoch) or key != folder.key or not number.isdigit():
        raise Refused("ErrorInvalidSyncStateData")
    return int(number)


def _change(folder: CalendarFolder, word: str, key: str) -> str:
    entry = folder.entries.get(key)
    if entry is None:
        return f'<t:Delete><t:ItemId Id={quoteattr(key)} ChangeKey="0"/></t:Delete>'
    return f"<t:{word}><t:CalendarItem>{item_id(entry)}</t:CalendarItem></t:{word}>"


def _wanted(operation: etree._Element, shape: str) -> list[Path]:
    properties = operation.find(f"{shape}/t:AdditionalProperties", NS)
    found: list[Path] = []
    for uri in properties if properties is not None else ():
        tag = uri.get("PropertyTag")
        found += [("tag", tag.lower())] if tag else paths_of([uri])  # type: ignore[arg-type]
    return found


def _folder(asked: Asked, folder: CalendarFolder, wanted: list[Path]) -> str:
    names = {path[0] for path in wanted}
    kind = f"<t:FolderClass>{folder.kind}</t:FolderClass>" if "folder:FolderClass" in names else ""
    name = f"<t:DisplayName>{escape(folder.name)}</t:DisplayName>" if "folder:DisplayName" in names else ""
    parent = ""
    if "folder:ParentFolderId" in names and folder.parent:
        parent = f'<t:ParentFolderId Id={quoteattr(folder.parent)} ChangeKey="1"/>'
    counts = ""
    if "folder:ChildFolderCount" in names:
        below = len(list(asked.desk.below(folder.key)))
        counts = f"<t:TotalCount>{len(folder.entries)}</t:TotalCount><t:ChildFolderCount>{below}</t:ChildFolderCount>"
    own = ""
    if _REPLICAS in wanted and folder.content:
        uri = '<t:ExtendedFieldURI PropertyTag="0x6698" PropertyType="Binary"/>'
        own = f"<t:ExtendedProperty>{uri}<t:Value>{replicas(folder.content)}</t:Value></t:ExtendedProperty>"
    element = "CalendarFolder" if folder.kind == APPOINTMENTS else "Folder"
    head = f'<t:FolderId Id={quoteattr(folder.key)} ChangeKey="1"/>{parent}{kind}{name}'
    return f"<t:{element}>{head}{counts}{own}</t:{element}>"


def _page(asked: Asked, entries: list[str], array: str) -> str:
    view = next((each for each in asked.operation if local(each).startswith("Indexed")), None)
    start = int(view.get("Offset", "0")) if view is not None else 0
    size = min(int(view.get("MaxEntriesReturned", "1000")) if view is not None else 1000, asked.desk.page)
    part = entries[start : start + size]
    last = "true" if start + len(part) >= len(entries) else "false"
    return (
        f'<m:RootFolder IndexedPagingOffset="{start + len(part)}" TotalItemsInView="{len(entries)}" '
        f'IncludesLastItemInRange="{last}"><t:{array}>{"".join(part)}</t:{array}></m:RootFolder>'
    )


def _writing(write: Callable[[etree._Element, CalendarDesk, str, Mapping[str, str]], Iterator[Part]]) -> "Doing":
    return lambda asked: write(asked.operation, asked.desk, asked.who, asked.headers)


Doing: TypeAlias = Callable[[Asked], Iterator[Part]]
_PARTS: Final[Mapping[str, Doing]] = {
    "GetFolder": _get_folder,
    "FindFolder": _find_folder,
    "FindItem": _find_item,
    "GetItem": _get_item,
    "SyncFolderItems": _sync,
    "CreateItem": _writing(calendar_writes.create),
    "UpdateItem": _writing(calendar_writes.update),
    "DeleteItem": _writing(calendar_writes.delete),
}
OPERATIONS: Final = frozenset(f"{{{M}}}{name}" for name in _PARTS)
__all__ = ["OPERATIONS", "SoapFault", "answer", "is_ours"]
