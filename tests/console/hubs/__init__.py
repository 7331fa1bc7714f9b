"""The tests of `busyline calendar`."""
