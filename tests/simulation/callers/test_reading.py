"""The callers believe only an answer that is whole."""

from datetime import UTC

import pytest

from simulation.callers.reading import read


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "Unreadable"),
        (b"<html/>", "WrongCount"),
        (b"<a><Fault><detail><ResponseCode>ErrorServerBusy</ResponseCode></detail></Fault></a>", "ErrorServerBusy"),
    ],
)
def test_whatever_is_no_answer_is_no_data(data: bytes, code: str) -> None:
    assert [seen.code for seen in read(data, ["a@b.example"], UTC)] == [code]
