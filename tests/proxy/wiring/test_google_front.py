"""Google's front lies where a client of calendar/v3 looks for it."""

from pathlib import Path

from proxy.wiring.google_front import GOOGLE_PATH
from tests.proxy.fronts.dialect_callers import ask
from tests.proxy.fronts.test_google import question
from tests.proxy.served import serving


async def test_the_path_of_the_api_is_answered_and_no_other_below_it(tmp_path: Path) -> None:
    assert GOOGLE_PATH == "/calendar/v3/freeBusy"
    async with serving(tmp_path) as proxy:
        assert GOOGLE_PATH.lower() in proxy.paths
        assert (await ask(proxy, GOOGLE_PATH, question())).status == 200
        assert (await ask(proxy, "/calendar/v3/users/me/calendarList", {})).status == 404
