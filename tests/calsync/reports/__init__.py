"""The tests of what a run of a hub tells."""
