"""Each part of the wiring."""
