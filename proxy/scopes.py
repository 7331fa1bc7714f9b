"""What a credential must be granted, no more: the set-up guides name the same scopes that the connectors ask for."""

from typing import Final

GOOGLE_FREEBUSY: Final = "https://www.googleapis.com/auth/calendar.events.freebusy"
GOOGLE_EVENTS: Final = "https://www.googleapis.com/auth/calendar.events.readonly"
"""Only where details or statuses are wanted: a separate token, so that busy answers do not depend on it."""
