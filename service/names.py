"""The names that stand in the stamps of all that a sync writes."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

_NAME: Final = re.compile(r"[^\W_][\w.-]*")
_UNFIT: Final = "not a name: write letters, digits, - and . alone, for it stands in the stamp of all that is written"


def named(text: str) -> str:
    """``text``, if it can stand in a stamp. Raises ValueError."""
    if not _NAME.fullmatch(text):
        raise ValueError(_UNFIT)
    return text


Name = Annotated[str, AfterValidator(named)]
