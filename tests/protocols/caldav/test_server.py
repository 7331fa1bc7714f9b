"""What a server's memory says: which way first, and how many at once."""

from datetime import timedelta

import pytest

from protocols.caldav.discovery import Site
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
    known.ways.works(R, NOW, sure=True)
    assert known.order(BUSY, NOW) == (R, O, E, I)
    assert known.order(DETAILS, NOW) == (E, R, O, I)


@pytest.mark.parametrize("strategy", Strategy)
def test_a_strategy_that_is_written_is_the_only_one(strategy: Strategy) -> None:
    known = server(strategy)
    known.ways.works(R, NOW, sure=True)
    assert known.order(BUSY, NOW) == known.order(DETAILS, NOW) == (strategy,)
    assert known.way is strategy
    assert known.at_once(BUSY) == known.at_once(DETAILS) == (20 if strategy is O else 1)


def test_several_at_once_by_an_outbox_that_has_worked() -> None:
    known = server()
    assert known.at_once(BUSY) == 1
    known.ways.works(O, NOW, sure=True)
    assert (known.at_once(BUSY), known.at_once(DETAILS)) == (20, 1)


def test_what_is_known_of_our_account_is_kept_for_an_hour_and_its_troubles_for_half_a_minute() -> None:
    known, second = server(), timedelta(seconds=1)
    whole, troubled = Site(url=BASE, principal=f"{BASE}/p/"), Site(url=BASE, trouble="HTTP 404")
    assert known.keep_site(troubled, NOW) is troubled
    assert (known.site(NOW + 29 * second), known.site(NOW + 30 * second)) == (troubled, None)
    known.keep_site(whole, NOW)
    assert (known.site(NOW + 3599 * second), known.site(NOW + 3600 * second)) == (whole, None)
    known.keep_site(Site(url=BASE, trouble="rubbish", passing=True), NOW)
    assert known.site(NOW) is None


def test_forgotten() -> None:
    known = server()
    known.people.put("ann@x.example", Person(("/",)), NOW)
    known.forget("ann@x.example")
    assert known.people.get("ann@x.example", NOW) is None
