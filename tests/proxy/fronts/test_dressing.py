"""A refusal keeps what it says in its headers, whatever dialect its body speaks."""

from proxy.auth import Refused
from proxy.fronts.dressing import dressed
from proxy.fronts.entrance import turned_away


def test_challenges_and_the_time_to_wait_stay() -> None:
    refused = Refused("throttled", 429, 7, challenges=('Bearer realm="Busyline"', "Basic"))
    response = dressed(turned_away(refused), b"{}")
    assert (response.status, response.body) == (429, b"{}")
    assert response.headers.getall("WWW-Authenticate") == ['Bearer realm="Busyline"', "Basic"]
    assert response.headers["Retry-After"] == "7"
    assert response.content_type == "application/json"
