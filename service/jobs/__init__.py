"""STARTS: what is due by the clock or asked for, once at a time, in one process or on several nodes."""
