"""A proxy on a real socket with a scripted connector behind it, for the tests of the server and its fronts."""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from protocols.model.freebusy import Answer, Availability, Question
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.auth.passwords import hash_password
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build

PASSWORD = "correct horse"
USER = "interop@northwind.example"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLIC = "http://busy.example.com"
EWS = "/EWS/Exchange.asmx"


def login(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    """The header that proves who one is."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


XML = {"Content-Type": "text/xml; charset=utf-8"}
BLOCK = TimeWindow(datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC))


@cache
def password_hash() -> str:
    """Of PASSWORD, made once: it is meant to be slow."""
    return hash_password(PASSWORD)


class Busy:
    """Everybody has one block, BLOCK."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """One answer per mailbox."""
        self.asked += [mailbox.address for mailbox in mailboxes]
        return self.answers(mailboxes, question)

    def answers(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """The same, nobody asked."""
        packed = Intervals.pack([BusyInterval(BLOCK, BusyStatus.BUSY)])
        return [
            Availability(mailbox=mailbox, window=question.window, intervals=packed, source="script", as_of=NOW)
            for mailbox in mailboxes
        ]


class Broken:
    """A connector that breaks its promise with a secret on its lips."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """Raises."""
        raise RuntimeError("the secret is hunter2")


def configuration(**caller: Any) -> dict[str, Any]:
    """A valid configuration, with keys of its caller replaced."""
    return {
        "server": {
            "listen": ["127.0.0.1:0"],
            "metrics_listen": ["127.0.0.1:0"],
            "public_url": PUBLIC,
            "max_body": "64KiB",
            "queue": "1m",  # who asks here works on the same processor, and is no overload
            "certificate": {"kind": "none"},
        },
        "connectors": {
            "fabrikam": {
                "protocol": "ews",
                "url": "https://mail.fabrikam.example/EWS/Exchange.asmx",
                "auth": {"kind": "basic", "username": "svc", "password": "env:NOBODY"},
            }
        },
        "routes": [{"match": "fabrikam.example", "via": "fabrikam"}],
        "callers": [
            {
                "name": "northwind",
                "basic": {"usernames": [USER, "NORTHWIND\\interop"], "password": "file:interop.hash"},
                "may_ask": ["fabrikam.example"],
                **caller,
            }
        ],
    }


@asynccontextmanager
async def serving(
    directory: Path, *, connector: Any = None, settings: Mapping[str, Any] | None = None, **caller: Any
) -> AsyncIterator[Proxy]:
    """A proxy that answers from ``connector`` (Busy by default)."""
    (directory / "interop.hash").write_text(password_hash() + "\n")
    valid = ProxySettings.model_validate(settings or configuration(**caller))
    connectors = {"fabrikam": connector or Busy()}
    async with build(valid, directory=directory, clock=lambda: NOW, connectors=connectors) as proxy:
        yield proxy


def question(*addresses: str, view: str = "FreeBusy", operation: str = "GetUserAvailabilityRequest") -> bytes:
    """A request in the shape of a real client."""
    mailboxes = "".join(
        f"<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType>"
        "<t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>"
        for address in addresses
    )
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
        ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><soap:Body>'
        f"<m:{operation}><m:MailboxDataArray>{mailboxes}</m:MailboxDataArray>"
        "<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime>"
        "<t:EndTime>2026-11-25T00:00:00</t:EndTime></t:TimeWindow>"
        "<t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes>"
        f"<t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions></m:{operation}></soap:Body></soap:Envelope>"
    ).encode()
