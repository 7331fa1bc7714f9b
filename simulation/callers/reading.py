"""What the callers make of an answer: a small reader of their own, so that ours does not vouch for our writer."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml import etree

_M = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
_T = "{http://schemas.microsoft.com/exchange/services/2006/types}"


@dataclass(frozen=True, slots=True)
class Block:
    """One event as the caller shows it, aware and in the caller's zone; subject and place where they came along."""

    start: datetime
    end: datetime
    status: str
    subject: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the caller's user gets to see of one mailbox. ``code`` is "NoError", or why there are only hashes."""

    address: str
    code: str
    blocks: tuple[Block, ...] = ()
    view: str = "None"
    merged: str = ""
    text: str = ""

    @property
    def known(self) -> bool:
        """Whether anything can be said of the mailbox at all."""
        return self.code == "NoError"

    @property
    def intervals(self) -> list[tuple[datetime, datetime, str]]:
        """The blocks that take time: start, end, status in the words of EWS."""
        return [(block.start, block.end, block.status) for block in self.blocks if block.status != "Free"]


def nothing(addresses: list[str], code: str, text: str = "") -> list[Seen]:
    """The same failure for every address."""
    return [Seen(address, code, text=text) for address in addresses]


def read(data: bytes, addresses: list[str], zone: tzinfo) -> list[Seen]:
    """What the answer says of each address, by position; naive times are of ``zone``.

    Anything but one answer per address, in a well-formed envelope, is a failure of all.
    """
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError as error:
        return nothing(addresses, "Unreadable", str(error))
    code = next((e.text for e in root.iter("{*}Fault") for e in e.iter("{*}ResponseCode", "{*}ErrorCode")), None)
    if code:
        return nothing(addresses, code, next((e.text or "" for e in root.iter("{*}faultstring", "faultstring")), ""))
    responses = list(root.iter(f"{_M}FreeBusyResponse"))
    if len(responses) != len(addresses):
        return nothing(addresses, "WrongCount", f"{len(responses)} answers to {len(addresses)}")
    return [_seen(address, response, zone) for address, response in zip(addresses, responses, strict=True)]


def _seen(address: str, response: etree._Element, zone: tzinfo) -> Seen:
    message = response.find(f"{_M}ResponseMessage")
    if message is None:
        return Seen(address, "NoResponseMessage")
    code, text = message.findtext(f"{_M}ResponseCode", ""), message.findtext(f"{_M}MessageText", "")
    if message.get("ResponseClass") != "Success" or code != "NoError":
        return Seen(address, code or "NoResponseCode", text=text)
    view = response.find(f"{_M}FreeBusyView")
    if view is None or not len(view) or view[0].tag != f"{_T}FreeBusyViewType":  # readers want it to be the first
        return Seen(address, "NoFreeBusyViewType")
    try:
        blocks = tuple(_block(event, zone) for event in view.iterfind(f"{_T}CalendarEventArray/{_T}CalendarEvent"))
    except ValueError as error:
        return Seen(address, "UnreadableTime", text=str(error))
    return Seen(address, code, blocks, view[0].text or "", view.findtext(f"{_T}MergedFreeBusy", ""))


def _block(event: etree._Element, zone: tzinfo) -> Block:
    start, end = (_instant(event.findtext(f"{_T}{name}", ""), zone) for name in ("StartTime", "EndTime"))
    details = event.find(f"{_T}CalendarEventDetails")
    subject = location = ""
    if details is not None:
        subject, location = (details.findtext(f"{_T}{name}", "") for name in ("Subject", "Location"))
    return Block(start, end, event.findtext(f"{_T}BusyType", ""), subject, location)


def _instant(text: str, zone: tzinfo) -> datetime:
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
