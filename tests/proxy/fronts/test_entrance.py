"""Who is turned away learns what to show, or when to come again, and nothing else."""

from proxy.auth import Refused
from proxy.fronts.entrance import turned_away


def test_a_challenge_is_empty_and_names_every_way() -> None:
    answer = turned_away(Refused("no-credentials", challenges=('Basic realm="x"', "Bearer")))
    assert (answer.status, answer.body) == (401, b"")
    assert answer.headers.getall("WWW-Authenticate") == ['Basic realm="x"', "Bearer"]


def test_who_comes_too_often_is_told_when_to_come_again() -> None:
    answer = turned_away(Refused("throttled", 429, 30))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert "WWW-Authenticate" not in answer.headers
