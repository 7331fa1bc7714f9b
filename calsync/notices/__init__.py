"""HEARS: what servers tell of changes, so that a hub need not wait for its next time."""
