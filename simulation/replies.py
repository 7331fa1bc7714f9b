"""Automatic replies of the estate's people: one text for inside and one for outside, so that a leak shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

SECRET: Final = "INTERNAL: the key is under the mat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody has set. ``audience`` of the external text is "all", "known" (contacts) or "none".

    With ``start`` and ``end`` (aware) it is sent between the two only; ``enabled`` False means it is kept for later.
    """

    external: str
    internal: str = SECRET
    audience: str = "all"
    enabled: bool = True
    start: datetime | None = None
    end: datetime | None = None
