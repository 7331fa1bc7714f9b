"""How an event looks, apart from when it is: read from the properties of a VEVENT, and written as such."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from protocols.caldav.events import BUSYSTATUSES
from protocols.caldav.item_text import body, escaped, line, words
from protocols.caldav.item_tree import Node, node
from protocols.caldav.lines import Block, Properties
from protocols.caldav.times import duration
from protocols.model.event import Event, Response, Sensitivity, When
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Recurrence
from protocols.model.texts import cut

NAMES: Final = frozenset({"SUMMARY", "LOCATION", "DESCRIPTION", "CLASS", "CATEGORIES", "TRANSP", "STATUS"}) | {
    "X-MICROSOFT-CDO-BUSYSTATUS"
}
_SENSITIVITIES: Final = {"": Sensitivity.NORMAL, "PUBLIC": Sensitivity.NORMAL, "CONFIDENTIAL": Sensitivity.CONFIDENTIAL}
_CLASSES: Final[Mapping[Sensitivity, str]] = {
    Sensitivity.NORMAL: "PUBLIC",
    Sensitivity.PERSONAL: "PRIVATE",  # iCalendar has no word for it
    Sensitivity.PRIVATE: "PRIVATE",
    Sensitivity.CONFIDENTIAL: "CONFIDENTIAL",
}
_SPECIAL: Final[Mapping[BusyStatus, str]] = {  # which TRANSP and STATUS cannot say
    BusyStatus.OUT_OF_OFFICE: "OOF",
    BusyStatus.WORKING_ELSEWHERE: "WORKINGELSEWHERE",
}
_UNDECIDED: Final = frozenset({Response.UNANSWERED, Response.TENTATIVE})
_OF_SHOWING: Final = ("TRANSP", "STATUS", "X-MICROSOFT-CDO-BUSYSTATUS")
_SEEN_OR_HEARD: Final = frozenset({"DISPLAY", "AUDIO"})
_ALARM: Final = frozenset({"ACTION", "TRIGGER"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """As of protocols.model.event.Event. ``cut`` names the texts that are told shorter than they are."""

    subject: str = ""
    location: str = ""
    body: str = field(default="", repr=False)
    shows: BusyStatus = BusyStatus.BUSY
    sensitivity: Sensitivity = Sensitivity.NORMAL
    categories: tuple[str, ...] = ()
    reminder: timedelta | None = None
    cancelled: bool = False
    cut: frozenset[str] = frozenset()

    def event(self, when: When, rule: Recurrence | None) -> Event:
        """An event that looks so."""
        return Event(
            when=when,
            rule=rule,
            subject=self.subject,
            location=self.location,
            body=self.body,
            shows=self.shows,
            sensitivity=self.sensitivity,
            categories=self.categories,
            reminder=self.reminder,
            cancelled=self.cancelled,
        )


def looks_of(own: Properties, block: Block, response: Response = Response.NONE) -> Looks:
    """How a VEVENT looks; ``response`` is what its owner has answered. Whatever cannot be read is as if it were not
    there, and an unknown CLASS is private (RFC 5545 3.8.1.3)."""
    subject, location = (_first(own, name, line) for name in ("SUMMARY", "LOCATION"))
    text = _first(own, "DESCRIPTION", body)
    texts = {"subject": subject, "location": location, "body": text}
    return Looks(
        subject=subject[0],
        location=location[0],
        body=text[0],
        shows=_shows(own, response),
        sensitivity=_SENSITIVITIES.get(own.word("CLASS"), Sensitivity.PRIVATE),
        categories=tuple(sorted({word for each in own.all("CATEGORIES") for word in words(each.value)})),
        reminder=next((early for each in block.inner if (early := reminder_of(each)) is not None), None),
        cancelled=own.word("STATUS") == "CANCELLED",
        cut=frozenset(name for name, (_, cut) in texts.items() if cut),
    )


def looks_in(event: Event) -> Looks:
    """How an event looks."""
    return Looks(
        subject=event.subject,
        location=event.location,
        body=event.body,
        shows=event.shows,
        sensitivity=event.sensitivity,
        categories=event.categories,
        reminder=event.reminder,
        cancelled=event.cancelled,
    )


def dress(event: Node, before: Looks, after: Looks) -> None:
    """Have a VEVENT that looks as ``before`` look as ``after``; nothing else of it is touched."""
    texts = {"SUMMARY": (before.subject, after.subject), "LOCATION": (before.location, after.location)}
    for name, (old, new) in texts.items():
        if old != new:
            event.replace([name], [f"{name}:{escaped(new)}"] if new else [])
    if before.body != after.body:
        event.replace(["DESCRIPTION", "X-ALT-DESC"], [f"DESCRIPTION:{escaped(after.body)}"] if after.body else [])
    if _CLASSES[before.sensitivity] != _CLASSES[after.sensitivity]:
        event.replace(["CLASS"], [f"CLASS:{_CLASSES[after.sensitivity]}"])
    if before.categories != after.categories:
        listed = ",".join(map(escaped, after.categories))
        event.replace(["CATEGORIES"], [f"CATEGORIES:{listed}"] if listed else [])
    if before.shows is not after.shows:
        _show(event, after)
    if before.reminder != after.reminder:
        _remind(event, after)


def reminder_of(alarm: Block) -> timedelta | None:
    """How long before the start a VALARM is seen or heard; None where it is no such, or comes at another time."""
    try:
        own = alarm.properties(_ALARM)
        trigger = own.one("TRIGGER")
        if alarm.name != "VALARM" or own.word("ACTION") not in _SEEN_OR_HEARD or trigger is None:
            return None
        length = duration(trigger.value.strip().lstrip("+-"))
    except ValueError:
        return None
    said = {name: value.upper() for name, value in trigger.parameters.items()}
    if said.get("VALUE") == "DATE-TIME" or said.get("RELATED") == "END":
        return None
    early = length.days + length.exact
    return early if trigger.value.strip().startswith("-") or not early else None


def _first(own: Properties, name: str, read: Callable[[str], str]) -> tuple[str, bool]:
    return next((cut(read(each.value)) for each in own.all(name)), ("", False))


def _shows(own: Properties, response: Response) -> BusyStatus:
    """TRANSP is what all programs keep in order: only where it agrees the word of Microsoft's says more."""
    said = BUSYSTATUSES.get(own.word("X-MICROSOFT-CDO-BUSYSTATUS"))
    if said is BusyStatus.WORKING_ELSEWHERE:
        return said
    if own.word("TRANSP") == "TRANSPARENT" or (said is BusyStatus.FREE and not own.word("TRANSP")):
        return BusyStatus.FREE
    if said is BusyStatus.OUT_OF_OFFICE:
        return said
    undecided = own.word("STATUS") == "TENTATIVE" or said is BusyStatus.TENTATIVE or response in _UNDECIDED
    return BusyStatus.TENTATIVE if undecided else BusyStatus.BUSY


