"""What is written to calendars of the simulated Exchange: items and single occurrences, and who would be mailed."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from typing import Final, TypeAlias

from lxml import etree

from simulation.exchange.calendar_folders import CalendarDesk, CalendarFolder
from simulation.exchange.calendar_items import Entry, item_id, read_into
from simulation.exchange.calendar_series import local_day
from simulation.exchange.contact_items import local, path_of
from simulation.exchange.contact_mailboxes import Refused
from simulation.exchange.soap import NS, SoapFault

Part: TypeAlias = Callable[[], str]
_SILENT: Final = "SendToNone"
_KINDS: Final = frozenset({"HardDelete", "SoftDelete", "MoveToDeletedItems"})


def named(
    desk: CalendarDesk, element: etree._Element, who: str, headers: Mapping[str, str]
) -> tuple[CalendarFolder, Entry, int]:
    """The item that an ItemId or an OccurrenceItemId names, where it is, and which occurrence (0: all of it). Raises
    Refused."""
    if local(element) != "OccurrenceItemId":
        folder, entry, place = desk.entry(element.get("Id", ""), who, headers)
    else:
        folder, entry, _ = desk.entry(element.get("RecurringMasterId", ""), who, headers)
        place = int(element.get("InstanceIndex", "0"))
        if not 1 <= place <= len(entry.starts):
            raise Refused("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange")
    if place in entry.deleted:
        raise Refused("ErrorCalendarOccurrenceIsDeletedFromRecurrence")
    return folder, entry, place


def create(operation: etree._Element, desk: CalendarDesk, who: str, headers: Mapping[str, str]) -> Iterator[Part]:
    """CreateItem."""
    sending = _sending(operation, "SendMeetingInvitations")
    [where] = operation.iterfind("m:SavedItemFolderId/*", NS)
    for element in operation.iterfind("m:Items/*", NS):
        read_into(Entry(""), element, create=True)  # what the schema does not allow is refused before anything is done

    def part(element: etree._Element) -> str:
        folder = desk.folder(where, who, headers)
        if not folder.owner:
            desk.public.check_content(headers, folder.content)
        if not folder.writable:
            raise Refused("ErrorAccessDenied")
        if local(element) != "CalendarItem":
            raise Refused("ErrorCannotCreateCalendarItemInNonCalendarFolder")
        entry = desk.add(folder, element)
        _mail(desk, entry, sending)
        return _told(entry)

    for element in operation.iterfind("m:Items/*", NS):
        yield partial(part, element)


def update(operation: etree._Element, desk: CalendarDesk, who: str, headers: Mapping[str, str]) -> Iterator[Part]:
    """UpdateItem."""
    sending = _sending(operation, "SendMeetingInvitationsOrCancellations")
    strict = operation.get("ConflictResolution") == "NeverOverwrite"

    def part(change: etree._Element) -> str:
        target = change[0]
        folder, entry, place = named(desk, target, who, headers)
        if not folder.writable:
            raise Refused("ErrorAccessDenied")
        if strict and not target.get("ChangeKey"):
            raise Refused("ErrorChangeKeyRequiredForWriteOperations")
        if strict and target.get("ChangeKey") != str(entry.version):
            raise Refused("ErrorIrresolvableConflict")
        changed = deepcopy(entry.occurrence(place) if place else entry)
        names = {_set(changed, each) for each in change.iterfind("t:Updates/*", NS)}
        if changed.end < changed.start:
            raise Refused("ErrorCalendarEndDateIsEarlierThanStartDate")
        if place:
            _check_place(entry, place, changed)
            entry.differ(place, changed, names)
        else:
            changed.lay_out(names)
            folder.entries[entry.key] = entry = changed
        desk.touch(folder, entry)
        _mail(desk, entry, sending)
        return f"{_told(changed)}<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"

    for change in operation.iterfind("m:ItemChanges/*", NS):
        yield partial(part, change)


def delete(operation: etree._Element, desk: CalendarDesk, who: str, headers: Mapping[str, str]) -> Iterator[Part]:
    """DeleteItem."""
    sending = _sending(operation, "SendMeetingCancellations")
    if operation.get("DeleteType") not in _KINDS:
        raise SoapFault("ErrorSchemaValidation")

    def part(element: etree._Element) -> str:
        folder, entry, place = named(desk, element, who, headers)
        if not folder.writable:
            raise Refused("ErrorAccessDenied")
        _mail(desk, entry, sending)
        if not place:
            desk.remove(folder, entry)
            return ""
        entry.differing.pop(place, None)
        entry.deleted.add(place)
        desk.touch(folder, entry)
        return ""

    for element in operation.iterfind("m:ItemIds/*", NS):
        yield partial(part, element)


def _set(entry: Entry, update_: etree._Element) -> str:
    path = path_of(update_[0])
    name = path[0].rpartition(":")[2]
    if local(update_) == "DeleteItemField":
        if path[0] == "ext":
            entry.own.pop(path, None)
        else:
            entry.parts.pop(name, None)
        return name
    said = read_into(entry, update_[1])
    if path[0] != "ext" and said != {name}:
        raise Refused("ErrorIncorrectUpdatePropertyCount")
    return name


def _check_place(entry: Entry, place: int, changed: Entry) -> None:
    """[MS-OXOCAL] 3.1.4.7.1: an occurrence stays between the days of its neighbours."""
    starts, zone = entry.starts, entry.zone
    day = local_day(changed.start, zone)
    for number in (place - 1, place + 1):
        if not 1 <= number <= len(starts) or number in entry.deleted:
            continue
        beside = local_day(entry.occurrence(number).start, zone)
        if (number < place and day <= beside) or (number > place and day >= beside):
            raise Refused("ErrorOccurrenceCrossingBoundary")


def _sending(operation: etree._Element, name: str) -> str:
    told = operation.get(name)
    if told is None:
        raise SoapFault(f"Error{name}Required", f"{name} attribute is required for calendar items.")
    return told


def _mail(desk: CalendarDesk, entry: Entry, sending: str) -> None:
    if sending != _SILENT:
        desk.mails += entry.attendees


def _told(entry: Entry) -> str:
    return f"<m:Items><t:CalendarItem>{item_id(entry)}</t:CalendarItem></m:Items>"
