"""Tests of proxy/wiring/cache.py: what [cache] says is what the store does, and what happens is counted."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from protocols.model.freebusy import Availability, Detail
from protocols.model.intervals import EMPTY
from proxy.connector import Leaf
from proxy.layers.cache import Cache
from proxy.layers.frames import Frames
from proxy.layers.refresh import Refresh
from proxy.layers.store import shelf_of
from proxy.settings.server import CacheSettings
from proxy.wiring.cache import count, count_store, fragments_of, patience_of, store_of
from service.metrics import Metrics
from tests.contracts.scripted import Scripted, boxes
from tests.contracts.virtual import START

HOME = Frames().home(START)


def test_the_store_does_what_the_settings_say() -> None:
    store = store_of(CacheSettings.model_validate({"ttl": "20s", "stale_if_error": "1m", "refresh_asks": 1}))
    shelf, [ann] = shelf_of("b", Detail.BUSY, HOME), boxes("ann")
    store.keep(shelf, Availability(mailbox=ann, window=HOME, intervals=EMPTY, source="b", as_of=START), START)
    store.find(shelf, ann, START + timedelta(seconds=17))
    assert len(store.take_due()) == 1
    assert store.find(shelf, ann, START + timedelta(seconds=20)) is None
    assert store.stale(shelf, ann, START + timedelta(seconds=79)) is not None


def test_nothing_stale_and_a_refresh_after_two_asks_unless_something_else_is_written() -> None:
    settings = CacheSettings()
    assert (settings.refresh_asks, settings.stale_if_error) == (2, timedelta())
    assert not store_of(settings).keeps_stale


@pytest.mark.parametrize(("deadlines", "seconds"), [([], 4), ([None, 3.0], 1.5), ([20.0], 4)])
def test_the_patience_is_half_of_what_the_most_hurried_caller_has(
    deadlines: list[float | None], seconds: float
) -> None:
    callers = [SimpleNamespace(deadline=None if each is None else timedelta(seconds=each)) for each in deadlines]
    settings = SimpleNamespace(server=SimpleNamespace(deadline=timedelta(seconds=8)), callers=callers)
    assert patience_of(settings) == timedelta(seconds=seconds)  # type: ignore[arg-type]


def test_a_third_of_what_renders_answers_is_left_for_whole_ones() -> None:
    fragments, part = fragments_of(CacheSettings.model_validate({"fragments": "4MiB"})), bytes(1024 * 1024)
    for key in "abcd":
        fragments[key] = part[:-1024]  # each takes a little more than its bytes
    assert list(fragments) == ["c", "d"]


def test_what_the_store_holds_is_counted() -> None:
    store, metrics = store_of(CacheSettings()), Metrics()
    count_store(store, metrics)
    shelf, [ann] = shelf_of("b", Detail.BUSY, HOME), boxes("ann")
    store.keep(shelf, Availability(mailbox=ann, window=HOME, intervals=EMPTY, source="b", as_of=START), START)
    store.hits, store.misses = 2, 3
    text = metrics.exposition()[0].decode()
    assert "busyline_cache_entries 1.0" in text
    assert "busyline_cache_hits_total 2.0" in text
    assert "busyline_cache_misses_total 3.0" in text
    assert f"busyline_cache_bytes {float(store.memory)}" in text


def test_refreshes_and_stale_answers_are_counted_by_connector() -> None:
    store, metrics, leaf = store_of(CacheSettings()), Metrics(), Leaf("b", Scripted().ask, lambda: START)
    refresh = Refresh(leaf, name="b", store=store, clock=lambda: START)
    cache = Cache(leaf, name="b", store=store, clock=lambda: START, refresh=refresh)
    count("b", cache, refresh, metrics)
    refresh.asked, cache.stale = 3, 4
    text = metrics.exposition()[0].decode()
    assert 'busyline_cache_refreshes_total{connector="b"} 3.0' in text
    assert 'busyline_cache_stale_total{connector="b"} 4.0' in text
