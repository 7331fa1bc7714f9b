"""Who asks: a partner system, never the person behind it, whom no availability protocol names reliably."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller that has proved itself: its name in the settings, its organisation, and how it proved who it is."""

    name: str
    organisation: str
    proof: str
