"""Which operations exist; the front answers these and refuses the rest."""

from protocols.errors import Fault, RequestError
from protocols.ews.soap import Envelope

AVAILABILITY = "GetUserAvailabilityRequest"  # the element is so called, unlike all others (messages.xsd)
TIME_ZONES = "GetServerTimeZones"
ROOM_LISTS = "GetRoomLists"
ROOMS = "GetRooms"
MAIL_TIPS = "GetMailTips"
OPERATIONS = frozenset({AVAILABILITY, TIME_ZONES, ROOM_LISTS, ROOMS, MAIL_TIPS})


def operation_of(envelope: Envelope) -> str:
    """The operation asked for, one of OPERATIONS. Raises RequestError(UNKNOWN_OPERATION)."""
    if envelope.operation not in OPERATIONS:
        raise RequestError(Fault.UNKNOWN_OPERATION, envelope.operation[:100])
    return envelope.operation
