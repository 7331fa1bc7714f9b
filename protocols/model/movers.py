"""Somebody whom a directory names as moving."""

from dataclasses import dataclass

from protocols.model.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Mover:
    """``mailbox`` by the address that the directory knows, and what stands in the attribute that says so; "" if none.

    The value may be the day of the move.
    """

    mailbox: Mailbox
    value: str = ""
