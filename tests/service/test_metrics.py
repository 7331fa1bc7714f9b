"""The metrics: what is counted under which labels, and what is read at a scrape."""

from service.metrics import Metrics


def _text(metrics: Metrics) -> str:
    body, content_type = metrics.exposition()
    assert content_type.startswith("text/plain")
    return body.decode()


def test_requests_calls_and_mailboxes() -> None:
    metrics = Metrics()
    metrics.request("ews", "northwind", "answered", 0.002)
    metrics.request("ews", "", "challenged", 0.001)
    metrics.mailboxes("northwind", {"known": 3, "timeout": 1})
    metrics.observe("contoso", 0.2, {"answered": 20})
    text = _text(metrics)
    for line in (
        'busyline_requests_total{caller="northwind",front="ews",outcome="answered"} 1.0',
        'busyline_requests_total{caller="none",front="ews",outcome="challenged"} 1.0',
        'busyline_request_seconds_count{front="ews"} 2.0',
        'busyline_mailboxes_total{caller="northwind",outcome="timeout"} 1.0',
        'busyline_upstream_calls_total{connector="contoso"} 1.0',
        'busyline_upstream_answers_total{connector="contoso",outcome="answered"} 20.0',
        'busyline_upstream_seconds_count{connector="contoso"} 1.0',
    ):
        assert line in text


def test_refusals_are_counted_by_reason_alone() -> None:
    metrics = Metrics()
    for reason in ("network", "wrong-credentials", "network"):
        metrics.refused(reason)
    assert 'busyline_refused_total{reason="network"} 2.0' in _text(metrics)
    assert 'busyline_refused_total{reason="wrong-credentials"} 1.0' in _text(metrics)


def test_what_others_count_is_read_at_the_scrape() -> None:
    metrics, hits = Metrics(), [1.0]
    metrics.read("busyline_cache_hits_total", "Hits", lambda: hits[0])
    for name, value in (("a", 0.0), ("b", 1.0)):
        metrics.read("busyline_open", "Open", lambda value=value: value, labels={"connector": name})  # type: ignore[misc]
    hits[0] = 7.0
    text = _text(metrics)
    assert "busyline_cache_hits_total 7.0" in text
    assert "# TYPE busyline_cache_hits_total counter" in text
    assert 'busyline_open{connector="b"} 1.0' in text
    assert text.count("# HELP busyline_open ") == 1


def test_several_stand_side_by_side() -> None:
    one, two = Metrics(), Metrics()
    one.request("ews", "", "answered", 0.1)
    assert "busyline_requests_total{" not in _text(two)
