"""Tests of calsync/notices/news.py: what a message says, and that it keeps its secret to itself."""

from collections.abc import Mapping, Sequence

import pytest

from calsync.notices.news import News, Read, Said
from calsync.spokes import google_calendar_news, graph_calendar_news


def test_a_message_does_not_show_its_secret() -> None:
    news = News(Said.CHANGED, "a secret nobody prints")
    assert "secret" not in repr(news)
    assert news == News(Said.CHANGED, "a secret nobody prints")


@pytest.mark.parametrize("read", [google_calendar_news.read, graph_calendar_news.read])
def test_what_is_of_no_dialect_is_no_message(read: Read) -> None:
    strange: Sequence[tuple[Mapping[str, str], bytes]] = [({}, b""), ({"X-Other": "1"}, b"\xff\xfe"), ({}, b"[1, 2]")]
    for headers, body in strange:
        with pytest.raises(ValueError, match=r".+"):
            read(headers, body)
