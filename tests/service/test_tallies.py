"""Tests of service/tallies.py: told as prometheus-client's own would tell it."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from service.tallies import Tally, Times

BOUNDS = (0.001, 0.5, 1.0, 30.0)


def _lines(registry: CollectorRegistry) -> list[str]:
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


def test_a_tally_is_a_counter() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = Tally("busyline_things", "Things", ("kind", "of"))
    ours.register(tally)
    counter = Counter("busyline_things", "Things", ("kind", "of"), registry=theirs)
    for labels, number in ((("a", "x"), 1), (("b", 'a "quoted" one'), 3), (("a", "x"), 2)):
        tally.add(labels, number)
        counter.labels(*labels).inc(number)
    assert _lines(ours) == _lines(theirs)


def test_times_are_a_histogram() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    times = Times("busyline_seconds", "Seconds", "front", BOUNDS)
    ours.register(times)
    histogram = Histogram("busyline_seconds", "Seconds", ("front",), buckets=BOUNDS, registry=theirs)
    for front, seconds in (("ews", 0.0005), ("ews", 0.001), ("ews", 0.25), ("google", 1.0), ("ews", 31.0)):
        times.add(front, seconds)
        histogram.labels(front).observe(seconds)
    assert _lines(ours) == _lines(theirs)


def test_nothing_is_told_of_what_never_happened() -> None:
    registry = CollectorRegistry()
    registry.register(Tally("busyline_things", "Things", ("kind",)))
    registry.register(Times("busyline_seconds", "Seconds", "front", BOUNDS))
    assert [line for line in _lines(registry) if not line.startswith("#")] == []
