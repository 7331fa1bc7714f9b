"""News of a run name no person and no item."""

from dataclasses import fields

from calsync.engine.moments import Moment, News, silent


def test_news_are_a_moment_a_spoke_and_a_number() -> None:
    assert [each.name for each in fields(News)] == ["moment", "where", "number"]
    silent(News(Moment.READ, "north", 3))
    assert len({moment.value for moment in Moment}) == len(Moment)
