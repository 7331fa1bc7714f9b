"""GetRoomLists and GetRooms, answered: which rooms a caller may book and under which addresses."""

from collections.abc import Iterable
from typing import Final

from protocols.errors import Fault, RequestError
from protocols.ews.children import children, first, text_of
from protocols.ews.names import M, T
from protocols.ews.operations import ROOM_LISTS, ROOMS
from protocols.ews.soap import Envelope, envelope
from protocols.ews.tables import CODES, TEXTS
from protocols.ews.text import escaped
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.rooms import NoRooms, Room, RoomList

_CIRCLE: Final = CODES[Reason.LOOP]
_FAILURES: Final = {
    NoRooms.CIRCLE: (_CIRCLE, TEXTS[_CIRCLE]),
    NoRooms.NO_LIST: ("ErrorNameResolutionNoResults", "No results were found."),
    NoRooms.UNREADABLE: (
        "ErrorInternalServerTransientError",
        "The list could not be read at the moment. Try again later.",
    ),
}


def decode_rooms(request: Envelope) -> Mailbox | None:
    """The list that a GetRooms names; None where what it names is no SMTP address.

    Raises RequestError(MISSING_ARGUMENT) where it names none.
    """
    wanted = first(request.payload, "RoomList")
    parts = children(wanted) if wanted is not None else {}
    address, routing = text_of(parts.get("EmailAddress")), text_of(parts.get("RoutingType"))
    if not address:
        raise RequestError(Fault.MISSING_ARGUMENT, "a RoomList with its EmailAddress")
    if routing.upper() not in ("", "SMTP"):
        return None
    try:
        return Mailbox.parse(address)
    except ValueError:
        return None


def encode_room_lists(lists: Iterable[RoomList]) -> bytes:
    """The whole answer to GetRoomLists, in order."""
    addresses = "".join(f"<t:Address>{_address(one.name, one.address, 'PublicDL')}</t:Address>" for one in lists)
    return _success(ROOM_LISTS, f"<m:RoomLists>{addresses}</m:RoomLists>")


def encode_rooms(rooms: Iterable[Room]) -> bytes:
    """The whole answer to GetRooms, in order. EWS has no place for building and capacity there."""
    written = "".join(f"<t:Room><t:Id>{_address(room.name, room.address, 'Mailbox')}</t:Id></t:Room>" for room in rooms)
    return _success(ROOMS, f"<m:Rooms>{written}</m:Rooms>")


def encode_failure(operation: str, failure: NoRooms) -> bytes:
    """The answer that tells nothing but a code, always with the same bytes."""
    code, text = _FAILURES[failure]
    return envelope(
        f'<m:{operation}Response ResponseClass="Error" xmlns:m="{M}" xmlns:t="{T}">'
        f"<m:MessageText>{text}</m:MessageText><m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:{operation}Response>"
    )


def _success(operation: str, body: str) -> bytes:
    return envelope(
        f'<m:{operation}Response ResponseClass="Success" xmlns:m="{M}" xmlns:t="{T}">'
        f"<m:ResponseCode>NoError</m:ResponseCode>{body}</m:{operation}Response>"
    )


def _address(name: str, mailbox: Mailbox, kind: str) -> str:
    return (
        f"<t:Name>{escaped(name)}</t:Name><t:EmailAddress>{escaped(mailbox.address)}</t:EmailAddress>"
        f"<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>{kind}</t:MailboxType>"
    )
