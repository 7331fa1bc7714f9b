"""Writes the script that carries orders out: what it does is fixed, what it is about stands in it as quoted text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Final

from galsync.powershell.orders import MAIL, PERSONAL, STAMP_ATTRIBUTE, Order
from service.powershell import comment, expression, expression_list, quoted, quoted_list

_DATA: Final = "#-- data --\n"
_MARK: Final = "\ufeff"  # Windows PowerShell 5.1 takes a script without it for one of its own code page
_NOTES: Final = """\
Made by Busyline for the sync {sync}, with {count} steps.

In Exchange Online: Connect-ExchangeOnline first, and for mail users Connect-MgGraph -Scopes
User.EnableDisableAccount.All, so that their sign-in can be blocked. On-premises: the Exchange Management Shell.
-Preview shows what would be done, -ExportOnly only tells what stands there.

It looks at each object again before it changes it, touches only those whose {attribute} begins with
{prefix}, may be run again at any time, and writes what stands there in the end to {export}
for Busyline to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Where a script runs. ``sign_in_domain`` is the accepted domain in which mail users get their sign-in name, "" for
    Exchange on-premises. ``unit`` is the organisational unit for new objects, "" for the usual one."""

    sign_in_domain: str = ""
    unit: str = ""
    stamp_attribute: str = STAMP_ATTRIBUTE


def script(orders: Sequence[Order], *, sync: str, serial: str, written: datetime, export: str, at: Exchange) -> bytes:
    """The script, UTF-8 with its mark and CRLF. Raises ValueError where an order holds half a character."""
    prefix = f"busyline:{sync}/"
    notes = _NOTES.format(sync=sync, count=len(orders), attribute=at.stamp_attribute, prefix=prefix, export=export)
    settings = {
        "Sync": expression(sync),
        "Serial": quoted(serial),
        "Written": f"[DateTimeOffset]::Parse({quoted(written.isoformat())}).UtcDateTime",
        "StampPrefix": expression(prefix),
        "StampAttribute": quoted(at.stamp_attribute),
        "SignInDomain": quoted(at.sign_in_domain),
        "OrganizationalUnit": expression(at.unit),
        "ExportName": expression(export),
        "PersonalNames": quoted_list(PERSONAL.values()),
        "MailNames": quoted_list(MAIL.values()),
    }
    return assembled("recipients.ps1", notes, settings, orders)


def assembled(body: str, notes: str, settings: Mapping[str, str], orders: Sequence[Order]) -> bytes:
    """The script of the file ``body`` beside this one, with ``notes`` above it, the expressions of ``settings`` by
    name and ``orders`` as its $Steps. UTF-8 with its mark and CRLF. Raises ValueError as :func:`line` does."""
    text = files("galsync.powershell").joinpath(body).read_text(encoding="utf-8")
    before, _, after = text.partition(_DATA)
    lines = [f"${name} = {value}" for name, value in settings.items()]
    data = "\n".join([*lines, "$Steps = @(", *map(line, orders), ")", ""])
    whole = "\n".join(["#Requires -Version 5.1", *comment(notes), ""]) + before + data + after
    return (_MARK + whole.replace("\n", "\r\n")).encode()


def line(order: Order) -> str:
    """The order as a PowerShell table. Raises ValueError where a text holds half a character."""
    told = {
        "Act": order.act,
        "Anchor": order.anchor,
        "Stamp": order.stamp,
        "Guid": order.guid,
        "Form": order.form,
        "Name": order.name,
        "Alias": order.alias,
        "Address": order.address,
        "Was": order.was,
    }
    parts = [f"{name} = {expression(text)}" for name, text in told.items()]
    parts += [f"Add = {expression_list(order.add)}", f"Take = {expression_list(order.take)}"]
    parts += [f"Hidden = {_TRUTH[order.hidden]}"]
    manager = "$null" if order.manager is None else expression(order.manager)
    parts += [f"Join = {expression_list(order.join)}", f"Leave = {expression_list(order.leave)}"]
    parts += [f"Manager = {manager}"]
    parts += [f"Personal = {_table(order.personal)}", f"Mail = {_table(order.mail)}"]
    return "    @{ " + "; ".join(parts) + " }"


def _table(values: Mapping[str, tuple[str, str]]) -> str:
    pairs: Iterator[str] = (f"{name} = {expression_list(pair)}" for name, pair in values.items())
    return "@{ " + "; ".join(pairs) + " }"


_TRUTH: Final = {None: "$null", True: "$true", False: "$false"}
