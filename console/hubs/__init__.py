"""`busyline calendar`: plan, look at, carry out and take back what keeps calendars equal."""
