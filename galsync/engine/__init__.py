"""CARRIES OUT: reads, plans, guards, writes and notes, one run of a sync at a time."""
