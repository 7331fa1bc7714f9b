"""The picture: a drawing in colour that fetches nothing from elsewhere."""

import re
from pathlib import Path

from rich.console import Console

from console.demo.picture import save
from protocols import safexml


def test_a_drawing_becomes_a_whole_svg(tmp_path: Path) -> None:
    def drawing(console: Console) -> None:
        console.print("free █ busy", style="blue")

    path = tmp_path / "answer.svg"
    save(path, drawing)
    text = path.read_text("utf-8")
    assert safexml.local_name(safexml.parse(text.encode())) == "svg"
    assert "busy" in text
    assert "@font-face" not in text
    assert re.findall(r"(?:href|src)=|url\([^#]", text) == []
