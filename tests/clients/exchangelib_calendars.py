"""Drives exchangelib over a calendar of a mailbox, or a public folder: what it reads there, and what it does there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

import requests.adapters
from exchangelib import (
    BASIC,
    DELEGATE,
    Account,
    Attendee,
    CalendarItem,
    Configuration,
    Credentials,
    EWSDate,
    EWSDateTime,
    EWSTimeZone,
    FailFast,
    Mailbox,
)
from exchangelib.extended_properties import ExtendedProperty
from exchangelib.items import SEND_TO_NONE
from exchangelib.protocol import BaseProtocol, Protocol
from exchangelib.recurrence import Recurrence, WeeklyPattern
from exchangelib.version import EXCHANGE_2016, Version

R = TypeVar("R")
_NAMES = (
    "subject", "location", "start", "end", "is_all_day", "legacy_free_busy_status", "sensitivity", "categories",
    "reminder_is_set", "reminder_minutes_before_start", "busyline_stamp", "required_attendees", "type",
)  # fmt: skip


class Stamp(ExtendedProperty):  # type: ignore[misc]
    """The named property that carries our stamps."""

    property_set_id = "9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9"
    property_name = "BusylineStamp"
    property_type = "String"


class Calendar:
    """One folder, opened: ``path`` is that of a public one, "" the mailbox's own calendar."""

    def __init__(self, account: Any, path: str) -> None:
        self.account = account
        folder = account.calendar
        if path:
            folder = account.public_folders_root
            for name in path.strip("/").split("/"):
                folder = folder / name
        self.folder = folder

    def read(self) -> list[dict[str, Any]]:
        """What stands there, by exchangelib's names; of series with what was cancelled and what differs."""
        return [_told(item) for item in self.folder.all()]

    def enter(self, *, subject: str, start: datetime, end: datetime, zone: str, **more: Any) -> None:
        """A new appointment. ``weekly`` makes it a series of so many weeks, on the weekday of its start."""
        clock = EWSTimeZone(zone)
        weekly = more.pop("weekly", 0)
        first = EWSDateTime.from_datetime(start).astimezone(clock)
        if weekly:
            pattern = WeeklyPattern(interval=1, weekdays=[first.isoweekday()], first_day_of_week=1)
            more["recurrence"] = Recurrence(pattern=pattern, start=first.date(), number=weekly)
        last = EWSDateTime.from_datetime(end).astimezone(clock)
        item = CalendarItem(folder=self.folder, account=self.account, subject=subject, start=first, end=last, **more)
        item.save(send_meeting_invitations=SEND_TO_NONE)

    def enter_days(self, *, subject: str, first: date, last: date) -> None:
        """Whole days."""
        days = (EWSDate.from_date(first), EWSDate.from_date(last))
        item = CalendarItem(
            folder=self.folder, account=self.account, subject=subject, start=days[0], end=days[1], is_all_day=True
        )
        item.save(send_meeting_invitations=SEND_TO_NONE)

    def change(self, subject: str, **values: Any) -> None:
        """Other values for the item of that subject."""
        item = self._found(subject)
        for name, value in values.items():
            setattr(item, name, value)
        item.save(update_fields=list(values), send_meeting_invitations=SEND_TO_NONE)

    def move(self, subject: str, place: int, start: datetime, end: datetime) -> None:
        """Another time for one occurrence."""
        occurrence = self._found(subject).occurrence(index=place)
        occurrence.refresh()
        clock = EWSTimeZone("UTC")
        occurrence.start = EWSDateTime.from_datetime(start).astimezone(clock)
        occurrence.end = EWSDateTime.from_datetime(end).astimezone(clock)
        occurrence.save(update_fields=["start", "end"], send_meeting_invitations=SEND_TO_NONE)

    def cancel(self, subject: str, place: int) -> None:
        """One occurrence less."""
        self._found(subject).occurrence(index=place).delete(send_meeting_cancellations=SEND_TO_NONE)

    def invite(self, subject: str, address: str) -> None:
        """Somebody else takes part."""
        item = self._found(subject)
        item.required_attendees = [Attendee(mailbox=Mailbox(email_address=address), response_type="Unknown")]
        item.save(update_fields=["required_attendees"], send_meeting_invitations=SEND_TO_NONE)

    def delete(self, subject: str) -> None:
        """Throw it away."""
        self._found(subject).delete(send_meeting_cancellations=SEND_TO_NONE)

    def _found(self, subject: str) -> Any:
        [item] = [each for each in self.folder.all() if each.subject == subject]
        return self.account.fetch([item]).__next__()


def at(
    url: str,
    account: tuple[str, str],
    path: str,
    do: Callable[[Calendar], R],
    *,
    ca: str,
    headers: Mapping[str, str] | None = None,
) -> R:
    """What ``do`` says of the folder; ``account`` is an address and a password."""
    with _account(url, *account, ca, headers or {}) as found:
        CalendarItem.register("busyline_stamp", Stamp)
        try:
            return do(Calendar(found, path))
        finally:
            CalendarItem.deregister("busyline_stamp")


def _told(item: Any) -> dict[str, Any]:
    told = {name: getattr(item, name) for name in _NAMES}
    full = next(item.account.fetch([item]))
    told["body"] = full.body
    told["recurrence"] = full.recurrence
    told["cancelled"] = [each.start for each in full.deleted_occurrences or ()]
    told["differing"] = [(each.original_start, each.start) for each in full.modified_occurrences or ()]
    return told


@contextmanager
def _account(url: str, mailbox: str, password: str, ca: str, headers: Mapping[str, str]) -> Iterator[Any]:
    class Trusting(requests.adapters.HTTPAdapter):
        def send(self, request: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            request.headers.update(headers)
            return super().send(request, **(kwargs | {"verify": ca}))

    previous, BaseProtocol.HTTP_ADAPTER_CLS = BaseProtocol.HTTP_ADAPTER_CLS, Trusting
    config = Configuration(
        service_endpoint=url,
        credentials=Credentials(mailbox, password),
        auth_type=BASIC,
        retry_policy=FailFast(),
        version=Version(EXCHANGE_2016),
    )
    account = Account(mailbox, config=config, autodiscover=False, access_type=DELEGATE)
    try:
        yield account
    finally:
        account.protocol.close()
        Protocol.clear_cache()
        BaseProtocol.HTTP_ADAPTER_CLS = previous
