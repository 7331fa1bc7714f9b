"""Saves a drawing as an SVG that needs nothing from elsewhere: the README's picture is made by it."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

_WIDTH = 78
_FONT_FACE = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)


def save(path: Path, drawing: Callable[[Console], None]) -> None:
    """Draw once more, in colour, into the file."""
    console = Console(
        record=True, file=StringIO(), width=_WIDTH, force_terminal=True, color_system="truecolor", _environ={}
    )
    drawing(console)
    form = _FONT_FACE.sub("", CONSOLE_SVG_FORMAT)  # the fonts would be fetched from another host
    console.save_svg(str(path), title="busyline demo", code_format=form)
