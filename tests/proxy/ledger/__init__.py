"""Who looked at whom."""
