"""Prints what administrators of both sides type and click, from the configuration; and the way back."""
