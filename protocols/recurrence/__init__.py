"""COUNTS: the rules by which series come again, read, written, and counted out within bounds."""
