"""What was heard: it prints nothing of it."""

from tests.proxy.capture.samples import heard


def test_it_prints_no_secret() -> None:
    one = heard(forwarded="192.0.2.1")
    for secret in ("Basic", "frieda", "203.0.113.7", "Quarterly", "192.0.2.1", "Exchange.asmx"):
        assert secret not in repr(one)


def test_its_source_and_size() -> None:
    one = heard(forwarded="192.0.2.1", body=None)
    assert one.source == ("203.0.113.7", "192.0.2.1")
    assert heard().size > one.size >= len(one.answer)
