"""The tests of WS-Security."""
