"""Files of people and their URLs: every wrong line is named, and no URL is."""

from pathlib import Path

import pytest

from proxy.list_files import ListFileError
from proxy.url_files import urls_of


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_people_and_their_urls(tmp_path: Path) -> None:
    text = 'address,url\n# Ann\n Ann@X.example , https://y.example/a.ics?k=1\n\nbob@x.example,"https://y.example/b,c.ics"\n'
    assert urls_of(written(tmp_path / "p.csv", text)) == {
        "ann@x.example": "https://y.example/a.ics?k=1",
        "bob@x.example": "https://y.example/b,c.ics",
    }


def test_every_wrong_line_is_named_and_no_url(tmp_path: Path) -> None:
    lines = [
        "ann@x.example,https://y.example/hunter2",
        "ann@x.example,https://y.example/other-hunter2",
        "no address,https://y.example/hunter2",
        "bob@x.example",
        "bob@x.example,http://y.example/hunter2",
        "bob@x.example,a,b",
    ]
    path = written(tmp_path / "p.csv", "\n".join(lines))
    with pytest.raises(ListFileError) as raised:
        urls_of(path)
    told = str(raised.value).splitlines()
    assert [line.split(":")[1] for line in told] == ["2", "3", "4", "5", "6"]
    assert "hunter2" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ListFileError, match="no such file"):
        urls_of(tmp_path / "p.csv")
