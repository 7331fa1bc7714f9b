"""The filters that simulated cmdlets take."""

import pytest

from simulation.exchange_online.filters import BadFilterError, Filter

ROW = {"Name": "O'Neil", "EmailAddresses": ["SMTP:a@b.example", "X500:/o=B"], "Hidden": True, "Odd": "a\u2019b"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Name -eq 'o''neil'", True),
        ("Name -eq 'neil'", False),
        ("EmailAddresses -eq 'smtp:A@b.example'", True),
        ("Name -eq 'x' -or EmailAddresses -eq 'x500:/o=b'", True),
        ("Name -eq 'x' -and Hidden -eq $true", False),
        ("Name -eq 'o''neil' -and Hidden -eq $true", True),
        ("Hidden -eq $false", False),
        ("Odd -eq 'a\u2019\u2019b'", True),
        ("Missing -eq ''", False),
    ],
)
def test_comparisons(text: str, holds: bool) -> None:
    assert Filter(text).holds(ROW) is holds


@pytest.mark.parametrize(
    "text", ["", "Name", "Name -like 'x'", "Name -eq 'o'neil'", "A -eq 'x' -or B -eq 'y' -and C -eq 'z'", "A -eq 'x' B"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(BadFilterError):
        Filter(text)
