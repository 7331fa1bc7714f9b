"""CARRIES OUT: reads the feeds, plans, guards, writes and notes, one run of a hub at a time."""
