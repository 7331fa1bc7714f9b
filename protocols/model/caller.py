"""Who asks: a partner system, never the person behind it, whom no availability protocol names reliably."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller that has proved itself: its name in the settings, its organisation, and how it proved who it is.

    ``person`` is whoever sits behind it, only where a signed token names one: told in the ledger, never a permission.
    """

    name: str
    organisation: str
    proof: str
    person: str = ""
