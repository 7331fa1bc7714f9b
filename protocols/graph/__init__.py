"""Microsoft Graph as Busyline asks it: getSchedule for free/busy in Microsoft 365."""
