"""`busyline pair`, typed at two simulated tenants."""
