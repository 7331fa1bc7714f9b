"""Nothing of a file moves the cursor of a terminal."""

import pytest

from proxy.capture.printable import printable, printable_lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Größe ⟨x⟩ …", "Größe ⟨x⟩ …"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\x7f\x9b", "a\\x0ab\\x7f\\x9b"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800\U000e0001", "\\ud800\\U000e0001"),
    ],
)
def test_what_is_not_to_be_seen_is_escaped(text: str, told: str) -> None:
    assert printable(text) == told


def test_line_ends_stay_where_there_may_be_lines() -> None:
    assert printable_lines("a\r\n\tb\rc\n\x1b") == "a\r\n\tb\\x0dc\n\\x1b"
