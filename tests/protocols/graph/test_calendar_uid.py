"""The UID that all who were invited share."""

import pytest

from protocols.graph.calendar_uid import uid_of

BEGIN = "040000008200E00074C5B7101A82E008"
FOREIGN = BEGIN + "00" * 16 + "20000000" + b"vCal-Uid\x01\x00\x00\x00abc@google.com\x00".hex().upper()


@pytest.mark.parametrize(
    ("told", "uid"),
    [
        (FOREIGN, "abc@google.com"),
        (FOREIGN.lower(), "abc@google.com"),
        (BEGIN + "00" * 24, BEGIN + "00" * 24),
        (BEGIN + "xyz", BEGIN + "xyz"),
        ("abc@google.com", "abc@google.com"),
        ("", ""),
    ],
)
def test_a_foreign_uid_is_taken_out(told: str, uid: str) -> None:
    assert uid_of(told) == uid
