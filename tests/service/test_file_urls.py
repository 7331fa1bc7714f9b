"""Tests of service/file_urls.py: an address of a file, and no secret of it in any words."""

import pytest

from service.file_urls import file_url


@pytest.mark.parametrize("text", ["https://x.example/a.ics?token=1", "http://127.0.0.1:8080/a.ics"])
def test_an_address_is_kept_as_it_is(text: str) -> None:
    assert file_url(text) == text


def test_no_words_about_a_url_show_it() -> None:
    for text in (
        "http://x.example/hunter2",
        "https://u:p@x.example/hunter2",
        "https://x.example:99999/hunter2",
        "hunter2 ",
    ):
        with pytest.raises(ValueError, match="write") as raised:
            file_url(text)
        assert "hunter2" not in str(raised.value)
