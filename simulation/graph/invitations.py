"""Invitations of the simulated directory: a guest comes about, or whoever is there already is told of."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.graph.objects import TENANT_DOMAIN
from simulation.graph.schedule import GraphRefusal

MOST: Final = 150
"""Invitations of a tenant in five seconds (Graph, throttling limits)."""


def invite(book: AddressBook, body: Mapping[str, Any], named: Callable[[], str]) -> dict[str, Any]:
    """The invitation that comes of ``body``; ``named`` gives the id of a new guest. Raises GraphRefusal.

    Somebody who is a guest already is only invited again, whatever name the body gives; where a contact or a group has
    the address, the guest has none of its own.
    """
    try:
        mailbox = Mailbox.parse(str(body.get("invitedUserEmailAddress", "")))
    except ValueError:
        raise GraphRefusal(400, "BadRequest", "Invalid InvitedUserEmailAddress.") from None
    if not str(body.get("inviteRedirectUrl", "")).startswith("https://"):
        raise GraphRefusal(400, "BadRequest", "Invalid inviteRedirectUrl.")
    known = _invited(book, mailbox.address) or book.find(mailbox.address)
    if known is not None and known.kind in (Kind.USER, Kind.ROOM, Kind.EQUIPMENT):
        text = f"The invited user already exists in the directory as object ID: {known.anchor}."
        raise GraphRefusal(400, "BadRequest", text)
    if known is None or known.kind is Kind.GROUP or known.attributes.get("type"):
        known = _guest(mailbox, body, named(), taken=known is not None)
        book.put(known)
    return {
        "id": f"invitation-{known.anchor}",
        "inviteRedeemUrl": "https://login.example/redeem",
        "invitedUserDisplayName": body.get("invitedUserDisplayName"),
        "invitedUserEmailAddress": mailbox.address,
        "invitedUserType": "Guest",
        "sendInvitationMessage": bool(body.get("sendInvitationMessage", False)),
        "status": "PendingAcceptance",
        "invitedUser": {"id": known.anchor},
    }


def _invited(book: AddressBook, address: str) -> Person | None:
    people = book.people.values()
    return next((each for each in people if address in each.attributes.get("otherMails", "").split(",")), None)


def _guest(mailbox: Mailbox, body: Mapping[str, Any], anchor: str, *, taken: bool) -> Person:
    attributes = {
        "userType": "Guest",
        "otherMails": mailbox.address,
        "externalUserState": "PendingAcceptance",
        "userPrincipalName": f"{mailbox.local}_{mailbox.domain}#EXT#@{TENANT_DOMAIN}",
    }
    name = str(body.get("invitedUserDisplayName") or mailbox.local)
    return Person(
        anchor=anchor,
        kind=Kind.CONTACT,
        primary=None if taken else mailbox,
        texts={Field.DISPLAY_NAME: name},
        attributes=attributes,
    )
