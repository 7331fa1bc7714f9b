"""Numbers of several processes as one: sums, histograms, gauges apart or together, and what was counted stays."""

import ast
import json
import math

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.metrics import Metrics
from service.metrics_joined import GAUGES, Joined, Snapshot, read, snapshot
from tests.house.tree import packages, parsed, python


def told(metrics: Metrics) -> Snapshot:
    """Through JSON, as between two processes."""
    return read(json.loads(json.dumps(snapshot(metrics.registry))))


def counted(requests: int, **gauges: float) -> Metrics:
    metrics = Metrics()
    for number in range(requests):
        metrics.request("ews", "contoso", "answered", 0.002 * (number + 1))
    for name, value in gauges.items():
        metrics.read(name, "of a test", lambda value=value: value)  # type: ignore[misc]
    return metrics


def samples(joined: Joined, **now: Metrics) -> dict[str, float]:
    text = joined.exposition({name: told(each) for name, each in now.items()})[0].decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))
            found[f"{one.name}{{{labels}}}"] = one.value
    return found


REQUESTS = "busyline_requests_total{caller=contoso,front=ews,outcome=answered}"


def test_counters_and_histograms_are_summed() -> None:
    found = samples(Joined(), a=counted(2), b=counted(3))
    assert found[REQUESTS] == 5
    assert found["busyline_request_seconds_count{front=ews}"] == 5
    assert found["busyline_request_seconds_bucket{front=ews,le=0.0025}"] == 2
    assert found["busyline_request_seconds_bucket{front=ews,le=+Inf}"] == 5
    assert found["busyline_request_seconds_sum{front=ews}"] == pytest.approx(0.002 * (1 + 2 + 1 + 2 + 3))


def test_gauges_are_summed_compared_or_told_apart() -> None:
    one = counted(0, busyline_connections=3, busyline_certificate_days_left=9, busyline_moves_stale=1, strange=1)
    two = counted(0, busyline_connections=4, busyline_certificate_days_left=8, busyline_moves_stale=0, strange=2)
    found = samples(Joined(), a=one, b=two)
    assert found["busyline_connections{}"] == 7
    assert found["busyline_certificate_days_left{}"] == 8
    assert found["busyline_moves_stale{}"] == 1
    assert (found["strange{worker=a}"], found["strange{worker=b}"]) == (1, 2)
    assert found["process_open_fds{worker=a}"] > 0


def test_what_every_process_sees_alike_is_counted_once() -> None:
    now = {name: counted(0, busyline_moves_refused_total=2, busyline_circles_total=2) for name in "ab"}
    found = samples(Joined(), **now)
    assert (found["busyline_moves_refused_total{}"], found["busyline_circles_total{}"]) == (2, 4)


def test_what_was_counted_stays_when_a_process_ends_and_its_gauges_go() -> None:
    joined = Joined()
    joined.end(told(counted(2, busyline_connections=3, busyline_circles_total=4)))
    joined.end(told(counted(1, busyline_circles_total=1)))
    found = samples(joined, c=counted(3, busyline_connections=1, busyline_circles_total=0))
    assert found[REQUESTS] == 6
    assert found["busyline_request_seconds_count{front=ews}"] == 6
    assert found["busyline_circles_total{}"] == 5
    assert found["busyline_connections{}"] == 1
    assert samples(joined)[REQUESTS] == 3


def test_a_counter_began_when_the_first_did() -> None:
    first, second = Metrics(), Metrics()
    for each in (first, second):
        each.observe("contoso", 0.1, {})
    created = "busyline_upstream_seconds_created{connector=contoso}"
    alone = samples(Joined(), a=first)[created]
    assert samples(Joined(), b=second, a=first)[created] == alone


def test_numbers_that_are_none_travel_too() -> None:
    found = samples(Joined(), a=counted(0, strange=math.inf, stranger=math.nan))
    assert found["strange{worker=a}"] == math.inf
    assert math.isnan(found["stranger{worker=a}"])


def gauges() -> set[str]:
    """Every gauge that our code names."""
    literals = {
        node.value
        for name in python(*packages())
        if name != "service/metrics_joined.py"
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call)
        for node in node.args[:2]
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    counters = {"busyline_requests", "busyline_mailboxes", "busyline_refused", "busyline_request_seconds"}
    counters |= {f"busyline_upstream_{each}" for each in ("calls", "seconds", "answers")}
    counters |= {"busyline_hub_notice_seconds"}
    return {
        each
        for each in literals
        if each.startswith("busyline_") and not each.endswith("_total") and each not in counters
    } - {"busyline_capture"}


def test_every_gauge_of_ours_says_how_it_is_joined() -> None:
    assert gauges() - GAUGES.keys() == set()


def test_no_gauge_is_named_that_there_is_not() -> None:
    assert GAUGES.keys() - gauges() == set()


def test_the_table_is_in_order() -> None:
    assert list(GAUGES) == sorted(GAUGES)
