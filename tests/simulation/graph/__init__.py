"""The simulation keeps to the facts that it pretends."""
