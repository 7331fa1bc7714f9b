"""Invites somebody as a guest of a Microsoft 365 organisation, without a message to them."""

from datetime import datetime
from typing import Final

from protocols.errors import PeerError
from protocols.graph.errors import json_object
from protocols.graph.paging import api
from protocols.graph.people import text
from protocols.graph.tried import tried
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox

LONGEST_NAME: Final = 256
"""The longest display name of a user."""
REDIRECT: Final = "https://myapps.microsoft.com"


async def invite(
    send: Send, mailbox: Mailbox, name: str, *, api_url: str, as_of: datetime, redirect: str = REDIRECT
) -> str | PeerError:
    """The id of the guest with this address and display name (Graph, Create invitation: User.Invite.All).

    Where a guest with the address was there before it is theirs, and nothing of it has changed: whoever asks has to
    look at the name. ``redirect`` is where a guest lands who signs in for the first time. A failure is returned.
    """
    body = {
        "invitedUserEmailAddress": mailbox.address,
        "invitedUserDisplayName": name,
        "inviteRedirectUrl": redirect,
        "sendInvitationMessage": False,
    }
    response = await tried(send, "POST", f"{api(api_url)}/invitations", body, as_of=as_of)
    if isinstance(response, PeerError):
        return response
    try:
        invited = json_object(response.body).get("invitedUser")
    except PeerError as error:
        return error
    one = text(invited.get("id")) if isinstance(invited, dict) else ""
    return one or PeerError(Reason.GARBLED, "an invitation that names nobody")
