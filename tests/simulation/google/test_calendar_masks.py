"""Partial answers hold what was named, at every depth."""

import pytest

from simulation.google.calendar_masks import masked

TOLD = {"kind": "k", "items": [{"id": "a", "start": {"date": "d", "timeZone": "z"}, "x": 1}], "etag": "e"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (None, TOLD),
        ("kind", {"kind": "k"}),
        ("kind,items(id)", {"kind": "k", "items": [{"id": "a"}]}),
        ("items(id,start(date)),etag", {"items": [{"id": "a", "start": {"date": "d"}}], "etag": "e"}),
        ("items(start)", {"items": [{"start": {"date": "d", "timeZone": "z"}}]}),
        ("nothing", {}),
    ],
)
def test_what_is_named(fields: str | None, told: dict[str, object]) -> None:
    assert masked(TOLD, fields) == told
