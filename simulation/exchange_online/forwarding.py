"""Get-Mailbox and Set-Mailbox of a simulated Exchange Online, as far as mail is forwarded."""

from collections.abc import Mapping
from typing import Any, Final

from simulation.exchange_online.filters import BadFilterError, Filter
from simulation.exchange_online.refusals import bad, missing

MAILBOX: Final = frozenset({"Get-Mailbox", "Set-Mailbox"})
_SETTINGS: Final = {"ForwardingAddress": "", "ForwardingSmtpAddress": None, "DeliverToMailboxAndForward": False}
_IDENTITIES: Final = ("Guid", "Name", "Alias", "PrimarySmtpAddress")
Row = dict[str, Any]


def mailbox(rows: Mapping[str, Row], name: str, asked: Mapping[str, Any]) -> list[Row]:
    """What the cmdlet gives. Raises RefusedError."""
    boxes: list[Row] = [{**_SETTINGS, **row} for row in rows.values() if row["RecipientTypeDetails"] == "UserMailbox"]
    if identity := asked.get("Identity"):
        boxes = [row for row in boxes if str(identity).lower() in {str(row[key]).lower() for key in _IDENTITIES}]
        if not boxes:
            raise missing(str(identity))
    if text := asked.get("Filter"):
        try:
            wanted = Filter(str(text))
        except BadFilterError:
            raise bad(f"Invalid filter syntax: {text}") from None
        boxes = [row for row in boxes if wanted.holds(row)]
    if name == "Get-Mailbox":
        return boxes
    row = rows[str(boxes[0]["Guid"])]
    for key, value in asked.items():
        if key == "ForwardingSmtpAddress" and (value is None or "@" in str(value)):
            row[key] = f"smtp:{str(value).removeprefix('smtp:')}" if value else None
        elif key == "DeliverToMailboxAndForward" and isinstance(value, bool):
            row[key] = value
        elif key != "Identity":
            raise bad(f"A parameter cannot be found that matches parameter name '{key}'.")
    return []
