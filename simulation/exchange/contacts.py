"""The operations on contacts and their folders of the simulated Exchange, with an answer for each part of a request."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web
from lxml import etree

from simulation.exchange.contact_items import (
    Path,
    extended,
    item_id,
    local,
    path_of,
    paths_of,
    read_extended,
    values_of,
    written,
)
from simulation.exchange.contact_mailboxes import ContactsDesk, Folder, Refused
from simulation.exchange.contact_sync import holds
from simulation.exchange.soap import NS, M, SoapFault, T, envelope
from simulation.faults import Trouble

Part: TypeAlias = Callable[[], str]
"""Does one part of a request and says what belongs into its answer. Raises Refused."""


def answer(
    root: etree._Element, operation: etree._Element, desk: ContactsDesk, username: str, trouble: Trouble | None
) -> web.Response:
    """The answer to one of OPERATIONS. Raises SoapFault."""
    name = local(operation)
    who, _ = desk.acting(root, username)
    if (wait := desk.refuse(name)) is not None:
        raise SoapFault("ErrorServerBusy", back_off=wait)
    if trouble is Trouble.LOST_PAGE and _offset(operation) > 0:
        raise SoapFault("ErrorInternalServerError")
    messages, stop = [], False
    for number, part in enumerate(_PARTS[name](operation, desk, who)):
        wait = desk.refuse_item(name, number)
        if stop:
            messages.append(_message(name, "Warning", "ErrorBatchProcessingStopped"))
        elif wait is not None:
            stop = True
            messages.append(_message(name, "Error", "ErrorServerBusy", back_off=wait))
        else:
            messages.append(_tried(name, part))
    if trouble is Trouble.WRONG_COUNT:
        messages.pop()
    return envelope(
        f'<m:{name}Response xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>{"".join(messages)}</m:ResponseMessages>'
        f"</m:{name}Response>"
    )


def _tried(name: str, part: Part) -> str:
    try:
        return _message(name, "Success", "NoError", part())
    except Refused as refused:
        return _message(name, "Error", refused.code, back_off=refused.back_off)


def _message(name: str, kind: str, code: str, inside: str = "", *, back_off: float | None = None) -> str:
    text = "" if kind == "Success" else "<m:MessageText>Refused.</m:MessageText>"
    wait = ""
    if back_off is not None:
        milliseconds = int(back_off * 1000)
        wait = f'<m:MessageXml><t:Value Name="BackOffMilliseconds">{milliseconds}</t:Value></m:MessageXml>'
    return (
        f'<m:{name}ResponseMessage ResponseClass="{kind}">{text}<m:ResponseCode>{code}</m:ResponseCode>'
        f"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{wait}{inside}</m:{name}ResponseMessage>"
    )


def _get_folder(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    wanted = _wanted(operation, "m:FolderShape")

    def part(element: etree._Element) -> str:
        return f"<m:Folders>{_folder(desk.folder(element, who)[1], wanted)}</m:Folders>"

    for element in operation.iterfind("m:FolderIds/*", NS):
        yield partial(part, element)


def _find_folder(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    wanted, deep = _wanted(operation, "m:FolderShape"), operation.get("Traversal") == "Deep"

    def part(element: etree._Element) -> str:
        box, parent = desk.folder(element, who)
        found = list(box.below(parent.key, deep=deep))
        return _page(operation, [_folder(each, wanted) for each in found], desk.page, "Folders")

    for element in operation.iterfind("m:ParentFolderIds/*", NS):
        yield partial(part, element)


def _create_folder(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    [parent] = operation.iterfind("m:ParentFolderId/*", NS)

    def part(element: etree._Element) -> str:
        if [local(each) for each in element][:2] != ["FolderClass", "DisplayName"]:
            raise SoapFault("ErrorSchemaValidation")
        box, folder = desk.folder(parent, who)
        name = element.findtext("t:DisplayName", "", NS)
        properties = dict(read_extended(each) for each in element.iterfind("t:ExtendedProperty", NS))
        made = desk.new_folder(box, folder.key, name, properties)
        return f"<m:Folders>{_folder(made, [])}</m:Folders>"

    for element in operation.iterfind("m:Folders/*", NS):
        yield partial(part, element)


def _find_item(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    wanted = _wanted(operation, "m:ItemShape")
    wanted = [path for path in wanted if path != ("item:Body",)]  # FindItem tells no body

    def part(element: etree._Element) -> str:
        items = [each for each in desk.folder(element, who)[1].items.values() if holds(operation, each)]
        return _page(operation, [written(each, wanted) for each in items], desk.page, "Items")

    for element in operation.iterfind("m:ParentFolderIds/*", NS):
        yield partial(part, element)


def _sync(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    def part(element: etree._Element) -> str:
        box, folder = desk.folder(element, who)
        if box is desk.public:
            raise Refused("ErrorInvalidOperation")
        most = int(operation.findtext("m:MaxChangesReturned", "512", NS))
        told = desk.sync.told(folder.key, folder.items, operation.findtext("m:SyncState", "", NS), most)
        if told is None:
            raise Refused("ErrorInvalidSyncStateData")
        return told

    for element in operation.iterfind("m:SyncFolderId/*", NS):
        yield partial(part, element)


def _get_item(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    wanted = _wanted(operation, "m:ItemShape")

    def part(element: etree._Element) -> str:
        return f"<m:Items>{written(desk.item(element, who)[1], wanted)}</m:Items>"

    for element in operation.iterfind("m:ItemIds/*", NS):
        yield partial(part, element)


def _create_item(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    [where] = operation.iterfind("m:SavedItemFolderId/*", NS)
    for element in operation.iterfind("m:Items/*", NS):
        values_of(element)  # what the schema does not allow is refused before anything is done

    def part(element: etree._Element) -> str:
        item = desk.new_item(desk.folder(where, who)[1], element)
        return f"<m:Items><t:Contact>{item_id(item)}</t:Contact></m:Items>"

    for element in operation.iterfind("m:Items/*", NS):
        yield partial(part, element)


def _update_item(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    strict = operation.get("ConflictResolution") == "NeverOverwrite"

    def part(change: etree._Element) -> str:
        [element] = change.iterfind("t:ItemId", NS)
        _, item = desk.item(element, who)
        if strict and not element.get("ChangeKey"):
            raise Refused("ErrorChangeKeyRequiredForWriteOperations")
        if strict and element.get("ChangeKey") != str(item.version):
            raise Refused("ErrorIrresolvableConflict")
        for update in change.iterfind("t:Updates/*", NS):
            path = path_of(update[0])
            if local(update) == "DeleteItemField":
                item.values.pop(path, None)
                continue
            values = values_of(update[1])
            if set(values) != {path}:
                raise Refused("ErrorIncorrectUpdatePropertyCount")
            item.values |= values
        desk.touch(item)
        told = f"<m:Items><t:Contact>{item_id(item)}</t:Contact></m:Items>"
        return f"{told}<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"

    for change in operation.iterfind("m:ItemChanges/*", NS):
        yield partial(part, change)


def _delete_item(operation: etree._Element, desk: ContactsDesk, who: str) -> Iterator[Part]:
    if operation.get("DeleteType") not in ("HardDelete", "SoftDelete", "MoveToDeletedItems"):
        raise SoapFault("ErrorSchemaValidation")

    def part(element: etree._Element) -> str:
        folder, item = desk.item(element, who)
        desk.remove(folder, item)
        return ""

    for element in operation.iterfind("m:ItemIds/*", NS):
        yield partial(part, element)


def _wanted(operation: etree._Element, shape: str) -> list[Path]:
    return paths_of(operation.find(f"{shape}/t:AdditionalProperties", NS))


def _folder(folder: Folder, wanted: list[Path]) -> str:
    name = f"<t:DisplayName>{escape(folder.name)}</t:DisplayName>" if ("folder:DisplayName",) in wanted else ""
    kind = f"<t:FolderClass>{folder.kind}</t:FolderClass>" if ("folder:FolderClass",) in wanted else ""
    parent = ""
    if ("folder:ParentFolderId",) in wanted and folder.parent:
        parent = f'<t:ParentFolderId Id={quoteattr(folder.parent)} ChangeKey="1"/>'
    own = extended({path: text for path, text in folder.extended.items() if path in wanted})
    element = "ContactsFolder" if folder.kind == "IPF.Contact" else "Folder"
    counts = ""
    if ("folder:ChildFolderCount",) in wanted:
        counts = f"<t:TotalCount>{len(folder.items)}</t:TotalCount><t:ChildFolderCount>0</t:ChildFolderCount>"
    return (
        f'<t:{element}><t:FolderId Id={quoteattr(folder.key)} ChangeKey="1"/>{parent}{kind}{name}{counts}{own}'
        f"</t:{element}>"
    )


def _page(operation: etree._Element, entries: list[str], most: int, array: str) -> str:
    view = next((each for each in operation if local(each).startswith("Indexed")), None)
    start = _offset(operation)
    size = min(int(view.get("MaxEntriesReturned", "1000")) if view is not None else 1000, most)
    part = entries[start : start + size]
    last = "true" if start + len(part) >= len(entries) else "false"
    return (
        f'<m:RootFolder IndexedPagingOffset="{start + len(part)}" TotalItemsInView="{len(entries)}" '
        f'IncludesLastItemInRange="{last}"><t:{array}>{"".join(part)}</t:{array}></m:RootFolder>'
    )


def _offset(operation: etree._Element) -> int:
    view = next((each for each in operation if local(each).startswith("Indexed")), None)
    return int(view.get("Offset", "0")) if view is not None else 0


_PARTS: Final[Mapping[str, Callable[[etree._Element, ContactsDesk, str], Iterator[Part]]]] = {
    "GetFolder": _get_folder,
    "FindFolder": _find_folder,
    "CreateFolder": _create_folder,
    "FindItem": _find_item,
    "GetItem": _get_item,
    "SyncFolderItems": _sync,
    "CreateItem": _create_item,
    "UpdateItem": _update_item,
    "DeleteItem": _delete_item,
}
OPERATIONS: Final = frozenset(f"{{{M}}}{name}" for name in _PARTS)
