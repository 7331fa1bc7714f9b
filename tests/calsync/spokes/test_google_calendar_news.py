"""A message of Google's is news, and anything else is not."""

import pytest

from calsync.notices.news import News, Said
from calsync.spokes.google_calendar_news import read

HEADERS = {"X-Goog-Channel-ID": "c1", "X-Goog-Channel-Token": "secret", "X-Goog-Resource-ID": "r"}


@pytest.mark.parametrize(
    ("state", "said"), [("sync", Said.BEGUN), ("exists", Said.CHANGED), ("not_exists", Said.CHANGED)]
)
def test_what_it_is_about(state: str, said: Said) -> None:
    assert read({**HEADERS, "X-Goog-Resource-State": state}, b"") == [News(said, "secret")]


@pytest.mark.parametrize("headers", [{}, HEADERS, {**HEADERS, "X-Goog-Resource-State": "update"}])
def test_no_message_of_a_channel(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="push channel"):
        read(headers, b"{}")
