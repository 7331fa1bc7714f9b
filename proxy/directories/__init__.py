"""The directories of the calendar systems: who is in a group, which rooms there are, and what is kept of that."""
