"""Writes the script that forwards mailboxes, as orders that look again before they write, and reads its export.

The export is that of galsync/powershell/export.py, with ``move`` in its first line, which bears the serial also where
nothing was changed (-ExportOnly, -Preview). What is done is told by what stands there, never by what the script says of
itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from galsync.files.disk import UnreadableError
from galsync.forwarding.forwards import NOWHERE, Forward
from galsync.powershell.export import Result, Told, list_of, loaded, switch_of, text_of
from galsync.powershell.orders import Order
from galsync.powershell.script import assembled
from protocols.model.freebusy import Reason
from service.powershell import expression, quoted

FORM: Final = "mailbox"
TO, COPY = "ForwardingSmtpAddress", "DeliverToMailboxAndForward"
_NOTES: Final = """\
Made by Busyline for the move {move}, with {count} steps: where the mail of people who move is forwarded to.

In Exchange Online: Connect-ExchangeOnline first, as an administrator of recipients. On-premises: the Exchange
Management Shell. -Preview shows what would be done, -ExportOnly only tells what stands there.

It looks at each mailbox again before it changes it, and changes only what is as Busyline saw it. It may be run again at
any time. What stood there before each change goes to {record}: keep it. What stands there in the end goes to
{export}: copy that back, Busyline reads it, and counts nothing as done before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox of the export: ``inside`` is ForwardingAddress, which wins over ``forward``; "" for none."""

    guid: str
    address: str
    addresses: frozenset[str]
    forward: Forward
    inside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailboxes:
    """All that stood there at ``finished``, after the script with ``serial`` had run; ``results`` by guid."""

    serial: str
    finished: datetime
    found: tuple[Mailbox, ...]
    results: Mapping[str, Result]


def forwarding(
    guid: str, *, before: Forward, after: Forward, address: str = "", known: Collection[str] = ()
) -> Order:  # fmt: skip
    """The order to let the mailbox forward as ``after``, where it forwards as ``before``; ``address`` is for people."""
    pairs = {TO: (before.to, after.to), COPY: (str(before.copy), str(after.copy))}
    return Order(
        act="forward",
        anchor=guid,
        stamp="",
        guid=guid,
        form=FORM,
        address=address,
        mail=pairs,
        known=tuple(sorted(known)),
    )


def before(order: Order) -> Forward:
    """What has to stand there, so that it is carried out."""
    return _forward(order, 0)


def after(order: Order) -> Forward:
    """What it brings."""
    return _forward(order, 1)


def script(
    orders: Sequence[Order], *, move: str, serial: str, written: datetime, export: str, record: str
) -> bytes:  # fmt: skip
    """The script, UTF-8 with its mark and CRLF. Raises ValueError where an order holds half a character."""
    notes = _NOTES.format(move=move, count=len(orders), export=export, record=record)
    settings = {
        "Move": expression(move),
        "Serial": quoted(serial),
        "Written": f"[DateTimeOffset]::Parse({quoted(written.isoformat())}).UtcDateTime",
        "ExportName": expression(export),
        "RecordName": expression(record),
    }
    return assembled("forwarders.ps1", notes, settings, orders)


def load(path: Path, *, move: str, serial: str, now: datetime, max_age: timedelta) -> Mailboxes:
    """The export that the script with ``serial`` made. Raises UnreadableError in words that say what to do; an export
    of an earlier script counts for nothing."""
    export = loaded(path, _mailboxes, of=("move", move), now=now, max_age=max_age)
    if export.serial != serial:
        raise UnreadableError("the export was made by an earlier script", Reason.INCOMPLETE)
    return export


def _mailboxes(told: Told) -> Mailboxes:
    return Mailboxes(
        serial=told.serial,
        finished=told.finished,
        found=tuple(map(_mailbox, told.recipients)),
        results={each.anchor: each for each in told.results},
    )


def _mailbox(told: Mapping[str, Any]) -> Mailbox:
    to, copy = text_of(told, "to"), switch_of(told, "copy")
    if not (guid := text_of(told, "guid")):
        raise ValueError("a mailbox has no guid")
    return Mailbox(
        guid=guid,
        address=text_of(told, "address"),
        addresses=frozenset(each.lower() for each in list_of(told, "addresses")),
        forward=Forward(to, copy) if to else NOWHERE,
        inside=text_of(told, "inside"),
    )


def _forward(order: Order, side: int) -> Forward:
    to, copy = order.mail[TO][side], order.mail[COPY][side] == str(True)
    return Forward(to, copy) if to else NOWHERE
