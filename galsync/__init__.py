"""SYNCS PEOPLE: each side finds the other's people in its own address book; plan, look, apply, undo."""
