"""REMEMBERS: the one database in which the syncs keep what they agreed on and what they did."""
