"""The fronts beside EWS: every dialect's paths are there at once, and no two dialects take the same."""

from pathlib import Path

from tests.proxy.served import configuration, serving


async def test_the_dialects_that_every_proxy_speaks_and_those_that_are_wanted(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        usual = set(proxy.paths)
    async with serving(tmp_path, settings={**configuration(), "free_busy_urls": {}}) as proxy:
        wanted = proxy.paths
    assert {"/calendar/v3/freebusy", "/caldav", "/caldav/", "/.well-known/caldav"} <= usual
    assert set(wanted) - usual == {"/freebusy/"}
    assert len(wanted) == len(set(wanted))
