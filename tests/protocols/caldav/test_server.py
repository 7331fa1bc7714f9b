"""What a server's memory says: which way first, and how many at once."""

from datetime import timedelta

import pytest

from protocols.caldav.people import Person
from protocols.caldav.server import Manner, Server, Strategy
from tests.protocols.caldav.dav_samples import BASE, BUSY, DETAILS, NOW

O, R, E, I = Strategy.OUTBOX, Strategy.REPORT, Strategy.EXPAND, Strategy.IFB  # noqa: E741


def server(strategy: Strategy | None = None) -> Server:
    return Server(Manner(url=BASE, strategy=strategy, recipients=20))


def test_the_order() -> None:
    known = server()
    assert known.order(BUSY, NOW) == (O, R, E, I)
    assert known.order(DETAILS, NOW) == (E, O, R, I)
    known.works(R, NOW)
    assert known.order(BUSY, NOW) == (R, O, E, I)
    assert known.order(DETAILS, NOW) == (E, R, O, I)


@pytest.mark.parametrize("strategy", Strategy)
def test_a_strategy_that_is_written_is_the_only_one(strategy: Strategy) -> None:
    known = server(strategy)
    known.works(R, NOW)
    assert known.order(BUSY, NOW) == known.order(DETAILS, NOW) == (strategy,)
    assert known.way(NOW) is strategy
    assert known.at_once(BUSY) == known.at_once(DETAILS) == (20 if strategy is O else 1)


def test_what_is_learned_stays_until_it_fails_or_a_day_has_passed() -> None:
    known = server()
    known.works(O, NOW)
    known.works(R, NOW)
    assert known.way(NOW) is O
    assert (known.at_once(BUSY), known.at_once(DETAILS)) == (20, 1)
    known.fails(R, NOW)
    assert known.way(NOW + timedelta(hours=23)) is O
    assert known.way(NOW + timedelta(days=1)) is None
    known.works(O, NOW)
    known.fails(O, NOW)
    assert known.way(NOW) is None
    assert known.at_once(BUSY) == 1


def test_forgotten() -> None:
    known = server()
    known.people.put("ann@x.example", Person(("/",)), NOW)
    known.forget("ann@x.example")
    assert known.people.get("ann@x.example", NOW) is None
