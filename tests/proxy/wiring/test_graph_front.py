"""Graph's front lies where the SDKs look for it, in both versions."""

from pathlib import Path

import pytest

from tests.proxy.fronts.dialect_callers import ask
from tests.proxy.fronts.test_graph import question
from tests.proxy.served import serving


@pytest.mark.parametrize("version", ["v1.0", "beta"])
@pytest.mark.parametrize("whose", ["me", "users/x", "users('x')"])
async def test_the_paths_of_the_api_are_answered(tmp_path: Path, version: str, whose: str) -> None:
    async with serving(tmp_path) as proxy:
        assert (await ask(proxy, f"/{version}/{whose}/calendar/getSchedule", question())).status == 200
        other = await ask(proxy, f"/{version}/{whose}/messages", question())
        assert (other.status, other.json["error"]["code"]) == (404, "ResourceNotFound")
        assert (await ask(proxy, f"/{version}/groups/x", question())).body == b"there is nothing here\n"
