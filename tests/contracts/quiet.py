"""Tells of a request whether it could make a server mail somebody, for every system that we write to."""

import re
from collections.abc import Iterable
from typing import Final

_LOUD: Final = (
    ("an attendee in JSON", rb'"(attendees|organizer|hideAttendees|guestsCan\w+)"\s*:'),
    ("an attendee in EWS", rb"<(\w+:)?(RequiredAttendees|OptionalAttendees|Resources|Attendee|Organizer)\b[^>]*[^/]>"),
    ("an attendee in iCalendar", rb"(?m)^(ATTENDEE|ORGANIZER)[;:]"),
    ("sendUpdates", rb"sendUpdates=(?!none\b)"),
    ("sendNotifications", rb"sendNotifications=(?!false\b)"),
    ("SendMeetingInvitations", rb'SendMeeting(Invitations|Cancellations|InvitationsOrCancellations)="(?!SendToNone")'),
    ("a message", rb"MessageDisposition=\"Send"),
    ("an action that mails", rb"(?m)^POST \S*/(cancel|forward|sendMail|send|accept|decline|tentativelyAccept)\b"),
    ("a METHOD for iTIP", rb"(?m)^METHOD:"),
)
"""What no request may hold, with a name for it. Names of properties that are only asked for are no harm."""
_READING: Final = re.compile(rb"^(GET|HEAD|OPTIONS|PROPFIND|REPORT|SEARCH) ")


def loud(requests: Iterable[bytes]) -> list[str]:
    """What of ``requests`` (``METHOD URL``, an empty line, the body) names an attendee or would have mail sent."""
    return [
        f"{name}: {request[:200]!r}"
        for request in requests
        for name, pattern in _LOUD
        if not _READING.match(request) and re.search(pattern, request.replace(b"\r\n", b"\n"))
    ]
