"""What a credential must be granted, no more: the guides and `busyline setup` name what the connectors ask for."""

from typing import Final

GOOGLE_FREEBUSY: Final = "https://www.googleapis.com/auth/calendar.events.freebusy"
GOOGLE_EVENTS: Final = "https://www.googleapis.com/auth/calendar.events.readonly"
"""Only where details or statuses are wanted: a separate token, so that busy answers do not depend on it."""
GOOGLE_GROUP_MEMBERS: Final = "https://www.googleapis.com/auth/admin.directory.group.member.readonly"
GOOGLE_ROOMS: Final = "https://www.googleapis.com/auth/admin.directory.resource.calendar.readonly"
"""Only where a directory is written: each a token of its own, so that rooms do not depend on groups."""
GOOGLE_USERS: Final = "https://www.googleapis.com/auth/admin.directory.user.readonly"
"""Only where an attribute of people says who moves."""
GMAIL_SETTINGS: Final = "https://www.googleapis.com/auth/gmail.settings.basic"
"""Only where automatic replies are read: Gmail has no narrower scope that reads the vacation responder and no mail."""

GRAPH_GROUP_MEMBERS: Final = "GroupMember.Read.All"
GRAPH_ROOMS: Final = "Place.Read.All"
GRAPH_USERS: Final = "User.Read.All"
GRAPH_MAILBOX_SETTINGS: Final = "MailboxSettings.Read"
"""The application permissions of Microsoft Graph for the same. Its tokens carry all that an application is granted."""

EWS_IMPERSONATION: Final = "ApplicationImpersonation"
"""The role of Exchange Server for automatic replies alone: everything else needs an ordinary mailbox."""
