"""Google Calendar as Busyline asks it: freeBusy for busy time, events.list for details and statuses."""