def _show(event: Node, after: Looks) -> None:
    texts = [f"TRANSP:{'TRANSPARENT' if after.shows is BusyStatus.FREE else 'OPAQUE'}"]
    status = "TENTATIVE" if after.shows is BusyStatus.TENTATIVE else "CONFIRMED"
    texts.append(f"STATUS:{'CANCELLED' if after.cancelled else status}")
    texts += [f"X-MICROSOFT-CDO-BUSYSTATUS:{_SPECIAL[after.shows]}"] if after.shows in _SPECIAL else []
    event.replace([*_OF_SHOWING, "X-MICROSOFT-CDO-INTENDEDSTATUS"], texts)


def _remind(event: Node, after: Looks) -> None:
    """The first alarm that counts comes at another time; without a reminder none that counts is left."""
    counting = [each for each in event.nodes("VALARM") if reminder_of(_block(each)) is not None]
    if after.reminder is None:
        for each in counting:
            event.drop(each)
        return
    trigger = f"TRIGGER:{_before(after.reminder)}"
    if counting:
        counting[0].replace(["TRIGGER"], [trigger])
    else:
        event.parts.append(node("VALARM", ["ACTION:DISPLAY", trigger, "DESCRIPTION:Reminder"]))


def _block(alarm: Node) -> Block:
    texts = "\n".join(part.text for part in alarm.parts if not isinstance(part, Node))
    return Block(alarm.name, (), f"{texts}\n".encode())


def _before(length: timedelta) -> str:
    """A duration before the start (RFC 5545 3.3.6)."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number}{letter}" for number, letter in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number]
    days = f"{length.days}D" if length.days else ""
    return f"-P{days}{'T' if parts else ''}{''.join(parts)}" if days or parts else "PT0S"
