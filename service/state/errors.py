"""The error that every user of the state can meet, for whoever catches it without ever opening a database."""


class StateError(Exception):
    """The database cannot be used: what happened, where, and what to do. It holds no password and nobody's name."""
