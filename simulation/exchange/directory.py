"""ExpandDL, GetRoomLists and GetRooms of the simulated Exchange."""

from typing import Final
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from simulation.directory import ROOM_LIST_NAMES, ROOM_LISTS, groups_of, rooms_of
from simulation.estate import Estate
from simulation.exchange.soap import NS, M, T, envelope
from simulation.people import FABRIKAM

OPERATIONS: Final = frozenset({f"{{{M}}}{name}" for name in ("ExpandDL", "GetRoomLists", "GetRooms")})
_NO_RESULTS: Final = "<m:MessageText>No results were found.</m:MessageText><m:ResponseCode>{}</m:ResponseCode>".format(
    "ErrorNameResolutionNoResults"
)
_LINK: Final = "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
_SUCCESS: Final = "<m:ResponseCode>NoError</m:ResponseCode>"


def answer(operation: etree._Element, estate: Estate) -> web.Response:
    """The answer to one of OPERATIONS."""
    name = etree.QName(operation).localname
    if name == "ExpandDL":
        return _expanded(_address(operation, "m:Mailbox"))
    if name == "GetRoomLists":
        lists = (
            f"<t:Address>{_mailbox(ROOM_LISTS[FABRIKAM.name], ROOM_LIST_NAMES[FABRIKAM.name], 'PublicDL')}</t:Address>"
        )
        return _answered(name, "Success", f"{_SUCCESS}<m:RoomLists>{lists}</m:RoomLists>")
    if _address(operation, "m:RoomList") != ROOM_LISTS[FABRIKAM.name]:
        return _answered(name, "Error", _NO_RESULTS + _LINK)
    rooms = "".join(
        f"<t:Room><t:Id>{_mailbox(address, title, 'Mailbox')}</t:Id></t:Room>"
        for address, title in rooms_of(estate, FABRIKAM)
    )
    return _answered(name, "Success", f"{_SUCCESS}<m:Rooms>{rooms}</m:Rooms>")


def _expanded(group: str) -> web.Response:
    known = groups_of(FABRIKAM)
    if group not in known:
        return _message("Error", _NO_RESULTS + _LINK)
    members = "".join(
        f"<t:Mailbox>{_mailbox(one, one.partition('@')[0], _kind(one))}</t:Mailbox>" for one in known[group]
    )
    total = len(known[group])
    opened = f'<m:DLExpansion TotalItemsInView="{total}" IncludesLastItemInRange="true">'
    return _message("Success", f"{_SUCCESS}{opened}{members}</m:DLExpansion>")


def _kind(address: str) -> str:
    if address in groups_of(FABRIKAM):
        return "PublicDL"
    return "Mailbox" if address.endswith(f"@{FABRIKAM.domain}") else "Contact"


def _address(operation: etree._Element, place: str) -> str:
    return (operation.findtext(f"{place}/t:EmailAddress", "", NS) or "").strip().lower()


def _mailbox(address: str, name: str, kind: str) -> str:
    return (
        f"<t:Name>{escape(name)}</t:Name><t:EmailAddress>{escape(address)}</t:EmailAddress>"
        f"<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>{kind}</t:MailboxType>"
    )


def _message(kind: str, body: str) -> web.Response:
    message = f'<m:ExpandDLResponseMessage ResponseClass="{kind}">{body}</m:ExpandDLResponseMessage>'
    return envelope(
        f'<m:ExpandDLResponse xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>{message}</m:ResponseMessages>'
        "</m:ExpandDLResponse>"
    )


def _answered(operation: str, kind: str, body: str) -> web.Response:
    name = f"{operation}Response"
    return envelope(f'<m:{name} ResponseClass="{kind}" xmlns:m="{M}" xmlns:t="{T}">{body}</m:{name}>')
